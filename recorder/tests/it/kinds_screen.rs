//! A screen in some surroundings, the stage of the capture kit on it, and what its report says.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::harness::{Recorder, Running, Session, program};

/// How long is waited for what must happen.
const DEADLINE: Duration = Duration::from_secs(60);

/// A rule document that matches the windows of the kit.
const RULES: &str = include_str!("../../../capture-kit/rules.toml");

/// What is on a screen beside the recorder and the windows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Surroundings {
    /// Nothing.
    Bare,
    /// A window manager.
    Openbox,
    /// It, and a compositing manager.
    Picom,
}

/// A screen, and a folder.
pub(crate) struct Screen {
    pub(crate) name: String,
    pub(crate) folder: TempDir,
    // They end in this order.
    _others: Vec<Running>,
    _server: Running,
}

fn awaits<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < until, "waited {} s for {what}", DEADLINE.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Screen {
    /// An odd size: nothing may depend on an even one.
    const SIZE: (usize, usize) = (801, 601);

    pub(crate) fn start(surroundings: Surroundings) -> Self {
        let (width, height) = Self::SIZE;
        let mut server = Running::start(
            program("Xvfb")
                .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
                .arg(format!("{width}x{height}x24"))
                .stdout(Stdio::piped()),
        );
        let name = number(&mut server);
        let (conn, number) = x11rb::connect(Some(&name)).unwrap();
        let atom = |name: &str| conn.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
        let root = x11rb::connection::Connection::setup(&conn).roots[number].root;
        let mut others = Vec::new();
        if surroundings != Surroundings::Bare {
            others.push(Running::start(
                program("openbox").env("DISPLAY", &name).stdout(Stdio::null()),
            ));
            let check = atom("_NET_SUPPORTING_WM_CHECK");
            awaits("the window manager", || {
                let found = conn
                    .get_property(false, root, check, 0u32, 0, 1)
                    .unwrap()
                    .reply()
                    .unwrap();
                (found.type_ != 0).then_some(())
            });
        }
        if surroundings == Surroundings::Picom {
            others.push(Running::start(
                program("picom")
                    .args(["--config", "/dev/null", "--backend", "xrender", "--shadow", "--fading"])
                    .args(["--inactive-opacity", "0.7"])
                    .env("DISPLAY", &name)
                    .stdout(Stdio::null()),
            ));
            let selection = atom("_NET_WM_CM_S0");
            awaits("the compositing manager", || {
                let owner = conn.get_selection_owner(selection).unwrap().reply().unwrap().owner;
                (owner != x11rb::NONE).then_some(())
            });
        }
        others.reverse();
        Self {
            name,
            folder: tempfile::tempdir().unwrap(),
            _others: others,
            _server: server,
        }
    }

    /// The stage of a preset, whose windows are shown.
    pub(crate) fn stage(&self, preset: &str, seconds: u64, seed: u64) -> Running {
        let mut stage = Running::start(
            kit()
                .args(["stage", "--preset", preset, "--seconds", &seconds.to_string()])
                .args(["--seed", &seed.to_string(), "--truth"])
                .arg(self.folder.path().join("truth.jsonl"))
                .env("DISPLAY", &self.name)
                .stdout(Stdio::piped()),
        );
        let mut ready = String::new();
        BufReader::new(stage.0.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        assert_eq!(ready, "ready\n", "the stage did not open its windows");
        stage
    }

    /// A recorder that may record the kit's windows, and waits for a call.
    pub(crate) fn recorder(&self) -> Recorder {
        let session = Session {
            rules: RULES.to_owned(),
            ..Session::default()
        };
        let recorder = session.start_anyhow(Some(&self.name), self.folder.path());
        recorder.says("waiting for a call");
        recorder
    }

    /// What the kit says of what was recorded.
    pub(crate) fn report(&self, recorder: &Recorder) -> Value {
        let mut command = kit();
        command.args(["report", "--format", "json", "--truth"]);
        command.arg(self.folder.path().join("truth.jsonl"));
        command.arg("--trace").arg(recorder.file("s-1.jsonl"));
        let video = recorder.file("s-1.mkv");
        if video.exists() {
            command.arg("--video").arg(video);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
    }
}

/// The screen that a server says it is.
pub(crate) fn number(server: &mut Running) -> String {
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().unwrap())
        .read_line(&mut number)
        .unwrap();
    assert!(!number.trim().is_empty(), "the X server did not start");
    format!(":{}", number.trim())
}

/// Waits for the end of the stage.
pub(crate) fn played(stage: &mut Running, seconds: u64) {
    let until = Instant::now() + Duration::from_secs(seconds) + DEADLINE;
    loop {
        if let Some(status) = stage.0.try_wait().unwrap() {
            assert!(status.success(), "the stage failed: {status}");
            return;
        }
        assert!(Instant::now() < until, "the stage does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The capture kit, built when it is not there.
fn kit() -> Command {
    let name = "gardefou-capture-kit";
    let own = Path::new(env!("CARGO_BIN_EXE_gardefou-recorder"));
    let command: PathBuf = own.with_file_name(name);
    if !command.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--workspace", "--all-features", "--bin", name]);
        if own.parent().is_some_and(|folder| folder.ends_with("release")) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "`{name}` cannot be built");
    }
    let mut command = Command::new(command);
    command.env("LC_ALL", "C");
    command
}
