//! A trace, decided again.

use std::collections::HashMap;

use gardefou_policy::facts::Access;
#[cfg(feature = "stores")]
use gardefou_policy::types::Obligations;
use gardefou_policy::types::{Action, Artefact, Condition, Reason, Rect, Refusal, Timestamp};

#[cfg(feature = "stores")]
use super::answer::obligations_named;
use super::answer::{Answer, Decided, Fate};
use super::event::{Event, FrameLine, Identity, Line, SessionLine};
use super::malformed::{Malformed, text};
#[cfg(feature = "stores")]
use crate::journal::{AccessEvent, AccessRecord, Record};
use crate::session::MOST_IDENTITIES;
use crate::{
    Authorisation, CallFacts, Clock, Fault, Finished, Opening, Outcome, Placed, PolicyHandle, Session, Text, Usage, Why,
};

/// The most segments of one trace. Each is reviewed against everything that was told.
pub const MAX_SEGMENTS: usize = 1_024;

/// Puts a trace to policies: it applies line after line and answers every question in them.
///
/// The handle may be offered other policies in between: the running session goes over to them, and its
/// windows are classified anew from the identities in the trace.
///
/// ```
/// use gardefou::trace::{Reader, Run};
/// use gardefou::{Policy, PolicyHandle, Runtime, Source};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::new()?;
/// let policy = Policy::load(&runtime, Source::Rules(include_str!("../../../rules/example.toml")))?;
/// let mut run = Run::new(PolicyHandle::new(vec![policy])?);
/// let trace = r#"{"at":5,"event":"retention","artefact":"temporary","collected-at":5,"programme":"p"}"#;
/// for line in Reader::new(trace.as_bytes()) {
///     let (number, line) = line?;
///     let answer = run.apply(number, line)?;
///     assert_eq!(answer.unwrap().question(), "retention");
/// }
/// # runtime.shutdown();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Run {
    handle: PolicyHandle,
    /// The name of the trace's session; empty while there is none.
    session: String,
    stage: Stage,
    /// The greatest `at` of the lines so far: when a frame is asked about.
    clock: Clock,
    call: CallFacts,
    /// What was said of each window, and since when it is so.
    identities: HashMap<u32, Vec<(Timestamp, Identity)>>,
    usage: Option<Usage>,
    surface: Option<(u32, u32)>,
    windows: Option<Vec<Placed>>,
    unidentified: Vec<u32>,
    /// How many of the session's faults were told with an answer.
    faults_told: usize,
    /// How many segments were asked about.
    segments: usize,
}

#[derive(Debug)]
enum Stage {
    Before,
    Open(Box<Session>),
    Refused(Why),
}

impl Run {
    /// Decides with these policies.
    #[must_use]
    pub fn new(handle: PolicyHandle) -> Self {
        let clock = Clock::told(Timestamp::MIN);
        Self {
            call: CallFacts::new(clock.clone(), handle.generations()),
            clock,
            handle,
            session: String::new(),
            stage: Stage::Before,
            identities: HashMap::new(),
            usage: None,
            surface: None,
            windows: None,
            unidentified: Vec::new(),
            faults_told: 0,
            segments: 0,
        }
    }

    /// Applies one line. A question gets its answer, everything else none. `number` is the line's, from 1.
    ///
    /// # Errors
    /// The line cannot follow those before it: a second session, a frame or segment before any, a first
    /// frame without surface or windows, more segments than [`MAX_SEGMENTS`]. It was not applied.
    pub fn apply(&mut self, number: u64, line: Line) -> Result<Option<Answer>, Malformed> {
        let at = line.at;
        if let Stage::Open(session) = &mut self.stage {
            // Policies that were offered between two lines took effect before the later one.
            session.renew();
        }
        self.clock.advance(at);
        let answer = match line.event {
            Event::Session(session) => self.open(*session, at).map(Some),
            Event::Call(phase) => {
                self.call.phase_at(phase, at);
                Ok(None)
            }
            Event::Conditions(changes) => Ok(self.conditions(&changes, at)),
            Event::Window { id, identity } => Ok(self.window(id, identity, at)),
            Event::WindowGone { id } => Ok(self.window_gone(id)),
            Event::Frame(frame) => self.frame(frame, at).map(Some),
            Event::Segment { started_at } => self.segment(started_at, at).map(Some),
            Event::Access(access) => Ok(Some(self.access(&access))),
            Event::Retention {
                artefact,
                collected_at,
                programme,
            } => Ok(Some(self.retention(artefact, collected_at, &programme, at))),
            Event::Usage(usage) => Ok(self.counters(usage, at)),
            Event::Expect(_) => Ok(None),
        };
        answer.map_err(|malformed| malformed.on_line(number))
    }

    /// The trace is over, at `at`: so is its session, and where there is a journal it tells what was decided.
    /// `None` when no session is open.
    pub fn finish(self, at: Timestamp) -> Option<Finished> {
        match self.stage {
            Stage::Open(session) => Some(session.finish(at)),
            Stage::Before | Stage::Refused(_) => None,
        }
    }

