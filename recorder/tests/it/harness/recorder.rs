//! A recorder that runs, and what it wrote.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Display, Video, facts, rules, signal, wait_for};

/// A recorder under test.
pub(crate) struct Recorder {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Arc<Mutex<Vec<String>>>,
    folder: PathBuf,
}

/// A kept frame.
struct Shown {
    at: u64,
    from: u64,
    encoded: bool,
    surface: Value,
}

/// What is started, and may be changed before it is.
pub(crate) struct Session {
    pub(crate) rules: String,
    /// Whether it is given `policy.wasm` instead, which is there.
    pub(crate) baked: bool,
    pub(crate) facts: String,
    pub(crate) options: Vec<&'static str>,
    /// Whether what was written stays, whatever became of the call: most tests read it.
    pub(crate) keep_raw: bool,
    /// Whether it has a ledger and a journal.
    pub(crate) stores: bool,
    pub(crate) path: Option<String>,
    /// The locale of whoever runs it.
    pub(crate) locale: &'static str,
    /// Where it hears of calls.
    pub(crate) call: String,
    /// The largest file that it and its encoder may write, in blocks of 512 bytes.
    pub(crate) largest_file: Option<u32>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            rules: rules(r#"{ executable = "crm-desk" }"#, r#""*password*""#),
            baked: false,
            facts: facts("s-1").to_string(),
            options: Vec::new(),
            keep_raw: true,
            stores: false,
            path: None,
            locale: "C.UTF-8",
            call: "stdin".to_owned(),
            largest_file: None,
        }
    }
}

impl Session {
    /// Starts the recorder, which waits for a call.
    pub(crate) fn start(self, display: &Display) -> Recorder {
        let recorder = self.start_anyhow(Some(&display.name), display.folder.path());
        recorder.says("waiting for a call");
        recorder
    }

    pub(crate) fn start_anyhow(self, display: Option<&str>, folder: &Path) -> Recorder {
        std::fs::write(folder.join("rules.toml"), self.rules).unwrap();
        std::fs::write(folder.join("facts.json"), self.facts).unwrap();
        let mut command = match self.largest_file {
            // What is written beyond it fails, as on a full disk; the signal that says so is ignored.
            Some(blocks) => {
                let mut shell = Command::new("sh");
                let limited = format!("trap '' XFSZ; ulimit -f {blocks} && exec \"$0\" \"$@\"");
                shell.args(["-c", &limited, env!("CARGO_BIN_EXE_gardefou-recorder")]);
                shell
            }
            None => Command::new(env!("CARGO_BIN_EXE_gardefou-recorder")),
        };
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary).unwrap();
        command
            .env("TMPDIR", temporary)
            .arg(if self.baked { "--policy" } else { "--rules" })
            .arg(folder.join(if self.baked { "policy.wasm" } else { "rules.toml" }))
            .arg("--session")
            .arg(folder.join("facts.json"))
            .arg("--out")
            .arg(folder.join("out"))
            .args(["--call", &self.call, "--conditions", "stdin"])
            .args(["--verdicts", "--timings"])
            .args(self.keep_raw.then_some("--keep-raw"))
            .args(self.options)
            .env_remove("DISPLAY")
            .env("LC_ALL", self.locale)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if self.stores {
            command.arg("--ledger").arg(folder.join("ledger"));
            command.arg("--journal").arg(folder.join("journal"));
        }
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        if let Some(path) = self.path {
            command.env("PATH", path);
        }
        let mut child = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let (heard, stderr) = (Arc::clone(&said), child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                heard.lock().unwrap().push(line);
            }
        });
        Recorder {
            stdin: child.stdin.take(),
            child,
            said,
            folder: folder.to_owned(),
        }
    }
}

