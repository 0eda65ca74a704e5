//! A second, simple implementation of a session: every question answered anew, counters summed over the
//! list of all frames, regions painted pixel by pixel, answers put together by sorting.

use std::collections::BTreeSet;

use gardefou::{Action, CallPhase, Condition, Millis, Reason, Rect, Span, Timestamp, Usage, WindowKind};
use gardefou_policy::facts::{Moment, Segment, Window};
use gardefou_policy::order::Question;
use gardefou_policy::regions::Painter;
use gardefou_policy::rules::Rules;
use gardefou_policy::types::{Conditions, Disposition, Terms};
use gardefou_policy::{floor, frame, opening, review};

use crate::call::{Answer, Call, Event, Program, SURFACE};

type Pixels = BTreeSet<(u32, u32)>;

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
        Ok(mut reference) => call.events.iter().filter_map(|event| reference.step(event)).collect(),
    }
}

/// A policy in the session: its rules, and its session or the refusal to open one.
type Party = (Rules, Result<opening::Session, Reason>);

struct Reference<'a> {
    call: &'a Call,
    now: Timestamp,
    generation: usize,
    with_floor: bool,
    wanted: usize,
    parties: Vec<Party>,
    phase: CallPhase,
    answered: Option<Timestamp>,
    hung_up: Option<Timestamp>,
    known: Conditions,
    holds: Conditions,
    list: Vec<(u32, Rect, Rect)>,
    programs: Vec<(u32, Program)>,
    usage: (Usage, Timestamp),
    /// Every frame that counts, and whether it was kept.
    frames: Vec<(Timestamp, bool)>,
}

impl<'a> Reference<'a> {
    fn open(call: &'a Call, with_floor: bool) -> Result<Self, Reason> {
        let parties = parties(call, 0, call.at, with_floor);
        let refused = parties.iter().filter_map(|(_, session)| session.as_ref().err());
        if let Some(reason) = refused.min_by_key(|reason| Question::Open.rank(**reason)) {
            return Err(*reason);
        }
        Ok(Self {
            call,
            now: call.at,
            generation: 0,
            with_floor,
            wanted: 0,
            parties,
            phase: CallPhase::None,
            answered: None,
            hung_up: None,
            known: Conditions::NONE,
            holds: Conditions::NONE,
            list: vec![],
            programs: vec![],
            usage: (Usage::default(), Timestamp::MIN),
            frames: vec![],
        })
    }

    fn step(&mut self, event: &Event) -> Option<Answer> {
        match event {
            Event::Wait(ms) => self.now = self.now.plus(*ms),
            Event::Phase(phase) => self.phase(*phase),
            Event::Condition(condition, state) => self.condition(*condition, *state),
            Event::Windows(list) => self.list.clone_from(list),
            Event::Identity(id, program) => self.programs.push((*id, *program)),
            Event::Usage(usage) => self.usage = (*usage, self.now),
            Event::Swap(generation) => self.wanted = *generation,
            Event::Frame { late, before, after } => {
                let at = self.now.minus(*late);
                return Some(self.frame(at, at.minus(*before), at.plus(*after)));
            }
            Event::Segment(ago) => return Some(Answer::Segment(self.segment(self.now.minus(*ago)))),
        }
        None
    }

    fn phase(&mut self, phase: CallPhase) {
        let over = phase == CallPhase::None || phase == CallPhase::AfterCall;
        if self.hung_up.is_some() && !over {
            return;
        }
        self.phase = phase;
        if phase == CallPhase::Connected && self.answered.is_none() {
            self.answered = Some(self.now);
        }
        if over && self.answered.is_some() && self.hung_up.is_none() {
            self.hung_up = Some(self.now);
        }
    }

    fn condition(&mut self, condition: Condition, state: Option<bool>) {
        let sticky = [Condition::PARTY_OBJECTED, Condition::PRIVATE_CALL].contains(&condition);
        if sticky && self.holds.has(condition) {
            return;
        }
        self.known = self.known.without(condition);
        self.holds = self.holds.without(condition);
        if let Some(holds) = state {
            self.known = self.known.with(condition);
            if holds {
                self.holds = self.holds.with(condition);
            }
        }
    }

