//! What the recorder says to the person who runs it, on standard error, never a title: plain lines, and in a
//! terminal one more below them that always says what it does now.

use std::sync::LazyLock;

use gardefou::{Millis, PolicyHandle, Reason, Why, floor_description};
use indicatif::{ProgressBar, ProgressStyle};

/// The line that stays; hidden where nobody watches.
static LINE: LazyLock<ProgressBar> = LazyLock::new(|| {
    let line = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
        line.set_style(style);
    }
    line
});

/// Says one thing, with the time at which it is said.
pub(crate) fn say(what: &str) {
    let now = jiff::Timestamp::now();
    for line in what.lines() {
        let line = format!("{now:.3} gardefou-recorder: {line}");
        if LINE.is_hidden() {
            eprintln!("{line}");
        } else {
            LINE.println(line);
        }
    }
}

/// What it does now, until something else is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Doing {
    /// There is no call.
    Waiting,
    /// There is a call, and it may not be recorded.
    Refused,
    /// A session is open.
    Session {
        /// The latest verdict's reason; `None` before the first.
        verdict: Option<Reason>,
        /// Whether no frame of this call is asked about any more.
        over: bool,
        /// What was recorded of it.
        recorded: Millis,
        /// What the caps leave room for, as far as there are any.
        left: Option<Millis>,
    },
}

/// Shows what it does now, in a terminal. Elsewhere nobody asks.
pub(crate) fn show(doing: impl FnOnce() -> Doing) {
    if !LINE.is_hidden() {
        LINE.set_message(doing().to_string());
    }
}

/// Nothing is shown any more.
pub(crate) fn end() {
    LINE.finish_and_clear();
}

impl std::fmt::Display for Doing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Waiting => f.write_str("waiting for a call"),
            Self::Refused => f.write_str("this call is not recorded"),
            Self::Session {
                verdict,
                over,
                recorded,
                left,
            } => {
                match verdict {
                    _ if *over => f.write_str("the recording of this call ended")?,
                    None => f.write_str("not recording yet")?,
                    Some(Reason::PERMITTED) => f.write_str("recording")?,
                    Some(reason) => write!(f, "not recording: {}", reasoned(*reason))?,
                }
                f.write_str("; ")?;
                f.write_str(&figures(*recorded, *left))
            }
        }
    }
}

/// What was recorded, and what may be.
pub(crate) fn figures(recorded: Millis, left: Option<Millis>) -> String {
    let recorded = clock(recorded);
    match left {
        Some(left) => format!("{recorded} recorded, {} of the budget left", clock(left)),
        None => format!("{recorded} recorded"),
    }
}

/// Hours, minutes and seconds.
fn clock(time: Millis) -> String {
    let seconds = time / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Why a frame is not recorded: the reason by its name, and in the words of the policy that gave it, which say which
/// part of its rules objected.
pub(crate) fn explained(why: Why, handle: &PolicyHandle) -> String {
    let refusal = why.refusal();
    let floor = floor_description();
    let policies = handle.policies();
    let of = policies.iter().find(|policy| policy.digest() == why.policy);
    let note = of.map_or(&floor, gardefou::Policy::description).note(refusal);
    match note.filter(|_| refusal.detail != 0) {
        Some(note) if note.rule.is_empty() => format!("{} ({})", refusal.reason, note.title.english),
        Some(note) => format!("{} ({}; rule {})", refusal.reason, note.title.english, note.rule),
        None => reasoned(refusal.reason),
    }
}

/// A reason by its name, in words, with the rule of the matrix.
pub(crate) fn reasoned(reason: Reason) -> String {
    match reason.info() {
        Some(info) if info.rule.is_empty() => format!("{reason} ({})", info.english),
        Some(info) => format!("{reason} ({}; rule {})", info.english, info.rule),
        None => reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_state_reason_time_and_budget() {
        let session = |verdict, left| Doing::Session {
            verdict: Some(verdict),
            over: false,
            recorded: 62_900,
            left,
        };
        assert_eq!(
            session(Reason::PERMITTED, Some(7_137_100)).to_string(),
            "recording; 1:02 recorded, 1:58:57 of the budget left"
        );
        let paused = session(Reason::PAUSED, None).to_string();
        assert!(paused.starts_with("not recording: paused (") && paused.ends_with("; 1:02 recorded"));
    }
}
