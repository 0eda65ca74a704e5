//! A person's request about their own data: find, disclose, erase, restrict, release (legal.md, +10).

mod disclose;
mod erase;
mod items;
mod mark;
mod open;
mod receipt;
mod request;

use std::collections::{BTreeMap, BTreeSet};

use gardefou_policy::types::{Artefact, Obligations, Operation, Purpose, Timestamp};

use super::access::{self, Asker, Wanted};
use super::chronicle::Past;
use super::error::CustodyError;
use super::refusal::{RefusalCause, Refused};
use super::shelf::{Holding, Shelf};
use super::subject::{Found, Sought as _, Subject, doubtful, found, named};
use super::work::Done;
use super::{Custody, Kind, names, work};
use crate::journal::{AccessEvent, Asked, Head, Record};
use items::Piece;
use open::Own;

pub use receipt::{Item, ItemOutcome, OpenRequestShown, Receipt, RestrictionShown};
pub use request::{Right, RightRequest};

/// What is asked of the policies about each item.
pub(super) struct Wish<'a> {
    pub(super) operation: Operation,
    pub(super) purpose: Purpose,
    pub(super) asker: &'a Asker,
    pub(super) at: Timestamp,
    /// Sessions whose restriction holds this up, whatever the policies say: nobody asks for those whose request
    /// it answers.
    pub(super) spared: Option<&'a BTreeSet<String>>,
}

impl Wish<'_> {
    const fn of(&self, artefact: Artefact) -> Wanted {
        Wanted {
            operation: self.operation,
            artefact,
            purpose: self.purpose,
            at: self.at,
        }
    }

    /// An anonymised copy is of nobody, and so no restriction is about it.
    fn reaches(&self, piece: &Piece<'_>) -> Result<(), RefusalCause> {
        let is_spared = self.spared.is_some_and(|spared| spared.contains(&piece.found.session));
        if is_spared && piece.artefact != Artefact::AnonymisedCopy {
            return Err(RefusalCause::Restricted);
        }
        Ok(())
    }
}

/// What the policies said about a piece.
type Answers = Vec<Result<Obligations, Refused>>;

impl Custody {
    /// Answers a person's request. Each thing that is found is asked about on its own: one that is refused
    /// does not stop the others. What was answered is journalled before anything is done.
    ///
    /// # Errors
    /// When the folder or the journal cannot be used, somebody else changes the folder, a name is empty, the request
    /// is malformed, or the clock is far ahead of the journal. That something is refused is no error.
    pub fn right(&self, request: &RightRequest<'_>) -> Result<Receipt, CustodyError> {
        if request.subject.name().is_empty() {
            return Err(CustodyError::Nobody);
        }
        request.asker.named()?;
        let changes = request.right.changes();
        let _alone = if changes { Some(self.locked()?) } else { None };
        let resumed = if changes { self.resume()? } else { Done::default() };
        let (shelf, past) = self.look()?;
        past.plausible(request.at)?;
        // A clock that was set back grants nothing that was refused before.
        let request = &RightRequest {
            at: request.at.max(past.newest),
            ..*request
        };
        let found = match request.recording {
            Some(name) => named(&shelf, &past, request.subject, name),
            None => found(&shelf, &past, request.subject),
        };
        let own = self.own(request, &found);
        let asked = open::checked(request, &past, &own)?;
        let spared = past.restricted_by_others(request.asked_by);
        // A request is closed by its reference, whatever is left of what it was about.
        let closes = matches!(request.right, Right::Close { .. });
        let mut doubtful = doubtful(&shelf, &past, request.subject, &found);
        // Whoever names a recording is told of that one alone.
        doubtful.retain(|doubt| !closes && request.recording.is_none_or(|name| doubt.name == name));
        let wish = |operation| Wish {
            operation,
            purpose: request.purpose(),
            asker: request.asker,
            at: request.at,
            spared: Some(&spared).filter(|_| *request.right == Right::Erase),
        };
        let (items, done) = match (request.right, request.right.operation()) {
            (Right::Disclose { into }, Some(operation)) => self.disclose(&wish(operation), &found, into)?,
            (Right::Erase, Some(operation)) => {
                let closing = closing(request, asked.clone(), Vec::new(), 0);
                self.erase(&wish(operation), &found, closing, None, past.size, &resumed.left)?
            }
            (Right::Restrict { .. } | Right::Release { .. }, Some(operation)) => {
                self.mark(&wish(operation), request, &asked, &found, &past)?
            }
            (Right::Close { .. }, _) => (Vec::new(), Done::default()),
            _ => (found_items(&found), Done::default()),
        };
        let head = match done.head.filter(|_| *request.right == Right::Erase) {
            Some(head) => head,
            None => self.journal_right(request, asked, &items, &past, &own)?,
        };
        let known = closes || !found.is_empty() || self.is_known(request.subject, &shelf, &past);
        let now = if changes { self.past()? } else { past };
        let shown = |list: Vec<(String, String)>| -> Vec<(String, String)> {
            list.into_iter().map(|(name, why)| (names::shown(&name), why)).collect()
        };
        Ok(Receipt {
            request: request.right.name(),
            subject: request.subject.clone(),
            asked_by: request.asked_by,
            account: request.asker.account.clone(),
            at: request.at,
            known,
            missing: !closes && request.recording.is_some() && found.is_empty(),
            doubtful,
            restrictions: now.restrictions(&found, request.at),
            requests: now.open_requests(
                |reference, open| {
                    let about = found.iter().any(|found| open.sessions.contains(&found.session));
                    about || open.whose.as_deref() == Some(self.whose(request.subject, reference).as_str())
                },
                request.at,
            ),
            items,
            unattributed: self.unattributed(&shelf, &found),
            failed: shown(resumed.failed.into_iter().chain(done.failed).collect()),
            unanswered: resumed.unanswered.into_iter().chain(done.unanswered).collect(),
            journal: head,
            open: self.journal.open_discards()?,
            others: if known {
                BTreeSet::new()
            } else {
                self.others(request.subject, &shelf, &now)
            },
        })
    }

