//! The form for people: each scenario, what does not hold in it, and what no scenario reaches.

use anstyle::{AnsiColor, Style};

use super::{Suite, Tried, coverage, failure};
use crate::failure::{SHOWN, and_more};
use crate::html::{self, Sheet};
use crate::language::{Language, say};
use crate::text::Look;

const HELD: Style = AnsiColor::Green.on_default().bold();
const FAILED: Style = AnsiColor::Red.on_default().bold();
const HEADING: Style = Style::new().bold();

/// The whole page, with colours, and a line feed at its end.
pub(crate) fn page(suite: &Suite, look: Look) -> String {
    let language = look.language;
    let mut lines = vec![head(suite, language), String::new()];
    let mut left = SHOWN;
    for tried in &suite.tried {
        lines.extend(scenario(suite, tried, &mut left, look));
    }
    lines.push(String::new());
    lines.push(painted(HEADING, language.pick("Coverage", "Couverture")));
    lines.extend(coverage::lines(suite, language));
    lines.push(String::new());
    lines.extend(end(suite, language));
    lines.push(String::new());
    lines.join("\n")
}

/// The same as one page to print.
pub(crate) fn sheet(suite: &Suite) -> String {
    let language = Language::of_the_user();
    let page = page(suite, html::look());
    let body = page.split_once("\n\n").map_or("", |(_, body)| body);
    let policies = suite.reasons.policies().flat_map(|(digest, own)| {
        let name = super::reasons::plain(&format!("{} {}", own.id, own.version));
        [
            (language.pick("rules", "règles").to_owned(), name),
            (of_what(language).to_owned(), digest.to_string()),
        ]
    });
    html::page(&Sheet {
        title: language
            .pick("Rules held to scenarios", "Règles éprouvées par des scénarios")
            .to_owned(),
        facts: policies.collect(),
        body,
        language,
    })
}

/// What the digest of a policy is a digest of.
const fn of_what(language: Language) -> &'static str {
    language.pick("SHA-256 of what decides", "SHA-256 de ce qui décide")
}

/// Which policies decided.
fn head(suite: &Suite, language: Language) -> String {
    let names = suite.reasons.policies().map(|(digest, own)| {
        let name = super::reasons::plain(&format!("{} {}", own.id, own.version));
        let of = of_what(language);
        format!("{name}, {of} {digest}")
    });
    names.collect::<Vec<_>>().join("\n")
}

fn scenario(suite: &Suite, tried: &Tried, left: &mut usize, look: Look) -> Vec<String> {
    let language = look.language;
    let name = &tried.name;
    if tried.trial.holds() {
        let counted = counted(
            tried.expectations(),
            ["expectation", "expectations"],
            ["attente", "attentes"],
            language,
        );
        let style = HELD;
        return vec![say!(
            language,
            "{style}held{style:#}    {name}  ({counted})",
            "{style}tenu{style:#}    {name}  ({counted})"
        )];
    }
    let word = painted(FAILED, language.pick("FAILED", "ÉCHEC "));
    let mut lines = vec![format!("{word}  {name}")];
    let (shown, more) = tried.failures(left);
    for (asked, check) in shown {
        lines.extend(failure::lines(asked, check, &suite.reasons, look));
    }
    if more > 0 {
        lines.push(format!("  {}", and_more(more, language)));
    }
    lines
}

fn end(suite: &Suite, language: Language) -> Vec<String> {
    let (all, failed) = (suite.tried.len(), suite.failed());
    let scenarios = counted(all, ["scenario", "scenarios"], ["scénario", "scénarios"], language);
    let expectations = counted(
        suite.expectations(),
        ["expectation", "expectations"],
        ["attente", "attentes"],
        language,
    );
    if failed == 0 {
        let text = say!(
            language,
            "{scenarios}, {expectations}: every one holds",
            "{scenarios}, {expectations}\u{a0}: toutes tenues"
        );
        return vec![painted(HELD, &text)];
    }
    let text = say!(
        language,
        "{scenarios}, {expectations}: {failed} of the scenarios failed",
        "{scenarios}, {expectations}\u{a0}: {failed} en échec"
    );
    let help = match language {
        Language::English => [
            "help: if the rules are wrong, mend them. If they are right and the scenario is wrong, the",
            "same command with --bless writes into it what was decided: read what changes.",
        ],
        Language::French => [
            "aide\u{a0}: si les règles sont fausses, les corriger. Si elles sont justes et que le scénario est",
            "faux, la même commande avec --bless y écrit ce qui a été décidé\u{a0}: relire ce qui change.",
        ],
    };
    let mut lines = vec![painted(FAILED, &text)];
    lines.extend(help.map(str::to_owned));
    lines
}

/// `1 scenario`, `3 scenarios`.
pub(super) fn counted(count: usize, english: [&str; 2], french: [&str; 2], language: Language) -> String {
    let [one, many] = match language {
        Language::English => english,
        Language::French => french,
    };
    // In French nothing is counted in the singular.
    let single = count == 1 || (count == 0 && language == Language::French);
    format!("{count} {}", if single { one } else { many })
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_counts_in_its_own_way() {
        let files = |count, language| counted(count, ["file", "files"], ["fichier", "fichiers"], language);
        assert_eq!(files(0, Language::English), "0 files");
        assert_eq!(files(0, Language::French), "0 fichier");
        assert_eq!(files(1, Language::English), "1 file");
        assert_eq!(files(2, Language::French), "2 fichiers");
    }
}
