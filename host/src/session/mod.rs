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
mod history;
mod identity;
mod kept;
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
mod told;
mod usage;
mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use gardefou_policy::classify::MAX_FIELD;
use gardefou_policy::facts::{AppIdentity, HungUp, Moment, Segment, SessionFacts, Usage};
use gardefou_policy::notes::{ASKED_TOO_LATE, COMPOSED_BEFORE_RULES, EARLIER_THAN_LATEST};
use gardefou_policy::opening;
use gardefou_policy::order::Question;
use gardefou_policy::types::{Action, Disposition, Millis, Reason, Refusal, Span, Timestamp, WindowKind};

pub use answer::{Decision, Gated, Opening};
pub use call::{CallFacts, Standing};
#[cfg(feature = "stores")]
pub(crate) use chronicle::MOST_FRAMES;
pub use combine::Why;
pub use finish::Finished;
pub use segment::{Counterpart, Discard, DiscardTicket, Outcome, Reviewed, StillOpen};
pub use windows::Placed;

pub(crate) use combine::refusals;
#[cfg(feature = "trace")]
pub(crate) use identity::MOST_IDENTITIES;
pub(crate) use lease::facts_are_fresh;
pub(crate) use segment::OpenDiscards;
#[cfg(feature = "stores")]
pub(crate) use telling::discard as told_discard;
#[cfg(feature = "stores")]
pub(crate) use usage::NOT_COUNTED;
pub(crate) use windows::Windows;

use crate::clock::Clock;
use crate::error::Fault;
use crate::floor::Floor;
use crate::handle::{Generation, PolicyHandle};
use crate::pixels::{Approved, Pixels, blank};
use crate::policy::Digest;
use call::Hearing;
use history::HORIZON;
use identity::Kinds;
use kept::Kept;
use lease::Standstill;
use regions::Regions;
use seat::{Seat, answer};
use storekeeping::Storekeeper;
use usage::{Tally, is_within};

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
    /// What was told of the call, as this thread reads it.
    hearing: Hearing,
    floor: opening::Session,
    seats: Vec<Seat>,
    /// Since when the policies are in force, where they took the place of others in mid-call.
    in_force_from: Option<Timestamp>,
    windows: Windows,
    tally: Tally,
    faults: Vec<Fault>,
    latest: Option<Timestamp>,
    margin: u32,
    reuse: bool,
    opened_at: Timestamp,
    segments: BTreeSet<(Timestamp, Timestamp)>,
    /// Those of them that were to be discarded, and why: nothing brings them back, nor what overlaps them.
    gone: BTreeMap<(Timestamp, Timestamp), Why>,
    kept: Kept,
    last: Option<Last>,
    regions: Regions,
    stores: Storekeeper,
    call_reference: Option<String>,
}

/// A question about a frame: when it was composed, when it is asked, and how long after the frame before.
#[derive(Clone, Copy)]
struct Asking {
    at: Timestamp,
    asked: Timestamp,
    gap: Millis,
}

impl Asking {
    /// Whether it comes so late that nobody remembers what was told.
    const fn is_too_late(self) -> bool {
        self.asked.since(self.at) > HORIZON
    }

    /// The instants whose facts count, both included.
    const fn instants(self) -> (Timestamp, Timestamp) {
        (self.at, self.asked)
    }
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
    pub fn clock(&self) -> Clock {
        self.clock.clone()
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
    /// Compared with the list before, so that a list that is the same costs no question. Of more windows than 128
    /// no frame is kept, and those behind them are not looked at.
    pub fn windows(&mut self, list: &[Placed], from: Timestamp, to: Timestamp) {
        self.windows.place(list, from, to);
    }

    /// The windows of the latest list that were never identified, and so are `other`: new ones, those that
    /// come back, and all of them after a change of policy, because the SDK keeps no title. A window whose
    /// title changed is not among them: see [`Session::identify`].
    pub fn unidentified(&mut self) -> impl Iterator<Item = u32> + '_ {
        self.renew();
        self.windows.unidentified()
    }

