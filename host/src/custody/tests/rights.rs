use std::fs;

use gardefou_policy::types::{Artefact, CaptureMode, DAY, Purpose, Reason};

use super::shop::{NOW, Shop, release, restrict, rights, trainer, view};
use crate::custody::{
    AccessAnswer, AccessRequest, AskedBy, Asker, CustodyError, Doubt, FalseFact, ItemOutcome, Receipt, RefusalCause,
    Right, RightRequest, Subject,
};
use crate::journal::{AccessEvent, DecisionRecord, Record};

fn ask(shop: &Shop, right: &Right, subject: &Subject, asker: &Asker) -> Receipt {
    let request = RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right,
        subject,
        asker,
        at: NOW,
    };
    shop.custody().right(&request).unwrap()
}

fn doubtful(receipt: &Receipt) -> Vec<(&str, Doubt)> {
    let doubtful = receipt.doubtful.iter();
    doubtful.map(|doubt| (doubt.name.as_str(), doubt.why)).collect()
}

fn employee(token: &str) -> Subject {
    Subject::Employee(token.into())
}

/// Two recordings of one employee and one of another, with everything beside them.
fn stocked() -> Shop {
    let shop = Shop::new();
    for (session, token) in [("s-1", "e-1001"), ("s-2", "e-1001"), ("s-3", "e-1002")] {
        shop.recording(session, token, NOW.minus(2 * DAY));
    }
    shop.file("s-1.analysis.md", NOW.minus(DAY));
    shop.file("s-1.anonymised.mkv", NOW.minus(DAY));
    shop.file("s-1.cut.mkv", NOW);
    shop
}

#[test]
fn everything_of_a_person_or_a_call_is_found_and_journalled() {
    let shop = stocked();
    shop.file("nobodys.mkv", NOW);
    let receipt = ask(&shop, &Right::Find, &employee("e-1001"), &rights());
    let items: Vec<(&str, Artefact, usize, u64)> = receipt
        .items
        .iter()
        .map(|item| (item.session.as_str(), item.artefact, item.files.len(), item.entries))
        .collect();
    assert_eq!(
        items,
        [
            ("s-1", Artefact::Recording, 3, 0),
            ("s-1", Artefact::DecisionRecord, 1, 1),
            ("s-1", Artefact::Analysis, 1, 0),
            ("s-1", Artefact::AnonymisedCopy, 1, 0),
            ("s-2", Artefact::Recording, 2, 0),
            ("s-2", Artefact::DecisionRecord, 1, 1),
        ]
    );
    assert_eq!(receipt.unattributed, ["nobodys.mkv"]);
    let right = shop.kept.events().pop();
    let Some(AccessEvent::Right {
        request,
        recordings,
        count,
        ..
    }) = right
    else {
        panic!("{right:?}")
    };
    assert_eq!((request.as_str(), count), ("find", 11));
    assert_eq!(recordings, ["s-1", "s-2"]);
    let of_call = ask(&shop, &Right::Find, &Subject::Call("call-s-3".into()), &rights());
    assert!(of_call.items.iter().all(|item| item.session == "s-3") && of_call.items.len() == 2);
    assert!(ask(&shop, &Right::Find, &employee("e-7"), &rights()).items.is_empty());
    let nobody = RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &Right::Find,
        subject: &employee(""),
        asker: &rights(),
        at: NOW,
    };
    assert_eq!(shop.custody().right(&nobody).unwrap_err(), CustodyError::Nobody);
}

