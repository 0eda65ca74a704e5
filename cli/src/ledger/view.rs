//! What is shown of a ledger.

use std::collections::BTreeMap;

use gardefou::ledger::{Balance, Ledger, Whose};
use gardefou::{Cap, Millis, NO_LIMIT, Policy, StoreError, Terms, Timestamp};
use serde::Serialize;

use crate::failure::Failure;

/// The period that is shown where no rules say another.
const WEEK: Millis = 7 * 86_400_000;

/// A ledger at an instant. Its fields are what programs read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct View {
    pub(super) ledger: String,
    pub(super) identity: String,
    pub(super) at: Timestamp,
    pub(super) programmes: Vec<Owner>,
    pub(super) employees: Vec<Owner>,
    pub(super) unfinished: Vec<Open>,
}

/// A programme, or an employee over all programmes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) recorded: Vec<Recorded>,
    pub(super) unreviewed: Millis,
    /// What may wait at most, in ms; left out where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_unreviewed: Option<Millis>,
    pub(super) calls: Vec<Calls>,
}

/// What was recorded in a period, in ms.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Recorded {
    pub(super) kept: Millis,
    /// Held by sessions that run.
    pub(super) held: Millis,
    /// The period; left out where everything counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) per: Option<Millis>,
    /// The cap; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<Millis>,
}

/// How many calls there were in a period.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Calls {
    pub(super) offered: u32,
    pub(super) recorded: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) per: Option<Millis>,
}

/// A session that was never finished.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Open {
    pub(super) session: String,
    pub(super) opened_at: Timestamp,
    pub(super) until: Timestamp,
    /// What it kept at most, in ms.
    pub(super) at_most: Millis,
}

impl View {
    /// What the ledger says at `at`, against the caps of these policies.
    pub(crate) fn of(ledger: &dyn Ledger, policies: &[Policy], at: Timestamp) -> Result<Self, Failure> {
        let mut balances = Balances {
            ledger,
            at,
            by_period: BTreeMap::new(),
        };
        let names: Vec<Whose> = balances.over(WEEK)?.iter().map(|balance| balance.of.clone()).collect();
        let terms = terms(policies, &names)?;
        let (mut programmes, mut employees) = (Vec::new(), Vec::new());
        for whose in &names {
            let caps = Caps::of(whose, &terms);
            let owner = balances.owner(whose, &caps)?;
            match whose {
                Whose::Programme(_) => programmes.push(owner),
                Whose::Employee(_) => employees.push(owner),
            }
        }
        let unfinished = ledger.unfinished(at)?.into_iter().map(|one| Open {
            session: one.session,
            opened_at: one.opened_at,
            until: one.until,
            at_most: one.at_most,
        });
        Ok(Self {
            ledger: ledger.name(),
            identity: ledger.identity()?.to_string(),
            at,
            programmes,
            employees,
            unfinished: unfinished.collect(),
        })
    }
}

/// What each policy says of each programme that the ledger holds.
fn terms(policies: &[Policy], names: &[Whose]) -> Result<Vec<(String, Terms)>, Failure> {
    let mut all = Vec::new();
    for name in names {
        let Whose::Programme(name) = name else {
            continue;
        };
        for policy in policies {
            let terms = policy.terms(name).map_err(anyhow::Error::new)?;
            all.extend(terms.map(|terms| (name.clone(), terms)));
        }
    }
    Ok(all)
}

/// What one of them may, each cap once.
#[derive(Debug)]
struct Caps {
    recorded: Vec<Cap>,
    unreviewed: Option<Millis>,
    sampling: Vec<Millis>,
}

impl Caps {
    fn of(whose: &Whose, terms: &[(String, Terms)]) -> Self {
        // An employee is counted over all programmes: each of their caps holds.
        let (recorded, of): (Vec<Cap>, Vec<&Terms>) = match whose {
            Whose::Programme(name) => {
                let own = terms.iter().filter(|(programme, _)| programme == name);
                own.map(|(_, terms)| (terms.programme_cap, terms)).unzip()
            }
            Whose::Employee(_) => terms.iter().map(|(_, terms)| (terms.employee_cap, terms)).unzip(),
        };
        let unreviewed = of.iter().map(|terms| terms.max_unreviewed).min();
        let unreviewed = unreviewed.filter(|limit| *limit != NO_LIMIT && matches!(whose, Whose::Programme(_)));
        let sampling = of.iter().map(|terms| terms.sampling_period);
        let without = Cap {
            limit: NO_LIMIT,
            per: WEEK,
        };
        Self {
            recorded: each_once(recorded, without, |cap| (cap.per, cap.limit)),
            unreviewed,
            sampling: each_once(sampling.collect(), WEEK, |per| *per),
        }
    }
}

/// In order and each once; this one where there is none.
fn each_once<T, K: Ord>(mut all: Vec<T>, without: T, key: impl Fn(&T) -> K) -> Vec<T> {
    if all.is_empty() {
        all.push(without);
    }
    all.sort_by_key(&key);
    all.dedup_by_key(|one| key(one));
    all
}

/// The balances over the periods that were asked about.
struct Balances<'l> {
    ledger: &'l dyn Ledger,
    at: Timestamp,
    by_period: BTreeMap<Millis, Vec<Balance>>,
}

impl Balances<'_> {
    fn over(&mut self, per: Millis) -> Result<&[Balance], StoreError> {
        match self.by_period.entry(per) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(new) => Ok(new.insert(self.ledger.balances(self.at, per)?)),
        }
    }

    fn of(&mut self, whose: &Whose, per: Millis) -> Result<Option<Balance>, StoreError> {
        let balances = self.over(per)?;
        Ok(balances.iter().find(|balance| balance.of == *whose).cloned())
    }

    fn owner(&mut self, whose: &Whose, caps: &Caps) -> Result<Owner, StoreError> {
        let limited = |number: Millis| (number != NO_LIMIT).then_some(number);
        let (Whose::Programme(name) | Whose::Employee(name)) = whose;
        let mut owner = Owner {
            name: name.clone(),
            recorded: Vec::new(),
            unreviewed: self.of(whose, WEEK)?.map_or(0, |balance| balance.unreviewed),
            max_unreviewed: caps.unreviewed,
            calls: Vec::new(),
        };
        for cap in &caps.recorded {
            let balance = self.of(whose, cap.per)?;
            owner.recorded.extend(balance.map(|balance| Recorded {
                kept: balance.kept,
                held: balance.held,
                per: limited(cap.per),
                limit: limited(cap.limit),
            }));
        }
        for per in &caps.sampling {
            let balance = self.of(whose, *per)?;
            owner.calls.extend(balance.map(|balance| Calls {
                offered: balance.calls.offered,
                recorded: balance.calls.recorded,
                per: limited(*per),
            }));
        }
        Ok(owner)
    }
}
