//! Access, purge, a person's rights and invalidation: what the commands print, and how they end.

use std::fs;
use std::path::Path;
use std::process::Output;

use gardefou::custody::Sidecar;
use gardefou::journal::{Journal, JournalKey, Record};
use gardefou::{Timestamp, wall_clock_now};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::command_line::{example_rules, gardefou, spoken, text};

const DAY: u64 = 86_400_000;
const PLACE: &str = "--folder calls --journal calls.journal --rules rules.toml";

/// The example rules, in force today.
fn rules() -> String {
    let today = TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let day = |days: i64| today.checked_add(jiff::Span::new().days(days)).unwrap().to_string();
    let mut rules = example_rules();
    for (from, to) in [
        (
            "2026-11-01, until = 2027-04-30",
            format!("{}, until = {}", day(-30), day(100)),
        ),
        ("on = 2026-09-15", format!("on = {}", day(-90))),
        ("on = 2026-09-30", format!("on = {}", day(-80))),
        ("announced-on = 2026-10-20", format!("announced-on = {}", day(-50))),
        ("from         = 2026-11-01", format!("from = {}", day(-30))),
        ("until        = 2026-12-15", format!("until = {}", day(30))),
        ("review-until = 2027-01-15", format!("review-until = {}", day(50))),
    ] {
        assert!(rules.contains(from), "{from}");
        rules = rules.replace(from, &to);
    }
    rules
}

/// A recording and what is beside it, as the journal knows it.
fn recording(folder: &Path, journal: &Journal, session: &str, employee: &str, at: Timestamp) {
    let sidecar = json!({
        "format": 1, "session": session, "employee": employee, "programme": "crm-onboarding",
        "call-reference": format!("call-{session}"), "notice-version": "2026-09", "mode": "screen-video",
        "policies": [], "collected-at": at, "ended-at": at.plus(60_000), "parts": [],
    });
    let sidecar: Sidecar = serde_json::from_value(sidecar).unwrap();
    let calls = folder.join("calls");
    fs::write(calls.join(format!("{session}.sidecar.json")), sidecar.to_bytes()).unwrap();
    fs::write(calls.join(format!("{session}.mkv")), "video").unwrap();
    fs::write(calls.join(format!("{session}.jsonl")), "{}\n").unwrap();
    let record = json!({
        "record": "decision", "at": at.plus(60_000), "session": session, "employee": employee,
        "programme": "crm-onboarding", "collected-at": at, "policies": [],
        "segment": { "start": at, "end": at.plus(60_000) }, "outcome": "keep", "reason": "permitted",
        "totals": { "permitted": 60_000 }, "sidecar": sidecar.digest(), "trace": [],
    });
    let record: Record = serde_json::from_value(record).unwrap();
    journal.append(&[record]).unwrap();
}

/// A folder with a recording that is past its time, two that are not, and what belongs to nobody.
fn stocked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("calls")).unwrap();
    fs::write(folder.path().join("rules.toml"), rules()).unwrap();
    let key = JournalKey::at(&folder.path().join("calls.journal.key")).unwrap();
    let journal = Journal::open(&folder.path().join("calls.journal"), &key).unwrap();
    let now = wall_clock_now();
    recording(folder.path(), &journal, "s-1", "e-1001", now.minus(DAY));
    recording(folder.path(), &journal, "s-2", "e-1002", now.minus(2 * DAY));
    recording(
        folder.path(),
        &journal,
        "s-old",
        "e-1001",
        now.minus(182 * DAY + DAY / 2),
    );
    fs::write(folder.path().join("calls/s-1.anonymised.mkv"), "video").unwrap();
    fs::write(folder.path().join("calls/notes.txt"), "notes").unwrap();
    folder
}

/// What a command line says; `WHO` and `PLACE` in it stand for what all have in common.
fn said(folder: &Path, locale: &str, line: &str) -> Output {
    let line = line
        .replace(
            "TRAINER",
            "--account a-7 --role trainer --viewer e-9 --individual --authorised-until 2099-12-31",
        )
        .replace(
            "RIGHTS",
            "--account a-8 --role subject-rights --viewer e-3 --individual --authorised-until 2099-12-31",
        );
    let line = format!("{line} {PLACE}");
    let arguments: Vec<&str> = line.split(' ').collect();
    spoken(locale, folder, &arguments)
}

