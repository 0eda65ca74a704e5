//! A folder with recordings, beside a journal in a file.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use gardefou::custody::{
    AccessRequest, AskedBy, Asker, Custody, CustodyError, Receipt, Right, RightRequest, Sidecar, Subject,
};
use gardefou::journal::{Entry, Journal, JournalKey, Record};
use gardefou::{Artefact, Operation, Policy, PolicyHandle, Purpose, Runtime, Source, Timestamp};
use serde_json::json;

/// The example rules are in force: 25 November 2026, 10:00 UTC.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_600_800_000);
pub const DAY: u64 = 86_400_000;

pub struct Shop {
    folder: tempfile::TempDir,
    pub journal: Journal,
}

/// The example rules, in a component.
pub fn example(runtime: &Runtime) -> Policy {
    let rules = include_str!("../../../rules/example.toml");
    Policy::load(runtime, Source::Rules(rules)).unwrap()
}

impl Shop {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("calls")).unwrap();
        let key = JournalKey::at(&folder.path().join("key")).unwrap();
        let journal = Journal::open(&folder.path().join("calls.journal"), &key).unwrap();
        Self { folder, journal }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("calls").join(name)
    }

    /// Its folder, once the journal is closed.
    pub fn close(self) -> tempfile::TempDir {
        self.folder
    }

    /// The folder above that of the recordings, with the journal.
    pub fn place(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn custody(&self, policies: &PolicyHandle) -> Custody {
        Custody::new(policies, self.journal.clone(), self.path(""))
    }

    /// A recording that was kept, collected then.
    pub fn recording(&self, session: &str, at: Timestamp) -> Sidecar {
        let sidecar = json!({
            "format": 1, "session": session, "employee": "e-1001", "programme": "crm-onboarding",
            "call-reference": format!("call-{session}"), "notice-version": "2026-09", "mode": "screen-video",
            "policies": [], "collected-at": at, "ended-at": at.plus(60_000), "parts": [],
        });
        let sidecar: Sidecar = serde_json::from_value(sidecar).unwrap();
        fs::write(self.path(&format!("{session}.sidecar.json")), sidecar.to_bytes()).unwrap();
        self.file(&format!("{session}.mkv"), at.plus(60_000));
        let record = json!({
            "record": "decision", "at": at.plus(60_000), "session": session, "employee": "e-1001",
            "programme": "crm-onboarding", "collected-at": at, "policies": [],
            "segment": { "start": at, "end": at.plus(60_000) }, "outcome": "keep", "reason": "permitted",
            "totals": { "permitted": 60_000 }, "sidecar": sidecar.digest(), "trace": [],
        });
        let record: Record = serde_json::from_value(record).unwrap();
        self.journal.append(&[record]).unwrap();
        sidecar
    }

    pub fn file(&self, name: &str, at: Timestamp) {
        fs::write(self.path(name), name).unwrap();
        let file = fs::File::options().write(true).open(self.path(name)).unwrap();
        let modified = UNIX_EPOCH + Duration::from_millis(at.as_millis());
        file.set_modified(modified).unwrap();
    }

    /// Somebody looked at the clock then: it does not leap, although the last entry is old.
    pub fn clock_is_right(&self, at: Timestamp) {
        let record = json!({ "record": "access", "at": at, "event": "clock", "account": "a-0" });
        let record: Record = serde_json::from_value(record).unwrap();
        self.journal.append(&[record]).unwrap();
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.journal.entries(0, 1_000).unwrap()
    }
}

/// Everything of the shop's employee is erased at their request.
pub fn erase(custody: &Custody) -> Result<Receipt, CustodyError> {
    custody.right(&RightRequest {
        right: &Right::Erase,
        subject: &Subject::Employee("e-1001".into()),
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &asker("subject-rights"),
        at: NOW,
    })
}

pub fn asker(role: &str) -> Asker {
    Asker {
        account: "a-7".into(),
        individual: true,
        role: role.into(),
        authorised_until: Some(NOW.plus(DAY)),
        viewer: "e-9".into(),
        second_person: None,
    }
}

pub fn view<'a>(recording: &'a str, asker: &'a Asker) -> AccessRequest<'a> {
    AccessRequest {
        recording,
        operation: Operation::View,
        artefact: Artefact::Recording,
        purpose: Purpose::Training,
        programme: None,
        subject: None,
        asker,
        at: NOW,
    }
}
