//! What the recorder says to the person who runs it: plain lines on standard error, never a title.

use gardefou::Reason;

/// Says one thing.
pub(crate) fn say(what: &str) {
    for line in what.lines() {
        eprintln!("gardefou-recorder: {line}");
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
