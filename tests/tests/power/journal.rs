//! The journal, whenever the power is cut.

use std::fs;
use std::ops::Range;
use std::path::Path;

use gardefou::journal::{Journal, JournalReader, VerifyOptions};
use gardefou_tests::power::{self, Says, Told, discard, segment};

use crate::change::Change;
use crate::cut::{Found, everywhere, within};
use crate::recording::{Recording, scratch};
use crate::state::State;

/// What a journal says behind each step, when nothing goes wrong: before the first, and behind each.
fn undisturbed(steps: &[Told]) -> Vec<Says> {
    let folder = scratch();
    let mut journal = Some(power::journal(folder.path()).unwrap());
    let mut says = vec![Says::of(journal.as_ref().unwrap()).unwrap()];
    for step in steps {
        step.tell(folder.path(), &mut journal).unwrap();
        says.push(Says::of(journal.as_ref().unwrap()).unwrap());
    }
    says
}

fn steps(said: &[&str]) -> usize {
    said.iter().filter(|line| **line == "step").count()
}

/// The journal in this folder, which was not lost, and verifies.
pub(crate) fn opened(folder: &Path, said: &[&str]) -> Result<Journal, String> {
    let key = power::journal_key(folder).map_err(|error| format!("the key: {error}"))?;
    let own = format!("key {}", key.verifier());
    if said
        .first()
        .is_some_and(|first| first.starts_with("key ") && **first != own)
    {
        return Err("another key".to_owned());
    }
    if said.contains(&"made") && !power::journal_file(folder).exists() {
        return Err("the journal is gone".to_owned());
    }
    let journal = power::journal(folder).map_err(|error| format!("opening: {error}"))?;
    verified(folder)?;
    Ok(journal)
}

pub(crate) fn verified(folder: &Path) -> Found {
    let key = power::journal_key(folder).map_err(|error| error.to_string())?;
    let reader = JournalReader::open(&power::journal_file(folder)).map_err(|error| error.to_string())?;
    let mut options = VerifyOptions::default();
    options.verifier = Some(key.verifier());
    let verified = reader.verify(&options, |_, _| ());
    let verified = verified.map_err(|wrong| format!("not verified: {wrong:?}"))?;
    if !verified.marker {
        return Err("it has no marker".to_owned());
    }
    Ok(())
}

/// It takes more, and verifies again.
pub(crate) fn goes_on(folder: &Path, journal: &Journal) -> Found {
    let before = Says::of(journal).map_err(|error| error.to_string())?.entries.len();
    let head = journal
        .append(&[discard(900)])
        .map_err(|error| format!("appending: {error}"))?;
    if head.size < before as u64 + 1 {
        return Err(format!("{} entries behind {before}", head.size));
    }
    verified(folder)
}

/// Either what was said to be done is there, or that and what was about to be done.
fn says_one_of(journal: &Journal, undisturbed: &[Says], done: usize) -> Found {
    let says = Says::of(journal).map_err(|error| error.to_string())?;
    let expected = &undisturbed[done..undisturbed.len().min(done + 2)];
    if expected.contains(&says) {
        return Ok(());
    }
    Err(format!(
        "behind {done} steps it says {says:#?}\nand not {:#?}",
        expected[0]
    ))
}

