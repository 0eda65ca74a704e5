//! Where the workspace lies.

use std::path::{Path, PathBuf};

/// The root of the workspace: the folder above this crate's. Cargo says where that is when it runs this
/// program; a program that was moved or copied falls back on where it was compiled.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.parent().unwrap_or(here).to_owned()
}
