//! The template component: what is given the rules.

use wasmparser::{Parser, Payload};

use crate::error::BakeError;

/// The template component, as it is published.
pub const TEMPLATE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../guest-policy/dist/policy.wasm"));

/// The template's export that takes the rules.
const CONFIGURE: &str = "configure";

/// The template, with that export under another name of the same length.
///
/// The snapshot leaves the initialiser out, in the component and, by the same name, in the module inside it.
/// The component still refers to the module's, so the two must not be called alike.
pub(crate) fn with_initialiser(name: &str) -> Result<Vec<u8>, BakeError> {
    let place = place_of_configure()?;
    let mut template = TEMPLATE.to_vec();
    match template.get_mut(place..).and_then(|rest| rest.get_mut(..name.len())) {
        Some(old) if old == CONFIGURE.as_bytes() => old.copy_from_slice(name.as_bytes()),
        _ => return Err(no_initialiser()),
    }
    Ok(template)
}

/// Where the name of the component's own export stands.
fn place_of_configure() -> Result<usize, BakeError> {
    let not_one = |e: wasmparser::BinaryReaderError| BakeError::NotAComponent(e.to_string());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(TEMPLATE) {
        match payload.map_err(not_one)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section.into_iter_with_offsets() {
                    let (start, export) = export.map_err(not_one)?;
                    if export.name.name == CONFIGURE {
                        // Before the name stand its kind and its length, a byte each.
                        return start.checked_add(2).ok_or_else(no_initialiser);
                    }
                }
            }
            _ => {}
        }
    }
    Err(no_initialiser())
}

fn no_initialiser() -> BakeError {
    BakeError::Snapshot(format!("the template has no `{CONFIGURE}`"))
}
