//! Walking the parsed document: keys are taken from a table, and what nobody took is unknown.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::notes::Text as Message;

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
    what: Message,
    map: &'t DeTable<'t>,
    /// Where it is; its header, when it has one.
    pub(super) span: Range<usize>,
    known: Vec<&'static str>,
    missing: Vec<&'static Key>,
}

impl<'t> Table<'t> {
    /// The document itself.
    pub(super) fn root(map: &'t DeTable<'t>) -> Self {
        Self {
            what: words("the document", "le document").into(),
            map,
            span: 0..0,
            known: Vec::new(),
            missing: Vec::new(),
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

    /// The value of this key; without it, there will be an error ([`Table::finish`]).
    pub(super) fn required(&mut self, key: &'static Key) -> Option<Item<'t>> {
        let item = self.optional(key);
        if item.is_none() {
            self.missing.push(key);
        }
        item
    }

    /// Whether it has keys that nobody asked for.
    pub(super) fn has_unread_keys(&self) -> bool {
        self.map.keys().any(|key| !self.known.contains(&key.get_ref().as_ref()))
    }

    /// Reports every key that nobody asked for, and every one that is missing. One that was only misspelt is
    /// told once.
    pub(super) fn finish(mut self, problems: &mut Problems<'_>) {
        for key in self.map.keys() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let meant = nearest(name, self.known.iter().copied(), &mut problems.effort);
            let what = &self.what;
            let help = meant.map_or_else(
                || {
                    text!(
                        "delete it; {what} can have {known}",
                        "supprimez-la\u{a0}; {what} peut avoir {known}",
                        known = list(&self.known); what
                    )
                },
                did_you_mean,
            );
            let message = text!(
                "{what} has no key `{name}`",
                "{what} n'a pas de clé `{name}`",
                name = shortened(name); what
            );
            problems.add(Problem::error("unknown-key", &key.span(), message).help(help));
            self.missing.retain(|missing| Some(missing.name) != meant);
        }
        let what = &self.what;
        for key in &self.missing {
            let message =
                text!("`{name}` is missing from {what}", "`{name}` manque dans {what}", name = key.name; what);
            let help = Message {
                english: format!("add `{}`", key.example),
                french: format!("ajoutez `{}`", french(key.example)),
            };
            problems.add(
                Problem::error("missing-key", &self.span, message)
                    .rule(key.rule)
                    .help(help),
            );
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
            problems.add(self.wrong_type(words("a text between quotes", "un texte entre guillemets")));
            return None;
        };
        if value.trim().is_empty() {
            let subject = self.subject();
            let message = text!("{subject} is empty", "{subject} est vide"; subject);
            let problem = Problem::error("empty-text", &self.span, message);
            problems.add(problem.rule(self.key.rule).help(self.right_way()));
            return None;
        }
        if let Some(control) = value.chars().find(|c| c.is_control()) {
            let (subject, control) = (self.subject(), control_character(control));
            let message = text!(
                "{subject} holds {control}",
                "{subject} contient {control}"; subject, control
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
            problems.add(self.wrong_type(words("`true` or `false`", "`true` ou `false`")));
            return None;
        };
        Some(*value)
    }

    /// Whether it is a list.
    pub(super) const fn is_list(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    /// The entries of a list.
    pub(super) fn list(&self, problems: &mut Problems<'_>) -> Option<Vec<Self>> {
        let DeValue::Array(entries) = self.value else {
            problems.add(self.wrong_type(words("a list between `[` and `]`", "une liste entre `[` et `]`")));
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
            let message = text!(
                "the list `{name}` is empty",
                "la liste `{name}` est vide",
                name = self.key.name
            );
            let problem = Problem::error("empty-list", &self.span, message);
            problems.add(problem.rule(self.key.rule).help(self.right_way()));
        }
        !is_empty
    }

    /// A table.
    pub(super) fn table(&self, problems: &mut Problems<'_>) -> Option<Table<'t>> {
        let DeValue::Table(map) = self.value else {
            let is_section = self.key.example.starts_with('[');
            problems.add(match self.value {
                DeValue::Array(_) if is_section => self.bad_header(words(
                    "this section cannot be repeated, and has one bracket around its name",
                    "cette section ne peut pas être répétée, et a un seul crochet autour de son nom",
                )),
                _ if is_section => self.wrong_type(words("a section", "une section")),
                _ => self.wrong_type(words("a group between `{` and `}`", "un groupe entre `{` et `}`")),
            });
            return None;
        };
        let name = self.key.name;
        let what = match (self.is_entry, self.key.example.starts_with("[[")) {
            (false, _) => text!("`{name}`", "`{name}`"),
            (true, true) => text!("this `{name}`", "cette section `{name}`"),
            (true, false) => text!("this `{name}`", "cette entrée de `{name}`"),
        };
        Some(Table {
            what,
            map,
            span: self.span.clone(),
            known: Vec::new(),
            missing: Vec::new(),
        })
    }

    /// That it should have been something else.
    pub(super) fn wrong_type(&self, expected: Words) -> Problem {
        let (subject, found) = (self.subject(), found(self.value));
        let message = text!(
            "{subject} must be {expected}, not {found}",
            "{subject} doit être {expected}, et non {found}"; subject, expected, found
        );
        Problem::error("wrong-type", &self.span, message)
            .rule(self.key.rule)
            .help(self.right_way())
    }

    /// That the header of a section has another number of brackets than it must have.
    pub(super) fn bad_header(&self, message: Words) -> Problem {
        Problem::error("wrong-type", &self.span, message)
            .rule(self.key.rule)
            .help(self.right_way())
    }

    /// How to write it.
    pub(super) fn right_way(&self) -> Message {
        let example = self.key.example;
        Message {
            english: format!("write it like this: `{example}`"),
            french: format!("écrivez comme ceci\u{a0}: `{}`", french(example)),
        }
    }

    fn subject(&self) -> Message {
        let name = self.key.name;
        if self.is_entry {
            text!("each entry of `{name}`", "chaque entrée de `{name}`")
        } else {
            text!("`{name}`", "`{name}`")
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
        let known = list(&known);
        let help = match meant {
            None => text!("it can be {known}", "valeurs possibles\u{a0}: {known}"),
            Some(name) => text!(
                "did you mean `{name}`? it can be {known}",
                "vouliez-vous dire `{name}`\u{a0}? valeurs possibles\u{a0}: {known}"
            ),
        };
        let message = text!(
            "`{value}` is not known to `{name}`",
            "`{name}` ne connaît pas `{value}`",
            value = shortened(text.value),
            name = key.name
        );
        problems.add(
            Problem::error("unknown-value", &text.span, message)
                .rule(key.rule)
                .help(help),
        );
    }
    found.map(|(_, value)| *value)
}

/// An example as a French reader understands it: the words in it are French, the keys are what they are.
pub(super) fn french(example: &'static str) -> &'static str {
    const EXAMPLES: [(&str, &str); 6] = [
        ("title = \"Customer desk\"", "title = \"Espace client\""),
        ("title = \"Customer desk*\"", "title = \"Espace client*\""),
        ("never-title = [\"*password*\"]", "never-title = [\"*mot de passe*\"]"),
        (
            "need = \"The new customer desk went live in October\"",
            "need = \"Le nouvel espace client est en service depuis octobre\"",
        ),
        (
            "not-applicable = \"fewer than 50 employees\"",
            "not-applicable = \"moins de 50 salariés\"",
        ),
        ("employees-file = \"staff.csv\"", "employees-file = \"salaries.csv\""),
    ];
    let known = EXAMPLES.into_iter().find(|(english, _)| *english == example);
    known.map_or(example, |(_, french)| french)
}

/// What a control character is.
pub(super) fn control_character(character: char) -> Message {
    match character {
        '\n' | '\r' => words("a line break", "un saut de ligne").into(),
        '\t' => words("a tab", "une tabulation").into(),
        _ => {
            let number = u32::from(character);
            text!(
                "an invisible control character (U+{number:04X})",
                "un caractère de contrôle invisible (U+{number:04X})"
            )
        }
    }
}

/// That this was perhaps meant.
pub(super) fn did_you_mean(known: &str) -> Message {
    text!(
        "did you mean `{known}`?",
        "vouliez-vous dire `{known}`\u{a0}?",
        known = shortened(known)
    )
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

const fn found(value: &DeValue<'_>) -> Words {
    match value {
        DeValue::String(_) => words("a text", "un texte"),
        DeValue::Integer(_) | DeValue::Float(_) => words("a number", "un nombre"),
        DeValue::Boolean(_) => words("`true` or `false`", "`true` ou `false`"),
        DeValue::Datetime(_) => words("a date", "une date"),
        DeValue::Array(_) => words("a list", "une liste"),
        DeValue::Table(_) => words("a section or group", "une section ou un groupe"),
    }
}
