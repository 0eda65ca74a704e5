//! `gardefou journal`: a journal as its readers meet it.

mod claims;
mod trusted;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gardefou::journal::{AccessEvent, AccessRecord, Count, DecisionRecord, Journal, JournalKey, Record};
use gardefou::{Artefact, Digest, Operation, Purpose, Span, Timestamp};
use serde_json::Value;
use tempfile::TempDir;

use crate::command_line::{LOCALES, in_locale, spoken, text};

/// 2026-11-25, 10:00 UTC.
const MORNING: u64 = 1_795_600_800_000;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(MORNING + seconds * 1000)
}

fn access(recording: &str, granted: bool) -> Record {
    Record::Access(AccessRecord {
        at: at(60),
        event: AccessEvent::Access {
            operation: Operation::View,
            artefact: Artefact::Recording,
            purpose: Purpose::Training,
            account: "a-1".into(),
            role: "trainer".into(),
            recording: recording.into(),
            programme: "crm".into(),
            granted,
            reason: if granted { "permitted" } else { "purpose" }.into(),
            detail: 0,
            obligations: vec![],
            second_person: None,
            not_proven: None,
        },
    })
}

fn decision(session: &str) -> Record {
    Record::Decision(DecisionRecord {
        at: at(90),
        session: session.into(),
        employee: "e-1".into(),
        programme: "crm".into(),
        collected_at: at(0),
        policies: vec![Digest::of([5; 32])],
        segment: Some(Span {
            start: at(0),
            end: at(72),
        }),
        outcome: "keep".into(),
        kept: None,
        reason: "permitted".into(),
        detail: 0,
        totals: [("permitted".to_owned(), 72_000)].into(),
        call_reference: None,
        sidecar: None,
        runs: Vec::new(),
        trace: vec![serde_json::json!({"at": 1_795_600_800_000_u64, "event": "call", "phase": "connected"})],
    })
}

fn count() -> Record {
    Record::Count(Count {
        day: "2026-11-25".into(),
        site: "paris".into(),
        reason: "private-call".into(),
        count: 3,
    })
}

struct Written {
    folder: TempDir,
    journal: Journal,
}

/// A journal with an entry of each kind.
fn written() -> Written {
    let folder = tempfile::tempdir().unwrap();
    let key = JournalKey::named(&folder.path().join("calls.key"), "journal.example.com/paris").unwrap();
    let journal = Journal::open(&folder.path().join("calls.journal"), &key).unwrap();
    journal.append(&[access("s-1", true), decision("s-1")]).unwrap();
    journal
        .append(&[access("s-2", false), count(), decision("s-2")])
        .unwrap();
    journal.append(&[access("s-1", true)]).unwrap();
    assert_eq!(journal.forget(&[3]).unwrap(), 1);
    Written { folder, journal }
}

impl Written {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, locale: &str, arguments: &[&str]) -> Output {
        let mut command = in_locale(locale);
        command.current_dir(self.folder.path()).arg("journal").args(arguments);
        command.output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run("en_GB.UTF-8", arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    }
}

#[test]
fn a_journal_is_shown_in_both_languages() {
    let journal = written();
    for (locale, [granted, forgotten, private, asked]) in LOCALES.into_iter().zip([
        ["granted", "forgotten", "Private call", "asked to view: recording of"],
        [
            "accordé",
            "effacée\u{a0}; le motif",
            "Appel privé",
            "a demandé à consulter\u{a0}: enregistrement de",
        ],
    ]) {
        let output = journal.run(locale, &["show", "calls.journal"]);
        let page = text(&output.stdout);
        for word in [granted, forgotten, private, asked, "2026-11-25 10:01 UTC", "paris"] {
            assert!(page.contains(word), "{word} in {page}");
        }
        assert!(!page.contains("e-1"), "{page}");
    }
}

#[test]
fn a_run_makes_no_key_for_a_journal_that_has_one_elsewhere() {
    let journal = written();
    let folder = journal.folder.path();
    fs::write(folder.join("call.jsonl"), "").unwrap();
    for locale in LOCALES {
        let arguments = ["run", "call.jsonl", "--journal", "calls.journal"];
        let output = spoken(locale, folder, &arguments);
        assert_eq!(output.status.code(), Some(1));
        let told = text(&output.stderr);
        assert!(told.contains("`calls.journal.key`"), "{told}");
        assert!(!folder.join("calls.journal.key").exists());
    }
}

