//! A person's request about their own data: find, disclose, erase, restrict, release (legal.md, +10).

mod disclose;
mod erase;
mod items;
mod open;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use gardefou_policy::types::{Artefact, Obligations, Operation, Purpose, Timestamp};
use serde::{Serialize, Serializer};

use super::access::{self, Asker, Wanted};
use super::chronicle::Past;
use super::error::{CustodyError, RequestError};
use super::origin::Doubtful;
use super::refusal::{RefusalCause, Refused};
use super::shelf::{Holding, Restriction, Shelf};
use super::subject::{Found, Subject, doubtful, found, named};
use super::work::Done;
use super::{Custody, Kind, disk, names, work};
use crate::journal::{AccessEvent, Asked, AskedBy, Head, OpenDiscard, Record};
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
    Restrict {
        /// Under which reference the request is kept: opaque, no name.
        reference: String,
        /// When somebody must look whether it is still needed.
        review: Timestamp,
    },
    /// That a restriction ends: that of whoever asks.
    Release {
        /// The day on which the person was told, before it ends (RGPD 18.3).
        told_on: Timestamp,
    },
    /// That a request came in, and is to be answered: until then nothing that it concerns is purged. Opened again, its
    /// time is extended, once, to three months from its receipt at most (RGPD 12.3).
    Open {
        /// Under which reference the request is kept: opaque, no name.
        reference: String,
        /// Until when; a month from its receipt without one.
        until: Option<Timestamp>,
    },
    /// That it was answered.
    Close {
        /// The reference under which it was opened.
        reference: String,
    },
}

impl Right {
    /// Its name: `find`, `disclose`, `erase`, `restrict`, `release`, `open` or `close`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Disclose { .. } => "disclose",
            Self::Erase => "erase",
            Self::Restrict { .. } => "restrict",
            Self::Release { .. } => "release",
            Self::Open { .. } => "open",
            Self::Close { .. } => "close",
        }
    }

    /// What the policies are asked for; finding, opening and closing are journalled, and asked of nobody.
    const fn operation(&self) -> Option<Operation> {
        match self {
            Self::Find | Self::Open { .. } | Self::Close { .. } => None,
            Self::Disclose { .. } => Some(Operation::Disclose),
            Self::Erase => Some(Operation::Delete),
            Self::Restrict { .. } => Some(Operation::Restrict),
            Self::Release { .. } => Some(Operation::Release),
        }
    }

    const fn changes(&self) -> bool {
        !matches!(self, Self::Find | Self::Disclose { .. })
    }
}

/// A request, and who answers it.
#[derive(Clone, Copy, Debug)]
pub struct RightRequest<'a> {
    /// What is asked for.
    pub right: &'a Right,
    /// About whom, or about which call.
    pub subject: &'a Subject,
    /// Who asks: the employee, the call's other party, an authority or a court.
    pub asked_by: AskedBy,
    /// This recording alone, by its name in the folder. So one is reached of which the journal knows nothing: that it
    /// is about the subject says the request.
    pub recording: Option<&'a str>,
    /// Who answers it.
    pub asker: &'a Asker,
    /// Now.
    pub at: Timestamp,
}

