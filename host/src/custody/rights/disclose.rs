//! Copies of what may be given to the person who asks.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use gardefou_policy::types::Artefact;

use super::{Item, ItemOutcome, Piece, Wish};
use crate::custody::subject::Found;
use crate::custody::work::Done;
use crate::custody::{Custody, CustodyError, Kind, disk, error, names};
use crate::journal::{DecisionRecord, Record};
use crate::private;

impl Custody {
    /// Asks about everything of these sessions, and copies what may be disclosed.
    pub(super) fn disclose(
        &self,
        wish: &Wish<'_>,
        found: &[Found],
        into: &Path,
    ) -> Result<(Vec<Item>, Done), CustodyError> {
        let pieces: Vec<Piece<'_>> = found.iter().flat_map(Piece::all).map(disclosable).collect();
        let answers = self.ask_about(wish, &pieces)?;
        if answers.iter().any(Result::is_ok) {
            self.elsewhere(into)?;
            private::create_folders(into).map_err(|error| CustodyError::of(into, &error))?;
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

    /// A copy among the recordings would be taken for one, and one in a folder below them would never go.
    fn elsewhere(&self, into: &Path) -> Result<(), CustodyError> {
        let unusable = |path: &Path, error: io::Error| CustodyError::of(path, &error);
        let there = whole(into).map_err(|error| unusable(into, error))?;
        let here = fs::canonicalize(&self.folder).map_err(|error| unusable(&self.folder, error))?;
        if there.starts_with(&here) {
            let same = io::Error::new(io::ErrorKind::InvalidInput, error::AMONG_RECORDINGS);
            return Err(unusable(into, same));
        }
        Ok(())
    }

    fn copied(&self, piece: &Piece<'_>, number: usize, into: &Path) -> io::Result<()> {
        for file in &piece.files {
            let mut from = disk::open_this(&names::path(&self.folder, &file.name), &file.id)?;
            let mut to = private::create_new(&names::path(into, &file.name))?;
            io::copy(&mut from, &mut to)?;
            to.sync_all()?;
        }
        if piece.entries.is_empty() {
            return Ok(());
        }
        let records = self.decisions(piece.entries)?;
        let name = format!("{:03}-{}.decisions.json", number + 1, file_name(&piece.found.session));
        let mut to = private::create_new(&into.join(name))?;
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

/// Where this is, or will be: what of it is there already, without links.
fn whole(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut there = path.as_path();
    loop {
        match fs::canonicalize(there) {
            Ok(whole) => return Ok(missing.iter().rev().fold(whole, |whole, name| whole.join(name))),
            Err(error) => {
                let (Some(parent), Some(name)) = (there.parent(), there.file_name()) else {
                    return Err(error);
                };
                missing.push(name);
                there = parent;
            }
        }
    }
}

/// What of a piece is given: no temporary file, and not our own mark. A video that no sidecar stands for is temporary,
/// and the person's all the same.
fn disclosable(mut piece: Piece<'_>) -> Piece<'_> {
    if piece.artefact == Artefact::Recording {
        let proven = piece.is_proven();
        piece.files.retain(|file| match file.kind {
            Kind::Video | Kind::Sidecar | Kind::Other => true,
            Kind::Temporary => {
                !proven
                    && (names::is_whole_video(&file.name)
                        || file.name.ends_with(".json")
                        || file.name.ends_with(".jsonl"))
            }
            _ => false,
        });
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
