//! The reference recorder, and what it says and when.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::place::{Place, Running, program, wait_for};

/// A recorder that runs.
#[derive(Debug)]
pub(crate) struct Recorder {
    process: Running,
    stdin: Option<ChildStdin>,
    said: Arc<Mutex<Vec<(SystemTime, String)>>>,
    folder: PathBuf,
}

const CONDITIONS: &str = r#"{"event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false}"#;

impl Recorder {
    /// Starts it; it waits for a call.
    pub(crate) fn start(place: &Place, options: &[&str]) -> Result<Self> {
        let given_at = gardefou::wall_clock_now().minus(86_400_000).as_millis();
        let facts = json!({
            "session": "s-1",
            "employee": "e-1001",
            "programme": "crm-onboarding",
            "purpose": "training",
            "employee-notice": { "version": "2026-09", "given-at": given_at },
            "employee-objected": false,
            "protected-line": false,
            "calls-offered": 10,
            "calls-recorded": 1,
        });
        std::fs::write(place.file("rules.toml"), gardefou_capture_kit::RULES)?;
        std::fs::write(place.file("facts.json"), facts.to_string())?;
        let mut process = Running::start(
            Command::new(program("gardefou-recorder")?)
                .arg("--rules")
                .arg(place.file("rules.toml"))
                .arg("--session")
                .arg(place.file("facts.json"))
                .arg("--out")
                .arg(place.file("out"))
                .args(["--call", "stdin"])
                .args(options)
                .env("DISPLAY", &place.display)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
        )?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let stderr = process.0.stderr.take().context("the recorder says nothing")?;
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let now = SystemTime::now();
                heard.lock().unwrap_or_else(PoisonError::into_inner).push((now, line));
            }
        });
        let recorder = Self {
            stdin: process.0.stdin.take(),
            process,
            said,
            folder: place.file("out"),
        };
        recorder.says("waiting for a call", 1)?;
        Ok(recorder)
    }

    /// Tells it a line.
    pub(crate) fn tell(&mut self, line: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().context("the recorder listens no more")?;
        // In one piece: what is measured begins before it.
        let told = stdin
            .write_all(format!("{line}\n").as_bytes())
            .and_then(|()| stdin.flush());
        told.with_context(|| {
            let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let last = said.last().map_or("nothing", |(_, line)| line.as_str());
            format!("the recorder ended by itself, and said last: {last}")
        })
    }

    /// A call begins that may be recorded.
    pub(crate) fn connect(&mut self) -> Result<()> {
        self.tell(CONDITIONS)?;
        self.tell(r#"{"event":"call","phase":"connected"}"#)
    }

    /// When it said so for the nth time; waits until it does.
    pub(crate) fn says(&self, text: &str, times: usize) -> Result<SystemTime> {
        wait_for(&format!("the recorder to say `{text}`"), || {
            let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let mut lines = said.iter().filter(|(_, line)| line.contains(text));
            lines.nth(times.saturating_sub(1)).map(|(at, _)| *at)
        })
    }

    /// Hangs up and waits for its end.
    pub(crate) fn hang_up(mut self) -> Result<()> {
        self.tell(r#"{"event":"call","phase":"after-call"}"#)?;
        self.tell(r#"{"event":"call","phase":"none"}"#)?;
        self.end()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Result<()> {
        drop(self.stdin.take());
        self.process.ended()
    }

    /// One of the files that it writes.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Recorder {
    /// Every file that it has there now.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let found = std::fs::read_dir(&self.folder).into_iter().flatten();
        found.flatten().map(|entry| entry.path()).collect()
    }
}

/// The lines of a file of JSON Lines; one that is still being written is not there yet.
pub(crate) fn lines(file: &std::path::Path) -> Result<Vec<Value>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    whole_lines(&text)
}

/// The lines of such a text.
pub(crate) fn whole_lines(text: &str) -> Result<Vec<Value>> {
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
