//! The text of a rule document, as a tree whose every value knows its line.
//!
//! [`gardefou::rules`] decides what a document means. Here is what it says: the texts that decide nothing,
//! such as titles and needs, and the line on which each value stands, so that a person can look it up.

mod node;
mod words;

use std::borrow::Cow;

use toml::de::DeTable;

pub(crate) use self::node::Node;
pub(crate) use self::words::{MONTHS, counted, date, day_after, duration, instant, millis, plural, share, thousands};

/// A rule document that was read.
#[derive(Debug)]
pub(crate) struct Document {
    lines: Vec<String>,
    root: Node,
}

/// Where a value stands, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: usize,
    /// Without the blanks around it.
    pub(crate) text: String,
}

impl Document {
    /// Reads a text. What is not TOML in it is left out: whether it is a sound document is another question.
    pub(crate) fn read(text: &str) -> Self {
        let starts = node::Starts::of(text);
        let (root, _) = DeTable::parse_recoverable(text);
        Self {
            lines: text.lines().map(str::to_owned).collect(),
            root: Node::of_table(root.get_ref(), 1, &starts),
        }
    }

    /// The whole of it.
    pub(crate) const fn root(&self) -> &Node {
        &self.root
    }

    /// The values at a path such as `programme[].volume.unreviewed`, where `[]` stands for every entry of a
    /// list.
    pub(crate) fn at(&self, path: &str) -> Vec<&Node> {
        path.split('.').fold(vec![&self.root], |nodes, step| {
            let (name, each) = match step.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (step, false),
            };
            let found = nodes.into_iter().filter_map(|node| node.get(name));
            if each {
                found.flat_map(Node::list).collect()
            } else {
                found.collect()
            }
        })
    }

    /// The lines on which the values at these paths stand, each once, from the first.
    pub(crate) fn lines_of(&self, paths: &[&str]) -> Vec<Line> {
        let mut numbers: Vec<usize> = paths
            .iter()
            .flat_map(|path| self.at(path))
            .map(|node| node.line)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.line(number)).collect()
    }

    fn line(&self, number: usize) -> Option<Line> {
        let text = self.lines.get(number.checked_sub(1)?)?.trim().to_owned();
        Some(Line { number, text })
    }

    /// The time zone in which its dates are whole days.
    pub(crate) fn time_zone(&self) -> Cow<'_, str> {
        match self.root.text("time-zone") {
            Some(zone) => zone.into(),
            None => "UTC".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../rules/example.toml");

    #[test]
    fn a_value_is_found_by_its_path_and_knows_its_line() {
        let document = Document::read(EXAMPLE);
        for (path, text) in [
            ("id", "id         = \"acme-support\""),
            ("in-force.from", "in-force   = {"),
            ("programme[].volume.unreviewed", "unreviewed     = \"20h\""),
            ("attestations.works-council.on", "works-council     = {"),
            ("application[].match[].url", "{ executable = \"chrome.exe\", url ="),
        ] {
            let lines = document.lines_of(&[path]);
            assert_eq!(lines.len(), 1, "{path}");
            assert!(lines[0].text.starts_with(text), "{path}: {lines:?}");
            let there = EXAMPLE.lines().nth(lines[0].number - 1).unwrap();
            assert_eq!(there.trim(), lines[0].text);
        }
        assert_eq!(document.lines_of(&["role[].id"]).len(), 4);
        assert!(document.lines_of(&["no.such.path", "id.below"]).is_empty());
        assert_eq!(document.time_zone(), "Europe/Paris");
    }

    #[test]
    fn any_text_can_be_read() {
        for text in [
            "",
            "\u{feff}",
            "[[x]]\n[x",
            "a = \"é\nb = 1",
            "= = =",
            "[[programme]]\r\nid = \"a\"\r\n",
        ] {
            let document = Document::read(text);
            assert!(document.lines_of(&["programme[].id"]).len() <= 1);
        }
    }
}
