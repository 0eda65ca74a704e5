//! A person's request about their own data: find, disclose, erase, restrict, release (legal.md, +10).

mod disclose;
mod erase;
mod items;

use std::collections::BTreeSet;
use std::path::PathBuf;

use gardefou_policy::types::{Artefact, Obligations, Operation, Purpose, Timestamp};
use serde::{Serialize, Serializer};

use super::access::{self, Asker, Wanted};
use super::chronicle::Past;
use super::error::CustodyError;
use super::refusal::{RefusalCause, Refused};
use super::shelf::Restriction;
use super::subject::{Found, Subject};
use super::work::Done;
use super::{Custody, Kind, disk, names, work};
use crate::journal::{AccessEvent, Head, OpenDiscard, Record};
use items::Piece;

/// What a person asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Right {
    /// What is kept about them.
    Find,
    /// A copy of what may be disclosed, in this folder, which is made when it is not there.
    Disclose {
        /// The folder.
        into: PathBuf,
    },
    /// That everything about them is deleted.
    Erase,
    /// That nobody works with it; then it is neither purged nor invalidated.
    Restrict,
    /// That a restriction ends.
    Release,
}

impl Right {
    /// Its name: `find`, `disclose`, `erase`, `restrict` or `release`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Disclose { .. } => "disclose",
            Self::Erase => "erase",
            Self::Restrict => "restrict",
            Self::Release => "release",
        }
    }

    /// What the policies are asked for; finding alone is journalled, and asked of nobody.
    const fn operation(&self) -> Option<Operation> {
        match self {
            Self::Find => None,
            Self::Disclose { .. } => Some(Operation::Disclose),
            Self::Erase => Some(Operation::Delete),
            Self::Restrict => Some(Operation::Restrict),
            Self::Release => Some(Operation::Release),
        }
    }
}

/// A request, and who answers it.
#[derive(Clone, Copy, Debug)]
pub struct RightRequest<'a> {
    /// What is asked for.
    pub right: &'a Right,
    /// About whom, or about which call.
    pub subject: &'a Subject,
    /// Who answers it.
    pub asker: &'a Asker,
    /// Now.
    pub at: Timestamp,
}

/// What was done about a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Receipt {
    /// What was asked for: the name of a [`Right`].
    pub request: &'static str,
    /// About whom, or about which call.
    pub subject: Subject,
    /// The account that answered it.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// Everything that was found, and what became of it.
    pub items: Vec<Item>,
    /// Files of the folder that nobody can tell to be whose: they are not in `items`.
    pub unattributed: Vec<String>,
    /// Files that could not be deleted, and why.
    pub failed: Vec<(String, String)>,
    /// Sessions whose call recording could not be discarded, and why.
    pub unanswered: Vec<(String, String)>,
    /// Where the journal stands with this request in it: its number of entries and the root of its tree.
    #[serde(serialize_with = "head")]
    pub journal: Head,
    /// Discards that nobody said to be done.
    #[serde(serialize_with = "discards")]
    pub open: Vec<OpenDiscard>,
}

/// Something that was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Item {
    /// The session.
    pub session: String,
    /// What it is.
    pub artefact: Artefact,
    /// Its files.
    pub files: Vec<String>,
    /// How many entries of the journal.
    pub entries: u64,
    /// Whether its processing was restricted.
    pub restricted: bool,
    /// What became of it.
    pub outcome: ItemOutcome,
}

/// What became of something that was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ItemOutcome {
    /// It was found, and nothing else was asked for.
    Found,
    /// What was asked for was done.
    Done,
    /// The policies refused it.
    Refused(Refused),
    /// It could not be done.
    Failed(String),
}

