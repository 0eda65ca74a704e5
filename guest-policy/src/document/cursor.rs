//! Walking the parsed document: keys are taken from a table, and what nobody took is unknown.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::problem::{Problem, Problems};

/// A key that a document can have.
#[derive(Debug)]
pub(super) struct Key {
    /// As it is written.
    pub(super) name: &'static str,
    /// A right way to write it with its value, or the header of its section.
    pub(super) example: &'static str,
    /// The row of the legal matrix that it is about.
    pub(super) rule: Option<&'static str>,
}

impl Key {
    /// A key that no row of the legal matrix is about.
    pub(super) const fn new(name: &'static str, example: &'static str) -> Self {
        Self {
            name,
            example,
            rule: None,
        }
    }

    /// A key for this row of the legal matrix.
    pub(super) const fn of_rule(name: &'static str, example: &'static str, rule: &'static str) -> Self {
        Self {
            name,
            example,
            rule: Some(rule),
        }
    }
}

/// A table of the document, and which keys were asked of it.
#[derive(Debug)]
pub(super) struct Table<'t> {
    /// What it is called in messages.
    what: String,
    map: &'t DeTable<'t>,
    /// Where it is; its header, when it has one.
    pub(super) span: Range<usize>,
    known: Vec<&'static str>,
}

impl<'t> Table<'t> {
    /// The document itself.
    pub(super) fn root(map: &'t DeTable<'t>) -> Self {
        Self {
            what: String::from("the document"),
            map,
            span: 0..0,
            known: Vec::new(),
        }
    }

    /// The value of this key, when the document has it.
    pub(super) fn optional(&mut self, key: &'static Key) -> Option<Item<'t>> {
        self.known.push(key.name);
        let value = self.map.get(key.name)?;
        Some(Item {
            key,
            value: value.get_ref(),
            span: value.span(),
            is_entry: false,
        })
    }

    /// The value of this key; without it, an error.
    pub(super) fn required(&mut self, key: &'static Key, problems: &mut Problems<'_>) -> Option<Item<'t>> {
        let item = self.optional(key);
        if item.is_none() {
            let message = format!("`{}` is missing from {}", key.name, self.what);
            problems.add(
                Problem::error("missing-key", &self.span, message)
                    .rule(key.rule)
                    .help(format!("add `{}`", key.example)),
            );
        }
        item
    }

    /// Whether it has keys that nobody asked for.
    pub(super) fn has_unread_keys(&self) -> bool {
        self.map.keys().any(|key| !self.known.contains(&key.get_ref().as_ref()))
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, problems: &mut Problems<'_>) {
        for key in self.map.keys() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let meant = nearest(name, self.known.iter().copied(), &mut problems.effort);
            let help = meant.map_or_else(
                || format!("delete it; {} can have {}", self.what, list(&self.known)),
                |known| format!("did you mean `{known}`?"),
            );
            let message = format!("{} has no key `{}`", self.what, shortened(name));
            problems.add(Problem::error("unknown-key", &key.span(), message).help(help));
        }
    }
}

/// A value of the document.
#[derive(Clone, Debug)]
pub(super) struct Item<'t> {
    /// The key that it stands behind.
    pub(super) key: &'static Key,
    /// What stands there.
    pub(super) value: &'t DeValue<'t>,
    /// Where.
    pub(super) span: Range<usize>,
    /// Whether it is an entry of the key's list.
    is_entry: bool,
}

/// A text of the document; never empty.
#[derive(Clone, Debug)]
pub(super) struct Text<'t> {
    pub(super) value: &'t str,
    pub(super) span: Range<usize>,
}

