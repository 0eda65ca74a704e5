//! `gardefou new`: a rule document to start from.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::demo::EXAMPLE_RULES;
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::Language;
use crate::output;

/// Write a commented rule document to start from
///
/// It has every section, with a note at each key, and its dates fit today. They and the names are
/// examples: put your own in their place. `gardefou check` tells what is wrong.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct New {
    /// The file to write; standard output when left out. A file that is already there is left as it is
    file: Option<PathBuf>,

    /// The language of its notes; that of the locale when left out
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    language: Option<Language>,

    /// The day that its dates fit, such as 2026-11-25; today when left out
    #[arg(long, value_name = "DATE", value_parser = super::day::day)]
    at: Option<Date>,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou new rules.toml
  gardefou new regles.toml --language fr
  gardefou new | less

Exit codes:
  0  the document was written
  2  the file is already there, and was left as it is; or the arguments are malformed
  1  anything else, such as a folder that cannot be written";

pub(super) const FRENCH: Page = Page {
    about: "Écrire un document de règles commenté, pour commencer",
    more: "Il a toutes les sections, avec une explication à chaque clé, et ses dates conviennent à aujourd'hui. Elles et les noms sont des exemples\u{a0}: mettez les vôtres. `gardefou check` dit ce qui ne va pas.",
    arguments: &[
        (
            "file",
            "Le fichier à écrire\u{a0}; la sortie standard sans lui. Un fichier qui existe reste comme il est",
        ),
        (
            "language",
            "La langue de ses notes\u{a0}; celle de l'environnement sans elle",
        ),
        (
            "at",
            "Le jour auquel conviennent ses dates, comme 2026-11-25\u{a0}; aujourd'hui sans elle",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou new regles.toml
  gardefou new rules.toml --language en
  gardefou new | less

Codes de sortie\u{a0}:
  0  le document est écrit
  2  le fichier existe déjà, et reste comme il est\u{a0}; ou les arguments sont mal formés
  1  tout le reste, comme un dossier où l'on ne peut écrire",
};

/// What a new document is made of, in one language.
struct Example {
    /// Stands above the example's text.
    head: &'static str,
    /// The example, as of [`EXAMPLE_STARTS`].
    rules: &'static str,
    /// What the example's `need` says of its month, and what is true whenever it is made.
    need: (&'static str, &'static str),
}

const ENGLISH: Example = Example {
    head: "\
# EXAMPLES: every date, name and number below. Put your own in their place before anything is recorded
# under these rules, above all the dates of [attestations]: they say that these steps were taken.
# `gardefou check` tells every mistake. For an editor that completes and checks while you type, run
# `gardefou schema > rules.schema.json` and put this line first:  #:schema ./rules.schema.json
#
",
    rules: EXAMPLE_RULES,
    need: ("went live in October\"", "went live last month\""),
};

const IN_FRENCH: Example = Example {
    head: "\
# EXEMPLES\u{a0}: toutes les dates, tous les noms et tous les nombres ci-dessous. Mettez les vôtres à leur place avant
# d'enregistrer quoi que ce soit sous ces règles, surtout les dates de [attestations]\u{a0}: elles disent que ces
# démarches ont été faites. `gardefou check` dit chaque erreur. Pour un éditeur qui complète et vérifie pendant la
# frappe, lancez `gardefou schema > rules.schema.json` et mettez cette ligne en premier\u{a0}:
#   #:schema ./rules.schema.json
#
",
    rules: include_str!("../../../rules/exemple.toml"),
    need: ("en service depuis octobre\"", "en service depuis le mois dernier\""),
};

/// The first day of the example's rules: all of its dates move with it.
const EXAMPLE_STARTS: Date = jiff::civil::date(2026, 11, 1);
/// What the example writes with a year and a month.
const EXAMPLE_VERSION: &str = "\"2026.11.0\"";
const EXAMPLE_NOTICE: &str = "\"2026-09\"";
/// The day on which the example's attestations were complete: its notice is of that month.
const BEFORE_START: i64 = 32;

impl New {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let language = self.language.unwrap_or_else(Language::of_the_user);
        let document = document(self.at.unwrap_or_else(today), language);
        match &self.file {
            None => output::bytes(document.as_bytes()),
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
    let help = Language::of_the_user().pick(
        "name a file that does not exist yet",
        "nommer un fichier qui n'existe pas encore",
    );
    files::create(file, document.as_bytes(), help)
}

/// The example, as if it had been written on this day.
fn document(today: Date, language: Language) -> String {
    let noticed = today.saturating_sub(BEFORE_START.days());
    let version = format!("\"{}.{:02}.0\"", today.year(), today.month());
    let notice = format!("\"{}-{:02}\"", noticed.year(), noticed.month());
    let Example {
        head,
        rules,
        need: (in_october, last_month),
    } = match language {
        Language::English => ENGLISH,
        Language::French => IN_FRENCH,
    };
    let example = rules
        .replace(EXAMPLE_VERSION, &version)
        .replace(EXAMPLE_NOTICE, &notice)
        .replace(in_october, last_month);
    let days = today.duration_since(EXAMPLE_STARTS).as_hours() / 24;
    format!("{head}{}", moved(&example, days))
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

    const BOTH: [Language; 2] = [Language::English, Language::French];

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
            for language in BOTH {
                let document = document(day, language);
                for on in [day, day.saturating_add(150.days())] {
                    let reading = read_on(document.as_bytes(), on);
                    assert_eq!(reading.problems, [], "made on {day}, read as on {on}");
                    assert!(reading.rules.is_some());
                }
            }
        }
        for language in BOTH {
            let now = read(document(today(), language).as_bytes(), wall_clock_now());
            assert_eq!(now.problems, []);
        }
    }

    /// The same rules, whatever the language of the notes; only what people read differs.
    #[test]
    fn both_languages_are_the_same_rules() {
        let day = date(2026, 11, 25);
        let [english, french] = [ENGLISH, IN_FRENCH].map(|example| {
            let mut rules = read_on(example.rules.as_bytes(), day).rules.unwrap();
            rules.digest = [0; 32];
            rules
        });
        assert_eq!(english, french);
        // And written key by key in the same order, so that one page explains both.
        let keys = |example: &Example| -> Vec<String> {
            let lines = example.rules.lines().filter(|line| !line.starts_with(['#', ' ']));
            let keys = lines.filter_map(|line| line.split('=').next());
            keys.map(|key| key.trim().to_owned())
                .filter(|key| !key.is_empty())
                .collect()
        };
        assert_eq!(keys(&ENGLISH), keys(&IN_FRENCH));
        let notes = |example: &Example| example.rules.matches('#').count();
        assert!(notes(&IN_FRENCH) >= notes(&ENGLISH));
        for language in BOTH {
            let spoken = document(EXAMPLE_STARTS, language);
            let notes = spoken.lines().filter_map(|line| line.split_once('#'));
            for (_, note) in notes.filter(|_| language == Language::French) {
                let own: String = note.split(['`', '"']).step_by(2).collect();
                for double in [" :", " ;", " !", " ?"] {
                    assert!(!own.contains(double), "no no-break space in: {note}");
                }
            }
        }
    }

    #[test]
    fn its_dates_are_those_of_the_day_it_is_made() {
        let made = document(date(2028, 2, 29), Language::English);
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
        let made = document(date(2028, 2, 29), Language::French);
        assert!(made.contains("en service depuis le mois dernier\""));
        assert!(!made.contains("2026") && !made.contains("2027") && !made.contains("octobre"));
    }

    #[test]
    fn on_the_examples_day_it_is_the_example() {
        let example = EXAMPLE_RULES.replace("in October", "last month");
        let made = document(EXAMPLE_STARTS, Language::English);
        assert_eq!(made, format!("{}{example}", ENGLISH.head));
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