fn run(folder: &Path, line: &str) -> (i32, String) {
    let output = said(folder, "C.UTF-8", line);
    let text = format!("{}{}", text(&output.stdout), text(&output.stderr));
    (output.status.code().unwrap(), text)
}

fn has(folder: &Path, name: &str) -> bool {
    folder.join("calls").join(name).exists()
}

/// A command, what it said, and how it ended.
fn shown(folder: &Path, locale: &str, line: &str) -> String {
    let output = said(folder, locale, line);
    let (out, err) = (steady(text(&output.stdout)), steady(text(&output.stderr)));
    let code = output.status.code().unwrap();
    format!("$ gardefou {line} PLACE\n{out}{err}[exit code {code}]\n\n")
}

/// Without what is another at each run: dates, and the roots of trees.
fn steady(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).map(|word| {
        let bare = word.trim_end().trim_end_matches([',', '\u{2026}']);
        let digits = |text: &str, of: fn(&char) -> bool| text.chars().filter(of).count() == text.chars().count();
        let date = bare.len() == 10 && bare.matches('-').count() == 2 && bare.starts_with("20");
        let time = bare.len() == 5 && bare.contains(':') && digits(bare, |c| c.is_ascii_digit() || *c == ':');
        let root = bare.len() == 16 && digits(bare, char::is_ascii_hexdigit);
        match () {
            () if date => word.replace(bare, "DATE"),
            () if time => word.replace(bare, "TIME"),
            () if root => word.replace(bare, "ROOT"),
            () => word.to_owned(),
        }
    });
    words.collect()
}

#[test]
fn the_pages_of_custody() {
    let lines = [
        "access s-1 --operation view --purpose training TRAINER",
        "access s-1 --operation view --purpose evidence TRAINER",
        "access s-1 --operation train-others --purpose training TRAINER",
        "access s-1 --operation view --purpose subject-right RIGHTS",
        "access s-1 --operation view --purpose subject-right --second-person a-8 RIGHTS",
        "access s-1 --operation view --purpose subject-right --second-person a-10 RIGHTS",
        "access s-9 --operation view --purpose training TRAINER",
        "rights find --employee e-1001 RIGHTS",
        "rights find --employee e-1010 RIGHTS",
        "rights restrict --call call-s-2 RIGHTS",
        "rights restrict --call call-s-2 --asked-by party --reference r-1 --review 2020-01-01 RIGHTS",
        "rights restrict --call call-s-2 --asked-by party --reference r-1 --review 2098-01-01 RIGHTS",
        "rights erase --employee e-1002 RIGHTS",
        "rights open --employee e-1001 --reference r-2 --until 2098-01-01 RIGHTS",
        "rights open --employee e-1001 --reference r-2 RIGHTS",
        "purge --dry-run",
        "rights close --employee e-1001 --reference r-2 RIGHTS",
        "purge",
        "purge",
        "rights erase --employee e-1001 TRAINER",
        "rights erase --employee e-1001 RIGHTS",
        "rights find --employee e-1001 RIGHTS",
        "invalidate --notice 2026-09 RIGHTS",
        "rights release --call call-s-2 --told-on 2098-01-01 RIGHTS",
        "rights release --call call-s-2 --told-on 2026-01-01 RIGHTS",
        "invalidate --notice 2026-09 RIGHTS",
        "invalidate --notice 2026-09 RIGHTS",
        "rights find --employee  RIGHTS",
    ];
    for (language, locale) in [("english", "en_GB.UTF-8"), ("french", "fr_FR.UTF-8")] {
        let folder = stocked();
        let mut page = String::new();
        for line in lines {
            page.push_str(&shown(folder.path(), locale, line));
        }
        insta::assert_snapshot!(format!("custody-{language}"), page);
    }
}

