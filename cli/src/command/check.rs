//! `gardefou check`: every problem of a rule document, in one pass.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gardefou::rules::{read, read_on, shown};
use gardefou::{MAX_DOCUMENT, wall_clock_now};
use jiff::civil::Date;

use crate::diagnostics::{self, Checked};
use crate::failure::Failure;
use crate::help::Page;
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
    #[arg(long, value_name = "DATE", value_parser = day)]
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
    more: "Avec une erreur, rien ne se charge. Avec un avertissement, tout se charge, et quelqu'un devrait regarder. docs/rules.md dans les sources explique chaque clé, chaque erreur et chaque avertissement.",
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
  0  ces règles se chargent, avec ou sans avertissement
  2  il y a des erreurs, et rien ne se charge\u{a0}; ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

impl Check {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (name, bytes) = self.read()?;
        let reading = match self.at {
            Some(day) => read_on(&bytes, day),
            None => read(&bytes, wall_clock_now()),
        };
        let checked = Checked {
            name,
            text: shown(&bytes),
            problems: reading.problems,
        };
        let page = match self.format {
            Format::Text => diagnostics::page(&checked, Look::of_the_terminal()),
            Format::Json => diagnostics::json(&checked).map_err(anyhow::Error::new)?,
            Format::Sarif => diagnostics::sarif(&checked).map_err(anyhow::Error::new)?,
        };
        let mut out = anstream::stdout().lock();
        out.write_all(page.as_bytes())?;
        out.flush()?;
        if checked.loads() { Ok(()) } else { Err(Failure::Told) }
    }

    /// What the document is called, and no more of it than shows that it is too large.
    fn read(&self) -> Result<(String, Vec<u8>), Failure> {
        if self.rules == Path::new("-") {
            let name = "standard input";
            return Ok((name.to_owned(), beginning(io::stdin().lock(), name)?));
        }
        let name = self.rules.display().to_string();
        let file = File::open(&self.rules).map_err(|error| unreadable(error, &name))?;
        let bytes = beginning(file, &name)?;
        Ok((name, bytes))
    }
}

fn beginning(source: impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = source.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error, name))?;
    Ok(bytes)
}

fn unreadable(error: io::Error, name: &str) -> Failure {
    let context = format!("the rules `{name}` cannot be read");
    Failure::Other(anyhow::Error::new(error).context(context))
}

/// A day as the rule document writes it, and within the years that it can write.
fn day(text: &str) -> Result<Date, String> {
    let parsed = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    let within = parsed.filter(|date| (1970..=9998).contains(&date.year()));
    within.ok_or_else(|| "write the year, the month and the day, like 2026-11-25".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2028-02-29"), Ok(jiff::civil::date(2028, 2, 29)));
        for bad in [
            "2027-02-29",
            "20261125",
            "2026-11-25T10:00",
            "1969-12-31",
            "9999-01-01",
            "tomorrow",
            "",
        ] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_more_is_read_than_shows_that_it_is_too_large() {
        let endless = io::repeat(b'#');
        let read = beginning(endless, "endless").unwrap();
        assert_eq!(u64::try_from(read.len()).unwrap(), MAX_DOCUMENT + 1);
    }
}
