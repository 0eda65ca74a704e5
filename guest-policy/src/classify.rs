//! What a window is to a programme (legal.md, S4).

use alloc::string::String;

use crate::facts::AppIdentity;
use crate::pattern::{self, Effort, Program};
use crate::rules::{Application, Entry};
use crate::title::Title;
use crate::types::WindowKind;

/// The longest that a field of an identity may be, in bytes of UTF-8; a longer one makes the window
/// `other`.
pub const MAX_FIELD: usize = 4_096;

/// The most effort that searching one window's texts may take; where it does not suffice, the window is `other`.
/// A page chooses its own title, and must not end a call with it.
pub const MAX_EFFORT: usize = 40_000;

/// The most that the patterns of a programme's applications may be ([`patterns`]): every window is held against
/// them. A document with more is refused.
pub const MAX_PATTERNS: usize = 150_000;

/// What a pattern counts besides its bytes.
const EACH: usize = 16;

/// `training` when an entry of any of these applications matches and none of them excludes the window.
pub fn classify<'a>(applications: impl Iterator<Item = &'a Application> + Clone, app: &AppIdentity) -> WindowKind {
    if app.fields().into_iter().flatten().any(|field| field.len() > MAX_FIELD) {
        return WindowKind::Other;
    }
    let mut effort = Effort::new(MAX_EFFORT);
    let window = Window::of(app);
    let mut entries = applications.clone().flat_map(|a| &a.entries);
    if entries.any(|entry| window.matches(entry, &mut effort))
        && !is_excluded(applications, app, &mut effort)
        && !effort.is_spent()
    {
        WindowKind::Training
    } else {
        WindowKind::Other
    }
}

/// Whether one of these applications excludes the window, whichever recognised it. One that excludes titles also
/// excludes a window whose title is missing, or above its limits.
fn is_excluded<'a>(
    applications: impl Iterator<Item = &'a Application>,
    app: &AppIdentity,
    effort: &mut Effort,
) -> bool {
    let mut nevers = applications.flat_map(|a| &a.never_title).peekable();
    if nevers.peek().is_none() {
        return false;
    }
    let title = app.title.as_deref().and_then(Title::of);
    title.is_none_or(|title| nevers.any(|never| never.excludes(&title, effort)))
}

/// How much the patterns of an application are: the bytes of each (of a `never-title`, those of its skeleton) and
/// 16 more, and 16 for the application. What is compared whole counts eight times where it is not ASCII, because
/// it is slow to fold.
#[must_use]
pub fn patterns(application: &Application) -> usize {
    let entry = |entry: &Entry| {
        let whole = [&entry.executable, &entry.package, &entry.signer].into_iter().flatten();
        let whole: usize = whole
            .map(|rule| if rule.is_ascii() { rule.len() } else { 8 * rule.len() })
            .sum();
        let globs = [&entry.wm_class, &entry.title, &entry.url].into_iter().flatten();
        EACH + whole + globs.map(String::len).sum::<usize>()
    };
    let entries: usize = application.entries.iter().map(entry).sum();
    let nevers = application.never_title.iter();
    let nevers: usize = nevers.map(|never| EACH + never.skeleton().len()).sum();
    EACH + entries + nevers
}

/// A window's identity, with the fields that are compared without regard to case in their folded form.
struct Window<'a> {
    app: &'a AppIdentity,
    program: Option<Program>,
    package: Option<String>,
    signer: Option<String>,
    /// Its address; none where that is not in the form in which a browser has it.
    url: Option<&'a String>,
}

impl<'a> Window<'a> {
    fn of(app: &'a AppIdentity) -> Self {
        Self {
            app,
            program: app.executable.as_deref().map(Program::at),
            package: app.package.as_deref().map(pattern::folded),
            signer: app.signer.as_deref().map(pattern::folded),
            url: app.url.as_ref().filter(|url| !has_dot_segment(url)),
        }
    }

    /// Every field that the entry names must match; one that it names and the facts lack does not.
    fn matches(&self, entry: &Entry, effort: &mut Effort) -> bool {
        let folded = |rule: &str, fact: &String| pattern::is_folded(rule, fact);
        let app = self.app;
        field(&entry.executable, &self.program, |rule, program| program.is(rule))
            && field(&entry.package, &self.package, folded)
            && field(&entry.signer, &self.signer, folded)
            && field(&entry.wm_class, &app.wm_class, |rule, class| {
                pattern::glob(rule, class, effort)
            })
            && field(&entry.title, &app.title, |rule, title| {
                pattern::glob(rule, title, effort)
            })
            && field(&entry.url, &self.url, |rule, url| pattern::url(rule, url, effort))
            && !is_title_alone(entry)
    }
}