    /// Says what is known of a window now: when it appears, and **again whenever that changes**, because a
    /// window that shows another title or another page may be another thing. Saying the same again is
    /// cheap, so a recorder that is not told of changes says it before every frame.
    ///
    /// What each policy says of it is kept; the identity is not, only a keyed number that changes with it.
    /// `AppIdentity::default()` is a window that cannot be identified: `other`. What is said of a number that is
    /// not in the latest list ([`Session::windows`]) is of no window, and does nothing.
    pub fn identify(&mut self, id: u32, app: &AppIdentity) {
        self.identify_at(id, app, self.clock.now_up());
    }

    /// The same, where the recorder knows since when the window has been that, unchanged: an instant of the
    /// session's clock, rounded up. A frame shows a window as of the training only when it was so throughout,
    /// from the frame's capture to its question; a window of which no more is known than that it is so now is
    /// blank in a frame from before.
    ///
    /// An instant before the latest that was told of the window only tightens, and one in the future counts at
    /// once where the window is not of the training. New rules make no gap: what is said again counts since it
    /// was said first. A window that leaves the list and comes back is another one.
    pub fn identify_at(&mut self, id: u32, app: &AppIdentity, since: Timestamp) {
        self.renew();
        let print = self.windows.print(app);
        if self.windows.needs_no_judgement(id, print, since) {
            return;
        }
        self.mend();
        let kinds = if too_long(app) {
            Some(Kinds::OTHER)
        } else {
            self.ask_kinds(app)
        };
        match kinds {
            Some(kinds) => self.windows.identify(id, print, kinds, since, self.clock.now()),
            // A policy misbehaved: `other` for now, and to be identified again.
            None => self.windows.forget(id),
        }
    }

    /// What each policy says; `None` when one could not say.
    fn ask_kinds(&mut self, app: &AppIdentity) -> Option<Kinds> {
        let mut kinds = Some(Kinds::OTHER);
        for (n, seat) in self.seats.iter_mut().enumerate() {
            match seat.classify(app) {
                Ok(Some(WindowKind::Training)) => kinds = kinds.map(|kinds| kinds.with(n)),
                Ok(Some(WindowKind::Other)) => {}
                Ok(None) => kinds = None,
                Err(fault) => {
                    self.faults.push(fault);
                    kinds = None;
                }
            }
        }
        kinds
    }

