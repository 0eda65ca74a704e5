//! The record of a call: its trace, and where asked for what was answered to each question in it.

mod blank;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gardefou::custody::{Sidecar, file_name};
use gardefou::journal::{ONLY_COUNTED, UNTOLD};
use gardefou::private::create_new;
use gardefou::trace::{Event, FactsSpan, FrameLine, Line, Writer};
use gardefou::{Condition, Placed, Reason, Refusal, Span, Timestamp};
use serde_json::{Value, json};

use crate::recording::Output;
use crate::screen::Look;
use crate::status::say;
use crate::timings::Timing;

pub(crate) use blank::Shown;

/// How many recordings of one name a folder may hold.
const MOST_OF_A_NAME: u32 = 10_000;

/// The endings of the files that say what happened, frame by frame.
pub(crate) const RAW: [&str; 3] = ["verdicts.jsonl", "timings.jsonl", "jsonl"];

/// The files beside a video.
#[derive(Debug)]
pub(crate) struct Record {
    trace: Writer<File>,
    verdicts: Option<File>,
    timings: Option<File>,
    folder: PathBuf,
    /// What its files are called, without their endings.
    name: String,
    session: String,
    /// Whether they stay as they were written, whatever becomes of the call.
    keep_raw: bool,
    /// Whether they say when the employee paused, or that the call was private.
    tells: bool,
    surface: Option<(u32, u32)>,
    windows: Option<Vec<Placed>>,
}

