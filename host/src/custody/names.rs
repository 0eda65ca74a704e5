//! What a file of the folder is, by its name.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gardefou_policy::types::Artefact;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What a file beside a recording is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// The recording itself: `NAME.mkv`, or any other one extension.
    Video,
    /// What explains it: `NAME.sidecar.json`.
    Sidecar,
    /// That its processing is restricted: `NAME.restricted.json`.
    Restriction,
    /// Its facts, one a line: `NAME.jsonl`.
    Trace,
    /// What was decided about them: `NAME.verdicts.jsonl`.
    Verdicts,
    /// What a trainer wrote about it: `NAME.analysis.*`.
    Analysis,
    /// A copy that nobody can be singled out in: `NAME.anonymised.*`.
    Anonymised,
    /// A buffer or a temporary file: `*.tmp`, `*.part`, `NAME.cut.*`, `NAME.part-N.*`, and a video that no sidecar
    /// stands for.
    Temporary,
    /// Anything else of that name; it lives as long as the recording.
    Other,
}

impl Kind {
    /// What retention counts it as.
    #[must_use]
    pub const fn artefact(self) -> Artefact {
        match self {
            Self::Video | Self::Sidecar | Self::Restriction | Self::Other => Artefact::Recording,
            Self::Trace | Self::Verdicts => Artefact::DecisionRecord,
            Self::Analysis => Artefact::Analysis,
            Self::Anonymised => Artefact::AnonymisedCopy,
            Self::Temporary => Artefact::Temporary,
        }
    }
}

/// Behind the name of a recording: its sidecar.
pub(super) const SIDECAR: &str = ".sidecar.json";
/// Behind the name of a recording: that its processing is restricted.
pub(super) const RESTRICTED: &str = ".restricted.json";
/// Behind a name of our own: what was begun and must be finished.
pub(super) const PENDING: &str = ".pending.json";
/// Behind a name of our own: a file that is not yet in its place.
pub(super) const UNPLACED: &str = ".tmp";
/// Before names of our own.
pub(super) const OWN: &str = ".gardefou-";
/// Who holds it changes the folder.
pub(super) const LOCK: &str = ".gardefou.lock";

/// Extensions of videos.
const VIDEOS: [&str; 16] = [
    "mkv", "mp4", "webm", "avi", "mov", "m4v", "wmv", "flv", "ts", "mts", "mpg", "mpeg", "mpegts", "ogv", "mxf", "asf",
];

/// The name of the recording that a file belongs to, and what it is; nothing of a file that belongs to none.
/// `known` are the recordings that have a sidecar.
pub(super) fn belongs<'n>(name: &'n str, known: &BTreeSet<String>) -> Option<(&'n str, Kind)> {
    let dots = name.rmatch_indices('.').map(|(at, _)| at);
    let mut stems = dots.filter_map(|at| Some((name.get(..at)?, name.get(at + 1..)?)));
    if let Some((stem, rest)) = stems.find(|(stem, _)| known.contains(*stem)) {
        return Some((stem, beside(rest)));
    }
    alone(name)
}

