//! The folder as it was found: what belongs to which recording, and what belongs to none.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use gardefou_policy::types::{CaptureMode, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::chronicle::Past;
use super::disk::FileId;
use super::error::CustodyError;
use super::names::{self, Kind};
use super::origin::{Origin, Weights};
use super::sidecar::{Sidecar, SidecarError};
use super::{MAX_FILES, disk};
use crate::journal::Asked;
use crate::policy::Digest;

/// Everything that the folder holds of one recording.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Holding {
    /// What its files are named before the first dot that means something.
    pub name: String,
    /// What its sidecar says; why it says nothing. It counts for nothing unless its origin is proven.
    pub about: Result<About, SidecarError>,
    /// What shows whose it is.
    pub origin: Origin,
    /// The mark that its processing is restricted.
    pub restricted: Option<Restriction>,
    /// Its files, by name.
    pub files: Vec<Held>,
}

/// A file of a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Held {
    /// Its name in the folder. A byte that is no UTF-8 stands in it as a character that nobody uses; as it is on
    /// the disk, [`Held::file_name`] gives it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its size, in bytes.
    pub bytes: u64,
    /// When it was last written, by its own date.
    pub dated: Timestamp,
    /// Which file it is, whatever its name.
    pub(super) id: FileId,
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
    /// About whom it was asked for: `employee`, `call` or `session`.
    pub request: String,
    /// The account that answered it.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// Who asked for it, under which reference, and when somebody looks whether it is still needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// What lies in the folder and belongs to no recording: it is never touched.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Stray {
    /// Its name.
    pub name: String,
    /// What it is: `file`, `folder`, `link` or `other`.
    pub what: &'static str,
}

/// The folder, and what the journal shows of it.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) holdings: Vec<Holding>,
    pub(super) strays: Vec<Stray>,
}

/// The names in the folder.
#[derive(Debug, Default)]
pub(super) struct Listing {
    files: Vec<Held>,
    strays: Vec<Stray>,
    /// What was begun and must be finished.
    pub(super) pending: Vec<String>,
    /// Files of our own that were not yet in their place.
    pub(super) leftovers: Vec<String>,
}

/// The folder as it says itself that it is.
#[derive(Debug)]
pub(super) struct Unweighed {
    bare: Vec<Bare>,
    strays: Vec<Stray>,
}

/// Everything of one name, before anybody looked whether its sidecar is true.
#[derive(Debug)]
pub(super) struct Bare {
    pub(super) name: String,
    pub(super) about: Result<About, SidecarError>,
    restricted: Option<Restriction>,
    files: Vec<Held>,
}

/// The largest mark that is read, in bytes.
const MAX_MARK: u64 = 4_096;

impl Unweighed {
    /// Looks at the folder, never below it and never through a link. What is named as one of `aside` is somebody
    /// else's: the journal may lie in the same folder.
    pub(super) fn of(folder: &Path, aside: &BTreeSet<String>) -> Result<Self, CustodyError> {
        let Listing { files, mut strays, .. } = Listing::of(folder, aside)?;
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
            strays.extend(place(folder, file, &mut held));
        }
        let bare = held
            .into_iter()
            .map(|(name, files)| Bare::of(folder, name, files))
            .collect();
        strays.sort();
        Ok(Self { bare, strays })
    }

    /// The same, with what the journal shows of it.
    pub(super) fn weighed(self, past: &Past) -> Shelf {
        let weights = Weights::of(&self.bare, past);
        let origins: Vec<Origin> = self.bare.iter().map(|bare| weights.origin(bare)).collect();
        let holdings = self.bare.into_iter().zip(origins);
        Shelf {
            holdings: holdings.map(|(bare, origin)| bare.weighed(origin, past)).collect(),
            strays: self.strays,
        }
    }
}

impl Listing {
    /// Looks at the folder, never below it and never through a link.
    pub(super) fn of(folder: &Path, aside: &BTreeSet<String>) -> Result<Self, CustodyError> {
        let mut listing = Self::default();
        listing.list(folder, aside)?;
        Ok(listing)
    }

    fn list(&mut self, folder: &Path, aside: &BTreeSet<String>) -> Result<(), CustodyError> {
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
            let Some(name) = names::coded(&name).filter(|_| metadata.is_file()) else {
                let name = names::coded(&name).unwrap_or_else(|| name.to_string_lossy().into_owned());
                self.strays.push(stray(&name, what(&metadata)));
                continue;
            };
            if name == names::LOCK {
                continue;
            }
            if name.starts_with(names::OWN) && name.ends_with(names::PENDING) {
                self.pending.push(name);
            } else if names::is_unplaced(&name) {
                self.leftovers.push(name);
            } else if aside.contains(&name) {
                self.strays.push(stray(&name, "file"));
            } else {
                self.files.push(Held {
                    name,
                    kind: Kind::Other,
                    bytes: metadata.len(),
                    dated: disk::dated(&metadata),
                    id: FileId::of(&metadata),
                });
            }
        }
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        self.pending.sort();
        Ok(())
    }
}

