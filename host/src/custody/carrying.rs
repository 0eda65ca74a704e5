//! Deleting, so that a power cut at any point loses nothing and brings nothing back.
//!
//! What is to be done is written down first, in a file of the folder (`.gardefou-….pending.json`). Then, in this
//! order: the discards are journalled; the files are deleted, and the folder is synced; what was deleted is
//! journalled; decision records are forgotten; the call's own recorder is told, and its answer journalled; the
//! ledger is told. The file goes last, when nothing of it is left to do. Whoever finds such a file does what it
//! says again: every step can be done twice, and what the journal holds already is not written again.
//!
//! Anybody who can write into the folder can put such a file there. So it begins with a line that only the holder
//! of the journal's key can write, and nothing is obeyed without it; nor is a copy of an older one, once the
//! journal no longer holds what would show that it was done.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use gardefou_policy::types::Timestamp;

use super::disk::FileId;
use super::error::CustodyError;
use super::shelf::Listing;
use super::sidecar::Sidecar;
use super::work::{self, Deletion, Done, Pair, Work};
use super::{Custody, chronicle, disk, error, names};
use crate::journal::{AccessEvent, AccessRecord, OpenDiscard, Record};
use crate::ledger::Review;

/// The largest file of pending work that is read, in bytes.
const MAX_WORK: u64 = 1 << 30;

/// Files with several names: one of them that is deleted leaves what it holds under the others.
#[derive(Debug, Default)]
struct Links(BTreeMap<FileId, (u64, Vec<String>)>);

impl Links {
    #[cfg(unix)]
    fn see(&mut self, name: &str, metadata: &fs::Metadata) {
        use std::os::unix::fs::MetadataExt as _;
        let id = FileId::of(metadata);
        // Once one of its names is gone, it has fewer.
        if metadata.nlink() > 1 || self.0.contains_key(&id) {
            let names = self.0.entry(id).or_insert((metadata.nlink(), Vec::new()));
            names.1.push(name.to_owned());
        }
    }

    #[cfg(not(unix))]
    fn see(&mut self, _name: &str, _metadata: &fs::Metadata) {}

    /// Those that are still there under a name that was not deleted.
    fn elsewhere(self) -> impl Iterator<Item = (String, String)> {
        let left =
            |(names, deleted): &(u64, Vec<String>)| u64::try_from(deleted.len()).is_ok_and(|deleted| deleted < *names);
        let files = self.0.into_values().filter(left);
        files
            .flat_map(|(_, names)| names)
            .map(|name| (name, error::LINKED.to_owned()))
    }
}

impl Done {
    /// Takes what was exchanged out of the work, and everything of the same session: the next purge looks at it anew.
    fn take_out(&mut self, work: &mut Work, exchanged: Vec<(Option<String>, String)>) {
        for (session, name) in exchanged {
            let is_it = |deletion: &Deletion| match &session {
                Some(session) => deletion.session.as_ref() == Some(session),
                None => deletion.ids.contains_key(&name),
            };
            work.deletions.retain(|deletion| !is_it(deletion));
            if let Some(session) = session {
                work.pairs.retain(|pair| pair.session != session);
                work.reviewed.retain(|reviewed| *reviewed != session);
                self.exchanged.insert(session);
            }
            let told = (name, error::EXCHANGED.to_owned());
            if !self.failed.contains(&told) {
                self.failed.push(told);
            }
        }
    }
}

impl Custody {
    /// Writes the work down, and does it.
    pub(super) fn carry_out(&self, work: Work) -> Result<Done, CustodyError> {
        if work.is_empty() {
            return Ok(Done::default());
        }
        let name = self.written_down(&work)?;
        // What the journal does not take is not begun.
        if let Err(error) = self.journal_discards(&work) {
            drop(disk::delete(&*self.disk, &self.folder, &name));
            return Err(error);
        }
        self.finish(&name, work)
    }

    fn written_down(&self, work: &Work) -> Result<String, CustodyError> {
        let unusable = |error: io::Error| CustodyError::of(&self.folder, &error);
        let bytes = self.vouched_for(work).map_err(unusable)?;
        let name = format!("{}{}{}", names::OWN, disk::random().map_err(unusable)?, names::PENDING);
        disk::put(&*self.disk, &self.folder, &name, &bytes).map_err(unusable)?;
        Ok(name)
    }

