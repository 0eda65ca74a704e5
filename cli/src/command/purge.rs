//! `gardefou purge`: what is past its time goes.

use clap::Args;
use gardefou::wall_clock_now;
use jiff::civil::Date;

use super::day;
use crate::custody::{self, Format, Place, arguments};
use crate::failure::Failure;
use crate::help::Page;
use crate::output::json;

/// Delete what is past its time: recordings, analyses, temporary files, entries of the journal
///
/// What is restricted, and what an open request is about, stays, and nothing else does. What belongs to no recording is told
/// and left alone. Run it once a day: what an earlier run began and a power cut ended is finished first.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Purge {
    /// Tell what would go, and touch nothing
    #[arg(long)]
    dry_run: bool,

    /// Tell what will be past its time at the start of this day (UTC); for a dry run
    #[arg(long, value_name = "DATE", value_parser = day, requires = "dry_run")]
    at: Option<Date>,

    /// Somebody looked at the clock of this machine, and it is right: the account that says so, and is journalled
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "dry_run")]
    clock_is_right: Option<String>,

    #[command(flatten)]
    place: Place,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou purge --folder calls --journal calls.journal --rules rules.toml
  gardefou purge --folder calls --journal calls.journal --rules rules.toml --dry-run --at 2027-01-31

Exit codes:
  0  nothing that is past its time is left
  3  something is past its time and still there: it could not be deleted, the call's own recorder could not
     discard its half, or it was a dry run; or a sidecar contradicts the journal
  2  the rules or the arguments are malformed
  1  anything else, such as a folder or a journal that cannot be read or is not what was signed, or a clock that leaps";

pub(super) const FRENCH: Page = Page {
    about: "Effacer ce dont le délai est dépassé\u{a0}: enregistrements, analyses, fichiers temporaires, entrées du journal",
    more: "Ce qui est limité et ce que concerne une demande ouverte reste, et rien d'autre. Ce qui n'appartient à aucun enregistrement est signalé et laissé en place. À lancer chaque jour\u{a0}: ce qu'une coupure de courant a interrompu est d'abord terminé.",
    arguments: arguments![
        ("dry_run", "Dire ce qui disparaîtrait, et ne toucher à rien"),
        (
            "at",
            "Dire ce dont le délai sera dépassé au début de ce jour (UTC)\u{a0}; en simulation seulement",
        ),
        (
            "clock_is_right",
            "Quelqu'un a regardé l'horloge de cette machine, et elle est juste\u{a0}: le compte qui le dit, journalisé",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou purge --folder appels --journal appels.journal --rules regles.toml
  gardefou purge --folder appels --journal appels.journal --rules regles.toml --dry-run --at 2027-01-31

Codes de sortie\u{a0}:
  0  il ne reste rien dont le délai soit dépassé
  3  il reste quelque chose dont le délai est dépassé\u{a0}: il n'a pas pu être effacé, l'enregistreur de l'appel
     n'a pas pu effacer sa moitié, ou c'était une simulation\u{a0}; ou un fichier d'accompagnement contredit le journal
  2  les règles ou les arguments sont mal formés
  1  tout le reste, comme un dossier ou un journal illisible, ou qui n'est pas ce qui a été signé, ou une horloge qui saute",
};

impl Purge {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let opened = self.place.open()?;
        let at = self.at.and_then(custody::start).unwrap_or_else(wall_clock_now);
        if let Some(account) = &self.clock_is_right {
            let said = opened.custody.clock_is_right(account, at);
            said.map_err(|error| custody::unusable(&error))?;
        }
        let report = opened.custody.purge(at, self.dry_run);
        let report = report.map_err(|error| custody::unusable(&error))?;
        let folder = opened.custody.folder().display().to_string();
        let format = self.place.format;
        format.print(&match format {
            Format::Text | Format::Html => custody::purge(&report, &folder, format.look()),
            Format::Json => json(&custody::purge_json(&report))?,
        })?;
        if report.still_there() {
            return Err(Failure::Answered(3));
        }
        Ok(())
    }
}
