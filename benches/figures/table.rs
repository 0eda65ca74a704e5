//! The table that comes out, and the page around it.

use std::fmt::Write as _;

use gardefou_benches::ratios::machine;

/// Rows of figures.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

#[derive(Debug)]
struct Row {
    figure: String,
    asked: &'static str,
    measured: String,
}

impl Table {
    /// Adds a row, and says it: a run takes a while.
    pub(crate) fn row(&mut self, figure: impl Into<String>, asked: &'static str, measured: impl Into<String>) {
        let row = Row {
            figure: figure.into(),
            asked,
            measured: measured.into(),
        };
        eprintln!("{}: {}", row.figure, row.measured);
        self.0.push(row);
    }

    /// As a table in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = "| figure | asked for | measured |\n|---|---|---|\n".to_owned();
        for row in &self.0 {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "| {} | {} | {} |", row.figure, row.asked, row.measured);
        }
        text
    }

    /// As the page `docs/figures.md`.
    pub(crate) fn page(&self, minutes: u32) -> String {
        let asked = format!("`cargo xtask figures --minutes {minutes} --write docs/figures.md`");
        PAGE.replace("{asked}", &asked)
            .replace("{machine}", &machine())
            .replace("{table}", self.markdown().trim_end())
    }
}

const PAGE: &str = "\
# Figures

What the reference recorder lets through, what it keeps, how fast it stops and what it costs. This page is written by {asked}; run it to measure your own machine. The numbers below are of one run on {machine}, which other work may have shared: times are what such a machine gives, not what the code could do alone.

{table}

## What is measured, and how
- **Leak** and **use**: [the capture kit](capture-kit.md) opens windows in two colours on a screen of 1280 × 720 under Xvfb and openbox, plays its preset, and reads the video that the recorder wrote, pixel by pixel. *Leak* is the number of pixels, over all frames, that show anything of a window that may not be recorded. *Use* is what the video shows of the others, in pixels × time, against what perfect knowledge would have kept from the connection of the call to its end. The compositor is picom with shadows, fading and inactive windows at 70 % opacity. 5 frames a second.
- **Stop**: calls on a screen that does not change are ended at a random moment by a line on the recorder's standard input: half of them hung up, half objected to. Two things are measured from before that line is written: when the recorder says that the recording ended (no frame is handed to ffmpeg after that), and whether a frame that was kept was taken after it. For hang-ups also: when the video file was last written, that is, when ffmpeg had encoded everything that it had been given. One frame interval is 200 ms.
- **Blanking**: `Session::frame` over a 1920 × 1080 frame of four bytes a pixel whose verdict is reused, against `fill(0)` over the same bytes of another frame: medians of 200 of each, in turns. Where those bytes are many short runs, `fill(0)` over as many bytes that lie together is faster than either.
- **Where a frame's time goes**: the recorder with `--timings` at 30 frames a second for 20 s, while windows move 10 times a second; medians and the slowest of a hundred (99 %). *Grab*: how long nobody but the recorder is served by the X server. *Capture*: taking and copying the pixels, most of it within the grab. *Decision*: telling the session of the windows, asking it, blanking, and the trace. *Pipe*: handing the frame to the thread that writes to ffmpeg. What ffmpeg itself takes is beside it, not in it.
- **Footprint**: a program in this repository runs a recorder's loop of 5 frames a second over three monitors of 1920 × 1080 with 50 windows, of which one moves before each frame, once without the SDK and once with it; the difference of what the system says of the two processes. From a cold start: from starting the process to the first verdict, the compilation of the policy included.
";
