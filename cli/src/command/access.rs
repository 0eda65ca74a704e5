//! `gardefou access`: a recording, once the policies allow it and the journal knows.

use std::io;
use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use gardefou::custody::{AccessAnswer, AccessRequest, Granted, Subject};
use gardefou::{Artefact, Operation, Purpose, private, wall_clock_now};

use crate::custody::{self, Format, Place, Who, asked_by};
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::Language;
use crate::output::json;

/// Ask for a recording: the policies decide, the journal is told, and only then it is handed out
///
/// The recording is named by its name in the folder, or by its session. What is refused is journalled too. A
/// recording whose sidecar is not the one that was decided is refused; but for a person's right or for oversight,
/// where the request says whose it is and the journal does not say otherwise.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, group(ArgGroup::new("whose").args(["employee", "call"])))]
pub(super) struct Access {
    /// The recording: its name in the folder, or its session
    recording: String,

    /// What to do with it
    #[arg(long, value_enum)]
    operation: AskedOperation,

    /// What for
    #[arg(long, value_enum)]
    purpose: AskedPurpose,

    /// What of it
    #[arg(long, value_enum, default_value_t)]
    artefact: AskedArtefact,

    /// The programme of an anonymised copy whose recording is gone
    #[arg(long)]
    programme: Option<String>,

    /// Whose it is, by token: the journal must agree. For what nothing else shows to be anybody's
    #[arg(long, value_name = "TOKEN")]
    employee: Option<String>,

    /// Of which call it is, by the reference of its own recorder: the journal must agree
    #[arg(long, value_name = "REFERENCE")]
    call: Option<String>,

    /// Copy the files into this folder, instead of telling where they are
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    #[command(flatten)]
    who: Who,

    #[command(flatten)]
    place: Place,
}

/// What one may do with a recording.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AskedOperation {
    View,
    Annotate,
    TrainOthers,
    Export,
}

/// What for; what no rules allow can be asked for, and is refused.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AskedPurpose {
    Training,
    Evaluation,
    Quality,
    Evidence,
    Monitoring,
    SubjectRight,
    Oversight,
    Other,
}

/// What of a recording.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum AskedArtefact {
    #[default]
    Recording,
    AnonymisedCopy,
    Analysis,
}

const AFTER_HELP: &str = "\
Example:
  gardefou access s-17 --operation view --purpose training --account a-7 \\
    --role trainer --viewer e-9 --individual --authorised-until 2027-01-31 \\
    --folder calls --journal calls.journal --rules rules.toml

Exit codes:
  0  it was granted, and the journal knows
  3  it was refused: by a rule, because nothing shows that it is the recording that was decided,
     or because the journal is not what was signed
  2  the rules or the arguments are malformed
  1  anything else, such as a folder or a journal that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Demander un enregistrement\u{a0}: les règles décident, le journal en prend acte, et alors seulement il est remis",
    more: "L'enregistrement est désigné par son nom dans le dossier ou par sa session. Un refus est journalisé aussi. Un enregistrement dont le fichier d'accompagnement n'est pas celui de la décision est refusé\u{a0}; sauf pour le droit d'une personne ou pour un contrôle, si la demande dit à qui il est et que le journal ne dit pas le contraire.",
    arguments: asked_by![
        (
            "recording",
            "L'enregistrement\u{a0}: son nom dans le dossier, ou sa session"
        ),
        ("operation", "Ce qu'on veut en faire"),
        ("purpose", "La finalité"),
        ("artefact", "Ce qu'on en veut"),
        (
            "programme",
            "Le programme d'une copie anonymisée dont l'enregistrement n'est plus là",
        ),
        (
            "employee",
            "À qui il est, par son identifiant pseudonyme\u{a0}: le journal doit être d'accord. Pour ce que rien d'autre n'attribue à personne",
        ),
        (
            "call",
            "De quel appel il est, par la référence de son propre enregistreur\u{a0}: le journal doit être d'accord",
        ),
        (
            "output",
            "Copier les fichiers dans ce dossier, au lieu de dire où ils sont",
        ),
    ],
    after: "\
Exemple\u{a0}:
  gardefou access s-17 --operation view --purpose training --account a-7 \\
    --role trainer --viewer e-9 --individual --authorised-until 2027-01-31 \\
    --folder appels --journal appels.journal --rules regles.toml

