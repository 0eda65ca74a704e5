//! What of a session's frames is told, and when: as if the time that is only counted, and what was discarded, had
//! never been.
//!
//! A hole in a record would say when the employee paused. So its clock stands still meanwhile, and frames of one
//! verdict on both sides of a pause are one run.

use gardefou_policy::types::{Action, Millis, Reason, Span, Timestamp};

use super::super::chronicle::{Chronicle, Course, Facts, counted};
use super::super::combine::Why;
use super::place::{Place, Places};
use crate::journal::{ONLY_COUNTED, UNTOLD};

/// Frames of one verdict that are told in one record, on its clock.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) frames: u64,
    /// From the first to the last: each frame counts to the next, at most an interval.
    pub(super) time: Millis,
    /// The time of all of them, as it was.
    pub(super) length: Millis,
    pub(super) action: Action,
    pub(super) why: Why,
    pub(super) facts: Facts,
    pub(super) before: Before,
    /// When it really was.
    pub(super) really: Span,
}

/// What came before the first of these frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Before {
    /// Nothing, or a frame of the same record.
    InSight,
    /// The last frame of another record.
    Elsewhere(Timestamp),
    /// A frame of which nothing is told.
    Untold,
}

/// The clock of a session's records.
#[derive(Debug)]
pub(super) struct Telling {
    /// When it stands still, in order and apart.
    still: Vec<Span>,
}

/// Whether it is only counted how often that happens.
pub(super) fn is_only_counted(reason: Reason) -> bool {
    ONLY_COUNTED.contains(&reason)
}

/// Whether nothing may be told of a run: also where another reason came first, its facts would say that the
/// employee paused, or that the call was private.
pub(super) fn is_hidden(course: Course<'_>) -> bool {
    let holds = course.run.facts.call.holds;
    is_only_counted(course.run.why.reason) || UNTOLD.iter().any(|condition| holds.has(*condition))
}

/// Whether nothing shows in a record that something was between the two.
fn goes_on(before: Course<'_>, next: Course<'_>) -> bool {
    before.run.is_like(next.run) && next.run.why.reason != Reason::STILL_IMAGE
}

impl Telling {
    /// It stands still from the end of the frame before a hidden stretch on, so long that the frame behind it comes as
    /// long after the frame before it as it really came after the stretch. Where both have one verdict, and so are told
    /// as one run, it comes at once, unless that it came late is the verdict.
    pub(super) fn of(chronicle: &Chronicle) -> Self {
        let interval = chronicle.interval();
        let mut still = Vec::new();
        let mut before: Option<Course<'_>> = None;
        let mut courses = chronicle.runs().peekable();
        while let Some(course) = courses.next() {
            if !is_hidden(course) {
                before = Some(course);
                continue;
            }
            let (first, mut last) = (course.first(), course.last());
            while let Some(more) = courses.next_if(|next| is_hidden(*next)) {
                last = more.last();
            }
            let start = before.map_or(first, |before| {
                let last = before.last();
                first.max(last.plus(1)).min(last.plus(interval))
            });
            let counted = before.map_or(0, |before| start.since(before.last()));
            let end = match courses.peek() {
                Some(next) if before.is_some_and(|before| goes_on(before, *next)) => next.first(),
                Some(next) => last.plus(counted).min(next.first()),
                None => last.plus(interval),
            };
            still.push(Span {
                start,
                end: end.max(start),
            });
        }
        Self { still }
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

    /// What is told in each record, in order.
    pub(super) fn told(&self, chronicle: &Chronicle, places: &Places) -> Vec<(usize, Told)> {
        let mut teller = Pieces {
            telling: self,
            interval: chronicle.interval(),
            told: Vec::new(),
            previous: Previous::None,
        };
        for course in chronicle.runs() {
            if is_hidden(course) {
                teller.hidden();
            } else {
                teller.course(course, places);
            }
        }
        teller.told
    }
}

/// The frame before.
#[derive(Clone, Copy)]
enum Previous {
    None,
    In(usize, Timestamp),
    Untold,
}

/// Cuts runs where their frames are told in different records, or not at all, and joins them over what is hidden.
struct Pieces<'a> {
    telling: &'a Telling,
    interval: Millis,
    told: Vec<(usize, Told)>,
    previous: Previous,
}

