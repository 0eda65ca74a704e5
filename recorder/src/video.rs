//! The video of one call: the files that it is made of while it is recorded, and the one that it becomes.
//!
//! While it is recorded it is `NAME.part-1.mkv`, and one more part for each other size that the screen has.
//! `NAME.mkv` is there only once it was decided that it may be kept, and holds no more than that.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::Sender;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gardefou::private::create_new;
use gardefou::{Approved, Millis, Packed, Span, Timestamp};

use crate::encoder::Encoder;
use crate::ffmpeg::{self, FINISHING};
use crate::record::delete;
use crate::signal::Signal;
use crate::timeline::{Cut, Timeline};

/// How much longer ffmpeg may take for each frame of the parts that it joins.
const JOINING: Duration = Duration::from_millis(200);

/// A video that is being written, or was.
#[derive(Debug)]
pub(crate) struct Video {
    file: PathBuf,
    timeline: Timeline,
    parts: Vec<Part>,
    encoder: Option<Encoder>,
    /// Those whose parts are complete, and that may still write.
    finishing: Vec<Encoder>,
    signals: Sender<Signal>,
    /// Which regions the picture shows that was encoded last, as long as the screen did not change.
    shows: Option<u64>,
    /// Whether ffmpeg ended as it should: every frame is in the parts.
    whole: bool,
    /// Whether it is one file already.
    completed: bool,
    /// Whether it is deleted: nothing of it is there, or will be.
    gone: bool,
}

/// One file of it.
#[derive(Debug)]
struct Part {
    file: PathBuf,
    size: (u16, u16),
    /// From when its first frame is shown, in ms from the video's start.
    starts_at: Millis,
}

impl Video {
    /// Nothing was kept yet. `file`: what it becomes; `interval`: the session's frame interval, in ms; `signals`:
    /// who is told when ffmpeg takes no more.
    pub(crate) fn new(file: &Path, interval: Millis, signals: Sender<Signal>) -> Self {
        Self {
            file: file.to_owned(),
            timeline: Timeline::new(interval),
            parts: Vec::new(),
            encoder: None,
            finishing: Vec::new(),
            signals,
            shows: None,
            whole: true,
            completed: false,
            gone: false,
        }
    }

    /// What it becomes.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// How many frames were kept.
    pub(crate) fn len(&self) -> usize {
        self.timeline.len()
    }

    /// Whether it was deleted.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    /// The time that it covers, as far as anything was kept.
    pub(crate) fn span(&self, ended_at: Timestamp) -> Option<Span> {
        self.timeline.span(ended_at)
    }

    /// The session's next question was asked at that instant: the frame before is shown no longer.
    pub(crate) fn until(&mut self, at: Timestamp) {
        self.timeline.until(at);
    }

    /// Whether the picture that was encoded last is what this frame would show, when the screen did not change.
    pub(crate) fn shows(&self, regions: u64) -> bool {
        self.encoder.is_some() && self.shows == Some(regions)
    }

    /// The screen may have changed since the picture that was encoded last.
    pub(crate) fn picture_is_old(&mut self) {
        self.shows = None;
    }

    /// The picture that was encoded last is shown on: the screen did not change, nor what of it may be kept.
    pub(crate) fn keep_showing(&mut self, at: Timestamp) {
        self.timeline.keep(at, false);
    }

    /// Encodes a frame.
    ///
    /// # Errors
    /// ffmpeg is not there, gone or stuck: nothing more may be handed over.
    pub(crate) fn keep(&mut self, frame: &Approved<Packed<'_>>, at: Timestamp, size: (u16, u16)) -> Result<()> {
        let shown_on = self.timeline.shown_on();
        let shown_from = self.timeline.keep(at, true);
        if self.encoder.as_ref().is_some_and(|encoder| encoder.size() != size) {
            self.close_part(shown_on);
        }
        if self.encoder.is_none() {
            self.open_part(size, shown_from)?;
        }
        let encoder = self.encoder.as_mut().context("there is no encoder")?;
        self.shows = Some(frame.number());
        encoder.put(frame, shown_from)
    }

    fn open_part(&mut self, size: (u16, u16), starts_at: Millis) -> Result<()> {
        let (signals, video) = (self.signals.clone(), self.file.clone());
        let failed = move || {
            // When nobody listens any more, the recorder is ending anyway.
            let _ = signals.send(Signal::EncoderFailed(video.clone()));
        };
        let number = self.parts.len().saturating_add(1);
        let file = self.file.with_extension(format!("part-{number}.mkv"));
        self.encoder = Some(Encoder::start(&file, size, starts_at, failed)?);
        self.parts.push(Part { file, size, starts_at });
        Ok(())
    }

    /// The part that is being written is complete. `again`: from when its last picture is shown on.
    fn close_part(&mut self, again: Option<Millis>) {
        if let Some(mut encoder) = self.encoder.take() {
            encoder.close(again);
            self.finishing.push(encoder);
        }
    }

