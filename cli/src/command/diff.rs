//! `gardefou diff`: what would change.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gardefou_compare::{Component, Group, Plan, Sides, rules_of, shown};
use gardefou_policy::rules::Rules;

use crate::comparing::{self, Compared, Differences, Scenario, Side, Traces};
use crate::deciding;
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::{Language, say};
use crate::output;
use crate::policy_file::Workshop;
use crate::text::{Look, comparison};

/// Tell what two policies decide differently, and which way
///
/// Each is a component, or a rule document that is baked in memory. Every question that their rules tell
/// apart is put to both. Of two components that baking their documents gives byte for byte the answer is
/// exact; of others it is what so many questions showed.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Diff {
    /// The policy in force: a component, or a rule document
    old: PathBuf,

    /// The one to come; or else `--rules` or `--policy` names it
    #[arg(required_unless_present_any = ["rules", "policy"], conflicts_with_all = ["rules", "policy"])]
    new: Option<PathBuf>,

    /// The one to come, a rule document or a component
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// The same
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Write a scenario for each difference into this folder; files that are there are left as they are
    #[arg(long, value_name = "FOLDER")]
    cases: Option<PathBuf>,

    /// Put the questions of these traces, or of the `.jsonl` files of these folders, to both as well
    #[arg(long, value_name = "FILE", num_args = 1..)]
    scenarios: Vec<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Sentences, in English or French
    #[default]
    Text,
    /// The same as one page to print
    Html,
    /// One JSON object
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou diff in-force.wasm rules.toml
  gardefou diff in-force.wasm --rules rules.toml --cases changes/
  gardefou diff a.wasm b.wasm --scenarios scenarios/ --format json

Exit codes:
  0  the two decide the same, exactly, and their documents say the same
  3  something is looser: the new one allows what the old one refuses
  4  nothing is looser; something is stricter, or refused for another reason
  5  no difference was found, which does not say that there is none
  6  the two decide the same, exactly, but their documents say different things
  2  a policy, a trace or the arguments are malformed, or a scenario's file is already there
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Dire ce que de nouvelles règles décident et disent autrement, et dans quel sens",
    more: "Chacun est un fichier de règles publié, ou un document de règles. Chaque question que leurs règles distinguent est posée aux deux. De deux fichiers que leurs documents redonnent octet pour octet, la réponse est exacte\u{a0}; d'autres, c'est ce que tant de questions ont montré.",
    arguments: &[
        (
            "old",
            "Les règles en vigueur\u{a0}: un fichier de règles publié, ou un document",
        ),
        (
            "new",
            "Celles qui doivent venir\u{a0}; ou bien `--rules` ou `--policy` les nomme",
        ),
        (
            "rules",
            "Celles qui doivent venir, un document de règles ou un fichier de règles publié",
        ),
        ("policy", "De même"),
        (
            "cases",
            "Écrire dans ce dossier un scénario pour chaque différence\u{a0}; les fichiers qui existent restent comme ils sont",
        ),
        (
            "scenarios",
            "Poser aussi aux deux les questions de ces traces, ou des fichiers `.jsonl` de ces dossiers",
        ),
        (
            "format",
            "La forme de la réponse\u{a0}: des phrases, la même chose en une page à imprimer, ou un objet JSON",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou diff en-vigueur.wasm regles.toml
  gardefou diff en-vigueur.wasm --rules regles.toml --cases changements/
  gardefou diff a.wasm b.wasm --scenarios scenarios/ --format json

Codes de sortie\u{a0}:
  0  les deux décident de même, exactement, et leurs documents disent la même chose
  3  quelque chose est plus souple\u{a0}: les nouvelles règles permettent ce que les anciennes refusent
  4  rien n'est plus souple\u{a0}; quelque chose est plus strict, ou refusé pour un autre motif
  5  aucune différence trouvée, ce qui ne dit pas qu'il n'y en a pas
  6  les deux décident de même, exactement, mais leurs documents ne disent pas la même chose
  2  des règles, une trace ou les arguments sont mal formés, ou le fichier d'un scénario existe déjà
  1  tout le reste, comme un fichier illisible",
};

impl Diff {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let workshop = Workshop::new()?;
        let old = Side::load(&self.old, &workshop)?;
        // One of the three is there: the arguments say so.
        let come = self.new.iter().chain(&self.rules).chain(&self.policy).next();
        let new = Side::load(come.unwrap_or(&self.old), &workshop)?;
        let mut traces = Traces::read(&self.scenarios)?;
        let rules = boundaries(&old, &new, &traces)?;
        let sides = Sides {
            old: &rules[0],
            new: &rules[1],
        };
        let plan = Plan::of(sides);
        let bar = comparing::progress(plan.cases());
        let (mut one, mut other) = (Component::new(&old.policy), Component::new(&new.policy));
        let comparison = plan.compare(&mut one, &mut other, || bar.inc(1));
        bar.finish_and_clear();
        for (side, component) in [(&old, &one), (&new, &other)] {
            tell_faults(side, component);
        }
        traces.ask(&old.policy, &new.policy)?;
        let scenarios = self.scenarios(&comparison.groups, &old, &new)?;
        let documents = documents(&old, &new);
        // Only of rules that are known to decide can it be shown where an answer comes from.
        let known = documents.as_ref().filter(|_| old.is_reproduced && new.is_reproduced);
        let causes = known.map_or_else(Vec::new, |found| {
            let groups = comparison.groups.iter();
            groups.map(|group| found.causes(&sides, group)).collect()
        });
        let compared = Compared {
            old,
            new,
            comparison,
            traces,
            scenarios,
            documents,
            causes,
        };
        self.print(&compared)?;
        match compared.verdict().exit_code() {
            0 => Ok(()),
            code => Err(Failure::Answered(code)),
        }
    }

    fn print(&self, compared: &Compared) -> Result<(), Failure> {
        let page = match self.format {
            Format::Text => comparison::diff(compared, Look::of_the_terminal()),
            Format::Html => return output::bytes(comparison::diff_sheet(compared).as_bytes()),
            Format::Json => output::json(&comparing::diff(compared))?,
        };
        output::page(&page)
    }

    /// A scenario for each group, where a trace shows it.
    fn scenarios(&self, groups: &[Group], old: &Side, new: &Side) -> Result<Vec<Scenario>, Failure> {
        let mut found = Vec::new();
        for group in groups {
            let shown = shown(&group.examples, &old.policy, &new.policy).map_err(anyhow::Error::new)?;
            found.push(shown.map_or(Scenario::None, Scenario::Shown));
        }
        if let Some(folder) = &self.cases {
            let named = files(groups, &found, folder);
            // All or none: nothing is written while one is already there.
            if let Some((_, file)) = named.iter().find(|(_, file)| file.symlink_metadata().is_ok()) {
                return Err(files::already_there(file, another_folder()));
            }
            files::create_private_folders(folder)?;
            for (place, file) in named {
                let Some(scenario) = found.get_mut(place) else { continue };
                if let Scenario::Shown(shown) = scenario {
                    let mut new = files::create_private(&file, another_folder())?;
                    new.write_all(shown.scenario.as_bytes())
                        .map_err(|error| files::unwritable(&file, error))?;
                    *scenario = Scenario::Written(file.display().to_string());
                }
            }
        }
        Ok(found)
    }
}

