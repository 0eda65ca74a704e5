//! `gardefou man`: its manual pages.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::Language;
use crate::manual;
use crate::output;

/// Print the manual page of this command, or write the pages of all its commands into a folder
///
/// The folder gets `man1` for English and `fr/man1` for French, as the search path of `man` has them; it
/// is made where it is missing, and pages that are there are replaced.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Man {
    /// The folder to write the pages into; without it the page of `gardefou` goes to standard output
    folder: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou man | man -l -
  gardefou man ~/.local/share/man                      then `man gardefou-check`

Exit codes:
  0  the pages were written
  2  the arguments are malformed
  1  anything else, such as a folder that cannot be written";

pub(super) const FRENCH: Page = Page {
    about: "Afficher la page de manuel de cette commande, ou écrire celles de toutes ses commandes dans un dossier",
    more: "Le dossier reçoit `man1` pour l'anglais et `fr/man1` pour le français, comme le chemin de recherche de `man`\u{a0}; il est créé s'il manque, et les pages présentes sont remplacées.",
    arguments: &[(
        "folder",
        "Le dossier où écrire les pages\u{a0}; sans lui, la page de `gardefou` va sur la sortie standard",
    )],
    after: "\
Exemples\u{a0}:
  gardefou man | man -l -
  gardefou man ~/.local/share/man                      puis `man gardefou-check`

Codes de sortie\u{a0}:
  0  les pages sont écrites
  2  les arguments sont mal formés
  1  tout le reste, comme un dossier où l'on ne peut écrire",
};

impl Man {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.folder {
            None => {
                let language = Language::of_the_user();
                let page = manual::page(super::definition(language), language)?;
                output::bytes(&page)
            }
            Some(folder) => {
                write(folder, "man1", Language::English)?;
                write(folder, "fr/man1", Language::French)
            }
        }
    }
}

fn write(folder: &Path, below: &str, language: Language) -> Result<(), Failure> {
    let folder = folder.join(below);
    fs::create_dir_all(&folder).map_err(|error| files::unwritable(&folder, error))?;
    for (name, page) in manual::pages(super::definition(language), language)? {
        let file = folder.join(name);
        let written = File::create(&file).and_then(|mut file| file.write_all(&page));
        written.map_err(|error| files::unwritable(&file, error))?;
    }
    Ok(())
}