    /// No frame comes any more: waits until every part is finished.
    ///
    /// # Errors
    /// ffmpeg ended badly: the parts hold what it had written.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.close_part(self.timeline.shown_on());
        let finished = self.finishing.drain(..).map(Encoder::finish);
        let finished = finished.fold(Ok(()), Result::and);
        self.whole &= finished.is_ok();
        finished
    }

    /// Ends ffmpeg at once and deletes all of it, finished or not.
    ///
    /// # Errors
    /// A file cannot be deleted.
    pub(crate) fn delete(&mut self) -> Result<()> {
        self.encoder.take().into_iter().for_each(Encoder::abandon);
        self.finishing.drain(..).for_each(Encoder::abandon);
        let parts = self.parts.iter().map(|part| part.file.as_path());
        let files = parts.chain([self.file.as_path()]);
        let deleted = files.map(delete).fold(Ok(()), Result::and);
        self.gone = deleted.is_ok();
        deleted
    }

    /// It may be kept, all of it or what was taken within `span`: makes it one file. Gives what is in it; `None`
    /// when there is nothing to keep.
    ///
    /// # Errors
    /// That was not possible: its parts are there as they were, and more is in them than may be kept.
    pub(crate) fn complete(&mut self, span: Option<Span>) -> Result<Option<Cut>> {
        let whole = self.timeline.within(Span {
            start: Timestamp::MIN,
            end: Timestamp::MAX,
        });
        let cut = span.map_or(whole, |span| self.timeline.within(span));
        let Some(cut) = cut else {
            return Ok(None);
        };
        match self.parts.as_slice() {
            [only] if self.whole && self.timeline.is_whole(cut) => {
                std::fs::rename(&only.file, &self.file).context("cannot name the video")?;
            }
            _ => self.assemble(cut)?,
        }
        self.completed = true;
        Ok(Some(cut))
    }

    /// Whether it is one file already.
    pub(crate) fn is_complete(&self) -> bool {
        self.completed
    }

    /// Whether that is all that was kept.
    pub(crate) fn is_all(&self, cut: Cut) -> bool {
        self.timeline.is_whole(cut)
    }

    /// Whether every frame of it that was kept is in its parts, as far as ffmpeg said.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Writes one file from the parts: those of smaller screens with black around, and what was taken before and
    /// after the cut left out. What it writes meanwhile holds nothing that the parts do not.
    fn assemble(&self, cut: Cut) -> Result<()> {
        let beside = self.file.with_extension("cut.mkv");
        let output = create_new(&beside).with_context(|| format!("cannot write `{}`", beside.display()))?;
        let done = self
            .joined(cut, output)
            .and_then(|()| self.check(&beside))
            .and_then(|()| std::fs::rename(&beside, &self.file).context("cannot name the video"));
        if done.is_err() {
            let _ = std::fs::remove_file(&beside);
            return done;
        }
        let parts = self.parts.iter().map(|part| part.file.as_path());
        let gone = parts.map(delete).fold(Ok(()), Result::and);
        if gone.is_err() {
            let _ = std::fs::remove_file(&self.file);
        }
        gone
    }

    fn joined(&self, cut: Cut, output: File) -> Result<()> {
        let list = self.list()?;
        ensure!(list.lines().count() > 1, "no frame of it can be read");
        let mut ffmpeg = ffmpeg::command(
            &[
                "-f",
                "concat",
                "-safe",
                "0",
                "-protocol_whitelist",
                "file,pipe",
                "-i",
                "pipe:0",
            ],
            &["-vf", &self.filter(cut)],
            output,
        );
        let mut child = ffmpeg.stdin(Stdio::piped()).spawn().context("cannot start `ffmpeg`")?;
        let told = child
            .stdin
            .take()
            .map_or(Ok(()), |mut stdin| stdin.write_all(list.as_bytes()));
        let frames = u32::try_from(self.timeline.len()).unwrap_or(u32::MAX);
        let status = ffmpeg::ended(&mut child, FINISHING.saturating_add(JOINING.saturating_mul(frames)));
        if status.is_err() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let status = status?;
        ensure!(status.success(), "`ffmpeg` ended with {status}");
        told.context("`ffmpeg` did not take the list of the parts")
    }

    /// Of what a broken encoder left there may be nothing that can be read.
    fn check(&self, joined: &Path) -> Result<()> {
        ensure!(self.whole || ffmpeg::has_frames(joined), "no frame of it can be read");
        Ok(())
    }

    /// The parts, and how long each lasts, in the words of ffmpeg's concat demuxer.
    fn list(&self) -> Result<String> {
        let mut list = String::from("ffconcat version 1.0\n");
        let mut unreadable = false;
        for (number, part) in self.parts.iter().enumerate() {
            if !self.whole && !ffmpeg::has_frames(&part.file) {
                // A broken encoder left nothing of it.
                unreadable = true;
                continue;
            }
            // The times of what follows would be earlier, and more of it would lie before the end of the cut.
            ensure!(!unreadable, "a part before its last one cannot be read");
            let file = std::path::absolute(&part.file)?;
            let file = file
                .to_str()
                .context("the file's name is not UTF-8")?
                .replace('\'', r"'\''");
            // Writing into a string does not fail.
            let _ = writeln!(list, "file 'file:{file}'");
            if let Some(next) = self.parts.get(number.saturating_add(1)) {
                let lasts = next.starts_at.saturating_sub(part.starts_at);
                let _ = writeln!(list, "duration {}", seconds(lasts));
            }
        }
        Ok(list)
    }

    /// The picture that stands when the cut begins is its first; what comes after its last frame is left out.
    fn filter(&self, cut: Cut) -> String {
        let width = self.parts.iter().map(|part| part.size.0).max().unwrap_or_default();
        let height = self.parts.iter().map(|part| part.size.1).max().unwrap_or_default();
        let (pictured, from, to) = (seconds(cut.pictured), seconds(cut.from), seconds(cut.to));
        format!(
            "select='between(t,{pictured}-0.0005,{to}+0.0005)',setpts='max(PTS-{from}/TB,0)',pad={width}:{height}:0:0:black"
        )
    }
}

/// In seconds, as ffmpeg reads them.
fn seconds(millis: Millis) -> String {
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}
