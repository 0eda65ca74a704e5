//! A second, simple implementation of a session: every question answered anew, each fact kept millisecond by
//! millisecond, counters summed over the list of all frames, regions painted pixel by pixel, answers put
//! together by sorting.

pub mod call;
pub mod history;
mod review;
mod windows;

use std::collections::BTreeSet;

use gardefou::{Action, CallPhase, Condition, Millis, Reason, Rect, SessionFacts, Span, Timestamp, Usage, WindowKind};
use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::order::Question;
use gardefou_policy::regions::Painter;
use gardefou_policy::rules::Rules;
use gardefou_policy::types::Terms;
use gardefou_policy::{floor, frame, opening};

use crate::call::{self as told, Answer, Call, Event, Host, Program, SURFACE};
use call::Told;
use review::{AtReview, Reviews};
use windows::Windows;

type Pixels = BTreeSet<(u32, u32)>;

/// The longest time between a frame and its question, in ms.
const LATEST_QUESTION: Millis = 2_000;

/// What the call is answered.
#[must_use]
pub fn answers(call: &Call) -> Vec<Answer> {
    run(call, true)
}

/// What the policies alone would answer, without the floor under them.
#[must_use]
pub fn answers_without_floor(call: &Call) -> Vec<Answer> {
    run(call, false)
}

fn run(call: &Call, with_floor: bool) -> Vec<Answer> {
    match Reference::open(call, with_floor) {
        Err(reason) => vec![Answer::Refused(reason)],
        Ok(reference) => told::record(call, reference),
    }
}

/// A policy in the session: its rules, and its session or the refusal to open one.
struct Party {
    rules: Rules,
    session: Result<opening::Session, Reason>,
    is_floor: bool,
}

impl Party {
    fn open(rules: Rules, is_floor: bool, facts: &SessionFacts, at: Timestamp) -> Self {
        let session = opening::open(&rules, facts, at).map_err(|why| why.reason);
        Self {
            rules,
            session,
            is_floor,
        }
    }

    fn classify(&self, program: Program) -> WindowKind {
        match &self.session {
            _ if self.is_floor => WindowKind::Training,
            Ok(session) => session.classify(&self.rules, &program.identity()),
            Err(_) => WindowKind::Other,
        }
    }
}

struct Reference<'a> {
    call: &'a Call,
    parties: Vec<Party>,
    generation: usize,
    /// The generation that was offered last, when the session has not yet been opened again under it.
    offered: Option<usize>,
    /// When the session was opened again under the rules in force.
    swapped_at: Option<Timestamp>,
    told: Told,
    windows: Windows,
    facts_from: Timestamp,
    facts_to: Timestamp,
    usage: (Usage, Timestamp),
    /// Every frame that counts, and whether it was kept.
    frames: Vec<(Timestamp, bool)>,
    reviews: Reviews,
}

impl<'a> Reference<'a> {
    fn open(call: &'a Call, with_floor: bool) -> Result<Self, Reason> {
        let policies = call.generations[0].iter().cloned().map(|rules| (rules, false));
        let all = policies.chain(with_floor.then(|| (floor::rules(), true)));
        let parties: Vec<Party> = all
            .map(|(rules, is_floor)| Party::open(rules, is_floor, &call.facts, call.at))
            .collect();
        let refused = parties.iter().filter_map(|party| party.session.as_ref().err());
        if let Some(reason) = refused.min_by_key(|reason| Question::Open.rank(**reason)) {
            return Err(*reason);
        }
        let range = range(call);
        Ok(Self {
            call,
            parties,
            generation: 0,
            offered: None,
            swapped_at: None,
            told: Told::nothing(range),
            windows: Windows::none(range),
            facts_from: Timestamp::MIN,
            facts_to: Timestamp::MIN,
            usage: (Usage::default(), Timestamp::MIN),
            frames: vec![],
            reviews: Reviews::default(),
        })
    }

    /// The session is opened again at the first question after a swap, from its original facts. The floor is
    /// never swapped.
    fn swap(&mut self, now: Timestamp) {
        let Some(generation) = self.offered.take() else {
            return;
        };
        self.generation = generation;
        let floor = self.parties.pop_if(|party| party.is_floor);
        let policies = self.call.generations[generation].iter().cloned();
        self.parties = policies
            .map(|rules| Party::open(rules, false, &self.call.facts, now))
            .collect();
        self.parties.extend(floor);
        self.windows.swapped(&self.parties);
        self.swapped_at = Some(now);
    }