/// What this is, behind the name of a recording with a sidecar.
fn beside(rest: &str) -> Kind {
    let rest = rest.to_ascii_lowercase();
    let is = |what: &str| {
        rest.strip_prefix(what)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let last = rest.rsplit('.').next().unwrap_or_default();
    if is("cut") || matches!(last, "tmp" | "part") {
        return Kind::Temporary;
    }
    match rest.as_str() {
        "sidecar.json" => Kind::Sidecar,
        "restricted.json" => Kind::Restriction,
        "jsonl" => Kind::Trace,
        "verdicts.jsonl" => Kind::Verdicts,
        _ if is("analysis") => Kind::Analysis,
        _ if is("anonymised") => Kind::Anonymised,
        // One more video, that no sidecar speaks of: nobody decided that it may be kept.
        _ if rest.contains('.') && VIDEOS.contains(&last) => Kind::Temporary,
        _ if rest.contains('.') => Kind::Other,
        _ => Kind::Video,
    }
}

/// What a file is that no sidecar stands beside.
fn alone(name: &str) -> Option<(&str, Kind)> {
    for (mark, kind) in [(".analysis.", Kind::Analysis), (".anonymised.", Kind::Anonymised)] {
        let temporary = [".tmp", ".part"].iter().any(|end| name.ends_with(end));
        if let Some((stem, _)) = name.split_once(mark).filter(|(stem, _)| !stem.is_empty() && !temporary) {
            return Some((stem, kind));
        }
    }
    if let Some(stem) = name.strip_suffix(RESTRICTED).filter(|stem| !stem.is_empty()) {
        return Some((stem, Kind::Restriction));
    }
    let (stem, extension) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
    let extension = extension.to_ascii_lowercase();
    if matches!(extension.as_str(), "tmp" | "part") {
        return Some((stem, Kind::Temporary));
    }
    if let Some(stem) = unfinished(name).filter(|stem| !stem.is_empty()) {
        return Some((stem, Kind::Temporary));
    }
    VIDEOS.contains(&extension.as_str()).then_some((stem, Kind::Temporary))
}

/// Whether it looks like a video that is whole: no temporary file, and no part of one.
pub(super) fn is_whole_video(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    unfinished(name).is_none() && VIDEOS.contains(&extension.as_str())
}

/// The recording that a video will be part of: `NAME.cut.mkv`, `NAME.part-2.mkv`.
fn unfinished(name: &str) -> Option<&str> {
    let cut = || name.split_once(".cut.").map(|(stem, _)| stem);
    let part = || {
        let (stem, rest) = name.rsplit_once(".part-")?;
        let (number, _) = rest.split_once('.')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(stem)
    };
    cut().or_else(part)
}

/// The longest name of a session that is that of its files as it is, in bytes.
const LONGEST_NAME: usize = 100;

/// The name that a session's files have: the session's own where that leads into no other folder, hides nothing and
/// is not too long. Two sessions never have the same: a name that had to be changed ends in a digest of the whole
/// one, behind a character that stands in no other.
///
/// ```
/// use gardefou::custody::file_name;
/// assert_eq!(file_name("s-17"), "s-17");
/// assert!(file_name("../s-17").starts_with("___s-17~"));
/// ```
#[must_use]
pub fn file_name(session: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !session.is_empty()
        && session.len() <= LONGEST_NAME
        && session.chars().all(is_plain)
        && !session.starts_with('-')
    {
        return session.to_owned();
    }
    let plain = |c: char| if is_plain(c) { c } else { '_' };
    let name: String = session.chars().take(LONGEST_NAME / 2).map(plain).collect();
    let name = name.trim_start_matches('-');
    let digest = Sha256::digest(session.as_bytes());
    let digest = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        // Writing into a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("{name}~{digest}")
}

/// Whether a recording of this name is named after the session.
pub(super) fn is_of_session(name: &str, session: &str) -> bool {
    name == session || name == file_name(session)
}

/// The character that stands for the byte 0 of a name that is no UTF-8; the others follow it. Nobody has a use for
/// them: they are the last ones of the last private plane.
#[cfg(unix)]
const FIRST_BYTE: u32 = 0x10_ff00;

/// A file's name as custody holds it: a text in which each byte that is no UTF-8 is one character of its own. A
/// name that has such characters itself is coded byte for byte, so that no two names are coded alike. Elsewhere
/// than on Unix a name that is no Unicode has none.
#[cfg(unix)]
pub(super) fn coded(name: &OsStr) -> Option<String> {
    use std::os::unix::ffi::OsStrExt as _;
    let byte = |byte: &u8| char::from_u32(FIRST_BYTE | u32::from(*byte)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut coded = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_byte(c) {
                coded.extend(c.encode_utf8(&mut [0; 4]).as_bytes().iter().map(byte));
            } else {
                coded.push(c);
            }
        }
        coded.extend(chunk.invalid().iter().map(byte));
    }
    Some(coded)
}

#[cfg(not(unix))]
pub(super) fn coded(name: &OsStr) -> Option<String> {
    name.to_str().map(str::to_owned)
}

#[cfg(unix)]
const fn is_byte(c: char) -> bool {
    c as u32 >= FIRST_BYTE
}

