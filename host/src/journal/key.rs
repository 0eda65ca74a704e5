//! The key that a journal's checkpoints are signed with, in a file of its own.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

use super::note::{self, Malformed, Verifier};
use crate::private;
use crate::stores::{StoreError, plain};

/// How a key's file begins: the form of golang.org/x/mod/sumdb/note.
const PRIVATE: &str = "PRIVATE+KEY+";

const NO_KEY: &str = "it holds no journal's key";

/// The largest file of a key, in bytes.
const MAX_KEY_FILE: u64 = 1024;

/// The key that a journal's checkpoints are signed with. It carries the journal's origin, so each journal
/// has a key of its own.
#[derive(Clone)]
pub struct JournalKey {
    origin: String,
    key: SigningKey,
}

impl std::fmt::Debug for JournalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JournalKey")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl JournalKey {
    /// The key in this file, made anew when there is none, with an origin drawn at random; readable by this
    /// account only.
    ///
    /// # Errors
    /// When it cannot be read or written, or when what is there is no key.
    pub fn at(path: &Path) -> Result<Self, StoreError> {
        let origin = format!("gardefou.journal/{}", super::hex(&random::<16>(path)?));
        Self::named(path, &origin)
    }

    /// Where a journal's key lies when nobody says where: `FILE.key`. It is better kept elsewhere.
    #[must_use]
    pub fn beside(journal: &Path) -> PathBuf {
        super::sibling(journal, "key")
    }

    /// The key of this journal, in this file: made anew only for a journal that is made anew, too. A journal that
    /// is there was signed with a key that is there somewhere: another one helps nobody.
    ///
    /// # Errors
    /// As for [`JournalKey::at`]; and when there is a journal, or was, and no key.
    pub fn of(journal: &Path, path: &Path) -> Result<Self, StoreError> {
        let lies = |path: &Path| fs::symlink_metadata(path).is_ok();
        let known = [journal, &super::marker::of(journal), &super::marker::public(journal)];
        if !lies(path) && known.into_iter().any(lies) {
            return Err(StoreError::Unreachable {
                store: path.display().to_string(),
                error: "it is not there, and the journal that it signs is".to_owned(),
            });
        }
        Self::at(path)
    }

    /// As [`JournalKey::at`]; a key that is made anew has this origin: up to 200 bytes without spaces or
    /// plus signs, best a name that nobody else uses, such as `journal.example.com/paris-1`.
    ///
    /// # Errors
    /// When it cannot be read or written, when what is there is no key, or when the origin cannot be one.
    pub fn named(path: &Path, origin: &str) -> Result<Self, StoreError> {
        match read(path) {
            Ok(text) => Self::parse(&text).map_err(|what| foreign(path, &what)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::draw(path, origin),
            // No text at all.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(foreign(path, NO_KEY)),
            Err(error) => Err(unreachable(path, &error)),
        }
    }

    /// Draws a key and puts it on the disk, whole or not at all. Where somebody else was faster, it is theirs.
    fn draw(path: &Path, origin: &str) -> Result<Self, StoreError> {
        if !note::is_name(origin) {
            return Err(foreign(
                path,
                "its origin must be up to 200 bytes without spaces or plus signs",
            ));
        }
        let drawn = Self {
            origin: origin.to_owned(),
            key: SigningKey::from_bytes(&random(path)?),
        };
        let fresh = super::sibling(path, &format!("new-{}", super::hex(&random::<8>(path)?)));
        let written = create(&fresh, drawn.to_text().as_bytes()).and_then(|()| {
            // A link is made only where nothing is: two processes never draw two keys for one journal.
            let linked = fs::hard_link(&fresh, path);
            match linked {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => private::sync(private::folder_of(path)),
            }
        });
        let removed = fs::remove_file(&fresh);
        written.and(removed).map_err(|error| unreachable(path, &error))?;
        let text = read(path).map_err(|error| unreachable(path, &error))?;
        Self::parse(&text).map_err(|what| foreign(path, &what))
    }

    fn to_text(&self) -> String {
        let id = u32::from_be_bytes(self.verifier().id());
        let seed = STANDARD.encode(note::typed(&self.key.to_bytes()));
        format!("{PRIVATE}{}+{id:08x}+{seed}\n", self.origin)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let no_key = || NO_KEY.to_owned();
        let line = text.strip_suffix('\n').unwrap_or(text);
        let rest = line.strip_prefix(PRIVATE).ok_or_else(no_key)?;
        let (origin, id, seed) = note::parts(rest).map_err(|_| no_key())?;
        let key = SigningKey::from_bytes(&seed);
        let whole = note::key_id(origin, &key.verifying_key()) == id;
        let origin = origin.to_owned();
        whole
            .then_some(Self { origin, key })
            .ok_or_else(|| Malformed::KeyId.to_string())
    }

    /// The origin: the first line of every checkpoint, and the name of the key.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public half, to be kept by whoever will verify.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::new(&self.origin, self.key.verifying_key())
    }

    /// That whoever holds this key wrote these bytes, in base64.
    pub(super) fn vouch(&self, what: &[u8]) -> String {
        STANDARD.encode(self.key.sign(&vouched_for(what)).to_bytes())
    }

    /// Whether whoever holds this key vouched for these bytes.
    pub(super) fn vouched(&self, what: &[u8], vouch: &str) -> bool {
        let bytes = STANDARD.decode(vouch).ok();
        let signature = bytes.and_then(|bytes| Signature::from_slice(&bytes).ok());
        let holds = |signature| self.key.verifying_key().verify_strict(&vouched_for(what), &signature);
        signature.is_some_and(|signature| holds(signature).is_ok())
    }

    /// A note of this text.
    pub(super) fn sign(&self, text: &str) -> String {
        note::sign(text, &self.origin, &self.key)
    }
}

/// What is signed for them. No origin has spaces, so that no checkpoint begins like this.
fn vouched_for(what: &[u8]) -> Vec<u8> {
    let digest: [u8; 32] = Sha256::digest(what).into();
    [b"gardefou custody work\n".as_slice(), digest.as_slice()].concat()
}

/// So many random bytes.
pub(super) fn random<const N: usize>(store: &Path) -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unreachable {
        store: store.display().to_string(),
        error: format!("the system gives no random numbers: {error}"),
    })?;
    Ok(bytes)
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    plain::open(path)?.take(MAX_KEY_FILE).read_to_string(&mut text)?;
    Ok(text)
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn unreachable(path: &Path, error: &io::Error) -> StoreError {
    super::fault::file(path, error)
}

fn foreign(path: &Path, what: &str) -> StoreError {
    StoreError::Foreign {
        store: path.display().to_string(),
        what: what.to_owned(),
    }
}
