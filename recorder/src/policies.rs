//! The policies in force, and their files: edited ones take their place while calls go on.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use gardefou::rules::{Beside, Folder};
use gardefou::{MAX_COMPONENT, MAX_DOCUMENT, NotTaken, Policy, PolicyHandle, Runtime, Source};
use notify::{RecursiveMode, Watcher};
use sha2::{Digest as _, Sha256};

use crate::signal::Signal;
use crate::{exchange, files, threads};

/// How often the files are looked at when nothing tells of a change, as on network drives.
const LOOKING: Duration = Duration::from_secs(1);

/// How long a file must stay the same before it is loaded: an editor may write it in parts, or rename it.
const QUIET: Duration = Duration::from_millis(100);

/// Where the policies come from.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// A rule document.
    pub(crate) rules: Option<PathBuf>,
    /// Components.
    pub(crate) components: Vec<PathBuf>,
}

/// Held while a frame's question is prepared and asked: policies change before or after it, never in
/// between, so that the trace tells what was decided under which.
pub(crate) type Gate = Arc<Mutex<()>>;

/// The files as they were at one look, whole: what is loaded is what was looked at.
#[derive(Debug)]
pub(crate) struct Look(Vec<Found>);

#[derive(Debug)]
struct Found {
    path: PathBuf,
    kind: Kind,
    /// What it holds, or why it cannot be read.
    content: Result<Vec<u8>, String>,
    /// The files of employees that a rule document names, as they were then.
    beside: Beside,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Rules,
    Component,
}

/// What tells one look from another: the content of each file. Its date and size say nothing: an edit may keep
/// both.
#[derive(Debug, PartialEq, Eq)]
struct Known(Vec<(Result<[u8; 32], String>, Beside)>);

impl Files {
    fn all(&self) -> impl Iterator<Item = (&Path, Kind)> {
        let rules = self.rules.iter().map(|path| (path.as_path(), Kind::Rules));
        rules.chain(self.components.iter().map(|path| (path.as_path(), Kind::Component)))
    }

    /// Reads all of them.
    pub(crate) fn look(&self) -> Look {
        let found = self.all().map(|(path, kind)| {
            let content = files::read(path, kind.limit()).map_err(|error| error.to_string());
            let beside = match (&content, kind) {
                (Ok(document), Kind::Rules) => Beside::read(document, &Folder::of(path)),
                _ => Beside::default(),
            };
            Found {
                path: path.to_owned(),
                kind,
                content,
                beside,
            }
        });
        Look(found.collect())
    }
}

impl Kind {
    /// The most bytes of such a file.
    const fn limit(self) -> u64 {
        match self {
            Self::Rules => MAX_DOCUMENT,
            Self::Component => MAX_COMPONENT,
        }
    }
}

impl Look {
    fn known(&self) -> Known {
        let known = self.0.iter().map(|found| {
            let content = match &found.content {
                Ok(bytes) => Ok(Sha256::digest(bytes).into()),
                Err(why) => Err(why.clone()),
            };
            (content, found.beside.clone())
        });
        Known(known.collect())
    }

    /// Loads all of them.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be loaded, for the person who wrote it.
    pub(crate) fn load(&self, runtime: &Runtime) -> Result<Vec<Policy>, String> {
        self.0.iter().map(|found| found.load(runtime)).collect()
    }
}

impl Found {
    fn load(&self, runtime: &Runtime) -> Result<Policy, String> {
        let shown = self.path.display();
        let bytes = self
            .content
            .as_ref()
            .map_err(|why| format!("`{shown}` cannot be read: {why}"))?;
        let loaded = match self.kind {
            Kind::Component => Policy::load(runtime, Source::Bytes(bytes)).map_err(|error| error.to_string()),
            Kind::Rules => {
                Policy::load(runtime, Source::RulesWith(bytes, &self.beside)).map_err(|error| error.to_string())
            }
        };
        loaded.map_err(|error| format!("`{shown}` is not usable\n{error}"))
    }
}

