//! Zeros in a policy's answers: what a policy gives that leaves a field out. The host refuses them, or the
//! row says why they open nothing.

use gardefou::{
    Action, FaultKind, LoadError, Opening, Outcome, Placed, Policy, PolicyHandle, Reason, Runtime, Source, Timestamp,
};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::hostile::{Answer, Foreign, Part, SKIP, STOP};
use gardefou_tests::sitting::{SURFACE, Sitting, WINDOW};

/// A field, what its zero gives, and the check of that.
type Row = (&'static str, &'static str, fn(&str));

/// Of each field of an answer: what its zero gives, and a check that it does.
pub const ROWS: &[Row] = &[
    (
        "verdict.action",
        "a stop; with what belongs to a keep it is nonsense",
        |_| {
            assert_eq!(frame(&answer(&Answer::refusal(STOP, 36, 0))).0, Action::Stop);
            is_fault(&answer(&Answer {
                action: STOP,
                ..Answer::KEEP
            }));
        },
    ),
    (
        "verdict.reason",
        "nonsense: nobody is refused because it is permitted",
        |_| {
            is_fault(&answer(&Answer::refusal(SKIP, 0, 0)));
            is_fault(&answer(&Answer::refusal(STOP, 0, 0)));
        },
    ),
    ("verdict.detail", "the reason's own title is shown", |_| {
        assert_eq!(
            frame(&answer(&Answer::refusal(SKIP, 36, 0))),
            (Action::Skip, Reason::PAUSED)
        );
    }),
    (
        "verdict.holds-for",
        "nonsense: it held only before it was asked for",
        |_| {
            is_fault(&kept("(i64.const 0)", "(i64.const 0)"));
        },
    ),
    ("lease.until", "the same", |_| {
        is_fault(&kept("(i64.const 0)", "(i64.const -1)"))
    }),
    ("lease.budget", "asked again as soon as anything more was kept", |_| {
        assert_eq!(times_asked(&kept("(i64.const -1)", "(i64.const 0)")), 3);
        assert_eq!(
            times_asked(&kept("(i64.const -1)", "(i64.const -1)")),
            1,
            "it is reused otherwise"
        );
    }),
    ("refusal.reason", "nonsense", |_| {
        opens_with_fault(&Foreign::good().with(Part::Open, "(call $refused (i32.const 0) (i32.const 0))"));
    }),
    ("refusal.detail", "the reason's own title is shown", |_| {
        let refused = Foreign::good().with(Part::Open, "(call $refused (i32.const 12) (i32.const 0))");
        let handle = PolicyHandle::new(vec![load(&refused)]).unwrap();
        let opening = handle.open(fixture::facts(), NOW).unwrap();
        assert!(matches!(opening, Opening::Refused(why) if (why.reason, why.detail) == (Reason::PURPOSE, 0)));
    }),
    ("span.start", "nonsense: not within the segment", |_| {
        is_discarded("(call $disposed (i32.const 1) (i64.const 0) (local.get $end))");
    }),
    ("span.end", "nonsense: empty", |_| {
        is_discarded("(call $disposed (i32.const 1) (local.get $start) (i64.const 0))");
    }),
    ("terms.max-frame-interval", "no verdict is reused", is_asked_every_time),
    (
        "terms.max-facts-age",
        "no verdict is reused but for facts of one instant",
        is_asked_every_time,
    ),
    ("terms.employee-cap", "nonsense, as its period is", counts_over_no_time),
    ("terms.programme-cap", "nonsense, as its period is", counts_over_no_time),
    (
        "terms.max-unreviewed",
        "nothing may wait for a review, and so nothing is recorded",
        leaves_nothing,
    ),
    (
        "terms.sampling-period",
        "nonsense: no call but this one would be counted",
        counts_over_no_time,
    ),
    ("cap.limit", "nothing may be recorded", leaves_nothing),
    ("cap.per", "nonsense: nothing would be counted", counts_over_no_time),
    (
        "description.id",
        "not loaded: nobody could say which rules decided",
        has_no_name,
    ),
    ("description.version", NOTHING_DECIDES, says_nothing),
    ("description.in-force-from", NOTHING_DECIDES, says_nothing),
    ("description.in-force-until", NOTHING_DECIDES, says_nothing),
    ("description.rules-digest", NOTHING_DECIDES, says_nothing),
    ("description.programmes", NOTHING_DECIDES, says_nothing),
    ("description.notes", NOTHING_DECIDES, says_nothing),
    ("note.reason", NOTHING_DECIDES, notes_nothing),
    ("note.detail", NOTHING_DECIDES, notes_nothing),
    ("note.rule", NOTHING_DECIDES, notes_nothing),
    ("note.reference", NOTHING_DECIDES, notes_nothing),
    ("note.title", NOTHING_DECIDES, notes_nothing),
    ("text.french", NOTHING_DECIDES, notes_nothing),
    ("text.english", NOTHING_DECIDES, notes_nothing),
];

const NOTHING_DECIDES: &str = "nothing in a description decides anything";

fn load(policy: &Foreign) -> Policy {
    let runtime = Runtime::new().unwrap();
    Policy::load(&runtime, Source::Bytes(&policy.component())).unwrap()
}

fn answer(answer: &Answer) -> Foreign {
    Foreign::good().answering(answer)
}

/// Keeps the whole surface under this lease, and counts in `detail` how often it was asked.
fn kept(until: &str, budget: &str) -> Foreign {
    Foreign::good().with(
        Part::Decide,
        &format!(
            "(global.set $counter (i32.add (global.get $counter) (i32.const 1)))
             (i64.store (i32.const 1024) (i64.const 0))
             (i32.store (i32.const 1032) (local.get $width))
             (i32.store (i32.const 1036) (local.get $height))
             (call $verdict (i32.const 2) (i32.const 1024) (i32.const 1) (i32.const 0) (global.get $counter)
               {until} {budget})"
        ),
    )
}

