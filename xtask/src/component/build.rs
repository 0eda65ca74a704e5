//! Building the guest as a core module, with nothing of this machine in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::Guest;
use super::compiler::{Compiler, TARGET, Way};
use crate::shell;

/// The guest's stack, in bytes: one page. It lies below the data, so that an overflow traps.
const STACK: u32 = 65_536;

/// The most memory that the guest ever asks for, in bytes: what a runtime gives a policy by default. A host in
/// another language learns it from the component.
pub(super) const MEMORY: u64 = 32 << 20;

/// Builds the guest, and gives the module.
pub(crate) fn module(root: &Path, compiler: &Compiler, guest: Guest) -> Result<Vec<u8>> {
    // A folder for each compiler: neither waits for the other's lock, nor takes the other's leftovers.
    let target_dir = root.join("target/component").join(match compiler.way {
        Way::Pinned => "pinned",
        Way::Debian => "debian",
    });
    let mut cargo = compiler.cargo();
    cargo
        .current_dir(root)
        // `rustc` instead of `build`: natively the crate is a library alone.
        .args([
            "rustc",
            "--locked",
            "--package",
            "gardefou-policy",
            "--lib",
            "--crate-type",
            "cdylib",
        ])
        .args(["--no-default-features", "--profile", "component", "--target", TARGET])
        .args(guest.features())
        .args(compiler.arguments())
        .arg("--target-dir")
        .arg(&target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root, compiler)?.join("\u{1f}"))
        .env_remove("RUSTFLAGS");
    if let Some(linker) = &compiler.linker {
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    shell::run(&mut cargo)?;
    let built = target_dir.join(TARGET).join("component/gardefou_policy.wasm");
    fs::read(&built).with_context(|| format!("cargo built no `{}`", built.display()))
}

/// The compiler's flags: every path gets a name that is the same on every machine.
fn flags(root: &Path, compiler: &Compiler) -> Result<Vec<String>> {
    // The library's own paths are under the name that rustc's builders gave them; where its source is
    // installed the compiler turns them into real ones, and this turns them back.
    let library = format!("/rustc/{}", compiler.commit);
    let source = compiler.sysroot.join("lib/rustlib/src/rust");
    let mut names = vec![
        (cargo_home()?, "/cargo".to_owned()),
        (root.to_owned(), "/gardefou".to_owned()),
    ];
    if let Ok(real) = source.canonicalize() {
        names.push((real, library.clone()));
    }
    names.push((source, library));
    let remaps = names
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let linked = [
        format!("-Clink-arg=-zstack-size={STACK}"),
        format!("-Clink-arg=--max-memory={MEMORY}"),
    ];
    Ok(remaps.chain(linked).collect())
}

/// Where cargo keeps the sources of other crates.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(PathBuf::from(home));
    }
    let home = std::env::home_dir().context("no home directory is set")?;
    Ok(home.join(".cargo"))
}
