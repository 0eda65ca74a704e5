//! From bytes to text: UTF-8, with or without a byte order mark, and without NUL.

use alloc::{string::String, vec::Vec};
use core::ops::Range;

use super::words::{Words, words};

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
    Utf16,
    NotText,
    Nul,
    NotUtf8,
}

impl Kind {
    /// Whether there is a text around it that can be read.
    pub(super) const fn is_text(self) -> bool {
        !matches!(self, Self::Utf16 | Self::NotText)
    }

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Utf16 | Self::NotText | Self::NotUtf8 => "not-utf-8",
            Self::Nul => "nul-character",
        }
    }

    pub(super) const fn message(self) -> Words {
        match self {
            Self::Utf16 => words(
                "the document is saved as UTF-16",
                "le document est enregistré en UTF-16",
            ),
            Self::NotText => words("this is not a text file", "ceci n'est pas un fichier de texte"),
            Self::Nul => words(
                "there is an invisible NUL character here",
                "il y a ici un caractère NUL invisible",
            ),
            Self::NotUtf8 => words("this is not UTF-8", "ceci n'est pas de l'UTF-8"),
        }
    }

    pub(super) const fn help(self) -> Words {
        match self {
            Self::Utf16 => words("save the document as UTF-8", "enregistrez le document en UTF-8"),
            Self::NotText => words(
                "save the document as plain text in UTF-8, not as that of a word processor",
                "enregistrez le document en texte brut UTF-8, et non dans le format d'un traitement de texte",
            ),
            Self::NotUtf8 => words(
                "save the document as UTF-8 and look at the accents on this line",
                "enregistrez le document en UTF-8 et regardez les accents de cette ligne",
            ),
            Self::Nul => words(
                "delete this line and type it again",
                "supprimez cette ligne et retapez-la",
            ),
        }
    }
}

/// Reads the bytes of a document.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    if let Some(kind) = whole(bytes) {
        let mark = Mark {
            span: 0..bytes.len().min(2),
            kind,
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
            let after = at + character.len_utf8();
            match character {
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

/// What the whole document is, when it is no text in UTF-8 with a mistake or two in it.
fn whole(bytes: &[u8]) -> Option<Kind> {
    /// How the files of word processors and printers begin.
    const FORMATS: [&[u8]; 4] = [b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"%PDF-", b"{\\rtf"];
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some(Kind::Utf16);
    }
    if FORMATS.iter().any(|start| bytes.starts_with(start)) {
        return Some(Kind::NotText);
    }
    // Without its mark, UTF-16 shows in that every second byte of plain letters is NUL.
    let (pairs, _) = bytes.get(..4096).unwrap_or(bytes).as_chunks::<2>();
    let count = |is: fn(&[u8; 2]) -> bool| pairs.iter().filter(|pair| is(pair)).count();
    let low = count(|pair| pair[0] != 0 && pair[1] == 0);
    let high = count(|pair| pair[0] == 0 && pair[1] != 0);
    let none = count(|pair| *pair == [0, 0]);
    let most = |part: usize| pairs.len() >= 8 && part > pairs.len() / 2;
    if most(low) || most(high) {
        Some(Kind::Utf16)
    } else if most(low + high + none) {
        Some(Kind::NotText)
    } else {
        None
    }
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
        // Editors of compliance teams write a byte order mark.
        assert_eq!(marks(b"\xEF\xBB\xBFa"), []);
        assert_eq!(marks(b"a\0\0\nb\0"), [(1..2, Kind::Nul), (5..6, Kind::Nul)]);
        assert_eq!(
            marks(b"\xE9t\xE9\n\xE9"),
            [(0..1, Kind::NotUtf8), (4..5, Kind::NotUtf8)]
        );
        assert_eq!(marks(b"\xFF\xFEa\0"), [(0..2, Kind::Utf16)]);
        assert_eq!(decode(b"\xE9t\xE9\0\n").text, "?t??\n");
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        let text = "format = 1 # la soci\u{e9}t\u{e9}\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            assert_eq!(marks(&bytes), [(0..2, Kind::Utf16)]);
        }
        for bytes in [
            &b"PK\x03\x04docx"[..],
            b"%PDF-1.7",
            b"{\\rtf1\\ansi format = 1}",
            &[0; 64],
        ] {
            assert_eq!(marks(bytes), [(0..2, Kind::NotText)]);
        }
        // Too short to tell: each NUL is told.
        assert_eq!(marks(b"\0\0\0"), [(0..1, Kind::Nul)]);
    }
}
