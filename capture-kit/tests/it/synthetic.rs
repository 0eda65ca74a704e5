//! Videos made here, of which everything is known.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::harness::{CONDITIONS, FACTS, report_of};

const WIDTH: usize = 96;
const HEIGHT: usize = 64;
const BLACK: [u8; 3] = [0, 0, 0];
const GREEN: [u8; 3] = [0, 128, 0];
const MAGENTA: [u8; 3] = [255, 0, 255];

type Picture = Vec<[u8; 3]>;

fn black() -> Picture {
    vec![BLACK; WIDTH * HEIGHT]
}

fn fill(picture: &mut Picture, (x, y, w, h): (usize, usize, usize, usize), colour: [u8; 3]) {
    for row in y..(y + h).min(HEIGHT) {
        picture[row * WIDTH + x..row * WIDTH + (x + w).min(WIDTH)].fill(colour);
    }
}

/// Five frames a second.
fn encode(folder: &Path, pictures: &[Picture], codec: &[&str]) -> PathBuf {
    let file = folder.join("video.mkv");
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-r", "5"])
        .args(["-s", &format!("{WIDTH}x{HEIGHT}"), "-i", "-"])
        .args(codec)
        .arg(&file)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes: Vec<u8> = pictures.iter().flatten().flatten().copied().collect();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    assert!(child.wait().unwrap().success());
    file
}

const LOSSLESS: [&str; 4] = ["-c:v", "libx264rgb", "-qp", "0"];
const FULL_COLOUR: [&str; 6] = ["-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv444p"];
const HALF_COLOUR: [&str; 6] = ["-c:v", "libx264", "-crf", "28", "-pix_fmt", "yuv420p"];

/// A call of 10 s from 1000 on, of which the middle 5 are permitted; a window of 40 × 30 pixels is there all the time,
/// half of it off the screen.
fn report(folder: &Path, interval: u64, videos: &[PathBuf]) -> (i32, Value) {
    let (truth, trace) = (folder.join("truth.jsonl"), folder.join("trace.jsonl"));
    let lines = format!(
        r#"{{"at":1000,"event":"session",{FACTS},"mode":"screen-video","frame-interval":{interval}}}
{{"at":1000,{CONDITIONS}}}
{{"at":3000,"event":"call","phase":"connected"}}
{{"at":8000,"event":"call","phase":"after-call"}}
"#
    );
    std::fs::write(&trace, lines).unwrap();
    let lines = r#"{"event":"stage","at":1000,"format":2,"script":"script","seed":1,"rate":0,"stalls":[{"kind":"lines","place":[-9,0,57,64]},{"kind":"xor","place":[48,0,40,64]}]}
{"event":"stack","at":1000,"surface":[96,64],"windows":[{"id":1,"allowed":true,"inner":[[-20,0,40,30]],"outer":[[-20,0,40,30]]}]}
{"event":"end","at":11000,"operations":0}
"#;
    std::fs::write(&truth, lines).unwrap();
    let output = report_of(&truth, &trace, videos, &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    (output.status.code().unwrap(), value)
}

#[test]
fn one_block_of_eight_by_eight_in_one_frame_is_found() {
    for codec in [&FULL_COLOUR, &HALF_COLOUR] {
        let folder = tempfile::tempdir().unwrap();
        let mut pictures = vec![black(); 25];
        pictures
            .iter_mut()
            .for_each(|picture| fill(picture, (10, 10, 60, 40), GREEN));
        fill(&mut pictures[13], (64, 40, 8, 8), MAGENTA);
        let (code, found) = report(folder.path(), 200, &[encode(folder.path(), &pictures, codec)]);
        assert_eq!(code, 3, "{found}");
        assert_eq!(found["leak"]["frames"], 1, "{found}");
        let place = &found["leak"]["first"][0];
        assert_eq!((&place["frame"], &place["ms"]), (&13.into(), &2600.into()), "{found}");
        let near = |value: &Value, of: u64| value.as_u64().unwrap().abs_diff(of) <= 2;
        assert!(near(&place["x"], 64) && near(&place["y"], 40), "{found}");
        let pixels = found["leak"]["pixels"].as_u64().unwrap();
        assert!((36..=144).contains(&pixels), "{found}");
        assert_eq!(place["kind"], "xor", "{found}");
    }
}

#[test]
fn each_kind_is_told_of_by_its_part_of_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let mut pictures = vec![black(); 25];
    // Two kinds beside each other, and a strip that is of none; the window is in the first.
    fill(&mut pictures[3], (40, 10, 10, 4), MAGENTA);
    fill(&mut pictures[4], (86, 10, 10, 4), MAGENTA);
    fill(&mut pictures[5], (0, 0, 20, 3), GREEN);
    let file = encode(folder.path(), &pictures, &LOSSLESS);
    let (_, found) = report(folder.path(), 200, std::slice::from_ref(&file));
    let of = |number: usize| {
        let kind = &found["kinds"][number];
        (
            kind["kind"].as_str().unwrap(),
            kind["pixels"].as_u64().unwrap(),
            kind["frames"].as_u64().unwrap(),
            kind["use"]["shown"].as_u64().unwrap(),
            kind["use"]["perfect"].as_u64().unwrap(),
        )
    };
    assert_eq!(of(0), ("lines", 8 * 4, 1, 20 * 3 * 200, 5_000 * 20 * 30), "{found}");
    assert_eq!(of(1), ("xor", 2 * 4 + 2 * 4, 2, 0, 0), "{found}");
    assert_eq!(of(2), ("elsewhere", 8 * 4, 1, 0, 0), "{found}");
    assert_eq!(found["leak"]["pixels"], 80, "{found}");
    assert_eq!(found["leak"]["first"][0]["kind"], "lines", "{found}");
    let words = words_of(folder.path(), &[file]);
    for line in [
        "row 10 (`lines`): 40 pixels",
        "`lines`: 32 pixels leaked in 1 frames; 0.4 % of what was permitted was used",
        "`xor`: 16 pixels leaked in 2 frames; nothing was permitted",
        "elsewhere: 32 pixels leaked in 1 frames",
        "this is not what was asked for",
    ] {
        assert!(words.1.contains(line), "{}", words.1);
    }
}

