//! Whole sessions over a ledger and a journal, whenever the power is cut.

use gardefou::journal::{AccessEvent, Record};
use gardefou::ledger::{Ledger as _, Whose};
use gardefou_policy::types::DAY;
use gardefou_tests::fixture::NOW;
use gardefou_tests::power;

use crate::cut::everywhere;
use crate::journal::{goes_on, opened};
use crate::recording::Recording;

/// A frame stands for so long, in ms.
const FRAME: u64 = 100;

/// What the journal says of a session.
#[derive(Default)]
struct Known {
    kept: bool,
    open: bool,
    discarded: bool,
}

impl Known {
    fn of(journal: &gardefou::journal::Journal, session: &str) -> Result<Self, String> {
        let open = journal.open_discards().map_err(|error| error.to_string())?;
        let mut known = Self {
            open: open.iter().any(|open| open.session == session),
            ..Self::default()
        };
        let entries = journal.entries(0, 1_000).map_err(|error| error.to_string())?;
        for record in entries.into_iter().filter_map(|entry| entry.record) {
            match record {
                Record::Decision(decision) if decision.session == session => known.kept |= decision.outcome == "keep",
                Record::Access(access) => {
                    let done = matches!(&access.event, AccessEvent::Discarded { session: of, .. } if of == session);
                    known.discarded |= done;
                }
                _ => {}
            }
        }
        Ok(known)
    }
}

#[test]
fn nothing_was_recorded_that_is_not_counted_and_nothing_is_kept_that_is_not_journalled() {
    let mut recording = Recording::of(|_| ());
    recording.hand(&["sessions"]);
    let tried = everywhere(&recording, |folder, said| {
        let ledger = power::ledger(folder).map_err(|error| format!("the ledger: {error}"))?;
        let journal = opened(folder, said)?;
        let was_said = |what: &str| said.contains(&what);
        let recorded = |number: u64| said.iter().filter(|line| **line == format!("kept {number}")).count() as u64;
        let balances = ledger
            .balances(NOW.plus(DAY / 2), DAY)
            .map_err(|error| error.to_string())?;
        let counted: u64 = balances
            .iter()
            .filter(|balance| matches!(balance.of, Whose::Employee(_)))
            .map(|balance| balance.kept + balance.held)
            .sum();
        let least = FRAME * (recorded(1) + recorded(2));
        if counted < least {
            return Err(format!("{counted} ms are counted, and {least} ms were recorded"));
        }
        let unfinished = ledger.unfinished(NOW.plus(DAY)).map_err(|error| error.to_string())?;
        for number in 1..3 {
            let session = power::session(number);
            let known = Known::of(&journal, &session)?;
            let is_unfinished = unfinished.iter().any(|unfinished| unfinished.session == session);
            let is_known = known.kept || known.open || known.discarded;
            if recorded(number) > 0 && !is_known && !is_unfinished {
                return Err(format!("nobody knows that {session} was recorded"));
            }
            if was_said(&format!("keep {number}")) && !known.kept {
                return Err(format!("{session} is kept, and its decision is not journalled"));
            }
            if was_said(&format!("discard {number}")) && !known.open && !known.discarded {
                return Err(format!("the discard of {session} is not open"));
            }
            if was_said(&format!("discarded {number}")) && (known.open || !known.discarded) {
                return Err(format!("the discard of {session} is open again"));
            }
        }
        goes_on(folder, &journal)
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.states > 200, "{tried:?}");
}
