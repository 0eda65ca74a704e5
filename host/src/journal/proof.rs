//! Proofs that the recipient checks without the journal.

mod file;

use serde::Serialize;

use super::checkpoint::Checkpoint;
use super::content::MAX_CONTENT;
use super::note::{Malformed, Verifier};
use super::number::Number;
use super::tree::{self, Frontier, Hash, Wanted};
use super::{JournalReader, Stored, hex};
use crate::policy::Digest;
use crate::stores::StoreError;

/// The largest file of a proof that is read, in bytes.
pub const MAX_PROOF: u64 = 4 * MAX_CONTENT as u64;

/// The most nodes of a path: a path has two for each level of the tree at most.
const MAX_PATH: usize = 128;

/// A proof, as it is in its file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "proof", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Proof {
    /// That an entry is in the journal.
    Inclusion(Inclusion),
    /// That a journal only grew since an older checkpoint.
    Consistency(Consistency),
}

/// That an entry is in the journal. Digests and the salt are 64 lower-case hexadecimal digits each.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Inclusion {
    /// The entry's place.
    pub index: u64,
    /// SHA-256(salt ‖ content).
    pub commitment: String,
    /// The salt, together with the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The content, byte for byte. It may be left out with its salt, and is when the entry was forgotten: a proof
    /// without it does not show which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The nodes beside its way to the root, from the leaf up (RFC 6962, 2.1.1).
    pub path: Vec<String>,
    /// The checkpoint with the root, a signed note.
    pub checkpoint: String,
    /// The key that signed it.
    pub key: String,
}

/// That a journal only grew since an older checkpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Consistency {
    /// The older checkpoint, a signed note.
    pub old: String,
    /// The nodes that lead from it to the later one (RFC 6962, 2.1.2).
    pub path: Vec<String>,
    /// The later checkpoint.
    pub checkpoint: String,
    /// The key that signed both.
    pub key: String,
}

/// What a proof proves.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Proven {
    /// This entry is in the journal of this checkpoint.
    Included {
        /// The entry's place.
        index: u64,
        /// What it says, in JSON; `None` when the proof does not show it, for whatever reason.
        content: Option<String>,
        /// The checkpoint.
        checkpoint: Checkpoint,
    },
    /// The journal of the later checkpoint begins with that of the older.
    Extended {
        /// The older.
        old: Checkpoint,
        /// The later.
        checkpoint: Checkpoint,
    },
}

/// Why a proof does not prove anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unproven {
    /// It cannot be read, or a note in it is not signed as it must be.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// It was made with another key.
    #[error("the proof is for another key")]
    Key,
    /// The content does not belong to the entry.
    #[error("the content is not that of the entry")]
    Content,
    /// The path does not lead to the root.
    #[error("the path does not lead from the entry to the root that was signed")]
    Path,
    /// The later checkpoint is not over what the older is over.
    #[error("the later checkpoint is not over what the older one is over")]
    Inconsistent,
}

impl Unproven {
    /// What `Display` says, in French.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Malformed(malformed) => malformed.french(),
            Self::Key => "la preuve est pour une autre clé".into(),
            Self::Content => "le contenu n'est pas celui de l'entrée".into(),
            Self::Path => "le chemin ne mène pas de l'entrée à la racine signée".into(),
            Self::Inconsistent => "le point de contrôle récent ne porte pas sur ce que porte l'ancien".into(),
        }
    }
}

impl Proof {
    /// Reads the file of a proof: one JSON object, each member once, and nothing behind it.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        file::one(bytes)
    }

    /// Reads a file with one proof or more, one behind the other, as `gardefou journal prove --session` writes it.
    ///
    /// # Errors
    /// When there is none in it, or something else.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, Malformed> {
        file::all(bytes)
    }

    /// The bytes of its file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The key that it says to be signed with.
    ///
    /// # Errors
    /// When that is none.
    pub fn key(&self) -> Result<Verifier, Malformed> {
        match self {
            Self::Inclusion(proof) => proof.key.parse(),
            Self::Consistency(proof) => proof.key.parse(),
        }
    }

    /// Checks it. Without a `verifier`, whoever made the proof may have made the journal as well.
    ///
    /// # Errors
    /// When it proves nothing.
    pub fn verify(&self, verifier: Option<&Verifier>) -> Result<Proven, Unproven> {
        let own = self.key()?;
        if verifier.is_some_and(|verifier| *verifier != own) {
            return Err(Unproven::Key);
        }
        match self {
            Self::Inclusion(proof) => proof.verify(&own),
            Self::Consistency(proof) => proof.verify(&own),
        }
    }
}

