//! Leak and use: what the recorder's own files show of a stage.

use anyhow::Result;
use gardefou_capture_kit::report::{self, Evidence, Report};

use crate::place::Place;
use crate::recorder::Recorder;
use crate::table::Table;

/// The most minutes that one run for its use alone takes.
const ENOUGH: u32 = 3;

pub(crate) fn measure(table: &mut Table, minutes: u32) -> Result<()> {
    for (composited, under) in [(false, "no compositor"), (true, "under picom")] {
        let found = play("storm", minutes, composited)?;
        table.row(
            format!("leak, 60 window operations a second for {minutes} min, {under}"),
            "0 pixels",
            format!(
                "{} pixels in {} frames of {} questions",
                found.leak.pixels, found.frames, found.questions
            ),
        );
        table.row(format!("use of that run, {under}"), "not 0", share(&found));
    }
    let minutes = minutes.min(ENOUGH);
    for (preset, what, asked) in [
        ("switches", "one window switch in 17 s", "at least 95 %"),
        ("moves", "10 moves a second", "at least 60 %"),
    ] {
        for (composited, under) in [(false, "no compositor"), (true, "under picom")] {
            let found = play(preset, minutes, composited)?;
            let leak = match found.leak.pixels {
                0 => String::new(),
                pixels => format!(", and {pixels} pixels leaked"),
            };
            table.row(
                format!("use at {what}, {minutes} min, {under}"),
                asked,
                format!("{}{leak}", share(&found)),
            );
        }
    }
    Ok(())
}

fn share(found: &Report) -> String {
    format!("{:.1} %", found.usage.share * 100.0)
}

fn play(preset: &str, minutes: u32, composited: bool) -> Result<Report> {
    let place = Place::of(1280, 720, composited)?;
    let mut stage = place.stage(&["--preset", preset], minutes * 60)?;
    let mut recorder = Recorder::start(&place, &[])?;
    recorder.connect()?;
    stage.ended()?;
    let (video, trace) = (recorder.file("s-1.mkv"), recorder.file("s-1.jsonl"));
    recorder.hang_up()?;
    let evidence = Evidence {
        truth: place.file("truth.jsonl"),
        trace,
        // A recorder that kept nothing writes none.
        videos: Some(video).filter(|video| video.exists()).into_iter().collect(),
    };
    Ok(report::of(&evidence)?)
}
