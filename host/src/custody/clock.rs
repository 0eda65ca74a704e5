//! Which time it is, as far as the journal can tell: a clock that was wrong once does no lasting harm.
//!
//! Custody asks its machine for the time, and writes it into the journal. Were it ever far ahead, everything later
//! would seem to lie in the past. So an instant that is far ahead of everything in the journal is not written; and
//! where one was, somebody says so under their name, and the journal keeps who.

use gardefou_policy::types::{DAY, Millis, Timestamp};

use super::chronicle::Past;
use super::error::CustodyError;
use super::{Custody, work};
use crate::journal::{AccessEvent, AccessRecord, Head};

/// How much later than now a date may lie: the clocks of two machines differ. What lies further in the future
/// tells nothing.
pub(super) const SKEW: Millis = 3_600_000;

/// A clock that is this much behind the journal may be set back; further, nobody can tell which was wrong.
const MOST_BEHIND: Millis = 31 * DAY;

/// A clock that is this much ahead of the latest entry before it may be right; further, somebody must look. A purge
/// leaves an entry each week, so that a folder which is looked after never comes near it.
const MOST_AHEAD: Millis = 92 * DAY;

/// How old the latest date may be before a purge writes down that it looked at the clock.
const LOOK_AGAIN: Millis = 7 * DAY;

/// A date that the clock of a machine gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Dated {
    pub(super) index: u64,
    pub(super) at: Timestamp,
    /// Whether custody itself wrote it.
    custodys: bool,
}

impl Dated {
    pub(super) fn of(index: u64, record: &AccessRecord) -> Option<Self> {
        let custodys = match &record.event {
            AccessEvent::Policies { .. } => false,
            // Asked in a trace, at the trace's own time.
            AccessEvent::Access { not_proven, .. } if not_proven.as_deref() == Some("trace") => return None,
            AccessEvent::Access { .. }
            | AccessEvent::Purge { .. }
            | AccessEvent::Invalidation { .. }
            | AccessEvent::Right { .. }
            | AccessEvent::Clock { .. } => true,
            _ => return None,
        };
        Some(Self {
            index,
            at: record.at,
            custodys,
        })
    }
}

/// The latest date of custody's own, and the latest of all.
pub(super) fn latest(dated: &[Dated]) -> (Timestamp, Timestamp) {
    let latest = |custodys: bool| {
        let of = dated.iter().filter(|dated| dated.custodys || !custodys);
        of.map(|dated| dated.at).max().unwrap_or(Timestamp::MIN)
    };
    (latest(true), latest(false))
}

impl Past {
    /// The latest date of any entry that does not lie in the future.
    fn before(&self, at: Timestamp) -> Option<Timestamp> {
        let dates = self.dates.iter().copied();
        dates.filter(|date| *date <= at.plus(SKEW)).max()
    }

    /// An entry of the journal has this date. One that leaps far ahead of everything before it shows nothing: the
    /// recorder that wrote it has the same clock as custody.
    pub(super) fn follow(&mut self, at: Timestamp) {
        let known = self.known.get_or_insert(at);
        if at.since(*known) <= MOST_AHEAD {
            *known = at.max(*known);
        }
    }

    /// Whether it may be this time now: not far ahead of everything that the journal holds.
    pub(super) fn plausible(&self, at: Timestamp) -> Result<(), CustodyError> {
        match self.known {
            Some(newest) if at.since(newest) > MOST_AHEAD => Err(CustodyError::Ahead { at, newest }),
            _ => Ok(()),
        }
    }

    /// Whether anything may be deleted now because its time is over.
    pub(super) fn not_behind(&self, at: Timestamp) -> Result<(), CustodyError> {
        if self.latest.since(at) > MOST_BEHIND {
            return Err(CustodyError::Clock {
                at,
                newest: self.latest,
            });
        }
        Ok(())
    }

    /// By when this entry was there, at the latest, where its own date lies in the future: the date of the next entry
    /// that a machine's clock gave one to, and now where there is none. Never before what was there already.
    pub(super) fn written_by(&self, index: u64, now: Timestamp) -> Timestamp {
        let plausible = |dated: &&Dated| dated.at <= now.plus(SKEW);
        let mut known = self.dated.iter().filter(plausible);
        let next = known.find(|dated| dated.index > index).map_or(now, |dated| dated.at);
        let before = self
            .dated
            .iter()
            .filter(plausible)
            .take_while(|dated| dated.index < index);
        let before = before.map(|dated| dated.at).max().unwrap_or(Timestamp::MIN);
        next.max(before).min(now)
    }

    /// How many entries lie later than this, and so were written by a clock that was wrong, if it is this time now.
    /// They must lie a leap away from everything before them: a clock that is set back makes no such leap.
    fn disowned(&self, at: Timestamp) -> Result<u64, CustodyError> {
        let later = || {
            self.dated
                .iter()
                .map(|dated| dated.at)
                .filter(|date| *date > at.plus(SKEW))
        };
        let Some(first) = later().min() else { return Ok(0) };
        let contradicted = CustodyError::NoLeap {
            at,
            newest: self.latest,
        };
        let before = self.before(at).ok_or(contradicted.clone())?;
        if at.since(before) > MOST_AHEAD || first.since(before) <= MOST_BEHIND {
            return Err(contradicted);
        }
        // Whoever gave them their date: decisions and counts as well.
        let dates = self.dates.iter().chain(&self.days);
        let all = dates.filter(|date| **date > at.plus(SKEW)).count();
        Ok(u64::try_from(all).unwrap_or(u64::MAX))
    }
}

impl Custody {
    /// Somebody looked at the clock of this machine, and says that it is right. From then on the journal's earlier
    /// entries with a later date are those of a clock that was wrong: they hold nothing up any more, and count as of
    /// now. The journal keeps who said so.
    ///
    /// # Errors
    /// When the account has no name, the journal cannot be used, or its dates lead up to the latest without a leap:
    /// then it is this clock that is wrong.
    pub fn clock_is_right(&self, account: &str, at: Timestamp) -> Result<Head, CustodyError> {
        if account.trim().is_empty() {
            return Err(CustodyError::Nobody);
        }
        let _alone = self.locked()?;
        let event = AccessEvent::Clock {
            account: Some(account.to_owned()),
            disowned: self.past()?.disowned(at)?,
        };
        Ok(self.journal.append(&[work::access(at, event)])?)
    }

    /// Writes down that it is this time, now and then: so a clock that is set back shows, and one that leaps ahead,
    /// although a purge finds nothing to delete for months.
    pub(super) fn look_at_the_clock(&self, past: &Past, at: Timestamp) -> Result<Option<Head>, CustodyError> {
        if at.since(past.latest) < LOOK_AGAIN {
            return Ok(None);
        }
        let event = AccessEvent::Clock {
            account: None,
            disowned: 0,
        };
        Ok(Some(self.journal.append(&[work::access(at, event)])?))
    }
}
