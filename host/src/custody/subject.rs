//! Whose recordings: a person's, a call's, a session's.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_policy::types::{CaptureMode, Span, Timestamp};
use serde::Serialize;

use super::chronicle::{Past, Told};
use super::error::CustodyError;
use super::origin::{Doubt, Doubtful};
use super::shelf::{About, Held, Holding, Shelf};
use super::work::Pair;
use super::{Custody, Kind, names};
use crate::policy::Digest;

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
    /// The session; the name of its files where the journal knows none of that name.
    pub session: String,
    /// What the folder holds of it.
    pub holdings: Vec<Holding>,
    /// The entries of the journal with its decision records.
    pub entries: Vec<u64>,
    /// Whether its processing is restricted.
    pub restricted: bool,
    /// Whether the journal shows of everything here whose it is.
    pub proven: bool,
    pub(super) told: Vec<Told>,
    /// The employee that the request names, where the journal names nobody.
    employee: Option<String>,
}

/// What is looked for: what the journal says decides, and a sidecar only where it is proven and the journal is
/// silent. Where the decisions about a session are forgotten, and its recording stays, the sidecar alone tells.
pub(super) trait Sought {
    /// Whether these are decisions about it; `about` is the session's sidecar, where that is proven.
    fn is_told(&self, told: &[Told], about: Option<&About>) -> bool;
    /// Whether a sidecar says so.
    fn is_claimed(&self, about: &About) -> bool;
    /// The decisions of the session that are about it: all of them, but where they name several employees.
    fn is_own(&self, _told: &Told) -> bool {
        true
    }
    /// Whether the recording itself is about it, where the session is.
    fn is_recording(&self, _session: &str, _past: &Past) -> bool {
        true
    }
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
}

impl Sought for Subject {
    fn is_told(&self, told: &[Told], about: Option<&About>) -> bool {
        if told.is_empty() {
            return about.is_some_and(|about| self.is_claimed(about));
        }
        match self {
            Self::Employee(token) => told.iter().any(|told| told.employee == *token),
            Self::Call(reference) => {
                let mut said = told.iter().filter_map(|told| told.call_reference.as_ref()).peekable();
                match said.peek() {
                    Some(_) => said.any(|said| said == reference),
                    None => about.is_some_and(|about| self.is_claimed(about)),
                }
            }
            Self::Session(session) => told.iter().any(|told| told.session == *session),
        }
    }

    fn is_claimed(&self, about: &About) -> bool {
        match self {
            Self::Employee(token) => about.employee == *token,
            Self::Call(reference) => about.call_reference.as_ref() == Some(reference),
            Self::Session(session) => about.session == *session,
        }
    }

    fn is_own(&self, told: &Told) -> bool {
        match self {
            Self::Employee(token) => told.employee == *token,
            Self::Call(_) | Self::Session(_) => true,
        }
    }

    fn is_recording(&self, session: &str, past: &Past) -> bool {
        match self {
            // Where the journal names nobody any more, its sidecar did.
            Self::Employee(token) => past.employee(session).is_none_or(|employee| employee == token),
            Self::Call(_) | Self::Session(_) => true,
        }
    }
}

impl Custody {
    /// Everything of a person, a call or a session, over the folder and the journal's decision records, by
    /// session. Whose it is the journal says; a sidecar counts where it is the one that was decided.
    ///
    /// # Errors
    /// When the folder or the journal cannot be read, or the name is empty.
    pub fn find(&self, subject: &Subject) -> Result<Vec<Found>, CustodyError> {
        if subject.name().is_empty() {
            return Err(CustodyError::Nobody);
        }
        let (shelf, past) = self.look()?;
        Ok(found(&shelf, &past, subject))
    }
}

/// The sessions that this is about, with everything of them.
pub(super) fn found(shelf: &Shelf, past: &Past, sought: &dyn Sought) -> Vec<Found> {
    let is_sought = |session: &str| {
        let proven = shelf.holdings.iter().filter_map(Holding::proven);
        let mut of_session = proven.filter(|about| about.session == session);
        sought.is_told(past.of(session), of_session.next())
    };
    // Those of which only a sidecar is left that tells.
    let attested = past.attested.keys().filter(|session| past.of(session).is_empty());
    let sessions: BTreeSet<&String> = past.decisions.keys().chain(attested).collect();
    sessions
        .into_iter()
        .filter(|session| is_sought(session))
        .map(|session| Found::of(session, shelf, past, sought))
        .collect()
}

/// What of the folder concerns a request, and nothing shows whose it is: recordings whose sidecar says that it is of
/// what is sought, and those that are found by their name alone with a sidecar that contradicts it.
pub(super) fn doubtful(shelf: &Shelf, past: &Past, sought: &dyn Sought, found: &[Found]) -> Vec<Doubtful> {
    let is_found = |session: Option<&str>| session.is_some_and(|session| found.iter().any(|of| of.session == session));
    let doubt = |holding: &Holding| {
        let about = holding.about.as_ref().ok()?;
        let concerned = sought.is_claimed(about) || is_found(holding.session()) || is_found(Some(&about.session));
        let doubt = match holding.origin.doubt() {
            None => {
                let employee = past.employee(&about.session);
                let other = employee.is_some_and(|employee| employee != about.employee);
                other.then_some(Doubt::Contradicted)
            }
            // It was found by the request itself.
            Some(Doubt::Undecided) if is_found(Some(&holding.name)) => None,
            doubt => doubt,
        };
        Some(Doubtful {
            name: names::shown(&holding.name),
            why: doubt.filter(|_| concerned)?,
        })
    };
    shelf.holdings.iter().filter_map(doubt).collect()
}

