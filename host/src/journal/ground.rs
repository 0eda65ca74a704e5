//! What is proven of a journal: the tree over its entries is the one that the key signed.
//!
//! A file can be written by whoever may write it, and signed by nobody but whoever holds the key. So whoever acts on
//! what entries say reads them from here: each of them hashes into the tree of the latest seal, and nothing behind
//! that seal is read.

use std::collections::BTreeMap;

use super::checkpoint::{Checkpoint, Seal};
use super::content;
use super::database::{Database, Standing};
use super::note::Verifier;
use super::number::Number;
use super::read::{self, Flaw};
use super::tree::{Frontier, Hash, leaf};
use super::writer::forgotten_digest;
use super::{OpenDiscard, Stored};
use crate::stores::StoreError;

/// What of a journal was held against its seal: 32 bytes of memory for each entry. What comes later is held against
/// the later seal, and only that is read again.
#[derive(Debug, Default)]
pub(super) struct Ground {
    /// Where the journal stood then.
    standing: Option<Standing>,
    frontier: Frontier,
    /// The commitments that the tree is over, in order.
    commitments: Vec<Hash>,
    /// Runs of entries that were forgotten with the key: by the first, the last and the kind.
    forgotten: BTreeMap<u64, (u64, i64)>,
}

impl Ground {
    /// Whatever is done within it sees one state of the file; nothing is written.
    pub(super) fn within<T>(
        &mut self,
        database: &Database,
        verifier: &Verifier,
        read: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let snapshot = database.connection.unchecked_transaction();
        let snapshot = snapshot.map_err(|error| database.fault(&error))?;
        let standing = database.standing(verifier, self.standing.as_ref())?;
        let done = self.follow(database, standing).and_then(|()| read(self));
        // Nothing was written in it.
        drop(snapshot.rollback());
        done
    }

    /// Within a transaction: holds what came since against where the journal stands now.
    pub(super) fn follow(&mut self, database: &Database, standing: Standing) -> Result<(), StoreError> {
        let seal = &standing.seal;
        if let Some(before) = &self.standing
            && seal.turn < before.seal.turn
        {
            return Err(database.damaged("an older copy stands in its place"));
        }
        let known = self.frontier.size();
        let (frontier, new) = self.grown(database, seal)?;
        if frontier.root() != seal.root {
            let last = seal.size.saturating_sub(1);
            return Err(database.damaged(format!("entries {known} to {last}: this is not what was signed")));
        }
        let same = |before: &Standing| before.seal.forgotten == seal.forgotten;
        if !self.standing.as_ref().is_some_and(same) {
            self.forgotten = forgotten(database, seal)?;
        }
        self.commitments.extend(new);
        self.frontier = frontier;
        self.standing = Some(standing);
        Ok(())
    }

