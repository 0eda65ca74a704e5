//! A value of a rule document, and the line on which it stands.

use std::ops::Range;

use serde_json::{Number, Value};
use toml::de::{DeTable, DeValue};

/// A value.
#[derive(Debug)]
pub(crate) struct Node {
    /// The line of its key; of the value itself in a list. Counted from 1.
    pub(crate) line: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A text or a date: as the document writes it, without quotes.
    Plain(String),
    /// A number, as the document writes it.
    Number(String),
    Flag(bool),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn of_table(table: &DeTable<'_>, line: usize, starts: &Starts) -> Self {
        let entries = table.iter().map(|(key, value)| {
            let line = starts.line(&key.span());
            (key.get_ref().to_string(), Self::of(value.get_ref(), line, starts))
        });
        Self {
            line,
            kind: Kind::Table(entries.collect()),
        }
    }

    fn of(value: &DeValue<'_>, line: usize, starts: &Starts) -> Self {
        let kind = match value {
            DeValue::Table(table) => return Self::of_table(table, line, starts),
            DeValue::Array(list) => {
                let nodes = list
                    .iter()
                    .map(|entry| Self::of(entry.get_ref(), starts.line(&entry.span()), starts));
                Kind::List(nodes.collect())
            }
            DeValue::String(text) => Kind::Plain(text.to_string()),
            DeValue::Integer(number) => Kind::Number(number.as_str().to_owned()),
            DeValue::Float(number) => Kind::Number(number.as_str().to_owned()),
            DeValue::Datetime(date) => Kind::Plain(date.to_string()),
            DeValue::Boolean(flag) => Kind::Flag(*flag),
        };
        Self { line, kind }
    }

    /// The value of this name in a table.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Kind::Table(entries) = &self.kind else { return None };
        entries.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    /// The entries of a list; none of anything else.
    pub(crate) fn list(&self) -> &[Self] {
        match &self.kind {
            Kind::List(nodes) => nodes,
            Kind::Plain(_) | Kind::Number(_) | Kind::Flag(_) | Kind::Table(_) => &[],
        }
    }

    /// The entries of a table, in its order; none of anything else.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Table(entries) => entries,
            Kind::Plain(_) | Kind::Number(_) | Kind::Flag(_) | Kind::List(_) => &[],
        }
    }

    /// Whether it is a table.
    pub(crate) const fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table(_))
    }

    /// The same for programs. Dates are texts; a number that a program cannot hold is one too.
    pub(crate) fn value(&self) -> Value {
        match &self.kind {
            Kind::Plain(text) => Value::String(text.clone()),
            Kind::Number(written) => {
                let plain = written.replace('_', "");
                let float = || plain.parse().ok().and_then(Number::from_f64);
                let number = plain.parse::<i64>().map(Number::from).ok().or_else(float);
                number.map_or_else(|| Value::String(written.clone()), Value::Number)
            }
            Kind::Flag(flag) => Value::Bool(*flag),
            Kind::List(nodes) => nodes.iter().map(Self::value).collect(),
            Kind::Table(entries) => {
                let entries = entries.iter().map(|(key, node)| (key.clone(), node.value()));
                Value::Object(entries.collect())
            }
        }
    }

    /// What a text, a number or a date says.
    pub(crate) fn plain(&self) -> Option<&str> {
        match &self.kind {
            Kind::Plain(text) | Kind::Number(text) => Some(text),
            Kind::Flag(_) | Kind::List(_) | Kind::Table(_) => None,
        }
    }

    /// The same, of the value of this name in a table.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.plain()
    }

    /// Whether the value of this name in a table is `true`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|node| matches!(node.kind, Kind::Flag(true)))
    }

    /// The texts of the list of this name in a table.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        let entries = self.get(name).map_or(&[][..], Self::list);
        entries.iter().filter_map(Self::plain).collect()
    }
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Starts(Vec<usize>);

impl Starts {
    pub(super) fn of(text: &str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after_breaks).collect())
    }

    /// The line in which a span begins, counted from 1.
    fn line(&self, span: &Range<usize>) -> usize {
        self.0.partition_point(|start| *start <= span.start)
    }
}
