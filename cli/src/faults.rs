//! What the system and the SDK report, in the language of whoever reads it.

use std::error::Error;
use std::io::{self, ErrorKind};

use gardefou::trace::ReadError;
use gardefou::{Fault, LoadError};
use gardefou_bake::BakeError;

use crate::language::{Language, say};

/// The error and what led to it, from the outside in.
pub(crate) fn told(error: &anyhow::Error, language: Language) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain() {
        let words = words(cause, language);
        // Some errors end with their cause.
        if said.last().is_none_or(|before| !before.ends_with(&words)) {
            said.push(words);
        }
    }
    said.join(language.pick(": ", "\u{a0}: "))
}

/// What a policy did that it must not do.
pub(crate) fn fault(fault: &Fault, language: Language) -> String {
    match language {
        Language::English => fault.to_string(),
        Language::French => fault.french(),
    }
}

/// Why a policy was not loaded.
pub(crate) fn load(error: &LoadError, language: Language) -> String {
    match (language, error) {
        (Language::English, _) => error.to_string(),
        (Language::French, LoadError::Read { path, error }) => {
            format!("`{}` ne peut pas être lu\u{a0}: {}", path.display(), system(error))
        }
        (Language::French, other) => other.french(),
    }
}

fn words(cause: &(dyn Error + 'static), language: Language) -> String {
    if language == Language::English {
        return cause.to_string();
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        system(error)
    } else if let Some(error) = cause.downcast_ref::<LoadError>() {
        load(error, language)
    } else if let Some(error) = cause.downcast_ref::<BakeError>() {
        error.french()
    } else if let Some(error) = cause.downcast_ref::<Fault>() {
        fault(error, language)
    } else if let Some(ReadError::Io { line, .. }) = cause.downcast_ref::<ReadError>() {
        say!(language, "line {line}", "ligne {line}")
    } else {
        cause.to_string()
    }
}

/// What the system says, in French; in its own words where it says something rare.
fn system(error: &io::Error) -> String {
    let words = match error.kind() {
        ErrorKind::NotFound => "fichier ou dossier introuvable",
        ErrorKind::PermissionDenied => "accès refusé",
        ErrorKind::AlreadyExists => "le fichier existe déjà",
        ErrorKind::IsADirectory => "c'est un dossier",
        ErrorKind::NotADirectory => "une partie du chemin n'est pas un dossier",
        ErrorKind::ReadOnlyFilesystem => "le disque est en lecture seule",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "il n'y a plus de place sur le disque",
        ErrorKind::FileTooLarge => "le fichier est trop grand",
        ErrorKind::InvalidFilename => "ce n'est pas un nom de fichier",
        ErrorKind::OutOfMemory => "il n'y a plus de mémoire",
        ErrorKind::BrokenPipe => "personne ne lit plus",
        _ => return error.to_string(),
    };
    match error.raw_os_error() {
        Some(code) => format!("{words} (erreur système {code})"),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_is_said_in_both_languages() {
        let error = || anyhow::Error::new(io::Error::from_raw_os_error(2)).context("the rules `a` cannot be read");
        let english = told(&error(), Language::English);
        assert!(english.starts_with("the rules `a` cannot be read: "), "{english}");
        #[cfg(unix)]
        assert_eq!(
            told(&error(), Language::French),
            "the rules `a` cannot be read\u{a0}: fichier ou dossier introuvable (erreur système 2)"
        );
    }

    #[test]
    fn a_cause_that_was_said_is_not_repeated() {
        let error = ReadError::Io {
            line: 3,
            source: io::Error::other("broken"),
        };
        let error = anyhow::Error::new(error);
        assert_eq!(told(&error, Language::English), "line 3: cannot be read: broken");
        assert_eq!(told(&error, Language::French), "ligne 3\u{a0}: broken");
    }

    #[test]
    fn errors_of_the_sdk_have_their_french() {
        let load = anyhow::Error::new(LoadError::NoPolicy);
        assert_eq!(told(&load, Language::French), LoadError::NoPolicy.french());
        let bake = BakeError::NotTaken("why".to_owned());
        let french = bake.french();
        assert_eq!(told(&anyhow::Error::new(bake), Language::French), french);
    }
}
