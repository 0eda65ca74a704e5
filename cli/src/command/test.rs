//! `gardefou test`: scenarios, put to a policy.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gardefou::trace::{Blessed, Scenario, Trial};
use gardefou::{Policy, Runtime};

use crate::deciding;
use crate::failure::{Complaint, Failure};
use crate::files;
use crate::help::Page;
use crate::language::{Language, say};
use crate::output;
use crate::scenarios::{self, Rewritten, Suite, Tried};
use crate::text::Look;

/// Try a policy on scenarios: calls with what must be decided written in them
///
/// A scenario is a trace with `expect` lines: each says what the answer to the question before it must be.
/// It tells what does not hold, and which reasons and rules no scenario reaches. docs/scenarios.md of the
/// sources says how to write one.
#[derive(Debug, Args)]
#[command(
    after_help = AFTER_HELP,
    override_usage = "gardefou test [OPTIONS] <POLICY> <SCENARIOS>...\n       \
                      gardefou test [OPTIONS] --rules <FILE> <SCENARIOS>..."
)]
pub(super) struct Test {
    /// The policy (a component or a rule document), unless `--rules` or `--policy` names it; then the scenarios: files, and folders in which every `.jsonl` is one
    #[arg(value_name = "POLICY> <SCENARIOS", required = true)]
    paths: Vec<PathBuf>,

    /// The policy to decide by, a rule document or a component
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// A policy to decide by, a component or a rule document; several are combined, and the strictest wins
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Write a JUnit report for CI into this file, too
    #[arg(long, value_name = "FILE", conflicts_with = "bless")]
    junit: Option<PathBuf>,

    /// Write into the scenarios what was decided: the values that do not hold, where they stand, and an
    /// expectation below each question that has none. Every other byte stays as it is
    #[arg(long)]
    bless: bool,