    fn open(&mut self, line: SessionLine, at: Timestamp) -> Result<Answer, Malformed> {
        if !matches!(self.stage, Stage::Before) {
            return Err(Malformed::new(
                text!("a second session", "une deuxième session"),
                text!(
                    "one trace is one session: put the other one into a file of its own",
                    "une trace est une session\u{a0}: mettez l'autre dans un fichier à part"
                ),
            ));
        }
        let usage = line.usage.or(self.usage).unwrap_or_default();
        self.session.clone_from(&line.facts.session);
        let mut fault = None;
        let opened = self
            .handle
            .open_on(line.facts, at, self.clock.clone(), Some(self.call.clone()));
        self.stage = match opened {
            Ok((Opening::Open(mut session, _), _)) => {
                session.set_usage(usage, at);
                Stage::Open(Box::new(session))
            }
            Ok((Opening::Refused(why), _)) => Stage::Refused(why),
            Err(what) => {
                let why = at_fault(&what);
                fault = Some(what);
                Stage::Refused(why)
            }
        };
        let decided = match self.stage {
            Stage::Refused(why) => Err(why),
            Stage::Before | Stage::Open(_) => Ok(()),
        };
        Ok(Answer {
            at,
            decided: Decided::Session(decided),
            fault,
        })
    }

    fn conditions(&self, changes: &[(Condition, Option<bool>)], at: Timestamp) -> Option<Answer> {
        for (condition, state) in changes {
            self.call.condition_at(*condition, *state, at);
        }
        None
    }

    fn window(&mut self, id: u32, identity: Identity, at: Timestamp) -> Option<Answer> {
        if let Stage::Open(session) = &mut self.stage {
            identify(session, id, &identity, at);
        }
        let said = self.identities.entry(id).or_default();
        said.push((at, identity));
        let forgotten = said.len().saturating_sub(MOST_IDENTITIES);
        said.drain(..forgotten);
        None
    }

    fn window_gone(&mut self, id: u32) -> Option<Answer> {
        self.identities.remove(&id);
        if let Stage::Open(session) = &mut self.stage {
            session.forget(id);
        }
        None
    }

    fn counters(&mut self, usage: Usage, at: Timestamp) -> Option<Answer> {
        self.usage = Some(usage);
        if let Stage::Open(session) = &mut self.stage {
            session.set_usage(usage, at);
        }
        None
    }

    fn frame(&mut self, frame: FrameLine, at: Timestamp) -> Result<Answer, Malformed> {
        if matches!(self.stage, Stage::Before) {
            return Err(before_session(text!("a frame", "une image")));
        }
        let (Some((width, height)), Some(windows)) = (
            frame.surface.or(self.surface),
            frame.windows.or_else(|| self.windows.take()),
        ) else {
            return Err(Malformed::new(
                text!(
                    "the first frame has no surface or no windows",
                    "la première image n'a pas de `surface` ou pas de `windows`"
                ),
                text!(
                    "write both there; a later frame without them has those of the frame before",
                    "écrivez les deux\u{a0}; une image suivante qui ne les a pas reprend ceux de l'image précédente"
                ),
            ));
        };
        self.surface = Some((width, height));
        let windows = self.windows.insert(windows);
        let session = match &mut self.stage {
            Stage::Open(session) => session,
            Stage::Before => return Err(before_session(text!("a frame", "une image"))),
            Stage::Refused(why) => return Ok(stopped(*why, at)),
        };
        let (from, to) = frame.facts.map_or((at, at), |facts| (facts.from, facts.to));
        session.windows(windows, from, to);
        self.unidentified.clear();
        self.unidentified.extend(session.unidentified());
        for id in &self.unidentified {
            for (since, identity) in self.identities.get(id).into_iter().flatten() {
                identify(session, *id, identity, *since);
            }
        }
        let decision = session.decide(at, width, height);
        let kept = decision.action() == Action::Keep;
        let decided = Decided::Frame {
            action: decision.action(),
            why: decision.why(),
            keep: decision.keep().to_vec(),
            blanks_windows: kept && blanks_windows(decision.blank(), windows),
        };
        Ok(Answer {
            at,
            decided,
            fault: new_fault(session, &mut self.faults_told),
        })
    }

    fn segment(&mut self, started_at: Timestamp, at: Timestamp) -> Result<Answer, Malformed> {
        self.segments += 1;
        if self.segments > MAX_SEGMENTS {
            return Err(Malformed::new(
                text!("more than {MAX_SEGMENTS} segments", "plus de {MAX_SEGMENTS} segments"),
                text!(
                    "a segment is what is kept or discarded together: write longer ones",
                    "un segment est ce qui est gardé ou supprimé ensemble\u{a0}: écrivez-en de plus longs"
                ),
            ));
        }
        let mut fault = None;
        let fate = match &mut self.stage {
            Stage::Before => return Err(before_session(text!("a segment", "un segment"))),
            Stage::Open(session) => {
                let outcome = session.segment(started_at, at);
                fault = new_fault(session, &mut self.faults_told);
                fate(outcome)
            }
            Stage::Refused(why) => Fate::Discard(*why),
        };
        Ok(Answer {
            at,
            decided: Decided::Segment { started_at, fate },
            fault,
        })
    }

