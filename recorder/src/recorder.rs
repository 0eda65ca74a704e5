//! The recorder: waits for calls and records each, one thing at a time on one thread.
//!
//! Everything that other threads learn comes as a [`Signal`], and is acted on before the next frame is due:
//! the trace so tells in which order things were decided.

use std::collections::BTreeMap;
use std::io::{BufReader, stdin};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gardefou::{CallPhase, Condition, OpenError, PolicyHandle, Runtime, Timestamp};

use crate::args::{Args, Conditions, Telephony};
use crate::call::{Baresip, CallSource, Gone, Lines, Told, What};
use crate::employee::keys::Keys;
use crate::employee::language::Language;
use crate::employee::mark::Mark;
use crate::employee::pause::Pause;
use crate::facts;
use crate::leftovers;
use crate::policies::{self, Files, Gate};
use crate::recording::{Output, Recording};
use crate::screen::Screen;
use crate::signal::{Key, Signal};
use crate::status::{self, Doing, say};
use crate::stores;

/// How long nothing need happen: only signals wake a recorder that has no question to ask.
const LONG: Duration = Duration::from_secs(3600);

/// How long a call that is over may still be told of.
const GRACE: Duration = Duration::from_secs(2);

/// Why the recorder could not start or go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Rules or facts that cannot be used.
    Input(String),
    /// Anything else.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// Says why, and how the program ends.
    pub(crate) fn said(&self) -> ExitCode {
        match self {
            Self::Input(why) => {
                say(why);
                ExitCode::from(2)
            }
            Self::Other(error) => {
                say(&format!("{error:#}"));
                ExitCode::from(1)
            }
        }
    }
}

/// Records until there is nothing more to record.
///
/// Gives how the program ends.
///
/// # Errors
/// What it cannot start with.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let runtime = Runtime::new().map_err(anyhow::Error::from)?;
    let files = Files {
        rules: args.rules.clone(),
        components: args.policy.clone(),
    };
    let policies = files.load(&runtime).map_err(Failure::Input)?;
    facts::read(&args.session, args.interval()).map_err(Failure::Input)?;
    std::fs::create_dir_all(&args.out).with_context(|| format!("cannot create `{}`", args.out.display()))?;
    let stores = stores::open(args)?;
    let handle = match &stores {
        Some(stores) => PolicyHandle::with_stores(policies, stores).map_err(unopened)?,
        None => PolicyHandle::new(policies).map_err(|error| Failure::Input(error.to_string()))?,
    };
    stores::discard_leftovers(&handle, &args.out);
    leftovers::look_through(&handle, &args.out);
    let screen = Screen::connect()?;

    let (sender, signals) = channel();
    let keys = Keys::grab(args.pause_key, args.private_key, waker(&sender))
        .map_err(|error| Failure::Input(format!("{error:#}")))?;
    let gate = Gate::default();
    policies::watch(files, runtime.clone(), handle.clone(), gate.clone(), sender.clone())?;
    if let Telephony::Baresip(address) = &args.call {
        listen("softphone", Baresip::connect(address)?, sender.clone())?;
    }
    let Conditions::Stdin = args.conditions;
    let lines = Lines::new(BufReader::new(stdin()), args.call != Telephony::Stdin);
    listen("lines", lines, sender.clone())?;
    let interrupt = sender.clone();
    ctrlc::set_handler(move || {
        // When nobody listens any more, the recorder is ending anyway.
        let _ = interrupt.send(Signal::Interrupted);
    })
    .context("cannot listen for Ctrl-C")?;

    say("waiting for a call");
    let mut recorder = Recorder {
        args,
        handle,
        screen,
        gate,
        sender,
        language: args.language.unwrap_or_else(Language::of_the_user),
        keys,
        pause: Pause::default(),
        mark: None,
        before: BTreeMap::new(),
        now: Now::NoCall,
        late: None,
        in_call: false,
        stray: Vec::new(),
        code: 0,
    };
    recorder.attend(&signals);
    recorder.finish_late("asked to end");
    status::end();
    let code = recorder.code;
    if let Some(stores) = stores {
        stores.shutdown();
    }
    runtime.shutdown();
    Ok(ExitCode::from(code))
}

