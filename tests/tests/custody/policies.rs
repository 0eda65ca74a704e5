//! Policies that misbehave, or say nothing: nothing is handed out, and nothing is kept because of them.

use gardefou::custody::{AccessAnswer, CustodyError, RefusalCause};
use gardefou::journal::{AccessEvent, AccessRecord, Record};
use gardefou::{Policy, PolicyHandle, Reason, Runtime, Source};
use gardefou_tests::hostile::{Foreign, Part};

use crate::shop::{DAY, NOW, Shop, asker, example, view};

fn foreign(runtime: &Runtime, policy: &Foreign) -> Policy {
    Policy::load(runtime, Source::Bytes(&policy.component())).unwrap()
}

#[test]
fn a_policy_that_fails_keeps_nothing_and_the_journal_says_so() {
    let runtime = Runtime::new().unwrap();
    let broken = foreign(&runtime, &Foreign::good().with(Part::KeepUntil, "unreachable"));
    let digest = broken.digest();
    let policies = PolicyHandle::new(vec![example(&runtime), broken]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(DAY));
    shop.file("s-1.anonymised.mkv", NOW);
    let custody = shop.custody(&policies);
    let dry = custody.purge(NOW, true).unwrap();
    assert!(
        !dry.faults.is_empty() && !dry.gone.is_empty() && shop.has("s-1.mkv"),
        "a dry run tells it before"
    );
    let report = custody.purge(NOW, false).unwrap();
    assert!(!report.still_there());
    assert!(
        !shop.has("s-1.mkv") && shop.has("s-1.anonymised.mkv"),
        "an anonymised copy asks nobody"
    );
    let told = shop.entries().into_iter().any(|entry| {
        matches!(entry.record, Some(Record::Access(AccessRecord {
            event: AccessEvent::Fault { policy, .. }, ..
        })) if policy == digest)
    });
    assert!(told);
}

#[test]
fn a_policy_that_fails_grants_nothing() {
    let runtime = Runtime::new().unwrap();
    let broken = foreign(&runtime, &Foreign::good().with(Part::Authorise, "unreachable"));
    let policies = PolicyHandle::new(vec![example(&runtime), broken]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(DAY));
    let trainer = asker("trainer");
    let answer = shop.custody(&policies).access(&view("s-1", &trainer)).unwrap();
    let AccessAnswer::Refused(refused) = answer else {
        panic!("granted")
    };
    assert_eq!(refused.reason, Reason::POLICY_FAULT);
    assert!(matches!(refused.cause, RefusalCause::Fault(_)));
    assert_eq!(shop.entries().len(), 2, "it is journalled");
}

#[test]
fn a_runtime_that_was_shut_down_says_nothing_and_nothing_goes() {
    let runtime = Runtime::new().unwrap();
    let policies = PolicyHandle::new(vec![example(&runtime)]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    runtime.shutdown();
    assert!(matches!(
        shop.custody(&policies).purge(NOW, false),
        Err(CustodyError::Policy(_))
    ));
    assert!(shop.has("s-1.mkv"));
    let trainer = asker("trainer");
    let answer = shop.custody(&policies).access(&view("s-1", &trainer)).unwrap();
    assert!(matches!(answer, AccessAnswer::Refused(_)));
}

#[test]
fn without_rules_nothing_may_be_kept() {
    let runtime = Runtime::new().unwrap();
    let template = include_bytes!("../../../guest-policy/dist/policy.wasm");
    let template = Policy::load(&runtime, Source::Bytes(template)).unwrap();
    let policies = PolicyHandle::new(vec![template]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(DAY));
    assert!(shop.custody(&policies).purge(NOW, false).unwrap().faults.is_empty());
    assert!(!shop.has("s-1.mkv") && !shop.has("s-1.sidecar.json"));
}

#[test]
fn the_strictest_policy_decides() {
    let runtime = Runtime::new().unwrap();
    let short = "(i64.add (local.get $collected) (i64.const 86400000))";
    let short = foreign(&runtime, &Foreign::good().with(Part::KeepUntil, short));
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(DAY / 2));
    shop.recording("s-2", NOW.minus(DAY));
    let policies = PolicyHandle::new(vec![example(&runtime), short]).unwrap();
    shop.custody(&policies).purge(NOW, false).unwrap();
    assert!(shop.has("s-1.mkv") && !shop.has("s-2.mkv"));
}
