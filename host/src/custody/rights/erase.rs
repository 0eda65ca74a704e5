//! Erasing everything of some sessions: at a person's request, or because a fact was false.

use std::collections::BTreeSet;

use gardefou_policy::types::Artefact;

use super::{Item, ItemOutcome, Piece, Wish};
use crate::custody::subject::Found;
use crate::custody::work::{Deletion, Done, Left, Work};
use crate::custody::{Custody, CustodyError, Kind, error, work};
use crate::journal::{AccessEvent, AccessRecord};

impl Custody {
    /// Asks about everything of these sessions, deletes what may be deleted, and tells the call's own recorder
    /// of each recording that goes. `closing` is journalled behind it.
    pub(in crate::custody) fn erase(
        &self,
        wish: &Wish<'_>,
        found: &[Found],
        closing: AccessEvent,
        reason: Option<String>,
        since: u64,
        left: &Left,
    ) -> Result<(Vec<Item>, Done), CustodyError> {
        let pieces: Vec<Piece<'_>> = found.iter().flat_map(Piece::all).collect();
        let answers = self.ask_about(wish, &pieces)?;
        let refused = pieces.iter().zip(&answers).filter(|(_, answer)| answer.is_err());
        let held: BTreeSet<&str> = refused.map(|(piece, _)| piece.found.session.as_str()).collect();
        let mut work = Work::new(wish.at, since);
        for (piece, answer) in pieces.iter().zip(&answers) {
            if answer.is_ok() {
                let whole = !held.contains(piece.found.session.as_str());
                work.add(piece, whole, reason.as_ref());
            }
        }
        let mut work = work.without(left);
        let done = if work.deletions.is_empty() {
            let head = self.journal.append(&[work::access(wish.at, closing)])?;
            Done {
                head: Some(head),
                ..Done::default()
            }
        } else {
            work.closing = Some(AccessRecord {
                at: wish.at,
                event: closing,
            });
            self.carry_out(work)?
        };
        let items = pieces.iter().zip(answers).map(|(piece, answer)| {
            let outcome = match answer {
                Err(refused) => ItemOutcome::Refused(refused),
                Ok(_) => deleted(piece, &done, left),
            };
            piece.item(outcome)
        });
        Ok((items.collect(), done))
    }
}

fn deleted(piece: &Piece<'_>, done: &Done, left: &Left) -> ItemOutcome {
    let of_it = |name: &str| piece.files.iter().any(|file| file.name == name);
    let why = done
        .failed
        .iter()
        .find(|(name, _)| of_it(name))
        .map(|(_, why)| why.clone());
    let left = piece
        .files
        .iter()
        .any(|file| left.files.contains(&file.name) || done.left.files.contains(&file.name));
    if done.exchanged.contains(&piece.found.session) {
        return ItemOutcome::Failed(error::EXCHANGED.into());
    }
    match (why, left) {
        (Some(why), _) => ItemOutcome::Failed(why),
        (None, true) => ItemOutcome::Failed(error::STILL_THERE.into()),
        (None, false) => ItemOutcome::Done,
    }
}

impl Work {
    /// That this goes. A sidecar stays where something else of the session does: it says whose that is.
    fn add(&mut self, piece: &Piece<'_>, whole: bool, reason: Option<&String>) {
        let goes = |kind: Kind| whole || !matches!(kind, Kind::Sidecar | Kind::Restriction);
        let mut files: Vec<_> = piece.files.iter().filter(|file| goes(file.kind)).collect();
        // The sidecar last: until then it says whose the others are.
        files.sort_by_key(|file| file.kind == Kind::Sidecar);
        self.deletions.push(Deletion {
            session: Some(piece.found.session.clone()),
            files: files.iter().map(|file| file.name.clone()).collect(),
            entries: piece.entries.to_vec(),
            sidecars: piece.found.sidecars(),
            ids: files.iter().map(|file| (file.name.clone(), file.id.clone())).collect(),
            ..Deletion::default()
        });
        if piece.artefact == Artefact::Recording {
            self.pairs.extend(piece.found.pair(reason));
            self.reviewed.push(piece.found.session.clone());
        }
    }
}
