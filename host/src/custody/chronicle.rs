//! What custody writes into the journal, and what it finds there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use gardefou_policy::types::{Artefact, CaptureMode, Millis, Span, Timestamp};
use serde_json::Value;

use super::clock::{self, Dated};
use crate::journal::{
    AccessEvent, AccessRecord, Asked, AskedBy, DecisionRecord, Entry, Head, Journal, OpenDiscard, Record,
};
use crate::policy::Digest;
use crate::stores::StoreError;

/// How many entries are read at once.
const PAGE: usize = 1_024;

/// The journal, and in tests one whose disk fails at a given write.
pub(super) trait Chronicle: Send + Sync + fmt::Debug {
    fn files(&self) -> Vec<PathBuf>;
    fn append(&self, records: &[Record]) -> Result<Head, StoreError>;
    fn open_discards(&self) -> Result<Vec<OpenDiscard>, StoreError>;
    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError>;
    fn forget(&self, entries: &[u64]) -> Result<u64, StoreError>;
    fn vouch(&self, what: &[u8]) -> String;
    fn vouched(&self, what: &[u8], vouch: &str) -> bool;
}

impl Chronicle for Journal {
    fn files(&self) -> Vec<PathBuf> {
        Self::files(self)
    }

    fn append(&self, records: &[Record]) -> Result<Head, StoreError> {
        Self::append(self, records)
    }

    fn open_discards(&self) -> Result<Vec<OpenDiscard>, StoreError> {
        Self::open_discards(self)
    }

    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        Self::entries(self, from, most)
    }

    fn forget(&self, entries: &[u64]) -> Result<u64, StoreError> {
        Self::forget(self, entries)
    }

    fn vouch(&self, what: &[u8]) -> String {
        Self::vouch(self, what)
    }

    fn vouched(&self, what: &[u8], vouch: &str) -> bool {
        Self::vouched(self, what, vouch)
    }
}

/// Every entry from this one on, to the last.
pub(super) fn each(journal: &dyn Chronicle, from: u64, mut see: impl FnMut(Entry)) -> Result<u64, StoreError> {
    let mut next = from;
    loop {
        let page = journal.entries(next, PAGE)?;
        let Some(last) = page.last() else { return Ok(next) };
        next = last.index.saturating_add(1);
        page.into_iter().for_each(&mut see);
    }
}

/// A decision that the journal holds, without its trace.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) index: u64,
    pub(super) session: String,
    pub(super) employee: String,
    pub(super) programme: String,
    pub(super) collected_at: Timestamp,
    pub(super) segment: Option<Span>,
    pub(super) kept: bool,
    pub(super) sidecar: Option<Digest>,
    pub(super) mode: Option<CaptureMode>,
    pub(super) call_reference: Option<String>,
    pub(super) notice: Option<String>,
}

impl Told {
    fn of(index: u64, record: &DecisionRecord) -> Self {
        let opening = record
            .trace
            .iter()
            .find(|line| line.get("event") == Some(&Value::from("session")));
        let text = |path: &str| Some(opening?.pointer(path)?.as_str()?.to_owned());
        Self {
            index,
            session: record.session.clone(),
            employee: record.employee.clone(),
            programme: record.programme.clone(),
            // Nothing is decided before it is collected.
            collected_at: record.collected_at.min(record.at),
            segment: record.segment,
            kept: matches!(record.outcome.as_str(), "keep" | "trim"),
            sidecar: record.sidecar,
            mode: opening
                .and_then(|line| line.get("mode"))
                .and_then(|mode| serde_json::from_value(mode.clone()).ok()),
            call_reference: record.call_reference.clone(),
            notice: text("/employee-notice/version"),
        }
    }
}

