//! A clock that was wrong once does no lasting harm, and sets nobody's time back.

use gardefou_policy::types::{DAY, Timestamp};

use super::shop::{NOW, Shop, rights, trainer, view};
use crate::custody::{AccessAnswer, AccessRequest, AskedBy, CustodyError, FalseFact, Right, RightRequest, Subject};
use crate::journal::{AccessEvent, AccessRecord, Record};

/// The year 2099.
const ONE_DAY: Timestamp = Timestamp::from_millis(4_085_000_000_000);

fn event(shop: &Shop, at: Timestamp, event: AccessEvent) {
    shop.kept.push(Record::Access(AccessRecord { at, event }));
}

fn found(shop: &Shop, at: Timestamp) {
    let find = AccessEvent::Right {
        request: "find".into(),
        account: "a".into(),
        recordings: vec![],
        count: 0,
        asked: None,
        erased: Default::default(),
    };
    event(shop, at, find);
}

fn started(shop: &Shop, at: Timestamp) {
    let started = AccessEvent::Policies {
        before: vec![],
        after: vec![],
        ledger: None,
    };
    event(shop, at, started);
}

/// A recording past its time and one that is not; and days on which custody looked.
fn stocked() -> Shop {
    let shop = Shop::new();
    shop.recording("old", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW.minus(9 * DAY));
    shop.recording("new", "e-1001", NOW.minus(2 * DAY));
    shop
}

#[test]
fn a_wrong_entry_is_put_right_by_somebody_who_says_so() {
    for wrong in [found, started] {
        let shop = stocked();
        wrong(&shop, ONE_DAY);
        assert!(matches!(
            shop.custody().purge(NOW, false),
            Err(CustodyError::Clock { .. })
        ));
        assert!(shop.has("old.mkv"));
        assert_eq!(shop.custody().clock_is_right(" ", NOW), Err(CustodyError::Nobody));
        shop.custody().clock_is_right("a-1", NOW).unwrap();
        let said = shop.kept.events().into_iter().find_map(|event| match event {
            AccessEvent::Clock {
                account: Some(account),
                disowned,
            } if account == "a-1" => Some(disowned),
            _ => None,
        });
        assert_eq!(said, Some(1));
        let report = shop.custody().purge(NOW, false).unwrap();
        assert_eq!(report.at, NOW);
        assert!(!shop.has("old.mkv") && shop.has("new.mkv"));
        let asker = trainer();
        let answer = shop.custody().access(&view("new", &asker)).unwrap();
        assert!(matches!(answer, AccessAnswer::Granted(_)), "{answer:?}");
        // And it goes on being right, however long the wrong entry stays.
        assert_eq!(shop.custody().purge(NOW.plus(DAY), false).unwrap().at, NOW.plus(DAY));
        // What was written by the wrong clock has a time like everything else.
        shop.clock_is_right(NOW.plus(400 * DAY));
        shop.custody().purge(NOW.plus(400 * DAY), false).unwrap();
        let left = shop.kept.records().into_iter().flatten();
        assert!(left.filter_map(|record| record.at()).all(|at| at < ONE_DAY));
    }
}

#[test]
fn nothing_is_written_or_done_by_a_clock_that_leaps_ahead() {
    let shop = stocked();
    let asker = trainer();
    let subject = Subject::Employee("e-1001".into());
    let ahead = |result: Result<(), CustodyError>| {
        let Err(CustodyError::Ahead { at, newest }) = result else {
            panic!("{result:?}")
        };
        assert_eq!((at, newest), (ONE_DAY, NOW.minus(2 * DAY).plus(60_000)));
    };
    let before = (shop.files(), shop.kept.records());
    let custody = shop.custody();
    ahead(custody.purge(ONE_DAY, false).map(drop));
    let access = AccessRequest {
        at: ONE_DAY,
        ..view("new", &asker)
    };
    ahead(custody.access(&access).map(drop));
    for right in [Right::Find, Right::Erase] {
        let request = RightRequest {
            right: &right,
            subject: &subject,
            asked_by: AskedBy::Employee,
            recording: None,
            asker: &rights(),
            at: ONE_DAY,
        };
        ahead(custody.right(&request).map(drop));
    }
    ahead(
        custody
            .invalidate(&FalseFact::Notice("2026-09".into()), &rights(), ONE_DAY)
            .map(drop),
    );
    ahead(
        custody
            .discarded("new", None, gardefou_policy::types::Span::ALWAYS, ONE_DAY)
            .map(drop),
    );
    assert_eq!((shop.files(), shop.kept.records()), before);
    assert!(
        custody.purge(ONE_DAY, true).is_ok(),
        "a dry run may look into the future"
    );
    // A recorder on the same machine has the same clock, and its word is no evidence.
    started(&shop, ONE_DAY);
    ahead(custody.purge(ONE_DAY, false).map(drop));
    assert!(shop.has("new.mkv"));
    let told = CustodyError::Ahead {
        at: ONE_DAY,
        newest: NOW,
    };
    assert_ne!(told.text().english, told.text().french);
    assert!(told.help().english.contains("--clock-is-right"));
}

