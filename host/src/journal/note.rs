//! Signed notes (C2SP signed-note): a text, and under it who signed it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The largest note that is read, in bytes: 128 KiB. C2SP asks for 16 signatures at least; 16 of the longest that it
/// counts on (ML-DSA-87, 4,627 bytes) take some 100 KiB in base64.
pub const MAX_NOTE: u64 = 128 << 10;

/// The longest name of a journal's key, in bytes.
const MAX_NAME: usize = 200;

/// What C2SP numbers as ed25519.
const ED25519: u8 = 0x01;

/// Before each signature: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Who may sign: the public half of a journal's key, with its name, as C2SP writes it: `name+id+key`.
///
/// ```
/// use gardefou::journal::Verifier;
/// let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
/// let verifier: Verifier = text.parse()?;
/// assert_eq!(verifier.name(), "PeterNeumann");
/// assert_eq!(verifier.to_string(), text);
/// # Ok::<(), gardefou::journal::Malformed>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

/// Why a key, a note or a proof cannot be read. `Display` is one sentence, without what was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// A key is `name+id+key`.
    #[error("a key is written `name+id+key`, the id in 8 hexadecimal digits and the key in base64")]
    Key,
    /// The id in a key is not that of the name and the key.
    #[error("the id in the key is not that of its name and its bytes")]
    KeyId,
    /// A note is a text, an empty line, and signatures.
    #[error("a signed note is a text, an empty line, and lines of signatures that begin with an em dash")]
    Note,
    /// A note is longer than one may be.
    #[error("it is longer than a note may be")]
    Long,
    /// A checkpoint is three lines.
    #[error("a checkpoint is three lines: the origin, the number of entries, and the root in base64")]
    Checkpoint,
    /// A seal has its lines.
    #[error("the seal does not have the lines that a seal has")]
    Seal,
    /// No signature by the key.
    #[error("it is not signed by the key `{}`", hex4(*.0))]
    Unsigned([u8; 4]),
    /// The signature is wrong.
    #[error("the signature by the key `{}` is wrong", hex4(*.0))]
    Forged([u8; 4]),
    /// A value in a proof is missing, or is not what it must be.
    #[error("a proof has the members that docs/journal.md lists, each of its kind")]
    Proof,
    /// The file of a proof is no JSON, or ends within it.
    #[error("it is not JSON, or not all of it")]
    ProofJson,
    /// A proof is JSON, and no object.
    #[error("a proof is a JSON object, and neither a list nor a value")]
    ProofObject,
    /// A proof has a member that no such proof has.
    #[error("the proof has a member that no such proof has")]
    ProofMember,
    /// A member of a proof is there twice.
    #[error("a member of the proof is there twice")]
    ProofTwice,
    /// What stands behind a proof is none.
    #[error("what stands behind the proof does not belong to it")]
    ProofEnd,
}

impl Malformed {
    /// What `Display` says, in French.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Key => "une clé s'écrit `nom+id+clé`, l'id en 8 chiffres hexadécimaux et la clé en base64".into(),
            Self::KeyId => "l'id de la clé n'est pas celui de son nom et de ses octets".into(),
            Self::Note => "une note signée est un texte, une ligne vide, et des lignes de signatures qui commencent par un tiret cadratin".into(),
            Self::Long => "elle est plus longue qu'une note ne peut l'être".into(),
            Self::Checkpoint => {
                "un point de contrôle a trois lignes\u{a0}: l'origine, le nombre d'entrées, et la racine en base64".into()
            }
            Self::Seal => "le sceau n'a pas les lignes d'un sceau".into(),
            Self::Unsigned(id) => format!("elle n'est pas signée par la clé `{}`", hex4(*id)),
            Self::Forged(id) => format!("la signature par la clé `{}` est fausse", hex4(*id)),
            Self::Proof => "une preuve a les membres que docs/journal.md énumère, chacun de sa sorte".into(),
            Self::ProofJson => "ce n'est pas du JSON, ou pas en entier".into(),
            Self::ProofObject => "une preuve est un objet JSON, et ni une liste ni une valeur".into(),
            Self::ProofMember => "la preuve a un membre qu'une telle preuve n'a pas".into(),
            Self::ProofTwice => "un membre de la preuve y est deux fois".into(),
            Self::ProofEnd => "ce qui suit la preuve n'en fait pas partie".into(),
        }
    }
}