/// What the journal tells custody.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// Decisions, by session.
    pub(super) decisions: BTreeMap<String, Vec<Told>>,
    /// Access records by when they happened, and counts by their day.
    pub(super) accesses: Vec<(Timestamp, u64)>,
    /// Sessions whose recording custody deleted, or its recorder could not keep.
    pub(super) gone: BTreeSet<String>,
    /// Sessions whose processing is restricted, and by whose wish.
    pub(super) restraints: BTreeMap<String, Vec<Restraint>>,
    /// Requests that were opened, by their reference. Those of several persons may have the same one.
    pub(super) requests: BTreeMap<String, Vec<OpenRequest>>,
    /// Sessions whose decisions were forgotten while their recording stays, and the digest of its sidecar.
    pub(super) attested: BTreeMap<String, Digest>,
    /// How many access records stay for as long as that lasts; they are not among `accesses`.
    pub(super) restricting: usize,
    /// The latest of custody's own entries.
    pub(super) newest: Timestamp,
    /// The latest entry that a clock of a machine gave its date to: custody's own, and those of recorders that
    /// start. Decisions have the dates of what was recorded, and of a trace that is run again any date.
    pub(super) latest: Timestamp,
    /// The dates that clocks of machines gave, in the order of the journal.
    pub(super) dated: Vec<Dated>,
    /// The date of every entry that has one.
    pub(super) dates: Vec<Timestamp>,
    /// The day of every count.
    pub(super) days: Vec<Timestamp>,
    /// The latest date that the ones before it lead up to.
    pub(super) known: Option<Timestamp>,
    /// How many entries there are.
    pub(super) size: u64,
}

/// A wish by which a session is restricted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Restraint {
    /// Who wished it; none where an earlier version did not write it down.
    pub(super) by: Option<AskedBy>,
    pub(super) reference: Option<String>,
    pub(super) review: Option<Timestamp>,
    index: u64,
}

/// A person's request that somebody is to answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct OpenRequest {
    pub(super) by: AskedBy,
    /// When it was opened first.
    pub(super) since: Timestamp,
    /// Until when it keeps what it concerns.
    pub(super) until: Timestamp,
    pub(super) sessions: BTreeSet<String>,
    /// How often its time was changed.
    pub(super) extended: u32,
    pub(super) closed: bool,
    /// Whose it is, under a digest; none where an earlier version did not write it down.
    pub(super) whose: Option<String>,
    entries: Vec<u64>,
}

impl OpenRequest {
    /// Whether it is this asker's, about this person. Of an earlier version's only what it concerned tells.
    pub(super) fn is_of<'s>(&self, by: AskedBy, whose: &str, mut sessions: impl Iterator<Item = &'s str>) -> bool {
        let same = match &self.whose {
            Some(own) => own == whose,
            None => sessions.any(|session| self.sessions.contains(session)),
        };
        same && self.by == by
    }
}

/// The longest that a request is open, from its receipt and with every extension: three months (RGPD 12.3),
/// whichever these are.
pub(super) const MOST_OPEN: Millis = 89 * gardefou_policy::types::DAY;

/// A request to restrict, or to release again.
struct Request {
    index: u64,
    releases: bool,
    sessions: Vec<String>,
}

impl Request {
    fn of(index: u64, event: &AccessEvent) -> Option<Self> {
        let AccessEvent::Right {
            request, recordings, ..
        } = event
        else {
            return None;
        };
        matches!(request.as_str(), "restrict" | "release").then(|| Self {
            index,
            releases: request == "release",
            sessions: recordings.clone(),
        })
    }
}

impl Past {
    pub(super) fn read(journal: &dyn Chronicle) -> Result<Self, StoreError> {
        let mut past = Self::default();
        let mut discards = Vec::new();
        let mut requests = Vec::new();
        let size = each(journal, 0, |entry| past.see(entry, &mut discards, &mut requests))?;
        past.discarded(&discards);
        (past.newest, past.latest) = clock::latest(&past.dated);
        // What is still open must stay listed.
        let open = journal.open_discards()?;
        let stays = |discard: &OpenDiscard| {
            open.iter()
                .any(|o| (&o.session, o.segment) == (&discard.session, discard.segment))
        };
        let mut kept: BTreeSet<u64> = discards
            .iter()
            .filter(|(_, d)| stays(d))
            .map(|(index, _)| *index)
            .collect();
        let mut restricting = past.restricting(&requests);
        let requests = past.requests.values().flatten().filter(|request| !request.closed);
        restricting.extend(requests.flat_map(|request| request.entries.iter().copied()));
        past.restricting = restricting.len();
        kept.extend(restricting);
        past.accesses.retain(|(_, index)| !kept.contains(index));
        past.accesses.sort_unstable();
        Ok(Self { size, ..past })
    }

