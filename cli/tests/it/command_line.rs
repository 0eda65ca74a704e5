//! Starting the command, in a language that the machine does not choose.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A locale of English, and of French.
pub(crate) const LOCALES: [&str; 2] = ["en_GB.UTF-8", "fr_FR.UTF-8"];

/// The command, in this locale.
pub(crate) fn in_locale(locale: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gardefou"));
    for name in ["LC_ALL", "LC_MESSAGES", "LC_CTYPE"] {
        command.env_remove(name);
    }
    command.env("LANG", locale);
    command
}

/// What it says in this folder, in this locale.
pub(crate) fn spoken(locale: &str, folder: &Path, arguments: &[&str]) -> Output {
    in_locale(locale).args(arguments).current_dir(folder).output().unwrap()
}

/// What it says in this folder, in English.
pub(crate) fn gardefou(folder: &Path, arguments: &[&str]) -> Output {
    spoken("C.UTF-8", folder, arguments)
}

/// What it wrote.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A path from the root of the sources.
pub(crate) fn sources(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The example rules.
pub(crate) fn example_rules() -> String {
    fs::read_to_string(sources("rules/example.toml")).unwrap()
}