/// That nothing leaked says nothing of a recorder that kept nothing: it passes under no bound.
#[test]
fn who_kept_nothing_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let dark = encode(folder.path(), &vec![black(); 5], &LOSSLESS);
    for videos in [vec![], vec![dark]] {
        let (_, found) = report(folder.path(), 200, &videos);
        assert_eq!(
            (&found["kept-nothing"], &found["leak"]["pixels"]),
            (&true.into(), &0.into())
        );
        let (code, words) = words_of(folder.path(), &videos);
        assert_eq!(code, 3, "{words}");
        assert!(
            words.contains("nothing was kept: that nothing leaked says nothing"),
            "{words}"
        );
        assert!(words.contains("`lines`: no pixel leaked; nothing was kept"), "{words}");
        assert!(words.contains("this is not what was asked for"), "{words}");
    }
}

/// Exit code and words, without any bound on the use.
fn words_of(folder: &Path, videos: &[PathBuf]) -> (i32, String) {
    let mut command = crate::harness::kit();
    command.args(["report", "--min-use", "0", "--truth"]);
    command
        .arg(folder.join("truth.jsonl"))
        .arg("--trace")
        .arg(folder.join("trace.jsonl"));
    for video in videos {
        command.arg("--video").arg(video);
    }
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_shines_through_is_found_too() {
    let folder = tempfile::tempdir().unwrap();
    let blend = |share: f64, ground: [u8; 3]| -> [u8; 3] {
        std::array::from_fn(|n| {
            let mixed = f64::from(MAGENTA[n]) * share + f64::from(ground[n]) * (1.0 - share);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
            let mixed = mixed.round() as u8;
            mixed
        })
    };
    for (share, ground, seen) in [
        (0.4, GREEN, true),
        (0.25, BLACK, true),
        (0.2, GREEN, false),
        (0.05, BLACK, false),
    ] {
        let mut picture = black();
        fill(&mut picture, (0, 0, 96, 64), ground);
        fill(&mut picture, (20, 20, 16, 16), blend(share, ground));
        let (_, found) = report(folder.path(), 200, &[encode(folder.path(), &[picture], &FULL_COLOUR)]);
        assert_eq!(
            found["leak"]["pixels"].as_u64().unwrap() > 100,
            seen,
            "{share} over {ground:?}: {found}"
        );
    }
}

#[test]
fn an_encoder_that_halves_the_colours_is_not_taken_for_a_leak() {
    let folder = tempfile::tempdir().unwrap();
    let pictures: Vec<Picture> = (0..20)
        .map(|n| {
            let mut picture = black();
            // Lines and corners of one pixel and more, at odd places.
            (0..12).for_each(|i| fill(&mut picture, (1 + i * 8, 1 + (n + i) % 9, 1 + i % 7, 3 + i * 4), GREEN));
            picture
        })
        .collect();
    for codec in [&FULL_COLOUR, &HALF_COLOUR] {
        let (_, found) = report(folder.path(), 200, &[encode(folder.path(), &pictures, codec)]);
        assert_eq!(found["leak"]["pixels"], 0, "{found}");
        assert_eq!(found["frames"], 20, "{found}");
    }
}

/// Of 5 s of 20 × 30 visible pixels, what of it random pictures show: counted here one pixel after the other.
#[test]
fn the_use_is_what_counting_by_hand_gives() {
    let rect = (0..WIDTH, 0..HEIGHT, 1..40_usize, 1..40_usize);
    let pictures = prop::collection::vec(rect, 1..6);
    let mut runner = TestRunner::new(Config {
        cases: 8,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&(pictures, 50..400_u64), |(rects, interval)| {
            let folder = tempfile::tempdir().unwrap();
            let mut by_hand = 0_u64;
            let pictures: Vec<Picture> = (0..)
                .zip(&rects)
                .map(|(n, rect)| {
                    let mut picture = black();
                    fill(&mut picture, *rect, GREEN);
                    let last = n + 1 == rects.len();
                    let shown = if last { interval } else { 200 };
                    by_hand += shown * picture.iter().filter(|pixel| **pixel == GREEN).count() as u64;
                    picture
                })
                .collect();
            let (_, found) = report(folder.path(), interval, &[encode(folder.path(), &pictures, &LOSSLESS)]);
            prop_assert_eq!(found["use"]["shown"].as_u64(), Some(by_hand), "{}", found);
            prop_assert_eq!(found["use"]["perfect"].as_u64(), Some(5_000 * 20 * 30));
            prop_assert_eq!(found["permitted-ms"].as_u64(), Some(5_000));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_video_in_two_parts_is_counted_whole_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut picture = black();
    fill(&mut picture, (0, 0, 20, 30), GREEN);
    let file = encode(folder.path(), &vec![picture; 5], &LOSSLESS);
    let (code, found) = report(folder.path(), 200, &[file.clone(), file.clone()]);
    assert_eq!((code, found["use"]["share"].as_f64()), (0, Some(0.4)), "{found}");

    let (truth, trace) = (folder.path().join("truth.jsonl"), folder.path().join("trace.jsonl"));
    let refused = |truth: &Path, trace: &Path, video: &Path, what: &str| {
        let output = report_of(truth, trace, &[video.to_owned()], &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(what) && output.stdout.is_empty(), "{said}");
    };
    let whole = std::fs::read(&file).unwrap();
    let cut = folder.path().join("cut.mkv");
    std::fs::write(&cut, &whole[..whole.len() / 20]).unwrap();
    refused(&truth, &trace, &cut, "is no video");
    refused(&truth, &trace, &folder.path().join("none.mkv"), "there is no video");
    refused(&truth, &truth, &file, "the trace");
    refused(&trace, &trace, &file, "line 1");
    refused(
        &folder.path().join("none.jsonl"),
        &trace,
        &file,
        "cannot read the truth",
    );
}
