//! Whether a journal is what was written: every entry, every signature, everything beside the tree.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use gardefou_policy::notes::Text;
use gardefou_policy::types::Span;
use rusqlite::Transaction;
use serde::Deserialize;

use super::checkpoint::Checkpoint;
use super::content;
use super::database::Standing;
use super::note::Verifier;
use super::number::Number;
use super::tree::{Frontier, Hash, leaf};
use super::writer::{discards_digest, forgotten_digest};
use super::{JournalReader, Stored, counting, marker, read};
use crate::stores::{StoreError, french};

/// What a journal is held against.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The key that must have signed it. Without one, the key that the journal itself names: then whoever holds
    /// the file could have written it anew, and signed it with a key of their own.
    pub verifier: Option<Verifier>,
    /// Checkpoints that were kept elsewhere, as signed notes, each with what it is called in messages.
    pub checkpoints: Vec<(String, String)>,
}

/// What was checked, and found to be what was written.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Verified {
    /// How many entries, up to the root.
    pub entries: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
    /// Of how many of them whoever held the key destroyed the content. Why is not shown.
    pub forgotten: u64,
    /// How many checkpoints of the journal's own.
    pub checkpoints: u64,
    /// How many that were kept elsewhere.
    pub kept: u64,
    /// The first so many entries are those that the latest of these is over. What follows is only as good as the key.
    pub kept_entries: u64,
    /// How many counts of days that are not over.
    pub counts: u64,
    /// How many open discards.
    pub open_discards: u64,
    /// Whether the marker stands beside the journal; an auditor's copy has none.
    pub marker: bool,
}

/// Why a journal was not verified.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NotVerified {
    /// It could not be read to its end.
    Store(StoreError),
    /// It is not what was written.
    Wrong(Wrong),
}

/// The first thing that is not what was written.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Wrong {
    /// Where.
    pub place: WrongPlace,
    /// What.
    pub what: Text,
}

/// Where a journal is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum WrongPlace {
    /// An entry.
    Entry(u64),
    /// One of the entries from the first to the last: the tree over them is not the one that was signed.
    Entries {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// The checkpoint of so many entries.
    Checkpoint(u64),
    /// A checkpoint that was kept elsewhere: what it is called.
    Kept(String),
    /// The key.
    Key,
    /// Where it says that it stands.
    Head,
    /// The list of what was forgotten.
    Forgotten,
    /// The counts of days that are not over.
    Counts,
    /// The list of open discards.
    Discards,
    /// The marker beside it.
    Marker,
}

impl Wrong {
    /// This is wrong at this place.
    #[must_use]
    pub const fn of(place: WrongPlace, what: Text) -> Self {
        Self { place, what }
    }
}

impl From<StoreError> for NotVerified {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn wrong(place: WrongPlace, english: impl Into<String>, french: impl Into<String>) -> NotVerified {
    NotVerified::Wrong(Wrong {
        place,
        what: Text {
            english: english.into(),
            french: french.into(),
        },
    })
}

/// What is damaged is wrong at this place.
fn damaged(place: &WrongPlace) -> impl Fn(StoreError) -> NotVerified {
    let place = place.clone();
    move |error| match error {
        StoreError::Lost { sign, .. } => {
            let french = french(&sign).into_owned();
            wrong(place.clone(), sign, french)
        }
        other => NotVerified::Store(other),
    }
}

impl JournalReader {
    /// Checks everything: each entry against its commitment, the tree against each signed checkpoint, the
    /// signatures, what was forgotten, the counts, the open discards, and the marker beside the file.
    /// `progress` is told how many entries of how many are done.
    ///
    /// # Errors
    /// The first thing that is wrong, or why it could not be read.
    pub fn verify(&self, options: &VerifyOptions, progress: impl FnMut(u64, u64)) -> Result<Verified, NotVerified> {
        // The marker is never ahead of the journal, so it is read first.
        let mark = marker::read(&marker::of(&self.database.path))?;
        // One transaction: what others append meanwhile is not seen.
        let snapshot = self.database.connection.unchecked_transaction();
        let snapshot = snapshot.map_err(|error| self.database.fault(&error))?;
        let verified = self.verify_now(options, mark.as_deref(), progress);
        end(snapshot);
        verified
    }

