//! Rules to start from where no document says any: as wide as the floor, with what traces mention.

use std::collections::BTreeMap;

use gardefou::trace::{Event, Identity, Line};
use gardefou_policy::facts::{Access, AppIdentity, SessionFacts};
use gardefou_policy::floor;
use gardefou_policy::rules::{Application, Coverage, Enrolment, Entry, Programme, Programmes, Role, Roles, Rules};
use gardefou_policy::types::{Cap, NO_LIMIT, Span, Timestamp};

/// Rules under which the sessions and accesses of these traces are sound: the floor's, with the programmes,
/// employees, notices, windows and roles that the traces mention, from their instants on. The questions that
/// are made from them are asked of a component that holds no document. `None` when the traces open no
/// session.
#[must_use]
pub fn rules_of(lines: &[Line]) -> Option<Rules> {
    let mut programmes: BTreeMap<String, Programme> = BTreeMap::new();
    let mut roles: BTreeMap<String, Role> = BTreeMap::new();
    let mut application = Application {
        id: "seen".into(),
        entries: Vec::new(),
        never_title: Vec::new(),
        never_payment_card: false,
        never_password: false,
    };
    let mut version = None;
    for line in lines {
        match &line.event {
            Event::Session(session) => {
                let facts = &session.facts;
                version = version.or_else(|| facts.employee_notice.as_ref().map(|n| n.version.clone()));
                programmes
                    .entry(facts.programme.clone())
                    .or_insert_with(|| programme(facts, line.at));
            }
            Event::Window {
                identity: Identity::App(app),
                ..
            } => {
                let entry = entry(app);
                if !application.entries.contains(&entry) {
                    application.entries.push(entry);
                }
            }
            Event::Access(access) => grow(&mut roles, access),
            _ => {}
        }
    }
    if programmes.is_empty() {
        return None;
    }
    let mut rules = floor::rules();
    rules.notice.version = version;
    rules.applications = vec![application];
    rules.programmes = Programmes::Listed(programmes.into_values().collect());
    rules.roles = Roles::Listed(roles.into_values().collect());
    Some(rules)
}

fn programme(facts: &SessionFacts, at: Timestamp) -> Programme {
    Programme {
        id: facts.programme.clone(),
        dates: Span {
            start: at,
            end: Timestamp::MAX,
        },
        review_until: Timestamp::MAX,
        enrolment: Enrolment::Listed(vec![facts.employee.clone()]),
        applications: vec![0],
        employee_cap: Cap::NONE,
        programme_cap: Cap::NONE,
        max_unreviewed: NO_LIMIT,
        share_millionths: gardefou_policy::rules::ceilings::SHARE,
        sampling_period: NO_LIMIT,
    }
}

fn entry(app: &AppIdentity) -> Entry {
    Entry {
        executable: app.executable.clone(),
        package: app.package.clone(),
        signer: app.signer.clone(),
        wm_class: app.wm_class.clone(),
        title: app.title.clone(),
        url: app.url.clone(),
    }
}

/// The role may do what somebody tried in it.
fn grow(roles: &mut BTreeMap<String, Role>, access: &Access) {
    let role = roles.entry(access.role.clone()).or_insert_with(|| Role {
        id: access.role.clone(),
        may: Vec::new(),
        purposes: Vec::new(),
        programmes: Coverage::All,
        own_only: false,
    });
    if !role.may.contains(&access.operation) {
        role.may.push(access.operation);
    }
    if !role.purposes.contains(&access.purpose) {
        role.purposes.push(access.purpose);
    }
}
