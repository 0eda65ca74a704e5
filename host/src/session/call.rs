//! What the telephony threads tell a session: the call's phase and the conditions.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use gardefou_policy::types::{CallPhase, Condition, Conditions, Reason, Timestamp};

use crate::clock::Clock;
use crate::handle::Generations;

/// The call of a session, as any thread may tell it. Cheap to clone; no call waits for another thread.
///
/// Everything is unknown until it is told, and unknown refuses.
///
/// ```
/// # use gardefou::{CallFacts, CallPhase, Condition};
/// # fn picked_up(call: &CallFacts) {
/// call.phase(CallPhase::Connected);
/// call.condition(Condition::AUDIO_RECORDED, Some(true));
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
    phase: AtomicU8,
    /// Known conditions in the low half, holding ones in the high half.
    conditions: AtomicU64,
    /// The conditions that, once they held, hold until the session's end.
    stuck: AtomicU64,
    answered_at: AtomicU64,
    hung_up_at: AtomicU64,
    /// What the latest verdict was asked under: a snapshot's fingerprint, and the generation.
    asked: AtomicU64,
    asked_generation: AtomicU64,
}

/// No such instant yet.
const NEVER: u64 = u64::MAX;

/// Nothing was asked yet.
const NOT_ASKED: u64 = u64::MAX;

/// Whether the latest verdict may still be acted on. The telephony thread sees it at once, without a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing changed since the latest verdict was asked for.
    Stands,
    /// Something changed: hand nothing to the encoder before the session is asked again.
    Ask,
    /// Stop recording now: whatever a policy says, the next answer is a stop, for this reason.
    Stop(Reason),
}

/// What was told, at one instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) phase: CallPhase,
    pub(crate) known: Conditions,
    pub(crate) holds: Conditions,
}

impl fmt::Debug for CallFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}

impl CallFacts {
    pub(crate) fn new(clock: Clock, generations: Generations) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                generations,
                phase: AtomicU8::new(number(CallPhase::None)),
                conditions: AtomicU64::new(0),
                stuck: AtomicU64::new(0),
                answered_at: AtomicU64::new(NEVER),
                hung_up_at: AtomicU64::new(NEVER),
                asked: AtomicU64::new(NOT_ASKED),
                asked_generation: AtomicU64::new(0),
            }),
        }
    }

    /// The telephone changed its phase, now.
    pub fn phase(&self, phase: CallPhase) -> Standing {
        self.phase_at(phase, self.shared.clock.now())
    }

    /// The telephone changed its phase at that instant of the session's clock. The first `connected` is
    /// when the call was answered, the first `after-call` or `none` after it when it was hung up; from
    /// then on a phase of another call is ignored, because another call is another session.
    pub fn phase_at(&self, phase: CallPhase, at: Timestamp) -> Standing {
        let shared = &*self.shared;
        let over = matches!(phase, CallPhase::None | CallPhase::AfterCall);
        if shared.hung_up_at.load(Ordering::Acquire) != NEVER && !over {
            return self.standing();
        }
        let first = |slot: &AtomicU64| {
            // Only the first counts: a later one finds the slot taken.
            let _ = slot.compare_exchange(NEVER, at.as_millis(), Ordering::AcqRel, Ordering::Acquire);
        };
        if phase == CallPhase::Connected {
            first(&shared.answered_at);
        } else if over && shared.answered_at.load(Ordering::Acquire) != NEVER {
            first(&shared.hung_up_at);
        }
        shared.phase.store(number(phase), Ordering::Release);
        self.standing()
    }

    /// A condition is now known to hold, known not to hold, or unknown (`None`). A party's objection and a
    /// private call, once they held, hold until the session's end: what clears them is ignored.
    pub fn condition(&self, condition: Condition, state: Option<bool>) -> Standing {
        let conditions = &self.shared.conditions;
        let known = u64::from(condition.mask());
        let holds = known << 32;
        match state {
            Some(true) => {
                if condition.is_sticky() {
                    self.shared.stuck.fetch_or(known, Ordering::AcqRel);
                }
                conditions.fetch_or(known | holds, Ordering::AcqRel);
            }
            Some(false) => {
                conditions.fetch_and(!holds, Ordering::AcqRel);
                conditions.fetch_or(known, Ordering::AcqRel);
            }
            None => {
                conditions.fetch_and(!(known | holds), Ordering::AcqRel);
            }
        }
        self.standing()
    }

    /// Whether the latest verdict may still be acted on.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let now = self.snapshot();
        if now.phase == CallPhase::AfterCall {
            return Standing::Stop(Reason::NO_CALL);
        }
        if now.holds.has(Condition::PRIVATE_CALL) {
            return Standing::Stop(Reason::PRIVATE_CALL);
        }
        if now.holds.has(Condition::PARTY_OBJECTED) {
            return Standing::Stop(Reason::PARTY_OBJECTED);
        }
        let same = self.shared.asked.load(Ordering::Acquire) == now.fingerprint()
            && self.shared.asked_generation.load(Ordering::Acquire) == self.shared.generations.latest();
        if same { Standing::Stands } else { Standing::Ask }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let both = self.shared.conditions.load(Ordering::Acquire);
        let stuck = low(self.shared.stuck.load(Ordering::Acquire));
        let holds = low(both >> 32) | stuck;
        let told = phase(self.shared.phase.load(Ordering::Acquire));
        let over = self.shared.hung_up_at.load(Ordering::Acquire) != NEVER;
        Snapshot {
            // Two threads may tell at once: once hung up, no later phase of the call counts.
            phase: match told {
                CallPhase::None | CallPhase::AfterCall => told,
                _ if over => CallPhase::AfterCall,
                _ => told,
            },
            // Between the two steps that make a condition known, it is unknown; it never holds unknown.
            known: Conditions(low(both) | holds),
            holds: Conditions(holds),
        }
    }

    pub(crate) fn answered_at(&self) -> Option<Timestamp> {
        instant(&self.shared.answered_at)
    }

    pub(crate) fn hung_up_at(&self) -> Option<Timestamp> {
        instant(&self.shared.hung_up_at)
    }

    /// The session asked under this snapshot and this generation.
    pub(crate) fn asked(&self, snapshot: Snapshot, generation: u64) {
        self.shared.asked_generation.store(generation, Ordering::Release);
        self.shared.asked.store(snapshot.fingerprint(), Ordering::Release);
    }
}

