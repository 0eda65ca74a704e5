//! The largest questions about a window, at the limits of rules.md and contract.md.

use gardefou::{AppIdentity, Policy, Probe};
use gardefou_policy::classify::{MAX_FIELD, MAX_PATTERNS, patterns};
use gardefou_policy::rules::{Application, Entry, Programmes, Rules};
use gardefou_policy::skeleton::skeleton;
use gardefou_policy::title::{MAX_SKELETON, MAX_TITLE, NeverTitle};
use gardefou_tests::fixture;

use crate::{RUNTIME, sitting, within_a_third};

/// A session under rules with this application alone.
fn about(application: Application) -> Probe {
    let mut rules: Rules = fixture::rules();
    rules.applications = vec![application];
    if let Programmes::Listed(programmes) = &mut rules.programmes {
        programmes.iter_mut().for_each(|p| p.applications = vec![0]);
    }
    sitting(&Policy::from_checked_rules(&RUNTIME, &rules).unwrap())
}

fn ask(probe: &mut Probe, what: &str, app: &AppIdentity) {
    let kind = probe.classify(app).unwrap();
    within_a_third(&format!("{what}: {kind:?}"), probe);
}

fn with_title(title: String) -> AppIdentity {
    let mut app = AppIdentity::default();
    app.executable = Some("crm.exe".into());
    app.title = Some(title);
    app
}

fn strict(never_title: Vec<NeverTitle>) -> Application {
    Application {
        never_title,
        ..fixture::application("crm")
    }
}

/// As many copies of it as a document may have.
fn full(of: impl Fn(usize) -> Application) -> Application {
    let counts: Vec<usize> = (1..=20_000).collect();
    of(counts.partition_point(|count| fits(&of(*count))))
}

/// Whether a document may have it.
fn fits(application: &Application) -> bool {
    patterns(application) <= MAX_PATTERNS
}

fn nevers(pattern: &str, count: usize) -> Application {
    strict(vec![pattern.into(); count])
}

#[test]
fn titles() {
    for (pattern, letters) in [
        ("*mot de passe*", "mot de passot de passe "),
        ("*mmmmmmmmmmmmmmmmmmmmb*", "m"),
        ("*mmmmmmmmmmmmmmmmmmmmb*", "mmmmmmmmmmmmmmmmmmmb"),
        ("*bmmmmmmmmmmmmmmmmmmmm*", "bmmmmmmmmmmmmmmmmmmm"),
        ("*mmmmmmmmmmbmmmmmmmmmm*", "mmmmmmmmmmbmmmmmmmmm"),
        ("*m*m*m*m*m*m*m*m*m*m*b*", "m"),
        ("*m*mm*mmm*mmmm*mmmmm*b*", "m"),
        ("*m*m*m*m*m*m*m*m*m*m*mb*n", "mb"),
        ("m*b", "mb"),
        ("*ab*", "é"),
        ("*ab*", "\u{1d5a6}"),
        ("*\u{635}\u{644}\u{649} \u{627}\u{644}\u{644}\u{647}  *x*", "\u{fdfa}"),
    ] {
        for application in [60, 1_000]
            .map(|count| nevers(pattern, count))
            .into_iter()
            .chain([full(|count| nevers(pattern, count))])
        {
            let count = application.never_title.len();
            let mut probe = about(application);
            for most in [100, MAX_TITLE] {
                let grown = letters.repeat(most / letters.len());
                let most = skeleton(&grown).len().min(MAX_SKELETON);
                let fits = |count: &usize| skeleton(&letters.repeat(*count)).len() <= most;
                let counts: Vec<usize> = (0..=grown.len() / letters.len()).collect();
                let title = letters.repeat(counts.partition_point(fits).saturating_sub(1));
                let what = format!(
                    "{count} × `{pattern}`, title of {} × `{letters}`",
                    title.len() / letters.len()
                );
                ask(&mut probe, &what, &with_title(title));
            }
        }
    }
}

#[test]
fn addresses() {
    let with_url = |url: String| {
        let mut app = with_title("Ticket 7".into());
        app.url = Some(format!("https://{url}"));
        app
    };
    for pattern in [
        "https://*.mmmm.example/**/m*m*m*b".to_owned(),
        "https://m/**".to_owned(),
        format!("https://{}", "m*/".repeat(60)),
        format!("https://m/**/{}", "m".repeat(2_000)),
    ] {
        let with = |count| {
            let entry = Entry {
                url: Some(pattern.clone()),
                ..Entry::default()
            };
            Application {
                entries: vec![entry; count],
                ..fixture::application("crm")
            }
        };
        let applications = [with(1), with(50), with(200), full(with)];
        for application in applications.into_iter().filter(fits) {
            let count = application.entries.len();
            let mut probe = about(application);
            for letter in ["m", "m/"] {
                let app = with_url(letter.repeat((MAX_FIELD - 8) / letter.len()));
                let what = format!("{count} × a url of {} bytes, address of `{letter}`", pattern.len());
                ask(&mut probe, &what, &app);
            }
        }
    }
}

#[test]
fn programs() {
    let app = |program: &str| {
        let mut app = with_title("Ticket 7".into());
        (app.executable, app.package, app.signer) = (Some(program.into()), Some(program.into()), Some(program.into()));
        app
    };
    for (rule, program) in [
        ("a".repeat(20), format!("{}b", "a".repeat(19))),
        ("é".repeat(20), format!("{}b", "é".repeat(19))),
        ("É".repeat(200), "é".repeat(2_000)),
        ("/é".into(), "É/".repeat(1_000)),
    ] {
        let with = |count| {
            let entry = Entry {
                executable: Some(rule.clone()),
                package: Some(rule.clone()),
                signer: Some(format!("{rule}b")),
                ..Entry::default()
            };
            Application {
                entries: vec![entry; count],
                ..fixture::application("crm")
            }
        };
        let mut probe = about(full(with));
        let what = format!("programs of {} bytes", rule.len());
        ask(&mut probe, &what, &app(&program));
        ask(&mut probe, &what, &app(&rule));
    }
}
