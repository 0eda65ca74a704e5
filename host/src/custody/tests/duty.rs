//! What is restricted, by whose wish, and until when somebody looks; and requests that are open.

use gardefou_policy::types::{DAY, Timestamp};

use super::shop::{NOW, Shop, rights};
use crate::custody::{
    AskedBy, Asker, CustodyError, FalseFact, ItemOutcome, Receipt, RefusalCause, RequestError, Restriction, Right,
    RightRequest, Subject,
};
use crate::journal::{AccessEvent, Asked};

fn try_to(shop: &Shop, right: &Right, by: AskedBy, at: Timestamp) -> Result<Receipt, CustodyError> {
    let asker = Asker {
        role: if by.is_authority() && matches!(right, Right::Restrict { .. }) {
            "oversight".into()
        } else {
            "subject-rights".into()
        },
        second_person: by.is_authority().then(|| "a-10".into()),
        ..rights()
    };
    let request = RightRequest {
        right,
        subject: &Subject::Employee("e-1001".into()),
        asked_by: by,
        recording: None,
        asker: &asker,
        at,
    };
    shop.custody().right(&request)
}

fn ask(shop: &Shop, right: &Right, by: AskedBy) -> Receipt {
    try_to(shop, right, by, NOW).unwrap()
}

fn restrict() -> Right {
    Right::Restrict {
        reference: "r-12".into(),
        review: NOW.plus(30 * DAY),
    }
}

fn release() -> Right {
    Right::Release {
        told_on: NOW.minus(DAY),
    }
}

fn open(until: Option<Timestamp>) -> Right {
    Right::Open {
        reference: "r-12".into(),
        until,
    }
}

fn close() -> Right {
    Right::Close {
        reference: "r-12".into(),
    }
}

fn malformed(shop: &Shop, right: &Right, at: Timestamp) -> RequestError {
    match try_to(shop, right, AskedBy::Employee, at) {
        Err(CustodyError::Request(error)) => {
            let (text, help) = (error.text(), error.help());
            assert!(text.english != text.french && help.english != help.french);
            error
        }
        other => panic!("{other:?}"),
    }
}

fn one() -> Shop {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(2 * DAY));
    shop
}

/// The last request that the journal holds.
fn told(shop: &Shop) -> (String, Vec<String>, Asked) {
    let mut rights = shop.kept.events().into_iter().filter_map(|event| match event {
        AccessEvent::Right {
            request,
            recordings,
            asked,
            ..
        } => Some((request, recordings, asked.unwrap())),
        _ => None,
    });
    rights.next_back().unwrap()
}

#[test]
fn a_restriction_has_who_asked_a_reference_and_a_date_of_review() {
    let shop = one();
    for (right, error) in [
        (
            Right::Restrict {
                reference: " ".into(),
                review: NOW.plus(DAY),
            },
            RequestError::Reference,
        ),
        (
            Right::Restrict {
                reference: "r-12".into(),
                review: NOW,
            },
            RequestError::Past,
        ),
        (Right::Release { told_on: NOW.plus(1) }, RequestError::Future),
    ] {
        assert_eq!(malformed(&shop, &right, NOW), error);
    }
    assert!(shop.kept.events().is_empty() && !shop.has("s-1.restricted.json"));
    assert!(!ask(&shop, &restrict(), AskedBy::Court).incomplete());
    let (request, recordings, asked) = told(&shop);
    assert_eq!((request.as_str(), recordings), ("restrict", vec!["s-1".to_owned()]));
    assert_eq!(
        (asked.by, asked.reference.as_deref(), asked.review),
        (AskedBy::Court, Some("r-12"), Some(NOW.plus(30 * DAY)))
    );
    let mark = std::fs::read(shop.path("s-1.restricted.json")).unwrap();
    let mark: Restriction = serde_json::from_slice(&mark).unwrap();
    assert_eq!(mark.asked, Some(asked));
    // It is shown, and when its day is past.
    let found = ask(&shop, &Right::Find, AskedBy::Employee);
    assert_eq!(found.restrictions.len(), 1);
    assert!(!found.restrictions[0].overdue);
    assert!(!shop.custody().purge(NOW, false).unwrap().restrictions[0].overdue);
    let later = NOW.plus(30 * DAY);
    let overdue = try_to(&shop, &Right::Find, AskedBy::Employee, later).unwrap();
    assert!(overdue.restrictions[0].overdue);
    let report = shop.custody().purge(later, false).unwrap();
    assert!(report.restrictions[0].overdue && report.restricted == ["s-1"]);
    let json = serde_json::to_value(&overdue).unwrap();
    assert_eq!(json["restrictions"][0]["asked-by"], "court");
    assert_eq!(json["restrictions"][0]["reference"], "r-12");
}