/// Whether a part of the path is `.` or `..`, however it is written: a browser resolves them, so such an address is
/// not what it shows. Nobody knows then which page that is.
#[must_use]
pub fn has_dot_segment(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    path.split(['/', '\\']).skip(1).any(is_dot_segment)
}

/// `.` or `..`, each dot written out or as `%2e`.
fn is_dot_segment(part: &str) -> bool {
    fn dot(part: &str) -> Option<&str> {
        let escaped = || part.strip_prefix("%2e").or_else(|| part.strip_prefix("%2E"));
        part.strip_prefix('.').or_else(escaped)
    }
    dot(part).is_some_and(|rest| rest.is_empty() || dot(rest).is_some_and(str::is_empty))
}

fn field<T>(rule: &Option<String>, fact: &Option<T>, matches: impl FnOnce(&str, &T) -> bool) -> bool {
    match (rule, fact) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(rule), Some(fact)) => matches(rule, fact),
    }
}

/// A title never makes a window a training window by itself, whatever a compact form says.
const fn is_title_alone(entry: &Entry) -> bool {
    entry.executable.is_none()
        && entry.package.is_none()
        && entry.signer.is_none()
        && entry.wm_class.is_none()
        && entry.url.is_none()
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::title::{MAX_SKELETON, MAX_TITLE, NeverTitle};

    fn crm() -> Application {
        Application {
            id: "crm".into(),
            entries: vec![
                Entry {
                    executable: Some("crm.exe".into()),
                    signer: Some("ACME SAS".into()),
                    ..Entry::default()
                },
                Entry {
                    executable: Some("chrome.exe".into()),
                    url: Some("https://crm.acme.example/**".into()),
                    ..Entry::default()
                },
            ],
            never_title: vec![],
            never_payment_card: false,
            never_password: false,
        }
    }

    fn identity(executable: &str, signer: Option<&str>, title: Option<&str>) -> AppIdentity {
        AppIdentity {
            executable: Some(executable.into()),
            signer: signer.map(String::from),
            title: title.map(String::from),
            ..AppIdentity::default()
        }
    }

    fn kind(applications: &[Application], app: &AppIdentity) -> WindowKind {
        classify(applications.iter(), app)
    }

    #[test]
    fn an_address_that_is_not_resolved_is_nobodys() {
        for dotted in [
            "https://acme.example/crm/../payment/card",
            "https://acme.example/crm/%2e%2E/payment/card",
            "https://acme.example/crm/.%2e/payment",
            "https://acme.example/crm\\..\\payment",
            "https://acme.example/crm/.",
            "https://acme.example/./crm",
            "/..",
        ] {
            assert!(has_dot_segment(dotted), "{dotted}");
        }
        for resolved in [
            "https://acme.example/crm/...",
            "https://acme.example/crm/..x/.well-known/a.b",
            "https://acme.example/crm?back=/../x",
            "https://acme.example/crm#/../x",
            "https://acme.example/%2ex/",
            "https://../",
            "",
        ] {
            assert!(!has_dot_segment(resolved), "{resolved}");
        }
    }

    #[test]
    fn every_named_field_must_match_and_be_known() {
        let apps = [crm()];
        assert_eq!(
            kind(&apps, &identity("C:\\CRM.exe", Some("acme sas"), None)),
            WindowKind::Training
        );
        assert_eq!(kind(&apps, &identity("crm.exe", None, None)), WindowKind::Other);
        assert_eq!(
            kind(&apps, &identity("crm.exe", Some("Evil SAS"), None)),
            WindowKind::Other
        );
        assert_eq!(kind(&apps, &AppIdentity::default()), WindowKind::Other);
    }

    #[test]
    fn an_exclusion_counts_whichever_application_matched() {
        let mut strict = crm();
        strict.id = "bank".into();
        strict.entries.clear();
        strict.never_title = vec!["*password*".into()];
        let apps = [crm(), strict];
        let app = |title| identity("crm.exe", Some("ACME SAS"), title);
        assert_eq!(kind(&apps, &app(Some("Ticket 7"))), WindowKind::Training);
        assert_eq!(kind(&apps, &app(Some("Your PASSWORD here"))), WindowKind::Other);
        assert_eq!(
            kind(&apps, &app(None)),
            WindowKind::Other,
            "a missing title is excluded"
        );
    }

    fn titled(title: &str) -> AppIdentity {
        identity("crm.exe", Some("ACME SAS"), Some(title))
    }

    #[test]
    fn an_overlong_field_makes_it_other() {
        let app = |length| titled(&"x".repeat(length));
        assert_eq!(kind(&[crm()], &app(MAX_FIELD)), WindowKind::Training);
        assert_eq!(kind(&[crm()], &app(MAX_FIELD + 1)), WindowKind::Other);
        let mut strict = crm();
        strict.never_title = vec!["*secret*".into()];
        assert_eq!(kind(&[strict.clone()], &app(MAX_TITLE)), WindowKind::Training);
        assert_eq!(kind(&[crm(), strict.clone()], &app(MAX_TITLE + 1)), WindowKind::Other);
        // 33 bytes each in the skeleton.
        let phrases = |count| kind(&[strict.clone()], &titled(&"\u{fdfa}".repeat(count)));
        assert_eq!(phrases(MAX_SKELETON / 33), WindowKind::Training);
        assert_eq!(phrases(MAX_SKELETON / 33 + 1), WindowKind::Other);
    }

    #[test]
    fn an_overlong_field_of_any_kind_makes_it_other() {
        let long = || Some("x".repeat(MAX_FIELD + 1));
        let set: [fn(&mut AppIdentity, Option<String>); 6] = [
            |app, text| app.executable = text.map(|text| std::format!("{text}/crm.exe")),
            |app, text| app.package = text,
            |app, text| app.signer = text,
            |app, text| app.wm_class = text,
            |app, text| app.title = text,
            |app, text| app.url = text,
        ];
        let mut any = crm();
        any.entries[0].signer = None;
        for set in set {
            let mut app = titled("Ticket 7");
            set(&mut app, Some("x".into()));
            assert_eq!(kind(&[any.clone()], &app), WindowKind::Training);
            set(&mut app, long());
            assert_eq!(kind(&[any.clone()], &app), WindowKind::Other);
        }
    }

    /// Every pair of letters of the patterns is in the title, and none of them: each is searched for.
    #[test]
    fn too_much_effort_makes_it_other() {
        let mut busy = crm();
        busy.never_title = vec!["*abba*".into(); 100];
        let kind = |application: &Application, count| {
            kind(core::slice::from_ref(application), &titled(&"abbbaab".repeat(count)))
        };
        assert_eq!(kind(&busy, 30), WindowKind::Training);
        assert_eq!(kind(&busy, 100), WindowKind::Other);
        busy.never_title.truncate(20);
        assert_eq!(kind(&busy, 100), WindowKind::Training);
        // No text has the pairs of these, and they are not searched for.
        busy.never_title = (0..1_000)
            .map(|n| NeverTitle::from(std::format!("*mot de passe {n}*")))
            .collect();
        assert_eq!(kind(&busy, 290), WindowKind::Training);
        // What recognises a window is searched for as well.
        let mut entries = crm();
        entries.entries = (0..20)
            .map(|_| Entry {
                title: Some("*abba*".into()),
                ..entries.entries[0].clone()
            })
            .chain([entries.entries[0].clone()])
            .collect();
        assert_eq!(kind(&entries, 100), WindowKind::Training);
        assert_eq!(kind(&entries, 500), WindowKind::Other);
    }

    /// 1,000 patterns of 10 bytes and 16 more each; the application takes 16, and its entries 16 + 7 + 8, and
    /// 16 + 10 + 27.
    #[test]
    fn patterns_are_counted() {
        let mut application = crm();
        application.never_title = (0..1_000)
            .map(|n| NeverTitle::from(std::format!("*sec {n:04}*")))
            .collect();
        assert_eq!(patterns(&application), 1_000 * 26 + 16 + 31 + 53);
        application.entries[0].signer = Some("É".into());
        assert_eq!(patterns(&application), 1_000 * 26 + 16 + 31 + 53 - 8 + 16);
    }

    #[test]
    fn a_title_is_excluded_however_it_is_written() {
        let mut strict = crm();
        strict.never_title = vec!["*mot de passe :*".into()];
        let app = |title| kind(&[strict.clone()], &titled(title));
        assert_eq!(app("Mot de passe\u{a0}: saisie"), WindowKind::Other);
        assert_eq!(app("ＭＯＴ ＤＥ ＰＡＳＳＥ ："), WindowKind::Other);
        assert_eq!(app("Mots de passe"), WindowKind::Training);
    }

    /// What recognises a window is compared as it is written: there a miss is safe.
    #[test]
    fn an_entry_is_compared_exactly() {
        let mut exact = crm();
        exact.entries[0].title = Some("Clé*".into());
        for (title, expected) in [
            ("Clé 1", WindowKind::Training),
            ("CLÉ 1", WindowKind::Other),
            ("Cle\u{301} 1", WindowKind::Other),
        ] {
            assert_eq!(kind(&[exact.clone()], &titled(title)), expected, "{title}");
        }
    }

    #[test]
    fn a_title_alone_recognises_nothing() {
        let mut loose = crm();
        loose.entries = vec![
            Entry {
                title: Some("Ticket*".into()),
                ..Entry::default()
            },
            Entry::default(),
        ];
        let titles: Vec<_> = ["Ticket 7", ""].iter().map(ToString::to_string).collect();
        for title in titles {
            assert_eq!(
                kind(&[loose.clone()], &identity("any", None, Some(&title))),
                WindowKind::Other
            );
        }
    }
}
