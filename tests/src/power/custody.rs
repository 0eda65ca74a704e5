//! A folder of recordings, beside its journal.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use gardefou::custody::{Asker, Custody, Sidecar};
use gardefou::journal::{Journal, Record};
use gardefou::{LoadError, Policy, PolicyHandle, Runtime, Source, Timestamp};
use serde_json::json;

use super::NOW;

/// The example rules, in a component.
///
/// # Errors
/// When it cannot be loaded.
pub fn policies() -> Result<PolicyHandle, LoadError> {
    let rules = include_str!("../../../rules/example.toml");
    let policy = Policy::load(&Runtime::new()?, Source::Rules(rules))?;
    PolicyHandle::new(vec![policy])
}

/// The recordings in `calls`, a folder of this one.
pub fn custody(policies: &PolicyHandle, journal: Journal, folder: &Path) -> Custody {
    Custody::new(policies, journal, folder.join("calls"))
}

/// Puts a recording into the folder, with its trace, its sidecar and what the journal knows of it.
///
/// # Errors
/// When it cannot be written.
pub fn recording(folder: &Path, journal: &Journal, session: &str, employee: &str, at: Timestamp) -> io::Result<()> {
    let sidecar = json!({
        "format": 1, "session": session, "employee": employee, "programme": "crm-onboarding",
        "call-reference": format!("call-{session}"), "notice-version": "2026-09", "mode": "screen-video",
        "policies": [], "collected-at": at, "ended-at": at.plus(60_000), "parts": [],
    });
    let sidecar: Sidecar = serde_json::from_value(sidecar)?;
    let record = json!({
        "record": "decision", "at": at.plus(60_000), "session": session, "employee": employee,
        "programme": "crm-onboarding", "collected-at": at, "policies": [],
        "segment": { "start": at, "end": at.plus(60_000) }, "outcome": "keep", "reason": "permitted",
        "totals": { "permitted": 60_000 }, "sidecar": sidecar.digest(), "trace": [],
    });
    let record: Record = serde_json::from_value(record)?;
    journal
        .append(&[record])
        .map_err(|error| io::Error::other(error.to_string()))?;
    fs::write(
        folder.join("calls").join(format!("{session}.sidecar.json")),
        sidecar.to_bytes(),
    )?;
    for file in ["mkv", "jsonl"] {
        dated(folder, &format!("{session}.{file}"), at.plus(60_000))?;
    }
    Ok(())
}

/// A file that was last written then.
///
/// # Errors
/// When it cannot be written.
pub fn dated(folder: &Path, name: &str, at: Timestamp) -> io::Result<()> {
    let path = folder.join("calls").join(name);
    fs::write(&path, format!("what {name} holds"))?;
    let modified = UNIX_EPOCH + Duration::from_millis(at.as_millis());
    File::options().write(true).open(path)?.set_modified(modified)
}

/// Whoever answers persons' requests.
pub fn asker() -> Asker {
    Asker {
        account: "a-8".into(),
        individual: true,
        role: "subject-rights".into(),
        authorised_until: Some(NOW.plus(86_400_000)),
        viewer: "e-9".into(),
        second_person: None,
    }
}
