//! The recorder: waits for calls and records each, one thing at a time on one thread.
//!
//! Everything that other threads learn comes as a [`Signal`], and is acted on before the next frame is due:
//! the trace so tells in which order things were decided.

mod pressed;
mod start;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::Result;
use gardefou::{CallPhase, Condition, PolicyHandle, Timestamp};

pub(crate) use start::run;

use crate::args::Args;
use crate::call::{Gone, Told, What};
use crate::employee::keys::Keys;
use crate::employee::language::Language;
use crate::employee::mark::Mark;
use crate::employee::pause::Pause;
use crate::facts;
use crate::policies::Gate;
use crate::recording::{Output, Recording, When};
use crate::screen::Screen;
use crate::signal::{Key, Signal};
use crate::status::{self, Doing, say};

/// How long nothing need happen: only signals wake a recorder that has no question to ask.
const LONG: Duration = Duration::from_secs(3600);

/// How long a call that is over may still be told of.
const GRACE: Duration = Duration::from_secs(2);

struct Recorder<'a> {
    args: &'a Args,
    /// The sessions of the calls before.
    used: RefCell<BTreeSet<String>>,
    handle: PolicyHandle,
    screen: Screen,
    gate: Gate,
    sender: Sender<Signal>,
    language: Language,
    keys: Keys,
    /// Whether the employee pauses, of this call.
    pause: Pause,
    /// Tells the employee, while a call lasts.
    mark: Option<Mark>,
    /// What was told before the call began: it counts for that call.
    before: BTreeMap<u8, (Condition, Option<bool>)>,
    now: Now,
    /// The call before, as long as what is told late still counts for it.
    late: Option<Box<Recording>>,
    /// Whether a call lasts, as far as was told.
    in_call: bool,
    /// A key that was pressed when no call, or one that is over, was recorded, and when it was heard: the next
    /// call may have begun already.
    stray: Vec<(Key, Instant)>,
    /// How the program will end: 0 until something went wrong.
    code: u8,
}

/// What the recorder does now.
enum Now {
    NoCall,
    /// The call may not be recorded, whatever else is told of it.
    Refused,
    Recording(Box<Recording>),
}

impl Now {
    fn recording(&self) -> Option<&Recording> {
        match self {
            Self::Recording(recording) => Some(recording),
            Self::NoCall | Self::Refused => None,
        }
    }

    fn recording_mut(&mut self) -> Option<&mut Recording> {
        match self {
            Self::Recording(recording) => Some(recording),
            Self::NoCall | Self::Refused => None,
        }
    }
}

