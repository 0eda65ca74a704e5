//! A journal in memory, a disk that forgets what was not synced, and the power that both depend on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use sha2::Digest as _;

use crate::custody::chronicle::Chronicle;
use crate::custody::disk::{Disk, RealDisk};
use crate::journal::{AccessEvent, Entry, Head, OpenDiscard, Record};
use crate::stores::StoreError;

/// The power goes after so many steps; every step after that fails.
#[derive(Debug)]
pub(super) struct Power(AtomicI64);

impl Power {
    pub(super) fn for_steps(steps: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(steps)))
    }

    pub(super) fn endless() -> Arc<Self> {
        Self::for_steps(i64::MAX)
    }

    pub(super) fn is_out(&self) -> bool {
        self.0.load(Ordering::SeqCst) < 0
    }

    fn step(&self) -> io::Result<()> {
        if self.0.fetch_sub(1, Ordering::SeqCst) <= 0 {
            self.0.store(-1, Ordering::SeqCst);
            return Err(io::Error::other("the power is out"));
        }
        Ok(())
    }

    fn store(&self) -> Result<(), StoreError> {
        self.step().map_err(|error| StoreError::Unreachable {
            store: "memory".into(),
            error: error.to_string(),
        })
    }
}

/// What is durable of a journal: what was appended, and what was forgotten.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Vec<(&'static str, Option<Record>)>>);

impl Kept {
    pub(super) fn records(&self) -> Vec<Option<Record>> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(_, record)| record.clone())
            .collect()
    }

    pub(super) fn events(&self) -> Vec<AccessEvent> {
        let access = |record| match record {
            // That a purge looked at the clock is of no interest to anybody else.
            Some(Record::Access(record)) => {
                Some(record.event).filter(|event| !matches!(event, AccessEvent::Clock { account: None, .. }))
            }
            _ => None,
        };
        self.records().into_iter().filter_map(access).collect()
    }

    pub(super) fn push(&self, record: Record) {
        self.0.lock().unwrap().push((record.kind(), Some(record)));
    }
}

/// The journal while the power lasts. An append may be durable and its answer lost.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) kept: Arc<Kept>,
    pub(super) folder: PathBuf,
    pub(super) power: Arc<Power>,
}

impl Chronicle for Memory {
    fn files(&self) -> Vec<PathBuf> {
        let names = ["calls.journal", "calls.journal-wal"];
        names.map(|name| self.folder.join(name)).to_vec()
    }

    fn append(&self, records: &[Record]) -> Result<Head, StoreError> {
        self.power.store()?;
        for record in records {
            self.kept.push(record.clone());
        }
        self.power.store()?;
        Ok(Head {
            size: self.kept.records().len().try_into().unwrap(),
            root: [0; 32],
            turn: 0,
        })
    }

    fn open_discards(&self) -> Result<Vec<OpenDiscard>, StoreError> {
        let mut open: Vec<OpenDiscard> = Vec::new();
        for event in self.kept.events() {
            match event {
                AccessEvent::Discard {
                    session,
                    segment,
                    reason,
                } => open.push(OpenDiscard {
                    session,
                    segment,
                    reason,
                }),
                AccessEvent::Discarded { session, segment, .. } => {
                    open.retain(|o| (&o.session, o.segment) != (&session, segment));
                }
                _ => {}
            }
        }
        Ok(open)
    }

    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let kept = self.kept.0.lock().unwrap();
        let numbered = kept.iter().enumerate().skip(from.try_into().unwrap()).take(most);
        let entry = |(index, (kind, record)): (usize, &(&'static str, Option<Record>))| Entry {
            index: index.try_into().unwrap(),
            kind: (*kind).to_owned(),
            record: record.clone(),
        };
        Ok(numbered.map(entry).collect())
    }

    fn vouch(&self, what: &[u8]) -> String {
        let keyed = [b"a key".as_slice(), what].concat();
        sha2::Sha256::digest(keyed)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn vouched(&self, what: &[u8], vouch: &str) -> bool {
        self.vouch(what) == vouch
    }

    fn forget(&self, entries: &[u64]) -> Result<u64, StoreError> {
        self.power.store()?;
        let mut kept = self.kept.0.lock().unwrap();
        let mut count = 0;
        for index in entries {
            let place = kept.get_mut(usize::try_from(*index).unwrap()).unwrap();
            count += u64::from(place.1.take().is_some());
        }
        drop(kept);
        self.power.store()?;
        Ok(count)
    }
}

/// A real folder, where names that were changed and not synced are changed back when the power is out.
#[derive(Debug)]
pub(super) struct Forgetful {
    pub(super) power: Arc<Power>,
    log: Mutex<Vec<Change>>,
}

#[derive(Debug)]
enum Change {
    Made(PathBuf),
    Renamed(PathBuf, PathBuf, Option<Vec<u8>>),
    Removed(PathBuf, Vec<u8>, SystemTime),
}

impl Forgetful {
    pub(super) fn new(power: Arc<Power>) -> Self {
        Self {
            power,
            log: Mutex::default(),
        }
    }

    /// The machine starts again: of the changes that were not synced, the first so many had reached the disk.
    pub(super) fn restart(&self, survived: impl Fn(usize) -> usize) {
        let mut log = self.log.lock().unwrap();
        let survived = survived(log.len());
        while log.len() > survived {
            match log.pop().unwrap() {
                Change::Made(path) => fs::remove_file(path).unwrap(),
                Change::Renamed(from, to, before) => {
                    fs::rename(&to, from).unwrap();
                    if let Some(bytes) = before {
                        fs::write(to, bytes).unwrap();
                    }
                }
                Change::Removed(path, bytes, modified) => {
                    fs::write(&path, bytes).unwrap();
                    let file = fs::File::options().write(true).open(path).unwrap();
                    file.set_modified(modified).unwrap();
                }
            }
        }
    }
}

impl Disk for Forgetful {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.power.step()?;
        RealDisk.write(path, bytes)?;
        self.log.lock().unwrap().push(Change::Made(path.into()));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.power.step()?;
        let before = fs::read(to).ok();
        RealDisk.rename(from, to)?;
        self.log
            .lock()
            .unwrap()
            .push(Change::Renamed(from.into(), to.into(), before));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.power.step()?;
        if let Ok(bytes) = fs::read(path) {
            let modified = fs::metadata(path)?.modified()?;
            RealDisk.remove(path)?;
            self.log
                .lock()
                .unwrap()
                .push(Change::Removed(path.into(), bytes, modified));
        }
        Ok(())
    }

    fn sync(&self, folder: &Path) -> io::Result<()> {
        self.power.step()?;
        RealDisk.sync(folder)?;
        self.log.lock().unwrap().clear();
        Ok(())
    }
}
