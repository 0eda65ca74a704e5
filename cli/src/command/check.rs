//! `gardefou check`: every problem of a rule document, in one pass.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gardefou::rules::{read_with, read_with_on, shown};
use gardefou::wall_clock_now;
use jiff::civil::Date;

use crate::diagnostics::{self, Checked};
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::Language;
use crate::output;
use crate::text::Look;

/// Check a rule document: every error and warning, with its place, its rule, and how to mend it
///
/// An error means that nothing loads. A warning means that everything loads, and that somebody should
/// look. docs/rules.md of the sources explains every key, error and warning.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Check {
    /// The rule document (TOML), or `-` for standard input
    rules: PathBuf,

    /// Judge warnings as on this day in the document's time zone, such as 2026-11-25; now when left out
    #[arg(long, value_name = "DATE", value_parser = super::day::day)]
    at: Option<Date>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Each problem with the text that it is about, underlined
    #[default]
    Text,
    /// One JSON object: `file`, `loads`, and `problems`
    Json,
    /// SARIF 2.1.0, for editors and the reviews of code hosts
    Sarif,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou check rules.toml
  gardefou check rules.toml --at 2027-04-30            what will be warned about on that day
  gardefou check rules.toml --format sarif > rules.sarif
  gardefou check - --format json < rules.toml

Exit codes:
  0  these rules load, with or without warnings
  2  there are errors, and nothing loads; or the arguments are malformed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Vérifier un document de règles\u{a0}: chaque erreur et avertissement, où, quelle règle, comment corriger",
    more: "Avec une erreur, le document ne peut pas être publié. Avec un avertissement, il peut l'être, et quelqu'un devrait regarder. docs/rules.md dans les sources explique chaque clé, chaque erreur et chaque avertissement.",
    arguments: &[
        ("rules", "Le document de règles (TOML), ou `-` pour l'entrée standard"),
        (
            "at",
            "Juger les avertissements à cette date dans le fuseau du document, comme 2026-11-25\u{a0}; maintenant, sans elle",
        ),
        (
            "format",
            "La forme de la réponse\u{a0}: le texte souligné, un objet JSON, ou SARIF pour les éditeurs",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou check regles.toml
  gardefou check regles.toml --at 2027-04-30           ce dont il y aura à avertir ce jour-là
  gardefou check regles.toml --format sarif > regles.sarif
  gardefou check - --format json < regles.toml

Codes de sortie\u{a0}:
  0  le document est valide et peut être publié, avec ou sans avertissement
  2  il y a des erreurs, et le document ne peut pas être publié\u{a0}; ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

impl Check {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let bytes = files::rules(&self.rules)?;
        let beside = files::beside_rules(&self.rules, &bytes);
        let reading = match self.at {
            Some(day) => read_with_on(&bytes, day, &beside),
            None => read_with(&bytes, wall_clock_now(), &beside),
        };
        let checked = Checked {
            name: self.name(),
            text: shown(&bytes),
            problems: reading.problems,
        };
        let page = match self.format {
            Format::Text => diagnostics::page(&checked, Look::of_the_terminal()),
            Format::Json => diagnostics::json(&checked).map_err(anyhow::Error::new)?,
            Format::Sarif => diagnostics::sarif(&checked).map_err(anyhow::Error::new)?,
        };
        output::page(&page)?;
        if checked.loads() { Ok(()) } else { Err(Failure::Told) }
    }

    /// What the document is called; to programs the same in every language.
    fn name(&self) -> String {
        match self.format {
            _ if !self.is_standard_input() => self.rules.display().to_string(),
            Format::Text => Language::of_the_user()
                .pick("standard input", "entrée standard")
                .to_owned(),
            Format::Json | Format::Sarif => "standard input".to_owned(),
        }
    }

    fn is_standard_input(&self) -> bool {
        self.rules == Path::new("-")
    }
}
