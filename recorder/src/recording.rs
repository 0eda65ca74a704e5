//! The recording of one call: its session, its video and its trace.

mod ending;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gardefou::trace::{Event, SessionLine};
use gardefou::{
    Action, AppIdentity, Approved, CallFacts, CallPhase, Clock, Condition, Fault, Gated, Millis, Opening, Packed,
    PolicyHandle, Reason, Session, SessionFacts, Standing, Timestamp, Usage, Why,
};

use crate::employee::mark::Shown;
use crate::employee::words::{Said, Words};
use crate::policies::Gate;
use crate::record::{Answer, Record, Shown as ShownRegions};
use crate::screen::{BYTES_PER_PIXEL, Look, Screen};
use crate::signal::Signal;
use crate::status::{Doing, explained, figures, reasoned, say};
use crate::timings::Timing;
use crate::video::Video;
use crate::windows::{Windows, identities};

/// How long the first question waits at most for the windows to paint themselves.
const SETTLED: Duration = Duration::from_secs(1);

/// How often the screen is looked at meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long the mark may be on its way to the screen before that is said.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// What a recording writes, and where.
#[derive(Debug, Clone)]
pub(crate) struct Output<'a> {
    /// The folder.
    pub(crate) folder: &'a Path,
    /// Identities in the trace.
    pub(crate) identities: bool,
    /// Answers beside the trace.
    pub(crate) verdicts: bool,
    /// Times beside the trace.
    pub(crate) timings: bool,
    /// All of these stay as they were written, whatever becomes of the call.
    pub(crate) keep_raw: bool,
    /// The sessions of the calls before.
    pub(crate) used: &'a RefCell<BTreeSet<String>>,
    /// How many pixels more are blanked around what is blanked.
    pub(crate) margin: u32,
}

/// When something happened, as it was told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// At that instant of the session's clock, as the source says.
    At(Timestamp),
    /// When it was received, because the source does not say.
    Received(Instant),
}

impl When {
    /// When it was told, and what the source says of when it happened.
    pub(crate) fn new(received: Instant, at: Option<Timestamp>) -> Self {
        at.map_or(Self::Received(received), Self::At)
    }

    /// On the session's clock: what permits is rounded up.
    fn on(self, clock: &Clock, permits: bool) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Received(instant) if permits => clock.at_up(instant),
            Self::Received(instant) => clock.at(instant),
        }
    }
}

/// A call whose session is open.
#[derive(Debug)]
pub(crate) struct Recording {
    handle: PolicyHandle,
    session: Session,
    call: CallFacts,
    clock: Clock,
    interval: Millis,
    record: Record,
    windows: Windows,
    frame: Vec<u8>,
    video: Video,
    over: bool,
    hung_up: bool,
    closing: Option<Instant>,
    /// Those that were said.
    faults: Vec<Fault>,
    /// What the encoder failed with.
    broken: Option<anyhow::Error>,
    /// When the next frame is due.
    next: Instant,
    /// Until then the first question waits for what the windows paint.
    settled_by: Instant,
    /// Whether the next look takes every pixel anew, whatever the server told.
    look_afresh: bool,
    asked_at: Timestamp,
    /// When the latest frame was taken that the session counts as kept.
    kept_at: Timestamp,
    ended_at: Timestamp,
    said: Option<Reason>,
    /// What tells the employee. Without it nothing is recorded.
    mark: Arc<Shown>,
    /// Since when the mark cannot be seen, and what was said of it.
    unseen: Option<(Instant, Option<Said>)>,
    /// The windows of the training at the latest look.
    training: HashSet<u32>,
}

impl Recording {
    /// Asks whether the call may be recorded; `None` when not.
    ///
    /// # Errors
    /// The trace cannot be written, or a policy misbehaves.
    pub(crate) fn open(
        handle: &PolicyHandle,
        facts: &SessionFacts,
        usage: Usage,
        output: &Output<'_>,
        signals: Sender<Signal>,
        mark: Arc<Shown>,
    ) -> Result<Option<Self>> {
        let at = gardefou::wall_clock_now();
        let mut record = Record::create(output, &facts.session, at)?;
        let asked = Self::ask(handle, facts, usage, &mut record, at);
        let (mut session, call) = match asked {
            Ok(Opening::Open(session, call)) => (session, call),
            Ok(Opening::Refused(why)) => {
                say(&format!("this call is not recorded: {}", explained(why, handle)));
                say_problem(handle);
                // Nothing is recorded, whatever becomes of the mark.
                let _ = mark.say(Words::Not(why.reason));
                record.end(false)?;
                return Ok(None);
            }
            Err(error) => {
                record.end(false)?;
                return Err(error);
            }
        };
        session.set_usage(usage, at);
        session.set_margin(output.margin);
        let video = Video::new(&record.video(), facts.frame_interval, signals);
        Ok(Some(Self {
            handle: handle.clone(),
            clock: session.clock(),
            session,
            call,
            interval: facts.frame_interval,
            record,
            windows: Windows::new(output.identities),
            frame: Vec::new(),
            video,
            over: false,
            hung_up: false,
            closing: None,
            faults: Vec::new(),
            broken: None,
            next: Instant::now(),
            settled_by: Instant::now() + SETTLED,
            look_afresh: false,
            asked_at: at,
            kept_at: at,
            ended_at: at,
            said: None,
            mark,
            unseen: None,
            training: HashSet::new(),
        }))
    }

