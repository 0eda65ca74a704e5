//! What is past its time, by the strictest plausible reading of every date.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_policy::types::{Artefact, Reason, Span, Timestamp};

use super::{Gone, HeldBack, Stays};
use crate::custody::chronicle::{Past, Told};
use crate::custody::clock::SKEW;
use crate::custody::disk::FileId;
use crate::custody::error::CustodyError;
use crate::custody::lifetime::Lifetimes;
use crate::custody::origin::Doubtful;
use crate::custody::shelf::{Held, Holding, Shelf};
use crate::custody::work::{Deletion, Pair, Work};
use crate::custody::{Kind, error, names};
use crate::journal::{AccessEvent, AccessRecord};
use crate::policy::Digest;

/// What is to go, and what stays.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) work: Work,
    pub(super) gone: Vec<Gone>,
    pub(super) stays: Vec<Stays>,
    pub(super) restricted: Vec<String>,
    pub(super) held: Vec<HeldBack>,
    /// Recordings whose sidecar contradicts the journal.
    pub(super) doubtful: Vec<Doubtful>,
    /// Sidecars that nobody can read here, so that of their recordings nothing is known; and marks that nobody
    /// asked for.
    pub(super) untold: Vec<(String, String)>,
    pub(super) entries: (usize, usize),
}

/// Something with a lifetime of its own.
struct Lot<'s> {
    name: &'s str,
    session: Option<&'s str>,
    artefact: Artefact,
    collected_at: Timestamp,
    until: Timestamp,
    files: Vec<&'s Held>,
    sidecar: Option<(String, Digest)>,
}

/// A recording that may be kept, as the journal and a sidecar that counts tell of it.
struct Kept {
    session: String,
    collected_at: Timestamp,
    programmes: BTreeSet<String>,
    pair: Option<Pair>,
}

struct Planner<'p, 'l> {
    plan: Plan,
    past: &'p Past,
    now: Timestamp,
    lifetimes: &'p mut Lifetimes<'l>,
    /// Until when decision records of a session may be kept because of what the folder holds of it.
    decisions: BTreeMap<String, Timestamp>,
    restricted: BTreeSet<String>,
    /// Sessions of which a recording stays: whose it is must still be told once the decisions are forgotten.
    staying: BTreeSet<String>,
}

impl Plan {
    /// What is past its time `now`.
    pub(super) fn of(
        shelf: &Shelf,
        past: &Past,
        now: Timestamp,
        lifetimes: &mut Lifetimes<'_>,
    ) -> Result<Self, CustodyError> {
        let mut planner = Planner {
            plan: Self::default(),
            past,
            now,
            lifetimes,
            decisions: BTreeMap::new(),
            restricted: past.restricted(),
            staying: BTreeSet::new(),
        };
        planner.plan.work = Work::new(now, past.size);
        for holding in &shelf.holdings {
            planner.holding(holding)?;
        }
        planner.decision_records()?;
        planner.access_records()?;
        Ok(planner.plan)
    }
}

impl Planner<'_, '_> {
    fn holding(&mut self, holding: &Holding) -> Result<(), CustodyError> {
        // Where the journal knows no session of it the name is all that tells.
        let session = holding.session().unwrap_or(&holding.name);
        let doubt = holding.origin.doubt().filter(|doubt| doubt.contradicts());
        self.plan.doubtful.extend(doubt.map(|why| Doubtful {
            name: names::shown(&holding.name),
            why,
        }));
        if self.past.is_restricted(session) {
            self.plan.restricted.push(names::shown(&holding.name));
            return Ok(());
        }
        if let Some((reference, request)) = self.past.held(session, self.now) {
            self.plan.held.push(HeldBack {
                name: names::shown(&holding.name),
                reference: reference.to_owned(),
                until: request.until,
            });
            return Ok(());
        }
        // A mark that no request stands behind keeps nothing: anybody who writes here could have put it there.
        for file in holding.of(&[Kind::Restriction]) {
            self.plan.untold.push((file.name.clone(), error::NOBODY_ASKED.into()));
        }
        if let Err(error) = &holding.about
            && !error.says_nothing()
        {
            let name = format!("{}{}", holding.name, names::SIDECAR);
            self.plan.untold.push((name, error.to_string()));
            // It stays, and whoever can read its sidecar later must be able to tell whose it is.
            self.staying.extend(holding.session().map(str::to_owned));
            return Ok(());
        }
        match self.kept(holding) {
            Some(kept) => self.decided(holding, &kept)?,
            None => self.undecided(holding)?,
        }
        self.temporary(holding)?;
        self.anonymised(holding);
        Ok(())
    }

