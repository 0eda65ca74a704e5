//! `gardefou bake`: a rule document becomes a component.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use gardefou::rules::{Folder, employees_files};
use gardefou::{MAX_COMPONENT, Policy, Source, Timestamp, wall_clock_now};
use gardefou_bake::{BakeError, Baked, Baker};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::deciding;
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::{Language, say};
use crate::output;

/// Bake a rule document into one file, a policy component that recorders load
///
/// The component holds the rules, the text of the document, and where it comes from. It imports nothing,
/// needs no document beside it, and the same document gives the same bytes. Whoever has the file can read
/// the document in it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Bake {
    /// The rule document (TOML), or `-` for standard input
    rules: PathBuf,

    /// The component to write
    #[arg(short, long, value_name = "POLICY")]
    output: PathBuf,

    /// Write it although the file is already there
    #[arg(long)]
    force: bool,

    /// With `--force`: write it although other rules of the same version are there
    #[arg(long, requires = "force")]
    same_version: bool,

    /// Judge warnings as on this day, such as 2026-11-25; now when left out. No byte of the component depends on it
    #[arg(long, value_name = "DATE", value_parser = super::day::day)]
    at: Option<Date>,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou bake rules.toml -o policy.wasm
  gardefou bake rules.toml -o policy.wasm --force      in place of the one that is there
  gardefou run call.jsonl --policy policy.wasm         decides as with --rules rules.toml

Exit codes:
  0  the component was written, with or without warnings about the rules
  2  the rules have errors, the file is already there, it holds other rules of the same version, or the arguments
     are malformed; nothing was written
  1  anything else, such as a folder that cannot be written";