impl Snapshot {
    /// One number for each snapshot: the register has room for 30 conditions before it must be widened.
    const fn fingerprint(self) -> u64 {
        (self.phase as u64) << 60 | (self.holds.0 as u64 & 0x3fff_ffff) << 30 | (self.known.0 as u64 & 0x3fff_ffff)
    }
}

fn instant(slot: &AtomicU64) -> Option<Timestamp> {
    match slot.load(Ordering::Acquire) {
        NEVER => None,
        millis => Some(Timestamp::from_millis(millis)),
    }
}

fn low(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(0)
}

const fn number(phase: CallPhase) -> u8 {
    phase as u8
}

/// The phase of that number; one that is not known is no call.
fn phase(number: u8) -> CallPhase {
    const ALL: [CallPhase; 6] = [
        CallPhase::None,
        CallPhase::Ringing,
        CallPhase::Connected,
        CallPhase::Held,
        CallPhase::Consulting,
        CallPhase::AfterCall,
    ];
    ALL.get(usize::from(number)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> CallFacts {
        CallFacts::new(Clock::starting(Timestamp::from_millis(1_000)), Generations::default())
    }

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        let snapshot = call().snapshot();
        assert_eq!((snapshot.phase, snapshot.known.0), (CallPhase::None, 0));
    }

    #[test]
    fn an_objection_and_a_private_call_hold_until_the_end() {
        for condition in [Condition::PARTY_OBJECTED, Condition::PRIVATE_CALL] {
            let call = call();
            call.condition(condition, Some(false));
            assert!(!call.snapshot().holds.has(condition));
            call.condition(condition, Some(true));
            call.condition(condition, Some(false));
            call.condition(condition, None);
            let snapshot = call.snapshot();
            assert!(snapshot.known.has(condition) && snapshot.holds.has(condition));
            assert!(matches!(call.standing(), Standing::Stop(_)));
        }
    }

    #[test]
    fn other_conditions_come_and_go() {
        let call = call();
        for condition in Condition::ALL.into_iter().filter(|c| !c.is_sticky()) {
            call.condition(condition, Some(true));
            assert!(call.snapshot().holds.has(condition));
            call.condition(condition, Some(false));
            assert!(call.snapshot().known.has(condition) && !call.snapshot().holds.has(condition));
            call.condition(condition, None);
            assert!(!call.snapshot().known.has(condition));
        }
    }

    #[test]
    fn a_call_is_answered_once_and_hung_up_once() {
        let call = call();
        call.phase_at(CallPhase::None, at(1));
        assert_eq!(call.hung_up_at(), None, "not answered yet");
        call.phase_at(CallPhase::Connected, at(10));
        call.phase_at(CallPhase::Held, at(20));
        call.phase_at(CallPhase::Connected, at(30));
        call.phase_at(CallPhase::AfterCall, at(40));
        call.phase_at(CallPhase::None, at(50));
        call.phase_at(CallPhase::Connected, at(60));
        assert_eq!((call.answered_at(), call.hung_up_at()), (Some(at(10)), Some(at(40))));
        assert_eq!(
            call.snapshot().phase,
            CallPhase::None,
            "another call is another session"
        );
    }

    #[test]
    fn a_change_is_seen_without_a_frame() {
        let call = call();
        assert_eq!(call.standing(), Standing::Ask);
        call.asked(call.snapshot(), 0);
        assert_eq!(call.standing(), Standing::Stands);
        assert_eq!(call.condition(Condition::PAYMENT_ENTRY, Some(true)), Standing::Ask);
        assert_eq!(call.condition(Condition::PAYMENT_ENTRY, None), Standing::Stands);
        assert_eq!(call.phase(CallPhase::AfterCall), Standing::Stop(Reason::NO_CALL));
    }

    #[test]
    fn many_threads_tell_at_once_and_nothing_holds_unknown() {
        let call = call();
        std::thread::scope(|scope| {
            for seed in 0..4u32 {
                let call = &call;
                scope.spawn(move || {
                    for step in 0..20_000u32 {
                        let states = [Some(true), Some(false), None];
                        let pick = (step.wrapping_mul(2_654_435_761) >> (8 + seed)) as usize;
                        call.condition(Condition::ALL[pick % 7], states[pick / 7 % 3]);
                        let now = call.snapshot();
                        assert!(now.holds.is_within(now.known));
                    }
                });
            }
        });
        assert!(call.snapshot().holds.has(Condition::PARTY_OBJECTED));
    }
}