impl Inclusion {
    fn verify(&self, verifier: &Verifier) -> Result<Proven, Unproven> {
        let checkpoint = Checkpoint::verified(&self.checkpoint, verifier)?;
        let commitment = hash(&self.commitment).ok_or(Malformed::Proof)?;
        match (&self.salt, &self.content) {
            (Some(salt), Some(content)) => {
                let salt = hash(salt).ok_or(Malformed::Proof)?;
                if tree::commitment(&salt, content.as_bytes()) != commitment {
                    return Err(Unproven::Content);
                }
            }
            (None, None) => {}
            _ => return Err(Malformed::Proof.into()),
        }
        let path = hashes(&self.path)?;
        if !tree::includes(checkpoint.root, checkpoint.size, self.index, &commitment, &path) {
            return Err(Unproven::Path);
        }
        Ok(Proven::Included {
            index: self.index,
            content: self.content.clone(),
            checkpoint,
        })
    }
}

impl Consistency {
    fn verify(&self, verifier: &Verifier) -> Result<Proven, Unproven> {
        let old = Checkpoint::verified(&self.old, verifier)?;
        let checkpoint = Checkpoint::verified(&self.checkpoint, verifier)?;
        let path = hashes(&self.path)?;
        if tree::extends(checkpoint.root, checkpoint.size, old.root, old.size, &path) {
            Ok(Proven::Extended { old, checkpoint })
        } else {
            Err(Unproven::Inconsistent)
        }
    }
}

fn hash(text: &str) -> Option<Hash> {
    Digest::from_hex(text).map(|digest| *digest.as_bytes())
}

fn hashes(path: &[String]) -> Result<Vec<Hash>, Malformed> {
    if path.len() > MAX_PATH {
        return Err(Malformed::Proof);
    }
    path.iter()
        .map(|node| hash(node))
        .collect::<Option<_>>()
        .ok_or(Malformed::Proof)
}

impl JournalReader {
    /// Proves that this entry is in the journal, under the latest checkpoint; `None` when there is no such entry.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was signed.
    pub fn prove(&self, index: u64) -> Result<Option<Proof>, StoreError> {
        self.snapshot(|| {
            let standing = self.database.standing(&self.verifier, None)?;
            if index >= standing.seal.size {
                return Ok(None);
            }
            let stored = self.stored(index, 1)?.pop();
            let stored = stored.ok_or_else(|| self.database.damaged(format!("entry {index} is missing")))?;
            let path = self.nodes(tree::inclusion(index, standing.seal.size))?;
            self.checked(Proof::Inclusion(self.inclusion(
                &stored,
                path,
                standing.written.checkpoint,
            )))
            .map(Some)
        })
    }

    fn inclusion(&self, stored: &Stored, path: Vec<String>, checkpoint: String) -> Inclusion {
        let (salt, content) = stored.opened.clone().unzip();
        Inclusion {
            index: stored.index,
            commitment: hex(&stored.commitment),
            salt: salt.map(|salt| hex(&salt)),
            content,
            path,
            checkpoint,
            key: self.verifier.to_string(),
        }
    }

    /// Proves that the journal only grew since this checkpoint, a signed note.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was signed: then the checkpoint shows that it was changed, or is
    /// not this journal's.
    pub fn prove_since(&self, old: &str) -> Result<Proof, StoreError> {
        self.snapshot(|| {
            let standing = self.database.standing(&self.verifier, None)?;
            let size = Checkpoint::verified(old, &self.verifier).map_err(|malformed| StoreError::Foreign {
                store: self.database.name.clone(),
                what: format!("of the checkpoint: {malformed}"),
            })?;
            let path = self.nodes(tree::consistency(size.size, standing.seal.size))?;
            self.checked(Proof::Consistency(Consistency {
                old: old.to_owned(),
                path,
                checkpoint: standing.written.checkpoint,
                key: self.verifier.to_string(),
            }))
        })
    }

    /// No proof is given that does not hold.
    fn checked(&self, proof: Proof) -> Result<Proof, StoreError> {
        match proof.verify(Some(&self.verifier)) {
            Ok(_) => Ok(proof),
            Err(unproven) => Err(self.database.damaged(unproven.to_string())),
        }
    }

    fn snapshot<T>(&self, read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let snapshot = self.database.connection.unchecked_transaction();
        let snapshot = snapshot.map_err(|error| self.database.fault(&error))?;
        let done = read();
        // Nothing was written in it.
        let _ = snapshot.rollback();
        done
    }

    fn nodes(&self, wanted: Vec<Wanted>) -> Result<Vec<String>, StoreError> {
        let nodes = wanted.into_iter().map(|range| {
            let node = self.node(range).map_err(|error| self.database.fault(&error))?;
            Ok(hex(&node))
        });
        nodes.collect()
    }

    /// The node over these entries.
    fn node(&self, range: Wanted) -> rusqlite::Result<Hash> {
        let query = "SELECT commitment FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx";
        let mut query = self.database.connection.prepare_cached(query)?;
        let mut rows = query.query((Number(range.start), Number(range.end)))?;
        let mut frontier = Frontier::default();
        while let Some(row) = rows.next()? {
            frontier.push(tree::leaf(&row.get(0)?));
        }
        Ok(frontier.root())
    }
}
