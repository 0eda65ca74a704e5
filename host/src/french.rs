//! The errors in French, beside their `Display`, which is English; that of a frame is in `pixels.rs`. What the system, the runtime or a policy
//! says in its own words stays as it is.

#[cfg(feature = "rules")]
use gardefou_policy::document::Severity;

use crate::error::{Fault, FaultKind, LoadError, NotTaken};
use crate::policy::NOT_WEBASSEMBLY;

impl LoadError {
    /// The same in French.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Read { path, error } => format!("`{}` ne peut pas être lu\u{a0}: {error}", path.display()),
            Self::TooLarge { limit } => {
                format!("le fichier dépasse {limit} octets, la plus grande taille qui puisse être chargée")
            }
            Self::TooMuchCode { limit } => {
                format!("le fichier de règles a plus de {limit} octets de code, le plus qui puisse être compilé")
            }
            Self::TooMany { what, at } => format!(
                "le fichier de règles a plus de {} {} (à l'octet {at}), le plus qui puisse être compilé\u{a0}; en \
                 retirer ce dont il n'a pas besoin",
                what.limit(),
                what.french()
            ),
            Self::TooMuchWork { functions, at } => format!(
                "compiler le fichier de règles demande trop de travail\u{a0}: la limite est dépassée dans sa fonction \
                 {functions} (à l'octet {at})\u{a0}; couper les longues fonctions, et utiliser moins de variables \
                 dans chacune"
            ),
            Self::Unsupported { shape, at } => {
                let (what, help) = shape.french();
                format!(
                    "le fichier de règles a {what} (à l'octet {at}), ce qu'aucun enregistreur n'accepte\u{a0}; {help}"
                )
            }
            Self::CompilerFailed => "le fichier de règles ne peut pas être compilé\u{a0}: le compilateur a \
                 échoué\u{a0}; merci de le signaler avec le fichier"
                .into(),
            Self::NotAComponent(why) if why == NOT_WEBASSEMBLY => {
                "ce n'est pas un fichier de règles\u{a0}: le début n'est pas celui de WebAssembly\u{a0}; un document \
                 de règles se donne comme tel"
                    .into()
            }
            Self::NotAComponent(why) => format!("ce n'est pas un fichier de règles\u{a0}: {why}"),
            Self::Imports { name } => format!(
                "le fichier de règles importe `{name}`\u{a0}; un fichier de règles n'importe rien\u{a0}: le \
                 construire sans WASI"
            ),
            Self::MissingExport { name } => format!(
                "le fichier de règles n'exporte pas `{name}` du contrat 1.0\u{a0}; le construire pour le monde `policy`"
            ),
            Self::UnexpectedExport { name } => {
                format!("le fichier de règles exporte `{name}`, que le contrat 1.0 n'a pas")
            }
            Self::NewerContract { version } => format!(
                "le fichier de règles demande le contrat {version}\u{a0}; cet enregistreur connaît le \
                 1.0\u{a0}: le mettre à jour, ou produire le fichier pour le 1.0"
            ),
            Self::WrongType { name } => {
                format!("l'export `{name}` du fichier de règles a un autre type que dans le contrat 1.0")
            }
            Self::Fault(fault) => fault.french(),
            Self::NotConfigured(why) => format!("le fichier de règles n'a pas accepté les règles\u{a0}: {why}"),
            #[cfg(feature = "rules")]
            Self::Rules(rules) => rules.french(),
            Self::NoPolicy => {
                "aucun fichier de règles n'est donné\u{a0}: il en faut au moins un pour décider, en plus du \
                 socle"
                    .into()
            }
            Self::TooManyPolicies { limit } => format!("plus de {limit} fichiers de règles pour une session"),
            Self::Engine(why) => {
                format!("les fichiers de règles ne peuvent pas s'exécuter sur cette machine\u{a0}: {why}")
            }
        }
    }
}

#[cfg(feature = "rules")]
impl crate::error::RulesError {
    /// The errors in French, one a line.
    #[must_use]
    pub fn french(&self) -> String {
        let errors = self.problems.iter().filter(|p| p.severity == Severity::Error);
        let lines = errors.map(|p| format!("ligne {}, colonne {}\u{a0}: {}", p.line, p.column, p.message.french));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Fault {
    /// The same in French.
    #[must_use]
    pub fn french(&self) -> String {
        format!("le fichier de règles `{}` {}", self.policy(), self.kind().french())
    }
}

impl FaultKind {
    /// What it did, in French.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::OutOfFuel => "a épuisé tout son budget pour une seule question".into(),
            Self::Deadline => "n'a pas répondu avant l'échéance".into(),
            Self::OutOfMemory => {
                "a demandé plus de mémoire qu'un fichier de règles ne peut en avoir, ou qu'il n'y en a".into()
            }
            Self::StackOverflow => "a utilisé plus de pile qu'un fichier de règles ne peut en avoir".into(),
            Self::Trap(why) => format!("s'est arrêté au milieu d'une question\u{a0}: {why}"),
            Self::Nonsense(what) => format!("a donné une réponse qui n'a pas de sens\u{a0}: {}", nonsense(what)),
            Self::ShutDown => "a été interrogé après l'arrêt de l'environnement d'exécution".into(),
        }
    }
}

