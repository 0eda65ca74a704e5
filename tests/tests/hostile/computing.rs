//! Policies that compute, grow, recurse or stop where they should answer.

use std::time::{Duration, Instant};

use gardefou::{Action, FaultKind, LoadError, Policy, Reason, Runtime, RuntimeOptions, Source};
use gardefou_tests::hostile::{Foreign, Part};
use gardefou_tests::sitting::Sitting;

use crate::ask::{Question, assert_fault, faults};

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
fn an_endless_loop_in_the_start_spends_the_budget() {
    let policy = Foreign::good().fields("(func $start (loop $again (br $again))) (start $start)");
    assert_fault!(Question::Load, &policy, FaultKind::OutOfFuel);
}

#[test]
fn an_endless_loop_in_the_allocator_spends_the_budget() {
    let policy = Foreign::good().with(Part::Realloc, FOR_EVER);
    assert_fault!(Question::Open, &policy, FaultKind::OutOfFuel);
    assert_fault!(Question::Access, &policy, FaultKind::OutOfFuel);
}

#[test]
fn a_fill_of_all_memory_over_and_over_ends() {
    let body = "(loop $again (memory.fill (i32.const 65536) (i32.const 0) (i32.const 33000000)) (br $again)) (unreachable)";
    for kind in faults(Question::Frame, &Foreign::good().memory(505).with(Part::Decide, body)) {
        assert!(matches!(kind, FaultKind::OutOfFuel | FaultKind::Deadline), "{kind:?}");
    }
}

#[test]
fn an_endless_loop_with_endless_fuel_meets_the_deadline() {
    let options = RuntimeOptions::default().fuel(u64::MAX).deadline(Duration::from_millis(100));
    let runtime = Runtime::with(&options).unwrap();
    let component = Foreign::good().with(Part::Decide, FOR_EVER).component();
    let policy = Policy::load(&runtime, Source::Bytes(&component)).unwrap();
    let mut sitting = Sitting::alone(&policy);
    let start = Instant::now();
    let frame = sitting.frame();
    assert_eq!((frame.action, frame.why.reason), (Action::Skip, Reason::POLICY_FAULT));
    assert_eq!(sitting.session.faults()[0].kind(), &FaultKind::Deadline);
    assert!(start.elapsed() < Duration::from_secs(3));
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
fn a_component_that_begins_with_a_huge_table_is_refused() {
    for elements in [10_001, 10_000_000_u32] {
        let policy = Foreign::good().fields(&format!("(table {elements} funcref)"));
        let kinds = faults(Question::Load, &policy);
        assert_eq!(kinds.len(), 3);
    }
}

#[test]
fn recursing_without_bound_overflows_the_policys_own_stack() {
    let deep = "(func $deep (param $n i32) (result i32) (i32.add (call $deep (i32.add (local.get $n) (i32.const 1))) (local.get $n)))";
    everywhere("(drop (call $deep (i32.const 0))) (unreachable)", deep, |kind| *kind == FaultKind::StackOverflow);
}

#[test]
fn a_trap_is_told() {
    for body in [
        "(unreachable)",
        "(drop (i32.div_u (i32.const 1) (i32.const 0))) (unreachable)",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1))) (unreachable)",
        "(drop (i32.load (i32.const -4))) (unreachable)",
        "(i32.store (i32.const 100000000) (i32.const 1)) (unreachable)",
        "(memory.copy (i32.const 0) (i32.const 1) (i32.const -1)) (unreachable)",
        "(drop (i32.trunc_f32_u (f32.const nan))) (unreachable)",
    ] {
        everywhere(body, "", |kind| matches!(kind, FaultKind::Trap(why) if !why.is_empty()));
    }
    let null = "(drop (call_indirect $t (result i32) (i32.const 0))) (unreachable)";
    everywhere(null, "(table $t 1 funcref)", |kind| matches!(kind, FaultKind::Trap(_)));
}

#[test]
fn a_trap_in_the_start_is_told() {
    let policy = Foreign::good().fields("(func $start (unreachable)) (start $start)");
    assert_fault!(Question::Load, &policy, FaultKind::Trap(_));
}

#[test]
fn the_error_of_a_load_says_what_it_did() {
    let policy = Foreign::good().with(Part::Describe, FOR_EVER);
    let Err(LoadError::Fault(fault)) = crate::ask::load(&policy) else { panic!() };
    assert!(fault.to_string().ends_with(" spent its whole budget on one question"), "{fault}");
}