#[test]
fn what_somebody_obtained_nobody_else_undoes() {
    use AskedBy::{Authority, Court, Employee, Party};
    for by in [Employee, Party, Authority, Court] {
        for other in [Employee, Party, Authority, Court] {
            let shop = one();
            shop.file("s-1.analysis.md", NOW);
            assert!(!ask(&shop, &restrict(), by).incomplete());
            let released = ask(&shop, &release(), other);
            let restricted = shop.has("s-1.restricted.json");
            assert_eq!(
                (released.incomplete(), restricted),
                (by != other, by != other),
                "{by:?} {other:?}"
            );
            if by != other {
                assert_eq!(released.restrictions.len(), 1);
            }
            let shop = one();
            shop.file("s-1.analysis.md", NOW);
            assert!(!ask(&shop, &restrict(), by).incomplete());
            let erased = ask(&shop, &Right::Erase, other);
            let may = by == other || other.is_authority();
            assert_eq!(erased.incomplete(), !may, "{by:?} {other:?}");
            if may {
                assert!(shop.files().is_empty(), "{:?}", shop.files());
                continue;
            }
            for item in &erased.items {
                let ItemOutcome::Refused(refused) = &item.outcome else {
                    panic!("{item:?}")
                };
                assert_eq!(refused.cause, RefusalCause::Restricted);
            }
            assert_eq!(shop.files().len(), 5, "everything stays together");
            assert!(shop.kept.records()[0].is_some() && shop.calls.asked.lock().unwrap().is_empty());
        }
    }
}

#[test]
fn two_who_restrict_it_must_both_release_it() {
    let shop = one();
    ask(&shop, &restrict(), AskedBy::Employee);
    ask(&shop, &restrict(), AskedBy::Authority);
    let first = ask(&shop, &release(), AskedBy::Employee);
    assert!(!first.incomplete() && first.restrictions.len() == 1 && shop.has("s-1.restricted.json"));
    assert_eq!(
        shop.custody().purge(NOW.plus(60 * DAY), false).unwrap().restricted,
        ["s-1"]
    );
    let second = try_to(&shop, &release(), AskedBy::Authority, NOW.plus(60 * DAY)).unwrap();
    assert!(!second.incomplete() && second.restrictions.is_empty() && !shop.has("s-1.restricted.json"));
    let (_, _, asked) = told(&shop);
    assert_eq!((asked.by, asked.told_on), (AskedBy::Authority, Some(NOW.minus(DAY))));
    shop.custody().purge(NOW.plus(60 * DAY), false).unwrap();
    assert!(shop.files().is_empty());
}

#[test]
fn nothing_that_is_restricted_is_discarded_in_any_way() {
    let shop = one();
    ask(&shop, &restrict(), AskedBy::Party);
    let span = gardefou_policy::types::Span::ALWAYS;
    let custody = shop.custody();
    assert_eq!(custody.discarded("s-1", None, span, NOW), Err(CustodyError::Restricted));
    assert_eq!(
        custody.trimmed("s-1", None, span, span, NOW),
        Err(CustodyError::Restricted)
    );
    for fact in [
        FalseFact::Call("call-s-1".into()),
        FalseFact::Programme("crm-onboarding".into()),
    ] {
        assert!(custody.invalidate(&fact, &rights(), NOW).unwrap().incomplete());
    }
    custody.purge(NOW.plus(60 * DAY), false).unwrap();
    assert_eq!(shop.files().len(), 4);
    assert!(shop.calls.asked.lock().unwrap().is_empty());
    assert!(
        custody.discarded("s-2", None, span, NOW).unwrap().is_some(),
        "others are"
    );
}