impl RightRequest<'_> {
    /// A disclosure to an authority and a restriction at its wish are oversight; the rest is the person's own.
    const fn purpose(&self) -> Purpose {
        let theirs = matches!(self.right, Right::Disclose { .. } | Right::Restrict { .. });
        if theirs && self.asked_by.is_authority() {
            Purpose::Oversight
        } else {
            Purpose::SubjectRight
        }
    }

    /// What the journal keeps of who asked.
    fn asked(&self) -> Asked {
        let asked = Asked::by(self.asked_by);
        match self.right {
            Right::Find | Right::Disclose { .. } | Right::Erase => asked,
            Right::Restrict { reference, review } => Asked {
                reference: Some(reference.clone()),
                review: Some(*review),
                ..asked
            },
            Right::Release { told_on } => Asked {
                told_on: Some(*told_on),
                ..asked
            },
            Right::Open { reference, until } => Asked {
                reference: Some(reference.clone()),
                until: *until,
                ..asked
            },
            Right::Close { reference } => Asked {
                reference: Some(reference.clone()),
                ..asked
            },
        }
    }
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
    /// Who asked.
    pub asked_by: AskedBy,
    /// The account that answered it.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// Whether anything is known of the subject: of a token that nobody knows nothing was found, and nothing done.
    pub known: bool,
    /// Everything that was found, and what became of it.
    pub items: Vec<Item>,
    /// Recordings that concern the request, and whose sidecar shows nothing. Where the journal says whose they are,
    /// they are in `items` as well, under that person; where it does not, nothing was done with them.
    pub doubtful: Vec<Doubtful>,
    /// By whose wish what was found is restricted.
    pub restrictions: Vec<RestrictionShown>,
    /// Requests that are open about what was found.
    pub requests: Vec<OpenRequestShown>,
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
    /// Where nothing is known of the subject: the others of its kind that are known.
    #[serde(skip)]
    pub others: BTreeSet<String>,
}

/// By whose wish something is restricted, and until when nobody need look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct RestrictionShown {
    /// The session.
    pub session: String,
    /// Who asked for it; none where an earlier version did not write it down.
    pub asked_by: Option<AskedBy>,
    /// Under which reference.
    pub reference: Option<String>,
    /// When somebody must look whether it is still needed.
    pub review: Option<Timestamp>,
    /// Whether that day is past, or nobody named one.
    pub overdue: bool,
}

