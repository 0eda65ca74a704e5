//! The vocabulary of the contract: time, geometry, and the closed sets.

use core::fmt;
use serde::{Deserialize, Serialize};

pub use crate::registers::{Condition, Reason};

/// A length of time in milliseconds. [`NO_LIMIT`] means that there is none.
pub type Millis = u64;

/// The largest [`Millis`]: "no limit".
pub const NO_LIMIT: Millis = Millis::MAX;

/// A day of duration: 86,400,000 ms everywhere, whatever the clocks of a country do.
pub const DAY: Millis = 86_400_000;

/// An instant: milliseconds since the Unix epoch, UTC, on the one clock of the session.
///
/// ```
/// use gardefou_policy::types::Timestamp;
/// let picked_up = Timestamp::from_millis(1_795_000_000_000);
/// assert_eq!(picked_up.plus(200).since(picked_up), 200);
/// assert_eq!(Timestamp::MAX.plus(1), Timestamp::MAX);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The Unix epoch.
    pub const MIN: Self = Self(0);
    /// The largest instant: "for ever".
    pub const MAX: Self = Self(u64::MAX);

    /// The instant that many milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This instant, that many milliseconds later; at most [`Timestamp::MAX`].
    #[must_use]
    pub const fn plus(self, millis: Millis) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This instant, that many milliseconds earlier; at least the epoch.
    #[must_use]
    pub const fn minus(self, millis: Millis) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// Milliseconds from `earlier` to this instant; 0 when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Millis {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An interval of time: its start is in it, its end is not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Span {
    /// The first instant in it.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Span {
    /// Every instant but the last one that can be written.
    pub const ALWAYS: Self = Self {
        start: Timestamp::MIN,
        end: Timestamp::MAX,
    };

    /// Whether `at` lies in it. What has no end ([`Timestamp::MAX`]) holds at every later instant.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && (at < self.end || self.end == Timestamp::MAX)
    }

    /// Whether nothing lies in it: it ends where it starts, or before.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// What lies in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self {
            start: self.start.max(other.start),
            end: self.end.min(other.end),
        }
    }

    /// Its length; 0 when it is empty.
    #[must_use]
    pub fn length(self) -> Millis {
        self.end.since(self.start)
    }
}

/// A rectangle in captured pixels, relative to the top left corner of the surface. It may lie outside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Rect {
    /// The leftmost column.
    pub x: i32,
    /// The topmost row.
    pub y: i32,
    /// Columns; 0 when it is empty.
    pub width: u32,
    /// Rows; 0 when it is empty.
    pub height: u32,
}

impl Rect {
    /// The rectangle with this corner and size, in pixels.
    #[must_use]
    pub const fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// Whether it has no pixel.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The first column to the right of it; never overflows.
    #[must_use]
    pub const fn right(self) -> i64 {
        self.x as i64 + self.width as i64
    }

    /// The first row below it; never overflows.
    #[must_use]
    pub const fn bottom(self) -> i64 {
        self.y as i64 + self.height as i64
    }

    /// Whether every pixel of `inner` is in this rectangle. An empty `inner` is in every rectangle.
    #[must_use]
    pub const fn contains(self, inner: Self) -> bool {
        inner.is_empty()
            || (self.x <= inner.x
                && self.y <= inner.y
                && inner.right() <= self.right()
                && inner.bottom() <= self.bottom())
    }
}

/// What the recording is wanted for (legal.md, S2 and S10).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Training of staff: the one purpose that screen video may be recorded for.
    Training,
    /// Evaluating the employee: refused.
    Evaluation,
    /// Quality control: refused.
    Quality,
    /// Evidence of misconduct: refused.
    Evidence,
    /// Monitoring: refused.
    Monitoring,
    /// Answering a person's request about their own data (access only).
    SubjectRight,
    /// Oversight by an authority, a works council, a data protection officer (access only).
    Oversight,
    /// Anything else, and what is not known: refused.
    #[default]
    Other,
}

impl Purpose {
    /// Whether it answers somebody's right against the controller: a person's own, or that of whoever
    /// oversees. Such a right does not end where a rule was broken: it reaches still images, and what is past
    /// its time (legal.md, +10).
    #[must_use]
    pub const fn is_right(self) -> bool {
        matches!(self, Self::SubjectRight | Self::Oversight)
    }

