//! Purge: what is past its time goes (legal.md, +7).

mod plan;

use gardefou_policy::types::{Artefact, Millis, Timestamp};
use serde::Serialize;

use super::error::CustodyError;
use super::lifetime::Lifetimes;
use super::origin::Doubtful;
use super::rights::{OpenRequestShown, RestrictionShown};
use super::shelf::Stray;
use super::work::{Done, Work};
use super::{Custody, names, work};
use crate::error::Fault;
use crate::journal::{AccessEvent, Head, OpenDiscard};
use plan::Plan;

/// What a purge did, or would do.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PurgeReport {
    /// The instant that it was decided for: now, and never before custody's latest entry in the journal.
    pub at: Timestamp,
    /// Whether nothing was touched.
    pub dry_run: bool,
    /// What was past its time; what of it could not be deleted is in `failed` too.
    pub gone: Vec<Gone>,
    /// What stays, and until when.
    pub stays: Vec<Stays>,
    /// What stays whatever its time, because its processing is restricted: names of recordings.
    pub restricted: Vec<String>,
    /// By whose wish, and whether somebody must look at it again.
    pub restrictions: Vec<RestrictionShown>,
    /// What stays because a request about it is open: it was not looked at any further.
    pub held: Vec<HeldBack>,
    /// Requests that nobody said to be answered; those that are overdue keep nothing.
    pub requests: Vec<OpenRequestShown>,
    /// Recordings whose sidecar is not the one that was decided, or that of another recording. The journal alone says
    /// until when they stay.
    pub doubtful: Vec<Doubtful>,
    /// What belongs to no recording, and was not touched.
    pub strays: Vec<Stray>,
    /// Files that could not be deleted, and why.
    pub failed: Vec<(String, String)>,
    /// Sessions whose call recording could not be discarded, and why.
    pub unanswered: Vec<(String, String)>,
    /// Why the ledger could not be told, in English.
    pub ledger: Option<String>,
    /// Discards that nobody said to be done.
    pub open: Vec<OpenDiscard>,
    /// Policies that misbehaved when they were asked: what they were asked about counted as past its time.
    pub faults: Vec<Fault>,
    /// How many entries of the journal stay: decision records, and access records with counts.
    pub entries: (usize, usize),
    /// Where the journal stands, if anything was written.
    pub head: Option<Head>,
}

/// What was past its time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Gone {
    /// The recording's name in the folder; empty for entries of the journal.
    pub name: String,
    /// What it is.
    pub artefact: Artefact,
    /// Since when it was kept, by the strictest reading.
    pub collected_at: Timestamp,
    /// When its time was over.
    pub until: Timestamp,
    /// Its files.
    pub files: Vec<String>,
    /// How many entries of the journal.
    pub entries: u64,
}

/// What stays.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Stays {
    /// The recording's name in the folder.
    pub name: String,
    /// What it is.
    pub artefact: Artefact,
    /// Until when; [`Timestamp::MAX`] when there is no limit.
    pub until: Timestamp,
    /// Its files.
    pub files: Vec<String>,
}

/// What a request that is open keeps from the purge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct HeldBack {
    /// The recording's name in the folder.
    pub name: String,
    /// The reference of the request.
    pub reference: String,
    /// Until when it does.
    pub until: Timestamp,
}

impl Gone {
    /// How long it outlived its time, in ms.
    #[must_use]
    pub const fn over(&self, at: Timestamp) -> Millis {
        at.since(self.until)
    }
}

impl PurgeReport {
    /// Whether something is past its time and still there, restricted recordings aside; or somebody must look whose
    /// a recording is.
    #[must_use]
    pub fn still_there(&self) -> bool {
        !self.failed.is_empty()
            || !self.unanswered.is_empty()
            || !self.doubtful.is_empty()
            || (self.dry_run && !self.gone.is_empty())
    }
}

/// How many recordings are discarded together.
const BATCH: usize = 64;

impl Custody {
    /// Deletes what is past its time at `at`: recordings, analyses, temporary files, decision records and access
    /// records. What an earlier run began is finished first. A dry run touches nothing, and may look into the
    /// future.
    ///
    /// A policy that misbehaves keeps nothing: what it was asked about twice without an answer is past its
    /// time.
    ///
    /// # Errors
    /// When the folder or the journal cannot be used, when somebody else changes the folder, and when the
    /// clock is far behind the journal.
    pub fn purge(&self, at: Timestamp, dry_run: bool) -> Result<PurgeReport, CustodyError> {
        if dry_run {
            let (plan, mut report) = self.plan(at, true)?;
            report.gone = plan.gone;
            return Ok(report);
        }
        let _alone = self.locked()?;
        let resumed = self.resume()?;
        let (plan, mut report) = self.plan(at, false)?;
        self.journal_faults(&report)?;
        report.gone = plan.gone;

        let batches = plan.work.without(&resumed.left).in_batches(BATCH);
        report.take(resumed);
        for work in batches {
            report.take(self.carry_out(work)?);
        }
        report.open = self.journal.open_discards()?;
        Ok(report)
    }

    fn plan(&self, at: Timestamp, dry_run: bool) -> Result<(Plan, PurgeReport), CustodyError> {
        let (shelf, past) = self.look()?;
        let mut head = None;
        if !dry_run {
            past.not_behind(at)?;
            past.plausible(at)?;
            head = self.look_at_the_clock(&past, at)?;
        }
        // A clock that was set back gives nothing more time.
        let now = if dry_run { at } else { at.max(past.newest) };
        let mut lifetimes = Lifetimes::of(&self.policies);
        let plan = Plan::of(&shelf, &past, now, &mut lifetimes)?;
        let report = PurgeReport {
            at: now,
            dry_run,
            stays: plan.stays.clone(),
            restricted: plan.restricted.clone(),
            restrictions: past
                .restraints
                .keys()
                .flat_map(|session| past.restrictions_of(session, now))
                .collect(),
            held: plan.held.clone(),
            requests: past.open_requests(|_, _| true, now),
            doubtful: plan.doubtful.clone(),
            strays: shelf.strays,
            failed: shown(plan.untold.clone()),
            head,
            open: self.journal.open_discards()?,
            faults: lifetimes.faults,
            entries: plan.entries,
            ..PurgeReport::default()
        };
        Ok((plan, report))
    }

    fn journal_faults(&self, report: &PurgeReport) -> Result<(), CustodyError> {
        let faults: Vec<_> = report
            .faults
            .iter()
            .map(|fault| {
                let event = AccessEvent::Fault {
                    session: None,
                    policy: fault.digest(),
                    fault: fault.kind().to_string(),
                };
                work::access(report.at, event)
            })
            .collect();
        if !faults.is_empty() {
            self.journal.append(&faults)?;
        }
        Ok(())
    }
}

impl PurgeReport {
    fn take(&mut self, done: Done) {
        self.failed.extend(shown(done.failed));
        self.unanswered.extend(done.unanswered);
        self.ledger = done.ledger.map(|error| error.to_string()).or(self.ledger.take());
        self.head = done.head.or(self.head.take());
    }
}

impl Work {
    /// Work that was decided then, of a journal with so many entries.
    pub(super) fn new(at: Timestamp, since: u64) -> Self {
        Self {
            format: 1,
            at,
            since,
            ..Self::default()
        }
    }
}

/// The same, with names that people can read.
fn shown(told: Vec<(String, String)>) -> Vec<(String, String)> {
    let shown = told.into_iter().map(|(name, why)| (names::shown(&name), why));
    shown.collect()
}