    fn decide(&self, now: Timestamp, at: Timestamp, latest: Option<Timestamp>) -> (Action, Reason, Vec<Rect>) {
        let mut said: Vec<(Action, Reason, Pixels)> = vec![];
        for (n, party) in self.parties.iter().enumerate() {
            let session = match &party.session {
                Ok(session) => session,
                Err(reason) => {
                    said.push((Action::Stop, *reason, Pixels::new()));
                    continue;
                }
            };
            let terms = opening::terms(&party.rules, &self.call.facts.programme).unwrap();
            let moment = self.moment(now, at, latest, &terms);
            let windows: Vec<Window> = self.seen_by(n, at, now);
            let ruling = frame::decide(
                session,
                &moment,
                SURFACE.0,
                SURFACE.1,
                &windows,
                &mut Painter::default(),
                &mut vec![],
            );
            said.push((ruling.action, ruling.reason, painted(&windows)));
        }
        let strictest = said.iter().map(|(action, _, _)| *action).max().unwrap();
        let of_that_action = said.iter().filter(|(action, _, _)| *action == strictest);
        let reasons = of_that_action.map(|(_, reason, _)| *reason);
        let reason = reasons.min_by_key(|r| Question::Frame.rank(*r)).unwrap();
        if strictest != Action::Keep {
            return (strictest, reason, vec![]);
        }
        let pixels = said.into_iter().map(|(_, _, pixels)| pixels);
        let keep = canonical(&pixels.reduce(|a, b| &a & &b).unwrap());
        if keep.is_empty() {
            return (Action::Skip, Reason::NO_TRAINING_WINDOW, keep);
        }
        (Action::Keep, reason, keep)
    }

    fn moment(&self, now: Timestamp, at: Timestamp, latest: Option<Timestamp>, terms: &Terms) -> Moment {
        let call = self.told.strictest(at, now);
        // Asked too late, no facts are fresh.
        let too_late = now.since(at) > LATEST_QUESTION;
        Moment {
            at,
            facts_from: if too_late { at.plus(1) } else { self.facts_from },
            facts_to: self.facts_to,
            gap: latest.map_or(1, |latest| at.since(latest).max(1)),
            phase: call.phase,
            known: call.known,
            holds: call.holds,
            usage: Some(Usage {
                employee_used: self.used(self.usage.0.employee_used, at, terms.employee_cap.per),
                programme_used: self.used(self.usage.0.programme_used, at, terms.programme_cap.per),
                unreviewed: self.used(self.usage.0.unreviewed, at, Millis::MAX),
            }),
        }
    }

    fn seen_by(&self, n: usize, at: Timestamp, now: Timestamp) -> Vec<Window> {
        let is_floor = self.parties[n].is_floor;
        let window = |(id, inner, outer): &(u32, Rect, Rect)| Window {
            kind: if is_floor {
                WindowKind::Training
            } else {
                self.windows.kind(*id, n, at, now)
            },
            inner: *inner,
            outer: *outer,
        };
        self.windows.list.iter().map(window).collect()
    }

    /// A counter: what was told, and on top what was kept since; never below what this session kept itself.
    fn used(&self, told: Millis, at: Timestamp, period: Millis) -> Millis {
        let since_told = self.recorded(self.usage.1, at, period);
        told.saturating_add(since_told)
            .max(self.recorded(Timestamp::MIN, at, period))
    }

    /// What was kept since that instant, and lies in the period before `at`.
    fn recorded(&self, since: Timestamp, at: Timestamp, period: Millis) -> Millis {
        let next = |n: usize| self.frames.get(n + 1).map_or(at, |(at, _)| *at);
        let kept = self.frames.iter().enumerate().filter(|(_, (_, kept))| *kept);
        kept.map(|(n, (start, _))| {
            let end = start.plus(self.call.facts.frame_interval).min(next(n));
            let from = (*start).max(since).max(at.minus(period));
            end.since(from)
        })
        .sum()
    }
}

