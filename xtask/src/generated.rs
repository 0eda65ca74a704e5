//! Files of Rust that are generated: written anew, or held against what would be written.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::shell;

/// A generated file.
pub(crate) struct Generated {
    /// Where it is, from the root of the workspace.
    pub(crate) path: &'static str,
    /// What it is generated from.
    pub(crate) source: &'static str,
    /// The chore that writes it.
    pub(crate) chore: &'static str,
}

impl Generated {
    /// Writes the file, or, when `check`, fails unless it is what would be written.
    pub(crate) fn update(&self, root: &Path, code: &str, check: bool) -> Result<()> {
        let Self { path, source, chore } = self;
        let code = formatted(root, code)?;
        let target = root.join(path);
        if check {
            let present = fs::read_to_string(&target).with_context(|| format!("cannot read `{path}`"))?;
            ensure!(
                present == code,
                "`{path}` is not what {source} says; run `cargo xtask {chore}`"
            );
            println!("{path} is current");
        } else {
            fs::write(&target, code).with_context(|| format!("cannot write `{path}`"))?;
            println!("wrote {path}");
        }
        Ok(())
    }
}

/// The code as rustfmt lays it out under the workspace's settings, so that `cargo fmt` leaves it alone.
fn formatted(root: &Path, code: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.current_dir(root).args(["--edition", "2024"]);
    shell::filter(&mut rustfmt, code).context("rustfmt is needed (`rustup component add rustfmt`)")
}
