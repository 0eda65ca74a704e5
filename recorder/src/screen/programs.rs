//! Which program opened a connection to the X server, and whether it still is that program.
//!
//! The server says which process opened the connection that a window belongs to; a process number says little: the
//! process may have become another program since (exec), its number may be another's (once it ended while a child
//! kept the connection), its file may have been replaced. So the program is taken down when the connection is first
//! seen — its start, its file by device and inode — and held against what runs under that number whenever it is
//! used. Once they differed, what the connection shows is of nobody, for as long as it is open.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::ErrorKind;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use rustix::fs::{Mode, OFlags};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::{PollMode, Stream as _};

use super::wire::Server;
use super::{news, wire};
use crate::threads;

/// What stands behind the file of a program that runs what others wrote: a rule that is to count for what it runs
/// names it with these words, and so says that it means whatever that is.
const INTERPRETER: &str = " (interpreter)";

/// Programs that run what others wrote, by the last part of their file, without the version at its end.
const INTERPRETERS: [&str; 52] = [
    "ash",
    "awk",
    "bash",
    "beam.smp",
    "bun",
    "busybox",
    "csh",
    "dash",
    "deno",
    "dotnet",
    "elixir",
    "electron",
    "env",
    "erl",
    "expect",
    "fish",
    "gawk",
    "gjs",
    "gjs-console",
    "guile",
    "irb",
    "java",
    "javaw",
    "jruby",
    "jshell",
    "ksh",
    "ld-linux",
    "ld-musl",
    "ld.so",
    "lua",
    "luajit",
    "mawk",
    "mksh",
    "mono",
    "mono-sgen",
    "node",
    "nodejs",
    "octave",
    "perl",
    "php",
    "pwsh",
    "pypy",
    "python",
    "qemu",
    "rscript",
    "ruby",
    "sh",
    "tclsh",
    "wine",
    "wine-preloader",
    "wish",
    "zsh",
];

/// Those of which there are several of one beginning.
const FAMILIES: [&str; 6] = ["ld-linux", "ld-musl", "qemu-", "wine64", "wine-", "box64"];

/// The most connections that are remembered. No server takes more at a time.
const MOST: usize = 8192;

/// The longest `stat` or command line that is read.
const LONGEST: u64 = 16 * 1024;

/// The connections that were seen, by what the numbers of their windows have in common.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    first: HashMap<u32, First>,
    /// Nobody sees new connections any more: nothing is known of any.
    blind: bool,
}

/// The connections, which a thread sees as they come.
pub(crate) type Shared = Arc<Mutex<Programs>>;

/// Takes down the connections that there are, and from now on each when its first window comes, whether or not a call
/// lasts.
///
/// # Errors
/// The server takes no more connections.
pub(crate) fn seen_from_now_on(display: &str) -> Result<Shared> {
    let (conn, number) = wire::connect(display).context("cannot connect to the X server that `DISPLAY` names")?;
    let screen = conn.setup().roots.get(number);
    let root = screen.context("the X server has no such screen")?.root;
    news::listen(&conn, root, true)?;
    let shared = Shared::default();
    lock(&shared).see(&conn)?;
    let (theirs, failed) = (Arc::clone(&shared), Arc::clone(&shared));
    let work = move || {
        // Without the server there are no windows either.
        let _ = keep_seeing(&conn, root, &theirs);
        lock(&theirs).blind = true;
    };
    threads::start("programs", work, move || lock(&failed).blind = true)?;
    Ok(shared)
}

fn keep_seeing(conn: &Server, root: Window, shared: &Shared) -> Result<()> {
    loop {
        let mut came = false;
        while let Some(event) = conn.poll_for_event()? {
            came |= matches!(event, Event::CreateNotify(new) if new.parent == root);
        }
        if came {
            lock(shared).see(conn)?;
            continue;
        }
        match conn.stream().poll(PollMode::Readable) {
            // Nothing came for some time.
            Err(error) if error.kind() != ErrorKind::TimedOut => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
    }
}

/// Not to be held under the grab: who sees what comes waits for the server with it.
pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, Programs> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection as it was when it was first seen.
#[derive(Debug)]
struct First {
    process: u32,
    /// `None`: nobody knows, or it was another one since.
    program: Option<Program>,
    /// What the policies are told.
    named: String,
}

/// A program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Program {
    /// When its process started, in the kernel's ticks.
    started: u64,
    device: u64,
    inode: u64,
    file: PathBuf,
}

