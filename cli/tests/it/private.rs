//! What the command writes of people is its account's alone, whatever the process's mask allows; no link is followed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gardefou::Timestamp;
use gardefou::ledger::{Ledger as _, Offer, SqliteLedger};

use crate::command_line::{example_rules, sources, text};

/// The command, under a mask that takes nothing away.
fn open_handed(folder: &Path, arguments: &[&str]) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_gardefou")]);
    shell
        .args(arguments)
        .env("LANG", "C.UTF-8")
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Decides the call, and journals it.
const RUN: [&str; 6] = [
    "run",
    "../call.jsonl",
    "--rules",
    "../rules.toml",
    "--journal",
    "calls.journal",
];

fn done(folder: &Path, arguments: &[&str]) {
    let output = open_handed(folder, arguments);
    // `diff` ends with 3 or 4 when it found differences.
    let ended = matches!(output.status.code(), Some(0 | 3 | 4));
    assert!(ended, "{arguments:?}: {}", text(&output.stderr));
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// Every file and folder below this one.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

/// What the command wrote into an empty folder, by these names, is for its account alone.
fn alone(folder: &Path, expected: &[&str]) {
    let found = below(folder);
    for path in &found {
        let private = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(path), private, "{}", path.display());
    }
    for name in expected {
        assert!(found.iter().any(|path| path.ends_with(name)), "{name} in {found:?}");
    }
}

/// A folder with rules, stricter ones and a trace, and an empty one in it.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let strict = example_rules().replace("limit = \"2h\"", "limit = \"1h\"");
    fs::write(folder.path().join("rules.toml"), example_rules()).unwrap();
    fs::write(folder.path().join("strict.toml"), strict).unwrap();
    fs::copy(sources("examples/traces/demo.jsonl"), folder.path().join("call.jsonl")).unwrap();
    let inner = folder.path().join("out");
    fs::create_dir(&inner).unwrap();
    (folder, inner)
}

#[test]
fn what_is_written_of_people_is_for_its_account_alone() {
    let (_folder, out) = folder();
    done(&out, &RUN);
    alone(
        &out,
        &[
            "calls.journal",
            "calls.journal.key",
            "calls.journal.pub",
            "calls.journal.head",
        ],
    );
    let export = ["journal", "export", "calls.journal"];
    done(
        &out,
        &[&export[..], &["-o", "entries.jsonl", "--traces", "traces/of/calls"]].concat(),
    );
    done(&out, &[&export[..], &["--what", "checkpoint", "-o", "c.note"]].concat());
    done(
        &out,
        &[&export[..], &["--what", "checkpoints", "-o", "all.jsonl"]].concat(),
    );
    done(&out, &[&export[..], &["--what", "head", "-o", "head.note"]].concat());
    let prove = ["journal", "prove", "calls.journal"];
    done(&out, &[&prove[..], &["0", "-o", "0.json"]].concat());
    done(&out, &[&prove[..], &["--since", "c.note", "-o", "since.json"]].concat());
    done(
        &out,
        &["diff", "../rules.toml", "../strict.toml", "--cases", "changes/of/rules"],
    );
    let written = [
        "entries.jsonl",
        "c.note",
        "all.jsonl",
        "head.note",
        "0.json",
        "since.json",
    ];
    alone(&out, &written);
    for folder in ["traces/of/calls", "changes/of/rules"] {
        assert!(fs::read_dir(out.join(folder)).unwrap().count() > 0, "{folder}");
    }
}

#[test]
fn a_ledger_that_was_left_open_is_closed() {
    let (_folder, out) = folder();
    let path = out.join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    let call = Offer {
        session: "s-1",
        employee: "e-1001",
        programme: "crm-onboarding",
        at: Timestamp::from_millis(1_795_600_000_000),
        periods: &[],
    };
    ledger.offer(&call).unwrap();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        fs::set_permissions(out.join(name), Permissions::from_mode(0o666)).unwrap();
    }
    done(&out, &["ledger", "reviewed", "ledger.db", "--session", "s-1"]);
    alone(&out, &["ledger.db", "ledger.db-wal", "ledger.db.identity"]);
}

/// Who asks for a file by a name that somebody planted a link under gets none, and nothing is written behind it.
#[test]
fn no_link_is_followed() {
    let (folder, out) = folder();
    let nowhere = folder.path().join("nowhere");
    done(&out, &RUN);
    for (link, arguments) in [
        (
            "entries.jsonl",
            &["journal", "export", "calls.journal", "-o", "entries.jsonl"][..],
        ),
        (
            "c.note",
            &[
                "journal",
                "export",
                "calls.journal",
                "--what",
                "checkpoint",
                "-o",
                "c.note",
            ],
        ),
        ("0.json", &["journal", "prove", "calls.journal", "0", "-o", "0.json"]),
    ] {
        symlink(&nowhere, out.join(link)).unwrap();
        assert_eq!(open_handed(&out, arguments).status.code(), Some(2), "{arguments:?}");
    }
    fs::create_dir(out.join("traces")).unwrap();
    for index in 0..20 {
        symlink(&nowhere, out.join(format!("traces/{index}.jsonl"))).unwrap();
    }
    let traces = [
        "journal",
        "export",
        "calls.journal",
        "-o",
        "lines.jsonl",
        "--traces",
        "traces",
    ];
    assert_eq!(open_handed(&out, &traces).status.code(), Some(2));
    symlink(&nowhere, out.join("other.journal")).unwrap();
    let other = [
        "run",
        "../call.jsonl",
        "--rules",
        "../rules.toml",
        "--journal",
        "other.journal",
    ];
    let key = ["--journal-key", "other.key"];
    fs::copy(out.join("calls.journal.key"), out.join("other.key")).unwrap();
    assert_eq!(open_handed(&out, &[&other[..], &key].concat()).status.code(), Some(1));
    assert!(!nowhere.exists());
}

/// Rule documents and reports are for whoever the mask lets read them; what the user wrote keeps its mode.
#[test]
fn documents_and_reports_are_no_secret() {
    let (_folder, out) = folder();
    done(&out, &["new", "rules.toml"]);
    let scenario = out.join("call.jsonl");
    fs::copy(sources("examples/scenarios/s4-only-the-application.jsonl"), &scenario).unwrap();
    let bless = fs::read_to_string(&scenario)
        .unwrap()
        .replacen("\"permitted\"", "\"no-call\"", 2);
    fs::write(&scenario, bless).unwrap();
    fs::set_permissions(&scenario, Permissions::from_mode(0o640)).unwrap();
    done(&out, &["test", "../rules.toml", "call.jsonl", "--junit", "report.xml"]);
    done(
        &out,
        &["test", "../rules.toml", "call.jsonl", "--bless", "--reason", "x"],
    );
    let modes = ["rules.toml", "report.xml", "call.jsonl"].map(|name| mode(&out.join(name)));
    assert_eq!(modes, [0o666, 0o666, 0o640]);
}