impl Pieces<'_> {
    fn hidden(&mut self) {
        if matches!(self.previous, Previous::None) {
            self.previous = Previous::Untold;
        }
    }

    fn course(&mut self, course: Course<'_>, places: &Places) {
        let mut rest = course.frames;
        while let Some(first) = rest.first() {
            let place = places.of(*first);
            let many = rest.iter().take_while(|frame| places.of(**frame) == place).count();
            let (frames, behind) = rest.split_at(many);
            rest = behind;
            match place {
                Place::Gone => self.previous = Previous::Untold,
                Place::Record(record) => {
                    let next = behind.first().copied().or(course.next);
                    self.piece(record, course, frames, next);
                }
            }
        }
    }

    fn piece(&mut self, record: usize, course: Course<'_>, frames: &[Timestamp], next: Option<Timestamp>) {
        let (Some(first), Some(last)) = (frames.first().copied(), frames.last().copied()) else {
            return;
        };
        let before = match self.previous {
            Previous::None => Before::InSight,
            Previous::In(other, _) if other == record => Before::InSight,
            Previous::In(_, at) => Before::Elsewhere(at),
            Previous::Untold => Before::Untold,
        };
        let time = counted(frames, self.interval);
        let tail = next.map_or(self.interval, |next| next.since(last).min(self.interval));
        let told = Told {
            first: self.telling.at(first),
            last: self.telling.at(last),
            frames: u64::try_from(frames.len()).unwrap_or(u64::MAX),
            time,
            length: time.saturating_add(tail),
            action: course.run.action,
            why: course.run.why,
            facts: self.facts(course, first),
            before,
            really: Span {
                start: first,
                end: last,
            },
        };
        self.previous = Previous::In(record, told.last);
        match self.told.last_mut() {
            Some((of, before))
                if *of == record && told.before == Before::InSight && course.run.has(before.action, before.why) =>
            {
                before.goes_on(&told, self.interval);
            }
            _ => self.told.push((record, told)),
        }
    }

    /// What was known at that frame of a run: as fresh as at its first, and what was kept since is counted.
    fn facts(&self, course: Course<'_>, first: Timestamp) -> Facts {
        let mut facts = course.run.facts.clone();
        let passed = first.since(course.first());
        let back = first.since(self.telling.at(first));
        let moved = |at: Timestamp| at.plus(passed).minus(back);
        (facts.facts_from, facts.facts_to) = (moved(facts.facts_from), moved(facts.facts_to));
        if course.run.action == Action::Keep {
            let since = course.frames.iter().take_while(|frame| **frame < first).count();
            let through = course.frames.get(..=since).unwrap_or(course.frames);
            let kept = counted(through, self.interval);
            let usage = &mut facts.usage;
            for counter in [
                &mut usage.employee_used,
                &mut usage.programme_used,
                &mut usage.unreviewed,
            ] {
                *counter = counter.saturating_add(kept);
            }
        }
        facts
    }
}

impl Told {
    /// What comes behind what is hidden is told as if nothing had been between.
    fn goes_on(&mut self, with: &Self, interval: Millis) {
        let between = with.first.since(self.last).min(interval);
        self.time = self.time.saturating_add(between).saturating_add(with.time);
        self.length = self.length.saturating_add(with.length);
        self.frames = self.frames.saturating_add(with.frames);
        self.last = with.last;
        self.really.end = with.really.end;
    }
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::Refusal;

    use super::super::super::segment::Outcome;
    use super::*;
    use crate::policy::Digest;
    use crate::session::Reviewed;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn span(start: u64, end: u64) -> Span {
        Span {
            start: at(start),
            end: at(end),
        }
    }

    /// Frames at these instants, for these reasons.
    fn chronicle(runs: &[(&[u64], Reason)]) -> Chronicle {
        let mut chronicle = Chronicle::new(10);
        for (frames, reason) in runs {
            for when in *frames {
                let why = Why::new(Refusal::of(*reason), Digest::FLOOR, Timestamp::MAX);
                chronicle.frame(at(*when), Action::Keep, why, || Facts {
                    facts_from: at(*when),
                    facts_to: at(*when),
                    ..Facts::default()
                });
            }
        }
        chronicle
    }