Codes de sortie\u{a0}:
  0  c'est accordé, et le journal en a pris acte
  3  c'est refusé\u{a0}: par une règle, parce que rien ne montre que c'est bien l'enregistrement de la
     décision, ou parce que le journal n'est pas ce qui a été signé
  2  les règles ou les arguments sont mal formés
  1  tout le reste, comme un dossier ou un journal illisible",
};

impl Access {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let opened = self.place.open()?;
        let asker = self.who.asker();
        let employee = self.employee.clone().map(Subject::Employee);
        let subject = employee.or_else(|| self.call.clone().map(Subject::Call));
        let request = AccessRequest {
            recording: &self.recording,
            operation: self.operation.into(),
            artefact: self.artefact.into(),
            purpose: self.purpose.into(),
            programme: self.programme.as_deref(),
            subject: subject.as_ref(),
            asker: &asker,
            at: wall_clock_now(),
        };
        let answer = opened
            .custody
            .access(&request)
            .map_err(|error| custody::unusable(&error))?;
        let look = self.place.format.look();
        let page = match (&answer, self.place.format) {
            (AccessAnswer::Granted(granted), Format::Text | Format::Html) => {
                custody::granted(granted, &self.given(granted)?, look)
            }
            (AccessAnswer::Granted(granted), Format::Json) => {
                self.given(granted)?;
                json(&custody::access_json(&answer))?
            }
            (AccessAnswer::Refused(refused), Format::Text | Format::Html) => {
                custody::refused(refused, &opened.titles, look)
            }
            (AccessAnswer::Refused(_), Format::Json) => json(&custody::access_json(&answer))?,
        };
        self.place.format.print(&page)?;
        match answer {
            AccessAnswer::Granted(_) => Ok(()),
            AccessAnswer::Refused(_) => Err(Failure::Answered(3)),
        }
    }

    /// Where the files are: in the folder, or where they were copied to.
    fn given(&self, granted: &Granted) -> Result<Vec<String>, Failure> {
        let Some(into) = &self.output else {
            return Ok(granted.files.iter().map(|path| path.display().to_string()).collect());
        };
        private::create_folders(into).map_err(|error| files::unwritable(into, error))?;
        let files = granted.open().map_err(|error| files::unwritable(into, error))?;
        let mut copies = Vec::new();
        for (path, mut from) in granted.files.iter().zip(files) {
            let copy = into.join(path.file_name().unwrap_or_default());
            let copied = private::create_new(&copy).and_then(|mut to| {
                io::copy(&mut from, &mut to)?;
                to.sync_all()
            });
            copied.map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => files::already_there(&copy, another_folder()),
                _ => files::unwritable(&copy, error),
            })?;
            copies.push(copy.display().to_string());
        }
        Ok(copies)
    }
}

fn another_folder() -> &'static str {
    Language::of_the_user().pick("name another folder", "nommer un autre dossier")
}

impl From<AskedOperation> for Operation {
    fn from(asked: AskedOperation) -> Self {
        match asked {
            AskedOperation::View => Self::View,
            AskedOperation::Annotate => Self::Annotate,
            AskedOperation::TrainOthers => Self::TrainOthers,
            AskedOperation::Export => Self::Export,
        }
    }
}

impl From<AskedPurpose> for Purpose {
    fn from(asked: AskedPurpose) -> Self {
        match asked {
            AskedPurpose::Training => Self::Training,
            AskedPurpose::Evaluation => Self::Evaluation,
            AskedPurpose::Quality => Self::Quality,
            AskedPurpose::Evidence => Self::Evidence,
            AskedPurpose::Monitoring => Self::Monitoring,
            AskedPurpose::SubjectRight => Self::SubjectRight,
            AskedPurpose::Oversight => Self::Oversight,
            AskedPurpose::Other => Self::Other,
        }
    }
}

impl From<AskedArtefact> for Artefact {
    fn from(asked: AskedArtefact) -> Self {
        match asked {
            AskedArtefact::Recording => Self::Recording,
            AskedArtefact::AnonymisedCopy => Self::AnonymisedCopy,
            AskedArtefact::Analysis => Self::Analysis,
        }
    }
}
