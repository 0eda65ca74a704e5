//! Whose a recording of the folder is: what the journal shows of it, and not what lies beside it.
//!
//! A sidecar counts only where it is, byte for byte, the one whose digest the journal holds. And only once: a copy of
//! it beside another video says nothing of that video.

use std::collections::BTreeMap;

use gardefou_policy::notes::Text;
use serde::Serialize;

use super::chronicle::Past;
use super::names;
use super::shelf::{About, Bare};
use super::sidecar::SidecarError;
use crate::stores::both;

/// What shows whose a recording is.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// Its sidecar is the one whose digest the journal holds.
    Proven {
        /// The session.
        session: String,
    },
    /// Its sidecar shows nothing.
    NotProven {
        /// Why.
        doubt: Doubt,
        /// The session that its files are named after, where the journal knows one of that name.
        session: Option<String>,
        /// The session that its sidecar names. Nothing shows that it is true.
        claimed: Option<String>,
    },
}

/// Why a sidecar does not show whose a recording is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Doubt {
    /// There is none, or what is there is none.
    Missing,
    /// It cannot be read on this machine, or a later version wrote it.
    Unreadable,
    /// It is not the one that was decided: it was changed afterwards.
    Changed,
    /// It is the sidecar of another recording, or more than one recording has it.
    Copied,
    /// The journal holds no decision about the session that it names.
    Undecided,
    /// It is the one that was decided, and names another employee than the journal does. The journal's counts.
    Contradicted,
}

impl Doubt {
    /// Its name in what programs read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Changed => "changed",
            Self::Copied => "copied",
            Self::Undecided => "undecided",
            Self::Contradicted => "contradicted",
        }
    }

    /// Whether the sidecar contradicts what the journal says.
    #[must_use]
    pub const fn contradicts(self) -> bool {
        matches!(self, Self::Changed | Self::Copied | Self::Contradicted)
    }

    /// What is wrong, in both languages.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Missing => both("it has no sidecar", "il n'a pas de fichier d'accompagnement"),
            Self::Unreadable => both(
                "its sidecar cannot be read here",
                "son fichier d'accompagnement ne peut pas être lu ici",
            ),
            Self::Changed => both(
                "its sidecar is not the one that was decided: it was changed afterwards",
                "son fichier d'accompagnement n'est pas celui de la décision\u{a0}: il a été modifié après coup",
            ),
            Self::Copied => both(
                "its sidecar is that of another recording, or more than one recording has it",
                "son fichier d'accompagnement est celui d'un autre enregistrement, ou plusieurs l'ont",
            ),
            Self::Undecided => both(
                "the journal holds no decision about it, so that nothing shows that it may be there",
                "le journal ne contient aucune décision à son sujet\u{a0}: rien ne montre qu'il puisse être là",
            ),
            Self::Contradicted => both(
                "its sidecar names another employee than the journal, and the journal's counts",
                "son fichier d'accompagnement nomme un autre salarié que le journal, et c'est le journal qui compte",
            ),
        }
    }
}

/// A recording of which nothing shows whose it is, and why.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Doubtful {
    /// Its name in the folder.
    pub name: String,
    /// Why.
    pub why: Doubt,
}

impl Origin {
    /// The session that it is of: as its sidecar says where that is proven, else by its name alone.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::Proven { session } => Some(session),
            Self::NotProven { session, .. } => session.as_deref(),
        }
    }

    /// Whether its sidecar counts.
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        matches!(self, Self::Proven { .. })
    }

    /// Why it does not.
    #[must_use]
    pub const fn doubt(&self) -> Option<Doubt> {
        match self {
            Self::Proven { .. } => None,
            Self::NotProven { doubt, .. } => Some(*doubt),
        }
    }
}

/// What all the sidecars of a folder show together.
pub(super) struct Weights<'p> {
    past: &'p Past,
    /// The names of the recordings that have the genuine sidecar of a session.
    carriers: BTreeMap<String, Vec<String>>,
    /// Sessions that the journal knows, by the names that their files have.
    named: BTreeMap<String, &'p str>,
}

impl<'p> Weights<'p> {
    pub(super) fn of(bare: &[Bare], past: &'p Past) -> Self {
        let mut carriers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for one in bare {
            if let Some(about) = one.about.as_ref().ok().filter(|about| is_genuine(about, past)) {
                carriers
                    .entry(about.session.clone())
                    .or_default()
                    .push(one.name.clone());
            }
        }
        let mut named = BTreeMap::new();
        for session in past.sessions() {
            named.insert(session.to_owned(), session);
            named.insert(names::file_name(session), session);
        }
        Self { past, carriers, named }
    }

    pub(super) fn origin(&self, bare: &Bare) -> Origin {
        let doubt = match &bare.about {
            Ok(about) if !is_genuine(about, self.past) => self.unfounded(&bare.name, about),
            Ok(about) if self.is_its_own(&bare.name, about) => {
                return Origin::Proven {
                    session: about.session.clone(),
                };
            }
            Ok(_) => Doubt::Copied,
            Err(SidecarError::Unreadable { .. } | SidecarError::Newer { .. }) => Doubt::Unreadable,
            Err(_) => Doubt::Missing,
        };
        Origin::NotProven {
            doubt,
            session: self.named.get(&bare.name).map(|session| (*session).to_owned()),
            claimed: bare.about.as_ref().ok().map(|about| about.session.clone()),
        }
    }

    fn unfounded(&self, name: &str, about: &About) -> Doubt {
        if self.named.get(name).is_some_and(|session| **session != about.session) {
            // Also where nobody knows any more whose it was.
            Doubt::Copied
        } else if self.past.of(&about.session).is_empty() {
            Doubt::Undecided
        } else {
            Doubt::Changed
        }
    }

    /// Whether a genuine sidecar stands beside its own recording: the one that is named after its session; else the
    /// only one that has it, where no other session is named so.
    fn is_its_own(&self, name: &str, about: &About) -> bool {
        let carriers = self.carriers.get(&about.session).map_or(&[][..], Vec::as_slice);
        let is_named = |name: &String| names::is_of_session(name, &about.session);
        match carriers {
            [_] if is_named(&name.to_owned()) => true,
            [_] => !self.named.contains_key(name),
            several => {
                let mut own = several.iter().filter(|name| is_named(name));
                own.next().is_some_and(|own| own == name) && own.next().is_none()
            }
        }
    }
}

/// Whether this is, byte for byte, the sidecar that was decided.
fn is_genuine(about: &About, past: &Past) -> bool {
    past.sidecar(&about.session) == Some(about.digest)
}
