//! What the kit says of recorders.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::{CONDITIONS, Display, FACTS, Running, hang_up, now, recorder, report, stage};

/// How long each plays, in seconds.
const TIME: u32 = 12;

/// What the recorder must keep at least, of what it could: a machine on which other tests run keeps less than a quiet
/// one. What it keeps there is in `docs/figures.md`.
const FLOOR: &str = "0.05";

#[test]
fn the_reference_recorder_leaks_nothing_in_a_storm_and_records() {
    leaks_nothing_and_records(Display::start);
}

#[test]
fn the_reference_recorder_leaks_nothing_in_a_storm_under_a_compositor_and_records() {
    leaks_nothing_and_records(Display::composited);
}

/// A storm may hide the recorder's mark for so long that the recording rightly ends: then there is another storm.
/// None of them may leak.
fn leaks_nothing_and_records(start: fn() -> Display) {
    let recorded = (0..3).any(|_| is_recorded_without_a_leak(&start()));
    assert!(recorded, "of three storms too little was recorded");
}

/// Whether enough of a storm was recorded.
fn is_recorded_without_a_leak(display: &Display) -> bool {
    let mut stage = stage(display, "storm", TIME);
    let recorder = recorder(display);
    stage.ended();
    hang_up(recorder);
    let (video, trace) = (display.file("out/s-1.mkv"), display.file("out/s-1.jsonl"));
    let videos: Vec<_> = Some(video).filter(|video| video.exists()).into_iter().collect();
    let (code, found) = report(display, &trace, &videos, &["--min-use", FLOOR]);
    assert_eq!(found["leak"]["pixels"], 0, "{found}");
    assert!(matches!(code, 0 | 3), "{found}");
    assert!(
        videos.is_empty() || found["video-ms"].as_u64() <= found["permitted-ms"].as_u64().map(|ms| ms + 400),
        "{found}"
    );
    code == 0
}

/// Records the whole screen, whatever is on it, as vendors did before there were policies.
#[test]
fn a_recorder_of_everything_leaks_and_one_of_nothing_is_of_no_use() {
    let display = Display::start();
    let mut stage = stage(&display, "storm", 4);
    let begun = now();
    let (width, height) = Display::SIZE;
    let mut grab = Running::start(
        Command::new("ffmpeg")
            .args(["-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-framerate", "5"])
            .args([
                "-video_size",
                &format!("{width}x{height}"),
                "-i",
                &display.name,
                "-t",
                "3",
            ])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv444p"])
            .arg(display.file("all.mkv"))
            .stdin(Stdio::null()),
    );
    grab.ended();
    stage.ended();
    // It tells of its call as it should: only its picture is bad.
    let session = format!(
        r#"{{"at":{begun},"event":"session",{FACTS},"mode":"screen-video","frame-interval":200}}
{{"at":{begun},{CONDITIONS}}}
{{"at":{begun},"event":"call","phase":"connected"}}
{{"at":{},"event":"call","phase":"none"}}
"#,
        begun + u64::try_from(Duration::from_secs(3).as_millis()).unwrap()
    );
    let trace = display.file("all.jsonl");
    std::fs::write(&trace, session).unwrap();
    let (code, found) = report(&display, &trace, &[display.file("all.mkv")], &[]);
    assert_eq!(code, 3, "{found}");
    assert!(found["leak"]["pixels"].as_u64().unwrap() > 100_000, "{found}");
    assert_eq!(
        found["leak"]["frames"], found["frames"],
        "the desktop is on every frame: {found}"
    );
    assert_eq!(found["leak"]["first"][0]["frame"], 0, "{found}");
    // The other extreme: the same call, and nothing recorded of it.
    let (code, found) = report(&display, &trace, &[], &[]);
    assert_eq!((code, &found["leak"]["pixels"]), (3, &0.into()), "{found}");
    assert_eq!(found["use"]["share"], 0.0, "{found}");
    assert!(found["use"]["perfect"].as_u64().unwrap() > 0, "{found}");
}
