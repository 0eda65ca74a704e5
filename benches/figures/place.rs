//! A screen, a folder, and the programs of the workspace.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// A process that ends with what it is for.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn();
        let child = child.with_context(|| format!("cannot start `{name}`; help: `cargo xtask figures` installs it"))?;
        Ok(Self(child))
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> Result<()> {
        let status = self.0.wait()?;
        ensure!(status.success(), "a program that was started ended with {status}");
        Ok(())
    }

    /// The same, for so long at most.
    pub(crate) fn ended_within(&mut self, most: Duration) -> Result<()> {
        let until = Instant::now() + most;
        while self.0.try_wait()?.is_none() {
            ensure!(Instant::now() < until, "a program did not end in {} s", most.as_secs());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.ended()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What is on a screen beside the recorder and the windows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Surroundings {
    Bare,
    Openbox,
    Picom,
}

impl Surroundings {
    pub(crate) const ALL: [Self; 3] = [Self::Bare, Self::Openbox, Self::Picom];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare server",
            Self::Openbox => "openbox",
            Self::Picom => "picom",
        }
    }
}

/// A screen, and a folder.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) display: String,
    folder: TempDir,
    _compositor: Option<Running>,
    _manager: Option<Running>,
    _server: Running,
}

impl Place {
    /// A screen of that size.
    pub(crate) fn of(width: u32, height: u32, surroundings: Surroundings) -> Result<Self> {
        let mut server = Running::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
                .arg(format!("{width}x{height}x24"))
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let mut number = String::new();
        let out = server.0.stdout.take().context("Xvfb says nothing")?;
        BufReader::new(out).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb did not start");
        let display = format!(":{}", number.trim());
        let start = |name: &str, args: &[&str]| {
            let mut command = Command::new(name);
            command.args(args).env("DISPLAY", &display);
            Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
        };
        let manager = match surroundings {
            Surroundings::Bare => None,
            Surroundings::Openbox | Surroundings::Picom => Some(start("openbox", &[])?),
        };
        let compositor = match surroundings {
            Surroundings::Bare | Surroundings::Openbox => None,
            Surroundings::Picom => Some(start("picom", &COMPOSITOR)?),
        };
        // The window manager, and the compositor, have taken the screen over by then.
        std::thread::sleep(Duration::from_secs(1));
        let folder = tempfile::tempdir()?;
        Ok(Self {
            display,
            folder,
            _compositor: compositor,
            _manager: manager,
            _server: server,
        })
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The stage of the capture kit, whose windows are shown.
    pub(crate) fn stage(&self, what: &[&str], seconds: u32) -> Result<Running> {
        let mut stage = Running::start(
            Command::new(program("gardefou-capture-kit")?)
                .arg("stage")
                .args(what)
                .args(["--seconds", &seconds.to_string(), "--truth"])
                .arg(self.file("truth.jsonl"))
                .env("DISPLAY", &self.display)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let mut ready = String::new();
        let out = stage.0.stdout.take().context("the stage says nothing")?;
        BufReader::new(out).read_line(&mut ready)?;
        ensure!(ready == "ready\n", "the stage did not open its windows");
        Ok(stage)
    }
}

const COMPOSITOR: [&str; 8] = [
    "--config",
    "/dev/null",
    "--backend",
    "xrender",
    "--shadow",
    "--fading",
    "--inactive-opacity",
    "0.7",
];

/// A program of the workspace, which lies beside this one.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    ensure!(
        program.exists(),
        "`{name}` is not built; help: run `cargo xtask figures`"
    );
    Ok(program)
}

/// Waits until `what` gives something.
pub(crate) fn wait_for<T>(name: &str, what: impl Fn() -> Option<T>) -> Result<T> {
    wait_within(name, Duration::from_secs(60), what)
}

/// The same, for so long at most.
pub(crate) fn wait_within<T>(name: &str, most: Duration, what: impl Fn() -> Option<T>) -> Result<T> {
    let until = Instant::now() + most;
    loop {
        if let Some(found) = what() {
            return Ok(found);
        }
        ensure!(Instant::now() < until, "waited {} s for {name}", most.as_secs());
        std::thread::sleep(Duration::from_millis(2));
    }
}
