//! What stands in a ledger, against the caps: as a page, and for programs.

mod bar;
mod page;
mod view;

pub(crate) use page::page;
pub(crate) use view::View;

/// One JSON object, with a line feed at its end.
pub(crate) fn json(view: &View) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(view)?;
    bytes.push(b'\n');
    Ok(bytes)
}
