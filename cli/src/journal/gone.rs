//! Why entries were forgotten, as far as other entries say so.

use std::collections::{BTreeMap, BTreeSet};

use gardefou::journal::{AccessEvent, Entry, Record};

use super::Trusted;
use super::files::AT_ONCE;
use crate::failure::Failure;
use crate::language::Language;

/// Why the content of an entry was destroyed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Why {
    /// Somebody asked for it.
    Request,
    /// A fact that it was kept under was false.
    Invalidated,
    /// A purge found its time to be over.
    Time,
}

impl Why {
    /// Its name in what programs read.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Request => "erased-on-request",
            Self::Invalidated => "invalidated",
            Self::Time => "time-over",
        }
    }

    pub(super) const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Request => language.pick("erased on request", "effacée sur demande"),
            Self::Invalidated => language.pick(
                "erased: a fact that it was kept under was false",
                "effacée\u{a0}: un fait sous lequel elle était gardée était faux",
            ),
            Self::Time => language.pick("forgotten when its time was over", "effacée à l'échéance"),
        }
    }
}

/// The entries that were forgotten, by why.
#[derive(Default)]
pub(super) struct Gone {
    because: BTreeMap<u64, Why>,
    /// Runs that a purge took, which may be long: by the first, the last.
    over: BTreeMap<u64, u64>,
    by_session: BTreeMap<String, BTreeSet<u64>>,
}

impl Gone {
    /// What the answers to requests, the invalidations and the purges say.
    pub(super) fn of(journal: &Trusted) -> Result<Self, Failure> {
        let mut gone = Self::default();
        let mut next = 0;
        loop {
            let entries = journal.entries(next, AT_ONCE)?;
            let Some(last) = entries.last() else {
                return Ok(gone);
            };
            next = last.index.saturating_add(1);
            entries.iter().for_each(|entry| gone.hear(entry));
        }
    }

    fn hear(&mut self, entry: &Entry) {
        let Some(Record::Access(access)) = &entry.record else {
            return;
        };
        let (why, erased) = match &access.event {
            AccessEvent::Right { erased, .. } => (Why::Request, erased),
            AccessEvent::Invalidation { erased, .. } => (Why::Invalidated, erased),
            AccessEvent::Purge {
                recording, forgotten, ..
            } => {
                self.over.extend(forgotten.iter().copied());
                if let Some(session) = recording {
                    let of_session = self.by_session.entry(session.clone()).or_default();
                    // A session has few decisions; a run longer than the journal is nobody's.
                    let few = |(first, last): &(u64, u64)| *last < entry.index && last.saturating_sub(*first) < 100_000;
                    of_session.extend(forgotten.iter().filter(|run| few(run)).flat_map(|(a, b)| *a..=*b));
                }
                return;
            }
            _ => return,
        };
        for (session, entries) in erased {
            self.because.extend(entries.iter().map(|index| (*index, why)));
            self.by_session.entry(session.clone()).or_default().extend(entries);
        }
    }

    /// Why this one was forgotten, where an entry says so.
    pub(super) fn why(&self, index: u64) -> Option<Why> {
        let run = self.over.range(..=index).next_back();
        let over = run.is_some_and(|(_, last)| index <= *last);
        self.because.get(&index).copied().or(over.then_some(Why::Time))
    }

    /// Whether this was an entry of the session.
    pub(super) fn is_of(&self, session: &str, entry: &Entry) -> bool {
        let entries = self.by_session.get(session);
        entry.record.is_none() && entries.is_some_and(|entries| entries.contains(&entry.index))
    }
}