    /// The work, behind a line by which custody knows that it wrote it.
    fn vouched_for(&self, work: &Work) -> io::Result<Vec<u8>> {
        let work = serde_json::to_vec(work)?;
        let mut bytes = self.journal.vouch(&work).into_bytes();
        bytes.push(b'\n');
        bytes.extend(work);
        Ok(bytes)
    }

    /// The work in a file, if custody wrote it and it can still be told what of it was done.
    fn obeyed(&self, bytes: &[u8]) -> Result<Option<Work>, CustodyError> {
        let Some(line) = bytes.iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        let (vouch, work) = bytes.split_at(line);
        let work = work.get(1..).unwrap_or_default();
        let ours = std::str::from_utf8(vouch).is_ok_and(|vouch| self.journal.vouched(work, vouch));
        let read: Option<Work> = serde_json::from_slice(work).ok().filter(|_| ours);
        let Some(work) = read.filter(|work| work.is_sound(&self.aside())) else {
            return Ok(None);
        };
        Ok(self.is_of_this_journal(&work)?.then_some(work))
    }

    /// Whether what the work would have forgotten is still what it was decided for, and everything that was
    /// journalled since can still be read: else a copy of work that was done long ago would be journalled anew.
    fn is_of_this_journal(&self, work: &Work) -> Result<bool, CustodyError> {
        let forgets: BTreeMap<u64, &Deletion> = work
            .deletions
            .iter()
            .flat_map(|deletion| deletion.entries.iter().map(move |index| (*index, deletion)))
            .collect();
        let mut sound = true;
        let from = forgets.keys().next().map_or(work.since, |first| work.since.min(*first));
        let size = chronicle::each(&*self.journal, from, |entry| {
            let still = |deletion: &&Deletion| deletion.may_forget(&entry);
            sound &= forgets.get(&entry.index).is_none_or(still);
            sound &= entry.index < work.since || entry.record.is_some() || entry.kind != "access";
        })?;
        Ok(sound && work.since <= size)
    }

    /// Finishes what an earlier run began. Nobody else may change the folder meanwhile.
    pub(super) fn resume(&self) -> Result<Done, CustodyError> {
        let mut all = Done::default();
        let listing = Listing::of(&self.folder, &self.aside())?;
        for name in &listing.leftovers {
            let deleted = disk::delete(&*self.disk, &self.folder, name);
            deleted.map_err(|error| CustodyError::of(&self.folder, &error))?;
        }
        if listing.pending.is_empty() {
            return Ok(all);
        }
        let past = self.past()?;
        for name in &listing.pending {
            let path = names::path(&self.folder, name);
            // What is not obeyed is told, and keeps nothing else from being purged.
            let bytes = match disk::read(&path, MAX_WORK) {
                Ok(bytes) => bytes,
                Err(why) => {
                    all.failed.push((name.clone(), why.to_string()));
                    continue;
                }
            };
            let Some(work) = self.obeyed(&bytes)? else {
                all.failed.push((name.clone(), error::NOT_OURS.into()));
                continue;
            };
            let restricted = past.restricted_since(work.since);
            let work = work.sparing(&restricted);
            self.journal_discards(&work)?;
            let done = self.finish(name, work)?;
            all.head = done.head.or(all.head);
            all.failed.extend(done.failed);
            all.unanswered.extend(done.unanswered);
            all.exchanged.extend(done.exchanged);
            all.ledger = done.ledger.or(all.ledger);
            all.left.files.extend(done.left.files);
            all.left.sessions.extend(done.left.sessions);
        }
        Ok(all)
    }

    /// The discards open, each once.
    fn journal_discards(&self, work: &Work) -> Result<(), CustodyError> {
        if work.pairs.is_empty() {
            return Ok(());
        }
        let open = self.journal.open_discards()?;
        let is_open = |pair: &Pair| open.iter().any(|o| pair.is(&o.session, o.segment));
        let closed = self.closed_since(work)?;
        let new = work
            .pairs
            .iter()
            .filter(|pair| !is_open(pair) && !closed.contains(&pair.key()));
        let records: Vec<Record> = new
            .map(|pair| {
                work::access(
                    work.at,
                    AccessEvent::Discard {
                        session: pair.session.clone(),
                        segment: pair.segment,
                        reason: pair.reason.clone(),
                    },
                )
            })
            .collect();
        if !records.is_empty() {
            self.journal.append(&records)?;
        }
        Ok(())
    }