    /// The tree with the entries that came since, and their commitments.
    fn grown(&self, database: &Database, seal: &Seal) -> Result<(Frontier, Vec<Hash>), StoreError> {
        let fault = |error: rusqlite::Error| database.fault(&error);
        let mut frontier = self.frontier.clone();
        let mut new = Vec::new();
        let query = "SELECT idx, commitment FROM entry WHERE idx >= ?1 ORDER BY idx";
        let mut query = database.connection.prepare_cached(query).map_err(fault)?;
        let mut rows = query.query([Number(frontier.size())]).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            let expected = frontier.size();
            let Number(index) = row.get(0).map_err(fault)?;
            if expected >= seal.size {
                return Err(database.damaged(format!("entry {index}: {UNSIGNED}")));
            }
            if index != expected {
                return Err(database.damaged(format!("entry {expected}: {}", Flaw::Place)));
            }
            let commitment: Hash = row.get(1).map_err(fault)?;
            frontier.push(leaf(&commitment));
            new.push(commitment);
        }
        if frontier.size() < seal.size {
            return Err(database.damaged(format!("entry {}: {MISSING}", frontier.size())));
        }
        Ok((frontier, new))
    }

    fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Within the transaction that it followed in: the entries from this one on, at most so many.
    pub(super) fn stored(&self, database: &Database, from: u64, most: u64) -> Result<Vec<Stored>, StoreError> {
        let most = most.min(self.size().saturating_sub(from));
        let mut entries = Vec::new();
        read::each(database, from, most, |index, stored| {
            let wrong = |what: &dyn std::fmt::Display| database.damaged(format!("entry {index}: {what}"));
            let stored = stored.map_err(|flaw| wrong(&flaw))?;
            self.proves(&stored).map_err(|what| wrong(&what))?;
            entries.push(stored);
            Ok(())
        })?;
        let read = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        if read < most {
            let next = from.saturating_add(read);
            return Err(database.damaged(format!("entry {next}: {MISSING}")));
        }
        Ok(entries)
    }

    /// Whether the tree is over this entry, and whoever held the key forgot it, if it is forgotten.
    fn proves(&self, stored: &Stored) -> Result<(), &'static str> {
        let place = usize::try_from(stored.index).ok();
        let signed = place.and_then(|place| self.commitments.get(place));
        if signed != Some(&stored.commitment) {
            return Err("this is not what was signed");
        }
        let kind = content::kind_number(stored.kind);
        let run = self.forgotten.range(..=stored.index).next_back();
        let forgotten = run.is_some_and(|(_, (last, of))| stored.index <= *last && *of == kind);
        match (stored.opened.is_some(), forgotten) {
            (true, false) | (false, true) => Ok(()),
            (true, true) => Err("it was forgotten, and is back"),
            (false, false) => Err("its content is gone, and nobody with the key forgot it"),
        }
    }

    /// Within the transaction that it followed in: the discards that are open, each with its entry.
    pub(super) fn open_discards(&self, database: &Database) -> Result<Vec<(u64, OpenDiscard)>, StoreError> {
        let Some(standing) = &self.standing else {
            return Ok(Vec::new());
        };
        let indices = read::sealed_indices(database, &standing.seal)?;
        let open = indices.into_iter().map(|index| {
            let stored = self.stored(database, index, 1)?.pop();
            let entry = stored.map(|stored| read::entry(database, &stored)).transpose()?;
            let discard = entry.as_ref().and_then(|entry| read::discard(entry.record.as_ref()?));
            let discard = discard.ok_or_else(|| database.damaged(format!("entry {index}: it is no discard")))?;
            Ok((index, discard))
        });
        open.collect()
    }

    /// Whether the journal only grew since this checkpoint, which was kept elsewhere.
    pub(super) fn grew_from(&self, database: &Database, kept: &Checkpoint) -> Result<(), StoreError> {
        let first = usize::try_from(kept.size).ok();
        let first = first.and_then(|size| self.commitments.get(..size));
        let Some(first) = first else {
            return Err(database.damaged("it has fewer entries than a checkpoint that was kept elsewhere"));
        };
        let mut tree = Frontier::default();
        first.iter().for_each(|commitment| tree.push(leaf(commitment)));
        let same = tree.root() == kept.root;
        same.then_some(())
            .ok_or_else(|| database.damaged("a checkpoint that was kept elsewhere is over other entries"))
    }
}

const UNSIGNED: &str = "it was never signed";
const MISSING: &str = "it is missing";

/// Which entries were forgotten, as it was sealed.
fn forgotten(database: &Database, seal: &Seal) -> Result<BTreeMap<u64, (u64, i64)>, StoreError> {
    let runs = read::forgotten_runs(database).map_err(|error| database.fault(&error))?;
    let sealed = runs.iter().fold([0; 32], |digest, (first, last, kind)| {
        forgotten_digest(&digest, *first, *last, *kind)
    });
    if sealed != seal.forgotten {
        return Err(database.damaged("the list of the entries that were forgotten is not what was sealed"));
    }
    Ok(runs
        .into_iter()
        .map(|(first, last, kind)| (first, (last, kind)))
        .collect())
}