    /// Asks, and writes down what was asked and answered.
    fn ask(
        handle: &PolicyHandle,
        facts: &SessionFacts,
        usage: Usage,
        record: &mut Record,
        at: Timestamp,
    ) -> Result<Opening> {
        let mut named = facts.clone();
        record.session().clone_into(&mut named.session);
        let (mut opening, counted) = handle.open_counted(named, at)?;
        let ledger = match &mut opening {
            Opening::Open(session, _) => session.counted(),
            Opening::Refused(_) => None,
        };
        let line = SessionLine {
            facts: counted,
            usage: Some(ledger.map_or(usage, |(counted, _)| counted)),
        };
        record.write(at, Event::Session(Box::new(line)))?;
        let answer = match &opening {
            Opening::Open(..) => Answer::permitted("session", "open"),
            Opening::Refused(why) => Answer::new("session", "refuse", why.refusal()),
        };
        record.answer(at, answer)?;
        Ok(opening)
    }

    /// Whether that is its video.
    pub(crate) fn is_of(&self, video: &Path) -> bool {
        self.video.file() == video
    }

    /// Whether the call was hung up: what follows is another call.
    pub(crate) fn hung_up(&self) -> bool {
        self.hung_up
    }

    /// The next question is due now, whatever was said before.
    pub(crate) fn ask_now(&mut self) {
        self.next = Instant::now();
    }

    /// When the next question is due; `None` when there is none to come.
    pub(crate) fn due(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        let wake = self.session.wake_at().filter(|wake| *wake > self.asked_at);
        let wake =
            wake.and_then(|wake| Instant::now().checked_add(Duration::from_millis(wake.since(self.clock.now()))));
        Some(wake.map_or(self.next, |wake| wake.min(self.next)))
    }

    /// The telephone changed.
    ///
    /// # Errors
    /// The trace cannot be written.
    pub(crate) fn phase(&mut self, phase: CallPhase, when: When) -> Result<()> {
        let at = when.on(&self.clock, phase == CallPhase::Connected);
        let standing = self.call.phase_at(phase, at);
        if matches!(phase, CallPhase::None | CallPhase::AfterCall) {
            self.hung_up = true;
            self.stop_for(Reason::NO_CALL, at);
        }
        self.act_on(standing);
        self.record.write(at, Event::Call(phase))
    }

    /// Conditions changed.
    ///
    /// # Errors
    /// The trace cannot be written.
    pub(crate) fn conditions(&mut self, changes: &[(Condition, Option<bool>)], when: When) -> Result<()> {
        // Neither is ever taken back: whatever else comes, this video may not be kept.
        let forbidden = changes
            .iter()
            .find(|(condition, state)| condition.is_sticky() && *state == Some(true));
        let had_begun = self.video.len() > 0;
        let discarded = forbidden.map_or(Ok(()), |(condition, _)| self.discard(condition.name()));
        let permits = |(condition, state): &(Condition, Option<bool>)| *state == Some(condition.must_hold());
        for change in changes {
            let (condition, state) = *change;
            let standing = self
                .call
                .condition_at(condition, state, when.on(&self.clock, permits(change)));
            self.act_on(standing);
        }
        if let (Some((condition, _)), true) = (forbidden, had_begun) {
            // Also where a policy would go on: no second video takes the place of the first.
            self.stop(condition.name());
        }
        let (permitting, others): (Vec<_>, Vec<_>) = changes.iter().copied().partition(permits);
        for (changes, permits) in [(others, false), (permitting, true)] {
            if !changes.is_empty() {
                self.record
                    .write(when.on(&self.clock, permits), Event::Conditions(changes))?;
            }
        }
        discarded
    }

    /// Deletes the video at once: a crash from here on leaves no file.
    fn discard(&mut self, why: &str) -> Result<()> {
        if self.video.len() == 0 || self.video.is_gone() {
            return Ok(());
        }
        self.video.delete()?;
        say(&format!("discarded `{}`: {why}", self.video.file().display()));
        Ok(())
    }

