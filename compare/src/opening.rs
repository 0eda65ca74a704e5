//! The questions about openings.
//!
//! With the programme and the instant fixed, the checks of an opening read disjoint facts: frame interval
//! and mode; purpose; employee and enrolment; notice; objection; line; calls. Let the answers of two rule
//! documents to some facts differ, and let the first check that fails be `i` on one side and a later one,
//! or none, on the other. The other side passes `i` on these facts, so on facts that pass everything there
//! but for those that `i` reads, the two still differ, and the same way. Where both fail first at the same
//! check with another note, the facts of that check on either base show it. So every class of values of
//! every single check, on a base for each side, at every date, finds every difference. Pairs of failing
//! values come on top, for components that check in another order.

use std::rc::Rc;

use gardefou_policy::facts::{Calls, Notice, SessionFacts};
use gardefou_policy::types::{Answer, CaptureMode, Purpose, Timestamp};

use crate::question::{Opened, Question};
use crate::sides::{Sides, distinct, employees, unlike};

/// Every purpose.
const PURPOSES: [Purpose; 8] = [
    Purpose::Training,
    Purpose::Evaluation,
    Purpose::Quality,
    Purpose::Evidence,
    Purpose::Monitoring,
    Purpose::SubjectRight,
    Purpose::Oversight,
    Purpose::Other,
];

const MODES: [CaptureMode; 3] = [
    CaptureMode::ScreenVideo,
    CaptureMode::WindowVideo,
    CaptureMode::Screenshot,
];

pub(crate) fn ask(sides: &Sides<'_>, programme: &str, sink: &mut dyn FnMut(Question)) {
    let dates = sides.dates(programme);
    let axes = Axes::of(sides, programme);
    for at in &dates {
        for base in bases(sides, programme, *at) {
            singles(&axes, &base, *at, sink);
        }
    }
    // The order of the checks does not depend on dates: where a session opens, or else at every date.
    let opening: Vec<Timestamp> = match sides.session(programme) {
        Some([(_, old), (_, new)]) => distinct([old, new]),
        None => dates,
    };
    for at in opening {
        for base in bases(sides, programme, at) {
            pairs(&axes, &base, at, sink);
        }
    }
}

fn bases(sides: &Sides<'_>, programme: &str, at: Timestamp) -> Vec<SessionFacts> {
    let mut bases = sides.both().map(|rules| sides.sound(rules, programme, at)).to_vec();
    bases.dedup();
    bases
}

/// The classes of values of the facts that openings are decided by.
struct Axes {
    intervals: Vec<u64>,
    employees: Vec<String>,
    versions: Vec<String>,
    /// How long before the opening the notice was given.
    ages: Vec<u64>,
    /// Offered, recorded.
    calls: Vec<(u32, u32)>,
}

impl Axes {
    fn of(sides: &Sides<'_>, programme: &str) -> Self {
        let limits = sides.both().map(|rules| rules.max_frame_interval);
        let versions = distinct(
            sides
                .both()
                .iter()
                .flat_map(|rules| rules.notice_versions().map(String::from)),
        );
        let other = unlike(&versions, "another-version");
        let valid = sides.both().map(|rules| rules.notice.valid_for);
        Self {
            intervals: distinct(
                limits
                    .into_iter()
                    .flat_map(|limit| [limit, limit.saturating_add(1)])
                    .chain([0, 1]),
            ),
            employees: representatives(sides, programme),
            versions: versions.into_iter().chain([other]).collect(),
            ages: distinct(
                valid
                    .into_iter()
                    .flat_map(|valid| [valid.saturating_sub(1), valid])
                    .chain([0]),
            ),
            calls: calls(sides, programme),
        }
    }
}

/// One employee of each class: listed on both sides, on one of them, on neither.
fn representatives(sides: &Sides<'_>, programme: &str) -> Vec<String> {
    let [old, new] = sides.both().map(|rules| employees(rules, programme));
    let class = |one: &String| (old.binary_search(one).is_ok(), new.binary_search(one).is_ok());
    let all = || old.iter().chain(new);
    let first = |wanted| all().find(|one| class(one) == wanted).cloned();
    let classes = [(true, true), (true, false), (false, true)];
    let neither = unlike(&all().cloned().collect::<Vec<_>>(), "e-unlisted");
    classes.into_iter().filter_map(first).chain([neither]).collect()
}

