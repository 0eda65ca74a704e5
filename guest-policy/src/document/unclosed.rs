//! A list or group without its closing bracket.

use core::ops::Range;

use toml::de::Error;

use super::problem::{Problem, Problems};
use super::words::{text, words};

/// So many times an opening bracket is looked for in vain: a hostile document makes no search costly.
pub(super) const LOOKUPS: usize = 16;

/// A list or group that is not closed, so that the parser takes the rest of the document for what is in it.
pub(super) struct Unclosed {
    /// Its opening bracket.
    pub(super) opening: Range<usize>,
    is_list: bool,
}

impl Unclosed {
    /// The one that an error of the parser shows: inside it another key or section begins.
    pub(super) fn of(error: &Error, problems: &Problems<'_>, lookups: &mut usize) -> Option<Self> {
        let at = error.span()?.start;
        let what = error.message().split(", expected ").next().unwrap_or_default();
        let is_list = match what {
            "missing comma between array elements" | "unexpected `=` in array" => true,
            "missing comma between key-value pairs" | "missing key for inline table element" => false,
            _ => return None,
        };
        if !begins_something(problems.line_text(at)) {
            return None;
        }
        *lookups = lookups.checked_sub(1)?;
        let before = problems.text().get(..at)?;
        let bracket = if is_list { '[' } else { '{' };
        // A list stands behind a `=`; anything else in brackets is a header, or a `[` in a note.
        let is_value = |place: &usize| before.get(..*place).is_some_and(|b| b.trim_end().ends_with('='));
        let mut brackets = before.rmatch_indices(bracket).map(|(place, _)| place);
        let opening = brackets.find(is_value)?;
        // On one line it is a comma that is missing, and nothing begins there.
        (problems.line_of(opening) < problems.line_of(at)).then_some(Self {
            opening: opening..opening + 1,
            is_list,
        })
    }

    /// What is told of it; on `line` the other key or section begins.
    pub(super) fn into_problem(self, line: usize) -> Problem {
        let (message, help) = if self.is_list {
            (
                words("this list is not closed", "cette liste n'est pas fermée"),
                text!(
                    "write `]` after its last entry; line {line} is not part of it",
                    "écrivez `]` après sa dernière entrée\u{a0}; la ligne {line} n'en fait pas partie",
                ),
            )
        } else {
            (
                words("this group is not closed", "ce groupe n'est pas fermé"),
                text!(
                    "write `}}` after its last value, or a comma where line {line} is part of it",
                    "écrivez `}}` après sa dernière valeur, ou une virgule si la ligne {line} en fait partie",
                ),
            )
        };
        Problem::error("syntax", &self.opening, message).help(help)
    }
}

/// Whether a line begins with a key and its `=`, or is the header of a section.
fn begins_something(line: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let line = line.split('#').next().unwrap_or_default().trim();
    let header = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let header = header.map(|name| name.trim_matches(['[', ']']));
    let key = line.split_once('=').map(|(key, _)| key.trim());
    header.or(key).is_some_and(is_name)
}