fn hex4(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// A note taken apart: nothing of it is believed yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Note<'a> {
    /// What is signed: lines, with the line feed of the last.
    pub(super) text: &'a str,
    /// By whom: name, id of the key, signature.
    signatures: Vec<(&'a str, [u8; 4], Vec<u8>)>,
}

impl Verifier {
    pub(super) fn new(name: &str, key: VerifyingKey) -> Self {
        let name = name.to_owned();
        Self { name, key }
    }

    /// The name of the key, which is the origin of the journal's checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key's 32 bytes.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The id of the key: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key).
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        key_id(&self.name, &self.key)
    }

    /// The text of this note, when this key signed it. Whoever else signed it says nothing; of this key every
    /// signature must be right, also where there are several.
    pub(super) fn verified<'a>(&self, note: &Note<'a>) -> Result<&'a str, Malformed> {
        let id = self.id();
        let own = note
            .signatures
            .iter()
            .filter(|(name, of, _)| *name == self.name && *of == id);
        let mut signed = Err(Malformed::Unsigned(id));
        for (.., signature) in own {
            let signature = Signature::from_slice(signature).map_err(|_| Malformed::Forged(id))?;
            let checked = self.key.verify_strict(note.text.as_bytes(), &signature);
            checked.map_err(|_| Malformed::Forged(id))?;
            signed = Ok(note.text);
        }
        signed
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = STANDARD.encode(typed(&self.key.to_bytes()));
        write!(f, "{}+{}+{key}", self.name, hex4(self.id()))
    }
}

impl std::str::FromStr for Verifier {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (name, id, key) = parts(text)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| Malformed::Key)?;
        let verifier = Self::new(name, key);
        (verifier.id() == id).then_some(verifier).ok_or(Malformed::KeyId)
    }
}

/// `name+id+base64(0x01 ‖ 32 bytes)`, taken apart.
pub(super) fn parts(text: &str) -> Result<(&str, [u8; 4], [u8; 32]), Malformed> {
    let mut fields = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (fields.next(), fields.next(), fields.next()) else {
        return Err(Malformed::Key);
    };
    let lower = id.len() == 8 && id.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
    let id = u32::from_str_radix(id, 16).ok().filter(|_| lower);
    let key = STANDARD.decode(key).map_err(|_| Malformed::Key)?;
    match (key.split_first(), id) {
        (Some((&ED25519, key)), Some(id)) if is_name(name) => {
            let key = key.try_into().map_err(|_| Malformed::Key)?;
            Ok((name, id.to_be_bytes(), key))
        }
        _ => Err(Malformed::Key),
    }
}

/// 0x01, and these bytes.
pub(super) fn typed(bytes: &[u8; 32]) -> [u8; 33] {
    let mut typed = [ED25519; 33];
    for (to, from) in typed.iter_mut().skip(1).zip(bytes) {
        *to = *from;
    }
    typed
}

/// Whether a journal's key may have this name: nothing that drives a terminal, not endless.
pub(super) fn is_name(name: &str) -> bool {
    signs(name) && name.len() <= MAX_NAME && !name.contains(char::is_control)
}

/// Whether somebody may sign under this name: no space and no plus sign.
fn signs(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

pub(super) fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update(b"\n");
    hash.update(typed(&key.to_bytes()));
    let [a, b, c, d, ..]: [u8; 32] = hash.finalize().into();
    [a, b, c, d]
}

/// Signs a text of whole lines.
pub(super) fn sign(text: &str, name: &str, key: &SigningKey) -> String {
    let id = key_id(name, &key.verifying_key());
    let signature = key.sign(text.as_bytes()).to_bytes();
    let signed = STANDARD.encode([id.as_slice(), signature.as_slice()].concat());
    format!("{text}\n{DASH}{name} {signed}\n")
}

impl<'a> Note<'a> {
    /// Takes a note apart.
    pub(super) fn parse(note: &'a str) -> Result<Self, Malformed> {
        if u64::try_from(note.len()).is_ok_and(|length| length > MAX_NOTE) {
            return Err(Malformed::Long);
        }
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(Malformed::Note);
        }
        let end = note.rfind("\n\n").ok_or(Malformed::Note)?;
        let (text, rest) = note.split_at_checked(end.saturating_add(1)).ok_or(Malformed::Note)?;
        let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let signatures: Vec<_> = lines
            .ok_or(Malformed::Note)?
            .split('\n')
            .map(signature)
            .collect::<Option<_>>()
            .ok_or(Malformed::Note)?;
        Ok(Self { text, signatures })
    }
}

