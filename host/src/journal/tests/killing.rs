//! Processes that are killed while they append.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::*;

const FOLDER: &str = "GARDEFOU_TEST_JOURNAL";

/// Appends for ever, and says so after each.
fn append_for_ever(folder: &str) {
    let folder = PathBuf::from(folder);
    let key = JournalKey::at(&folder.join("calls.journal.key")).unwrap();
    let journal = Journal::open(&folder.join("calls.journal"), &key).unwrap();
    for n in 0.. {
        let session = format!("{}-{n}", std::process::id());
        journal.append(&[access(&session), decision(&session)]).unwrap();
        println!("\nacknowledged {session}");
    }
}

/// What was acknowledged is there after a kill, with several processes at once; the journal goes on.
#[test]
fn what_was_acknowledged_survives_kills() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return append_for_ever(&folder);
    }
    let place = Place::new();
    let mut acknowledged = Vec::new();
    for round in 1..=3 {
        let children: Vec<_> = (0..3).map(|_| start(&place)).collect();
        for mut child in children {
            let mut lines = BufReader::new(child.stdout.take().unwrap())
                .lines()
                .map_while(Result::ok);
            let told = |line: &String| line.strip_prefix("acknowledged ").map(str::to_owned);
            acknowledged.extend(lines.by_ref().filter_map(|line| told(&line)).take(5 * round));
            child.kill().unwrap();
            child.wait().unwrap();
            // What it had said before it was killed.
            acknowledged.extend(lines.filter_map(|line| told(&line)));
        }
        let there: std::collections::HashMap<String, usize> = sessions(&place);
        for session in &acknowledged {
            assert_eq!(there.get(session), Some(&2), "{session}");
        }
    }
    assert!(acknowledged.len() >= 3 * (5 + 10 + 15));
    place.open().append(&[access("s-last")]).unwrap();
    let options = VerifyOptions {
        verifier: Some(place.key().verifier()),
        ..VerifyOptions::default()
    };
    let reader = JournalReader::open(&place.file()).unwrap();
    reader.verify(&options, |_, _| {}).unwrap();
}

fn start(place: &Place) -> std::process::Child {
    let name = "journal::tests::killing::what_was_acknowledged_survives_kills";
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(FOLDER, place.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How many entries each session has.
fn sessions(place: &Place) -> std::collections::HashMap<String, usize> {
    let mut there = std::collections::HashMap::new();
    for entry in JournalReader::open(&place.file())
        .unwrap()
        .entries(0, 1_000_000)
        .unwrap()
    {
        let session = match entry.record.unwrap() {
            Record::Decision(decision) => decision.session,
            Record::Access(AccessRecord {
                event: AccessEvent::Access { recording, .. },
                ..
            }) => recording,
            other => panic!("{other:?}"),
        };
        *there.entry(session).or_default() += 1;
    }
    there
}