#[test]
fn a_sidecar_that_contradicts_the_journal_is_told_with_exit_code_3_and_obeyed_by_nobody() {
    for (language, locale) in [("english", "en_GB.UTF-8"), ("french", "fr_FR.UTF-8")] {
        let folder = stocked();
        let at = folder.path();
        // The second one's genuine sidecar, beside the first one's video.
        fs::copy(at.join("calls/s-2.sidecar.json"), at.join("calls/s-1.sidecar.json")).unwrap();
        let mut page = String::new();
        for line in [
            "rights find --employee e-1002 RIGHTS",
            "rights erase --employee e-1002 RIGHTS",
            "access s-1 --operation view --purpose training TRAINER",
            "access s-1 --operation view --purpose subject-right --second-person a-10 RIGHTS",
            "access s-1 --operation view --purpose subject-right --second-person a-10 --employee e-1002 RIGHTS",
            "access s-1 --operation view --purpose subject-right --second-person a-10 --employee e-1001 RIGHTS",
            "purge",
            "rights erase --employee e-1001 RIGHTS",
        ] {
            page.push_str(&shown(at, locale, line));
            assert_eq!(has(at, "s-1.mkv"), !line.contains("erase --employee e-1001"), "{line}");
        }
        insta::assert_snapshot!(format!("belief-{language}"), page);
    }
}

#[test]
fn programs_read_what_nothing_proves_and_which_names_are_near() {
    let folder = stocked();
    let at = folder.path();
    let json = |line: &str| {
        let (code, json) = run(at, line);
        let json = serde_json::from_str::<Value>(&json).unwrap_or_else(|_| panic!("{json}"));
        (code, json)
    };
    let (code, unknown) = json("rights find --employee e-1010 --format json RIGHTS");
    assert_eq!((code, &unknown["known"]), (3, &json!(false)));
    assert_eq!(unknown["nearest"], json!(["e-1001"]));
    fs::remove_file(at.join("calls/s-1.sidecar.json")).unwrap();
    let (code, found) = json("rights find --employee e-1001 --format json RIGHTS");
    assert_eq!((code, &found["known"]), (0, &json!(true)));
    assert!(found.get("nearest").is_none() && found.get("others").is_none());
    let origins = |receipt: &Value, session: &str| {
        let items = receipt["items"].as_array().unwrap().iter();
        let of = items.filter(|item| item["session"] == session && item["artefact"] == "recording");
        of.map(|item| item["origin"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(origins(&found, "s-1"), ["not-proven"]);
    assert_eq!(origins(&found, "s-old"), ["proven"]);
    let access = "access s-1 --operation view --purpose subject-right --second-person a-10 --format json RIGHTS";
    assert_eq!(json(access).0, 3);
    let (code, granted) = json(&format!("{access} --employee e-1001"));
    assert_eq!((code, &granted["origin"]), (0, &json!("not-proven")));
}

#[test]
fn after_an_erasure_the_journal_says_that_it_was_on_request() {
    let folder = stocked();
    let at = folder.path();
    assert_eq!(run(at, "purge").0, 0);
    assert_eq!(run(at, "rights erase --employee e-1001 RIGHTS").0, 0);
    let show = |more: &[&str]| {
        let arguments = [&["journal", "show", "calls.journal"], more].concat();
        text(&gardefou(at, &arguments).stdout).to_owned()
    };
    let page = show(&[]);
    assert_eq!(page.matches("erased on request").count(), 1, "{page}");
    assert_eq!(page.matches("forgotten when its time was over").count(), 1, "{page}");
    let of_session = show(&["--session", "s-1"]);
    assert_eq!(of_session.matches("erased on request").count(), 1, "{of_session}");
    let lines = show(&["--session", "s-1", "--format", "json"]);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["forgotten"], &first["record"]),
        (&json!("erased-on-request"), &Value::Null)
    );
}

#[cfg(unix)]
#[test]
fn copies_are_the_accounts_own_and_no_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = stocked();
    let at = folder.path();
    let mode = |name: &str| fs::symlink_metadata(at.join(name)).unwrap().permissions().mode() & 0o777;
    let access = "access s-1 --operation view --purpose training -o new/copies TRAINER";
    assert_eq!(run(at, access).0, 0);
    assert_eq!(run(at, "rights disclose --employee e-1001 -o new/given RIGHTS").0, 0);
    for name in ["new", "new/copies", "new/given"] {
        assert_eq!(mode(name), 0o700, "{name}");
    }
    for name in [
        "new/copies/s-1.mkv",
        "new/copies/s-1.sidecar.json",
        "new/given/s-1.mkv",
        "calls/.gardefou.lock",
    ] {
        if at.join(name).exists() {
            assert_eq!(mode(name), 0o600, "{name}");
        }
    }
    let decisions = fs::read_dir(at.join("new/given")).unwrap();
    for entry in decisions {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert_eq!(mode(&format!("new/given/{name}")), 0o600, "{name}");
    }
    // A link where a copy would go.
    fs::create_dir(at.join("links")).unwrap();
    symlink(at.join("stolen"), at.join("links/s-1.mkv")).unwrap();
    let access = "access s-1 --operation view --purpose training -o links TRAINER";
    assert_eq!(run(at, access).0, 2);
    assert!(!at.join("stolen").exists());
}

