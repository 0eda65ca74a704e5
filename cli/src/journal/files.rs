//! The files that journals, keys, notes and proofs are in, and what is said where they cannot be used.

use std::fs::File;
use std::path::Path;

use gardefou::StoreError;
use gardefou::journal::{JournalReader, MAX_NOTE, Malformed, Verifier};

use crate::failure::{Failure, say as tell};
use crate::files;
use crate::language::{Language, say};

/// How many entries are read at once.
pub(super) const AT_ONCE: usize = 256;

/// Opens a journal to read.
pub(super) fn open(path: &Path) -> Result<JournalReader, Failure> {
    JournalReader::open(path).map_err(|error| unusable(&error))
}

/// A journal cannot be used: what, and the way out.
pub(super) fn unusable(error: &StoreError) -> Failure {
    let language = Language::of_the_user();
    tell(language.of(&error.text()));
    let help = language.pick("help", "pour corriger\u{a0}");
    anstream::eprintln!("  {help}: {}", language.of(&error.help()));
    Failure::Answered(1)
}

/// A file that was given, up to this many bytes.
pub(super) fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let read = File::open(path).and_then(|file| files::beginning(file, most));
    read.map_err(|error| {
        let path = path.display();
        let context = say!(
            Language::of_the_user(),
            "`{path}` cannot be read",
            "`{path}` ne peut pas être lu"
        );
        Failure::Other(anyhow::Error::new(error).context(context))
    })
}

/// A note in a file.
pub(super) fn note(path: &Path) -> Result<String, Failure> {
    let bytes = read(path, MAX_NOTE)?;
    String::from_utf8(bytes).map_err(|_| malformed(path, Malformed::Note))
}

/// The key that is written there, or in the file of that name.
pub(super) fn key(given: &str) -> Result<Verifier, Failure> {
    if let Ok(verifier) = given.parse() {
        return Ok(verifier);
    }
    let path = Path::new(given);
    let text = note(path)?;
    text.trim_end().parse().map_err(|error| malformed(path, error))
}

/// What stands in a file is malformed.
pub(super) fn malformed(path: &Path, error: Malformed) -> Failure {
    let path = path.display();
    let problem = match Language::of_the_user() {
        Language::English => format!("`{path}`: {error}"),
        Language::French => format!("`{path}`\u{a0}: {}", error.french()),
    };
    Failure::input(problem, None)
}

/// Writes to a file that is not there yet, or to standard output.
pub(super) fn write(output: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match output {
        Some(path) if path != Path::new("-") => {
            let help = Language::of_the_user().pick("give another name", "donner un autre nom");
            files::create(path, bytes, help)
        }
        _ => crate::output::bytes(bytes),
    }
}
