//! Everything that was told of a call, at one moment: what the telephony threads write, and the capture thread
//! reads.

use std::sync::Arc;

use gardefou_policy::types::{CallPhase, Condition, Conditions, Reason, Span, Timestamp};

use super::history::{Bearing, History, Stretch, Word, refusals};
use super::kept::Kept;

/// What was known of the phase and the conditions: at one instant, or the strictest over several.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) phase: CallPhase,
    pub(crate) known: Conditions,
    pub(crate) holds: Conditions,
}

/// The conditions, each in its place in the register.
const CONDITIONS: usize = Condition::ALL.len();

/// So many stretches of time are remembered that a hang-up took back.
const MOST_TAKEN_BACK: usize = 128;

/// The words about a call.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    phase: History<CallPhase>,
    conditions: [Arc<History<Bearing>>; CONDITIONS],
    /// Since when a condition holds for good, of those that stay.
    stuck: [Option<Timestamp>; CONDITIONS],
    answered_at: Option<Timestamp>,
    hung_up_at: Option<Timestamp>,
    /// When the call was not connected, by words that a hang-up took back because it is earlier: they were told
    /// before it, and count for what was kept before they were told.
    taken_back: Vec<Stretch<CallPhase>>,
    /// How many words were told.
    words: u64,
    /// How many of them changed something.
    changes: u64,
    /// How many they were when the latest `after-call` was told: what ends the recording is not lost.
    over: Option<u64>,
    /// What is known at every instant from `settled` on.
    latest: Snapshot,
    settled: Timestamp,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            phase: History::default(),
            conditions: std::array::from_fn(|_| Arc::default()),
            stuck: [None; CONDITIONS],
            answered_at: None,
            hung_up_at: None,
            taken_back: Vec::new(),
            words: 0,
            changes: 0,
            over: None,
            latest: Snapshot::default(),
            settled: Timestamp::MIN,
        }
    }
}

impl Told {
    /// How many words were told.
    pub(crate) const fn words(&self) -> u64 {
        self.words
    }

    /// How many of them changed something.
    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    /// The telephone is in that phase from `at` on, said when it is `now`.
    pub(crate) fn phase(&mut self, value: CallPhase, at: Timestamp, now: Timestamp) {
        self.words = self.words.saturating_add(1);
        let changed = self.change_phase(Word {
            value,
            at,
            now,
            number: self.words,
        });
        self.took(changed);
        if changed && value == CallPhase::AfterCall {
            self.over = Some(self.changes);
        }
    }

    fn change_phase(&mut self, word: Word<CallPhase>) -> bool {
        let ends = ends(word.value);
        if !ends && self.hung_up_at.is_some_and(|over| over <= word.at) {
            // Nothing leads back into a call: another one is another session.
            return false;
        }
        if ends && self.hangs_up(word) {
            let from = word.from();
            self.take_back(from);
            self.hung_up_at = Some(from);
            self.phase.forget_from(from, self::ends);
            self.phase.begin(from, word);
            return true;
        }
        let newest = self.phase.settled() <= word.at;
        if word.value == CallPhase::Connected && newest && self.hung_up_at.is_none() {
            self.answered_at.get_or_insert(word.at);
        }
        self.phase.tell(word)
    }

    /// What was told of the phase from that instant on will be there no more.
    fn take_back(&mut self, from: Timestamp) {
        let later = self.out_of_call().filter(|stretch| stretch.until > from);
        let later: Vec<_> = later.collect();
        self.taken_back.extend(later);
        // Of too many, two become one that lasts as long as both and was told as late: only more is discarded.
        while self.taken_back.len() > MOST_TAKEN_BACK {
            let first = self.taken_back.remove(0);
            if let Some(next) = self.taken_back.first_mut() {
                *next = first.hull(next);
            }
        }
    }

    /// Whether the word is a hang-up, and earlier than any that was told. An `after-call` is one whatever it is
    /// dated: one from before the answer ends a call that was never answered.
    fn hangs_up(&self, word: Word<CallPhase>) -> bool {
        let answered = self.answered_at.is_some_and(|answered| answered <= word.at);
        let of_this_call = answered || word.value == CallPhase::AfterCall;
        of_this_call && self.hung_up_at.is_none_or(|over| word.from() < over)
    }

    /// A condition is in that state from `at` on (`None` is unknown), said when it is `now`.
    pub(crate) fn condition(&mut self, condition: Condition, state: Option<bool>, at: Timestamp, now: Timestamp) {
        self.words = self.words.saturating_add(1);
        let place = usize::from(condition.bit());
        let (Some(history), Some(stuck)) = (self.conditions.get_mut(place), self.stuck.get_mut(place)) else {
            return;
        };
        let word = Word {
            value: Bearing::of(condition, state),
            at,
            now,
            number: self.words,
        };
        if stuck.is_some_and(|since| since <= word.from()) {
            return;
        }
        let history = Arc::make_mut(history);
        let changed = if condition.is_sticky() && word.value == Bearing::Refuses {
            *stuck = Some(word.from());
            history.fix(word)
        } else {
            history.tell(word)
        };
        self.took(changed);
    }

