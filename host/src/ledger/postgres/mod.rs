//! The ledger in PostgreSQL: for an employer with many recorder hosts.

mod fault;
mod layout;
mod server;
mod tables;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use gardefou_policy::types::{Millis, Timestamp};

use self::fault::{Trouble, fault};
use self::server::{Line, Server};
use self::tables::Tables;
use super::about::{About, about_columns};
use super::{
    Balance, Calls, Closing, Granted, Ledger, LedgerIdentity, Offer, Reservation, Review, Unfinished, balance, book,
};
use crate::stores::StoreError;

/// Whoever reads the row to change it waits for those who do so already: one transaction at a time counts.
const ABOUT_LOCKED: &str = concat!("SELECT ", about_columns!(), " FROM about FOR UPDATE");

const ABOUT: &str = concat!("SELECT ", about_columns!(), " FROM about");

/// How often a transaction that came to nothing is tried in all.
const ATTEMPTS: u32 = 3;

/// The ledger in a PostgreSQL database, for every recorder host of an employer.
///
/// Its tables are in the schema `gardefou_ledger`, which is made when it is not there: the account needs the
/// right to create one, or an administrator creates it empty and gives it to the account. A server that does
/// not sync (`fsync = off`) is refused. A connection that is lost is made anew; when another ledger answers
/// then, or an older copy, it is [`StoreError::Lost`].
///
/// It must not be used on a thread of an async runtime: it has one of its own, and waits for it.
pub struct PostgresLedger {
    server: Server,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    line: Option<Line>,
    /// The ledger that answered first, and its latest turn that this process saw.
    known: Option<(LedgerIdentity, i64)>,
}

impl fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedger")
            .field("server", &self.server.name())
            .finish_non_exhaustive()
    }
}

/// What went wrong, and whether it is certain that nothing was written.
struct Failed {
    trouble: Trouble,
    nothing_written: bool,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self {
            trouble,
            nothing_written: true,
        }
    }
}

impl PostgresLedger {
    /// Connects to the database at this address, such as `host=db.internal user=gardefou dbname=ledger`, or
    /// the same as a `postgresql://` address; makes a ledger in it where there is none. The connection is
    /// not encrypted: use it over a socket of the machine or a network of your own, and
    /// [`PostgresLedger::connect_with`] elsewhere.
    ///
    /// # Errors
    /// When the address is malformed, the server cannot be reached, or what is there is no ledger.
    pub fn connect(address: &str) -> Result<Self, StoreError> {
        Self::start(Server::at(address)?)
    }

    /// Connects with connections that somebody else makes, encrypted as they like. `name` is what messages
    /// call the server: no password in it.
    ///
    /// # Errors
    /// When the server cannot be reached, or what is there is no ledger.
    pub fn connect_with(
        name: &str,
        connect: impl Fn() -> Result<::postgres::Client, ::postgres::Error> + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        Self::start(Server::with(name, connect))
    }

    fn start(server: Server) -> Result<Self, StoreError> {
        let ledger = Self {
            server,
            open: Mutex::default(),
        };
        ledger.read(|_| Ok(()))?;
        Ok(ledger)
    }

    /// One transaction: the server has all of it on its disk, or none of it happened.
    fn write<T>(&self, work: impl Fn(&mut Tables<'_>, &mut About) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.transact(ABOUT_LOCKED, |tables, about| {
            about.turn = about.turn.saturating_add(1);
            let answer = work(tables, about)?;
            about.save(tables)?;
            Ok(answer)
        })
    }

    fn read<T>(&self, work: impl Fn(&mut Tables<'_>) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.transact(ABOUT, |tables, _| work(tables))
    }

    fn transact<T>(
        &self,
        about: &'static str,
        work: impl Fn(&mut Tables<'_>, &mut About) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut attempt = 1;
        loop {
            match self.once(&mut open, about, &work) {
                Ok(answer) => return Ok(answer),
                Err(failed) if attempt < ATTEMPTS && failed.nothing_written && failed.trouble.passes() => attempt += 1,
                Err(failed) => return Err(fault(&self.server, &failed.trouble)),
            }
        }
    }

    fn once<T>(
        &self,
        open: &mut Open,
        about: &'static str,
        work: &impl Fn(&mut Tables<'_>, &mut About) -> Result<T, Trouble>,
    ) -> Result<T, Failed> {
        let mut line = match open.line.take() {
            Some(line) if !line.is_dead() => line,
            _ => Line::new(&self.server, open.known.is_none())?,
        };
        line.begin()?;
        let done = within(&mut line, open.known, about, work);
        let (answer, known) = match done {
            Ok(done) => done,
            Err(trouble) => {
                // A line that cannot even take it back is given up; the server takes it back then.
                if line.roll_back().is_ok() {
                    open.line = Some(line);
                }
                return Err(trouble.into());
            }
        };
        line.commit().map_err(|trouble| Failed {
            trouble,
            nothing_written: false,
        })?;
        open.known = Some(known);
        open.line = Some(line);
        Ok(answer)
    }
}

/// The work within a transaction that has begun; and which ledger did it.
fn within<T>(
    line: &mut Line,
    known: Option<(LedgerIdentity, i64)>,
    about: &'static str,
    work: &impl Fn(&mut Tables<'_>, &mut About) -> Result<T, Trouble>,
) -> Result<(T, (LedgerIdentity, i64)), Trouble> {
    let mut tables = line.tables();
    let mut about = About::of(&mut tables, about)?;
    if let Some((identity, seen)) = known {
        about.check(identity, seen)?;
    }
    let answer = work(&mut tables, &mut about)?;
    Ok((answer, (about.identity, about.turn)))
}

impl Ledger for PostgresLedger {
    fn name(&self) -> String {
        self.server.name().to_owned()
    }

    fn identity(&self) -> Result<LedgerIdentity, StoreError> {
        self.transact(ABOUT, |_, about| Ok(about.identity))
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