    /// Sessions that were to be kept, and all of which was then to be discarded.
    fn discarded(&mut self, discards: &[(u64, OpenDiscard)]) {
        let mut of_session: BTreeMap<&String, Vec<Span>> = BTreeMap::new();
        for (_, discard) in discards {
            of_session.entry(&discard.session).or_default().push(discard.segment);
        }
        for (session, spans) in of_session {
            let covers = |kept: Span| spans.iter().any(|s| s.start <= kept.start && kept.end <= s.end);
            let mut kept = self.of(session).iter().filter(|told| told.kept).peekable();
            if kept.peek().is_some() && kept.all(|told| told.segment.is_some_and(covers)) {
                self.gone.insert(session.clone());
            }
        }
    }

    /// The entries by which something is still restricted: without them it would be purged one day. Where one
    /// of them names more sessions, those by which the others were released stay too.
    fn restricting(&self, requests: &[Request]) -> BTreeSet<u64> {
        // What was erased, but for an analysis, say, is given to nobody, and its restriction holds up nothing.
        let lasts = |session: &String| {
            let told = self.decisions.contains_key(session) || self.attested.contains_key(session);
            let gone = self.gone.contains(session) && !told;
            self.is_restricted(session) && !gone
        };
        let restricting: Vec<&Request> = requests
            .iter()
            .filter(|request| !request.releases && request.sessions.iter().any(lasts))
            .collect();
        let named: BTreeSet<&String> = restricting.iter().flat_map(|request| &request.sessions).collect();
        let releasing = requests
            .iter()
            .filter(|request| request.releases && request.sessions.iter().any(|session| named.contains(session)));
        restricting
            .iter()
            .map(|request| request.index)
            .chain(releasing.map(|request| request.index))
            .collect()
    }

    fn see(&mut self, entry: Entry, discards: &mut Vec<(u64, OpenDiscard)>, requests: &mut Vec<Request>) {
        let index = entry.index;
        match entry.record {
            None => {}
            Some(Record::Decision(record)) => {
                self.dates.push(record.at);
                self.follow(record.at);
                let told = Told::of(index, &record);
                self.decisions.entry(record.session).or_default().push(told);
            }
            Some(Record::Count(count)) => {
                // A day that cannot be read is long past.
                let day = day(&count.day).unwrap_or(Timestamp::MIN);
                self.days.push(day);
                self.accesses.push((day, index));
            }
            Some(Record::Access(record)) => {
                self.dates.push(record.at);
                self.follow(record.at);
                self.accesses.push((record.at, index));
                requests.extend(Request::of(index, &record.event));
                self.dated.extend(Dated::of(index, &record));
                self.listen(record, index, discards);
            }
        }
    }

    fn listen(&mut self, record: AccessRecord, index: u64, discards: &mut Vec<(u64, OpenDiscard)>) {
        match record.event {
            AccessEvent::Purge {
                recording,
                artefact,
                sidecar,
                ..
            } => {
                self.attested.extend(recording.clone().zip(sidecar));
                self.gone.extend(recording.filter(|_| artefact == Artefact::Recording));
            }
            AccessEvent::Invalidation { recordings, .. } => self.gone.extend(recordings),
            AccessEvent::Right {
                request,
                recordings,
                asked,
                ..
            } => self.answered(&request, recordings, asked, record.at, index),
            AccessEvent::Clock { account: Some(_), .. } => self.disown(record.at),
            AccessEvent::Discard {
                session,
                segment,
                reason,
            } => discards.push((
                index,
                OpenDiscard {
                    session,
                    segment,
                    reason,
                },
            )),
            _ => {}
        }
    }

