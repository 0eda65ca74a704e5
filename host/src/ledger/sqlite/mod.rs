//! The embedded ledger: one SQLite file, shared by every process on the machine.

mod fault;
mod layout;
mod place;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gardefou_policy::types::{Millis, Timestamp};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use self::fault::{Trouble, fault};
use self::layout::Layout;
use self::place::Place;
use self::tables::Tables;
use super::about::{About, about_columns};
use super::{
    Balance, Calls, Closing, Granted, Ledger, LedgerIdentity, Offer, Reservation, Review, Unfinished, balance, book,
};
use crate::stores::StoreError;

const ABOUT: &str = concat!("SELECT ", about_columns!(), " FROM about");

/// How long a transaction waits for those of other processes, in ms.
const PATIENCE: u64 = 5_000;

/// The ledger in one SQLite file, for every process on one machine.
///
/// Beside the file stands `FILE.identity`: which ledger it is. A file that is missing, empty or another while
/// that marker is there is [`StoreError::Lost`], so that nobody starts to count from nothing unnoticed.
/// Keep both on a local disk, and copy them together. Each transaction is on the disk before it is
/// acknowledged.
///
/// ```
/// use gardefou::Timestamp;
/// use gardefou::ledger::{Ledger, Offer, SqliteLedger};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ledger.db");
/// let ledger = SqliteLedger::open(&path)?;
/// let call = Offer {
///     session: "s-1",
///     employee: "e-1001",
///     programme: "crm-onboarding",
///     at: Timestamp::from_millis(1_795_600_000_000),
///     periods: &[7 * 86_400_000],
/// };
/// let calls = ledger.offer(&call)?;
/// assert_eq!((calls[0].offered, calls[0].recorded), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SqliteLedger {
    place: Place,
    identity: LedgerIdentity,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    connection: Connection,
    /// The latest turn of the ledger that this process saw.
    seen: i64,
}

/// What may happen to the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Make,
    Write,
    Read,
}

