//! Sessions that open or do not.

use std::rc::Rc;

use gardefou::{CaptureMode, Millis, Notice, Purpose, SessionFacts, Timestamp};
use gardefou_policy::rules::ceilings;

use super::changes::{Change, pairs};
use crate::asker::{Asker, Flow};
use crate::outline::{Base, Outline};
use crate::question::{Opening, Question};

const KIND: &str = "open";

/// At every instant that matters, everything passing and every check changed; at one of them every two.
pub(super) fn ask(outline: &Outline, id: &str, asker: &mut dyn Asker) -> Flow {
    let (instants, bases) = (instants(outline, id), outline.bases(id));
    asker.tally().axis(KIND, "instants", instants.len());
    asker.tally().axis(KIND, "sessions that pass", bases.len());
    for at in &instants {
        for base in &bases {
            let (base, changes) = (base.at(*at), changes(outline, id, *at));
            asker.tally().axis(KIND, "changes of one check", changes.len());
            put(asker, base.clone(), *at)?;
            for change in &changes {
                put(asker, change.of(&base), *at)?;
            }
        }
    }
    let Some((base, at)) = best(&bases, &instants, asker) else {
        return Flow::Continue(());
    };
    let changes = changes(outline, id, at);
    for both in pairs(&base, &changes) {
        put(asker, both, at)?;
    }
    Flow::Continue(())
}

/// A session that opens wherever it must, as early as there is one: what frames are asked about.
pub(super) fn common(outline: &Outline, id: &str, asker: &mut dyn Asker) -> Option<Rc<Opening>> {
    let bases = outline.bases(id);
    instants(outline, id).into_iter().find_map(|at| {
        bases.iter().find_map(|base| {
            let opening = Rc::new(Opening { facts: base.at(at), at });
            asker.opens(&opening).then_some(opening)
        })
    })
}

/// The dates, or some day where no document has any.
fn instants(outline: &Outline, id: &str) -> Vec<Timestamp> {
    let mut instants = outline.instants(id);
    if instants.is_empty() {
        instants.push(Timestamp::from_millis(crate::outline::SOME_DAY));
    }
    instants
}

/// A session that opens where there is one, else any: a refusal has an order, too.
fn best(bases: &[Base], instants: &[Timestamp], asker: &mut dyn Asker) -> Option<(SessionFacts, Timestamp)> {
    let all = instants
        .iter()
        .flat_map(|at| bases.iter().map(move |base| (base.at(*at), *at)));
    let mut any = None;
    for (facts, at) in all {
        let opening = Rc::new(Opening { facts, at });
        if asker.opens(&opening) {
            return Some((opening.facts.clone(), at));
        }
        any.get_or_insert((opening.facts.clone(), at));
    }
    any
}

fn put(asker: &mut dyn Asker, facts: SessionFacts, at: Timestamp) -> Flow {
    asker.put(Question::Open(Rc::new(Opening { facts, at })))
}

/// Every value of the facts that a check reads, in the order of the checks.
fn changes<'a>(outline: &'a Outline, id: &'a str, at: Timestamp) -> Vec<Change<'a, SessionFacts>> {
    let mut changes = Vec::new();
    changes.extend(calls(outline, id));
    changes.extend(captures(outline));
    changes.extend(
        PURPOSES.map(|purpose| Change::new("purpose", move |facts: &mut SessionFacts| facts.purpose = purpose)),
    );
    changes.extend(employees(outline, id, at));
    changes.extend(notices(outline, at));
    changes.push(Change::new("employee-objected", |facts: &mut SessionFacts| {
        facts.employee_objected = true;
    }));
    changes.push(Change::new("protected-line", |facts: &mut SessionFacts| {
        facts.protected_line = true
    }));
    changes
}

/// Every purpose.
pub(super) const PURPOSES: [Purpose; 8] = [
    Purpose::Training,
    Purpose::Evaluation,
    Purpose::Quality,
    Purpose::Evidence,
    Purpose::Monitoring,
    Purpose::SubjectRight,
    Purpose::Oversight,
    Purpose::Other,
];