#[cfg(unix)]
#[test]
fn what_is_restricted_while_its_deletion_hangs_is_not_deleted_after_all() {
    use std::io;
    use std::path::Path;
    use std::sync::Arc;

    use crate::custody::disk::{Disk, RealDisk};

    /// A disk that lets go of no video.
    #[derive(Debug)]
    struct Stubborn;

    impl Disk for Stubborn {
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            RealDisk.write(path, bytes)
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            RealDisk.rename(from, to)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            if path.ends_with("s-1.mkv") {
                return Err(io::Error::other("somebody watches it"));
            }
            RealDisk.remove(path)
        }
        fn sync(&self, folder: &Path) -> io::Result<()> {
            RealDisk.sync(folder)
        }
    }

    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    let custody = crate::custody::Custody {
        disk: Arc::new(Stubborn),
        ..shop.custody()
    };
    let first = custody.purge(NOW, false).unwrap();
    assert!(first.still_there() && shop.has("s-1.mkv"));
    // Its decision stays as long as its video, so that it can still be restricted.
    let request = RightRequest {
        right: &restrict(),
        subject: &Subject::Employee("e-1001".into()),
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &rights(),
        at: NOW,
    };
    let receipt = custody.right(&request).unwrap();
    assert!(shop.has("s-1.restricted.json"), "{receipt:?}");
    shop.custody().purge(NOW, false).unwrap();
    assert!(
        shop.has("s-1.mkv") && shop.has("s-1.sidecar.json"),
        "{:?}",
        shop.files()
    );
    assert!(shop.calls.asked.lock().unwrap().is_empty());
}

#[test]
fn an_open_request_keeps_what_it_is_about_from_the_purge() {
    let shop = one();
    shop.recording("s-2", "e-1002", NOW.minus(2 * DAY));
    let opened = ask(&shop, &open(None), AskedBy::Employee);
    assert!(!opened.incomplete() && opened.known);
    assert_eq!(
        (opened.requests.len(), opened.requests[0].until),
        (1, NOW.plus(28 * DAY))
    );
    let (request, recordings, asked) = told(&shop);
    assert_eq!((request.as_str(), recordings), ("open", vec!["s-1".to_owned()]));
    assert_eq!(asked.until, Some(NOW.plus(28 * DAY)));
    // Extended once, from the first receipt on.
    let most = NOW.plus(89 * DAY);
    let later = NOW.plus(20 * DAY);
    for (until, error) in [(most.plus(1), RequestError::TooLong), (later, RequestError::Past)] {
        assert_eq!(malformed(&shop, &open(Some(until)), later), error);
    }
    try_to(&shop, &open(Some(most)), AskedBy::Employee, later).unwrap();
    assert_eq!(malformed(&shop, &open(Some(most)), later), RequestError::Extended);
    // Past the time of everything.
    let report = shop.custody().purge(NOW.plus(60 * DAY), false).unwrap();
    let held: Vec<(&str, &str)> = report
        .held
        .iter()
        .map(|of| (of.name.as_str(), of.reference.as_str()))
        .collect();
    assert_eq!(held, [("s-1", "r-12")]);
    assert!(!report.still_there());
    assert_eq!(shop.files(), ["s-1.jsonl", "s-1.mkv", "s-1.sidecar.json"]);
    assert!(shop.kept.records()[0].is_some(), "its decision stays as well");
    // What is answered is answered: an erasure erases it.
    let closed = try_to(&shop, &close(), AskedBy::Employee, NOW.plus(61 * DAY)).unwrap();
    assert!(!closed.incomplete() && closed.known && closed.requests.is_empty());
    assert_eq!(malformed(&shop, &close(), NOW.plus(61 * DAY)), RequestError::NotOpen);
    // Nobody opens it again to gain time.
    assert_eq!(
        malformed(&shop, &open(None), NOW.plus(61 * DAY)),
        RequestError::Extended
    );
    shop.custody().purge(NOW.plus(61 * DAY), false).unwrap();
    assert!(shop.files().is_empty());
}

