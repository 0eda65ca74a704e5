//! What a recorder let through, and what it kept of what it may.

use std::path::{Path, PathBuf};

use gardefou::{Millis, Timestamp};
use serde::Serialize;

use crate::colour::{is_allowed, is_forbidden};
use crate::permitted::{self, Permitted};
use crate::truth::{Area, Stall, rect};
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
    /// Whether the video shows nothing of what may be in it. That nothing leaked says nothing then.
    pub kept_nothing: bool,
    /// The same of each kind of windows, by the part of the screen that it does not leave.
    pub kinds: Vec<OfKind>,
    /// How many frames the video has.
    pub frames: u64,
    /// How many frames the trace asked about.
    pub questions: u64,
    /// How long the video is, in ms. One that is longer than recording was permitted shows what it may not.
    pub video_ms: Millis,
    /// How long recording was permitted while the stage played, in ms.
    pub permitted_ms: Millis,
}

/// What was found of one kind of windows.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct OfKind {
    /// Its name; [`ELSEWHERE`] for what is in no kind's part of the screen.
    pub kind: String,
    /// How many pixels leaked, over all frames.
    pub pixels: u64,
    /// In how many frames.
    pub frames: u64,
    /// What may be in the video, and is.
    #[serde(rename = "use")]
    pub usage: Use,
}

impl OfKind {
    /// Whether nothing was kept of what could have been: that nothing leaked says nothing then.
    #[must_use]
    pub const fn kept_nothing(&self) -> bool {
        self.usage.shown == 0 && self.usage.perfect > 0
    }
}

/// What the part of the screen is called that is of no kind.
pub const ELSEWHERE: &str = "elsewhere";

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
    /// The kind of windows in that part of the screen; [`ELSEWHERE`] where there is none.
    pub kind: String,
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
    let mut seen = Seen {
        kinds: truth::stalls(&evidence.truth)?.into_iter().map(Part::of).collect(),
        ..Seen::default()
    };
    let permitted_ms = seen.reckon(&evidence.truth, &permitted)?;
    if seen.perfect == 0 {
        return Err(Malformed(
            "nothing could have been kept: by the trace and the truth, recording was never permitted while an allowed \
             window was visible; help: connect the call while the stage plays, on the same clock"
                .to_owned(),
        ));
    }
    for (place, file) in evidence.videos.iter().enumerate() {
        seen.look_through(place, file, permitted.interval)?;
    }
    let kinds = seen.of_kinds();
    Ok(Report {
        leak: seen.leak,
        usage: Use::of(seen.shown, seen.perfect),
        kept_nothing: seen.shown == 0,
        kinds,
        frames: seen.frames,
        video_ms: seen.time,
        questions: permitted.questions,
        permitted_ms,
    })
}

impl Use {
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than its first digits")]
    fn of(shown: u128, perfect: u128) -> Self {
        let share = if perfect == 0 {
            0.0
        } else {
            shown as f64 / perfect as f64
        };
        Self { shown, perfect, share }
    }
}

fn permitted_within(permitted: &Permitted, start: Timestamp, end: Timestamp) -> Millis {
    let of = |span: &gardefou::Span| span.end.min(end).since(span.start.max(start));
    permitted.spans.iter().map(of).fold(0, Millis::saturating_add)
}

#[derive(Debug, Default)]
struct Seen {
    leak: Leak,
    shown: u128,
    /// What perfect knowledge would have kept, in pixels × ms.
    perfect: u128,
    frames: u64,
    time: Millis,
    kinds: Vec<Part>,
    elsewhere: u64,
    frames_elsewhere: u64,
}

/// One kind's part of the screen, and what was seen there.
#[derive(Debug)]
struct Part {
    kind: String,
    place: Area,
    pixels: u64,
    frames: u64,
    shown: u128,
    perfect: u128,
}

impl Part {
    fn of(stall: Stall) -> Self {
        let Stall { kind, place } = stall;
        let (pixels, frames, shown, perfect) = (0, 0, 0, 0);
        Self {
            kind,
            place,
            pixels,
            frames,
            shown,
            perfect,
        }
    }

    /// Its pixels in a frame, row by row.
    fn rows<'p>(&self, pixels: &'p [[u8; 3]], width: usize) -> impl Iterator<Item = &'p [[u8; 3]]> + use<'p> {
        let place = rect(self.place);
        let side = |side: i64| usize::try_from(side.max(0)).unwrap_or(usize::MAX);
        let (left, right) = (side(place.x.into()), side(place.right()));
        let (top, bottom) = (side(place.y.into()), side(place.bottom()));
        pixels
            .chunks(width.max(1))
            .take(bottom)
            .skip(top)
            .map(move |row| row.get(left..right.min(row.len())).unwrap_or_default())
    }

    fn holds(&self, x: usize, y: usize) -> bool {
        let place = rect(self.place);
        let within =
            |at: usize, start: i32, end: i64| i64::try_from(at).is_ok_and(|at| i64::from(start) <= at && at < end);
        within(x, place.x, place.right()) && within(y, place.y, place.bottom())
    }
}