fn captures(outline: &Outline) -> Vec<Change<'_, SessionFacts>> {
    let limits = outline.values(|rules| rules.max_frame_interval, ceilings::FRAME_INTERVAL);
    let intervals: Vec<Millis> = limits
        .into_iter()
        .flat_map(|limit| [limit, limit.saturating_add(1)])
        .collect();
    let modes = [
        CaptureMode::ScreenVideo,
        CaptureMode::WindowVideo,
        CaptureMode::Screenshot,
    ];
    let of = |mode, interval| {
        Change::new("still-image", move |facts: &mut SessionFacts| {
            facts.mode = mode;
            facts.frame_interval = interval;
        })
    };
    modes
        .into_iter()
        .flat_map(|mode| intervals.iter().chain([&0]).map(move |interval| of(mode, *interval)))
        .collect()
}

fn employees<'a>(outline: &Outline, id: &str, at: Timestamp) -> Vec<Change<'a, SessionFacts>> {
    let since = [None, Some(at), Some(at.plus(1))];
    let people: Vec<String> = outline
        .employees(id)
        .into_values()
        .map(|(employee, _)| employee)
        .collect();
    let of = |employee: String, enrolled| {
        Change::new("no-training-need", move |facts: &mut SessionFacts| {
            facts.employee.clone_from(&employee);
            facts.enrolled_at = enrolled;
        })
    };
    let each = people
        .into_iter()
        .flat_map(|employee| since.map(|since| of(employee.clone(), since)));
    each.collect()
}

fn notices<'a>(outline: &Outline, at: Timestamp) -> Vec<Change<'a, SessionFacts>> {
    let valid = outline.values(|rules| rules.notice.valid_for, ceilings::NOTICE);
    let old = valid
        .into_iter()
        .flat_map(|valid| [at.minus(valid), at.minus(valid).plus(1)]);
    let given: Vec<Timestamp> = old.chain([at, at.plus(1)]).collect();
    let of = |notice: Option<Notice>| {
        Change::new("employee-not-informed", move |facts: &mut SessionFacts| {
            facts.employee_notice.clone_from(&notice);
        })
    };
    let mut changes = vec![of(None)];
    for version in outline.notices() {
        let given = given.iter().map(|given_at| Notice {
            version: version.clone(),
            given_at: *given_at,
        });
        changes.extend(given.map(|notice| of(Some(notice))));
    }
    changes
}

/// Numbers of calls around which the shares of the documents allow one more or one less.
fn calls<'a>(outline: &Outline, id: &str) -> Vec<Change<'a, SessionFacts>> {
    let shares = outline.shares(id);
    let mut offered: Vec<u32> = vec![1, 10];
    offered.extend(shares.iter().map(|share| 1_000_000 / share + 1));
    for (at, share) in shares.iter().enumerate() {
        let others = shares.iter().skip(at + 1);
        offered.extend(others.filter_map(|other| apart(*share, *other)));
    }
    offered.sort_unstable();
    offered.dedup();
    let mut numbers = vec![(0, 0), (1, 2)];
    for offered in offered {
        let most = shares.iter().map(|share| allowed(*share, offered));
        let around = most.flat_map(|most| [most.saturating_sub(1), most]);
        numbers.extend(
            around
                .filter(|recorded| *recorded <= offered)
                .map(|recorded| (offered, recorded)),
        );
    }
    numbers.sort_unstable();
    numbers.dedup();
    let of = |(offered, recorded)| {
        let check = if recorded > offered || offered == 0 {
            "invalid-facts"
        } else {
            "systematic"
        };
        Change::new(check, move |facts: &mut SessionFacts| {
            facts.calls_offered = offered;
            facts.calls_recorded = recorded;
        })
    };
    numbers.into_iter().map(of).collect()
}

/// How many of so many calls may be recorded.
fn allowed(share: u32, offered: u32) -> u32 {
    let calls = (u64::from(share) * u64::from(offered)).div_ceil(1_000_000);
    u32::try_from(calls).unwrap_or(u32::MAX)
}

/// The smallest number of calls of which two shares allow a different number. There is one: of a million calls
/// they allow as many as they are millionths.
fn apart(one: u32, other: u32) -> Option<u32> {
    (1..=1_000_000).find(|offered| allowed(one, *offered) != allowed(other, *offered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_shares_are_told_apart_by_few_calls() {
        assert_eq!(apart(200_000, 500_000), Some(3));
        assert_eq!(apart(200_000, 200_000), None);
        let close = apart(499_999, 500_000).unwrap();
        assert_ne!(allowed(499_999, close), allowed(500_000, close));
        assert_eq!(apart(1, 2), Some(500_001));
    }
}