impl Recorder<'_> {
    /// Acts on signals and asks questions when they are due, until it is to end.
    fn attend(&mut self, signals: &Receiver<Signal>) {
        loop {
            status::show(|| self.doing());
            let due = self.now.recording().and_then(Recording::due);
            if due.is_none()
                && let Err(error) = self.screen.rest()
            {
                return self.give_up(error);
            }
            let closing = self.now.recording().and_then(Recording::closing);
            let late = self.late.as_deref().and_then(Recording::closing);
            let due = due.into_iter().chain(closing).chain(late).min();
            let wait = due.map_or(LONG, |due| due.saturating_duration_since(Instant::now()));
            let outcome = match signals.recv_timeout(wait) {
                Ok(Signal::Told(told)) => self.told(told),
                Ok(Signal::Gone(gone)) => return self.source_gone(&gone),
                Ok(Signal::Interrupted) => return self.finish("asked to end"),
                Ok(Signal::Policies(what)) => {
                    say(&what);
                    if let Some(recording) = self.now.recording_mut() {
                        recording.ask_now();
                    }
                    Ok(())
                }
                Ok(Signal::EncoderFailed(video)) => {
                    self.encoder_failed(&video);
                    Ok(())
                }
                Ok(Signal::Failed(what)) => return self.thread_failed(what),
                Ok(Signal::Employee) => self.employee(),
                Err(RecvTimeoutError::Timeout) => match self.question() {
                    Ok(()) => Ok(()),
                    // Without the screen, or a disk for the trace, there is nothing left to do.
                    Err(error) => return self.give_up(error),
                },
                Err(RecvTimeoutError::Disconnected) => return self.finish("nobody tells of calls any more"),
            };
            if let Err(error) = outcome {
                // What was told could not be written into the trace: this call is over.
                self.give_up(error);
                self.now = if self.in_call { Now::Refused } else { Now::NoCall };
            }
        }
    }

    fn doing(&self) -> Doing {
        match &self.now {
            Now::NoCall => Doing::Waiting,
            Now::Refused => Doing::Refused,
            Now::Recording(recording) => recording.doing(),
        }
    }

    fn question(&mut self) -> Result<()> {
        let is_past = |instant: Instant| instant <= Instant::now();
        if self.late.as_deref().and_then(Recording::closing).is_some_and(is_past) {
            self.finish_late("the call is over");
        }
        if self.now.recording().and_then(Recording::closing).is_some_and(is_past) {
            self.finish("the call is over");
        }
        if !self.now.recording().and_then(Recording::due).is_some_and(is_past) {
            return Ok(());
        }
        // What was pressed before the look counts before its frame: it may have been the last.
        self.employee()?;
        match self.now.recording_mut() {
            Some(recording) if recording.due().is_some() => recording.question(&mut self.screen, &self.gate),
            _ => Ok(()),
        }
    }

    fn give_up(&mut self, error: anyhow::Error) {
        self.finish(&format!("{error:#}"));
        self.went_wrong(&error);
    }

    fn went_wrong(&mut self, error: &anyhow::Error) {
        say(&format!("{error:#}"));
        self.code = 1;
    }

    fn told(&mut self, told: Told) -> Result<()> {
        match told.what {
            What::Phase(phase) => self.phase(phase, told.received, told.at),
            What::Conditions(changes) => self.conditions(&changes, told.received, told.at),
            What::Unclear(why) => {
                say(&format!("{why}; every condition is unknown until it is told again"));
                // It may have been an objection to the call before.
                self.tell_those_over(&unknown(), told.received, None)?;
                self.conditions(&unknown(), told.received, None)
            }
        }
    }

    fn phase(&mut self, phase: CallPhase, received: Instant, at: Option<Timestamp>) -> Result<()> {
        let ends = matches!(phase, CallPhase::None | CallPhase::AfterCall);
        self.in_call = !ends;
        if phase == CallPhase::None {
            self.mark = None;
        }
        if !ends && self.now.recording().is_some_and(Recording::hung_up) {
            self.set_aside();
        }
        if !ends && matches!(self.now, Now::NoCall) {
            self.now = Now::Refused;
            self.begin()?;
            self.pressed_meanwhile(received)?;
        }
        match &mut self.now {
            Now::Recording(recording) => {
                recording.phase(phase, When::new(received, at))?;
                if ends && recording.closing().is_none() {
                    recording.close_at(Instant::now() + GRACE);
                }
            }
            Now::Refused if ends => {
                self.before.clear();
                self.mark = None;
                self.now = Now::NoCall;
            }
            Now::Refused | Now::NoCall => {}
        }
        Ok(())
    }

    /// Another call began just after this one: what is told of it late still counts for a while.
    fn set_aside(&mut self) {
        self.finish_late("another call began");
        // What was pressed until now is of this call.
        if let Err(error) = self.employee() {
            self.went_wrong(&error);
        }
        self.mark = None;
        if let Now::Recording(mut recording) = std::mem::replace(&mut self.now, Now::NoCall) {
            if recording.closing().is_none() {
                recording.close_at(Instant::now() + GRACE);
            }
            self.late = Some(recording);
        }
    }

    /// Ends the call before, if it is still waited for.
    fn finish_late(&mut self, why: &str) {
        if let Some(late) = self.late.take()
            && let Err(error) = late.finish(why)
        {
            self.went_wrong(&error);
        }
    }

    /// A call begins: reads what is known about it, and asks whether it may be recorded.
    fn begin(&mut self) -> Result<()> {
        let (facts, usage) = match facts::read(&self.args.session, self.args.interval()) {
            Ok(read) => read,
            Err(why) => {
                say(&format!("this call is not recorded: {why}"));
                self.code = self.code.max(2);
                return Ok(());
            }
        };
        // Without a mark nobody would know.
        let mark = match Mark::show(self.language, self.args.interval(), waker(&self.sender)) {
            Ok(mark) => self.mark.insert(mark).shown(),
            Err(error) => {
                say(&format!("this call is not recorded: {error:#}"));
                self.code = self.code.max(1);
                return Ok(());
            }
        };
        self.pause = Pause::default();
        let output = Output {
            folder: &self.args.out,
            identities: self.args.identities,
            verdicts: self.args.verdicts,
            timings: self.args.timings,
            keep_raw: self.args.keep_raw,
            used: &self.used,
            margin: self.args.margin,
        };
        let opened = Recording::open(&self.handle, &facts, usage, &output, self.sender.clone(), mark)?;
        if let Some(mut recording) = opened {
            self.screen.watch()?;
            let told: Vec<_> = std::mem::take(&mut self.before).into_values().collect();
            let told = self.pause.joined(&told);
            if !told.is_empty() {
                recording.conditions(&told, When::Received(Instant::now()))?;
            }
            self.now = Now::Recording(Box::new(recording));
        }
        Ok(())
    }

    fn conditions(
        &mut self,
        changes: &[(Condition, Option<bool>)],
        received: Instant,
        at: Option<Timestamp>,
    ) -> Result<()> {
        // Only an objection and a private call still count for a call that is over; they may be of the one before.
        let late: Vec<_> = changes
            .iter()
            .filter(|change| change.0.is_sticky() && change.1 == Some(true))
            .copied()
            .collect();
        if !late.is_empty() {
            self.tell_those_over(&late, received, at)?;
        }
        let closing = match self.now.recording_mut() {
            Some(recording) if recording.closing().is_none() => {
                return recording.conditions(&self.pause.joined(changes), When::new(received, at));
            }
            // The call is over, and the next may be told of already.
            over => over.is_some(),
        };
        for (condition, state) in changes {
            // What counted for the call before says nothing of the next one: there it is unknown.
            let state = state.filter(|holds| !(closing && condition.is_sticky() && *holds));
            let told = self.before.entry(condition.bit()).or_insert((*condition, state));
            // An objection is not taken back, not even before the call.
            if !(condition.is_sticky() && told.1 == Some(true)) {
                told.1 = state;
            }
        }
        Ok(())
    }

    /// Tells the calls that are over and still waited for.
    fn tell_those_over(
        &mut self,
        changes: &[(Condition, Option<bool>)],
        received: Instant,
        at: Option<Timestamp>,
    ) -> Result<()> {
        let now = self.now.recording_mut().filter(|now| now.closing().is_some());
        for recording in now.into_iter().chain(self.late.as_deref_mut()) {
            recording.conditions(changes, When::new(received, at))?;
        }
        Ok(())
    }

    /// Nobody tells of the call, or of its conditions, any more: in mid-call nothing of it is known from now on.
    fn source_gone(&mut self, gone: &Gone) {
        if let Some(recording) = self.now.recording_mut()
            && recording.closing().is_none()
        {
            say(&format!(
                "{} in mid-call: nothing that was told of the call is known any more",
                gone.why
            ));
            if let Err(error) = recording.conditions(&unknown(), When::Received(Instant::now())) {
                self.went_wrong(&error);
            }
        }
        self.finish(&gone.why);
        if !gone.expected {
            say(&format!(
                "{}; nothing can be recorded until this recorder is started again",
                gone.why
            ));
            self.code = 1;
        }
    }

    /// Without one of its threads a recorder does not do what it says that it does: rules that are edited would never
    /// take effect.
    fn thread_failed(&mut self, what: &str) {
        let why = format!("{what} failed");
        self.finish(&why);
        say(&format!(
            "{why}; nothing can be recorded until this recorder is started again"
        ));
        self.code = 1;
    }

    fn encoder_failed(&mut self, video: &Path) {
        // That of the call before may be told of late.
        if let Some(recording) = self.now.recording_mut()
            && recording.is_of(video)
        {
            recording.encoder_failed(anyhow::anyhow!("`ffmpeg` takes no more frames"));
        }
    }

    /// Ends the call that is recorded, if any.
    fn finish(&mut self, why: &str) {
        // What was pressed until now is of this call, also where nobody was woken for it yet.
        if let Err(error) = self.employee() {
            self.went_wrong(&error);
        }
        // What was told since a call was over counts for the next one.
        if self.now.recording().and_then(Recording::closing).is_none() {
            self.before.clear();
        }
        self.mark = None;
        if let Now::Recording(recording) = std::mem::replace(&mut self.now, Now::NoCall)
            && let Err(error) = recording.finish(why)
        {
            self.went_wrong(&error);
        }
    }
}

/// Every condition, unknown.
fn unknown() -> Vec<(Condition, Option<bool>)> {
    Condition::ALL.iter().map(|condition| (*condition, None)).collect()
}

/// Wakes the recorder for what came on the employee's side.
fn waker(sender: &Sender<Signal>) -> impl Fn() + Send + Sync + 'static {
    let sender = sender.clone();
    move || {
        // When nobody listens any more, the recorder is ending anyway.
        let _ = sender.send(Signal::Employee);
    }
}
