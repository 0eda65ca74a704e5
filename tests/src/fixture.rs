//! Rules, facts and windows to which no rule objects; tests spoil them one by one.

use std::fmt::Write as _;

use gardefou::{
    Access, Answer, Artefact, Calls, CaptureMode, Notice, Operation, Purpose, Rect, SessionFacts, Span, Timestamp,
    Usage,
};
use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::rules::{
    Application, Attestation, Coverage, Enrolment, Entry, More, NoticeRule, Programme, Programmes, RIGHTS, Retention,
    Role, Roles, Rules, Step,
};
use gardefou_policy::types::{CallPhase, Cap, Condition, Conditions, DAY, WindowKind};

/// When everything here happens: the opening of the session.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// A span of whole days around [`NOW`].
pub fn days(before: u64, after: u64) -> Span {
    Span {
        start: NOW.minus(before * DAY),
        end: NOW.plus(after * DAY),
    }
}

/// Rules to which a sound session gives no cause.
pub fn rules() -> Rules {
    Rules {
        id: "fixture".into(),
        version: "1".into(),
        controller: "ACME SAS".into(),
        more: More::default(),
        digest: [7; 32],
        in_force: days(30, 60),
        attestations: Step::ALL
            .into_iter()
            .map(|step| Attestation {
                step,
                valid: days(50, 300),
            })
            .collect(),
        notice: NoticeRule {
            version: Some("v1".into()),
            valid_for: 100 * DAY,
        },
        max_frame_interval: 500,
        max_facts_age: 250,
        while_held: false,
        unknown_entry_passes: false,
        retention: Retention {
            recordings: 100 * DAY,
            analyses: 200 * DAY,
            decisions: 90 * DAY,
            accesses: 300 * DAY,
            temporary: DAY / 2,
        },
        applications: vec![application("crm"), application("mail")],
        programmes: Programmes::Listed(vec![programme("p"), programme("q")]),
        roles: Roles::Listed(vec![
            role(
                "oversight",
                &[Operation::View, Operation::Delete],
                &[Purpose::Oversight],
            ),
            Role {
                programmes: Coverage::All,
                ..role("rights", &RIGHTS, &[Purpose::SubjectRight])
            },
            Role {
                own_only: true,
                ..role("self", &[Operation::View], &[Purpose::Training])
            },
            role("trainer", &Operation::ALL, &[Purpose::Training]),
        ]),
    }
}

/// An application recognised by its executable, `<id>.exe`.
pub fn application(id: &str) -> Application {
    Application {
        id: id.into(),
        entries: vec![Entry {
            executable: Some(format!("{id}.exe")),
            ..Entry::default()
        }],
        never_title: vec![],
        never_payment_card: false,
        never_password: false,
    }
}

/// A programme about the first application, for employees `e-1` and `e-2`.
pub fn programme(id: &str) -> Programme {
    Programme {
        id: id.into(),
        dates: days(20, 40),
        review_until: NOW.plus(80 * DAY),
        enrolment: Enrolment::Listed(vec!["e-1".into(), "e-2".into()]),
        applications: vec![0],
        employee_cap: Cap {
            limit: 7_200_000,
            per: 7 * DAY,
        },
        programme_cap: Cap {
            limit: 72_000_000,
            per: 7 * DAY,
        },
        max_unreviewed: 72_000_000,
        share_millionths: 200_000,
        sampling_period: 30 * DAY,
    }
}

/// A role that covers programme `p`.
pub fn role(id: &str, may: &[Operation], purposes: &[Purpose]) -> Role {
    Role {
        id: id.into(),
        may: may.to_vec(),
        purposes: purposes.to_vec(),
        programmes: Coverage::Only(vec!["p".into()]),
        own_only: false,
    }
}

/// A session that every rule allows.
pub fn facts() -> SessionFacts {
    let mut facts = SessionFacts::default();
    facts.session = "s-1".into();
    facts.employee = "e-1".into();
    facts.programme = "p".into();
    facts.purpose = Purpose::Training;
    facts.mode = CaptureMode::ScreenVideo;
    facts.frame_interval = 200;
    facts.employee_notice = Some(Notice {
        version: "v1".into(),
        given_at: NOW.minus(10 * DAY),
    });
    facts.employee_objected = Answer::No;
    facts.enrolled_at = Some(NOW.minus(DAY));
    facts.protected_line = Answer::No;
    facts.calls = Some(Calls {
        offered: 10,
        recorded: 1,
    });
    facts
}

/// A moment to which no rule objects.
pub fn moment() -> Moment {
    let holds = Condition::ALL.into_iter().filter(|c| c.must_hold());
    Moment {
        at: NOW.plus(1_000),
        facts_from: NOW.plus(990),
        facts_to: NOW.plus(1_010),
        gap: 200,
        phase: CallPhase::Connected,
        known: Condition::ALL.into_iter().fold(Conditions::NONE, Conditions::with),
        holds: holds.fold(Conditions::NONE, Conditions::with),
        usage: Some(Usage::default()),
    }
}

/// One training window in the corner of the surface.
pub fn windows() -> Vec<Window> {
    let rect = Rect::new(0, 0, 80, 60);
    vec![Window {
        kind: WindowKind::Training,
        inner: rect,
        outer: rect,
    }]
}

/// An access that every rule allows.
pub fn access() -> Access {
    Access {
        at: NOW,
        operation: Operation::View,
        artefact: Artefact::Recording,
        purpose: Purpose::Training,
        account: "a-7".into(),
        individual_account: true,
        role: "trainer".into(),
        authorised_until: Some(NOW.plus(DAY)),
        programme: "p".into(),
        subject: Some("e-1".into()),
        viewer: "e-9".into(),
        restricted: Answer::No,
        collected_at: NOW.minus(DAY),
        mode: CaptureMode::ScreenVideo,
    }
}

/// The example with 1,000 applications, 1,000 programmes and 10,000 employees, and as long as a document may be.
#[must_use]
pub fn largest_document(example: &str) -> String {
    let mut text = example.replace("applications = [\"crm\"]", "applications = [\"crm\", \"a1\"]");
    for n in 1..1_000 {
        let _ = write!(
            text,
            "[[application]]\nid = \"a{n}\"\ntitle = \"A\"\nmatch = [{{ executable = \"a{n}.exe\" }}]\n"
        );
        let mut employees: Vec<String> = (0..10).map(|e| format!("\"t{}\"", n * 10 + e)).collect();
        let employees = employees.split_off(usize::from(n == 1) * 2).join(",");
        let _ = write!(
            text,
            "[[programme]]\nid = \"p{n}\"\npurpose = \"training\"\nneed = \"x\"\nannounced-on = 2026-10-20\n\
             from = 2026-11-01\nuntil = 2026-12-15\napplications = [\"a{n}\"]\nemployees = [{employees}]\n\
             volume = {{ per-employee = {{ limit = \"2h\", per = \"7d\" }}, programme = {{ limit = \"20h\", per = \"7d\" }}, \
             unreviewed = \"20h\", share-of-calls = {{ limit = 0.2, per = \"30d\" }} }}\n"
        );
    }
    let padding = (1 << 20) - text.len();
    text.push_str(&"#".repeat(padding));
    text
}