    /// Whether this may be done for it (legal.md, S2, S10 and +10). Whoever deletes is not asked what for.
    ///
    /// ```
    /// use gardefou_policy::types::{Operation, Purpose};
    /// assert!(Purpose::SubjectRight.allows(Operation::Disclose));
    /// assert!(!Purpose::Training.allows(Operation::Disclose));
    /// ```
    #[must_use]
    pub const fn allows(self, operation: Operation) -> bool {
        use Operation::{Annotate, Delete, Disclose, Export, Release, Restrict, TrainOthers, View};
        matches!(
            (self, operation),
            (_, Delete)
                | (Self::Training, View | Annotate | TrainOthers | Export)
                | (Self::SubjectRight, View | Annotate | Disclose | Restrict | Release)
                | (Self::Oversight, View | Disclose | Restrict)
        )
    }
}

/// How the screen is captured (legal.md, S1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaptureMode {
    /// A video of the whole surface.
    ScreenVideo,
    /// A video of one window's own image.
    WindowVideo,
    /// Still images: never allowed.
    #[default]
    Screenshot,
}

/// What the telephone does (legal.md, S5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallPhase {
    /// No call.
    #[default]
    None,
    /// It rings.
    Ringing,
    /// Picked up: the parties speak.
    Connected,
    /// The other party is on hold.
    Held,
    /// The employee speaks with a colleague while the other party waits.
    Consulting,
    /// Hung up; the employee finishes the file.
    AfterCall,
}

/// What a window is to a programme (legal.md, S4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowKind {
    /// A window of the application that the training is about.
    Training,
    /// Every other window, and one that nobody can identify.
    #[default]
    Other,
}

/// What somebody must have said before it counts. Who leaves it out has not said it.
///
/// ```
/// use gardefou_policy::types::Answer;
/// assert_eq!(Answer::default(), Answer::Unknown);
/// assert_eq!(Answer::from(Some(false)), Answer::No);
/// assert!(!Answer::Unknown.is_no(), "nobody said no");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Answer {
    /// Nobody said: refused, like [`Answer::Yes`].
    #[default]
    Unknown,
    /// It is known not to be so.
    No,
    /// It is so.
    Yes,
}

impl Answer {
    /// Whether it is known not to be so.
    #[must_use]
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }

    /// True, false, or `None` for unknown: as traces write it.
    #[must_use]
    pub const fn known(self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::No => Some(false),
            Self::Yes => Some(true),
        }
    }
}

impl From<Option<bool>> for Answer {
    fn from(known: Option<bool>) -> Self {
        match known {
            None => Self::Unknown,
            Some(false) => Self::No,
            Some(true) => Self::Yes,
        }
    }
}

impl From<bool> for Answer {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

/// What is done with a recording (legal.md, S8 to S10).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Watch it.
    View,
    /// Write an analysis of it, or the person's own statement beside one (RGPD 16).
    Annotate,
    /// Train others than the person recorded with it.
    TrainOthers,
    /// Take it out of the system.
    Export,
    /// Give it to the person who asks for their own data, or to an authority.
    Disclose,
    /// Restrict its processing at a person's request, or at an authority's.
    Restrict,
    /// Release it from restriction.
    Release,
    /// Delete it.
    Delete,
    /// Anything else, and what is not known: refused.
    #[default]
    Other,
}

impl Operation {
    /// Every operation that a role may be given, in the order of the contract.
    pub const ALL: [Self; 8] = [
        Self::View,
        Self::Annotate,
        Self::TrainOthers,
        Self::Export,
        Self::Disclose,
        Self::Restrict,
        Self::Release,
        Self::Delete,
    ];
}

/// What is kept, each with its own time (legal.md, +7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Artefact {
    /// The coupled recording itself.
    Recording,
    /// A new file that nobody can be singled out in.
    AnonymisedCopy,
    /// What a trainer wrote about a recording.
    Analysis,
    /// The journal's record of what was decided.
    DecisionRecord,
    /// The journal's record of who looked.
    AccessRecord,
    /// Buffers and temporary files.
    Temporary,
    /// Anything else, and what is not known: refused, and kept for no time at all.
    #[default]
    Other,
}

