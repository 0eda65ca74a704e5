//! What was told of one fact, and what it was at every instant of the session.

use std::cmp::Ordering;

use gardefou_policy::types::{CallPhase, Condition, Millis, Timestamp};

/// How far back the facts of a frame reach: one that is asked about later than that is refused.
pub(crate) const HORIZON: Millis = 2_000;

/// The most words that changed something that a frame may need of one fact.
const MOST_NEEDED: usize = 64;

/// The most words that are told apart in a whole session; of more, refusals are taken together.
const MOST_WORDS: usize = 4_096;

/// What a fact can be: some values refuse, one passes.
pub(crate) trait Value: Copy + Eq {
    /// Before the first word.
    const UNTOLD: Self;
    /// Where too much was told to know.
    const UNKNOWN: Self;

    /// Smaller is stricter.
    fn rank(self) -> u8;

    /// Whether it lets a frame pass.
    fn passes(self) -> bool;

    /// The stricter one; of two that are as strict, this one.
    fn or_stricter(self, other: Self) -> Self {
        if other.rank() < self.rank() { other } else { self }
    }
}

/// What the state of a condition means for a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bearing {
    Refuses,
    Unknown,
    Passes,
}

impl Bearing {
    /// Of a condition in that state; `None` is unknown.
    pub(crate) fn of(condition: Condition, state: Option<bool>) -> Self {
        match state {
            None => Self::Unknown,
            Some(holds) if holds == condition.must_hold() => Self::Passes,
            Some(_) => Self::Refuses,
        }
    }
}

impl Value for Bearing {
    const UNTOLD: Self = Self::Unknown;
    const UNKNOWN: Self = Self::Unknown;

    fn rank(self) -> u8 {
        self as u8
    }

    fn passes(self) -> bool {
        self == Self::Passes
    }
}

impl Value for CallPhase {
    const UNTOLD: Self = Self::None;
    const UNKNOWN: Self = Self::None;

    fn rank(self) -> u8 {
        match self {
            Self::AfterCall => 0,
            Self::None => 1,
            Self::Ringing => 2,
            Self::Consulting => 3,
            Self::Held => 4,
            Self::Connected => 5,
        }
    }

    fn passes(self) -> bool {
        self == Self::Connected
    }
}

/// From an instant to the next entry's, the fact had this value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Entry<V> {
    pub(crate) since: Timestamp,
    pub(crate) value: V,
    /// The number of the word that said so last: a frame that was asked about under fewer words did not know it.
    pub(crate) word: u64,
    /// Whether a word is dated then: else another one, of a later instant, counts from there.
    dated: bool,
}

/// A value that lasted for a time, and the number of the word that said so last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stretch<V> {
    pub(crate) since: Timestamp,
    /// [`Timestamp::MAX`] while it lasts.
    pub(crate) until: Timestamp,
    pub(crate) value: V,
    pub(crate) word: u64,
}

impl<V: Copy> Stretch<V> {
    /// What lasts as long as both of them, told as late as the later one.
    pub(crate) fn hull(&self, other: &Self) -> Self {
        Self {
            since: self.since.min(other.since),
            until: self.until.max(other.until),
            value: self.value,
            word: self.word.max(other.word),
        }
    }

    /// What lasts from the one through the next, for whoever knew neither of them.
    fn through(&self, next: &Self) -> Self {
        Self {
            since: self.since,
            until: next.until,
            value: next.value,
            word: self.word.min(next.word),
        }
    }
}

/// A word, as it is told: what the fact is from `at` on, said when it is `now`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<V> {
    pub(crate) value: V,
    pub(crate) at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) number: u64,
}

impl<V: Value> Word<V> {
    /// From when it counts: what refuses, or is unknown, does at once.
    pub(crate) fn from(&self) -> Timestamp {
        if self.value.passes() {
            self.at
        } else {
            self.at.min(self.now)
        }
    }
}

/// The words about one fact (contract, "Facts hold from capture to question").
#[derive(Clone, Debug)]
pub(crate) struct History<V> {
    /// In the order of their instants, each at an instant of its own.
    entries: Vec<Entry<V>>,
}