    /// The window was classified before, for every policy, and was that since then: how a trace is run again.
    #[cfg(feature = "trace")]
    pub(crate) fn declare(&mut self, id: u32, kind: WindowKind, since: Timestamp) {
        let kinds = match kind {
            WindowKind::Training => Kinds::TRAINING,
            WindowKind::Other => Kinds::OTHER,
        };
        let print = u64::from(kind == WindowKind::Training);
        if !self.windows.needs_no_judgement(id, print, since) {
            self.windows.identify(id, print, kinds, since, self.clock.now());
        }
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
    /// Phase, conditions and what a window is count as the strictest that they were at any instant from `at` to
    /// now, the asking; so ask soon: a frame that is asked about more than 2,000 ms after its `at` is skipped,
    /// for `stale-facts`. A frame that is not kept is not given back; a buffer that it only borrowed still shows
    /// what it did, and is the recorder's to use again.
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

    /// The regions of the latest frame that was kept, in captured pixels and canonical form, as
    /// [`Decision::keep`]: what a recorder says of a frame that [`Session::frame`] let through. Empty before the
    /// first. They permit nothing.
    #[must_use]
    pub fn kept_regions(&self) -> &[gardefou_policy::types::Rect] {
        self.regions.latest()
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
        self.renew();
        self.tally.frame(at);
        self.stores.settle(&mut self.tally, at);
        let question = Asking {
            at,
            asked: self.clock.now().max(at),
            gap: self.latest.map_or(1, |latest| at.since(latest).max(1)),
        };
        let told = self.hearing.load();
        let (words, changes) = (told.words(), told.changes());
        let now = Standstill {
            call: told.strictest(question.at, question.asked),
            surface: (width, height),
        };
        let (action, why) = if self.in_force_from.is_some_and(|from| at < from) {
            let (action, why) = (Action::Skip, Why::new(COMPOSED_BEFORE_RULES, Digest::FLOOR, at));
            // Never reused; but the next question is due all the same.
            self.last = Some(Last {
                action,
                why,
                under: now,
            });
            (action, why)
        } else {
            self.call.asked(changes, self.generation.number());
            match &self.last {
                Some(last) if self.may_reuse(last, now, question) => (last.action, last.why),
                _ => self.ask(now, question),
            }
        };
        let (action, why) = self.stores.gated(action, why, &self.tally, at);
        self.tell(now, question, action, why);
        self.latest = Some(at);
        if action == Action::Keep {
            self.tally.keep(at);
            self.kept.add(at, question.asked, words);
            self.regions.kept(why)
        } else {
            self.regions.refused(action, why, (width, height))
        }
    }

    fn is_over(&self) -> bool {
        self.faults.len() >= MAX_FAULTS
    }

    /// Whether the latest verdict answers this question too (contract, "The lease").
    fn may_reuse(&self, last: &Last, now: Standstill, question: Asking) -> bool {
        let Asking { at, gap, .. } = question;
        self.reuse
            && self.windows.are_as_asked(at)
            && last.under == now
            && at < last.why.until
            && !question.is_too_late()
            && self.tally.has_room()
            && self.kept.has_room()
            && self.stores.has_room()
            && self.seats.iter().enumerate().all(|(n, seat)| {
                let within = |terms| {
                    facts_are_fresh(terms, &self.windows, at)
                        && gap <= terms.max_frame_interval
                        && is_within(&self.tally.counters(n, terms, at), &seat.asked, seat.said.lease.budget)
                };
                !seat.is_down() && !seat.is_broken() && seat.terms().is_none_or(within)
            })
            && Floor::shared().reaches(&self.windows, at, gap)
    }

    /// Asks the floor and every policy, and remembers the answer.
    fn ask(&mut self, now: Standstill, question: Asking) -> (Action, Why) {
        let Asking { at, gap, .. } = question;
        let moment = Moment {
            at,
            facts_from: self.windows.facts_from(),
            facts_to: self.windows.facts_to(),
            gap,
            phase: now.call.phase,
            known: now.call.known,
            holds: now.call.holds,
            // The floor has no caps; each policy is told its own counters.
            usage: Some(Usage::default()),
        };
        self.mend();
        self.tally.make_room();
        self.kept.make_room();
        self.stores.make_room();
        let floor = self.regions.ask_floor(&self.floor, &moment, &self.windows, now.surface);
        if floor.reason == Reason::INVALID_FACTS {
            // Every policy sees these facts alike, and need not be handed them.
            self.seats.iter_mut().for_each(|seat| seat.answer_for_all(floor));
        } else {
            self.ask_seats(&moment, question, now.surface);
        }
        self.windows.asked(at);
        let answers = self.seats.iter().map(|seat| (seat.digest(), seat.said));
        let late = answer(Action::Skip, ASKED_TOO_LATE, at);
        let late = question.is_too_late().then_some((Digest::FLOOR, late));
        let (mut action, mut why) = combine::frames(answers.chain([(Digest::FLOOR, floor)]).chain(late));
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

    fn ask_seats(&mut self, moment: &Moment, question: Asking, surface: (u32, u32)) {
        for (n, seat) in self.seats.iter_mut().enumerate() {
            let counters = seat
                .terms()
                .map_or(Usage::default(), |t| self.tally.counters(n, t, moment.at));
            let windows = self.windows.seen_by(n, question.instants());
            if let Err(fault) = seat.ask(moment, counters, surface, windows) {
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

    /// After a change of policy: opens the session again under the new ones, at the instant at which they took
    /// effect, from its original facts. What refuses to open stops the session from then on.
    pub(crate) fn renew(&mut self) {
        if self.generation.number() >= self.handle.generations().latest() {
            return;
        }
        let generation = self.handle.generation();
        let at = self.clock.at_up(generation.took_effect()).max(self.opened_at);
        self.in_force_from = Some(at);
        self.seats.clear();
        for (n, policy) in generation.policies().iter().enumerate() {
            let (seat, fault) = Seat::renew(policy, generation.spare(n), &self.facts, at);
            self.seats.push(seat);
            self.faults.extend(fault);
        }
        let terms: Vec<_> = self.seats.iter().map(|seat| seat.terms().copied()).collect();
        self.stores.renew(&generation, &terms, at);
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
    /// what is known now. [`Session::finish`] asks again; what is to be discarded stays so, and so does every
    /// segment that overlaps it.
    pub fn segment(&mut self, started_at: Timestamp, at: Timestamp) -> Outcome {
        self.segments.insert((started_at, at));
        let segment = segment::span(started_at, at);
        let judged = self.judge(segment);
        self.outcome(segment, judged)
    }

    /// What of a segment may be kept, by what is known now; or why nothing of it.
    fn judge(&mut self, segment: Span) -> Result<Span, Why> {
        let reviewed = self.review(segment);
        let refused = self.gone_over(segment).into_iter().chain(reviewed.err());
        let Some(why) = refused.min_by_key(|why| Question::Review.rank(why.reason)) else {
            return reviewed;
        };
        self.gone.insert((segment.start, segment.end), why);
        Err(why)
    }

    /// Why a segment is to be discarded because another one was: this one, with whatever end, or one that overlaps
    /// it.
    fn gone_over(&self, segment: Span) -> Option<Why> {
        let reaches = |(start, end): &(Timestamp, Timestamp)| {
            let common = segment::span(*start, *end).intersection(segment);
            *start == segment.start || !common.is_empty()
        };
        let gone = self.gone.iter().filter(|(gone, _)| reaches(gone));
        let whys = gone.map(|(_, why)| *why);
        whys.min_by_key(|why| Question::Review.rank(why.reason))
    }

    fn outcome(&self, segment: Span, judged: Result<Span, Why>) -> Outcome {
        match judged {
            Ok(kept) if kept == segment => Outcome::Keep,
            Ok(kept) => Outcome::Trim(kept),
            Err(why) => Outcome::Discard(self.discard(segment, why)),
        }
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

    fn review(&mut self, span: Span) -> Result<Span, Why> {
        let told = self.call.told();
        let known = told.at(self.clock.now());
        let question = Segment {
            started_at: span.start,
            ended_at: span.end,
            answered_at: told.answered_at(),
            hung_up: told.hung_up_at().map_or(HungUp::GoesOn, HungUp::At),
            known: known.known,
            holds: known.holds,
            mode: self.facts.mode,
        };
        let mut answers = Vec::with_capacity(self.seats.len() + 1);
        for seat in &mut self.seats {
            match seat.review(&question) {
                Ok(told) => answers.push((seat.digest(), told)),
                Err(fault) => {
                    let why = Why::new(Refusal::of(Reason::POLICY_FAULT), fault.digest(), Timestamp::MAX);
                    self.faults.push(fault);
                    return Err(why);
                }
            }
        }
        answers.push((Digest::FLOOR, gardefou_policy::review::review(&question)));
        let late = told.told_late(&self.kept, span).map(Refusal::of);
        answers.extend(late.map(|why| (Digest::FLOOR, Disposition::Discard(why))));
        combine::reviews(span, &answers)
    }
}

/// What was kept and never reviewed is to be discarded: nobody said that the call ended well.
impl Drop for Session {
    fn drop(&mut self) {
        let at = self
            .latest
            .map_or(self.opened_at, |latest| latest.plus(self.facts.frame_interval));
        self.stores.left(&mut self.tally, at);
        let why = Why::new(Refusal::of(Reason::INVALID_FACTS), Digest::FLOOR, Timestamp::MAX);
        let told = self.segments.iter().filter(|told| !self.gone.contains_key(told));
        let told = told.map(|(start, end)| segment::span(*start, *end));
        // The tickets are for whoever asks the handle for open discards.
        for segment in told.chain(self.never_told(Timestamp::MAX)) {
            let _open = self.discard(segment, why);
        }
        self.handle.left(self.generation.number());
    }
}

/// A field above the contract's limit makes the window `other`, without asking anybody.
fn too_long(app: &AppIdentity) -> bool {
    app.fields().into_iter().flatten().any(|field| field.len() > MAX_FIELD)
}