impl Artefact {
    /// Every artefact that has a time of its own, in the order of the contract.
    pub const ALL: [Self; 6] = [
        Self::Recording,
        Self::AnonymisedCopy,
        Self::Analysis,
        Self::DecisionRecord,
        Self::AccessRecord,
        Self::Temporary,
    ];
}

/// Why not. `detail` is 0, or counts the notes of that reason in the policy's own description.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Refusal {
    /// The rule that objected.
    pub reason: Reason,
    /// Which part of it; 0 when the reason says it all.
    pub detail: u16,
}

impl Refusal {
    /// This reason, with nothing to add.
    #[must_use]
    pub const fn of(reason: Reason) -> Self {
        Self { reason, detail: 0 }
    }

    /// This reason, pointing at one of its notes.
    #[must_use]
    pub const fn noted(reason: Reason, detail: u16) -> Self {
        Self { reason, detail }
    }
}

/// A set of conditions: bit n stands for number n in the register of conditions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Conditions(pub u32);

impl Conditions {
    /// No condition.
    pub const NONE: Self = Self(0);

    /// Whether the condition is in the set.
    #[must_use]
    pub const fn has(self, condition: Condition) -> bool {
        self.0 & condition.mask() != 0
    }

    /// The set with this condition in it.
    #[must_use]
    pub const fn with(self, condition: Condition) -> Self {
        Self(self.0 | condition.mask())
    }

    /// The set without this condition.
    #[must_use]
    pub const fn without(self, condition: Condition) -> Self {
        Self(self.0 & !condition.mask())
    }

    /// Whether every condition of this set is in `other`.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(Condition::ALL.iter().filter(|c| self.has(**c)).map(|c| c.name()))
            .finish()
    }
}

/// What a condition is known to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// Nobody knows.
    Unknown,
    /// It is known to hold.
    Holds,
    /// It is known not to hold.
    Absent,
}

/// How long a verdict holds: before `until`, and while no counter has grown by more than `budget`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lease {
    /// The first instant at which it may not be reused.
    pub until: Timestamp,
    /// How much any counter may have grown, in ms.
    pub budget: Millis,
}

/// What to do with a frame, from the loosest to the strictest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Keep the regions given with it; everything else is blank.
    Keep,
    /// Do not record this frame.
    Skip,
    /// End the recording.
    Stop,
}

impl Action {
    /// Its name in traces and texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Skip => "skip",
            Self::Stop => "stop",
        }
    }
}

/// What is to become of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Disposition {
    /// Keep it whole.
    Keep,
    /// Keep this part; discard the rest.
    Trim(Span),
    /// Discard it.
    Discard(Refusal),
}

/// A cap on what is recorded in a rolling period.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Cap {
    /// At most this much, in ms.
    pub limit: Millis,
    /// In every period of this length, in ms.
    pub per: Millis,
}

impl Cap {
    /// No cap at all.
    pub const NONE: Self = Self {
        limit: NO_LIMIT,
        per: NO_LIMIT,
    };
}

/// What the host must count and bound for a programme.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Terms {
    /// The longest time between two frames, in ms (legal.md, S1).
    pub max_frame_interval: Millis,
    /// The oldest that the facts about windows may be, in ms.
    pub max_facts_age: Millis,
    /// What may be recorded of one employee (legal.md, S7).
    pub employee_cap: Cap,
    /// What may be recorded under the programme (legal.md, S7).
    pub programme_cap: Cap,
    /// What may wait for a trainer's review, in ms (legal.md, S7).
    pub max_unreviewed: Millis,
    /// The period in which calls offered and recorded are counted, in ms (legal.md, +1).
    pub sampling_period: Millis,
}

/// What an access obliges to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Obligations {
    /// Write it into the journal (legal.md, S9).
    pub journal: bool,
    /// Mark what is shown with the viewer's account.
    pub watermark: bool,
    /// A second person must be present.
    pub second_person: bool,
}

impl Obligations {
    /// What either asks for.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            journal: self.journal || other.journal,
            watermark: self.watermark || other.watermark,
            second_person: self.second_person || other.second_person,
        }
    }
}
