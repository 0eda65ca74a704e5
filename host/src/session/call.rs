//! What the telephony threads tell a session: the call's phase and the conditions.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Cache};
use gardefou_policy::types::{CallPhase, Condition, Reason, Timestamp};

use super::history::{Bearing, Value};
use super::told::Told;
use crate::clock::Clock;
use crate::handle::Generations;

/// The call of a session, as any thread may tell it. Cheap to clone; no call waits for another thread.
///
/// Everything is unknown until it is told, and unknown refuses. **What is told holds from an instant on**: the
/// one given with `…_at`, or now. A frame is judged by the strictest that was told of any instant from its
/// capture to its question (contract, "Facts hold from capture to question"):
///
/// - A word that is dated at or after the latest one of its fact counts from its instant on.
/// - A word that is dated earlier comes late, and only tightens: what refuses, or is unknown, counts from its
///   instant to the next word's; what permits is dropped.
/// - A word that is dated in the future counts at once when it refuses or is unknown, and from its instant
///   when it permits.
/// - A refusal that comes only after a frame was kept that it would have refused discards the segment that
///   holds the frame, at its review.
///
/// ```
/// # use gardefou::{CallFacts, CallPhase, Condition, Timestamp};
/// # fn picked_up(call: &CallFacts, happened: Timestamp) {
/// call.phase_at(CallPhase::Connected, happened); // on the session's clock
/// call.condition(Condition::AUDIO_RECORDED, Some(true)); // now
/// call.condition(Condition::PAYMENT_ENTRY, None); // the hook was lost: nobody knows
/// # }
/// ```
#[derive(Clone)]
pub struct CallFacts {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    generations: Generations,
    told: Arc<ArcSwap<Told>>,
    /// How many changes the latest question knew, and under which generation of policies it was asked.
    asked: AtomicU64,
    asked_generation: AtomicU64,
}

/// Nothing was asked yet.
const NOT_ASKED: u64 = u64::MAX;

/// What the recorder has to do now. The telephony thread sees it at once, without a frame, and it goes on until
/// the session was asked under what was told: a change that was taken back between two frames is not lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Stop recording now: whatever a policy says, the next answer is a stop, for this reason.
    Stop(Reason),
    /// Something changed: hand nothing to the encoder before the session is asked again.
    Ask,
    /// Nothing changed since the latest verdict was asked for: it may be acted on.
    Stands,
}

/// What is known when nothing is known: stop.
impl Default for Standing {
    fn default() -> Self {
        Self::Stop(Reason::INVALID_FACTS)
    }
}

/// What the capture thread reads of a call: the latest, without waiting for whoever tells.
pub(super) type Hearing = Cache<Arc<ArcSwap<Told>>, Arc<Told>>;

impl fmt::Debug for CallFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.told.load().latest().fmt(f)
    }
}

