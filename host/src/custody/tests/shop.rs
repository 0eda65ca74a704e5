//! A folder with recordings in it, a journal that knows of them, and policies.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use gardefou_policy::types::{Artefact, CaptureMode, DAY, Operation, Purpose, Span, Timestamp};
use serde_json::json;

use super::journals::{Forgetful, Kept, Memory, Power};
use crate::custody::disk::Disk;
use crate::custody::{
    AccessRequest, AskedBy, Asker, CallRecorder, Custody, CustodyError, Part, Receipt, Right, RightRequest, Sidecar,
    Subject, Title,
};
use crate::journal::{AccessEvent, AccessRecord, DecisionRecord, Record};
use crate::policy::Digest;
use crate::session::Counterpart;
use crate::{Policy, PolicyHandle, Runtime, Source};

/// 25 November 2026, 10:00 UTC: the example rules are in force.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_795_600_800_000);
/// Past the last day of review of the example rules, and so past the time of every recording.
pub(super) const LATER: Timestamp = NOW.plus(60 * DAY);

/// The recorder of the calls: what it was asked, and what it answers.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) asked: Mutex<Vec<String>>,
    pub(super) answer: Result<Counterpart, String>,
}

impl CallRecorder for Calls {
    fn discard(&self, session: &str, call: Option<&str>, _: Span) -> Result<Counterpart, String> {
        self.asked
            .lock()
            .unwrap()
            .push(format!("{session} {}", call.unwrap_or("-")));
        self.answer.clone()
    }

    fn trim(&self, session: &str, call: Option<&str>, _: Span, _: Span) -> Result<Counterpart, String> {
        self.discard(session, call, Span::ALWAYS)
    }
}

pub(super) struct Shop {
    pub(super) folder: tempfile::TempDir,
    pub(super) kept: Arc<Kept>,
    pub(super) policies: PolicyHandle,
    pub(super) calls: Arc<Calls>,
}

/// The example rules, in a component.
pub(super) fn policies() -> PolicyHandle {
    let runtime = Runtime::new().unwrap();
    let rules = include_str!("../../../../rules/example.toml");
    PolicyHandle::new(vec![Policy::load(&runtime, Source::Rules(rules)).unwrap()]).unwrap()
}

pub(super) fn sidecar(session: &str, employee: &str, at: Timestamp) -> Sidecar {
    Sidecar {
        format: 1,
        session: session.into(),
        employee: employee.into(),
        programme: "crm-onboarding".into(),
        call_reference: Some(format!("call-{session}")),
        notice_version: Some("2026-09".into()),
        mode: CaptureMode::ScreenVideo,
        policies: vec![Digest::of([7; 32])],
        collected_at: at,
        ended_at: at.plus(60_000),
        parts: vec![Part {
            from: at,
            to: at.plus(60_000),
            kept: true,
            reason: "permitted".into(),
            title: Title {
                fr: "Aucune règle ne s'y oppose".into(),
                en: "No rule objects".into(),
            },
        }],
    }
}

pub(super) fn decision(of: &Sidecar) -> DecisionRecord {
    DecisionRecord {
        at: of.ended_at,
        session: of.session.clone(),
        employee: of.employee.clone(),
        programme: of.programme.clone(),
        collected_at: of.collected_at,
        policies: of.policies.clone(),
        segment: Some(of.span()),
        outcome: "keep".into(),
        kept: None,
        reason: "permitted".into(),
        detail: 0,
        totals: [("permitted".to_owned(), 60_000)].into(),
        call_reference: of.call_reference.clone(),
        sidecar: Some(of.digest()),
        runs: Vec::new(),
        trace: vec![
            json!({"at": 1, "event": "session", "mode": "screen-video", "employee-notice": {"version": "2026-09"}}),
        ],
    }
}

impl Shop {
    pub(super) fn new() -> Self {
        Self::under(policies())
    }

