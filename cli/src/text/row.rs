//! Rows of a list: what fits stands on one line, what does not continues below.

use anstyle::Style;

use super::look::{FAINT, Look, paint};

/// The start of a row, of a fixed width: cells with their styles.
pub(super) struct Lead {
    painted: String,
    width: usize,
}

impl Lead {
    /// A row begins, indented by two columns.
    pub(super) fn new() -> Self {
        Self {
            painted: "  ".to_owned(),
            width: 2,
        }
    }

    /// A cell, filled up to its width, and a gap of two columns.
    pub(super) fn left(self, style: Style, text: &str, width: usize) -> Self {
        self.cell(style, text, &format!("{text:<width$}"))
    }

    /// A cell, its text at its right, and a gap of two columns.
    pub(super) fn right(self, style: Style, text: &str, width: usize) -> Self {
        self.cell(style, text, &format!("{text:>width$}"))
    }

    fn cell(mut self, style: Style, text: &str, filled: &str) -> Self {
        let before = filled.chars().count() - filled.trim_start().chars().count();
        let after = filled.chars().count() - filled.trim_end().chars().count();
        let (before, after) = if text.trim().is_empty() {
            (0, before)
        } else {
            (before, after)
        };
        self.painted.push_str(&" ".repeat(before));
        self.painted.push_str(&paint(style, text.trim()));
        self.painted.push_str(&" ".repeat(after + 2));
        self.width += filled.chars().count() + 2;
        self
    }

    /// The row: its lead, its text, and, faint, its note. On one line where both fit.
    pub(super) fn with(self, text: &str, note: &str, look: Look) -> Vec<String> {
        let narrow = self.width + 20 > look.width;
        let indent = if narrow { 6 } else { self.width };
        let room = if narrow { 0 } else { look.width - self.width };
        // Side by side on a wide page, where both fit and the notes of all rows can stand below each other.
        let column = room / 2;
        if (110..=super::look::WIDEST).contains(&look.width)
            && text.chars().count() + 3 <= column
            && note.chars().count() + column <= room
        {
            return vec![trimmed(format!(
                "{}{text:<column$}{}",
                self.painted,
                paint(FAINT, note)
            ))];
        }
        let mut lines = Vec::new();
        let mut texts = wrap(text, look.width - indent).into_iter();
        let first = if narrow { None } else { texts.next() };
        lines.push(trimmed(format!("{}{}", self.painted, first.unwrap_or_default())));
        lines.extend(texts.map(|text| format!("{}{text}", " ".repeat(indent))));
        let notes = wrap(note, look.width - indent)
            .into_iter()
            .filter(|note| !note.is_empty());
        lines.extend(notes.map(|note| format!("{}{}", " ".repeat(indent), paint(FAINT, &note))));
        lines
    }
}

fn trimmed(line: String) -> String {
    line.trim_end().to_owned()
}

/// The words of a text, in lines that are at most so many columns wide.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let Some(line) = lines.last_mut() else { break };
        let length = line.chars().count();
        if length > 0 && length + 1 + word.chars().count() > room {
            lines.push(word.to_owned());
            continue;
        }
        if length > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_a_long_one_stays_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("extraordinarily long", 5), ["extraordinarily", "long"]);
    }

    #[test]
    fn a_row_takes_one_line_where_it_fits() {
        let lead = || Lead::new().left(Style::new(), "keep", 6);
        assert_eq!(lead().with("Text", "note", Look::new(120, true)).len(), 1);
        let two = lead().with("Text", "note", Look::new(60, true)).join("\n");
        let two = anstream::adapter::strip_str(&two).to_string();
        assert_eq!(two, "  keep    Text\n          note");
    }
}