    fn access(&self, access: &Access) -> Answer {
        let (decided, fault) = match self.handle.authorise(access) {
            Ok(Authorisation::Granted(obligations)) => (Ok(obligations), None),
            Ok(Authorisation::Refused(why)) => (Err(why), None),
            Err(what) => (Err(at_fault(&what)), Some(what)),
        };
        #[cfg(feature = "stores")]
        self.tell_access(access, decided);
        Answer {
            at: access.at,
            decided: Decided::Access(decided),
            fault,
        }
    }

    /// Journals who asked, and what was said.
    #[cfg(feature = "stores")]
    fn tell_access(&self, access: &Access, decided: Result<Obligations, Why>) {
        let Some(stores) = self.handle.stores() else { return };
        let why = decided
            .err()
            .map_or(Refusal::of(Reason::PERMITTED), |why| why.refusal());
        let obligations = decided.map(obligations_named).unwrap_or_default();
        stores.note(vec![Record::Access(AccessRecord {
            at: access.at,
            event: AccessEvent::Access {
                operation: access.operation,
                artefact: access.artefact,
                purpose: access.purpose,
                account: access.account.clone(),
                role: access.role.clone(),
                recording: self.session.clone(),
                programme: access.programme.clone(),
                granted: decided.is_ok(),
                reason: why.reason.to_string(),
                detail: why.detail,
                obligations: obligations.into_iter().map(str::to_owned).collect(),
                second_person: None,
                // Its date is that of the trace, and no machine's.
                not_proven: Some("trace".into()),
            },
        })]);
    }

    fn retention(&self, artefact: Artefact, collected_at: Timestamp, programme: &str, at: Timestamp) -> Answer {
        // What a broken policy cannot say is kept no longer at all.
        let (until, fault) = match self.handle.keep_until(artefact, collected_at, programme) {
            Ok(until) => (until, None),
            Err(what) => (collected_at, Some(what)),
        };
        let limit = (until != Timestamp::MAX).then_some(until);
        Answer {
            at,
            decided: Decided::Retention(limit),
            fault,
        }
    }
}

fn identify(session: &mut Session, id: u32, identity: &Identity, since: Timestamp) {
    match identity {
        Identity::App(app) => session.identify_at(id, app, since),
        Identity::Kind(kind) => session.declare(id, *kind, since),
    }
}

/// What the SDK answers instead of a policy that misbehaved.
fn at_fault(fault: &Fault) -> Why {
    Why::new(Refusal::of(Reason::POLICY_FAULT), fault.digest(), Timestamp::MAX)
}

/// The latest fault that was not told yet; a policy may misbehave when a window is identified, too.
fn new_fault(session: &Session, told: &mut usize) -> Option<Fault> {
    let before = std::mem::replace(told, session.faults().len());
    session.faults().iter().skip(before).last().cloned()
}

/// A trace holds no recording: what is to be discarded is not there, and the discard is done.
fn fate(outcome: Outcome) -> Fate {
    match outcome {
        Outcome::Keep => Fate::Keep,
        Outcome::Trim(span) => Fate::Trim(span),
        Outcome::Discard(ticket) => {
            let why = ticket.discard().why;
            // Where the call's own recorder fails, the handle lists it.
            let _ = ticket.done();
            Fate::Discard(why)
        }
    }
}

fn stopped(why: Why, at: Timestamp) -> Answer {
    Answer {
        at,
        decided: Decided::Frame {
            action: Action::Stop,
            why,
            keep: Vec::new(),
            blanks_windows: false,
        },
        fault: None,
    }
}

fn before_session(question: Text) -> Malformed {
    Malformed::new(
        text!("{question} before any session", "{question} avant toute session"; question),
        text!(
            "a `session` line opens the session; only state, accesses and retention may come before it",
            "une ligne `session` ouvre la session\u{a0}; seuls des états, des accès et des durées de \
             conservation peuvent la précéder"
        ),
    )
}

/// Whether a blanked pixel is certainly some window's own. The desktop is not, nor what a window only
/// may have painted around itself.
fn blanks_windows(blank: &[Rect], windows: &[Placed]) -> bool {
    windows
        .iter()
        .any(|window| blank.iter().any(|blank| meet(*blank, window.inner)))
}

fn meet(a: Rect, b: Rect) -> bool {
    !a.is_empty()
        && !b.is_empty()
        && i64::from(a.x) < b.right()
        && i64::from(b.x) < a.right()
        && i64::from(a.y) < b.bottom()
        && i64::from(b.y) < a.bottom()
}
