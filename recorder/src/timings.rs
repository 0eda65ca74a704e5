//! How long a question took, part by part.

use std::time::Duration;

use gardefou::Timestamp;
use serde_json::{Value, json};

/// One question.
#[derive(Debug)]
pub(crate) struct Timing {
    /// Of the question.
    pub(crate) at: Timestamp,
    /// Whether the pixels were taken anew.
    pub(crate) fresh: bool,
    /// Whether a frame was handed to the encoder.
    pub(crate) encoded: bool,
    /// How long the X server served nobody else.
    pub(crate) grab: Duration,
    /// Taking and copying the pixels; the taking lies within the grab.
    pub(crate) capture: Duration,
    /// Telling the session of the windows, its answer, blanking, and the trace's lines.
    pub(crate) decide: Duration,
    /// Handing the frame to the thread that writes to ffmpeg.
    pub(crate) pipe: Duration,
}

impl Timing {
    /// As a line of NAME.timings.jsonl: times in microseconds.
    pub(crate) fn line(&self) -> Value {
        json!({
            "at": self.at.as_millis(),
            "fresh": self.fresh,
            "encoded": self.encoded,
            "grab": micros(self.grab),
            "capture": micros(self.capture),
            "decide": micros(self.decide),
            "pipe": micros(self.pipe),
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
