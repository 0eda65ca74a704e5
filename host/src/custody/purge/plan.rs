//! What is past its time, by the strictest plausible reading of every date.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_policy::types::{Artefact, Millis, Reason, Timestamp};

use super::{Gone, Stays};
use crate::custody::chronicle::{Past, Told};
use crate::custody::error::CustodyError;
use crate::custody::lifetime::Lifetimes;
use crate::custody::shelf::{About, Held, Holding, Shelf};
use crate::custody::work::{Deletion, Pair, Work};
use crate::custody::{Kind, error, names};
use crate::journal::{AccessEvent, AccessRecord};

/// How much later than now a date may lie: the clocks of two machines differ. What lies further in the future
/// tells nothing.
const SKEW: Millis = 3_600_000;

/// What is to go, and what stays.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) work: Work,
    pub(super) gone: Vec<Gone>,
    pub(super) stays: Vec<Stays>,
    pub(super) restricted: Vec<String>,
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
    files: Vec<String>,
}

struct Planner<'p, 'l> {
    plan: Plan,
    past: &'p Past,
    now: Timestamp,
    lifetimes: &'p mut Lifetimes<'l>,
    /// Until when decision records of a session may be kept because of what the folder holds of it.
    decisions: BTreeMap<String, Timestamp>,
    restricted: BTreeSet<String>,
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
            restricted: past.restricted.clone(),
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
        let session = holding.session();
        // Without a sidecar the name is all that tells.
        if self.past.restricted.contains(session.unwrap_or(&holding.name)) {
            self.plan.restricted.push(holding.name.clone());
            self.restricted.extend(session.map(str::to_owned));
            return Ok(());
        }
        // A mark that no request stands behind keeps nothing: anybody who writes here could have put it there.
        for file in holding.of(&[Kind::Restriction]) {
            self.plan.untold.push((file.name.clone(), error::NOBODY_ASKED.into()));
        }
        match &holding.about {
            Ok(about) => self.decided(holding, about)?,
            Err(error) if !error.says_nothing() => {
                let name = format!("{}{}", holding.name, names::SIDECAR);
                self.plan.untold.push((name, error.to_string()));
                return Ok(());
            }
            Err(_) => {
                let analyses = self.analyses(holding, None)?;
                for lot in analyses {
                    self.place(lot);
                }
            }
        }
        self.temporary(holding)?;
        self.anonymised(holding);
        Ok(())
    }

    /// A recording that a sidecar stands for.
    fn decided(&mut self, holding: &Holding, about: &About) -> Result<(), CustodyError> {
        let told = self.past.of(&about.session);
        let collected_at = collected(holding, about, told, self.now);
        let recording = self.earliest(Artefact::Recording, collected_at, about, told)?;
        let decisions = recording.min(self.earliest(Artefact::DecisionRecord, collected_at, about, told)?);
        let bound = self.decisions.entry(about.session.clone()).or_insert(decisions);
        *bound = decisions.min(*bound);

        let analyses = self.analyses(holding, Some((about, collected_at)))?;
        let analysis_stays = analyses.iter().any(|lot| lot.until > self.now);
        let mut files = named(holding.of(&[Kind::Video, Kind::Other, Kind::Restriction]));
        // The sidecar says whose the analyses are; it goes with the last of them.
        if !analysis_stays {
            files.extend(named(holding.of(&[Kind::Sidecar])));
        }
        let lot = |artefact, until, files| Lot {
            name: &holding.name,
            session: Some(&about.session),
            artefact,
            collected_at,
            until,
            files,
        };
        if recording <= self.now && !self.past.gone.contains(&about.session) && !files.is_empty() {
            self.discard(about);
        }
        self.place(lot(Artefact::Recording, recording, files));
        let traces = named(holding.of(&[Kind::Trace, Kind::Verdicts]));
        self.place(lot(Artefact::DecisionRecord, decisions, traces));
        for analysis in analyses {
            self.place(analysis);
        }
        Ok(())
    }

    /// The recording goes: its half of the call recording too, and no trainer waits for it.
    fn discard(&mut self, about: &About) {
        let pair = Pair {
            session: about.session.clone(),
            call_reference: about.call_reference.clone(),
            segment: about.span,
            reason: Some(Reason::RETENTION.to_string()),
        };
        if !self.plan.work.pairs.contains(&pair) {
            self.plan.work.reviewed.push(pair.session.clone());
            self.plan.work.pairs.push(pair);
        }
    }

    /// The earliest that the policies say for each programme that the sidecar or the journal names.
    fn earliest(
        &mut self,
        artefact: Artefact,
        collected_at: Timestamp,
        about: &About,
        told: &[Told],
    ) -> Result<Timestamp, CustodyError> {
        let programmes = told
            .iter()
            .map(|told| told.programme.as_str())
            .chain([about.programme.as_str()]);
        let programmes: BTreeSet<&str> = programmes.collect();
        let mut earliest = Timestamp::MAX;
        for programme in programmes {
            earliest = earliest.min(self.lifetimes.until(artefact, collected_at, programme)?);
        }
        Ok(earliest)
    }

    /// Each analysis by its own date: not before its recording, and from the recording on when its date lies
    /// in the future.
    fn analyses<'h>(
        &mut self,
        holding: &'h Holding,
        of: Option<(&'h About, Timestamp)>,
    ) -> Result<Vec<Lot<'h>>, CustodyError> {
        let earliest = of.map_or(Timestamp::MIN, |(_, collected_at)| collected_at);
        let programme = of.map_or("", |(about, _)| about.programme.as_str());
        let mut lots = Vec::new();
        for file in holding.of(&[Kind::Analysis]) {
            let made_at = self.plausible(file.dated).unwrap_or(Timestamp::MIN).max(earliest);
            lots.push(Lot {
                name: &holding.name,
                session: holding.session(),
                artefact: Artefact::Analysis,
                collected_at: made_at,
                until: self.lifetimes.until(Artefact::Analysis, made_at, programme)?,
                files: vec![file.name.clone()],
            });
        }
        Ok(lots)
    }

    /// Each temporary file by its own date; one from the future is past its time.
    fn temporary(&mut self, holding: &Holding) -> Result<(), CustodyError> {
        let programme = holding.about.as_ref().map_or("", |about| about.programme.as_str());
        for file in holding.of(&[Kind::Temporary]) {
            let made_at = self.plausible(file.dated).unwrap_or(Timestamp::MIN);
            let until = self.lifetimes.until(Artefact::Temporary, made_at, programme)?;
            self.place(Lot {
                name: &holding.name,
                session: holding.session(),
                artefact: Artefact::Temporary,
                collected_at: made_at,
                until,
                files: vec![file.name.clone()],
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
            files: named(holding.of(&[Kind::Anonymised])),
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
                name: lot.name.to_owned(),
                artefact: lot.artefact,
                until: lot.until,
                files: lot.files,
            });
            return;
        }
        self.go(lot, Vec::new());
    }

    fn go(&mut self, lot: Lot<'_>, entries: Vec<u64>) {
        let event = AccessEvent::Purge {
            recording: lot.session.map(str::to_owned),
            artefact: lot.artefact,
            collected_at: lot.collected_at,
            until: lot.until,
            count: 0,
        };
        self.plan.gone.push(Gone {
            name: lot.name.to_owned(),
            artefact: lot.artefact,
            collected_at: lot.collected_at,
            until: lot.until,
            files: lot.files.clone(),
            entries: u64::try_from(entries.len()).unwrap_or(u64::MAX),
        });
        self.plan.work.deletions.push(Deletion {
            session: lot.session.map(str::to_owned),
            files: lot.files,
            before: 0,
            entries,
            record: Some(AccessRecord { at: self.now, event }),
        });
    }

    /// Decision records go with their recording, or earlier.
    fn decision_records(&mut self) -> Result<(), CustodyError> {
        let mut apart: BTreeMap<String, Vec<(Timestamp, u64)>> = BTreeMap::new();
        let past = self.past;
        for (session, told) in &past.decisions {
            if self.restricted.contains(session) {
                self.plan.entries.0 += told.len();
                continue;
            }
            let bound = self.decisions.get(session).copied().unwrap_or(Timestamp::MAX);
            if past.gone.contains(session) || bound <= self.now {
                let collected_at = told.iter().map(|told| told.collected_at).min().unwrap_or_default();
                let lot = Lot {
                    name: "",
                    session: Some(session),
                    artefact: Artefact::DecisionRecord,
                    collected_at,
                    until: bound.min(self.now),
                    files: Vec::new(),
                };
                self.go(lot, told.iter().map(|told| told.index).collect());
                continue;
            }
            for told in told {
                let of_programme = apart.entry(told.programme.clone()).or_default();
                of_programme.push((told.collected_at, told.index));
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
        };
        self.go(lot, over.iter().map(|(_, index)| *index).collect());
        Ok(())
    }
}

fn named<'h>(files: impl Iterator<Item = &'h Held>) -> Vec<String> {
    files.map(|file| file.name.clone()).collect()
}

/// When a recording was collected: the earlier of what its sidecar and the journal say. One that lies in the
/// future counts from its sidecar's own date; where that lies there too and the journal says nothing, nothing
/// shows that it may be kept.
fn collected(holding: &Holding, about: &About, told: &[Told], now: Timestamp) -> Timestamp {
    let said = told
        .iter()
        .map(|told| told.collected_at)
        .chain([about.span.start])
        .min();
    let said = said.unwrap_or_default();
    if said <= now.plus(SKEW) {
        return said;
    }
    let dated = holding
        .of(&[Kind::Sidecar])
        .map(|file| file.dated)
        .min()
        .unwrap_or(said);
    let earliest = said.min(dated);
    if earliest > now.plus(SKEW) && told.is_empty() {
        Timestamp::MIN
    } else {
        earliest
    }
}