/// What made no sense, in French; the English words where there are none.
fn nonsense(what: &'static str) -> &'static str {
    match what {
        "a session that is not open" => "une session qui n'est pas ouverte",
        "a session of a programme that it does not know" => "une session d'un programme qu'il ne connaît pas",
        "a part that is not within its segment" => "une partie qui n'est pas dans son segment",
        "a discard without a reason that a policy may give" => {
            "une suppression sans raison qu'un fichier de règles puisse donner"
        }
        "a refusal without a reason that a policy may give" => {
            "un refus sans raison qu'un fichier de règles puisse donner"
        }
        "a verdict that held only before it was asked for" => "un verdict qui ne valait qu'avant d'être demandé",
        "a frame to keep, with a reason not to" => "une image à conserver, avec une raison de ne pas le faire",
        "terms that count over no time at all" => "des conditions qui ne comptent sur aucune durée",
        "an access that is allowed without the obligation to journal it" => {
            "un accès permis sans l'obligation de le journaliser"
        }
        "a time that was over before it began" => "une durée terminée avant d'avoir commencé",
        "more rectangles than any surface needs" => "plus de rectangles qu'aucune surface n'en demande",
        "regions to keep that are none, not on the surface, or not in their canonical form" => {
            "des régions à conserver vides, hors de la surface, ou pas sous leur forme canonique"
        }
        "what the contract's types do not allow, or more than any answer holds" => {
            "ce que les types du contrat ne permettent pas, ou plus qu'aucune réponse ne contient"
        }
        "an instance with other types than its component" => "une instance dont les types ne sont pas les siens",
        "rules that it took before" => "des règles qu'il acceptait auparavant",
        "a name that is empty, too long, or holds control characters" => {
            "un nom vide, trop long, ou qui contient des caractères de contrôle"
        }
        "a text that holds control characters" => "un texte qui contient des caractères de contrôle",
        other => other,
    }
}

impl NotTaken {
    /// The same in French.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Empty => "aucun fichier de règles n'est proposé\u{a0}; ceux en vigueur continuent".into(),
            Self::TooMany { limit } => {
                format!("plus de {limit} fichiers de règles sont proposés\u{a0}; ceux en vigueur continuent")
            }
            Self::Unchanged => "ces fichiers de règles sont déjà en vigueur".into(),
            Self::Fault(fault) => format!("{}\u{a0}; ceux en vigueur continuent", fault.french()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Digest;

    fn kinds() -> Vec<FaultKind> {
        vec![
            FaultKind::OutOfFuel,
            FaultKind::Deadline,
            FaultKind::OutOfMemory,
            FaultKind::StackOverflow,
            FaultKind::Trap("unreachable".into()),
            FaultKind::Nonsense("a session that is not open"),
            FaultKind::ShutDown,
        ]
    }

    fn fault(kind: FaultKind) -> Fault {
        Fault::new("acme".into(), Digest::FLOOR, kind)
    }

    #[test]
    fn every_error_is_said_in_french() {
        let name = || String::from("open");
        let mut said: Vec<(String, String)> = [
            LoadError::Read {
                path: "p.wasm".into(),
                error: std::io::ErrorKind::NotFound.into(),
            },
            LoadError::TooLarge { limit: 1 },
            LoadError::TooMuchCode { limit: 1 },
            LoadError::NotAComponent(name()),
            LoadError::Imports { name: name() },
            LoadError::MissingExport { name: name() },
            LoadError::UnexpectedExport { name: name() },
            LoadError::NewerContract { version: name() },
            LoadError::WrongType { name: name() },
            LoadError::Fault(fault(FaultKind::Deadline)),
            LoadError::NotConfigured(name()),
            LoadError::NoPolicy,
            LoadError::TooManyPolicies { limit: 1 },
            LoadError::Engine(name()),
        ]
        .iter()
        .map(|error| (error.to_string(), error.french()))
        .collect();
        let taken = [
            NotTaken::Empty,
            NotTaken::TooMany { limit: 1 },
            NotTaken::Unchanged,
            NotTaken::Fault(fault(FaultKind::OutOfFuel)),
        ];
        said.extend(taken.iter().map(|error| (error.to_string(), error.french())));
        let faults = kinds().into_iter().map(fault);
        said.extend(faults.map(|fault| (fault.to_string(), fault.french())));
        let frame = crate::Packed::new(&mut [], 1, 1, 4, 4).unwrap_err();
        said.push((frame.to_string(), frame.french()));
        for (english, french) in said {
            assert!(!french.is_empty() && french != english, "{english}");
            let own: String = french.split('`').step_by(2).collect();
            let before = core::iter::once(' ').chain(own.chars());
            for (before, character) in before.zip(own.chars()) {
                assert!(!":;!?".contains(character) || before == '\u{a0}', "{french}");
            }
        }
    }

    /// The words are short of a closed set: every one that the sources give has its French.
    #[test]
    fn every_nonsense_is_said_in_french() {
        let sources = [
            include_str!("sandbox/instance.rs"),
            include_str!("session/seat.rs"),
            include_str!("policy.rs"),
        ];
        let mut told = 0;
        for source in sources {
            for after in source.split("onsense(").skip(1) {
                let Some(words) = after.trim_start().strip_prefix('"') else {
                    continue; // the closure that takes them
                };
                let words: &'static str = words.split('"').next().unwrap();
                assert_ne!(nonsense(words), words);
                told += 1;
            }
        }
        assert!(told > 12, "the words were found");
    }
}
