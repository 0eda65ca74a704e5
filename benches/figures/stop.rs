//! How fast recording stops.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use gardefou::trace::{Event, Reader};

use crate::place::{Place, wait_for};
use crate::recorder::{Recorder, lines};
use crate::table::Table;

/// One frame interval of the recorder, in ms.
const INTERVAL: f64 = 200.0;

/// What was measured of one call, in ms from before the line that ended it was written.
#[derive(Debug, Default)]
struct Ended {
    /// The recorder's word that it ended.
    said: f64,
    /// The last write to the video file; for an objection: its deletion.
    done: f64,
    /// How many kept frames were taken after it.
    late: usize,
}

pub(crate) fn measure(table: &mut Table, calls: u32) -> Result<()> {
    let place = Place::of(1280, 720, false)?;
    let script = place.file("script.json");
    std::fs::write(&script, SCRIPT)?;
    // The stage outlasts every call, and is ended when they are over.
    let _stage = place.stage(&["--script", &script.to_string_lossy()], 86_400)?;
    let mut recorder = Recorder::start(&place, &["--verdicts", "--keep-raw"])?;
    let (mut hung_up, mut objected) = (Vec::new(), Vec::new());
    for call in 1..=usize::try_from(calls)? {
        let ended = one(&mut recorder, call)?;
        if call.is_multiple_of(2) {
            objected.push(ended);
        } else {
            hung_up.push(ended);
        }
    }
    recorder.end()?;
    for (what, ended) in [("hang-up", &hung_up), ("objection", &objected)] {
        let late: usize = ended.iter().map(|call| call.late).sum();
        table.row(
            format!("stop: from {what} until no frame is handed over, {} calls", ended.len()),
            "99 % within 200 ms",
            format!(
                "{}; {late} frames kept that were taken later",
                spread(ended, |call| call.said)
            ),
        );
    }
    table.row(
        "… until the last frame is encoded and the file is finished",
        "—",
        spread(&hung_up, |call| call.done),
    );
    table.row(
        "… until the file of an objected call is deleted",
        "—",
        spread(&objected, |call| call.done),
    );
    Ok(())
}

/// A call on a screen that does not change, ended at a random moment.
fn one(recorder: &mut Recorder, call: usize) -> Result<Ended> {
    recorder.connect()?;
    recorder.says(": recording", call)?;
    // Between two questions, at no certain place.
    std::thread::sleep(Duration::from_millis(430 + (u64::try_from(call)? * 67) % 200));
    let name = if call == 1 {
        "s-1".to_owned()
    } else {
        format!("s-1-{call}")
    };
    let objects = call.is_multiple_of(2);
    let begun = SystemTime::now();
    recorder.tell(match objects {
        true => r#"{"event":"conditions","party-objected":true}"#,
        false => r#"{"event":"call","phase":"after-call"}"#,
    })?;
    let since = |at: SystemTime| at.duration_since(begun).unwrap_or_default().as_secs_f64() * 1_000.0;
    let said = since(recorder.says("the recording of this call ended", call)?);
    let done = if objects {
        since(recorder.says("discarded ", call / 2)?)
    } else {
        0.0
    };
    recorder.tell(r#"{"event":"call","phase":"none"}"#)?;
    let at = u64::try_from(begun.duration_since(UNIX_EPOCH)?.as_millis())?;
    let (trace, verdicts) = (
        recorder.file(&format!("{name}.jsonl")),
        recorder.file(&format!("{name}.verdicts.jsonl")),
    );
    let video = recorder.file(&format!("{name}.mkv"));
    let done = match objects {
        true => done,
        false => {
            wait_for("the video", || video.exists().then_some(()))?;
            since(std::fs::metadata(&video)?.modified()?)
        }
    };
    wait_for("the end of the trace", || is_reviewed(&trace).then_some(()))?;
    let kept = lines(&verdicts)?;
    let late = kept.iter().filter(|line| {
        line.get("action").is_some_and(|action| action == "keep")
            && line.get("question").is_some_and(|question| question == "frame")
            && line
                .get("at")
                .and_then(serde_json::Value::as_u64)
                .is_some_and(|kept| kept > at)
    });
    Ok(Ended {
        said,
        done,
        late: late.count(),
    })
}

/// Whether the recorder asked about the segment: then the call is over.
fn is_reviewed(trace: &Path) -> bool {
    let Ok(file) = std::fs::File::open(trace) else {
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
    let ms = |share: usize| {
        at(share)
            .context("no call")
            .map_or_else(|error| error.to_string(), |ms| format!("{ms:.1}"))
    };
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
