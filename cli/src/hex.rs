//! Bytes as people compare them.

/// Every byte as two digits.
pub(crate) fn of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_byte_is_two_digits() {
        assert_eq!(super::of(&[0, 10, 255]), "000aff");
        assert_eq!(super::of(&[]), "");
    }
}