impl<V> Default for History<V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<V: Value> History<V> {
    /// Takes a word over. Answers whether the fact was another one at any instant than was known before.
    ///
    /// One that is dated before the latest only tightens, until the next word after it: so a message that
    /// comes late never erases a refusal.
    pub(crate) fn tell(&mut self, word: Word<V>) -> bool {
        let newest = self.entries.last().is_none_or(|latest| latest.since <= word.at);
        let next = self.entries.iter().find(|entry| entry.dated && entry.since > word.at);
        let until = if newest {
            word.at
        } else {
            next.map_or(Timestamp::MAX, |next| next.since)
        };
        let mut changed = !word.value.passes() && self.tighten(word, until);
        if newest {
            changed |= self.put(word);
        }
        self.bound();
        changed
    }

    /// The value for good, from the word on: what was told of later instants counts no more.
    pub(crate) fn fix(&mut self, word: Word<V>) -> bool {
        let from = word.from();
        let other = |value: V| value != word.value;
        let mut later = self.entries.iter().filter(|entry| entry.since > from);
        let changed = other(self.at(from)) || later.any(|entry| other(entry.value));
        self.forget_from(from, |_| false);
        self.begin(from, word);
        changed
    }

    /// The word's value begins at that instant, whatever was told of it.
    pub(crate) fn begin(&mut self, since: Timestamp, word: Word<V>) {
        self.split(since);
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.since == since) {
            entry.value = word.value;
            entry.word = word.number;
            entry.dated = true;
        }
    }

    /// Takes out what was told of instants from `from` on, but what `stays`.
    pub(crate) fn forget_from(&mut self, from: Timestamp, stays: impl Fn(V) -> bool) {
        self.entries.retain(|entry| entry.since < from || stays(entry.value));
    }

    /// The latest word: of two of one instant the one that is told last counts.
    fn put(&mut self, word: Word<V>) -> bool {
        if self.entries.last().is_some_and(|latest| latest.since == word.at) {
            let replaced = self.entries.pop();
            self.push(word);
            return replaced.is_some_and(|replaced| replaced.value != word.value);
        }
        let before = self.latest();
        self.push(word);
        before != word.value
    }

    fn push(&mut self, word: Word<V>) {
        self.entries.push(Entry {
            since: word.at,
            value: word.value,
            word: word.number,
            dated: true,
        });
    }

    /// From when the word counts, up to `until`, the fact is at least as strict as the word says.
    fn tighten(&mut self, word: Word<V>, until: Timestamp) -> bool {
        let from = word.from();
        if from >= until {
            return false;
        }
        self.split(from);
        let mut changed = false;
        for entry in &mut self.entries {
            if !(from..until).contains(&entry.since) {
                continue;
            }
            entry.dated |= entry.since == word.at;
            if word.value.rank() <= entry.value.rank() {
                changed |= word.value != entry.value;
                entry.value = word.value;
                entry.word = word.number;
            }
        }
        changed
    }

    /// An entry begins at `at`, with the value that the fact has there.
    fn split(&mut self, at: Timestamp) {
        let place = self.entries.partition_point(|entry| entry.since < at);
        if self.entries.get(place).is_some_and(|entry| entry.since == at) {
            return;
        }
        let before = place.checked_sub(1).and_then(|before| self.entries.get(before));
        let entry = Entry {
            since: at,
            value: before.map_or(V::UNTOLD, |before| before.value),
            word: before.map_or(0, |before| before.word),
            dated: false,
        };
        self.entries.insert(place, entry);
    }

    /// What it is once every instant that was told of has come.
    pub(crate) fn latest(&self) -> V {
        self.entries.last().map_or(V::UNTOLD, |latest| latest.value)
    }

    /// The instant of the latest word: from there on the fact is what it is.
    pub(crate) fn settled(&self) -> Timestamp {
        self.entries.last().map_or(Timestamp::MIN, |latest| latest.since)
    }

    /// What it was at an instant.
    pub(crate) fn at(&self, at: Timestamp) -> V {
        let after = self.entries.partition_point(|entry| entry.since <= at);
        let entry = after.checked_sub(1).and_then(|last| self.entries.get(last));
        entry.map_or(V::UNTOLD, |entry| entry.value)
    }

    /// The strictest that it was from `from` to `to`, both included.
    pub(crate) fn strictest(&self, from: Timestamp, to: Timestamp) -> V {
        let mut strictest = self.at(from);
        let after = self.entries.partition_point(|entry| entry.since <= from);
        let within = self.entries.iter().skip(after).take_while(|entry| entry.since <= to);
        for entry in within {
            strictest = strictest.or_stricter(entry.value);
        }
        if self.needs_too_much(after, to) {
            strictest = strictest.or_stricter(V::UNKNOWN);
        }
        strictest
    }

    /// Whether an answer needs more of the words that changed something than are remembered: the latest, and
    /// the one in force at the horizon. `after`: the first entry after the one that it needs first.
    fn needs_too_much(&self, after: usize, asked: Timestamp) -> bool {
        if self.entries.len().saturating_sub(after) < MOST_NEEDED {
            return false;
        }
        let mut before = after.checked_sub(1).and_then(|first| self.entries.get(first));
        let first = before;
        let mut changes = 0;
        for entry in self.entries.iter().skip(after) {
            if before.map_or(V::UNTOLD, |before| before.value) != entry.value {
                changes += 1;
            }
            before = Some(entry);
        }
        let horizon = asked.minus(HORIZON);
        match (first, changes.cmp(&MOST_NEEDED)) {
            (_, Ordering::Greater) => true,
            (Some(first), Ordering::Equal) => first.since > horizon,
            (None, Ordering::Equal) | (_, Ordering::Less) => false,
        }
    }

    /// Everything that it was, in order.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = Stretch<V>> + '_ {
        let ends = self
            .entries
            .iter()
            .skip(1)
            .map(|next| next.since)
            .chain([Timestamp::MAX]);
        self.entries.iter().zip(ends).map(|(entry, until)| Stretch {
            since: entry.since,
            until,
            value: entry.value,
            word: entry.word,
        })
    }

    /// Never more than so many: what said nothing new goes first, then what passed between two refusals long
    /// ago, so that only more is refused.
    fn bound(&mut self) {
        while self.entries.len() > MOST_WORDS {
            let pairs = self.entries.iter().zip(self.entries.iter().skip(1));
            let repeats = pairs.clone().position(|(before, entry)| before.value == entry.value);
            let passing = || self.entries.iter().skip(1).position(|entry| entry.value.passes());
            let place = repeats.or_else(passing).map_or(0, |before| before + 1);
            let gone = self.entries.remove(place);
            let next = self.entries.get(place).map_or(gone.word, |next| next.word);
            if let Some(before) = place.checked_sub(1).and_then(|before| self.entries.get_mut(before))
                && before.value != gone.value
            {
                before.word = before.word.max(next);
            }
        }
    }
}

