//! `gardefou rights`: a person's request about their own data.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use gardefou::custody::{AskedBy, Right, RightRequest, Subject};
use gardefou::{Timestamp, wall_clock_now};
use jiff::civil::Date;

use super::day;
use crate::custody::{self, Format, Place, Who, asked_by};
use crate::failure::Failure;
use crate::help::Page;
use crate::language::Language;
use crate::output::json;

/// Answer a person's request: find, disclose, erase, restrict, release, open, close
///
/// Everything about an employee or a call is looked for, in the folder and in the journal. Whose it is the journal
/// says: a sidecar counts only where it is the one that was decided. Each thing is asked about on its own; one that
/// is refused does not stop the others. What is printed is the receipt.
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

    /// Who asks; without it the employee, or with `--call` the call's other party
    #[arg(long, value_enum, required_if_eq("request", "restrict"))]
    asked_by: Option<AskedByWhom>,

    /// The reference of the request, which names nobody: to restrict, to open and to close
    #[arg(long, value_name = "REFERENCE", required_if_eq_any([("request", "restrict"), ("request", "open"), ("request", "close")]))]
    reference: Option<String>,

    /// The day on which somebody looks whether the restriction is still needed (UTC)
    #[arg(long, value_name = "DATE", value_parser = day, required_if_eq("request", "restrict"))]
    review: Option<Date>,

    /// The day on which the person was told that the restriction ends (UTC; RGPD 18.3)
    #[arg(long, value_name = "DATE", value_parser = day, required_if_eq("request", "release"))]
    told_on: Option<Date>,

    /// The last day of an open request (UTC); four weeks without it, and three months from its receipt at most
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Date>,

    /// This recording alone, by its name in the folder: also one of which the journal knows nothing
    #[arg(long, value_name = "NAME")]
    recording: Option<String>,

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
    /// End a restriction: that of whoever asks
    Release,
    /// Say that a request came in: nothing that it is about is purged meanwhile
    Open,
    /// Say that it was answered
    Close,
}

/// Who asks.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AskedByWhom {
    /// The employee who was recorded
    Employee,
    /// The call's other party
    Party,
    /// A supervisory authority
    Authority,
    /// A court
    Court,
}

impl From<AskedByWhom> for AskedBy {
    fn from(asked: AskedByWhom) -> Self {
        match asked {
            AskedByWhom::Employee => Self::Employee,
            AskedByWhom::Party => Self::Party,
            AskedByWhom::Authority => Self::Authority,
            AskedByWhom::Court => Self::Court,
        }
    }
}

const AFTER_HELP: &str = "\
Examples:
  gardefou rights open --employee e-1001 --reference r-12 --account a-8 --role subject-rights \\
    --viewer e-3 --individual --authorised-until 2027-01-31 \\
    --folder calls --journal calls.journal --rules rules.toml
  gardefou rights erase --employee e-1001 --account a-8 --role subject-rights \\
    --viewer e-3 --individual --authorised-until 2027-01-31 \\
    --folder calls --journal calls.journal --rules rules.toml

Exit codes:
  0  it was done for everything that was found, or nothing is kept about somebody who is known
  3  something was refused or could not be done, nothing was restricted that was to be released,
     the recording that was named is not there, nobody knows the name, or a sidecar contradicts
     the journal: the receipt says what
  2  the rules or the arguments are malformed; or the reference is that of another person's
     request, or an extension would shorten one
  1  anything else, such as a folder or a journal that cannot be read, or is not what was signed";

