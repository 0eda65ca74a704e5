//! The encoder: ffmpeg as a child process, which reads frames on its standard input and writes one
//! Matroska file.
//!
//! Only [`Approved`] frames enter it, and only the SDK makes those: a pixel that no policy decided about
//! cannot be handed over. No other file is written, at no time.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gardefou::private::create_new;
use gardefou::{Approved, Millis, Packed};

use crate::ffmpeg::{self, FINISHING};
use crate::matroska;
use crate::queue::Queue;
use crate::threads;

/// How long ffmpeg may keep a frame waiting before the recording stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// One file that is being written.
#[derive(Debug)]
pub(crate) struct Encoder {
    queue: Arc<Queue>,
    writer: Option<JoinHandle<()>>,
    child: Child,
    size: (u16, u16),
    /// From when the first frame is shown, in ms from the video's start.
    starts_at: Millis,
    stuck: bool,
}

impl Encoder {
    /// Starts a file of that size, which must be new. `failed` is called once when ffmpeg takes no more.
    ///
    /// # Errors
    /// ffmpeg is not there.
    pub(crate) fn start(
        file: &Path,
        size: (u16, u16),
        starts_at: Millis,
        failed: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let output = create_new(file).with_context(|| format!("cannot write `{}`", file.display()))?;
        let started = ffmpeg::command(&["-f", "matroska", "-i", "pipe:0"], &[], output)
            .stdin(Stdio::piped())
            .spawn();
        if started.is_err() {
            // Nothing is in it yet, and nothing will be.
            let _ = std::fs::remove_file(file);
        }
        let mut child = started.context("cannot start `ffmpeg`; help: install it, and see that it is on the `PATH`")?;
        let stdin = child.stdin.take().context("`ffmpeg` has no standard input")?;
        let queue = Arc::new(Queue::default());
        let (theirs, fed) = (Arc::clone(&queue), Arc::clone(&queue));
        let header = matroska::header(size.0, size.1);
        // Whether ffmpeg takes no more or the thread itself fails, what was queued is not in the file.
        let broken = Arc::new(move || {
            theirs.fail();
            failed();
        });
        let panicked = Arc::clone(&broken);
        let work = move || {
            if feed(&fed, stdin, &header).is_err() {
                broken();
            }
        };
        let writer = threads::start("encoder", work, move || panicked())?;
        Ok(Self {
            queue,
            writer: Some(writer),
            child,
            size,
            starts_at,
            stuck: false,
        })
    }

    /// Columns and rows of the file.
    pub(crate) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Hands a frame to ffmpeg, to be shown from that time on.
    ///
    /// # Errors
    /// ffmpeg is gone, or does not take it in time: nothing more may be handed over.
    pub(crate) fn put(&mut self, frame: &Approved<Packed<'_>>, shown_from: Millis) -> Result<()> {
        let shown_from = shown_from.saturating_sub(self.starts_at);
        self.stuck = !self.queue.put(shown_from, frame.bytes(), PATIENCE);
        ensure!(
            !self.stuck,
            "`ffmpeg` takes no more frames: it ended, or has been stuck for {} s",
            PATIENCE.as_secs()
        );
        Ok(())
    }

    /// No frame comes any more; ffmpeg finishes the file by itself. `again`: from when the last one is shown once
    /// more, so that a picture that stood still has its whole time.
    pub(crate) fn close(&mut self, again: Option<Millis>) {
        self.queue
            .close(again.map(|again| again.saturating_sub(self.starts_at)));
    }

    /// Waits until the file is finished. It can be played whatever happened before.
    ///
    /// # Errors
    /// ffmpeg ended badly or not in time: the file holds what it had written.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.close(None);
        // One that took no frame is not waited for long.
        let patience = if self.stuck { PATIENCE } else { FINISHING };
        let status = ffmpeg::ended(&mut self.child, patience)?;
        ensure!(status.success(), "`ffmpeg` ended with {status}");
        ensure!(!self.queue.failed(), "`ffmpeg` ended before the recording did");
        Ok(())
    }

    /// Ends ffmpeg at once, whatever it has not written.
    pub(crate) fn abandon(mut self) {
        self.queue.fail();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Encoder {
    /// Leaves no process and no thread behind.
    fn drop(&mut self) {
        self.queue.close(None);
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Writes frames as they come, until the queue is closed.
fn feed(queue: &Queue, mut stdin: ChildStdin, header: &[u8]) -> std::io::Result<()> {
    stdin.write_all(header)?;
    let mut last: Option<Vec<u8>> = None;
    while let Some((shown_from, frame)) = queue.take() {
        write(&mut stdin, shown_from, &frame)?;
        if let Some(before) = last.replace(frame) {
            queue.give_back(before);
        }
    }
    if let (Some(last), Some(again)) = (last, queue.again()) {
        write(&mut stdin, again, &last)?;
    }
    stdin.flush()
}

fn write(stdin: &mut ChildStdin, shown_from: Millis, frame: &[u8]) -> std::io::Result<()> {
    stdin.write_all(&matroska::before_frame(shown_from, frame.len()))?;
    stdin.write_all(frame)
}
