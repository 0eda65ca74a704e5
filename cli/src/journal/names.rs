//! The names of rules that people use, for the digests that a journal has.

use std::path::PathBuf;

use gardefou::Digest;

use crate::deciding;
use crate::failure::Failure;
use crate::text::plain;

/// So many digits of a digest are shown where nobody has a name for it.
const DIGITS: usize = 16;

/// What the rules in some files are called, by their digests.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<(Digest, String)>);

impl Names {
    /// The rules in these files: documents and components.
    pub(super) fn of(files: &[PathBuf]) -> Result<Self, Failure> {
        if files.is_empty() {
            return Ok(Self::default());
        }
        let runtime = deciding::runtime()?;
        let named = files.iter().map(|file| {
            let policy = deciding::load_either(&runtime, file)?;
            let own = policy.description();
            let name = format!("{} {}", plain(&own.id), plain(&own.version));
            Ok((policy.digest(), name))
        });
        named.collect::<Result<_, Failure>>().map(Self)
    }

    /// What the rules of this digest are called; the digest where no file has them.
    pub(super) fn name(&self, digest: &Digest) -> String {
        let known = self.0.iter().find(|(of, _)| of == digest);
        known.map_or_else(
            || digest.to_string().chars().take(DIGITS).chain(['\u{2026}']).collect(),
            |(_, name)| name.clone(),
        )
    }

    /// The names of several.
    pub(super) fn names(&self, digests: &[Digest]) -> String {
        let names: Vec<String> = digests.iter().map(|digest| self.name(digest)).collect();
        names.join(", ")
    }

    /// Whether any file was given.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
