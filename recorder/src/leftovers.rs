//! What a recorder that crashed left in its folder.
//!
//! A video is kept when its sidecar lies beside it, which is written last. Every other video that a recorder left
//! is nobody's: it was being recorded (`NAME.part-N.mkv`), or cut to what may be kept (`NAME.cut.mkv`), or nobody
//! wrote down why it may be there. It is deleted, and the journal is told.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Result;
use gardefou::custody::Sidecar;
use gardefou::trace::{Event, Reader};
use gardefou::{Condition, PolicyHandle, Span, Timestamp};

use crate::record::{RAW, delete, delete_all, unplaced};
use crate::status::say;

/// The files of one recording whose recorder is gone.
#[derive(Debug)]
pub(crate) struct Left {
    folder: PathBuf,
    name: String,
    /// It is locked: no other recorder that starts meanwhile does the same. A call in which the employee paused has
    /// none once it is over, and is known by its sidecar.
    trace: Option<File>,
    /// Whether traces stay, whatever becomes of their calls.
    keep_raw: bool,
}

/// What a trace tells of its call.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    session: Option<String>,
    span: Option<Span>,
    forbidden: Option<Condition>,
}

/// Deletes the videos of the folder that no recorder finished.
pub(crate) fn look_through(handle: &PolicyHandle, folder: &Path, keep_raw: bool) {
    for name in names(folder) {
        let Some(left) = Left::of(folder, &name, keep_raw) else {
            continue;
        };
        if left.is_finished() {
            continue;
        }
        if let Err(error) = left.discard(handle) {
            say(&format!("{error:#}"));
        }
    }
}

/// The recordings that there are videos of.
fn names(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    files
        .filter_map(|file| Some(recording(file.strip_suffix(".mkv")?).to_owned()))
        .collect()
}

/// The recording that a video is of, by its name without `.mkv`.
fn recording(video: &str) -> &str {
    let part = || {
        let (name, number) = video.rsplit_once(".part-")?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
    };
    video.strip_suffix(".cut").or_else(part).unwrap_or(video)
}

impl Left {
    /// What an earlier run left of that recording; `None` when it left neither a trace nor a sidecar, or somebody
    /// still records it.
    pub(crate) fn of(folder: &Path, name: &str, keep_raw: bool) -> Option<Self> {
        let mut left = Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            trace: None,
            keep_raw,
        };
        let file = left.file("jsonl");
        let trace = match File::open(&file) {
            Ok(trace) => trace,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return left.file("sidecar.json").exists().then_some(left);
            }
            Err(error) => {
                say(&format!("cannot read `{}`: {error}", file.display()));
                return None;
            }
        };
        match trace.try_lock() {
            Ok(()) => {
                left.trace = Some(trace);
                Some(left)
            }
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) => {
                say(&format!("cannot lock `{}`: {error}", file.display()));
                None
            }
        }
    }

    /// Whether it is of that session.
    pub(crate) fn is_of(&self, session: &str) -> bool {
        let of_its_sidecar = || Some(Sidecar::read(&self.file("sidecar.json")).ok()?.session);
        self.told().session.or_else(of_its_sidecar).as_deref() == Some(session)
    }

    /// Whether there is nothing to do: the video is as it was decided.
    fn is_finished(&self) -> bool {
        match Sidecar::read(&self.file("sidecar.json")) {
            Ok(_) => self.file("mkv").exists() && self.temporary().is_empty(),
            // It is for a later version, or for somebody who may read it.
            Err(error) => !error.says_nothing(),
        }
    }

    /// Tells the journal that nothing of it is kept, and deletes it.
    fn discard(&self, handle: &PolicyHandle) -> Result<()> {
        let kept = Sidecar::read(&self.file("sidecar.json")).is_ok() && self.file("mkv").exists();
        if kept {
            // The recorder was killed as it tidied up: what lies beside the video is more than may be kept.
            return self.temporary().iter().try_for_each(|file| delete(file));
        }
        let told = self.told();
        let ticket = told.session.as_deref().zip(told.span).map(|(session, span)| {
            // The journal may say that it is to be kept.
            handle.not_kept(session, None, span)
        });
        if let Some(Err(error)) = handle.stores().map(gardefou::Stores::flush) {
            say(&format!("{error}; help: {}", error.help().english));
        }
        self.delete()?;
        let shown = self.file("mkv");
        match told.forbidden {
            Some(condition) => say(&format!(
                "deleted `{}`, which an earlier run left: `{}` held in its call",
                shown.display(),
                condition.name()
            )),
            None => say(&format!(
                "deleted `{}`, which an earlier run left without an end: nobody decided that it may be kept",
                shown.display()
            )),
        }
        Ok(ticket.map_or(Ok(()), gardefou::DiscardTicket::done)?)
    }

    /// Deletes everything that shows or explains pictures, and what says who was called and when.
    ///
    /// # Errors
    /// Something is still there.
    pub(crate) fn delete(&self) -> Result<()> {
        let sidecar = self.file("sidecar.json");
        let mut files = self.temporary();
        files.extend([self.file("mkv"), sidecar]);
        let deleted = delete_all(&files);
        // The trace says whose they are: it stays as long as one of them does.
        if self.keep_raw || deleted.is_err() {
            return deleted;
        }
        delete_all(&RAW.map(|ending| self.file(ending)))
    }

    /// Its parts, a cut that was not finished, and a sidecar that was not in its place.
    fn temporary(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let videos = files.filter(|file| {
            let video = file.strip_suffix(".mkv");
            video.is_some_and(|video| video != self.name && recording(video) == self.name)
        });
        let mut temporary: Vec<PathBuf> = videos.map(|file| self.folder.join(file)).collect();
        temporary.extend(Some(unplaced(&self.file("sidecar.json"))).filter(|file| file.exists()));
        temporary.sort();
        temporary
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// What the trace tells, as far as it can be read: a crash may have cut its last line.
    fn told(&self) -> Told {
        let mut told = Told::default();
        let path = self.file("jsonl");
        let Ok(file) = File::open(path) else { return told };
        for (_, line) in Reader::new(BufReader::new(file)).map_while(Result::ok) {
            let start = told.span.map_or(line.at, |span| span.start);
            let end = told.span.map_or(Timestamp::MIN, |span| span.end).max(line.at);
            told.span = Some(Span { start, end });
            match line.event {
                Event::Session(opened) => told.session = Some(opened.facts.session),
                Event::Conditions(changes) => {
                    let held = changes
                        .iter()
                        .find(|(condition, state)| condition.is_sticky() && *state == Some(true));
                    told.forbidden = told.forbidden.or(held.map(|(condition, _)| *condition));
                }
                _ => {}
            }
        }
        told
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        if let Some(trace) = &self.trace {
            // The lock goes with the file in any case.
            let _ = trace.unlock();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_is_of_the_recording_that_its_name_begins_with() {
        for (video, name) in [
            ("s-1", "s-1"),
            ("s-1.cut", "s-1"),
            ("s-1.part-1", "s-1"),
            ("s-1.part-12", "s-1"),
            ("s-1.part-x", "s-1.part-x"),
            ("s-1.copy", "s-1.copy"),
        ] {
            assert_eq!(recording(video), name);
        }
    }
}
