//! From the guest's module to a component without names, debug information or producers.

use anyhow::{Context, Result, bail, ensure};
use wit_component::ComponentEncoder;

/// The version of the library that makes the component; a test holds it to `Cargo.lock`.
pub(crate) const ENCODER: &str = "wit-component 0.263.0";

/// The component of this module, which carries its world in a section of its own.
pub(crate) fn component(module: &[u8]) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .module(module)
        .context("the guest does not say which world it implements")?
        .validate(true)
        .encode()
        .context("the guest does not implement its world")?;
    without_custom_sections(&component)
}

const HEADER: usize = 8;
const CUSTOM: u8 = 0;
/// In a component: a module, and a component, each with a header and sections of its own.
const CORE_MODULE: u8 = 1;
const NESTED: u8 = 4;
/// The eighth byte of the header tells a component from a module, whose sections 1 and 4 are others.
const COMPONENT_LAYER: u8 = 1;

/// A copy in which no custom section is left, at any depth: they say nothing that running needs, and
/// they may name what the builder's machine is like.
fn without_custom_sections(bytes: &[u8]) -> Result<Vec<u8>> {
    let Some((header, mut rest)) = bytes.split_at_checked(HEADER) else {
        bail!("a module or component ends within its header");
    };
    let is_component = header.get(6) == Some(&COMPONENT_LAYER);
    let mut out = header.to_vec();
    while let Some((id, after)) = rest.split_first() {
        let (length, after) = unsigned(after)?;
        let Some((body, after)) = after.split_at_checked(length) else {
            bail!("a section ends beyond its module or component");
        };
        rest = after;
        match *id {
            CUSTOM => {}
            CORE_MODULE | NESTED if is_component => section(&mut out, *id, &without_custom_sections(body)?)?,
            _ => section(&mut out, *id, body)?,
        }
    }
    Ok(out)
}

fn section(out: &mut Vec<u8>, id: u8, body: &[u8]) -> Result<()> {
    let mut length = u32::try_from(body.len()).context("a section is above 4 GiB")?;
    out.push(id);
    loop {
        let low = u8::try_from(length & 0x7f)?;
        length >>= 7;
        if length == 0 {
            out.push(low);
            break;
        }
        out.push(low | 0x80);
    }
    out.extend_from_slice(body);
    Ok(())
}

/// An unsigned LEB128 number of up to 32 bits, and what follows it.
fn unsigned(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut rest = bytes;
    let mut value = 0_u64;
    for shift in [0, 7, 14, 21, 28] {
        let Some((byte, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((usize::try_from(value)?, rest));
        }
    }
    ensure!(!rest.is_empty(), "a section ends within its length");
    bail!("the length of a section is above 32 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: [u8; 8] = [0, b'a', b's', b'm', 1, 0, 0, 0];
    const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 13, 0, 1, 0];

    #[test]
    fn custom_sections_go_at_every_depth() {
        let types = [1, 1, 0];
        let name = [0, 5, 4, b'n', b'a', b'm', b'e'];
        let module = [&MODULE[..], &name, &types, &name].concat();
        let nested = [&[1, u8::try_from(module.len()).unwrap()], &module[..]].concat();
        let component = [&COMPONENT[..], &name, &nested, &name].concat();

        let bare = [&MODULE[..], &types].concat();
        let wanted = [&COMPONENT[..], &[1, u8::try_from(bare.len()).unwrap()], &bare].concat();
        assert_eq!(without_custom_sections(&component).unwrap(), wanted);
    }

    #[test]
    fn lengths_are_kept() {
        for length in [0, 1, 127, 128, 300, 70_000] {
            let mut bytes = MODULE.to_vec();
            section(&mut bytes, 11, &vec![7; length]).unwrap();
            assert_eq!(without_custom_sections(&bytes).unwrap(), bytes, "{length}");
        }
    }

    #[test]
    fn truncated_bytes_are_an_error() {
        let mut bytes = MODULE.to_vec();
        section(&mut bytes, 11, &[7; 300]).unwrap();
        for length in [0, 7, 9, 10, 200] {
            assert!(without_custom_sections(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn the_version_is_the_one_that_is_used() {
        let lock = std::fs::read_to_string(crate::workspace::root().join("Cargo.lock")).unwrap();
        let (name, version) = ENCODER.split_once(' ').unwrap();
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")));
    }
}