#[test]
fn a_request_that_nobody_answered_keeps_nothing_after_its_time_and_is_told() {
    let shop = one();
    assert_eq!(
        malformed(
            &shop,
            &Right::Open {
                reference: String::new(),
                until: None
            },
            NOW
        ),
        RequestError::Reference
    );
    ask(&shop, &open(Some(NOW.plus(70 * DAY))), AskedBy::Party);
    assert_eq!(shop.custody().purge(NOW.plus(69 * DAY), false).unwrap().held.len(), 1);
    let report = shop.custody().purge(NOW.plus(70 * DAY), false).unwrap();
    assert!(report.held.is_empty() && report.requests[0].overdue && shop.files().is_empty());
    assert_eq!(report.requests[0].asked_by, AskedBy::Party);
    // It is told until somebody says that it was answered, however long.
    shop.clock_is_right(NOW.plus(500 * DAY));
    let report = shop.custody().purge(NOW.plus(500 * DAY), false).unwrap();
    assert_eq!(report.requests.len(), 1);
    // An erasure is an answer, and not held up.
    let shop = one();
    ask(&shop, &open(None), AskedBy::Employee);
    assert!(!ask(&shop, &Right::Erase, AskedBy::Employee).incomplete());
    assert!(shop.files().is_empty());
}

#[test]
fn what_a_hostile_hand_wrote_keeps_nothing_for_longer() {
    let shop = one();
    let event = AccessEvent::Right {
        request: "open".into(),
        account: "a".into(),
        recordings: vec!["s-1".into()],
        count: 1,
        asked: Some(Asked {
            reference: Some("r".into()),
            until: Some(Timestamp::MAX),
            ..Asked::by(AskedBy::Employee)
        }),
        erased: Default::default(),
    };
    shop.kept
        .push(crate::journal::Record::Access(crate::journal::AccessRecord {
            at: NOW,
            event,
        }));
    assert_eq!(shop.custody().purge(NOW.plus(88 * DAY), false).unwrap().held.len(), 1);
    assert!(shop.custody().purge(NOW.plus(89 * DAY), false).unwrap().held.is_empty());
    assert!(shop.files().is_empty());
}

