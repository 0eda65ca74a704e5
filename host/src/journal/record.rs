//! What the journal holds: three kinds of entry, and what each proves.

use std::collections::BTreeMap;

use gardefou_policy::types::{Artefact, Condition, Millis, Operation, Purpose, Reason, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::policy::Digest;
use crate::session::Counterpart;

/// The reasons of which a journal keeps only how often they came up, without person or time. What a recorder writes
/// beside a recording says no more of them.
pub const ONLY_COUNTED: [Reason; 3] = [Reason::PRIVATE_CALL, Reason::PROTECTED_LINE, Reason::PAUSED];

/// The conditions under which a journal tells of no frame, whatever it was refused for.
pub const UNTOLD: [Condition; 2] = [Condition::PRIVATE_CALL, Condition::EMPLOYEE_PAUSED];

/// One entry, before it is written or after it was read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Record {
    /// Who looked, and what changed. No employee's token. Kept as long as the rules say (`accesses`).
    Access(AccessRecord),
    /// What was decided about a segment, or why a session was refused. Kept no longer than its recording.
    Decision(DecisionRecord),
    /// How often something happened on a day at a site, without person or time: transitions to
    /// `private-call`, `protected-line` and `paused`. Kept as long as access records.
    Count(Count),
}

/// Who looked, and what changed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AccessRecord {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: AccessEvent,
}

/// What an access record tells.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum AccessEvent {
    /// Somebody asked for something that is kept (legal.md, S9).
    Access {
        /// What they wanted to do.
        operation: Operation,
        /// With what.
        artefact: Artefact,
        /// What for.
        purpose: Purpose,
        /// The account that asked.
        account: String,
        /// The role that it acted in.
        role: String,
        /// The recording: its session.
        recording: String,
        /// The programme of the recording.
        programme: String,
        /// Whether it was granted.
        granted: bool,
        /// The name of the reason; `permitted` when it was.
        reason: String,
        /// Which note of the reason; 0 for its title.
        detail: u16,
        /// What it was granted under, by name.
        obligations: Vec<String>,
        /// The account of the second person, where one was named (RGPD 5.1.f).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second_person: Option<String>,
        /// Why nothing beside the request shows whose it is, where nothing does; `trace` where it was asked in a
        /// trace, with the date that the trace has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_proven: Option<String>,
    },
    /// Other policies are in force.
    Policies {
        /// Those before; empty at a start.
        before: Vec<Digest>,
        /// Those from now on.
        after: Vec<Digest>,
        /// The ledger that is in use beside the journal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ledger: Option<String>,
    },
    /// A policy misbehaved.
    Fault {
        /// In which session, if in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// Which policy.
        policy: Digest,
        /// What it did.
        fault: String,
    },
    /// What had outlived its time was deleted (legal.md, +7).
    Purge {
        /// The recording that it belonged to, if to one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<String>,
        /// What it was.
        artefact: Artefact,
        /// When it was collected.
        collected_at: Timestamp,
        /// When its time was over.
        until: Timestamp,
        /// How many files or entries.
        count: u64,
        /// The entries that were forgotten with it: runs, each with its first and its last.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        forgotten: Vec<(u64, u64)>,
        /// Of decision records whose recording stays: SHA-256 of the recording's sidecar. Without it nobody could tell
        /// any more whose that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sidecar: Option<Digest>,
    },
    /// A segment must be discarded; it stays open until `discarded` follows.
    Discard {
        /// Of which session.
        session: String,
        /// What.
        segment: Span,
        /// The name of the reason; none for those that are only counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It is gone, and its half of the call recording with it.
    Discarded {
        /// Of which session.
        session: String,
        /// What.
        segment: Span,
        /// What became of the call's own recording of the same time.
        counterpart: Counterpart,
    },
    /// A recording was cut to what may be kept.
    Trimmed {
        /// Of which session.
        session: String,
        /// The segment as it was.
        segment: Span,
        /// What is left of it.
        kept: Span,
        /// What became of the rest in the call's own recording.
        counterpart: Counterpart,
    },
    /// A person's request was answered (legal.md, +10).
    Right {
        /// Which: `find`, `disclose`, `erase`, `restrict`, `release`, `open` or `close`.
        request: String,
        /// The account that answered it.
        account: String,
        /// The recordings that it was about: their sessions.
        recordings: Vec<String>,
        /// How many files and entries.
        count: u64,
        /// Who asked, under which reference, and until when. None in what earlier versions wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Asked>,
        /// The entries that were forgotten because of it, by session.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        erased: BTreeMap<String, Vec<u64>>,
    },
    /// Recordings were discarded because a fact that they were kept under is false.
    Invalidation {
        /// Which kind of fact: `notice`, `programme` or `call`.
        fact: String,
        /// Which one: a notice's version, a programme, an opaque call reference.
        value: String,
        /// The account that said so.
        account: String,
        /// The recordings: their sessions.
        recordings: Vec<String>,
        /// The entries that were forgotten because of it, by session.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        erased: BTreeMap<String, Vec<u64>>,
    },
    /// Custody looked at the clock of its machine: now and then by itself, and where somebody said that it is right.
    Clock {
        /// The account that said so; none where nobody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// How many entries before this one have a later date, and so a clock that was wrong.
        #[serde(default, skip_serializing_if = "is_none")]
        disowned: u64,
    },
}

