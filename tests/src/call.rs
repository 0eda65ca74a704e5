//! A random call, as the SDK is told of it.

use gardefou::{
    Action, AppIdentity, CallFacts, CallPhase, Condition, Opening, Outcome, Placed, PolicyHandle, Reason, Rect,
    Session, SessionFacts, Span, Timestamp, Usage,
};
use gardefou_policy::rules::Rules;

/// The surface of every frame here, in pixels: small enough to be painted.
pub const SURFACE: (u32, u32) = (20, 16);

/// Something that happens in a call.
#[derive(Clone, Debug)]
pub enum Event {
    /// Time passes, in ms.
    Wait(u64),
    /// The telephone changes its phase.
    Phase(CallPhase),
    /// A condition becomes true, false or unknown.
    Condition(Condition, Option<bool>),
    /// These windows are on the surface: number, inner, outer.
    Windows(Vec<(u32, Rect, Rect)>),
    /// The window of that number becomes this program.
    Identity(u32, Program),
    /// What others recorded is now this.
    Usage(Usage),
    /// A frame, that many ms earlier than now, with facts from so much before to so much after it.
    Frame { late: u64, before: u64, after: u64 },
    /// The policies of that number come into force.
    Swap(usize),
    /// The segment that began so many ms ago ends.
    Segment(u64),
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
}

/// Puts a call to the SDK; `offer` brings generation n into force.
pub fn play(call: &Call, handle: &PolicyHandle, reuse: bool, mut offer: impl FnMut(usize)) -> Vec<Answer> {
    let (mut session, facts) = match handle.open(call.facts.clone(), call.at).unwrap() {
        Opening::Refused(why) => return vec![Answer::Refused(why.reason)],
        Opening::Open(session, facts) => (session, facts),
    };
    session.set_reuse(reuse);
    let mut player = Player {
        now: call.at,
        list: vec![],
        programs: vec![],
        session,
        facts,
    };
    call.events
        .iter()
        .filter_map(|event| player.step(event, &mut offer))
        .collect()
}

struct Player {
    now: Timestamp,
    list: Vec<Placed>,
    programs: Vec<(u32, Program)>,
    session: Session,
    facts: CallFacts,
}

impl Player {
    fn step(&mut self, event: &Event, offer: &mut impl FnMut(usize)) -> Option<Answer> {
        match event {
            Event::Wait(ms) => self.now = self.now.plus(*ms),
            Event::Phase(phase) => drop(self.facts.phase_at(*phase, self.now)),
            Event::Condition(condition, state) => drop(self.facts.condition(*condition, *state)),
            Event::Windows(list) => {
                self.list = list
                    .iter()
                    .map(|(id, inner, outer)| Placed {
                        id: *id,
                        inner: *inner,
                        outer: *outer,
                    })
                    .collect();
            }
            Event::Identity(id, program) => {
                self.programs.retain(|(known, _)| known != id);
                self.programs.push((*id, *program));
                self.session.forget(*id);
            }
            Event::Usage(usage) => self.session.set_usage(*usage, self.now),
            Event::Frame { late, before, after } => return Some(self.frame(self.now.minus(*late), *before, *after)),
            Event::Swap(generation) => offer(*generation),
            Event::Segment(ago) => return Some(self.segment(self.now.minus(*ago))),
        }
        None
    }

    fn frame(&mut self, at: Timestamp, before: u64, after: u64) -> Answer {
        self.session.windows(&self.list, at.minus(before), at.plus(after));
        let unidentified: Vec<u32> = self.session.unidentified().collect();
        for id in unidentified {
            let told = self.programs.iter().find(|(known, _)| *known == id);
            let program = told.map_or(Program::first_of(id), |(_, program)| *program);
            self.session.identify(id, &program.identity());
        }
        let decision = self.session.decide(at, SURFACE.0, SURFACE.1);
        Answer::Frame(decision.action(), decision.why().reason, decision.keep().to_vec())
    }

    fn segment(&mut self, started_at: Timestamp) -> Answer {
        let whole = Span {
            start: started_at,
            end: self.now,
        };
        Answer::Segment(match self.session.segment(started_at, self.now) {
            Outcome::Keep => Ok(whole),
            Outcome::Trim(part) => Ok(part),
            Outcome::Discard(ticket) => {
                let why = ticket.discard().why.reason;
                ticket.done().unwrap();
                Err(why)
            }
        })
    }
}
