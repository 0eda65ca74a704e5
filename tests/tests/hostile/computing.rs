//! Policies that compute, grow, recurse or stop where they should answer.

use std::time::Duration;

use gardefou::{Action, FaultKind, LoadError, Policy, Reason, Runtime, RuntimeOptions, Source};
use gardefou_tests::hostile::{Foreign, Part};
use gardefou_tests::sitting::Sitting;

use crate::ask::{Question, assert_fault, faults, timed};

const FOR_EVER: &str = "(loop $again (br $again)) (unreachable)";

/// Each question, and the function that is asked.
const QUESTIONS: [(Question, Part); 8] = [
    (Question::Load, Part::Describe),
    (Question::Open, Part::Open),
    (Question::Open, Part::TermsOf),
    (Question::Classify, Part::Classify),
    (Question::Frame, Part::Decide),
    (Question::Review, Part::Review),
    (Question::Access, Part::Authorise),
    (Question::Retention, Part::KeepUntil),
];

fn everywhere(body: &str, fields: &str, expected: impl Fn(&FaultKind) -> bool) {
    for (question, part) in QUESTIONS {
        for kind in faults(question, &Foreign::good().with(part, body).fields(fields)) {
            assert!(expected(&kind), "{question:?}: {kind:?}");
        }
    }
}

#[test]
fn an_endless_loop_spends_the_budget() {
    everywhere(FOR_EVER, "", |kind| *kind == FaultKind::OutOfFuel);
}

#[test]
fn an_endless_loop_in_the_allocator_spends_the_budget() {
    let policy = Foreign::good().with(Part::Realloc, FOR_EVER);
    assert_fault!(Question::Open, &policy, FaultKind::OutOfFuel);
    assert_fault!(Question::Access, &policy, FaultKind::OutOfFuel);
}

#[test]
fn the_allocator_may_misbehave_at_a_frame() {
    // The list of one window is 36 bytes; a string has no alignment.
    let at_windows = |body: &str| {
        let sound = "(local $at i32)
            (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
            (global.set $heap (i32.add (local.get $at) (local.get $size)))";
        let body = format!(
            "{sound} (if (i32.and (i32.eq (local.get $align) (i32.const 4)) (i32.eq (local.get $size) (i32.const 36))) (then {body})) (local.get $at)"
        );
        Foreign::good()
            .with(Part::Realloc, &body)
            .fields("(func $deep (call $deep))")
    };
    assert_fault!(Question::Frame, &at_windows("(unreachable)"), FaultKind::Trap(_));
    assert_fault!(
        Question::Frame,
        &at_windows("(loop $again (br $again))"),
        FaultKind::OutOfFuel
    );
    assert_fault!(Question::Frame, &at_windows("(call $deep)"), FaultKind::StackOverflow);
    assert_fault!(
        Question::Frame,
        &at_windows("(return (i32.const -4))"),
        FaultKind::Nonsense(_) | FaultKind::Trap(_)
    );
}

#[test]
fn an_answer_counts_only_when_its_question_is_over() {
    let after = |body: &str| {
        let name = "cabi_post_gardefou:policy/capture@1.0.0#[method]session.decide";
        Foreign::good().fields(&format!("(func (export \"{name}\") (param i32) {body})"))
    };
    crate::ask::works(&crate::ask::load(&after("")).unwrap());
    assert_fault!(Question::Frame, &after("(unreachable)"), FaultKind::Trap(_));
    assert_fault!(
        Question::Frame,
        &after("(loop $again (br $again))"),
        FaultKind::OutOfFuel
    );
}

#[test]
fn a_fill_of_all_memory_over_and_over_ends() {
    let body =
        "(loop $again (memory.fill (i32.const 65536) (i32.const 0) (i32.const 33000000)) (br $again)) (unreachable)";
    for kind in faults(Question::Frame, &Foreign::good().memory(505).with(Part::Decide, body)) {
        assert!(matches!(kind, FaultKind::OutOfFuel | FaultKind::Deadline), "{kind:?}");
    }
}

#[test]
fn an_endless_loop_with_endless_fuel_meets_the_deadline() {
    let options = RuntimeOptions::default()
        .fuel(u64::MAX)
        .deadline(Duration::from_millis(100));
    let runtime = Runtime::with(&options).unwrap();
    let component = Foreign::good().with(Part::Decide, FOR_EVER).component();
    let policy = Policy::load(&runtime, Source::Bytes(&component)).unwrap();
    let mut sitting = Sitting::alone(&policy);
    let (took, frame) = timed(|| sitting.frame());
    assert_eq!((frame.action, frame.why.reason), (Action::Skip, Reason::POLICY_FAULT));
    assert_eq!(sitting.session.faults()[0].kind(), &FaultKind::Deadline);
    assert!(took < Duration::from_secs(3), "{took:?}");
}

/// Fuel counts instructions, and some take long: they end at the deadline, if not before.
#[test]
fn instructions_that_take_long_end_at_the_deadline() {
    for (name, body) in [
        (
            "divisions",
            "(local $n i64) (loop $again (local.set $n (i64.rem_u (i64.const -1) (i64.or (local.get $n) (i64.const 1)))) (br $again)) (unreachable)",
        ),
        (
            "growing by nothing",
            "(loop $again (drop (memory.grow (i32.const 0))) (br $again)) (unreachable)",
        ),
        (
            "copying nothing",
            "(loop $again (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)) (br $again)) (unreachable)",
        ),
        (
            "filling a table with nothing",
            "(loop $again (table.fill $t (i32.const 0) (ref.null func) (i32.const 0)) (br $again)) (unreachable)",
        ),
        (
            "loads from everywhere",
            "(local $n i32) (loop $again (local.set $n (i32.add (i32.mul (i32.xor (local.get $n) (i32.load (i32.and (local.get $n) (i32.const 0x1fffffc)))) (i32.const 1664525)) (i32.const 1013904223))) (br $again)) (unreachable)",
        ),
        (
            "new handles",
            "(loop $again (drop (call $new (i32.const 1))) (br $again)) (unreachable)",
        ),
    ] {
        let policy = Foreign::good()
            .memory(512)
            .fields("(table $t 1 funcref)")
            .with(Part::Decide, body);
        let mut sitting = Sitting::alone(&crate::ask::load(&policy).unwrap());
        sitting.tell_windows(sitting.now);
        let (took, frame) = timed(|| sitting.decide());
        println!("{name}: {} after {took:?}", sitting.session.faults()[0]);
        assert_eq!((frame.action, frame.why.reason), (Action::Skip, Reason::POLICY_FAULT));
        let kind = sitting.session.faults()[0].kind();
        let handles = name == "new handles" && !matches!(kind, FaultKind::StackOverflow);
        assert!(
            handles || matches!(kind, FaultKind::OutOfFuel | FaultKind::Deadline),
            "{name}: {kind:?}"
        );
        assert!(took < Duration::from_secs(4), "{name}: {took:?}");
    }
}

/// What the host keeps for a policy is bounded too: handles are the host's memory.
#[cfg(target_os = "linux")]
#[test]
fn handles_without_bound_are_ended() {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap()
            .trim();
        line.trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    };
    let body = "(local $n i32)
        (loop $again
          (drop (call $new (i32.const 1)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $n) (i32.const 500000))))
        (call $verdict (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1000) (i32.const 0) (local.get $at) (i64.const -1))";
    let mut sitting = Sitting::alone(&crate::ask::load(&Foreign::good().with(Part::Decide, body)).unwrap());
    let before = resident();
    for _ in 0..20 {
        sitting.frame();
    }
    let grown = resident().saturating_sub(before);
    assert_eq!(sitting.frame().action, Action::Stop, "each frame was a fault");
    assert!(grown < 64, "a policy with 32 MiB holds {grown} MiB");
}