    fn verify_now(
        &self,
        options: &VerifyOptions,
        mark: Option<&str>,
        progress: impl FnMut(u64, u64),
    ) -> Result<Verified, NotVerified> {
        self.check_key(options)?;
        let standing = self.database.standing(&self.verifier, None);
        let standing = standing.map_err(damaged(&WrongPlace::Head))?;
        self.check_marker(mark, &standing)?;
        let own = self.own_checkpoints(&standing)?;
        let mut signed = own.clone();
        let kept_entries = self.kept_checkpoints(options, &standing, &mut signed)?;
        let forgotten = self.forgotten(&standing)?;
        let mut pass = Pass {
            total: standing.seal.size,
            frontier: Frontier::default(),
            good: 0,
            signed: &signed,
            forgotten: &forgotten,
            gone: 0,
            access_gone: false,
            open: HashMap::new(),
            progress,
        };
        self.check_entries(&mut pass)?;
        let (gone, access_gone, open) = (pass.gone, pass.access_gone, pass.open);
        let counts = self.check_counts(&standing)?;
        let open_discards = self.check_discards(&standing, open.into_values().collect(), access_gone)?;
        Ok(Verified {
            entries: standing.seal.size,
            root: standing.seal.root,
            forgotten: gone,
            checkpoints: standing.seal.checkpoints,
            kept: u64::try_from(options.checkpoints.len()).unwrap_or(u64::MAX),
            kept_entries,
            counts,
            open_discards,
            marker: mark.is_some(),
        })
    }