impl Recorder {
    pub(crate) fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        let told = writeln!(stdin, "{line}").and_then(|()| stdin.flush());
        assert!(told.is_ok(), "it hears nothing, and says\n{}", self.said().join("\n"));
    }

    pub(crate) fn call(&mut self, phase: &str) {
        self.tell(&json!({"event": "call", "phase": phase}).to_string());
    }

    pub(crate) fn condition(&mut self, name: &str, state: Option<bool>) {
        self.tell(&json!({"event": "conditions", name: state}).to_string());
    }

    /// Everything is as it must be for recording.
    pub(crate) fn conditions(&mut self) {
        self.tell(
            r#"{"event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false}"#,
        );
    }

    /// A call that is recorded from here on.
    pub(crate) fn connect(&mut self) {
        self.conditions();
        self.call("connected");
        self.says(": recording");
    }

    /// The next call, recorded from here on.
    pub(crate) fn connect_again(&mut self) {
        let before = self.times(": recording");
        self.conditions();
        self.call("connected");
        self.says_times(": recording", before + 1);
    }

    /// Its encoders that run now.
    pub(crate) fn encoders(&self) -> Vec<u32> {
        let own = self.child.id().to_string();
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            // A process that just ended is not there any more.
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            let Some((before, after)) = stat.rsplit_once(')') else {
                continue;
            };
            if before.ends_with("(ffmpeg") && after.split_whitespace().nth(1) == Some(&own) {
                found.extend(entry.file_name().to_str().and_then(|id| id.parse::<u32>().ok()));
            }
        }
        found
    }

    /// Ends it, and its encoders with it, as the end of a login session does.
    pub(crate) fn kill_with_encoders(&mut self) {
        for encoder in self.encoders() {
            // It may have ended by itself.
            let _ = super::program("kill").args(["-KILL", &encoder.to_string()]).status();
        }
        self.kill();
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// How often a line with that text was said.
    pub(crate) fn times(&self, text: &str) -> usize {
        self.said().iter().filter(|line| line.contains(text)).count()
    }

    /// Waits until it has said so.
    pub(crate) fn says(&self, text: &str) {
        self.says_times(text, 1);
    }

    pub(crate) fn says_times(&self, text: &str, times: usize) {
        let until = std::time::Instant::now() + super::PATIENCE;
        while self.times(text) < times {
            let late = std::time::Instant::now() >= until;
            assert!(
                !late,
                "it does not say `{text}` {times} times, but:\n{}",
                self.said().join("\n")
            );
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Waits until that many more frames were asked about.
    pub(crate) fn frames(&self, more: usize) {
        self.frames_of("s-1", more);
    }

    /// The same of another session than the first.
    pub(crate) fn frames_of(&self, session: &str, more: usize) {
        let asked = || {
            self.trace(session)
                .iter()
                .filter(|line| line["event"] == "frame")
                .count()
        };
        let before = asked();
        wait_for("frames", || (asked() >= before + more).then_some(()));
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn interrupt(&self) {
        signal(self.child.id(), "INT");
    }

    /// Waits for its end; gives its exit code.
    pub(crate) fn ended(&mut self) -> i32 {
        let until = std::time::Instant::now() + super::PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or_else(|| panic!("it crashed"));
            }
            assert!(
                std::time::Instant::now() < until,
                "it does not end, and says\n{}",
                self.said().join("\n")
            );
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Hangs up, closes the recorder's standard input and waits for its end.
    pub(crate) fn hang_up(mut self) -> Self {
        self.call("after-call");
        self.call("none");
        self.close()
    }

    /// Closes the recorder's standard input.
    pub(crate) fn hang_up_the_line(&mut self) {
        drop(self.stdin.take());
    }

    /// Closes the recorder's standard input and waits for its end.
    pub(crate) fn close(mut self) -> Self {
        drop(self.stdin.take());
        let code = self.ended();
        assert_eq!(code, 0, "{}", self.said().join("\n"));
        self
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join("out").join(name)
    }

    /// The ledger, or the journal.
    pub(crate) fn store(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The lines of a trace, as far as they are written.
    pub(crate) fn trace(&self, session: &str) -> Vec<Value> {
        lines(&self.file(&format!("{session}.jsonl")))
    }

    /// What was answered while it recorded.
    pub(crate) fn verdicts(&self, session: &str) -> Vec<Value> {
        lines(&self.file(&format!("{session}.verdicts.jsonl")))
    }

    /// From when each kept frame is shown, and whether it was handed to the encoder: an unchanged one is not.
    fn shown(&self, session: &str) -> Vec<Shown> {
        let (mut shown, mut next, mut open) = (Vec::new(), 0_u64, None::<u64>);
        let verdicts = self.verdicts(session);
        let timings = lines(&self.file(&format!("{session}.timings.jsonl")));
        let frames = verdicts.iter().filter(|answer| answer["question"] == "frame");
        let trace = self.trace(session);
        let opened = trace.iter().find(|line| line["event"] == "session").unwrap();
        let interval = opened["frame-interval"].as_u64().unwrap();
        let mut surface = Value::Null;
        let asked = trace.iter().filter(|line| line["event"] == "frame");
        for ((answer, timing), asked) in frames.zip(&timings).zip(asked) {
            assert_eq!(answer["at"], timing["at"]);
            assert_eq!(answer["at"], asked["at"]);
            if asked["surface"].is_array() {
                surface = asked["surface"].clone();
            }
            let at = answer["at"].as_u64().unwrap();
            // Shown until the next question, at most one interval: skipped time is not in the video.
            if let Some(before) = open.take() {
                next += (at - before).clamp(1, interval);
            }
            if answer["action"] == "keep" {
                let encoded = timing["encoded"].as_bool().unwrap();
                shown.push(Shown {
                    at,
                    from: next,
                    encoded,
                    surface: surface.clone(),
                });
                open = Some(at);
            }
        }
        shown
    }

    /// From when each frame is shown that must be in the video, and when it was taken: those that were encoded,
    /// and the last one of each part, so that a picture that stands still has its time.
    pub(crate) fn encoded_at(&self, session: &str) -> Vec<(u64, u64)> {
        let shown = self.shown(session);
        let ends_part = |n: usize| shown.get(n + 1).is_none_or(|next| next.surface != shown[n].surface);
        let in_file = shown
            .iter()
            .enumerate()
            .filter(|(n, shown)| shown.encoded || ends_part(*n));
        in_file.map(|(_, shown)| (shown.from, shown.at)).collect()
    }

    /// The trace is decided again as it was, and the video plays what was kept; gives how many frames were.
    pub(crate) fn plays_what_is_decided_again(&self, session: &str) -> usize {
        let again = self.decided_again(session);
        let is_kept = |answer: &&Value| answer["question"] == "frame" && answer["action"] == "keep";
        let kept = again.iter().filter(is_kept).count();
        assert_eq!(self.kept(session), kept);
        self.plays_what_was_kept(session);
        kept
    }

    /// Holds the video against what was kept: no frame more, none less, each at its time.
    pub(crate) fn plays_what_was_kept(&self, session: &str) {
        // A frame that was taken while the hang-up was on its way is cut off.
        let end = self
            .verdicts(session)
            .iter()
            .find_map(|answer| answer["range"][1].as_u64());
        let last = end.map_or(u64::MAX, |end| self.kept_before(session, end));
        let mut expected = self.encoded(session);
        expected.retain(|from| *from <= last);
        assert_eq!(self.video(session).unwrap().times, expected);
    }

    /// The same, without the instants.
    pub(crate) fn encoded(&self, session: &str) -> Vec<u64> {
        self.encoded_at(session).into_iter().map(|(from, _)| from).collect()
    }

    /// From when the last frame is shown that was kept before that instant.
    pub(crate) fn kept_before(&self, session: &str, at: u64) -> u64 {
        let shown = self.shown(session);
        shown.iter().rfind(|shown| shown.at < at).unwrap().from
    }

    /// How many frames were kept.
    pub(crate) fn kept(&self, session: &str) -> usize {
        self.shown(session).len()
    }

    /// No frame of the first session shows what nobody may see, and the verdicts are those of the trace. Gives how
    /// many frames show the allowed window at that place.
    pub(crate) fn shows_crm_and_nothing_else(&self, x: usize, y: usize) -> usize {
        self.decided_again("s-1");
        let video = self.video("s-1").unwrap();
        video.leaks_nothing();
        video.frames.iter().filter(|frame| frame.is_crm(x, y)).count()
    }

    /// The last question of a session was of its segment, and it was to be discarded.
    pub(crate) fn ends_in_a_discard(&self, session: &str) {
        let last = self.decided_again(session).pop().unwrap();
        assert_eq!(
            (&last["question"], &last["action"]),
            (&"segment".into(), &"discard".into())
        );
    }

    /// The telephone tells late of a hang-up at that question before the latest; gives its instant.
    pub(crate) fn hung_up_before(&mut self, questions: usize) -> u64 {
        let trace = self.trace("s-1");
        let frames: Vec<&Value> = trace.iter().filter(|line| line["event"] == "frame").collect();
        let at = frames[frames.len() - questions]["at"].as_u64().unwrap();
        self.tell(&format!(r#"{{"at":{at},"event":"call","phase":"none"}}"#));
        at
    }

    /// The video, read back; `None` when there is none.
    pub(crate) fn video(&self, session: &str) -> Option<Video> {
        let file = self.file(&format!("{session}.mkv"));
        let frame = self
            .trace(session)
            .into_iter()
            .find(|line| line["surface"].is_array())?;
        let side = |n: usize| frame["surface"][n].as_u64().unwrap() as usize;
        file.exists().then(|| Video::read(&file, side(0), side(1)))
    }

    /// Decides the trace again with `gardefou run`, and holds what it answers against what was answered while
    /// recording; gives its answers, which have the regions in them.
    pub(crate) fn decided_again(&self, session: &str) -> Vec<Value> {
        let output = gardefou()
            .arg("run")
            .arg(self.file(&format!("{session}.jsonl")))
            .arg("--rules")
            .arg(self.folder.join("rules.toml"))
            .args(["--format", "json"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let again: Vec<Value> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter(|line| line.starts_with('{'))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let bare = |answers: &[Value]| -> Vec<Value> {
            let mut answers = answers.to_vec();
            answers.iter_mut().for_each(|answer| {
                answer.as_object_mut().unwrap().remove("keep");
                answer.as_object_mut().unwrap().remove("blank");
            });
            answers
        };
        let verdicts = self.verdicts(session);
        assert_eq!(bare(&again), bare(&verdicts));
        for (again, said) in again
            .iter()
            .zip(&verdicts)
            .filter(|(again, _)| again["action"] == "keep")
        {
            if again["question"] == "frame" {
                assert_eq!(again["keep"], said["keep"], "{said}");
            }
        }
        again
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command of the developers and the compliance team, built when it is not there.
pub(crate) fn gardefou() -> Command {
    let own = Path::new(env!("CARGO_BIN_EXE_gardefou-recorder"));
    let command = own.with_file_name(format!("gardefou{}", std::env::consts::EXE_SUFFIX));
    if !command.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "gardefou-cli"]);
        if own.parent().is_some_and(|folder| folder.ends_with("release")) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "`gardefou` cannot be built");
    }
    Command::new(command)
}

/// The journal is what was written.
pub(crate) fn journal_verifies(journal: &Path) {
    let verify = gardefou().args(["journal", "verify"]).arg(journal).output().unwrap();
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
}

fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map_while(|line| serde_json::from_str(line).ok()).collect()
}
