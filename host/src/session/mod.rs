//! One call: its windows, its frames, its segments.

mod answer;
mod begin;
#[cfg(feature = "stores")]
mod books;
mod budget;
mod call;
#[cfg(feature = "stores")]
mod chronicle;
mod combine;
mod finish;
mod lease;
mod regions;
mod seat;
mod segment;
#[cfg(feature = "stores")]
mod storekeeping;
#[cfg(not(feature = "stores"))]
#[path = "no_storekeeping.rs"]
mod storekeeping;
#[cfg(feature = "stores")]
mod telling;
mod usage;
mod windows;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use gardefou_policy::classify::MAX_FIELD;
use gardefou_policy::facts::{AppIdentity, Moment, Segment, SessionFacts};
use gardefou_policy::notes::EARLIER_THAN_LATEST;
use gardefou_policy::opening;
use gardefou_policy::types::{Action, Reason, Refusal, Span, Timestamp, WindowKind};

pub use answer::{Decision, Gated, Opening};
pub use call::{CallFacts, Standing};
pub use combine::Why;
pub use finish::Finished;
pub use segment::{Counterpart, Discard, DiscardTicket, Outcome, Reviewed, StillOpen};
pub use usage::Usage;
pub use windows::Placed;

pub(crate) use combine::refusals;
pub(crate) use lease::facts_are_fresh;
pub(crate) use segment::OpenDiscards;
#[cfg(feature = "stores")]
pub(crate) use telling::discard as told_discard;
pub(crate) use windows::Windows;

use crate::clock::Clock;
use crate::error::Fault;
use crate::floor::Floor;
use crate::handle::{Generation, PolicyHandle};
use crate::pixels::{Approved, Pixels, blank};
use crate::policy::Digest;
use lease::Standstill;
use regions::Regions;
use seat::Seat;
use storekeeping::Storekeeper;
use usage::{Counters, Tally};

/// The third fault in a session ends it.
const MAX_FAULTS: usize = 3;

/// One call, on the thread that captures its screen.
///
/// Nothing here waits for another thread. A frame whose verdict is reused allocates nothing. After a
/// change of policy the next question opens the session again under the new policies, in instances that
/// [`PolicyHandle::offer`] made ready.
pub struct Session {
    handle: PolicyHandle,
    generation: Arc<Generation>,
    facts: SessionFacts,
    clock: Clock,
    call: CallFacts,
    floor: opening::Session,
    seats: Vec<Seat>,
    windows: Windows,
    tally: Tally,
    faults: Vec<Fault>,
    latest: Option<Timestamp>,
    margin: u32,
    reuse: bool,
    opened_at: Timestamp,
    segments: BTreeSet<(Timestamp, Timestamp)>,
    /// Those of them that were to be discarded: what came later does not bring them back.
    gone: BTreeSet<(Timestamp, Timestamp)>,
    /// The first kept frame that lies in no segment that was told.
    unreviewed_from: Option<Timestamp>,
    last_kept: Timestamp,
    last: Option<Last>,
    regions: Regions,
    stores: Storekeeper,
    call_reference: Option<String>,
}

/// The latest verdict, and what it was asked under.
struct Last {
    action: Action,
    why: Why,
    under: Standstill,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("session", &self.facts.session)
            .field("call", &self.call)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The session's clock. Every instant given to the session comes from it.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    /// The facts of the call, for one more thread.
    #[must_use]
    pub fn call(&self) -> CallFacts {
        self.call.clone()
    }

    /// The faults of policies in this session so far, the latest last. The third ends the session.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Blanks `pixels` more around everything that is blanked, from the next frame on; 0 by default. It can
    /// only make the recording stricter. With subsampled colour that a later step filters, 2 is right.
    pub fn set_margin(&mut self, pixels: u32) {
        self.margin = pixels;
        self.regions.forget();
        self.last = None;
    }

    /// Whether verdicts are reused under their leases; they are by default. Without, every question
    /// reaches the policies: for tests that hold the two against each other.
    pub const fn set_reuse(&mut self, reuse: bool) {
        self.reuse = reuse;
    }

    /// What was recorded before, and by others, as counted at `at`. What the last kept frame counts from
    /// `at` on comes on top. Until it is given, nothing was (legal.md, S7). Where there is a ledger, the
    /// ledger counts, and this is not heard.
    pub fn set_usage(&mut self, usage: Usage, at: Timestamp) {
        if !self.stores.counts() {
            self.tally.reset(usage, at);
        }
    }

