//! A stage: an X server with a window manager, programs' windows, and the recorder before it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::shell;

/// Columns and rows of the screen.
pub(super) const SCREEN: (u32, u32) = (1280, 720);

/// Where the programs lie whose windows are shown: a trace with identities says so.
const PROGRAMS: &str = "/opt/acme/bin";

/// How long something may take that is no part of the play.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that ends with this.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A call that is played.
#[derive(Debug)]
pub(super) struct Stage {
    root: PathBuf,
    folder: PathBuf,
    name: &'static str,
    display: String,
    recorder: Running,
    told: ChildStdin,
    windows: Vec<Window>,
    _manager: Running,
    server: Running,
}

/// The window of a program.
#[derive(Debug)]
struct Window {
    title: String,
    told: ChildStdin,
    _program: Running,
}

/// What the recorder wrote.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) trace: PathBuf,
    pub(super) verdicts: PathBuf,
}

impl Stage {
    /// Starts everything; the recorder waits for a call.
    pub(super) fn set(root: &Path, name: &'static str, clock: &str, facts: &Value) -> Result<Self> {
        let folder = root.join("target/examples").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let screen = format!("{}x{}x24", SCREEN.0, SCREEN.1);
        let mut server = started(
            Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-nolisten",
                    "tcp",
                    "-noreset",
                    "-screen",
                    "0",
                    &screen,
                ])
                .stdout(Stdio::piped()),
        )?;
        let number = first_line(&mut server).context("Xvfb did not start")?;
        let display = format!(":{number}");
        let manager = started(Command::new("openbox").env("DISPLAY", &display).stdout(Stdio::null()))?;
        sleep(Duration::from_secs(1));
        fs::write(folder.join("facts.json"), facts.to_string())?;
        let mut recorder = started(
            Command::new(root.join("target/release/gardefou-recorder"))
                .arg("--rules")
                .arg(root.join("rules/example.toml"))
                .arg("--session")
                .arg(folder.join("facts.json"))
                .arg("--out")
                .arg(&folder)
                .args([
                    "--call",
                    "stdin",
                    "--identities",
                    "--verdicts",
                    "--keep-raw",
                    "--language",
                    "en",
                ])
                .env("DISPLAY", &display)
                // Its clock only: the others need none.
                .env("LD_PRELOAD", another_clock()?)
                .env("FAKETIME", format!("@{clock}"))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("TZ", "UTC")
                .stdin(Stdio::piped()),
        )?;
        let told = recorder.0.stdin.take().context("a program without standard input")?;
        Ok(Self {
            root: root.to_owned(),
            folder,
            name,
            display,
            recorder,
            told,
            windows: Vec::new(),
            _manager: manager,
            server,
        })
    }

    /// Nothing happens for so many ms.
    #[expect(clippy::unused_self, reason = "it stands among what happens on the stage")]
    pub(super) fn pause(&self, ms: u64) {
        sleep(Duration::from_millis(ms));
    }

    /// The telephone changes, and nothing else for so many ms.
    pub(super) fn call(&mut self, phase: &str, ms: u64) -> Result<()> {
        self.tell(&json!({"event": "call", "phase": phase}), ms)
    }

    /// Conditions change, and nothing else for so many ms.
    pub(super) fn conditions(&mut self, conditions: &Value, ms: u64) -> Result<()> {
        let mut line = conditions.clone();
        let fields = line.as_object_mut().context("conditions are an object")?;
        fields.insert("event".to_owned(), "conditions".into());
        self.tell(&line, ms)
    }

    fn tell(&mut self, line: &Value, ms: u64) -> Result<()> {
        writeln!(self.told, "{line}")?;
        self.told.flush()?;
        self.pause(ms);
        Ok(())
    }

    /// A program opens a window with that class and title, of that colour, at `WIDTHxHEIGHT+X+Y`.
    pub(super) fn opens(&mut self, program: &str, class: &str, title: &str, colour: &str, place: &str) -> Result<()> {
        self.opens_with(program, class, title, colour, place, &[])
    }

    /// A notification: no window manager has a say in where it is.
    pub(super) fn notifies(&mut self, program: &str, class: &str, title: &str, place: &str) -> Result<()> {
        self.opens_with(program, class, title, "0xff00ff", place, &["popup"])
    }

    fn opens_with(
        &mut self,
        program: &str,
        class: &str,
        title: &str,
        colour: &str,
        place: &str,
        options: &[&str],
    ) -> Result<()> {
        let file = Path::new(PROGRAMS).join(program);
        fs::create_dir_all(PROGRAMS)
            .and_then(|()| fs::copy(self.root.join("target/release/gardefou-canary"), &file).map(drop))
            .or_else(|error| if file.exists() { Ok(()) } else { Err(error) })
            .with_context(|| {
                format!(
                    "cannot write `{}`; help: run this where you may, as in a container",
                    file.display()
                )
            })?;
        let mut running = started(
            Command::new(file)
                .args([colour, place, class, title])
                .args(options)
                .env("DISPLAY", &self.display)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        )?;
        let told = running.0.stdin.take().context("a program without standard input")?;
        first_line(&mut running).context("the window did not open")?;
        self.windows.push(Window {
            title: title.to_owned(),
            told,
            _program: running,
        });
        Ok(())
    }

    /// The window that had that title at first has this one now.
    pub(super) fn retitles(&mut self, title: &str, now: &str) -> Result<()> {
        let window = self.windows.iter_mut().find(|window| window.title == title);
        let window = window.context("there is no such window")?;
        writeln!(window.told, "title={now}")?;
        window.told.flush()?;
        Ok(())
    }

    /// The window that had that title at first is closed.
    pub(super) fn closes(&mut self, title: &str) {
        self.windows.retain(|window| window.title != title);
    }

    /// Keys are pressed, as xdotool names them.
    pub(super) fn press(&self, keys: &str) -> Result<()> {
        shell::run(
            Command::new("xdotool")
                .args(["key", keys])
                .env("DISPLAY", &self.display),
        )
    }

    /// The recorder's machine stands still for so many ms.
    pub(super) fn stalls(&self, ms: u64) -> Result<()> {
        signal(&self.recorder, "STOP")?;
        self.pause(ms);
        signal(&self.recorder, "CONT")
    }

    /// The X server is so busy for so many seconds that it serves somebody only now and then.
    pub(super) fn busy(&self, seconds: u32) -> Result<()> {
        let loop_ = "SECONDS=0; while ((SECONDS < $2)); do kill -STOP $1; sleep 0.04; kill -CONT $1; done";
        let (server, seconds) = (self.server.0.id().to_string(), seconds.to_string());
        shell::run(Command::new("bash").args(["-c", loop_, "busy", &server, &seconds]))
    }

    /// The call is over, and the recorder ends.
    pub(super) fn ends(self) -> Result<Recorded> {
        let Self {
            mut recorder,
            told,
            folder,
            name,
            windows,
            ..
        } = self;
        drop(told);
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = recorder.0.try_wait()? {
                break status;
            }
            ensure!(Instant::now() < until, "the recorder does not end");
            sleep(Duration::from_millis(20));
        };
        ensure!(status.success(), "the recorder ended with {status}");
        drop(windows);
        let file = |ending: &str| folder.join(format!("s-{name}.{ending}"));
        Ok(Recorded {
            trace: file("jsonl"),
            verdicts: file("verdicts.jsonl"),
        })
    }
}

fn started(command: &mut Command) -> Result<Running> {
    let child = command.spawn();
    Ok(Running(
        child.with_context(|| format!("cannot run `{}`", shell::shown(command)))?,
    ))
}

fn first_line(process: &mut Running) -> Result<String> {
    let mut line = String::new();
    let out = process.0.stdout.take().context("a program without standard output")?;
    BufReader::new(out).read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "it said nothing");
    Ok(line.trim().to_owned())
}

fn signal(process: &Running, name: &str) -> Result<()> {
    let process = process.0.id().to_string();
    shell::run(Command::new("kill").args([&format!("-{name}"), &process]))
}

/// The library that gives a program another date.
fn another_clock() -> Result<String> {
    let files = shell::output(Command::new("dpkg-query").args(["--listfiles", "libfaketime"]))?;
    match files.lines().find(|file| file.ends_with("/libfaketimeMT.so.1")) {
        Some(file) => Ok(file.to_owned()),
        None => bail!("the Debian package `libfaketime` has no `libfaketimeMT.so.1`"),
    }
}