    pub(super) fn under(policies: PolicyHandle) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            kept: Arc::default(),
            policies,
            calls: Arc::new(Calls {
                asked: Mutex::default(),
                answer: Ok(Counterpart::Discarded),
            }),
        }
    }

    /// The same policies, and everything else new.
    pub(super) fn another(&self) -> Self {
        Self::under(self.policies.clone())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// A file that was last written then.
    pub(super) fn file(&self, name: &str, at: Timestamp) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, format!("what {name} holds")).unwrap();
        date(&path, at);
        path
    }

    /// A recording with its sidecar and its trace, as the journal knows it.
    pub(super) fn recording(&self, session: &str, employee: &str, at: Timestamp) -> Sidecar {
        let sidecar = sidecar(session, employee, at);
        self.put(&sidecar);
        self.kept.push(Record::Decision(decision(&sidecar)));
        sidecar
    }

    /// A recording that the journal does not know.
    pub(super) fn put(&self, sidecar: &Sidecar) {
        let session = &sidecar.session;
        self.file(&format!("{session}.mkv"), sidecar.ended_at);
        self.file(&format!("{session}.jsonl"), sidecar.ended_at);
        let path = self.path(&format!("{session}.sidecar.json"));
        fs::write(&path, sidecar.to_bytes()).unwrap();
        date(&path, sidecar.ended_at);
    }

    /// Somebody looked at the clock then: it does not leap, although the last entry is old.
    pub(super) fn clock_is_right(&self, at: Timestamp) {
        self.kept.push(Record::Access(AccessRecord {
            at,
            event: AccessEvent::Clock {
                account: Some("a-0".into()),
                disowned: 0,
            },
        }));
    }

    pub(super) fn custody(&self) -> Custody {
        self.custody_with(Power::endless()).0
    }

    /// Custody while the power lasts.
    pub(super) fn custody_with(&self, power: Arc<Power>) -> (Custody, Arc<Forgetful>) {
        let disk = Arc::new(Forgetful::new(Arc::clone(&power)));
        let custody = Custody {
            policies: self.policies.clone(),
            journal: Arc::new(Memory {
                kept: Arc::clone(&self.kept),
                folder: self.folder.path().into(),
                power,
            }),
            folder: self.folder.path().into(),
            ledger: None,
            call_recorder: Arc::clone(&self.calls) as Arc<dyn CallRecorder>,
            disk: Arc::clone(&disk) as Arc<dyn Disk>,
            others: Vec::new(),
            employees: std::collections::BTreeSet::new(),
        };
        (custody, disk)
    }

    /// Every file but the lock.
    pub(super) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.retain(|name| name != ".gardefou.lock");
        names.sort();
        names
    }
}

pub(super) fn date(path: &Path, at: Timestamp) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_millis(at.as_millis()))
        .unwrap();
}

/// A trainer.
pub(super) fn trainer() -> Asker {
    Asker {
        account: "a-7".into(),
        individual: true,
        role: "trainer".into(),
        authorised_until: Some(LATER.plus(400 * DAY)),
        viewer: "e-9".into(),
        second_person: None,
    }
}

/// Whoever answers persons' requests.
pub(super) fn rights() -> Asker {
    Asker {
        account: "a-8".into(),
        role: "subject-rights".into(),
        ..trainer()
    }
}

/// Everything of the shop's employee is erased at their request.
pub(super) fn erase(custody: &Custody) -> Result<Receipt, CustodyError> {
    custody.right(&RightRequest {
        right: &Right::Erase,
        subject: &Subject::Employee("e-1001".into()),
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &rights(),
        at: NOW,
    })
}

/// That nobody works with it, and nobody need look at that again.
pub(super) fn restrict() -> Right {
    Right::Restrict {
        reference: "r-1".into(),
        review: Timestamp::MAX,
    }
}

/// That the restriction ends, of which the person was told.
pub(super) fn release() -> Right {
    Right::Release {
        told_on: NOW.minus(DAY),
    }
}

/// A trainer's access to view a recording.
pub(super) fn view<'a>(recording: &'a str, asker: &'a Asker) -> AccessRequest<'a> {
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
