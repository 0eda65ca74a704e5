//! The facts that the questions are about. What a default leaves out is unknown, and unknown refuses.

use alloc::{string::String, vec::Vec};

use crate::types::{
    Answer, Artefact, CallPhase, CaptureMode, Condition, Conditions, Millis, Operation, Purpose, Rect, State,
    Timestamp, WindowKind,
};

/// The longest that a text in facts may be, in bytes of UTF-8: with a longer one they are invalid.
pub const MAX_TEXT: usize = 4_096;

/// The most pairs in [`SessionFacts::extra`].
pub const MAX_EXTRA: usize = 64;

fn fit<'a>(mut texts: impl Iterator<Item = &'a String>) -> bool {
    texts.all(|text| text.len() <= MAX_TEXT)
}

/// The notice that told the employee of the recording (legal.md, S3).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Notice {
    /// The version of its text.
    pub version: String,
    /// When the employee was given it.
    pub given_at: Timestamp,
}

/// How many calls there were of an employee under a programme in the sampling period (legal.md, +1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Calls {
    /// Offered, this one included: at least 1.
    pub offered: u32,
    /// Of those, recorded, or being recorded; this one not included.
    pub recorded: u32,
}

/// What never changes during a call.
///
/// The default is a session that nobody knows anything of: every policy refuses it. Set what is known.
///
/// ```
/// use gardefou_policy::{facts::SessionFacts, types::{Answer, Purpose}};
/// let mut facts = SessionFacts::default();
/// facts.employee = "e-1001".into();
/// facts.purpose = Purpose::Training;
/// assert_eq!(facts.employee_objected, Answer::Unknown, "until somebody says that the employee did not object");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct SessionFacts {
    /// The recorder's own name for the session: an opaque token, not empty.
    pub session: String,
    /// The employee's token: a pseudonym, never a name, not empty.
    pub employee: String,
    /// The programme that the recording is for.
    pub programme: String,
    /// What the recording is for (legal.md, S2).
    pub purpose: Purpose,
    /// How the screen is captured (legal.md, S1).
    pub mode: CaptureMode,
    /// The longest time between two questions of this session, in ms, rounded up; above 0.
    pub frame_interval: Millis,
    /// The notice that the employee was given (legal.md, S3).
    pub employee_notice: Option<Notice>,
    /// Whether the employee objected (legal.md, +10); unknown refuses.
    pub employee_objected: Answer,
    /// Since when the employee is enrolled in the programme (legal.md, S6).
    pub enrolled_at: Option<Timestamp>,
    /// Whether the line is reserved for a representative's mandate (legal.md, +4); unknown refuses.
    pub protected_line: Answer,
    /// Calls of this employee under this programme (legal.md, +1); `None`, when nobody counted them, refuses.
    /// Where there is a ledger, that counts, and this is not heard.
    pub calls: Option<Calls>,
    /// Facts agreed between a recorder and its own policies, [`MAX_EXTRA`] at most; a policy ignores names that it
    /// does not know.
    pub extra: Vec<(String, String)>,
}

impl SessionFacts {
    /// Whether no text is above [`MAX_TEXT`], and there are at most [`MAX_EXTRA`] extra facts: what a host looks at
    /// before it hands them to a policy.
    #[must_use]
    pub fn are_within_limits(&self) -> bool {
        let version = self.employee_notice.as_ref().map(|notice| &notice.version);
        self.extra.len() <= MAX_EXTRA
            && fit([&self.session, &self.employee, &self.programme]
                .into_iter()
                .chain(version))
            && fit(self.extra.iter().flat_map(|(name, value)| [name, value]))
    }
}

/// What is known of the program behind a window. Each field is one that the recorder could observe;
/// what it could not observe is `None`, and matches nothing.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AppIdentity {
    /// The program's file, with its full path where that is known.
    pub executable: Option<String>,
    /// The bundle or package id.
    pub package: Option<String>,
    /// Who signed the program.
    pub signer: Option<String>,
    /// The class in X11's `WM_CLASS`, the class name in Windows.
    pub wm_class: Option<String>,
    /// The title, as it is now.
    pub title: Option<String>,
    /// The address of the page that it shows.
    pub url: Option<String>,
}

impl AppIdentity {
    /// Its fields, in the order of the contract.
    #[must_use]
    pub const fn fields(&self) -> [&Option<String>; 6] {
        [
            &self.executable,
            &self.package,
            &self.signer,
            &self.wm_class,
            &self.title,
            &self.url,
        ]
    }
}

/// Titles and addresses are personal data: not even a debug print shows them.
impl core::fmt::Debug for AppIdentity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let known = |field: &Option<String>| if field.is_some() { "known" } else { "unknown" };
        f.debug_struct("AppIdentity")
            .field("executable", &known(&self.executable))
            .field("package", &known(&self.package))
            .field("signer", &known(&self.signer))
            .field("wm_class", &known(&self.wm_class))
            .field("title", &known(&self.title))
            .field("url", &known(&self.url))
            .finish()
    }
}

/// A visible window, as it lies on the surface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// What it is to the programme.
    pub kind: WindowKind,
    /// Pixels that are certainly its own and opaque; empty when it can be seen through.
    pub inner: Rect,
    /// Every pixel that it may have painted, one at least. Contains `inner`.
    pub outer: Rect,
}

/// What was recorded, before and by others, in ms: the counters of the caps (legal.md, S7).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Of the employee, in the period of the employee's cap.
    pub employee_used: Millis,
    /// Under the programme, in the period of the programme's cap.
    pub programme_used: Millis,
    /// Under the programme and not yet reviewed.
    pub unreviewed: Millis,
}

