//! `gardefou ledger`: what was recorded, against the caps; and what was reviewed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use gardefou::Timestamp;
use gardefou::ledger::{Balance, Ledger as _, Review, SqliteLedger, Whose};

use super::day::day;
use crate::deciding;
use crate::failure::{self, Failure};
use crate::help::Page;
use crate::language::{Language, say};
use crate::ledger::{self, View};
use crate::output;
use crate::text::{Look, length, plain};

/// See what was recorded, against the caps; say what was reviewed
#[derive(Debug, Args)]
pub(super) struct Ledger {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(Show),
    Reviewed(Reviewed),
}

/// Show what was recorded of each employee and under each programme, against their caps
///
/// The caps and their periods are those of the rules; without rules, what was recorded in seven days is
/// shown. Sessions that were never finished are listed: their recorders crashed. Nothing is changed.
#[derive(Debug, Args)]
#[command(after_help = AFTER_SHOW)]
struct Show {
    /// The ledger
    file: PathBuf,

    /// The rules whose caps are shown
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// A policy component whose caps are shown; several are shown together
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// When: the first instant (UTC) of a day, like 2026-11-25, or milliseconds since 1970; now when left out
    #[arg(long, value_name = "DATE", value_parser = instant)]
    at: Option<Timestamp>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page to read
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Say that recordings were reviewed: they no longer count against the cap on what waits for a review
///
/// Of a session that still runs only what it has settled is released.
#[derive(Debug, Args)]
#[command(after_help = AFTER_REVIEWED)]
struct Reviewed {
    /// The ledger
    file: PathBuf,

    /// The session whose recording was reviewed; several, each with its own option
    #[arg(long, value_name = "SESSION", required_unless_present = "programme")]
    session: Vec<String>,

    /// The programme of which everything before a day was reviewed
    #[arg(long, value_name = "PROGRAMME", conflicts_with = "session", requires = "before")]
    programme: Option<String>,

