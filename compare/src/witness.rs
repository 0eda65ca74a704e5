//! Windows that a match entry recognises, made from its patterns.

use std::collections::BTreeSet;

use gardefou::AppIdentity;
use gardefou_policy::classify::{MAX_FIELD, MAX_WORK};
use gardefou_policy::rules::{Application, Entry};

use crate::asker::MOST;

/// A title that nobody excludes, usually.
const PLAIN: &str = "gardefou";

/// Identities that the entries are about, each with every title that may matter to the others.
pub(crate) fn identities<'a>(applications: impl Iterator<Item = &'a Application> + Clone) -> Vec<AppIdentity> {
    let titles = titles(applications.clone());
    // More than are ever asked about are not made.
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let mut found = vec![AppIdentity::default()];
    for entry in applications.flat_map(|application| &application.entries) {
        for filling in ["", "x"] {
            let own = recognised(entry, filling);
            let own_titles: Vec<Option<String>> = match &entry.title {
                Some(title) => vec![Some(filled(title, filling)), None],
                None => titles.clone(),
            };
            for title in own_titles {
                if found.len() > most {
                    return found;
                }
                let mut app = own.clone();
                app.title = title;
                found.push(app);
            }
        }
    }
    found
}

/// No title, a plain one, one of each pattern that excludes, and those that are as long as the work allows.
fn titles<'a>(applications: impl Iterator<Item = &'a Application> + Clone) -> Vec<Option<String>> {
    let never = applications.clone().flat_map(|application| &application.never_title);
    let excluded: BTreeSet<String> = never
        .flat_map(|glob| ["", "x"].map(|filling| filled(glob, filling)))
        .collect();
    let globs: usize = applications.map(globs).sum();
    let longest = MAX_WORK.checked_div(globs).unwrap_or(MAX_FIELD);
    let long = [longest, longest + 1, MAX_FIELD, MAX_FIELD + 1];
    let long = long.into_iter().filter(|length| *length <= MAX_FIELD + 1);
    let plain = [None, Some(PLAIN.to_owned())].into_iter();
    plain
        .chain(excluded.into_iter().map(Some))
        .chain(long.map(|length| Some("t".repeat(length))))
        .collect()
}

/// How many patterns a window is held against.
pub(crate) fn globs(application: &Application) -> usize {
    let of = |entry: &Entry| {
        [&entry.wm_class, &entry.title, &entry.url]
            .into_iter()
            .flatten()
            .count()
    };
    application.never_title.len() + application.entries.iter().map(of).sum::<usize>()
}

fn recognised(entry: &Entry, filling: &str) -> AppIdentity {
    let glob = |field: &Option<String>| field.as_ref().map(|pattern| filled(pattern, filling));
    let mut app = AppIdentity::default();
    app.executable.clone_from(&entry.executable);
    app.package.clone_from(&entry.package);
    app.signer.clone_from(&entry.signer);
    app.wm_class = glob(&entry.wm_class);
    app.url = glob(&entry.url);
    app
}

/// The pattern with something for each of its runs of stars.
fn filled(pattern: &str, filling: &str) -> String {
    let mut text = String::new();
    let mut after_star = false;
    for c in pattern.chars() {
        match c {
            '*' if after_star => {}
            '*' => text.push_str(filling),
            _ => text.push(c),
        }
        after_star = c == '*';
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_filled() {
        assert_eq!(filled("https://*.acme.example/**", "x"), "https://x.acme.example/x");
        assert_eq!(filled("*a*", ""), "a");
    }
}