impl<'t> Item<'t> {
    /// A text that is not empty.
    pub(super) fn text(&self, problems: &mut Problems<'_>) -> Option<Text<'t>> {
        let DeValue::String(value) = self.value else {
            problems.add(self.wrong_type("a text between quotes"));
            return None;
        };
        if value.trim().is_empty() {
            let problem = Problem::error("empty-text", &self.span, format!("{} is empty", self.subject()));
            problems.add(problem.rule(self.key.rule).help(self.right_way()));
            return None;
        }
        if value.chars().any(char::is_control) {
            let message = format!(
                "{} holds a line break, a tab or another control character",
                self.subject()
            );
            problems.add(Problem::error("control-character", &self.span, message).help(self.right_way()));
            return None;
        }
        Some(Text {
            value: value.as_ref(),
            span: self.span.clone(),
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, problems: &mut Problems<'_>) -> Option<bool> {
        let DeValue::Boolean(value) = self.value else {
            problems.add(self.wrong_type("`true` or `false`"));
            return None;
        };
        Some(*value)
    }

    /// The entries of a list.
    pub(super) fn list(&self, problems: &mut Problems<'_>) -> Option<Vec<Self>> {
        let DeValue::Array(entries) = self.value else {
            problems.add(self.wrong_type("a list between `[` and `]`"));
            return None;
        };
        let item = |entry: &'t toml::Spanned<DeValue<'t>>| Self {
            key: self.key,
            value: entry.get_ref(),
            span: entry.span(),
            is_entry: true,
        };
        Some(entries.iter().map(item).collect())
    }

    /// The texts of a list; entries that are no text are reported and left out.
    pub(super) fn texts(&self, problems: &mut Problems<'_>) -> Option<Vec<Text<'t>>> {
        let list = self.list(problems)?;
        Some(list.iter().filter_map(|entry| entry.text(problems)).collect())
    }

    /// The texts of a list that must have entries.
    pub(super) fn some_texts(&self, problems: &mut Problems<'_>) -> Option<Vec<Text<'t>>> {
        self.is_not_empty(problems).then(|| self.texts(problems))?
    }

    /// Whether it is no empty list; reports one.
    pub(super) fn is_not_empty(&self, problems: &mut Problems<'_>) -> bool {
        let is_empty = matches!(self.value, DeValue::Array(entries) if entries.is_empty());
        if is_empty {
            let message = format!("the list `{}` is empty", self.key.name);
            let problem = Problem::error("empty-list", &self.span, message);
            problems.add(problem.rule(self.key.rule).help(self.right_way()));
        }
        !is_empty
    }

    /// A table.
    pub(super) fn table(&self, problems: &mut Problems<'_>) -> Option<Table<'t>> {
        let DeValue::Table(map) = self.value else {
            problems.add(self.wrong_type(match self.key.example.starts_with('[') {
                true => "a section",
                false => "a group between `{` and `}`",
            }));
            return None;
        };
        let what = if self.is_entry {
            format!("this `{}`", self.key.name)
        } else {
            format!("`{}`", self.key.name)
        };
        Some(Table {
            what,
            map,
            span: self.span.clone(),
            known: Vec::new(),
        })
    }

    /// That it should have been something else.
    pub(super) fn wrong_type(&self, expected: &str) -> Problem {
        let message = format!("{} must be {expected}, not {}", self.subject(), found(self.value));
        Problem::error("wrong-type", &self.span, message)
            .rule(self.key.rule)
            .help(self.right_way())
    }

    /// How to write it.
    pub(super) fn right_way(&self) -> String {
        format!("write it like this: `{}`", self.key.example)
    }

    fn subject(&self) -> String {
        if self.is_entry {
            format!("each entry of `{}`", self.key.name)
        } else {
            format!("`{}`", self.key.name)
        }
    }
}

/// What a text names, out of a closed set; anything else is an error that shows the set.
pub(super) fn choice<T: Copy>(
    text: &Text<'_>,
    key: &Key,
    names: &[(&'static str, T)],
    problems: &mut Problems<'_>,
) -> Option<T> {
    let found = names.iter().find(|(name, _)| *name == text.value);
    if found.is_none() {
        let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        let meant = nearest(text.value, known.iter().copied(), &mut problems.effort);
        let help = meant.map_or_else(
            || format!("it can be {}", list(&known)),
            |name| format!("did you mean `{name}`? it can be {}", list(&known)),
        );
        let message = format!("`{}` is not known to `{}`", shortened(text.value), key.name);
        problems.add(
            Problem::error("unknown-value", &text.span, message)
                .rule(key.rule)
                .help(help),
        );
    }
    found.map(|(_, value)| *value)
}

/// Words in backticks, with commas.
pub(super) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// A word of the document as a message can show it: on one line, and not too long.
pub(super) fn shortened(word: &str) -> String {
    const LONGEST: usize = 60;
    let shown = |c: char| if c.is_control() || c == '`' { '?' } else { c };
    let mut short: String = word.chars().map(shown).take(LONGEST).collect();
    if word.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

const fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section or group",
    }
}