/// Follows the files on a thread of its own. What is edited is loaded and offered there; `signals` hears how it went,
/// and when the thread fails. `look`: what is in force now.
///
/// # Errors
/// No thread can be started.
pub(crate) fn follow(
    files: Files,
    look: &Look,
    runtime: Runtime,
    handle: PolicyHandle,
    gate: Gate,
    signals: Sender<Signal>,
) -> Result<()> {
    let mut known = look.known();
    let failed = signals.clone();
    let work = move || {
        let (hear, heard) = channel();
        let watcher = notify::recommended_watcher(move |_: notify::Result<notify::Event>| {
            // Only that something happened matters: the files themselves say what.
            let _ = hear.send(());
        });
        let _watching = watcher.ok().map(|mut watcher| {
            for folder in files.all().filter_map(|(path, _)| path.parent()) {
                let folder = if folder.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    folder
                };
                // Where that is not possible, looking from time to time is enough.
                let _ = watcher.watch(folder, RecursiveMode::NonRecursive);
            }
            watcher
        });
        loop {
            match heard.recv_timeout(LOOKING) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOKING),
            }
            let look = files.look();
            if look.known() == known {
                continue;
            }
            let look = settled(&files, look);
            known = look.known();
            let outcome = renew(&look, &runtime, &handle, &gate);
            // When nobody listens any more, the recorder is ending.
            if signals.send(Signal::Policies(outcome)).is_err() {
                return;
            }
        }
    };
    threads::start("policies", work, move || {
        let _ = failed.send(Signal::Failed("what follows the files of the rules"));
    })?;
    Ok(())
}

fn settled(files: &Files, mut look: Look) -> Look {
    // A file that never rests is read as it is: half of it does not load, and what is in force stays.
    for _ in 0..20 {
        std::thread::sleep(QUIET);
        let again = files.look();
        let rests = again.known() == look.known();
        look = again;
        if rests {
            break;
        }
    }
    look
}

