//! Standard output.

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Prints a page, without its colours where nobody sees them.
pub(crate) fn page(page: &str) -> Result<(), Failure> {
    whole(anstream::stdout().lock(), page.as_bytes())
}

/// Prints what programs read, byte for byte.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    whole(io::stdout().lock(), bytes)
}

/// The form of JSON that people can read too, with a line feed at its end.
pub(crate) fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

/// The same, for a command to print.
pub(crate) fn json(value: &serde_json::Value) -> Result<String, Failure> {
    pretty(value).map_err(|error| anyhow::Error::new(error).into())
}

/// Flushed at once: what cannot be written is told, and not lost at the end of the process.
fn whole(mut out: impl Write, bytes: &[u8]) -> Result<(), Failure> {
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}