#[test]
fn a_person_gets_copies_of_what_may_be_disclosed() {
    let shop = stocked();
    let outside = tempfile::tempdir().unwrap();
    let into = outside.path().join("copies");
    let right = Right::Disclose { into: into.clone() };
    let receipt = ask(&shop, &right, &employee("e-1001"), &rights());
    assert!(!receipt.incomplete(), "{receipt:?}");
    let mut copies: Vec<String> = fs::read_dir(&into)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    copies.sort();
    assert_eq!(
        copies,
        [
            "002-s-1.decisions.json",
            "006-s-2.decisions.json",
            "s-1.analysis.md",
            "s-1.anonymised.mkv",
            "s-1.jsonl",
            "s-1.mkv",
            "s-1.sidecar.json",
            "s-2.jsonl",
            "s-2.mkv",
            "s-2.sidecar.json",
        ]
    );
    assert_eq!(fs::read_to_string(into.join("s-1.mkv")).unwrap(), "what s-1.mkv holds");
    let decisions = fs::read(into.join("002-s-1.decisions.json")).unwrap();
    let decisions: Vec<DecisionRecord> = serde_json::from_slice(&decisions).unwrap();
    assert_eq!(decisions[0].session, "s-1");
    let granted = shop
        .kept
        .events()
        .into_iter()
        .filter(|event| matches!(event, AccessEvent::Access { granted: true, .. }));
    assert_eq!(granted.count(), 6);
    // A copy is never written over, nor among the recordings.
    assert!(ask(&shop, &right, &employee("e-1001"), &rights()).incomplete());
    let among = Right::Disclose {
        into: shop.folder.path().join("."),
    };
    let request = RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &among,
        subject: &employee("e-1001"),
        asker: &rights(),
        at: NOW,
    };
    assert!(matches!(
        shop.custody().right(&request),
        Err(CustodyError::Folder { .. })
    ));
}

#[test]
fn a_changed_sidecar_discloses_nothing_of_another() {
    let shop = Shop::new();
    let mut sidecar = shop.recording("s-1", "e-1001", NOW.minus(DAY));
    sidecar.employee = "e-1002".into();
    fs::write(shop.path("s-1.sidecar.json"), sidecar.to_bytes()).unwrap();
    let outside = tempfile::tempdir().unwrap();
    let right = Right::Disclose {
        into: outside.path().into(),
    };
    let receipt = ask(&shop, &right, &employee("e-1002"), &rights());
    assert!(receipt.items.is_empty() && receipt.incomplete());
    assert_eq!(doubtful(&receipt), [("s-1", Doubt::Changed)]);
    assert!(!outside.path().join("s-1.mkv").exists());
    // The person whose it is finds it all the same.
    assert!(
        !ask(&shop, &Right::Find, &employee("e-1001"), &rights())
            .items
            .is_empty()
    );
}

#[test]
fn everything_of_a_person_is_erased_and_nothing_of_others() {
    let shop = stocked();
    let receipt = ask(&shop, &Right::Erase, &employee("e-1001"), &rights());
    assert!(!receipt.incomplete(), "{receipt:?}");
    assert_eq!(shop.files(), ["s-3.jsonl", "s-3.mkv", "s-3.sidecar.json"]);
    let kept: Vec<bool> = shop.kept.records().iter().take(3).map(Option::is_some).collect();
    assert_eq!(kept, [false, false, true]);
    assert_eq!(*shop.calls.asked.lock().unwrap(), ["s-1 call-s-1", "s-2 call-s-2"]);
    assert!(receipt.open.is_empty());
    let events = shop.kept.events();
    let right = events.iter().find_map(|event| match event {
        AccessEvent::Right {
            request,
            recordings,
            count,
            ..
        } => Some((request.as_str(), recordings.len(), *count)),
        _ => None,
    });
    assert_eq!(right, Some(("erase", 2, 11)));
    // The receipt is what programs read, too.
    let json = serde_json::to_value(&receipt).unwrap();
    assert_eq!(json["request"], "erase");
    assert_eq!(json["subject"]["employee"], "e-1001");
    assert_eq!(json["items"][0]["outcome"], "done");
    assert!(json["journal"]["size"].as_u64().unwrap() > 0);
    assert!(
        ask(&shop, &Right::Find, &employee("e-1001"), &rights())
            .items
            .is_empty()
    );
}

