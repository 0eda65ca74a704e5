//! How an entry's content lies in the file: under its salt, so that it is gone when the salt is.
//!
//! A database moves its rows about, and a deleted row may leave a shadow where it once lay. A salt never moves:
//! it is overwritten where it is, and without it neither its content nor a shadow of it can be read.

use sha2::{Digest as _, Sha256};

use super::record::Record;
use super::tree::Hash;

/// The largest content of an entry, in bytes.
pub(super) const MAX_CONTENT: usize = 16 << 20;

/// The salt of an entry whose content was destroyed.
pub(super) const FORGOTTEN: Hash = [0; 32];

/// Seals what is open, and opens what is sealed: XOR with SHA-256(`gardefou.journal/content` ‖ salt ‖ i), where
/// i counts blocks of 32 bytes from 0, in 8 bytes, the most significant first.
pub(super) fn turn(salt: &Hash, bytes: &mut [u8]) {
    let start = Sha256::new()
        .chain_update(b"gardefou.journal/content")
        .chain_update(salt);
    for (block, i) in bytes.chunks_mut(32).zip(0_u64..) {
        let pad: Hash = start.clone().chain_update(i.to_be_bytes()).finalize().into();
        block.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
    }
}

/// The kinds of entry, as they are numbered in the file.
const KINDS: [(&str, i64); 3] = [("access", 1), ("decision", 2), ("count", 3)];

pub(super) fn kind_number(kind: &str) -> i64 {
    let found = KINDS.iter().find(|(name, _)| *name == kind);
    found.map_or(0, |(_, number)| *number)
}

pub(super) fn kind_name(number: i64) -> Option<&'static str> {
    let found = KINDS.iter().find(|(_, of)| *of == number);
    found.map(|(name, _)| *name)
}

/// What is written of a record.
pub(super) fn written(record: &Record) -> Result<String, String> {
    let text = serde_json::to_string(record).map_err(|error| error.to_string())?;
    let fits = text.len() <= MAX_CONTENT;
    fits.then_some(text)
        .ok_or_else(|| format!("an entry of more than {MAX_CONTENT} bytes is not taken"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_salt_alone() {
        let plain: Vec<u8> = (0..=255).collect();
        let mut bytes = plain.clone();
        turn(&[1; 32], &mut bytes);
        assert!(bytes.iter().zip(&plain).filter(|(a, b)| a == b).count() < 10);
        let mut other = bytes.clone();
        turn(&[2; 32], &mut other);
        assert_ne!(other, plain);
        turn(&[1; 32], &mut bytes);
        assert_eq!(bytes, plain);
    }

    #[test]
    fn every_kind_has_a_number_of_its_own() {
        for (name, number) in KINDS {
            assert_eq!(kind_number(name), number);
            assert_eq!(kind_name(number), Some(name));
        }
        assert_eq!(kind_name(0), None);
    }
}
