//! What the tests of the ledger do in other processes: hold it, fill it, hammer it.

use std::env;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use gardefou::ledger::{Caps, Closing, Ledger, Offer, Reservation, SqliteLedger, Whose};
use gardefou::{StoreError, Timestamp, wall_clock_now};
use gardefou_policy::types::{Cap, NO_LIMIT};

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["hold", path] => hold(Path::new(path)),
        ["identity", path] => identity(Path::new(path)),
        ["fill", path] => fill(Path::new(path)),
        ["hammer", path, truth, name, sessions] => hammer(Path::new(path), Path::new(truth), name, sessions.parse()?),
        _ => Err("hold, identity, fill or hammer".into()),
    }
}

/// Holds the lock of the file until it is killed, or nobody listens any more.
fn hold(path: &Path) -> Done {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    println!("held");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn identity(path: &Path) -> Done {
    println!("{}", SqliteLedger::open(path)?.identity()?);
    Ok(())
}

/// Counts until the disk takes no more, and says what became of it.
fn fill(path: &Path) -> Done {
    let folder = path.parent().ok_or("a file in a folder")?;
    let ballast = folder.join("ballast");
    drop(fs::write(&ballast, vec![1; 500_000]));
    let mut counted = 0;
    let error = match SqliteLedger::open(path) {
        Ok(ledger) => fill_until_error(&ledger, &mut counted),
        Err(error) => error,
    };
    println!("{error:?}");
    let Ok(ledger) = SqliteLedger::open_to_read(path) else {
        return Ok(());
    };
    let balances = ledger.balances(NOW.plus(1), 1_000)?;
    let programme = balances.iter().find(|one| one.of == Whose::Programme("p".to_owned()));
    if programme.is_some_and(|programme| programme.kept == counted) {
        println!("counted what was acknowledged");
    }
    fs::remove_file(&ballast)?;
    let ledger = SqliteLedger::open(path)?;
    if session(&ledger, "last", &mut counted).is_ok() {
        println!("goes on when there is space");
    }
    Ok(())
}

const NOW: Timestamp = Timestamp::from_millis(1_795_600_000_000);

fn fill_until_error(ledger: &dyn Ledger, counted: &mut u64) -> StoreError {
    let mut number = 0u32;
    loop {
        number += 1;
        // Each takes a few hundred bytes.
        if let Err(error) = session(ledger, &format!("{number:0900}"), counted) {
            return error;
        }
    }
}

/// Adds 1 to `counted` when the ledger acknowledged 1 ms.
fn session(ledger: &dyn Ledger, session: &str, counted: &mut u64) -> Result<(), StoreError> {
    ledger.offer(&Offer {
        session,
        employee: &session[session.len().saturating_sub(6)..],
        programme: "p",
        at: NOW,
        periods: &[],
    })?;
    ledger.reserve(&[Reservation {
        session,
        at: NOW,
        kept: 1,
        wanted: 0,
        until: NOW.plus(1),
        caps: &[],
    }])?;
    *counted += 1;
    ledger.close(&Closing {
        session,
        at: NOW,
        kept: 1,
        to_review: true,
    })
}

/// How much a session of the hammer asks for, in ms; and for how long.
const SLICE: u64 = 20;
const SLICE_LASTS: u64 = 400;

/// Opens so many sessions, one after the other, and records what it may. What it records it writes to the
/// file `truth` before anything else: whoever kills it, that is what was recorded.
fn hammer(path: &Path, truth: &Path, name: &str, sessions: u64) -> Done {
    let ledger = SqliteLedger::open(path)?;
    let mut truth = OpenOptions::new().append(true).create(true).open(truth)?;
    let mut random = Random(u64::from(std::process::id()));
    for number in 0..sessions {
        hammer_once(&ledger, &mut truth, &mut random, &format!("{name}-{number}"))?;
    }
    Ok(())
}

fn hammer_once(ledger: &dyn Ledger, truth: &mut File, random: &mut Random, session: &str) -> Done {
    let (employee, programme) = (format!("e-{}", random.below(6)), format!("p-{}", random.below(2)));
    writeln!(truth, "session {session}")?;
    ledger.offer(&Offer {
        session,
        employee: &employee,
        programme: &programme,
        at: wall_clock_now(),
        periods: &[],
    })?;
    let caps = Caps {
        employee: Cap {
            limit: 1_500,
            per: 3_000,
        },
        programme: Cap {
            limit: 8_000,
            per: 86_400_000,
        },
        unreviewed: NO_LIMIT,
    };
    let mut kept = 0;
    for _ in 0..=random.below(2) {
        let at = wall_clock_now();
        let until = at.plus(SLICE_LASTS);
        let asked = Reservation {
            session,
            at,
            kept,
            wanted: SLICE,
            until,
            caps: &[caps],
        };
        let slice = ledger.reserve(&[asked])?.first().ok_or("one answer")?.slice;
        let mut left = slice;
        while left > 0 && !random.below(8).is_multiple_of(8) {
            let amount = 1 + random.below(left);
            let now = wall_clock_now();
            if now >= until {
                break;
            }
            writeln!(truth, "kept {} {employee} {programme} {amount}", now.as_millis())?;
            kept += amount;
            left -= amount;
        }
    }
    ledger.close(&Closing {
        session,
        at: wall_clock_now(),
        kept,
        to_review: true,
    })?;
    Ok(())
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
