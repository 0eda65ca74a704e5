//! What of a session's runs is told, and when: as if the time that is only counted had never been.
//!
//! A hole in a record would say when the employee paused. So its clock stands still meanwhile.

use gardefou_policy::types::{Condition, Millis, Reason, Span, Timestamp};

use super::super::chronicle::Run;
use super::super::segment::Reviewed;

/// A run that is told, on the record's clock, and when the frame before it was.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) run: Run,
    pub(super) before: Option<Timestamp>,
}

/// The clock of a session's records.
#[derive(Debug)]
pub(super) struct Telling {
    /// When it stands still, in order and apart.
    still: Vec<Span>,
}

/// Whether it is only counted how often that happens.
pub(super) fn is_only_counted(reason: Reason) -> bool {
    matches!(reason, Reason::PRIVATE_CALL | Reason::PROTECTED_LINE | Reason::PAUSED)
}

/// Whether nothing may be told of a run: also where another reason came first, its facts would say that the
/// employee paused, or that the call was private.
pub(super) fn is_hidden(run: &Run) -> bool {
    let holds = run.facts.call.holds;
    is_only_counted(run.why.reason) || holds.has(Condition::PRIVATE_CALL) || holds.has(Condition::EMPLOYEE_PAUSED)
}

impl Telling {
    pub(super) fn of(runs: &[Run], interval: Millis) -> Self {
        let nexts = runs.iter().skip(1).map(|run| run.first).chain([Timestamp::MAX]);
        let befores = std::iter::once(Timestamp::MAX).chain(runs.iter().map(|run| run.last.plus(interval)));
        let hidden = runs
            .iter()
            .zip(nexts)
            .zip(befores)
            .filter(|((run, _), _)| is_hidden(run));
        // From where the frame before it ends: a time without frames in between is part of the hole.
        let still = hidden.map(|((run, next), before)| Span {
            start: run.first.min(before),
            end: run.last.plus(interval).min(next),
        });
        Self { still: still.collect() }
    }

    /// An instant of the session, on this clock.
    pub(super) fn at(&self, at: Timestamp) -> Timestamp {
        let before = |still: &Span| still.end.min(at).since(still.start);
        at.minus(self.still.iter().map(before).sum())
    }

    pub(super) fn span(&self, span: Span) -> Span {
        Span {
            start: self.at(span.start),
            end: self.at(span.end),
        }
    }

    /// What is told of these runs: cut where a segment ends, so that each segment's record has its own facts.
    pub(super) fn told(&self, runs: &[Run], reviewed: &[Reviewed], interval: Millis) -> Vec<(Timestamp, Told)> {
        let mut before = None;
        let cut = runs.iter().flat_map(|run| at_segments(run, reviewed, interval));
        let told = cut.filter(|run| !is_hidden(run)).map(|run| {
            let first = run.first;
            let run = self.moved(run);
            let told = Told { before, run };
            before = Some(told.run.last);
            (first, told)
        });
        told.collect()
    }

    fn moved(&self, mut run: Run) -> Run {
        let back = run.first.since(self.at(run.first));
        run.facts.facts_from = run.facts.facts_from.minus(back);
        run.facts.facts_to = run.facts.facts_to.minus(back);
        run.first = run.first.minus(back);
        run.last = run.last.minus(back);
        run
    }
}

/// The run, cut where a segment ends within it.
fn at_segments(run: &Run, reviewed: &[Reviewed], interval: Millis) -> Vec<Run> {
    let mut cut = Vec::new();
    let mut rest = run.clone();
    let ends = reviewed.iter().map(|review| review.segment.end);
    for end in ends.take(reviewed.len().saturating_sub(1)) {
        if rest.first < end && end <= rest.last {
            let (head, tail) = split(rest, end, interval);
            cut.push(head);
            rest = tail;
        }
    }
    cut.push(rest);
    cut
}

/// The frames before that instant, and those from it on.
fn split(run: Run, at: Timestamp, interval: Millis) -> (Run, Run) {
    let passed = at.since(run.first);
    let mut tail = run.clone();
    tail.first = at;
    tail.facts.facts_from = run.facts.facts_from.plus(passed);
    tail.facts.facts_to = run.facts.facts_to.plus(passed);
    let mut head = run;
    head.last = at.minus(interval).max(head.first);
    head.length = head.length.min(passed);
    tail.length = tail.length.saturating_sub(head.length);
    (head, tail)
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::{Action, Refusal};

    use super::super::super::chronicle::Facts;
    use super::super::super::combine::Why;
    use super::super::super::segment::Outcome;
    use super::*;
    use crate::policy::Digest;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn run(first: u64, last: u64, reason: Reason) -> Run {
        Run {
            first: at(first),
            last: at(last),
            length: last - first + 10,
            action: Action::Keep,
            why: Why::new(Refusal::of(reason), Digest::FLOOR, Timestamp::MAX),
            facts: Facts {
                facts_from: at(first),
                facts_to: at(first),
                ..Facts::default()
            },
        }
    }

    #[test]
    fn a_pause_leaves_no_hole_and_no_time() {
        let runs = [
            run(100, 140, Reason::PERMITTED),
            run(150, 190, Reason::PAUSED),
            run(200, 240, Reason::PERMITTED),
            run(250, 290, Reason::PAYMENT),
        ];
        let telling = Telling::of(&runs, 10);
        let told: Vec<_> = telling.told(&runs, &[], 10).into_iter().map(|(_, told)| told).collect();
        let spans: Vec<_> = told
            .iter()
            .map(|told| (told.run.first.as_millis(), told.run.last.as_millis()))
            .collect();
        assert_eq!(spans, [(100, 140), (150, 190), (200, 240)]);
        assert_eq!(told[1].run.facts.facts_from, at(150));
        assert_eq!(told[2].before, Some(at(190)));
        assert_eq!(telling.at(at(120)), at(120));
        assert_eq!(telling.at(at(170)), at(150));
        assert_eq!(telling.at(at(300)), at(250));
    }

    #[test]
    fn a_time_without_frames_before_a_pause_is_part_of_it() {
        let runs = [
            run(100, 140, Reason::PERMITTED),
            run(190, 190, Reason::PAUSED),
            run(200, 240, Reason::PERMITTED),
        ];
        let told = Telling::of(&runs, 10).told(&runs, &[], 10);
        assert_eq!(told[1].1.run.first, at(150));
    }

    #[test]
    fn a_run_is_cut_where_a_segment_ends() {
        let review = |start, end| Reviewed {
            segment: Span {
                start: at(start),
                end: at(end),
            },
            outcome: Outcome::Keep,
        };
        let runs = [run(100, 390, Reason::PERMITTED)];
        let told = Telling::of(&runs, 10).told(&runs, &[review(100, 200), review(200, 300), review(300, 400)], 10);
        let spans: Vec<_> = told
            .iter()
            .map(|(_, told)| (told.run.first.as_millis(), told.run.last.as_millis(), told.run.length))
            .collect();
        assert_eq!(spans, [(100, 190, 100), (200, 290, 100), (300, 390, 100)]);
        assert_eq!(told[2].1.before, Some(at(290)));
    }
}
