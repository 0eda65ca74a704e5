//! How fast recording stops, and what remains of a call that was objected to.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use gardefou::trace::{Event, Reader};
use serde_json::Value;

use crate::place::{Place, Surroundings, wait_for, wait_within};
use crate::recorder::{Recorder, lines, whole_lines};
use crate::table::{Row, Table};

/// One frame interval of the recorder, in ms.
const INTERVAL: f64 = 200.0;

/// Of so many calls one is hung up, too.
const HUNG_UP: u32 = 5;

/// What is there so long after the recorder said that the video was discarded remains.
const REMAINS: Duration = Duration::from_secs(3);

/// What was measured of one call, in ms from before the line that ended it was written.
#[derive(Debug, Default)]
struct Ended {
    /// The recorder's word that it ended.
    said: f64,
    /// The last write to the video file; for an objection: no video file of the call is there any more.
    done: f64,
    /// How many kept frames were taken after it.
    late: usize,
    /// How many files of it remain, of those that were to go.
    remain: usize,
}

impl Ended {
    /// Whether nothing was kept later than within one frame interval, and nothing remains.
    fn is_as_asked(&self) -> bool {
        self.said <= INTERVAL && self.late == 0 && self.remain == 0
    }
}

pub(crate) fn measure(table: &mut Table, calls: u32) {
    let objected = objections(calls);
    table.row(Row::of(
        format!("stop: {calls} calls that are objected to, until nothing more is kept"),
        "99 % within 200 ms, and nothing remains",
        &objected,
        |calls| {
            let late: usize = calls.iter().map(|call| call.late).sum();
            let remain: usize = calls.iter().map(|call| call.remain).sum();
            let said = spread(calls, |call| call.said);
            let text = format!("{said}; {late} frames kept that were taken later; {remain} files remain");
            (text, is_enough(calls))
        },
    ));
    if let Ok(calls) = &objected {
        let gone = spread(calls, |call| call.done);
        table.row(Row::plain("… until no video file of the call is there", gone));
    }
    let times = (calls / HUNG_UP).max(4);
    let hung_up = hang_ups(times);
    table.row(Row::of(
        format!("stop: {times} calls that are hung up, until nothing more is kept"),
        "99 % within 200 ms",
        &hung_up,
        |calls| {
            let late: usize = calls.iter().map(|call| call.late).sum();
            let said = spread(calls, |call| call.said);
            (
                format!("{said}; {late} frames kept that were taken later"),
                is_enough(calls),
            )
        },
    ));
    if let Ok(calls) = &hung_up {
        let done = spread(calls, |call| call.done);
        table.row(Row::plain(
            "… until the last frame is encoded and the file is finished",
            done,
        ));
    }
}

/// Ninety-nine of a hundred.
fn is_enough(calls: &[Ended]) -> bool {
    let fine = calls.iter().filter(|call| call.is_as_asked()).count();
    !calls.is_empty() && fine * 100 >= calls.len() * 99
}

/// A screen that does not change, and a recorder there. The stage outlasts every call.
fn recorder(options: &[&str]) -> Result<(Place, crate::place::Running, Recorder)> {
    let place = Place::of(1280, 720, Surroundings::Openbox)?;
    let script = place.file("script.json");
    std::fs::write(&script, SCRIPT)?;
    let stage = place.stage(&["--script", &script.to_string_lossy()], 86_400)?;
    let recorder = Recorder::start(&place, options)?;
    Ok((place, stage, recorder))
}

/// Waits until between two questions, at no certain place.
fn pause(call: usize) -> Result<()> {
    std::thread::sleep(Duration::from_millis(300 + (u64::try_from(call)? * 67) % 200));
    Ok(())
}

fn since(begun: SystemTime, at: SystemTime) -> f64 {
    at.duration_since(begun).unwrap_or_default().as_secs_f64() * 1_000.0
}

fn objections(calls: u32) -> Result<Vec<Ended>> {
    let (_place, _stage, mut recorder) = recorder(&["--verdicts"])?;
    let mut ended = Vec::new();
    for call in 1..=usize::try_from(calls)? {
        ended.push(object(&mut recorder, call)?);
    }
    recorder.end()?;
    Ok(ended)
}