    /// The call is over. What is told of it until then still counts.
    pub(crate) fn close_at(&mut self, instant: Instant) {
        self.closing = Some(instant);
    }

    /// When a call that is over is to be finished.
    pub(crate) fn closing(&self) -> Option<Instant> {
        self.closing
    }

    /// What is shown of it.
    pub(crate) fn doing(&self) -> Doing {
        Doing::Session {
            verdict: self.said,
            over: self.over,
            recorded: self.session.recorded(),
            left: self.session.budget_left(self.clock.now()),
        }
    }

    /// Says each new fault of a policy once.
    fn say_faults(&mut self) {
        for fault in self.session.faults() {
            if !self.faults.contains(fault) {
                say(&fault.to_string());
                self.faults.push(fault.clone());
            }
        }
    }

    /// What the last verdict said may hold no longer: then the next question is asked now, or none at all.
    fn act_on(&mut self, standing: Standing) {
        match standing {
            Standing::Stands => {}
            Standing::Stop(reason) => self.stop_for(reason, self.clock.now()),
            Standing::Ask => self.ask_now(),
        }
    }

    /// Looks at the screen and asks about what it shows.
    ///
    /// # Errors
    /// The screen cannot be read, or the trace not be written. Nothing of the look was kept.
    pub(crate) fn question(&mut self, screen: &mut Screen, gate: &Gate) -> Result<()> {
        let begun = Instant::now();
        // A twentieth early: a question is never later than the interval that the session was told of.
        self.next = begun + Duration::from_millis(self.interval.saturating_sub(self.interval / 20));
        // Rules that were edited take effect between two frames, never between a look and its question.
        let _unchanged = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = self.clock.clone();
        if let Err(why) = self.mark.stands() {
            self.unmarked(why);
            return Ok(());
        }
        let mut frame = std::mem::take(&mut self.frame);
        let mut look = screen.look(|| clock.now(), &mut frame, Some(self.mark.place()))?;
        let identities = identities(&look);
        self.training = Windows::training(&mut self.session, &look, &identities);
        let begins = screen.want(&mut look, &self.training) || look.unsettled;
        if begins {
            // Its client was, or is to be, asked to paint, and most do at once.
            self.next = self.next.min(begun + LOOK_AGAIN);
        }
        match self.mark.seen(&look, Instant::now()) {
            Ok(None) => self.unseen = None,
            Ok(Some(why)) => {
                self.unseen(why, begun);
                self.next = begun + LOOK_AGAIN;
                self.frame = frame;
                // What it shows is not in the video: the next look takes it anew.
                screen.refresh();
                return Ok(());
            }
            Err(why) => {
                self.unmarked(why);
                return Ok(());
            }
        }
        if begins && begun < self.settled_by {
            // A first frame without them says little.
            self.frame = frame;
            return Ok(());
        }
        self.settled_by = begun;
        self.asked_at = look.at;
        let outcome = self.decide(&look, &mut frame, identities);
        self.frame = frame;
        if self.look_afresh {
            self.look_afresh = false;
            screen.refresh();
            self.ask_now();
        }
        outcome
    }

    /// The mark cannot be seen on the screen: nothing is recorded until it can.
    fn unseen(&mut self, why: Said, now: Instant) {
        let (since, said) = self.unseen.get_or_insert((now, None));
        if now.saturating_duration_since(*since) >= ON_ITS_WAY && *said != Some(why) {
            *said = Some(why);
            say(&format!("not recording: {}", self.mark.sentence(why)));
            // It is said again when it goes on.
            self.said = None;
        }
    }

