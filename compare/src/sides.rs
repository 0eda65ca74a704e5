//! The two sides, and facts to which neither gives cause.

use gardefou_policy::facts::{Calls, Notice, SessionFacts};
use gardefou_policy::opening;
use gardefou_policy::rules::{Application, Enrolment, Programme, Programmes, Rules};
use gardefou_policy::types::{Answer, CaptureMode, Millis, Purpose, Timestamp};

/// A usual frame interval, in ms, where every limit allows it.
const USUAL_INTERVAL: Millis = 200;

/// The rules that the boundaries are taken from: those of either side.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// Of the policy in force.
    pub old: &'a Rules,
    /// Of the one to come.
    pub new: &'a Rules,
}

impl<'a> Sides<'a> {
    pub(crate) const fn both(&self) -> [&'a Rules; 2] {
        [self.old, self.new]
    }

    /// The programmes that either side lists, by name, and one that neither does.
    pub(crate) fn programmes(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.both().into_iter().flat_map(listed).map(|p| p.id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let unknown = unlike(&ids, "unknown-programme");
        ids.push(unknown);
        ids
    }

    /// What each side says of a programme. The floor knows every one.
    pub(crate) fn of(&self, programme: &str) -> impl Iterator<Item = &'a Programme> + use<'a> {
        let [old, new] = self.both().map(|rules| rules.programmes.find(programme));
        [old, new].into_iter().flatten()
    }

    /// Every instant at which a date of either side changes what is answered about this programme's
    /// sessions, one millisecond before each, and the first instant of all.
    pub(crate) fn dates(&self, programme: &str) -> Vec<Timestamp> {
        let spans = self
            .both()
            .into_iter()
            .flat_map(|rules| {
                let steps = rules.attestations.iter().map(|a| a.valid);
                let own = rules.own_works_council(programme);
                steps.chain([rules.in_force]).chain(own)
            })
            .chain(self.of(programme).map(|p| p.dates));
        let edges = spans.flat_map(|span| [span.start, span.end]);
        with_one_before(edges)
    }

    /// Facts that pass every check of one of the sides at this instant, dates and programme aside, and as
    /// many of the other's as they can.
    pub(crate) fn sound(&self, rules: &Rules, programme: &str, at: Timestamp) -> SessionFacts {
        let mut facts = SessionFacts::default();
        facts.session = "s-1".into();
        facts.employee = self.employee(rules, programme);
        facts.programme = programme.into();
        facts.purpose = Purpose::Training;
        facts.mode = CaptureMode::ScreenVideo;
        facts.frame_interval = self.interval(programme);
        let versions = [rules, self.old, self.new];
        let version = versions.iter().find_map(|rules| rules.notice.version.clone());
        facts.employee_notice = Some(Notice {
            version: version.unwrap_or_else(|| "1".into()),
            given_at: at,
        });
        facts.employee_objected = Answer::No;
        facts.enrolled_at = Some(at);
        facts.protected_line = Answer::No;
        facts.calls = Some(Calls {
            offered: 1,
            recorded: 0,
        });
        facts
    }

    /// An employee that this side lists, and the other too where there is one.
    fn employee(&self, rules: &Rules, programme: &str) -> String {
        let lists = [rules, self.old, self.new].map(|rules| employees(rules, programme));
        let [own, old, new] = lists;
        let has = |list: &[String], one: &String| list.is_empty() || list.binary_search(one).is_ok();
        let own = if own.is_empty() {
            [old, new].concat()
        } else {
            own.to_vec()
        };
        let both = own.iter().find(|one| has(old, one) && has(new, one));
        both.or(own.first()).cloned().unwrap_or_else(|| "e-1".into())
    }

    /// A frame interval that is within the limits of both sides, and within their caps.
    fn interval(&self, programme: &str) -> Millis {
        let limits = self.both().map(|rules| rules.max_frame_interval);
        let caps = self
            .of(programme)
            .flat_map(|p| [p.employee_cap.limit, p.programme_cap.limit, p.max_unreviewed]);
        caps.chain(limits).chain([USUAL_INTERVAL]).min().unwrap_or(1).max(1)
    }

    /// A session of the programme that opens on both sides, with its instant; or else one for each side,
    /// under its own facts. `None` where one of the sides opens none.
    pub(crate) fn session(&self, programme: &str) -> Option<[(SessionFacts, Timestamp); 2]> {
        let dates = self.dates(programme);
        let opens = |rules: &Rules, facts: &SessionFacts, at| opening::open(rules, facts, at).is_ok();
        for at in &dates {
            for base in self.both() {
                let facts = self.sound(base, programme, *at);
                if opens(self.old, &facts, *at) && opens(self.new, &facts, *at) {
                    return Some([(facts.clone(), *at), (facts, *at)]);
                }
            }
        }
        let own = |rules: &Rules| {
            let facts = dates.iter().map(|at| (self.sound(rules, programme, *at), *at));
            facts.into_iter().find(|(facts, at)| opens(rules, facts, *at))
        };
        Some([own(self.old)?, own(self.new)?])
    }
}

/// The programmes of a document, in the order of their names; the floor lists none.
pub(crate) fn listed(rules: &Rules) -> &[Programme] {
    match &rules.programmes {
        Programmes::Listed(list) => list,
        Programmes::Any(_) => &[],
    }
}

/// The employees that a programme lists, sorted; none where the recorder attests, or nobody asks.
pub(crate) fn employees<'a>(rules: &'a Rules, programme: &str) -> &'a [String] {
    match rules.programmes.find(programme).map(|p| &p.enrolment) {
        Some(Enrolment::Listed(list)) => list,
        Some(Enrolment::Attested | Enrolment::NotAsked) | None => &[],
    }
}

/// The applications of a programme.
pub(crate) fn applications<'a>(rules: &'a Rules, programme: &str) -> Vec<&'a Application> {
    let positions = rules.programmes.find(programme).map(|p| p.applications.as_slice());
    let positions = positions.unwrap_or_default().iter();
    positions
        .filter_map(|at| rules.applications.get(usize::try_from(*at).ok()?))
        .collect()
}

/// These instants, one millisecond before each, and the first of all; in order, each once. "For ever" is
/// no boundary.
pub(crate) fn with_one_before(edges: impl Iterator<Item = Timestamp>) -> Vec<Timestamp> {
    let mut all: Vec<Timestamp> = edges
        .filter(|at| *at != Timestamp::MAX)
        .flat_map(|at| [at.minus(1), at])
        .chain([Timestamp::MIN])
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Each once, in order.
pub(crate) fn distinct<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// A name like this one that is none of those.
pub(crate) fn unlike(taken: &[String], name: &str) -> String {
    let mut name = name.to_owned();
    while taken.contains(&name) {
        name.push('x');
    }
    name
}