impl CallFacts {
    pub(crate) fn new(clock: Clock, generations: Generations) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                generations,
                told: Arc::new(ArcSwap::from_pointee(Told::default())),
                asked: AtomicU64::new(NOT_ASKED),
                asked_generation: AtomicU64::new(0),
            }),
        }
    }

    /// The telephone changed its phase, now.
    pub fn phase(&self, phase: CallPhase) -> Standing {
        self.phase_at(phase, self.now(phase.passes()))
    }

    /// The telephone changed its phase at that instant of the session's clock: rounded up for `connected`, down
    /// for any other ([`Clock`]).
    ///
    /// The call was answered at the first `connected` that is told. `none` from then on is a hang-up, and
    /// `after-call` whatever it is dated, at the earliest such instant: one from before the answer ends a call
    /// that was never answered. Nothing leads back into the call: what is told of later instants is ignored,
    /// because another call is another session.
    pub fn phase_at(&self, phase: CallPhase, at: Timestamp) -> Standing {
        let now = self.shared.clock.now();
        self.tell(|told| told.phase(phase, at, now))
    }

    /// A condition is now known to hold, known not to hold, or unknown (`None`). A party's objection and a
    /// private call, once they held, hold until the session's end: what clears them is ignored.
    pub fn condition(&self, condition: Condition, state: Option<bool>) -> Standing {
        let passes = Bearing::of(condition, state).passes();
        self.condition_at(condition, state, self.now(passes))
    }

    /// The same, from that instant of the session's clock on: rounded up for a state that permits, down for one
    /// that refuses or is unknown ([`Clock`]).
    pub fn condition_at(&self, condition: Condition, state: Option<bool>, at: Timestamp) -> Standing {
        let now = self.shared.clock.now();
        self.tell(|told| told.condition(condition, state, at, now))
    }

    fn now(&self, passes: bool) -> Timestamp {
        let clock = &self.shared.clock;
        if passes { clock.now_up() } else { clock.now() }
    }

    /// Puts the words that are known with one more in the place of those before. Who loses a race against
    /// another word tries again behind it: nobody waits.
    fn tell(&self, change: impl Fn(&mut Told)) -> Standing {
        self.shared.told.rcu(|told| {
            let mut told = Told::clone(told);
            change(&mut told);
            told
        });
        self.standing()
    }

    /// What the recorder has to do now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let told = self.shared.told.load();
        let asked = self.shared.asked.load(Ordering::Acquire);
        let asked = (asked != NOT_ASKED).then_some(asked);
        if let Some(reason) = told.stop(asked) {
            return Standing::Stop(reason);
        }
        let same = asked == Some(told.changes())
            && self.shared.asked_generation.load(Ordering::Acquire) == self.shared.generations.latest();
        if same { Standing::Stands } else { Standing::Ask }
    }

    /// Everything that was told until now.
    pub(crate) fn told(&self) -> Arc<Told> {
        self.shared.told.load_full()
    }

    /// The same for the capture thread, which reads it at every frame.
    pub(super) fn hearing(&self) -> Hearing {
        Cache::new(Arc::clone(&self.shared.told))
    }

    /// The session was asked when it knew so many changes, and under this generation of policies.
    pub(crate) fn asked(&self, changes: u64, generation: u64) {
        self.shared.asked_generation.store(generation, Ordering::Release);
        self.shared.asked.store(changes, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::Timestamp;

    use super::*;

    fn call() -> (CallFacts, Clock) {
        let clock = Clock::told(Timestamp::from_millis(1_000));
        (CallFacts::new(clock.clone(), Generations::default()), clock)
    }

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// The session is asked, by what is known now.
    fn ask(call: &CallFacts) {
        call.asked(call.told().changes(), 0);
    }

    #[test]
    fn what_clears_an_objection_is_ignored() {
        let (call, _) = call();
        let holds = |condition| call.told().latest().holds.has(condition);
        let known = |condition| call.told().latest().known.has(condition);
        for condition in Condition::ALL {
            assert!(!known(condition));
            call.condition(condition, Some(true));
            assert!(known(condition) && holds(condition));
            call.condition(condition, Some(false));
            assert_eq!(holds(condition), condition.is_sticky());
            call.condition(condition, None);
            assert_eq!(known(condition), condition.is_sticky());
        }
    }

    #[test]
    fn a_change_is_seen_without_a_frame() {
        let (call, _) = call();
        assert_eq!(call.standing(), Standing::Ask);
        call.phase(CallPhase::Connected);
        ask(&call);
        assert_eq!(call.standing(), Standing::Stands);
        assert_eq!(call.condition(Condition::PAYMENT_ENTRY, Some(true)), Standing::Ask);
        assert_eq!(call.phase(CallPhase::AfterCall), Standing::Stop(Reason::NO_CALL));
    }

    #[test]
    fn a_toggle_between_two_frames_is_not_lost() {
        let (call, _) = call();
        call.condition(Condition::PAYMENT_ENTRY, Some(false));
        ask(&call);
        call.condition(Condition::PAYMENT_ENTRY, Some(true));
        assert_eq!(call.condition(Condition::PAYMENT_ENTRY, Some(false)), Standing::Ask);
        ask(&call);
        assert_eq!(call.standing(), Standing::Stands);
        assert_eq!(
            call.condition(Condition::PAYMENT_ENTRY, Some(false)),
            Standing::Stands,
            "that is known"
        );
        call.phase(CallPhase::AfterCall);
        assert_eq!(call.phase(CallPhase::None), Standing::Stop(Reason::NO_CALL));
        ask(&call);
        assert_eq!(call.standing(), Standing::Stands);
    }

    #[test]
    fn the_zero_of_a_standing_is_a_stop() {
        assert!(matches!(Standing::default(), Standing::Stop(_)));
    }

    #[test]
    fn words_without_an_instant_are_of_now() {
        let (call, clock) = call();
        clock.advance(at(5_000));
        call.phase(CallPhase::Connected);
        call.condition(Condition::AUDIO_RECORDED, Some(true));
        assert_eq!(call.told().answered_at(), Some(at(5_000)));
        let audio = |from| {
            call.told()
                .strictest(at(from), at(6_000))
                .holds
                .has(Condition::AUDIO_RECORDED)
        };
        assert!(audio(5_000) && !audio(4_999));
    }

    #[test]
    fn many_threads_tell_at_once_and_no_word_is_lost() {
        let (call, _) = call();
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let call = &call;
                scope.spawn(move || {
                    for step in 0..500u64 {
                        let condition = Condition::ALL[usize::try_from((step + thread) % 7).unwrap()];
                        let states = [Some(true), Some(false), None];
                        let state = states[usize::try_from(step % 3).unwrap()];
                        call.condition_at(condition, state, at(2_000 + 4 * step + thread));
                    }
                });
            }
        });
        let told = call.told();
        assert!(told.latest().holds.has(Condition::PARTY_OBJECTED));
        assert!(told.latest().holds.is_within(told.latest().known));
        assert_eq!(told.words(), 4 * 500);
    }
}
