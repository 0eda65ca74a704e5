//! What was kept under a fact that turned out to be false is discarded.

use std::collections::BTreeMap;

use gardefou_policy::types::{Operation, Purpose, Reason, Timestamp};
use serde::Serialize;

use super::access::Asker;
use super::chronicle::Told;
use super::error::CustodyError;
use super::origin::Doubtful;
use super::refusal::Refused;
use super::rights::Wish;
use super::shelf::About;
use super::subject::{Sought, doubtful, found};
use super::{Custody, names, rights};
use crate::journal::{AccessEvent, Head, OpenDiscard};

/// A fact that turned out to be false.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FalseFact {
    /// This version of the notice did not tell the employees what it must.
    Notice(String),
    /// This programme was none.
    Programme(String),
    /// This call may not be kept: the reference that its own recorder uses.
    Call(String),
}

/// What was discarded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Invalidated {
    /// Each recording, and what became of it.
    pub items: Vec<rights::Item>,
    /// Recordings whose sidecar names the fact and shows nothing, or contradicts the journal: nothing was done with
    /// them but for what is in `items`.
    pub doubtful: Vec<Doubtful>,
    /// Files that could not be deleted, and why.
    pub failed: Vec<(String, String)>,
    /// Sessions whose call recording could not be discarded, and why.
    pub unanswered: Vec<(String, String)>,
    /// Discards that nobody said to be done.
    pub open: Vec<OpenDiscard>,
    /// Where the journal stands.
    pub head: Option<Head>,
}

impl FalseFact {
    /// `notice`, `programme` or `call`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Notice(_) => "notice",
            Self::Programme(_) => "programme",
            Self::Call(_) => "call",
        }
    }

    /// Which one.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Notice(value) | Self::Programme(value) | Self::Call(value) => value,
        }
    }

    /// The reason that would have refused, had it been known.
    fn reason(&self) -> Option<String> {
        match self {
            Self::Notice(_) => Some(Reason::EMPLOYEE_NOT_INFORMED.to_string()),
            Self::Programme(_) => Some(Reason::PROGRAMME.to_string()),
            Self::Call(_) => None,
        }
    }
}

impl Sought for FalseFact {
    /// Only what was kept: a refusal was none the less right. What the journal does not say a sidecar may, where it
    /// counts.
    fn is_told(&self, told: &[Told], about: Option<&About>) -> bool {
        if told.is_empty() {
            // The decision is forgotten, and what was decided was to keep it: its sidecar is proven.
            return about.is_some_and(|about| self.is_claimed(about));
        }
        let mut kept = told.iter().filter(|told| told.kept).peekable();
        if kept.peek().is_none() {
            return false;
        }
        let said = |of: fn(&Told) -> Option<&String>, value: &String| {
            let mut said = told.iter().filter_map(of).peekable();
            match said.peek() {
                Some(_) => said.any(|said| said == value),
                None => about.is_some_and(|about| self.is_claimed(about)),
            }
        };
        match self {
            Self::Notice(version) => said(|told| told.notice.as_ref(), version),
            Self::Programme(programme) => kept.any(|told| told.programme == *programme),
            Self::Call(reference) => said(|told| told.call_reference.as_ref(), reference),
        }
    }

    fn is_claimed(&self, about: &About) -> bool {
        match self {
            Self::Notice(version) => about.notice_version.as_ref() == Some(version),
            Self::Programme(programme) => about.programme == *programme,
            Self::Call(reference) => about.call_reference.as_ref() == Some(reference),
        }
    }
}

impl Custody {
    /// Discards every recording that was kept under a fact found false, with everything beside it and its
    /// decision records, and its half of the call recording. The policies are asked whether the account may
    /// delete. What is restricted stays whole, and is told as refused: nobody but whoever obtained that decides that
    /// it goes.
    ///
    /// # Errors
    /// When the folder or the journal cannot be used, somebody else changes the folder, the value is empty, or the
    /// clock is far ahead of the journal.
    pub fn invalidate(&self, fact: &FalseFact, asker: &Asker, at: Timestamp) -> Result<Invalidated, CustodyError> {
        if fact.value().is_empty() {
            return Err(CustodyError::Nobody);
        }
        asker.named()?;
        let _alone = self.locked()?;
        let resumed = self.resume()?;
        let (shelf, past) = self.look()?;
        past.plausible(at)?;
        let at = at.max(past.newest);
        let found = found(&shelf, &past, fact);
        let doubtful = doubtful(&shelf, &past, fact, &found);
        let restricted = past.restricted();
        let wish = Wish {
            operation: Operation::Delete,
            purpose: Purpose::SubjectRight,
            asker,
            at,
            spared: Some(&restricted),
        };
        let closing = AccessEvent::Invalidation {
            fact: fact.kind().into(),
            value: fact.value().into(),
            account: asker.account.clone(),
            recordings: Vec::new(),
            erased: BTreeMap::new(),
        };
        let (items, done) = self.erase(&wish, &found, closing, fact.reason(), past.size, &resumed.left)?;
        Ok(Invalidated {
            items,
            doubtful,
            failed: resumed
                .failed
                .into_iter()
                .chain(done.failed)
                .map(|(name, why)| (names::shown(&name), why))
                .collect(),
            unanswered: resumed.unanswered.into_iter().chain(done.unanswered).collect(),
            open: self.journal.open_discards()?,
            head: done.head.or(resumed.head),
        })
    }
}

impl Invalidated {
    /// Whether something that should be gone is still there.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        let refused = |item: &rights::Item| {
            matches!(
                item.outcome,
                rights::ItemOutcome::Refused(_) | rights::ItemOutcome::Failed(_)
            )
        };
        self.items.iter().any(refused)
            || !self.doubtful.is_empty()
            || !self.failed.is_empty()
            || !self.unanswered.is_empty()
    }

    /// Whether the policies refused something.
    #[must_use]
    pub fn refusals(&self) -> Vec<&Refused> {
        let refused = self.items.iter().filter_map(|item| match &item.outcome {
            rights::ItemOutcome::Refused(refused) => Some(refused),
            _ => None,
        });
        refused.collect()
    }
}
