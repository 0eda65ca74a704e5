//! The largest question of each kind, within the documented limits, takes at most a third of its fuel.
#![cfg(test)]

mod identity;

use std::sync::LazyLock;

use gardefou::{Artefact, Policy, Probe, Purpose, Reason, Rect, Runtime, Source, Timestamp};
use gardefou_policy::facts::{HungUp, MAX_EXTRA, MAX_TEXT, Segment, Window};
use gardefou_policy::types::WindowKind;
use gardefou_tests::fixture::{self, NOW};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Two policies, since what is largest differs: the longest document, and the template with wide rules.
static LARGEST: LazyLock<Policy> = LazyLock::new(|| {
    let text = fixture::largest_document(include_str!("../../../rules/example.toml"));
    Policy::load(&RUNTIME, Source::Rules(&text)).unwrap()
});
static PLAIN: LazyLock<Policy> = LazyLock::new(|| Policy::from_checked_rules(&RUNTIME, &fixture::rules()).unwrap());

/// Prints the share, and holds it against a third.
fn within_a_third(what: &str, probe: &Probe) {
    let (spent, given) = probe.spent().unwrap();
    println!(
        "{what:<40} {spent:>12} of {given:>12}: {:.1} %",
        100.0 * spent as f64 / given as f64
    );
    assert!(spent <= given / 3, "{what}: {spent} of {given}");
}

/// A probe whose session is open, under rules to which it gives no cause.
fn sitting(policy: &Policy) -> Probe {
    let mut probe = Probe::new(policy);
    assert_eq!(probe.open(&fixture::facts(), NOW).unwrap(), Ok(()));
    probe
}

/// As long as a text in facts may be.
fn token(tail: &str) -> String {
    format!("{}{tail}", "e".repeat(MAX_TEXT - tail.len()))
}

#[test]
fn an_opening() {
    let mut probe = Probe::new(&LARGEST);
    let mut facts = fixture::facts();
    facts.session = token("s");
    facts.programme = "p999".into();
    facts.extra = (0..MAX_EXTRA).map(|n| (token(&n.to_string()), token("v"))).collect();
    if let Some(notice) = &mut facts.employee_notice {
        notice.version = "2026-09".into();
    }
    // The last employee of the last programme, and one who is none of them.
    facts.employee = "t9999".into();
    assert_eq!(probe.open(&facts, NOW).unwrap(), Ok(()));
    within_a_third("open", &probe);
    facts.employee = token("x");
    let refused = probe.open(&facts, NOW).unwrap().unwrap_err();
    assert_eq!(refused.reason, Reason::NO_TRAINING_NEED);
    within_a_third("open, refused", &probe);
    assert!(probe.terms_of("p999").unwrap().is_some());
    within_a_third("terms-of", &probe);
    assert!(probe.keep_until(Artefact::Recording, NOW, "p999").unwrap() > NOW);
    within_a_third("keep-until", &probe);
}

/// How windows may lie so that every edge of every window cuts all the others.
fn crossing(count: u32, kind: impl Fn(u32) -> WindowKind, place: impl Fn(u32) -> Rect) -> Vec<Window> {
    (0..count)
        .map(|n| {
            let outer = place(n);
            // An edge of its own, so that a window cuts four times in each direction.
            let inner = Rect::new(outer.x + 1, outer.y + 1, outer.width - 2, outer.height - 2);
            Window {
                kind: kind(n),
                inner,
                outer,
            }
        })
        .collect()
}

fn at(n: u32) -> i32 {
    i32::try_from(n).unwrap()
}

