use std::fs;

use gardefou_policy::types::{Artefact, DAY, Operation, Purpose, Reason, Span};

use super::journals::Power;
use super::shop::{LATER, NOW, Shop, rights, trainer, view};
use crate::custody::{AccessAnswer, AccessRequest, AskedBy, Doubt, Granted, RefusalCause, Refused, SidecarError};
use crate::journal::{AccessEvent, AccessRecord, Record};

fn granted(answer: AccessAnswer) -> Granted {
    match answer {
        AccessAnswer::Granted(granted) => granted,
        AccessAnswer::Refused(refused) => panic!("{refused:?}"),
    }
}

fn refused(answer: AccessAnswer) -> Refused {
    match answer {
        AccessAnswer::Refused(refused) => refused,
        AccessAnswer::Granted(granted) => panic!("{granted:?}"),
    }
}

#[test]
fn a_recording_is_handed_out_once_it_is_journalled() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    shop.file("s-1.analysis.md", NOW);
    let asker = trainer();
    let granted = granted(shop.custody().access(&view("s-1", &asker)).unwrap());
    assert_eq!(granted.files, [shop.path("s-1.mkv"), shop.path("s-1.sidecar.json")]);
    assert_eq!(granted.open().unwrap().len(), 2);
    assert!(granted.obligations.journal);
    let Some(AccessEvent::Access {
        granted,
        recording,
        account,
        programme,
        reason,
        obligations,
        ..
    }) = shop.kept.events().pop()
    else {
        panic!("not journalled");
    };
    assert!(granted);
    assert_eq!(
        (recording.as_str(), account.as_str(), programme.as_str()),
        ("s-1", "a-7", "crm-onboarding")
    );
    assert_eq!(
        (reason.as_str(), obligations),
        ("permitted", vec!["journal".to_owned()])
    );
}

#[test]
fn what_a_rule_refuses_is_journalled_and_not_given() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    let request = |change: fn(&mut AccessRequest<'_>)| {
        let mut request = view("s-1", &asker);
        change(&mut request);
        refused(shop.custody().access(&request).unwrap()).reason
    };
    assert_eq!(request(|r| r.at = NOW.minus(2 * DAY)), Reason::INVALID_FACTS);
    assert_eq!(request(|r| r.purpose = Purpose::Evidence), Reason::PURPOSE);
    assert_eq!(request(|r| r.operation = Operation::Export), Reason::NOT_AUTHORISED);
    assert_eq!(request(|r| r.at = LATER), Reason::PROGRAMME);
    let events = shop.kept.events();
    assert_eq!(events.len(), 4);
    assert!(
        events
            .iter()
            .all(|event| matches!(event, AccessEvent::Access { granted: false, .. }))
    );
}

#[test]
fn a_changed_or_unknown_recording_is_refused() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    let cause = |name| refused(shop.custody().access(&view(name, &asker)).unwrap()).cause;
    assert_eq!(cause("s-2"), RefusalCause::NotThere);
    shop.file("s-3.mkv", NOW);
    assert_eq!(cause("s-3"), RefusalCause::Sidecar(SidecarError::Missing));
    let stranger = super::shop::sidecar("s-4", "e-1001", NOW.minus(DAY));
    shop.put(&stranger);
    assert_eq!(cause("s-4"), RefusalCause::Doubt(Doubt::Undecided));
    // The same sidecar beside another video says nothing of that one.
    fs::copy(shop.path("s-1.sidecar.json"), shop.path("copy.sidecar.json")).unwrap();
    fs::copy(shop.path("s-1.mkv"), shop.path("copy.mkv")).unwrap();
    assert_eq!(cause("copy"), RefusalCause::Doubt(Doubt::Copied));
    let named = granted(shop.custody().access(&view("s-1", &asker)).unwrap());
    assert_eq!(named.files.first(), Some(&shop.path("s-1.mkv")));
    fs::rename(shop.path("s-1.sidecar.json"), shop.path("b.sidecar.json")).unwrap();
    assert_eq!(cause("s-1"), RefusalCause::Sidecar(SidecarError::Missing));
}