#[test]
fn every_entry_that_was_acknowledged_is_there() {
    let undisturbed = undisturbed(&Told::appends());
    let mut recording = Recording::of(|_| ());
    recording.hand(&["appends"]);
    assert_eq!(steps(&recording.said()), undisturbed.len() - 1);
    let tried = everywhere(&recording, |folder, said| {
        let journal = opened(folder, said)?;
        says_one_of(&journal, &undisturbed, steps(said))?;
        goes_on(folder, &journal)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.changes > 250 && tried.states > 500, "{tried:?}");
}

/// 1,000 pages are put away into the file, and the log is written over from its start.
#[test]
fn a_log_that_begins_anew_loses_nothing() {
    let life = Told::long();
    let mut recording = Recording::of(|_| ());
    recording.hand(&["long-journal"]);
    let tried = within(&recording, anew(&recording), |folder, said| {
        let journal = opened(folder, said)?;
        let entries = journal.entries(0, 1_000).map_err(|error| error.to_string())?;
        let told = life
            .iter()
            .zip(&entries)
            .all(|(step, entry)| match (step, &entry.record) {
                (Told::Append(records), Some(record)) => records == std::slice::from_ref(record),
                _ => false,
            });
        let done = steps(said);
        if !told || !(done..=done + 1).contains(&entries.len()) {
            return Err(format!(
                "behind {done} steps it has {} entries, or others",
                entries.len()
            ));
        }
        goes_on(folder, &journal)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.states > 50, "{tried:?}");
}

/// How much had been said while the write-ahead log was put away, and written over from its start.
pub(crate) fn anew(recording: &Recording) -> Range<usize> {
    let mut said = 0;
    let mut heads = Vec::new();
    for change in &recording.changes {
        match change {
            Change::Said(_) => said += 1,
            Change::Wrote { at: 0, bytes, .. } if bytes.len() == LOG_HEAD => heads.push(said),
            _ => {}
        }
    }
    let [_, anew] = heads[..] else {
        panic!("the log began anew at {heads:?}, and not once");
    };
    assert!(anew + 2 < said, "nothing is written into it");
    anew - 1..anew + 2
}

/// How many bytes stand before the first page in a write-ahead log.
const LOG_HEAD: usize = 32;

#[test]
fn what_several_threads_were_told_is_there() {
    let mut recording = Recording::of(|_| ());
    recording.hand(&["threads"]);
    let tried = everywhere(&recording, |folder, said| {
        let journal = opened(folder, said)?;
        let says = Says::of(&journal).map_err(|error| error.to_string())?;
        for number in said.iter().filter_map(|line| line.strip_prefix("told ")) {
            let told = power::access(number.parse().unwrap());
            if !says.entries.iter().any(|entry| entry.record.as_ref() == Some(&told)) {
                return Err(format!("entry {number} is gone"));
            }
        }
        goes_on(folder, &journal)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.states > 100, "{tried:?}");
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// A salt opens what was forgotten, wherever it still lies.
pub(crate) fn salts_are_gone(folder: &Path, salts: &[Vec<u8>]) -> Found {
    for (name, bytes) in State::read(folder).entries() {
        let bytes = bytes.unwrap_or_default();
        let found = salts
            .iter()
            .any(|salt| bytes.windows(salt.len()).any(|window| window == salt));
        if found {
            return Err(format!(
                "`{}` still holds the salt of an entry that was forgotten",
                name.display()
            ));
        }
    }
    Ok(())
}

#[test]
fn what_was_forgotten_does_not_come_back() {
    let life = Told::forgetting();
    let undisturbed = undisturbed(&life);
    let mut recording = Recording::of(|_| ());
    recording.hand(&["forgetting"]);
    let tried = everywhere(&recording, |folder, said| {
        let done = steps(said);
        // The salts that were said before a step belong to it.
        let mut salts = Vec::new();
        let mut step = 0;
        for line in said {
            step += usize::from(*line == "step");
            salts.extend(line.strip_prefix("salt ").map(|salt| (step, bytes(salt))));
        }
        let gone = |until: usize| -> Vec<Vec<u8>> {
            let gone = salts.iter().filter(|(step, _)| *step < until);
            gone.map(|(_, salt)| salt.clone()).collect()
        };
        salts_are_gone(folder, &gone(done))?;
        let journal = opened(folder, said)?;
        says_one_of(&journal, &undisturbed, done)?;
        // What was cut short is finished by doing it again.
        if let Some(Told::Forget(entries)) = life.get(done) {
            journal.forget(entries).map_err(|error| error.to_string())?;
            salts_are_gone(folder, &gone(done + 1))?;
        }
        goes_on(folder, &journal)?;
        drop(journal);
        salts_are_gone(folder, &gone(done))
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.changes > 200 && tried.states > 300, "{tried:?}");
}

#[test]
fn a_discard_stays_open_until_it_is_said_to_be_done_and_a_file_that_is_gone_stays_gone() {
    let mut recording = Recording::of(|folder| {
        power::journal(folder).unwrap();
        for number in 1..4 {
            fs::write(folder.join(format!("s-{number}.mkv")), vec![7; 5_000]).unwrap();
        }
    });
    recording.hand(&["discard"]);
    let tried = everywhere(&recording, |folder, said| {
        let there = |number| folder.join(format!("s-{number}.mkv")).exists();
        let files: Vec<bool> = (0..4).map(there).collect();
        let journal = opened(folder, said)?;
        let open = journal.open_discards().map_err(|error| error.to_string())?;
        for number in 1..4 {
            let was_said = |what: &str| said.contains(&format!("{what} {number}").as_str());
            let is_open = open.iter().any(|open| open.segment == segment(number));
            let there = files[usize::try_from(number).unwrap()];
            if was_said("deleted") && there {
                return Err(format!("file {number} came back"));
            }
            if !was_said("open") && !there {
                return Err(format!("file {number} went before its discard was acknowledged"));
            }
            if was_said("deleted") && !was_said("closed") {
                // Between the two it may be either.
                continue;
            }
            if was_said("open") && !was_said("closed") && !is_open {
                return Err(format!("discard {number} is not open"));
            }
            if was_said("closed") && is_open {
                return Err(format!("discard {number} is open again"));
            }
        }
        goes_on(folder, &journal)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.states > 100, "{tried:?}");
}
