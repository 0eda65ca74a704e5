//! `gardefou employees`: who is listed for a programme, in the document or in the file that it names.

mod edit;

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gardefou::rules::{Companion, Companions, Folder, Reading, edited_employees, read_with};
use gardefou::{MAX_DOCUMENT, wall_clock_now};
use gardefou_policy::rules::{Enrolment, Programmes};
use sha2::{Digest as _, Sha256};

use crate::deciding::{self, warnings};
use crate::failure::Failure;
use crate::files;
use crate::help::Page;
use crate::language::{Language, say};
use crate::output;

use edit::{Listing, listing};

/// Add, remove or list the employees of a programme
///
/// It edits the rule document, or the file of employees that the programme names (`employees-file`), and leaves every
/// other byte as it is: notes, order, line ends. Change `version` before you publish the rules again.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Employees {
    /// The rule document (TOML)
    rules: PathBuf,

    /// What to do
    #[arg(value_enum)]
    action: Action,

    /// The employees, by the tokens that the recorder uses; never names
    #[arg(value_name = "TOKEN")]
    tokens: Vec<String>,

    /// The id of the programme
    #[arg(long, value_name = "ID")]
    programme: String,

    /// Where other programmes name the same file of employees: edit it for all of them
    #[arg(long)]
    all: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Add employees to the list
    Add,
    /// Remove employees from the list
    Remove,
    /// Print the list, one employee a line
    List,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou employees rules.toml list --programme crm-onboarding
  gardefou employees rules.toml add e-1003 e-1004 --programme crm-onboarding
  gardefou employees rules.toml remove e-1001 --programme crm-onboarding

Exit codes:
  0  it was done, or there was nothing to do
  2  the rules have errors or would have, a token is not listed, the file changed meanwhile, other programmes name
     the same file, or the arguments are malformed; nothing was written
  1  anything else, such as a file that cannot be written";