#[test]
fn whoever_may_not_is_refused_item_by_item() {
    let shop = stocked();
    let receipt = ask(&shop, &Right::Erase, &employee("e-1001"), &trainer());
    assert!(receipt.incomplete());
    for item in &receipt.items {
        let ItemOutcome::Refused(refused) = &item.outcome else {
            panic!("{item:?}")
        };
        assert_eq!(refused.reason, Reason::NOT_AUTHORISED);
    }
    assert_eq!(shop.files().len(), 12);
    assert!(shop.calls.asked.lock().unwrap().is_empty());
    let events = shop.kept.events();
    assert_eq!(events.len(), 7, "six answers and the request");
    let Some(AccessEvent::Right { recordings, count, .. }) = events.last() else {
        panic!()
    };
    assert_eq!((recordings.len(), *count), (0, 0));
}

#[test]
fn one_that_is_refused_does_not_stop_the_others() {
    let shop = stocked();
    // A recording that the journal does not know: nothing shows whose it is.
    shop.put(&super::shop::sidecar("s-4", "e-1001", NOW.minus(DAY)));
    let outside = tempfile::tempdir().unwrap();
    let right = Right::Disclose {
        into: outside.path().into(),
    };
    let receipt = ask(&shop, &right, &employee("e-1001"), &rights());
    assert!(receipt.incomplete());
    assert!(outside.path().join("s-2.mkv").exists() && !outside.path().join("s-4.mkv").exists());
}

/// What should not exist, or no longer, is the person's all the same.
#[test]
fn a_persons_rights_reach_still_images_and_what_is_past_its_time() {
    let shop = Shop::new();
    let mut still = super::shop::sidecar("s-1", "e-1001", NOW.minus(DAY));
    still.mode = CaptureMode::Screenshot;
    shop.put(&still);
    let mut decision = super::shop::decision(&still);
    decision.trace = vec![serde_json::json!({"at": 1, "event": "session", "mode": "screenshot"})];
    shop.kept.push(Record::Decision(decision));
    shop.recording("s-2", "e-1001", NOW.minus(300 * DAY));
    let seen = |session, purpose, asker: &Asker| {
        let request = AccessRequest {
            purpose,
            ..view(session, asker)
        };
        shop.custody().access(&request).unwrap()
    };
    for session in ["s-1", "s-2"] {
        for (purpose, role) in [
            (Purpose::SubjectRight, "subject-rights"),
            (Purpose::Oversight, "oversight"),
        ] {
            let alone = Asker {
                role: role.into(),
                ..rights()
            };
            let AccessAnswer::Refused(refused) = seen(session, purpose, &alone) else {
                panic!("{session} {role}: nobody looks alone")
            };
            assert_eq!(refused.cause, RefusalCause::SecondPerson);
            let asker = Asker {
                second_person: Some("a-10".into()),
                ..alone
            };
            let AccessAnswer::Granted(granted) = seen(session, purpose, &asker) else {
                panic!("{session} {role}")
            };
            assert!(granted.obligations.second_person);
        }
        let AccessAnswer::Refused(refused) = seen(session, Purpose::Training, &trainer()) else {
            panic!("{session}")
        };
        let why = if session == "s-1" {
            Reason::STILL_IMAGE
        } else {
            Reason::RETENTION
        };
        assert_eq!(refused.reason, why);
    }
    let outside = tempfile::tempdir().unwrap();
    let right = Right::Disclose {
        into: outside.path().into(),
    };
    for right in [right, restrict(), release()] {
        assert!(
            !ask(&shop, &right, &employee("e-1001"), &rights()).incomplete(),
            "{right:?}"
        );
    }
    assert!(outside.path().join("s-1.mkv").exists() && outside.path().join("s-2.mkv").exists());
}