    /// What shows that it may be kept: a sidecar that counts; or the journal, which decided to keep the session that it
    /// is named after, where its sidecar was changed afterwards.
    fn kept(&self, holding: &Holding) -> Option<Kept> {
        let session = holding.session()?;
        holding.about.as_ref().ok()?;
        let (told, about) = (self.past.of(session), holding.proven());
        if about.is_none() && !told.iter().any(|told| told.kept) {
            return None;
        }
        let programmes = told.iter().map(|told| told.programme.clone());
        let span = about.map(|about| about.span).or_else(|| span(told));
        Some(Kept {
            session: session.to_owned(),
            collected_at: self.collected(about.map(|about| about.span.start), holding, told),
            programmes: programmes.chain(about.map(|about| about.programme.clone())).collect(),
            pair: span.map(|segment| Pair {
                session: session.to_owned(),
                call_reference: about
                    .and_then(|about| about.call_reference.clone())
                    .or_else(|| told.iter().find_map(|told| told.call_reference.clone())),
                segment,
                reason: Some(Reason::RETENTION.to_string()),
            }),
        })
    }

    /// When a recording was collected: the earlier of what its sidecar and the journal say. One that lies in the future
    /// counts from its sidecar's own date, and from no later than the journal took it in.
    fn collected(&self, said: Option<Timestamp>, holding: &Holding, told: &[Told]) -> Timestamp {
        let said = told.iter().map(|told| told.collected_at).chain(said).min();
        let said = said.unwrap_or_default();
        if said <= self.now.plus(SKEW) {
            return said;
        }
        let dated = holding.of(&[Kind::Sidecar]).map(|file| file.dated).min();
        let earliest = dated.map_or(said, |dated| said.min(dated));
        let first = told.iter().map(|told| told.index).min();
        match first {
            Some(first) if earliest > self.now.plus(SKEW) => self.past.written_by(first, self.now),
            Some(_) => earliest,
            None => Timestamp::MIN,
        }
    }

    /// A recording that may be kept.
    fn decided(&mut self, holding: &Holding, kept: &Kept) -> Result<(), CustodyError> {
        let recording = self.earliest(Artefact::Recording, kept)?;
        let decisions = recording.min(self.earliest(Artefact::DecisionRecord, kept)?);
        let bound = self.decisions.entry(kept.session.clone()).or_insert(decisions);
        *bound = decisions.min(*bound);

        let analyses = self.analyses(holding, Some(kept))?;
        let analysis_stays = analyses.iter().any(|lot| lot.until > self.now);
        let mut files: Vec<&Held> = holding.of(&[Kind::Video, Kind::Other, Kind::Restriction]).collect();
        // The sidecar says whose the analyses are; it goes with the last of them.
        if !analysis_stays {
            files.extend(holding.of(&[Kind::Sidecar]));
        }
        let lot = |artefact, until, files| Lot {
            name: &holding.name,
            session: Some(&kept.session),
            artefact,
            collected_at: kept.collected_at,
            until,
            files,
            sidecar: holding.sidecar(),
        };
        if recording <= self.now && !self.past.gone.contains(&kept.session) && !files.is_empty() {
            self.discard(kept.pair.clone());
        }
        if recording > self.now || analysis_stays {
            self.staying.insert(kept.session.clone());
        }
        self.place(lot(Artefact::Recording, recording, files));
        let traces = holding.of(&[Kind::Trace, Kind::Verdicts]).collect();
        self.place(lot(Artefact::DecisionRecord, decisions, traces));
        for analysis in analyses {
            self.place(analysis);
        }
        Ok(())
    }

    /// Nothing shows that it may be kept: analyses have a time of their own all the same, and what says whose they
    /// are goes with the last of them.
    fn undecided(&mut self, holding: &Holding) -> Result<(), CustodyError> {
        let analyses = self.analyses(holding, None)?;
        let last = analyses.iter().map(|lot| lot.until).max();
        for lot in analyses {
            self.place(lot);
        }
        if let Some(until) = last {
            self.place(Lot {
                name: &holding.name,
                session: holding.session(),
                artefact: Artefact::Analysis,
                collected_at: Timestamp::MIN,
                until,
                files: holding.of(&[Kind::Sidecar]).collect(),
                sidecar: None,
            });
        }
        Ok(())
    }

    /// The recording goes: its half of the call recording too, and no trainer waits for it.
    fn discard(&mut self, pair: Option<Pair>) {
        if let Some(pair) = pair.filter(|pair| !self.plan.work.pairs.contains(pair)) {
            self.plan.work.reviewed.push(pair.session.clone());
            self.plan.work.pairs.push(pair);
        }
    }