/// What a frame's question is asked under.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Moment {
    /// When the oldest pixel of the frame was composed.
    pub at: Timestamp,
    /// The window list is known to have held, unchanged, from here ...
    pub facts_from: Timestamp,
    /// ... to here.
    pub facts_to: Timestamp,
    /// Since the session's previous frame, in ms: at least 1; 1 at the first.
    pub gap: Millis,
    /// What the telephone does.
    pub phase: CallPhase,
    /// The conditions whose state is known ...
    pub known: Conditions,
    /// ... and those that hold. A part of `known`.
    pub holds: Conditions,
    /// What was recorded so far; `None`, when nobody counted it, refuses.
    pub usage: Option<Usage>,
}

impl Moment {
    /// What a condition is known to be at this moment.
    #[must_use]
    pub const fn state(&self, condition: Condition) -> State {
        state(self.known, self.holds, condition)
    }
}

/// Whether a call was hung up, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HungUp {
    /// Nobody knows: refused.
    #[default]
    Unknown,
    /// The call goes on.
    GoesOn,
    /// Then.
    At(Timestamp),
}

impl HungUp {
    /// The first instant after the call, as far as is known: [`Timestamp::MAX`] while it goes on; `None` when
    /// nobody knows.
    #[must_use]
    pub const fn end(self) -> Option<Timestamp> {
        match self {
            Self::Unknown => None,
            Self::GoesOn => Some(Timestamp::MAX),
            Self::At(at) => Some(at),
        }
    }
}

/// A part of a recording that is finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Its first instant.
    pub started_at: Timestamp,
    /// The first instant after it.
    pub ended_at: Timestamp,
    /// When the call was first connected.
    pub answered_at: Option<Timestamp>,
    /// When it was hung up.
    pub hung_up: HungUp,
    /// The conditions whose state is known when asked.
    pub known: Conditions,
    /// Those that hold.
    pub holds: Conditions,
    /// How the screen was captured.
    pub mode: CaptureMode,
}

impl Segment {
    /// What a condition is known to be when the segment is reviewed.
    #[must_use]
    pub const fn state(&self, condition: Condition) -> State {
        state(self.known, self.holds, condition)
    }
}

const fn state(known: Conditions, holds: Conditions, condition: Condition) -> State {
    if !known.has(condition) {
        State::Unknown
    } else if holds.has(condition) {
        State::Holds
    } else {
        State::Absent
    }
}

/// Somebody wants to do something with something that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// Now.
    pub at: Timestamp,
    /// What they want to do.
    pub operation: Operation,
    /// With what.
    pub artefact: Artefact,
    /// What for.
    pub purpose: Purpose,
    /// The account that asks: a token, not empty.
    pub account: String,
    /// Whether one person alone uses it (legal.md, S9).
    pub individual_account: bool,
    /// The role that the account acts in.
    pub role: String,
    /// Until when the account is authorised.
    pub authorised_until: Option<Timestamp>,
    /// The programme of the recording.
    pub programme: String,
    /// The employee recorded; `None` for an anonymised copy.
    pub subject: Option<String>,
    /// The employee behind the account.
    pub viewer: String,
    /// Whether its processing is restricted at a person's request (legal.md, +10); unknown counts as restricted.
    pub restricted: Answer,
    /// When it was collected.
    pub collected_at: Timestamp,
    /// How it was captured.
    pub mode: CaptureMode,
}

impl Access {
    /// Whether no text is above [`MAX_TEXT`]: what a host looks at before it hands them to a policy.
    #[must_use]
    pub fn is_within_limits(&self) -> bool {
        let texts = [&self.account, &self.role, &self.programme, &self.viewer];
        fit(texts.into_iter().chain(&self.subject))
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;
    use crate::opening::open;
    use crate::types::Purpose;
    use crate::{floor, notes};

    /// Facts under which the floor opens a session.
    fn sound() -> SessionFacts {
        SessionFacts {
            session: "s".into(),
            employee: "e".into(),
            programme: "p".into(),
            purpose: Purpose::Training,
            mode: CaptureMode::ScreenVideo,
            frame_interval: 1,
            employee_notice: Some(Notice::default()),
            employee_objected: Answer::No,
            enrolled_at: None,
            protected_line: Answer::No,
            calls: Some(Calls {
                offered: 2,
                recorded: 0,
            }),
            extra: Vec::new(),
        }
    }

    #[test]
    fn facts_above_a_limit_are_invalid() {
        let opened = |facts: &SessionFacts| open(&floor::rules(), facts, Timestamp::MIN).map(drop);
        let set: [fn(&mut SessionFacts, String); 6] = [
            |facts, text| facts.session = text,
            |facts, text| facts.employee = text,
            |facts, text| facts.programme = text,
            |facts, text| facts.employee_notice.as_mut().unwrap().version = text,
            |facts, text| facts.extra.push((text, String::new())),
            |facts, text| facts.extra.push((String::new(), text)),
        ];
        for set in set {
            let mut facts = sound();
            set(&mut facts, "x".repeat(MAX_TEXT));
            assert_eq!(opened(&facts), Ok(()));
            set(&mut facts, "x".repeat(MAX_TEXT + 1));
            assert_eq!(opened(&facts), Err(notes::TOO_LONG));
        }
        let mut facts = sound();
        facts.extra = (0..MAX_EXTRA).map(|n| (n.to_string(), String::new())).collect();
        assert_eq!(opened(&facts), Ok(()));
        facts.extra.push(("more".into(), String::new()));
        assert_eq!(opened(&facts), Err(notes::TOO_LONG));
    }
}