    /// Why, in a sentence; it is written into each line that `--bless` adds or changes
    #[arg(long, value_name = "TEXT", requires = "bless", required_if_eq("bless", "true"))]
    reason: Option<String>,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What does not hold, in words, and what no scenario reaches
    #[default]
    Text,
    /// The same as one page to print
    Html,
    /// One JSON object: `holds`, `scenarios`, `coverage`; with `--bless`: `written`
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou test policy.wasm scenarios/
  gardefou test rules.toml scenarios/ --junit report.xml
  gardefou test --policy floor.wasm --policy site.wasm scenarios/call.jsonl
  gardefou test rules.toml scenarios/new.jsonl --bless --reason 'the new desk'
                                                          writes what was decided: read it

Exit codes:
  0  every expectation holds; with --bless: the scenarios now say what was decided
  3  an expectation does not hold
  2  a scenario, the rules or the arguments are malformed, a scenario expects nothing, or a
     folder has none; nothing was written
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Éprouver des règles par des scénarios\u{a0}: des appels où est écrit ce qui doit être décidé",
    more: "Un scénario est une trace avec des lignes `expect`\u{a0}: chacune dit ce que doit être la réponse à la question qui la précède. La commande dit ce qui n'est pas rempli, et quels motifs et quelles règles aucun scénario n'atteint. docs/scenarios.md dans les sources dit comment en écrire un.",
    arguments: &[
        (
            "paths",
            "Les règles (un document, ou un fichier de règles publié), sauf si `--rules` ou `--policy` les nomme\u{a0}; puis les scénarios\u{a0}: des fichiers, et des dossiers dont chaque `.jsonl` en est un",
        ),
        (
            "rules",
            "Les règles qui décident\u{a0}: un document, ou un fichier de règles publié",
        ),
        (
            "policy",
            "Des règles qui décident, un fichier publié ou un document\u{a0}; plusieurs se combinent, et le plus strict l'emporte",
        ),
        (
            "format",
            "La forme de la réponse\u{a0}: ce qui n'est pas rempli, en mots, la même chose en une page à imprimer, ou un objet JSON",
        ),
        (
            "junit",
            "Écrire aussi dans ce fichier un rapport JUnit pour l'intégration continue",
        ),
        (
            "bless",
            "Écrire dans les scénarios ce qui a été décidé\u{a0}: les valeurs non remplies, à leur place, et une attente sous chaque question qui n'en a pas. Tout autre octet reste comme il est",
        ),
        (
            "reason",
            "Pourquoi, en une phrase\u{a0}; elle est écrite dans chaque ligne que `--bless` ajoute ou change",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou test policy.wasm scenarios/
  gardefou test regles.toml scenarios/ --junit rapport.xml
  gardefou test --policy socle.wasm --policy site.wasm scenarios/appel.jsonl
  gardefou test regles.toml scenarios/nouveau.jsonl --bless --reason 'le nouvel outil'
                                                          écrit ce qui est décidé\u{a0}: lisez-le

Codes de sortie\u{a0}:
  0  toute attente est remplie\u{a0}; avec --bless\u{a0}: les scénarios disent à présent ce qui est décidé
  3  une attente n'est pas remplie
  2  un scénario, les règles ou les arguments sont mal formés, un scénario n'attend rien, ou un
     dossier n'en a aucun\u{a0}; rien n'est écrit
  1  tout le reste, comme un fichier illisible",
};

/// A scenario and the file that it is in.
struct Loaded {
    path: PathBuf,
    text: Vec<u8>,
    trial: Trial,
}

impl Test {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let language = Language::of_the_user();
        let (positional, scenarios) = self.split(language)?;
        let files = scenarios::found(scenarios, language)?;
        let runtime = deciding::runtime()?;
        let policies = self.policies(&runtime, positional)?;
        let loaded = self.tried(&files, &policies, language)?;
        runtime.shutdown();
        if self.bless {
            return self.write_anew(loaded, language);
        }
        let tried = loaded.into_iter().map(|one| Tried {
            name: name(&one.path),
            trial: one.trial,
        });
        self.tell(&Suite::new(&policies, tried.collect()))
    }

    /// The policy among the paths, if it is there, and the scenarios.
    fn split(&self, language: Language) -> Result<(Option<&Path>, &[PathBuf]), Failure> {
        if self.rules.is_some() || !self.policy.is_empty() {
            return Ok((None, &self.paths));
        }
        match self.paths.split_first() {
            Some((policy, _)) if policy.is_dir() || has_extension(policy, "jsonl") => {
                let policy = policy.display();
                Err(Failure::input(
                    say!(
                        language,
                        "`{policy}` is no policy",
                        "`{policy}` ne contient pas de règles"
                    ),
                    Some(language.pick(
                        "name a policy first, then the scenarios: gardefou test policy.wasm scenarios/",
                        "nommer d'abord les règles, puis les scénarios\u{a0}: gardefou test policy.wasm scenarios/",
                    )),
                ))
            }
            Some((policy, scenarios)) if !scenarios.is_empty() => Ok((Some(policy), scenarios)),
            _ => Err(Failure::input(
                language
                    .pick("no scenario is named", "aucun scénario n'est nommé")
                    .to_owned(),
                Some(language.pick(
                    "name files or folders behind the policy: gardefou test policy.wasm scenarios/",
                    "nommer des fichiers ou des dossiers après les règles\u{a0}: gardefou test policy.wasm scenarios/",
                )),
            )),
        }
    }

    fn policies(&self, runtime: &Runtime, positional: Option<&Path>) -> Result<Vec<Policy>, Failure> {
        let named = self.rules.as_deref().into_iter();
        let named = named.chain(self.policy.iter().map(PathBuf::as_path));
        positional
            .into_iter()
            .chain(named)
            .map(|file| deciding::load_either(runtime, file))
            .collect()
    }

    /// Every scenario, answered; or everything that is wrong with any of them.
    fn tried(&self, files: &[PathBuf], policies: &[Policy], language: Language) -> Result<Vec<Loaded>, Failure> {
        let mut loaded = Vec::new();
        let mut wrong = Vec::new();
        for path in files {
            let text = scenarios::read(path, language)?;
            let handle = deciding::handle(policies.to_vec())?;
            match Scenario::parse(&text).and_then(|scenario| Ok((scenario.expectations(), scenario.put_to(handle)?))) {
                Ok((0, _)) if !self.bless => wrong.push(expects_nothing(path, language)),
                Ok((_, trial)) if trial.asked().is_empty() => wrong.push(asks_nothing(path, language)),
                Ok((_, trial)) => {
                    warn_of_faults(path, &trial, language);
                    loaded.push(Loaded {
                        path: path.clone(),
                        text,
                        trial,
                    });
                }
                Err(malformed) => wrong.push(deciding::malformed(&name(path), &malformed)),
            }
        }
        if wrong.is_empty() {
            Ok(loaded)
        } else {
            Err(Failure::Input(wrong))
        }
    }

    fn tell(&self, suite: &Suite) -> Result<(), Failure> {
        if let Some(path) = &self.junit {
            scenarios::junit(suite)
                .and_then(|report| files::replace(path, &report))
                .map_err(|error| files::unwritable(path, error))?;
        }
        let page = match self.format {
            Format::Text => scenarios::page(suite, Look::of_the_terminal()),
            Format::Html => scenarios::sheet(suite),
            Format::Json => line(&scenarios::json(suite))?,
        };
        match self.format {
            Format::Html => output::bytes(page.as_bytes())?,
            Format::Text | Format::Json => output::page(&page)?,
        }
        if suite.holds() {
            Ok(())
        } else {
            Err(Failure::Answered(3))
        }
    }

    /// Each file in one step; a file in which nothing changes is not written.
    fn write_anew(&self, loaded: Vec<Loaded>, language: Language) -> Result<(), Failure> {
        // All of them, or none.
        let mut blessed = Vec::new();
        for one in loaded {
            let anew = match &self.reason {
                Some(because) => one.trial.bless_because(&one.text, because),
                None => one.trial.bless(&one.text),
            };
            let anew = anew.map_err(|why| Failure::Input(vec![deciding::malformed(&name(&one.path), &why)]))?;
            if !anew.changes.is_empty() {
                blessed.push((one.path, anew));
            }
        }
        let mut rewritten = Vec::new();
        for (path, Blessed { text, changes, .. }) in blessed {
            files::replace(&path, &text).map_err(|error| files::unwritable(&path, error))?;
            let name = name(&path);
            rewritten.push(Rewritten { name, changes });
        }
        let page = match self.format {
            Format::Text | Format::Html => scenarios::blessing_page(&rewritten, language),
            Format::Json => line(&scenarios::blessing_json(&rewritten))?,
        };
        output::page(&page)
    }
}

fn line(json: &serde_json::Value) -> Result<String, Failure> {
    let mut line = serde_json::to_string(json).map_err(anyhow::Error::new)?;
    line.push('\n');
    Ok(line)
}

/// What a file is called, the same on every system.
fn name(path: &Path) -> String {
    let name = path.display().to_string();
    if cfg!(windows) { name.replace('\\', "/") } else { name }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

fn expects_nothing(path: &Path, language: Language) -> Complaint {
    let name = name(path);
    Complaint {
        problem: say!(
            language,
            "{name}: the scenario expects nothing, and cannot fail",
            "{name}\u{a0}: le scénario n'attend rien, et ne peut pas échouer"
        ),
        rule: None,
        help: Some(
            language
                .pick(
                    "add `expect` lines; with --bless they are written as it was decided",
                    "ajouter des lignes `expect`\u{a0}; avec --bless elles sont écrites d'après ce qui a été décidé",
                )
                .to_owned(),
        ),
    }
}

fn asks_nothing(path: &Path, language: Language) -> Complaint {
    let name = name(path);
    Complaint {
        problem: say!(
            language,
            "{name}: nothing is asked in the scenario",
            "{name}\u{a0}: le scénario ne pose aucune question"
        ),
        rule: None,
        help: Some(
            language
                .pick(
                    "add a session, frame, segment, access or retention line",
                    "ajouter une ligne session, frame, segment, access ou retention",
                )
                .to_owned(),
        ),
    }
}

fn warn_of_faults(path: &Path, trial: &Trial, language: Language) {
    let name = name(path);
    let faults = trial
        .asked()
        .iter()
        .filter_map(|asked| Some((asked.line, asked.answer.fault.as_ref()?)));
    deciding::warnings(faults.map(|(line, fault)| {
        let failed = deciding::failed(fault);
        say!(
            language,
            "{name}: line {line}: {failed}",
            "{name}\u{a0}: ligne {line}\u{a0}: {failed}"
        )
    }));
}
