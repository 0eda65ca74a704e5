//! Writes `examples/traces/` anew: scripted calls, played in real time before the real recorder on a real X
//! server, and the trace that the recorder wrote of each.
//!
//! The recorder's clock is set to the day that the example rules are made for, whatever the date.

mod expected;
mod line;
mod stage;
mod stories;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{packages, shell, test};
use line::Line;
use stage::Stage;

/// What a stage needs: an X server, a window manager, the encoder, keys that are pressed, another date.
const PACKAGES: [&str; 5] = ["xvfb", "openbox", "ffmpeg", "xdotool", "libfaketime"];

/// One call.
struct Story {
    /// The file's name, and the session's.
    name: &'static str,
    /// The clock when the recorder starts, in UTC.
    clock: &'static str,
    /// What is known of the call.
    facts: fn(&mut Value),
    /// What happens.
    plays: fn(&mut Stage) -> Result<()>,
    /// The questions that this recorder has no occasion to ask, put besides.
    besides: fn(&mut Vec<Line>) -> Result<()>,
}

/// Plays every call, or the one of that name, and writes its trace.
pub(crate) fn run(root: &Path, only: Option<&str>) -> Result<()> {
    packages::ensure(&PACKAGES)?;
    shell::run(
        shell::cargo()
            .current_dir(root)
            .arg("build")
            .args(test::WHOLE)
            .args(["--bins", "--tests"]),
    )?;
    let stories: Vec<Story> = stories::all()
        .into_iter()
        .filter(|story| only.is_none_or(|only| only == story.name))
        .collect();
    ensure!(
        !stories.is_empty(),
        "there is no such example; help: their names are those of the files in examples/traces"
    );
    for story in stories {
        play(root, &story).with_context(|| format!("the example `{}`", story.name))?;
    }
    Ok(())
}

fn play(root: &Path, story: &Story) -> Result<()> {
    eprintln!("playing `{}`", story.name);
    let mut facts = stories::facts(story.name);
    (story.facts)(&mut facts);
    let mut stage = Stage::set(root, story.name, story.clock, &facts)?;
    (story.plays)(&mut stage)?;
    let recorded = stage.ends()?;
    let mut lines = Line::all(&fs::read_to_string(&recorded.trace)?)?;
    // The recorder's own trace gives the verdicts that it recorded by.
    let again = expected::answers(root, &lines)?;
    let given = expected::objects(&fs::read_to_string(&recorded.verdicts)?)?;
    expected::same(&again, &given)?;
    (story.besides)(&mut lines)?;
    let answers = expected::answers(root, &lines)?;
    let text: String = expected::inserted(lines, &answers)?
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    let file = root.join("examples/traces").join(story.name).with_extension("jsonl");
    fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
    eprintln!("  {}", expected::reasons(&answers).join(", "));
    Ok(())
}
