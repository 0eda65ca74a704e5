//! `gardefou run`: decide over a trace.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use gardefou::{Policy, Runtime, Source};

use super::demo::EXAMPLE_RULES;
use crate::deciding::{self, Format, Trace};
use crate::failure::Failure;

/// Decide over a trace: the file of a call, one event a line
///
/// Every question in the trace is put to the policies, frame by frame, as a recorder would. The floor,
/// which no rules can loosen, always stands under them.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Run {
    /// The trace (JSON Lines), or `-` for standard input
    trace: PathBuf,

    /// The rules to decide by; the example rules when there are none
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// A policy component to decide by; several are combined, and the strictest wins
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

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

Exit codes:
  0  every question was answered, whatever was refused
  2  the trace, the rules or the arguments are malformed; what was decided before is printed
  1  anything else, such as a file that cannot be read";

impl Run {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let runtime = deciding::runtime()?;
        let policies = self.policies(&runtime)?;
        if self.trace == Path::new("-") {
            let stdin = io::stdin().lock();
            return deciding::decide(Trace::named("standard input", stdin), policies, self.format);
        }
        let (file, size) = open(&self.trace)?;
        let name = self.trace.display().to_string();
        deciding::decide(Trace::named(&name, file).of_size(size), policies, self.format)
    }

    fn policies(&self, runtime: &Runtime) -> Result<Vec<Policy>, Failure> {
        if let Some(rules) = &self.rules {
            let policy = deciding::load(runtime, Source::RulesFile(rules), rules)?;
            deciding::warn(&policy, rules);
            return Ok(vec![policy]);
        }
        if self.policy.is_empty() {
            return Ok(vec![deciding::load(
                runtime,
                Source::Rules(EXAMPLE_RULES),
                Path::new("the example rules"),
            )?]);
        }
        self.policy
            .iter()
            .map(|file| deciding::load(runtime, Source::File(file), file))
            .collect()
    }
}

fn open(path: &Path) -> Result<(impl BufRead, u64), Failure> {
    let opened = File::open(path).and_then(|file| {
        let size = file.metadata()?.len();
        Ok((BufReader::with_capacity(256 * 1024, file), size))
    });
    opened.map_err(|error| {
        let context = format!("the trace `{}` cannot be read", path.display());
        Failure::Other(anyhow::Error::new(error).context(context))
    })
}
