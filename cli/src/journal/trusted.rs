//! A journal that is read to be shown: whether it is what was signed is looked at first, and said first.

use std::ffi::OsStr;
use std::path::Path;

use gardefou::StoreError;
use gardefou::journal::{Entry, JournalReader, NotVerified, Stored, VerifyOptions, Wrong, WrongPlace};
use serde_json::json;

use super::files::{key, key_in};
use super::verify::place;
use crate::failure::{Failure, say as tell};
use crate::language::{Language, say};
use crate::text::{REFUSED, paint};

/// What came of it where something is not what was signed.
pub(super) const WRONG: u8 = 3;

/// A journal, and what of it is not what was signed.
pub(crate) struct Trusted {
    reader: JournalReader,
    wrong: Option<Wrong>,
}

/// What a journal is held against: the key that was given, else the one beside the file.
pub(super) fn options(file: &Path, given: Option<&OsStr>) -> Result<VerifyOptions, Failure> {
    let beside = beside(file);
    let mut options = VerifyOptions::default();
    options.verifier = match given {
        Some(given) => Some(key(given)?),
        None if std::fs::symlink_metadata(&beside).is_ok() => Some(key_in(&beside)?),
        None => None,
    };
    Ok(options)
}

fn beside(file: &Path) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// The first thing that is wrong; what cannot be read at all is an error.
pub(super) fn wrong_of(error: NotVerified) -> Result<Wrong, Failure> {
    match error {
        NotVerified::Wrong(wrong) => Ok(wrong),
        // What was damaged so that it is no journal any more is not what was written either.
        NotVerified::Store(error @ StoreError::Lost { .. }) => Ok(Wrong::of(WrongPlace::Head, error.text())),
        NotVerified::Store(error) => Err(error.into()),
        _ => Err(Failure::Answered(1)),
    }
}

impl Trusted {
    /// Opens a journal to show it, and holds all of it against the key.
    pub(crate) fn open(file: &Path, given: Option<&OsStr>) -> Result<Self, Failure> {
        let options = options(file, given)?;
        let reader = JournalReader::open(file)?;
        let verified = reader.verify(&options, |_, _| {});
        let wrong = verified.err().map(wrong_of).transpose()?;
        Ok(Self { reader, wrong })
    }

    /// The journal, whatever is wrong with it.
    pub(crate) const fn reader(&self) -> &JournalReader {
        &self.reader
    }

    /// What is said before anything else, where something is wrong.
    pub(crate) fn first_line(&self, json: bool) -> Option<String> {
        let wrong = self.wrong.as_ref()?;
        let language = Language::of_the_user();
        if json {
            let (place, number) = super::verify::place_in_json(&wrong.place);
            let what = &wrong.what.english;
            return Some(json!({"verified": false, "place": place, "number": number, "what": what}).to_string());
        }
        let (place, what) = (place(&wrong.place, language), language.of(&wrong.what));
        let word = paint(REFUSED, language.pick("NOT VERIFIED", "NON VÉRIFIÉ"));
        Some(say!(
            language,
            "{word}: {place}: {what}. What follows is what the file says, and not what was signed.",
            "{word}\u{a0}: {place}\u{a0}: {what}. Ce qui suit est ce que dit le fichier, et non ce qui a été signé."
        ))
    }

    /// How it ends, once everything was shown.
    pub(crate) const fn ended(&self) -> Result<(), Failure> {
        match self.wrong {
            Some(_) => Err(Failure::Answered(WRONG)),
            None => Ok(()),
        }
    }

    /// The entries from this one on, at most so many: what was signed; where that cannot be had, what the file says.
    pub(crate) fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Failure> {
        let entries = match self.wrong {
            None => self.reader.proven(from, most),
            Some(_) => self.reader.entries(from, most),
        };
        entries.map_err(lost)
    }

    /// The same as they are stored.
    pub(crate) fn stored(&self, from: u64, most: usize) -> Result<Vec<Stored>, Failure> {
        let stored = match self.wrong {
            None => self.reader.proven_stored(from, most),
            Some(_) => self.reader.stored(from, most),
        };
        stored.map_err(lost)
    }
}

/// Something is not what was written, and nothing behind it can be read.
pub(super) fn lost(error: StoreError) -> Failure {
    match error {
        StoreError::Lost { .. } => {
            tell(Language::of_the_user().of(&error.text()));
            Failure::Answered(WRONG)
        }
        other => other.into(),
    }
}