impl Record {
    /// Starts the trace of a session in a new file, named after the session. No file is written over. While the
    /// recording lasts its trace is locked: who else starts over this folder sees that somebody is at work.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub(crate) fn create(output: &Output<'_>, session: &str, at: Timestamp) -> Result<Self> {
        let folder = output.folder;
        for number in 1..=MOST_OF_A_NAME {
            let session = match number {
                1 if session.is_empty() => format!("call-{}", at.as_millis()),
                1 => session.to_owned(),
                _ => format!("{session}-{number}"),
            };
            let name = file_name(&session);
            let file = |ending: &str| folder.join(format!("{name}.{ending}"));
            // A call of which nothing was kept leaves nothing, and its name is none for another call.
            let is_known = output.used.borrow().contains(&session);
            if is_known || file("mkv").exists() || file("sidecar.json").exists() {
                continue;
            }
            let trace = file("jsonl");
            let opened = match create_new(&trace) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error).with_context(|| format!("cannot write `{}`", trace.display())),
            };
            opened
                .lock()
                .with_context(|| format!("cannot lock `{}`", trace.display()))?;
            let beside = |wanted: bool, ending: &str| wanted.then(|| create_new(&file(ending))).transpose();
            output.used.borrow_mut().insert(session.clone());
            return Ok(Self {
                trace: Writer::new(opened),
                verdicts: beside(output.verdicts, "verdicts.jsonl")?,
                timings: beside(output.timings, "timings.jsonl")?,
                folder: folder.to_owned(),
                name,
                session,
                keep_raw: output.keep_raw,
                tells: false,
                surface: None,
                windows: None,
            });
        }
        bail!(
            "`{}` holds {MOST_OF_A_NAME} recordings named `{}`",
            folder.display(),
            file_name(session)
        )
    }

    /// Where the video of this session goes, once there is one.
    pub(crate) fn video(&self) -> PathBuf {
        self.file("mkv")
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// The session's name in ledger and journal: its own, with the number that its files have beside others
    /// of the same name. [`file_name`] makes the name of its files of it.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Writes what explains the video beside it. This comes last: a video that nothing explains is nobody's, and
    /// the next start deletes it. So whenever the recorder is killed, a video is there as it was decided or not
    /// at all.
    ///
    /// # Errors
    /// The disk does not take it: then the video may not be kept.
    pub(crate) fn explain(&self, sidecar: &Sidecar) -> Result<()> {
        let sidecar_file = self.file("sidecar.json");
        let write = || {
            let unplaced = unplaced(&sidecar_file);
            let mut file = create_new(&unplaced)?;
            file.write_all(&sidecar.to_bytes())?;
            File::open(self.video())?.sync_all()?;
            file.sync_all()?;
            std::fs::rename(&unplaced, &sidecar_file)?;
            File::open(&self.folder)?.sync_all()
        };
        write().with_context(|| format!("cannot write `{}`", sidecar_file.display()))
    }

    /// The call is over: what belongs to nothing that was kept goes at once. So does, beside what was kept, what
    /// would say more than the journal does: when the employee paused, or that the call was private.
    ///
    /// # Errors
    /// A file is still there that must go.
    pub(crate) fn end(self, kept: bool) -> Result<()> {
        if self.keep_raw || kept && !self.tells {
            return Ok(());
        }
        let deleted = delete_all(&RAW.map(|ending| self.file(ending)));
        if kept {
            say("the trace of this call was deleted: it said when the employee paused");
        }
        deleted
    }

    /// Writes what happened, or what is asked.
    ///
    /// # Errors
    /// The disk does not take it: what cannot be recorded in the trace may not be recorded at all.
    pub(crate) fn write(&mut self, at: Timestamp, event: Event) -> Result<()> {
        if let Event::Conditions(changes) = &event {
            let hidden =
                |(condition, state): &(Condition, Option<bool>)| UNTOLD.contains(condition) && *state == Some(true);
            self.tells |= changes.iter().any(hidden);
        }
        self.trace.write(&Line { at, event }).context("cannot write the trace")
    }

    /// Writes the question about a frame; surface and windows only where they are not as before.
    ///
    /// # Errors
    /// As [`Record::write`].
    pub(crate) fn frame(&mut self, look: &Look, windows: &[Placed]) -> Result<()> {
        let surface = Some((u32::from(look.width), u32::from(look.height)));
        let windows = Some(windows.to_vec());
        let line = FrameLine {
            surface: surface.filter(|_| surface != self.surface),
            windows: windows.clone().filter(|_| windows != self.windows),
            facts: Some(FactsSpan {
                from: look.from,
                to: look.to,
            }),
        };
        (self.surface, self.windows) = (surface, windows);
        self.write(look.at, Event::Frame(line))
    }

    /// Writes that a frame was kept, where answers are asked for: with what is in the video of it, and why the rest
    /// is blank.
    ///
    /// # Errors
    /// As [`Record::write`].
    pub(crate) fn kept(&mut self, at: Timestamp, refusal: Refusal, shown: &Shown<'_>) -> Result<()> {
        let answer = Answer::new("frame", "keep", refusal);
        let regions = self.verdicts.is_some().then(|| (shown.kept(), shown.blank()));
        self.written(at, answer, regions)
    }

    /// Writes an answer, where answers are asked for: as `gardefou run --format json` prints it.
    ///
    /// # Errors
    /// As [`Record::write`].
    pub(crate) fn answer(&mut self, at: Timestamp, answer: Answer) -> Result<()> {
        self.written(at, answer, None)
    }

    fn written(&mut self, at: Timestamp, answer: Answer, regions: Option<(Value, Value)>) -> Result<()> {
        self.tells |= ONLY_COUNTED.contains(&answer.refusal.reason);
        let Some(file) = &mut self.verdicts else { return Ok(()) };
        let Answer {
            question,
            action,
            refusal,
            range,
        } = answer;
        let mut line = json!({
            "at": at.as_millis(),
            "question": question,
            "action": action,
            "reason": refusal.reason.to_string(),
        });
        if let (Some(fields), true) = (line.as_object_mut(), refusal.detail != 0) {
            fields.insert("detail".to_owned(), refusal.detail.into());
        }
        if let (Some(fields), Some(range)) = (line.as_object_mut(), range) {
            fields.insert(
                "range".to_owned(),
                json!([range.start.as_millis(), range.end.as_millis()]),
            );
        }
        if let (Some(fields), Some((keep, blank))) = (line.as_object_mut(), regions) {
            fields.insert("keep".to_owned(), keep);
            fields.insert("blank".to_owned(), blank);
        }
        writeln!(file, "{line}").context("cannot write the verdicts")
    }
}

