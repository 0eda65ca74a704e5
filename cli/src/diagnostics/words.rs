//! The words around the problems; the problems bring their own.

use gardefou::rules::{PROBLEMS, Problem, Severity};

use super::Checked;
use crate::language::{Language, say};

/// What stands before a problem's sentence, with its code. In French a no-break space comes before the colon
/// that the renderer adds.
pub(super) fn title(problem: &Problem, language: Language) -> String {
    let code = problem.code;
    match problem.severity {
        Severity::Error => say!(language, "error[{code}]", "erreur[{code}]\u{a0}"),
        Severity::Warning => say!(language, "warning[{code}]", "attention[{code}]\u{a0}"),
    }
}

/// What stands before a rule's id.
pub(super) const fn rule(language: Language) -> &'static str {
    language.pick("rule", "règle\u{a0}")
}

/// What stands before the way to mend it.
pub(super) const fn help(language: Language) -> &'static str {
    language.pick("help", "pour corriger\u{a0}")
}

/// "2 errors, 1 warning: these rules do not load".
pub(super) fn summary(checked: &Checked, language: Language) -> String {
    let errors = match checked.count(Severity::Error) {
        0 => None,
        1 => Some(language.pick("1 error", "1 erreur").to_owned()),
        count => Some(say!(language, "{count} errors", "{count} erreurs")),
    };
    let warnings = match checked.count(Severity::Warning) {
        0 => None,
        1 => Some(language.pick("1 warning", "1 avertissement").to_owned()),
        count => Some(say!(language, "{count} warnings", "{count} avertissements")),
    };
    let counts: Vec<String> = [errors, warnings].into_iter().flatten().collect();
    let counts = if checked.tells_all() {
        counts
    } else {
        vec![say!(
            language,
            "more than {PROBLEMS} problems",
            "plus de {PROBLEMS} problèmes"
        )]
    };
    let counts = if counts.is_empty() {
        language
            .pick("no error, no warning", "aucune erreur, aucun avertissement")
            .to_owned()
    } else {
        counts.join(", ")
    };
    let end = if checked.loads() {
        language.pick("these rules load", "le document est valide et peut être publié")
    } else {
        language.pick(
            "these rules do not load",
            "le document n'est pas valide et ne peut pas être publié",
        )
    };
    say!(language, "{counts}: {end}", "{counts}\u{a0}: {end}")
}

/// "and 12 more; …".
pub(super) fn more(count: usize, language: Language) -> String {
    say!(
        language,
        "and {count} more; `--format json` lists them",
        "et {count} de plus\u{a0}; `--format json` les donne"
    )
}

/// Where it is and what is wrong, in one line.
pub(crate) fn in_one_line(problem: &Problem, language: Language) -> String {
    let Problem { line, column, .. } = problem;
    let message = language.of(&problem.message);
    say!(
        language,
        "line {line}, column {column}: {message}",
        "ligne {line}, colonne {column}\u{a0}: {message}"
    )
}

/// Everything that is said of a problem, in English, for where programs have one text only.
pub(super) fn in_one_text(problem: &Problem, reference: Option<&str>) -> String {
    let mut text = problem.message.english.clone();
    if let Some(rule) = problem.rule {
        let reference = reference.map_or_else(String::new, |reference| format!(", {reference}"));
        text.push_str(&format!("\nrule: {rule}{reference}"));
    }
    if let Some(help) = &problem.help {
        text.push_str(&format!("\nhelp: {}", help.english));
    }
    text
}
