//! Journals on the command line: read, verified, exported, proved.

mod export;
mod files;
mod gone;
mod line;
mod names;
mod proofs;
mod show;
mod trusted;
mod verify;
mod writing;

use clap::ValueEnum;

pub(crate) use export::export;
pub(crate) use files::note;
pub(crate) use proofs::{prove, prove_session, prove_since, verify_proofs};
pub(crate) use show::{show, show_sheet};
pub(crate) use trusted::Trusted;
pub(crate) use verify::verify;
pub(crate) use writing::writable;

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Who looked, and what changed
    Access,
    /// What was decided
    Decision,
    /// How often something happened on a day
    Count,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Decision => "decision",
            Self::Count => "count",
        }
    }
}

/// What is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// Every entry
    #[default]
    Entries,
    /// The latest checkpoint, a signed note
    Checkpoint,
    /// Every checkpoint that was kept, one JSON object a line
    Checkpoints,
    /// What the marker beside the journal holds
    Head,
}

/// How entries are shown.
#[derive(Debug)]
pub(crate) struct Showing<'a> {
    /// The last so many; all of them without it.
    pub(crate) last: Option<usize>,
    pub(crate) json: bool,
    /// The key that must have signed it.
    pub(crate) key: Option<&'a std::ffi::OsStr>,
    /// Rules by whose names digests are shown.
    pub(crate) rules: &'a [std::path::PathBuf],
}

/// Which entries are shown.
#[derive(Debug, Default)]
pub(crate) struct Chosen<'a> {
    pub(crate) kind: Option<Kind>,
    pub(crate) session: Option<&'a str>,
    pub(crate) programme: Option<&'a str>,
    /// The first day, as `YYYY-MM-DD`.
    pub(crate) from: Option<String>,
    /// The last day.
    pub(crate) until: Option<String>,
}