/// When a fact did not pass, as frames must be held against it that did not know: each stretch, and each two that
/// follow one another. What began before an instant may stand there under a later word, so that the second stretch
/// alone would begin too late.
pub(crate) fn refusals<V: Value>(stretches: impl Iterator<Item = Stretch<V>>) -> impl Iterator<Item = Stretch<V>> {
    let mut before: Option<Stretch<V>> = None;
    stretches.flat_map(move |stretch| {
        let refusal = (!stretch.value.passes()).then_some(stretch);
        let both = before.zip(refusal).map(|(before, refusal)| before.through(&refusal));
        before = refusal;
        refusal.into_iter().chain(both)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn told(words: &[(Bearing, u64)]) -> History<Bearing> {
        let mut history = History::default();
        for (number, (value, when)) in (1..).zip(words) {
            history.tell(Word {
                value: *value,
                at: at(*when),
                now: at(1_000_000),
                number,
            });
        }
        history
    }

    use Bearing::{Passes, Refuses, Unknown};

    #[test]
    fn a_toggle_between_capture_and_question_counts() {
        let history = told(&[(Passes, 100), (Refuses, 200), (Passes, 230)]);
        assert_eq!(history.strictest(at(150), at(199)), Passes);
        assert_eq!(history.strictest(at(150), at(200)), Refuses, "both ends are included");
        assert_eq!(history.strictest(at(210), at(220)), Refuses);
        assert_eq!(history.strictest(at(229), at(400)), Refuses);
        assert_eq!(history.strictest(at(230), at(400)), Passes);
        assert_eq!(history.strictest(at(99), at(150)), Unknown, "before the first word");
    }

    #[test]
    fn a_late_word_only_tightens_until_the_next() {
        let refused = told(&[(Passes, 100), (Passes, 300), (Refuses, 200)]);
        assert_eq!(
            [199, 200, 299, 300].map(|t| refused.at(at(t))),
            [Passes, Refuses, Refuses, Passes]
        );
        let dropped = told(&[(Refuses, 100), (Refuses, 300), (Passes, 200), (Unknown, 150)]);
        assert_eq!(dropped.strictest(at(100), at(400)), Refuses);
        assert_eq!(dropped.at(at(200)), Refuses, "a late message never erases a refusal");
        assert_eq!(dropped.at(at(160)), Refuses, "nor does one that says that nobody knows");
    }

    #[test]
    fn a_refusal_in_the_future_counts_at_once_and_a_permission_in_its_time() {
        let mut history = told(&[(Passes, 100)]);
        let word = |value, when| Word {
            value,
            at: at(when),
            now: at(500),
            number: 9,
        };
        assert!(history.tell(word(Refuses, 900)));
        assert_eq!(history.at(at(499)), Passes);
        assert_eq!(history.at(at(500)), Refuses);
        assert!(history.tell(word(Passes, 1_500)));
        assert_eq!([1_499, 1_500].map(|t| history.at(at(t))), [Refuses, Passes]);
        assert!(!history.tell(word(Unknown, 1_200)), "until then it is refused already");
    }

    #[test]
    fn of_one_instant_the_word_told_last_counts() {
        assert_eq!(told(&[(Refuses, 100), (Passes, 100)]).at(at(100)), Passes);
        assert_eq!(told(&[(Passes, 100), (Unknown, 100)]).at(at(100)), Unknown);
    }

    #[test]
    fn more_than_is_remembered_is_unknown() {
        let toggles = |count: u64| {
            let words: Vec<_> = (0..count)
                .map(|n| (if n % 2 == 0 { Passes } else { Unknown }, 10_000 + n))
                .collect();
            told(&words)
        };
        // The state in force and 64 words after it, all within the horizon: the first is not remembered.
        let history = toggles(65);
        assert_eq!(history.strictest(at(10_000), at(10_000)), Unknown);
        assert_eq!(history.strictest(at(10_002), at(10_002)), Passes);
        // In force at the horizon, it is.
        assert_eq!(history.strictest(at(10_000), at(12_000)), Unknown, "there were toggles");
        assert_eq!(toggles(64).strictest(at(10_000), at(10_000)), Passes);
    }

    #[test]
    fn a_session_of_endless_words_is_bounded_and_loses_no_refusal() {
        let words: Vec<_> = (0..20_000u64)
            .map(|n| (if n % 2 == 0 { Refuses } else { Passes }, 10 * n))
            .collect();
        let history = told(&words);
        assert!(history.entries.len() <= MOST_WORDS);
        for (value, when) in words.iter().filter(|(value, _)| *value == Refuses) {
            assert_eq!(history.at(at(*when)), *value);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Of words in the order of their instants, the last one before an instant says what then was.
        #[test]
        fn words_in_order_are_what_they_say(steps in prop::collection::vec((0..3usize, 0..6u64), 0..20)) {
            let values = [Refuses, Unknown, Passes];
            let mut when = 0;
            let words: Vec<_> = steps.iter().map(|(value, step)| { when += step; (values[*value], when) }).collect();
            let history = told(&words);
            for instant in 0..when + 3 {
                let last = words.iter().rev().find(|(_, when)| *when <= instant);
                prop_assert_eq!(history.at(at(instant)), last.map_or(Unknown, |(value, _)| *value));
            }
        }

        /// No word that is told later makes an earlier instant looser, but at the latest word's own instant.
        #[test]
        fn nothing_told_later_loosens(words in prop::collection::vec((0..3usize, 0..30u64), 1..20)) {
            let values = [Refuses, Unknown, Passes];
            let mut history = History::default();
            for (number, (value, when)) in (1..).zip(&words) {
                let before = history.clone();
                let value = values[*value];
                history.tell(Word { value, at: at(*when), now: at(1_000), number });
                for instant in 0..*when {
                    prop_assert!(history.at(at(instant)).rank() <= before.at(at(instant)).rank());
                }
                if !value.passes() {
                    prop_assert!(history.at(at(*when)).rank() <= value.rank().max(before.at(at(*when)).rank()));
                    prop_assert!(!history.at(at(*when)).passes());
                }
            }
        }
    }
}