impl Record {
    /// Writes how long a question took, where that is asked for. They decide nothing: where they cannot be
    /// written, there are none from then on.
    pub(crate) fn timing(&mut self, timing: &Timing) {
        let Some(file) = &mut self.timings else { return };
        if let Err(error) = writeln!(file, "{}", timing.line()) {
            say(&format!("cannot write the timings: {error}"));
            self.timings = None;
        }
    }
}

/// What was answered to a question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// Which question: `session`, `frame` or `segment`.
    pub(crate) question: &'static str,
    /// What was decided.
    pub(crate) action: &'static str,
    /// The reason; `permitted` for what is allowed.
    pub(crate) refusal: Refusal,
    /// What is left of a segment that is to be trimmed.
    pub(crate) range: Option<Span>,
}

impl Answer {
    /// An answer with its reason.
    pub(crate) fn new(question: &'static str, action: &'static str, refusal: Refusal) -> Self {
        Self {
            question,
            action,
            refusal,
            range: None,
        }
    }

    /// An answer that allows.
    pub(crate) fn permitted(question: &'static str, action: &'static str) -> Self {
        Self::new(question, action, Refusal::of(Reason::PERMITTED))
    }
}

/// Deletes a file, if it is there.
///
/// # Errors
/// It is there and cannot be deleted.
pub(crate) fn delete(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("`{}` must be deleted and cannot be", file.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Deletes these files, if they are there. One that cannot be deleted does not keep the others.
///
/// # Errors
/// The first that is there and cannot be deleted.
pub(crate) fn delete_all(files: &[PathBuf]) -> Result<()> {
    files.iter().map(|file| delete(file)).fold(Ok(()), Result::and)
}

/// A file that is not yet in its place.
pub(crate) fn unplaced(path: &Path) -> PathBuf {
    path.with_added_extension("tmp")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(folder: &Path) -> Output<'_> {
        Output {
            folder,
            identities: false,
            verdicts: false,
            timings: false,
            keep_raw: false,
            used: Box::leak(Box::default()),
            margin: 0,
        }
    }

    #[test]
    fn a_name_stays_in_its_folder() {
        assert_eq!(file_name("s-1"), "s-1");
        for odd in [
            "../../etc/passwd",
            "..",
            "",
            "-rf",
            ".hidden",
            "a\0b",
            &"é".repeat(500),
            &"x".repeat(500),
        ] {
            let name = file_name(odd);
            assert!(
                name.len() <= 100 && !name.starts_with('-') && !name.contains(['.', '/', '\0']),
                "{name}"
            );
        }
    }

    #[test]
    fn no_two_sessions_have_the_same_files() {
        let long = "x".repeat(100);
        let (one, two) = (format!("{long}1"), format!("{long}2"));
        let sessions = [
            "a/b", "a\\b", "a b", "a_b", "a.b", "a.cut", "a", "", "call", &one, &two, &long, "é", "è", "_", "-", "--",
        ];
        let mut names: Vec<String> = sessions.iter().map(|session| file_name(session)).collect();
        // A name that looks like one that was changed is changed too.
        names.push(file_name(&file_name("a/b")));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), sessions.len() + 1, "{names:?}");
        // The second of a name is another session in ledger and journal, and its files are found by that.
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..3 {
            let record = Record::create(&output(folder.path()), &one, Timestamp::MIN).unwrap();
            let name = format!("{}.mkv", file_name(record.session()));
            assert!(record.video().ends_with(name));
        }
    }

    #[test]
    fn a_recording_that_runs_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let record = Record::create(&output(folder.path()), "s", Timestamp::MIN).unwrap();
        let trace = File::open(folder.path().join("s.jsonl")).unwrap();
        assert!(matches!(trace.try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        drop(record);
        trace.try_lock().unwrap();
    }

    #[test]
    fn no_recording_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let create = || Record::create(&output(folder.path()), "s", Timestamp::MIN).unwrap();
        assert!(create().video().ends_with("s.mkv"));
        assert!(create().video().ends_with("s-2.mkv"));
        std::fs::write(folder.path().join("s-3.mkv"), b"").unwrap();
        assert!(create().video().ends_with("s-4.mkv"));
    }
}
