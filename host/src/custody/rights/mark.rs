//! Restricting, and releasing again: a mark beside the recording, and by whose wish.

use gardefou_policy::types::Timestamp;

use super::items::Piece;
use super::{Item, ItemOutcome, RestrictionShown, Right, RightRequest, Wish};
use crate::custody::chronicle::Past;
use crate::custody::error::CustodyError;
use crate::custody::refusal::{RefusalCause, Refused};
use crate::custody::shelf::Restriction;
use crate::custody::subject::Found;
use crate::custody::work::Done;
use crate::custody::{Custody, disk, names};
use crate::journal::{Asked, AskedBy};

impl Custody {
    /// Restricts, or ends a restriction, by a mark beside the recording and in the journal.
    pub(super) fn mark(
        &self,
        wish: &Wish<'_>,
        request: &RightRequest<'_>,
        asked: &Asked,
        found: &[Found],
        past: &Past,
    ) -> Result<(Vec<Item>, Done), CustodyError> {
        // What is not restricted is not released: nobody is asked about it.
        let releases = matches!(request.right, Right::Release { .. });
        let is_idle = |piece: &Piece<'_>| releases && !piece.found.restricted;
        let (idle, pieces): (Vec<_>, Vec<_>) = found.iter().map(Piece::whole).partition(is_idle);
        let answers = self.ask_about(wish, &pieces)?;
        let mut items: Vec<Item> = idle
            .iter()
            .map(|piece| piece.item(ItemOutcome::NotRestricted))
            .collect();
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
        items.sort_by(|a, b| a.session.cmp(&b.session));
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
    pub(super) fn restrictions(&self, found: &[Found], now: Timestamp) -> Vec<RestrictionShown> {
        let of = found.iter().map(|found| found.session.as_str());
        of.flat_map(|session| self.restrictions_of(session, now)).collect()
    }

    pub(in crate::custody) fn restrictions_of(&self, session: &str, now: Timestamp) -> Vec<RestrictionShown> {
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
