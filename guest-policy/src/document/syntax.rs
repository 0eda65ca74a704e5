//! What the TOML parser objects to, in other words.

use alloc::{format, string::String, vec::Vec};
use std::collections::HashSet;

use toml::de::{DeTable, Error};

use super::problem::{Problem, Problems};

/// So many errors of syntax are told one by one; the rest are counted.
const TOLD: usize = 1_000;

/// Parses the text, reporting its errors of syntax. Whether the structure can be relied on is told too:
/// a bad value leaves it whole, a bracket that is missing does not. What follows on the same line from
/// damage to the structure is not told.
pub(super) fn parse<'t>(text: &'t str, problems: &mut Problems<'_>) -> (DeTable<'t>, bool) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut broken_lines = HashSet::new();
    let mut told = 0;
    let mut untold = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or_default();
        let line = problems.line_of(span.start);
        if broken_lines.contains(&line) {
            continue;
        }
        let trouble = Trouble::of(&error, problems);
        if !trouble.is_local {
            broken_lines.insert(line);
        }
        if told == TOLD {
            untold.push(span);
            continue;
        }
        told += 1;
        let mut problem = Problem::error(trouble.code, &span, trouble.message);
        problem.help = trouble.help.map(String::from);
        problems.add(problem);
    }
    if let Some(first) = untold.first() {
        let message = format!("{} more places are not written as TOML asks", untold.len());
        problems.add(Problem::error("syntax", first, message).help("mend the places above first"));
    }
    (root.into_inner(), broken_lines.is_empty())
}

struct Trouble {
    code: &'static str,
    message: String,
    help: Option<&'static str>,
    /// Whether everything else could be read.
    is_local: bool,
}

impl Trouble {
    fn of(error: &Error, problems: &Problems<'_>) -> Self {
        let span = error.span().unwrap_or_default();
        let (what, expected) = error
            .message()
            .split_once(", expected ")
            .unwrap_or((error.message(), ""));
        match what {
            "string values must be quoted" if span.is_empty() => Self::local(
                "missing-value",
                "there is no value after `=`",
                "write a value, or delete the line",
            ),
            "string values must be quoted" => Self::local(
                "unquoted-text",
                "a text must be between quotes",
                "write texts like `\"acme-support\"`, dates like `2026-11-01`, and `true` or `false` in small letters",
            ),
            "invalid date" | "invalid time" | "invalid datetime" => Self {
                message: match expected {
                    "" => String::from("this is not a date"),
                    expected => format!("this is not a date: expected {expected}"),
                },
                ..Self::local(
                    "bad-date",
                    "",
                    "write the year, the month and the day, like `2026-11-01`",
                )
            },
            "duplicate key" => Self {
                is_local: !problems.line_text(span.start).trim_start().starts_with('['),
                ..Self::local(
                    "duplicate-key",
                    "this name is given twice",
                    "keep one of the two; a section that can be repeated has two brackets, like `[[application]]`",
                )
            },
            what => match plain(what) {
                Some((message, help)) => Self {
                    is_local: is_bad_scalar(what),
                    ..Self::local("syntax", message, help)
                },
                None => Self {
                    code: "syntax",
                    message: format!("this is not written as TOML asks: {}", error.message()),
                    help: None,
                    is_local: is_bad_scalar(what),
                },
            },
        }
    }

    fn local(code: &'static str, message: &str, help: &'static str) -> Self {
        Self {
            code,
            message: String::from(message),
            help: Some(help),
            is_local: true,
        }
    }
}

/// The commonest errors for somebody who has never seen TOML, and how to mend them.
fn plain(what: &str) -> Option<(&'static str, &'static str)> {
    Some(match what {
        "key with no value" | "missing value for key" | "missing assignment between key-value pairs" => (
            "there is no `=` after this name",
            "write a name, `=` and a value, like `id = \"acme-support\"`",
        ),
        "extra `=`" => (
            "there is one `=` too many",
            "write one `=` between a name and its value",
        ),
        "unclosed table" | "unclosed array table" => (
            "the name of this section is not closed",
            "write section names like `[recording]` or `[[programme]]`",
        ),
        "unclosed array" => ("a list is not closed", "write `]` after its last entry"),
        "unclosed inline table" => ("a group is not closed", "write `}` after its last value"),
        "unexpected `=` in array" => (
            "there is a `=` in a list",
            "close the list with `]` after its last entry",
        ),
        "missing comma between array elements" => (
            "a comma is missing in this list",
            "write a comma between entries, and `]` after the last one",
        ),
        "missing comma between key-value pairs" => (
            "a comma is missing in this group",
            "write a comma between values, and `}` after the last one",
        ),
        "extra comma in array" | "extra comma in inline table" => (
            "there is one comma too many",
            "write one comma between two entries; decimals take a point, like `0.2`",
        ),
        "unexpected key or value" => (
            "nothing more can stand on this line",
            "write each value on a line of its own; decimals take a point, like `0.2`",
        ),
        "invalid basic string"
        | "invalid literal string"
        | "invalid multi-line basic string"
        | "invalid multi-line literal string" => (
            "a text has no closing quote",
            "close the text with the quote that it began with",
        ),
        "missing escaped value" | "too few unicode value digits" => (
            "a `\\` between double quotes has a meaning of its own",
            "write `\\\\` for each `\\`, or put the text between single quotes",
        ),
        "invalid unquoted key" | "unquoted keys cannot be empty" => (
            "this cannot be a name",
            "names have letters without accents, digits, `-` and `_` only",
        ),
        "unexpected leading zero" => ("a number cannot begin with 0", "leave the zeros out"),
        "invalid boolean" => (
            "this is neither `true` nor `false`",
            "write `true` or `false` in small letters",
        ),
        "invalid float" | "invalid mantissa" | "invalid fraction" | "invalid exponent" => (
            "this is not a number",
            "write a number with digits on both sides of its point, like `0.2`",
        ),
        "carriage return must be followed by newline" => (
            "a line ends in an unusual way",
            "save the document with the line ends of Windows or Unix",
        ),
        _ => return None,
    })
}

fn is_bad_scalar(what: &str) -> bool {
    matches!(
        what,
        "missing escaped value"
            | "too few unicode value digits"
            | "unexpected leading zero"
            | "invalid boolean"
            | "invalid float"
            | "invalid mantissa"
            | "invalid fraction"
            | "invalid exponent"
            | "invalid comment character"
            | "`_` may only go between digits"
            | "radix must be lowercase"
            | "integers with a radix cannot be signed"
            | "redundant integer number prefix"
            | "redundant numeric sign"
    )
}
