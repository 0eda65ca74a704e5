//! What a journal's key signs: checkpoints (C2SP tlog-checkpoint), and the seal over all that is no entry.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::note::{Malformed, Note, Verifier, is_name};
use super::tree::{Hash, MAX_SIZE};

/// A journal as it was once: so many entries, and the root of the tree over them. What was signed stays true
/// for ever, because entries are only ever added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Of which journal.
    pub origin: String,
    /// How many entries it had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
}

impl Checkpoint {
    /// The text that is signed.
    pub(super) fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// The checkpoint in this note, when this key signed it.
    ///
    /// # Errors
    /// When it is no note or no checkpoint, or is not signed by the key.
    pub fn verified(note: &str, verifier: &Verifier) -> Result<Self, Malformed> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(verifier.verified(&note)?)?;
        let own = checkpoint.origin == verifier.name();
        own.then_some(checkpoint).ok_or(Malformed::Unsigned(verifier.id()))
    }

    /// Reads the text of a note. Lines after the third are allowed, and say nothing.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let mut lines = text.strip_suffix('\n').ok_or(Malformed::Checkpoint)?.split('\n');
        let origin = lines.next().filter(|origin| is_name(origin));
        let size = lines.next().and_then(number).filter(|size| *size <= MAX_SIZE);
        let root = lines.next().and_then(hash);
        let (Some(origin), Some(size), Some(root)) = (origin, size, root) else {
            return Err(Malformed::Checkpoint);
        };
        if lines.any(str::is_empty) {
            return Err(Malformed::Checkpoint);
        }
        let origin = origin.to_owned();
        Ok(Self { origin, size, root })
    }
}

/// What the key signs at every change: where the tree stands, and everything beside the tree that changes in
/// place. Who holds the file cannot put an old count back, nor take a content away, without the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Seal {
    /// Of which journal.
    pub(super) origin: String,
    /// How many changes there were.
    pub(super) turn: u64,
    /// How many entries.
    pub(super) size: u64,
    /// The root of the tree.
    pub(super) root: Hash,
    /// Over the counts of days that are not over.
    pub(super) counts: Hash,
    /// Over which entries were forgotten.
    pub(super) forgotten: Hash,
    /// Over which discards are open.
    pub(super) discards: Hash,
    /// How many checkpoints were kept.
    pub(super) checkpoints: u64,
}

impl Seal {
    /// The text that is signed.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}/seal\n", self.origin);
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // Writing into a string does not fail.
            let _ = writeln!(text, "{name} {value}");
        };
        line("turn", &self.turn);
        line("size", &self.size);
        line("root", &STANDARD.encode(self.root));
        line("counts", &STANDARD.encode(self.counts));
        line("forgotten", &STANDARD.encode(self.forgotten));
        line("discards", &STANDARD.encode(self.discards));
        line("checkpoints", &self.checkpoints);
        text
    }

    /// The seal in this note, when this key signed it.
    pub(super) fn verified(note: &str, verifier: &Verifier) -> Result<Self, Malformed> {
        let note = Note::parse(note)?;
        let seal = Self::parse(verifier.verified(&note)?)?;
        let own = seal.origin == verifier.name();
        own.then_some(seal).ok_or(Malformed::Unsigned(verifier.id()))
    }

    fn parse(text: &str) -> Result<Self, Malformed> {
        Self::lines(text).ok_or(Malformed::Seal)
    }

    fn lines(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next()?.strip_suffix("/seal").filter(|origin| is_name(origin))?;
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let seal = Self {
            origin: origin.to_owned(),
            turn: number(value("turn")?)?,
            size: number(value("size")?).filter(|size| *size <= MAX_SIZE)?,
            root: hash(value("root")?)?,
            counts: hash(value("counts")?)?,
            forgotten: hash(value("forgotten")?)?,
            discards: hash(value("discards")?)?,
            checkpoints: number(value("checkpoints")?)?,
        };
        lines.next().is_none().then_some(seal)
    }
}

/// A number as it is written: no sign, no leading zero.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    let plain = text.bytes().all(|c| c.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then_some(number)
}

fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(size: u64) -> Checkpoint {
        let root = [9; 32];
        let origin = "gardefou.journal/00".to_owned();
        Checkpoint { origin, size, root }
    }

    #[test]
    fn a_checkpoint_reads_as_it_is_written() {
        let text = checkpoint(4).text();
        assert_eq!(text, format!("gardefou.journal/00\n4\n{}\n", STANDARD.encode([9; 32])));
        assert_eq!(Checkpoint::parse(&text), Ok(checkpoint(4)));
        assert_eq!(Checkpoint::parse(&format!("{text}more\n")), Ok(checkpoint(4)));
    }

    #[test]
    fn a_size_is_written_in_one_way() {
        let root = STANDARD.encode([9; 32]);
        for size in [
            "",
            "04",
            "+4",
            "-1",
            "4 ",
            "0x4",
            "18446744073709551616",
            "281474976710657",
        ] {
            let text = format!("o\n{size}\n{root}\n");
            assert_eq!(Checkpoint::parse(&text), Err(Malformed::Checkpoint), "{size}");
        }
        for text in ["o\n4\n", "o\n4\nAAAA\n", "a b\n4\n", "\n4\n", "o\n4\n\n", ""] {
            assert_eq!(Checkpoint::parse(text), Err(Malformed::Checkpoint), "{text:?}");
        }
        assert!(Checkpoint::parse(&format!("o\n4\n{root}\n\n")).is_err());
    }

    #[test]
    fn a_seal_reads_as_it_is_written() {
        let seal = Seal {
            origin: "o".into(),
            turn: 7,
            size: 4,
            root: [1; 32],
            counts: [2; 32],
            forgotten: [3; 32],
            discards: [4; 32],
            checkpoints: 5,
        };
        let text = seal.text();
        assert_eq!(Seal::parse(&text), Ok(seal));
        assert_eq!(Seal::parse(&format!("{text}more\n")), Err(Malformed::Seal));
        assert_eq!(Seal::parse(&text.replace("turn 7", "turn 07")), Err(Malformed::Seal));
        assert!(Checkpoint::parse(&text).is_err(), "a seal is no checkpoint");
    }
}
