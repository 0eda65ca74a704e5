//! What a window is to a programme (legal.md, S4).

use alloc::string::String;

use crate::facts::AppIdentity;
use crate::pattern::{self, Program};
use crate::rules::{Application, Entry};
use crate::skeleton::skeleton;
use crate::types::WindowKind;

/// The longest that a field of an identity may be, in bytes of UTF-8; a longer one makes the window
/// `other`.
pub const MAX_FIELD: usize = 4_096;

/// The longest title of a window whose programme excludes titles, in bytes of UTF-8; a longer one makes the
/// window `other`.
pub const MAX_TITLE: usize = 2_048;

/// The most work ([`work`]) that one window may cause; one that would cause more is `other`. A page chooses
/// its own title, and must not end a call with it.
pub const MAX_WORK: usize = 1_000_000;

/// The most of it that the applications of a programme may cause whatever the window ([`standing_work`]).
/// A document with more is refused: what is left is for the texts of windows.
pub const MAX_STANDING_WORK: usize = MAX_WORK / 2;

/// What a pattern costs besides its bytes and those of the text that it is compared with.
const EACH: usize = 32;

/// `training` when an entry of any of these applications matches and none of them excludes the window.
pub fn classify<'a>(applications: impl Iterator<Item = &'a Application> + Clone, app: &AppIdentity) -> WindowKind {
    let fits = app.fields().into_iter().flatten().all(|field| field.len() <= MAX_FIELD);
    let excludes = applications.clone().any(|a| !a.never_title.is_empty());
    let title_fits = app.title.as_ref().is_none_or(|title| title.len() <= MAX_TITLE);
    if !fits || excludes && !title_fits {
        return WindowKind::Other;
    }
    let title = app.title.as_deref().filter(|_| excludes).map(skeleton);
    if weigh(applications.clone(), app, title.as_deref()) > MAX_WORK {
        return WindowKind::Other;
    }
    let window = Window::of(app);
    let recognised = |a: &Application| a.entries.iter().any(|entry| window.matches(entry));
    if applications.clone().any(recognised) && !applications.clone().any(|a| excluded(a, title.as_deref())) {
        WindowKind::Training
    } else {
        WindowKind::Other
    }
}

/// How much work it is to compare a window with all that these applications have, in bytes: of each pattern its
/// own and those of the text that it is compared with (of the title its skeleton, for `never-title`), and 32
/// more for each pattern and each application.
pub fn work<'a>(applications: impl Iterator<Item = &'a Application>, app: &AppIdentity) -> usize {
    weigh(applications, app, app.title.as_deref().map(skeleton).as_deref())
}

/// The part of it that does not depend on the window, for one application.
#[must_use]
pub fn standing_work(application: &Application) -> usize {
    weigh(core::iter::once(application), &AppIdentity::default(), None)
}

fn weigh<'a>(applications: impl Iterator<Item = &'a Application>, app: &AppIdentity, title: Option<&str>) -> usize {
    let length = |text: Option<&str>| text.map_or(0, str::len);
    let skeleton = length(title);
    let [wm_class, title, url] = [&app.wm_class, &app.title, &app.url].map(|field| length(field.as_deref()));
    let entry = |entry: &Entry| {
        let whole = [&entry.executable, &entry.package, &entry.signer];
        let whole: usize = whole.into_iter().flatten().map(|rule| whole_work(rule)).sum();
        let glob = |rule: &Option<String>, text| rule.as_ref().map_or(0, |rule| rule.len() + text);
        let address = |rule: &String| rule.len() + (1 + rule.len() / 64) * (url + 64);
        EACH + whole
            + glob(&entry.wm_class, wm_class)
            + glob(&entry.title, title)
            + entry.url.as_ref().map_or(0, address)
    };
    let of = |application: &Application| {
        let entries: usize = application.entries.iter().map(entry).sum();
        let nevers = application.never_title.iter();
        let nevers: usize = nevers.map(|never| EACH + never.skeleton().len() + skeleton).sum();
        EACH + entries + nevers
    };
    applications.map(of).fold(0, usize::saturating_add)
}

/// How much work it is to compare a field whole. Letters that are not ASCII are slower to fold.
fn whole_work(rule: &str) -> usize {
    if rule.is_ascii() { rule.len() } else { 8 * rule.len() }
}

/// A window's identity, with the fields that are compared without regard to case in their folded form.
struct Window<'a> {
    app: &'a AppIdentity,
    program: Option<Program>,
    package: Option<String>,
    signer: Option<String>,
}

impl<'a> Window<'a> {
    fn of(app: &'a AppIdentity) -> Self {
        Self {
            app,
            program: app.executable.as_deref().map(Program::at),
            package: app.package.as_deref().map(pattern::folded),
            signer: app.signer.as_deref().map(pattern::folded),
        }
    }

    /// Every field that the entry names must match; one that it names and the facts lack does not.
    fn matches(&self, entry: &Entry) -> bool {
        let folded = |rule: &str, fact: &String| pattern::is_folded(rule, fact);
        let with = |test: fn(&str, &str) -> bool| move |rule: &str, fact: &String| test(rule, fact);
        field(&entry.executable, &self.program, |rule, program| program.is(rule))
            && field(&entry.package, &self.package, folded)
            && field(&entry.signer, &self.signer, folded)
            && field(&entry.wm_class, &self.app.wm_class, with(pattern::glob))
            && field(&entry.title, &self.app.title, with(pattern::glob))
            && field(&entry.url, &self.app.url, with(pattern::url))
            && !is_title_alone(entry)
    }
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

/// An application that excludes titles also excludes a window whose title is missing. `title` is its skeleton.
fn excluded(application: &Application, title: Option<&str>) -> bool {
    let never = &application.never_title;
    !never.is_empty() && title.is_none_or(|title| never.iter().any(|never| never.excludes(title)))
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::title::NeverTitle;

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
        assert_eq!(kind(&[crm(), strict], &app(MAX_TITLE + 1)), WindowKind::Other);
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

    /// The bound of rules.md, worked out by hand: 1,000 patterns of 10 bytes and 32 more each; the application takes
    /// 32, and its entries 32 + 7 + 8, and 32 + 10 + 27 + 64.
    #[test]
    fn too_much_work_makes_it_other() {
        let mut busy = crm();
        busy.never_title = (100..1_100)
            .map(|n| NeverTitle::from(std::format!("*sec {n:04}*")))
            .collect();
        assert_eq!(standing_work(&busy), 1_000 * 42 + 32 + 47 + 133);
        let title = |length| titled(&"x".repeat(length));
        assert_eq!(work([&busy].into_iter(), &title(957)), 1_000 * 999 + 212);
        assert_eq!(kind(&[busy.clone()], &title(957)), WindowKind::Training);
        assert_eq!(kind(&[busy.clone()], &title(958)), WindowKind::Other);
        // It is the skeleton that counts, which may be longer than the title, and shorter.
        assert_eq!(
            kind(&[busy.clone()], &titled(&"\u{fdfa}".repeat(29))),
            WindowKind::Training
        );
        assert_eq!(
            kind(&[busy.clone()], &titled(&"\u{fdfa}".repeat(30))),
            WindowKind::Other
        );
        assert_eq!(kind(&[busy], &titled(&"é".repeat(957))), WindowKind::Training);
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