impl Programs {
    /// Takes down every connection that there is now and was not seen before.
    pub(crate) fn see(&mut self, conn: &Server) -> Result<()> {
        let all = ClientIdSpec {
            client: x11rb::NONE,
            mask: ClientIdMask::LOCAL_CLIENT_PID,
        };
        let answer = conn.res_query_client_ids(&[all])?.reply()?;
        let open: Vec<(u32, u32)> = answer
            .ids
            .iter()
            .filter(|id| id.spec.mask == ClientIdMask::LOCAL_CLIENT_PID)
            .filter_map(|id| Some((id.spec.client, id.value.first().copied()?)))
            .collect();
        // What is closed may be opened by another.
        self.first.retain(|base, first| {
            open.iter()
                .any(|(open, process)| open == base && *process == first.process)
        });
        for (base, process) in open {
            self.first(base, process);
        }
        Ok(())
    }

    /// The program that opened that connection, as the policies are told of it, if it still is what runs there.
    /// `base`: what the numbers of its windows have in common. `process`: what the server says of it now.
    pub(crate) fn of(&mut self, base: u32, process: u32) -> Option<String> {
        let first = self.first(base, process)?;
        let program = first.program.as_ref()?;
        if Program::of(process).as_ref() == Some(program) {
            return Some(first.named.clone());
        }
        // From here on nobody knows, also if it became the first one again.
        first.program = None;
        None
    }

    fn first(&mut self, base: u32, process: u32) -> Option<&mut First> {
        if self.blind || self.first.len() >= MOST && !self.first.contains_key(&base) {
            return None;
        }
        let first = self.first.entry(base).or_insert_with(|| First::of(process));
        if first.process != process {
            // The server keeps what it knows of a connection: this is another one, and the one before is closed.
            *first = First::of(process);
        }
        Some(first)
    }
}

/// What the numbers of all windows of one connection have in common.
pub(crate) fn base(window: Window, id_mask: u32) -> u32 {
    window & !id_mask
}

impl First {
    fn of(process: u32) -> Self {
        let program = Program::of(process);
        let named = program.as_ref().and_then(|program| program.named(process));
        Self {
            process,
            // One whose file has no name in text cannot be told of.
            program: program.filter(|_| named.is_some()),
            named: named.unwrap_or_default(),
        }
    }
}

impl Program {
    /// What runs under that number. It is not to be had for another user's process; a file that was deleted or
    /// replaced, or that is another one where this recorder looks, is nobody's.
    fn of(process: u32) -> Option<Self> {
        let link = PathBuf::from(format!("/proc/{process}/exe"));
        let started = started(process)?;
        let (file, runs) = (std::fs::read_link(&link).ok()?, std::fs::metadata(&link).ok()?);
        let there = std::fs::symlink_metadata(&file).ok()?;
        let same = |one: &Metadata, other: &Metadata| (one.dev(), one.ino()) == (other.dev(), other.ino());
        // All of it is of one process.
        (same(&runs, &there) && started == self::started(process)?).then(|| Self {
            started,
            device: runs.dev(),
            inode: runs.ino(),
            file,
        })
    }

    /// What the policies are told: the file, with a word behind it when it runs what others wrote.
    fn named(&self, process: u32) -> Option<String> {
        let file = self.file.to_str()?;
        let interprets = interprets(&self.file) || runs_a_script(process, self);
        Some(if interprets {
            format!("{file}{INTERPRETER}")
        } else {
            file.to_owned()
        })
    }
}

/// When the process started.
fn started(process: u32) -> Option<u64> {
    let stat = read(Path::new(&format!("/proc/{process}/stat")))?;
    let stat = String::from_utf8_lossy(&stat);
    // The name in brackets may hold anything; the start is the 20th field after it.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(19)?.parse().ok()
}

/// Whether a program of that name runs what others wrote.
fn interprets(file: &Path) -> bool {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return true;
    };
    let name = name.to_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    let bare = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '_'));
    [name, bare].iter().any(|name| INTERPRETERS.contains(name))
        || FAMILIES.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether the program was started for a file whose first line names an interpreter (`#!`), as the kernel does it: the
/// file is the program's first argument, or its second where that line has one.
fn runs_a_script(process: u32, program: &Program) -> bool {
    // One that hides what it was started for may have been started for anything.
    let line = read(Path::new(&format!("/proc/{process}/cmdline")));
    let Some(line) = line.filter(|line| !line.is_empty()) else {
        return true;
    };
    let here = PathBuf::from(format!("/proc/{process}/cwd"));
    let arguments = line.split(|byte| *byte == 0).skip(1).take(2);
    arguments
        .filter_map(|argument| str::from_utf8(argument).ok())
        .any(|argument| {
            let file = here.join(argument);
            is_script(&file)
                && std::fs::metadata(&file)
                    .is_ok_and(|file| (file.dev(), file.ino()) != (program.device, program.inode))
        })
}

fn is_script(file: &Path) -> bool {
    // What is no ordinary file is not opened for long: a pipe would wait.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let Ok(opened) = rustix::fs::open(file, flags, Mode::empty()) else {
        return false;
    };
    let mut opened = File::from(opened);
    if !opened.metadata().is_ok_and(|what| what.is_file()) {
        return false;
    }
    let mut begins = [0; 2];
    opened.read_exact(&mut begins).is_ok() && begins == *b"#!"
}

