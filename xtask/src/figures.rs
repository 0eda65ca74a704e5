//! The figures of the reference recorder, measured on this machine.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{packages, shell, test};

/// What is measured runs on a real screen, with a compositor, and writes real files.
const PACKAGES: [&str; 4] = ["ffmpeg", "xvfb", "openbox", "picom"];

/// Installs what is missing, builds, and measures. With `write` the page is written there too. Fails, after that,
/// when a figure is not what was asked.
pub(crate) fn run(root: &Path, minutes: u32, write: Option<&Path>) -> Result<()> {
    packages::ensure(&PACKAGES)?;
    // With the tests, whose dependencies have features of their own: so that the runtime is not built once more.
    let mut build = shell::cargo();
    build
        .current_dir(root)
        .arg("build")
        .args(test::WHOLE)
        .args(["--bins", "--tests"]);
    shell::run(&mut build)?;
    let here = std::env::current_exe()?;
    // This program lies in the folder of its profile.
    let target = here
        .parent()
        .and_then(Path::parent)
        .context("this program lies in no folder")?;
    let mut figures = Command::new(target.join("release").join("gardefou-figures"));
    figures.current_dir(root).args(["--minutes", &minutes.to_string()]);
    if let Some(file) = write {
        figures.arg("--write").arg(file);
    }
    shell::run(&mut figures)
}
