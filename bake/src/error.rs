//! Why nothing was baked.

use gardefou::LoadError;
use gardefou::rules::{Problem, Severity};

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BakeError {
    /// The rule document has errors.
    #[error("the rule document has {} errors", count(.0))]
    Rules(Vec<Problem>),
    /// The template did not take the rules.
    #[error("the template did not take the rules: {0}")]
    NotTaken(String),
    /// The template cannot be snapshotted on this machine.
    #[error("the template cannot be given its rules here: {0}")]
    Snapshot(String),
    /// What was baked is no policy that a recorder would load.
    #[error("what was baked does not load: {0}")]
    DoesNotLoad(#[from] LoadError),
    /// These bytes are no component that could be read.
    #[error("not a policy component: {0}")]
    NotAComponent(String),
}

impl BakeError {
    /// The same in French; what the runtime says in its own words stays as it is.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Rules(problems) => match count(problems) {
                1 => "le document de règles contient une erreur".into(),
                errors => format!("le document de règles contient {errors} erreurs"),
            },
            Self::NotTaken(why) => format!("le modèle n'a pas accepté les règles\u{a0}: {why}"),
            Self::Snapshot(why) => format!("le modèle ne peut pas recevoir ses règles ici\u{a0}: {why}"),
            Self::DoesNotLoad(why) => format!("le module produit ne peut pas être chargé\u{a0}: {}", why.french()),
            Self::NotAComponent(why) => format!("ce n'est pas un fichier de règles\u{a0}: {why}"),
        }
    }

    pub(crate) fn snapshot(error: &wasmtime::Error) -> Self {
        Self::Snapshot(format!("{error:#}"))
    }
}

fn count(problems: &[Problem]) -> usize {
    problems.iter().filter(|p| p.severity == Severity::Error).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_said_in_french() {
        let why = || String::from("trap");
        for error in [
            BakeError::Rules(Vec::new()),
            BakeError::NotTaken(why()),
            BakeError::Snapshot(why()),
            BakeError::DoesNotLoad(LoadError::NoPolicy),
            BakeError::NotAComponent(why()),
        ] {
            let french = error.french();
            assert!(!french.is_empty() && french != error.to_string(), "{error}");
        }
    }
}
