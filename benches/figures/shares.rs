//! Where a frame's time goes at 30 frames a second.

use anyhow::Result;
use serde_json::Value;

use crate::place::{Place, Surroundings};
use crate::recorder::{Recorder, lines};
use crate::table::{Row, Table};

/// How long it records, in seconds.
const TIME: u32 = 20;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    for (name, width, height) in [("1920 × 1080", 1920, 1080), ("3840 × 2160", 3840, 2160)] {
        let timings = record(width, height)?;
        let seconds = span(&timings);
        for part in ["grab", "capture", "decide", "pipe"] {
            table.row(Row::plain(
                format!("{part}, {name} at 30 a second"),
                share(&timings, part),
            ));
        }
        let encoded = timings
            .iter()
            .filter(|line| line.get("encoded").is_some_and(|encoded| *encoded == true))
            .count();
        table.row(Row::plain(
            format!("frames a second that come about, {name}, of 30"),
            format!(
                "{:.1} asked about, {:.1} encoded",
                per(timings.len(), seconds),
                per(encoded, seconds)
            ),
        ));
    }
    Ok(())
}

fn record(width: u32, height: u32) -> Result<Vec<Value>> {
    let place = Place::of(width, height, Surroundings::Openbox)?;
    let mut stage = place.stage(&["--preset", "moves"], TIME)?;
    let mut recorder = Recorder::start(&place, &["--fps", "30", "--timings", "--keep-raw"])?;
    recorder.connect()?;
    stage.ended()?;
    let timings = recorder.file("s-1.timings.jsonl");
    // What ffmpeg cannot keep up with ends a recording: the timings until then are there.
    if let Err(error) = recorder.hang_up() {
        eprintln!("{width} × {height}: {error:#}");
    }
    lines(&timings)
}

/// From the first question to the last, in seconds.
#[expect(clippy::cast_precision_loss, reason = "some seconds, in ms")]
fn span(timings: &[Value]) -> f64 {
    let at = |line: Option<&Value>| line.and_then(|line| line.get("at")?.as_u64()).unwrap_or_default();
    at(timings.last()).saturating_sub(at(timings.first())) as f64 / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn per(count: usize, seconds: f64) -> f64 {
    count.saturating_sub(1) as f64 / seconds
}

/// The median and the slowest of a hundred, as shares of the interval.
#[expect(clippy::cast_precision_loss, reason = "some thousands of microseconds")]
fn share(timings: &[Value], part: &str) -> String {
    let mut times: Vec<u64> = timings.iter().filter_map(|line| line.get(part)?.as_u64()).collect();
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get((times.len() * share / 100).min(times.len().saturating_sub(1)))
            .copied()
    };
    let (Some(median), Some(slow)) = (at(50), at(99)) else {
        return "not measured: the recorder wrote no timings".to_owned();
    };
    let shown = |micros: u64| {
        format!(
            "{:.2} ms, {:.0} %",
            micros as f64 / 1_000.0,
            micros as f64 / 33_333.0 * 100.0
        )
    };
    format!("median {} of the interval; 99 %: {}", shown(median), shown(slow))
}
