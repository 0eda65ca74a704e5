//! Where a document lists the employees of a programme, and an edit of that list which keeps every other byte.
//!
//! `toml_edit` writes the line ends of what it prints anew; places in the text keep those of Windows.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Where a programme lists its employees.
#[derive(Debug)]
pub(super) enum Listing {
    /// In the document.
    Here(List),
    /// In a file of its own.
    Apart {
        /// As the document names it.
        path: String,
        /// The other programmes that name it.
        others: Vec<String>,
    },
}

/// A list in the text: where its entries are, and its brackets.
#[derive(Debug)]
pub(super) struct List {
    programme: String,
    span: Range<usize>,
    entries: Vec<(String, Range<usize>)>,
}

/// Finds the list of a programme in a document that has no errors.
pub(super) fn listing(text: &str, programme: &str) -> Option<Listing> {
    let (root, _) = DeTable::parse_recoverable(text);
    let root = root.into_inner();
    let DeValue::Array(programmes) = root.get("programme")?.get_ref() else {
        return None;
    };
    let named = |table: &DeTable<'_>, key: &str| match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    let tables = programmes.iter().filter_map(|one| match one.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    });
    let tables: Vec<&DeTable<'_>> = tables.collect();
    let own = tables
        .iter()
        .find(|table| named(table, "id").as_deref() == Some(programme))?;
    if let Some(path) = named(own, "employees-file") {
        let others = tables
            .iter()
            .filter(|table| named(table, "employees-file").as_ref() == Some(&path))
            .filter_map(|table| named(table, "id"))
            .filter(|id| id != programme);
        return Some(Listing::Apart {
            others: others.collect(),
            path,
        });
    }
    let list = own.get("employees")?;
    let DeValue::Array(entries) = list.get_ref() else {
        return None;
    };
    let entries = entries.iter().filter_map(|entry| match entry.get_ref() {
        DeValue::String(token) => Some((token.to_string(), entry.span())),
        _ => None,
    });
    Some(Listing::Here(List {
        programme: programme.to_owned(),
        span: list.span(),
        entries: entries.collect(),
    }))
}

impl List {
    /// The text with these employees added at the end of the list, and those left out.
    pub(super) fn edited(&self, text: &str, add: &[String], remove: &[String]) -> String {
        let mut text = text.to_owned();
        // One at a time: each place is that in the text of then.
        while let Some(Listing::Here(list)) = listing(&text, &self.programme) {
            let found = list.entries.iter().position(|(token, _)| remove.contains(token));
            let Some(places) = found.and_then(|at| list.around(&text, at)) else {
                break;
            };
            for place in places {
                text.replace_range(place, "");
            }
        }
        for token in add {
            let Some(Listing::Here(list)) = listing(&text, &self.programme) else {
                break;
            };
            let (at, written) = list.next(&text, &quoted(token));
            text.insert_str(at, &written);
        }
        text
    }

    /// An entry with the comma that goes with it, and the rest of its line where nothing else stands there: what
    /// goes, the last place first.
    fn around(&self, text: &str, at: usize) -> Option<Vec<Range<usize>>> {
        let (_, entry) = self.entries.get(at)?;
        let after = comma(text, entry.end..self.span.end);
        let mut range = match after {
            Some(comma) if text.get(entry.end..comma).is_some_and(is_blank) => entry.start..comma + 1,
            // A note stands between the entry and its comma, and stays.
            Some(comma) => return Some(vec![comma..comma + 1, entry.clone()]),
            None => match at.checked_sub(1).and_then(|before| self.entries.get(before)) {
                Some((_, before)) => {
                    let comma = comma(text, before.end..entry.start)?;
                    if text.get(comma + 1..entry.start).is_some_and(is_blank) {
                        comma..entry.end
                    } else {
                        // The comma before stays: TOML takes one after the last entry.
                        entry.clone()
                    }
                }
                None => entry.clone(),
            },
        };
        let line_start = text.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
        let rest = text.get(range.end..)?;
        let line_end = rest.find('\n').map(|at| range.end + at + 1);
        let is_alone = text.get(line_start..range.start).is_some_and(is_blank)
            && line_end.is_some_and(|end| text.get(range.end..end).is_some_and(is_blank));
        if let (true, Some(end)) = (is_alone, line_end) {
            range = line_start..end;
        } else {
            let blanks = rest.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
            let follows = rest.get(blanks..).and_then(|rest| rest.chars().next());
            if follows.is_some_and(|c| !matches!(c, '\r' | '\n' | '#' | ']')) {
                range.end += blanks;
            }
        }
        Some(vec![range])
    }

