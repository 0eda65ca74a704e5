//! What the command is told.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{ArgGroup, Parser, Subcommand, ValueEnum};
use gardefou_capture_kit::report::{self, Evidence};

use crate::language::Language;
use crate::page;

/// Tests the capture facts of a recorder: whether what it writes shows anything that it may not, and how much of
/// what it may.
///
/// `stage` puts windows in two colours on the screen and writes down what was visible; a recorder records meanwhile;
/// `report` holds its video against that.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) half: Half,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Half {
    Stage(Stage),
    Report(Report),
    #[command(hide = true)]
    Window(Window),
    /// What a window's program became: it opens nothing, and ends when its standard input does.
    #[command(hide = true)]
    Hold,
}

/// Open windows on the X screen that `DISPLAY` names, do things with them, and write down what was visible.
///
/// It says `ready` on standard output when the windows are shown. Windows of the program `capture-kit-allowed` may
/// be recorded, unless their title is `capture-kit excluded`; those of `capture-kit-forbidden` may not. The desktop
/// gets the forbidden colour: use a screen of its own.
#[derive(Debug, Parser)]
#[command(group(ArgGroup::new("what").required(true).args(["script", "preset"])))]
pub(crate) struct Stage {
    /// What is played, in JSON
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,

    /// `switches`: one window switch in 17 s; `moves`: 10 moves a second; `storm`: 60 window operations a second;
    /// `lines`, `xor`, `no-op`, `alpha`, `gravity`, `shape`, `opacity`, `redirection`, `root-drawing`,
    /// `late-repaint`, `partial-repaint`, `identity`: one kind of windows that try a recorder; `mix`: all of these
    /// at once, drawn at random
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,

    /// Where the truth is written, as JSON Lines
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,

    /// For how long, in seconds
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,

    /// What random choices begin with: the same seed plays the same operations
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,

    /// Random operations a second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rate: Option<u32>,
}

/// Hold what a recorder wrote against the truth: count what leaked, and what was used.
///
/// Each kind of windows is told of by its name. A recorder that kept nothing is never as asked for: that nothing
/// leaked says nothing about it.
///
/// Exit codes: 0 when it is as asked for, 3 when more leaked, less was used or nothing was kept, 2 for a file or an
/// argument that cannot be used, 1 for anything else.
#[derive(Debug, Parser)]
pub(crate) struct Report {
    /// What the stage wrote
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,

    /// The video, any that ffmpeg reads; several when it is in parts. None when the recorder wrote none
    #[arg(long, value_name = "FILE")]
    video: Vec<PathBuf>,

    /// The recorder's trace
    #[arg(long, value_name = "FILE")]
    trace: PathBuf,

    /// How it is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// How many pixels may leak
    #[arg(long, default_value_t = 0, value_name = "N")]
    max_leak: u64,

    /// Which share of what could have been kept must have been, from 0 to 1
    #[arg(long, default_value_t = 0.01, value_name = "F", value_parser = share)]
    min_use: f64,
}

fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok();
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share is from 0 to 1, such as 0.95".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// In words, in English or French as the locale says
    Text,
    /// One JSON object
    Json,
}

/// One window: what the kit starts under two other names.
#[derive(Debug, Parser)]
pub(crate) struct Window {
    look: String,
    title: String,
    #[arg(num_args = 4, required = true)]
    place: Vec<String>,
    #[arg(long)]
    allowed: bool,
    /// What it becomes when it is told to, while its connection to the X server stays.
    #[arg(long)]
    becomes: Option<PathBuf>,
}

impl Report {
    pub(crate) fn give(self) -> Result<ExitCode> {
        let evidence = Evidence {
            truth: self.truth,
            trace: self.trace,
            videos: self.video,
        };
        let report = report::of(&evidence)?;
        // What kept nothing passes under no bound.
        let fine = report.leak.pixels <= self.max_leak && report.usage.share >= self.min_use && !report.kept_nothing;
        match self.format {
            Format::Text => println!("{}", page::of(&report, &evidence, fine, Language::of_the_user())),
            Format::Json => println!("{}", serde_json::to_string(&report)?),
        }
        Ok(ExitCode::from(if fine { 0 } else { 3 }))
    }
}

#[cfg(unix)]
impl Stage {
    pub(crate) fn play(self) -> Result<ExitCode> {
        use gardefou_capture_kit::stage::{Plan, play};
        use std::io::Write as _;
        let plan = Plan {
            preset: self.preset,
            script: self.script,
            truth: self.truth,
            time: Duration::from_secs(self.seconds),
            seed: self.seed,
            rate: self.rate,
            kit: std::env::current_exe()?,
        };
        let played = play(&plan, || {
            println!("ready");
            // Whoever waits for the word may be gone: the truth is written all the same.
            let _ = std::io::stdout().flush();
        })?;
        eprintln!("gardefou-capture-kit: {played} operations played");
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(unix)]
impl Window {
    pub(crate) fn open(self) -> Result<ExitCode> {
        use anyhow::Context as _;
        use gardefou_capture_kit::stage::{Look, Wish, open_window};
        let look = serde_json::from_value::<Look>(self.look.into()).context("no such look")?;
        let side = |place: usize| self.place.get(place).map_or("", |side| side.trim_start_matches('='));
        let wish = Wish {
            allowed: self.allowed,
            place: (side(0).parse()?, side(1).parse()?, side(2).parse()?, side(3).parse()?),
            look,
            title: self.title,
            becomes: self.becomes,
        };
        open_window(&wish)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Says that it is there, and ends when its standard input does.
pub(crate) fn hold() -> Result<ExitCode> {
    use std::io::{Read as _, Write as _};
    println!("done");
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(unix))]
impl Stage {
    pub(crate) fn play(self) -> Result<ExitCode> {
        anyhow::bail!(
            "the stage needs an X server, which this system has none of; help: play it on a system with X11, and give \
             the report here"
        )
    }
}

#[cfg(not(unix))]
impl Window {
    pub(crate) fn open(self) -> Result<ExitCode> {
        anyhow::bail!("this system has no X11")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed() {
        Args::command().debug_assert();
        let parsed = |words: &[&str]| Args::try_parse_from(words).is_ok();
        assert!(parsed(&["k", "stage", "--preset", "storm", "--truth", "t"]));
        assert!(!parsed(&["k", "stage", "--truth", "t"]), "nothing to play");
        assert!(
            parsed(&["k", "report", "--truth", "t", "--trace", "t"]),
            "a recorder may write no video"
        );
        assert!(!parsed(&[
            "k",
            "report",
            "--truth",
            "t",
            "--trace",
            "t",
            "--min-use",
            "95"
        ]));
        assert!(parsed(&["k", "window", "own", "mail", "=-5", "=1", "=2", "=3"]));
    }
}