fn frame(policy: &Foreign) -> (Action, Reason) {
    let frame = Sitting::alone(&load(policy)).frame();
    (frame.action, frame.why.reason)
}

fn is_fault(policy: &Foreign) {
    assert_eq!(frame(policy), (Action::Skip, Reason::POLICY_FAULT));
}

fn opens_with_fault(policy: &Foreign) {
    let handle = PolicyHandle::new(vec![load(policy)]).unwrap();
    let fault = handle.open(fixture::facts(), NOW).map(|_| ()).unwrap_err();
    assert!(matches!(fault.kind(), FaultKind::Nonsense(_)), "{fault}");
}

fn is_discarded(body: &str) {
    let mut sitting = Sitting::alone(&load(&Foreign::good().with(Part::Review, body)));
    let Outcome::Discard(ticket) = sitting.session.segment(NOW, NOW.plus(1_000)) else {
        panic!("a part that is none is kept")
    };
    assert_eq!(ticket.discard().why.reason, Reason::POLICY_FAULT);
}

/// How often the policy was asked about three frames that are alike, with facts that span some time.
fn times_asked(policy: &Foreign) -> u16 {
    let mut sitting = Sitting::alone(&load(policy));
    let list = [Placed {
        id: 0,
        inner: WINDOW,
        outer: WINDOW,
    }];
    let mut last = 0;
    for n in 1..4 {
        let at = sitting.now.plus(n * 100);
        sitting.session.windows(&list, at.minus(1), at.plus(1));
        last = sitting.session.decide(at, SURFACE.0, SURFACE.1).why().detail;
    }
    last
}

/// The terms of the good policy, but for those that `row` names, which are 0.
fn terms(row: &str) -> Vec<Foreign> {
    let week = 604_800_000;
    let good: [(&[&str], i64); 8] = [
        (&["terms.max-frame-interval"], 1_000),
        (&["terms.max-facts-age"], 1_000),
        (&["cap.limit", "terms.employee-cap"], -1),
        (&["cap.per", "terms.employee-cap"], week),
        (&["cap.limit", "terms.programme-cap"], -1),
        (&["cap.per", "terms.programme-cap"], week),
        (&["terms.max-unreviewed"], -1),
        (&["terms.sampling-period"], week),
    ];
    let is_zero = |n: usize| good[n].0.contains(&row);
    // Each cap of its own, and a cap that is 0 as a whole.
    let places: Vec<Vec<usize>> = match row {
        "cap.limit" | "cap.per" => (0..8).filter(|n| is_zero(*n)).map(|n| vec![n]).collect(),
        _ => vec![(0..8).filter(|n| is_zero(*n)).collect()],
    };
    let foreign = |zeros: &Vec<usize>| {
        assert!(!zeros.is_empty(), "{row}");
        let stores = good.iter().enumerate().map(|(n, (_, value))| {
            let value = if zeros.contains(&n) { 0 } else { *value };
            format!("(i64.store (i32.const {}) (i64.const {value}))", 136 + 8 * n)
        });
        let body = format!(
            "(i32.store8 (i32.const 128) (i32.const 1)) {} (i32.const 128)",
            stores.collect::<String>()
        );
        kept("(i64.const -1)", "(i64.const -1)").with(Part::TermsOf, &body)
    };
    places.iter().map(foreign).collect()
}

fn is_asked_every_time(row: &str) {
    for policy in terms(row) {
        assert_eq!(times_asked(&policy), 3, "{row}");
    }
}

fn counts_over_no_time(row: &str) {
    terms(row).iter().for_each(opens_with_fault);
}

fn leaves_nothing(row: &str) {
    for policy in terms(row) {
        let sitting = Sitting::alone(&load(&policy));
        assert_eq!(sitting.session.budget_left(NOW), Some(0), "{row}");
    }
}

/// Where a test's own data would be: nothing is written there.
const ZEROS: u32 = 8_192;

fn has_no_name(_: &str) {
    let nameless = Foreign::good().with(Part::Describe, &format!("(i32.const {ZEROS})"));
    let error = Policy::load(&Runtime::new().unwrap(), Source::Bytes(&nameless.component())).unwrap_err();
    assert!(
        matches!(&error, LoadError::Fault(fault) if matches!(fault.kind(), FaultKind::Nonsense(_))),
        "{error}"
    );
}

fn says_nothing(_: &str) {
    let named = format!(
        "(call $described (i32.const 2048) (i32.const 7) (i32.const {ZEROS}) (i32.const 0) (i32.const {ZEROS}) (i32.const 0))"
    );
    keeps_all_the_same(&named, 0);
}

fn notes_nothing(_: &str) {
    let described = format!(
        "(call $described (i32.const 2048) (i32.const 7) (i32.const 2080) (i32.const 1) (i32.const {ZEROS}) (i32.const 1))"
    );
    keeps_all_the_same(&described, 1);
}

fn keeps_all_the_same(describe: &str, notes: usize) {
    let policy = load(&Foreign::good().with(Part::Describe, describe));
    assert_eq!(policy.description().notes.len(), notes);
    assert!(
        policy
            .description()
            .notes
            .iter()
            .all(|note| note.title.english.is_empty())
    );
    assert!(policy.description().in_force_from == Timestamp::MIN);
    assert_eq!(Sitting::alone(&policy).frame().action, Action::Keep);
}
