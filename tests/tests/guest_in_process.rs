//! The SDK as a guest in the vendor's process: what it takes of it, and what it leaves.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gardefou::{
    Action, Artefact, CallFacts, Fault, FaultKind, LoadError, Opening, Outcome, Packed, Policy, PolicyHandle, Reason,
    Rect, Runtime, RuntimeOptions, Session, Source,
};
use gardefou_policy::rules::Programmes;
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::hostile::{Foreign, Part};
use gardefou_tests::sitting::{SURFACE, Sitting};

/// The least stack of a thread that asks.
const STACK: usize = 256 * 1024;

fn runtime(signal_handlers: bool) -> Runtime {
    Runtime::with(&RuntimeOptions::default().signal_handlers(signal_handlers)).unwrap()
}

fn policy(runtime: &Runtime) -> Policy {
    Policy::from_checked_rules(runtime, &fixture::rules()).unwrap()
}

#[test]
fn what_threads_may_share_is_shared_and_what_they_may_move_is_moved() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn moved<T: Send + 'static>() {}
    shared::<Runtime>();
    shared::<Policy>();
    shared::<PolicyHandle>();
    shared::<CallFacts>();
    moved::<Session>();
    moved::<Opening>();
    moved::<Fault>();
    moved::<LoadError>();
}

/// Does it on a thread with the least stack.
fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .unwrap();
        thread.join().unwrap()
    })
}

/// As many windows as a question may have, each apart, so that the answer is as long as it can be.
fn many_windows() -> Vec<(Rect, Rect)> {
    (0..128)
        .map(|n| Rect::new(n % 16 * 12, n / 16 * 12, 7, 5 + n.unsigned_abs() % 3))
        .map(|r| (r, r))
        .collect()
}

fn whole_call(policy: &Policy) {
    let mut sitting = Sitting::alone(policy);
    sitting.place(&many_windows());
    let frame = sitting.frame();
    assert_eq!(frame.action, Action::Keep);
    assert!(frame.keep.len() >= 128);
    let mut bytes = vec![255; 200 * 100 * 4];
    let pixels = Packed::new(&mut bytes, SURFACE.0, SURFACE.1, 800, 4).unwrap();
    assert!(matches!(
        sitting.session.frame(sitting.now, pixels),
        gardefou::Gated::Keep(..)
    ));
    // The last frame lies before the end of its segment.
    let end = sitting.now.plus(100);
    assert!(matches!(sitting.session.segment(NOW, end), Outcome::Keep));
    assert_eq!(sitting.session.finish(end).reviewed.len(), 1);
}

#[test]
fn a_small_stack_is_enough_for_a_whole_call() {
    for handlers in [false, true] {
        let policy = policy(&runtime(handlers));
        on_a_small_stack(|| whole_call(&policy));
        let handle = PolicyHandle::new(vec![policy]).unwrap();
        on_a_small_stack(|| {
            assert!(matches!(
                handle.authorise(&fixture::access()).unwrap(),
                gardefou::Authorisation::Granted(_)
            ));
            assert!(handle.keep_until(Artefact::Recording, NOW, "p").unwrap() > NOW);
        });
    }
}