/// The one recording that a request names, where it is about what is sought: by the journal; or, where the journal
/// knows nothing of it, because the request says so and no sidecar says otherwise.
pub(super) fn named(shelf: &Shelf, past: &Past, subject: &Subject, name: &str) -> Vec<Found> {
    let Some(holding) = shelf.holdings.iter().find(|holding| holding.is_called(name)) else {
        return Vec::new();
    };
    let is_told = |session: &str| !past.of(session).is_empty() || holding.origin.is_proven();
    let known = holding.session().filter(|session| is_told(session));
    if let Some(session) = known {
        let mut all = found(shelf, past, subject);
        all.retain(|found| found.session == *session);
        return all;
    }
    if holding
        .about
        .as_ref()
        .is_ok_and(|about| contradicts(about, past, subject))
    {
        return Vec::new();
    }
    vec![Found::asserted(holding, past, subject)]
}

/// Whether a sidecar that nothing proves says that it is of somebody else than the request does.
pub(super) fn contradicts(about: &About, past: &Past, subject: &Subject) -> bool {
    let told = past.of(&about.session);
    !subject.is_claimed(about) || (!told.is_empty() && !subject.is_told(told, None))
}

impl Found {
    fn of(session: &str, shelf: &Shelf, past: &Past, sought: &dyn Sought) -> Self {
        let is_of = |holding: &&Holding| holding.session() == Some(session);
        let recordings = shelf.holdings.iter().filter(is_of);
        let recordings = recordings.filter(|_| sought.is_recording(session, past));
        let holdings: Vec<Holding> = recordings.cloned().collect();
        let told = past.of(session).to_vec();
        Self {
            entries: told
                .iter()
                .filter(|told| sought.is_own(told))
                .map(|told| told.index)
                .collect(),
            restricted: past.is_restricted(session) || holdings.iter().any(|h| h.restricted.is_some()),
            proven: holdings.iter().all(|holding| holding.origin.is_proven()),
            employee: past
                .employee(session)
                .or_else(|| Some(holdings.iter().find_map(Holding::proven)?.employee.as_str()))
                .map(str::to_owned),
            session: session.to_owned(),
            holdings,
            told,
        }
    }

    /// What the request alone says to be this person's.
    fn asserted(holding: &Holding, past: &Past, subject: &Subject) -> Self {
        let session = holding.session().unwrap_or(&holding.name);
        Self {
            session: session.to_owned(),
            entries: Vec::new(),
            restricted: past.is_restricted(session) || holding.restricted.is_some(),
            proven: false,
            employee: Some(match subject {
                Subject::Employee(token) => token.clone(),
                // Nobody knows whose screen it was.
                Subject::Call(_) | Subject::Session(_) => String::new(),
            }),
            holdings: vec![holding.clone()],
            told: Vec::new(),
        }
    }

    fn about(&self) -> Option<&About> {
        self.holdings.iter().find_map(Holding::proven)
    }

    /// The employee's token, as the journal says; else as the request does.
    pub(super) fn employee(&self) -> Option<&str> {
        self.employee.as_deref()
    }

    /// The programme; empty when nobody tells.
    pub(super) fn programme(&self) -> &str {
        let told = self.told.last().map(|told| told.programme.as_str());
        told.or_else(|| Some(self.about()?.programme.as_str()))
            .unwrap_or_default()
    }

    /// When it was collected, at the earliest that anybody tells whom one may believe.
    pub(super) fn collected_at(&self) -> Timestamp {
        let abouts = self.holdings.iter().filter_map(Holding::proven);
        let shelved = abouts.map(|about| about.span.start);
        let told = self.told.iter().map(|told| told.collected_at);
        shelved.chain(told).min().unwrap_or(Timestamp::MIN)
    }

    /// How it was captured; a still image when nobody tells.
    pub(super) fn mode(&self) -> CaptureMode {
        let told = self.told.iter().find_map(|told| told.mode);
        told.or_else(|| Some(self.about()?.mode)).unwrap_or_default()
    }

    /// Its half of the call's own recording; none where nobody tells when that was.
    pub(super) fn pair(&self, reason: Option<&String>) -> Option<Pair> {
        let told = || {
            let segments = || self.told.iter().filter_map(|told| told.segment);
            Some(Span {
                start: segments().map(|segment| segment.start).min()?,
                end: segments().map(|segment| segment.end).max()?,
            })
        };
        let about = self.about();
        let reference = self.told.iter().find_map(|told| told.call_reference.clone());
        Some(Pair {
            session: self.session.clone(),
            call_reference: reference.or_else(|| about?.call_reference.clone()),
            segment: about.map(|about| about.span).or_else(told)?,
            reason: reason.cloned(),
        })
    }

    /// The sidecars by which it was found, and what they are.
    pub(super) fn sidecars(&self) -> BTreeMap<String, Digest> {
        self.holdings.iter().filter_map(Holding::sidecar).collect()
    }

    /// Its files of these kinds.
    pub(super) fn files(&self, kinds: &'static [Kind]) -> Vec<&Held> {
        self.holdings.iter().flat_map(|holding| holding.of(kinds)).collect()
    }
}