/// Who asks for what is done with a person's data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AskedBy {
    /// The employee who was recorded.
    Employee,
    /// The other party of the call.
    Party,
    /// A supervisory authority (RGPD 58).
    Authority,
    /// A court.
    Court,
}

impl AskedBy {
    /// `employee`, `party`, `authority` or `court`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Party => "party",
            Self::Authority => "authority",
            Self::Court => "court",
        }
    }

    /// Whether it is no person whose data they are.
    #[must_use]
    pub const fn is_authority(self) -> bool {
        matches!(self, Self::Authority | Self::Court)
    }
}

/// Who asked for a right, and what came with the request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Asked {
    /// Who asked.
    pub by: AskedBy,
    /// Under which reference the request is kept: opaque, no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Of a restriction: when somebody must look whether it is still needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Timestamp>,
    /// Of a release: the day on which the person was told (RGPD 18.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_on: Option<Timestamp>,
    /// Of a request that is open: until when it keeps what it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Of a request that is opened or closed: whose it is, under a digest that only whoever holds the journal's key can
    /// make, so that nobody else can try tokens on it. In hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
}

impl Asked {
    /// By somebody, and nothing more.
    #[must_use]
    pub const fn by(by: AskedBy) -> Self {
        Self {
            by,
            reference: None,
            review: None,
            told_on: None,
            until: None,
            whose: None,
        }
    }
}

/// What was decided about a segment, or why a session was refused: with the facts that decided, so that it
/// can be decided again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DecisionRecord {
    /// When it was decided.
    pub at: Timestamp,
    /// The session.
    pub session: String,
    /// The employee's token.
    pub employee: String,
    /// The programme.
    pub programme: String,
    /// When the session was opened: the time of retention is counted from here.
    pub collected_at: Timestamp,
    /// The policies that decided, beside the floor.
    pub policies: Vec<Digest>,
    /// The segment; none for a refused session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Span>,
    /// `refuse` (the session), `nothing` (no frame was kept), `keep` or `trim`. Nothing is left of what was
    /// discarded.
    pub outcome: String,
    /// What is left of the segment when it was trimmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Span>,
    /// The name of the reason.
    pub reason: String,
    /// Which note of the reason; 0 for its title.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub detail: u16,
    /// The time decided for each reason, in ms.
    pub totals: BTreeMap<String, Millis>,
    /// The call, as the call's own recorder knows it: opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_reference: Option<String>,
    /// SHA-256 of the recording's sidecar, in the last record of its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sidecar: Option<Digest>,
    /// How many frames each run of the trace has, and their time, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Frames>,
    /// The facts and the verdicts as the lines of a trace, shortened: of each run of frames with the same
    /// verdict the first, with an `expect` line behind it, and the last, without.
    pub trace: Vec<serde_json::Value>,
}

/// The frames of a run that were asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frames {
    /// How many there were: 1 or more.
    pub frames: u64,
    /// Their time from the first to the last, in ms: each counts to the next, at most the session's
    /// `frame-interval`, and the last nothing.
    pub time: Millis,
}

/// How often something happened on a day at a site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Count {
    /// The day, UTC, as `YYYY-MM-DD`.
    pub day: String,
    /// The site, as the recorder calls it; may be empty.
    pub site: String,
    /// The name of the reason; with the number of a note of it behind a slash, where that says something else:
    /// `protected-line/1`, nobody knew whether it was one.
    pub reason: String,
    /// How often.
    pub count: u64,
}

impl Record {
    /// When it happened; a count has no time.
    #[must_use]
    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Access(record) => Some(record.at),
            Self::Decision(record) => Some(record.at),
            Self::Count(_) => None,
        }
    }

    /// `access`, `decision` or `count`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Access(_) => "access",
            Self::Decision(_) => "decision",
            Self::Count(_) => "count",
        }
    }
}

const fn is_zero(detail: &u16) -> bool {
    *detail == 0
}

const fn is_none(count: &u64) -> bool {
    *count == 0
}