/// The name that was coded so.
#[cfg(unix)]
pub(super) fn decoded(name: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = Vec::with_capacity(name.len());
    for c in name.chars() {
        let own = u8::try_from((c as u32).wrapping_sub(FIRST_BYTE))
            .ok()
            .filter(|_| is_byte(c));
        match own {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(not(unix))]
pub(super) fn decoded(name: &str) -> OsString {
    name.into()
}

/// Where the file of this coded name is.
pub(super) fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(decoded(name))
}

/// A coded name for people to read: a byte that is no UTF-8 as `\xE9`.
#[cfg(unix)]
pub(super) fn shown(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for c in name.chars() {
        if is_byte(c) {
            // Writing into a string does not fail.
            let _ = write!(shown, "\\x{:02X}", c as u32 - FIRST_BYTE);
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(not(unix))]
pub(super) fn shown(name: &str) -> String {
    name.to_owned()
}

/// Whether this is a file of custody's own that was not yet in its place. Other stores write theirs in another way,
/// and nobody else may take them away.
pub(super) fn is_unplaced(name: &str) -> bool {
    let random = name.strip_prefix(OWN).and_then(|rest| rest.strip_suffix(UNPLACED));
    random.is_some_and(|random| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether this is a name in a folder, and leads nowhere else.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_says_what_a_file_is() {
        let known = known(&["s-1", "s-1.b", "day"]);
        for (name, stem, kind) in [
            ("s-1.mkv", "s-1", Kind::Video),
            ("s-1.WEBM", "s-1", Kind::Video),
            ("s-1.xyz", "s-1", Kind::Video),
            ("s-1.sidecar.json", "s-1", Kind::Sidecar),
            ("s-1.restricted.json", "s-1", Kind::Restriction),
            ("s-1.jsonl", "s-1", Kind::Trace),
            ("s-1.verdicts.jsonl", "s-1", Kind::Verdicts),
            ("s-1.analysis.md", "s-1", Kind::Analysis),
            ("s-1.analysis.v2.docx", "s-1", Kind::Analysis),
            ("s-1.anonymised.mkv", "s-1", Kind::Anonymised),
            ("s-1.analysis.md.tmp", "s-1", Kind::Temporary),
            ("s-1.sidecar.json.part", "s-1", Kind::Temporary),
            ("s-1.cut.mkv", "s-1", Kind::Temporary),
            ("s-1.copy.mkv", "s-1", Kind::Temporary),
            ("s-1.notes.txt", "s-1", Kind::Other),
            ("s-1.b.mkv", "s-1.b", Kind::Video),
            ("s-1.b.c.mkv", "s-1.b", Kind::Temporary),
            ("s-2.mkv", "s-2", Kind::Temporary),
            ("s-2.cut.mkv", "s-2", Kind::Temporary),
            ("s-1.part-1.mkv", "s-1", Kind::Temporary),
            ("s-2.part-12.mkv", "s-2", Kind::Temporary),
            ("s-2.part-x.mkv", "s-2.part-x", Kind::Temporary),
            ("anything.tmp", "anything", Kind::Temporary),
            ("s-2.analysis.md", "s-2", Kind::Analysis),
            ("s-2.anonymised.mp4", "s-2", Kind::Anonymised),
            ("s-2.restricted.json", "s-2", Kind::Restriction),
        ] {
            assert_eq!(belongs(name, &known), Some((stem, kind)), "{name}");
        }
        for name in [
            "calls.journal",
            "calls.journal-wal",
            "s-2.jsonl",
            "s-12",
            "s-1",
            ".mkv",
            "mkv",
            "",
            ".tmp",
            "s-2.txt",
        ] {
            assert_eq!(belongs(name, &known), None, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn every_name_has_a_code_and_no_two_the_same() {
        use std::os::unix::ffi::OsStrExt as _;
        let names: [&[u8]; 9] = [
            b"s-1.mkv",
            "é.mkv".as_bytes(),
            b"\xe9.mkv",
            b"\xc3.\xa9",
            b"\xff\xfe\x80",
            "\u{10ffe9}.mkv".as_bytes(),
            "\u{10ff00}".as_bytes(),
            b"",
            b"a\xf4\x8f",
        ];
        let mut codes = BTreeSet::new();
        for bytes in names {
            let name = OsStr::from_bytes(bytes);
            let code = coded(name).unwrap();
            assert_eq!(decoded(&code), name, "{code:?}");
            assert!(codes.insert(code));
        }
        assert_eq!(shown(&coded(OsStr::from_bytes(b"\xe9.mkv")).unwrap()), "\\xE9.mkv");
        let latin = coded(OsStr::from_bytes(b"r\xe9union.cut.mkv")).unwrap();
        let (_, kind) = belongs(&latin, &BTreeSet::new()).unwrap();
        assert_eq!(kind, Kind::Temporary);
    }

    #[test]
    fn what_is_not_yet_in_its_place_has_custodys_own_form() {
        assert!(is_unplaced(".gardefou-0123456789abcdef.tmp"));
        for other in [
            ".gardefou-aB3xYz.tmp",
            ".gardefou-0123456789abcdef.pending.json",
            "x.tmp",
        ] {
            assert!(!is_unplaced(other), "{other}");
        }
    }

    #[test]
    fn a_plain_name_stays_in_the_folder() {
        assert!(is_plain("s-1.mkv") && is_plain("..a") && is_plain("é.tmp"));
        for name in ["", ".", "..", "a/b", "../a", "a\\b", "c:", "a\0"] {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
