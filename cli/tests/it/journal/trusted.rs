//! What is shown of a journal that is not what was signed, and what a journal says of itself.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::command_line::{example_rules, gardefou, sources};

/// A journal in which somebody changed what an entry hashes to: one whose content is gone, so that nothing but the
/// tree shows it.
fn forged() -> Written {
    let written = written();
    let lines = written.done(&["export", "calls.journal"]);
    let entry: Value = serde_json::from_str(lines.lines().nth(3).unwrap()).unwrap();
    assert_eq!(entry["content"], Value::Null);
    let commitment = entry["commitment"].as_str().unwrap();
    let commitment: Vec<u8> = commitment
        .as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect();
    let Written { folder, journal } = written;
    drop(journal);
    let file = folder.path().join("calls.journal");
    let mut bytes = fs::read(&file).unwrap();
    let places: Vec<usize> = (0..bytes.len() - 32)
        .filter(|place| bytes[*place..*place + 32] == commitment)
        .collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|place| bytes[place] ^= 1);
    fs::write(&file, bytes).unwrap();
    // Another journal is open meanwhile: this one is opened by nobody who could write it.
    let key = JournalKey::at(&folder.path().join("another.key")).unwrap();
    let journal = Journal::open(&folder.path().join("another.journal"), &key).unwrap();
    Written { folder, journal }
}

