//! What the tests of power cuts do in another process, whose every change of the disk is written down. Each
//! line that it prints acknowledges something.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::Duration;

use gardefou::custody::{AskedBy, Right, RightRequest, Subject};
use gardefou::journal::JournalReader;
use gardefou::{Action, Condition, Outcome, Policy, PolicyHandle, Runtime, StoreError, Stores, StoresOptions};
use gardefou_policy::rules::{Enrolment, Programmes, Rules};
use gardefou_tests::fixture;
use gardefou_tests::power::{self, Asked, NOW, Told, access, discard, discarded};
use gardefou_tests::sitting::Sitting;

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["appends", folder] => tell(Path::new(folder), &Told::appends()),
        ["forgetting", folder] => tell(Path::new(folder), &Told::forgetting()),
        ["long-journal", folder] => tell(Path::new(folder), &Told::long()),
        ["long-ledger", folder] => ask(Path::new(folder), &Asked::long()),
        ["threads", folder] => threads(Path::new(folder)),
        ["ledger", folder] => ask(Path::new(folder), &Asked::life()),
        ["purge", folder] => purge(Path::new(folder)),
        ["erase", folder] => right(Path::new(folder), &Right::Erase, Subject::Employee("e-1001".to_owned())),
        ["sessions", folder] => sessions(Path::new(folder)),
        ["restrict", folder] => right(Path::new(folder), &restrict(), Subject::Session("new".to_owned())),
        ["release", folder] => right(Path::new(folder), &release(), Subject::Session("new".to_owned())),
        ["discard", folder] => discard_file(Path::new(folder)),
        ["unsynced-database", folder] => unsynced_database(Path::new(folder)),
        ["unsynced-folder", folder] => unsynced_folder(Path::new(folder)),
        ["unsynced-file", folder] => unsynced_file(Path::new(folder)),
        _ => Err("one of the words above, and a folder".into()),
    }
}

fn tell(folder: &Path, steps: &[Told]) -> Done {
    let key = power::journal_key(folder)?;
    println!("key {}", key.verifier());
    let mut journal = Some(power::journal(folder)?);
    println!("made");
    for step in steps {
        if let Told::Forget(entries) = step {
            salts(folder, entries)?;
        }
        step.tell(folder, &mut journal)?;
        println!("step");
    }
    Ok(())
}

/// What is about to be destroyed: the test looks for it on the disk.
fn salts(folder: &Path, entries: &[u64]) -> Done {
    let reader = JournalReader::open(&power::journal_file(folder))?;
    for entry in entries {
        let stored = reader.stored(*entry, 1)?;
        let opened = stored.first().and_then(|stored| stored.opened.as_ref());
        let (salt, _) = opened.ok_or("an entry that is forgotten twice")?;
        let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("salt {salt}");
    }
    Ok(())
}

