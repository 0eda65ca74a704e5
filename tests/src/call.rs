//! A random call, and a recorder that tells a host of it: the SDK, or the reference.

use gardefou::{
    Action, AppIdentity, CallFacts, CallPhase, Clock, Condition, Opening, Outcome, Placed, PolicyHandle, Reason, Rect,
    Session, SessionFacts, Span, Timestamp, Usage,
};
use gardefou_policy::rules::Rules;

/// The surface of every frame here, in pixels: small enough to be painted.
pub const SURFACE: (u32, u32) = (20, 16);

/// An instant, as ms from now: below 0 is in the past.
pub type Offset = i64;

/// The instant of an offset.
#[must_use]
pub const fn date(now: Timestamp, offset: Offset) -> Timestamp {
    if offset < 0 {
        now.minus(offset.unsigned_abs())
    } else {
        now.plus(offset.unsigned_abs())
    }
}

/// Something that happens in a call.
#[derive(Clone, Debug)]
pub enum Event {
    /// Time passes, in ms.
    Wait(u64),
    /// The telephone is in this phase, since then.
    Phase(CallPhase, Offset),
    /// A condition is true, false or unknown, since then.
    Condition(Condition, Option<bool>, Offset),
    /// These windows are on the surface: number, inner, outer.
    Windows(Vec<(u32, Rect, Rect)>),
    /// The window of that number is this program, since then.
    Identity(u32, Program, Offset),
    /// What every listed window is, said again as known since then.
    Again(Offset),
    /// The window of that number is gone.
    Gone(u32),
    /// What others recorded is now this.
    Usage(Usage),
    /// A frame, that many ms earlier than now, with facts from so much before to so much after it.
    Frame { late: u64, before: u64, after: u64 },
    /// The policies of that number come into force.
    Swap(usize),
    /// The segment that began so many ms after the opening ended then.
    Segment { start: u64, end: Offset },
}

/// The programs that windows belong to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    /// The first application of the rules.
    Crm,
    /// The second application of the rules.
    Mail,
    /// The first application, showing a title that may be excluded.
    Secret,
    /// None of them.
    Other,
    /// One that cannot be identified.
    Unknown,
}

impl Program {
    /// What the recorder would find out about it.
    #[must_use]
    pub fn identity(self) -> AppIdentity {
        let mut app = AppIdentity::default();
        app.title = Some("Ticket".into());
        app.executable = match self {
            Self::Crm => Some("C:\\crm.exe".into()),
            Self::Mail => Some("MAIL.EXE".into()),
            Self::Secret => {
                app.title = Some("a password".into());
                Some("crm.exe".into())
            }
            Self::Other => Some("other.exe".into()),
            Self::Unknown => None,
        };
        app
    }

    /// The program of a window whose identity never changed.
    #[must_use]
    pub const fn first_of(id: u32) -> Self {
        match id % 5 {
            0 => Self::Crm,
            1 => Self::Mail,
            2 => Self::Other,
            3 => Self::Secret,
            _ => Self::Unknown,
        }
    }
}

/// A whole call: what was put in force, the facts, and what happened.
#[derive(Clone, Debug)]
pub struct Call {
    /// Policies, a list for each generation; the first is in force at the opening.
    pub generations: Vec<Vec<Rules>>,
    /// The session's facts.
    pub facts: SessionFacts,
    /// When it opens.
    pub at: Timestamp,
    /// What happens.
    pub events: Vec<Event>,
}

/// An answer, without what a lease may leave open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The opening was refused.
    Refused(Reason),
    /// A frame.
    Frame(Action, Reason, Vec<Rect>),
    /// A segment: what of it is kept, or why nothing is.
    Segment(Result<Span, Reason>),
    /// The end of the call: the instants of the kept frames that may stay.
    Finished(Vec<Timestamp>),
}

