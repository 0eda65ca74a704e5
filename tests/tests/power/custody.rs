//! A purge and an erasure, whenever the power is cut.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gardefou::custody::{AskedBy, Custody, Right, RightRequest, Subject};
use gardefou::journal::{AccessEvent, Journal, JournalReader, Record};
use gardefou::{Artefact, PolicyHandle};
use gardefou_policy::types::DAY;
use gardefou_tests::power::{self, NOW};

use crate::cut::{Found, Tried, everywhere, midway};
use crate::journal::{goes_on, opened, salts_are_gone};
use crate::recording::Recording;
use crate::state::State;

/// Recordings past their time and one that is not, what was made from one, and a file that was left behind.
/// Gives the salts of what the journal knows of the first two.
fn stock(folder: &Path) -> Vec<Vec<u8>> {
    fs::create_dir(folder.join("calls")).unwrap();
    let journal = power::journal(folder).unwrap();
    for (session, employee, days) in [("old", "e-1001", 400), ("older", "e-1001", 182), ("new", "e-1002", 1)] {
        power::recording(folder, &journal, session, employee, NOW.minus(days * DAY)).unwrap();
    }
    // Somebody looked at the clock: it does not leap, although the entries are old.
    let clock = serde_json::json!({ "record": "access", "at": NOW, "event": "clock", "account": "a-0" });
    journal.append(&[serde_json::from_value(clock).unwrap()]).unwrap();
    power::dated(folder, "old.analysis.md", NOW.minus(400 * DAY)).unwrap();
    power::dated(folder, LEFT, NOW.minus(2 * DAY)).unwrap();
    let reader = JournalReader::open(&power::journal_file(folder)).unwrap();
    let stored = reader.stored(0, 2).unwrap();
    stored
        .iter()
        .map(|entry| entry.opened.as_ref().unwrap().0.to_vec())
        .collect()
}

const LEFT: &str = "left.mkv";

/// What lies in `calls`, but for the lock.
fn files(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder.join("calls")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != ".gardefou.lock").collect()
}

fn events(journal: &Journal) -> Result<Vec<AccessEvent>, String> {
    let entries = journal.entries(0, 1_000).map_err(|error| error.to_string())?;
    let records = entries.into_iter().filter_map(|entry| entry.record);
    let event = |record| match record {
        Record::Access(access) => Some(access.event),
        _ => None,
    };
    Ok(records.filter_map(event).collect())
}

/// Whether the journal says that the recording of this session is gone.
fn says_gone(event: &AccessEvent, session: &str) -> bool {
    match event {
        AccessEvent::Purge {
            recording, artefact, ..
        } => recording.as_deref() == Some(session) && *artefact == Artefact::Recording,
        AccessEvent::Right {
            request, recordings, ..
        } => request == "erase" && recordings.iter().any(|recording| recording == session),
        AccessEvent::Discarded { session: of, .. } => of == session,
        _ => false,
    }
}

/// Nothing of these two is left, in whatever file.
fn is_gone(folder: &Path, salts: &[Vec<u8>]) -> Found {
    let back = files(folder).into_iter().find(|name| name.starts_with("old"));
    if let Some(name) = back {
        return Err(format!("`{name}` is there"));
    }
    for (name, bytes) in State::read(folder).entries() {
        let bytes = bytes.unwrap_or_default();
        let canary = b"what old";
        if bytes.windows(canary.len()).any(|window| window == canary) {
            return Err(format!(
                "`{}` holds a piece of a recording that is gone",
                name.display()
            ));
        }
    }
    salts_are_gone(folder, salts)
}

/// What is not past its time is as it was, in the folder and in the journal.
fn the_rest_is_there(folder: &Path, journal: &Journal) -> Found {
    for name in ["new.mkv", "new.jsonl"] {
        let there = fs::read_to_string(folder.join("calls").join(name));
        if there.as_deref().ok() != Some(&format!("what {name} holds")) {
            return Err(format!("`{name}` holds {there:?}"));
        }
    }
    let entries = journal.entries(2, 1).map_err(|error| error.to_string())?;
    let decision = entries.first().and_then(|entry| entry.record.as_ref());
    let is_new = matches!(decision, Some(Record::Decision(decision)) if decision.session == "new");
    (is_new && folder.join("calls/new.sidecar.json").exists())
        .then_some(())
        .ok_or_else(|| "what is known of `new` is gone".to_owned())
}

/// Whatever was journalled to be gone is, and nothing went without a word in the journal.
fn journal_and_folder_agree(folder: &Path, journal: &Journal) -> Found {
    let events = events(journal)?;
    for session in ["old", "older"] {
        let there = folder.join("calls").join(format!("{session}.mkv")).exists();
        let gone = events.iter().any(|event| says_gone(event, session));
        if there && gone {
            return Err(format!("{session} came back"));
        }
        let announced =
            |event: &AccessEvent| matches!(event, AccessEvent::Discard { session: of, .. } if of == session);
        if !there && !events.iter().any(announced) {
            return Err(format!("{session} went without a trace"));
        }
    }
    Ok(())
}

/// Each discard was opened once and closed once, and each deletion told once.
fn everything_is_told_once(journal: &Journal) -> Found {
    let open = journal.open_discards().map_err(|error| error.to_string())?;
    if !open.is_empty() {
        return Err(format!("open discards: {open:?}"));
    }
    let events = events(journal)?;
    for session in ["old", "older"] {
        let count = |is: &dyn Fn(&AccessEvent) -> bool| events.iter().filter(|event| is(event)).count();
        let opened = count(&|event| matches!(event, AccessEvent::Discard { session: of, .. } if of == session));
        let closed = count(&|event| matches!(event, AccessEvent::Discarded { session: of, .. } if of == session));
        let told = count(&|event| !matches!(event, AccessEvent::Discarded { .. }) && says_gone(event, session));
        if (opened, closed) != (1, 1) || told == 0 {
            return Err(format!(
                "{session}: opened {opened}, closed {closed}, told {told} times"
            ));
        }
    }
    Ok(())
}