#[test]
fn what_is_restricted_is_deleted_by_nobody_but_whoever_answers_persons() {
    let shop = stocked();
    assert!(!ask(&shop, &restrict(), &Subject::Session("s-1".into()), &rights()).incomplete());
    let eraser = Asker {
        role: "eraser".into(),
        ..rights()
    };
    let before = shop.files();
    let shop = Shop {
        policies: crate::PolicyHandle::new(vec![erasers()]).unwrap(),
        ..shop
    };
    let receipt = ask(&shop, &Right::Erase, &Subject::Session("s-1".into()), &eraser);
    let refused: Vec<(Artefact, Reason)> = receipt
        .items
        .iter()
        .filter_map(|item| match &item.outcome {
            ItemOutcome::Refused(refused) => Some((item.artefact, refused.reason)),
            _ => None,
        })
        .collect();
    assert_eq!(
        refused,
        [Artefact::Recording, Artefact::DecisionRecord, Artefact::Analysis].map(|of| (of, Reason::RESTRICTED))
    );
    // Nobody can be singled out in the anonymised copy; everything else stays together.
    let left: Vec<String> = before.into_iter().filter(|name| name != "s-1.anonymised.mkv").collect();
    assert_eq!(shop.files(), left);
    assert!(
        shop.calls.asked.lock().unwrap().is_empty(),
        "the call's own recording stays too"
    );
    assert!(
        shop.kept.records().first().is_some_and(Option::is_some),
        "and the decision"
    );
    // What is not restricted, the same role deletes.
    assert!(!ask(&shop, &Right::Erase, &Subject::Session("s-3".into()), &eraser).incomplete());
    // And what is, whoever answers persons.
    assert!(!ask(&shop, &Right::Erase, &Subject::Session("s-1".into()), &rights()).incomplete());
    assert!(!shop.has("s-1.mkv"));
}

/// The example rules with a role that may delete, and does not answer persons.
fn erasers() -> crate::Policy {
    let role = "[[role]]\nid = \"eraser\"\nmay = [\"delete\"]\nprogrammes = [\"*\"]\n";
    let rules = format!("{}{role}", include_str!("../../../../rules/example.toml"));
    crate::Policy::load(&crate::Runtime::new().unwrap(), crate::Source::Rules(&rules)).unwrap()
}

#[test]
fn restricting_and_releasing_again() {
    let shop = stocked();
    let (asker, viewer) = (rights(), trainer());
    let seen = || {
        matches!(
            shop.custody().access(&view("s-1", &viewer)).unwrap(),
            AccessAnswer::Granted(_)
        )
    };
    assert!(seen());
    assert!(!ask(&shop, &restrict(), &Subject::Call("call-s-1".into()), &asker).incomplete());
    assert!(shop.has("s-1.restricted.json") && !seen());
    let mark = fs::read(shop.path("s-1.restricted.json")).unwrap();
    let mark: crate::custody::Restriction = serde_json::from_slice(&mark).unwrap();
    assert_eq!(
        (mark.request.as_str(), mark.account.as_str(), mark.at),
        ("call", "a-8", NOW)
    );
    assert!(!ask(&shop, &restrict(), &employee("e-1001"), &asker).incomplete());
    assert!(ask(&shop, &release(), &employee("e-1001"), &viewer).incomplete());
    assert!(!seen());
    assert!(!ask(&shop, &release(), &employee("e-1001"), &asker).incomplete());
    assert!(!shop.has("s-1.restricted.json") && seen());
    // What is restricted can be erased: it is the person's wish, too.
    ask(&shop, &restrict(), &employee("e-1001"), &asker);
    assert!(!ask(&shop, &Right::Erase, &employee("e-1001"), &asker).incomplete());
    assert_eq!(shop.files(), ["s-3.jsonl", "s-3.mkv", "s-3.sidecar.json"]);
}