fn read(file: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    struct Process(Child);

    impl Drop for Process {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn start(command: &mut Command) -> Process {
        Process(command.stdin(Stdio::piped()).spawn().unwrap())
    }

    /// A copy of a program that does nothing for long.
    fn sleeper(folder: &Path, name: &str) -> PathBuf {
        let copy = folder.join(name);
        let copied = Command::new("install")
            .args(["-m", "755", "/bin/sleep"])
            .arg(&copy)
            .status();
        assert!(copied.unwrap().success());
        copy
    }

    fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = what() {
                return found;
            }
            assert!(Instant::now() < until);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the process is that program.
    fn becomes(process: &Process, file: &Path) {
        let link = format!("/proc/{}/exe", process.0.id());
        wait_for(|| std::fs::read_link(&link).ok().filter(|runs| runs == file));
        // Its arguments are there a little later than its file.
        let line = format!("/proc/{}/cmdline", process.0.id());
        wait_for(|| std::fs::read(&line).ok().filter(|line| !line.is_empty()));
    }

    #[test]
    fn a_program_is_known_by_its_file_as_long_as_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = sleeper(&folder.path().canonicalize().unwrap(), "crm-desk");
        let process = start(Command::new(&file).arg("60"));
        becomes(&process, &file);
        let (mut programs, number) = (Programs::default(), process.0.id());
        for _ in 0..3 {
            assert_eq!(programs.of(1, number).as_deref(), file.to_str());
        }
        std::fs::rename(&file, file.with_extension("old")).unwrap();
        assert_eq!(programs.of(1, number), None, "its file is elsewhere");
        assert_eq!(programs.of(2, number).as_deref(), file.with_extension("old").to_str());
        std::fs::rename(file.with_extension("old"), &file).unwrap();
        assert_eq!(programs.of(1, number), None, "once unknown it stays so");
        let other = sleeper(folder.path(), "other");
        std::fs::rename(other, &file).unwrap();
        assert_eq!(programs.of(3, number), None, "another file has its name");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(programs.of(4, number), None, "it was deleted");
    }

    #[test]
    fn a_process_that_becomes_another_program_is_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let (first, second) = (sleeper(&folder, "one"), sleeper(&folder, "two"));
        let mut shell = Command::new("sh");
        let process = start(shell.args(["-c", "read _; exec \"$0\" 60"]).arg(&second));
        let number = process.0.id();
        let mut programs = Programs::default();
        // The shell itself.
        let named = wait_for(|| programs.of(1, number));
        assert!(named.ends_with(INTERPRETER), "{named}");
        std::io::Write::write_all(&mut process.0.stdin.as_ref().unwrap(), b"\n").unwrap();
        becomes(&process, &second);
        assert_eq!(programs.of(1, number), None);
        assert_eq!(programs.of(2, number).as_deref(), second.to_str(), "as first seen");
        // Another connection, which has the numbers of one that was closed.
        let other = start(Command::new(&first).arg("60"));
        becomes(&other, &first);
        assert_eq!(programs.of(1, other.0.id()).as_deref(), first.to_str());
        drop(other);
        drop(process);
        assert_eq!(programs.of(2, number), None, "its process is gone");
    }

    #[test]
    fn what_an_interpreter_runs_is_named_as_such() {
        for name in [
            "python3.11",
            "sh",
            "/usr/bin/perl5.36",
            "java",
            "node",
            "bash",
            "wine64-preloader",
            "ld-linux-x86-64.so.2",
            "qemu-x86_64",
            "busybox",
            "Rscript",
            "mono-sgen",
            "tclsh8.6",
            "python3-11",
            "lua5.4",
        ] {
            assert!(interprets(Path::new(name)), "{name}");
        }
        for name in [
            "crm-desk",
            "shell-game",
            "nodes",
            "javascript-desk",
            "soffice.bin",
            "firefox",
            "xterm",
        ] {
            assert!(!interprets(Path::new(name)), "{name}");
        }
        // Whatever its name: what it was started for says it.
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let runs = folder.join("runs");
        let copied = Command::new("install")
            .args(["-m", "755", "/bin/sh"])
            .arg(&runs)
            .status();
        assert!(copied.unwrap().success());
        let script = folder.join("crm-desk");
        std::fs::write(&script, "#!/bin/sh\nread _\n").unwrap();
        let mut programs = Programs::default();
        let process = start(Command::new(&runs).arg("crm-desk").current_dir(&folder));
        becomes(&process, &runs);
        let named = programs.of(1, process.0.id()).unwrap();
        assert_eq!(named, format!("{}{INTERPRETER}", runs.display()));
        let plain = start(Command::new(&runs).args(["-c", "read _"]));
        becomes(&plain, &runs);
        assert_eq!(programs.of(2, plain.0.id()).as_deref(), runs.to_str());
    }
}
