//! No difference escapes: random pairs of rules, held against random sessions, frames, windows, accesses and
//! whole calls.
#![cfg(test)]

use std::rc::Rc;
use std::sync::LazyLock;

use gardefou::probe::Probe;
use gardefou::{Access, Artefact, Operation, Policy, PolicyHandle, Purpose, Rect, Runtime, WindowKind};
use gardefou_bake::Baker;
use gardefou_compare::{
    Component, Difference, Direction, Frame, Native, Opening, Oracle as _, Outcome, Outline, Question, diff, direction,
};
use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::rules::{Programmes, Rules};
use gardefou_policy::types::{CallPhase, Condition, Conditions, DAY};
use gardefou_tests::call::{Answer, Call, Program, SURFACE, play};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::strategy;
use proptest::prelude::*;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static BAKER: LazyLock<Baker> = LazyLock::new(|| Baker::new().unwrap());

/// One document, and another that has one of its parts from a third; sometimes all of them.
fn pair() -> impl Strategy<Value = (Rules, Rules)> {
    (strategy::rules(), strategy::rules(), 0..14_u32).prop_map(|(old, other, part)| {
        let mut new = Rules {
            digest: other.digest,
            ..old.clone()
        };
        match part {
            0 => new.in_force = other.in_force,
            1 => new.attestations = other.attestations,
            2 => new.notice = other.notice,
            3 => new.max_frame_interval = other.max_frame_interval,
            4 => new.max_facts_age = other.max_facts_age,
            5 => new.while_held = other.while_held,
            6 => new.applications = other.applications,
            7 | 8 => new.programmes = other.programmes,
            9..12 => one_limit(part, &mut new, &other),
            12 => new = other,
            _ => {}
        }
        (old, new)
    })
}

fn one_limit(part: u32, new: &mut Rules, other: &Rules) {
    let (Programmes::Listed(own), Programmes::Listed(other)) = (&mut new.programmes, &other.programmes) else {
        panic!("documents list their programmes");
    };
    for (own, other) in own.iter_mut().zip(other) {
        match part {
            9 => own.employee_cap = other.employee_cap,
            10 => own.share_millionths = other.share_millionths,
            _ => own.enrolment = other.enrolment.clone(),
        }
    }
}

fn compared(old: &Rules, new: &Rules) -> Difference {
    let outline = Outline {
        documents: vec![old.clone(), new.clone()],
        openings: vec![],
    };
    let found = diff(
        &outline,
        &mut Native::new(old.clone()),
        &mut Native::new(new.clone()),
        true,
        &mut || {},
    );
    assert!(found.is_exact);
    found
}

/// Whether what was found admits this answer to a question.
fn covers(outcome: Outcome, shown: Option<Direction>) -> bool {
    match shown {
        None => true,
        Some(Direction::Looser) => outcome == Outcome::Looser,
        Some(Direction::Stricter | Direction::Reason) => matches!(outcome, Outcome::Looser | Outcome::Stricter),
    }
}

fn opening() -> impl Strategy<Value = Rc<Opening>> {
    (
        strategy::facts(),
        prop_oneof![3 => Just(0), 2 => 0..6_000_u64, 1 => 0..50 * DAY],
    )
        .prop_map(|(facts, after)| {
            Rc::new(Opening {
                facts,
                at: NOW.plus(after),
            })
        })
}

fn condition() -> impl Strategy<Value = (bool, bool)> {
    prop_oneof![12 => Just((true, true)), 1 => Just((false, true)), 1 => Just((true, false))]
}

fn moment() -> impl Strategy<Value = Moment> {
    let phase = prop_oneof![
        6 => Just(CallPhase::Connected),
        1 => Just(CallPhase::Held),
        1 => Just(CallPhase::Consulting),
        1 => Just(CallPhase::AfterCall),
    ];
    let used = || prop_oneof![3 => Just(0_u64), 2 => 0..4_200_u64, 1 => Just(7_200_000), 1 => 0..80_000_000_u64];
    (
        prop_oneof![4 => 0..400_u64, 2 => 0..6_000_u64, 1 => 0..50 * DAY],
        (0..1_100_u64, 0..2_u64, prop_oneof![3 => 0..300_u64, 1 => 0..1_100_u64]),
        phase,
        prop::collection::vec(condition(), 7),
        (used(), used(), used()),
    )
        .prop_map(
            |(after, (age, ahead, gap), phase, states, (employee_used, programme_used, unreviewed))| {
                let at = NOW.plus(after);
                let (mut known, mut holds) = (Conditions::NONE, Conditions::NONE);
                for (condition, (is_known, is_right)) in Condition::ALL.into_iter().zip(states) {
                    if is_known {
                        known = known.with(condition);
                        if condition.must_hold() == is_right {
                            holds = holds.with(condition);
                        }
                    }
                }
                Moment {
                    at,
                    facts_from: at.minus(age % 300),
                    facts_to: at.plus(ahead),
                    gap,
                    phase,
                    known,
                    holds,
                    employee_used,
                    programme_used,
                    unreviewed,
                }
            },
        )
}