/// Something that deletes: what the hand is told, what it says when it is done, how it is done again, and what
/// is left.
struct Deleting<'a> {
    hand: &'a str,
    done: &'a str,
    again: fn(&Custody) -> Result<bool, String>,
    left: &'a [&'a str],
}

const PURGE: Deleting<'_> = Deleting {
    hand: "purge",
    done: "purged",
    again: purge_again,
    left: &["new.jsonl", "new.mkv", "new.sidecar.json"],
};

const ERASE: Deleting<'_> = Deleting {
    hand: "erase",
    done: "erase",
    again: erase_again,
    left: &[LEFT, "new.jsonl", "new.mkv", "new.sidecar.json"],
};

fn purge_again(custody: &Custody) -> Result<bool, String> {
    let report = custody.purge(NOW, false);
    let report = report.map_err(|error| format!("purging again: {error}"))?;
    Ok(!report.still_there())
}

fn erase_again(custody: &Custody) -> Result<bool, String> {
    let receipt = custody.right(&RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &Right::Erase,
        subject: &Subject::Employee("e-1001".to_owned()),
        asker: &power::asker(),
        at: NOW,
    });
    let receipt = receipt.map_err(|error| format!("erasing again: {error}"))?;
    Ok(!receipt.incomplete())
}

impl Deleting<'_> {
    /// Cuts the power everywhere, and finishes what was begun by doing it again.
    fn cut(&self, recording: &Recording, salts: &[Vec<u8>]) -> Tried {
        let policies: PolicyHandle = power::policies().unwrap();
        let tried = everywhere(recording, |folder, said| {
            if said.contains(&self.done) {
                is_gone(folder, salts)?;
                self.only_the_rest_is_left(folder)?;
            }
            let journal = opened(folder, said)?;
            the_rest_is_there(folder, &journal)?;
            journal_and_folder_agree(folder, &journal)?;
            date_what_was_left(folder);
            if !(self.again)(&power::custody(&policies, journal.clone(), folder))? {
                return Err("it was not finished".to_owned());
            }
            is_gone(folder, salts)?;
            self.only_the_rest_is_left(folder)?;
            the_rest_is_there(folder, &journal)?;
            everything_is_told_once(&journal)?;
            goes_on(folder, &journal)
        });
        let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
        println!("{tried:?}");
        tried
    }

    fn only_the_rest_is_left(&self, folder: &Path) -> Found {
        let there = files(folder);
        let left: BTreeSet<String> = self.left.iter().map(|name| (*name).to_owned()).collect();
        (there == left)
            .then_some(())
            .ok_or_else(|| format!("there is {there:?}, and not {left:?}"))
    }

    fn recorded(&self) -> (Recording, Vec<Vec<u8>>) {
        let mut salts = Vec::new();
        let mut recording = Recording::of(|folder| salts = stock(folder));
        recording.hand(&[self.hand]);
        (recording, salts)
    }
}

/// A state has no dates.
fn date_what_was_left(folder: &Path) {
    if files(folder).contains(LEFT) {
        power::dated(folder, LEFT, NOW.minus(2 * DAY)).unwrap();
    }
}

#[test]
fn what_was_purged_does_not_come_back_and_a_purge_that_was_cut_is_finished() {
    let (recording, salts) = PURGE.recorded();
    let tried = PURGE.cut(&recording, &salts);
    assert!(tried.changes > 80 && tried.states > 150, "{tried:?}");
}

#[test]
fn what_was_erased_does_not_come_back_and_an_erasure_that_was_cut_is_finished() {
    let (recording, salts) = ERASE.recorded();
    let tried = ERASE.cut(&recording, &salts);
    assert!(tried.changes > 80 && tried.states > 150, "{tried:?}");
}

/// The power goes again while a purge finishes what a power cut left.
#[test]
fn a_purge_that_was_cut_twice_is_finished() {
    let (first, salts) = PURGE.recorded();
    for part in 1..4 {
        let mut second = Recording::of(|folder| {
            midway(&first, part, 4).write(folder);
            date_what_was_left(folder);
        });
        second.hand(&[PURGE.hand]);
        let tried = PURGE.cut(&second, &salts);
        assert!(tried.states > 20, "{tried:?}");
    }
}

#[test]
fn a_restriction_holds_from_its_acknowledgement_until_it_is_released() {
    let policies = power::policies().unwrap();
    let mut recording = Recording::of(|folder| drop(stock(folder)));
    recording.hand(&["restrict"]);
    recording.hand(&["release"]);
    let tried = everywhere(&recording, |folder, said| {
        let journal = opened(folder, said)?;
        the_rest_is_there(folder, &journal)?;
        let custody = power::custody(&policies, journal.clone(), folder);
        let found = custody.find(&Subject::Session("new".to_owned()));
        let restricted = found
            .map_err(|error| error.to_string())?
            .iter()
            .any(|found| found.restricted);
        // It is not released before somebody asked for it: behind the first program's end.
        let is_wrong = match (
            said.contains(&"restrict"),
            said.contains(&"release"),
            said.contains(&"done"),
        ) {
            (_, true, _) => restricted,
            (true, false, false) => !restricted,
            _ => false,
        };
        if is_wrong {
            return Err(format!("restricted: {restricted}"));
        }
        goes_on(folder, &journal)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.states > 100, "{tried:?}");
}
