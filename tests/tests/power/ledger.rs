//! The ledger, whenever the power is cut.

use std::ops::Range;
use std::path::Path;

use gardefou::ledger::{Ledger as _, Whose};
use gardefou_policy::types::DAY;
use gardefou_tests::power::{self, Asked, Counts, NOW, SLICE};

use crate::cut::{Found, Tried, within};
use crate::journal::anew;
use crate::recording::{Recording, scratch};

/// What a ledger counts before the first step, and behind each, when nothing goes wrong.
fn undisturbed(steps: &[Asked]) -> Vec<Counts> {
    let folder = scratch();
    let mut ledger = Some(power::ledger(folder.path()).unwrap());
    let mut counts = vec![Counts::of(ledger.as_ref().unwrap()).unwrap()];
    for step in steps {
        step.ask(folder.path(), &mut ledger).unwrap();
        counts.push(Counts::of(ledger.as_ref().unwrap()).unwrap());
    }
    counts
}

/// What the sessions kept and hold at least, by what was acknowledged: each its last word, and a slice on top.
fn acknowledged(steps: &[Asked]) -> u64 {
    let mut sessions = std::collections::BTreeMap::new();
    for step in steps {
        match *step {
            Asked::Reserve(session, kept) => drop(sessions.insert(session, kept + SLICE)),
            Asked::Close(session, kept) => drop(sessions.insert(session, kept)),
            _ => {}
        }
    }
    sessions.values().sum()
}

fn counts_everything(folder: &Path, done: usize, life: &[Asked], undisturbed: &[Counts]) -> Found {
    let ledger = power::ledger(folder).map_err(|error| format!("opening: {error}"))?;
    let identity = ledger.identity().map_err(|error| error.to_string())?;
    let counts = Counts::of(&ledger).map_err(|error| error.to_string())?;
    let expected = &undisturbed[done..undisturbed.len().min(done + 2)];
    if !expected.contains(&counts) {
        return Err(format!(
            "behind {done} steps it counts {counts:#?}\nand not {:#?}",
            expected[0]
        ));
    }
    // Closing gives back, and may have happened.
    let least = acknowledged(&life[..done]).min(acknowledged(&life[..life.len().min(done + 1)]));
    let another = |error| format!("another session: {error}");
    Asked::Offer(77)
        .ask(folder, &mut Some(power::ledger(folder).map_err(another)?))
        .map_err(another)?;
    let of_others = power::reserve(&ledger, &power::session(77), 0).map_err(another)?;
    if of_others < least {
        return Err(format!("{of_others} ms count, and {least} ms were granted"));
    }
    let balances = ledger.balances(NOW, DAY).map_err(another)?;
    let sum = |is: fn(&Whose) -> bool| -> u64 {
        let of = balances.iter().filter(|balance| is(&balance.of));
        of.map(|balance| balance.kept + balance.held).sum()
    };
    let (programmes, employees) = (
        sum(|of| matches!(of, Whose::Programme(_))),
        sum(|of| matches!(of, Whose::Employee(_))),
    );
    if programmes != employees {
        return Err(format!("{programmes} ms by programme, and {employees} ms by employee"));
    }
    drop(ledger);
    let again = power::ledger(folder).and_then(|ledger| ledger.identity());
    (again == Ok(identity))
        .then_some(())
        .ok_or_else(|| format!("{identity}, and then {again:?}"))
}

/// Cuts the power in such a life, in a part of it.
fn cut(hand: &str, life: &[Asked], part: impl Fn(&Recording) -> Range<usize>) -> Tried {
    let undisturbed = undisturbed(life);
    let mut recording = Recording::of(|_| ());
    recording.hand(&[hand]);
    let identity = power::ledger(&recording.folder()).unwrap().identity().unwrap();
    let tried = within(&recording, part(&recording), |folder, said| {
        if said.contains(&"made") {
            let now = power::ledger(folder).and_then(|ledger| ledger.identity());
            if now != Ok(identity) {
                return Err(format!("it is not the ledger that it was: {now:?}"));
            }
        }
        let done = said.iter().filter(|line| **line == "step").count();
        counts_everything(folder, done, life, &undisturbed)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    tried
}

#[test]
fn every_slice_that_was_granted_is_counted() {
    let tried = cut("ledger", &Asked::life(), |_| 0..usize::MAX);
    assert!(tried.changes > 200 && tried.states > 400, "{tried:?}");
}

/// 1,000 pages are put away into the file, and the log is written over from its start.
#[test]
fn a_log_that_begins_anew_loses_no_slice() {
    let tried = cut("long-ledger", &Asked::long(), anew);
    assert!(tried.states > 50, "{tried:?}");
}
