//! Netstrings: the length in decimal, a colon, that many bytes, a comma.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

/// The longest that is read, in bytes. A softphone's events have some hundred.
const LONGEST: usize = 64 * 1024;

/// Digits of the longest.
const MOST_DIGITS: usize = 5;

/// Reads the next one; `None` at the end.
///
/// # Errors
/// What comes is no netstring, is longer than 64 KiB, or ends in its middle: nothing after it can be made out.
pub(crate) fn read(from: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let Some(length) = length(from)? else {
        return Ok(None);
    };
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    let mut comma = [0];
    from.read_exact(&mut comma)?;
    match comma {
        [b','] => Ok(Some(bytes)),
        _ => Err(broken("a text without its comma")),
    }
}

fn length(from: &mut impl BufRead) -> Result<Option<usize>> {
    let mut length = 0_usize;
    for digits in 0..=MOST_DIGITS {
        match from.bytes().next().transpose()? {
            None if digits == 0 => return Ok(None),
            None => return Err(ErrorKind::UnexpectedEof.into()),
            Some(b':') if digits > 0 => return Ok(Some(length)),
            Some(digit @ b'0'..=b'9') => length = length.saturating_mul(10).saturating_add(usize::from(digit - b'0')),
            Some(_) => return Err(broken("a length that is no number")),
        }
        if length > LONGEST {
            return Err(broken("a text of more than 64 KiB"));
        }
    }
    Err(broken("a length that is no number"))
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        std::iter::from_fn(|| read(&mut bytes).transpose()).collect()
    }

    #[test]
    fn what_is_no_netstring_is_an_error() {
        for bytes in [
            ":",
            "a:",
            "3:ab,",
            "3:abcd",
            "2:abc,",
            "12",
            "-1:,",
            "70000:",
            "000000001:a,",
        ] {
            assert!(all(bytes.as_bytes()).is_err(), "{bytes}");
        }
        assert!(all(b"").unwrap().is_empty());
        assert_eq!(all(b"0:,2:ab,").unwrap(), [b"".to_vec(), b"ab".to_vec()]);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..5)) {
            let mut written = Vec::new();
            for text in &texts {
                written.extend(format!("{}:", text.len()).bytes());
                written.extend(text);
                written.push(b',');
            }
            prop_assert_eq!(all(&written).unwrap(), texts);
        }

        #[test]
        fn anything_at_all_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = all(&bytes);
        }
    }
}
