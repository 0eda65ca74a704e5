//! The folder as it was found: what belongs to which recording, and what belongs to none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gardefou_policy::types::{CaptureMode, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::CustodyError;
use super::names::{self, Kind};
use super::sidecar::{Sidecar, SidecarError};
use super::{MAX_FILES, disk};
use crate::policy::Digest;

/// Everything that the folder holds of one recording.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Holding {
    /// What its files are named before the first dot that means something.
    pub name: String,
    /// What its sidecar says; why it says nothing.
    pub about: Result<About, SidecarError>,
    /// The mark that its processing is restricted.
    pub restricted: Option<Restriction>,
    /// Its files, by name.
    pub files: Vec<Held>,
}

/// A file of a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Held {
    /// Its name in the folder.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its size, in bytes.
    pub bytes: u64,
    /// When it was last written, by its own date.
    pub dated: Timestamp,
}

/// What a sidecar says of its recording, without its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct About {
    /// The recorder's own name for the session.
    pub session: String,
    /// The employee's token.
    pub employee: String,
    /// The programme.
    pub programme: String,
    /// The call, as the call's own recorder knows it.
    pub call_reference: Option<String>,
    /// The version of the notice that the employee was given.
    pub notice_version: Option<String>,
    /// How the screen was captured.
    pub mode: CaptureMode,
    /// The whole session.
    pub span: Span,
    /// SHA-256 of the sidecar's file.
    pub digest: Digest,
}

/// The mark that a recording's processing is restricted (legal.md, +10).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Restriction {
    /// Whose request it answers: `employee` or `call`.
    pub request: String,
    /// The account that answered it.
    pub account: String,
    /// When.
    pub at: Timestamp,
}

/// What lies in the folder and belongs to no recording: it is never touched.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Stray {
    /// Its name.
    pub name: String,
    /// What it is: `file`, `folder`, `link` or `other`.
    pub what: &'static str,
}

/// The folder.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) holdings: Vec<Holding>,
    pub(super) strays: Vec<Stray>,
    /// What was begun and must be finished.
    pub(super) pending: Vec<String>,
    /// Files of our own that were not yet in their place.
    pub(super) leftovers: Vec<String>,
}

/// The largest mark that is read, in bytes.
const MAX_MARK: u64 = 4_096;

impl Shelf {
    /// Looks at the folder, never below it and never through a link. What is named like one of `aside` is
    /// somebody else's: the journal may lie in the same folder.
    pub(super) fn of(folder: &Path, aside: &[String]) -> Result<Self, CustodyError> {
        let mut shelf = Self::default();
        let mut files = Vec::new();
        shelf.list(folder, aside, &mut files)?;
        let known: BTreeSet<String> = files
            .iter()
            .filter_map(|file| file.name.strip_suffix(names::SIDECAR))
            .filter(|stem| !stem.is_empty())
            .map(str::to_owned)
            .collect();
        let mut held: BTreeMap<String, Vec<Held>> = BTreeMap::new();
        let mut nobodys = Vec::new();
        for file in files {
            match names::belongs(&file.name, &known) {
                Some((stem, kind)) => {
                    let stem = stem.to_owned();
                    held.entry(stem).or_default().push(Held { kind, ..file });
                }
                None => nobodys.push(file),
            }
        }
        for file in nobodys {
            shelf.place(file, &mut held);
        }
        shelf.holdings = held
            .into_iter()
            .map(|(name, files)| holding(folder, name, files))
            .collect();
        shelf.strays.sort();
        Ok(shelf)
    }