    /// The earliest that the policies say for each programme that the sidecar or the journal names.
    fn earliest(&mut self, artefact: Artefact, kept: &Kept) -> Result<Timestamp, CustodyError> {
        let mut earliest = Timestamp::MAX;
        for programme in &kept.programmes {
            earliest = earliest.min(self.lifetimes.until(artefact, kept.collected_at, programme)?);
        }
        Ok(earliest)
    }

    /// Each analysis by its own date: not before its recording, and from the recording on when its date lies
    /// in the future.
    fn analyses<'h>(&mut self, holding: &'h Holding, of: Option<&Kept>) -> Result<Vec<Lot<'h>>, CustodyError> {
        let earliest = of.map_or(Timestamp::MIN, |kept| kept.collected_at);
        let claimed = holding.about.as_ref().ok().map(|about| about.programme.as_str());
        let programmes: Vec<&str> = match of {
            Some(kept) => kept.programmes.iter().map(String::as_str).collect(),
            // What its sidecar says can only shorten its time.
            None => [""].into_iter().chain(claimed).collect(),
        };
        let mut lots = Vec::new();
        for file in holding.of(&[Kind::Analysis]) {
            let made_at = self.plausible(file.dated).unwrap_or(Timestamp::MIN).max(earliest);
            let mut until = Timestamp::MAX;
            for programme in &programmes {
                until = until.min(self.lifetimes.until(Artefact::Analysis, made_at, programme)?);
            }
            lots.push(Lot {
                name: &holding.name,
                session: holding.session(),
                artefact: Artefact::Analysis,
                collected_at: made_at,
                until,
                files: vec![file],
                sidecar: None,
            });
        }
        Ok(lots)
    }

    /// Each temporary file by its own date; one from the future is past its time.
    fn temporary(&mut self, holding: &Holding) -> Result<(), CustodyError> {
        let told = holding.session().and_then(|session| self.past.of(session).last());
        let programme = told.map_or("", |told| told.programme.as_str());
        for file in holding.of(&[Kind::Temporary]) {
            let made_at = self.plausible(file.dated).unwrap_or(Timestamp::MIN);
            let until = self.lifetimes.until(Artefact::Temporary, made_at, programme)?;
            self.place(Lot {
                name: &holding.name,
                session: holding.session(),
                artefact: Artefact::Temporary,
                collected_at: made_at,
                until,
                files: vec![file],
                sidecar: None,
            });
        }
        Ok(())
    }

    fn anonymised(&mut self, holding: &Holding) {
        self.place(Lot {
            name: &holding.name,
            session: None,
            artefact: Artefact::AnonymisedCopy,
            collected_at: Timestamp::MIN,
            until: Timestamp::MAX,
            files: holding.of(&[Kind::Anonymised]).collect(),
            sidecar: None,
        });
    }

    fn plausible(&self, dated: Timestamp) -> Option<Timestamp> {
        (dated <= self.now.plus(SKEW)).then(|| dated.min(self.now))
    }

    /// To what goes, or to what stays.
    fn place(&mut self, lot: Lot<'_>) {
        if lot.files.is_empty() {
            return;
        }
        if lot.until > self.now {
            self.plan.stays.push(Stays {
                name: names::shown(lot.name),
                artefact: lot.artefact,
                until: lot.until,
                files: shown(&lot.files),
            });
            return;
        }
        self.go(lot, Vec::new(), None);
    }

    /// `attested` is the sidecar of a recording that stays, where the decisions about it go.
    fn go(&mut self, lot: Lot<'_>, entries: Vec<u64>, attested: Option<Digest>) {
        let event = AccessEvent::Purge {
            recording: lot.session.map(str::to_owned),
            artefact: lot.artefact,
            collected_at: lot.collected_at,
            until: lot.until,
            count: 0,
            forgotten: Vec::new(),
            sidecar: attested,
        };
        self.plan.gone.push(Gone {
            name: names::shown(lot.name),
            artefact: lot.artefact,
            collected_at: lot.collected_at,
            until: lot.until,
            files: shown(&lot.files),
            entries: u64::try_from(entries.len()).unwrap_or(u64::MAX),
        });
        self.plan.work.deletions.push(Deletion {
            session: lot.session.map(str::to_owned),
            files: lot.files.iter().map(|file| file.name.clone()).collect(),
            before: 0,
            ids: ids(&lot.files),
            sidecars: lot.sidecar.into_iter().collect(),
            entries,
            record: Some(AccessRecord { at: self.now, event }),
        });
    }

    /// Decision records go with their recording, or earlier.
    fn decision_records(&mut self) -> Result<(), CustodyError> {
        let mut apart: BTreeMap<String, Vec<(Timestamp, u64)>> = BTreeMap::new();
        let past = self.past;
        for (session, told) in &past.decisions {
            if self.restricted.contains(session) || past.held(session, self.now).is_some() {
                self.plan.entries.0 += told.len();
                continue;
            }
            let bound = match self.decisions.get(session) {
                Some(bound) => *bound,
                None if self.staying.contains(session) => self.earliest_of(told)?,
                None => Timestamp::MAX,
            };
            if past.gone.contains(session) || bound <= self.now {
                let collected_at = told.iter().map(|told| told.collected_at).min().unwrap_or_default();
                let lot = Lot {
                    name: "",
                    session: Some(session),
                    artefact: Artefact::DecisionRecord,
                    collected_at,
                    until: bound.min(self.now),
                    files: Vec::new(),
                    sidecar: None,
                };
                let attested = past.sidecar(session).filter(|_| self.staying.contains(session));
                self.go(lot, told.iter().map(|told| told.index).collect(), attested);
                continue;
            }
            for told in told {
                let of_programme = apart.entry(told.programme.clone()).or_default();
                of_programme.push((self.collected_by(told), told.index));
            }
        }
        for (programme, mut records) in apart {
            records.sort_unstable();
            let by_age = self
                .lifetimes
                .past(Artefact::DecisionRecord, &programme, &records, self.now)?;
            let with_recording = self
                .lifetimes
                .past(Artefact::Recording, &programme, &records, self.now)?;
            self.first_go(
                Artefact::DecisionRecord,
                &programme,
                &records,
                by_age.max(with_recording),
            )?;
            self.plan.entries.0 += records.len().saturating_sub(by_age.max(with_recording));
        }
        Ok(())
    }

    /// When a decision's session was collected, at the latest: a date in the future tells nothing.
    fn collected_by(&self, told: &Told) -> Timestamp {
        match told.collected_at {
            later if later > self.now.plus(SKEW) => self.past.written_by(told.index, self.now),
            collected_at => collected_at,
        }
    }

    /// Until when these decisions may be kept, by their own dates.
    fn earliest_of(&mut self, told: &[Told]) -> Result<Timestamp, CustodyError> {
        let mut earliest = Timestamp::MAX;
        for told in told {
            for artefact in [Artefact::DecisionRecord, Artefact::Recording] {
                let until = self
                    .lifetimes
                    .until(artefact, self.collected_by(told), &told.programme)?;
                earliest = earliest.min(until);
            }
        }
        Ok(earliest)
    }

    fn access_records(&mut self) -> Result<(), CustodyError> {
        let past = self.past;
        let over = self
            .lifetimes
            .past(Artefact::AccessRecord, "", &past.accesses, self.now)?;
        self.first_go(Artefact::AccessRecord, "", &past.accesses, over)?;
        self.plan.entries.1 = past.accesses.len().saturating_sub(over) + past.restricting;
        Ok(())
    }

    /// The first so many of these entries go, together.
    fn first_go(
        &mut self,
        artefact: Artefact,
        programme: &str,
        sorted: &[(Timestamp, u64)],
        count: usize,
    ) -> Result<(), CustodyError> {
        let Some(((collected_at, _), over)) = sorted
            .first()
            .zip(sorted.get(..count))
            .filter(|(_, over)| !over.is_empty())
        else {
            return Ok(());
        };
        let until = self.lifetimes.until(artefact, *collected_at, programme)?;
        let lot = Lot {
            name: "",
            session: None,
            artefact,
            collected_at: *collected_at,
            until: until.min(self.now),
            files: Vec::new(),
            sidecar: None,
        };
        self.go(lot, over.iter().map(|(_, index)| *index).collect(), None);
        Ok(())
    }
}

fn shown(files: &[&Held]) -> Vec<String> {
    files.iter().map(|file| names::shown(&file.name)).collect()
}

fn ids(files: &[&Held]) -> BTreeMap<String, FileId> {
    files.iter().map(|file| (file.name.clone(), file.id.clone())).collect()
}

/// From the first segment to the last.
fn span(told: &[Told]) -> Option<Span> {
    let segments = || told.iter().filter_map(|told| told.segment);
    Some(Span {
        start: segments().map(|segment| segment.start).min()?,
        end: segments().map(|segment| segment.end).max()?,
    })
}
