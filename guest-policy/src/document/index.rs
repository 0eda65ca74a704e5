//! Ids, and what refers to them.

use alloc::{format, string::String, vec::Vec};
use std::collections::HashMap;

use super::cursor::{Text, did_you_mean, shortened};
use super::nearest::nearest;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};

/// A kind of thing that has an id.
#[derive(Debug)]
pub(super) struct Kind {
    /// The name of its sections.
    section: &'static str,
    /// "another …".
    another: Words,
    /// "no …".
    none: Words,
}

/// Applications.
pub(super) static APPLICATION: Kind = Kind {
    section: "application",
    another: words("another application", "une autre application"),
    none: words("no application", "aucune application"),
};

/// Programmes.
pub(super) static PROGRAMME: Kind = Kind {
    section: "programme",
    another: words("another programme", "un autre programme"),
    none: words("no programme", "aucun programme"),
};

/// Roles.
pub(super) static ROLE: Kind = Kind {
    section: "role",
    another: words("another role", "un autre rôle"),
    none: words("no role", "aucun rôle"),
};

/// Where things of one kind are, by their id; the first of an id counts.
pub(super) struct Index<'t> {
    what: &'static Kind,
    places: HashMap<&'t str, usize>,
    ids: Vec<Option<Text<'t>>>,
    is_used: Vec<bool>,
}

impl<'t> Index<'t> {
    /// The index of these ids, in their order; an id that comes twice is an error.
    pub(super) fn of(
        what: &'static Kind,
        ids: impl Iterator<Item = Option<Text<'t>>>,
        problems: &mut Problems<'_>,
    ) -> Self {
        let ids: Vec<Option<Text<'t>>> = ids.collect();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, id) in ids.iter().enumerate() {
            let Some(id) = id else { continue };
            let Some(first) = places.get(id.value) else {
                places.insert(id.value, at);
                continue;
            };
            let first = ids
                .get(*first)
                .and_then(Option::as_ref)
                .map_or(0, |first| first.span.start);
            let another = what.another;
            let message = text!(
                "{another} has the same `id`, on line {line}",
                "{another} a le même `id`, ligne {line}",
                line = problems.line_of(first); another
            );
            let help = words("give each an `id` of its own", "donnez à chacun son propre `id`");
            problems.add(Problem::error("duplicate-id", &id.span, message).help(help));
        }
        let is_used = ids.iter().map(|_| false).collect();
        Self {
            what,
            places,
            ids,
            is_used,
        }
    }

    /// Where the one of that id is; notes that it is used. An unknown one is an error.
    pub(super) fn find(&mut self, id: &Text<'_>, rule: &'static str, problems: &mut Problems<'_>) -> Option<usize> {
        if let Some(at) = self.places.get(id.value) {
            if let Some(is_used) = self.is_used.get_mut(*at) {
                *is_used = true;
            }
            return Some(*at);
        }
        if self.places.is_empty() {
            return None; // none of them could be read, which was said
        }
        let known = self.ids.iter().flatten().map(|known| known.value);
        let meant = nearest(id.value, known, &mut problems.effort);
        let none = self.what.none;
        let help = meant.map_or_else(
            || {
                text!(
                    "write the `id` of one of the document's sections `[[{section}]]`: {known}",
                    "écrivez l'`id` d'une des sections `[[{section}]]` du document\u{a0}: {known}",
                    section = self.what.section,
                    known = self.known()
                )
            },
            did_you_mean,
        );
        let message = text!("{none} has this `id`", "{none} n'a cet `id`"; none);
        problems.add(
            Problem::error("unknown-reference", &id.span, message)
                .rule(rule)
                .help(help),
        );
        None
    }

    /// The ids of the document, as many as a message can show.
    fn known(&self) -> String {
        const SHOWN: usize = 5;
        let mut ids = self.ids.iter().flatten().map(|id| shortened(id.value));
        let shown: Vec<String> = ids.by_ref().take(SHOWN).map(|id| format!("`{id}`")).collect();
        let more = if ids.next().is_some() { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    }

    /// The ids that nobody asked for.
    pub(super) fn unused(&self) -> impl Iterator<Item = &Text<'t>> {
        let is_first = |at: usize, id: &Text<'_>| self.places.get(id.value) == Some(&at);
        let ids = self.ids.iter().zip(&self.is_used).enumerate();
        ids.filter(|(_, (_, is_used))| !**is_used)
            .filter_map(move |(at, (id, _))| id.as_ref().filter(|id| is_first(at, id)))
    }
}
