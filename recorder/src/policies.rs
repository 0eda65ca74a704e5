//! The policies in force, and their files: edited ones take their place while calls go on.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use gardefou::{NotTaken, Policy, PolicyHandle, Runtime, Source};
use notify::{RecursiveMode, Watcher};

use crate::signal::Signal;

/// How often the files are looked at when nothing tells of a change, as on network drives.
const LOOKING: Duration = Duration::from_secs(1);

/// How long a file must stay the same before it is read: an editor may write it in parts, or rename it.
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

/// What a file looked like: when it was written, and how long it is. `None`: it is not there.
type Stamp = Option<(SystemTime, u64)>;

impl Files {
    fn all(&self) -> impl Iterator<Item = &Path> {
        self.rules.iter().chain(&self.components).map(PathBuf::as_path)
    }

    fn stamps(&self) -> Vec<Stamp> {
        let stamp = |file: &Path| {
            let about = std::fs::metadata(file).ok()?;
            Some((about.modified().ok()?, about.len()))
        };
        self.all().map(stamp).collect()
    }

    /// Loads all of them.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be loaded, for the person who wrote it.
    pub(crate) fn load(&self, runtime: &Runtime) -> Result<Vec<Policy>, String> {
        let rules = self.rules.iter().map(|file| (file, Source::RulesFile(file)));
        let components = self.components.iter().map(|file| (file, Source::File(file)));
        rules
            .chain(components)
            .map(|(file, source)| {
                Policy::load(runtime, source).map_err(|error| format!("`{}` is not usable\n{error}", file.display()))
            })
            .collect()
    }
}

/// Watches the files on a thread of its own. What is edited is loaded and offered there; `signals` hears
/// how it went.
///
/// # Errors
/// No thread can be started.
pub(crate) fn watch(
    files: Files,
    runtime: Runtime,
    handle: PolicyHandle,
    gate: Gate,
    signals: Sender<Signal>,
) -> Result<()> {
    let mut stamps = files.stamps();
    std::thread::Builder::new().name("policies".into()).spawn(move || {
        let (hear, heard) = channel();
        let watcher = notify::recommended_watcher(move |_: notify::Result<notify::Event>| {
            // Only that something happened matters: the files themselves say what.
            let _ = hear.send(());
        });
        let _watching = watcher.ok().map(|mut watcher| {
            for folder in files.all().filter_map(Path::parent) {
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
            let found = files.stamps();
            if found == stamps {
                continue;
            }
            stamps = settled(&files, found);
            if signals
                .send(Signal::Policies(renew(&files, &runtime, &handle, &gate)))
                .is_err()
            {
                return;
            }
        }
    })?;
    Ok(())
}

fn settled(files: &Files, mut found: Vec<Stamp>) -> Vec<Stamp> {
    // A file that never rests is read as it is: half of it does not load, and what is in force stays.
    for _ in 0..20 {
        std::thread::sleep(QUIET);
        let again = files.stamps();
        if again == found {
            break;
        }
        found = again;
    }
    found
}

fn renew(files: &Files, runtime: &Runtime, handle: &PolicyHandle, gate: &Gate) -> String {
    let loaded = match files.load(runtime) {
        Ok(loaded) => loaded,
        Err(why) => return format!("the rules before stay in force: {why}"),
    };
    let _between_frames = gate.lock().unwrap_or_else(PoisonError::into_inner);
    match handle.offer(loaded) {
        Ok(_) => {
            // Instants are whole milliseconds: the next look is of a later one than that at which the rules took
            // effect, and so its frame is not taken for one from before.
            std::thread::sleep(Duration::from_millis(1));
            "the edited rules are in force".to_owned()
        }
        Err(NotTaken::Unchanged) => "the edited rules say the same as those in force".to_owned(),
        Err(why) => format!("the rules before stay in force: {why}"),
    }
}