#[test]
fn a_frame() {
    const SIDE: u32 = 4_096;
    let training = |_| WindowKind::Training;
    let mixed = |n: u32| {
        if n.is_multiple_of(2) {
            WindowKind::Other
        } else {
            WindowKind::Training
        }
    };
    let bars = |n: u32| {
        let step = 60 * (n / 2) + 3;
        if n.is_multiple_of(2) {
            Rect::new(0, at(step), SIDE, 20)
        } else {
            Rect::new(at(step), 0, 20, SIDE)
        }
    };
    // The topmost is the smallest: every one below shows a rim.
    let nested = |n: u32| {
        let from = 2_000 - 8 * (n + 1);
        Rect::new(at(from), at(from), 16 * (n + 1), 16 * (n + 1))
    };
    // From corner to corner, each over the next.
    let stairs = |n: u32| Rect::new(at(4 * n), at(4 * n), 2_000, 2_000);
    let fallen = |n: u32| Rect::new(at(4 * n), at(508 - 4 * n), 2_000, 2_000);
    let long = |n: u32| {
        if n.is_multiple_of(2) {
            Rect::new(at(4 * n), at(2_000 - 4 * n), 3 + 3 * n, 10 + 8 * n)
        } else {
            Rect::new(at(2_000 - 4 * n), at(4 * n), 10 + 8 * n, 3 + 3 * n)
        }
    };
    let mut probe = sitting(&PLAIN);
    let mut keep = Vec::new();
    let mut ask = |name: &str, windows: &[Window]| {
        keep.clear();
        let ruling = probe
            .frame(&fixture::moment(), (SIDE, SIDE), windows, &mut keep)
            .unwrap();
        within_a_third(
            &format!("decide: {name}, {:?}, {} parts", ruling.action, keep.len()),
            &probe,
        );
    };
    ask("bars", &crossing(128, training, bars));
    ask("bars over a window", &{
        let mut windows = crossing(127, mixed, bars);
        windows.extend(crossing(1, training, |_| Rect::new(0, 0, SIDE, SIDE)));
        windows
    });
    ask("nested", &crossing(128, training, nested));
    ask("nested, every other", &crossing(128, mixed, nested));
    ask("stairs", &crossing(128, training, stairs));
    ask("stairs downwards", &crossing(128, training, fallen));
    ask("stairs, every other", &crossing(128, mixed, stairs));
    ask("growing", &crossing(128, mixed, long));
    // The most parts: bars of others over one window, a grid.
    ask("a grid", &{
        let mut windows = crossing(127, |_| WindowKind::Other, bars);
        windows.extend(crossing(1, training, |_| Rect::new(0, 0, SIDE, SIDE)));
        windows
    });
    // Any places: a linear congruential generator, so that it is the same ones each time.
    for seed in 0..16 {
        let mut state = seed;
        let mut next = |below: u32| {
            state = u64::wrapping_add(
                u64::wrapping_mul(state, 6_364_136_223_846_793_005),
                1_442_695_040_888_963_407,
            );
            u32::try_from(state >> 33).unwrap() % below
        };
        let places: Vec<Rect> = (0..128)
            .map(|_| Rect::new(at(next(2_000)), at(next(2_000)), 3 + next(2_000), 3 + next(2_000)))
            .collect();
        ask("anywhere", &crossing(128, mixed, |n| places[n as usize]));
    }
}

#[test]
fn an_access_and_a_review() {
    let mut probe = Probe::new(&LARGEST);
    let mut access = fixture::access();
    access.programme = "p999".into();
    access.role = token("x");
    (access.account, access.viewer, access.subject) = (token("a"), token("v"), Some(token("s")));
    for purpose in [Purpose::Training, Purpose::SubjectRight] {
        access.purpose = purpose;
        let _ = probe.authorise(&access).unwrap();
        within_a_third("authorise", &probe);
    }
    let moment = fixture::moment();
    let segment = Segment {
        started_at: NOW,
        ended_at: NOW.plus(1_000),
        answered_at: Some(Timestamp::MIN),
        hung_up: HungUp::GoesOn,
        known: moment.known,
        holds: moment.holds,
        mode: fixture::facts().mode,
    };
    let _ = probe.review(&segment).unwrap();
    within_a_third("review", &probe);
}
