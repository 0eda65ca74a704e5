//! The part of a document that is shown with a problem.

use std::ops::Range;

use gardefou::rules::{Problem, TOO_MANY_PROBLEMS};

/// More of a line than this, in bytes, is not shown around a place.
const AROUND: usize = 200;
/// A longer stretch, in bytes, is shown in part: a line can be as long as the document.
const LONGEST: usize = 2_000;
/// A section's header is looked for so many bytes before the place.
const HEADER_WITHIN: usize = 8_000;

/// Whole lines, where they are not too long, and what to underline in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The number of its first line.
    pub(super) line: usize,
    pub(super) text: String,
    /// What the problem is about.
    pub(super) span: Range<usize>,
    /// The header of the section that it is in.
    pub(super) header: Option<Range<usize>>,
    /// Whether its lines are whole, so that columns can be counted in them.
    pub(super) is_whole: bool,
}

/// What to show; `None` where the document has no text to show.
pub(super) fn excerpt(text: &str, problem: &Problem) -> Option<Excerpt> {
    if problem.span == (0..0) || problem.code == TOO_MANY_PROBLEMS {
        return None; // it is about the document as a whole
    }
    let after_mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let span = problem.span.start.max(after_mark)..problem.span.end.max(after_mark);
    let before = text.get(after_mark..span.start)?;
    let line_start = before.rfind('\n').map_or(after_mark, |at| after_mark + at + 1);
    let line_end = text.get(span.end..)?.find('\n').map_or(text.len(), |at| span.end + at);
    let whole = line_start..line_end;
    if whole.is_empty() && text.len() == after_mark {
        return None;
    }
    let is_whole = whole.len() <= LONGEST;
    let shown = if is_whole { whole } else { window(text, &span, &whole) };
    let header = header(text, after_mark, shown.start);
    let start = header.as_ref().map_or(shown.start, |header| header.start);
    let lines_before = text.get(start..span.start)?.matches('\n').count();
    Some(Excerpt {
        line: problem.line.saturating_sub(lines_before),
        text: printable(text.get(start..shown.end)?),
        span: span.start - start..span.end.min(shown.end) - start,
        header: header.map(|header| 0..header.len()),
        is_whole,
    })
}

/// The beginning of a long stretch, and a little before and after it.
fn window(text: &str, span: &Range<usize>, whole: &Range<usize>) -> Range<usize> {
    let start = text
        .floor_char_boundary(span.start.saturating_sub(AROUND))
        .max(whole.start);
    let end = span.end.min(span.start + LONGEST).saturating_add(AROUND);
    start..text.ceil_char_boundary(end).min(whole.end)
}

/// The line above this place with the name of its section, such as `[recording]`.
fn header(text: &str, first: usize, place: usize) -> Option<Range<usize>> {
    let from = text.ceil_char_boundary(place.saturating_sub(HEADER_WITHIN).max(first));
    let before = text.get(from..place)?;
    let mut end = before.len();
    for line in before.split_inclusive('\n').rev() {
        let start = end - line.len();
        let is_whole = start > 0 || from == first;
        if is_whole && is_header(line) {
            return Some(from + start..from + start + line.trim_end().len());
        }
        end = start;
    }
    None
}

fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let name = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    name.is_some_and(|name| {
        let name = name.trim_matches(['[', ']']);
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_. ".contains(c))
    })
}

/// The text with something harmless, and as long, for characters that a terminal may obey. The renderer
/// sees to those of ASCII.
fn printable(text: &str) -> String {
    let is_obeyed = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    text.chars().map(|c| if is_obeyed(c) { '\u{bf}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gardefou::rules::read;
    use gardefou::wall_clock_now;

    fn of(text: &str, code: &str) -> Excerpt {
        let problems = read(text.as_bytes(), wall_clock_now()).problems;
        let problem = problems.iter().find(|p| p.code == code).unwrap();
        excerpt(text, problem).unwrap()
    }

    fn underlined(excerpt: &Excerpt) -> &str {
        excerpt.text.get(excerpt.span.clone()).unwrap()
    }

    #[test]
    fn a_line_and_its_header_are_shown() {
        let shown = of("format = 1\n\n[recording] # how\n\nwhile-hold = true\nx", "unknown-key");
        assert_eq!(shown.line, 3);
        assert_eq!(shown.text, "[recording] # how\n\nwhile-hold = true");
        assert_eq!(underlined(&shown), "while-hold");
        assert_eq!(shown.header, Some(0..17));
    }

    #[test]
    fn a_list_is_no_header() {
        let shown = of("[recording]\nx = [\n [\"a\"],\n]\ny = 1\n", "unknown-key");
        assert_eq!(shown.header, Some(0..11));
    }

    #[test]
    fn a_long_line_is_shown_in_part() {
        let text = format!("id = [{}\"\u{e9}\"]\n", "\"\u{e9}\", ".repeat(50_000));
        let shown = of(&text, "wrong-type");
        assert!(shown.text.len() < 3_000);
        assert!(underlined(&shown).starts_with("[\"\u{e9}\", "));

        let text = format!("format = \"{}\"; x", "\u{e9}".repeat(50_000));
        let shown = of(&text, "syntax");
        assert!(shown.text.len() < 3_000, "{}", shown.text.len());
    }

    #[test]
    fn a_byte_order_mark_is_not_shown() {
        let shown = of("\u{feff}ix = 1\n", "unknown-key");
        assert_eq!((shown.text.as_str(), shown.span), ("ix = 1", 0..2));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown() {
        let shown = of("[recording]\nx = \"\u{9b}31m\"\n", "unknown-key");
        assert_eq!(shown.text, "[recording]\nx = \"\u{bf}31m\"");
    }
}
