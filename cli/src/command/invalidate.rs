//! `gardefou invalidate`: what was kept under a false fact is discarded.

use clap::{ArgGroup, Args};
use gardefou::custody::FalseFact;
use gardefou::wall_clock_now;

use crate::custody::{self, Format, Place, Who, asked_by};
use crate::failure::Failure;
use crate::help::Page;
use crate::language::Language;
use crate::output::json;

/// Discard what was kept under a fact that turned out to be false
///
/// A version of the notice that did not tell what it must, a programme that was none, a call that may not be
/// kept: every recording under it goes, with everything beside it, its decision records, and its half of the
/// call recording. What is restricted stays whole, and is told as refused.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, group(ArgGroup::new("fact").required(true).args(["notice", "programme", "call"])))]
pub(super) struct Invalidate {
    /// This version of the employees' notice
    #[arg(long, value_name = "VERSION")]
    notice: Option<String>,

    /// This programme
    #[arg(long, value_name = "ID")]
    programme: Option<String>,

    /// This call, by the reference of its own recorder
    #[arg(long, value_name = "REFERENCE")]
    call: Option<String>,

    #[command(flatten)]
    who: Who,

    #[command(flatten)]
    place: Place,
}

const AFTER_HELP: &str = "\
Example:
  gardefou invalidate --notice 2026-09 --account a-8 --role subject-rights \\
    --viewer e-3 --individual --authorised-until 2027-01-31 \\
    --folder calls --journal calls.journal --rules rules.toml

Exit codes:
  0  everything that was kept under it is gone
  3  something was refused, or could not be deleted: the page says what
  2  the rules or the arguments are malformed
  1  anything else, such as a folder or a journal that cannot be read or is not what was signed";

pub(super) const FRENCH: Page = Page {
    about: "Détruire ce qui a été gardé sous un fait qui s'est révélé faux",
    more: "Une version de l'information qui ne disait pas ce qu'elle doit, un programme qui n'en était pas un, un appel qui ne peut pas être gardé\u{a0}: tout enregistrement gardé sous ce fait disparaît, avec tout ce qui l'accompagne, ses traces de décision et sa moitié de l'enregistrement de l'appel. Ce dont le traitement est limité reste entier, et est signalé comme refusé.",
    arguments: asked_by![
        ("notice", "Cette version de l'information des salariés"),
        ("programme", "Ce programme"),
        ("call", "Cet appel, par la référence de son propre enregistreur"),
    ],
    after: "\
Exemple\u{a0}:
  gardefou invalidate --notice 2026-09 --account a-8 --role subject-rights \\
    --viewer e-3 --individual --authorised-until 2027-01-31 \\
    --folder appels --journal appels.journal --rules regles.toml

Codes de sortie\u{a0}:
  0  tout ce qui avait été gardé sous ce fait a disparu
  3  quelque chose a été refusé ou n'a pas pu être effacé\u{a0}: la page dit quoi
  2  les règles ou les arguments sont mal formés
  1  tout le reste, comme un dossier ou un journal illisible, ou qui n'est pas ce qui a été signé",
};

impl Invalidate {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let opened = self.place.open()?;
        let fact = self.fact()?;
        let done = opened.custody.invalidate(&fact, &self.who.asker(), wall_clock_now());
        let done = done.map_err(|error| custody::unusable(&error))?;
        let format = self.place.format;
        format.print(&match format {
            Format::Text | Format::Html => custody::invalidated(&done, fact.value(), &opened.titles, format.look()),
            Format::Json => json(&custody::invalidated_json(&done))?,
        })?;
        if done.incomplete() {
            return Err(Failure::Answered(3));
        }
        Ok(())
    }

    fn fact(&self) -> Result<FalseFact, Failure> {
        let notice = self.notice.clone().map(FalseFact::Notice);
        let programme = self.programme.clone().map(FalseFact::Programme);
        let call = self.call.clone().map(FalseFact::Call);
        notice.or(programme).or(call).ok_or_else(|| {
            let missing = Language::of_the_user().pick("say which fact is false", "dire quel fait est faux");
            Failure::input(missing.to_owned(), None)
        })
    }
}
