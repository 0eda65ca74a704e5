//! What the SDK adds to a recorder: the same loop with it and without it, each in a process of its own.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Parser;
use gardefou::{AppIdentity, CallFacts, Clock, Gated, Packed, Runtime, Session, Timestamp};
use gardefou_benches::question;
use gardefou_tests::fixture;

use crate::place::Running;
use crate::table::{Row, Table};

/// Three monitors beside each other.
const SURFACE: (u32, u32) = (3 * 1920, 1080);

/// How many windows there are.
const WINDOWS: usize = 50;

/// Time between two frames, in ms.
const INTERVAL: u64 = 200;

/// How long each loop runs, in seconds.
const TIME: u64 = 20;

/// How often each is measured.
const TIMES: usize = 3;

/// A recorder's loop.
#[derive(Debug, Parser)]
pub(crate) struct Loop {
    /// With the SDK
    #[arg(long)]
    sdk: bool,

    /// For how long
    #[arg(long)]
    seconds: u64,
}

impl Loop {
    /// Says `verdict` after its first frame, and at the end what it took.
    pub(crate) fn run(&self) -> Result<()> {
        let runtime = self.sdk.then(Runtime::new).transpose()?;
        let mut asked = runtime.as_ref().map(opened).transpose()?;
        let mut frame = vec![0_u8; usize::try_from(SURFACE.0 * SURFACE.1)? * 4];
        let begun = Instant::now();
        for turn in 0..(self.seconds * 1_000 / INTERVAL).max(1) {
            // Captured: every pixel is new.
            frame.fill(u8::try_from(turn % 251)?);
            if let Some((session, _call)) = &mut asked {
                ask(session, &mut frame, turn)?;
            }
            black_box(&frame);
            if turn == 0 {
                println!("verdict");
                std::io::stdout().flush()?;
            }
            let next = begun + Duration::from_millis((turn + 1) * INTERVAL);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        println!("{} {}", cpu_ms()?, resident_kib()?);
        Ok(())
    }
}

fn opened(runtime: &Runtime) -> Result<(Session, CallFacts)> {
    question::session(runtime, WINDOWS, Clock::told(fixture::NOW)).map_err(|error| anyhow!("{error}"))
}

/// As a recorder does: one window moved, the list is told, one is read anew, the frame is asked about.
fn ask(session: &mut Session, frame: &mut [u8], turn: u64) -> Result<()> {
    let at: Timestamp = fixture::NOW.plus(10 + turn * INTERVAL);
    let mut placed = question::placed(WINDOWS);
    if let Some(moved) = placed.first_mut() {
        let x = i32::try_from(turn % 500)?;
        (moved.inner.x, moved.outer.x) = (x, x);
    }
    session.windows(&placed, at, at);
    session.identify_at(0, &AppIdentity::default(), at);
    let stride = usize::try_from(SURFACE.0)? * 4;
    match session.frame(at, Packed::new(frame, SURFACE.0, SURFACE.1, stride, 4)?) {
        Gated::Keep(approved, _) => {
            black_box(approved.bytes());
            Ok(())
        }
        Gated::Skip(why) | Gated::Stop(why) => bail!("the frame was refused: {why:?}"),
    }
}

/// What a loop took.
#[derive(Debug, Clone, Copy)]
struct Taken {
    /// From starting the process to its first verdict, in ms.
    first: f64,
    /// Processor time in ms.
    cpu: f64,
    /// Memory in KiB.
    resident: f64,
}

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        without.push(start(false, TIME)?);
        with.push(start(true, TIME)?);
    }
    let cold: Vec<Taken> = (0..9).map(|_| start(true, 0)).collect::<Result<_>>()?;
    let added = |of: fn(&Taken) -> f64| median(&with, of) - median(&without, of);
    #[expect(clippy::cast_precision_loss, reason = "some seconds")]
    let seconds = TIME as f64;
    table.row(Row::plain(
        "memory that the SDK adds (three monitors, 50 windows, 5 a second)",
        format!("{:.1} MiB resident", added(|taken| taken.resident) / 1_024.0),
    ));
    table.row(Row::plain(
        "processor time that it adds, blanking included",
        format!(
            "{:.1} ms a second ({:.2} % of a core) beside {:.1} ms for writing the frames; of it {:.0} ms once, for \
             the start",
            (added(|taken| taken.cpu) - median(&cold, |taken| taken.cpu)).max(0.0) / seconds,
            (added(|taken| taken.cpu) - median(&cold, |taken| taken.cpu)).max(0.0) / seconds / 10.0,
            median(&without, |taken| taken.cpu) / seconds,
            median(&cold, |taken| taken.cpu),
        ),
    ));
    table.row(Row::plain(
        "from a cold start to the first verdict",
        format!(
            "median {:.0} ms, of {} starts",
            median(&cold, |taken| taken.first),
            cold.len()
        ),
    ));
    Ok(())
}

fn start(sdk: bool, seconds: u64) -> Result<Taken> {
    let begun = Instant::now();
    let mut child = Running::start(
        Command::new(std::env::current_exe()?)
            .args(["loop", "--seconds", &seconds.to_string()])
            .args(sdk.then_some("--sdk"))
            .stdout(Stdio::piped()),
    )?;
    let mut lines = BufReader::new(child.0.stdout.take().context("the loop says nothing")?).lines();
    let first = lines.next().context("the loop says nothing")??;
    ensure!(first == "verdict", "the loop did not begin");
    let first = begun.elapsed().as_secs_f64() * 1_000.0;
    let taken = lines.next().context("the loop did not say what it took")??;
    child.ended()?;
    let (cpu, resident) = taken.split_once(' ').context("the loop did not say what it took")?;
    Ok(Taken {
        first,
        cpu: cpu.parse()?,
        resident: resident.parse()?,
    })
}

fn median(taken: &[Taken], of: impl Fn(&Taken) -> f64) -> f64 {
    let mut values: Vec<f64> = taken.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The processor time of this process up to now, of all its threads, in ms, as the kernel counts it.
fn cpu_ms() -> Result<f64> {
    let mut taken = 0.0;
    for thread in std::fs::read_dir("/proc/self/task").context("the system does not tell processor time")? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        let nanos: f64 = text.split(' ').next().context("no processor time")?.parse()?;
        taken += nanos / 1_000_000.0;
    }
    Ok(taken)
}

/// The memory of this process that is in use, in KiB.
fn resident_kib() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/status").context("the system does not tell memory")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let value = line
        .and_then(|line| line.split_whitespace().next())
        .context("no memory")?;
    Ok(value.parse()?)
}