/// Whoever decides. `now` is an instant of the session's clock.
pub trait Host {
    /// Time has passed.
    fn now(&mut self, _now: Timestamp) {}
    /// The telephone is in this phase since `date`.
    fn phase(&mut self, now: Timestamp, date: Timestamp, phase: CallPhase);
    /// A condition is in this state since `date`.
    fn condition(&mut self, now: Timestamp, date: Timestamp, condition: Condition, state: Option<bool>);
    /// The windows, known to have been these from the one instant to the other.
    fn windows(&mut self, list: &[(u32, Rect, Rect)], from: Timestamp, to: Timestamp);
    /// The windows that it does not know.
    fn unidentified(&mut self) -> Vec<u32>;
    /// A window is this program since `date`.
    fn identify(&mut self, now: Timestamp, id: u32, program: Program, date: Timestamp);
    /// A window is gone.
    fn forget(&mut self, id: u32);
    /// What others recorded.
    fn usage(&mut self, now: Timestamp, usage: Usage);
    /// The policies of that generation come into force.
    fn offer(&mut self, generation: usize);
    /// What of the frame that was composed at `at`, asked now?
    fn frame(&mut self, now: Timestamp, at: Timestamp) -> (Action, Reason, Vec<Rect>);
    /// What of this segment, asked now?
    fn segment(&mut self, now: Timestamp, segment: Span) -> Result<Span, Reason>;
    /// The call is over: which of the segments are kept, and which parts of them?
    fn finish(self, now: Timestamp) -> Vec<Result<Span, Span>>;
}

/// Puts a call to the SDK; `offer` brings generation n into force.
pub fn play(call: &Call, handle: &PolicyHandle, reuse: bool, offer: impl FnMut(usize)) -> Vec<Answer> {
    match Sdk::open(call, handle, reuse, offer) {
        Ok(sdk) => record(call, sdk),
        Err(reason) => vec![Answer::Refused(reason)],
    }
}

/// Tells a host of the call, and gives what it answers.
pub fn record(call: &Call, host: impl Host) -> Vec<Answer> {
    let mut recorder = Recorder {
        now: call.at,
        opened_at: call.at,
        list: vec![],
        programs: vec![],
        kept: vec![],
        discarded: vec![],
        swapping: false,
        host,
    };
    let mut answers: Vec<Answer> = call.events.iter().filter_map(|event| recorder.step(event)).collect();
    answers.push(recorder.finish());
    answers
}

struct Recorder<H> {
    now: Timestamp,
    opened_at: Timestamp,
    list: Vec<(u32, Rect, Rect)>,
    programs: Vec<(u32, Program)>,
    kept: Vec<Timestamp>,
    discarded: Vec<Span>,
    /// Policies were offered, and nothing was asked since.
    swapping: bool,
    host: H,
}

impl<H: Host> Recorder<H> {
    fn step(&mut self, event: &Event) -> Option<Answer> {
        let now = self.now;
        self.host.now(now);
        match event {
            Event::Wait(ms) => self.now = now.plus(*ms),
            Event::Phase(phase, from) => self.host.phase(now, date(now, *from), *phase),
            Event::Condition(condition, state, from) => {
                self.host.condition(now, date(now, *from), *condition, *state);
            }
            Event::Windows(list) => {
                self.list.clone_from(list);
                self.host.windows(&self.list, now, now);
            }
            Event::Identity(id, program, from) => self.identity(*id, *program, date(now, *from)),
            Event::Again(from) => self.again(date(now, *from)),
            Event::Gone(id) => self.host.forget(*id),
            Event::Usage(usage) => self.host.usage(now, *usage),
            Event::Frame { late, before, after } => return Some(self.frame(now.minus(*late), *before, *after)),
            Event::Swap(generation) => {
                self.host.offer(*generation);
                self.swapping = true;
            }
            Event::Segment { start, end } => {
                let segment = Span {
                    start: self.opened_at.plus(*start),
                    end: date(now, *end),
                };
                let told = self.host.segment(now, segment);
                self.discarded.extend(told.is_err().then_some(segment));
                return Some(Answer::Segment(told));
            }
        }
        None
    }

    fn is_listed(&self, id: u32) -> bool {
        self.list.iter().any(|(listed, ..)| *listed == id)
    }

    fn identity(&mut self, id: u32, program: Program, since: Timestamp) {
        self.programs.retain(|(known, _)| *known != id);
        self.programs.push((id, program));
        // Of a window that is not listed it says nothing; whether that is a question is nobody's business.
        if self.is_listed(id) || !self.swapping {
            self.host.identify(self.now, id, program, since);
        }
    }

    fn again(&mut self, since: Timestamp) {
        let ids: Vec<u32> = self.list.iter().map(|(id, ..)| *id).collect();
        for id in ids {
            self.host.identify(self.now, id, self.program(id), since);
        }
    }

    fn program(&self, id: u32) -> Program {
        let told = self.programs.iter().find(|(known, _)| *known == id);
        told.map_or(Program::first_of(id), |(_, program)| *program)
    }

