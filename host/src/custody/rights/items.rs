//! What is found of a session, in the pieces that policies are asked about.

use gardefou_policy::types::{Artefact, Timestamp};

use super::{Item, ItemOutcome};
use crate::custody::Kind;
use crate::custody::access::Facts;
use crate::custody::names;
use crate::custody::shelf::Held;
use crate::custody::subject::Found;

/// A piece of what was found: one artefact of one session.
pub(super) struct Piece<'f> {
    pub(super) found: &'f Found,
    pub(super) artefact: Artefact,
    pub(super) files: Vec<&'f Held>,
    pub(super) entries: &'f [u64],
}

/// What belongs to a recording itself.
const RECORDING: &[Kind] = &[
    Kind::Video,
    Kind::Sidecar,
    Kind::Other,
    Kind::Restriction,
    Kind::Temporary,
];
const DECISIONS: &[Kind] = &[Kind::Trace, Kind::Verdicts];
const ANALYSES: &[Kind] = &[Kind::Analysis];
const ANONYMISED: &[Kind] = &[Kind::Anonymised];

impl<'f> Piece<'f> {
    /// Every piece of it that is there.
    pub(super) fn all(found: &'f Found) -> Vec<Self> {
        let piece = |artefact, kinds, entries| Self {
            found,
            artefact,
            files: found.files(kinds),
            entries,
        };
        let pieces = [
            piece(Artefact::Recording, RECORDING, &[]),
            piece(Artefact::DecisionRecord, DECISIONS, found.entries.as_slice()),
            piece(Artefact::Analysis, ANALYSES, &[]),
            piece(Artefact::AnonymisedCopy, ANONYMISED, &[]),
        ];
        let there = |piece: &Self| !piece.files.is_empty() || !piece.entries.is_empty();
        pieces.into_iter().filter(there).collect()
    }

    /// All of it as one, asked about as the recording.
    pub(super) fn whole(found: &'f Found) -> Self {
        Self {
            found,
            artefact: Artefact::Recording,
            files: found.holdings.iter().flat_map(|holding| &holding.files).collect(),
            entries: &found.entries,
        }
    }

    pub(super) fn item(&self, outcome: ItemOutcome) -> Item {
        Item {
            session: self.found.session.clone(),
            artefact: self.artefact,
            files: self.files.iter().map(|file| names::shown(&file.name)).collect(),
            entries: u64::try_from(self.entries.len()).unwrap_or(u64::MAX),
            restricted: self.found.restricted,
            proven: self.is_proven(),
            outcome,
        }
    }

    pub(super) fn facts(&self, at: Timestamp) -> Facts<'f> {
        let anonymised = self.artefact == Artefact::AnonymisedCopy;
        let collected_at = self.found.collected_at();
        let written = self.files.iter().map(|file| file.dated).min().unwrap_or(collected_at);
        Facts {
            session: &self.found.session,
            programme: self.found.programme(),
            subject: self.found.employee().filter(|_| !anonymised),
            collected_at: match self.artefact {
                Artefact::Analysis => written.min(at).max(collected_at),
                _ => collected_at,
            },
            mode: self.found.mode(),
            restricted: self.found.restricted && !anonymised,
            not_proven: (!self.is_proven()).then_some("not-proven"),
        }
    }

    /// Whether the journal shows whose it is. Its own entries do.
    pub(super) fn is_proven(&self) -> bool {
        self.found.proven || self.files.is_empty()
    }
}
