//! What runs components in other languages, for `tests/tests/languages.rs`: installed from their registries into a
//! folder of its own, in the versions and with the digests that the lock files in `tests/languages/` name.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{packages, shell};

/// Where it is installed, from the root of the workspace.
const INSTALLED: &str = "target/languages";

/// Installs what is missing, or is not as its lock file says.
pub(crate) fn run(root: &Path) -> Result<()> {
    install(root, "node", &["package.json", "package-lock.json"], |folder| {
        if !["node", "npm"]
            .iter()
            .all(|program| shell::succeeds(Command::new(program).arg("--version")))
        {
            packages::ensure(&["nodejs", "npm"])?;
        }
        let clean = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        shell::run(Command::new("npm").args(clean).current_dir(folder))
    })?;
    install(root, "python", &["requirements.txt"], |folder| {
        // Debian has the module that makes an environment in a package of its own.
        if !shell::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
            packages::ensure(&["python3", "python3-venv"])?;
        }
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let locked = [
            "install",
            "--quiet",
            "--require-hashes",
            "--only-binary=:all:",
            "--requirement",
        ];
        shell::run(
            Command::new(folder.join("bin/pip"))
                .args(locked)
                .arg("requirements.txt")
                .current_dir(folder),
        )
    })
}

/// Installs a language anew unless what is there is of these files, the last of which is the lock.
fn install(root: &Path, language: &str, files: &[&str], how: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let sources = root.join("tests/languages").join(language);
    let folder = root.join(INSTALLED).join(language);
    let mut lock = Vec::new();
    for file in files {
        lock =
            fs::read(sources.join(file)).with_context(|| format!("cannot read `tests/languages/{language}/{file}`"))?;
    }
    let done = folder.join("installed");
    if fs::read(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for file in files {
        fs::copy(sources.join(file), folder.join(file))?;
    }
    how(&folder)?;
    // Last, so that what was interrupted is not taken for installed.
    fs::write(&done, lock).with_context(|| format!("cannot write `{}`", done.display()))
}