    /// A word was taken over: what is known once every instant that was told of has come.
    fn took(&mut self, changed: bool) {
        self.changes = self.changes.saturating_add(u64::from(changed));
        let settled = self.conditions.iter().map(|history| history.settled());
        self.settled = settled.fold(self.phase.settled(), Timestamp::max);
        self.latest = self.snapshot(self.phase.latest(), History::latest);
    }

    fn snapshot(&self, phase: CallPhase, bearing: impl Fn(&History<Bearing>) -> Bearing) -> Snapshot {
        let mut snapshot = Snapshot {
            phase,
            ..Snapshot::default()
        };
        for (condition, history) in Condition::ALL.into_iter().zip(&self.conditions) {
            let holds = match bearing(history) {
                Bearing::Unknown => continue,
                Bearing::Passes => condition.must_hold(),
                Bearing::Refuses => !condition.must_hold(),
            };
            snapshot.known = snapshot.known.with(condition);
            if holds {
                snapshot.holds = snapshot.holds.with(condition);
            }
        }
        snapshot
    }

    /// The strictest that everything was from `at` to `asked`, both included.
    pub(crate) fn strictest(&self, at: Timestamp, asked: Timestamp) -> Snapshot {
        if self.settled <= at {
            return self.latest;
        }
        self.snapshot(self.phase.strictest(at, asked), |history| history.strictest(at, asked))
    }

    /// What is known at an instant.
    pub(crate) fn at(&self, at: Timestamp) -> Snapshot {
        self.snapshot(self.phase.at(at), |history| history.at(at))
    }

    /// What is known once every instant that was told of has come.
    pub(crate) const fn latest(&self) -> Snapshot {
        self.latest
    }

    pub(crate) const fn answered_at(&self) -> Option<Timestamp> {
        self.answered_at
    }

    pub(crate) const fn hung_up_at(&self) -> Option<Timestamp> {
        self.hung_up_at
    }

    /// Why the recording must stop now, whatever a policy says; `asked`: how many changes the latest question
    /// knew.
    pub(crate) fn stop(&self, asked: Option<u64>) -> Option<Reason> {
        let unasked = self.over.is_some_and(|over| asked.is_none_or(|asked| asked < over));
        if self.latest.phase == CallPhase::AfterCall || unasked {
            Some(Reason::NO_CALL)
        } else if self.latest.holds.has(Condition::PRIVATE_CALL) {
            Some(Reason::PRIVATE_CALL)
        } else if self.latest.holds.has(Condition::PARTY_OBJECTED) {
            Some(Reason::PARTY_OBJECTED)
        } else {
            None
        }
    }

    /// Why a segment may not be kept although its frames were: for each fact that refused one of them, or that
    /// nobody knew, and that was told only after the question.
    pub(crate) fn told_late<'a>(&'a self, kept: &'a Kept, segment: Span) -> impl Iterator<Item = Reason> + 'a {
        let refused = move |history: &History<Bearing>| {
            refusals(history.stretches()).any(|refusal| kept.was_kept_in(segment, &refusal))
        };
        let conditions = Condition::ALL.into_iter().zip(&self.conditions);
        let conditions = conditions.filter(move |(_, history)| refused(history));
        let mut out_of_call = self.taken_back.iter().copied().chain(self.out_of_call());
        let out_of_call = out_of_call.any(|stretch| kept.was_kept_in(segment, &stretch));
        let no_call = out_of_call.then_some(Reason::NO_CALL);
        conditions.map(|(condition, _)| condition.reason()).chain(no_call)
    }

    /// When the call was not connected before it was hung up: what comes after that is cut off.
    fn out_of_call(&self) -> impl Iterator<Item = Stretch<CallPhase>> + '_ {
        let over = self.hung_up_at.unwrap_or(Timestamp::MAX);
        refusals(self.phase.stretches().take_while(move |stretch| stretch.since < over))
    }
}

