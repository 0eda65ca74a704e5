//! Random questions, made without looking at any rules.

use std::rc::Rc;

use gardefou::{
    AppIdentity, Artefact, CallPhase, Condition, Conditions, Notice, Operation, Purpose, Rect, Timestamp, Usage,
};
use gardefou_compare::{FrameQuestion, Opened, Question};
use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::types::{DAY, WindowKind};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::strategy;
use proptest::prelude::*;

fn instants() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        4 => (0..8_000u64).prop_map(|ms| NOW.plus(ms)),
        1 => (0..90u64).prop_map(|days| NOW.minus(30 * DAY).plus(days * DAY)),
        1 => any::<u64>().prop_map(Timestamp::from_millis),
    ]
}

/// A frame of a session with these facts.
fn frame() -> impl Strategy<Value = Question> {
    let phases = vec![
        CallPhase::Connected,
        CallPhase::Connected,
        CallPhase::Held,
        CallPhase::AfterCall,
    ];
    let used = || prop_oneof![3 => 0..5_000u64, 1 => Just(7_199_800u64), 1 => any::<u64>()];
    let odd = prop::option::weighted(
        0.3,
        (prop::sample::select(Condition::ALL.to_vec()), any::<(bool, bool)>()),
    );
    (
        strategy::facts(),
        (0..3_000u64, prop_oneof![Just(0), 0..6_000u64], 0..1_200u64, 0..1_200u64),
        prop::sample::select(phases),
        (used(), used(), used()),
        odd,
    )
        .prop_map(|(mut facts, (opened, after, age, gap), phase, used, odd)| {
            let at = NOW.plus(opened);
            facts.employee_notice = facts.employee_notice.map(|notice| Notice {
                given_at: at.minus(10 * DAY),
                ..notice
            });
            let mut moment = Moment {
                at: at.plus(after),
                facts_from: at.plus(after),
                facts_to: at.plus(after).plus(age),
                gap,
                phase,
                usage: Some(Usage {
                    employee_used: used.0,
                    programme_used: used.1,
                    unreviewed: used.2,
                }),
                ..fixture::moment()
            };
            if let Some((condition, (known, holds))) = odd {
                let put = |set: Conditions, is_in| {
                    if is_in {
                        set.with(condition)
                    } else {
                        set.without(condition)
                    }
                };
                moment.known = put(moment.known, known);
                moment.holds = put(moment.holds, known && holds);
            }
            let rect = Rect::new(0, 0, 8, 8);
            Question::Frame(Box::new(FrameQuestion {
                session: Rc::new(Opened { facts, at }),
                moment,
                surface: (20, 16),
                windows: vec![Window {
                    kind: WindowKind::Training,
                    inner: rect,
                    outer: rect,
                }],
            }))
        })
}

fn opening() -> impl Strategy<Value = Question> {
    (
        strategy::facts(),
        instants(),
        prop::sample::select(vec!["v1", "v2"]),
        95..105u64,
        "e-[1-4]",
    )
        .prop_map(|(mut facts, at, version, age, employee)| {
            facts.employee = employee;
            facts.employee_notice = facts.employee_notice.map(|_| Notice {
                version: version.into(),
                given_at: at.minus(age * DAY / 10),
            });
            Question::Open(Rc::new(Opened { facts, at }))
        })
}

fn window() -> impl Strategy<Value = Question> {
    let field = || {
        prop::option::of(prop::sample::select(vec![
            "crm.exe",
            "mail.exe",
            "a password",
            "x",
            "Crm",
        ]))
    };
    (field(), field(), field(), instants()).prop_map(|(executable, title, wm_class, at)| {
        let mut app = AppIdentity::default();
        app.executable = executable.map(Into::into);
        app.title = title.map(Into::into);
        app.wm_class = wm_class.map(Into::into);
        let session = Rc::new(Opened {
            facts: fixture::facts(),
            at,
        });
        Question::Kind {
            session,
            app,
            about: "a window".into(),
        }
    })
}

fn custody() -> impl Strategy<Value = Question> {
    let roles = vec!["oversight", "rights", "self", "trainer", "nobody"];
    let purposes = vec![
        Purpose::Training,
        Purpose::SubjectRight,
        Purpose::Oversight,
        Purpose::Evidence,
    ];
    (
        prop::sample::select(Operation::ALL.to_vec()),
        prop::sample::select(Artefact::ALL.to_vec()),
        prop::sample::select(purposes),
        prop::sample::select(roles),
        prop::sample::select(vec!["p", "q", "none"]),
        any::<(bool, bool)>(),
        (0..400u64, 0..400u64),
    )
        .prop_flat_map(
            |(operation, artefact, purpose, role, programme, (own, restricted), (age, later))| {
                let at = NOW.plus(later * DAY / 4);
                let collected_at = at.minus(age * DAY);
                let mut access = fixture::access();
                access.at = at;
                access.authorised_until = Some(at.plus(1));
                access.operation = operation;
                access.artefact = artefact;
                access.purpose = purpose;
                access.role = role.into();
                access.programme = programme.into();
                access.restricted = restricted.into();
                access.collected_at = collected_at;
                access.viewer = if own { "e-1".into() } else { "e-9".into() };
                prop_oneof![
                    3 => Just(Question::Access(Box::new(access))),
                    1 => Just(Question::KeepUntil { artefact, collected_at, programme: programme.into() }),
                ]
            },
        )
}

pub(crate) fn question() -> impl Strategy<Value = Question> {
    prop_oneof![3 => opening(), 3 => frame(), 1 => window(), 2 => custody()]
}