    /// That the request was answered.
    fn journal_right(
        &self,
        request: &RightRequest<'_>,
        asked: Asked,
        items: &[Item],
        past: &Past,
        own: &Own<'_>,
    ) -> Result<Head, CustodyError> {
        let done = |item: &&Item| matches!(item.outcome, ItemOutcome::Found | ItemOutcome::Done);
        let count = |item: &Item| {
            u64::try_from(item.files.len())
                .unwrap_or(u64::MAX)
                .saturating_add(item.entries)
        };
        let mut sessions: Vec<String> = items.iter().filter(done).map(|item| item.session.clone()).collect();
        sessions.dedup();
        if let Right::Close { reference } = request.right {
            let open = past.requests_of(reference).iter().find(|open| own.has(open));
            sessions.extend(open.iter().flat_map(|open| open.sessions.iter().cloned()));
        }
        let event = closing(request, asked, sessions, items.iter().filter(done).map(count).sum());
        Ok(self.journal.append(&[work::access(request.at, event)])?)
    }

    /// Files that may be anybody's, but for those that were found.
    fn unattributed(&self, shelf: &Shelf, found: &[Found]) -> Vec<String> {
        let is_found = |name: &str| {
            let mut holdings = found.iter().flat_map(|found| &found.holdings);
            holdings.any(|holding| holding.name == name)
        };
        let nobodys = shelf.holdings.iter().filter(|holding| holding.session().is_none());
        let files = nobodys.filter(|holding| !is_found(&holding.name));
        let files = files.flat_map(|holding| holding.files.iter());
        files
            .filter(|file| file.kind != Kind::Anonymised && self.folder_has(&file.name))
            .map(|file| names::shown(&file.name))
            .collect()
    }

    /// Whether the file is still there.
    fn folder_has(&self, name: &str) -> bool {
        names::path(&self.folder, name).symlink_metadata().is_ok()
    }

    /// Asks about each piece and journals every answer: durable before anything is done.
    fn ask_about(&self, wish: &Wish<'_>, pieces: &[Piece<'_>]) -> Result<Answers, CustodyError> {
        let mut records: Vec<Record> = Vec::new();
        let mut answers = Answers::new();
        for piece in pieces {
            let facts = piece.facts(wish.at);
            let wanted = wish.of(piece.artefact);
            let answer = wish
                .reaches(piece)
                .and_then(|()| self.ask(wanted, wish.asker, &facts))
                .map_err(Refused::of);
            records.push(work::access(
                wish.at,
                access::journalled(wanted, wish.asker, &facts, &answer),
            ));
            answers.push(answer);
        }
        if !records.is_empty() {
            self.journal.append(&records)?;
        }
        Ok(answers)
    }
}

impl Custody {
    /// Whether anybody knows somebody of this name: the journal, a sidecar, or the rules.
    fn is_known(&self, subject: &Subject, shelf: &Shelf, past: &Past) -> bool {
        let mut abouts = shelf.holdings.iter().filter_map(|holding| holding.about.as_ref().ok());
        abouts.any(|about| subject.is_claimed(about)) || self.others(subject, shelf, past).contains(subject.name())
    }

    /// The tokens, or references, that the journal, the sidecars that count, and the rules know.
    fn others(&self, subject: &Subject, shelf: &Shelf, past: &Past) -> BTreeSet<String> {
        let told = || past.decisions.values().flatten();
        let abouts = || shelf.holdings.iter().filter_map(Holding::proven);
        match subject {
            Subject::Employee(_) => {
                let journalled = told().map(|told| told.employee.clone());
                let attested = abouts().map(|about| about.employee.clone());
                journalled
                    .chain(attested)
                    .chain(self.employees.iter().cloned())
                    .collect()
            }
            Subject::Call(_) => {
                let references = abouts().filter_map(|about| about.call_reference.clone());
                references
                    .chain(told().filter_map(|told| told.call_reference.clone()))
                    .collect()
            }
            Subject::Session(_) => past.decisions.keys().chain(past.attested.keys()).cloned().collect(),
        }
    }
}

fn closing(request: &RightRequest<'_>, asked: Asked, recordings: Vec<String>, count: u64) -> AccessEvent {
    AccessEvent::Right {
        request: request.right.name().into(),
        account: request.asker.account.clone(),
        recordings,
        count,
        asked: Some(asked),
        erased: BTreeMap::new(),
    }
}

fn found_items(found: &[Found]) -> Vec<Item> {
    let pieces = found.iter().flat_map(Piece::all);
    pieces.map(|piece| piece.item(ItemOutcome::Found)).collect()
}
