//! What the journal costs: durable entries a second by batch size, against the disk's own rate of durable writes
//! and against plain SQLite inserting the same bytes; and how long a large journal takes to verify.
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to say")]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use gardefou::journal::{AccessEvent, AccessRecord, Journal, JournalKey, JournalReader, Record, VerifyOptions};
use gardefou::{Artefact, Operation, Purpose, Timestamp};
use rusqlite::Connection;

/// How long each contender is measured in a round.
const ROUND: Duration = Duration::from_millis(700);

/// Rounds, the contenders in turn: what else the machine does is shared by all.
const ROUNDS: usize = 3;

const BATCHES: [usize; 3] = [1, 16, 256];

/// The journal that is verified.
const LARGE: u64 = 1_000_000;

fn record(n: usize) -> Record {
    Record::Access(AccessRecord {
        at: Timestamp::from_millis(1_795_600_800_000),
        event: AccessEvent::Access {
            operation: Operation::View,
            artefact: Artefact::Recording,
            purpose: Purpose::Training,
            account: "a-1001".into(),
            role: "trainer".into(),
            recording: format!("s-{n}"),
            programme: "crm-onboarding".into(),
            granted: true,
            reason: "permitted".into(),
            detail: 0,
            obligations: vec![],
            second_person: None,
            not_proven: None,
        },
    })
}

fn written(folder: &Path) -> Journal {
    let key = JournalKey::at(&folder.join("journal.key")).expect("a key can be made");
    Journal::open(&folder.join("journal"), &key).expect("a journal can be made")
}

/// Does this for a round; gives how many entries a second.
fn rate(batch: usize, mut write: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < ROUND {
        write();
        done += batch;
    }
    f64::from(u32::try_from(done).expect("not that many")) / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

fn appending(folder: &Path) {
    println!("durable entries a second, and the ratio to the first line's");
    println!("{:<34}{:>20}{:>20}{:>20}", "batch", BATCHES[0], BATCHES[1], BATCHES[2]);
    let mut table = [const { Vec::new() }; 3];
    for batch in BATCHES {
        let records: Vec<Record> = (0..batch).map(record).collect();
        let lines: Vec<Vec<u8>> = records
            .iter()
            .map(|record| serde_json::to_vec(record).expect("a record can be written"))
            .collect();
        let mut file = File::create(folder.join(format!("plain-{batch}"))).expect("a file can be made");
        let sqlite = sqlite(&folder.join(format!("sqlite-{batch}")));
        let place = folder.join(format!("journal-{batch}"));
        std::fs::create_dir(&place).expect("a folder can be made");
        let journal = written(&place);
        let mut rates = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            let [plain, inserted, appended] = &mut rates;
            plain.push(rate(batch, || {
                lines
                    .iter()
                    .for_each(|line| file.write_all(line).expect("the disk takes it"));
                file.sync_data().expect("the disk takes it");
            }));
            inserted.push(rate(batch, || insert(&sqlite, &lines)));
            appended.push(rate(batch, || {
                journal.append(&records).expect("the disk takes it");
            }));
        }
        for (row, rates) in table.iter_mut().zip(rates) {
            row.push(median(rates));
        }
    }
    let names = [
        "the disk: write, then fdatasync",
        "plain SQLite, the same bytes",
        "the journal",
    ];
    let first = table.first().cloned().unwrap_or_default();
    for (name, row) in names.iter().zip(&table) {
        let cells = row.iter().zip(&first);
        let cells: String = cells
            .map(|(rate, first)| format!("{:>20}", format!("{rate:.0} ×{:.2}", rate / first)))
            .collect();
        println!("{name:<34}{cells}");
    }
}

/// As durable as the journal.
fn sqlite(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a database can be made");
    connection
        .execute_batch("PRAGMA journal_mode = wal; PRAGMA synchronous = full; CREATE TABLE entry (content BLOB)")
        .expect("a table can be made");
    connection
}

fn insert(connection: &Connection, lines: &[Vec<u8>]) {
    let transaction = connection.unchecked_transaction().expect("nobody else writes");
    for line in lines {
        let mut insert = connection
            .prepare_cached("INSERT INTO entry VALUES (?1)")
            .expect("the table is there");
        insert.execute([line]).expect("the disk takes it");
    }
    transaction.commit().expect("the disk takes it");
}

fn verifying(folder: &Path) {
    let journal = written(folder);
    let records: Vec<Record> = (0..1000).map(record).collect();
    let start = Instant::now();
    while journal.append(&records).expect("the disk takes it").size < LARGE {}
    println!(
        "\n{LARGE} entries appended, 1000 at once, in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let reader = JournalReader::open(&folder.join("journal")).expect("it is a journal");
    println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    let start = Instant::now();
    let verified = reader
        .verify(&VerifyOptions::default(), |_, _| {})
        .expect("it is what was written");
    println!(
        "verified, with {} checkpoints, in {:.1} s",
        verified.checkpoints,
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    reader.prove(LARGE / 3).expect("it can be read").expect("it is there");
    println!("one entry proved in {:.2} s", start.elapsed().as_secs_f64());
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    appending(folder.path());
    verifying(folder.path());
}
