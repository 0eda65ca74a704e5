//! The registers of reasons and conditions: `wit/1.0/registers.toml` is read, checked, and written out as
//! the Rust that guest and host share.

mod read;
mod write;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::shell;

/// Where the registers are written, from the root of the workspace.
pub(crate) const SOURCE: &str = "wit/1.0/registers.toml";
/// What is generated from them.
pub(crate) const GENERATED: &str = "guest-policy/src/registers.rs";

/// Writes the generated file, or, when `check`, fails unless it is what would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let text = fs::read_to_string(root.join(SOURCE)).with_context(|| format!("cannot read `{SOURCE}`"))?;
    let code = formatted(root, &generate(&text)?)?;
    let target = root.join(GENERATED);
    if check {
        let present = fs::read_to_string(&target).with_context(|| format!("cannot read `{GENERATED}`"))?;
        ensure!(
            present == code,
            "`{GENERATED}` is not what `{SOURCE}` says; run `cargo xtask registers`"
        );
        println!("{GENERATED} is current");
    } else {
        fs::write(&target, code).with_context(|| format!("cannot write `{GENERATED}`"))?;
        println!("wrote {GENERATED}");
    }
    Ok(())
}

/// The generated file for this text of the registers.
fn generate(text: &str) -> Result<String> {
    let registers = read::Registers::parse(text).with_context(|| format!("`{SOURCE}`"))?;
    Ok(write::code(&registers))
}

/// The code as rustfmt lays it out under the workspace's settings, so that `cargo fmt` leaves it alone.
fn formatted(root: &Path, code: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.current_dir(root).args(["--edition", "2024"]);
    shell::filter(&mut rustfmt, code).context("rustfmt is needed (`rustup component add rustfmt`)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_file_is_current() {
        run(&crate::workspace::root(), true).unwrap();
    }
}
