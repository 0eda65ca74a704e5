//! `gardefou explain`: a reason, and what would change the answer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::explain::{self, Named, Subject, Unknown};
use crate::failure::Failure;
use crate::help::Page;
use crate::language::{Language, say};
use crate::output;
use crate::policy_file::PolicyFile;
use crate::text::{Look, plain};

/// Explain a reason: what the rule says, where it comes from, what sets it, and what would change the answer
///
/// A reason is what refuses a frame, a session, an access or a segment. Without one, all of them are listed.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Explain {
    /// The reason: its name or number, with `/` and a number for one of its notes; or words of its title
    #[arg(num_args = 0..)]
    reason: Vec<String>,

    /// The rule document or component whose lines and values are shown
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    rules: Option<PathBuf>,

    /// The same
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page to read
    #[default]
    Text,
    /// JSON, with every text in both languages
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou explain                                     every reason
  gardefou explain card                                by a word of its title, in English or French
  gardefou explain volume --policy policy.wasm         and which lines set its caps
  gardefou explain attestation/4 --policy rules.toml   one note of it
  gardefou explain 38 --format json

Exit codes:
  0  it was explained
  2  there is no such reason, the policy does not load, or the arguments are malformed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Expliquer un motif\u{a0}: ce que dit la règle, d'où elle vient, ce qui la fixe, et ce qui changerait la réponse",
    more: "Un motif est ce qui refuse une image, une session, un accès ou un segment. Sans motif, tous sont listés.",
    arguments: &[
        (
            "reason",
            "Le motif\u{a0}: son nom ou son numéro, suivi de `/` et d'un numéro pour l'une de ses notes\u{a0}; ou des mots de son titre",
        ),
        (
            "rules",
            "Le document de règles ou le fichier de règles publié dont les lignes et les valeurs sont montrées",
        ),
        ("policy", "De même"),
        ("format", "Ce qui est affiché"),
    ],
    after: "\
Exemples\u{a0}:
  gardefou explain                                     tous les motifs
  gardefou explain carte de paiement                   par des mots de son titre, en français ou en anglais
  gardefou explain volume --policy policy.wasm         et quelles lignes fixent ses plafonds
  gardefou explain attestation/4 --policy regles.toml  l'une de ses notes
  gardefou explain 38 --format json

Codes de sortie\u{a0}:
  0  le motif est expliqué
  2  ce motif n'existe pas, les règles ne peuvent pas être lues, ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

impl Explain {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let language = Language::of_the_user();
        // A name that is wrong is told before anything is loaded.
        let reason = self.reason.join(" ");
        let named = match reason.trim() {
            "" => None,
            reason => Some(Named::read(reason).map_err(|unknown| misnamed(reason, &unknown, language))?),
        };
        let file = self.rules.as_deref().or(self.policy.as_deref());
        let file = file.map(PolicyFile::open).transpose()?;
        let file = file.as_ref();
        let look = Look::of_the_terminal();
        let page = match (named, self.format) {
            (None, Format::Text) => explain::list_page(file, look),
            (None, Format::Json) => explain::list_json(file).map_err(anyhow::Error::new)?,
            (Some(named), format) => {
                let subject = Subject::of(named, file).ok_or_else(|| unexplained(named, file, language))?;
                match format {
                    Format::Text => explain::page(&subject, look),
                    Format::Json => explain::json(&subject).map_err(anyhow::Error::new)?,
                }
            }
        };
        output::page(&page)
    }
}

fn misnamed(reason: &str, unknown: &Unknown, language: Language) -> Failure {
    let reason = plain(reason);
    match unknown {
        Unknown::Detail => Failure::input(
            say!(
                language,
                "`{reason}` does not name a note of a reason",
                "`{reason}` ne désigne pas une note d'un motif"
            ),
            Some(language.pick(
                "write the reason, `/` and a number from 1, like `attestation/4`",
                "écrire le motif, `/` et un numéro à partir de 1, comme `attestation/4`",
            )),
        ),
        Unknown::Several(found) => {
            let found: Vec<String> = found
                .iter()
                .map(|reason| {
                    let title = reason.info().map(|info| language.pick(info.english, info.french));
                    format!("`{reason}` ({})", title.unwrap_or_default())
                })
                .collect();
            let found = found.join(", ");
            Failure::input(
                say!(
                    language,
                    "`{reason}` is in the titles of several reasons",
                    "`{reason}` est dans les titres de plusieurs motifs"
                ),
                Some(&say!(
                    language,
                    "name one of them: {found}",
                    "en nommer un\u{a0}: {found}"
                )),
            )
        }
        Unknown::Name(near) => {
            let problem = say!(
                language,
                "no reason is called `{reason}`",
                "aucun motif ne s'appelle `{reason}`"
            );
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            let near = near.join(", ");
            let help = if near.is_empty() {
                language
                    .pick("`gardefou explain` lists them all", "`gardefou explain` les liste tous")
                    .to_owned()
            } else {
                say!(
                    language,
                    "near it: {near}; `gardefou explain` lists them all",
                    "proches\u{a0}: {near}\u{a0}; `gardefou explain` les liste tous"
                )
            };
            Failure::input(problem, Some(&help))
        }
    }
}

/// The register does not know it, and neither does the policy; or the reason has no such note.
fn unexplained(named: Named, file: Option<&PolicyFile>, language: Language) -> Failure {
    let number = named.reason.0;
    let without_note = Subject::of(Named { detail: None, ..named }, file);
    match (named.detail, without_note) {
        (Some(detail), Some(_)) => {
            let reason = named.reason;
            Failure::input(
                say!(
                    language,
                    "`{reason}` has no note {detail}",
                    "`{reason}` n'a pas de note {detail}"
                ),
                Some(&say!(
                    language,
                    "`gardefou explain {number}` lists its notes",
                    "`gardefou explain {number}` liste ses notes"
                )),
            )
        }
        _ => Failure::input(
            say!(
                language,
                "reason {number} is in no register",
                "le motif {number} n'est dans aucun registre"
            ),
            Some(language.pick(
                "a policy's own reasons are explained by the policy: add `--policy FILE`",
                "les motifs propres à des règles sont expliqués par elles\u{a0}: ajouter `--policy FILE`",
            )),
        ),
    }
}
