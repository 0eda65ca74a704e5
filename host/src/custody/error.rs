//! What can go wrong in custody, in words for the person who must act.

use std::io;
use std::path::{Path, PathBuf};

use gardefou_policy::notes::Text;
use gardefou_policy::types::Timestamp;

use crate::error::Fault;
use crate::journal::day;
use crate::stores::{StoreError, both};

/// Why custody did not do what it was asked to. Nothing was handed out; what was begun is finished by the
/// next purge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustodyError {
    /// The journal or the ledger.
    Store(StoreError),
    /// The folder, or a file in it, cannot be read or written.
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: String,
    },
    /// There are more files than are looked at.
    TooMany {
        /// The folder.
        path: PathBuf,
        /// How many are, at most.
        limit: usize,
    },
    /// Somebody else changes the folder.
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// It is far earlier than custody's own latest entry in the journal: one of the clocks was wrong.
    Clock {
        /// Now, as it was given.
        at: Timestamp,
        /// The latest entry.
        newest: Timestamp,
    },
    /// A policy could not be asked.
    Policy(Fault),
    /// A person, a call, a notice or a programme without a name: it would be everybody's; or an account, a role or
    /// an employee who asks without one.
    Nobody,
}

impl CustodyError {
    pub(super) fn of(path: &Path, error: &io::Error) -> Self {
        Self::Folder {
            path: path.into(),
            error: error.to_string(),
        }
    }

    /// What is wrong, in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Store(error) => error.text(),
            Self::Folder { path, error } => {
                let path = path.display();
                both(
                    format!("`{path}` cannot be used: {error}"),
                    format!("`{path}` n'est pas utilisable\u{a0}: {}", undone(error).french),
                )
            }
            Self::TooMany { path, limit } => {
                let path = path.display();
                both(
                    format!("`{path}` holds more than {limit} files"),
                    format!("`{path}` contient plus de {limit} fichiers"),
                )
            }
            Self::Busy { path } => {
                let path = path.display();
                both(
                    format!("another purge, erasure or invalidation is changing `{path}`"),
                    format!("une autre purge, un effacement ou une invalidation modifie `{path}`"),
                )
            }
            Self::Clock { at, newest } => both(
                format!(
                    "the journal was written to on {} (UTC), and the clock of this machine says {}: one of them was wrong",
                    day(*newest),
                    day(*at)
                ),
                format!(
                    "le journal a été écrit le {} (UTC), et l'horloge de cette machine dit {}\u{a0}: l'un des deux était faux",
                    day(*newest),
                    day(*at)
                ),
            ),
            Self::Policy(fault) => both(fault.to_string(), fault.french()),
            Self::Nobody => both("an empty name means nobody", "un nom vide ne désigne personne"),
        }
    }

    /// The way out, in both languages.
    #[must_use]
    pub fn help(&self) -> Text {
        match self {
            Self::Store(error) => error.help(),
            Self::Folder { .. } => both(
                "see to it that the folder is there and that this account may read and write it",
                "veiller à ce que le dossier soit là et que ce compte puisse le lire et l'écrire",
            ),
            Self::TooMany { .. } => both("use a folder for each month", "prendre un dossier par mois"),
            Self::Busy { .. } => both("wait until it has ended", "attendre qu'elle soit terminée"),
            Self::Clock { .. } => both("set the clock of this machine", "mettre cette machine à l'heure"),
            Self::Policy(_) => both(
                "ask again with policies that answer",
                "recommencer avec des modules de règles qui répondent",
            ),
            Self::Nobody => both("name one", "en nommer un"),
        }
    }
}

impl From<StoreError> for CustodyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for CustodyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().english)
    }
}

impl std::error::Error for CustodyError {}

/// A file of pending work that custody did not write, or that was done long ago.
pub(super) const NOT_OURS: &str = "it is not what custody wrote, and was not obeyed: look who put it there";
/// A file that was deleted and is still there.
pub(super) const STILL_THERE: &str = "it is still there";
/// A mark that nobody's request stands behind.
pub(super) const NOBODY_ASKED: &str = "the journal knows of no request to restrict it: look who put it there";

/// Copies that somebody wants among the recordings.
pub(super) const AMONG_RECORDINGS: &str = "copies may not lie among the recordings";

/// Why something stays undone, in both languages: custody's own sentences; what the system said is told as it
/// is.
#[must_use]
pub fn undone(why: &str) -> Text {
    let french = match why {
        NOT_OURS => "ce n'est pas ce que gardefou a écrit, et il n'y est pas obéi\u{a0}: chercher qui l'a mis là",
        AMONG_RECORDINGS => "des copies ne peuvent pas être parmi les enregistrements",
        STILL_THERE => "il est toujours là",
        NOBODY_ASKED => "le journal ne connaît aucune demande de limitation\u{a0}: chercher qui l'a mis là",
        other => other,
    };
    both(why, french)
}
