//! Ledger, journal and sidecar beside a real recording.

use gardefou::custody::Sidecar;
use gardefou::journal::{DecisionRecord, JournalReader, Record};

use crate::harness::{CRM, Canary, Display, Recorder, Session, gardefou, journal_verifies};

/// A screen with the allowed window, and a recorder with both stores that waits for a call.
fn ready() -> (Display, Canary, Recorder) {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let session = Session {
        stores: true,
        ..Session::default()
    };
    let recorder = session.start(&display);
    (display, crm, recorder)
}

fn decisions(recorder: &Recorder) -> Vec<DecisionRecord> {
    let journal = JournalReader::open(&recorder.store("journal")).unwrap();
    let entries = journal.entries(0, 1_000).unwrap();
    let decision = |record| match record {
        Record::Decision(decision) => Some(decision),
        _ => None,
    };
    entries
        .into_iter()
        .filter_map(|entry| decision(entry.record?))
        .collect()
}

#[test]
fn a_recording_has_its_sidecar_its_decision_and_its_place_in_the_ledger() {
    let (_display, _crm, mut recorder) = ready();
    recorder.connect();
    recorder.frames(4);
    recorder.condition("payment-entry", Some(true));
    recorder.says("not recording: payment");
    recorder.condition("payment-entry", Some(false));
    recorder.says_times(": recording", 2);
    recorder.frames(2);
    let recorder = recorder.hang_up();
    assert!(recorder.video("s-1").is_some());
    recorder.decided_again("s-1");

    let file = recorder.file("s-1.sidecar.json");
    let sidecar = Sidecar::read(&file).unwrap();
    assert_eq!(sidecar.to_bytes(), std::fs::read(&file).unwrap());
    assert!(sidecar.parts.iter().any(|part| part.reason == "payment" && !part.kept));
    let decisions = decisions(&recorder);
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].sidecar, Some(sidecar.digest()));
    assert!(decisions[0].totals["permitted"] > 0);
    journal_verifies(&recorder.store("journal"));

    let show = gardefou()
        .args(["ledger", "show"])
        .arg(recorder.store("ledger"))
        .args(["--format", "json"])
        .output()
        .unwrap();
    let shown = String::from_utf8(show.stdout).unwrap();
    assert!(show.status.success() && shown.contains("e-1"), "{shown}");
}

#[test]
fn a_recorder_that_is_killed_leaves_a_journal_that_verifies() {
    let (display, _crm, mut recorder) = ready();
    recorder.connect();
    recorder.frames(3);
    recorder.kill();
    journal_verifies(&recorder.store("journal"));
    assert!(decisions(&recorder).is_empty(), "nobody decided that it may be kept");
    assert!(!recorder.file("s-1.sidecar.json").exists());
    // The next one goes on with the same stores, and counts what the killed one may have kept.
    let session = Session {
        stores: true,
        facts: crate::harness::facts("s-2").to_string(),
        ..Session::default()
    };
    let recorder = session.start(&display).close();
    journal_verifies(&recorder.store("journal"));
}

#[test]
fn a_call_is_not_recorded_where_the_ledger_is_not_the_one_that_it_was() {
    let (display, _crm, mut recorder) = ready();
    recorder.connect();
    recorder.frames(2);
    let recorder = recorder.hang_up();
    std::fs::write(recorder.store("ledger"), b"").unwrap();
    let session = Session {
        stores: true,
        ..Session::default()
    };
    let mut again = session.start_anyhow(Some(&display.name), display.folder.path());
    assert_eq!(again.ended(), 1);
    again.says("is not the one that it was");
}
