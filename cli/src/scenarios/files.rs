//! Finding and reading scenario files.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use gardefou::trace::MAX_SCENARIO;

use crate::failure::Failure;
use crate::files::beginning;
use crate::language::{Language, say};

/// The most files in one folder, and those below it.
const MOST_FILES: usize = 10_000;

/// The scenarios that these paths name: files as they are, and in folders every `.jsonl`, in the order of
/// their names. Each once.
pub(crate) fn found(paths: &[PathBuf], language: Language) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| unreadable(error, path, language))?;
        if !metadata.is_dir() {
            all.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        search(path, &mut inside).map_err(|error| unreadable(error, path, language))?;
        if inside.is_empty() {
            return Err(empty(path, language));
        }
        if inside.len() > MOST_FILES {
            return Err(crowded(path, language));
        }
        inside.sort_unstable();
        all.append(&mut inside);
    }
    let mut once = Vec::with_capacity(all.len());
    let mut seen = std::collections::HashSet::new();
    for path in all {
        if seen.insert(path.clone()) {
            once.push(path);
        }
    }
    Ok(once)
}

/// A folder that a link points to is not entered: it may lead back here. No more is found than shows that
/// there is too much.
fn search(folder: &Path, inside: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            if inside.len() > MOST_FILES {
                return Ok(());
            }
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "jsonl") && path.is_file() {
                inside.push(path);
            }
        }
    }
    Ok(())
}

/// A scenario file, and no more of it than shows that it is too large.
pub(crate) fn read(path: &Path, language: Language) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(MAX_SCENARIO).unwrap_or(u64::MAX);
    File::open(path)
        .and_then(|file| beginning(file, most))
        .map_err(|error| unreadable(error, path, language))
}

fn empty(folder: &Path, language: Language) -> Failure {
    let folder = folder.display();
    Failure::input(
        say!(
            language,
            "the folder `{folder}` has no scenario in it",
            "le dossier `{folder}` ne contient aucun scénario"
        ),
        Some(language.pick(
            "scenarios are files whose names end in `.jsonl`",
            "les scénarios sont des fichiers dont le nom se termine par `.jsonl`",
        )),
    )
}

fn crowded(folder: &Path, language: Language) -> Failure {
    let folder = folder.display();
    Failure::input(
        say!(
            language,
            "the folder `{folder}` has more than {MOST_FILES} scenarios in it",
            "le dossier `{folder}` contient plus de {MOST_FILES} scénarios"
        ),
        Some(language.pick("name a part of it", "en nommer une partie")),
    )
}

fn unreadable(error: io::Error, path: &Path, language: Language) -> Failure {
    let path = path.display();
    let context = say!(
        language,
        "the scenario `{path}` cannot be read",
        "le scénario `{path}` ne peut pas être lu"
    );
    Failure::Other(anyhow::Error::new(error).context(context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_in_the_order_of_names_and_each_file_comes_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        for name in ["z.jsonl", "b/c/y.jsonl", "a.jsonl", "notes.md", "b/x.json"] {
            fs::write(at(name), "").unwrap();
        }
        let paths = [at("z.jsonl"), folder.path().to_owned()];
        let names = found(&paths, Language::English).unwrap();
        assert_eq!(names, [at("z.jsonl"), at("a.jsonl"), at("b/c/y.jsonl")]);
        assert!(matches!(found(&[at("b/c/y.jsonl")], Language::English), Ok(one) if one.len() == 1));
        fs::create_dir(at("empty")).unwrap();
        assert!(matches!(
            found(&[at("empty")], Language::English),
            Err(Failure::Input(_))
        ));
        for n in 0..=MOST_FILES {
            fs::write(at(&format!("empty/{n}.jsonl")), "").unwrap();
        }
        assert!(matches!(
            found(&[at("empty")], Language::English),
            Err(Failure::Input(_))
        ));
        assert!(matches!(
            found(&[at("nowhere")], Language::English),
            Err(Failure::Other(_))
        ));
    }
}
