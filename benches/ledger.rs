//! What the ledger costs, against the disk's own rate of syncing and against plain SQLite that writes as many
//! rows at once. Set `GARDEFOU_BENCH_FOLDER` to measure another disk than that of temporary files.
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to say")]

use std::env;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use criterion::{BenchmarkId, Criterion, criterion_group};
use gardefou::ledger::{Caps, Closing, Ledger as _, Offer, Reservation, SqliteLedger};
use gardefou::{Cap, NO_LIMIT, Timestamp};
use gardefou_benches::ratios;
use rusqlite::{Connection, TransactionBehavior, params};
use tempfile::TempDir;

const GROUP: &str = "ledger";

/// How many sessions reserve in one call.
const SIZES: [usize; 3] = [1, 16, 256];

/// How many sessions run on the machine.
const RUNNING: usize = 2_000;

const START: Timestamp = Timestamp::from_millis(1_795_600_000_000);

const DAY: u64 = 86_400_000;

fn folder() -> TempDir {
    match env::var_os("GARDEFOU_BENCH_FOLDER") {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    }
    .expect("a folder")
}

fn caps() -> Caps {
    let cap = |limit| Cap { limit, per: 7 * DAY };
    Caps {
        employee: cap(1 << 39),
        programme: cap(1 << 39),
        unreviewed: NO_LIMIT,
    }
}

/// What the disk does alone: 4 KiB written, and synced.
fn synced(c: &mut Criterion) {
    let folder = folder();
    let mut file = File::create(folder.path().join("file")).expect("a file");
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(20);
    for size in SIZES {
        group.bench_function(BenchmarkId::new("synced", size), |b| {
            b.iter(|| {
                if file.stream_position().expect("a place") > 4 << 20 {
                    file.seek(SeekFrom::Start(0)).expect("the start");
                }
                file.write_all(&[7; 4096]).expect("written");
                file.sync_data().expect("synced");
            });
        });
    }
}

/// Plain SQLite, as durable: a transaction that writes a row for each session.
fn plain(c: &mut Criterion) {
    let folder = folder();
    let mut database = Connection::open(folder.path().join("plain.db")).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE kept (session INTEGER, at INTEGER, ms INTEGER)",
        )
        .expect("a table");
    let mut at = 0i64;
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(20);
    for size in SIZES {
        group.bench_function(BenchmarkId::new("plain", size), |b| {
            b.iter(|| {
                at += 1;
                let transaction = database
                    .transaction_with_behavior(TransactionBehavior::Immediate)
                    .expect("begun");
                for session in 0..size as u64 {
                    transaction
                        .prepare_cached("INSERT INTO kept VALUES (?1, ?2, 100)")
                        .and_then(|mut row| row.execute(params![session.cast_signed(), at]))
                        .expect("written");
                }
                transaction.commit().expect("synced");
            });
        });
    }
}

fn offered(ledger: &SqliteLedger, session: &str, number: usize, at: Timestamp) {
    let call = Offer {
        session,
        employee: &format!("e-{}", number % RUNNING),
        programme: &format!("p-{}", number % 4),
        at,
        periods: &[30 * DAY],
    };
    ledger.offer(&call).expect("offered");
}

/// So many of the machine's sessions say what they kept, and get a new slice.
fn reserve(c: &mut Criterion) {
    let folder = folder();
    let ledger = SqliteLedger::open(folder.path().join("ledger.db")).expect("a ledger");
    let sessions: Vec<String> = (0..RUNNING).map(|number| format!("s-{number}")).collect();
    for (number, session) in sessions.iter().enumerate() {
        offered(&ledger, session, number, START);
    }
    let caps = [caps()];
    let (mut turn, mut next) = (0u64, 0usize);
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(20);
    for size in SIZES {
        group.bench_function(BenchmarkId::new("reserve", size), |b| {
            b.iter(|| {
                turn += 1;
                let at = START.plus(turn);
                let asked: Vec<Reservation<'_>> = (0..size)
                    .map(|number| Reservation {
                        session: sessions.get((next + number) % RUNNING).expect("a session"),
                        at,
                        kept: turn,
                        wanted: 10_000,
                        until: at.plus(DAY),
                        caps: &caps,
                    })
                    .collect();
                next += size;
                ledger.reserve(&asked).expect("granted")
            });
        });
    }
}

/// A whole session: offered, a slice, closed. Three transactions.
fn session(c: &mut Criterion) {
    let folder = folder();
    let ledger = SqliteLedger::open(folder.path().join("ledger.db")).expect("a ledger");
    let caps = [caps()];
    let mut number = 0usize;
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(20);
    group.bench_function(BenchmarkId::new("session", 1), |b| {
        b.iter(|| {
            number += 1;
            let (session, at) = (format!("s-{number}"), START.plus(number as u64));
            offered(&ledger, &session, number, at);
            let asked = Reservation {
                session: &session,
                at,
                kept: 0,
                wanted: 10_000,
                until: at.plus(DAY),
                caps: &caps,
            };
            ledger.reserve(&[asked]).expect("granted");
            let end = Closing {
                session: &session,
                at,
                kept: 5_000,
                to_review: true,
            };
            ledger.close(&end).expect("closed");
        });
    });
}

criterion_group!(ledgers, synced, plain, reserve, session);

fn main() {
    let run = ratios::Run::begin();
    ledgers();
    Criterion::default().configure_from_args().final_summary();
    let contenders = [
        ("4 KiB written and synced", "synced"),
        ("plain SQLite, a row for each", "plain"),
        ("reserve, 2,000 sessions running", "reserve"),
        ("a whole session, three transactions", "session"),
    ];
    run.print("One call", "sessions", GROUP, &contenders, &SIZES);
}