#[test]
fn recursing_without_bound_on_a_small_stack_is_a_fault() {
    let fields = "(func $deep (param $n i32) (result i32) (i32.add (call $deep (i32.add (local.get $n) (i32.const 1))) (local.get $n)))
        (func $wide (param i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
          (i64.add (call $wide (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7) (local.get 0))
            (i64.mul (local.get 0) (i64.xor (local.get 3) (local.get 7)))))";
    let zero = "(i64.const 0)";
    let wide = format!("(drop (call $wide {})) (unreachable)", [zero; 8].join(" "));
    for handlers in [false, true] {
        let runtime = runtime(handlers);
        for body in ["(drop (call $deep (i32.const 0))) (unreachable)", &wide] {
            let component = Foreign::good().fields(fields).with(Part::Decide, body).component();
            let policy = Policy::load(&runtime, Source::Bytes(&component)).unwrap();
            on_a_small_stack(|| {
                let mut sitting = Sitting::alone(&policy);
                let frame = sitting.frame();
                assert_eq!((frame.action, frame.why.reason), (Action::Skip, Reason::POLICY_FAULT));
                assert_eq!(sitting.session.faults()[0].kind(), &FaultKind::StackOverflow);
            });
        }
        on_a_small_stack(|| whole_call(&policy(&runtime)));
    }
}

#[test]
fn every_fault_is_the_same_with_signal_handlers() {
    for (body, expected) in [
        ("(unreachable)", "stopped"),
        ("(drop (i32.load (i32.const -4))) (unreachable)", "stopped"),
        (
            "(drop (i32.div_u (i32.const 1) (i32.const 0))) (unreachable)",
            "stopped",
        ),
        ("(loop $l (br $l)) (unreachable)", "budget"),
        (
            "(loop $l (drop (memory.grow (i32.const 16))) (br $l)) (unreachable)",
            "memory",
        ),
    ] {
        let component = Foreign::good().with(Part::Decide, body).component();
        let faults = [false, true].map(|handlers| {
            let policy = Policy::load(&runtime(handlers), Source::Bytes(&component)).unwrap();
            let mut sitting = Sitting::alone(&policy);
            assert_eq!(sitting.frame().why.reason, Reason::POLICY_FAULT);
            sitting.session.faults()[0].kind().clone()
        });
        assert_eq!(faults[0], faults[1]);
        assert!(faults[0].to_string().contains(expected), "{}", faults[0]);
    }
}

/// Runs the test of that name in a process of its own, whatever runs the tests: answers whether this is it.
fn is_alone(test: &str) -> bool {
    const ALONE: &str = "GARDEFOU_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("1 passed"), "the test ran: {text}");
    print!("{text}");
    false
}

/// Everything that a vendor does with the SDK, with a policy that faults among it.
fn everything(runtime: &Runtime) {
    whole_call(&policy(runtime));
    let traps = Foreign::good()
        .with(Part::Decide, "(drop (i32.load (i32.const -4))) (unreachable)")
        .component();
    let mut sitting = Sitting::alone(&Policy::load(runtime, Source::Bytes(&traps)).unwrap());
    assert_eq!(sitting.frame().why.reason, Reason::POLICY_FAULT);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/example.toml");
    Policy::load(runtime, Source::RulesFile(Path::new(example))).unwrap();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;

    use super::*;

    fn entries(path: &str) -> BTreeSet<String> {
        let list = std::fs::read_dir(path).unwrap();
        list.map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    fn threads() -> Vec<String> {
        let name = |id: &String| std::fs::read_to_string(format!("/proc/self/task/{id}/comm")).unwrap_or_default();
        entries("/proc/self/task")
            .iter()
            .map(|id| name(id).trim().to_owned())
            .collect()
    }

    /// What the descriptors are open on; the directory that lists them is one of them.
    fn files() -> BTreeSet<String> {
        let target = |n: &String| std::fs::read_link(format!("/proc/self/fd/{n}")).ok();
        entries("/proc/self/fd")
            .iter()
            .filter_map(target)
            .map(|t| t.display().to_string())
            .collect()
    }

    /// The signals that the process handles, as the kernel writes them.
    fn handled() -> String {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))
            .unwrap()
            .trim()
            .to_owned()
    }

    #[test]
    fn by_default_no_signal_handler_is_installed() {
        if !is_alone("linux::by_default_no_signal_handler_is_installed") {
            return;
        }
        let before = handled();
        let runtime = Runtime::new().unwrap();
        everything(&runtime);
        assert_eq!(handled(), before);
        drop(runtime);
        // What would be seen otherwise: the test can fail.
        everything(&super::runtime(true));
        assert_ne!(handled(), before);
    }

    #[test]
    fn there_is_one_thread_more_and_then_none() {
        if !is_alone("linux::there_is_one_thread_more_and_then_none") {
            return;
        }
        let before = threads();
        let runtime = Runtime::new().unwrap();
        everything(&runtime);
        let mut added = threads();
        for name in &before {
            let at = added.iter().position(|n| n == name).unwrap();
            added.remove(at);
        }
        // The kernel keeps 15 letters of a name.
        assert_eq!(added, ["gardefou-deadli"]);
        runtime.shutdown();
        settled(&before);
        drop(runtime);
        let dropped = Runtime::new().unwrap();
        let copy = dropped.clone();
        drop(dropped);
        assert_eq!(threads().len(), before.len() + 1, "a clone keeps it");
        drop(copy);
        settled(&before);
    }

    /// A thread that was joined is gone for its parent, and a moment later for the kernel's list.
    fn settled(before: &[String]) {
        let start = Instant::now();
        while threads() != before {
            assert!(start.elapsed() < Duration::from_secs(60), "{:?}", threads());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn no_file_and_no_socket_is_open_while_it_runs() {
        if !is_alone("linux::no_file_and_no_socket_is_open_while_it_runs") {
            return;
        }
        let before = files();
        let runtime = Runtime::new().unwrap();
        let policy = policy(&runtime);
        everything(&runtime);
        assert_eq!(files(), before);
        drop(policy);
    }

    #[test]
    fn no_file_and_no_socket_stays_open() {
        if !is_alone("linux::no_file_and_no_socket_stays_open") {
            return;
        }
        let before = files();
        let runtime = Runtime::new().unwrap();
        everything(&runtime);
        runtime.shutdown();
        drop(runtime);
        assert_eq!(files(), before);
    }

    /// What is in memory of the process, in bytes.
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
    }

    #[test]
    fn two_hundred_sessions_at_once_are_small() {
        const SESSIONS: u64 = 200;
        if !is_alone("linux::two_hundred_sessions_at_once_are_small") {
            return;
        }
        let runtime = Runtime::new().unwrap();
        let handle = PolicyHandle::new(vec![policy(&runtime)]).unwrap();
        // What the first session alone brings into memory is not each session's.
        drop(Sitting::under(&handle).frame());
        let before = resident();
        let mut sittings: Vec<Sitting> = (0..SESSIONS).map(|_| Sitting::under(&handle)).collect();
        for sitting in &mut sittings {
            assert_eq!(sitting.frame().action, Action::Keep);
        }
        let each = resident().saturating_sub(before) / SESSIONS;
        println!("resident memory of a session: {} KiB", each / 1024);
        assert!(each < 1 << 20, "{each} bytes each");
    }
}

#[test]
fn after_the_shutdown_every_question_is_refused() {
    let runtime = Runtime::new().unwrap();
    let policy = policy(&runtime);
    let handle = PolicyHandle::new(vec![policy.clone()]).unwrap();
    let mut sitting = Sitting::under(&handle);
    assert_eq!(sitting.frame().action, Action::Keep);
    let mut late = Sitting::under(&handle);
    runtime.shutdown();
    runtime.shutdown();
    let down = |fault: Fault| assert_eq!(fault.kind(), &FaultKind::ShutDown);
    down(handle.open(fixture::facts(), NOW).map(|_| ()).unwrap_err());
    down(handle.authorise(&fixture::access()).unwrap_err());
    down(handle.keep_until(Artefact::Recording, NOW, "p").unwrap_err());
    assert!(
        matches!(Policy::from_checked_rules(&runtime, &fixture::rules()), Err(LoadError::Fault(f)) if *f.kind() == FaultKind::ShutDown)
    );
    // A session that had asked nothing yet, and one whose question must be asked again.
    sitting.call.condition(gardefou::Condition::PAYMENT_ENTRY, None);
    for sitting in [&mut sitting, &mut late] {
        let told: Vec<Action> = (0..4).map(|_| sitting.frame().action).collect();
        assert!(!told.contains(&Action::Keep), "{told:?}");
        assert_eq!(told.last(), Some(&Action::Stop));
        assert!(matches!(sitting.session.segment(NOW, sitting.now), Outcome::Discard(_)));
    }
}

#[test]
fn after_the_shutdown_nothing_more_is_kept_under_a_lease() {
    let runtime = Runtime::new().unwrap();
    let mut sitting = Sitting::alone(&policy(&runtime));
    assert_eq!(sitting.frame().action, Action::Keep);
    runtime.shutdown();
    assert_ne!(sitting.frame().action, Action::Keep);
}

/// The rules of which the fixture's window is a part, or those of which it is none.
fn either(n: u32) -> gardefou_policy::rules::Rules {
    let mut rules = fixture::rules();
    if n % 2 == 1 {
        rules.id = "other".into();
        let Programmes::Listed(programmes) = &mut rules.programmes else {
            panic!()
        };
        programmes.iter_mut().for_each(|p| p.applications = vec![1]);
    }
    rules
}

#[test]
fn policies_change_under_fifty_running_sessions() {
    const SWAPS: u32 = 301;
    let runtime = Runtime::new().unwrap();
    let policies = [0, 1].map(|n| Policy::from_checked_rules(&runtime, &either(n)).unwrap());
    let handle = PolicyHandle::new(vec![policies[0].clone()]).unwrap();
    let over = AtomicBool::new(false);
    let began = std::sync::Barrier::new(51);
    let (handle, over, began) = (&handle, &over, &began);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(move || {
                    let mut sitting = Sitting::under(handle);
                    let mut under = std::collections::BTreeMap::new();
                    under.insert(sitting.frame().why.policy.to_string(), 1);
                    began.wait();
                    while !over.load(Ordering::Acquire) {
                        let frame = sitting.frame();
                        *under.entry(frame.why.policy.to_string()).or_insert(0u32) += 1;
                        assert!(
                            matches!(frame.why.reason, Reason::PERMITTED | Reason::NO_TRAINING_WINDOW),
                            "{frame:?}"
                        );
                        std::thread::sleep(Duration::from_millis(2));
                    }
                    let last = sitting.frame();
                    *under.entry(last.why.policy.to_string()).or_insert(0) += 1;
                    assert!(sitting.session.faults().is_empty(), "{:?}", sitting.session.faults());
                    (under.len(), last)
                })
            })
            .collect();
        // Every session has asked under the first policies before others come.
        began.wait();
        let start = Instant::now();
        for n in 1..=SWAPS {
            let next = &policies[usize::try_from(n % 2).unwrap()];
            handle.offer(vec![next.clone()]).unwrap();
        }
        println!("{SWAPS} swaps under 50 sessions took {:?}", start.elapsed());
        over.store(true, Ordering::Release);
        for thread in threads {
            let (policies_seen, last) = thread.join().unwrap();
            assert_eq!(
                (last.action, last.why.reason),
                (Action::Skip, Reason::NO_TRAINING_WINDOW)
            );
            assert_eq!(last.why.policy, policies[1].digest());
            assert!(policies_seen > 1, "a session saw no change");
        }
    });
}
