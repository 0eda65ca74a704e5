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
    /// It is far later than every entry of the journal before it: nobody can tell whether the clock is right.
    Ahead {
        /// Now, as it was given.
        at: Timestamp,
        /// The latest entry that is not later.
        newest: Timestamp,
    },
    /// Somebody says that the clock is right, and the journal's dates lead up to a later one without a leap.
    NoLeap {
        /// Now, as it was given.
        at: Timestamp,
        /// The latest entry.
        newest: Timestamp,
    },
    /// Its processing is restricted: nothing of it is discarded.
    Restricted,
    /// A person's request has no reference, or a date that may not be.
    Request(RequestError),
    /// The second person is the first.
    SamePerson,
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
            Self::Ahead { at, newest } => both(
                format!(
                    "the clock of this machine says {}, and the latest entry of the journal before that is of {} (UTC): nobody can tell whether the clock is right",
                    day(*at),
                    day(*newest)
                ),
                format!(
                    "l'horloge de cette machine dit {}, et la dernière entrée du journal avant cette date est du {} (UTC)\u{a0}: rien ne dit si l'horloge est juste",
                    day(*at),
                    day(*newest)
                ),
            ),
            Self::NoLeap { at, newest } => both(
                format!(
                    "the clock of this machine says {}, and the journal's entries lead up to {} (UTC) without a leap: it is this clock that is wrong",
                    day(*at),
                    day(*newest)
                ),
                format!(
                    "l'horloge de cette machine dit {}, et les entrées du journal mènent au {} (UTC) sans saut\u{a0}: c'est cette horloge qui est fausse",
                    day(*at),
                    day(*newest)
                ),
            ),
            Self::Restricted => both(
                "its processing is restricted, and nothing of it is discarded",
                "son traitement est limité, et rien n'en est supprimé",
            ),
            Self::Request(error) => error.text(),
            Self::SamePerson => both(
                "the second person is the account that asks",
                "la deuxième personne est le compte qui demande",
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
            Self::Clock { .. } | Self::Ahead { .. } => both(
                "set the clock of this machine; where it is right, say so once with `gardefou purge --clock-is-right ACCOUNT`",
                "mettre cette machine à l'heure\u{a0}; si elle l'est, le dire une fois avec `gardefou purge --clock-is-right COMPTE`",
            ),
            Self::NoLeap { .. } => both("set the clock of this machine", "mettre cette machine à l'heure"),
            Self::Restricted => both("wait until it is released", "attendre que la limitation soit levée"),
            Self::Request(error) => error.help(),
            Self::SamePerson => both(
                "name another account with `--second-person`",
                "nommer un autre compte avec `--second-person`",
            ),
            Self::Policy(_) => both(
                "ask again with policies that answer",
                "recommencer avec des fichiers de règles qui répondent",
            ),
            Self::Nobody => both("name one", "en nommer un"),
        }
    }
}

/// What is wrong with a person's request as it was written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RequestError {
    /// It has no reference.
    Reference,
    /// A date of review, or an end, lies in the past.
    Past,
    /// The day on which a person was told lies in the future.
    Future,
    /// It would be open for more than three months from its receipt.
    TooLong,
    /// Its time was extended once already.
    Extended,
    /// No request of this reference is open.
    NotOpen,
    /// A request of this reference is open, and it is somebody else's.
    SomebodyElses,
    /// It is open for longer already.
    NotLonger,
}

impl RequestError {
    /// What is wrong, in both languages.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Reference => both("the request has no reference", "la demande n'a pas de référence"),
            Self::Past => both(
                "a date of review or an end lies in the past",
                "une date de réexamen ou une échéance est passée",
            ),
            Self::Future => both(
                "nobody can have been told on a day to come",
                "personne ne peut avoir été informé un jour à venir",
            ),
            Self::TooLong => both(
                "a request is open for three months at most, from its receipt and with its extension (RGPD 12.3)",
                "une demande est ouverte trois mois au plus, à compter de sa réception et prolongation comprise (RGPD 12.3)",
            ),
            Self::Extended => both(
                "its time was extended once already, and is extended only once (RGPD 12.3)",
                "son délai a déjà été prolongé, et ne l'est qu'une fois (RGPD 12.3)",
            ),
            Self::NotOpen => both(
                "no request of this reference is open",
                "aucune demande de cette référence n'est ouverte",
            ),
            Self::SomebodyElses => both(
                "a request of this reference is open, and it is not this person's",
                "une demande de cette référence est ouverte, et ce n'est pas celle de cette personne",
            ),
            Self::NotLonger => both(
                "the request is open until then already, or for longer: an extension never shortens it",
                "la demande est déjà ouverte jusque-là, ou plus longtemps\u{a0}: une prolongation ne la raccourcit jamais",
            ),
        }
    }

    /// The way out, in both languages.
    #[must_use]
    pub fn help(self) -> Text {
        match self {
            Self::Reference => both("name it with `--reference`", "la nommer avec `--reference`"),
            Self::Past => both("name a day to come", "nommer un jour à venir"),
            Self::Future => both("name the day on which it was", "nommer le jour où c'était"),
            Self::TooLong => both(
                "name a day within 89 days of the receipt",
                "nommer un jour dans les 89 jours suivant la réception",
            ),
            Self::Extended => both("answer it, and close it", "y répondre, et la clore"),
            Self::NotOpen => both(
                "look with `gardefou rights find` which ones are",
                "voir lesquelles le sont avec `gardefou rights find`",
            ),
            Self::SomebodyElses => both(
                "name whom it is about, and who asked (`--asked-by`); `gardefou rights find` shows a person's requests",
                "nommer la personne concernée, et qui a demandé (`--asked-by`)\u{a0}; `gardefou rights find` montre les demandes d'une personne",
            ),
            Self::NotLonger => both(
                "name a later day with `--until`",
                "nommer un jour plus tardif avec `--until`",
            ),
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

/// A file that was exchanged between the look at the folder and the deletion.
pub(super) const EXCHANGED: &str = "another file was put in its place meanwhile, and nothing of it was deleted";
/// A file that has another name outside of what was deleted.
pub(super) const LINKED: &str = "it has another name elsewhere, under which it is still there";

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
        EXCHANGED => "un autre fichier a été mis à sa place entre-temps, et rien n'en a été effacé",
        LINKED => "il a un autre nom ailleurs, sous lequel il est toujours là",
        NOBODY_ASKED => "le journal ne connaît aucune demande de limitation\u{a0}: chercher qui l'a mis là",
        other => other,
    };
    both(why, french)
}
