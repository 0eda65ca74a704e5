//! The largest questions about a window: at the limits of rules.md and contract.md, each takes a third of its
//! fuel at most.
#![cfg(test)]

use gardefou_policy::classify::{MAX_FIELD, MAX_PATTERNS, patterns};
use gardefou_policy::facts::AppIdentity;
use gardefou_policy::rules::{Application, Entry, Programmes, Rules};
use gardefou_policy::skeleton::skeleton;
use gardefou_policy::title::{MAX_SKELETON, MAX_TITLE, NeverTitle};
use gardefou_tests::fixture::{self, NOW};
use wasmtime::component::{Component, Linker, ResourceAny};
use wasmtime::{Config, Engine, Store};

mod bindings {
    wasmtime::component::bindgen!({ path: "../wit/1.0", world: "policy-template" });
}

use bindings::exports::gardefou::policy::capture;

/// What the runtime gives a question about a window, by default.
const FUEL: u64 = 100_000_000;

/// The component under test: the published one, or the file that `GARDEFOU_COMPONENT` names.
fn component() -> Vec<u8> {
    match std::env::var_os("GARDEFOU_COMPONENT") {
        Some(path) => std::fs::read(path).unwrap(),
        None => include_bytes!("../../guest-policy/dist/policy.wasm").to_vec(),
    }
}

/// A session under rules with this application alone, in the component as it is.
struct Asked {
    store: Store<()>,
    policy: bindings::PolicyTemplate,
    session: ResourceAny,
}

impl Asked {
    fn new(application: Application) -> Self {
        let mut rules: Rules = fixture::rules();
        rules.applications = vec![application];
        if let Programmes::Listed(programmes) = &mut rules.programmes {
            programmes.iter_mut().for_each(|p| p.applications = vec![0]);
        }
        let engine = Engine::new(Config::new().wasm_component_model(true).consume_fuel(true)).unwrap();
        let component = Component::from_binary(&engine, &component()).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(100 * FUEL).unwrap();
        let policy = bindings::PolicyTemplate::instantiate(&mut store, &component, &Linker::new(&engine)).unwrap();
        policy
            .call_configure(&mut store, &rules.encode().unwrap())
            .unwrap()
            .unwrap();
        let facts = fixture::facts();
        let notice = facts.employee_notice.unwrap();
        let question = capture::SessionFacts {
            session: facts.session,
            employee: facts.employee,
            programme: facts.programme,
            purpose: capture::Purpose::Training,
            mode: capture::CaptureMode::ScreenVideo,
            frame_interval: facts.frame_interval,
            employee_notice: Some(capture::Notice {
                version: notice.version,
                given_at: notice.given_at.as_millis(),
            }),
            employee_objected: capture::Answer::No,
            enrolled_at: facts.enrolled_at.map(gardefou::Timestamp::as_millis),
            protected_line: capture::Answer::No,
            calls: facts.calls.map(|calls| capture::Calls {
                offered: calls.offered,
                recorded: calls.recorded,
            }),
            extra: facts.extra,
        };
        let sessions = policy.gardefou_policy_capture();
        let session = sessions
            .session()
            .call_open(&mut store, &question, NOW.as_millis())
            .unwrap()
            .unwrap();
        Self { store, policy, session }
    }

    /// The fuel that it takes to classify a window; prints the share.
    fn takes(&mut self, what: &str, app: &AppIdentity) -> u64 {
        let question = capture::AppIdentity {
            executable: app.executable.clone(),
            package: app.package.clone(),
            signer: app.signer.clone(),
            wm_class: app.wm_class.clone(),
            title: app.title.clone(),
            url: app.url.clone(),
        };
        self.store.set_fuel(FUEL).unwrap();
        let sessions = self.policy.gardefou_policy_capture();
        let kind = sessions
            .session()
            .call_classify(&mut self.store, self.session, &question)
            .unwrap();
        let taken = FUEL - self.store.get_fuel().unwrap();
        println!("{what}: {kind:?}, {taken} units, {} %", 100 * taken / FUEL);
        taken
    }
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
            let mut asked = Asked::new(application);
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
                assert!(asked.takes(&what, &with_title(title)) <= FUEL / 3, "{what}");
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
            let mut asked = Asked::new(application);
            for letter in ["m", "m/"] {
                let app = with_url(letter.repeat((MAX_FIELD - 8) / letter.len()));
                let what = format!("{count} × a url of {} bytes, address of `{letter}`", pattern.len());
                assert!(asked.takes(&what, &app) <= FUEL / 3, "{what}");
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
        let mut asked = Asked::new(full(with));
        let what = format!("programs of {} bytes", rule.len());
        assert!(asked.takes(&what, &app(&program)) <= FUEL / 3, "{what}");
        assert!(asked.takes(&what, &app(&rule)) <= FUEL / 3, "{what}");
    }
}