pub(super) const FRENCH: Page = Page {
    about: "Répondre à la demande d'une personne\u{a0}: trouver, communiquer, effacer, limiter, lever la limitation, ouvrir, clore",
    more: "Tout ce qui concerne un salarié ou un appel est cherché, dans le dossier et dans le journal. C'est le journal qui dit à qui c'est\u{a0}: un fichier d'accompagnement ne compte que s'il est celui de la décision. Chaque chose fait l'objet d'une question\u{a0}; un refus n'arrête pas les autres. Ce qui s'affiche est le reçu.",
    arguments: asked_by![
        (
            "request",
            "La demande\u{a0}: trouver, communiquer, effacer, limiter, lever la limitation, ouvrir, clore",
        ),
        ("employee", "À propos de ce salarié, par son identifiant pseudonyme"),
        (
            "call",
            "À propos de cet appel, par la référence de son propre enregistreur",
        ),
        (
            "asked_by",
            "Qui demande\u{a0}; sinon le salarié, ou avec `--call` l'autre partie de l'appel",
        ),
        (
            "reference",
            "La référence de la demande, qui ne nomme personne\u{a0}: pour limiter, ouvrir et clore",
        ),
        (
            "review",
            "Le jour où l'on regarde si la limitation est encore nécessaire (UTC)",
        ),
        (
            "told_on",
            "Le jour où la personne a été informée de la levée de la limitation (UTC\u{a0}; RGPD 18.3)",
        ),
        (
            "until",
            "Le dernier jour d'une demande ouverte (UTC)\u{a0}; sinon quatre semaines, et trois mois au plus après sa réception",
        ),
        (
            "recording",
            "Cet enregistrement seul, par son nom dans le dossier\u{a0}: même un dont le journal ne sait rien",
        ),
        ("output", "Où vont les copies, pour communiquer"),
    ],
    after: "\
Exemples\u{a0}:
  gardefou rights open --employee e-1001 --reference r-12 --account a-8 --role subject-rights \\
    --viewer e-3 --individual --authorised-until 2027-01-31 \\
    --folder appels --journal appels.journal --rules regles.toml
  gardefou rights erase --employee e-1001 --account a-8 --role subject-rights \\
    --viewer e-3 --individual --authorised-until 2027-01-31 \\
    --folder appels --journal appels.journal --rules regles.toml

Codes de sortie\u{a0}:
  0  c'est fait pour tout ce qui a été trouvé, ou rien n'est gardé au sujet de quelqu'un qui est connu
  3  quelque chose a été refusé ou n'a pas pu être fait, rien n'était limité de ce dont la limitation
     devait être levée, l'enregistrement nommé n'est pas là, personne ne connaît ce nom, ou un fichier
     d'accompagnement contredit le journal\u{a0}: le reçu dit quoi
  2  les règles ou les arguments sont mal formés\u{a0}; ou la référence est celle de la demande de
     quelqu'un d'autre, ou une prolongation raccourcirait une demande
  1  tout le reste, comme un dossier ou un journal illisible, ou qui n'est pas ce qui a été signé",
};

impl Rights {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let opened = self.place.open()?;
        let (right, subject, asker) = (self.right()?, self.subject()?, self.who.asker());
        let request = RightRequest {
            right: &right,
            subject: &subject,
            asked_by: self.asked_by(),
            recording: self.recording.as_deref(),
            asker: &asker,
            at: wall_clock_now(),
        };
        let receipt = opened
            .custody
            .right(&request)
            .map_err(|error| custody::unusable(&error))?;
        let format = self.place.format;
        format.print(&match format {
            Format::Text | Format::Html => custody::receipt(&receipt, &right, &opened.titles, format.look()),
            Format::Json => json(&custody::receipt_json(&receipt))?,
        })?;
        if receipt.incomplete() || !receipt.known {
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
            (Asked::Restrict, _) => Right::Restrict {
                reference: self.reference.clone().unwrap_or_default(),
                // A day that cannot be is one that is past.
                review: self.review.and_then(custody::start).unwrap_or(Timestamp::MIN),
            },
            (Asked::Release, _) => Right::Release {
                told_on: self.told_on.and_then(custody::start).unwrap_or(Timestamp::MAX),
            },
            (Asked::Open, _) => Right::Open {
                reference: self.reference.clone().unwrap_or_default(),
                until: self.until.map(|last| custody::after(last).unwrap_or(Timestamp::MAX)),
            },
            (Asked::Close, _) => Right::Close {
                reference: self.reference.clone().unwrap_or_default(),
            },
        })
    }

    /// Who asks; whoever the request is about, where nobody says so.
    fn asked_by(&self) -> AskedBy {
        let whose = if self.call.is_some() {
            AskedBy::Party
        } else {
            AskedBy::Employee
        };
        self.asked_by.map_or(whose, AskedBy::from)
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
