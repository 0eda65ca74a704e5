//! `gardefou run`: decide over a trace.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use gardefou::{Policy, Runtime, Source, Stores, StoresOptions};

use super::demo::EXAMPLE_RULES;
use crate::deciding::{self, Format, Trace};
use crate::failure::Failure;
use crate::help::Page;
use crate::journal;
use crate::language::Language;

/// Decide over a trace: the file of a call, one event a line
///
/// Every question in the trace is put to the policies, frame by frame, as a recorder would. The floor,
/// which no rules can loosen, always stands under them.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Run {
    /// The trace (JSON Lines), or `-` for standard input
    trace: PathBuf,

    /// The policy to decide by, a rule document or a component; the example rules when there are none
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// A policy to decide by, a component or a rule document; several are combined, and the strictest wins
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// Tell this journal what was decided, as a recorder would; made when there is none
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// The key that the journal is signed with, made when there is none: `FILE.key` beside the journal when
    /// not given
    #[arg(long, value_name = "KEYFILE", requires = "journal")]
    journal_key: Option<PathBuf>,

    /// What to print: a timeline to look at, or one JSON object a question, as it is decided
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou run call.jsonl                              the example rules
  gardefou run call.jsonl --rules rules.toml           your own rules
  gardefou run call.jsonl --policy a.wasm --policy b.wasm
  gardefou run - --format json < call.jsonl            one JSON object a question
  gardefou run call.jsonl --journal calls.journal      and journal what was decided

Exit codes:
  0  every question was answered, whatever was refused
  2  the trace, the rules or the arguments are malformed; what was decided before is printed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Décider d'une trace\u{a0}: le fichier d'un appel, un événement par ligne",
    more: "Chaque question de la trace est posée aux règles, image par image, comme le ferait un enregistreur. Le socle, qu'aucune règle ne peut assouplir, est toujours sous elles.",
    arguments: &[
        ("trace", "La trace (JSON Lines), ou `-` pour l'entrée standard"),
        (
            "rules",
            "Les règles qui décident, un document ou un fichier de règles publié\u{a0}; celles d'exemple, sans elles",
        ),
        (
            "policy",
            "Des règles qui décident, un fichier publié ou un document\u{a0}; plusieurs se combinent, et le plus strict l'emporte",
        ),
        (
            "journal",
            "Dire à ce journal ce qui a été décidé, comme le ferait un enregistreur\u{a0}; créé s'il n'y en a pas",
        ),
        (
            "journal_key",
            "La clé qui signe le journal, créée s'il n'y en a pas\u{a0}; `FICHIER.key` à côté du journal, sans elle",
        ),
        (
            "format",
            "La forme de la réponse\u{a0}: une frise à regarder, ou un objet JSON par question, au fur et à mesure",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou run appel.jsonl                             les règles d'exemple
  gardefou run appel.jsonl --rules regles.toml         les vôtres
  gardefou run appel.jsonl --policy a.wasm --policy b.wasm
  gardefou run - --format json < appel.jsonl           un objet JSON par question
  gardefou run appel.jsonl --journal appels.journal    et mettre au journal ce qui est décidé

Codes de sortie\u{a0}:
  0  toute question a eu sa réponse, quels que soient les refus
  2  la trace, les règles ou les arguments sont mal formés\u{a0}; ce qui était décidé avant est affiché
  1  tout le reste, comme un fichier illisible",
};

impl Run {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let runtime = deciding::runtime()?;
        let policies = self.policies(&runtime)?;
        let stores = self.stores()?;
        let decided = self.decide(policies, stores.as_ref());
        match &stores {
            Some(stores) => {
                // The outcome of the trace counts first; but a journal that failed is no success.
                let written = stores.flush();
                stores.shutdown();
                decided.and(written.map_err(Failure::from))
            }
            None => decided,
        }
    }

    fn stores(&self) -> Result<Option<Stores>, Failure> {
        let Some(file) = &self.journal else { return Ok(None) };
        let journal = journal::writable(file, self.journal_key.as_deref())?;
        Ok(Some(Stores::start(StoresOptions::default().journal(journal))?))
    }

    fn decide(&self, policies: Vec<Policy>, stores: Option<&Stores>) -> Result<(), Failure> {
        if self.trace == Path::new("-") {
            let stdin = io::stdin().lock();
            let name = Language::of_the_user().pick("standard input", "l'entrée standard");
            return deciding::decide(Trace::named(name, stdin), policies, stores, self.format);
        }
        let (file, size) = open(&self.trace)?;
        let name = self.trace.display().to_string();
        deciding::decide(Trace::named(&name, file).of_size(size), policies, stores, self.format)
    }

    fn policies(&self, runtime: &Runtime) -> Result<Vec<Policy>, Failure> {
        if self.rules.is_none() && self.policy.is_empty() {
            return Ok(vec![deciding::load(
                runtime,
                Source::Rules(EXAMPLE_RULES),
                Path::new("the example rules"),
            )?]);
        }
        deciding::policies(runtime, self.rules.as_deref(), &self.policy)
    }
}

fn open(path: &Path) -> Result<(impl BufRead, u64), Failure> {
    let opened = File::open(path).and_then(|file| {
        let size = file.metadata()?.len();
        Ok((BufReader::with_capacity(256 * 1024, file), size))
    });
    opened.map_err(|error| deciding::unopened(&path.display().to_string(), error.into()))
}
