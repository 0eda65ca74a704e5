//! Every test, on a machine that may have nothing but the Rust toolchain.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{languages, packages, shell};

/// What the tests of the recorder put on a real screen, the calls that it hears of, and what reads a real file
/// back; what reads manual pages; a server for the ledger; and another implementation of what the journal's proofs are.
const PACKAGES: [&str; 22] = [
    "ffmpeg",
    "xvfb",
    "xserver-xephyr",
    "mesa-utils",
    "openbox",
    "xterm",
    "xdotool",
    "zenity",
    "dunst",
    "picom",
    "baresip",
    "sip-tester",
    "x11-utils",
    "x11-xserver-utils",
    "imagemagick",
    "libnotify-bin",
    "dbus",
    "fonts-dejavu-core",
    "groff-base",
    "postgresql",
    "golang-go",
    "golang-golang-x-mod-dev",
];

/// What every build here has in common, so that nothing is built twice: above all not the runtime.
pub(crate) const WHOLE: [&str; 3] = ["--release", "--workspace", "--all-features"];

/// Installs what is missing and runs every test.
pub(crate) fn run(root: &Path) -> Result<()> {
    packages::ensure(&PACKAGES)?;
    languages::run(root)?;
    let has_nextest = ensure_nextest();
    let cargo = |command: &str| {
        let mut cargo = shell::cargo();
        cargo.current_dir(root).arg(command).args(WHOLE);
        cargo
    };
    // Tests of one crate start the programs of another: cargo builds those only when asked. Together with
    // the tests, so that both have the same features and the runtime is built once.
    shell::run(cargo("build").args(["--bins", "--tests"]))?;
    if has_nextest {
        let mut nextest = shell::cargo();
        nextest.current_dir(root).args(["nextest", "run"]).args(WHOLE);
        shell::run(&mut nextest)?;
    } else {
        eprintln!("cargo-nextest cannot be installed here: the tests run under `cargo test`");
        shell::run(cargo("test").args(["--lib", "--bins", "--tests"]))?;
    }
    shell::run(cargo("test").arg("--doc"))
}

/// Whether cargo-nextest is there, installed now when it was not.
fn ensure_nextest() -> bool {
    let is_there = || shell::succeeds(shell::cargo().args(["nextest", "--version"]));
    if is_there() {
        return true;
    }
    eprintln!("cargo-nextest is missing; building it takes some minutes");
    let install = ["install", "--locked", "cargo-nextest"];
    // Outside the workspace, so that its pinned toolchain does not bind another project's build.
    let mut cargo = Command::new("cargo");
    let outside = cargo.args(install).current_dir(std::env::temp_dir());
    shell::run(outside.env_remove("CARGO_MANIFEST_DIR")).is_ok() && is_there()
}
