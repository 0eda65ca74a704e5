//! What blanking costs, against writing zeros over as many bytes.

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail, ensure};
use gardefou::{AppIdentity, Clock, Gated, Packed, Placed, Rect, Runtime, Session};
use gardefou_benches::question::session;
use gardefou_tests::fixture;

use crate::table::{Row, Table};

/// The most that blanking may take, against zeros over the same bytes.
const MOST: f64 = 1.2;

/// How often each is measured.
const TIMES: usize = 200;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let runtime = Runtime::new()?;
    for (name, width, height) in [("1920 × 1080", 1920, 1080), ("3840 × 2160", 3840, 2160)] {
        for (what, kept) in [
            ("a small window kept", Rect::new(801, 403, 320, 200)),
            ("a half kept", Rect::new(0, 0, width / 2, height)),
        ] {
            let times = medians(&runtime, width, height, kept)?;
            let interval = Duration::from_secs(1) / 30;
            table.row(Row::bound(
                format!("blanking {name}, {what}"),
                "at most 1.2 × memset",
                format!(
                    "{:.2} × memset: {:.2} ms against {:.2} ms ({:.2} ms where the bytes lie together); {:.1} % of the \
                     interval at 30 a second",
                    ratio(times.blanked, times.memset),
                    ms(times.blanked),
                    ms(times.memset),
                    ms(times.together),
                    ratio(times.blanked, interval) * 100.0
                ),
                ratio(times.blanked, times.memset) <= MOST,
            ));
        }
    }
    runtime.shutdown();
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn ratio(time: Duration, to: Duration) -> f64 {
    time.as_secs_f64() / to.as_secs_f64()
}

/// Medians.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// The whole of `Session::frame`, under a verdict that is reused.
    blanked: Duration,
    /// Zeros over the same bytes of another frame.
    memset: Duration,
    /// Zeros over as many bytes that lie together.
    together: Duration,
}

fn medians(runtime: &Runtime, width: u32, height: u32, kept: Rect) -> Result<Times> {
    let (mut asked, _call) = session(runtime, 0, Clock::told(fixture::NOW)).map_err(|error| anyhow!("{error}"))?;
    let placed = [Placed {
        id: 1,
        inner: kept,
        outer: kept,
    }];
    let at = fixture::NOW.plus(10);
    asked.windows(&placed, at, at);
    let mut crm = AppIdentity::default();
    crm.executable = Some("crm.exe".into());
    asked.identify_at(1, &crm, at);
    let side = |side: u32| usize::try_from(side).unwrap_or_default();
    let size = side(width) * side(height) * 4;
    let blanked = size - side(kept.width) * side(kept.height) * 4;
    let (mut frame, mut other, mut third) = (vec![7_u8; size], vec![7_u8; size], vec![7_u8; size]);
    let (runs, together_at) = (runs(width, height, kept), 0..blanked);
    let (mut ours, mut theirs, mut together) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        ours.push(blank(&mut asked, &mut frame, width, height)?);
        theirs.push(timed(|| zero(&mut other, &runs)));
        together.push(timed(|| zero(&mut third, std::slice::from_ref(&together_at))));
    }
    ensure!(
        frame == other,
        "the SDK blanked other bytes than those that memset is measured with"
    );
    Ok(Times {
        blanked: median(ours),
        memset: median(theirs),
        together: median(together),
    })
}

/// The bytes outside the rectangle: what lies together is one run.
fn runs(width: u32, height: u32, kept: Rect) -> Vec<Range<usize>> {
    let at = |row: i64, column: i64| usize::try_from((row * i64::from(width) + column) * 4).unwrap_or_default();
    let above = 0..at(i64::from(kept.y), i64::from(kept.x));
    let mut runs: Vec<_> = std::iter::once(above).collect();
    for row in i64::from(kept.y)..kept.bottom() - 1 {
        runs.push(at(row, kept.right())..at(row + 1, i64::from(kept.x)));
    }
    runs.push(at(kept.bottom() - 1, kept.right())..at(i64::from(height), 0));
    runs
}

fn zero(frame: &mut [u8], runs: &[Range<usize>]) {
    for run in runs {
        if let Some(bytes) = frame.get_mut(run.clone()) {
            bytes.fill(0);
        }
    }
    black_box(frame);
}

fn timed(what: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    what();
    begun.elapsed()
}

fn blank(session: &mut Session, frame: &mut [u8], width: u32, height: u32) -> Result<Duration> {
    let stride = usize::try_from(width)? * 4;
    let begun = Instant::now();
    let pixels = Packed::new(frame, width, height, stride, 4)?;
    match session.frame(fixture::NOW.plus(10), pixels) {
        Gated::Keep(approved, _) => {
            black_box(approved.bytes());
            Ok(begun.elapsed())
        }
        Gated::Skip(why) | Gated::Stop(why) => bail!("the frame was refused: {why:?}"),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