#[test]
fn what_is_not_what_was_signed_is_said_in_the_first_line_and_by_the_exit_code() {
    let journal = forged();
    fs::write(journal.path("rules.toml"), example_rules()).unwrap();
    for (locale, word) in LOCALES.into_iter().zip(["NOT VERIFIED: ", "NON VÉRIFIÉ\u{a0}: "]) {
        let output = journal.run(locale, &["show", "calls.journal"]);
        let page = text(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{page}");
        assert!(page.starts_with(word), "{page}");
        assert!(page.lines().count() > 5, "what the file says follows: {page}");
        for what in ["checkpoint", "head", "checkpoints"] {
            let output = journal.run(locale, &["export", "calls.journal", "--what", what]);
            assert_eq!(output.status.code(), Some(3), "{what}");
            assert!(
                text(&output.stderr).starts_with(word),
                "{what}: {}",
                text(&output.stderr)
            );
            assert!(!text(&output.stdout).contains(word), "{what}: a note stays one");
        }
        let replay = ["replay", "calls.journal", "--rules", "rules.toml"];
        let output = spoken(locale, journal.folder.path(), &replay);
        assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
        assert!(text(&output.stdout).starts_with(word), "{}", text(&output.stdout));
    }
    let first = |arguments: &[&str]| {
        let output = gardefou(journal.folder.path(), arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", text(&output.stderr));
        let line = text(&output.stdout).lines().next().unwrap().to_owned();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    for arguments in [
        &["journal", "show", "calls.journal", "--format", "json"][..],
        &["journal", "export", "calls.journal"],
        &["replay", "calls.journal", "--rules", "rules.toml", "--format", "json"],
    ] {
        let line = first(arguments);
        assert_eq!(line["verified"], false, "{arguments:?}");
        assert!(line["what"].as_str().unwrap().contains("not what was signed"));
    }
    let output = journal.run("C", &["export", "calls.journal", "-o", "entries.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).starts_with("NOT VERIFIED"));
    let written = fs::read_to_string(journal.path("entries.jsonl")).unwrap();
    let line: Value = serde_json::from_str(written.lines().next().unwrap()).unwrap();
    assert_eq!((&line["verified"], written.lines().count()), (&Value::Bool(false), 6));
}

#[test]
fn nothing_is_proved_of_a_journal_that_is_not_what_was_signed() {
    let journal = forged();
    for arguments in [
        &["prove", "calls.journal", "1"][..],
        &["prove", "calls.journal", "--session", "s-1"],
    ] {
        for locale in LOCALES {
            let output = journal.run(locale, arguments);
            assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
            assert!(output.stdout.is_empty() && !output.stderr.is_empty());
        }
    }
}

#[test]
fn a_journal_is_held_against_the_key_that_was_given() {
    let journal = written();
    let other = JournalKey::at(&journal.path("other.key"))
        .unwrap()
        .verifier()
        .to_string();
    fs::write(journal.path("rules.toml"), example_rules()).unwrap();
    for arguments in [
        &["journal", "show", "calls.journal", "--key", &other][..],
        &["journal", "export", "calls.journal", "--key", &other],
        &["replay", "calls.journal", "--rules", "rules.toml", "--key", &other],
    ] {
        let output = gardefou(journal.folder.path(), arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
    }
    journal.done(&["show", "calls.journal", "--key", "calls.journal.pub"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_key_or_the_marker_holds_nobody_up() {
    for name in ["calls.journal.pub", "calls.journal.head", "calls.key"] {
        let journal = written();
        let path = journal.path(name);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (say, hear) = mpsc::channel();
        std::thread::spawn(move || {
            let key = ["verify", "calls.journal", "--key", "calls.key"];
            let codes: Vec<_> = [&["show", "calls.journal"][..], &["verify", "calls.journal"], &key]
                .into_iter()
                .map(|arguments| journal.run("C", arguments).status.code())
                .collect();
            say.send(codes).unwrap();
        });
        let codes = hear.recv_timeout(Duration::from_secs(60)).expect(name);
        let both_fail = name != "calls.key";
        assert_eq!(codes[0] != Some(0), both_fail, "{name}: {codes:?}");
        assert_eq!(codes[1] != Some(0), both_fail, "{name}: {codes:?}");
        assert_eq!(
            codes[2],
            Some(2),
            "{name}: a signing key is no verifier's, nor is a pipe"
        );
    }
}

#[test]
fn of_a_decision_is_shown_how_much_is_kept() {
    let journal = written();
    let Record::Decision(mut half) = decision("s-7") else {
        panic!()
    };
    half.totals = [("permitted".to_owned(), 30_000), ("paused".to_owned(), 42_000)].into();
    let mut cut = half.clone();
    cut.session = "s-8".into();
    cut.outcome = "trim".into();
    cut.kept = Some(Span {
        start: at(0),
        end: at(12),
    });
    let records = [Record::Decision(half), Record::Decision(cut)];
    journal.journal.append(&records).unwrap();
    let page = journal.done(&["show", "calls.journal"]);
    for said in [
        "s-1, crm: kept 1 min 12 s of 1 min 12 s",
        "s-7, crm: kept 30.0 s of 1 min 12 s",
        "s-8, crm: kept in part 12.0 s of 1 min 12 s",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let french = journal.run("fr_FR.UTF-8", &["show", "calls.journal"]);
    assert!(text(&french.stdout).contains("s-7, crm: gardé 30.0 s sur 1 min 12 s"));
}

#[test]
fn what_nobody_knew_is_not_counted_as_if_it_were_known() {
    let journal = written();
    let of = |reason: &str| {
        Record::Count(Count {
            day: "2026-11-24".into(),
            site: "paris".into(),
            reason: reason.into(),
            count: 1,
        })
    };
    journal
        .journal
        .append(&[
            of("protected-line/1"),
            of("private-call/2"),
            of("paused/2"),
            of("protected-line"),
        ])
        .unwrap();
    for (locale, [line, call, pause, reserved]) in LOCALES.into_iter().zip([
        [
            "Nobody knows whether the line is reserved",
            "Nobody knows whether the call is private",
            "Nobody knows whether the employee paused",
            "Line reserved for a representative's mandate",
        ],
        [
            "Nature de la ligne inconnue",
            "Caractère privé de l'appel inconnu",
            "État de pause inconnu",
            "Ligne réservée à un mandat",
        ],
    ]) {
        let output = journal.run(locale, &["show", "calls.journal"]);
        let page = text(&output.stdout);
        for title in [line, call, pause, reserved] {
            assert_eq!(page.matches(title).count(), 1, "{title} in {page}");
        }
    }
}

#[test]
fn rules_are_shown_by_the_names_that_people_use() {
    let folder = tempfile::tempdir().unwrap();
    let trace = sources("examples/traces/demo.jsonl");
    let at = folder.path();
    let run = [
        "run",
        trace.to_str().unwrap(),
        "--journal",
        "calls.journal",
        "--format",
        "json",
    ];
    assert!(gardefou(at, &run).status.success());
    fs::write(at.join("rules.toml"), example_rules()).unwrap();
    fs::write(at.join("other.toml"), format!("{}\n# another one\n", example_rules())).unwrap();
    let show = |more: &[&str]| {
        let output = gardefou(at, &[&["journal", "show", "calls.journal"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let name = "acme-support 2026.11.0";
    assert!(!show(&[]).contains(name));
    let named = show(&["--rules", "rules.toml"]);
    assert!(named.contains(&format!("policies in force: {name}")), "{named}");
    assert!(named.contains(&format!(", by {name}")), "{named}");
    let both = show(&["--rules", "other.toml", "--rules", "rules.toml"]);
    assert!(both.contains(name), "{both}");
    let json = show(&["--rules", "rules.toml", "--format", "json"]);
    let line: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(line["rules"], serde_json::json!([name]));
}
