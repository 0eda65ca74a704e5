//! What a component of ours must be like: valid, without imports, with exactly the exports of the world.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{Parser, Payload, Validator};

use super::Guest;
use super::build::{MEMORY, cargo_home};

/// A page of memory, in bytes.
const PAGE: u64 = 65_536;

/// What the world `policy` exports, and `policy-template` with [`CONFIGURE`]. The types may be exported as an
/// instance of their own: a tool's choice, which changes nothing for a host.
const EXPORTS: [&str; 3] = [
    "gardefou:policy/capture@1.0.0",
    "gardefou:policy/custody@1.0.0",
    "gardefou:policy/about@1.0.0",
];
const CONFIGURE: &str = "configure";
const TYPES: &str = "gardefou:policy/types@1.0.0";

/// Fails unless the component is what the contract says.
pub(crate) fn contract(component: &[u8], guest: Guest) -> Result<()> {
    Validator::new()
        .validate_all(component)
        .context("the component is not valid")?;
    ensure!(
        memories(component)? == [Some(MEMORY / PAGE)],
        "the component does not say that its one memory has {MEMORY} bytes at most"
    );
    let (imports, mut exports) = interface(component)?;
    if let Some(import) = imports.first() {
        bail!("the component imports `{import}`; a policy imports nothing");
    }
    exports.remove(TYPES);
    let configure = (guest == Guest::Template).then_some(CONFIGURE);
    for wanted in EXPORTS.into_iter().chain(configure) {
        ensure!(exports.remove(wanted), "the component does not export `{wanted}`");
    }
    match exports.first() {
        Some(other) => bail!("the component exports `{other}`, which is not in its world"),
        None => Ok(()),
    }
}

/// The most pages of each memory of the component, where it says so.
fn memories(component: &[u8]) -> Result<Vec<Option<u64>>> {
    let mut memories = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::MemorySection(section) = payload? {
            for memory in section {
                memories.push(memory?.maximum);
            }
        }
    }
    Ok(memories)
}

/// The names that the component itself imports and exports; those of what is nested in it are its own
/// affair.
fn interface(component: &[u8]) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut imports, mut exports) = (BTreeSet::new(), BTreeSet::new());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.insert(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.insert(export?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

/// Fails when the bytes hold a path of this machine.
pub(crate) fn anonymity(component: &[u8], root: &Path, sysroot: &Path) -> Result<()> {
    let home = std::env::home_dir().unwrap_or_default();
    for path in [root, &cargo_home()?, sysroot, &home] {
        let path = path.to_string_lossy();
        // A home of `/`, or a sysroot of `/usr`, says nothing about a machine.
        let tells = path.len() > "/usr/".len();
        if tells && holds(component, path.as_bytes()) {
            bail!("the component holds the path `{path}` of this machine");
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: [u8; 8] = [0, b'a', b's', b'm', 13, 0, 1, 0];

    /// A component of a module with one memory, of these limits.
    fn remembering(limits: &[u8]) -> Vec<u8> {
        let length = |more: usize| u8::try_from(limits.len() + more).unwrap();
        let module = [&[0, b'a', b's', b'm', 1, 0, 0, 0, 5, length(1), 1], limits].concat();
        [&EMPTY[..], &[1, u8::try_from(module.len()).unwrap()], &module].concat()
    }

    /// From 1 page to 512.
    const BOUNDED: [u8; 4] = [1, 1, 0x80, 4];

    #[test]
    fn a_component_without_the_world_is_refused() {
        let error = contract(&remembering(&BOUNDED), Guest::Floor).unwrap_err().to_string();
        assert!(
            error.contains("does not export `gardefou:policy/capture@1.0.0`"),
            "{error}"
        );
    }

    #[test]
    fn a_component_without_a_bound_on_its_memory_is_refused() {
        for component in [EMPTY.to_vec(), remembering(&[0, 1]), remembering(&[1, 1, 0x81, 4])] {
            let error = contract(&component, Guest::Floor).unwrap_err().to_string();
            assert!(error.contains("33554432 bytes at most"), "{error}");
        }
    }

    #[test]
    fn what_is_no_component_is_refused() {
        assert!(
            contract(b"not wasm", Guest::Template)
                .unwrap_err()
                .to_string()
                .contains("not valid")
        );
    }

    #[test]
    fn an_import_is_named() {
        // (component (core module (memory 1 512)) (import "clock" (func)))
        let mut component = remembering(&BOUNDED);
        component.extend([7, 5, 1, 0x40, 0, 1, 0]);
        component.extend([10, 10, 1, 0, 5, b'c', b'l', b'o', b'c', b'k', 1, 0]);
        let error = contract(&component, Guest::Floor).unwrap_err().to_string();
        assert!(error.contains("imports `clock`"), "{error}");
    }

    #[test]
    fn a_path_is_found() {
        let root = crate::workspace::root();
        let bytes = [b"xx", root.to_string_lossy().as_bytes(), b"xx"].concat();
        let sysroot = Path::new("/usr");
        assert!(anonymity(&bytes, &root, sysroot).is_err());
        assert!(anonymity(b"/gardefou/guest-policy/src", &root, sysroot).is_ok());
    }

    #[test]
    fn the_published_components_keep_the_contract_and_tell_no_path() {
        let root = crate::workspace::root();
        for guest in Guest::ALL {
            let component = std::fs::read(root.join(guest.published())).unwrap();
            contract(&component, guest).unwrap();
            anonymity(&component, &root, Path::new("/usr")).unwrap();
            for tell in ["/home/", "/root/", "/Users/", ".cargo/registry", "/tmp/"] {
                assert!(!holds(&component, tell.as_bytes()), "{tell}");
            }
        }
    }
}