    /// The first instant (UTC) of the first day that was not reviewed, like 2026-11-25, or milliseconds since 1970
    #[arg(long, value_name = "DATE", value_parser = instant, requires = "programme")]
    before: Option<Timestamp>,
}

const AFTER_SHOW: &str = "\
Examples:
  gardefou ledger show ledger.db --rules rules.toml
  gardefou ledger show ledger.db --policy policy.wasm --at 2026-11-25
  gardefou ledger show ledger.db --format json

Exit codes:
  0  it was shown, whatever it says
  2  the file is no ledger that this version reads, or the rules or the arguments are malformed
  1  anything else, such as a file that cannot be read";

const AFTER_REVIEWED: &str = "\
Examples:
  gardefou ledger reviewed ledger.db --session s-2026-11-25-0017
  gardefou ledger reviewed ledger.db --programme crm-onboarding --before 2026-11-25

Exit codes:
  0  it was written, also when nothing waited
  3  the ledger knows of no such programme
  2  the file is no ledger that this version reads, or the arguments are malformed
  1  anything else, such as a file that cannot be written";

pub(super) const FRENCH: Page = Page {
    about: "Voir ce qui a été enregistré, face aux plafonds\u{a0}; dire ce qui a été revu",
    more: "",
    arguments: &[],
    after: "",
};

pub(super) const FRENCH_SHOW: Page = Page {
    about: "Montrer ce qui a été enregistré de chaque salarié et sous chaque programme, face à leurs plafonds",
    more: "Les plafonds et leurs périodes sont ceux des règles\u{a0}; sans règles, c'est ce qui a été enregistré en sept jours. Les sessions jamais terminées sont listées\u{a0}: leur enregistreur s'est arrêté net. Rien n'est modifié.",
    arguments: &[
        ("file", "Le registre"),
        ("rules", "Les règles dont les plafonds sont montrés"),
        (
            "policy",
            "Un fichier de règles publié dont les plafonds sont montrés\u{a0}; plusieurs le sont ensemble",
        ),
        (
            "at",
            "Quand\u{a0}: le premier instant (UTC) d'un jour, comme 2026-11-25, ou des millisecondes depuis 1970\u{a0}; maintenant par défaut",
        ),
        ("format", "Ce qui est affiché"),
    ],
    after: "\
Exemples\u{a0}:
  gardefou ledger show ledger.db --rules regles.toml
  gardefou ledger show ledger.db --policy policy.wasm --at 2026-11-25
  gardefou ledger show ledger.db --format json

Codes de sortie\u{a0}:
  0  c'est montré, quoi qu'il dise
  2  le fichier n'est pas un registre que cette version lit, ou les règles ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

pub(super) const FRENCH_REVIEWED: Page = Page {
    about: "Dire que des enregistrements ont été revus\u{a0}: ils ne comptent plus dans le plafond de ce qui attend d'être revu",
    more: "D'une session encore en cours, seul ce qu'elle a déjà compté est libéré.",
    arguments: &[
        ("file", "Le registre"),
        (
            "session",
            "La session dont l'enregistrement a été revu\u{a0}; plusieurs, chacune avec son option",
        ),
        ("programme", "Le programme dont tout a été revu avant un jour"),
        (
            "before",
            "Le premier instant (UTC) du premier jour qui n'a pas été revu, comme 2026-11-25, ou des millisecondes depuis 1970",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou ledger reviewed ledger.db --session s-2026-11-25-0017
  gardefou ledger reviewed ledger.db --programme crm-onboarding --before 2026-11-25

Codes de sortie\u{a0}:
  0  c'est écrit, même si rien n'attendait
  3  le registre ne connaît pas ce programme
  2  le fichier n'est pas un registre que cette version lit, ou les arguments sont mal formés
  1  tout le reste, comme un fichier qui ne peut pas être écrit",
};

/// An instant on the command line: a day, or milliseconds.
fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(millis) = text.parse::<u64>() {
        return Ok(Timestamp::from_millis(millis));
    }
    let start = jiff::tz::TimeZone::UTC.to_timestamp(day(text)?.at(0, 0, 0, 0)).ok();
    let millis = start.and_then(|start| u64::try_from(start.as_millisecond()).ok());
    Ok(Timestamp::from_millis(millis.unwrap_or_default()))
}

impl Ledger {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Show(show) => show.run(),
            Command::Reviewed(reviewed) => reviewed.run(),
        }
    }
}

impl Show {
    fn run(&self) -> Result<(), Failure> {
        let ledger = SqliteLedger::open_to_read(&self.file)?;
        let policies = self.policies()?;
        let at = self.at.unwrap_or_else(gardefou::wall_clock_now);
        let view = View::of(&ledger, &policies, at)?;
        match self.format {
            Format::Text => output::page(&ledger::page(&view, Look::of_the_terminal())),
            Format::Json => output::bytes(&ledger::json(&view).map_err(anyhow::Error::new)?),
        }
    }

    fn policies(&self) -> Result<Vec<gardefou::Policy>, Failure> {
        if self.rules.is_none() && self.policy.is_empty() {
            return Ok(Vec::new());
        }
        deciding::policies(&deciding::runtime()?, self.rules.as_deref(), &self.policy)
    }
}

impl Reviewed {
    /// A programme that the ledger never counted anything of is misspelt.
    fn known(&self, ledger: &SqliteLedger) -> Result<(), Failure> {
        let Some(programme) = &self.programme else {
            return Ok(());
        };
        let counted = ledger.balances(gardefou::wall_clock_now(), gardefou::Millis::MAX)?;
        let is_it = |balance: &Balance| matches!(&balance.of, Whose::Programme(name) if name == programme);
        if counted.iter().any(is_it) {
            return Ok(());
        }
        let programme = plain(programme);
        failure::say(&say!(
            Language::of_the_user(),
            "no such programme in the ledger: `{programme}`",
            "aucun programme de ce nom dans le registre\u{a0}: `{programme}`"
        ));
        Err(Failure::Answered(3))
    }

    fn run(&self) -> Result<(), Failure> {
        let ledger = SqliteLedger::open_existing(&self.file)?;
        self.known(&ledger)?;
        let mut released = 0u64;
        for session in &self.session {
            released = released.saturating_add(ledger.reviewed(&Review::Session(session))?);
        }
        if let (Some(programme), Some(before)) = (&self.programme, self.before) {
            released = released.saturating_add(ledger.reviewed(&Review::Programme { programme, before })?);
        }
        let released = length(released);
        output::page(&say!(
            Language::of_the_user(),
            "{released} no longer wait for a review\n",
            "{released} n'attendent plus d'être revues\n"
        ))
    }
}
