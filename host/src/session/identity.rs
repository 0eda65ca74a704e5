//! What a window was known to be, and since when.

use gardefou_policy::types::{Timestamp, WindowKind};

/// The most identities of one window that are told apart. Who needs an earlier one gets `other`.
pub(crate) const MOST_IDENTITIES: usize = 64;

/// What each policy says of an identity: a bit each, set for `training`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Kinds(u32);

impl Kinds {
    /// No policy says that it is of the training.
    pub(crate) const OTHER: Self = Self(0);
    /// Every policy does: what is read in a trace was classified before.
    #[cfg(feature = "trace")]
    pub(crate) const TRAINING: Self = Self(u32::MAX);

    /// The same, and policy n says that it is of the training.
    pub(crate) fn with(self, policy: usize) -> Self {
        Self(self.0 | bit(policy))
    }

    /// What policy n says.
    pub(crate) fn of(self, policy: usize) -> WindowKind {
        if self.0 & bit(policy) == 0 {
            WindowKind::Other
        } else {
            WindowKind::Training
        }
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

fn bit(policy: usize) -> u32 {
    u32::try_from(policy)
        .ok()
        .and_then(|policy| 1u32.checked_shl(policy))
        .unwrap_or(0)
}

/// The window is this since then; `None`: the policies in force were not asked about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Known {
    since: Timestamp,
    /// Of what was told; `None` where something else was told of a part of the time.
    print: Option<u64>,
    kinds: Option<Kinds>,
}

impl Known {
    fn kinds(&self) -> Kinds {
        self.kinds.unwrap_or(Kinds::OTHER)
    }
}

/// The identities of a window, in the order of their instants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    known: Vec<Known>,
}

impl Identity {
    /// Whether the policies in force were asked about what it is now.
    pub(crate) fn is_judged(&self) -> bool {
        self.known.last().is_some_and(|latest| latest.kinds.is_some())
    }

    /// Whether saying that it is that, since then, says nothing new.
    pub(crate) fn knows(&self, print: u64, since: Timestamp) -> bool {
        let latest = self.known.last();
        latest.is_some_and(|latest| latest.print == Some(print) && latest.since <= since && latest.kinds.is_some())
    }

    /// It is that since an instant, said when it is `now`; answers whether that changed anything. Where it is
    /// not of the training it counts at once. What is dated before the latest only tightens.
    pub(crate) fn tell(&mut self, print: u64, kinds: Kinds, since: Timestamp, now: Timestamp) -> bool {
        let judged = self.judge(print, kinds);
        if let Some(same) = self.same(print, since) {
            let kinds = same.kinds.map_or(kinds, |before| before.and(kinds));
            return same.kinds.replace(kinds) != Some(kinds) || judged;
        }
        let next = self
            .known
            .iter()
            .find(|known| known.since > since)
            .map(|next| next.since);
        let from = since.min(now);
        self.split(from);
        self.split(since);
        let until = next.unwrap_or(Timestamp::MAX);
        for known in self
            .known
            .iter_mut()
            .filter(|known| from <= known.since && known.since < until)
        {
            if next.is_none() && known.since == since {
                (known.print, known.kinds) = (Some(print), Some(kinds));
            } else {
                known.kinds = Some(known.kinds().and(kinds));
            }
        }
        self.bound();
        true
    }

    /// Where other policies are in force, what it is, and since when, is known already: they say of what it is now
    /// whatever the date that comes with it, which then only tightens.
    fn judge(&mut self, print: u64, kinds: Kinds) -> bool {
        let latest = self.known.last_mut();
        let unjudged = latest.filter(|latest| latest.print == Some(print) && latest.kinds.is_none());
        unjudged.map(|latest| latest.kinds = Some(kinds)).is_some()
    }

    /// What was told before of that identity: the latest, or another one of the same instant.
    fn same(&mut self, print: u64, since: Timestamp) -> Option<&mut Known> {
        let is_it = |known: &Known| known.print == Some(print);
        let latest = self
            .known
            .last()
            .filter(|latest| is_it(latest) && latest.since <= since);
        let since = latest.map_or(since, |latest| latest.since);
        self.known.iter_mut().find(|known| is_it(known) && known.since == since)
    }

    /// From `at` on, one entry; what it is does not change.
    fn split(&mut self, at: Timestamp) {
        let place = self.known.partition_point(|known| known.since < at);
        if self.known.get(place).is_some_and(|known| known.since == at) {
            return;
        }
        let before = place.checked_sub(1).and_then(|before| self.known.get(before));
        let kinds = before.and_then(|before| before.kinds);
        self.known.insert(
            place,
            Known {
                since: at,
                print: None,
                kinds,
            },
        );
    }

    fn bound(&mut self) {
        let gone = self.known.len().saturating_sub(MOST_IDENTITIES);
        self.known.drain(..gone);
    }

