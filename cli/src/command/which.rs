//! `gardefou which`: which of these files a digest is the digest of.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use gardefou::rules::Folder;
use gardefou::{Digest, MAX_COMPONENT, Policy, Runtime, Source};
use gardefou_bake::{Baker, Contents};
use sha2::{Digest as _, Sha256};

use crate::deciding::{self, warnings};
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::{Language, say};
use crate::output;

/// Say which of these files a digest names: rules, a component, or what a journal decided by
///
/// People name rules by one digest: of the document, and of the lists of employees that stand in files of their own.
/// A file has a digest of its own, and a journal names what decided. A digest that a component only says of itself is
/// told as such: it may claim any.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Which {
    /// The digest: 64 hexadecimal digits, or at least the first 8 of them
    #[arg(value_parser = digits)]
    digest: String,

    /// Rule documents and components
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou which 4f2a90c1 rules/*.toml policies/*.wasm

Exit codes:
  0  it is the digest of at least one of them
  3  it is the digest of none of them
  2  the arguments are malformed
  1  anything else, such as none of the files can be read";

pub(super) const FRENCH: Page = Page {
    about: "Dire lequel de ces fichiers une empreinte désigne\u{a0}: des règles, un fichier de règles publié, ou ce par quoi un journal a décidé",
    more: "Les règles sont désignées par une seule empreinte\u{a0}: celle du document, et des listes de salariés dans des fichiers à part. Un fichier a sa propre empreinte, et un journal nomme ce qui a décidé. Une empreinte qu'un fichier de règles publié ne fait que dire de lui-même est donnée comme telle\u{a0}: il peut prétendre n'importe laquelle.",
    arguments: &[
        (
            "digest",
            "L'empreinte\u{a0}: 64 chiffres hexadécimaux, ou au moins les 8 premiers",
        ),
        ("files", "Des documents de règles et des fichiers de règles publiés"),
    ],
    after: "\
Exemples\u{a0}:
  gardefou which 4f2a90c1 regles/*.toml publiees/*.wasm

Codes de sortie\u{a0}:
  0  c'est l'empreinte d'au moins un d'entre eux
  3  ce n'est l'empreinte d'aucun d'entre eux
  2  les arguments sont mal formés
  1  tout le reste, comme aucun fichier lisible",
};

/// A digest, or how one begins.
fn digits(text: &str) -> Result<String, String> {
    let small = text.to_ascii_lowercase();
    let is_digest = (8..=64).contains(&small.len()) && small.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(small).ok_or_else(|| {
        Language::of_the_user()
            .pick(
                "a digest is 64 hexadecimal digits, or at least the first 8 of them",
                "une empreinte est faite de 64 chiffres hexadécimaux, ou au moins des 8 premiers",
            )
            .to_owned()
    })
}

/// What a digest is the digest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// The rules, vouched for.
    Rules,
    /// The rules, as a component says of itself.
    Claimed,
    /// What decides, as journals name it.
    Decides,
    /// The bytes of the file.
    File,
}

impl Named {
    fn said(self, language: Language) -> &'static str {
        match self {
            Self::Rules => language.pick("the rules", "les règles"),
            Self::Claimed => language.pick(
                "the rules that it says of itself, unproven",
                "les règles qu'il dit de lui-même, sans preuve",
            ),
            Self::Decides => language.pick(
                "what decides, as journals name it",
                "ce qui décide, tel que les journaux le nomment",
            ),
            Self::File => language.pick("the bytes of the file", "les octets du fichier"),
        }
    }
}

/// A file, what it holds, and its digests.
struct Found {
    rules: String,
    digests: Vec<(Named, Digest)>,
}

impl Which {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let language = Language::of_the_user();
        let runtime = deciding::runtime()?;
        let (mut page, mut read) = (String::new(), 0_usize);
        for file in &self.files {
            let found = match Found::of(&runtime, file) {
                Ok(found) => found,
                Err(why) => {
                    let file = file.display();
                    warnings([say!(language, "{file}: {why}", "{file}\u{a0}: {why}")]);
                    continue;
                }
            };
            read += 1;
            let (file, rules) = (file.display(), &found.rules);
            for (named, digest) in &found.digests {
                if digest.to_string().starts_with(&self.digest) {
                    let named = named.said(language);
                    page.push_str(&say!(
                        language,
                        "{file}: {rules}: {named}\n",
                        "{file}\u{a0}: {rules}\u{a0}: {named}\n"
                    ));
                }
            }
        }
        if read == 0 {
            let none = language.pick("none of the files can be read", "aucun des fichiers n'est lisible");
            return Err(Failure::Other(anyhow::anyhow!("{none}")));
        }
        if !page.is_empty() {
            return output::page(&page);
        }
        let digest = &self.digest;
        output::page(&say!(
            language,
            "{digest} is the digest of none of them\n",
            "{digest} n'est l'empreinte d'aucun d'entre eux\n"
        ))?;
        Err(Failure::Answered(3))
    }
}

impl Found {
    fn of(runtime: &Runtime, path: &Path) -> Result<Self, String> {
        let read = File::open(path).and_then(|file| files::beginning(file, MAX_COMPONENT));
        let bytes = read.map_err(|error| error.to_string())?;
        let mut digests = Vec::new();
        let policy = if bytes.starts_with(b"\0asm") {
            let policy = Policy::load(runtime, Source::Bytes(&bytes)).map_err(|error| error.to_string())?;
            if let Ok(own) = <[u8; 32]>::try_from(policy.description().rules_digest.as_slice()) {
                let is_proven = is_proven(&bytes);
                digests.push((if is_proven { Named::Rules } else { Named::Claimed }, Digest::of(own)));
            }
            policy
        } else {
            let folder = Folder::of(path);
            let policy =
                Policy::load(runtime, Source::RulesWith(&bytes, &folder)).map_err(|error| error.to_string())?;
            digests.extend(policy.rules_digest().map(|digest| (Named::Rules, digest)));
            policy
        };
        let file = Digest::of(Sha256::digest(&bytes).into());
        digests.push((Named::Decides, policy.digest()));
        if digests
            .iter()
            .all(|(named, digest)| *digest != file || *named == Named::Decides)
        {
            digests.push((Named::File, file));
        }
        let own = policy.description();
        Ok(Self {
            rules: format!("{} {}", own.id, own.version),
            digests,
        })
    }
}

/// Whether baking what is inside gives this very component: then it is the template with those rules.
fn is_proven(component: &[u8]) -> bool {
    let has_document = Contents::of(component).is_ok_and(|contents| contents.document.is_some());
    has_document
        && Baker::new()
            .and_then(|baker| baker.reproduces(component))
            .unwrap_or(false)
}