/// A trace lies beside a video that no sidecar stands for, too; one without a video is of a call that a crash ended,
/// and of which nothing was kept. Both are temporary. Gives what belongs nowhere.
fn place(folder: &Path, file: Held, held: &mut BTreeMap<String, Vec<Held>>) -> Option<Stray> {
    let ends = [".verdicts.jsonl", ".timings.jsonl", ".jsonl"];
    let stem = ends.iter().find_map(|end| file.name.strip_suffix(end));
    let Some(stem) = stem.filter(|stem| !stem.is_empty()).map(str::to_owned) else {
        return Some(stray(&file.name, "file"));
    };
    let is_temporary = |files: &Vec<Held>| files.iter().any(|file| file.kind == Kind::Temporary);
    if !held.get(&stem).is_some_and(is_temporary) && !tells_of_a_call(folder, &file) {
        return Some(stray(&file.name, "file"));
    }
    held.entry(stem).or_default().push(Held {
        kind: Kind::Temporary,
        ..file
    });
    None
}

/// Whether the file is a recorder's: it is empty, or its first line is an event, an answer or a time of a call.
fn tells_of_a_call(folder: &Path, file: &Held) -> bool {
    const LONGEST: u64 = 1 << 20;
    let mut line = Vec::new();
    let read = disk::open_this(&names::path(folder, &file.name), &file.id)
        .and_then(|file| BufReader::new(file).take(LONGEST).read_until(b'\n', &mut line));
    match read {
        Ok(0) => true,
        Ok(_) => serde_json::from_slice::<serde_json::Value>(&line).is_ok_and(|line| {
            let of_a_call = ["event", "question", "grab"]
                .iter()
                .any(|field| line.get(field).is_some());
            of_a_call && line.get("at").is_some_and(serde_json::Value::is_u64)
        }),
        // What cannot be read is touched by nobody.
        Err(_) => false,
    }
}

fn stray(name: &str, what: &'static str) -> Stray {
    Stray {
        name: names::shown(name),
        what,
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

impl Bare {
    fn of(folder: &Path, name: String, files: Vec<Held>) -> Self {
        let has = |kind| files.iter().any(|file| file.kind == kind);
        // By the file that was listed: which one it is decides later whether it is still the same.
        let about = match files.iter().find(|file| file.kind == Kind::Sidecar) {
            Some(file) => Sidecar::read_this(&names::path(folder, &file.name), Some(&file.id)).map(About::from),
            None => Err(SidecarError::Missing),
        };
        let restricted = has(Kind::Restriction).then(|| mark(folder, &name));
        Self {
            name,
            about,
            restricted,
            files,
        }
    }

    fn weighed(mut self, origin: Origin, past: &Past) -> Holding {
        if !is_decided(&self.about, &origin, past) {
            self.is_temporary();
        }
        Holding {
            name: self.name,
            about: self.about,
            origin,
            restricted: self.restricted,
            files: self.files,
        }
    }

    /// Nobody can tell when it was collected, nor that it may be kept.
    fn is_temporary(&mut self) {
        let analysed = self.files.iter().any(|file| file.kind == Kind::Analysis);
        for file in &mut self.files {
            let temporary = match file.kind {
                Kind::Video | Kind::Other | Kind::Trace | Kind::Verdicts => true,
                // It says whose the analyses are: nobody is obeyed for that, and whoever looks knows where to ask.
                Kind::Sidecar => !analysed || self.about.is_err(),
                _ => false,
            };
            if temporary {
                file.kind = Kind::Temporary;
            }
        }
    }
}

/// Whether anything shows that it may be kept: its sidecar; or the journal, which decided to keep the session that
/// it is named after, where its sidecar was changed afterwards. What cannot be read here may be either.
fn is_decided(about: &Result<About, SidecarError>, origin: &Origin, past: &Past) -> bool {
    let is_kept = |session: &str| past.of(session).iter().any(|told| told.kept);
    match about {
        Ok(_) => origin.is_proven() || origin.session().is_some_and(is_kept),
        Err(error) => !error.says_nothing(),
    }
}

/// The mark beside a recording. One that cannot be read restricts all the same.
fn mark(folder: &Path, name: &str) -> Restriction {
    let bytes = disk::read(&names::path(folder, &format!("{name}{}", names::RESTRICTED)), MAX_MARK);
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

impl Held {
    /// Its name as it is on the disk.
    #[must_use]
    pub fn file_name(&self) -> OsString {
        names::decoded(&self.name)
    }
}

impl Holding {
    /// The session that it is of, as the journal shows it: [`Origin::session`].
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.origin.session()
    }

    /// Its sidecar's file, and what it is, where it can be read.
    pub(super) fn sidecar(&self) -> Option<(String, Digest)> {
        let about = self.about.as_ref().ok()?;
        Some((format!("{}{}", self.name, names::SIDECAR), about.digest))
    }

    /// Whether somebody who names it so means it.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || names::shown(&self.name) == name
    }

    /// What its sidecar says, where that counts.
    pub(super) fn proven(&self) -> Option<&About> {
        self.about.as_ref().ok().filter(|_| self.origin.is_proven())
    }

    /// The files of these kinds.
    pub(super) fn of<'h>(&'h self, kinds: &'h [Kind]) -> impl Iterator<Item = &'h Held> {
        self.files.iter().filter(|file| kinds.contains(&file.kind))
    }
}