    /// The discards that were said to be done since the work was written down.
    fn closed_since(&self, work: &Work) -> Result<BTreeSet<(String, u64, u64)>, CustodyError> {
        let mut closed = BTreeSet::new();
        chronicle::each(&*self.journal, work.since, |entry| {
            if let Some(Record::Access(AccessRecord {
                event: AccessEvent::Discarded { session, segment, .. },
                ..
            })) = entry.record
            {
                closed.insert(work::key(&session, segment));
            }
        })?;
        Ok(closed)
    }

    /// Everything behind the discards.
    fn finish(&self, name: &str, mut work: Work) -> Result<Done, CustodyError> {
        let mut done = Done::default();
        self.delete(&mut work, &mut done)?;
        let written = self.journal_deletions(&work, &mut done)?;
        let held = work.held();
        let over = work.deletions.drain(..).partition(|deletion| deletion.is_over(&held));
        let (over, left): (Vec<Deletion>, Vec<Deletion>) = over;
        let entries: Vec<u64> = over
            .iter()
            .flat_map(|deletion| deletion.entries.iter().copied())
            .collect();
        if !entries.is_empty() {
            self.journal.forget(&entries)?;
        }
        done.left
            .files
            .extend(left.iter().flat_map(|deletion| deletion.files.iter().cloned()));
        let closed = self.closed_since(&work)?;
        work.pairs.retain(|pair| !closed.contains(&pair.key()));
        let pairs = std::mem::take(&mut work.pairs);
        let pairs = self.tell_call_recorder(work.at, pairs, &held, &mut done)?;
        let reviewed = std::mem::take(&mut work.reviewed);
        let reviewed = self.tell_ledger(reviewed, &held, &mut done);
        done.left.sessions.extend(pairs.iter().map(|pair| pair.session.clone()));
        done.left.sessions.extend(held);
        let rest = Work {
            since: written,
            closing: work.closing.filter(|_| !left.is_empty()),
            deletions: left,
            pairs,
            reviewed,
            ..work
        };
        let unusable = |error: io::Error| CustodyError::of(&self.folder, &error);
        if rest.is_empty() {
            disk::delete(&*self.disk, &self.folder, name).map_err(unusable)?;
        } else {
            let bytes = self.vouched_for(&rest).map_err(unusable)?;
            disk::put(&*self.disk, &self.folder, name, &bytes).map_err(unusable)?;
        }
        Ok(done)
    }

    /// Deletes the files of each deletion in order, up to one that stays: a sidecar comes last, and says whose
    /// the others are. What could not be deleted is left in the work; what is no longer what was decided about is
    /// taken out of it, with everything of its session.
    fn delete(&self, work: &mut Work, done: &mut Done) -> Result<(), CustodyError> {
        let mut links = Links::default();
        let exchanged = work.deletions.iter().filter_map(|deletion| {
            let name = self.exchanged(deletion)?;
            Some((deletion.session.clone(), name))
        });
        let exchanged: Vec<_> = exchanged.collect();
        done.take_out(work, exchanged);
        let mut exchanged = Vec::new();
        for deletion in &mut work.deletions {
            let mut failed = None;
            let mut files = std::mem::take(&mut deletion.files).into_iter();
            for name in files.by_ref() {
                match self.gone(&name, deletion.ids.get(&name), &mut links) {
                    Ok(()) => deletion.before = deletion.before.saturating_add(1),
                    Err(error) => {
                        failed = Some((name, error.to_string()));
                        break;
                    }
                }
            }
            let Some((name, why)) = failed else { continue };
            if why == error::EXCHANGED {
                exchanged.push((deletion.session.clone(), name));
            } else {
                deletion.files = [name.clone()].into_iter().chain(files).collect();
                done.failed.push((name, why));
            }
        }
        done.take_out(work, exchanged);
        done.failed.extend(links.elsewhere());
        self.disk
            .sync(&self.folder)
            .map_err(|error| CustodyError::of(&self.folder, &error))
    }

