//! `gardefou ledger`: what it shows of a real ledger, in both languages and for programs, and how it ends.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use gardefou::Timestamp;
use gardefou::ledger::{Closing, Ledger as _, Offer, Reservation, SqliteLedger};

use crate::command_line::{LOCALES, example_rules, gardefou, spoken, text};

/// 2026-11-25T10:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_600_800_000);

const MINUTE: u64 = 60_000;

/// A session of this employee under a programme that kept so many minutes; none when it is to crash.
fn session(ledger: &SqliteLedger, name: &str, (employee, programme): (&str, &str), minutes: u64, ends: bool) {
    let call = Offer {
        session: name,
        employee,
        programme,
        at: NOW.minus(3 * 3_600_000),
        periods: &[],
    };
    ledger.offer(&call).unwrap();
    let asked = Reservation {
        session: name,
        at: NOW.minus(MINUTE),
        kept: minutes * MINUTE,
        wanted: 10_000,
        until: if ends { NOW.plus(MINUTE) } else { NOW.minus(1) },
        caps: &[],
    };
    ledger.reserve(&[asked]).unwrap();
    if ends {
        let end = Closing {
            session: name,
            at: NOW.minus(1_000),
            kept: minutes * MINUTE,
            to_review: true,
        };
        ledger.close(&end).unwrap();
    }
}

/// A folder with `ledger.db` and `rules.toml`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(folder.path().join("ledger.db")).unwrap();
    let crm = |employee| (employee, "crm-onboarding");
    session(&ledger, "s-1", crm("e-1001"), 100, true);
    session(&ledger, "s-2", crm("e-1002"), 121, true);
    session(&ledger, "s-3", crm("e-1002"), 0, true);
    session(&ledger, "s-4", crm("e-1001"), 2, false);
    session(&ledger, "s-5", ("e-1003", "unknown-to-the-rules"), 5, true);
    fs::write(folder.path().join("rules.toml"), example_rules()).unwrap();
    folder
}

fn printed(folder: &Path, locale: &str, line: &str) -> String {
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = spoken(locale, folder, &arguments);
    let (told, error) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap();
    format!("$ gardefou {line}\n{told}{error}[exit code {code}]\n\n")
}

#[test]
fn every_page() {
    for (locale, language) in LOCALES.iter().zip(["english", "french"]) {
        let folder = folder();
        fs::write(
            folder.path().join("none.db"),
            "no database, whatever its name says of it",
        )
        .unwrap();
        let identity = fs::read_to_string(folder.path().join("ledger.db.identity")).unwrap();
        let mut pages = String::new();
        for line in [
            "ledger show ledger.db --rules rules.toml --at 1795600800000",
            "ledger show ledger.db --at 1795600800000",
            "ledger show ledger.db --at 1795600800000 --rules rules.toml --format json",
            "ledger reviewed ledger.db --session s-1 --session unknown",
            "ledger reviewed ledger.db --programme crm-onboarding --before 2026-11-26",
            "ledger reviewed ledger.db --programme nope --before 2026-11-26",
            "ledger show ledger.db --at 2026-11-27",
            "ledger show missing.db",
            "ledger show none.db",
            "ledger reviewed missing.db --session s-1",
            "ledger reviewed ledger.db",
            "ledger reviewed ledger.db --programme p",
            "ledger show ledger.db --at tomorrow",
        ] {
            write!(pages, "{}", printed(folder.path(), locale, line)).unwrap();
        }
        insta::assert_snapshot!(
            format!("ledger-{language}"),
            pages.replace(identity.trim(), "(identity)")
        );
    }
}

#[test]
fn looking_changes_nothing_even_far_ahead() {
    let folder = folder();
    let before = gardefou(folder.path(), &["ledger", "show", "ledger.db", "--at", "1795600739000"]);
    gardefou(folder.path(), &["ledger", "show", "ledger.db", "--at", "2030-01-01"]);
    let after = gardefou(folder.path(), &["ledger", "show", "ledger.db", "--at", "1795600739000"]);
    assert!(before.status.success());
    assert_eq!(text(&before.stdout), text(&after.stdout));
    assert!(text(&before.stdout).contains("10.0 s held"));
}

#[test]
fn an_empty_file_in_the_place_of_a_ledger_is_told_with_the_way_out() {
    let folder = folder();
    fs::write(folder.path().join("ledger.db"), "").unwrap();
    let output = gardefou(folder.path(), &["ledger", "show", "ledger.db"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("is not the one that it was: it is empty"), "{told}");
    assert!(told.contains("help: put the right file back"), "{told}");
}
