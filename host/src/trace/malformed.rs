//! What is wrong with a line, and how to mend it.

use core::fmt;

use crate::Text;

/// A text in both languages, side by side: `text!("{n} lines", "{n} lignes"; what)`. What stands after the
/// semicolon is a [`Text`] itself, and each language takes its own.
macro_rules! text {
    ($english:literal, $french:literal $(; $($both:ident),+)? $(,)?) => {
        $crate::Text {
            english: {
                $($(let $both = &$both.english;)+)?
                format!($english)
            },
            french: {
                $($(let $both = &$both.french;)+)?
                format!($french)
            },
        }
    };
}
pub(super) use text;

/// A line that is not a line of a trace. It is shown in English; [`text`](Self::text) and
/// [`help_text`](Self::help_text) are in both languages.
///
/// It repeats nothing of the line, neither a value nor the name of a field that is not known: titles and
/// addresses stay where they are. It says where it is and what may stand there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    line: Option<u64>,
    message: Text,
    help: Text,
}

impl Malformed {
    pub(crate) fn new(message: Text, help: Text) -> Self {
        Self {
            line: None,
            message,
            help,
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

    /// What is wrong, in one sentence, in English.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message.english
    }

    /// How to mend it, in English.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help.english
    }

    /// What is wrong, in one sentence, without the number of the line.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.message
    }

    /// How to mend it.
    #[must_use]
    pub fn help_text(&self) -> &Text {
        &self.help
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.line {
            write!(f, "line {number}: ")?;
        }
        f.write_str(&self.message.english)
    }
}

impl core::error::Error for Malformed {}

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
}