impl Host for Reference<'_> {
    fn phase(&mut self, now: Timestamp, date: Timestamp, phase: CallPhase) {
        self.told.phase(now, date, phase);
    }

    fn condition(&mut self, now: Timestamp, date: Timestamp, condition: Condition, state: Option<bool>) {
        self.told.condition(now, date, condition, state);
    }

    fn windows(&mut self, list: &[(u32, Rect, Rect)], from: Timestamp, to: Timestamp) {
        self.windows.place(list);
        (self.facts_from, self.facts_to) = (from, to);
    }

    fn unidentified(&mut self) -> Vec<u32> {
        match self.offered {
            Some(_) => self.windows.list.iter().map(|(id, ..)| *id).collect(),
            None => self.windows.unidentified(),
        }
    }

    fn identify(&mut self, now: Timestamp, id: u32, program: Program, date: Timestamp) {
        self.swap(now);
        self.windows.identify(now, id, program, date, &self.parties);
    }

    fn forget(&mut self, id: u32) {
        self.windows.forget(id);
    }

    fn usage(&mut self, now: Timestamp, usage: Usage) {
        self.usage = (usage, now);
    }

    fn offer(&mut self, generation: usize) {
        // The same rules are in force already.
        let present = self.offered.unwrap_or(self.generation);
        if self.call.generations[present] != self.call.generations[generation] {
            self.offered = Some(generation);
        }
    }

    fn frame(&mut self, now: Timestamp, at: Timestamp) -> (Action, Reason, Vec<Rect>) {
        let latest = self.frames.last().map(|(at, _)| *at);
        // A host that is asked which windows it does not know takes the rules in force for that.
        self.swap(now);
        if latest.is_some_and(|latest| at < latest) {
            return (Action::Skip, Reason::INVALID_FACTS, vec![]);
        }
        let answer = if self.swapped_at.is_some_and(|swapped| at < swapped) {
            (Action::Skip, Reason::NOT_IN_FORCE, vec![])
        } else {
            self.decide(now, at, latest)
        };
        let is_kept = answer.0 == Action::Keep;
        self.frames.push((at, is_kept));
        if is_kept {
            self.reviews.kept(at, now, self.told.words);
        }
        answer
    }

    fn segment(&mut self, now: Timestamp, segment: Span) -> Result<Span, Reason> {
        let call = AtReview {
            told: &self.told,
            now,
            mode: self.call.facts.mode,
        };
        self.reviews.segment(call, segment)
    }

    fn finish(mut self, now: Timestamp) -> Vec<Result<Span, Span>> {
        let call = AtReview {
            told: &self.told,
            now,
            mode: self.call.facts.mode,
        };
        self.reviews.finish(call)
    }
}

/// The instants that anything in a call can be about. What comes behind them is as the last one.
fn range(call: &Call) -> Span {
    let (mut now, mut start, mut end) = (call.at, call.at, call.at);
    for event in &call.events {
        match event {
            Event::Wait(ms) => now = now.plus(*ms),
            Event::Frame { late, before, .. } => start = start.min(now.minus(*late).minus(*before)),
            Event::Phase(_, from)
            | Event::Condition(_, _, from)
            | Event::Identity(_, _, from)
            | Event::Again(from)
            | Event::Segment { end: from, .. } => {
                start = start.min(told::date(now, *from));
                end = end.max(told::date(now, *from));
            }
            Event::Windows(_) | Event::Gone(_) | Event::Usage(_) | Event::Swap(_) => {}
        }
    }
    Span {
        start: start.minus(2),
        end: end.max(now).plus(2),
    }
}

fn has(rect: Rect, (x, y): (u32, u32)) -> bool {
    let (x, y) = (i64::from(x), i64::from(y));
    i64::from(rect.x) <= x && x < rect.right() && i64::from(rect.y) <= y && y < rect.bottom()
}

fn painted(windows: &[Window]) -> Pixels {
    let all = (0..SURFACE.1).flat_map(|y| (0..SURFACE.0).map(move |x| (x, y)));
    all.filter(|pixel| {
        let topmost = windows.iter().find(|w| has(w.outer, *pixel));
        topmost.is_some_and(|w| w.kind == WindowKind::Training && has(w.inner, *pixel))
    })
    .collect()
}

/// The canonical form of a set of pixels: each row's maximal runs, equal neighbouring rows merged.
fn canonical(pixels: &Pixels) -> Vec<Rect> {
    let signed = |v: u32| i32::try_from(v).unwrap();
    let mut region: Vec<Rect> = vec![];
    let mut above: Vec<(u32, u32)> = vec![];
    for y in 0..SURFACE.1 {
        let mut runs: Vec<(u32, u32)> = vec![];
        for x in (0..SURFACE.0).filter(|x| pixels.contains(&(*x, y))) {
            match runs.last_mut() {
                Some((left, width)) if *left + *width == x => *width += 1,
                _ => runs.push((x, 1)),
            }
        }
        if !runs.is_empty() && runs == above {
            let band = region.len() - runs.len();
            region[band..].iter_mut().for_each(|rect| rect.height += 1);
        } else {
            region.extend(
                runs.iter()
                    .map(|(x, width)| Rect::new(signed(*x), signed(y), *width, 1)),
            );
        }
        above = runs;
    }
    region
}
