//! The registers of reasons and conditions: `wit/1.0/registers.toml` is read, checked, and written out as
//! the Rust that guest and host share.

mod read;
mod write;

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::generated::Generated;

/// Where the registers are written, from the root of the workspace.
pub(crate) const SOURCE: &str = "wit/1.0/registers.toml";

/// What is generated from them.
const GENERATED: Generated = Generated {
    path: "guest-policy/src/registers.rs",
    source: "`wit/1.0/registers.toml`",
    chore: "registers",
};

/// Writes the generated file, or, when `check`, fails unless it is what would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let text = fs::read_to_string(root.join(SOURCE)).with_context(|| format!("cannot read `{SOURCE}`"))?;
    GENERATED.update(root, &generate(&text)?, check)
}

/// The generated file for this text of the registers.
fn generate(text: &str) -> Result<String> {
    let registers = read::Registers::parse(text).with_context(|| format!("`{SOURCE}`"))?;
    Ok(write::code(&registers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_file_is_current() {
        run(&crate::workspace::root(), true).unwrap();
    }
}