    /// The windows on the surface, topmost first, known to have been so, unchanged, from `from` to `to`.
    ///
    /// Compared with the list before, so that a list that is the same costs no question.
    pub fn windows(&mut self, list: &[Placed], from: Timestamp, to: Timestamp) {
        self.windows.place(list, from, to);
    }

    /// The windows of the latest list that were never identified, and so are `other`: new ones, those that
    /// come back, and all of them after a change of policy, because the SDK keeps no title. A window whose
    /// title changed is not among them: see [`Session::identify`].
    pub fn unidentified(&mut self) -> impl Iterator<Item = u32> + '_ {
        if self.generation.number() < self.handle.generations().latest() {
            self.windows.forget_judgements();
        }
        self.windows.unidentified()
    }

    /// Says what is known of a window: when it appears, and **again whenever that changes**, because a
    /// window that shows another title or another page may be another thing. Saying the same again is
    /// cheap, so a recorder that is not told of changes says it before every frame.
    ///
    /// What each policy says of it is kept; the identity is not, only a keyed number that changes with it.
    /// `AppIdentity::default()` is a window that cannot be identified: `other`.
    pub fn identify(&mut self, id: u32, app: &AppIdentity) {
        self.renew(self.known_now());
        let print = self.windows.print(app);
        if self.windows.is_judged(id, print) {
            return;
        }
        self.mend();
        let training = if too_long(app) { Some(0) } else { self.ask_kinds(app) };
        match training {
            Some(training) => self.windows.judge(id, print, training),
            // A policy misbehaved: `other` for now, and to be identified again.
            None => self.windows.forget(id),
        }
    }

    /// The latest instant that the session was told of: no later than the frame that comes next.
    fn known_now(&self) -> Timestamp {
        let told = self.latest.unwrap_or(self.opened_at);
        told.max(self.windows.facts_from())
    }

    /// What each policy says, a bit each; `None` when one could not say.
    fn ask_kinds(&mut self, app: &AppIdentity) -> Option<u32> {
        let mut training = Some(0);
        for (seat, bit) in self.seats.iter_mut().zip(0u32..) {
            match seat.classify(app) {
                Ok(Some(WindowKind::Training)) => training = training.map(|t| t | 1u32.checked_shl(bit).unwrap_or(0)),
                Ok(Some(WindowKind::Other)) => {}
                Ok(None) => training = None,
                Err(fault) => {
                    self.faults.push(fault);
                    training = None;
                }
            }
        }
        training
    }

    /// The window was classified before, for every policy: how a trace is run again.
    #[cfg(feature = "trace")]
    pub(crate) fn declare(&mut self, id: u32, kind: WindowKind) {
        self.windows.declare(id, kind);
    }

    /// What a window is: `training` when every policy says so, as a recorder writes it in its trace.
    #[must_use]
    pub fn kind(&self, id: u32) -> WindowKind {
        let all = (0..self.seats.len()).all(|n| self.windows.kind(id, n) == WindowKind::Training);
        if all { WindowKind::Training } else { WindowKind::Other }
    }

    /// The window is gone. A number that was never told: nothing happens. A number that leaves the list is
    /// forgotten by itself.
    pub fn forget(&mut self, id: u32) {
        self.windows.forget(id);
    }

    /// Decides a frame and blanks it in place. `at` is when its oldest pixel was composed.
    ///
    /// Ask before more is told of the call: what is known when it is asked decides. A frame that is not kept
    /// is not given back; a buffer that it only borrowed still shows what it did, and is the recorder's to
    /// use again.
    pub fn frame<P: Pixels>(&mut self, at: Timestamp, mut pixels: P) -> Gated<P> {
        let decision = self.decide(at, pixels.width(), pixels.height());
        let why = decision.why;
        match decision.action {
            Action::Keep => {
                blank(&mut pixels, decision.blank);
                Gated::Keep(Approved::new(pixels, decision.number), why)
            }
            Action::Skip => Gated::Skip(why),
            Action::Stop => Gated::Stop(why),
        }
    }

    /// Decides a frame of `width` × `height` captured pixels whose oldest pixel was composed at `at`.
    pub fn decide(&mut self, at: Timestamp, width: u32, height: u32) -> Decision<'_> {
        if self.is_over() {
            let why = Why::new(Refusal::of(Reason::POLICY_FAULT), Digest::FLOOR, Timestamp::MAX);
            return self.regions.refused(Action::Stop, why, (width, height));
        }
        if self.latest.is_some_and(|latest| at < latest) {
            let why = Why::new(EARLIER_THAN_LATEST, Digest::FLOOR, at);
            return self.regions.refused(Action::Skip, why, (width, height));
        }
        self.renew(at);
        self.tally.frame(at);
        self.stores.settle(&mut self.tally, at);
        let now = Standstill {
            call: self.call.snapshot(),
            surface: (width, height),
        };
        let gap = self.latest.map_or(0, |latest| at.since(latest));
        let (action, why) = match &self.last {
            Some(last) if self.may_reuse(last, now, at, gap) => (last.action, last.why),
            _ => self.ask(now, at, gap),
        };
        let (action, why) = self.stores.gated(action, why, &self.tally, at);
        self.tell(now, at, action, why);
        self.latest = Some(at);
        if action == Action::Keep {
            self.tally.keep(at);
            self.unreviewed_from.get_or_insert(at);
            self.last_kept = at;
            self.regions.kept(why)
        } else {
            self.regions.refused(action, why, (width, height))
        }
    }

    fn is_over(&self) -> bool {
        self.faults.len() >= MAX_FAULTS
    }

    /// Whether the latest verdict answers this question too (contract, "The lease").
    fn may_reuse(&self, last: &Last, now: Standstill, at: Timestamp, gap: u64) -> bool {
        self.reuse
            && !self.windows.changed()
            && last.under == now
            && at < last.why.until
            && self.tally.has_room()
            && self.seats.iter().enumerate().all(|(n, seat)| {
                let within = |terms| {
                    facts_are_fresh(terms, &self.windows, at)
                        && gap <= terms.max_frame_interval
                        && self
                            .tally
                            .counters(n, terms, at)
                            .within(&seat.asked, seat.said.lease.budget)
                };
                !seat.is_down() && !seat.is_broken() && seat.terms().is_none_or(within)
            })
            && Floor::shared().reaches(&self.windows, at, gap)
    }

    /// Asks the floor and every policy, and remembers the answer.
    fn ask(&mut self, now: Standstill, at: Timestamp, gap: u64) -> (Action, Why) {
        let moment = Moment {
            at,
            facts_from: self.windows.facts_from(),
            facts_to: self.windows.facts_to(),
            gap,
            phase: now.call.phase,
            known: now.call.known,
            holds: now.call.holds,
            ..Moment::default()
        };
        self.call.asked(now.call, self.generation.number());
        self.mend();
        self.tally.make_room();
        let floor = self.regions.ask_floor(&self.floor, &moment, &self.windows, now.surface);
        if floor.reason == Reason::INVALID_FACTS {
            // Every policy sees these facts alike, and need not be handed them.
            self.seats.iter_mut().for_each(|seat| seat.answer_for_all(floor));
        } else {
            self.ask_seats(&moment, now.surface);
        }
        self.windows.asked();
        let answers = self.seats.iter().map(|seat| (seat.digest(), seat.said));
        let (mut action, mut why) = combine::frames(answers.chain([(Digest::FLOOR, floor)]));
        if self.is_over() {
            let fault = Refusal::of(Reason::POLICY_FAULT);
            (action, why) = (Action::Stop, Why::new(fault, why.policy, Timestamp::MAX));
        }
        let kept = self.seats.iter().map(|seat| seat.keep.as_slice());
        if action == Action::Keep && !self.regions.take(kept, self.margin, now.surface) {
            action = Action::Skip;
            why.reason = Reason::NO_TRAINING_WINDOW;
            why.detail = 0;
        }
        self.last = Some(Last {
            action,
            why,
            under: now,
        });
        (action, why)
    }

    fn ask_seats(&mut self, moment: &Moment, surface: (u32, u32)) {
        for (n, seat) in self.seats.iter_mut().enumerate() {
            let counters = seat
                .terms()
                .map_or(Counters::default(), |t| self.tally.counters(n, t, moment.at));
            if let Err(fault) = seat.ask(moment, counters, surface, self.windows.seen_by(n)) {
                self.faults.push(fault);
            }
        }
    }

    /// Opens the session again wherever a policy misbehaved, before it is asked.
    fn mend(&mut self) {
        for seat in self.seats.iter_mut().filter(|seat| seat.is_broken()) {
            if let Err(fault) = seat.mend(&self.facts) {
                self.faults.push(fault);
            }
        }
    }

    /// After a change of policy: opens the session again under the new ones, at `at`, from its original
    /// facts. What refuses to open stops the session from now on.
    fn renew(&mut self, at: Timestamp) {
        if self.generation.number() >= self.handle.generations().latest() {
            return;
        }
        let generation = self.handle.generation();
        self.seats.clear();
        for (n, policy) in generation.policies().iter().enumerate() {
            let (seat, fault) = Seat::renew(policy, generation.spare(n), &self.facts, at);
            self.seats.push(seat);
            self.faults.extend(fault);
        }
        let terms: Vec<_> = self.seats.iter().map(|seat| seat.terms().copied()).collect();
        self.stores.renew(generation.number(), &terms, at);
        self.generation = generation;
        self.windows.forget_judgements();
        self.last = None;
    }

    /// When the session must next be asked although nothing changed: at least once a frame interval, so
    /// that the video has no holes and the counters hold, and when a date in the rules comes. `None` before
    /// the first frame, and after a stop.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let latest = self.latest?;
        let last = self.last.as_ref()?;
        if last.action == Action::Stop || self.is_over() || self.stores.stopped() {
            return None;
        }
        let next = latest.plus(self.facts.frame_interval);
        Some(if last.why.until > latest {
            next.min(last.why.until)
        } else {
            next
        })
    }

    /// A segment of the recording, from `started_at` to `at`, is finished: what is to become of it, by
    /// what is known now. [`Session::finish`] asks again; what is to be discarded stays so.
    pub fn segment(&mut self, started_at: Timestamp, at: Timestamp) -> Outcome {
        self.segments.insert((started_at, at));
        // A frame that was kept behind the segment's end is left for the next one.
        if self
            .unreviewed_from
            .is_some_and(|first| (started_at..=at).contains(&first))
        {
            self.unreviewed_from = Some(at).filter(|_| self.last_kept > at);
        }
        let outcome = self.review(segment::span(started_at, at));
        if matches!(outcome, Outcome::Discard(_)) {
            self.gone.insert((started_at, at));
        }
        outcome
    }

    fn discard(&self, span: Span, why: Why) -> DiscardTicket {
        let reference = self.call_reference.as_deref();
        self.handle.discards().open(&self.facts.session, reference, span, why)
    }

    /// The call, as the call's own recorder knows it: an opaque reference, never a number or a name. It is
    /// handed to that recorder with what is to be discarded, and stands in the sidecar, so that a call's
    /// recording can be found, disclosed and erased.
    pub fn set_call_reference(&mut self, reference: &str) {
        self.call_reference = Some(reference.to_owned());
    }

    fn review(&mut self, span: Span) -> Outcome {
        let snapshot = self.call.snapshot();
        let question = Segment {
            started_at: span.start,
            ended_at: span.end,
            answered_at: self.call.answered_at(),
            hung_up_at: self.call.hung_up_at(),
            known: snapshot.known,
            holds: snapshot.holds,
            mode: self.facts.mode,
        };
        let mut answers = Vec::with_capacity(self.seats.len() + 1);
        for seat in &mut self.seats {
            match seat.review(&question) {
                Ok(told) => answers.push((seat.digest(), told)),
                Err(fault) => {
                    let why = Why::new(Refusal::of(Reason::POLICY_FAULT), fault.digest(), Timestamp::MAX);
                    self.faults.push(fault);
                    return Outcome::Discard(self.discard(span, why));
                }
            }
        }
        answers.push((Digest::FLOOR, gardefou_policy::review::review(&question)));
        match combine::reviews(span, &answers) {
            Ok(kept) if kept == span => Outcome::Keep,
            Ok(kept) => Outcome::Trim(kept),
            Err(why) => Outcome::Discard(self.discard(span, why)),
        }
    }
}

/// What was kept and never reviewed is to be discarded: nobody said that the call ended well.
impl Drop for Session {
    fn drop(&mut self) {
        let at = self
            .latest
            .map_or(self.opened_at, |latest| latest.plus(self.facts.frame_interval));
        self.stores.left(&mut self.tally, at);
        if let (Some(first), Some(latest)) = (self.unreviewed_from, self.latest) {
            let kept = segment::span(first, latest.plus(self.facts.frame_interval));
            let why = Why::new(Refusal::of(Reason::INVALID_FACTS), Digest::FLOOR, Timestamp::MAX);
            // The ticket is for whoever asks the handle for open discards.
            let _open = self.discard(kept, why);
        }
        for (start, end) in self.segments.difference(&self.gone) {
            let why = Why::new(Refusal::of(Reason::INVALID_FACTS), Digest::FLOOR, Timestamp::MAX);
            let _open = self.discard(segment::span(*start, *end), why);
        }
        self.handle.left(self.generation.number());
    }
}

/// A field above the contract's limit makes the window `other`, without asking anybody.
fn too_long(app: &AppIdentity) -> bool {
    app.fields().into_iter().flatten().any(|field| field.len() > MAX_FIELD)
}