    /// Where the next entry goes, and how it is written there: as the last one is.
    fn next(&self, text: &str, quoted: &str) -> (usize, String) {
        let Some((_, last)) = self.entries.last() else {
            return (self.span.start + 1, quoted.to_owned());
        };
        let before = text.get(..last.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let indent = before.get(line_start..).unwrap_or_default();
        // On a line of its own.
        if line_start > self.span.start && is_blank(indent) {
            let end = if before.ends_with(&format!("\r\n{indent}")) {
                "\r\n"
            } else {
                "\n"
            };
            return (last.end, format!(",{end}{indent}{quoted}"));
        }
        (last.end, format!(", {quoted}"))
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The first comma in this range that is in no note.
fn comma(text: &str, range: Range<usize>) -> Option<usize> {
    let mut is_note = false;
    for (at, character) in text.get(range.clone())?.char_indices() {
        match character {
            '#' => is_note = true,
            '\n' => is_note = false,
            ',' if !is_note => return Some(range.start + at),
            _ => {}
        }
    }
    None
}

/// A text of TOML.
fn quoted(token: &str) -> String {
    format!("\"{}\"", token.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edit(list: &str, add: &[&str], remove: &[&str]) -> String {
        let own = |tokens: &[&str]| tokens.iter().map(|token| (*token).to_owned()).collect::<Vec<_>>();
        let text = format!("[[programme]]\nid = \"p\"\nemployees = {list}\nx = 1\n");
        let Some(Listing::Here(found)) = listing(&text, "p") else {
            panic!("a list");
        };
        let edited = found.edited(&text, &own(add), &own(remove));
        let edited = edited.strip_prefix("[[programme]]\nid = \"p\"\nemployees = ").unwrap();
        edited.strip_suffix("\nx = 1\n").unwrap().to_owned()
    }

    #[test]
    fn every_other_byte_stays() {
        let line = "[\"a\", \"b\",\"c\"] # who";
        assert_eq!(edit(line, &["d\"\\"], &[]), "[\"a\", \"b\",\"c\", \"d\\\"\\\\\"] # who");
        assert_eq!(edit(line, &[], &["a"]), "[\"b\",\"c\"] # who");
        assert_eq!(edit(line, &[], &["b"]), "[\"a\", \"c\"] # who");
        assert_eq!(edit(line, &[], &["c"]), "[\"a\", \"b\"] # who");
        assert_eq!(edit(line, &["d"], &["c", "a"]), "[\"b\", \"d\"] # who");
        assert_eq!(edit("[\"a\", \"b\", \"a\"]", &[], &["a"]), "[\"b\"]");
        let behind_a_note = "[\"a\", \"b\" # of Lyon, too\n, \"c\"]";
        assert_eq!(edit(behind_a_note, &[], &["b"]), "[\"a\",  # of Lyon, too\n \"c\"]");
        let lines = "[\r\n  \"a\",  # first, of Paris\r\n  'b',\r\n  \"c\"\r\n]";
        assert_eq!(
            edit(lines, &["d"], &["b"]),
            "[\r\n  \"a\",  # first, of Paris\r\n  \"c\",\r\n  \"d\"\r\n]"
        );
        assert_eq!(
            edit(lines, &[], &["a"]),
            "[\r\n    # first, of Paris\r\n  'b',\r\n  \"c\"\r\n]"
        );
        let trailing = "[\n\t\"a\",\n\t\"b\",\n]";
        assert_eq!(edit(trailing, &["c"], &[]), "[\n\t\"a\",\n\t\"b\",\n\t\"c\",\n]");
        assert_eq!(edit(trailing, &[], &["b"]), "[\n\t\"a\",\n]");
    }

    #[test]
    fn a_file_says_who_else_names_it() {
        let programme = |id: &str, path: &str| format!("[[programme]]\nid = \"{id}\"\nemployees-file = \"{path}\"\n");
        let text = [
            programme("p", "a.csv"),
            programme("q", "a.csv"),
            programme("r", "b.csv"),
        ]
        .concat();
        let Some(Listing::Apart { path, others }) = listing(&text, "p") else {
            panic!("a file");
        };
        assert_eq!((path.as_str(), others), ("a.csv", vec!["q".to_owned()]));
        assert!(listing(&text, "s").is_none());
    }

    proptest! {
        /// Whatever the list is written like, the edit is what was asked for.
        #[test]
        fn an_edit_reads_back(
            kinds in prop::collection::vec(0..6_usize, 1..8),
            end in prop::sample::select(vec!["\n", "\r\n"]),
            remove in prop::collection::vec(0..8_usize, 0..4),
            add in 0..3_usize,
        ) {
            let mut list = String::from("[");
            for (at, kind) in kinds.iter().enumerate() {
                let comma = if at + 1 < kinds.len() { "," } else { "" };
                list.push_str(&match kind {
                    0 => format!("\"t{at}\"{comma} "),
                    1 => format!("{end}  \"t{at}\"{comma}{end}"),
                    2 => format!("'t{at}' {comma} # a, note{end}"),
                    3 => format!("\"t{at}\" # b, note{end}{comma}"),
                    4 => format!("{end}# c, note{end}\t\"t{at}\"{comma}"),
                    _ => format!("\"t{at}\",").trim_end_matches(if comma.is_empty() { "" } else { " " }).to_owned(),
                });
            }
            list.push(']');
            let text = format!("[[programme]]\nid = \"p\"\nemployees = {list}\n");
            let Some(Listing::Here(found)) = listing(&text, "p") else {
                return Err(TestCaseError::fail(text));
            };
            let before: Vec<String> = found.entries.iter().map(|(token, _)| token.clone()).collect();
            prop_assert_eq!(before.len(), kinds.len(), "{}", text);
            let remove: Vec<String> = remove.iter().map(|at| format!("t{at}")).collect();
            let add: Vec<String> = (0..add).map(|at| format!("n{at}")).collect();
            let mut expected = before;
            expected.retain(|token| !remove.contains(token));
            if expected.is_empty() {
                return Ok(()); // refused by the reader
            }
            expected.extend(add.clone());
            let edited = found.edited(&text, &add, &remove);
            let Some(Listing::Here(after)) = listing(&edited, "p") else {
                return Err(TestCaseError::fail(edited));
            };
            let after: Vec<String> = after.entries.into_iter().map(|(token, _)| token).collect();
            prop_assert_eq!(after, expected, "{}\n{}", text, edited);
            prop_assert_eq!(edited.matches("note").count(), text.matches("note").count());
        }
    }
}
