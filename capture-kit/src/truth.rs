//! The truth: what was on the screen, and from when, one JSON object a line.
//!
//! The first line says which colours; each `stack` line holds from its instant to the next line's; the last line is
//! `end`. All instants are in ms since the Unix epoch, all rectangles `[x, y, width, height]` in pixels of the
//! screen. The stage writes it from what the X server itself says under a grab, after every operation.

use std::io::{BufRead, Write};
use std::path::Path;

use gardefou::{Rect, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Malformed;

/// The version of the format that is written and read.
pub const FORMAT: u32 = 2;

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Line {
    /// The windows are there. The first line.
    Stage {
        /// Since when, in ms since the Unix epoch.
        at: Timestamp,
        /// [`FORMAT`].
        format: u32,
        /// What is played: the preset's name, or `script`.
        script: String,
        /// What random choices begin with: the same seed plays the same operations.
        seed: u64,
        /// How many operations a second are played; 0 where the script says when.
        rate: u32,
        /// Which kind of windows is in which part of the screen. What leaks outside of them is of none.
        stalls: Vec<Stall>,
    },
    /// What is visible from now on.
    Stack {
        /// Since when, in ms since the Unix epoch.
        at: Timestamp,
        /// Width and height of the screen.
        surface: (u32, u32),
        /// Topmost first.
        windows: Vec<Window>,
    },
    /// What follows is not known. The last line.
    End {
        /// Since when, in ms since the Unix epoch.
        at: Timestamp,
        /// How many operations were played.
        operations: u64,
    },
}

impl Line {
    /// Its instant.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Stage { at, .. } | Self::Stack { at, .. } | Self::End { at, .. } => *at,
        }
    }
}

/// A part of the screen that the windows of one kind do not leave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stall {
    /// The name of the kind ([`crate::kind::Kind::name`]), or of the preset.
    pub kind: String,
    /// Where.
    pub place: Area,
}

/// A window at the top level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The server's number for it.
    pub id: u32,
    /// Whether it may be recorded now.
    pub allowed: bool,
    /// What shows its own pixels and nothing else: its client's area, cut by its shape; nothing where it can be seen
    /// through.
    pub inner: Vec<Area>,
    /// What it covers: with its frame, cut by its shape.
    pub outer: Vec<Area>,
}

/// `[x, y, width, height]`.
pub type Area = (i32, i32, u32, u32);

/// A rectangle, as it is written.
#[must_use]
pub const fn area(rect: Rect) -> Area {
    (rect.x, rect.y, rect.width, rect.height)
}

/// A rectangle, as it was written.
#[must_use]
pub const fn rect(area: Area) -> Rect {
    Rect::new(area.0, area.1, area.2, area.3)
}

/// Writes lines, each whole and at once.
#[derive(Debug)]
pub struct Writer<W>(W);

impl<W: Write> Writer<W> {
    /// Writes there.
    pub const fn new(sink: W) -> Self {
        Self(sink)
    }

    /// Writes one line.
    ///
    /// # Errors
    /// What writing answers.
    pub fn write(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.0.write_all(&text)
    }
}