    fn told(chronicle: &Chronicle, places: &Places) -> Vec<(usize, Told)> {
        Telling::of(chronicle).told(chronicle, places)
    }

    fn spans(told: &[(usize, Told)]) -> Vec<(usize, u64, u64, u64, u64)> {
        let span = |(record, told): &(usize, Told)| {
            let (first, last) = (told.first.as_millis(), told.last.as_millis());
            (*record, first, last, told.frames, told.length)
        };
        told.iter().map(span).collect()
    }

    const ONE: Places = Places::ONE;

    #[test]
    fn a_pause_leaves_no_hole_and_no_time() {
        let chronicle = chronicle(&[
            (&[100, 110, 120, 130, 140], Reason::PAYMENT),
            (&[150, 160, 170, 180, 190], Reason::PAUSED),
            (&[200, 210, 220], Reason::PERMITTED),
            (&[230], Reason::PAUSED),
        ]);
        let told = told(&chronicle, &ONE);
        assert_eq!(spans(&told), [(0, 100, 140, 5, 50), (0, 150, 170, 3, 30)]);
        assert_eq!(told[1].1.facts.facts_from, at(150));
        let telling = Telling::of(&chronicle);
        assert_eq!(
            [120, 170, 200, 300].map(|instant| telling.at(at(instant)).as_millis()),
            [120, 150, 150, 240]
        );
    }

    #[test]
    fn what_goes_on_after_a_pause_is_one_run() {
        let chronicle = chronicle(&[
            (&[100, 110], Reason::PERMITTED),
            (&[113, 190], Reason::PAUSED),
            (&[197, 207], Reason::PERMITTED),
        ]);
        let told = told(&chronicle, &ONE);
        // The frame before the pause counts 3 ms, as it did.
        assert_eq!(spans(&told), [(0, 100, 123, 4, 33)]);
        assert_eq!(told[0].1.time, 23);
    }

    #[test]
    fn of_the_holes_around_a_pause_the_one_behind_it_is_told_where_the_verdict_changes() {
        let chronicle = chronicle(&[
            (&[100], Reason::PERMITTED),
            (&[150, 160], Reason::PAUSED),
            (&[250], Reason::STILL_IMAGE),
        ]);
        assert_eq!(
            spans(&told(&chronicle, &ONE)),
            [(0, 100, 100, 1, 10), (0, 190, 190, 1, 10)]
        );
    }

    #[test]
    fn a_run_is_cut_where_a_segment_ends_and_holds_the_frames_that_were_asked() {
        let keep = |start, end| Reviewed {
            segment: span(start, end),
            outcome: Outcome::Keep,
        };
        let reviewed = [keep(100, 200), keep(200, 300), keep(300, 400)];
        let places = Places::after(&reviewed, &[]);
        let chronicle = chronicle(&[(&[100, 197, 204, 390], Reason::PERMITTED)]);
        let told = told(&chronicle, &places);
        assert_eq!(
            spans(&told),
            [(0, 100, 197, 2, 17), (1, 204, 204, 1, 10), (2, 390, 390, 1, 10)]
        );
        assert_eq!(told[1].1.before, Before::Elsewhere(at(197)));
        assert_eq!(told[1].1.facts.facts_from, at(204));
        assert_eq!(
            told[2].1.facts.usage.unreviewed, 27,
            "what was kept since the run began"
        );
    }

    #[test]
    fn of_what_was_discarded_nothing_is_told() {
        let kept = [Reviewed {
            segment: span(200, 300),
            outcome: Outcome::Keep,
        }];
        let places = Places::after(&kept, &[span(100, 200)]);
        let chronicle = chronicle(&[(&[90, 100, 110, 210, 220, 310], Reason::PERMITTED)]);
        let told = told(&chronicle, &places);
        assert_eq!(spans(&told), [(0, 210, 310, 3, 30)]);
        assert_eq!(told[0].1.before, Before::Untold);
    }
}