#[test]
fn entries_are_chosen() {
    let journal = written();
    let indices = |arguments: &[&str]| -> Vec<u64> {
        let all = [&["show", "calls.journal", "--format", "json"], arguments].concat();
        let lines = journal.done(&all);
        let values = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        values.map(|value| value["index"].as_u64().unwrap()).collect()
    };
    assert_eq!(indices(&[]), [0, 1, 2, 3, 4]);
    assert_eq!(indices(&["--kind", "access"]), [0, 2, 4]);
    assert_eq!(indices(&["--session", "s-1"]), [0, 1, 4]);
    assert_eq!(indices(&["--programme", "other"]), [0; 0]);
    assert_eq!(indices(&["--last", "2"]), [3, 4]);
    assert_eq!(
        indices(&["--from", "2026-11-25", "--until", "2026-11-25"]),
        [0, 1, 2, 4]
    );
    assert_eq!(indices(&["--from", "2026-11-26"]), [0; 0]);
    assert_eq!(
        journal
            .run("C", &["show", "calls.journal", "--from", "soon"])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(journal.run("C", &["show", "none.journal"]).status.code(), Some(1));
}

#[test]
fn a_journal_is_verified_and_a_changed_one_is_not() {
    let journal = written();
    let page = journal.done(&["verify", "calls.journal"]);
    assert!(page.contains("5 entries") && page.contains("--key"), "{page}");
    journal.done(&["export", "calls.journal", "--what", "checkpoint", "-o", "kept.note"]);
    journal.journal.append(&[access("s-3", true)]).unwrap();
    fs::copy(journal.path("calls.journal.pub"), journal.path("auditor.pub")).unwrap();
    let whole = [
        "verify",
        "calls.journal",
        "--key",
        "auditor.pub",
        "--checkpoint",
        "kept.note",
    ];
    let page = journal.done(&whole);
    assert!(
        page.contains("the first 5 entries are those of then") && !page.contains("--key"),
        "{page}"
    );
    let output = journal.run("C", &["verify", "calls.journal", "--key", "kept.note"]);
    assert_eq!(output.status.code(), Some(2));

    // Somebody puts an older journal of the same key in its place, marker and all.
    drop(journal.journal);
    for name in ["calls.journal", "calls.journal.head", "calls.journal.pub"] {
        fs::remove_file(journal.folder.path().join(name)).unwrap();
    }
    let key = JournalKey::at(&journal.folder.path().join("calls.key")).unwrap();
    let anew = Journal::open(&journal.folder.path().join("calls.journal"), &key).unwrap();
    anew.append(&[access("s-1", true)]).unwrap();
    let journal = Written {
        folder: journal.folder,
        journal: anew,
    };
    for (locale, wrong) in LOCALES.into_iter().zip([
        "it is not what was written",
        "l'intégrité du journal n'est pas vérifiée",
    ]) {
        let output = journal.run(locale, &whole);
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stdout).contains(wrong), "{}", text(&output.stdout));
    }
    let json = journal.run("C", &[&whole[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["place"], "kept-elsewhere");
}

#[test]
fn a_marker_that_was_lost_can_be_made_again() {
    let Written { folder, journal } = written();
    drop(journal);
    let open = || {
        Journal::open(
            &folder.path().join("calls.journal"),
            &JournalKey::at(&folder.path().join("calls.key")).unwrap(),
        )
    };
    fs::remove_file(folder.path().join("calls.journal.head")).unwrap();
    assert!(open().is_err());
    let mut command = in_locale("C");
    let export = [
        "journal",
        "export",
        "calls.journal",
        "--what",
        "head",
        "-o",
        "calls.journal.head",
    ];
    assert!(
        command
            .current_dir(folder.path())
            .args(export)
            .status()
            .unwrap()
            .success()
    );
    open().unwrap();
}

#[test]
fn an_export_says_all_and_stays_out_of_the_way() {
    let journal = written();
    journal.done(&["export", "calls.journal", "-o", "entries.jsonl", "--traces", "traces"]);
    let lines = fs::read_to_string(journal.path("entries.jsonl")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[3]["content"], Value::Null);
    let content: Value = serde_json::from_str(lines[1]["content"].as_str().unwrap()).unwrap();
    assert_eq!(content["session"], "s-1");
    assert_eq!(fs::read_dir(journal.path("traces")).unwrap().count(), 1);
    let again = journal.run("C", &["export", "calls.journal", "-o", "entries.jsonl"]);
    assert_eq!(again.status.code(), Some(2));
}

/// Go's own implementation; its packages are installed by `cargo xtask test`.
fn independent(folder: &Path, files: &[&str]) -> Output {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/journal/independent.go");
    let mut go = Command::new("go");
    go.current_dir(folder)
        .arg("run")
        .arg(source)
        .arg("calls.journal.pub")
        .args(files);
    go.env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", folder.join("cache"));
    go.env("GOFLAGS", "").output().expect("Go is installed")
}

#[cfg(target_os = "linux")]
#[test]
fn another_implementation_verifies_the_proofs_and_refuses_changed_ones() {
    let journal = written();
    let mut files = Vec::new();
    for size in 0..4 {
        let name = format!("{size}.note");
        journal.done(&["export", "calls.journal", "--what", "checkpoint", "-o", &name]);
        for n in 0..=size * 3 {
            journal
                .journal
                .append(&[access(&format!("s-{size}-{n}"), true)])
                .unwrap();
        }
        let since = format!("since-{size}.json");
        journal.done(&["prove", "calls.journal", "--since", &name, "-o", &since]);
        let index = format!("{}.json", size * 2);
        journal.done(&["prove", "calls.journal", &(size * 2).to_string(), "-o", &index]);
        files.extend([since, index]);
    }
    journal.done(&["prove", "calls.journal", "--session", "s-1", "-o", "session.json"]);
    files.push("session.json".to_owned());
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let output = independent(journal.folder.path(), &files);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout).lines().count(),
        4 + 4 + 3,
        "{}",
        text(&output.stdout)
    );
    for file in &files {
        journal.done(&["verify", "--proof", file, "--key", "calls.journal.pub"]);
    }

    let whole = fs::read_to_string(journal.path("2.json")).unwrap();
    let changes = [
        ("\"index\": 2", "\"index\": 3"),
        ("purpose", "permit!"),
        ("trainer", "Trainer"),
    ];
    for (from, to) in changes {
        assert!(whole.contains(from), "{from}");
        fs::write(journal.path("changed.json"), whole.replace(from, to)).unwrap();
        assert!(!independent(journal.folder.path(), &["changed.json"]).status.success());
        let own = journal.run("C", &["verify", "--proof", "changed.json"]);
        assert_eq!(own.status.code(), Some(3), "{}", text(&own.stderr));
    }
    fs::write(journal.path("changed.json"), "{}").unwrap();
    assert_eq!(
        journal.run("C", &["verify", "--proof", "changed.json"]).status.code(),
        Some(2)
    );
}