    fn decide(&mut self, look: &Look, frame: &mut [u8], identities: Vec<AppIdentity>) -> Result<()> {
        let (width, height) = (u32::from(look.width), u32::from(look.height));
        let stride = usize::from(look.width).saturating_mul(BYTES_PER_PIXEL);
        let pixels = Packed::new(frame, width, height, stride, BYTES_PER_PIXEL).context("the pixels do not fit")?;
        let deciding = Instant::now();
        let gated = {
            let placed = self
                .windows
                .tell(&mut self.session, &mut self.record, look, identities)?;
            let gated = self.session.frame(look.at, pixels);
            if matches!(gated, Gated::Keep(..)) {
                self.kept_at = look.at;
            }
            // What the ledger counted meanwhile was known to this question.
            if let Some((usage, counted_at)) = self.session.counted() {
                self.record.write(counted_at, Event::Usage(usage))?;
            }
            self.record.frame(look, &placed)?;
            gated
        };
        let decided = deciding.elapsed();
        self.say_faults();
        self.video.until(look.at);
        if look.fresh {
            self.video.picture_is_old();
        }
        let handing_over = Instant::now();
        let encoded = match gated {
            Gated::Keep(approved, why) => {
                let shown = ShownRegions {
                    keep: self.session.kept_regions(),
                    look,
                    training: &self.training,
                };
                self.record.kept(look.at, why.refusal(), &shown)?;
                self.keep(&approved, look, why)
            }
            Gated::Skip(why) => {
                self.answered(look.at, Action::Skip, why)?;
                if why.reason == Reason::STORE_UNAVAILABLE && self.said != Some(why.reason) {
                    say_problem(&self.handle);
                }
                let explained = explained(why, &self.handle);
                self.say(&format!("not recording: {explained}"), why.reason);
                if let Err(why) = self.mark.say(Words::Not(why.reason)) {
                    self.unmarked(why);
                }
                false
            }
            Gated::Stop(why) => {
                self.answered(look.at, Action::Stop, why)?;
                if why.reason == Reason::STORE_UNAVAILABLE {
                    say_problem(&self.handle);
                }
                self.stop_because(why.reason, &explained(why, &self.handle), self.clock.now());
                false
            }
        };
        self.record.timing(&Timing {
            at: look.at,
            fresh: look.fresh,
            encoded,
            grab: look.grabbed,
            capture: look.captured,
            decide: decided,
            pipe: handing_over.elapsed(),
        });
        Ok(())
    }

    /// Encodes a frame, unless it shows what the one before showed; gives whether it was encoded.
    fn keep(&mut self, approved: &Approved<Packed<'_>>, look: &Look, why: Why) -> bool {
        // The employee knows before the first frame is encoded.
        if let Err(why) = self.mark.say(Words::Recording) {
            self.unmarked(why);
            return false;
        }
        if !look.fresh && self.video.shows(approved.number()) {
            self.video.keep_showing(look.at);
            self.say("recording", why.reason);
            return false;
        }
        // Other regions of a screen that did not change: what was blank stays so in this frame, and the screen is
        // looked at again at once.
        self.look_afresh = !look.fresh;
        match self.video.keep(approved, look.at, (look.width, look.height)) {
            Ok(()) => self.say("recording", why.reason),
            Err(error) => self.encoder_failed(error),
        }
        true
    }

    fn answered(&mut self, at: Timestamp, action: Action, why: Why) -> Result<()> {
        self.record
            .answer(at, Answer::new("frame", action.name(), why.refusal()))
    }

    /// The encoder takes no more: the recording ends.
    pub(crate) fn encoder_failed(&mut self, error: anyhow::Error) {
        if self.video.is_gone() {
            // It was ended, and its file deleted.
            return;
        }
        self.stop(&format!("{error:#}"));
        self.broken.get_or_insert(error);
    }

    fn say(&mut self, what: &str, reason: Reason) {
        if self.said != Some(reason) {
            self.said = Some(reason);
            say(what);
        }
    }

    /// Ends the video: no frame of this call is recorded after it. What is told of the call until
    /// [`Recording::finish`] still counts.
    pub(crate) fn stop(&mut self, why: &str) {
        if !self.over {
            self.stop_at(self.clock.now(), why);
            let _ = self.mark.say(Words::Ended);
        }
    }

    /// As [`Recording::stop`], and the mark says the reason.
    fn stop_for(&mut self, reason: Reason, at: Timestamp) {
        self.stop_because(reason, &reasoned(reason), at);
    }

    fn stop_because(&mut self, reason: Reason, why: &str, at: Timestamp) {
        if !self.over {
            self.stop_at(at, why);
            // Nothing is recorded any more, whatever becomes of the mark.
            let _ = self.mark.say(Words::Not(reason));
        }
    }

    /// The mark is not shown any more: from here on nobody would know of a recording.
    fn unmarked(&mut self, why: Said) {
        self.stop(self.mark.sentence(why));
    }

    /// Stops when the mark is known to be gone.
    pub(crate) fn see_that_the_mark_is_there(&mut self) {
        if let Some(why) = self.mark.lost() {
            self.unmarked(why);
        }
    }

    fn stop_at(&mut self, at: Timestamp, why: &str) {
        if self.over {
            return;
        }
        self.over = true;
        self.ended_at = at;
        let figures = figures(self.session.recorded(), self.session.budget_left(at));
        say(&format!("the recording of this call ended: {why}; {figures}"));
        if !self.video.is_gone()
            && let Err(error) = self.video.stop()
        {
            say(&format!("the video may lack its end: {error:#}"));
        }
    }
}

/// Says which store is why nothing is recorded, and the way out.
fn say_problem(handle: &PolicyHandle) {
    if let Some(problem) = handle.stores().and_then(gardefou::Stores::problem) {
        say(&format!("{problem}; help: {}", problem.help().english));
    }
}