#[test]
fn what_was_to_be_kept_and_was_then_discarded_is_given_to_nobody_and_its_decision_goes() {
    let discard = |sidecar: &crate::custody::Sidecar, within: Span| {
        Record::Access(AccessRecord {
            at: NOW,
            event: AccessEvent::Discard {
                session: sidecar.session.clone(),
                segment: within,
                reason: None,
            },
        })
    };
    let asker = trainer();
    let shop = Shop::new();
    let lost = shop.recording("s-1", "e-1001", NOW.minus(DAY));
    // A part of it that the call's own recorder could not cut off says nothing of the recording.
    let whole = lost.span();
    let part = Span {
        start: whole.start.plus(1),
        ..whole
    };
    shop.kept.push(discard(&lost, part));
    drop(granted(shop.custody().access(&view("s-1", &asker)).unwrap()));
    shop.kept.push(discard(&lost, whole));
    // Its recorder could not delete it, or a copy came back.
    let cause = refused(shop.custody().access(&view("s-1", &asker)).unwrap()).cause;
    assert_eq!(cause, RefusalCause::Discarded);
    // The decision goes with the next purge; others stay.
    for file in ["s-1.mkv", "s-1.sidecar.json", "s-1.jsonl"] {
        fs::remove_file(shop.path(file)).unwrap();
    }
    shop.recording("s-2", "e-1001", NOW.minus(DAY));
    shop.custody().purge(NOW, false).unwrap();
    let decided = |session: &str| {
        let is_of = |record: &Record| matches!(record, Record::Decision(decision) if decision.session == session);
        shop.kept.records().iter().flatten().any(is_of)
    };
    assert!(!decided("s-1") && decided("s-2"));
    assert_eq!(shop.custody().open_discards().unwrap().len(), 2);
}

#[test]
fn every_changed_byte_of_a_sidecar_refuses() {
    let shop = Shop::new();
    let sidecar = shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let (asker, path) = (trainer(), shop.path("s-1.sidecar.json"));
    let whole = sidecar.to_bytes();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = refused(shop.custody().access(&view("s-1", &asker)).unwrap());
        assert!(
            matches!(
                refused.cause,
                RefusalCause::Doubt(_) | RefusalCause::Sidecar(_) | RefusalCause::NotThere
            ),
            "byte {at}: {refused:?}"
        );
    }
    fs::write(&path, [whole.as_slice(), b" "].concat()).unwrap();
    assert_eq!(
        refused(shop.custody().access(&view("s-1", &asker)).unwrap()).cause,
        RefusalCause::Doubt(Doubt::Changed)
    );
    fs::write(&path, whole).unwrap();
    drop(granted(shop.custody().access(&view("s-1", &asker)).unwrap()));
}

#[test]
fn a_clock_that_was_set_back_hands_nothing_out() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    drop(granted(shop.custody().access(&view("s-1", &asker)).unwrap()));
    let late = AccessRequest {
        at: LATER,
        ..view("s-1", &asker)
    };
    assert_eq!(refused(shop.custody().access(&late).unwrap()).reason, Reason::PROGRAMME);
    assert_eq!(
        refused(shop.custody().access(&view("s-1", &asker)).unwrap()).reason,
        Reason::PROGRAMME
    );
    // Nor is a person's request answered as of yesterday.
    let subject = crate::custody::Subject::Session("s-1".into());
    let request = crate::custody::RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &crate::custody::Right::Find,
        subject: &subject,
        asker: &rights(),
        at: NOW,
    };
    assert_eq!(shop.custody().right(&request).unwrap().at, LATER);
}