    pub(crate) fn forget_judgements(&mut self) {
        self.known.iter_mut().for_each(|known| known.kinds = None);
    }

    /// From there on it is what it is.
    pub(crate) fn settled(&self) -> Timestamp {
        self.known.last().map_or(Timestamp::MIN, |latest| latest.since)
    }

    /// What it is once every instant that was told of has come.
    pub(crate) fn latest(&self) -> Kinds {
        self.known.last().map_or(Kinds::OTHER, Known::kinds)
    }

    /// What it was at every instant from `at` to `asked`, both included.
    pub(crate) fn throughout(&self, at: Timestamp, asked: Timestamp) -> Kinds {
        let first = self.known.partition_point(|known| known.since <= at);
        let Some(first) = first.checked_sub(1) else {
            return Kinds::OTHER;
        };
        let within = self
            .known
            .iter()
            .skip(first)
            .take_while(|known| known.since <= asked.max(at));
        within.map(Known::kinds).reduce(Kinds::and).unwrap_or(Kinds::OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    const CRM: Kinds = Kinds(0b11);
    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn it_is_of_the_training_only_when_it_was_so_throughout() {
        let mut identity = Identity::default();
        identity.tell(1, CRM, at(100), NOW);
        identity.tell(2, Kinds::OTHER, at(200), NOW);
        identity.tell(1, CRM, at(300), NOW);
        assert_eq!(
            identity.throughout(at(99), at(150)),
            Kinds::OTHER,
            "before it was known"
        );
        assert_eq!(identity.throughout(at(100), at(199)), CRM);
        assert_eq!(identity.throughout(at(150), at(200)), Kinds::OTHER);
        assert_eq!(identity.throughout(at(250), at(400)), Kinds::OTHER);
        assert_eq!(identity.throughout(at(300), at(400)), CRM);
    }

    #[test]
    fn policies_are_told_apart() {
        let mut identity = Identity::default();
        identity.tell(1, Kinds(0b11), at(100), NOW);
        identity.tell(2, Kinds(0b10), at(200), NOW);
        let kinds = identity.throughout(at(150), at(250));
        assert_eq!((kinds.of(0), kinds.of(1)), (WindowKind::Other, WindowKind::Training));
    }

    #[test]
    fn a_swap_of_rules_makes_no_gap_and_tells_no_other_window_apart() {
        let mut identity = Identity::default();
        identity.tell(1, CRM, at(100), NOW);
        identity.forget_judgements();
        assert!(!identity.is_judged());
        assert_eq!(identity.throughout(at(150), at(250)), Kinds::OTHER);
        identity.tell(1, CRM, at(900), NOW);
        assert_eq!(identity.throughout(at(150), at(250)), CRM, "it has been that since 100");
        identity.forget_judgements();
        identity.tell(2, CRM, at(950), NOW);
        assert_eq!(
            identity.throughout(at(940), at(960)),
            Kinds::OTHER,
            "nobody judged the one before"
        );
    }

    /// The same identity, dated before it was known to be that, is a judgement all the same; of the time before, it
    /// still says nothing.
    #[test]
    fn after_a_swap_an_earlier_date_judges_what_it_is_now() {
        let mut identity = Identity::default();
        identity.tell(1, CRM, at(100), NOW);
        identity.forget_judgements();
        assert!(identity.tell(1, CRM, at(99), NOW));
        assert!(identity.is_judged());
        assert_eq!(identity.throughout(at(100), at(100)), CRM);
        assert_eq!(identity.throughout(at(99), at(100)), Kinds::OTHER);
    }

    #[test]
    fn what_is_told_late_only_tightens() {
        let mut identity = Identity::default();
        identity.tell(1, CRM, at(100), NOW);
        identity.tell(3, CRM, at(500), NOW);
        identity.tell(2, Kinds::OTHER, at(200), NOW);
        assert_eq!(identity.throughout(at(100), at(150)), CRM);
        assert_eq!(identity.throughout(at(300), at(300)), Kinds::OTHER);
        assert_eq!(identity.throughout(at(500), at(600)), CRM);
        identity.tell(4, CRM, at(300), NOW);
        assert_eq!(identity.throughout(at(300), at(300)), Kinds::OTHER, "never looser");
    }

    #[test]
    fn what_is_dated_in_the_future_is_other_at_once() {
        let mut identity = Identity::default();
        identity.tell(1, CRM, at(100), NOW);
        identity.tell(2, Kinds::OTHER, at(2_000), NOW);
        assert_eq!(identity.throughout(at(999), at(999)), CRM);
        assert_eq!(identity.throughout(at(1_000), at(1_000)), Kinds::OTHER);
        identity.tell(3, CRM, at(3_000), NOW);
        assert_eq!(identity.throughout(at(2_500), at(2_500)), Kinds::OTHER);
        assert_eq!(identity.throughout(at(3_000), at(3_000)), CRM);
    }
}