/// The rules that the boundaries are taken from: those of the documents; where one side has none, the other's;
/// where neither has, those that the traces mention.
fn boundaries(old: &Side, new: &Side, traces: &Traces) -> Result<[Rules; 2], Failure> {
    let seen = || rules_of(&traces.lines());
    let found = match (&old.rules, &new.rules) {
        (Some(old), Some(new)) => Some([old.clone(), new.clone()]),
        (Some(own), None) | (None, Some(own)) => Some([own.clone(), own.clone()]),
        (None, None) => seen().map(|rules| [rules.clone(), rules]),
    };
    found.ok_or_else(|| {
        let language = Language::of_the_user();
        Failure::input(
            language
                .pick(
                    "neither policy holds a rule document, so that there is nothing to start from",
                    "aucun des deux fichiers ne contient de document de règles : il n'y a rien dont partir",
                )
                .to_owned(),
            Some(language.pick(
                "give a trace in which a session opens, with `--scenarios`",
                "donner une trace où une session s'ouvre, avec `--scenarios`",
            )),
        )
    })
}

/// What the documents of both say differently, where both have one.
fn documents(old: &Side, new: &Side) -> Option<Differences> {
    let one = (old.document.as_ref()?, old.rules.as_ref()?);
    let other = (new.document.as_ref()?, new.rules.as_ref()?);
    Some(Differences::of(one, other))
}

/// Says that a component misbehaved: its answers were refusals.
pub(super) fn tell_faults(side: &Side, component: &Component) {
    let (count, Some(first)) = component.faults() else {
        return;
    };
    let (name, what) = (&side.name, first.kind());
    deciding::warning(&say!(
        Language::of_the_user(),
        "{name}: it failed at {count} questions, which count as refused; the first time it {what}",
        "{name} : défaillance à {count} questions, comptées comme refusées ; la première fois : {what}",
    ));
}

/// The files that scenarios go to: number, direction and reason of their group.
fn files(groups: &[Group], scenarios: &[Scenario], folder: &Path) -> Vec<(usize, PathBuf)> {
    let numbered = groups.iter().zip(scenarios).enumerate();
    let shown = numbered.filter(|(_, (_, scenario))| matches!(scenario, Scenario::Shown(_)));
    shown
        .map(|(place, (group, _))| {
            let (direction, about) = (group.direction.name(), comparison::reason_of(&group.change));
            let name = format!("{:03}-{direction}-{about}.jsonl", place + 1);
            (place, folder.join(name))
        })
        .collect()
}

/// What to do where a scenario's file is already there.
fn another_folder() -> &'static str {
    Language::of_the_user().pick(
        "name another folder, or an empty one",
        "nommer un autre dossier, ou un dossier vide",
    )
}