    /// A request was answered.
    fn answered(&mut self, request: &str, sessions: Vec<String>, asked: Option<Asked>, at: Timestamp, index: u64) {
        match request {
            "erase" => self.gone.extend(sessions),
            "restrict" => {
                let asked = asked.as_ref();
                let restraint = Restraint {
                    by: asked.map(|asked| asked.by),
                    reference: asked.and_then(|asked| asked.reference.clone()),
                    review: asked.and_then(|asked| asked.review),
                    index,
                };
                for session in sessions {
                    let restraints = self.restraints.entry(session).or_default();
                    restraints.retain(|one| (one.by, &one.reference) != (restraint.by, &restraint.reference));
                    restraints.push(restraint.clone());
                }
            }
            "release" => {
                // Whoever wished it ends it, and nobody else's wish; what an earlier version wrote ends for anybody.
                let by = asked.map(|asked| asked.by);
                let stays = |one: &Restraint| by.is_some() && one.by.is_some() && one.by != by;
                for session in sessions {
                    if let Some(restraints) = self.restraints.get_mut(&session) {
                        restraints.retain(stays);
                    }
                }
                self.restraints.retain(|_, restraints| !restraints.is_empty());
            }
            "open" => self.opened(sessions, asked, at, index),
            "close" => {
                let own = asked.and_then(|asked| self.own(&asked, &sessions));
                own.into_iter().for_each(|open| open.closed = true);
            }
            _ => {}
        }
    }

    /// The request that was opened before under this reference, by whoever asks now and about the same person.
    fn own(&mut self, asked: &Asked, sessions: &[String]) -> Option<&mut OpenRequest> {
        let whose = asked.whose.as_deref().unwrap_or_default();
        let named = self.requests.get_mut(asked.reference.as_ref()?)?;
        named.iter_mut().find(|open| {
            let sessions = sessions.iter().map(String::as_str);
            open.is_of(asked.by, whose, sessions) || (asked.whose.is_none() && open.whose.is_none())
        })
    }

    /// A request that is opened again has been open since the first time, also where it was closed meanwhile. As long
    /// as it is open its time never gets shorter.
    fn opened(&mut self, sessions: Vec<String>, asked: Option<Asked>, at: Timestamp, index: u64) {
        let Some((asked, reference)) = asked.and_then(|asked| Some((asked.clone(), asked.reference?))) else {
            return;
        };
        let until = asked.until.unwrap_or(at);
        if let Some(open) = self.own(&asked, &sessions) {
            let until = if open.closed { until } else { until.max(open.until) };
            open.until = until.min(open.since.plus(MOST_OPEN));
            open.extended = open.extended.saturating_add(1);
            open.closed = false;
            open.sessions.extend(sessions);
            open.entries.push(index);
            return;
        }
        self.requests.entry(reference).or_default().push(OpenRequest {
            by: asked.by,
            since: at,
            until: until.min(at.plus(MOST_OPEN)),
            sessions: sessions.into_iter().collect(),
            extended: 0,
            closed: false,
            whose: asked.whose,
            entries: vec![index],
        });
    }

    /// Somebody said that it was this time: what lies later before it was written by a clock that was wrong. It
    /// counts from now on as of this time.
    fn disown(&mut self, at: Timestamp) {
        let latest = at.plus(clock::SKEW);
        self.dated.retain(|dated| dated.at <= latest);
        self.known = Some(at);
        let accesses = self.accesses.iter_mut().map(|(date, _)| date);
        let told = self.decisions.values_mut().flatten();
        let dates = self.dates.iter_mut().chain(&mut self.days);
        for open in self.requests.values_mut().flatten().filter(|open| open.since > latest) {
            open.since = at;
            open.until = open.until.min(at.plus(MOST_OPEN));
        }
        for date in accesses.chain(told.map(|told| &mut told.collected_at)).chain(dates) {
            if *date > latest {
                *date = at;
            }
        }
    }

    /// Whether anybody's wish restricts it.
    pub(super) fn is_restricted(&self, session: &str) -> bool {
        self.restraints.contains_key(session)
    }

    /// The sessions that are restricted.
    pub(super) fn restricted(&self) -> BTreeSet<String> {
        self.restraints.keys().cloned().collect()
    }