#[test]
fn an_access_copies_what_was_granted_and_nothing_else() {
    let folder = stocked();
    let at = folder.path();
    let ask = "access s-1 --operation view --purpose training -o copies";
    assert_eq!(run(at, &format!("{ask} RIGHTS")).0, 3);
    assert!(!at.join("copies").exists());
    let (code, page) = run(at, &format!("{ask} TRAINER"));
    assert_eq!(code, 0, "{page}");
    let mut copies: Vec<_> = fs::read_dir(at.join("copies"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    copies.sort();
    assert_eq!(copies, ["s-1.mkv", "s-1.sidecar.json"]);
    assert_eq!(
        run(at, &format!("{ask} TRAINER")).0,
        2,
        "what is there is not written over"
    );
    // A sidecar that was changed afterwards.
    let sidecar = at.join("calls/s-1.sidecar.json");
    let changed = fs::read_to_string(&sidecar).unwrap().replace("e-1001", "e-1003");
    fs::write(sidecar, changed).unwrap();
    let (code, json) = run(
        at,
        "access s-1 --operation view --purpose training --format json TRAINER",
    );
    assert_eq!(code, 3);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["granted"], false);
    assert_eq!(json["refused"]["reason"], "invalid-facts");
    assert!(json.get("files").is_none());
}

#[test]
fn forged_work_a_missing_name_and_copies_among_the_recordings_are_told_in_french() {
    let folder = stocked();
    let at = folder.path();
    let french = |line: &str| {
        let output = said(at, "fr_FR.UTF-8", line);
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        (output.status.code().unwrap(), told)
    };
    for who in [
        "--account= --role trainer --viewer e-9",
        "--account a-7 --role= --viewer e-9",
        "--account a-7 --role trainer --viewer=",
    ] {
        let (code, told) = french(&format!("access s-1 --operation view --purpose training {who}"));
        assert_eq!(code, 2, "{told}");
    }
    let (_, told) = french("rights disclose --employee e-1001 -o calls RIGHTS");
    assert!(told.contains("parmi les enregistrements"), "{told}");
    fs::write(at.join("calls/.gardefou-00.pending.json"), "{}").unwrap();
    let (code, told) = french("purge");
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("ce n'est pas ce que gardefou a écrit"), "{told}");
    let (code, told) = french("invalidate --notice 2020-01 TRAINER");
    assert!(told.contains("Rien n'a été gardé sous 2020-01"), "{told}");
    assert_eq!(code, 3, "somebody put work there: {told}");
    fs::remove_file(at.join("calls/.gardefou-00.pending.json")).unwrap();
    let (code, told) = french("invalidate --notice 2026-09 TRAINER");
    assert!(told.contains("Rien n'a été détruit"), "{told}");
    assert_eq!(code, 3, "{told}");
}

#[test]
fn an_account_that_is_not_authorised_is_refused() {
    let folder = stocked();
    let ask = "access s-1 --operation view --purpose training --account a-7 --role trainer --viewer e-9";
    for (more, code) in [
        ("", 3),
        (" --individual", 3),
        (" --individual --authorised-until 2020-01-01", 3),
        (" --authorised-until 2099-01-01", 3),
        (" --individual --authorised-until 2099-01-01", 0),
        (" --individual --authorised-until tomorrow", 2),
    ] {
        assert_eq!(run(folder.path(), &format!("{ask}{more}")).0, code, "{more}");
    }
}