#[test]
fn of_a_name_that_nobody_knows_the_others_are_told() {
    let shop = one();
    shop.recording("s-2", "e-1002", NOW.minus(DAY));
    let about = |subject: Subject| {
        let request = RightRequest {
            right: &Right::Find,
            subject: &subject,
            asked_by: AskedBy::Employee,
            recording: None,
            asker: &rights(),
            at: NOW,
        };
        let receipt = shop.custody().right(&request).unwrap();
        (receipt.known, receipt.others.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(about(Subject::Employee("e-1001".into())), (true, vec![]));
    let known = vec!["e-1001".to_owned(), "e-1002".to_owned()];
    assert_eq!(about(Subject::Employee("e-1010".into())), (false, known));
    let calls = vec!["call-s-1".to_owned(), "call-s-2".to_owned()];
    assert_eq!(about(Subject::Call("call-s-3".into())), (false, calls));
    // Nothing of it is in what programs read, but for what the command makes of it.
    assert!(
        !serde_json::to_string(&ask(&shop, &Right::Find, AskedBy::Employee))
            .unwrap()
            .contains("others")
    );
}

#[test]
fn the_journal_keeps_which_entries_were_erased() {
    let shop = one();
    shop.recording("s-2", "e-1002", NOW.minus(DAY));
    ask(&shop, &Right::Erase, AskedBy::Employee);
    let erased = shop.kept.events().into_iter().find_map(|event| match event {
        AccessEvent::Right { erased, .. } if !erased.is_empty() => Some(erased),
        _ => None,
    });
    assert_eq!(erased.unwrap(), [("s-1".to_owned(), vec![0])].into());
    assert!(shop.kept.records()[0].is_none() && shop.kept.records()[1].is_some());
}

/// What another person, or another asker, says about a request of the same reference.
fn of_another(
    shop: &Shop,
    right: &Right,
    subject: &Subject,
    by: AskedBy,
    at: Timestamp,
) -> Result<Receipt, CustodyError> {
    let request = RightRequest {
        right,
        subject,
        asked_by: by,
        recording: None,
        asker: &rights(),
        at,
    };
    shop.custody().right(&request)
}

#[test]
fn a_request_is_known_by_its_reference_and_its_person() {
    let shop = one();
    shop.recording("s-2", "e-1002", NOW.minus(2 * DAY));
    ask(&shop, &open(None), AskedBy::Employee);
    let held = |shop: &Shop| shop.custody().purge(NOW.plus(20 * DAY), true).unwrap().requests.len();
    let another = Subject::Employee("e-1002".into());
    let nobody = Subject::Employee("e-9".into());
    let own = Subject::Employee("e-1001".into());
    let call = Subject::Call("call-s-1".into());
    for (subject, by) in [
        (&another, AskedBy::Employee),
        (&nobody, AskedBy::Employee),
        (&call, AskedBy::Employee),
        (&own, AskedBy::Party),
    ] {
        for right in [close(), open(None), open(Some(NOW.plus(40 * DAY)))] {
            let refused = of_another(&shop, &right, subject, by, NOW.plus(DAY));
            assert_eq!(
                refused.unwrap_err(),
                CustodyError::Request(RequestError::SomebodyElses),
                "{subject:?} {by:?} {right:?}"
            );
        }
    }
    assert_eq!(held(&shop), 1);
    // What the journal keeps of whose it is tells nobody who has no key.
    let (_, _, asked) = told(&shop);
    let whose = asked.whose.unwrap();
    assert_eq!(whose.len(), 64);
    // Once it is closed its reference is free for another person, and each has their own time.
    try_to(&shop, &close(), AskedBy::Employee, NOW.plus(DAY)).unwrap();
    assert_eq!(held(&shop), 0);
    let opened = of_another(&shop, &open(None), &another, AskedBy::Employee, NOW.plus(2 * DAY)).unwrap();
    assert_eq!(opened.requests[0].since, NOW.plus(2 * DAY));
    assert_ne!(told(&shop).2.whose, Some(whose));
    assert_eq!(
        malformed(&shop, &close(), NOW.plus(2 * DAY)),
        RequestError::SomebodyElses
    );
    of_another(&shop, &close(), &another, AskedBy::Employee, NOW.plus(2 * DAY)).unwrap();
    assert_eq!(held(&shop), 0);
}

#[test]
fn an_extension_never_shortens() {
    let shop = one();
    ask(&shop, &open(Some(NOW.plus(50 * DAY))), AskedBy::Employee);
    let later = NOW.plus(10 * DAY);
    for until in [None, Some(NOW.plus(50 * DAY)), Some(NOW.plus(20 * DAY))] {
        assert_eq!(
            malformed(&shop, &open(until), later),
            RequestError::NotLonger,
            "{until:?}"
        );
    }
    let soon = one();
    ask(&soon, &open(None), AskedBy::Employee);
    assert_eq!(
        malformed(&soon, &open(None), NOW.plus(DAY / 2)),
        RequestError::NotLonger
    );
    // Nor was the one extension spent.
    let extended = try_to(&shop, &open(Some(NOW.plus(51 * DAY))), AskedBy::Employee, later).unwrap();
    assert_eq!(extended.requests[0].until, NOW.plus(51 * DAY));
    // And what a hostile hand, or an earlier version, wrote shortens nothing either.
    let event = AccessEvent::Right {
        request: "open".into(),
        account: "a".into(),
        recordings: vec!["s-1".into()],
        count: 1,
        asked: Some(Asked {
            until: Some(NOW.plus(20 * DAY)),
            ..told(&shop).2
        }),
        erased: Default::default(),
    };
    let record = crate::journal::AccessRecord { at: later, event };
    shop.kept.push(crate::journal::Record::Access(record));
    let report = shop.custody().purge(NOW.plus(50 * DAY), true).unwrap();
    assert_eq!(report.held[0].until, NOW.plus(51 * DAY));
}

#[test]
fn a_request_of_an_earlier_version_is_its_persons_by_what_it_is_about() {
    let shop = one();
    shop.recording("s-2", "e-1002", NOW.minus(2 * DAY));
    let event = AccessEvent::Right {
        request: "open".into(),
        account: "a".into(),
        recordings: vec!["s-1".into()],
        count: 1,
        asked: Some(Asked {
            reference: Some("r-12".into()),
            until: Some(NOW.plus(30 * DAY)),
            ..Asked::by(AskedBy::Employee)
        }),
        erased: Default::default(),
    };
    let record = crate::journal::AccessRecord { at: NOW, event };
    shop.kept.push(crate::journal::Record::Access(record));
    let another = Subject::Employee("e-1002".into());
    let refused = of_another(&shop, &close(), &another, AskedBy::Employee, NOW);
    assert_eq!(refused.unwrap_err(), CustodyError::Request(RequestError::SomebodyElses));
    assert!(ask(&shop, &close(), AskedBy::Employee).requests.is_empty());
    assert!(shop.custody().purge(NOW, true).unwrap().requests.is_empty());
}

#[test]
fn of_whom_the_rules_list_it_is_said_that_nothing_is_kept() {
    let shop = one();
    let custody = || shop.custody().with_employees(["e-7".to_owned()].into());
    let about = |token: &str, right: &Right| {
        let request = RightRequest {
            right,
            subject: &Subject::Employee(token.into()),
            asked_by: AskedBy::Employee,
            recording: None,
            asker: &rights(),
            at: NOW,
        };
        custody().right(&request).unwrap()
    };
    let found = about("e-7", &Right::Find);
    assert!(found.known && found.items.is_empty() && !found.incomplete());
    assert!(!about("e-7", &Right::Erase).incomplete());
    let unknown = about("e-8", &Right::Find);
    assert!(!unknown.known && unknown.others.contains("e-7"));
    // A request that came in is open, whoever it is about.
    for (token, reference) in [("e-7", "r-7"), ("e-8", "r-8")] {
        let right = Right::Open {
            reference: reference.into(),
            until: None,
        };
        let opened = about(token, &right);
        assert_eq!(opened.requests.len(), 1, "{token}");
        assert!(opened.requests[0].sessions.is_empty());
        let closing = Right::Close {
            reference: reference.into(),
        };
        assert!(about(token, &closing).requests.is_empty(), "{token}");
    }
}

#[test]
fn what_was_not_restricted_is_not_said_to_be_released() {
    let shop = one();
    shop.recording("s-2", "e-1001", NOW.minus(DAY));
    let before = shop.kept.records().len();
    let released = ask(&shop, &release(), AskedBy::Employee);
    assert!(released.incomplete() && released.released_nothing());
    assert!(
        released
            .items
            .iter()
            .all(|item| item.outcome == ItemOutcome::NotRestricted)
    );
    let (request, recordings, _) = told(&shop);
    assert_eq!((request.as_str(), recordings), ("release", vec![]));
    assert_eq!(shop.kept.records().len(), before + 1, "nobody is asked about it");
    let json = serde_json::to_value(&released).unwrap();
    assert_eq!(json["items"][0]["outcome"], "not-restricted");
    // Of two of which one is restricted, that one is released.
    let one = RightRequest {
        right: &restrict(),
        subject: &Subject::Employee("e-1001".into()),
        asked_by: AskedBy::Employee,
        recording: Some("s-2"),
        asker: &rights(),
        at: NOW,
    };
    assert!(!shop.custody().right(&one).unwrap().incomplete());
    let released = ask(&shop, &release(), AskedBy::Employee);
    assert!(!released.incomplete(), "{released:?}");
    let outcomes: Vec<_> = released
        .items
        .iter()
        .map(|item| (item.session.as_str(), &item.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [("s-1", &ItemOutcome::NotRestricted), ("s-2", &ItemOutcome::Done)]
    );
    assert!(!shop.has("s-2.restricted.json"));
}

#[test]
fn the_journal_keeps_which_entries_an_invalidation_took() {
    let shop = one();
    let fact = FalseFact::Notice("2026-09".into());
    assert!(!shop.custody().invalidate(&fact, &rights(), NOW).unwrap().incomplete());
    let erased = shop.kept.events().into_iter().find_map(|event| match event {
        AccessEvent::Invalidation { erased, .. } => Some(erased),
        _ => None,
    });
    assert_eq!(erased.unwrap(), [("s-1".to_owned(), vec![0])].into());
}
