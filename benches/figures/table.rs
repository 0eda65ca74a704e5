//! The table that comes out, and the page around it.

use std::fmt::Write as _;
use std::process::Command;

use anyhow::Result;
use gardefou_benches::ratios::machine;

/// What a row says beside its figure where it is less than was asked for.
const NOT_ASKED: &str = "**not what was asked**";

/// Rows of figures.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

/// One figure.
#[derive(Debug)]
pub(crate) struct Row {
    figure: String,
    asked: &'static str,
    measured: String,
    /// Whether it is as asked for.
    fine: bool,
}

impl Row {
    /// A figure of which nothing is asked.
    pub(crate) fn plain(figure: impl Into<String>, measured: impl Into<String>) -> Self {
        Self::bound(figure, "—", measured, true)
    }

    /// A figure of which something is asked, and whether it is so.
    pub(crate) fn bound(
        figure: impl Into<String>,
        asked: &'static str,
        measured: impl Into<String>,
        fine: bool,
    ) -> Self {
        Self {
            figure: figure.into(),
            asked,
            measured: measured.into(),
            fine,
        }
    }

    /// The same of a measurement that may have failed: then it says so, and is not as asked for.
    pub(crate) fn of<T>(
        figure: impl Into<String>,
        asked: &'static str,
        measured: &Result<T>,
        say: impl Fn(&T) -> (String, bool),
    ) -> Self {
        let (text, fine) = match measured {
            Ok(found) => say(found),
            // A line of a table is one line.
            Err(error) => (
                format!("not measured: {}", format!("{error:#}").replace(['\n', '|'], " ")),
                false,
            ),
        };
        Self::bound(figure, asked, text, fine)
    }
}

impl Table {
    /// Adds a row, and says it: a run takes a while.
    pub(crate) fn row(&mut self, row: Row) {
        eprintln!("{}", row.said());
        self.0.push(row);
    }

    /// How many rows are not as asked for.
    pub(crate) fn missed(&self) -> usize {
        self.0.iter().filter(|row| !row.fine).count()
    }

    /// As a table in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = "| figure | asked for | measured |\n|---|---|---|\n".to_owned();
        for row in &self.0 {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "| {} | {} | {} |", row.figure, row.asked, row.cell());
        }
        text
    }

    /// As the page `docs/figures.md`.
    pub(crate) fn page(&self, run: &Run) -> String {
        let missed = match self.missed() {
            0 => "Every row is what was asked for.".to_owned(),
            rows => format!("{rows} of {} rows are not what was asked, and say so.", self.0.len()),
        };
        PAGE.replace("{command}", &run.command)
            .replace("{date}", &run.date)
            .replace("{version}", &run.version)
            .replace("{machine}", &machine())
            .replace("{kernel}", &run.kernel)
            .replace("{load}", &run.load)
            .replace("{programs}", &run.programs)
            .replace("{missed}", &missed)
            .replace("{table}", self.markdown().trim_end())
    }
}

impl Row {
    fn cell(&self) -> String {
        match self.fine {
            true => self.measured.clone(),
            false => format!("{}; {NOT_ASKED}", self.measured),
        }
    }

    fn said(&self) -> String {
        format!("{}: {}", self.figure, self.cell())
    }
}

/// What the figures are of, as it was before they were measured.
#[derive(Debug)]
pub(crate) struct Run {
    command: String,
    date: String,
    version: String,
    kernel: String,
    load: String,
    programs: String,
}

impl Run {
    /// This run, as it begins.
    pub(crate) fn now(command: String) -> Self {
        let commit = told("git", &["describe", "--always", "--dirty", "--abbrev=10"]);
        let programs = ["xvfb", "openbox", "picom", "ffmpeg"].map(|package| {
            let version = told("dpkg-query", &["--show", "--showformat=${Version}", package]);
            format!("{package} {version}")
        });
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            command,
            date: told("date", &["--utc", "+%Y-%m-%d %H:%M UTC"]),
            version: format!("{} (commit {commit})", env!("CARGO_PKG_VERSION")),
            kernel: told("uname", &["--kernel-name", "--kernel-release"]),
            load: load.split(' ').next().unwrap_or("unknown").to_owned(),
            programs: programs.join(", "),
        }
    }
}

/// What a program says, in one line; `unknown` where it cannot.
fn told(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let said = output.ok().filter(|output| output.status.success());
    let said = said.and_then(|output| String::from_utf8(output.stdout).ok());
    let line = said
        .as_deref()
        .and_then(|text| text.lines().next())
        .unwrap_or_default()
        .trim();
    if line.is_empty() {
        "unknown".to_owned()
    } else {
        line.to_owned()
    }
}

const PAGE: &str = "\
# Figures

What the reference recorder lets through, what it keeps, how fast it stops and what it costs. `{command}` wrote this page; run it to measure your own machine. It holds what this one run measured, and nothing else.

- When: {date}. What: gardefou {version}.
- On: {machine}, {kernel}, with a load of {load} before it began. Times are what such a machine gives, not what the code could do alone.
- With: {programs}.

{missed}

{table}

## What is measured, and how
- **Leak** and **use**: [the capture kit](capture-kit.md) opens windows in two colours on a screen of 1280 × 720 under Xvfb, plays its preset, and reads the video that the recorder wrote, pixel by pixel. *Leak* is the number of pixels, over all frames, that show anything of a window that may not be recorded. *Use* is what the video shows of the others, in pixels × time, against what perfect knowledge would have kept from the connection of the call to its end. A run of which nothing was kept is not as asked for: that nothing leaked says nothing then. Each preset is played in three surroundings: on a *bare server*; under *openbox*; under openbox and *picom* with shadows, fading and inactive windows at 70 % opacity. 5 frames a second.
- **Stop**: calls on a screen that does not change are ended at a random moment by a line on the recorder's standard input: objected to, or hung up. Measured from before that line is written: when the recorder says that the recording ended (no frame is handed to ffmpeg after that), which frames that were kept were taken after it, and, for objections, when the last video file of the call is gone and which files of it remain at the end. For hang-ups also: when the video file was last written, that is, when ffmpeg had encoded everything that it had been given. One frame interval is 200 ms.
- **Blanking**: `Session::frame` over a 1920 × 1080 frame of four bytes a pixel whose verdict is reused, against `fill(0)` over the same bytes of another frame: medians of 200 of each, in turns. Where those bytes are many short runs, `fill(0)` over as many bytes that lie together is faster than either.
- **Where a frame's time goes**: the recorder with `--timings` at 30 frames a second for 20 s, while windows move 10 times a second; medians and the slowest of a hundred (99 %). *Grab*: how long nobody but the recorder is served by the X server. *Capture*: taking and copying the pixels, most of it within the grab. *Decision*: telling the session of the windows, asking it, blanking, and the trace. *Pipe*: handing the frame to the thread that writes to ffmpeg. What ffmpeg itself takes is beside it, not in it.
- **Footprint**: a program in this repository runs a recorder's loop of 5 frames a second over three monitors of 1920 × 1080 with 50 windows, of which one moves before each frame, once without the SDK and once with it; the difference of what the system says of the two processes. From a cold start: from starting the process to the first verdict, the compilation of the policy included.
";