#[test]
fn under_a_forged_sidecar_only_an_anonymised_copy_is_given() {
    let shop = Shop::new();
    shop.put(&super::shop::sidecar("forged", "e-7", NOW.minus(DAY)));
    shop.file("forged.analysis.md", NOW);
    shop.file("forged.anonymised.mkv", NOW);
    let asker = trainer();
    let of = |artefact, operation| {
        let request = AccessRequest {
            artefact,
            operation,
            programme: Some("crm-onboarding"),
            ..view("forged", &asker)
        };
        shop.custody().access(&request).unwrap()
    };
    for artefact in [Artefact::Recording, Artefact::Analysis] {
        assert_eq!(
            refused(of(artefact, Operation::View)).cause,
            RefusalCause::Doubt(Doubt::Undecided)
        );
    }
    drop(granted(of(Artefact::AnonymisedCopy, Operation::TrainOthers)));
    // Nor is anything else of it disclosed to whom it names.
    let outside = tempfile::tempdir().unwrap();
    let request = crate::custody::RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &crate::custody::Right::Disclose {
            into: outside.path().join("copies"),
        },
        subject: &crate::custody::Subject::Employee("e-7".into()),
        asker: &rights(),
        at: NOW,
    };
    let receipt = shop.custody().right(&request).unwrap();
    // A sidecar names them, and so somebody knows the name; nothing is shown to be theirs.
    assert!(receipt.items.is_empty() && receipt.known && receipt.incomplete());
    let told: Vec<(&str, Doubt)> = receipt
        .doubtful
        .iter()
        .map(|doubt| (doubt.name.as_str(), doubt.why))
        .collect();
    assert_eq!(told, [("forged", Doubt::Undecided)]);
    assert!(!outside.path().join("copies").exists());
}

#[test]
fn without_a_journal_nothing_is_handed_out() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    // The first step of an append, and the second, when it is durable and nobody knows.
    for steps in 0..2 {
        let (custody, _) = shop.custody_with(Power::for_steps(steps));
        let refused = refused(custody.access(&view("s-1", &asker)).unwrap());
        assert_eq!(refused.reason, Reason::STORE_UNAVAILABLE);
    }
}

#[test]
fn restricted_is_what_the_folder_or_the_journal_says() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    fs::write(shop.path("s-1.restricted.json"), "no json").unwrap();
    assert_eq!(
        refused(shop.custody().access(&view("s-1", &asker)).unwrap()).reason,
        Reason::RESTRICTED
    );
    fs::remove_file(shop.path("s-1.restricted.json")).unwrap();
    drop(granted(shop.custody().access(&view("s-1", &asker)).unwrap()));
    shop.kept.push(Record::Access(AccessRecord {
        at: NOW,
        event: AccessEvent::Right {
            request: "restrict".into(),
            account: "a-8".into(),
            recordings: vec!["s-1".into()],
            count: 1,
            asked: None,
            erased: Default::default(),
        },
    }));
    assert_eq!(
        refused(shop.custody().access(&view("s-1", &asker)).unwrap()).reason,
        Reason::RESTRICTED
    );
}

#[test]
fn analyses_and_anonymised_copies_are_asked_for_on_their_own() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    let of = |artefact, operation| AccessRequest {
        artefact,
        operation,
        ..view("s-1", &asker)
    };
    let analysis = of(Artefact::Analysis, Operation::View);
    assert_eq!(
        refused(shop.custody().access(&analysis).unwrap()).cause,
        RefusalCause::NotThere
    );
    shop.file("s-1.analysis.md", NOW);
    shop.file("s-1.anonymised.mkv", NOW);
    let given = granted(shop.custody().access(&analysis).unwrap());
    assert_eq!(given.files, [shop.path("s-1.analysis.md")]);
    let given = granted(
        shop.custody()
            .access(&of(Artefact::AnonymisedCopy, Operation::TrainOthers))
            .unwrap(),
    );
    assert_eq!(given.files, [shop.path("s-1.anonymised.mkv")]);
    let recording = of(Artefact::Recording, Operation::TrainOthers);
    assert_eq!(
        refused(shop.custody().access(&recording).unwrap()).reason,
        Reason::NOT_ANONYMISED
    );
    let temporary = of(Artefact::Temporary, Operation::View);
    assert_eq!(
        refused(shop.custody().access(&temporary).unwrap()).cause,
        RefusalCause::NotThere
    );
}

#[test]
fn a_persons_request_is_no_access() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = rights();
    for operation in [
        Operation::Delete,
        Operation::Disclose,
        Operation::Restrict,
        Operation::Release,
    ] {
        let request = AccessRequest {
            operation,
            purpose: Purpose::SubjectRight,
            ..view("s-1", &asker)
        };
        assert_eq!(
            refused(shop.custody().access(&request).unwrap()).cause,
            RefusalCause::Operation
        );
    }
}
