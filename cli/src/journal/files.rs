//! The files that keys, notes and proofs are in, and what is said where they cannot be used.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use gardefou::journal::{MAX_NOTE, Malformed, Verifier};

use crate::failure::Failure;
use crate::files;
use crate::language::{Language, say};

/// How many entries are read at once.
pub(super) const AT_ONCE: usize = 256;

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
pub(crate) fn note(path: &Path) -> Result<String, Failure> {
    let bytes = read(path, MAX_NOTE)?;
    String::from_utf8(bytes).map_err(|_| malformed(path, Malformed::Note))
}

/// The key that is written there, or in the file of that name.
pub(super) fn key(given: &OsStr) -> Result<Verifier, Failure> {
    let path = Path::new(given);
    match given.to_str().map(str::parse) {
        Some(Ok(verifier)) => Ok(verifier),
        // Written as a key, and no file.
        Some(Err(error)) if given.as_encoded_bytes().contains(&b'+') && !path.exists() => Err(malformed(path, error)),
        _ => key_in(path),
    }
}

/// The key in this file: a plain one. A pipe of that name, which somebody put beside a journal, would hold up whoever
/// opens it.
pub(super) fn key_in(path: &Path) -> Result<Verifier, Failure> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        let path = path.display();
        let problem = say!(
            Language::of_the_user(),
            "`{path}` is not a plain file",
            "`{path}` n'est pas un fichier ordinaire"
        );
        return Err(Failure::input(problem, None));
    }
    let bytes = read(path, MAX_NOTE)?;
    let text = str::from_utf8(&bytes).map_err(|_| malformed(path, Malformed::Key))?;
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
            let mut file = files::create_private(path, help)?;
            file.write_all(bytes).map_err(|error| files::unwritable(path, error))
        }
        _ => crate::output::bytes(bytes),
    }
}
