//! The questions about windows, and the patterns of one side alone.
//!
//! What a window is depends on the entries and the never-titles of a programme's applications, whichever of
//! them has which. Where both sides have the same, they say the same of every window; where they do not, a
//! witness is made from the pattern and tried on both, and a pattern that no witness shows counts all the
//! same ([`alone`]).

use std::collections::HashSet;
use std::rc::Rc;

use gardefou_policy::facts::AppIdentity;
use gardefou_policy::pattern::folded;
use gardefou_policy::rules::{Application, Entry, Programmes, Rules};
use gardefou_policy::title::{NeverTitle, is_wildcard};

use crate::direction::Direction;
use crate::question::{Opened, Question};
use crate::sides::{Sides, applications};

/// Titles that usual never-titles do not exclude.
const PLAIN_TITLES: [&str; 5] = ["x", "", "0", "é", " "];

/// Asks about windows of a programme, in a session that opens on both sides, or in one of either side.
pub(crate) fn ask(sides: &Sides<'_>, programme: &str, sink: &mut dyn FnMut(Question, Question)) {
    let Some([(old, at), (new, new_at)]) = sides.session(programme) else {
        return;
    };
    let old = Rc::new(Opened { facts: old, at });
    let new = if old.facts == new && at == new_at {
        Rc::clone(&old)
    } else {
        Rc::new(Opened { facts: new, at: new_at })
    };
    let all: Vec<&Application> = sides
        .both()
        .into_iter()
        .flat_map(|rules| applications(rules, programme))
        .collect();
    let mut put = |about: &Rc<str>, app: AppIdentity| {
        let ask = |session: &Rc<Opened>| Question::Kind {
            session: Rc::clone(session),
            app: app.clone(),
            about: Rc::clone(about),
        };
        sink(ask(&old), ask(&new));
    };
    let nothing: Rc<str> = "a window that nothing is known of".into();
    put(&nothing, AppIdentity::default());
    let mut seen = HashSet::new();
    let entries = all.iter().flat_map(|application| &application.entries);
    let entries: Vec<&Entry> = entries.filter(|entry| seen.insert(entry_words(entry))).collect();
    let nevers = all.iter().flat_map(|application| &application.never_title);
    let nevers: Vec<&NeverTitle> = nevers
        .filter(|never| seen.insert(never_words(never.written())))
        .collect();
    for entry in &entries {
        let about: Rc<str> = entry_words(entry).into();
        for app in witnesses(entry) {
            for title in titles(entry, &app) {
                put(&about, AppIdentityWith { app: &app, title }.build());
            }
        }
    }
    // Against every entry where that is not too much; else against the first hundred.
    for never in &nevers {
        let about: Rc<str> = never_words(never.written()).into();
        for entry in entries.iter().take(100) {
            let Some(app) = witnesses(entry).into_iter().next() else {
                continue;
            };
            for filling in ["", "x"] {
                let title = Some(never.written().replace(is_wildcard, filling));
                put(&about, AppIdentityWith { app: &app, title }.build());
            }
        }
    }
}

struct AppIdentityWith<'a> {
    app: &'a AppIdentity,
    title: Option<String>,
}

impl AppIdentityWith<'_> {
    fn build(&self) -> AppIdentity {
        let mut app = self.app.clone();
        app.title.clone_from(&self.title);
        app
    }
}

/// Windows that match an entry: every `*` empty, then `x`. Fields that it does not name are unknown.
fn witnesses(entry: &Entry) -> Vec<AppIdentity> {
    let mut all: Vec<AppIdentity> = Vec::new();
    for filling in ["", "x"] {
        let filled = |field: &Option<String>| field.as_ref().map(|glob| stars(glob, filling));
        let mut app = AppIdentity::default();
        app.executable.clone_from(&entry.executable);
        app.package.clone_from(&entry.package);
        app.signer.clone_from(&entry.signer);
        app.wm_class = filled(&entry.wm_class);
        app.title = filled(&entry.title);
        app.url = filled(&entry.url);
        if !all.contains(&app) {
            all.push(app);
        }
    }
    all
}

