//! What lies beside a recording and explains it.

use std::io::ErrorKind;
use std::path::Path;

use gardefou_policy::notes::Text;
use gardefou_policy::types::{CaptureMode, Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::disk::{self, FileId};
use crate::policy::Digest;
use crate::stores::both;

/// The largest sidecar that is read, in bytes: ten hours that change ten times a second.
pub const MAX_SIDECAR: u64 = 64 << 20;

/// Beside each recording: which session it is of, what decided, and why each part of it is there or blank.
/// Its digest is in the journal, so that a changed one shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Sidecar {
    /// The version of this form: 1.
    pub format: u32,
    /// The recorder's own name for the session.
    pub session: String,
    /// The employee's token.
    pub employee: String,
    /// The programme.
    pub programme: String,
    /// The call, as the call's own recorder knows it: opaque, never a number or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_reference: Option<String>,
    /// The version of the notice that the employee was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_version: Option<String>,
    /// How the screen was captured.
    pub mode: CaptureMode,
    /// The policies that decided last, beside the floor.
    pub policies: Vec<Digest>,
    /// When the session was opened: the time of retention is counted from here.
    pub collected_at: Timestamp,
    /// When it was finished.
    pub ended_at: Timestamp,
    /// Every part of the session, in order, on the session's clock.
    pub parts: Vec<Part>,
}

/// A part of a session that was decided in one way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Part {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// Whether it is in the recording.
    pub kept: bool,
    /// The name of the reason; `permitted` where it is kept, and `withheld` where the employee paused or the
    /// call was private.
    pub reason: String,
    /// What to show for it.
    pub title: Title,
}

/// A title in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Title {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Sidecar {
    /// The bytes of its file: the same for the same sidecar, so that [`Sidecar::digest`] is that of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// SHA-256 of its file.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(&self.to_bytes())
    }

    /// The sidecar in this file: a plain file, byte for byte as [`Sidecar::to_bytes`] writes it. Whether it is
    /// the one that was decided, its digest in the journal says.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is no sidecar.
    pub fn read(path: &Path) -> Result<Self, SidecarError> {
        let (sidecar, digest) = Self::read_with_digest(path)?;
        if sidecar.digest() == digest {
            Ok(sidecar)
        } else {
            Err(SidecarError::Malformed { line: 1, column: 1 })
        }
    }

    /// The sidecar in this file, and the digest of its bytes, also where they are not as they were written.
    pub(super) fn read_with_digest(path: &Path) -> Result<(Self, Digest), SidecarError> {
        Self::read_this(path, None)
    }

    /// The same, of the file that was looked at before, and of none that was put in its place meanwhile.
    pub(super) fn read_this(path: &Path, id: Option<&FileId>) -> Result<(Self, Digest), SidecarError> {
        let bytes = disk::read_this(path, id, MAX_SIDECAR).map_err(|error| match error.kind() {
            ErrorKind::NotFound => SidecarError::Missing,
            ErrorKind::FileTooLarge => SidecarError::TooLarge,
            _ => SidecarError::Unreadable {
                error: error.to_string(),
            },
        })?;
        let sidecar: Self = serde_json::from_slice(&bytes).map_err(|error| SidecarError::Malformed {
            line: error.line(),
            column: error.column(),
        })?;
        if sidecar.format != 1 {
            return Err(SidecarError::Newer { format: sidecar.format });
        }
        if sidecar.session.is_empty() || sidecar.employee.is_empty() || sidecar.ended_at < sidecar.collected_at {
            return Err(SidecarError::Malformed { line: 1, column: 1 });
        }
        Ok((sidecar, digest(&bytes)))
    }

    /// The whole session, on its clock.
    pub(super) const fn span(&self) -> Span {
        Span {
            start: self.collected_at,
            end: self.ended_at,
        }
    }
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::of(Sha256::digest(bytes).into())
}

/// Why a file is not a recording's sidecar. Its content is in no message.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SidecarError {
    /// There is none.
    Missing,
    /// It cannot be read, or is not a plain file.
    Unreadable {
        /// What the system said.
        error: String,
    },
    /// It is larger than [`MAX_SIDECAR`].
    TooLarge,
    /// It is no sidecar.
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It was written by a later version.
    Newer {
        /// The version of its form.
        format: u32,
    },
}

impl SidecarError {
    /// Whether there is nothing to be learnt from it. One that cannot be read here, or that a later version
    /// wrote, may say that its recording is to be kept.
    #[must_use]
    pub const fn says_nothing(&self) -> bool {
        matches!(self, Self::Missing | Self::TooLarge | Self::Malformed { .. })
    }

    /// What is wrong, in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Missing => both("it has no sidecar", "il n'a pas de fichier d'accompagnement"),
            Self::Unreadable { error } => both(
                format!("its sidecar cannot be read: {error}"),
                format!("son fichier d'accompagnement ne peut pas être lu\u{a0}: {error}"),
            ),
            Self::TooLarge => both(
                format!("its sidecar is larger than {MAX_SIDECAR} bytes"),
                format!("son fichier d'accompagnement dépasse {MAX_SIDECAR} octets"),
            ),
            Self::Malformed { line, column } => both(
                format!("its sidecar is malformed at line {line}, column {column}"),
                format!("son fichier d'accompagnement est mal formé, ligne {line}, colonne {column}"),
            ),
            Self::Newer { format } => both(
                format!("its sidecar has form {format}, and this program knows 1"),
                format!("son fichier d'accompagnement a la forme {format}, et ce programme connaît la 1"),
            ),
        }
    }
}

impl std::fmt::Display for SidecarError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().english)
    }
}

impl std::error::Error for SidecarError {}
