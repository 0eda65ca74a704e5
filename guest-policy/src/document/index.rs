//! Ids, and what refers to them.

use alloc::{format, vec::Vec};
use std::collections::HashMap;

use super::cursor::{Text, shortened};
use super::nearest::nearest;
use super::problem::{Problem, Problems};

/// Where things of one kind are, by their id; the first of an id counts.
pub(super) struct Index<'t> {
    what: &'static str,
    places: HashMap<&'t str, usize>,
    ids: Vec<Option<Text<'t>>>,
    is_used: Vec<bool>,
}

impl<'t> Index<'t> {
    /// The index of these ids, in their order; an id that comes twice is an error.
    pub(super) fn of(
        what: &'static str,
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
            let message = format!("another {what} has the same `id`, on line {}", problems.line_of(first));
            problems.add(Problem::error("duplicate-id", &id.span, message).help("give each an `id` of its own"));
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
        let known = self.ids.iter().flatten().map(|known| known.value);
        let meant = nearest(id.value, known, &mut problems.effort);
        let help = meant.map_or_else(
            || format!("write the `id` of one of the document's sections `[[{}]]`", self.what),
            |known| format!("did you mean `{}`?", shortened(known)),
        );
        let message = format!("no {} has this `id`", self.what);
        problems.add(
            Problem::error("unknown-reference", &id.span, message)
                .rule(rule)
                .help(help),
        );
        None
    }

    /// The ids that nobody asked for.
    pub(super) fn unused(&self) -> impl Iterator<Item = &Text<'t>> {
        let is_first = |at: usize, id: &Text<'_>| self.places.get(id.value) == Some(&at);
        let ids = self.ids.iter().zip(&self.is_used).enumerate();
        ids.filter(|(_, (_, is_used))| !**is_used)
            .filter_map(move |(at, (id, _))| id.as_ref().filter(|id| is_first(at, id)))
    }
}
