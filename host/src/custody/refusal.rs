//! Why an access was refused.

use gardefou_policy::notes::Text;
use gardefou_policy::types::Reason;
use serde::Serialize;

use super::origin::Doubt;
use super::sidecar::SidecarError;
use crate::error::Fault;
use crate::session::Why;
use crate::stores::StoreError;
use crate::stores::both;

/// An access that was refused.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// The reason, as the journal has it.
    pub reason: Reason,
    /// Which note of it; 0 for its title.
    pub detail: u16,
    /// Why.
    pub cause: RefusalCause,
}

/// Why an access was refused.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum RefusalCause {
    /// A policy objects.
    Rule(Why),
    /// A policy misbehaved.
    Fault(Fault),
    /// The folder holds nothing of that name and kind.
    NotThere,
    /// Several recordings are of that session; ask for one by its name.
    Several,
    /// Nobody can tell whose it is.
    Sidecar(SidecarError),
    /// Nothing shows whose it is.
    Doubt(Doubt),
    /// Nothing shows whose it is, and the request names nobody whose it should be.
    Unnamed,
    /// It is of somebody else than the request says.
    SomebodyElse,
    /// The rules ask for a second person, and nobody named one.
    SecondPerson,
    /// The decision about it is forgotten: its sidecar alone says whose it is.
    Forgotten,
    /// The journal says that it was discarded.
    Discarded,
    /// Its processing is restricted: nobody deletes it but at the wish of whoever obtained that.
    Restricted,
    /// Such an operation hands nothing out.
    Operation,
    /// The journal cannot be written.
    Store(StoreError),
}

impl RefusalCause {
    const fn refusal(&self) -> (Reason, u16) {
        match self {
            Self::Rule(why) => (why.reason, why.detail),
            Self::Fault(_) => (Reason::POLICY_FAULT, 0),
            Self::Store(_) => (Reason::STORE_UNAVAILABLE, 0),
            Self::Restricted => (Reason::RESTRICTED, 0),
            Self::SecondPerson => (Reason::NOT_AUTHORISED, 0),
            Self::NotThere
            | Self::Several
            | Self::Sidecar(_)
            | Self::Doubt(_)
            | Self::Unnamed
            | Self::SomebodyElse
            | Self::Forgotten
            | Self::Discarded
            | Self::Operation => (Reason::INVALID_FACTS, 0),
        }
    }

    /// What is to be said beside the reason, in both languages; of a rule nothing.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        Some(match self {
            Self::Rule(_) => return None,
            Self::Fault(fault) => both(fault.to_string(), fault.french()),
            Self::NotThere => both(
                "the folder holds no such recording, or nothing of that kind of it",
                "le dossier ne contient pas cet enregistrement, ou rien de cette nature",
            ),
            Self::Several => both(
                "several recordings are of that session: ask for one by its name",
                "plusieurs enregistrements sont de cette session\u{a0}: en demander un par son nom",
            ),
            Self::Sidecar(error) => error.text(),
            Self::Doubt(doubt) => doubt.text(),
            Self::Unnamed => both(
                "nothing shows whose it is: name the person with `--employee` or the call with `--call`",
                "rien ne montre à qui il est\u{a0}: nommer la personne avec `--employee` ou l'appel avec `--call`",
            ),
            Self::SomebodyElse => both(
                "it is of somebody else than the request says",
                "il concerne quelqu'un d'autre que ne le dit la demande",
            ),
            Self::SecondPerson => both(
                "it takes a second person, named with `--second-person`",
                "il faut une deuxième personne, nommée avec `--second-person`",
            ),
            Self::Forgotten => both(
                "the decision about it is forgotten, and only the person, an authority or a court reaches it still",
                "la décision à son sujet est effacée\u{a0}: seules la personne, une autorité ou un juge y ont encore accès",
            ),
            Self::Discarded => both(
                "the journal says that it was discarded, so that nothing of it may be there",
                "d'après le journal, il a été supprimé\u{a0}: rien ne doit en rester",
            ),
            Self::Restricted => both(
                "its processing is restricted at somebody else's request: it stays until whoever obtained that wants it erased, or releases it",
                "son traitement est limité à la demande de quelqu'un d'autre\u{a0}: il reste tant que celui-ci n'en demande pas l'effacement ou ne lève pas la limitation",
            ),
            Self::Operation => both(
                "such an operation hands nothing out: it is a person's request",
                "une telle opération ne remet rien\u{a0}: c'est la demande d'une personne",
            ),
            Self::Store(error) => error.text(),
        })
    }
}

impl Refused {
    pub(super) const fn of(cause: RefusalCause) -> Self {
        let (reason, detail) = cause.refusal();
        Self { reason, detail, cause }
    }
}

impl Serialize for Refused {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("reason", &self.reason.to_string())?;
        map.serialize_entry("detail", &self.detail)?;
        if let Some(text) = self.cause.text() {
            map.serialize_entry("why", &text.english)?;
        }
        map.end()
    }
}
