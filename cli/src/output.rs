//! Standard output.

use std::io::{self, Write};

use crate::failure::Failure;

/// Prints a page, without its colours where nobody sees them.
pub(crate) fn page(page: &str) -> Result<(), Failure> {
    whole(anstream::stdout().lock(), page.as_bytes())
}

/// Prints what programs read, byte for byte.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    whole(io::stdout().lock(), bytes)
}

/// Flushed at once: what cannot be written is told, and not lost at the end of the process.
fn whole(mut out: impl Write, bytes: &[u8]) -> Result<(), Failure> {
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}
