//! `gardefou replay`: what other rules would have decided over everything journalled.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use gardefou::Policy;
use gardefou::journal::{Balance, DecisionRecord, Record, Replayed, replay};
use indicatif::{ProgressBar, ProgressStyle};

use crate::deciding;
use crate::failure::Failure;
use crate::help::Page;
use crate::journal::Trusted;
use crate::language::{Language, say};
use crate::output;
use crate::text::{Look, Titles, replayed};

/// How many entries are read at once.
const AT_ONCE: usize = 256;

/// Below this many entries nobody waits long enough for a progress bar.
const MANY: u64 = 500;

/// Say what other rules would have decided over everything journalled
///
/// Every decision record is decided again, frame by frame, from the facts that it holds. Windows count as what
/// they were classified as then, and counters as they were counted then: what the new rules match, and over
/// which periods they count, is outside its reach. What was discarded, and what is only counted (private calls,
/// pauses, protected lines), is not in the journal.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[command(group(ArgGroup::new("new").required(true).args(["policy", "rules"])))]
pub(super) struct Replay {
    /// The journal
    journal: PathBuf,

    /// A policy to decide by, a component or a rule document; several are combined, and the strictest wins
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// A rule document to decide by
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// The key that must have signed the journal: a file, or the key itself; `JOURNAL.pub` when there is none
    #[arg(long, value_name = "KEY")]
    key: Option<OsString>,

    /// What to print: a page with the sums and each changed decision, or one JSON object a changed decision
    /// and one with the sums
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page
    #[default]
    Text,
    /// JSON Lines
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou replay calls.journal --policy new.wasm
  gardefou replay calls.journal --rules rules.toml --format json

Exit codes:
  0  everything that the journal still holds was decided again, whatever came of it
  3  something in the journal is not what was signed: the first line says what
  2  the journal, the rules or the arguments are malformed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Dire ce que d'autres règles auraient décidé de tout ce qui est au journal",
    more: "Chaque décision est reprise, image par image, à partir des faits qu'elle contient. Les fenêtres comptent pour ce qu'elles étaient alors, et les compteurs comme ils étaient alors\u{a0}: ce que les nouvelles règles reconnaissent, et les périodes sur lesquelles elles comptent, sont hors de portée. Ce qui a été supprimé, et ce qui est seulement compté (appels privés, pauses, lignes protégées), n'est pas au journal.",
    arguments: &[
        ("journal", "Le journal"),
        (
            "policy",
            "Ce qui décide, un fichier de règles publié ou un document\u{a0}; plusieurs se combinent, et le plus strict l'emporte",
        ),
        ("rules", "Un document de règles qui décide"),
        (
            "key",
            "La clé qui doit avoir signé le journal\u{a0}: un fichier, ou la clé elle-même\u{a0}; `JOURNAL.pub` sans elle",
        ),
        (
            "format",
            "La forme de la réponse\u{a0}: une page avec les sommes et chaque décision changée, ou un objet JSON par décision changée et un pour les sommes",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou replay appels.journal --policy nouveau.wasm
  gardefou replay appels.journal --rules regles.toml --format json

Codes de sortie\u{a0}:
  0  tout ce que le journal contient encore a été décidé à nouveau, quel qu'en soit le résultat
  3  quelque chose dans le journal n'est pas ce qui a été signé\u{a0}: la première ligne dit quoi
  2  le journal, les règles ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

/// What was decided again.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The sums.
    pub(crate) balance: Balance,
    /// Each record in which anything changed, in the order of the journal.
    pub(crate) changed: Vec<Replayed>,
    /// The decisions that were forgotten, for whatever reason: their facts are gone.
    pub(crate) forgotten: u64,
}

impl Replay {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let runtime = deciding::runtime()?;
        let policies = self.policies(&runtime)?;
        let titles = Titles::of(&policies);
        let journal = Trusted::open(&self.journal, self.key.as_deref())?;
        if let Some(first) = journal.first_line(self.format == Format::Json) {
            output::page(&format!("{first}\n"))?;
        }
        let outcome = self.decide(&journal, policies)?;
        match self.format {
            Format::Text => {
                let name = self.journal.display().to_string();
                output::page(&replayed::render(&name, &outcome, &titles, Look::of_the_terminal()))?;
            }
            Format::Json => json(&outcome)?,
        }
        journal.ended()
    }

    fn policies(&self, runtime: &gardefou::Runtime) -> Result<Vec<Policy>, Failure> {
        if let Some(rules) = &self.rules {
            return Ok(vec![deciding::load_either(runtime, rules)?]);
        }
        self.policy
            .iter()
            .map(|file| deciding::load_either(runtime, file))
            .collect()
    }

    fn decide(&self, journal: &Trusted, policies: Vec<Policy>) -> Result<Outcome, Failure> {
        let handle = deciding::handle(policies)?;
        let size = journal.reader().head()?.size;
        let progress = progress(size);
        let mut outcome = Outcome::default();
        let mut next = 0;
        while next < size {
            let entries = journal.entries(next, AT_ONCE)?;
            let Some(last) = entries.last() else { break };
            let after = last.index.saturating_add(1);
            for entry in entries {
                match entry.record {
                    Some(Record::Decision(record)) => {
                        let replayed = self.again(&handle, &record, entry.index)?;
                        outcome.balance.add(&replayed);
                        if !replayed.changed.is_empty() {
                            outcome.changed.push(replayed);
                        }
                    }
                    Some(_) => {}
                    None => outcome.forgotten += u64::from(entry.kind == "decision"),
                }
            }
            next = after;
            progress.set_position(next);
        }
        progress.finish_and_clear();
        Ok(outcome)
    }

    fn again(&self, handle: &gardefou::PolicyHandle, record: &DecisionRecord, index: u64) -> Result<Replayed, Failure> {
        replay(handle, record).map_err(|malformed| {
            let language = Language::of_the_user();
            let (name, why) = (self.journal.display(), language.of(malformed.text()));
            let problem = say!(
                language,
                "{name}: entry {index} cannot be decided again: {why}",
                "{name}\u{a0}: l'entrée {index} ne peut pas être décidée à nouveau\u{a0}: {why}"
            );
            let help = language.pick(
                "see with `gardefou journal verify` whether the journal is what was written",
                "vérifier l'intégrité du journal par `gardefou journal verify`",
            );
            Failure::input(problem, Some(help))
        })
    }
}

fn progress(entries: u64) -> ProgressBar {
    if entries < MANY {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(Language::of_the_user().pick(
        "deciding again {wide_bar} {pos} of {len} entries, {eta} left",
        "nouvelle décision {wide_bar} {pos} entrées sur {len}, reste {eta}",
    ));
    ProgressBar::new(entries).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// One object a changed decision, then one with the sums.
fn json(outcome: &Outcome) -> Result<(), Failure> {
    let mut out = Vec::new();
    for line in replayed::json(outcome) {
        writeln!(out, "{line}")?;
    }
    output::bytes(&out)
}
