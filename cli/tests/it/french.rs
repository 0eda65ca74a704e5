//! What the command says to whoever reads French; what programs read stays as it is.

use std::process::Output;

use crate::command_line::{in_locale, text};

fn gardefou(locale: &str, arguments: &[&str]) -> Output {
    in_locale(locale).args(arguments).output().unwrap()
}

fn french(arguments: &[&str]) -> Output {
    gardefou("fr_FR.UTF-8", arguments)
}

#[test]
fn the_page_is_in_french() {
    let output = french(&["demo"]);
    assert_eq!(output.status.code(), Some(0));
    let page = text(&output.stdout);
    for words in [
        "l'appel d'exemple · acme-support",
        "session ouverte",
        "Ce qui a changé",
        "Durée par motif",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for words in ["What changed", "session opens", "recorded ", "frames"] {
        assert!(!page.contains(words), "{words}");
    }
}

#[test]
fn what_programs_read_is_the_same_in_every_language() {
    for arguments in [&["demo", "--format", "json"][..], &["schema"], &["new"]] {
        let [english, french] = ["en_GB.UTF-8", "fr_FR.UTF-8"].map(|locale| gardefou(locale, arguments));
        assert_eq!(english.status.code(), Some(0), "{}", text(&english.stderr));
        assert!(!english.stdout.is_empty());
        if arguments != ["new"] {
            assert_eq!(english.stdout, french.stdout, "{arguments:?}");
        }
    }
}

#[test]
fn the_help_is_in_french() {
    let output = french(&["run", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for words in [
        "Décider d'une trace",
        "Utilisation\u{a0}: gardefou run [OPTIONS] <TRACE>",
        "Arguments\u{a0}:",
        "Options\u{a0}:",
        "[valeurs\u{a0}: text, json] [par défaut\u{a0}: text]",
        "Exemples\u{a0}:",
        "Codes de sortie\u{a0}:",
    ] {
        assert!(help.contains(words), "{words}: {help}");
    }
    for words in ["Usage", "Print help", "possible values", "Exit codes", "Examples"] {
        assert!(!help.contains(words), "{words}: {help}");
    }
    let whole = french(&["--help"]);
    assert!(text(&whole.stdout).contains("Commandes\u{a0}:"));
    let version = french(&["--version"]);
    assert!(text(&version.stdout).starts_with("gardefou 0."));
}

#[test]
fn arguments_that_cannot_be_used_are_told_in_french() {
    for (arguments, words) in [
        (&["ruv"][..], "la commande «\u{a0}ruv\u{a0}» est inconnue"),
        (&["ruv"], "la commande proche est run"),
        (&["run", "--formt"], "l'argument «\u{a0}--formt\u{a0}» est inconnu"),
        (&["run"], "il manque\u{a0}: <TRACE>"),
        (
            &["run", "x", "--format", "xml"],
            "les valeurs possibles sont text, json",
        ),
        (&["run", "x", "--format"], "il manque une valeur"),
        (&["run", "x", "--rules", "a", "--policy", "b"], "ne va pas avec"),
        (&["check", "x", "--at", "2026-13-01"], "n'est pas une valeur de"),
    ] {
        let output = french(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            said.starts_with("erreur\u{a0}: ") && said.contains(words),
            "{arguments:?}: {said}"
        );
        for english in ["error", "Usage:", "For more information", "tip:"] {
            assert!(!said.contains(english), "{arguments:?}: {said}");
        }
    }
}
