//! What is wrong with a line, and how to mend it.

use core::fmt;

/// A line that is not a line of a trace.
///
/// It never repeats a value of the line: titles and addresses stay where they are. Only names of fields
/// are shown, and only when they look like one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    line: Option<u64>,
    message: String,
    help: String,
}

impl Malformed {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            line: None,
            message: message.into(),
            help: help.into(),
        }
    }

    /// The same, found on this line, counted from 1.
    #[must_use]
    pub fn on_line(mut self, number: u64) -> Self {
        self.line = Some(number);
        self
    }

    /// The number of the line, from 1; `None` for a line that belongs to no file.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.line {
            write!(f, "line {number}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl core::error::Error for Malformed {}

/// A field's name as a message shows it. What does not look like a name may be a title that slipped in,
/// and is not shown.
pub(super) fn shown(name: &str) -> String {
    let is_name =
        !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if is_name {
        format!("`{name}`")
    } else {
        "whose name is not shown".to_owned()
    }
}

/// The one of `known` that `name` most likely was meant to be.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.len() > 40 {
        return None;
    }
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must change to make one of the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut cells = row.iter_mut();
        if let Some(first) = cells.next() {
            *first = left;
        }
        for (cell, b) in cells.zip(to.chars()) {
            let changed = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = changed.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_nonsense_has_none() {
        let known = ["frame-interval", "employee", "purpose"];
        assert_eq!(nearest("frame-intervall", &known), Some("frame-interval"));
        assert_eq!(nearest("employe", &known), Some("employee"));
        assert_eq!(nearest("zzzz", &known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn what_is_no_name_is_not_shown() {
        assert_eq!(shown("titel"), "`titel`");
        assert!(!shown("https://crm.example/ticket").contains("crm"));
    }
}
