//! What a recorder that crashed left in its folder.
//!
//! A call that ended as it should has a segment in its trace: what was to become of the video was asked. A
//! video without that is nobody's; one whose call was objected to, or private, must not be there at all.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use gardefou::Condition;
use gardefou::trace::{Event, Reader};

use crate::status::say;

/// What a trace tells of its call.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    reviewed: bool,
    forbidden: Option<Condition>,
}

/// Says which videos of the folder no call accounts for, and deletes those that nobody may keep.
pub(crate) fn look_through(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut videos: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "mkv"))
        .collect();
    videos.sort();
    for video in videos {
        judge(&video);
    }
}

fn judge(video: &Path) {
    let shown = video.display();
    // While a video is cut there is a second one beside it.
    let half_cut = video.file_stem().map(Path::new).and_then(|stem| {
        let cut = stem.extension().is_some_and(|extension| extension == "cut");
        cut.then(|| video.with_file_name(stem.with_extension("jsonl")))
    });
    let own = video.with_extension("jsonl");
    let half_cut = half_cut.filter(|_| !own.exists());
    let Some(told) = told(half_cut.as_deref().unwrap_or(&own)) else {
        return;
    };
    if let Some(condition) = told.forbidden {
        match std::fs::remove_file(video) {
            Ok(()) => say(&format!(
                "deleted `{shown}`, which an earlier run left: `{}` held in its call",
                condition.name()
            )),
            Err(error) => say(&format!("`{shown}` must be deleted and cannot be: {error}")),
        }
    } else if half_cut.is_some() {
        say(&format!(
            "`{shown}` was left half cut by an earlier run, and the video beside it holds more than may be kept; \
             help: delete both"
        ));
    } else if !told.reviewed {
        say(&format!(
            "`{shown}` was left by an earlier run that did not end as it should: nobody decided whether it may be \
             kept; help: delete it"
        ));
    }
}

/// What the trace tells, as far as it can be read: a crash may have cut its last line. `None`: there is none.
fn told(trace: &Path) -> Option<Told> {
    let file = match File::open(trace) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(_) => return Some(Told::default()),
    };
    let mut told = Told::default();
    for (_, line) in Reader::new(BufReader::new(file)).map_while(Result::ok) {
        match line.event {
            Event::Segment { .. } => told.reviewed = true,
            Event::Conditions(changes) => {
                let held = changes
                    .iter()
                    .find(|(condition, state)| condition.is_sticky() && *state == Some(true));
                told.forbidden = told.forbidden.or(held.map(|(condition, _)| *condition));
            }
            _ => {}
        }
    }
    Some(told)
}
