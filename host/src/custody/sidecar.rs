//! What lies beside a recording and explains it.

use gardefou_policy::types::{CaptureMode, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::policy::Digest;

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
    /// The name of the reason; `permitted` where it is kept.
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
        Digest::of(Sha256::digest(self.to_bytes()).into())
    }
}