/// Wakes the recorder for what came on the employee's side.
fn waker(sender: &Sender<Signal>) -> impl Fn() + Send + Sync + 'static {
    let sender = sender.clone();
    move || {
        // When nobody listens any more, the recorder is ending anyway.
        let _ = sender.send(Signal::Employee);
    }
}

fn unopened(error: OpenError) -> Failure {
    match error {
        OpenError::Policies(error) => Failure::Input(error.to_string()),
        error => Failure::Other(error.into()),
    }
}

fn listen(name: &str, mut source: impl CallSource + 'static, signals: Sender<Signal>) -> Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        loop {
            let signal = match source.next() {
                Ok(told) => Signal::Told(told),
                Err(gone) => {
                    // When nobody listens any more, the recorder is ending anyway.
                    let _ = signals.send(Signal::Gone(gone));
                    return;
                }
            };
            if signals.send(signal).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

struct Recorder<'a> {
    args: &'a Args,
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

impl Recorder<'_> {
    /// Acts on signals and asks questions when they are due, until it is to end.
    fn attend(&mut self, signals: &Receiver<Signal>) {
        loop {
            status::show(self.doing());
            let due = match &self.now {
                Now::Recording(recording) => recording.due(),
                Now::NoCall | Now::Refused => None,
            };
            if due.is_none()
                && let Err(error) = self.screen.rest()
            {
                return self.give_up(error);
            }
            let closing = match &self.now {
                Now::Recording(recording) => recording.closing(),
                Now::NoCall | Now::Refused => None,
            };
            let late = self.late.as_ref().and_then(|late| late.closing());
            let due = due.into_iter().chain(closing).chain(late).min();
            let wait = due.map_or(LONG, |due| due.saturating_duration_since(Instant::now()));
            let outcome = match signals.recv_timeout(wait) {
                Ok(Signal::Told(told)) => self.told(told),
                Ok(Signal::Gone(gone)) => return self.source_gone(&gone),
                Ok(Signal::Interrupted) => return self.finish("asked to end"),
                Ok(Signal::Policies(what)) => {
                    say(&what);
                    self.ask_now();
                    Ok(())
                }
                Ok(Signal::EncoderFailed(video)) => {
                    self.encoder_failed(&video);
                    Ok(())
                }
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
        let is_over = |late: &Recording| late.closing().is_some_and(|end| end <= Instant::now());
        if self.late.as_deref().is_some_and(is_over) {
            self.finish_late("the call is over");
        }
        if matches!(&self.now, Now::Recording(recording) if recording.closing().is_some_and(|end| end <= Instant::now()))
        {
            self.finish("the call is over");
        }
        match &mut self.now {
            Now::Recording(recording) if recording.due().is_some_and(|due| due <= Instant::now()) => {
                // What was pressed before the look counts before its frame.
                self.employee()?;
                self.look()
            }
            Now::Recording(_) | Now::NoCall | Now::Refused => Ok(()),
        }
    }

    fn look(&mut self) -> Result<()> {
        match &mut self.now {
            Now::Recording(recording) if recording.due().is_some() => recording.question(&mut self.screen, &self.gate),
            Now::Recording(_) | Now::NoCall | Now::Refused => Ok(()),
        }
    }

    /// Acts on every key that was pressed until now, and on a mark that is gone.
    ///
    /// # Errors
    /// The keys are not heard any more, or the trace cannot be written.
    fn employee(&mut self) -> Result<()> {
        for key in self.keys.pressed()? {
            self.pressed(key)?;
        }
        if let Now::Recording(recording) = &mut self.now {
            recording.see_that_the_mark_is_there();
        }
        Ok(())
    }

    fn pressed(&mut self, key: Key) -> Result<()> {
        if !matches!(&self.now, Now::Recording(recording) if !recording.hung_up()) {
            self.stray.push((key, Instant::now()));
        }
        let Now::Recording(recording) = &mut self.now else {
            say(match key {
                Key::Pause => "the pause key was pressed, and no call is recorded",
                Key::PrivateCall => "the private-call key was pressed, and no call is recorded",
            });
            return Ok(());
        };
        let at = recording.clock().now();
        match key {
            // Also when the call is over: it is not too late.
            Key::PrivateCall => {
                say("the employee says that this call is private");
                recording.conditions(&[(Condition::PRIVATE_CALL, Some(true))], at)
            }
            Key::Pause if recording.closing().is_some() => {
                say("the pause key was pressed, and the call is over");
                Ok(())
            }
            Key::Pause => {
                let state = self.pause.toggled();
                say(if self.pause.by_key() {
                    "the employee pauses the recording"
                } else {
                    "the employee ends the pause"
                });
                recording.conditions(&[(Condition::EMPLOYEE_PAUSED, state)], at)
            }
        }
    }

    /// Keys that were heard after the call was told of are of this call too, whatever else they were taken for.
    fn pressed_meanwhile(&mut self, began: Instant) -> Result<()> {
        let stray = std::mem::take(&mut self.stray);
        for (key, _) in stray.into_iter().filter(|(_, heard)| *heard >= began) {
            self.pressed(key)?;
        }
        Ok(())
    }

    fn ask_now(&mut self) {
        if let Now::Recording(recording) = &mut self.now {
            recording.ask_now();
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
                if let Now::Recording(recording) = &mut self.now
                    && recording.closing().is_some()
                {
                    // It may have been an objection to the call before.
                    let at = recording.clock().at(told.received);
                    recording.conditions(&unknown(), at)?;
                }
                if let Some(late) = &mut self.late {
                    let at = late.clock().at(told.received);
                    late.conditions(&unknown(), at)?;
                }
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
        if !ends && matches!(&self.now, Now::Recording(recording) if recording.hung_up()) {
            self.set_aside();
        }
        if !ends && matches!(self.now, Now::NoCall) {
            self.now = Now::Refused;
            self.begin()?;
            self.pressed_meanwhile(received)?;
        }
        match &mut self.now {
            Now::Recording(recording) => {
                let at = at.unwrap_or_else(|| recording.clock().at(received));
                recording.phase(phase, at)?;
                if phase == CallPhase::None && recording.closing().is_none() {
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
            margin: self.args.margin,
        };
        let opened = Recording::open(&self.handle, &facts, usage, &output, self.sender.clone(), mark)?;
        if let Some(mut recording) = opened {
            self.screen.watch(self.args.interval())?;
            let told: Vec<_> = std::mem::take(&mut self.before).into_values().collect();
            let told = self.pause.joined(&told);
            if !told.is_empty() {
                let at = recording.clock().now();
                recording.conditions(&told, at)?;
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
        if let Some(before) = self.late.as_mut().filter(|_| !late.is_empty()) {
            let at = at.unwrap_or_else(|| before.clock().at(received));
            before.conditions(&late, at)?;
        }
        let closing = match &mut self.now {
            Now::Recording(recording) => {
                let at = at.unwrap_or_else(|| recording.clock().at(received));
                if recording.closing().is_none() {
                    return recording.conditions(&self.pause.joined(changes), at);
                }
                // The call is over, and the next may be told of already.
                if !late.is_empty() {
                    recording.conditions(&late, at)?;
                }
                true
            }
            Now::NoCall | Now::Refused => false,
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

    /// Nobody tells of the call, or of its conditions, any more: in mid-call nothing of it is known from now on.
    fn source_gone(&mut self, gone: &Gone) {
        if let Now::Recording(recording) = &mut self.now
            && recording.closing().is_none()
        {
            say(&format!(
                "{} in mid-call: nothing that was told of the call is known any more",
                gone.why
            ));
            let at = recording.clock().now();
            if let Err(error) = recording.conditions(&unknown(), at) {
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

    fn encoder_failed(&mut self, video: &Path) {
        // That of the call before may be told of late.
        if let Now::Recording(recording) = &mut self.now
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
        if !matches!(&self.now, Now::Recording(recording) if recording.closing().is_some()) {
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