/// Whether the call is over in that phase.
const fn ends(phase: CallPhase) -> bool {
    matches!(phase, CallPhase::None | CallPhase::AfterCall)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn phases(words: &[(CallPhase, u64)]) -> Told {
        let mut told = Told::default();
        for (phase, when) in words {
            told.phase(*phase, at(*when), at(1_000_000));
        }
        told
    }

    use CallPhase::{AfterCall, Connected, Held, None as NoCall, Ringing};

    #[test]
    fn a_call_is_answered_once_and_hung_up_at_the_earliest_word_of_it() {
        let told = phases(&[
            (NoCall, 1),
            (Connected, 10),
            (Held, 20),
            (Connected, 30),
            (AfterCall, 40),
            (NoCall, 50),
        ]);
        assert_eq!((told.answered_at(), told.hung_up_at()), (Some(at(10)), Some(at(40))));
        assert_eq!(told.strictest(at(45), at(60)).phase, AfterCall);
        assert_eq!(told.strictest(at(50), at(60)).phase, NoCall);
        let late = phases(&[
            (Connected, 10),
            (Held, 20),
            (Connected, 30),
            (AfterCall, 40),
            (AfterCall, 15),
        ]);
        assert_eq!(late.hung_up_at(), Some(at(15)));
        assert_eq!(
            late.at(at(30)).phase,
            AfterCall,
            "what was told of later instants counts no more"
        );
    }

    #[test]
    fn nothing_leads_back_into_a_call() {
        let told = phases(&[
            (Connected, 10),
            (AfterCall, 40),
            (Connected, 60),
            (Ringing, 40),
            (Held, 30),
        ]);
        assert_eq!(told.at(at(70)).phase, AfterCall);
        assert_eq!(told.at(at(35)).phase, Held, "of what went before more may be told");
        assert_eq!(told.answered_at(), Some(at(10)));
    }

    #[test]
    fn a_call_that_is_over_before_it_was_answered_was_never_answered() {
        let told = phases(&[(Ringing, 5), (AfterCall, 10), (Connected, 20), (Connected, 7)]);
        assert_eq!((told.answered_at(), told.hung_up_at()), (None, Some(at(10))));
        assert_eq!(told.at(at(20)).phase, AfterCall);
        assert_eq!(told.at(at(8)).phase, Ringing);
    }

    #[test]
    fn an_after_call_from_before_the_answer_ends_the_call_too() {
        let told = phases(&[(Connected, 10), (AfterCall, 5), (Connected, 20)]);
        assert_eq!((told.hung_up_at(), told.at(at(30)).phase), (Some(at(5)), AfterCall));
    }

    #[test]
    fn what_a_late_message_says_of_no_call_before_the_answer_ends_none() {
        let told = phases(&[(Connected, 10), (NoCall, 5)]);
        assert_eq!((told.hung_up_at(), told.at(at(10)).phase), (None, Connected));
        assert_eq!(told.at(at(7)).phase, NoCall);
    }

    /// Whether a frame composed and asked about at 100 is discarded after these words: state, date, now.
    fn discards(before: &[(Option<bool>, u64, u64)], after: &[(Option<bool>, u64, u64)]) -> bool {
        let condition = Condition::PARTY_INFORMED;
        let mut told = Told::default();
        let tell = |told: &mut Told, words: &[(Option<bool>, u64, u64)]| {
            for (state, date, now) in words {
                told.condition(condition, *state, at(*date), at(*now));
            }
        };
        tell(&mut told, before);
        let mut kept = Kept::new(at(0));
        kept.add(at(100), at(100), told.words());
        tell(&mut told, after);
        let segment = Span {
            start: at(0),
            end: at(1_000),
        };
        told.told_late(&kept, segment)
            .any(|reason| reason == condition.reason())
    }

    #[test]
    fn what_began_before_a_question_counts_under_whatever_word_stands_there() {
        let (holds, refuses, unknown) = (Some(true), Some(false), None);
        let informed = [(holds, 10, 10)];
        assert!(
            discards(&informed, &[(refuses, 500, 100), (unknown, 50, 110)]),
            "where a word of the future begins, an earlier one goes on"
        );
        assert!(
            discards(&informed, &[(unknown, 50, 100), (refuses, 100, 100)]),
            "a word that follows another one does not take back what that said"
        );
        assert!(
            !discards(&informed, &[(refuses, 100, 100)]),
            "what begins at the question's own instant was told after it"
        );
        assert!(
            !discards(&[(refuses, 50, 50), (holds, 100, 100)], &[(refuses, 100, 100)]),
            "what the frame knew does not make the later word begin earlier"
        );
    }

    #[test]
    fn an_objection_stays_from_the_earliest_instant_that_was_told_of() {
        let mut told = Told::default();
        let objected = Condition::PARTY_OBJECTED;
        for (state, when) in [
            (Some(false), 10),
            (Some(true), 50),
            (Some(false), 60),
            (None, 70),
            (Some(true), 30),
        ] {
            told.condition(objected, state, at(when), at(100));
        }
        let holds = |when| told.at(at(when)).holds.has(objected);
        assert!(!holds(29) && holds(30) && holds(65) && holds(1_000));
    }
}