impl Seen {
    /// What perfect knowledge would have kept, and over how many ms.
    fn reckon(&mut self, truth: &Path, permitted: &Permitted) -> Result<Millis, Malformed> {
        let mut over = 0_u64;
        truth::read(truth, |from, to, surface, windows| {
            let time = permitted_within(permitted, from, to);
            if time == 0 {
                return;
            }
            over = over.saturating_add(time);
            let of = |pixels: u64| u128::from(pixels).saturating_mul(u128::from(time));
            self.perfect = self.perfect.saturating_add(of(area::visible(windows, surface)));
            for part in &mut self.kinds {
                let pixels = area::visible_within(windows, surface, part.place);
                part.perfect = part.perfect.saturating_add(of(pixels));
            }
        })?;
        Ok(over)
    }

    fn look_through(&mut self, place: usize, file: &Path, interval: Millis) -> Result<(), Malformed> {
        video::frames(file, interval, |frame| self.look_at(place, frame))
    }

    fn look_at(&mut self, video: usize, frame: &video::Frame<'_>) {
        let (pixels, _) = frame.pixels.as_chunks::<3>();
        let over_time = |count: usize| wide(count).saturating_mul(u128::from(frame.shown_for));
        self.frames += 1;
        self.time = self.time.saturating_add(frame.shown_for);
        self.shown = self.shown.saturating_add(over_time(allowed_in(pixels)));
        let forbidden = forbidden_in(pixels);
        let mut of_kinds = 0_u64;
        for part in &mut self.kinds {
            let allowed: usize = part.rows(pixels, frame.width).map(allowed_in).sum();
            part.shown = part.shown.saturating_add(over_time(allowed));
            if forbidden > 0 {
                let leaked: u64 = part.rows(pixels, frame.width).map(forbidden_in).sum();
                part.pixels = part.pixels.saturating_add(leaked);
                part.frames += u64::from(leaked > 0);
                of_kinds = of_kinds.saturating_add(leaked);
            }
        }
        if forbidden == 0 {
            return;
        }
        let elsewhere = forbidden.saturating_sub(of_kinds);
        self.elsewhere = self.elsewhere.saturating_add(elsewhere);
        self.frames_elsewhere += u64::from(elsewhere > 0);
        self.leak.pixels = self.leak.pixels.saturating_add(forbidden);
        self.leak.frames += 1;
        if self.leak.first.len() < PLACES {
            let first = pixels.iter().position(|pixel| is_forbidden(*pixel)).unwrap_or_default();
            let x = first.checked_rem(frame.width).unwrap_or_default();
            let y = first.checked_div(frame.width).unwrap_or_default();
            let part = self.kinds.iter().find(|part| part.holds(x, y));
            self.leak.first.push(Place {
                video,
                frame: frame.number,
                ms: frame.shown_from,
                x,
                y,
                kind: part.map_or(ELSEWHERE, |part| &part.kind).to_owned(),
                pixels: forbidden,
            });
        }
    }

    /// Of each kind, and of what is of none where anything leaked there.
    fn of_kinds(&self) -> Vec<OfKind> {
        let mut kinds: Vec<OfKind> = Vec::with_capacity(self.kinds.len());
        for part in &self.kinds {
            kinds.push(OfKind {
                kind: part.kind.clone(),
                pixels: part.pixels,
                frames: part.frames,
                usage: Use::of(part.shown, part.perfect),
            });
        }
        if self.elsewhere > 0 {
            kinds.push(OfKind {
                kind: ELSEWHERE.to_owned(),
                pixels: self.elsewhere,
                frames: self.frames_elsewhere,
                usage: Use::of(0, 0),
            });
        }
        kinds
    }
}

fn allowed_in(pixels: &[[u8; 3]]) -> usize {
    pixels.iter().filter(|pixel| is_allowed(**pixel)).count()
}

fn forbidden_in(pixels: &[[u8; 3]]) -> u64 {
    let count = pixels.iter().filter(|pixel| is_forbidden(**pixel)).count();
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn wide(count: usize) -> u128 {
    u128::try_from(count).unwrap_or(u128::MAX)
}