    /// A file that is no longer what was decided about: a sidecar that says something else, or another file.
    fn exchanged(&self, deletion: &Deletion) -> Option<String> {
        let sidecar = deletion.sidecars.iter().find(|(name, decided)| {
            let path = names::path(&self.folder, name);
            // What is read is the file that was decided about, by its descriptor.
            let read = Sidecar::read_this(&path, deletion.ids.get(*name));
            let is_it = || read.is_ok_and(|(_, digest)| digest == **decided);
            // It goes last: where it is gone, so is everything before it.
            fs::symlink_metadata(&path).is_ok() && !is_it()
        });
        let other = || {
            deletion.ids.iter().find(|(name, id)| {
                let metadata = fs::symlink_metadata(names::path(&self.folder, name));
                metadata.is_ok_and(|metadata| FileId::of(&metadata) != **id)
            })
        };
        let sidecar = sidecar.map(|(name, _)| name);
        sidecar.or_else(|| other().map(|(name, _)| name)).cloned()
    }

    /// Deletes a file, if it is the one that was decided about, and looks.
    fn gone(&self, name: &str, id: Option<&FileId>, links: &mut Links) -> io::Result<()> {
        let path = names::path(&self.folder, name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if id.is_some_and(|id| FileId::of(&metadata) != *id) => {
                return Err(io::Error::other(error::EXCHANGED));
            }
            Ok(metadata) => links.see(name, &metadata),
            // Gone already, as it should be.
            Err(_) => {}
        }
        self.disk.remove(&path)?;
        match fs::symlink_metadata(path) {
            Ok(_) => Err(io::Error::other(error::STILL_THERE)),
            Err(_) => Ok(()),
        }
    }

    /// Journals what is gone, once. Gives how many entries the journal has then.
    fn journal_deletions(&self, work: &Work, done: &mut Done) -> Result<u64, CustodyError> {
        let held = work.held();
        let over = || work.deletions.iter().filter(|deletion| deletion.is_over(&held));
        let mut records: Vec<Record> = over()
            .filter_map(|deletion| Some(work::counted(deletion.record.as_ref()?, deletion)))
            .collect();
        if let Some(closing) = work.closing.as_ref().filter(|_| over().next().is_some()) {
            let sessions: BTreeSet<String> = over().filter_map(|deletion| deletion.session.clone()).collect();
            let sessions = sessions.difference(&held).cloned().collect();
            let over: Vec<&Deletion> = over().collect();
            records.push(work::closed(closing, &over, sessions));
        }
        let mut known = Vec::new();
        let size = chronicle::each(&*self.journal, work.since, |entry| known.extend(entry.record))?;
        records.retain(|record| !known.contains(record));
        if records.is_empty() {
            return Ok(size);
        }
        let head = self.journal.append(&records)?;
        let size = head.size;
        done.head = Some(head);
        Ok(size)
    }

    /// Tells the call's own recorder; gives the discards that stay open.
    fn tell_call_recorder(
        &self,
        at: Timestamp,
        pairs: Vec<Pair>,
        held: &BTreeSet<String>,
        done: &mut Done,
    ) -> Result<Vec<Pair>, CustodyError> {
        let (mut left, mut records) = (Vec::new(), Vec::new());
        for pair in pairs {
            if held.contains(&pair.session) {
                left.push(pair);
                continue;
            }
            match self
                .call_recorder
                .discard(&pair.session, pair.call_reference.as_deref(), pair.segment)
            {
                Ok(counterpart) => records.push(work::access(
                    at,
                    AccessEvent::Discarded {
                        session: pair.session,
                        segment: pair.segment,
                        counterpart,
                    },
                )),
                Err(why) => {
                    done.unanswered.push((pair.session.clone(), why));
                    left.push(pair);
                }
            }
        }
        if !records.is_empty() {
            done.head = Some(self.journal.append(&records)?);
        }
        Ok(left)
    }

    /// Tells the ledger; gives the sessions that it does not know of yet.
    fn tell_ledger(&self, sessions: Vec<String>, held: &BTreeSet<String>, done: &mut Done) -> Vec<String> {
        let Some(ledger) = &self.ledger else { return Vec::new() };
        let mut left = Vec::new();
        for session in sessions {
            if held.contains(&session) {
                left.push(session);
            } else if let Err(error) = ledger.reviewed(&Review::Session(&session)) {
                done.ledger = Some(error);
                left.push(session);
            }
        }
        left
    }

    /// The discards that were decided and that nobody said to be done, in order.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open_discards(&self) -> Result<Vec<OpenDiscard>, CustodyError> {
        Ok(self.journal.open_discards()?)
    }
}