#[test]
fn what_is_restricted_is_not_invalidated_and_stays_together() {
    let shop = stocked();
    assert!(!ask(&shop, &restrict(), &Subject::Session("s-1".into()), &rights()).incomplete());
    // The journal's word counts, not the mark's: a mark that nobody asked for keeps nothing.
    fs::remove_file(shop.path("s-1.restricted.json")).unwrap();
    fs::write(shop.path("s-2.restricted.json"), "{}").unwrap();
    let fact = FalseFact::Notice("2026-09".into());
    let done = shop.custody().invalidate(&fact, &rights(), NOW).unwrap();
    assert!(done.incomplete());
    let reasons: Vec<Reason> = done.refusals().iter().map(|refused| refused.reason).collect();
    assert_eq!(reasons, [Reason::RESTRICTED; 3]);
    assert!(
        done.refusals()
            .iter()
            .all(|refused| refused.cause == RefusalCause::Restricted)
    );
    assert_eq!(
        shop.files(),
        [
            "s-1.analysis.md",
            "s-1.cut.mkv",
            "s-1.jsonl",
            "s-1.mkv",
            "s-1.sidecar.json"
        ]
    );
    let kept: Vec<bool> = shop.kept.records().iter().take(3).map(Option::is_some).collect();
    assert_eq!(kept, [true, false, false]);
    assert_eq!(*shop.calls.asked.lock().unwrap(), ["s-2 call-s-2", "s-3 call-s-3"]);
    // Released, it goes.
    assert!(!ask(&shop, &release(), &Subject::Session("s-1".into()), &rights()).incomplete());
    assert!(!shop.custody().invalidate(&fact, &rights(), NOW).unwrap().incomplete());
    assert!(shop.files().is_empty());
}

#[test]
fn what_was_kept_under_a_false_fact_is_discarded() {
    let invalidate = |fact: FalseFact| {
        let shop = stocked();
        let mut other = super::shop::sidecar("s-4", "e-1001", NOW.minus(DAY));
        other.notice_version = Some("2026-10".into());
        other.programme = "other".into();
        shop.put(&other);
        let mut decision = super::shop::decision(&other);
        decision.trace =
            vec![serde_json::json!({"at": 1, "event": "session", "employee-notice": {"version": "2026-10"}})];
        shop.kept.push(Record::Decision(decision));
        let done = shop.custody().invalidate(&fact, &rights(), NOW).unwrap();
        assert!(!done.incomplete() && done.open.is_empty(), "{done:?}");
        let events = shop.kept.events();
        let told = events.iter().find_map(|event| match event {
            AccessEvent::Invalidation {
                fact,
                value,
                recordings,
                ..
            } => Some((fact.clone(), value.clone(), recordings.len())),
            _ => None,
        });
        let reasons: Vec<Option<String>> = events
            .into_iter()
            .filter_map(|event| match event {
                AccessEvent::Discard { reason, .. } => Some(reason),
                _ => None,
            })
            .collect();
        (
            shop.files()
                .into_iter()
                .filter(|name| name.ends_with(".mkv"))
                .collect::<Vec<_>>(),
            told.unwrap(),
            reasons,
        )
    };
    let (left, told, reasons) = invalidate(FalseFact::Notice("2026-09".into()));
    assert_eq!(
        (left, told),
        (vec!["s-4.mkv".into()], ("notice".into(), "2026-09".into(), 3))
    );
    assert_eq!(reasons, vec![Some("employee-not-informed".to_owned()); 3]);
    let (left, told, reasons) = invalidate(FalseFact::Programme("other".into()));
    assert_eq!(
        left,
        ["s-1.anonymised.mkv", "s-1.cut.mkv", "s-1.mkv", "s-2.mkv", "s-3.mkv"]
    );
    assert_eq!((told.2, reasons), (1, vec![Some("programme".to_owned())]));
    let (left, told, reasons) = invalidate(FalseFact::Call("call-s-3".into()));
    assert!(!left.contains(&"s-3.mkv".to_owned()) && left.len() == 5);
    assert_eq!((told.2, reasons), (1, vec![None]));
    let (left, told, _) = invalidate(FalseFact::Notice("2020-01".into()));
    assert_eq!((left.len(), told.2), (6, 0));
}
