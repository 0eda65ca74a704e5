//! Every word of the text form, in one place.

use gardefou::{Artefact, CallPhase, Obligations, Operation, Purpose};

use crate::report::Outcome;

pub(super) const CALL: &str = "call";
pub(super) const NO_QUESTION: &str = "Nothing was asked in this trace.";
pub(super) const NO_FRAME: &str = "No frame was asked about.";
pub(super) const TRANSITIONS: &str = "What changed";
pub(super) const TIME_PER_REASON: &str = "Time per reason";
pub(super) const SEGMENTS: &str = "Segments";
pub(super) const ACCESSES: &str = "Accesses";
pub(super) const RETENTION: &str = "Retention";
pub(super) const FLOOR_ALONE: &str = "the floor alone";
pub(super) const SESSION_OPENS: &str = "session opens";
pub(super) const SESSION_REFUSED: &str = "session refused";
pub(super) const EVERY_WINDOW: &str = "Recorded, every window";
pub(super) const SOME_BLANK: &str = "Recorded, other windows blank";
pub(super) const NOT_ASKED: &str = "no frame was asked about";

const OUR_READING: &str = "a reading of ours";

/// A lane's name.
pub(super) const fn lane(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Whole => "record",
        Outcome::Partly => "blank",
        Outcome::Skipped => "skip",
        Outcome::Stopped => "stop",
    }
}

/// What a frame's outcome is called in lists.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Whole | Outcome::Partly => "keep",
        Outcome::Skipped => "skip",
        Outcome::Stopped => "stop",
    }
}

/// What the telephone does.
pub(super) const fn phase(phase: CallPhase) -> &'static str {
    match phase {
        CallPhase::None => "no call",
        CallPhase::Ringing => "ringing",
        CallPhase::Connected => "connected",
        CallPhase::Held => "held",
        CallPhase::Consulting => "consulting",
        CallPhase::AfterCall => "after call",
    }
}

/// The same where there is little room.
pub(super) const fn short_phase(phase: CallPhase) -> &'static str {
    match phase {
        CallPhase::None => "no",
        CallPhase::Ringing => "ring",
        CallPhase::Connected => "conn",
        CallPhase::Held => "held",
        CallPhase::Consulting => "cons",
        CallPhase::AfterCall => "end",
    }
}

/// What somebody wants to do.
pub(super) const fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::View => "view",
        Operation::Annotate => "annotate",
        Operation::TrainOthers => "train others with",
        Operation::Export => "export",
        Operation::Disclose => "disclose",
        Operation::Restrict => "restrict",
        Operation::Release => "release",
        Operation::Delete => "delete",
    }
}

/// What is kept.
pub(super) const fn artefact(artefact: Artefact) -> &'static str {
    match artefact {
        Artefact::Recording => "recording",
        Artefact::AnonymisedCopy => "anonymised copy",
        Artefact::Analysis => "analysis",
        Artefact::DecisionRecord => "decision record",
        Artefact::AccessRecord => "access record",
        Artefact::Temporary => "temporary file",
    }
}

/// What for.
pub(super) const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Training => "training",
        Purpose::Evaluation => "evaluation",
        Purpose::Quality => "quality",
        Purpose::Evidence => "evidence",
        Purpose::Monitoring => "monitoring",
        Purpose::SubjectRight => "a person's own request",
        Purpose::Oversight => "oversight",
        Purpose::Other => "another purpose",
    }
}

/// What an access obliges to; empty for nothing.
pub(super) fn obligations(obligations: Obligations) -> String {
    let words: Vec<&str> = [
        (obligations.journal, "written into the journal"),
        (obligations.watermark, "marked with the account"),
        (obligations.second_person, "with a second person"),
    ]
    .into_iter()
    .filter_map(|(asked, words)| asked.then_some(words))
    .collect();
    words.join(", ")
}

/// "3 frames".
pub(super) fn frames(count: u64) -> String {
    if count == 1 {
        "1 frame".to_owned()
    } else {
        format!("{count} frames")
    }
}

/// "… and 12 more changes".
pub(super) fn more_changes(count: usize) -> String {
    format!("and {count} more; `--format json` lists every answer")
}

/// Whose decision it is: a policy's, or the floor's.
pub(super) fn by(policy: Option<&str>) -> String {
    format!("by {}", policy.unwrap_or("the floor"))
}

/// How much of a call was recorded.
pub(super) fn recorded(kept: &str, all: &str) -> String {
    format!("recorded {kept} of {all}")
}

/// A legal reference: gathered from secondary sources, and never more than "see". `P` in it says that the
/// rule is a reading of ours.
pub(crate) fn see(reference: &str) -> String {
    match reference.strip_prefix('P') {
        Some("") => OUR_READING.to_owned(),
        Some(rest) if rest.starts_with(';') => format!("{OUR_READING}; see {}", rest.trim_start_matches([';', ' '])),
        _ if reference.is_empty() => String::new(),
        _ => format!("see {reference}"),
    }
}