/// Numbers of calls on both sides of each share, and where the two shares part.
fn calls(sides: &Sides<'_>, programme: &str) -> Vec<(u32, u32)> {
    let shares: Vec<u64> = sides.of(programme).map(|p| u64::from(p.share_millionths)).collect();
    let most = |share: u64, offered: u32| (share * u64::from(offered)).div_ceil(1_000_000);
    let mut calls = vec![(0, 0), (1, 0), (1, 1), (1, 2)];
    let parted = (1..=1_000_000u32).find(|offered| {
        let mut limits = shares.iter().map(|share| most(*share, *offered));
        let first = limits.next();
        limits.any(|other| Some(other) != first)
    });
    for offered in [Some(10), parted].into_iter().flatten() {
        for share in &shares {
            let limit = u32::try_from(most(*share, offered)).unwrap_or(u32::MAX);
            calls.extend([(offered, limit.saturating_sub(1)), (offered, limit)]);
        }
    }
    distinct(calls)
}

fn singles(axes: &Axes, base: &SessionFacts, at: Timestamp, sink: &mut dyn FnMut(Question)) {
    let mut with = |change: &dyn Fn(&mut SessionFacts)| {
        let mut facts = base.clone();
        change(&mut facts);
        sink(Question::Open(Rc::new(Opened { facts, at })));
    };
    with(&|_| {});
    for mode in MODES {
        for interval in &axes.intervals {
            with(&|facts| (facts.mode, facts.frame_interval) = (mode, *interval));
        }
    }
    for purpose in PURPOSES {
        with(&|facts| facts.purpose = purpose);
    }
    for employee in &axes.employees {
        for enrolled in [None, Some(at), Some(at.plus(1))] {
            with(&|facts| (facts.employee, facts.enrolled_at) = (employee.clone(), enrolled));
        }
    }
    with(&|facts| facts.employee_notice = None);
    for version in &axes.versions {
        let given = axes.ages.iter().map(|age| at.minus(*age));
        for given_at in given.chain([at.plus(1)]) {
            let version = version.clone();
            with(&|facts| {
                facts.employee_notice = Some(Notice {
                    version: version.clone(),
                    given_at,
                });
            });
        }
    }
    for answer in [Answer::Unknown, Answer::Yes] {
        with(&|facts| facts.employee_objected = answer);
        with(&|facts| facts.protected_line = answer);
    }
    with(&|facts| facts.calls = None);
    for (offered, recorded) in axes.calls.iter().copied() {
        with(&|facts| facts.calls = Some(Calls { offered, recorded }));
    }
}

type Spoil<'a> = Box<dyn Fn(&mut SessionFacts) + 'a>;

/// A failing value of every check, in the order of the checks.
fn failing(axes: &Axes, at: Timestamp) -> Vec<Spoil<'_>> {
    let slow = axes.intervals.last().copied().unwrap_or(u64::MAX);
    let expired = axes.ages.last().copied().unwrap_or(u64::MAX);
    let noticed = |facts: &mut SessionFacts, given_at| {
        if let Some(notice) = &mut facts.employee_notice {
            notice.given_at = given_at;
        }
    };
    vec![
        Box::new(|facts| facts.frame_interval = 0),
        Box::new(|facts| facts.calls = None),
        Box::new(|facts| facts.calls.get_or_insert_default().recorded = u32::MAX),
        Box::new(|facts| facts.mode = CaptureMode::Screenshot),
        Box::new(move |facts| facts.frame_interval = slow),
        Box::new(|facts| facts.purpose = Purpose::Evidence),
        Box::new(|facts| {
            facts.enrolled_at = None;
            if let Some(nobody) = axes.employees.last() {
                facts.employee.clone_from(nobody);
            }
        }),
        Box::new(|facts| facts.employee_notice = None),
        Box::new(|facts| {
            if let (Some(notice), Some(other)) = (&mut facts.employee_notice, axes.versions.last()) {
                notice.version.clone_from(other);
            }
        }),
        Box::new(move |facts| noticed(facts, at.plus(1))),
        Box::new(move |facts| noticed(facts, at.minus(expired))),
        Box::new(|facts| facts.employee_objected = Answer::Yes),
        Box::new(|facts| facts.protected_line = Answer::Yes),
        Box::new(|facts| {
            let calls = facts.calls.get_or_insert_default();
            calls.recorded = calls.offered;
        }),
    ]
}

fn pairs(axes: &Axes, base: &SessionFacts, at: Timestamp, sink: &mut dyn FnMut(Question)) {
    let failing = failing(axes, at);
    for (n, first) in failing.iter().enumerate() {
        for second in failing.iter().skip(n + 1) {
            let mut facts = base.clone();
            first(&mut facts);
            second(&mut facts);
            sink(Question::Open(Rc::new(Opened { facts, at })));
        }
    }
}
