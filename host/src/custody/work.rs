//! What is to be deleted, as it is written down before it is begun.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_policy::types::{Artefact, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::disk::FileId;
use super::names;
use crate::journal::{AccessEvent, AccessRecord, Entry, Head, Record};
use crate::policy::Digest;
use crate::stores::StoreError;

/// What is to be done.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Work {
    /// The version of this form: 1.
    pub(super) format: u32,
    /// When it was decided.
    pub(super) at: Timestamp,
    /// How many entries the journal had.
    pub(super) since: u64,
    pub(super) deletions: Vec<Deletion>,
    /// What is journalled behind the deletions: whose request it was, or which fact was false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closing: Option<AccessRecord>,
    /// Discards of the call's own recording.
    pub(super) pairs: Vec<Pair>,
    /// Sessions that no longer wait for a trainer.
    pub(super) reviewed: Vec<String>,
}

/// Files and entries that go together.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Deletion {
    /// Of which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    /// Names in the folder, in this order.
    pub(super) files: Vec<String>,
    /// How many were deleted before.
    #[serde(default)]
    pub(super) before: u64,
    /// Which files they were when it was decided. After a restart nobody can tell any more.
    #[serde(skip)]
    pub(super) ids: BTreeMap<String, FileId>,
    /// The sidecars among them, and what they were: one that says something else now is of another recording.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) sidecars: BTreeMap<String, Digest>,
    /// Entries of the journal that are forgotten when the files are gone.
    pub(super) entries: Vec<u64>,
    /// What is journalled; its count is filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<AccessRecord>,
}

/// A discard that the call's own recorder is told of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) session: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) call_reference: Option<String>,
    pub(super) segment: Span,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Where the journal stands, if anything was written.
    pub(super) head: Option<Head>,
    /// Files that could not be deleted, and why.
    pub(super) failed: Vec<(String, String)>,
    /// What the call's own recorder said, where it could not.
    pub(super) unanswered: Vec<(String, String)>,
    /// Sessions of which nothing was deleted, because something of them was exchanged meanwhile.
    pub(super) exchanged: BTreeSet<String>,
    /// The ledger could not be told.
    pub(super) ledger: Option<StoreError>,
    /// Files and sessions that are left to an unfinished work: nobody else need begin with them.
    pub(super) left: Left,
}

/// What is left to an unfinished work.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub(super) files: BTreeSet<String>,
    pub(super) sessions: BTreeSet<String>,
}

impl Work {
    pub(super) fn is_empty(&self) -> bool {
        self.deletions.is_empty() && self.closing.is_none() && self.pairs.is_empty() && self.reviewed.is_empty()
    }

    /// The same in pieces with at most so many discards: what a power cut leaves open stays short. For work
    /// without a closing record.
    pub(super) fn in_batches(mut self, most: usize) -> Vec<Self> {
        let mut batches = Vec::new();
        while self.pairs.len() > most {
            let later = self.pairs.split_off(most);
            let pairs = std::mem::replace(&mut self.pairs, later);
            let sessions: BTreeSet<&String> = pairs.iter().map(|pair| &pair.session).collect();
            let is_of = |deletion: &Deletion| deletion.session.as_ref().is_some_and(|s| sessions.contains(s));
            let (deletions, later) = std::mem::take(&mut self.deletions).into_iter().partition(is_of);
            self.deletions = later;
            let is_of = |session: &String| sessions.contains(session);
            let (reviewed, later) = std::mem::take(&mut self.reviewed).into_iter().partition(is_of);
            self.reviewed = later;
            batches.push(Self {
                deletions,
                pairs,
                reviewed,
                ..Self::new(self.at, self.since)
            });
        }
        batches.push(self);
        batches
    }

    /// The sessions of which a file is left.
    pub(super) fn held(&self) -> BTreeSet<String> {
        let left = self.deletions.iter().filter(|deletion| !deletion.files.is_empty());
        left.filter_map(|deletion| deletion.session.clone()).collect()
    }

    /// The same without what is left to an earlier one.
    pub(super) fn without(mut self, left: &Left) -> Self {
        for deletion in &mut self.deletions {
            deletion.files.retain(|file| !left.files.contains(file));
            if deletion
                .session
                .as_ref()
                .is_some_and(|session| left.sessions.contains(session))
            {
                deletion.entries.clear();
            }
        }
        let is_left = |deletion: &Deletion| deletion.files.is_empty() && deletion.entries.is_empty();
        self.deletions.retain(|deletion| !is_left(deletion));
        self.pairs.retain(|pair| !left.sessions.contains(&pair.session));
        self.reviewed.retain(|session| !left.sessions.contains(session));
        self
    }

    /// The same without these sessions: they were restricted since.
    pub(super) fn sparing(mut self, restricted: &BTreeSet<String>) -> Self {
        let is_spared = |session: &Option<String>| session.as_ref().is_some_and(|session| restricted.contains(session));
        self.deletions.retain(|deletion| !is_spared(&deletion.session));
        self.pairs.retain(|pair| !restricted.contains(&pair.session));
        self.reviewed.retain(|session| !restricted.contains(session));
        if self.deletions.is_empty() {
            self.closing = None;
        }
        self
    }

