//! `gardefou schema`: the JSON Schema of the rule document.

use clap::Args;

use crate::failure::Failure;
use crate::help::Page;
use crate::output;
use crate::schema;

/// Print the JSON Schema of the rule document, by which editors complete and check while typing
///
/// Save it beside the rules, and name it in their first line: editors that know TOML schemas, such as
/// Visual Studio Code with Even Better TOML, then show what each key means. `gardefou check` finds much
/// more than a schema can.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Schema {}

const AFTER_HELP: &str = "\
Examples:
  gardefou schema > rules.schema.json
and then, as the first line of the rules:
  #:schema ./rules.schema.json

Exit codes:
  0  the schema was printed
  2  the arguments are malformed
  1  anything else";

pub(super) const FRENCH: Page = Page {
    about: "Afficher le schéma JSON du document de règles, par lequel les éditeurs complètent et vérifient",
    more: "Gardez-le à côté des règles, et nommez-le à leur première ligne\u{a0}: les éditeurs qui connaissent les schémas TOML, comme Visual Studio Code avec Even Better TOML, montrent alors ce que veut dire chaque clé. `gardefou check` trouve bien plus que ne le peut un schéma.",
    arguments: &[],
    after: "\
Exemples\u{a0}:
  gardefou schema > rules.schema.json
puis, comme première ligne des règles\u{a0}:
  #:schema ./rules.schema.json

Codes de sortie\u{a0}:
  0  le schéma est affiché
  2  les arguments sont mal formés
  1  tout le reste",
};

impl Schema {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let json = output::pretty(&schema::schema()).map_err(anyhow::Error::new)?;
        output::bytes(json.as_bytes())
    }
}
