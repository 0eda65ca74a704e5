//! `gardefou verify`: the floor as a test.

use std::path::PathBuf;

use clap::Args;
use gardefou_compare::{Component, Native, Plan, Sides, rules_of};
use gardefou_policy::floor;

use super::diff::{Format, tell_faults};
use crate::comparing::{self, Side, Traces, Verified};
use crate::failure::Failure;
use crate::help::Page;
use crate::language::Language;
use crate::output;
use crate::policy_file::Workshop;
use crate::text::{Look, comparison};

/// Test that a policy is nowhere looser than the floor
///
/// Every question that its rules and the floor tell apart is put to both, to the policy alone. The SDK puts
/// the floor under every policy anyway: one that is looser does not record more, but it is not what it should
/// be. A policy that keeps no frame at all has shown nothing, and does not pass.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Verify {
    /// The policy: a component, or a rule document
    policy: PathBuf,

    /// Start from the facts of this trace: for a component that holds no rule document
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou verify policy.wasm
  gardefou verify rules.toml
  gardefou verify foreign.wasm --trace call.jsonl

Exit codes:
  0  no answer was looser than the floor's, and at least one frame was kept
  3  an answer was looser
  4  the policy kept no frame, so that nothing was shown
  2  the policy, the trace or the arguments are malformed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Vérifier que des règles ne sont nulle part plus souples que le socle",
    more: "Chaque question que ses règles et le socle distinguent est posée aux deux, aux règles seules. Le socle est de toute façon toujours sous elles\u{a0}: des règles plus souples n'enregistrent pas davantage, mais ne sont pas ce qu'elles devraient être. Des règles qui ne conservent aucune image n'ont rien montré, et ne passent pas.",
    arguments: &[
        (
            "policy",
            "Les règles\u{a0}: un fichier de règles publié, ou un document",
        ),
        (
            "trace",
            "Partir des faits de cette trace\u{a0}: pour un fichier de règles sans document",
        ),
        (
            "format",
            "La forme de la réponse\u{a0}: des phrases, la même chose en une page à imprimer, ou un objet JSON",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou verify policy.wasm
  gardefou verify regles.toml
  gardefou verify ailleurs.wasm --trace appel.jsonl

Codes de sortie\u{a0}:
  0  aucune réponse n'est plus souple que celle du socle, et au moins une image est conservée
  3  une réponse est plus souple
  4  ces règles ne conservent aucune image, donc rien n'est montré
  2  les règles, la trace ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

impl Verify {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let workshop = Workshop::new()?;
        let side = Side::load(&self.policy, &workshop)?;
        let traces = Traces::read(self.trace.as_slice())?;
        let seen = if self.trace.is_some() {
            rules_of(&traces.lines())
        } else {
            side.rules.clone()
        };
        let rules = seen.ok_or_else(|| self.nothing_to_start_from())?;
        let floor = floor::rules();
        let plan = Plan::of(Sides {
            old: &floor,
            new: &rules,
        });
        let bar = comparing::progress(plan.cases());
        let mut component = Component::new(&side.policy);
        let comparison = plan.compare(&mut Native::new(&floor), &mut component, || bar.inc(1));
        bar.finish_and_clear();
        tell_faults(&side, &component);
        let verified = Verified { side, comparison };
        let page = match self.format {
            Format::Html => comparison::verify_sheet(&verified),
            Format::Text => comparison::verify(&verified, Look::of_the_terminal()),
            Format::Json => output::json(&comparing::verify(&verified))?,
        };
        match self.format {
            Format::Html => output::bytes(page.as_bytes())?,
            Format::Text | Format::Json => output::page(&page)?,
        }
        match verified.exit_code() {
            0 => Ok(()),
            code => Err(Failure::Answered(code)),
        }
    }

    fn nothing_to_start_from(&self) -> Failure {
        let language = Language::of_the_user();
        let problem = match self.trace {
            None => language.pick(
                "the policy holds no rule document, so that there is nothing to start from",
                "ce fichier ne contient pas de document de règles : il n'y a rien dont partir",
            ),
            Some(_) => language.pick(
                "no session opens in the trace, so that there is nothing to start from",
                "aucune session ne s'ouvre dans la trace : il n'y a rien dont partir",
            ),
        };
        let help = language.pick(
            "give a trace of a call that it would record, with `--trace`",
            "donner la trace d'un appel que ces règles enregistreraient, avec `--trace`",
        );
        Failure::input(problem.to_owned(), Some(help))
    }
}
