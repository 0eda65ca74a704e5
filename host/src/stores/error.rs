//! What can go wrong with a ledger or a journal, in words for the person who must act.

use std::path::PathBuf;

use gardefou_policy::notes::Text;

use super::french::french;

/// Why a ledger or a journal did not do what it was asked to. Nothing is recorded until it does
/// (`store-unavailable`).
///
/// [`StoreError::text`] and [`StoreError::help`] are in both languages; `Display` is the English text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// It cannot be opened, read, written or connected to.
    Unreachable {
        /// Which: a file, or a server without its password.
        store: String,
        /// What the system said.
        error: String,
    },
    /// The disk takes no more.
    Full {
        /// Which.
        store: String,
    },
    /// It may only be read.
    ReadOnly {
        /// Which.
        store: String,
    },
    /// Somebody else held it for longer than this one waits.
    Busy {
        /// Which.
        store: String,
        /// How long it waited, in ms.
        waited: u64,
    },
    /// It is not the one that it was: an empty or other file stands in its place, or an older copy of it.
    Lost {
        /// Which.
        store: String,
        /// What shows it.
        sign: String,
    },
    /// What stands there is no ledger or journal.
    Foreign {
        /// Which.
        store: String,
        /// What it is instead.
        what: String,
    },
    /// It was written by a later version.
    Newer {
        /// Which.
        store: String,
        /// The version of its layout.
        version: u32,
    },
    /// There is none yet.
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It cannot keep up: too much waits to be written, or has waited too long.
    Behind {
        /// Which.
        store: String,
    },
}

impl StoreError {
    /// What is wrong, in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Unreachable { store, error } => both(
                format!("`{store}` cannot be used: {error}"),
                format!("`{store}` n'est pas utilisable\u{a0}: {}", french(error)),
            ),
            Self::Full { store } => both(
                format!("the disk of `{store}` is full"),
                format!("le disque de `{store}` est plein"),
            ),
            Self::ReadOnly { store } => both(
                format!("`{store}` may only be read"),
                format!("`{store}` est en lecture seule"),
            ),
            Self::Busy { store, waited } => both(
                format!("`{store}` was held by somebody else for {waited} ms"),
                format!("`{store}` a été retenu par un autre pendant {waited} ms"),
            ),
            Self::Lost { store, sign } => both(
                format!("`{store}` is not the one that it was: {sign}"),
                format!("`{store}` n'est plus celui qu'il était\u{a0}: {}", french(sign)),
            ),
            Self::Foreign { store, what } => both(
                format!("`{store}` is not what it must be: {what}"),
                format!("`{store}` n'est pas ce qu'il doit être\u{a0}: {}", french(what)),
            ),
            Self::Newer { store, version } => both(
                format!("`{store}` was written by a later version, in layout {version}"),
                format!("`{store}` a été écrit par une version plus récente, dans la forme {version}"),
            ),
            Self::Missing { path } => both(
                format!("`{}` does not exist", path.display()),
                format!("`{}` n'existe pas", path.display()),
            ),
            Self::Behind { store } => both(
                format!("`{store}` cannot keep up with what must be written"),
                format!("`{store}` ne suit pas ce qui doit être écrit"),
            ),
        }
    }

    /// The way out, in both languages.
    #[must_use]
    pub fn help(&self) -> Text {
        match self {
            Self::Unreachable { .. } => both(
                "see to it that the file, or the server, is there and that this account may read and write it",
                "veiller à ce que le fichier, ou le serveur, soit là et que ce compte puisse le lire et l'écrire",
            ),
            Self::Full { .. } => both(
                "free space on that disk; nothing that was acknowledged is lost",
                "libérer de la place sur ce disque\u{a0}; rien de ce qui était confirmé n'est perdu",
            ),
            Self::ReadOnly { .. } => both(
                "let this account write the file and its folder",
                "donner à ce compte le droit d'écrire le fichier et son dossier",
            ),
            Self::Busy { .. } => both(
                "find the program that holds it, and end it",
                "trouver le programme qui le retient, et le terminer",
            ),
            Self::Lost { .. } => both(
                "put the right file back, from where it went or from the latest copy; do not start anew",
                "remettre le bon fichier, d'où il est parti ou depuis la dernière copie\u{a0}; ne pas repartir de zéro",
            ),
            Self::Foreign { .. } => both("name the right file", "donner le bon fichier"),
            Self::Newer { .. } => both(
                "use that version, or a later one",
                "utiliser cette version, ou une plus récente",
            ),
            Self::Missing { .. } => both(
                "name the right file, or have a recorder make one",
                "donner le bon fichier, ou laisser un enregistreur en créer un",
            ),
            Self::Behind { .. } => both(
                "use a faster disk, or fewer sessions on one machine",
                "prendre un disque plus rapide, ou moins de sessions par machine",
            ),
        }
    }
}

/// A text in both languages.
pub(crate) fn both(english: impl Into<String>, french: impl Into<String>) -> Text {
    Text {
        english: english.into(),
        french: french.into(),
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().english)
    }
}

impl std::error::Error for StoreError {}