#[test]
fn a_purge_tells_programs_what_it_did() {
    let folder = stocked();
    let at = folder.path();
    let json = |line: &str| {
        let (code, json) = run(at, line);
        (
            code,
            serde_json::from_str::<Value>(&json).unwrap_or_else(|_| panic!("{json}")),
        )
    };
    let (code, dry) = json("purge --dry-run --format json");
    assert_eq!((code, has(at, "s-old.mkv")), (3, true));
    let (code, done) = json("purge --format json");
    assert_eq!((code, has(at, "s-old.mkv")), (0, false));
    assert_eq!(dry["gone"], done["gone"]);
    assert_eq!(done["gone"][0]["name"], "s-old");
    assert_eq!(done["strays"][0]["name"], "notes.txt");
    assert!(done["journal"]["size"].as_u64().unwrap() > 3);
    assert_eq!(json("purge --format json").1["gone"], json!([]));
    let later = json("purge --dry-run --at 2099-01-01 --format json").1;
    let named = |name: &str| {
        later["gone"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|gone| gone["name"] == name)
            .count()
    };
    assert_eq!((named("s-1"), named("s-2"), named("")), (2, 2, 3), "{later}");
    assert_eq!(
        run(at, "purge --at 2099-01-01").0,
        2,
        "no purge in the name of another day"
    );
}

#[test]
fn a_person_gets_copies_and_a_receipt() {
    let folder = stocked();
    let at = folder.path();
    assert_eq!(run(at, "rights disclose --employee e-1001 RIGHTS").0, 2, "where to?");
    assert_eq!(run(at, "rights find RIGHTS").0, 2, "whose?");
    let (code, receipt) = run(at, "rights disclose --employee e-1001 -o copies --format json RIGHTS");
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    // One of the two is past its time: what still exists is the person's all the same.
    assert_eq!(code, 0, "{receipt}");
    assert!(at.join("copies/s-1.mkv").exists() && at.join("copies/s-old.mkv").exists());
    let is_done = |item: &Value| item["outcome"] == "done";
    assert!(receipt["items"].as_array().unwrap().iter().all(is_done), "{receipt}");
}

#[test]
fn nothing_begins_without_its_journal() {
    let folder = stocked();
    let at = folder.path();
    for arguments in [
        "purge --folder calls --journal other.journal --rules rules.toml",
        "purge --folder calls --journal calls.journal --journal-key other.key --rules rules.toml",
        "purge --folder none --journal calls.journal --rules rules.toml",
        "purge --folder calls --journal calls.journal --rules none.toml",
        "purge --folder calls --journal calls.journal --rules rules.toml --ledger none.ledger",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = gardefou(at, &arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains('`'), "{}", text(&output.stderr));
    }
    assert!(
        !at.join("other.journal").exists() && !at.join("other.key").exists(),
        "none is made"
    );
    assert!(has(at, "s-old.mkv"));
    let output = gardefou(at, &["purge", "--folder", "calls", "--journal", "calls.journal"]);
    assert_eq!(output.status.code(), Some(2), "no rules");
}

#[cfg(unix)]
#[test]
fn the_call_recorder_is_told_and_a_purge_that_is_killed_meanwhile_is_finished() {
    let folder = stocked();
    let at = folder.path();
    // Another process writes what is run: had this one it open, it could not be run while another test forks.
    let program = |text: &str| {
        let (written, run) = (at.join("recorder.txt"), at.join("recorder.sh"));
        fs::write(&written, format!("#!/bin/sh\necho \"$1 $2 $3\" >> told\n{text}\n")).unwrap();
        let mut install = std::process::Command::new("install");
        assert!(
            install
                .args(["-m", "755"])
                .args([written, run])
                .status()
                .unwrap()
                .success()
        );
    };
    let purge = "purge --format json --call-recorder ./recorder.sh";
    program("kill -9 $PPID; exit 0");
    assert_eq!(said(at, "C.UTF-8", purge).status.code(), None, "killed");
    assert!(!has(at, "s-old.mkv"));
    program("exit 1");
    let (code, page) = run(at, purge);
    assert_eq!(code, 3, "{page}");
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["open-discards"][0]["session"], "s-old");
    program("exit 0");
    let (code, page) = run(at, purge);
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!((code, page["open-discards"].as_array().unwrap().len()), (0, 0));
    assert_eq!(
        fs::read_to_string(at.join("told")).unwrap(),
        "discard s-old call-s-old\n".repeat(3)
    );
}

