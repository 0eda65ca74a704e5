//! `gardefou inspect`: what a policy is, and its rules in words.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::help::Page;
use crate::inspect;
use crate::language::Language;
use crate::output;
use crate::policy_file::PolicyFile;
use crate::text::Look;

/// Show what a policy is, where it comes from, and its rules in words
///
/// The policy is loaded and checked as a recorder would. Then the rule document inside is baked again:
/// only where that gives the very same file is its text what decides, and the page says so.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Inspect {
    /// A policy component, or a rule document (TOML)
    policy: PathBuf,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Print the rule document inside, byte for byte, and nothing else
    #[arg(long, conflicts_with = "format")]
    document: bool,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page to read
    #[default]
    Text,
    /// The same as one page to print
    Html,
    /// One JSON object, with every sentence in both languages
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou inspect policy.wasm
  gardefou inspect policy.wasm --language fr --format html > regles.html
                                                       for the works council
  gardefou inspect policy.wasm --document > rules.toml
  gardefou inspect rules.toml                          before it is baked

Exit codes:
  0  the policy loads, and was shown; whether its text is what decides is on the page
  2  the policy does not load, has no document to print, or the arguments are malformed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Montrer ce qu'est un fichier de règles, d'où il vient, et ses règles en phrases",
    more: "Le fichier est lu et contrôlé comme le ferait un enregistreur. Puis le fichier de règles est généré de nouveau à partir du document qu'il contient\u{a0}: ce n'est que si cela donne le même fichier que son texte est ce qui décide, et la page le dit.",
    arguments: &[
        ("policy", "Un fichier de règles publié, ou un document de règles (TOML)"),
        ("format", "Ce qui est affiché"),
        (
            "document",
            "Afficher le document de règles contenu, octet pour octet, et rien d'autre",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou inspect policy.wasm
  gardefou inspect policy.wasm --language fr --format html > regles.html
                                                       pour le CSE
  gardefou inspect policy.wasm --document > regles.toml
  gardefou inspect regles.toml                         avant sa publication

Codes de sortie\u{a0}:
  0  le fichier est valide, et est montré\u{a0}; la page dit si son texte est ce qui décide
  2  le fichier n'est pas valide, ne contient pas de document, ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

impl Inspect {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let file = PolicyFile::open(&self.policy)?;
        if self.document {
            return document(&file);
        }
        let look = Look::of_the_terminal();
        let page = match self.format {
            Format::Text => inspect::page(&file, look),
            Format::Html => return output::bytes(inspect::sheet(&file).as_bytes()),
            Format::Json => inspect::json(&file).map_err(anyhow::Error::new)?,
        };
        output::page(&page)
    }
}

/// The text inside, as it is; on a terminal without what could drive it.
fn document(file: &PolicyFile) -> Result<(), Failure> {
    let language = Language::of_the_user();
    let Some(text) = &file.text else {
        let name = &file.name;
        return Err(Failure::input(
            crate::language::say!(
                language,
                "`{name}` has no rule document inside",
                "`{name}` ne contient pas de document de règles"
            ),
            Some(language.pick(
                "ask whoever made the component for its rules",
                "demander ses règles à qui a généré le fichier",
            )),
        ));
    };
    if !io::stdout().is_terminal() {
        return output::bytes(text.as_bytes());
    }
    let drives = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let shown: String = text.chars().map(|c| if drives(c) { '?' } else { c }).collect();
    output::bytes(shown.as_bytes())
}