fn object(recorder: &mut Recorder, call: usize) -> Result<Ended> {
    let before = recorder.files();
    recorder.connect()?;
    recorder.says(": recording", call)?;
    pause(call)?;
    let own =
        |files: Vec<PathBuf>| -> Vec<PathBuf> { files.into_iter().filter(|file| !before.contains(file)).collect() };
    // Held open: it can be read when it is deleted with its call.
    let verdicts = own(recorder.files())
        .into_iter()
        .find(|file| is_of(file, ".verdicts.jsonl"));
    let mut verdicts = File::open(verdicts.context("the recorder wrote no verdicts")?)?;
    let begun = SystemTime::now();
    recorder.tell(r#"{"event":"conditions","party-objected":true}"#)?;
    let said = since(begun, recorder.says("the recording of this call ended", call)?);
    wait_for("the video to go", || {
        let left = own(recorder.files()).iter().any(|file| is_of(file, ".mkv"));
        (!left).then_some(())
    })?;
    let done = since(begun, SystemTime::now());
    recorder.tell(r#"{"event":"call","phase":"none"}"#)?;
    recorder.says("discarded ", call)?;
    let none = || own(recorder.files()).is_empty().then_some(());
    let gone = wait_within("the files to go", REMAINS, none);
    let remain = if gone.is_ok() { 0 } else { own(recorder.files()).len() };
    let mut text = String::new();
    verdicts.read_to_string(&mut text)?;
    let late = kept_after(&whole_lines(&text)?, begun)?;
    Ok(Ended {
        said,
        done,
        late,
        remain,
    })
}

fn is_of(file: &Path, end: &str) -> bool {
    file.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(end))
}

fn hang_ups(calls: u32) -> Result<Vec<Ended>> {
    let (_place, _stage, mut recorder) = recorder(&["--verdicts", "--keep-raw"])?;
    let mut ended = Vec::new();
    for call in 1..=usize::try_from(calls)? {
        ended.push(hang_up(&mut recorder, call)?);
    }
    recorder.end()?;
    Ok(ended)
}

fn hang_up(recorder: &mut Recorder, call: usize) -> Result<Ended> {
    recorder.connect()?;
    recorder.says(": recording", call)?;
    pause(call)?;
    let name = match call {
        1 => "s-1".to_owned(),
        call => format!("s-1-{call}"),
    };
    let begun = SystemTime::now();
    recorder.tell(r#"{"event":"call","phase":"after-call"}"#)?;
    let said = since(begun, recorder.says("the recording of this call ended", call)?);
    recorder.tell(r#"{"event":"call","phase":"none"}"#)?;
    let (trace, verdicts) = (
        recorder.file(&format!("{name}.jsonl")),
        recorder.file(&format!("{name}.verdicts.jsonl")),
    );
    let video = recorder.file(&format!("{name}.mkv"));
    wait_for("the video", || video.exists().then_some(()))?;
    let done = since(begun, std::fs::metadata(&video)?.modified()?);
    wait_for("the end of the trace", || is_reviewed(&trace).then_some(()))?;
    Ok(Ended {
        said,
        done,
        late: kept_after(&lines(&verdicts)?, begun)?,
        remain: 0,
    })
}

/// How many frames were kept that were taken after that instant.
fn kept_after(verdicts: &[Value], instant: SystemTime) -> Result<usize> {
    let at = u64::try_from(instant.duration_since(UNIX_EPOCH)?.as_millis())?;
    let late = verdicts.iter().filter(|line| {
        line.get("action").is_some_and(|action| action == "keep")
            && line.get("question").is_some_and(|question| question == "frame")
            && line.get("at").and_then(Value::as_u64).is_some_and(|kept| kept > at)
    });
    Ok(late.count())
}

/// Whether the recorder asked about the segment: then the call is over.
fn is_reviewed(trace: &Path) -> bool {
    let Ok(file) = File::open(trace) else {
        return false;
    };
    let mut lines = Reader::new(std::io::BufReader::new(file));
    lines.any(|line| matches!(line, Ok((_, line)) if matches!(line.event, Event::Segment { .. })))
}

/// Median, the slowest of a hundred, the slowest, and how many within one frame interval.
fn spread(calls: &[Ended], of: impl Fn(&Ended) -> f64) -> String {
    let mut times: Vec<f64> = calls.iter().map(of).collect();
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let ms = |share: usize| at(share).map_or_else(|| "no".to_owned(), |ms| format!("{ms:.1}"));
    let within = times.iter().filter(|time| **time <= INTERVAL).count();
    format!(
        "median {} ms, 99 % {} ms, most {} ms; {within} of {} within 200 ms",
        ms(50),
        ms(99),
        ms(100),
        times.len()
    )
}

/// Nothing happens within a day.
const SCRIPT: &str = r#"{"windows":[{"name":"desk","allowed":true,"place":[60,60,900,500]}],
"steps":[{"after":90000000,"do":"raise","window":"desk"}]}"#;