/// A glob with each run of stars replaced.
fn stars(glob: &str, filling: &str) -> String {
    let mut filled = String::with_capacity(glob.len());
    let mut in_run = false;
    for character in glob.chars() {
        match character {
            '*' if in_run => {}
            '*' => filled.push_str(filling),
            other => filled.push(other),
        }
        in_run = character == '*';
    }
    filled
}

/// The titles that a witness is tried with: its own where the entry names one, else none and plain ones.
fn titles(entry: &Entry, app: &AppIdentity) -> Vec<Option<String>> {
    if entry.title.is_some() {
        return vec![app.title.clone()];
    }
    let plain = PLAIN_TITLES.iter().map(|title| Some((*title).to_owned()));
    plain.chain([None]).collect()
}

/// A pattern that one side alone has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Alone {
    /// As the rule document writes it: `match = { executable = "crm.exe" }`.
    pub(crate) about: String,
    /// What it does to the answers: an entry of the new side and a never-title of the old one are looser.
    pub(crate) direction: Direction,
}

/// The entries and never-titles that a programme's applications have on one side alone, in programmes that
/// open sessions on both sides. Every window is of the floor's training: it has no patterns to compare.
pub(crate) fn alone(sides: &Sides<'_>, programme: &str) -> Vec<Alone> {
    let has_patterns = |rules: &Rules| matches!(rules.programmes, Programmes::Listed(_));
    if !sides.both().into_iter().all(has_patterns) || sides.session(programme).is_none() {
        return Vec::new();
    }
    let [old, new] = sides.both().map(|rules| patterns(rules, programme));
    let mut found = Vec::new();
    let mut only = |own: &[Pattern], other: &[Pattern], entry, never| {
        let other: HashSet<&str> = other.iter().map(|pattern| pattern.compared.as_str()).collect();
        for pattern in own.iter().filter(|pattern| !other.contains(pattern.compared.as_str())) {
            found.push(Alone {
                about: pattern.words.clone(),
                direction: if pattern.is_entry { entry } else { never },
            });
        }
    };
    only(&old, &new, Direction::Stricter, Direction::Looser);
    only(&new, &old, Direction::Looser, Direction::Stricter);
    found.dedup();
    found
}

struct Pattern {
    is_entry: bool,
    /// In words, as it is compared: without regard to what makes no difference.
    compared: String,
    words: String,
}

fn patterns(rules: &Rules, programme: &str) -> Vec<Pattern> {
    let mut all = Vec::new();
    for application in applications(rules, programme) {
        all.extend(application.entries.iter().map(|entry| Pattern {
            is_entry: true,
            compared: entry_words(&Entry {
                executable: entry.executable.as_deref().map(folded),
                package: entry.package.as_deref().map(folded),
                signer: entry.signer.as_deref().map(folded),
                ..entry.clone()
            }),
            words: entry_words(entry),
        }));
        all.extend(application.never_title.iter().map(|never| Pattern {
            is_entry: false,
            compared: never_words(never.skeleton()),
            words: never_words(never.written()),
        }));
    }
    all
}

/// An entry as the rule document writes it.
fn entry_words(entry: &Entry) -> String {
    let fields = [
        ("executable", &entry.executable),
        ("package", &entry.package),
        ("signer", &entry.signer),
        ("wm-class", &entry.wm_class),
        ("title", &entry.title),
        ("url", &entry.url),
    ];
    let named = fields
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} = {value:?}")));
    format!("match = {{ {} }}", named.collect::<Vec<_>>().join(", "))
}

fn never_words(never: &str) -> String {
    format!("never-title = {never:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_stars_is_one() {
        assert_eq!(stars("https://*.a.example/**", "x"), "https://x.a.example/x");
        assert_eq!(stars("***", ""), "");
    }
}
