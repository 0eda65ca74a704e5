//! Where a problem is, from its first character to the one after its last.

use gardefou::rules::Problem;

/// A stretch of the document in lines and characters, both from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    /// The column after the last character; the first one again where something is missing.
    pub(super) end_column: usize,
}

/// Where this problem is in the text.
pub(super) fn place(text: &str, problem: &Problem) -> Place {
    let Problem { line, column, .. } = *problem;
    let covered = text.get(problem.span.clone()).unwrap_or_default();
    // An editor does not show a byte order mark, and it has no column.
    let covered = match problem.span.start {
        0 => covered.strip_prefix('\u{feff}').unwrap_or(covered),
        _ => covered,
    };
    let (before, last) = covered.rsplit_once('\n').unwrap_or(("", covered));
    let characters = last.chars().count();
    let (end_line, end_column) = if last.len() == covered.len() {
        (line, column + characters)
    } else {
        (line + 1 + before.matches('\n').count(), 1 + characters)
    };
    Place {
        line,
        column,
        end_line,
        end_column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gardefou::rules::{read, shown};
    use gardefou::wall_clock_now;

    fn places(document: &[u8], code: &str) -> Vec<Place> {
        let text = shown(document);
        let problems = read(document, wall_clock_now()).problems;
        let of_code = problems.iter().filter(|p| p.code == code);
        of_code.map(|problem| place(&text, problem)).collect()
    }

    const fn at(line: usize, column: usize, end_line: usize, end_column: usize) -> Place {
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }

    #[test]
    fn a_place_is_counted_in_characters() {
        let document = "id = \"\u{e9}\u{e9}\"\nfromat = 1".as_bytes();
        assert_eq!(places(document, "unknown-key"), [at(2, 1, 2, 7)]);
        assert_eq!(places("id = 1 # \u{e9}\n".as_bytes(), "wrong-type"), [at(1, 6, 1, 7)]);
    }

    #[test]
    fn a_place_can_span_lines() {
        assert_eq!(places(b"id = [\n  1,\n]\n", "wrong-type"), [at(1, 6, 3, 2)]);
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        assert_eq!(places("\u{feff}ix = 1".as_bytes(), "unknown-key"), [at(1, 1, 1, 3)]);
    }

    #[test]
    fn what_has_no_text_has_a_place() {
        assert_eq!(places(b"\xFF\xFEf\0", "not-utf-8"), [at(1, 1, 1, 1)]);
    }
}
