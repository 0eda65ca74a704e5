//! Copies of what may be given to the person who asks.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use gardefou_policy::types::Artefact;

use super::{Item, ItemOutcome, Piece, Wish};
use crate::custody::chronicle::Past;
use crate::custody::subject::Found;
use crate::custody::work::Done;
use crate::custody::{Custody, CustodyError, Kind, disk, error};
use crate::journal::{DecisionRecord, Record};

impl Custody {
    /// Asks about everything of these sessions, and copies what may be disclosed.
    pub(super) fn disclose(
        &self,
        wish: &Wish<'_>,
        found: &[Found],
        past: &Past,
        into: &Path,
    ) -> Result<(Vec<Item>, Done), CustodyError> {
        let pieces: Vec<Piece<'_>> = found.iter().flat_map(Piece::all).map(disclosable).collect();
        let answers = self.ask_about(wish, &pieces, Some(past))?;
        if answers.iter().any(Result::is_ok) {
            fs::create_dir_all(into).map_err(|error| CustodyError::of(into, &error))?;
            self.elsewhere(into)?;
        }
        let mut items = Vec::new();
        for (number, (piece, answer)) in pieces.iter().zip(answers).enumerate() {
            let outcome = match answer {
                Err(refused) => ItemOutcome::Refused(refused),
                Ok(_) => match self.copied(piece, number, into) {
                    Ok(()) => ItemOutcome::Done,
                    Err(error) => ItemOutcome::Failed(error.to_string()),
                },
            };
            items.push(piece.item(outcome));
        }
        Ok((items, Done::default()))
    }

    /// A copy among the recordings would be taken for one.
    fn elsewhere(&self, into: &Path) -> Result<(), CustodyError> {
        let unusable = |path: &Path, error: io::Error| CustodyError::of(path, &error);
        let there = fs::canonicalize(into).map_err(|error| unusable(into, error))?;
        let here = fs::canonicalize(&self.folder).map_err(|error| unusable(&self.folder, error))?;
        if there == here {
            let same = io::Error::new(io::ErrorKind::InvalidInput, error::AMONG_RECORDINGS);
            return Err(unusable(into, same));
        }
        Ok(())
    }

    fn copied(&self, piece: &Piece<'_>, number: usize, into: &Path) -> io::Result<()> {
        for file in &piece.files {
            let mut from = disk::open(&self.folder.join(&file.name))?;
            let mut to = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(into.join(&file.name))?;
            io::copy(&mut from, &mut to)?;
            to.sync_all()?;
        }
        if piece.entries.is_empty() {
            return Ok(());
        }
        let records = self.decisions(piece.entries)?;
        let name = format!("{:03}-{}.decisions.json", number + 1, file_name(&piece.found.session));
        let mut to = OpenOptions::new().write(true).create_new(true).open(into.join(name))?;
        to.write_all(&serde_json::to_vec_pretty(&records)?)?;
        to.write_all(b"\n")?;
        to.sync_all()
    }

    fn decisions(&self, entries: &[u64]) -> io::Result<Vec<DecisionRecord>> {
        let mut records = Vec::new();
        for index in entries {
            let found = self
                .journal
                .entries(*index, 1)
                .map_err(|error| io::Error::other(error.to_string()))?;
            for entry in found.into_iter().filter(|entry| entry.index == *index) {
                if let Some(Record::Decision(record)) = entry.record {
                    records.push(record);
                }
            }
        }
        Ok(records)
    }
}

/// What of a piece is given: no temporary file, and not our own mark.
fn disclosable(mut piece: Piece<'_>) -> Piece<'_> {
    if piece.artefact == Artefact::Recording {
        piece
            .files
            .retain(|file| matches!(file.kind, Kind::Video | Kind::Sidecar | Kind::Other));
    }
    piece
}

/// A session's name as a part of a file's name.
fn file_name(session: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            c
        } else {
            '_'
        }
    };
    session.chars().take(64).map(plain).collect()
}