impl SqliteLedger {
    /// Opens the ledger in this file; makes one where there is none.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when there was one and it is gone; [`StoreError::Foreign`] and
    /// [`StoreError::Newer`] when it is something else; otherwise what the system says.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::start(path.as_ref(), Opening::Make)
    }

    /// Opens the ledger in this file, and makes none.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; otherwise as [`SqliteLedger::open`].
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::start(path.as_ref(), Opening::Write)
    }

    /// Opens the ledger in this file only to look at it: whatever changes it fails with
    /// [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; otherwise as [`SqliteLedger::open`].
    pub fn open_to_read(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::start(path.as_ref(), Opening::Read)
    }

    fn start(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let mut place = Place::new(path)?;
        place.expect(opening != Opening::Make)?;
        let mut connection = connect(&place, opening)?;
        let layout = Layout::of(&connection).map_err(|error| fault(&place, error))?;
        match layout {
            Layout::Ours => {}
            Layout::Empty if place.marker().is_some() => return Err(place.lost("it is empty")),
            Layout::Empty if opening == Opening::Make => {
                layout::make(&mut connection, &place)?;
                // SQLite made its log only now.
                place.make_ready(false)?;
            }
            Layout::Empty => return Err(place.foreign("it is empty")),
            Layout::Foreign => return Err(place.foreign("it is an SQLite database, and no ledger")),
            Layout::Newer(version) => {
                return Err(StoreError::Newer {
                    store: place.name(),
                    version,
                });
            }
        }
        layout::prepare(&connection, opening == Opening::Read).map_err(|error| fault(&place, error))?;
        place.remember()?;
        let identity = if opening == Opening::Read {
            let identity = layout::identity(&connection, &place)?;
            place.agrees(identity)?;
            identity
        } else {
            layout::identity_marked(&mut connection, &mut place)?
        };
        Ok(Self {
            place,
            identity,
            open: Mutex::new(Open { connection, seen: 0 }),
        })
    }

    /// One transaction: all of it is on the disk, or none of it happened.
    fn write<T>(&self, work: impl FnOnce(&mut Tables<'_>, &mut About) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.place.check()?;
        let answer = self
            .written(&mut open, work)
            .map_err(|trouble| fault(&self.place, trouble))?;
        // What went into a file that was taken away meanwhile is nowhere.
        self.place.check()?;
        Ok(answer)
    }

    fn written<T>(
        &self,
        open: &mut Open,
        work: impl FnOnce(&mut Tables<'_>, &mut About) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let transaction = open
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut tables = Tables::new(&transaction);
        let mut about = About::of(&mut tables, ABOUT)?;
        about.check(self.identity, open.seen)?;
        about.turn = about.turn.saturating_add(1);
        let answer = work(&mut tables, &mut about)?;
        about.save(&mut tables)?;
        transaction.commit()?;
        open.seen = about.turn;
        Ok(answer)
    }

    fn read<T>(&self, work: impl FnOnce(&mut Tables<'_>) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.place.check()?;
        self.told(&mut open, work)
            .map_err(|trouble| fault(&self.place, trouble))
    }

    fn told<T>(&self, open: &mut Open, work: impl FnOnce(&mut Tables<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let transaction = open.connection.transaction()?;
        let mut tables = Tables::new(&transaction);
        let about = About::of(&mut tables, ABOUT)?;
        about.check(self.identity, open.seen)?;
        open.seen = about.turn;
        work(&mut tables)
    }
}

fn connect(place: &Place, opening: Opening) -> Result<Connection, StoreError> {
    let flags = match opening {
        Opening::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Opening::Make | Opening::Write => {
            // Where there was one, none is made in its place.
            place.make_ready(opening == Opening::Make && place.marker().is_none())?;
            OpenFlags::SQLITE_OPEN_READ_WRITE
        }
    };
    let connection = Connection::open_with_flags(place.path(), flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| fault(place, error))?;
    connection
        .busy_timeout(Duration::from_millis(PATIENCE))
        .map_err(|error| fault(place, error))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

impl Ledger for SqliteLedger {
    fn name(&self) -> String {
        self.place.name()
    }

    fn files(&self) -> Vec<PathBuf> {
        self.place.files()
    }

    fn identity(&self) -> Result<LedgerIdentity, StoreError> {
        self.read(|_| Ok(self.identity))
    }

    fn offer(&self, call: &Offer<'_>) -> Result<Vec<Calls>, StoreError> {
        self.write(|tables, about| book::offer(tables, about, call))
    }

    fn reserve(&self, asked: &[Reservation<'_>]) -> Result<Vec<Granted>, StoreError> {
        self.write(|tables, about| book::reserve(tables, about, asked))
    }

    fn close(&self, end: &Closing<'_>) -> Result<(), StoreError> {
        self.write(|tables, about| book::close(tables, about, end))
    }

    fn reviewed(&self, review: &Review<'_>) -> Result<Millis, StoreError> {
        self.write(|tables, _| book::reviewed(tables, review))
    }

    fn unfinished(&self, at: Timestamp) -> Result<Vec<Unfinished>, StoreError> {
        self.read(|tables| balance::unfinished(tables, at))
    }

    fn balances(&self, at: Timestamp, per: Millis) -> Result<Vec<Balance>, StoreError> {
        self.read(|tables| balance::balances(tables, at, per))
    }
}

#[cfg(all(test, feature = "kit"))]
mod tests {
    use super::super::Whose;
    use super::super::kit::{History, Step, answer};
    use super::*;

    #[test]
    fn no_question_of_a_session_looks_through_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(folder.path().join("ledger.db")).unwrap();
        let questions = History::new(3).filter(|step| !matches!(step, Step::Look { .. }));
        for step in questions.take(400) {
            tables::scans::take();
            answer(&ledger, &step);
            let scanned = tables::scans::take();
            // The one row about the ledger has no index.
            assert!(scanned <= 2, "{scanned} rows for {step:?}");
        }
        let balances = ledger.balances(Timestamp::MAX, Millis::MAX).unwrap();
        assert!(tables::scans::take() > 2, "what is looked through is noticed");
        assert!(
            balances
                .iter()
                .any(|balance| balance.of == Whose::Programme("p-1".into()))
        );
    }
}