pub(super) const FRENCH: Page = Page {
    about: "Ajouter, retirer ou énumérer les salariés d'un programme",
    more: "La commande modifie le document de règles, ou le fichier de salariés que nomme le programme (`employees-file`), et laisse tous les autres octets tels quels\u{a0}: notes, ordre, fins de ligne. Changez `version` avant de publier les règles à nouveau.",
    arguments: &[
        ("rules", "Le document de règles (TOML)"),
        ("action", "Que faire\u{a0}: ajouter, retirer ou énumérer"),
        (
            "tokens",
            "Les salariés, par les identifiants pseudonymes qu'utilise l'enregistreur\u{a0}; jamais de noms",
        ),
        ("programme", "L'id du programme"),
        (
            "all",
            "Si d'autres programmes nomment le même fichier de salariés\u{a0}: le modifier pour tous",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou employees regles.toml list --programme remise-a-niveau
  gardefou employees regles.toml add e-1003 e-1004 --programme remise-a-niveau
  gardefou employees regles.toml remove e-1001 --programme remise-a-niveau

Codes de sortie\u{a0}:
  0  c'est fait, ou il n'y avait rien à faire
  2  les règles ont des erreurs ou en auraient, un identifiant ne figure pas dans la liste, le fichier a changé
     entre-temps, d'autres programmes nomment le même fichier, ou les arguments sont mal formés\u{a0}; rien n'est écrit
  1  tout le reste, comme un fichier où l'on ne peut écrire",
};

impl Employees {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let document = files::rules(&self.rules)?;
        let folder = Folder::of(&self.rules);
        let reading = read_with(&document, wall_clock_now(), &folder);
        if reading.rules.is_none() {
            return Err(deciding::errors(&reading.problems, &self.rules));
        }
        let listed = self.listed(&reading)?;
        if self.action == Action::List {
            return self.list(&listed);
        }
        if self.tokens.is_empty() {
            let problem = Language::of_the_user().pick("no employee is named", "aucun salarié n'est nommé");
            return Err(Failure::input(problem.to_owned(), None));
        }
        let text = str::from_utf8(&document).unwrap_or_default();
        let listing = listing(text, &self.programme).ok_or_else(|| self.unknown(&reading))?;
        let (add, remove) = self.changes(&listed)?;
        if add.is_empty() && remove.is_empty() {
            return output::page(&format!("{}\n", self.nothing_to_do()));
        }
        let (path, before, after, others) = match &listing {
            Listing::Here(list) => {
                let after = list.edited(text, &add, &remove).into_bytes();
                (self.rules.clone(), document.clone(), after, Vec::new())
            }
            Listing::Apart { path, others } => {
                let located = folder.locate(path);
                let (Ok(located), Ok(Companion::File(before))) = (located, folder.companion(path)) else {
                    return Err(self.changed(Path::new(path)));
                };
                let after = edited_employees(&before, &add, &remove)
                    .map_err(|why| Failure::input(Language::of_the_user().of(&why).to_owned(), None))?;
                (located, before, after, others.clone())
            }
        };
        self.check_others(&path, &others)?;
        self.check_after(&document, &listing, &after, &folder)?;
        self.put(&path, &before, &after)?;
        self.report(&path, &add, &remove, &others)
    }

    /// Who is listed now, in the order of their tokens.
    fn listed(&self, reading: &Reading) -> Result<Vec<String>, Failure> {
        let programme = match reading.rules.as_ref().map(|rules| &rules.programmes) {
            Some(Programmes::Listed(list)) => list.iter().find(|programme| programme.id == self.programme),
            _ => None,
        };
        let Some(programme) = programme else {
            return Err(self.unknown(reading));
        };
        match &programme.enrolment {
            Enrolment::Listed(tokens) => Ok(tokens.clone()),
            _ => {
                let language = Language::of_the_user();
                let id = &programme.id;
                let problem = say!(
                    language,
                    "the programme `{id}` lists nobody: the recorder attests who is enrolled",
                    "le programme `{id}` n'énumère personne\u{a0}: l'enregistreur atteste qui est inscrit"
                );
                let help = language.pick(
                    "write `employees` or `employees-file` in the document first",
                    "écrivez d'abord `employees` ou `employees-file` dans le document",
                );
                Err(Failure::input(problem, Some(help)))
            }
        }
    }

    fn unknown(&self, reading: &Reading) -> Failure {
        let known: Vec<String> = match reading.rules.as_ref().map(|rules| &rules.programmes) {
            Some(Programmes::Listed(list)) => list.iter().take(10).map(|p| format!("`{}`", p.id)).collect(),
            _ => Vec::new(),
        };
        let (id, known, language) = (&self.programme, known.join(", "), Language::of_the_user());
        let problem = say!(
            language,
            "the rules have no programme `{id}`",
            "les règles n'ont pas de programme `{id}`"
        );
        let help = say!(language, "they have {known}", "elles ont {known}");
        Failure::input(problem, Some(&help))
    }

    fn list(&self, listed: &[String]) -> Result<(), Failure> {
        if !self.tokens.is_empty() {
            let problem = Language::of_the_user().pick("`list` takes no employees", "`list` ne prend pas de salariés");
            return Err(Failure::input(problem.to_owned(), None));
        }
        let lines: String = listed.iter().map(|token| format!("{token}\n")).collect();
        output::page(&lines)
    }

    /// What there is to add and to remove.
    fn changes(&self, listed: &[String]) -> Result<(Vec<String>, Vec<String>), Failure> {
        let language = Language::of_the_user();
        let mut tokens: Vec<String> = Vec::new();
        for token in &self.tokens {
            if token.trim().is_empty() || token.trim() != token || token.chars().any(char::is_control) {
                let problem = language.pick(
                    "a token is empty, or has blanks around it or control characters in it",
                    "un identifiant est vide, ou a des espaces autour ou des caractères de contrôle",
                );
                return Err(Failure::input(problem.to_owned(), None));
            }
            if !tokens.contains(token) {
                tokens.push(token.clone());
            }
        }
        if self.action == Action::Add {
            tokens.retain(|token| !listed.contains(token));
            return Ok((tokens, Vec::new()));
        }
        if let Some(unknown) = tokens.iter().find(|token| !listed.contains(token)) {
            let id = &self.programme;
            let problem = say!(
                language,
                "`{unknown}` is not listed for `{id}`, and nothing was written",
                "`{unknown}` ne figure pas dans la liste de `{id}`, et rien n'est écrit"
            );
            let fold = |token: &str| token.trim().to_lowercase();
            let near = listed.iter().find(|known| fold(known) == fold(unknown));
            let near = near.or_else(|| {
                listed
                    .iter()
                    .min_by_key(|known| strsim::damerau_levenshtein(known, unknown))
            });
            let near = near.map_or("", String::as_str);
            let help = say!(
                language,
                "perhaps `{near}` was meant",
                "vouliez-vous dire `{near}`\u{a0}?"
            );
            return Err(Failure::input(problem, Some(&help)));
        }
        Ok((Vec::new(), tokens))
    }

    fn nothing_to_do(&self) -> String {
        let id = &self.programme;
        say!(
            Language::of_the_user(),
            "they are all listed for {id} already; nothing was written",
            "ils figurent déjà tous dans la liste de {id}\u{a0}; rien n'est écrit"
        )
    }

    /// A file that other programmes name is edited for them too: somebody must have wanted that.
    fn check_others(&self, path: &Path, others: &[String]) -> Result<(), Failure> {
        if others.is_empty() || self.all {
            return Ok(());
        }
        let (path, language) = (path.display(), Language::of_the_user());
        let names: Vec<String> = others.iter().map(|id| format!("`{id}`")).collect();
        let names = names.join(", ");
        let problem = say!(
            language,
            "`{path}` is also the list of {names}, and was left as it is",
            "`{path}` est aussi la liste de {names}, et reste comme il était"
        );
        let help = language.pick(
            "add `--all` to edit it for all of them, or give the programme a file of its own",
            "ajouter `--all` pour la modifier pour tous, ou donner au programme un fichier à lui",
        );
        Err(Failure::input(problem, Some(help)))
    }

    /// The rules load after the edit too; what is odd in them is told.
    fn check_after(&self, document: &[u8], listing: &Listing, after: &[u8], folder: &Folder) -> Result<(), Failure> {
        let edited = match listing {
            Listing::Here(_) => read_with(after, wall_clock_now(), folder),
            Listing::Apart { path, .. } => {
                let beside = Edited { path, after, folder };
                read_with(document, wall_clock_now(), &beside)
            }
        };
        if edited.rules.is_none() {
            return Err(deciding::errors(&edited.problems, &self.rules));
        }
        deciding::warn_of(&edited.problems, &self.rules);
        Ok(())
    }

    /// Puts the edited file in the place of what was read; refuses where that changed meanwhile.
    fn put(&self, path: &Path, before: &[u8], after: &[u8]) -> Result<(), Failure> {
        let unwritable = |error| files::unwritable(path, error);
        // Two of these commands wait for one another. Whoever comes second sees what the first wrote.
        let held = File::open(path).map_err(unwritable)?;
        held.lock().map_err(unwritable)?;
        let now = File::open(path).and_then(|file| files::beginning(file, MAX_DOCUMENT));
        if Sha256::digest(now.map_err(unwritable)?) != Sha256::digest(before) {
            return Err(self.changed(path));
        }
        files::replace(path, after).map_err(unwritable)
    }

    fn changed(&self, path: &Path) -> Failure {
        let (path, language) = (path.display(), Language::of_the_user());
        let problem = say!(
            language,
            "`{path}` changed meanwhile, and was left as it is",
            "`{path}` a changé entre-temps, et reste comme il était"
        );
        let help = language.pick("run the command again", "relancer la commande");
        Failure::input(problem, Some(help))
    }

    fn report(&self, path: &Path, add: &[String], remove: &[String], others: &[String]) -> Result<(), Failure> {
        let language = Language::of_the_user();
        let (added, removed, path) = (add.len(), remove.len(), path.display());
        let mut ids = vec![self.programme.as_str()];
        ids.extend(others.iter().map(String::as_str));
        let ids = ids.join(", ");
        let done = say!(
            language,
            "{path}: {added} added, {removed} removed, for {ids}",
            "{path}\u{a0}: ajoutés {added}, retirés {removed}, pour {ids}"
        );
        let raise = language.pick(
            "these are other rules now: change `version` before they are published",
            "ce sont maintenant d'autres règles\u{a0}: changez `version` avant de les publier",
        );
        warnings([raise.to_owned()]);
        output::page(&format!("{done}\n"))
    }
}

/// The companions of a document, one of them edited.
#[derive(Debug)]
struct Edited<'a> {
    path: &'a str,
    after: &'a [u8],
    folder: &'a Folder,
}

impl Companions for Edited<'_> {
    fn companion(&self, path: &str) -> Result<Companion, gardefou::rules::Absent> {
        if path == self.path {
            Ok(Companion::File(self.after.to_vec()))
        } else {
            self.folder.companion(path)
        }
    }
}