#[test]
fn growing_without_bound_is_ended() {
    let body = "(loop $again (drop (memory.grow (i32.const 1))) (br $again)) (unreachable)";
    everywhere(body, "", |kind| *kind == FaultKind::OutOfMemory);
    let at_once = "(drop (memory.grow (i32.const 65000))) (unreachable)";
    everywhere(at_once, "", |kind| *kind == FaultKind::OutOfMemory);
}

#[test]
fn a_component_that_begins_with_too_much_memory_is_refused() {
    for pages in [513, 4_000, 65_536] {
        assert_fault!(Question::Load, &Foreign::good().memory(pages), FaultKind::OutOfMemory);
    }
}

#[test]
fn recursing_without_bound_overflows_the_policys_own_stack() {
    let deep = "(func $deep (param $n i32) (result i32) (i32.add (call $deep (i32.add (local.get $n) (i32.const 1))) (local.get $n)))";
    everywhere("(drop (call $deep (i32.const 0))) (unreachable)", deep, |kind| {
        *kind == FaultKind::StackOverflow
    });
}

#[test]
fn a_trap_is_told() {
    for body in [
        "(unreachable)",
        "(drop (i32.div_u (i32.const 1) (i32.const 0))) (unreachable)",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1))) (unreachable)",
        "(drop (i32.load (i32.const -4))) (unreachable)",
        "(i32.store (i32.const 100000000) (i32.const 1)) (unreachable)",
        "(memory.copy (i32.const 0) (i32.const 1) (i32.const 300000)) (unreachable)",
        "(drop (i32.trunc_f32_u (f32.const nan))) (unreachable)",
    ] {
        everywhere(body, "", |kind| matches!(kind, FaultKind::Trap(why) if !why.is_empty()));
    }
    let null = "(drop (call_indirect $t (result i32) (i32.const 0))) (unreachable)";
    everywhere(null, "(table $t 1 funcref)", |kind| matches!(kind, FaultKind::Trap(_)));
}

#[test]
fn the_error_of_a_load_says_what_it_did() {
    let policy = Foreign::good().with(Part::Describe, FOR_EVER);
    let Err(LoadError::Fault(fault)) = crate::ask::load(&policy) else {
        panic!()
    };
    assert!(
        fault.to_string().ends_with(" spent its whole budget on one question"),
        "{fault}"
    );
}