pub(super) const FRENCH: Page = Page {
    about: "Générer, à partir d'un document, le fichier de règles à publier, que les enregistreurs lisent",
    more: "Le fichier contient les règles, le texte du document et sa provenance. Il n'importe rien, n'a besoin d'aucun document à côté de lui, et le même document donne les mêmes octets. Qui a le fichier peut y lire le document.",
    arguments: &[
        ("rules", "Le document de règles (TOML), ou `-` pour l'entrée standard"),
        ("output", "Le fichier à écrire"),
        ("force", "L'écrire bien que le fichier existe déjà"),
        (
            "same_version",
            "Avec `--force`\u{a0}: l'écrire bien que d'autres règles de la même version y soient",
        ),
        (
            "at",
            "Juger les avertissements à cette date, comme 2026-11-25\u{a0}; maintenant, sans elle. Aucun octet du fichier n\'en dépend",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou bake regles.toml -o policy.wasm
  gardefou bake regles.toml -o policy.wasm --force     à la place de celui qui existe
  gardefou run appel.jsonl --policy policy.wasm        décide comme avec --rules regles.toml

Codes de sortie\u{a0}:
  0  le fichier est écrit, avec ou sans avertissement sur les règles
  2  les règles ont des erreurs, le fichier existe déjà ou contient d'autres règles de la même version, ou les
     arguments sont mal formés\u{a0}; rien n'est écrit
  1  tout le reste, comme un dossier où l'on ne peut écrire",
};

impl Bake {
    pub(super) fn run(&self) -> Result<(), Failure> {
        // Said at once: whether it is still so is looked at again when it is written.
        if !self.force && self.output.symlink_metadata().is_ok() {
            return Err(already_there(&self.output));
        }
        let document = files::rules(&self.rules)?;
        self.check_apart(&document)?;
        let beside = files::beside_rules(&self.rules, &document);
        let baked = Baker::new()
            .and_then(|baker| baker.bake_with(&document, &beside, self.at.map_or_else(wall_clock_now, noon)))
            .map_err(|error| self.refused(error))?;
        let replaced = self.check_version(&baked)?;
        deciding::warn_of(&baked.warnings, &self.rules);
        self.write(&baked.component, replaced)?;
        self.report(&baked)
    }

    /// Whether it would be written over what it is made from.
    fn check_apart(&self, document: &[u8]) -> Result<(), Failure> {
        let output = self.output.canonicalize().ok();
        let is_same = |source: &Path| output.is_some() && source.canonicalize().ok() == output;
        let folder = Folder::of(&self.rules);
        let lists = employees_files(document).into_iter();
        let mut lists = lists.filter_map(|path| folder.locate(&path).ok());
        if !is_same(&self.rules) && !lists.any(|list| is_same(&list)) {
            return Ok(());
        }
        let output = self.output.display();
        let language = Language::of_the_user();
        let problem = say!(
            language,
            "`{output}` is what these rules are read from, and was left as it is",
            "`{output}` est ce dont ces règles sont lues, et reste comme il était"
        );
        let help = language.pick("name another file", "nommer un autre fichier");
        Err(Failure::input(problem, Some(help)))
    }

    /// Rules that say something else have another version: else nobody can tell under which something was decided.
    /// Answers the digest of the file that is there and may be replaced.
    fn check_version(&self, baked: &Baked) -> Result<Option<[u8; 32]>, Failure> {
        if !self.force {
            return Ok(None);
        }
        let Ok(present) = File::open(&self.output).and_then(|file| files::beginning(file, MAX_COMPONENT)) else {
            return Ok(None);
        };
        let digest = Sha256::digest(&present).into();
        if self.same_version || present == baked.component {
            return Ok(Some(digest));
        }
        let Ok(there) = gardefou::Runtime::new().and_then(|runtime| Policy::load(&runtime, Source::Bytes(&present)))
        else {
            return Ok(Some(digest)); // no policy, and no version of anything
        };
        let (there, own) = (there.description(), baked.policy.description());
        if (&there.id, &there.version) != (&own.id, &own.version) || there.rules_digest == own.rules_digest {
            return Ok(Some(digest));
        }
        let (output, id, version) = (self.output.display(), &own.id, &own.version);
        let language = Language::of_the_user();
        let problem = say!(
            language,
            "`{output}` holds other rules of the same version ({id} {version}), and was left as it is",
            "`{output}` contient d'autres règles de la même version ({id} {version}), et reste comme il était"
        );
        let help = language.pick(
            "raise `version` in the document, or add `--same-version` to insist",
            "changer `version` dans le document, ou ajouter `--same-version` pour insister",
        );
        Err(Failure::input(problem, Some(help)))
    }

    fn refused(&self, error: BakeError) -> Failure {
        match error {
            BakeError::Rules(problems) => deciding::errors(&problems, &self.rules),
            other => Failure::Other(anyhow::Error::new(other)),
        }
    }

    /// Writes beside the file and renames: whoever reads it finds the old one or the new one, whole.
    fn write(&self, component: &[u8], replaced: Option<[u8; 32]>) -> Result<(), Failure> {
        // What was looked at is what is replaced.
        let now = File::open(&self.output).and_then(|file| files::beginning(file, MAX_COMPONENT));
        let now = now.ok().map(|bytes| <[u8; 32]>::from(Sha256::digest(&bytes)));
        if self.force && now != replaced {
            let output = self.output.display();
            let problem = say!(
                Language::of_the_user(),
                "`{output}` changed meanwhile, and was left as it is",
                "`{output}` a changé entre-temps, et reste comme il était"
            );
            return Err(Failure::input(problem, None));
        }
        let written = files::beside(&self.output, component, None).and_then(|file| {
            let kept = if self.force {
                file.persist(&self.output)
            } else {
                file.persist_noclobber(&self.output)
            };
            kept.map(drop).map_err(|refused| refused.error)
        });
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists if !self.force => already_there(&self.output),
            _ => files::unwritable(&self.output, error),
        })
    }

    fn report(&self, baked: &Baked) -> Result<(), Failure> {
        let own = baked.policy.description();
        let (output, id, version) = (self.output.display(), &own.id, &own.version);
        let bytes = baked.component.len();
        let said = say!(
            Language::of_the_user(),
            "{output}: {id} {version}, {bytes} bytes",
            "{output}\u{a0}: {id} {version}, {bytes} octets"
        );
        let rules: String = own.rules_digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let named = say!(Language::of_the_user(), "rules  {rules}", "règles {rules}");
        output::page(&format!("{said}\n{named}\nsha256 {}\n", baked.policy.digest()))
    }
}

/// The middle of a day, UTC.
fn noon(day: Date) -> Timestamp {
    let noon = TimeZone::UTC.to_timestamp(day.at(12, 0, 0, 0));
    let millis = noon.ok().and_then(|noon| u64::try_from(noon.as_millisecond()).ok());
    Timestamp::from_millis(millis.unwrap_or_default())
}

fn already_there(file: &Path) -> Failure {
    let help = Language::of_the_user().pick(
        "name another file, or add `--force`",
        "nommer un autre fichier, ou ajouter `--force`",
    );
    files::already_there(file, help)
}