/// Each page says what is true of the request, whoever it is about.
#[test]
fn what_a_request_came_to_is_told_as_it_is() {
    let lines = [
        "rights find --employee e-1002 RIGHTS",
        "rights erase --employee e-1002 RIGHTS",
        "rights find --employee e-1002 RIGHTS",
        "rights erase --employee e-1002 RIGHTS",
        "rights find --employee e-9999 RIGHTS",
        "rights erase --employee e-9999 RIGHTS",
        "rights open --employee e-9999 --reference r-9 RIGHTS",
        "rights open --employee e-1002 --reference r-9 RIGHTS",
        "rights close --employee e-1001 --reference r-9 RIGHTS",
        "rights close --employee e-9999 --reference r-9 RIGHTS",
        "rights release --employee e-1001 --told-on 2026-01-01 RIGHTS",
        "rights find --employee e-1001 --recording s-9 RIGHTS",
        "rights open --employee e-1001 --reference r-1 RIGHTS",
        "rights open --employee e-1001 --reference r-1 --until 2099-01-01 RIGHTS",
        "rights open --employee e-1001 --reference r-1 RIGHTS",
        "purge --dry-run",
    ];
    for (language, locale) in [("english", "en_GB.UTF-8"), ("french", "fr_FR.UTF-8")] {
        let folder = stocked();
        let mut page = String::new();
        for line in lines {
            page.push_str(&shown(folder.path(), locale, line));
        }
        insta::assert_snapshot!(format!("requests-{language}"), page);
    }
}

#[test]
fn a_journal_says_whose_request_it_was_and_why_something_is_forgotten() {
    let folder = stocked();
    let at = folder.path();
    let court = "rights restrict --employee e-1002 --asked-by court --reference r-1 --review 2098-01-01 \
                 --account a-8 --role oversight --viewer e-3 --individual --authorised-until 2099-12-31 \
                 --second-person a-10";
    assert_eq!(run(at, court).0, 0);
    assert_eq!(run(at, "purge").0, 0);
    assert_eq!(run(at, "invalidate --call call-s-1 RIGHTS").0, 0);
    for (locale, [whose, fact, time]) in [
        (
            "en_GB.UTF-8",
            [
                "a court's request, restrict",
                "erased: a fact that it was kept under was false",
                "forgotten when its time was over",
            ],
        ),
        (
            "fr_FR.UTF-8",
            [
                "demande d'un juge, limitation",
                "effacée\u{a0}: un fait sous lequel elle était gardée était faux",
                "effacée à l'échéance",
            ],
        ),
    ] {
        let output = spoken(locale, at, &["journal", "show", "calls.journal"]);
        let page = text(&output.stdout);
        for said in [whose, fact, time] {
            assert_eq!(page.matches(said).count(), 1, "{said} in {page}");
        }
        assert!(!page.contains("a person's request"), "{page}");
    }
    let json = gardefou(
        at,
        &[
            "journal",
            "show",
            "calls.journal",
            "--session",
            "s-old",
            "--format",
            "json",
        ],
    );
    let first: Value = serde_json::from_str(text(&json.stdout).lines().next().unwrap()).unwrap();
    assert_eq!(first["forgotten"], "time-over", "{first}");
}

#[test]
fn nothing_is_done_under_a_journal_that_an_older_copy_stands_for() {
    let folder = stocked();
    let at = folder.path();
    let stores = ["calls.journal", "calls.journal.head"];
    let old = stores.map(|name| fs::read(at.join(name)).unwrap());
    let restrict = "rights restrict --employee e-1001 --asked-by employee --reference r-1 --review 2098-01-01 RIGHTS";
    assert_eq!(run(at, restrict).0, 0);
    let export = [
        "journal",
        "export",
        "calls.journal",
        "--what",
        "checkpoint",
        "-o",
        "kept.note",
    ];
    assert!(gardefou(at, &export).status.success());
    assert_eq!(run(at, "purge --checkpoint kept.note").0, 0);
    assert!(has(at, "s-old.mkv"), "it is restricted");
    for (name, bytes) in stores.iter().zip(old) {
        fs::write(at.join(name), bytes).unwrap();
    }
    for locale in ["en_GB.UTF-8", "fr_FR.UTF-8"] {
        let output = said(at, locale, "purge --checkpoint kept.note");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        let word = if locale.starts_with("fr") {
            "gardé ailleurs"
        } else {
            "kept elsewhere"
        };
        assert!(told.contains(word), "{told}");
    }
    assert!(has(at, "s-old.mkv"));
    // A note that is none is what was given wrongly.
    fs::write(at.join("none.note"), "none").unwrap();
    assert_ne!(run(at, "purge --checkpoint none.note").0, 0);
    assert!(has(at, "s-old.mkv"));
}
