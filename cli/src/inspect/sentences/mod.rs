//! The rules of a document in words: sentences for people who will never read the document itself.
//!
//! A sentence says what the document says, and nothing more; each names its row of the legal matrix and,
//! where a key of the document sets it, its line.

mod application;
mod call;
mod custody;
mod floor;
mod prior;
mod programme;

use crate::document::{Document, Node};
use crate::language::{Language, say};
use crate::policy_file::Said;
use crate::text::plain;

pub(crate) use floor::floor;

/// Sentences that belong together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// What it is about, for programs.
    pub(crate) key: &'static str,
    /// Which programme, application or role, where there are several.
    pub(crate) id: Option<String>,
    /// For people.
    pub(crate) title: String,
    /// In the order of the document.
    pub(crate) sentences: Vec<Sentence>,
}

/// One thing that the rules say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// The row of the legal matrix; `P` is a reading of ours.
    pub(crate) rule: &'static str,
    /// The line of the document that sets it.
    pub(crate) line: Option<usize>,
    /// The sentence.
    pub(crate) text: String,
}

/// Everything that the rules say.
pub(crate) fn of(said: &Said, language: Language) -> Vec<Section> {
    let teller = Teller { said, language };
    let mut sections = vec![teller.in_force()];
    sections.extend(teller.programmes());
    sections.extend(teller.applications());
    sections.extend([
        teller.steps(),
        teller.notice(),
        teller.limits(),
        teller.call(),
        teller.retention(),
    ]);
    sections.push(teller.roles());
    sections
}

/// Puts one document into words.
#[derive(Clone, Copy)]
struct Teller<'a> {
    said: &'a Said,
    language: Language,
}

impl<'a> Teller<'a> {
    const fn document(self) -> &'a Document {
        &self.said.document
    }

    /// The sections of this name in the document.
    fn sections_named(self, path: &str) -> Vec<&'a Node> {
        self.document().at(path)
    }

    /// A text of the document between the quotes of the language.
    fn quoted(self, text: &str) -> String {
        let text = plain(text);
        say!(self.language, "“{text}”", "«\u{a0}{text}\u{a0}»")
    }

    /// Several, as far as a sentence can hold them.
    fn listed(self, texts: &[&str]) -> String {
        const MOST: usize = 20;
        let mut list: Vec<String> = texts.iter().take(MOST).map(|text| self.quoted(text)).collect();
        let more = texts.len().saturating_sub(MOST);
        if more > 0 {
            list.push(say!(self.language, "{more} more", "{more} de plus"));
        }
        self.joined(&list, "and", "et")
    }

    /// "a, b and c".
    fn joined(self, list: &[String], english: &str, french: &str) -> String {
        let last = self.language.pick(english, french);
        match list.split_last() {
            Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
            _ => list.concat(),
        }
    }

    /// A section without a name of its own.
    fn section(self, key: &'static str, english: &str, french: &str, sentences: Vec<Sentence>) -> Section {
        Section {
            key,
            id: None,
            title: self.language.pick(english, french).to_owned(),
            sentences,
        }
    }
}

/// A sentence that this value of the document sets.
fn set(rule: &'static str, by: Option<&Node>, text: String) -> Sentence {
    Sentence {
        rule,
        line: by.map(|node| node.line),
        text,
    }
}

/// A sentence that no document sets.
fn always(rule: &'static str, text: &str) -> Sentence {
    set(rule, None, text.to_owned())
}