impl Receipt {
    /// Whether something of what was asked for was not done.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        let undone = |item: &Item| matches!(item.outcome, ItemOutcome::Refused(_) | ItemOutcome::Failed(_));
        self.items.iter().any(undone) || !self.failed.is_empty() || !self.unanswered.is_empty()
    }
}

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
    /// When the folder or the journal cannot be used, somebody else changes the folder, or the name is empty.
    /// That something is refused is no error.
    pub fn right(&self, request: &RightRequest<'_>) -> Result<Receipt, CustodyError> {
        if request.subject.name().is_empty() {
            return Err(CustodyError::Nobody);
        }
        request.asker.named()?;
        let changes = matches!(request.right, Right::Erase | Right::Restrict | Right::Release);
        let _alone = if changes { Some(self.locked()?) } else { None };
        let resumed = if changes { self.resume()? } else { Done::default() };
        let past = self.past()?;
        // A clock that was set back grants nothing that was refused before.
        let request = &RightRequest {
            at: request.at.max(past.newest),
            ..*request
        };
        let found = self.find(request.subject)?;
        let wish = |operation| Wish {
            operation,
            purpose: Purpose::SubjectRight,
            asker: request.asker,
            at: request.at,
            spared: None,
        };
        let (items, done) = match (request.right, request.right.operation()) {
            (Right::Disclose { into }, Some(operation)) => self.disclose(&wish(operation), &found, &past, into)?,
            (Right::Erase, Some(operation)) => {
                let closing = closing(request, Vec::new(), 0);
                self.erase(&wish(operation), &found, closing, None, past.size, &resumed.left)?
            }
            (Right::Restrict | Right::Release, Some(operation)) => self.mark(&wish(operation), request, &found)?,
            _ => (found_items(&found), Done::default()),
        };
        let head = match done.head.filter(|_| *request.right == Right::Erase) {
            Some(head) => head,
            None => self.journal_right(request, &items)?,
        };
        Ok(Receipt {
            request: request.right.name(),
            subject: request.subject.clone(),
            account: request.asker.account.clone(),
            at: request.at,
            items,
            unattributed: self.unattributed()?,
            failed: resumed.failed.into_iter().chain(done.failed).collect(),
            unanswered: resumed.unanswered.into_iter().chain(done.unanswered).collect(),
            journal: head,
            open: self.journal.open_discards()?,
        })
    }

    /// That the request was answered.
    fn journal_right(&self, request: &RightRequest<'_>, items: &[Item]) -> Result<Head, CustodyError> {
        let done = |item: &&Item| matches!(item.outcome, ItemOutcome::Found | ItemOutcome::Done);
        let count = |item: &Item| {
            u64::try_from(item.files.len())
                .unwrap_or(u64::MAX)
                .saturating_add(item.entries)
        };
        let mut sessions: Vec<String> = items.iter().filter(done).map(|item| item.session.clone()).collect();
        sessions.dedup();
        let event = closing(request, sessions, items.iter().filter(done).map(count).sum());
        Ok(self.journal.append(&[work::access(request.at, event)])?)
    }

    /// Files that may be anybody's.
    fn unattributed(&self) -> Result<Vec<String>, CustodyError> {
        let shelf = self.shelf()?;
        let nobodys = shelf.holdings.iter().filter(|holding| holding.about.is_err());
        let files = nobodys.flat_map(|holding| holding.files.iter());
        Ok(files
            .filter(|file| file.kind != Kind::Anonymised)
            .map(|file| file.name.clone())
            .collect())
    }

    /// Asks about each piece and journals every answer: durable before anything is done.
    fn ask_about(&self, wish: &Wish<'_>, pieces: &[Piece<'_>], past: Option<&Past>) -> Result<Answers, CustodyError> {
        let mut records: Vec<Record> = Vec::new();
        let mut answers = Answers::new();
        for piece in pieces {
            let facts = piece.facts(wish.at);
            let wanted = wish.of(piece.artefact);
            let sound = || past.map_or(Ok(()), |past| piece.sound(past));
            let answer = wish
                .reaches(piece)
                .and_then(|()| sound())
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

    /// Restricts, or ends a restriction, by a mark beside the recording and in the journal.
    fn mark(
        &self,
        wish: &Wish<'_>,
        request: &RightRequest<'_>,
        found: &[Found],
    ) -> Result<(Vec<Item>, Done), CustodyError> {
        let pieces: Vec<Piece<'_>> = found.iter().map(Piece::whole).collect();
        let answers = self.ask_about(wish, &pieces, None)?;
        let mut items = Vec::new();
        for (piece, answer) in pieces.iter().zip(answers) {
            let outcome = match answer {
                Err(refused) => ItemOutcome::Refused(refused),
                Ok(_) => self.marked(request, piece.found),
            };
            items.push(piece.item(outcome));
        }
        Ok((items, Done::default()))
    }

    fn marked(&self, request: &RightRequest<'_>, found: &Found) -> ItemOutcome {
        let mark = Restriction {
            request: request.subject.kind().into(),
            account: request.asker.account.clone(),
            at: request.at,
        };
        let bytes = serde_json::to_vec_pretty(&mark).unwrap_or_default();
        for holding in &found.holdings {
            let name = format!("{}{}", holding.name, names::RESTRICTED);
            let changed = match (request.right, &holding.restricted) {
                (Right::Release, Some(_)) => disk::delete(&*self.disk, &self.folder, &name),
                (Right::Restrict, None) => disk::put(&*self.disk, &self.folder, &name, &bytes),
                _ => Ok(()),
            };
            if let Err(error) = changed {
                return ItemOutcome::Failed(error.to_string());
            }
        }
        ItemOutcome::Done
    }
}

fn closing(request: &RightRequest<'_>, recordings: Vec<String>, count: u64) -> AccessEvent {
    AccessEvent::Right {
        request: request.right.name().into(),
        account: request.asker.account.clone(),
        recordings,
        count,
    }
}

fn found_items(found: &[Found]) -> Vec<Item> {
    let pieces = found.iter().flat_map(Piece::all);
    pieces.map(|piece| piece.item(ItemOutcome::Found)).collect()
}

fn head<S: Serializer>(head: &Head, serializer: S) -> Result<S::Ok, S::Error> {
    let root: String = head.root.iter().map(|byte| format!("{byte:02x}")).collect();
    serde_json::json!({ "size": head.size, "root": root }).serialize(serializer)
}

fn discards<S: Serializer>(open: &[OpenDiscard], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(open.iter().map(|discard| {
        serde_json::json!({
            "session": discard.session,
            "segment": discard.segment,
            "reason": discard.reason,
        })
    }))
}
