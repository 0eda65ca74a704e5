//! What is said when policies are exchanged under running calls: which, and how their numbers differ.

use std::cmp::Ordering;

use gardefou::Policy;

/// A policy, as people name it.
#[derive(Debug)]
struct Named<'a> {
    id: &'a str,
    version: &'a str,
    digest: String,
}

impl<'a> Named<'a> {
    fn of(policy: &'a Policy) -> Self {
        let own = policy.description();
        Self {
            id: &own.id,
            version: &own.version,
            digest: policy.digest().to_string(),
        }
    }
}

/// That these are in force now, in the place of those.
pub(crate) fn told(before: &[Policy], now: &[Policy]) -> String {
    let before: Vec<Named<'_>> = before.iter().map(Named::of).collect();
    let now = now.iter().map(Named::of);
    let each: Vec<String> = now.map(|one| said(&one, &before)).collect();
    format!("the edited rules are in force: {}", each.join("; "))
}

fn said(now: &Named<'_>, before: &[Named<'_>]) -> String {
    let Named { id, version, digest } = now;
    let (id, version) = (plain(id), plain(version));
    let head = format!("{id} {version}, digest {digest}");
    let Some(own) = before.iter().find(|one| one.id == now.id) else {
        return format!("{head}, which was not in force");
    };
    let was = plain(own.version);
    let how = match (compared(own.version, now.version), own.digest == *digest) {
        (_, true) => "unchanged".to_owned(),
        (Some(Ordering::Equal), false) => "the same version with other content".to_owned(),
        (Some(Ordering::Less), false) => format!("newer than {was}"),
        (Some(Ordering::Greater), false) => format!("OLDER than {was}"),
        (None, false) => format!("in the place of {was}; which is newer, their numbers do not say"),
    };
    format!("{head}, {how}")
}

/// How two versions follow each other: part by part, as numbers. `None` where a part that differs is no number.
fn compared(old: &str, new: &str) -> Option<Ordering> {
    if old == new {
        return Some(Ordering::Equal);
    }
    let (mut old, mut new) = (old.split(['.', '-']), new.split(['.', '-']));
    loop {
        match (old.next(), new.next()) {
            (None, None) => return None,
            (None, Some(_)) => return Some(Ordering::Less),
            (Some(_), None) => return Some(Ordering::Greater),
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                let number = |part: &str| part.parse::<u64>().ok();
                match number(one)?.cmp(&number(other)?) {
                    Ordering::Equal => {}
                    order => return Some(order),
                }
            }
        }
    }
}

/// A name from outside, without what would drive a terminal.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'a>(id: &'a str, version: &'a str, digest: &str) -> Named<'a> {
        Named {
            id,
            version,
            digest: digest.to_owned(),
        }
    }

    #[test]
    fn versions_follow_each_other_by_their_numbers() {
        for (old, new, order) in [
            ("2026.11.0", "2026.11.1", Some(Ordering::Less)),
            ("2026.9.0", "2026.11.0", Some(Ordering::Less)),
            ("2026.11.1", "2026.11.0", Some(Ordering::Greater)),
            ("1", "1.1", Some(Ordering::Less)),
            ("2026.11.0", "2026.11.0", Some(Ordering::Equal)),
            ("1.0-a", "1.0-b", None),
            ("1.01", "1.1", None),
        ] {
            assert_eq!(compared(old, new), order, "{old}, {new}");
        }
    }

    #[test]
    fn an_exchange_names_what_is_in_force_and_how_its_number_differs() {
        let before = [named("acme", "2026.11.1", "aa")];
        for (now, end) in [
            (
                named("acme", "2026.11.2", "bb"),
                "acme 2026.11.2, digest bb, newer than 2026.11.1",
            ),
            (
                named("acme", "2026.11.0", "bb"),
                "acme 2026.11.0, digest bb, OLDER than 2026.11.1",
            ),
            (
                named("acme", "2026.11.1", "bb"),
                "acme 2026.11.1, digest bb, the same version with other content",
            ),
            (named("acme", "2026.11.1", "aa"), "acme 2026.11.1, digest aa, unchanged"),
            (named("other", "1", "cc"), "other 1, digest cc, which was not in force"),
        ] {
            assert_eq!(said(&now, &before), end);
        }
    }
}