/// A request that is open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct OpenRequestShown {
    /// Its reference.
    pub reference: String,
    /// Who asked.
    pub asked_by: AskedBy,
    /// When it came in.
    pub since: Timestamp,
    /// Until when it keeps what it concerns.
    pub until: Timestamp,
    /// The sessions that it concerns.
    pub sessions: Vec<String>,
    /// Whether its time is over, and nobody said that it was answered. It keeps nothing any more.
    pub overdue: bool,
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
    /// Whether the journal shows of its files whose they are: `origin` is `proven` or `not-proven`.
    #[serde(rename = "origin", serialize_with = "origin")]
    pub proven: bool,
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
        self.items.iter().any(undone)
            || !self.doubtful.is_empty()
            || !self.failed.is_empty()
            || !self.unanswered.is_empty()
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
        let asked = open::checked(request, &past)?;
        let found = match request.recording {
            Some(name) => named(&shelf, &past, request.subject, name),
            None => found(&shelf, &past, request.subject),
        };
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
            None => self.journal_right(request, asked, &items, &past)?,
        };
        let now = if changes { self.past()? } else { past };
        let shown = |list: Vec<(String, String)>| -> Vec<(String, String)> {
            list.into_iter().map(|(name, why)| (names::shown(&name), why)).collect()
        };
        let known = closes || !found.is_empty();
        Ok(Receipt {
            request: request.right.name(),
            subject: request.subject.clone(),
            asked_by: request.asked_by,
            account: request.asker.account.clone(),
            at: request.at,
            known,
            doubtful,
            restrictions: now.restrictions(&found, request.at),
            requests: now.open_requests(Some(&found), request.at),
            items,
            unattributed: self.unattributed(&shelf, &found),
            failed: shown(resumed.failed.into_iter().chain(done.failed).collect()),
            unanswered: resumed.unanswered.into_iter().chain(done.unanswered).collect(),
            journal: head,
            open: self.journal.open_discards()?,
            others: if known {
                BTreeSet::new()
            } else {
                others(request.subject, &shelf, &now)
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
            let open = past.requests.get(reference);
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

    /// Restricts, or ends a restriction, by a mark beside the recording and in the journal.
    fn mark(
        &self,
        wish: &Wish<'_>,
        request: &RightRequest<'_>,
        asked: &Asked,
        found: &[Found],
        past: &Past,
    ) -> Result<(Vec<Item>, Done), CustodyError> {
        let pieces: Vec<Piece<'_>> = found.iter().map(Piece::whole).collect();
        let answers = self.ask_about(wish, &pieces)?;
        let mut items = Vec::new();
        for (piece, answer) in pieces.iter().zip(answers) {
            let others = past.wished_by_others(&piece.found.session, request.asked_by);
            let outcome = match (answer, request.right, others) {
                (Err(refused), ..) => ItemOutcome::Refused(refused),
                (Ok(_), Right::Release { .. }, Others::Alone) => {
                    ItemOutcome::Refused(Refused::of(RefusalCause::Restricted))
                }
                // It ends for whoever asks, and stays restricted.
                (Ok(_), Right::Release { .. }, Others::Too) => ItemOutcome::Done,
                (Ok(_), ..) => self.marked(request, asked, piece.found),
            };
            items.push(piece.item(outcome));
        }
        Ok((items, Done::default()))
    }

    fn marked(&self, request: &RightRequest<'_>, asked: &Asked, found: &Found) -> ItemOutcome {
        let mark = Restriction {
            request: request.subject.kind().into(),
            account: request.asker.account.clone(),
            at: request.at,
            asked: Some(asked.clone()),
        };
        let bytes = serde_json::to_vec_pretty(&mark).unwrap_or_default();
        for holding in &found.holdings {
            let name = format!("{}{}", holding.name, names::RESTRICTED);
            let changed = match (request.right, &holding.restricted) {
                (Right::Release { .. }, Some(_)) => disk::delete(&*self.disk, &self.folder, &name),
                (Right::Restrict { .. }, None) => disk::put(&*self.disk, &self.folder, &name, &bytes),
                _ => Ok(()),
            };
            if let Err(error) = changed {
                return ItemOutcome::Failed(error.to_string());
            }
        }
        ItemOutcome::Done
    }
}

/// Who else wishes something restricted than whoever asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// Nobody.
    None,
    /// Others, and whoever asks as well.
    Too,
    /// Others, and not whoever asks.
    Alone,
}

impl Past {
    fn wished_by_others(&self, session: &str, asks: AskedBy) -> Others {
        let restraints = self.restraints.get(session).map_or(&[][..], Vec::as_slice);
        let is_theirs = |by: Option<AskedBy>| by.is_none_or(|by| by == asks);
        let (theirs, others): (Vec<_>, Vec<_>) = restraints.iter().partition(|one| is_theirs(one.by));
        match (theirs.is_empty(), others.is_empty()) {
            (_, true) => Others::None,
            (false, false) => Others::Too,
            (true, false) => Others::Alone,
        }
    }

    /// By whose wish these are restricted.
    fn restrictions(&self, found: &[Found], now: Timestamp) -> Vec<RestrictionShown> {
        let of = found.iter().map(|found| found.session.as_str());
        of.flat_map(|session| self.restrictions_of(session, now)).collect()
    }

    pub(super) fn restrictions_of(&self, session: &str, now: Timestamp) -> Vec<RestrictionShown> {
        let restraints = self.restraints.get(session).into_iter().flatten();
        let shown = restraints.map(|one| RestrictionShown {
            session: session.to_owned(),
            asked_by: one.by,
            reference: one.reference.clone(),
            review: one.review,
            overdue: one.review.is_none_or(|review| review <= now),
        });
        shown.collect()
    }
}

/// The tokens, or references, that the journal and the sidecars that count know.
fn others(subject: &Subject, shelf: &Shelf, past: &Past) -> BTreeSet<String> {
    let told = || past.decisions.values().flatten();
    match subject {
        Subject::Employee(_) => told().map(|told| told.employee.clone()).collect(),
        Subject::Call(_) => {
            let abouts = shelf.holdings.iter().filter_map(Holding::proven);
            let references = abouts.filter_map(|about| about.call_reference.clone());
            references
                .chain(told().filter_map(|told| told.call_reference.clone()))
                .collect()
        }
        Subject::Session(_) => past.decisions.keys().cloned().collect(),
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

fn origin<S: Serializer>(proven: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *proven { "proven" } else { "not-proven" })
}