    fn frame(&mut self, at: Timestamp, before: u64, after: u64) -> Answer {
        let from = at.minus(before);
        self.host.windows(&self.list, from, at.plus(after));
        for id in self.host.unidentified() {
            self.host.identify(self.now, id, self.program(id), from);
        }
        let (action, reason, keep) = self.host.frame(self.now, at);
        self.swapping &= reason == Reason::INVALID_FACTS;
        self.kept.extend((action == Action::Keep).then_some(at));
        Answer::Frame(action, reason, keep)
    }

    /// A second later, so that the last frame is over.
    fn finish(self) -> Answer {
        let reviewed = self.host.finish(self.now.plus(1_000));
        let gone = reviewed.iter().filter_map(|told| told.err()).chain(self.discarded);
        let gone: Vec<Span> = gone.collect();
        let stays = |at: &Timestamp| {
            let mut kept = reviewed.iter().filter_map(|told| told.ok());
            kept.any(|part| part.contains(*at)) && !gone.iter().any(|part| part.contains(*at))
        };
        Answer::Finished(self.kept.into_iter().filter(stays).collect())
    }
}

/// The SDK, on a clock that this test sets.
struct Sdk<F> {
    session: Session,
    facts: CallFacts,
    offer: F,
}

impl<F: FnMut(usize)> Sdk<F> {
    fn open(call: &Call, handle: &PolicyHandle, reuse: bool, offer: F) -> Result<Self, Reason> {
        match handle
            .open_with_clock(call.facts.clone(), Clock::told(call.at))
            .unwrap()
        {
            Opening::Refused(why) => Err(why.reason),
            Opening::Open(mut session, facts) => {
                session.set_reuse(reuse);
                Ok(Self { session, facts, offer })
            }
        }
    }

    fn set(&self, now: Timestamp) {
        self.session.clock().advance(now);
    }
}

impl<F: FnMut(usize)> Host for Sdk<F> {
    fn now(&mut self, now: Timestamp) {
        self.set(now);
    }

    fn phase(&mut self, now: Timestamp, date: Timestamp, phase: CallPhase) {
        self.set(now);
        self.facts.phase_at(phase, date);
    }

    fn condition(&mut self, now: Timestamp, date: Timestamp, condition: Condition, state: Option<bool>) {
        self.set(now);
        self.facts.condition_at(condition, state, date);
    }

    fn windows(&mut self, list: &[(u32, Rect, Rect)], from: Timestamp, to: Timestamp) {
        let placed = list.iter().map(|(id, inner, outer)| Placed {
            id: *id,
            inner: *inner,
            outer: *outer,
        });
        self.session.windows(&placed.collect::<Vec<_>>(), from, to);
    }

    fn unidentified(&mut self) -> Vec<u32> {
        self.session.unidentified().collect()
    }

    fn identify(&mut self, now: Timestamp, id: u32, program: Program, date: Timestamp) {
        self.set(now);
        self.session.identify_at(id, &program.identity(), date);
    }

    fn forget(&mut self, id: u32) {
        self.session.forget(id);
    }

    fn usage(&mut self, now: Timestamp, usage: Usage) {
        self.session.set_usage(usage, now);
    }

    fn offer(&mut self, generation: usize) {
        (self.offer)(generation);
    }

    fn frame(&mut self, now: Timestamp, at: Timestamp) -> (Action, Reason, Vec<Rect>) {
        self.set(now);
        let decision = self.session.decide(at, SURFACE.0, SURFACE.1);
        (decision.action(), decision.why().reason, decision.keep().to_vec())
    }

    fn segment(&mut self, now: Timestamp, segment: Span) -> Result<Span, Reason> {
        self.set(now);
        match self.session.segment(segment.start, segment.end) {
            Outcome::Keep => Ok(segment),
            Outcome::Trim(part) => Ok(part),
            Outcome::Discard(ticket) => {
                let why = ticket.discard().why.reason;
                ticket.done().unwrap();
                Err(why)
            }
        }
    }

    fn finish(self, now: Timestamp) -> Vec<Result<Span, Span>> {
        self.set(now);
        let reviewed = self.session.finish(now).into_iter();
        reviewed
            .map(|review| match review.outcome {
                Outcome::Keep => Ok(review.segment),
                Outcome::Trim(part) => Ok(part),
                Outcome::Discard(ticket) => {
                    ticket.done().unwrap();
                    Err(review.segment)
                }
            })
            .collect()
    }
}
