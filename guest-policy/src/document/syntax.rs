//! What the TOML parser objects to, in other words.

use core::ops::Range;
use std::collections::HashSet;

use toml::de::{DeTable, Error};

use super::cursor::control_character;
use super::meant;
use super::objections::{is_bad_scalar, not_a_date, plain};
use super::problem::{Problem, Problems};
use super::unclosed::{self, Unclosed};
use super::unquoted;
use super::words::{Words, text, words};
use crate::notes::Text;

/// Parses the text, reporting its errors of syntax. Whether the structure can be relied on is told too:
/// a bad value leaves it whole, a bracket that is missing does not. What follows on the same line from
/// damage to the structure is not told, nor what follows from a list or group that is not closed.
pub(super) fn parse<'t>(text: &'t str, problems: &mut Problems<'_>) -> (DeTable<'t>, bool) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut broken_lines = HashSet::new();
    let mut repeated_section = 0..0;
    let mut lookups = unclosed::LOOKUPS;
    let mut last: Option<(usize, Text)> = None;
    for error in errors {
        let span = error.span().unwrap_or_default();
        let line = problems.line_of(span.start);
        if broken_lines.contains(&line) || is_repeated_in(&repeated_section, &error) {
            continue;
        }
        if let Some(unclosed) = Unclosed::of(&error, problems, &mut lookups) {
            broken_lines.insert(line);
            problems.forget_line(span.start);
            problems.unreadable_from(unclosed.opening.start);
            problems.add(unclosed.into_problem(line));
            break;
        }
        let trouble = Trouble::of(&error, problems);
        if !trouble.is_local {
            broken_lines.insert(line);
        }
        if trouble.code == "duplicate-key" && !trouble.is_local {
            repeated_section = section_at(text, span.start);
        }
        let this = (line, trouble.message.clone());
        if last.as_ref() == Some(&this) {
            continue; // such as each `\` of a path
        }
        last = Some(this);
        let mut problem = Problem::error(trouble.code, &trouble.span, trouble.message);
        problem.help = trouble.help;
        problems.add(problem);
    }
    (root.into_inner(), broken_lines.is_empty())
}

/// From this place in its header to the next header.
fn section_at(text: &str, start: usize) -> Range<usize> {
    let length = text.get(start..).and_then(|rest| rest.find("\n["));
    start..length.map_or(text.len(), |length| start + length)
}

/// Whether it repeats a key of a section that was reported as repeated.
fn is_repeated_in(section: &Range<usize>, error: &Error) -> bool {
    error.message() == "duplicate key" && error.span().is_some_and(|span| section.contains(&span.start))
}

struct Trouble {
    code: &'static str,
    span: Range<usize>,
    message: Text,
    help: Option<Text>,
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
                span,
                words("there is no value after `=`", "aucune valeur ne suit le `=`"),
                words(
                    "write a value, or delete the line",
                    "écrivez une valeur, ou supprimez la ligne",
                ),
            ),
            "string values must be quoted" => {
                let (code, message, help) = unquoted::told(problems.text().get(span.clone()).unwrap_or_default());
                Self {
                    code,
                    span,
                    message,
                    help: Some(help),
                    is_local: true,
                }
            }
            "invalid date" | "invalid time" | "invalid datetime" => {
                let help = meant::nearest(value_at(span.start, problems)).map_or_else(
                    || {
                        words(
                            "write the year, the month and the day, like `2026-11-01`",
                            "écrivez l'année, le mois et le jour, comme `2026-11-01`",
                        )
                        .into()
                    },
                    |date| {
                        text!(
                            "write the day that is meant, such as `{date}`",
                            "écrivez le jour voulu, par exemple `{date}`"
                        )
                    },
                );
                Self {
                    message: not_a_date(expected),
                    help: Some(help),
                    ..Self::local("bad-date", span, words("", ""), words("", ""))
                }
            }
            "duplicate key" => Self {
                is_local: !problems.line_text(span.start).trim_start().starts_with('['),
                ..Self::local(
                    "duplicate-key",
                    span,
                    words("this name is given twice", "ce nom est donné deux fois"),
                    words(
                        "keep one of the two; a section that can be repeated has two brackets, like `[[application]]`",
                        "gardez l'un des deux\u{a0}; une section qui peut être répétée a deux crochets, \
                         comme `[[application]]`",
                    ),
                )
            },
            "invalid basic string"
            | "invalid literal string"
            | "invalid multi-line basic string"
            | "invalid multi-line literal string"
                if let Some(control) = control_in(&span, problems) =>
            {
                let control_is = control_character(control.1);
                Self {
                    code: "syntax",
                    span: control.0,
                    message: text!(
                        "there is {control_is} in this text",
                        "il y a {control_is} dans ce texte"; control_is
                    ),
                    help: Some(
                        words(
                            "delete it and the characters beside it, and type them again",
                            "supprimez-le avec les caractères voisins, et retapez-les",
                        )
                        .into(),
                    ),
                    is_local: true,
                }
            }
            what => match plain(what) {
                Some((message, help)) => Self {
                    is_local: is_bad_scalar(what),
                    ..Self::local("syntax", place(what, span, problems), message, help)
                },
                None => Self {
                    code: "syntax",
                    span,
                    message: Text {
                        english: alloc::format!("this is not written as TOML asks: {}", error.message()),
                        // The parser's own words are English.
                        french: alloc::format!(
                            "ceci n'est pas écrit comme TOML le demande (en anglais\u{a0}: «\u{a0}{}\u{a0}»)",
                            error.message()
                        ),
                    },
                    help: None,
                    is_local: is_bad_scalar(what),
                },
            },
        }
    }

    fn local(code: &'static str, span: Range<usize>, message: Words, help: Words) -> Self {
        Self {
            code,
            span,
            message: message.into(),
            help: Some(help.into()),
            is_local: true,
        }
    }
}

/// The value around this place of a line: what stands between blanks, commas and brackets.
fn value_at<'t>(at: usize, problems: &Problems<'t>) -> &'t str {
    let ends = |c: char| c.is_whitespace() || ",=[]{}#".contains(c);
    let text = problems.text();
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind(ends).map_or(0, |end| {
        end + before
            .get(end..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    let value = text.get(start..).unwrap_or_default();
    value.split(ends).next().unwrap_or_default()
}

/// The control character that makes a text none, where it is that.
fn control_in(span: &Range<usize>, problems: &Problems<'_>) -> Option<(Range<usize>, char)> {
    let character = problems.text().get(span.start..)?.chars().next()?;
    let is_one = character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    is_one.then(|| (span.start..span.start + character.len_utf8(), character))
}

/// Where to point: at the `\` that means nothing, not behind it, and where a text opens that is never closed.
fn place(what: &str, span: Range<usize>, problems: &Problems<'_>) -> Range<usize> {
    let before = problems.text().get(..span.start).unwrap_or_default();
    let quote = match what {
        "missing escaped value" if before.ends_with('\\') => return span.start - 1..span.end,
        "invalid basic string" => '\u{22}',
        "invalid literal string" => '\'',
        _ => return span,
    };
    let line = problems.line_text(span.start);
    let opening = line
        .rfind(quote)
        .and_then(|at| Some((at, line.get(at..)?.trim_end().len())));
    match opening {
        Some((at, length)) if span.is_empty() => {
            let start = problems.line_start_of(span.start) + at;
            start..start + length
        }
        _ => span,
    }
}
