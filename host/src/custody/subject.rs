//! Whose recordings: a person's, a call's, a session's.

use std::collections::BTreeSet;

use gardefou_policy::types::{CaptureMode, Timestamp};
use serde::Serialize;

use super::chronicle::{Past, Told};
use super::error::CustodyError;
use super::shelf::{About, Held, Holding, Shelf};
use super::{Custody, Kind};

/// Whose recordings somebody asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Subject {
    /// Everything of this employee, by token.
    Employee(String),
    /// Everything of this call, by the reference that its own recorder uses.
    Call(String),
    /// Everything of this session.
    Session(String),
}

/// What was found of one session: in the folder, in the journal, or in both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// The session.
    pub session: String,
    /// What the folder holds of it; more than one when it was copied there.
    pub holdings: Vec<Holding>,
    /// The entries of the journal with its decision records.
    pub entries: Vec<u64>,
    /// Whether its processing is restricted.
    pub restricted: bool,
    pub(super) told: Vec<Told>,
}

impl Subject {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Employee(name) | Self::Call(name) | Self::Session(name) => name,
        }
    }

    /// Which kind: `employee`, `call` or `session`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Employee(_) => "employee",
            Self::Call(_) => "call",
            Self::Session(_) => "session",
        }
    }

    fn is_of(&self, about: &About) -> bool {
        match self {
            Self::Employee(token) => about.employee == *token,
            Self::Call(reference) => about.call_reference.as_ref() == Some(reference),
            Self::Session(session) => about.session == *session,
        }
    }

    fn is_told(&self, told: &Told) -> bool {
        match self {
            Self::Employee(token) => told.employee == *token,
            Self::Call(reference) => told.call_reference.as_ref() == Some(reference),
            Self::Session(session) => told.session == *session,
        }
    }
}

impl Custody {
    /// Everything of a person, a call or a session, over the folder and the journal's decision records, by
    /// session. A person is found by what the sidecars say as well as by what the journal says.
    ///
    /// # Errors
    /// When the folder or the journal cannot be read, or the name is empty.
    pub fn find(&self, subject: &Subject) -> Result<Vec<Found>, CustodyError> {
        if subject.name().is_empty() {
            return Err(CustodyError::Nobody);
        }
        Ok(found(
            &self.shelf()?,
            &self.past()?,
            &|about| subject.is_of(about),
            &|told| subject.is_told(told),
        ))
    }
}

/// The sessions of which a sidecar or a decision says so, with everything of them.
pub(super) fn found(
    shelf: &Shelf,
    past: &Past,
    is_of: &dyn Fn(&About) -> bool,
    is_told: &dyn Fn(&Told) -> bool,
) -> Vec<Found> {
    let abouts = shelf.holdings.iter().filter_map(|holding| holding.about.as_ref().ok());
    let shelved = abouts.filter(|about| is_of(about)).map(|about| about.session.clone());
    let told = past.decisions.iter().filter(|(_, told)| told.iter().any(is_told));
    let sessions: BTreeSet<String> = shelved.chain(told.map(|(session, _)| session.clone())).collect();
    sessions
        .into_iter()
        .map(|session| Found::of(session, shelf, past))
        .collect()
}

impl Found {
    fn of(session: String, shelf: &Shelf, past: &Past) -> Self {
        let holdings: Vec<Holding> = shelf
            .holdings
            .iter()
            .filter(|holding| holding.session() == Some(&session))
            .cloned()
            .collect();
        let told = past.of(&session).to_vec();
        Self {
            entries: told.iter().map(|told| told.index).collect(),
            restricted: past.restricted.contains(&session) || holdings.iter().any(|h| h.restricted.is_some()),
            session,
            holdings,
            told,
        }
    }

    pub(super) fn about(&self) -> Option<&About> {
        self.holdings.iter().find_map(|holding| holding.about.as_ref().ok())
    }

    /// The employee's token; the journal knows better than a sidecar.
    pub(super) fn employee(&self) -> Option<&str> {
        let told = self.told.last().map(|told| told.employee.as_str());
        told.or_else(|| Some(self.about()?.employee.as_str()))
    }

    /// The programme; empty when nobody tells.
    pub(super) fn programme(&self) -> &str {
        let told = self.told.last().map(|told| told.programme.as_str());
        told.or_else(|| Some(self.about()?.programme.as_str()))
            .unwrap_or_default()
    }

    /// When it was collected, at the earliest that anybody tells.
    pub(super) fn collected_at(&self) -> Timestamp {
        let abouts = self.holdings.iter().filter_map(|holding| holding.about.as_ref().ok());
        let shelved = abouts.map(|about| about.span.start);
        let told = self.told.iter().map(|told| told.collected_at);
        shelved.chain(told).min().unwrap_or(Timestamp::MIN)
    }

    /// How it was captured; a still image when nobody tells.
    pub(super) fn mode(&self) -> CaptureMode {
        let told = self.told.iter().find_map(|told| told.mode);
        told.or_else(|| Some(self.about()?.mode)).unwrap_or_default()
    }

    /// Its files of these kinds.
    pub(super) fn files(&self, kinds: &'static [Kind]) -> Vec<&Held> {
        self.holdings.iter().flat_map(|holding| holding.of(kinds)).collect()
    }
}
