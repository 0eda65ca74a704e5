//! What a recorder let through, and what it kept of what it may.

use std::path::{Path, PathBuf};

use gardefou::{Millis, Timestamp};
use serde::Serialize;

use crate::colour::{is_allowed, is_forbidden};
use crate::permitted::{self, Permitted};
use crate::{Malformed, area, truth, video};

/// How many places of a leak are told.
const PLACES: usize = 5;

/// What is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// What the stage wrote.
    pub truth: PathBuf,
    /// The recorder's trace.
    pub trace: PathBuf,
    /// The files of the video, in their order; none when the recorder wrote none.
    pub videos: Vec<PathBuf>,
}

/// What was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Report {
    /// What may never be in a video, and is.
    pub leak: Leak,
    /// What may be in it, and is.
    #[serde(rename = "use")]
    pub usage: Use,
    /// How many frames the video has.
    pub frames: u64,
    /// How many frames the trace asked about.
    pub questions: u64,
    /// How long the video is, in ms. One that is longer than recording was permitted shows what it may not.
    pub video_ms: Millis,
    /// How long recording was permitted while the stage played, in ms.
    pub permitted_ms: Millis,
}

/// Pixels of the forbidden colour ([`crate::colour`]).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Leak {
    /// How many, over all frames.
    pub pixels: u64,
    /// In how many frames.
    pub frames: u64,
    /// One of them in each of the first of these frames.
    pub first: Vec<Place>,
}

/// A pixel of a video.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Place {
    /// The video file: its place in the list, from 0.
    pub video: usize,
    /// The number of the frame in it, from 0.
    pub frame: u64,
    /// From when the frame is shown, in ms from the start of that file.
    pub ms: Millis,
    /// The column.
    pub x: usize,
    /// The row.
    pub y: usize,
    /// How many such pixels the frame has.
    pub pixels: u64,
}

/// Pixels of the allowed colour times the ms that each was shown.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Use {
    /// What the video shows, in pixels × ms.
    pub shown: u128,
    /// What perfect knowledge would have kept, in pixels × ms: by the truth, each visible pixel of an allowed
    /// window, while by the trace the call was connected and every condition known to be as it must be.
    pub perfect: u128,
    /// The first over the second.
    pub share: f64,
}

/// Looks at what a recorder wrote.
///
/// # Errors
/// A file cannot be read or is not what it should be, or nothing could have been kept: then there is no use.
pub fn of(evidence: &Evidence) -> Result<Report, Malformed> {
    let permitted = permitted::read(&evidence.trace)?;
    let (perfect, permitted_ms) = perfect(&evidence.truth, &permitted)?;
    if perfect == 0 {
        return Err(Malformed(
            "nothing could have been kept: by the trace and the truth, recording was never permitted while an allowed \
             window was visible; help: connect the call while the stage plays, on the same clock"
                .to_owned(),
        ));
    }
    let mut seen = Seen::default();
    for (place, file) in evidence.videos.iter().enumerate() {
        seen.look_through(place, file, permitted.interval)?;
    }
    Ok(Report {
        leak: seen.leak,
        usage: Use {
            shown: seen.shown,
            perfect,
            share: share(seen.shown, perfect),
        },
        frames: seen.frames,
        video_ms: seen.time,
        questions: permitted.questions,
        permitted_ms,
    })
}

/// What perfect knowledge would have kept, in pixels × ms, and over how many ms.
fn perfect(truth: &Path, permitted: &Permitted) -> Result<(u128, Millis), Malformed> {
    let (mut kept, mut over) = (0_u128, 0_u64);
    truth::read(truth, |from, to, surface, windows| {
        let time = permitted_within(permitted, from, to);
        if time > 0 {
            over = over.saturating_add(time);
            let pixels = area::visible(windows, surface);
            kept = kept.saturating_add(u128::from(pixels).saturating_mul(u128::from(time)));
        }
    })?;
    Ok((kept, over))
}

fn permitted_within(permitted: &Permitted, start: Timestamp, end: Timestamp) -> Millis {
    let of = |span: &gardefou::Span| span.end.min(end).since(span.start.max(start));
    permitted.spans.iter().map(of).fold(0, Millis::saturating_add)
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than its first digits")]
fn share(shown: u128, perfect: u128) -> f64 {
    shown as f64 / perfect as f64
}

#[derive(Debug, Default)]
struct Seen {
    leak: Leak,
    shown: u128,
    frames: u64,
    time: Millis,
}

impl Seen {
    fn look_through(&mut self, place: usize, file: &Path, interval: Millis) -> Result<(), Malformed> {
        video::frames(file, interval, |frame| self.look_at(place, frame))
    }

    fn look_at(&mut self, video: usize, frame: &video::Frame<'_>) {
        let (pixels, _) = frame.pixels.as_chunks::<3>();
        let allowed = pixels.iter().filter(|pixel| is_allowed(**pixel)).count();
        let forbidden = pixels.iter().filter(|pixel| is_forbidden(**pixel)).count();
        self.frames += 1;
        self.time = self.time.saturating_add(frame.shown_for);
        self.shown = self
            .shown
            .saturating_add(wide(allowed).saturating_mul(u128::from(frame.shown_for)));
        if forbidden == 0 {
            return;
        }
        let forbidden = u64::try_from(forbidden).unwrap_or(u64::MAX);
        self.leak.pixels = self.leak.pixels.saturating_add(forbidden);
        self.leak.frames += 1;
        let first = pixels.iter().position(|pixel| is_forbidden(*pixel)).unwrap_or_default();
        if self.leak.first.len() < PLACES {
            self.leak.first.push(Place {
                video,
                frame: frame.number,
                ms: frame.shown_from,
                x: first.checked_rem(frame.width).unwrap_or_default(),
                y: first.checked_div(frame.width).unwrap_or_default(),
                pixels: forbidden,
            });
        }
    }
}

fn wide(count: usize) -> u128 {
    u128::try_from(count).unwrap_or(u128::MAX)
}