    fn list(&mut self, folder: &Path, aside: &[String], files: &mut Vec<Held>) -> Result<(), CustodyError> {
        let unusable = |error| CustodyError::of(folder, &error);
        for (count, entry) in fs::read_dir(folder).map_err(unusable)?.enumerate() {
            if count >= MAX_FILES {
                return Err(CustodyError::TooMany {
                    path: folder.into(),
                    limit: MAX_FILES,
                });
            }
            let entry = entry.map_err(unusable)?;
            // What was deleted meanwhile is not there.
            let Ok(metadata) = fs::symlink_metadata(entry.path()) else {
                continue;
            };
            let name = entry.file_name();
            let plain = name.to_str().filter(|_| metadata.is_file());
            let Some(name) = plain else {
                self.stray(&name.to_string_lossy(), what(&metadata));
                continue;
            };
            if name == names::LOCK {
                continue;
            }
            if name.starts_with(names::OWN) && name.ends_with(names::PENDING) {
                self.pending.push(name.to_owned());
            } else if name.starts_with(names::OWN) && name.ends_with(names::UNPLACED) {
                self.leftovers.push(name.to_owned());
            } else if aside.iter().any(|aside| name.starts_with(aside.as_str())) {
                self.stray(name, "file");
            } else {
                files.push(Held {
                    name: name.to_owned(),
                    kind: Kind::Other,
                    bytes: metadata.len(),
                    dated: disk::dated(&metadata),
                });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        self.pending.sort();
        Ok(())
    }

    /// A trace lies beside a video that no sidecar stands for, too.
    fn place(&mut self, file: Held, held: &mut BTreeMap<String, Vec<Held>>) {
        let stem = [".verdicts.jsonl", ".jsonl"]
            .iter()
            .find_map(|end| file.name.strip_suffix(end));
        match stem.and_then(|stem| held.get_mut(stem)) {
            Some(files) if files.iter().any(|file| file.kind == Kind::Temporary) => files.push(Held {
                kind: Kind::Temporary,
                ..file
            }),
            _ => self.stray(&file.name, "file"),
        }
    }

    fn stray(&mut self, name: &str, what: &'static str) {
        self.strays.push(Stray {
            name: name.to_owned(),
            what,
        });
    }
}

fn what(metadata: &fs::Metadata) -> &'static str {
    let kind = metadata.file_type();
    match () {
        () if kind.is_symlink() => "link",
        () if kind.is_dir() => "folder",
        () if kind.is_file() => "file",
        () => "other",
    }
}

fn holding(folder: &Path, name: String, mut files: Vec<Held>) -> Holding {
    let has = |kind| files.iter().any(|file| file.kind == kind);
    let about = if has(Kind::Sidecar) {
        Sidecar::read_with_digest(&folder.join(format!("{name}{}", names::SIDECAR))).map(About::from)
    } else {
        Err(SidecarError::Missing)
    };
    let restricted = has(Kind::Restriction).then(|| mark(folder, &name));
    if about.as_ref().is_err_and(SidecarError::says_nothing) {
        // Nobody can tell when it was collected, nor that it may be kept.
        for file in &mut files {
            if matches!(
                file.kind,
                Kind::Video | Kind::Other | Kind::Trace | Kind::Verdicts | Kind::Sidecar
            ) {
                file.kind = Kind::Temporary;
            }
        }
    }
    Holding {
        name,
        about,
        restricted,
        files,
    }
}

/// The mark beside a recording. One that cannot be read restricts all the same.
fn mark(folder: &Path, name: &str) -> Restriction {
    let bytes = disk::read(&folder.join(format!("{name}{}", names::RESTRICTED)), MAX_MARK);
    let read = bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.unwrap_or_default()
}

impl From<(Sidecar, Digest)> for About {
    fn from((sidecar, digest): (Sidecar, Digest)) -> Self {
        let span = sidecar.span();
        Self {
            session: sidecar.session,
            employee: sidecar.employee,
            programme: sidecar.programme,
            call_reference: sidecar.call_reference,
            notice_version: sidecar.notice_version,
            mode: sidecar.mode,
            span,
            digest,
        }
    }
}

impl Holding {
    /// The session, where its sidecar tells.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.about.as_ref().ok().map(|about| about.session.as_str())
    }

    /// The files of these kinds.
    pub(super) fn of<'h>(&'h self, kinds: &'h [Kind]) -> impl Iterator<Item = &'h Held> {
        self.files.iter().filter(|file| kinds.contains(&file.kind))
    }
}