/// Reads which kind is where.
///
/// # Errors
/// The file cannot be read, or begins with no `stage` line of [`FORMAT`].
pub fn stalls(file: &Path) -> Result<Vec<Stall>, Malformed> {
    let (mut first, shown) = (String::new(), file.display());
    let opened = std::fs::File::open(file);
    opened
        .and_then(|opened| std::io::BufReader::new(opened).read_line(&mut first))
        .map_err(|error| Malformed(format!("cannot read the truth `{shown}`: {error}")))?;
    // Its number alone: a line of another format is another line.
    let format = serde_json::from_str::<Format>(&first).map_or(FORMAT, |line| line.format);
    if format != FORMAT {
        return Err(Malformed(format!("`{shown}`, line 1: {}", unread(format))));
    }
    match serde_json::from_str(&first) {
        Ok(Line::Stage { stalls, .. }) => Ok(stalls),
        Ok(_) => Err(Malformed(format!("`{shown}`, line 1: {FIRST}"))),
        Err(error) => Err(Malformed(format!("`{shown}`, line 1: {}", self::shown(&error)))),
    }
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

const FIRST: &str = "a truth begins with one `stage` line, and has no other";

fn unread(format: u32) -> String {
    format!("format {format} is not read; help: use the kit that wrote it")
}

/// Reads a truth to its end, and gives each `stack` line with the instant from which it holds no longer.
///
/// # Errors
/// The file cannot be read, or is no truth: another format, a line that is none, instants that go back, no `end`.
pub fn read(file: &Path, mut each: impl FnMut(Timestamp, Timestamp, (u32, u32), &[Window])) -> Result<(), Malformed> {
    let wrong = |line: usize, what: &str| Malformed(format!("`{}`, line {line}: {what}", file.display()));
    let opened = std::fs::File::open(file)
        .map_err(|error| Malformed(format!("cannot read the truth `{}`: {error}", file.display())))?;
    let (mut last, mut before, mut ended) = (None, Timestamp::MIN, false);
    for (number, text) in (1..).zip(std::io::BufReader::new(opened).lines()) {
        let text = text.map_err(|error| wrong(number, &format!("cannot be read: {error}")))?;
        if ended {
            return Err(wrong(number, "something follows the `end`"));
        }
        if number == 1
            && let Ok(Format { format }) = serde_json::from_str(&text)
            && format != FORMAT
        {
            return Err(wrong(number, &unread(format)));
        }
        let line: Line = serde_json::from_str(&text).map_err(|error| wrong(number, &shown(&error)))?;
        if line.at() < before {
            return Err(wrong(number, "its instant is before that of the line before"));
        }
        before = line.at();
        if matches!(line, Line::Stage { .. }) != (number == 1) {
            return Err(wrong(number, FIRST));
        }
        ended = matches!(line, Line::End { .. });
        if let Some(Line::Stack { at, surface, windows }) = &last {
            each(*at, before, *surface, windows);
        }
        last = Some(line);
    }
    if ended {
        return Ok(());
    }
    Err(Malformed(format!(
        "`{}` has no `end`: the stage was stopped while it played; help: let it play to its end",
        file.display()
    )))
}

fn shown(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("not a line of a truth: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Vec<(u64, u64, usize)>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let mut found = Vec::new();
        read(file.path(), |from, to, _, windows| {
            found.push((from.as_millis(), to.as_millis(), windows.len()));
        })
        .map_err(|malformed| malformed.0)?;
        Ok(found)
    }

    const STAGE: &str = r#"{"event":"stage","at":5,"format":2,"script":"storm","seed":1,"rate":60,"stalls":[{"kind":"storm","place":[0,0,8,8]}]}"#;

    #[test]
    fn each_stack_holds_until_the_next_line() {
        let text = format!(
            "{STAGE}\n{}\n{}\n{}\n",
            r#"{"event":"stack","at":7,"surface":[8,8],"windows":[]}"#,
            r#"{"event":"stack","at":9,"surface":[8,8],"windows":[{"id":1,"allowed":true,"inner":[[0,0,2,2]],"outer":[[0,0,2,2]]}]}"#,
            r#"{"event":"end","at":20,"operations":1}"#,
        );
        assert_eq!(of(&text), Ok(vec![(7, 9, 0), (9, 20, 1)]));
    }

    #[test]
    fn what_is_no_truth_is_said_with_its_line() {
        let end = r#"{"event":"end","at":20,"operations":1}"#;
        for (text, what) in [
            (String::new(), "no `end`"),
            (STAGE.to_owned(), "no `end`"),
            (end.to_owned(), "line 1: a truth begins"),
            (format!("{STAGE}\n{STAGE}\n"), "line 2: a truth begins"),
            (format!("{STAGE}\nword\n"), "line 2: not a line"),
            (format!("{STAGE}\n{end}\n{end}"), "line 3: something follows"),
            (
                STAGE.replace("\"format\":2", "\"format\":1"),
                "line 1: format 1 is not read",
            ),
            (format!("{STAGE}\n{}", end.replace("20", "2")), "line 2: its instant"),
        ] {
            let said = of(&text).unwrap_err();
            assert!(said.contains(what), "{said}");
        }
    }

    #[test]
    fn which_kind_is_where_is_in_the_first_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let of = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            stalls(file.path()).map_err(|malformed| malformed.0)
        };
        let stall = Stall {
            kind: "storm".to_owned(),
            place: (0, 0, 8, 8),
        };
        assert_eq!(of(STAGE), Ok(vec![stall]));
        let old = r#"{"event":"stage","at":5,"format":1,"script":"storm","seed":1,"rate":60}"#;
        assert!(of(old).unwrap_err().contains("format 1 is not read"));
        assert!(of("").is_err());
        assert!(of(r#"{"event":"end","at":20,"operations":1}"#).is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        let line = Line::Stack {
            at: Timestamp::from_millis(3),
            surface: (4, 5),
            windows: vec![Window {
                id: 1,
                allowed: false,
                inner: vec![],
                outer: vec![area(Rect::new(-1, 0, 2, 3))],
            }],
        };
        let mut file = Vec::new();
        Writer::new(&mut file).write(&line).unwrap();
        assert_eq!(serde_json::from_slice::<Line>(&file).unwrap(), line);
        assert!(
            file.ends_with(b"[[-1,0,2,3]]}]}\n"),
            "{}",
            String::from_utf8_lossy(&file)
        );
    }
}
