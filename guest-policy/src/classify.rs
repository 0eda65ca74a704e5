//! What a window is to a programme (legal.md, S4).

use alloc::string::String;

use crate::facts::AppIdentity;
use crate::pattern;
use crate::rules::{Application, Entry};
use crate::types::WindowKind;

/// The longest that a field of an identity may be, in bytes of UTF-8; a longer one makes the window
/// `other`.
pub const MAX_FIELD: usize = 4_096;

/// The most work that one window may cause, in bytes compared: the globs of the programme's applications
/// times the window's longest field. A window that would cause more is `other`. With 1,000 globs a title
/// may have 1,000 bytes: a page chooses its own title, and must not end a call with it.
pub const MAX_WORK: usize = 1_000_000;

/// `training` when an entry of any of these applications matches and none of them excludes the window.
pub fn classify<'a>(applications: impl Iterator<Item = &'a Application> + Clone, app: &AppIdentity) -> WindowKind {
    let longest = app.fields().into_iter().flatten().map(String::len).max().unwrap_or(0);
    let globs: usize = applications.clone().map(globs).sum();
    if longest > MAX_FIELD || globs.saturating_mul(longest) > MAX_WORK {
        return WindowKind::Other;
    }
    let title = app.title.as_deref().map(pattern::folded);
    let recognised = |a: &Application| a.entries.iter().any(|entry| matches(entry, app));
    if applications.clone().any(recognised) && !applications.clone().any(|a| excludes(a, title.as_deref())) {
        WindowKind::Training
    } else {
        WindowKind::Other
    }
}

/// How many globs a window is held against for this application.
fn globs(application: &Application) -> usize {
    let of = |entry: &Entry| {
        [&entry.wm_class, &entry.title, &entry.url]
            .into_iter()
            .flatten()
            .count()
    };
    application.never_title.len() + application.entries.iter().map(of).sum::<usize>()
}

/// Every field that the entry names must match; one that it names and the facts lack does not.
fn matches(entry: &Entry, app: &AppIdentity) -> bool {
    let field = |rule: &Option<_>, fact: &Option<_>, test: fn(&str, &str) -> bool| match (rule, fact) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(rule), Some(fact)) => {
            let (rule, fact): (&String, &String) = (rule, fact);
            test(rule, fact)
        }
    };
    field(&entry.executable, &app.executable, pattern::names_program)
        && field(&entry.package, &app.package, pattern::same)
        && field(&entry.signer, &app.signer, pattern::same)
        && field(&entry.wm_class, &app.wm_class, pattern::glob)
        && field(&entry.title, &app.title, pattern::glob)
        && field(&entry.url, &app.url, pattern::url)
        && !is_title_alone(entry)
}

/// A title never makes a window a training window by itself, whatever a compact form says.
const fn is_title_alone(entry: &Entry) -> bool {
    entry.executable.is_none()
        && entry.package.is_none()
        && entry.signer.is_none()
        && entry.wm_class.is_none()
        && entry.url.is_none()
}

/// An application that excludes titles also excludes a window whose title is missing. `title` is folded.
fn excludes(application: &Application, title: Option<&str>) -> bool {
    let never = &application.never_title;
    let excluded = |title| never.iter().any(|glob| pattern::glob(&pattern::folded(glob), title));
    !never.is_empty() && title.is_none_or(excluded)
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec;
    use std::vec::Vec;

    use super::*;

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

    #[test]
    fn an_overlong_field_makes_it_other() {
        let title = |length| "x".repeat(length);
        let app = |length| identity("crm.exe", Some("ACME SAS"), Some(&title(length)));
        assert_eq!(kind(&[crm()], &app(MAX_FIELD)), WindowKind::Training);
        assert_eq!(kind(&[crm()], &app(MAX_FIELD + 1)), WindowKind::Other);
    }

    #[test]
    fn too_much_work_makes_it_other() {
        let mut busy = crm();
        busy.never_title = (0..1_000).map(|n| std::format!("*secret {n}*")).collect();
        let title = |length| "x".repeat(length);
        let app = |length| identity("crm.exe", Some("ACME SAS"), Some(&title(length)));
        assert_eq!(kind(&[busy.clone()], &app(999)), WindowKind::Training);
        assert_eq!(kind(&[busy], &app(1_000)), WindowKind::Other);
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
