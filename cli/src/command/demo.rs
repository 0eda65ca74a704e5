//! `gardefou demo`: the example rules on an example call.

use std::path::Path;

use clap::Args;
use gardefou::Source;

use crate::deciding::{self, Format, Trace};
use crate::failure::Failure;
use crate::help::Page;
use crate::language::Language;

/// The rules that the command decides by when it is given none.
pub(super) const EXAMPLE_RULES: &str = include_str!("../../../rules/example.toml");

const EXAMPLE_CALL: &str = include_str!("../../../examples/traces/demo.jsonl");

/// Watch the example rules decide a whole example call, with every kind of verdict about a frame in it
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Demo {
    /// What to print: a timeline to look at, or one JSON object a question, as it is decided
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou demo
  gardefou demo --format json

The rules are rules/example.toml of the sources, the call is examples/traces/demo.jsonl.
Exit codes are those of `gardefou run`.";

pub(super) const FRENCH: Page = Page {
    about: "Voir les règles d'exemple décider d'un appel entier, avec chaque sorte de réponse à une image",
    more: "",
    arguments: &[(
        "format",
        "La forme de la réponse\u{a0}: une frise à regarder, ou un objet JSON par question, au fur et à mesure",
    )],
    after: "\
Exemples\u{a0}:
  gardefou demo
  gardefou demo --format json

Les règles sont rules/example.toml dans les sources, l'appel examples/traces/demo.jsonl.
Les codes de sortie sont ceux de `gardefou run`.",
};

impl Demo {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let runtime = deciding::runtime()?;
        let rules = deciding::load(&runtime, Source::Rules(EXAMPLE_RULES), Path::new("the example rules"))?;
        let name = Language::of_the_user().pick("the example call", "l'appel d'exemple");
        let trace = Trace::named(name, EXAMPLE_CALL.as_bytes());
        deciding::decide(trace, vec![rules], None, self.format)
    }
}
