//! The marker beside a journal: the latest seal, so that an old copy of the file, or an empty one, shows.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gardefou_policy::notes::Text;

use super::checkpoint::Seal;
use super::note::{MAX_NOTE, Verifier};
use crate::private;
use crate::stores::{StoreError, both, plain};

/// Where the marker of a journal is.
pub(super) fn of(journal: &Path) -> PathBuf {
    super::sibling(journal, "head")
}

/// Where the verifier's key of a journal is.
pub(super) fn public(journal: &Path) -> PathBuf {
    super::sibling(journal, "pub")
}

/// What stands in the file: `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, StoreError> {
    let mut bytes = Vec::new();
    let read = plain::open(path).and_then(|file| file.take(MAX_NOTE).read_to_end(&mut bytes));
    match read {
        // What is no text is no marker either, and is told as one that is not its own.
        Ok(_) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(super::fault::file(path, &error)),
    }
}

/// Puts this text in the place of the file, durably: a reader finds the old one or the new one, whole.
pub(super) fn write(path: &Path, text: &str) -> Result<(), StoreError> {
    private::replace(path, text.as_bytes()).map_err(|error| super::fault::file(path, &error))
}

/// What shows that the journal is not the one that the marker saw; `None` when nothing does.
pub(super) fn contradiction(marker: &str, seal: &Seal, verifier: &Verifier) -> Option<Text> {
    let Ok(seen) = Seal::verified(marker, verifier) else {
        return Some(both(
            "the marker beside it is not its own",
            "le point de contrôle à côté n'est pas le sien",
        ));
    };
    let older = seal.turn < seen.turn || seal.size < seen.size;
    if older {
        let [size, turn, more, later] = [seal.size, seal.turn, seen.size, seen.turn];
        return Some(both(
            format!(
                "it ends at entry {size} and change {turn}, and its marker has seen entry {more} and change {later}"
            ),
            format!(
                "il finit à l'entrée {size} et au changement {turn}, et son point de contrôle a vu l'entrée {more} et le changement {later}"
            ),
        ));
    }
    let other = seal.turn == seen.turn && *seal != seen || seal.size == seen.size && seal.root != seen.root;
    other.then(|| {
        both(
            "its marker has seen other entries",
            "son point de contrôle a vu d'autres entrées",
        )
    })
}