#[test]
fn after_a_long_silence_somebody_says_that_the_clock_is_right() {
    let shop = stocked();
    let later = NOW.plus(200 * DAY);
    assert!(matches!(
        shop.custody().purge(later, false),
        Err(CustodyError::Ahead { .. })
    ));
    shop.custody().clock_is_right("a-1", later).unwrap();
    let report = shop.custody().purge(later, false).unwrap();
    assert!(!report.still_there() && shop.files().is_empty());
}

#[test]
fn nobody_gains_time_by_saying_so_of_a_clock_that_was_set_back() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(170 * DAY));
    for days in (0..=170).rev().step_by(20) {
        found(&shop, NOW.minus(days * DAY));
    }
    found(&shop, NOW.plus(9 * DAY));
    for back in [60, 100, 169] {
        let early = NOW.minus(back * DAY);
        assert!(matches!(
            shop.custody().clock_is_right("a-1", early),
            Err(CustodyError::NoLeap { .. })
        ));
        assert!(matches!(
            shop.custody().purge(early, false),
            Err(CustodyError::Clock { .. })
        ));
    }
    // Before everything there is nothing that it could be held against.
    let error = shop
        .custody()
        .clock_is_right("a-1", Timestamp::from_millis(DAY))
        .unwrap_err();
    assert!(matches!(error, CustodyError::NoLeap { .. }));
    assert_ne!(error.text().english, error.text().french);
    // A little behind it gives no time: the journal's date counts.
    assert_eq!(shop.custody().purge(NOW, false).unwrap().at, NOW.plus(9 * DAY));
}

#[test]
fn a_purge_that_finds_nothing_leaves_a_date_each_week() {
    let shop = Shop::new();
    let looked = || {
        let records = shop.kept.records().into_iter().flatten();
        let looks = records.filter_map(|record| match record {
            Record::Access(AccessRecord {
                at,
                event: AccessEvent::Clock { account: None, .. },
            }) => Some(at),
            _ => None,
        });
        looks.collect::<Vec<_>>()
    };
    for day in 0..200 {
        let report = shop.custody().purge(NOW.plus(day * DAY), false).unwrap();
        assert!(!report.still_there());
    }
    assert_eq!(looked().len(), 29);
    assert!(matches!(
        shop.custody().purge(NOW, false),
        Err(CustodyError::Clock { .. })
    ));
}

#[test]
fn a_recording_of_a_recorder_whose_clock_was_wrong_does_not_stay_for_ever() {
    let shop = stocked();
    let mut wrong = super::shop::sidecar("wrong", "e-1001", ONE_DAY);
    wrong.collected_at = ONE_DAY;
    shop.put(&wrong);
    shop.kept.push(Record::Decision(super::shop::decision(&wrong)));
    let lost = super::shop::sidecar("without-files", "e-1001", ONE_DAY);
    shop.kept.push(Record::Decision(super::shop::decision(&lost)));
    shop.custody().purge(NOW, false).unwrap();
    assert!(
        shop.has("wrong.mkv"),
        "it is there since today, as far as anybody knows"
    );
    for days in [30, 60, 90, 120, 150, 179] {
        shop.custody().purge(NOW.plus(days * DAY), false).unwrap();
    }
    assert!(!shop.has("wrong.mkv"), "the example rules end before");
    let left = shop.kept.records().into_iter().flatten();
    assert_eq!(left.filter(|record| matches!(record, Record::Decision(_))).count(), 0);
}

#[test]
fn what_is_asked_in_a_trace_dates_nothing() {
    let shop = stocked();
    let asker = trainer();
    drop(shop.custody().access(&view("new", &asker)).unwrap());
    let Some(AccessEvent::Access { .. }) = shop.kept.events().pop() else {
        panic!()
    };
    let mut played = shop.kept.events().pop().unwrap();
    if let AccessEvent::Access { not_proven, .. } = &mut played {
        *not_proven = Some("trace".into());
    }
    event(&shop, ONE_DAY, played);
    assert_eq!(shop.custody().purge(NOW, false).unwrap().at, NOW);
}

/// Whatever has a later date is counted, and not only what a machine's clock gave one to.
#[test]
fn everything_that_is_dated_later_is_counted() {
    let shop = stocked();
    started(&shop, ONE_DAY);
    found(&shop, ONE_DAY);
    let lost = super::shop::sidecar("wrong", "e-1001", ONE_DAY);
    shop.kept.push(Record::Decision(super::shop::decision(&lost)));
    shop.kept.push(Record::Count(crate::journal::Count {
        day: "2099-06-13".into(),
        site: "paris".into(),
        reason: "paused".into(),
        count: 1,
    }));
    shop.custody().clock_is_right("a-1", NOW).unwrap();
    let said = |shop: &Shop| {
        let said = shop.kept.events().into_iter().filter_map(|event| match event {
            AccessEvent::Clock {
                account: Some(account),
                disowned,
            } if account == "a-1" => Some(disowned),
            _ => None,
        });
        said.collect::<Vec<_>>()
    };
    assert_eq!(said(&shop), [4]);
    // And once only.
    shop.custody().clock_is_right("a-1", NOW).unwrap();
    assert_eq!(said(&shop), [4, 0]);
}