    /// The sessions whose restriction somebody else obtained than who asks now. An authority or a court may have
    /// anything erased.
    pub(super) fn restricted_by_others(&self, asks: AskedBy) -> BTreeSet<String> {
        let others = |one: &Restraint| one.by.is_some_and(|by| by != asks);
        let of_others = |restraints: &[Restraint]| !asks.is_authority() && restraints.iter().any(others);
        let sessions = self.restraints.iter().filter(|(_, restraints)| of_others(restraints));
        sessions.map(|(session, _)| session.clone()).collect()
    }

    /// The sessions that were restricted by an entry from this one on.
    pub(super) fn restricted_since(&self, since: u64) -> BTreeSet<String> {
        let later = |restraints: &[Restraint]| restraints.iter().any(|one| one.index >= since);
        let sessions = self.restraints.iter().filter(|(_, restraints)| later(restraints));
        sessions.map(|(session, _)| session.clone()).collect()
    }

    /// The request that keeps this session from being purged now: the one that does so for longest.
    pub(super) fn held(&self, session: &str, now: Timestamp) -> Option<(&str, &OpenRequest)> {
        let all = self.requests.iter();
        let all = all.flat_map(|(reference, open)| open.iter().map(move |open| (reference.as_str(), open)));
        let open =
            all.filter(|(_, request)| !request.closed && request.until > now && request.sessions.contains(session));
        open.max_by_key(|(_, request)| request.until)
    }

    /// Every session that the journal knows.
    pub(super) fn sessions(&self) -> impl Iterator<Item = &str> {
        let open = self.requests.values().flatten().flat_map(|request| &request.sessions);
        let all = self.decisions.keys().chain(self.attested.keys());
        let all = all.chain(self.restraints.keys()).chain(open);
        all.map(String::as_str)
    }

    /// What the journal holds about a session.
    pub(super) fn of(&self, session: &str) -> &[Told] {
        self.decisions.get(session).map_or(&[], Vec::as_slice)
    }

    /// The digest of a session's sidecar: that of the last record that has one; or what custody wrote down when it
    /// forgot the last of them.
    pub(super) fn sidecar(&self, session: &str) -> Option<Digest> {
        let told = self.of(session);
        let decided = told.iter().rev().find_map(|told| told.sidecar);
        let attested = || self.attested.get(session).copied().filter(|_| told.is_empty());
        decided.or_else(attested)
    }

    /// The employee whose recording it is: of the decision that names the sidecar; else of the last.
    pub(super) fn employee(&self, session: &str) -> Option<&str> {
        let told = self.of(session);
        let deciding = told.iter().rev().find(|told| told.sidecar.is_some());
        Some(deciding.or(told.last())?.employee.as_str())
    }
}

/// The first instant of a day, UTC, written `YYYY-MM-DD`.
fn day(text: &str) -> Option<Timestamp> {
    let mut parts = text.splitn(3, '-');
    let mut number = |digits: usize| {
        let part = parts
            .next()
            .filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<u64>().ok()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1970 {
        return None;
    }
    // Days since 1970, counted from 1 March of the year 0: leap days come last in such a year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let since_1970 = days.checked_sub(719_468)?;
    Some(Timestamp::from_millis(since_1970 * gardefou_policy::types::DAY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gardefou_policy::types::DAY;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1970-12-31", 364),
            ("1972-02-29", 789),
            ("2000-03-01", 11_017),
            ("2026-11-25", 20_782),
        ] {
            assert_eq!(day(text), Some(Timestamp::from_millis(days * DAY)), "{text}");
        }
        for text in [
            "",
            "1969-12-31",
            "2026-13-01",
            "2026-1-01",
            "2026-11-32",
            "x",
            "2026-11",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn the_days_follow_each_other() {
        // A second implementation: counting.
        let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let mut count = 0;
        for year in 1970..2130 {
            for month in 1..=12 {
                let length = match month {
                    2 => 28 + u64::from(leap(year)),
                    4 | 6 | 9 | 11 => 30,
                    _ => 31,
                };
                for date in 1..=length {
                    let text = format!("{year:04}-{month:02}-{date:02}");
                    assert_eq!(day(&text), Some(Timestamp::from_millis(count * DAY)), "{text}");
                    count += 1;
                }
            }
        }
    }
}
