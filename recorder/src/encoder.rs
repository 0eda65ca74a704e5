//! The encoder: ffmpeg as a child process, which reads frames on its standard input and writes one
//! Matroska file.
//!
//! Only [`Approved`] frames enter it, and only the SDK makes those: a pixel that no policy decided about
//! cannot be handed over. No other file is written, at no time.

use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use gardefou::{Approved, Millis, Packed, Timestamp};

use crate::matroska;
use crate::queue::Queue;
use crate::record::new_file;
use crate::timeline::Timeline;

/// How long ffmpeg may keep a frame waiting before the recording stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long ffmpeg may take to finish a file.
const FINISHING: Duration = Duration::from_secs(60);

/// A video that is being written.
#[derive(Debug)]
pub(crate) struct Encoder {
    queue: Arc<Queue>,
    writer: Option<JoinHandle<()>>,
    child: Child,
    video: Video,
    size: (u16, u16),
    stuck: bool,
}

/// A video file, and which instants are in it.
#[derive(Debug)]
pub(crate) struct Video {
    pub(crate) file: PathBuf,
    pub(crate) timeline: Timeline,
    /// The file was deleted.
    pub(crate) gone: bool,
}

impl Encoder {
    /// Starts a video of that size in a new file. `failed` is called once when ffmpeg takes no more.
    ///
    /// # Errors
    /// ffmpeg is not there.
    pub(crate) fn start(
        file: &Path,
        size: (u16, u16),
        interval: Millis,
        failed: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        new_file(file).with_context(|| format!("cannot write `{}`", file.display()))?;
        let started = ffmpeg(&["-f", "matroska", "-i", "pipe:0"], &[], file)
            .stdin(Stdio::piped())
            .spawn();
        if started.is_err() {
            // Nothing is in it yet, and nothing will be.
            let _ = std::fs::remove_file(file);
        }
        let mut child = started.context("cannot start `ffmpeg`; help: install it, and see that it is on the `PATH`")?;
        let stdin = child.stdin.take().context("`ffmpeg` has no standard input")?;
        let queue = Arc::new(Queue::default());
        let theirs = Arc::clone(&queue);
        let header = matroska::header(size.0, size.1);
        let writer = std::thread::Builder::new().name("encoder".into()).spawn(move || {
            if feed(&theirs, stdin, &header).is_err() {
                theirs.fail();
                failed();
            }
        })?;
        let video = Video {
            file: file.to_owned(),
            timeline: Timeline::new(interval),
            gone: false,
        };
        Ok(Self {
            queue,
            writer: Some(writer),
            child,
            video,
            size,
            stuck: false,
        })
    }

    /// Columns and rows of the video.
    pub(crate) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// The session's next question was asked at that instant: the frame before is shown no longer.
    pub(crate) fn until(&mut self, at: Timestamp) {
        self.video.timeline.until(at);
    }

    /// Hands a frame to ffmpeg.
    ///
    /// # Errors
    /// ffmpeg is gone, or does not take it in time: nothing more may be handed over.
    pub(crate) fn keep(&mut self, frame: &Approved<Packed<'_>>, at: Timestamp) -> Result<()> {
        let shown_from = self.video.timeline.keep(at);
        self.stuck = !self.queue.put(shown_from, frame.bytes(), PATIENCE);
        ensure!(
            !self.stuck,
            "`ffmpeg` takes no more frames: it ended, or has been stuck for {} s",
            PATIENCE.as_secs()
        );
        Ok(())
    }

    /// Finishes the file. It can be played whatever happened before.
    ///
    /// # Errors
    /// ffmpeg ended badly or not in time: the file holds what it had written.
    pub(crate) fn finish(mut self) -> (Video, Result<()>) {
        self.queue.close();
        let outcome = self.wait();
        (std::mem::replace(&mut self.video, Video::none()), outcome)
    }

    /// Ends ffmpeg at once and deletes the file, finished or not.
    ///
    /// # Errors
    /// The file cannot be deleted.
    pub(crate) fn discard(mut self) -> (Video, Result<()>) {
        self.queue.fail();
        self.queue.close();
        // It opens the file by itself: it must be gone before the file is.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let mut video = std::mem::replace(&mut self.video, Video::none());
        let outcome = video.delete();
        (video, outcome)
    }

    fn wait(&mut self) -> Result<()> {
        // One that took no frame is not waited for long.
        let patience = if self.stuck { PATIENCE } else { FINISHING };
        let until = Instant::now() + patience;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() >= until {
                bail!("`ffmpeg` did not finish the file in {} s", patience.as_secs());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        ensure!(status.success(), "`ffmpeg` ended with {status}");
        ensure!(!self.queue.failed(), "`ffmpeg` ended before the recording did");
        Ok(())
    }
}

impl Drop for Encoder {
    /// Leaves no process and no thread behind.
    fn drop(&mut self) {
        self.queue.close();
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Video {
    fn none() -> Self {
        Self {
            file: PathBuf::new(),
            timeline: Timeline::new(0),
            gone: true,
        }
    }

    /// Deletes the file, if it is still there.
    ///
    /// # Errors
    /// It is there and cannot be deleted.
    pub(crate) fn delete(&mut self) -> Result<()> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("`{}` must be deleted and cannot be", self.file.display()))
            }
            Ok(()) | Err(_) => {
                self.gone = true;
                Ok(())
            }
        }
    }

    /// Keeps only the frames with these numbers, from 0, first and last included. What it writes beside the
    /// file meanwhile holds nothing that the file does not.
    ///
    /// # Errors
    /// The file could not be cut: it is as it was.
    pub(crate) fn cut(&self, first: usize, last: usize) -> Result<()> {
        let beside = self.file.with_extension("cut.mkv");
        let input = self.file.to_str().context("the file's name is not UTF-8")?;
        let filter = format!("select=between(n\\,{first}\\,{last}),setpts=PTS-STARTPTS");
        new_file(&beside).with_context(|| format!("cannot write `{}`", beside.display()))?;
        let status = ffmpeg(&["-i", input], &["-vf", &filter], &beside)
            .stdin(Stdio::null())
            .status();
        let done = match status {
            Ok(status) if status.success() => std::fs::rename(&beside, &self.file).context("cannot replace the file"),
            Ok(status) => Err(anyhow::anyhow!("`ffmpeg` ended with {status}")),
            Err(error) => Err(error.into()),
        };
        if done.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        done
    }
}

/// H.264 without lost colour (any size will do, also an odd one) in Matroska, every frame at its own time,
/// into a file that is there and empty: so nobody else may read it.
fn ffmpeg(input: &[&str], filter: &[&str], file: &Path) -> Command {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-hide_banner", "-loglevel", "error", "-nostats", "-y"])
        .args(input)
        .args(filter)
        .args([
            "-fps_mode",
            "passthrough",
            // Without it times are rounded to a frame rate that ffmpeg guesses.
            "-enc_time_base",
            "1:1000",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "18",
        ])
        .args(["-pix_fmt", "yuv444p", "-f", "matroska"])
        .arg(file)
        .stdout(Stdio::null());
    // Ctrl-C in a terminal goes to its whole process group: ffmpeg ends when the recorder lets it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Writes frames as they come, until the queue is closed.
fn feed(queue: &Queue, mut stdin: ChildStdin, header: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    stdin.write_all(header)?;
    while let Some((shown_from, frame)) = queue.take() {
        stdin.write_all(&matroska::before_frame(shown_from, frame.len()))?;
        stdin.write_all(&frame)?;
        queue.give_back(frame);
    }
    stdin.flush()
}
