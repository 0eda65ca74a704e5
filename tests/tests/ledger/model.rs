//! SQLite counts as the model counts.

use std::cell::Cell;

use gardefou::Timestamp;
use gardefou::ledger::kit::{self, History, Model, answer};
use gardefou::ledger::{Caps, Closing, Ledger, Offer, Reservation, Review, SqliteLedger, Whose};
use gardefou_policy::types::{Cap, DAY, NO_LIMIT};
use proptest::prelude::*;

#[test]
fn sqlite_does_what_any_ledger_must_do() {
    let folder = tempfile::tempdir().unwrap();
    let count = Cell::new(0);
    let conforms = kit::conforms(|| {
        count.set(count.get() + 1);
        Ok(Box::new(SqliteLedger::open(
            folder.path().join(format!("{}.db", count.get())),
        )?))
    });
    if let Err(failures) = conforms {
        let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"));
    }
}

#[test]
fn the_model_does_what_any_ledger_must_do() {
    assert_eq!(kit::conforms(|| Ok(Box::new(Model::default()))), Ok(()));
}

/// A ledger that forgets what was held: the kit must notice.
#[derive(Debug, Default)]
struct Forgetful(Model);

impl Ledger for Forgetful {
    fn name(&self) -> String {
        self.0.name()
    }
    fn identity(&self) -> Result<gardefou::ledger::LedgerIdentity, gardefou::StoreError> {
        self.0.identity()
    }
    fn offer(&self, call: &Offer<'_>) -> Result<Vec<gardefou::ledger::Calls>, gardefou::StoreError> {
        self.0.offer(call)
    }
    fn reserve(&self, asked: &[Reservation<'_>]) -> Result<Vec<gardefou::ledger::Granted>, gardefou::StoreError> {
        let mut asked = asked.to_vec();
        let granted = self.0.reserve(&asked)?;
        for asked in &mut asked {
            asked.wanted = 0;
            asked.kept += granted[0].slice;
        }
        drop(self.0.close(&Closing {
            session: asked[0].session,
            at: asked[0].at,
            kept: 0,
            to_review: true,
        }));
        Ok(granted)
    }
    fn close(&self, end: &Closing<'_>) -> Result<(), gardefou::StoreError> {
        self.0.close(end)
    }
    fn reviewed(&self, review: &Review<'_>) -> Result<u64, gardefou::StoreError> {
        self.0.reviewed(review)
    }
    fn unfinished(&self, at: Timestamp) -> Result<Vec<gardefou::ledger::Unfinished>, gardefou::StoreError> {
        self.0.unfinished(at)
    }
    fn balances(&self, at: Timestamp, per: u64) -> Result<Vec<gardefou::ledger::Balance>, gardefou::StoreError> {
        self.0.balances(at, per)
    }
}

#[test]
fn the_kit_notices_a_ledger_that_forgets() {
    let failures = kit::conforms(|| Ok(Box::new(Forgetful::default()))).unwrap_err();
    let found: Vec<&str> = failures.iter().map(|failure| failure.check).collect();
    assert!(
        found.contains(&"a history is answered as the model answers it"),
        "{found:?}"
    );
    assert!(found.contains(&"many threads at once never exceed a cap"), "{found:?}");
    assert!(
        found.contains(&"a crash costs its slice, until it is over"),
        "{found:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_answered_as_the_model_answers_it(seed: u64, steps in 10..120usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let mut ledger = SqliteLedger::open(&path).unwrap();
        let model = Model::default();
        for (number, step) in History::new(seed).take(steps).enumerate() {
            prop_assert_eq!(answer(&ledger, &step), answer(&model, &step), "step {}: {:?}", number, step);
            if number % 17 == 0 {
                // What is in the file is all there is.
                drop(ledger);
                ledger = SqliteLedger::open(&path).unwrap();
            }
        }
    }
}

/// Two of one batch: what the first was granted until now is over before the second is asked.
#[test]
fn a_slice_that_is_over_as_it_is_granted_is_assumed_within_the_batch() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteLedger::open(folder.path().join("ledger.db")).unwrap();
    let model = Model::default();
    let ledgers: [&dyn Ledger; 2] = [&sqlite, &model];
    for ledger in ledgers {
        let offered = |session| Offer {
            session,
            employee: "e",
            programme: "p",
            at: NOW,
            periods: &[],
        };
        ledger.offer(&offered("first")).unwrap();
        ledger.offer(&offered("second")).unwrap();
        let at = NOW.plus(500);
        let asked = |session, at, kept, until| Reservation {
            session,
            at,
            kept,
            wanted: 100,
            until,
            caps: &[],
        };
        ledger
            .reserve(&[asked("first", at, 0, at), asked("second", at, 0, at.plus(100))])
            .unwrap();
        // A clock set back: nothing is over by it, so what the first held shows whether it was assumed.
        let back = NOW.plus(400);
        let granted = ledger.reserve(&[Reservation {
            wanted: 5,
            ..asked("first", back, 10, back.plus(50))
        }]);
        assert_eq!(granted.unwrap()[0].slice, 5, "{}", ledger.name());
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_795_600_000_000);

fn opened(ledger: &SqliteLedger, session: &str, employee: &str, at: Timestamp) {
    let call = Offer {
        session,
        employee,
        programme: "p",
        at,
        periods: &[7 * DAY],
    };
    ledger.offer(&call).unwrap();
}

fn used(ledger: &SqliteLedger, session: &str, at: Timestamp, per: u64) -> u64 {
    let cap = Cap { limit: 1 << 40, per };
    let caps = Caps {
        employee: cap,
        programme: cap,
        unreviewed: NO_LIMIT,
    };
    let asked = Reservation {
        session,
        at,
        kept: 0,
        wanted: 0,
        until: at,
        caps: &[caps],
    };
    ledger.reserve(&[asked]).unwrap()[0].usage[0].employee_used
}

fn closed(ledger: &SqliteLedger, session: &str, at: Timestamp, kept: u64) {
    let end = Closing {
        session,
        at,
        kept,
        to_review: true,
    };
    ledger.close(&end).unwrap();
}

/// Tokens are in the file as long as they count or wait for a review, and not for ever.
#[test]
fn a_token_goes_when_its_time_is_over_and_it_was_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    let holds = |token: &str| {
        // Everything into the file itself.
        let look = rusqlite::Connection::open(&path).unwrap();
        look.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(token.len()).any(|window| window == token.as_bytes())
    };
    opened(&ledger, "first-session", "e-forgotten", NOW);
    closed(&ledger, "first-session", NOW.plus(10), 50);
    opened(&ledger, "second-session", "e-waiting", NOW);
    closed(&ledger, "second-session", NOW.plus(10), 50);
    ledger.reviewed(&Review::Session("first-session")).unwrap();
    let later = |ledger: &SqliteLedger, day: u64| {
        for n in 0..12 {
            let session = format!("later-{day}-{n}");
            opened(ledger, &session, "e-later", NOW.plus(day * DAY));
            closed(ledger, &session, NOW.plus(day * DAY + 10), 0);
        }
    };
    later(&ledger, 35);
    assert!(holds("e-forgotten") && holds("first-session"), "its time is not over");
    later(&ledger, 37);
    assert!(!holds("e-forgotten") && !holds("first-session"), "its time is over");
    assert!(holds("e-waiting") && holds("second-session"), "it was never reviewed");
    let balances = ledger.balances(NOW.plus(37 * DAY), DAY).unwrap();
    let programme = balances
        .iter()
        .find(|one| one.of == Whose::Programme("p".into()))
        .unwrap();
    assert_eq!((programme.kept, programme.unreviewed), (0, 50));
    // Who asks about a time that is tidied away is told too much, never too little.
    opened(&ledger, "back", "e-forgotten", NOW.plus(20));
    assert!(used(&ledger, "back", NOW.plus(20), 7 * DAY) >= 50);
}

/// Months of entries, and an answer is still two looks into an index: the rows that are read do not grow.
#[test]
fn months_of_entries_leave_the_sums_right() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(folder.path().join("ledger.db")).unwrap();
    let minute = 60_000;
    for day in 0..90 {
        let at = NOW.plus(day * DAY);
        let session = format!("s-{day}");
        opened(&ledger, &session, "e", at);
        closed(&ledger, &session, at.plus(minute), minute);
        ledger.reviewed(&Review::Session(&session)).unwrap();
    }
    opened(&ledger, "now", "e", NOW.plus(90 * DAY));
    for days in [0, 1, 7, 31] {
        assert_eq!(used(&ledger, "now", NOW.plus(90 * DAY), days * DAY), days * minute);
    }
}