/// `— name base64(id ‖ signature)`.
fn signature(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, signed) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(signed).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (signs(name) && !signature.is_empty()).then(|| (name, *id, signature.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the documentation of golang.org/x/mod/sumdb/note.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_of_another_implementation_verifies() {
        let verifier: Verifier = KEY.parse().unwrap();
        assert_eq!(verifier.to_string(), KEY);
        let note = Note::parse(NOTE).unwrap();
        let text = verifier.verified(&note).unwrap();
        assert!(text.ends_with("problem is.\n"));
    }

    #[test]
    fn a_changed_note_does_not() {
        let verifier: Verifier = KEY.parse().unwrap();
        let changed = NOTE.replace("think", "thunk");
        let note = Note::parse(&changed).unwrap();
        assert_eq!(verifier.verified(&note), Err(Malformed::Forged(verifier.id())));
        let other = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let other = Verifier::new("PeterNeumann", other);
        assert_eq!(
            other.verified(&Note::parse(NOTE).unwrap()),
            Err(Malformed::Unsigned(other.id()))
        );
    }

    #[test]
    fn what_is_signed_is_read_again() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let note = sign("a\n\nb\n", "n", &key);
        let note = Note::parse(&note).unwrap();
        let verifier = Verifier::new("n", key.verifying_key());
        assert_eq!(verifier.verified(&note), Ok("a\n\nb\n"));
    }

    /// A line of a signature by somebody whom nobody here knows.
    fn foreign(name: &str, n: u8, length: usize) -> String {
        format!("{DASH}{name} {}\n", STANDARD.encode(vec![n; 4 + length]))
    }

    /// C2SP: 16 signatures at least, of any algorithm and by names of any length, in any order.
    #[test]
    fn others_may_sign_as_well() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let verifier = Verifier::new("n", key.verifying_key());
        let note = sign("a\n", "n", &key);
        let (text, own) = note.split_at(3);
        // Ed25519, witnesses with a time, ML-DSA-44, ML-DSA-87, and names that no journal has.
        let lengths = [64, 72, 2420, 4627];
        let others: Vec<String> = (0..15)
            .map(|n: u8| {
                foreign(
                    &format!("w{n}/{}", "\u{e9}".repeat(150)),
                    n,
                    lengths[usize::from(n) % 4],
                )
            })
            .collect();
        for place in 0..=others.len() {
            let (above, below) = others.split_at(place);
            let note = format!("{text}{}{own}{}", above.concat(), below.concat());
            assert_eq!(verifier.verified(&Note::parse(&note).unwrap()), Ok("a\n"), "{place}");
        }
        let longest: String = (0..15)
            .map(|n| foreign("witness.example.com/post-quantum", n, 4627))
            .collect();
        let note = format!("{note}{longest}");
        assert_eq!(verifier.verified(&Note::parse(&note).unwrap()), Ok("a\n"));
        let many: String = (0..200).map(|n| foreign("w", n, 64)).collect();
        assert!(
            Note::parse(&format!("{note}{many}")).is_ok(),
            "only the size is bounded"
        );
        assert_eq!(
            verifier.verified(&Note::parse(&format!("{text}{longest}")).unwrap()),
            Err(Malformed::Unsigned(verifier.id()))
        );
    }

    /// Who shares a name or an id with a known key is unknown; whoever shares both must have signed.
    #[test]
    fn every_signature_of_a_known_key_must_be_right() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let verifier = Verifier::new("n", key.verifying_key());
        let id = verifier.id();
        let note = sign("a\n", "n", &key);
        let wrong = |name: &str, id: [u8; 4], length: usize| {
            format!(
                "{DASH}{name} {}\n",
                STANDARD.encode([id.as_slice(), &vec![7; length]].concat())
            )
        };
        let (text, own) = note.split_at(3);
        let verified = |lines: &str| {
            verifier
                .verified(&Note::parse(&format!("{text}{lines}")).unwrap())
                .is_ok()
        };
        assert!(
            verified(own) && verified(&own.repeat(3)),
            "the same one again says nothing new"
        );
        for unknown in [wrong("m", id, 64), wrong("n", [0; 4], 64)] {
            assert!(verified(&format!("{unknown}{own}")) && verified(&format!("{own}{unknown}")));
        }
        for forged in [wrong("n", id, 64), wrong("n", id, 65), wrong("n", id, 2420)] {
            for lines in [format!("{forged}{own}"), format!("{own}{forged}")] {
                let note = format!("{text}{lines}");
                let note = Note::parse(&note).unwrap();
                assert_eq!(verifier.verified(&note), Err(Malformed::Forged(id)));
            }
        }
    }

    #[test]
    fn malformed_notes_and_keys_are_refused() {
        for bad in [
            "",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\n- n AAAAAAA=\n",
            "text\n\n\u{2014} n AAAAAAA=",
            "text\n\n\u{2014} n AAAA\n",
            "text\n\n\u{2014} n+m AAAAAAA=\n",
            "text\r\n\n\u{2014} n AAAAAAA=\n",
            "te\u{0}xt\n\n\u{2014} n AAAAAAA=\n",
            "text\n\n\u{2014} n AAAAAAA=\n\u{2014} n AAAAAAA=\n\n",
        ] {
            assert!(Note::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Note::parse(&"x".repeat(200_000)), Err(Malformed::Long));
        for bad in [
            "",
            "a+b",
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        ] {
            assert_eq!(bad.parse::<Verifier>(), Err(Malformed::Key), "{bad}");
        }
        let renamed = KEY.replace("Peter", "Petra");
        assert_eq!(renamed.parse::<Verifier>(), Err(Malformed::KeyId));
    }
}