    /// Whether it is of files in this folder, and none that is somebody else's; and of entries that the journal
    /// had.
    pub(super) fn is_sound(&self, aside: &BTreeSet<String>) -> bool {
        let mut files = self.deletions.iter().flat_map(|deletion| &deletion.files);
        let mut entries = self.deletions.iter().flat_map(|deletion| &deletion.entries);
        let elsewhere = |name: &String| aside.contains(name);
        self.format == 1
            && entries.all(|index| *index < self.since)
            && files.all(|name| names::is_plain(name) && !elsewhere(name))
    }
}

pub(super) const fn access(at: Timestamp, event: AccessEvent) -> Record {
    Record::Access(AccessRecord { at, event })
}

/// What is journalled of a deletion, with what went with it.
pub(super) fn counted(record: &AccessRecord, deletion: &Deletion) -> Record {
    let mut record = record.clone();
    if let AccessEvent::Purge { count, forgotten, .. } = &mut record.event {
        *count = deletion.count();
        *forgotten = runs(&deletion.entries);
    }
    Record::Access(record)
}

/// The largest list that an entry says what was forgotten with: an entry has an end, and without the list nobody says
/// why, while one that cannot be written would stop every purge.
const MOST_LISTED: usize = 200_000;

/// Entries that follow each other, as one: the first and the last; none where there are too many.
fn runs(entries: &[u64]) -> Vec<(u64, u64)> {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for index in sorted {
        match runs.last_mut() {
            Some((_, last)) if last.saturating_add(1) >= index => *last = index,
            _ => runs.push((index, index)),
        }
    }
    if runs.len() > MOST_LISTED {
        return Vec::new();
    }
    runs
}

pub(super) fn closed(record: &AccessRecord, over: &[&Deletion], sessions: Vec<String>) -> Record {
    let mut record = record.clone();
    match &mut record.event {
        AccessEvent::Right {
            recordings,
            count,
            erased,
            ..
        } => {
            *recordings = sessions;
            *count = over.iter().map(|deletion| deletion.count()).sum();
            *erased = erased_with(over);
        }
        AccessEvent::Invalidation { recordings, erased, .. } => {
            *recordings = sessions;
            *erased = erased_with(over);
        }
        _ => {}
    }
    Record::Access(record)
}

/// The entries that are forgotten with these deletions, by session; none where there are too many.
fn erased_with(over: &[&Deletion]) -> BTreeMap<String, Vec<u64>> {
    if over.iter().map(|deletion| deletion.entries.len()).sum::<usize>() > MOST_LISTED {
        return BTreeMap::new();
    }
    let mut erased: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for deletion in over.iter().filter(|deletion| !deletion.entries.is_empty()) {
        let session = deletion.session.clone().unwrap_or_default();
        erased.entry(session).or_default().extend(&deletion.entries);
    }
    erased
}

impl Deletion {
    /// Whether nothing of it is left. The decisions about a session stay as long as anything of it does: they say
    /// whose that is.
    pub(super) fn is_over(&self, held: &BTreeSet<String>) -> bool {
        let is_held = self.session.as_ref().is_some_and(|session| held.contains(session));
        self.files.is_empty() && (self.entries.is_empty() || !is_held)
    }

    /// Whether this entry is forgotten already, or one that goes with it: a decision of its session, or an
    /// entry of the kind whose time was over.
    pub(super) fn may_forget(&self, entry: &Entry) -> bool {
        match (&entry.record, &self.session, &self.record) {
            (None, ..) => true,
            (Some(Record::Decision(decision)), Some(session), _) => decision.session == *session,
            (Some(_), Some(_), _) => false,
            (Some(record), None, Some(of)) => {
                let decisions = matches!(
                    of.event,
                    AccessEvent::Purge {
                        artefact: Artefact::DecisionRecord,
                        ..
                    }
                );
                decisions == matches!(record, Record::Decision(_))
            }
            (Some(_), None, None) => false,
        }
    }

    /// How many files and entries are gone with it.
    pub(super) fn count(&self) -> u64 {
        let entries = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        self.before.saturating_add(entries)
    }
}

impl Pair {
    pub(super) fn is(&self, session: &str, segment: Span) -> bool {
        self.session == session && self.segment == segment
    }

    pub(super) fn key(&self) -> (String, u64, u64) {
        key(&self.session, self.segment)
    }
}

pub(super) fn key(session: &str, segment: Span) -> (String, u64, u64) {
    (session.to_owned(), segment.start.as_millis(), segment.end.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_short_and_have_an_end() {
        assert_eq!(runs(&[]), []);
        assert_eq!(runs(&[7, 3, 4, 5, 9, 9]), [(3, 5), (7, 7), (9, 9)]);
        let every_other: Vec<u64> = (0..=200_000).map(|n| 2 * n).collect();
        assert_eq!(runs(&every_other), [], "an entry of them would be too large");
        assert_eq!(runs(&every_other[1..]).len(), 200_000);
        let largest = serde_json::to_vec(&runs(&every_other[1..])).unwrap();
        assert!(largest.len() < 8 << 20);
    }

    #[test]
    fn an_erasure_lists_no_more_than_fits() {
        let deletion = |count: u64| Deletion {
            session: Some("s-1".into()),
            entries: (0..count).collect(),
            ..Deletion::default()
        };
        assert_eq!(erased_with(&[&deletion(3)])["s-1"], [0, 1, 2]);
        assert!(erased_with(&[&deletion(100_000), &deletion(100_001)]).is_empty());
    }
}
