//! Leak and use: what the recorder's own files show of a stage.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use gardefou_capture_kit::kind::Kind;
use gardefou_capture_kit::report::{self, Evidence, Report};

use crate::place::{Place, Surroundings};
use crate::recorder::Recorder;
use crate::table::{Row, Table};

/// So many times as long as a preset of one kind is the mix of all played.
const MIX: u32 = 3;

/// The longest that a run for its use alone takes, in seconds: four window switches.
const ENOUGH: u32 = 70;

/// The shortest of any run, in seconds: the windows of each kind have had a turn by then.
const LEAST: u32 = 5;

/// How long each preset of one kind is played, in seconds, when all of them take that many minutes together.
pub(crate) fn each(minutes: u32) -> u32 {
    let (presets, surroundings) = (presets(), Surroundings::ALL.len());
    let weight: u32 = presets.iter().map(|(_, weight)| *weight).sum();
    let parts = weight.saturating_mul(u32::try_from(surroundings).unwrap_or(u32::MAX));
    minutes
        .saturating_mul(60)
        .checked_div(parts)
        .unwrap_or_default()
        .max(LEAST)
}

/// The presets that look for leaks, and how many times as long as one of them each is played.
fn presets() -> Vec<(&'static str, u32)> {
    let kinds = Kind::ALL.map(|kind| (kind.name(), 1));
    [("storm", 1)].into_iter().chain(kinds).chain([("mix", MIX)]).collect()
}

pub(crate) fn measure(table: &mut Table, minutes: u32) {
    let each = each(minutes);
    for (preset, weight) in presets() {
        for surroundings in Surroundings::ALL {
            let seconds = each.saturating_mul(weight);
            let found = play(preset, seconds, surroundings);
            table.row(Row::of(
                format!("leak in `{preset}`, {seconds} s, {}", surroundings.name()),
                "0 pixels",
                &found,
                |found| (leak(found), found.leak.pixels == 0 && !found.kept_nothing),
            ));
        }
    }
    let seconds = minutes.saturating_mul(10).clamp(20, ENOUGH);
    for (preset, what, bound) in [
        (
            "switches",
            "one window switch in 17 s",
            Bound {
                hundredths: 95,
                asked: "at least 95 %, 0 pixels",
            },
        ),
        (
            "moves",
            "10 moves a second",
            Bound {
                hundredths: 60,
                asked: "at least 60 %, 0 pixels",
            },
        ),
    ] {
        for surroundings in Surroundings::ALL {
            let found = play(preset, seconds, surroundings);
            table.row(Row::of(
                format!("use at {what}, {seconds} s, {}", surroundings.name()),
                bound.asked,
                &found,
                |found| (leak(found), found.leak.pixels == 0 && bound.holds(found.usage.share)),
            ));
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bound {
    hundredths: u32,
    asked: &'static str,
}

impl Bound {
    fn holds(self, share: f64) -> bool {
        share * 100.0 >= f64::from(self.hundredths)
    }
}

/// What leaked and what was used: of each kind by its name where there are several.
fn leak(found: &Report) -> String {
    let mut text = format!("{} pixels in {} frames", found.leak.pixels, found.frames);
    match found.kept_nothing {
        true => text.push_str("; nothing was kept: this says nothing"),
        false => text.push_str(&format!("; {:.1} % used", found.usage.share * 100.0)),
    }
    if found.kinds.len() > 1 {
        let leaks = found.kinds.iter().filter(|kind| kind.pixels > 0);
        text.extend(leaks.map(|kind| format!("; {} in `{}`", kind.pixels, kind.kind)));
        let blank = found.kinds.iter().filter(|kind| kind.kept_nothing());
        text.extend(blank.map(|kind| format!("; nothing kept of `{}`", kind.kind)));
    }
    text
}

fn play(preset: &str, seconds: u32, surroundings: Surroundings) -> Result<Report> {
    let place = Place::of(1280, 720, surroundings)?;
    // It starts before the windows: what is played is recorded from its first turn on.
    let mut recorder = Recorder::start(&place, &[])?;
    let mut stage = place.stage(&["--preset", preset], seconds)?;
    recorder.connect()?;
    stage.ended_within(Duration::from_secs(u64::from(seconds) + 60))?;
    let (video, trace) = (recorder.file("s-1.mkv"), recorder.file("s-1.jsonl"));
    // A call of which nothing was kept leaves no file: the trace that it has by now tells when it was permitted.
    let saved = place.file("trace.jsonl");
    save(&trace, &saved)?;
    recorder.hang_up()?;
    if trace.exists() {
        save(&trace, &saved)?;
    }
    let evidence = Evidence {
        truth: place.file("truth.jsonl"),
        trace: saved,
        videos: Some(video).filter(|video| video.exists()).into_iter().collect(),
    };
    Ok(report::of(&evidence)?)
}

/// Copies the lines that are written whole.
fn save(trace: &Path, to: &Path) -> Result<()> {
    let text = std::fs::read_to_string(trace).context("the recorder wrote no trace")?;
    let whole = text.rfind('\n').and_then(|end| text.get(..=end));
    Ok(std::fs::write(to, whole.unwrap_or_default())?)
}