    fn check_key(&self, options: &VerifyOptions) -> Result<(), NotVerified> {
        match &options.verifier {
            Some(verifier) if *verifier != self.verifier => {
                let own = &self.verifier;
                Err(wrong(
                    WrongPlace::Key,
                    format!("it is signed with the key `{own}`, and not with `{verifier}`"),
                    format!("il est signé avec la clé `{own}`, et non avec `{verifier}`"),
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_marker(&self, mark: Option<&str>, standing: &Standing) -> Result<(), NotVerified> {
        let sign = mark.and_then(|mark| marker::contradiction(mark, &standing.seal, &self.verifier));
        match sign {
            Some(sign) => Err(wrong(WrongPlace::Marker, sign.english, sign.french)),
            None => Ok(()),
        }
    }

    /// The roots that the journal's own checkpoints sign, by size.
    fn own_checkpoints(&self, standing: &Standing) -> Result<BTreeMap<u64, Hash>, NotVerified> {
        let read = || {
            let query = "SELECT size, note FROM checkpoint ORDER BY size";
            let mut query = self.database.connection.prepare(query)?;
            let rows = query.query_map([], |row| Ok((row.get::<_, Number>(0)?.0, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<Vec<(u64, String)>>>()
        };
        let rows = read().map_err(|error| damaged(&WrongPlace::Head)(self.database.fault(&error)))?;
        let mut signed = BTreeMap::from([(standing.seal.size, standing.seal.root)]);
        let mut last = None;
        for (size, note) in &rows {
            let follows = last.replace(*size) < Some(*size);
            let checkpoint = Checkpoint::verified(note, &self.verifier);
            let problem = match checkpoint {
                Ok(checkpoint) if follows && checkpoint.size == *size && *size <= standing.seal.size => {
                    signed.insert(*size, checkpoint.root);
                    continue;
                }
                Ok(_) => [
                    "it stands at another's place".to_owned(),
                    "il est à la place d'un autre".to_owned(),
                ],
                Err(malformed) => [malformed.to_string(), malformed.french()],
            };
            let [english, french] = problem;
            return Err(wrong(WrongPlace::Checkpoint(*size), english, french));
        }
        if u64::try_from(rows.len()) == Ok(standing.seal.checkpoints) {
            Ok(signed)
        } else {
            Err(wrong(
                WrongPlace::Head,
                "a checkpoint that was kept is missing",
                "il manque un point de contrôle qui était gardé",
            ))
        }
    }

    /// Adds the roots of the checkpoints that were kept elsewhere, and gives the size of the latest.
    fn kept_checkpoints(
        &self,
        options: &VerifyOptions,
        standing: &Standing,
        signed: &mut BTreeMap<u64, Hash>,
    ) -> Result<u64, NotVerified> {
        let mut latest = 0;
        for (name, note) in &options.checkpoints {
            let place = || WrongPlace::Kept(name.clone());
            let kept = Checkpoint::verified(note, &self.verifier)
                .map_err(|malformed| wrong(place(), malformed.to_string(), malformed.french()))?;
            let (there, here) = (kept.size, standing.seal.size);
            if there > here {
                return Err(wrong(
                    place(),
                    format!(
                        "it has {there} entries, and the journal only {here}: this is an older copy, or it was cut"
                    ),
                    format!(
                        "il a {there} entrées, et le journal seulement {here}\u{a0}: c'est une copie plus ancienne, ou on l'a coupé"
                    ),
                ));
            }
            if signed.get(&kept.size).is_some_and(|root| *root != kept.root) {
                return Err(wrong(
                    place(),
                    "it is over other entries than the journal's: they were written anew and signed again",
                    "il porte sur d'autres entrées que celles du journal\u{a0}: elles ont été réécrites et signées de nouveau",
                ));
            }
            signed.insert(kept.size, kept.root);
            latest = latest.max(kept.size);
        }
        Ok(latest)
    }

    /// Which entries were forgotten, with their kinds, as they were sealed: by the first, the last and the kind.
    fn forgotten(&self, standing: &Standing) -> Result<BTreeMap<u64, (u64, i64)>, NotVerified> {
        let place = WrongPlace::Forgotten;
        let runs = read::forgotten_runs(&self.database);
        let runs = runs.map_err(|error| damaged(&place)(self.database.fault(&error)))?;
        let sealed = runs.iter().fold([0; 32], |digest, (first, last, kind)| {
            forgotten_digest(&digest, *first, *last, *kind)
        });
        if sealed == standing.seal.forgotten {
            Ok(runs
                .into_iter()
                .map(|(first, last, kind)| (first, (last, kind)))
                .collect())
        } else {
            Err(wrong(
                place,
                "the list of the entries that were forgotten is not what was sealed",
                "la liste des entrées effacées n'est pas celle qui a été scellée",
            ))
        }
    }

    fn check_entries(&self, pass: &mut Pass<'_, impl FnMut(u64, u64)>) -> Result<(), NotVerified> {
        let mut found = None;
        pass.at_size()?;
        let read = read::each(&self.database, 0, u64::MAX, |index, stored| {
            let seen = match stored {
                Ok(stored) => pass.see(&stored),
                Err(flaw) => Err(wrong(WrongPlace::Entry(index), flaw.to_string(), flaw.french())),
            };
            seen.map_err(|first| {
                found = Some(first);
                self.database.damaged("")
            })
        });
        if let Some(found) = found {
            return Err(found);
        }
        let next = pass.frontier.size();
        read.map_err(damaged(&WrongPlace::Entry(next)))?;
        if next < pass.total {
            return Err(wrong(WrongPlace::Entry(next), "it is missing", "elle manque"));
        }
        let last = "SELECT coalesce(max(idx), -1) FROM content";
        let last: rusqlite::Result<i64> = self.database.connection.query_row(last, [], |row| row.get(0));
        let last = last.map_err(|error| damaged(&WrongPlace::Entry(next))(self.database.fault(&error)))?;
        match u64::try_from(last) {
            Ok(beyond) if beyond >= next => Err(wrong(
                WrongPlace::Entry(beyond),
                "there is a content, and no entry",
                "il y a un contenu, et pas d'entrée",
            )),
            _ => Ok(()),
        }
    }

    fn check_counts(&self, standing: &Standing) -> Result<u64, NotVerified> {
        let place = WrongPlace::Counts;
        let counts = counting::all(&self.database.connection);
        let counts = counts.map_err(|error| damaged(&place)(self.database.fault(&error)))?;
        if counting::digest(&standing.written.salt, &counts) == standing.seal.counts {
            Ok(u64::try_from(counts.len()).unwrap_or(u64::MAX))
        } else {
            Err(wrong(
                place,
                "the counts of days that are not over are not what was sealed",
                "les décomptes des jours en cours ne sont pas ceux qui ont été scellés",
            ))
        }
    }

    /// `derived` are those that the entries leave open. Where an entry that closes one was forgotten, they may
    /// be more than are open.
    fn check_discards(
        &self,
        standing: &Standing,
        derived: BTreeSet<u64>,
        access_gone: bool,
    ) -> Result<u64, NotVerified> {
        let place = WrongPlace::Discards;
        let listed = read::open_indices(&self.database);
        let listed = listed.map_err(|error| damaged(&place)(self.database.fault(&error)))?;
        let sealed = discards_digest(&listed) == standing.seal.discards;
        let set: BTreeSet<u64> = listed.iter().copied().collect();
        let follows = set == derived || access_gone && set.is_subset(&derived);
        if sealed && follows {
            Ok(u64::try_from(listed.len()).unwrap_or(u64::MAX))
        } else {
            Err(wrong(
                place,
                "the list of open discards is not what the entries say",
                "la liste des suppressions en attente n'est pas ce que disent les entrées",
            ))
        }
    }
}

/// Nothing was written in it.
fn end(snapshot: Transaction<'_>) {
    let _ = snapshot.rollback();
}

/// One pass over the entries.
struct Pass<'a, P> {
    total: u64,
    frontier: Frontier,
    /// Up to here, the tree is one that was signed.
    good: u64,
    signed: &'a BTreeMap<u64, Hash>,
    forgotten: &'a BTreeMap<u64, (u64, i64)>,
    gone: u64,
    access_gone: bool,
    open: HashMap<(String, Span), u64>,
    progress: P,
}

/// As much of a content as is checked beside its digest.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    record: Cow<'a, str>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    session: Option<Cow<'a, str>>,
    #[serde(default)]
    segment: Option<Span>,
}

impl<P: FnMut(u64, u64)> Pass<'_, P> {
    fn see(&mut self, stored: &Stored) -> Result<(), NotVerified> {
        let index = stored.index;
        let place = || WrongPlace::Entry(index);
        if index >= self.total {
            return Err(wrong(place(), "it was never signed", "elle n'a jamais été signée"));
        }
        let kind = content::kind_number(stored.kind);
        let run = self.forgotten.range(..=index).next_back();
        let forgotten = run.is_some_and(|(_, (last, of))| index <= *last && *of == kind);
        match &stored.opened {
            Some((_, text)) if !forgotten => self.outline(index, stored.kind, text)?,
            None if forgotten => {
                self.gone = self.gone.saturating_add(1);
                self.access_gone |= stored.kind == "access";
            }
            Some(_) => {
                return Err(wrong(
                    place(),
                    "it was forgotten, and is back",
                    "elle était effacée, et elle est de retour",
                ));
            }
            None => {
                return Err(wrong(
                    place(),
                    "its content is gone, and nobody with the key forgot it",
                    "son contenu a disparu, sans que personne ne l'ait effacé avec la clé",
                ));
            }
        }
        self.frontier.push(leaf(&stored.commitment));
        if self.frontier.size().is_multiple_of(1024) || self.frontier.size() == self.total {
            (self.progress)(self.frontier.size(), self.total);
        }
        self.at_size()
    }

    /// Holds the tree against the checkpoint of its size, if there is one.
    fn at_size(&mut self) -> Result<(), NotVerified> {
        let size = self.frontier.size();
        let Some(signed) = self.signed.get(&size) else {
            return Ok(());
        };
        if *signed == self.frontier.root() {
            self.good = size;
            return Ok(());
        }
        let (first, last) = (self.good, size.saturating_sub(1));
        let place = if first == last {
            WrongPlace::Entry(first)
        } else {
            WrongPlace::Entries { first, last }
        };
        Err(wrong(
            place,
            "this is not what was signed",
            "ce n'est pas ce qui a été signé",
        ))
    }

    /// That the content is of the kind that its entry says, and which discards it opens and closes.
    fn outline(&mut self, index: u64, kind: &str, text: &str) -> Result<(), NotVerified> {
        let outline: Option<Outline<'_>> = serde_json::from_str(text).ok();
        let Some(outline) = outline.filter(|outline| outline.record == kind) else {
            return Err(wrong(
                WrongPlace::Entry(index),
                "its content is of another kind",
                "son contenu est d'une autre sorte",
            ));
        };
        if let (Some(event), Some(session), Some(segment)) = (outline.event, outline.session, outline.segment) {
            let key = (session.into_owned(), segment);
            match event.as_ref() {
                "discard" => {
                    self.open.entry(key).or_insert(index);
                }
                "discarded" => {
                    self.open.remove(&key);
                }
                _ => {}
            }
        }
        Ok(())
    }
}
