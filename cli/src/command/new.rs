//! `gardefou new`: a rule document to start from.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::demo::EXAMPLE_RULES;
use crate::failure::Failure;
use crate::help::Page;

/// Write a commented rule document to start from
///
/// It has every section, with a note at each key, and its dates fit today. They and the names are
/// examples: put your own in their place. `gardefou check` tells what is wrong.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct New {
    /// The file to write; standard output when left out. A file that is already there is left as it is
    file: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou new rules.toml
  gardefou new | less

Exit codes:
  0  the document was written
  2  the file is already there, and was left as it is; or the arguments are malformed
  1  anything else, such as a folder that cannot be written";

pub(super) const FRENCH: Page = Page {
    about: "Écrire un document de règles commenté, pour commencer",
    more: "Il a toutes les sections, avec une explication à chaque clé, et ses dates conviennent à aujourd'hui. Elles et les noms sont des exemples\u{a0}: mettez les vôtres. `gardefou check` dit ce qui ne va pas.",
    arguments: &[(
        "file",
        "Le fichier à écrire\u{a0}; la sortie standard sans lui. Un fichier qui existe reste comme il est",
    )],
    after: "\
Exemples\u{a0}:
  gardefou new regles.toml
  gardefou new | less

Codes de sortie\u{a0}:
  0  le document est écrit
  2  le fichier existe déjà, et reste comme il est\u{a0}; ou les arguments sont mal formés
  1  tout le reste, comme un dossier où l'on ne peut écrire",
};

/// Stands above the example's text.
const HEAD: &str = "\
# EXAMPLES: every date, name and number below. Put your own in their place before anything is recorded
# under these rules, above all the dates of [attestations]: they say that these steps were taken.
# `gardefou check` tells every mistake. For an editor that completes and checks while you type, run
# `gardefou schema > rules.schema.json` and put this line first:  #:schema ./rules.schema.json
#
";

/// The first day of the example's rules: all of its dates move with it.
const EXAMPLE_STARTS: Date = jiff::civil::date(2026, 11, 1);
/// What the example writes with a year and a month.
const EXAMPLE_VERSION: &str = "\"2026.11.0\"";
const EXAMPLE_NOTICE: &str = "\"2026-09\"";
const EXAMPLE_NEED: &str = "went live in October\"";
/// The day on which the example's attestations were complete: its notice is of that month.
const BEFORE_START: i64 = 32;

impl New {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let document = document(today());
        match &self.file {
            None => {
                let mut out = io::stdout().lock();
                out.write_all(document.as_bytes())?;
                out.flush()?;
                Ok(())
            }
            Some(file) => write(file, &document),
        }
    }
}

/// The day that it is where the example's rules hold.
fn today() -> Date {
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    zone.to_datetime(Timestamp::now()).date()
}

/// Writes a file that is not there yet.
fn write(file: &Path, document: &str) -> Result<(), Failure> {
    let written = File::create_new(file).and_then(|mut new| new.write_all(document.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::input(
            format!("`{}` is already there, and was left as it is", file.display()),
            Some("name a file that does not exist yet"),
        ),
        _ => {
            let context = format!("`{}` cannot be written", file.display());
            Failure::Other(anyhow::Error::new(error).context(context))
        }
    })
}

/// The example, as if it had been written on this day.
fn document(today: Date) -> String {
    let noticed = today.saturating_sub(BEFORE_START.days());
    let version = format!("\"{}.{:02}.0\"", today.year(), today.month());
    let notice = format!("\"{}-{:02}\"", noticed.year(), noticed.month());
    let example = EXAMPLE_RULES
        .replace(EXAMPLE_VERSION, &version)
        .replace(EXAMPLE_NOTICE, &notice)
        .replace(EXAMPLE_NEED, "went live last month\"");
    let days = today.duration_since(EXAMPLE_STARTS).as_hours() / 24;
    format!("{HEAD}{}", moved(&example, days))
}

/// The text with every date in it so many days later.
fn moved(text: &str, days: i64) -> String {
    const DATE: usize = "2026-11-01".len();
    let mut moved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let date = rest
            .split_at_checked(DATE)
            .and_then(|(date, after)| Some((date.parse::<Date>().ok()?, after)));
        let length = character.len_utf8();
        match date {
            Some((date, after)) => {
                moved.push_str(&date.saturating_add(days.days()).to_string());
                rest = after;
            }
            None => {
                moved.push(character);
                rest = rest.split_at_checked(length).map_or("", |(_, after)| after);
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use gardefou::rules::{read, read_on};
    use gardefou::wall_clock_now;
    use jiff::civil::date;

    #[test]
    fn it_has_no_problem_on_the_day_it_is_made() {
        let mut days = vec![
            date(2026, 11, 25),
            date(2028, 2, 29),
            date(2032, 2, 29),
            date(2100, 2, 28),
            date(2100, 3, 1),
        ];
        for year in 2026..2045 {
            days.extend([date(year, 1, 1), date(year, 12, 31)]);
            // When the clocks of Paris change, or nearly.
            days.extend((25..=31).flat_map(|day| [date(year, 3, day), date(year, 10, day)]));
        }
        let every_day = (0..800).map(|n| date(2027, 1, 1).saturating_add(n.days()));
        for day in days.into_iter().chain(every_day) {
            let document = document(day);
            for on in [day, day.saturating_add(150.days())] {
                let reading = read_on(document.as_bytes(), on);
                assert_eq!(reading.problems, [], "made on {day}, read as on {on}");
                assert!(reading.rules.is_some());
            }
        }
        let now = read(document(today()).as_bytes(), wall_clock_now());
        assert_eq!(now.problems, []);
    }

    #[test]
    fn its_dates_are_those_of_the_day_it_is_made() {
        let made = document(date(2028, 2, 29));
        for part in [
            "version    = \"2028.02.0\"",
            "from = 2028-02-29, until = 2028-08-27 }",
            "version   = \"2028-01\"",
            "went live last month\"",
            "announced-on = 2028-02-17",
        ] {
            assert!(made.contains(part), "no {part} in:\n{made}");
        }
        assert!(!made.contains("2026") && !made.contains("2027") && !made.contains("October"));
    }

    #[test]
    fn on_the_examples_day_it_is_the_example() {
        let example = EXAMPLE_RULES.replace("in October", "last month");
        assert_eq!(document(EXAMPLE_STARTS), format!("{HEAD}{example}"));
    }

    #[test]
    fn a_file_that_is_there_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.toml");
        write(&file, "first").unwrap();
        assert!(matches!(write(&file, "second"), Err(Failure::Input(_))));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "first");
        assert!(matches!(write(folder.path(), "x"), Err(Failure::Input(_))));
        assert!(matches!(write(&file.join("x"), "x"), Err(Failure::Other(_))));
    }
}
