//! `gardefou rights`: a person's request about their own data.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use gardefou::custody::{Right, RightRequest, Subject};
use gardefou::wall_clock_now;

use super::diff::json;
use crate::custody::{self, Format, Place, Who, asked_by};
use crate::failure::Failure;
use crate::help::Page;
use crate::language::Language;
use crate::output;
use crate::text::Look;

/// Answer a person's request: find, disclose, erase, restrict, release
///
/// Everything about an employee or a call is looked for, in the folder and in the journal. Each thing is asked
/// about on its own; one that is refused does not stop the others. What is printed is the receipt.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, group(ArgGroup::new("whose").required(true).args(["employee", "call"])))]
pub(super) struct Rights {
    /// What is asked for
    #[arg(value_enum)]
    request: Asked,

    /// About this employee, by token
    #[arg(long, value_name = "TOKEN")]
    employee: Option<String>,

    /// About this call, by the reference of its own recorder
    #[arg(long, value_name = "REFERENCE")]
    call: Option<String>,

    /// Where the copies go, to disclose
    #[arg(short, long, value_name = "DIR", required_if_eq("request", "disclose"))]
    output: Option<PathBuf>,

    #[command(flatten)]
    who: Who,

    #[command(flatten)]
    place: Place,
}

/// What a person asks for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Asked {
    /// Tell what is kept
    Find,
    /// Copy what may be disclosed
    Disclose,
    /// Delete everything
    Erase,
    /// Let nobody work with it
    Restrict,
    /// End a restriction
    Release,
}

const AFTER_HELP: &str = "\
Example:
  gardefou rights erase --employee e-1001 --account a-8 --role subject-rights --viewer e-3 --individual \\
    --authorised-until 2027-01-31 --folder calls --journal calls.journal --rules rules.toml

Exit codes:
  0  it was done for everything that was found
  3  something was refused, or could not be done: the receipt says what
  2  the rules or the arguments are malformed
  1  anything else, such as a folder or a journal that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Répondre à la demande d'une personne\u{a0}: trouver, communiquer, effacer, limiter, lever la limitation",
    more: "Tout ce qui concerne un salarié ou un appel est cherché, dans le dossier et dans le journal. Chaque chose fait l'objet d'une question\u{a0}; un refus n'arrête pas les autres. Ce qui s'affiche est le reçu.",
    arguments: asked_by![
        (
            "request",
            "La demande\u{a0}: trouver, communiquer, effacer, limiter, lever la limitation",
        ),
        ("employee", "À propos de ce salarié, par son jeton"),
        (
            "call",
            "À propos de cet appel, par la référence de son propre enregistreur",
        ),
        ("output", "Où vont les copies, pour communiquer"),
    ],
    after: "\
Exemple\u{a0}:
  gardefou rights erase --employee e-1001 --account a-8 --role subject-rights --viewer e-3 --individual \\
    --authorised-until 2027-01-31 --folder appels --journal appels.journal --rules regles.toml

Codes de sortie\u{a0}:
  0  c'est fait pour tout ce qui a été trouvé
  3  quelque chose a été refusé ou n'a pas pu être fait\u{a0}: le reçu dit quoi
  2  les règles ou les arguments sont mal formés
  1  tout le reste, comme un dossier ou un journal illisible",
};

impl Rights {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let opened = self.place.open()?;
        let (right, subject, asker) = (self.right()?, self.subject()?, self.who.asker());
        let request = RightRequest {
            right: &right,
            subject: &subject,
            asker: &asker,
            at: wall_clock_now(),
        };
        let receipt = opened
            .custody
            .right(&request)
            .map_err(|error| custody::unusable(&error))?;
        output::page(&match self.place.format {
            Format::Text => custody::receipt(&receipt, &right, &opened.titles, Look::of_the_terminal()),
            Format::Json => json(&custody::receipt_json(&receipt))?,
        })?;
        if receipt.incomplete() {
            return Err(Failure::Answered(3));
        }
        Ok(())
    }

    fn right(&self) -> Result<Right, Failure> {
        Ok(match (self.request, &self.output) {
            (Asked::Find, _) => Right::Find,
            (Asked::Disclose, Some(into)) => Right::Disclose { into: into.clone() },
            (Asked::Disclose, None) => {
                return Err(missing(
                    "say where the copies go, with `-o`",
                    "dire où vont les copies, avec `-o`",
                ));
            }
            (Asked::Erase, _) => Right::Erase,
            (Asked::Restrict, _) => Right::Restrict,
            (Asked::Release, _) => Right::Release,
        })
    }

    fn subject(&self) -> Result<Subject, Failure> {
        match (&self.employee, &self.call) {
            (Some(token), _) => Ok(Subject::Employee(token.clone())),
            (None, Some(reference)) => Ok(Subject::Call(reference.clone())),
            (None, None) => Err(missing(
                "say whose, with `--employee` or `--call`",
                "dire de qui, avec `--employee` ou `--call`",
            )),
        }
    }
}

fn missing(english: &str, french: &str) -> Failure {
    Failure::input(Language::of_the_user().pick(english, french).to_owned(), None)
}