    fn frame(&mut self, at: Timestamp, from: Timestamp, to: Timestamp) -> Answer {
        let latest = self.frames.last().map(|(at, _)| *at);
        self.swap(at, from);
        if latest.is_some_and(|latest| at < latest) {
            return Answer::Frame(Action::Skip, Reason::INVALID_FACTS, vec![]);
        }
        let mut said: Vec<(Action, Reason, Pixels)> = vec![];
        for (n, (rules, session)) in self.parties.iter().enumerate() {
            let Ok(session) = session else {
                said.push((Action::Stop, *session.as_ref().unwrap_err(), Pixels::new()));
                continue;
            };
            let is_floor = self.with_floor && n == self.parties.len() - 1;
            let terms = opening::terms(rules, &self.call.facts.programme).unwrap();
            let moment = self.moment(at, from, to, latest, &terms);
            let windows: Vec<Window> = self
                .list
                .iter()
                .map(|w| self.window(*w, rules, session, is_floor))
                .collect();
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
        let reasons = said
            .iter()
            .filter(|(action, _, _)| *action == strictest)
            .map(|(_, reason, _)| *reason);
        let mut answer = (strictest, reasons.min_by_key(|r| Question::Frame.rank(*r)).unwrap());
        let mut keep = vec![];
        if strictest == Action::Keep {
            let common = said
                .into_iter()
                .map(|(_, _, pixels)| pixels)
                .reduce(|a, b| &a & &b)
                .unwrap();
            keep = canonical(&common);
            if keep.is_empty() {
                answer = (Action::Skip, Reason::NO_TRAINING_WINDOW);
            }
        }
        self.frames.push((at, answer.0 == Action::Keep));
        Answer::Frame(answer.0, answer.1, keep)
    }

    /// The SDK opens again at the first question after a swap: when it identifies a window, at the latest
    /// instant that it was told of; else at the frame itself.
    fn swap(&mut self, at: Timestamp, from: Timestamp) {
        if self.wanted == self.generation {
            return;
        }
        let latest = self.frames.last().map(|(at, _)| *at);
        let reopened_at = if self.list.is_empty() {
            if latest.is_some_and(|latest| at < latest) {
                return;
            }
            at
        } else {
            latest.unwrap_or(self.call.at).max(from)
        };
        self.generation = self.wanted;
        let floor = self.parties.pop().filter(|_| self.with_floor);
        self.parties = parties(self.call, self.generation, reopened_at, false);
        self.parties.extend(floor);
    }

    fn moment(
        &self,
        at: Timestamp,
        from: Timestamp,
        to: Timestamp,
        latest: Option<Timestamp>,
        terms: &Terms,
    ) -> Moment {
        let (usage, _) = self.usage;
        Moment {
            at,
            facts_from: from,
            facts_to: to,
            gap: latest.map_or(0, |latest| at.since(latest)),
            phase: self.phase,
            known: self.known,
            holds: self.holds,
            employee_used: usage
                .employee_used
                .saturating_add(self.recorded(at, terms.employee_cap.per)),
            programme_used: usage
                .programme_used
                .saturating_add(self.recorded(at, terms.programme_cap.per)),
            unreviewed: usage.unreviewed.saturating_add(self.recorded(at, Millis::MAX)),
        }
    }

    /// What was kept since the latest usage, and lies in the period before `at`.
    fn recorded(&self, at: Timestamp, period: Millis) -> Millis {
        let (_, since) = self.usage;
        let next = |n: usize| self.frames.get(n + 1).map_or(at, |(at, _)| *at);
        let kept = self.frames.iter().enumerate().filter(|(_, (_, kept))| *kept);
        kept.map(|(n, (start, _))| {
            let end = start.plus(self.call.facts.frame_interval).min(next(n));
            let from = (*start).max(since).max(at.minus(period));
            end.since(from)
        })
        .sum()
    }

    fn window(
        &self,
        (id, inner, outer): (u32, Rect, Rect),
        rules: &Rules,
        session: &opening::Session,
        floor: bool,
    ) -> Window {
        let told = self.programs.iter().rev().find(|(known, _)| *known == id);
        let program = told.map_or(Program::first_of(id), |(_, program)| *program);
        let kind = if floor {
            WindowKind::Training
        } else {
            session.classify(rules, &program.identity())
        };
        Window { kind, inner, outer }
    }

    fn segment(&self, started_at: Timestamp) -> Result<Span, Reason> {
        let segment = Segment {
            started_at,
            ended_at: self.now,
            answered_at: self.answered,
            hung_up_at: self.hung_up,
            known: self.known,
            holds: self.holds,
            mode: self.call.facts.mode,
        };
        // Every policy and the floor review alike: the contract leaves them nothing to differ in.
        match review::review(&segment) {
            Disposition::Keep => Ok(Span {
                start: started_at,
                end: self.now,
            }),
            Disposition::Trim(part) => Ok(part),
            Disposition::Discard(why) => Err(why.reason),
        }
    }
}

fn parties(call: &Call, generation: usize, at: Timestamp, with_floor: bool) -> Vec<Party> {
    let policies = call.generations[generation].iter().cloned();
    let all = policies.chain(with_floor.then(floor::rules));
    all.map(|rules| {
        let session = opening::open(&rules, &call.facts, at).map_err(|why| why.reason);
        (rules, session)
    })
    .collect()
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
