//! Match entries and excluded titles that only one of two documents has.

use std::collections::BTreeMap;

use gardefou_policy::rules::Rules;

use crate::direction::Direction;
use crate::outline::{Outline, applications};

/// A match entry or an excluded title that only one of two documents has, in a programme of both.
///
/// A window that shows the difference may have been found or not: it counts all the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub struct Pattern {
    /// Looser where the new document recognises more or excludes less.
    pub direction: Direction,
    /// In which programme.
    pub programme: String,
    /// Whether it excludes titles; else it recognises windows.
    pub excludes: bool,
    /// Whether the new document has it; else the old one.
    pub is_new: bool,
    /// Its fields, as the document writes them.
    pub text: String,
}

/// All of them. Asked of two documents, old before new.
pub(crate) fn compare(outline: &Outline, ids: &[String]) -> Vec<Pattern> {
    let [old, new] = outline.documents.as_slice() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for id in ids {
        let (Some(before), Some(after)) = (patterns(old, id), patterns(new, id)) else {
            continue;
        };
        for ((excludes, text), count) in &after {
            if before.get(&(*excludes, text.clone())).copied().unwrap_or_default() < *count {
                found.push(pattern(id, *excludes, true, text));
            }
        }
        for ((excludes, text), count) in &before {
            if after.get(&(*excludes, text.clone())).copied().unwrap_or_default() < *count {
                found.push(pattern(id, *excludes, false, text));
            }
        }
    }
    found.sort();
    found
}

fn pattern(id: &str, excludes: bool, is_new: bool, text: &str) -> Pattern {
    Pattern {
        direction: if excludes == is_new {
            Direction::Stricter
        } else {
            Direction::Looser
        },
        programme: id.to_owned(),
        excludes,
        is_new,
        text: text.to_owned(),
    }
}

/// What a programme of a document recognises and excludes, and how often it says so.
fn patterns(rules: &Rules, id: &str) -> Option<BTreeMap<(bool, String), usize>> {
    let programme = rules.programmes.find(id)?;
    let mut found = BTreeMap::new();
    for application in applications(rules, programme) {
        for entry in &application.entries {
            let fields = [
                ("executable", &entry.executable),
                ("package", &entry.package),
                ("signer", &entry.signer),
                ("wm-class", &entry.wm_class),
                ("title", &entry.title),
                ("url", &entry.url),
            ];
            let named = fields
                .iter()
                .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} = {value:?}")));
            let text = named.collect::<Vec<_>>().join(", ");
            *found.entry((false, text)).or_insert(0) += 1;
        }
        for title in &application.never_title {
            *found.entry((true, format!("{title:?}"))).or_insert(0) += 1;
        }
    }
    Some(found)
}
