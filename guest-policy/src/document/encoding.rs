//! From bytes to text: UTF-8 without a byte order mark and without NUL.

use alloc::{string::String, vec::Vec};
use core::ops::Range;

/// The text, and what is wrong with its bytes. What cannot be read stands in the text as `?`, byte for
/// byte, so that every place in it is a place in the document.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
    line: usize,
}

/// A place that is not plain text.
pub(super) struct Mark {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
    line: usize,
}

/// What is there instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    ByteOrderMark,
    Utf16,
    Nul,
    NotUtf8,
}

impl Kind {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "byte-order-mark",
            Self::Utf16 | Self::NotUtf8 => "not-utf-8",
            Self::Nul => "nul-character",
        }
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "the document starts with an invisible byte order mark",
            Self::Utf16 => "the document is saved as UTF-16",
            Self::Nul => "there is an invisible NUL character here",
            Self::NotUtf8 => "this is not UTF-8",
        }
    }

    pub(super) const fn help(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "save the document as UTF-8 without BOM",
            Self::Utf16 | Self::NotUtf8 => "save the document as UTF-8 and look at the accents on this line",
            Self::Nul => "delete this line and type it again",
        }
    }
}

/// Reads the bytes of a document.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let mark = Mark {
            span: 0..2,
            kind: Kind::Utf16,
            line: 0,
        };
        return Decoded {
            text: String::new(),
            marks: alloc::vec![mark],
            line: 0,
        };
    }
    let mut decoded = Decoded {
        text: String::with_capacity(bytes.len()),
        marks: Vec::new(),
        line: 0,
    };
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let at = decoded.text.len();
            let first = at == 0;
            let after = at + character.len_utf8();
            match character {
                '\u{feff}' if first => decoded.mark(at..after, Kind::ByteOrderMark),
                '\0' => decoded.mark(at..after, Kind::Nul),
                '\n' => decoded.line += 1,
                _ => {}
            }
            decoded.text.push(if character == '\0' { '?' } else { character });
        }
        let invalid = chunk.invalid().len();
        if invalid > 0 {
            let at = decoded.text.len();
            decoded.mark(at..at + invalid, Kind::NotUtf8);
            decoded.text.extend(core::iter::repeat_n('?', invalid));
        }
    }
    decoded
}

impl Decoded {
    /// Notes a place; what is wrong in the same way on the same line is noted once.
    fn mark(&mut self, span: Range<usize>, kind: Kind) {
        let noted = self.marks.iter().rev().find(|m| m.kind == kind);
        if noted.is_none_or(|m| m.line < self.line) {
            self.marks.push(Mark {
                span,
                kind,
                line: self.line,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(bytes: &[u8]) -> Vec<(Range<usize>, Kind)> {
        decode(bytes).marks.into_iter().map(|m| (m.span, m.kind)).collect()
    }

    #[test]
    fn plain_text_is_itself() {
        let text = "controller = \"Société\"\r\n";
        let decoded = decode(text.as_bytes());
        assert_eq!(decoded.text, text);
        assert!(decoded.marks.is_empty());
    }

    #[test]
    fn each_kind_is_noted_once_a_line() {
        assert_eq!(marks(b"\xEF\xBB\xBFa"), [(0..3, Kind::ByteOrderMark)]);
        assert_eq!(marks(b"a\0\0\nb\0"), [(1..2, Kind::Nul), (5..6, Kind::Nul)]);
        assert_eq!(
            marks(b"\xE9t\xE9\n\xE9"),
            [(0..1, Kind::NotUtf8), (4..5, Kind::NotUtf8)]
        );
        assert_eq!(marks(b"\xFF\xFEa\0"), [(0..2, Kind::Utf16)]);
        assert_eq!(decode(b"\xE9t\xE9\0\n").text, "?t??\n");
    }
}
