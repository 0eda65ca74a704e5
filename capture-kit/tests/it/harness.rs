//! A screen, a call and the command.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tempfile::TempDir;

/// How long a test waits for what must happen: only a broken program, or a machine that stands still, takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.spawn();
        Self(child.unwrap_or_else(|error| {
            panic!("cannot start {command:?}: {error}; `cargo xtask test` installs what these tests need")
        }))
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) {
        let until = Instant::now() + PATIENCE * 4;
        while self.0.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "a program does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen with a window manager, and a folder.
pub(crate) struct Display {
    pub(crate) name: String,
    pub(crate) folder: TempDir,
    _compositor: Option<Running>,
    _manager: Option<Running>,
    _server: Running,
}

impl Display {
    /// An odd size: nothing may depend on an even one.
    pub(crate) const SIZE: (u32, u32) = (801, 601);

    /// One without a window manager.
    pub(crate) fn bare() -> Self {
        let (name, server) = Self::server();
        Self {
            name,
            folder: tempfile::tempdir().unwrap(),
            _compositor: None,
            _manager: None,
            _server: server,
        }
    }

    fn server() -> (String, Running) {
        let mut server = Running::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
                .arg(format!("{}x{}x24", Self::SIZE.0, Self::SIZE.1))
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut number = String::new();
        BufReader::new(server.0.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        (format!(":{}", number.trim()), server)
    }

    pub(crate) fn start() -> Self {
        let (name, server) = Self::server();
        let quiet = |program: &str| {
            let mut command = Command::new(program);
            command
                .env("DISPLAY", &name)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command
        };
        let manager = Running::start(&mut quiet("openbox"));
        Self {
            name,
            folder: tempfile::tempdir().unwrap(),
            _compositor: None,
            _manager: Some(manager),
            _server: server,
        }
    }

    /// The same with a compositor that paints shadows, fades, and lets what lies beneath shine through.
    pub(crate) fn composited() -> Self {
        let mut display = Self::start();
        let compositor = Running::start(
            Command::new("picom")
                .args(["--config", "/dev/null", "--backend", "xrender", "--shadow", "--fading"])
                .args(["--inactive-opacity", "0.7"])
                .env("DISPLAY", &display.name)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        display._compositor = Some(compositor);
        display
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The command.
pub(crate) fn kit() -> Command {
    let mut kit = Command::new(env!("CARGO_BIN_EXE_gardefou-capture-kit"));
    kit.env("LC_ALL", "C");
    kit
}

/// The stage, whose windows are shown.
pub(crate) fn stage(display: &Display, preset: &str, seconds: u32) -> Running {
    let mut stage = Running::start(
        kit()
            .args([
                "stage",
                "--preset",
                preset,
                "--seconds",
                &seconds.to_string(),
                "--truth",
            ])
            .arg(display.file("truth.jsonl"))
            .env("DISPLAY", &display.name)
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let mut ready = String::new();
    BufReader::new(stage.0.stdout.take().unwrap())
        .read_line(&mut ready)
        .unwrap();
    assert_eq!(ready, "ready\n");
    stage
}

/// What the report says of these files: exit code, and the JSON object.
pub(crate) fn report(display: &Display, trace: &Path, videos: &[PathBuf], asked: &[&str]) -> (i32, Value) {
    let output = report_of(&display.file("truth.jsonl"), trace, videos, asked);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"));
    (output.status.code().unwrap(), value)
}

pub(crate) fn report_of(truth: &Path, trace: &Path, videos: &[PathBuf], asked: &[&str]) -> Output {
    let mut command = kit();
    command
        .args(["report", "--format", "json", "--truth"])
        .arg(truth)
        .arg("--trace")
        .arg(trace)
        .args(asked);
    for video in videos {
        command.arg("--video").arg(video);
    }
    command.output().unwrap()
}

pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis()
        .try_into()
        .unwrap()
}

/// What is known of a call that may be recorded.
pub(crate) const FACTS: &str = r#""session":"s-1","employee":"e-1001","programme":"crm-onboarding","purpose":"training","employee-objected":false,"protected-line":false,"calls-offered":10,"calls-recorded":1"#;

/// Every condition as it must be.
pub(crate) const CONDITIONS: &str = r#""event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false"#;

/// The reference recorder, which records a call from now on.
pub(crate) fn recorder(display: &Display) -> Running {
    std::fs::write(display.file("rules.toml"), gardefou_capture_kit::RULES).unwrap();
    let notice = format!(
        r#""employee-notice":{{"version":"2026-09","given-at":{}}}"#,
        now() - 86_400_000
    );
    std::fs::write(display.file("facts.json"), format!("{{{FACTS},{notice}}}")).unwrap();
    let mut recorder = Running::start(
        Command::new(built("gardefou-recorder"))
            .arg("--rules")
            .arg(display.file("rules.toml"))
            .arg("--session")
            .arg(display.file("facts.json"))
            .arg("--out")
            .arg(display.file("out"))
            .args(["--call", "stdin"])
            .env("DISPLAY", &display.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    tell(&mut recorder, &format!("{{{CONDITIONS}}}"));
    tell(&mut recorder, r#"{"event":"call","phase":"connected"}"#);
    let trace = display.file("out/s-1.jsonl");
    let until = Instant::now() + PATIENCE;
    while !std::fs::read_to_string(&trace).is_ok_and(|trace| trace.contains(r#""frame""#)) {
        assert!(Instant::now() < until, "the recorder asks about no frame");
        std::thread::sleep(Duration::from_millis(20));
    }
    recorder
}

pub(crate) fn tell(recorder: &mut Running, line: &str) {
    let stdin = recorder.0.stdin.as_mut().unwrap();
    writeln!(stdin, "{line}").unwrap();
    stdin.flush().unwrap();
}

/// Hangs up, and waits for the recorder's end.
pub(crate) fn hang_up(mut recorder: Running) {
    tell(&mut recorder, r#"{"event":"call","phase":"after-call"}"#);
    tell(&mut recorder, r#"{"event":"call","phase":"none"}"#);
    drop(recorder.0.stdin.take());
    recorder.ended();
}

/// Another program of the workspace, built when it is not there.
fn built(name: &str) -> PathBuf {
    let own = Path::new(env!("CARGO_BIN_EXE_gardefou-capture-kit"));
    let program = own.with_file_name(name);
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--workspace", "--all-features", "--bin", name]);
        if own.parent().is_some_and(|folder| folder.ends_with("release")) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "`{name}` cannot be built");
    }
    program
}