fn renew(look: &Look, runtime: &Runtime, handle: &PolicyHandle, gate: &Gate) -> String {
    let loaded = match look.load(runtime) {
        Ok(loaded) => loaded,
        Err(why) => return format!("the rules before stay in force: {why}"),
    };
    let exchanged = exchange::told(&handle.policies(), &loaded);
    let _between_frames = gate.lock().unwrap_or_else(PoisonError::into_inner);
    match handle.offer(loaded) {
        Ok(_) => {
            // Instants are whole milliseconds: the next look is of a later one than that at which the rules took
            // effect, and so its frame is not taken for one from before.
            std::thread::sleep(Duration::from_millis(1));
            exchanged
        }
        Err(NotTaken::Unchanged) => "the edited rules say the same as those in force".to_owned(),
        Err(why) => format!("the rules before stay in force: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, FileTimes};
    use std::sync::mpsc::Receiver;

    use gardefou::wall_clock_now;
    use gardefou_bake::Baker;

    use super::*;

    const RULES: &str = include_str!("../../rules/example.toml");
    const NO_POLICY: &[u8] = include_bytes!("../../tests/cases/components/fused-adapter.wasm");

    /// More than any machine takes.
    const AT_MOST: Duration = Duration::from_secs(60);

    struct Followed {
        folder: tempfile::TempDir,
        handle: PolicyHandle,
        signals: Receiver<Signal>,
    }

    impl Followed {
        /// Follows a rule document, or a component.
        fn new(name: &str, content: &[u8]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            let files = if name == "rules.toml" {
                Files {
                    rules: Some(path),
                    components: Vec::new(),
                }
            } else {
                Files {
                    rules: None,
                    components: vec![path],
                }
            };
            let (runtime, look) = (Runtime::new().unwrap(), files.look());
            let handle = PolicyHandle::new(look.load(&runtime).unwrap()).unwrap();
            let (sender, signals) = channel();
            follow(files, &look, runtime, handle.clone(), Gate::default(), sender).unwrap();
            Self {
                folder,
                handle,
                signals,
            }
        }

        /// What the recorder is told next.
        fn said(&self) -> String {
            match self.signals.recv_timeout(AT_MOST) {
                Ok(Signal::Policies(said)) => said,
                other => panic!("{other:?}"),
            }
        }

        /// The version of the rules in force.
        fn version(&self) -> String {
            let policies = self.handle.policies();
            policies
                .iter()
                .map(|policy| policy.description().version.clone())
                .collect()
        }
    }

    fn edited() -> String {
        let edited = RULES.replacen("2026.11.0", "2026.11.1", 1);
        assert!(edited != RULES && edited.len() == RULES.len());
        edited
    }

    #[test]
    fn an_edit_that_keeps_size_and_date_takes_effect() {
        let followed = Followed::new("rules.toml", RULES.as_bytes());
        let before = followed.version();
        let path = followed.folder.path().join("rules.toml");
        let date = fs::metadata(&path).unwrap().modified().unwrap();
        let beside = followed.folder.path().join("beside");
        fs::write(&beside, edited()).unwrap();
        let times = FileTimes::new().set_modified(date);
        File::options()
            .write(true)
            .open(&beside)
            .unwrap()
            .set_times(times)
            .unwrap();
        fs::rename(&beside, &path).unwrap();
        assert!(
            followed
                .said()
                .starts_with("the edited rules are in force: acme-support 2026.11.1, digest ")
        );
        assert_ne!(followed.version(), before);
    }

    #[test]
    fn an_edit_of_the_employees_takes_effect() {
        let folder = tempfile::tempdir().unwrap();
        let listed = "employees    = [\"e-1001\", \"e-1002\"]";
        assert!(RULES.contains(listed));
        let rules = RULES.replace(listed, "employees-file = \"staff.csv\"");
        let list = |tokens: &str| fs::write(folder.path().join("staff.csv"), tokens).unwrap();
        fs::write(folder.path().join("rules.toml"), rules).unwrap();
        list("employee\ne-1001\n");
        let files = Files {
            rules: Some(folder.path().join("rules.toml")),
            components: Vec::new(),
        };
        let (runtime, look) = (Runtime::new().unwrap(), files.look());
        let handle = PolicyHandle::new(look.load(&runtime).unwrap()).unwrap();
        let digest = || handle.policies().iter().map(Policy::digest).collect::<Vec<_>>();
        let before = digest();
        let (sender, signals) = channel();
        follow(files, &look, runtime, handle.clone(), Gate::default(), sender).unwrap();
        let said = || match signals.recv_timeout(AT_MOST) {
            Ok(Signal::Policies(said)) => said,
            other => panic!("{other:?}"),
        };
        list("employee\ne-1002\n");
        let taken = said();
        let what = "the edited rules are in force: acme-support 2026.11.0, digest ";
        assert!(taken.starts_with(what), "{taken}");
        let after = digest();
        assert_ne!(before, after);
        // A list that cannot be read takes nothing from what is in force.
        fs::remove_file(folder.path().join("staff.csv")).unwrap();
        let refused = said();
        assert!(refused.starts_with("the rules before stay in force: "), "{refused}");
        assert_eq!(digest(), after);
    }

    #[test]
    fn after_a_file_that_no_loader_takes_the_next_is_followed() {
        let baker = Baker::new().unwrap();
        let bake = |rules: &str| baker.bake(rules.as_bytes(), wall_clock_now()).unwrap().component;
        let followed = Followed::new("policy.wasm", &bake(RULES));
        let before = followed.version();
        let path = followed.folder.path().join("policy.wasm");
        let put = |bytes: &[u8]| {
            let beside = followed.folder.path().join("beside");
            fs::write(&beside, bytes).unwrap();
            fs::rename(&beside, &path).unwrap();
        };
        put(NO_POLICY);
        let said = followed.said();
        assert!(
            said.starts_with("the rules before stay in force: ") && said.contains("a component within it"),
            "{said}"
        );
        assert_eq!(followed.version(), before);
        // Neither a pipe nor a file that is gone ends it.
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        while !followed.said().contains("not a regular file") {}
        put(&bake(&edited()));
        assert!(followed.said().ends_with(", newer than 2026.11.0"));
        assert_ne!(followed.version(), before);
    }

    #[test]
    fn what_is_loaded_is_what_was_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let files = Files {
            rules: Some(path.clone()),
            components: Vec::new(),
        };
        fs::write(&path, RULES).unwrap();
        let look = files.look();
        fs::write(&path, "no rules").unwrap();
        let runtime = Runtime::new().unwrap();
        assert!(look.load(&runtime).is_ok());
        assert_ne!(files.look().known(), look.known());
        fs::write(&path, b"id = \"\xff\"").unwrap();
        let why = files.look().load(&runtime).unwrap_err();
        assert!(why.contains("rules.toml") && why.contains("UTF-8"), "{why}");
    }
}