fn question() -> impl Strategy<Value = Question> {
    let window = || {
        let kinds = prop_oneof![3 => Just(WindowKind::Training), 1 => Just(WindowKind::Other)];
        (kinds, 0..10_i32, 0..10_u32).prop_map(|(kind, x, size)| {
            let place = Rect::new(x, x, size, size);
            Window {
                kind,
                inner: place,
                outer: place,
            }
        })
    };
    let frame = (moment(), prop::collection::vec(window(), 0..4)).prop_map(|(moment, windows)| Frame {
        moment,
        surface: SURFACE,
        windows,
    });
    let programs = [
        Program::Crm,
        Program::Mail,
        Program::Secret,
        Program::Other,
        Program::Unknown,
    ];
    let access = (
        prop::sample::select(Operation::ALL.to_vec()),
        prop::sample::select(Artefact::ALL.to_vec()),
        prop::sample::select(vec!["oversight", "rights", "self", "trainer", "nobody"]),
        prop::sample::select(vec![Purpose::Training, Purpose::SubjectRight, Purpose::Oversight]),
        prop::sample::select(vec!["p", "q", "none"]),
        (0..200_u64, 0..200_u64),
    )
        .prop_map(|(operation, artefact, role, purpose, programme, (age, after))| Access {
            at: NOW.plus(after * DAY),
            operation,
            artefact,
            purpose,
            role: role.into(),
            programme: programme.into(),
            collected_at: NOW.plus(after * DAY).minus(age * DAY),
            authorised_until: Some(NOW.plus(1_000 * DAY)),
            ..fixture::access()
        });
    let kept = (
        prop::sample::select(Artefact::ALL.to_vec()),
        0..200_u64,
        prop::sample::select(vec!["p", "q", "none"]),
    );
    prop_oneof![
        4 => opening().prop_map(Question::Open),
        6 => (opening(), frame).prop_map(|(opening, frame)| Question::Frame(opening, Box::new(frame))),
        1 => (opening(), prop::sample::select(programs.to_vec()))
            .prop_map(|(opening, program)| Question::Window(opening, Box::new(program.identity()))),
        2 => access.prop_map(|access| Question::Access(Box::new(access))),
        1 => kept.prop_map(|(artefact, age, programme)| Question::KeepUntil {
            artefact,
            collected_at: NOW.minus(age * DAY),
            programme: programme.into(),
        }),
        1 => prop::sample::select(vec!["p", "q", "none"]).prop_map(|programme| Question::Terms(programme.into())),
    ]
}

/// The first answers of two runs of one call that differ, and which way: what comes later follows from it.
fn first_difference(old: &[Answer], new: &[Answer]) -> Option<Direction> {
    let (old, new) = old.iter().zip(new).find(|(old, new)| old != new)?;
    let rank = |answer: &Answer| match answer {
        Answer::Refused(_) => 0,
        Answer::Frame(gardefou::Action::Stop, ..) => 1,
        Answer::Frame(gardefou::Action::Skip, ..) => 2,
        Answer::Frame(gardefou::Action::Keep, ..) => 3,
        Answer::Segment(kept) => u8::from(kept.is_ok()),
    };
    Some(match rank(new).cmp(&rank(old)) {
        std::cmp::Ordering::Greater => Direction::Looser,
        std::cmp::Ordering::Less => Direction::Stricter,
        // Other pixels of a frame that both keep: which way is not looked at here.
        std::cmp::Ordering::Equal => Direction::Reason,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever a random question shows, the comparison has said.
    #[test]
    fn no_question_shows_what_was_not_found((old, new) in pair(), questions in prop::collection::vec(question(), 300)) {
        let found = compared(&old, &new);
        let (mut before, mut after) = (Native::new(old), Native::new(new));
        for question in &questions {
            let shown = direction(&before.answer(question), &after.answer(question));
            prop_assert!(covers(found.outcome(), shown), "{shown:?} beside {:?}: {question:?}", found.outcome());
        }
    }

    /// The same rules are equal.
    #[test]
    fn the_same_rules_are_equal(rules in strategy::rules()) {
        let other = Rules { digest: [7; 32], version: "other".into(), ..rules.clone() };
        prop_assert_eq!(compared(&rules, &other).outcome(), Outcome::Equal);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Baked components in their sandboxes, in whole calls with the counting and the leases of a recorder.
    #[test]
    fn no_call_shows_what_was_not_found((old, new) in pair(), calls in prop::collection::vec(strategy::call(1), 8)) {
        let [before, after] = [&old, &new].map(|rules| BAKER.bake_rules(rules).unwrap().policy);
        let found = compared(&old, &new);
        for call in &calls {
            let played = |policy: &Policy| {
                let handle = PolicyHandle::new(vec![policy.clone()]).unwrap();
                let call = Call { generations: vec![vec![]], ..call.clone() };
                play(&call, &handle, true, |_| {})
            };
            let shown = first_difference(&played(&before), &played(&after));
            prop_assert!(covers(found.outcome(), shown), "{shown:?} beside {:?}", found.outcome());
        }
    }

    /// Components are asked what their rules are asked, and answer alike: groups, cases and all.
    #[test]
    fn components_and_their_rules_differ_alike((old, new) in pair()) {
        let outline = Outline { documents: vec![old.clone(), new.clone()], openings: vec![] };
        let [mut before, mut after] = [&old, &new].map(|rules| {
            Component::new(Probe::new(Policy::from_checked_rules(&RUNTIME, rules).unwrap()).unwrap())
        });
        let asked = diff(&outline, &mut before, &mut after, true, &mut || {});
        prop_assert_eq!(asked, compared(&old, &new));
    }
}