/// Several threads tell one journal.
fn threads(folder: &Path) -> Done {
    let journal = power::journal(folder)?;
    let tell = &|from: u64| -> Result<(), StoreError> {
        for number in from..from + 5 {
            journal.append(&[access(number)])?;
            println!("told {number}");
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads = [0, 100, 200].map(|from| scope.spawn(move || tell(from)));
        for thread in threads {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

fn ask(folder: &Path, steps: &[Asked]) -> Done {
    let mut ledger = Some(power::ledger(folder)?);
    println!("made");
    for step in steps {
        step.ask(folder, &mut ledger)?;
        println!("step");
    }
    Ok(())
}

/// A segment is discarded as a recorder does it: journalled, deleted, journalled.
fn discard_file(folder: &Path) -> Done {
    let journal = power::journal(folder)?;
    for number in 1..4 {
        journal.append(&[discard(number)])?;
        println!("open {number}");
        fs::remove_file(folder.join(format!("s-{number}.mkv")))?;
        File::open(folder)?.sync_all()?;
        println!("deleted {number}");
        journal.append(&[discarded(number)])?;
        println!("closed {number}");
    }
    Ok(())
}

fn purge(folder: &Path) -> Done {
    let policies = power::policies()?;
    let custody = power::custody(&policies, power::journal(folder)?, folder);
    let report = custody.purge(NOW, false)?;
    if report.still_there() {
        return Err("something is still there".into());
    }
    println!("purged");
    Ok(())
}

/// One session that is kept, and one that must be discarded, as a recorder has them: with a ledger and a journal.
fn sessions(folder: &Path) -> Done {
    let policy = Policy::from_checked_rules(&Runtime::new()?, &rules())?;
    let options = StoresOptions::default()
        .ledger(power::ledger(folder)?)
        .journal(power::journal(folder)?)
        .slice(400);
    let stores = Stores::start(options)?;
    let handle = PolicyHandle::with_stores(vec![policy], &stores)?;
    println!("started");
    for number in 1..3 {
        let mut facts = fixture::facts();
        facts.session = power::session(number);
        facts.employee = format!("e-{number}");
        let mut sitting = Sitting::of(&handle, facts).map_err(|why| format!("refused: {why:?}"))?;
        record(&mut sitting, number)?;
        if number == 2 {
            sitting.call.condition(Condition::PARTY_OBJECTED, Some(true));
        }
        let end = sitting.now.plus(100);
        for reviewed in sitting.session.finish(end) {
            match reviewed.outcome {
                Outcome::Keep => println!("keep {number}"),
                Outcome::Discard(ticket) => {
                    println!("discard {number}");
                    ticket.done().map_err(|open| format!("{open:?}"))?;
                    stores.flush()?;
                    println!("discarded {number}");
                }
                other => return Err(format!("{other:?}").into()),
            }
        }
    }
    stores.shutdown();
    Ok(())
}

/// The rules of the fixture, for two employees: of each of them one call may be recorded.
fn rules() -> Rules {
    let mut rules = fixture::rules();
    if let Programmes::Listed(programmes) = &mut rules.programmes {
        for programme in programmes {
            programme.enrolment = Enrolment::Listed(vec!["e-1".to_owned(), "e-2".to_owned()]);
        }
    }
    rules
}

/// Twelve frames, each after 100 ms; the store thread is given time to answer.
fn record(sitting: &mut Sitting, number: u64) -> Done {
    let mut kept = 0;
    for _ in 0..1_000 {
        if sitting.frame().action == Action::Keep {
            println!("kept {number}");
            kept += 1;
        }
        if kept == 12 {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err("the ledger grants nothing".into())
}

/// That nobody works with it.
fn restrict() -> Right {
    Right::Restrict {
        reference: "r-1".to_owned(),
        review: NOW.plus(30 * 86_400_000),
    }
}

/// That this ends.
fn release() -> Right {
    Right::Release { told_on: NOW }
}

/// Answers a person's request.
fn right(folder: &Path, right: &Right, subject: Subject) -> Done {
    let policies = power::policies()?;
    let custody = power::custody(&policies, power::journal(folder)?, folder);
    let receipt = custody.right(&RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right,
        subject: &subject,
        asker: &power::asker(),
        at: NOW,
    })?;
    if receipt.incomplete() {
        return Err("something was not done".into());
    }
    println!("{}", receipt.request);
    Ok(())
}

/// Wrong: SQLite is told not to sync.
fn unsynced_database(folder: &Path) -> Done {
    let connection = rusqlite::Connection::open(folder.join("numbers.db"))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", env::var("POWER_SYNCHRONOUS")?)?;
    connection.execute_batch("CREATE TABLE number (it INTEGER PRIMARY KEY)")?;
    for number in 0..3 {
        connection.execute("INSERT INTO number VALUES (?1)", [number])?;
        println!("{number}");
    }
    Ok(())
}

/// Wrong: a file is deleted, and its folder not synced.
fn unsynced_folder(folder: &Path) -> Done {
    fs::remove_file(folder.join("old.mkv"))?;
    println!("deleted");
    Ok(())
}

/// Wrong: a file is put in the place of another before its bytes are on the disk.
fn unsynced_file(folder: &Path) -> Done {
    fs::write(folder.join("new"), "new")?;
    fs::rename(folder.join("new"), folder.join("file"))?;
    File::open(folder)?.sync_all()?;
    println!("written");
    Ok(())
}
