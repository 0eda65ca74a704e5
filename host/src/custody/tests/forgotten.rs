//! Decisions that are kept for less long than the recording: its sidecar alone says whose it is, and it is believed as
//! far as it was decided.

use std::fs;

use gardefou_policy::types::{Artefact, DAY, Purpose};

use super::shop::{NOW, Shop, release, restrict, rights, trainer, view};
use crate::custody::{
    AccessAnswer, AccessRequest, AskedBy, Asker, Doubt, FalseFact, ItemOutcome, Receipt, RefusalCause, Right,
    RightRequest, Subject,
};
use crate::journal::AccessEvent;
use crate::{Policy, PolicyHandle, Runtime, Source};

/// The example rules, with decisions for a month only.
fn policies() -> PolicyHandle {
    let rules = include_str!("../../../../rules/example.toml");
    let short = rules.replace("decisions  = \"180d\"", "decisions  = \"30d\"");
    assert_ne!(rules, short);
    let runtime = Runtime::new().unwrap();
    PolicyHandle::new(vec![Policy::load(&runtime, Source::Rules(&short)).unwrap()]).unwrap()
}

/// A recording whose decision is forgotten, and one whose is not.
fn forgotten() -> Shop {
    let shop = Shop::under(policies());
    shop.recording("old", "e-1001", NOW.minus(40 * DAY));
    shop.recording("new", "e-1002", NOW.minus(2 * DAY));
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(!report.still_there(), "{report:?}");
    assert_eq!(
        shop.files(),
        [
            "new.jsonl",
            "new.mkv",
            "new.sidecar.json",
            "old.mkv",
            "old.sidecar.json"
        ]
    );
    assert!(shop.kept.records()[0].is_none() && shop.kept.records()[1].is_some());
    shop
}

fn asked(shop: &Shop, right: &Right, subject: &Subject) -> Receipt {
    let asker = Asker {
        second_person: Some("a-10".into()),
        ..rights()
    };
    let request = RightRequest {
        right,
        subject,
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &asker,
        at: NOW,
    };
    shop.custody().right(&request).unwrap()
}

fn employee() -> Subject {
    Subject::Employee("e-1001".into())
}

#[test]
fn the_journal_keeps_the_digest_of_the_sidecar_and_no_token() {
    let shop = forgotten();
    let told = shop.kept.events().into_iter().find_map(|event| match event {
        AccessEvent::Purge {
            recording,
            artefact: Artefact::DecisionRecord,
            forgotten,
            sidecar,
            ..
        } if !forgotten.is_empty() => Some((recording, forgotten, sidecar)),
        _ => None,
    });
    let (recording, entries, sidecar) = told.unwrap();
    assert_eq!((recording.as_deref(), entries), (Some("old"), vec![(0, 0)]));
    let bytes = fs::read(shop.path("old.sidecar.json")).unwrap();
    let of_file = crate::Digest::of(<sha2::Sha256 as sha2::Digest>::digest(bytes).into());
    assert_eq!(sidecar, Some(of_file));
    for event in shop.kept.events() {
        assert!(!serde_json::to_string(&event).unwrap().contains("e-1001"));
    }
}

#[test]
fn it_stays_its_time_and_goes_with_it() {
    let shop = forgotten();
    for days in [1, 5, 9] {
        assert!(!shop.custody().purge(NOW.plus(days * DAY), false).unwrap().still_there());
        assert!(shop.has("old.mkv"), "{days}");
    }
    let later = NOW.plus(60 * DAY);
    assert!(!shop.custody().purge(later, false).unwrap().still_there());
    assert!(shop.files().is_empty(), "{:?}", shop.files());
    assert!(shop.calls.asked.lock().unwrap().contains(&"old call-old".to_owned()));
}

#[test]
fn the_person_finds_it_and_may_have_everything_done_with_it() {
    for subject in [employee(), Subject::Call("call-old".into())] {
        let shop = forgotten();
        let outside = tempfile::tempdir().unwrap();
        let into = outside.path().join("copies");
        let found = asked(&shop, &Right::Find, &subject);
        assert!(found.known && !found.incomplete(), "{found:?}");
        assert!(found.items.iter().all(|item| item.proven && item.session == "old"));
        assert!(!asked(&shop, &Right::Disclose { into: into.clone() }, &subject).incomplete());
        assert!(into.join("old.mkv").exists());
        assert!(!asked(&shop, &restrict(), &subject).incomplete());
        let report = shop.custody().purge(NOW.plus(60 * DAY), false).unwrap();
        assert!(report.restricted.contains(&"old".to_owned()) && shop.has("old.mkv"));
        assert!(!asked(&shop, &release(), &subject).incomplete());
        let erased = asked(&shop, &Right::Erase, &subject);
        assert!(erased.items.iter().all(|item| item.outcome == ItemOutcome::Done));
        assert!(!erased.incomplete() && !shop.has("old.mkv") && !shop.has("old.sidecar.json"));
        assert!(asked(&shop, &Right::Find, &subject).items.is_empty());
    }
    // Nobody else finds it.
    let shop = forgotten();
    let others = asked(&shop, &Right::Erase, &Subject::Employee("e-1002".into()));
    assert!(
        !others.incomplete() && shop.has("old.mkv") && !shop.has("new.mkv"),
        "{others:?}"
    );
}

#[test]
fn a_false_fact_reaches_it() {
    for fact in [
        FalseFact::Notice("2026-09".into()),
        FalseFact::Programme("crm-onboarding".into()),
        FalseFact::Call("call-old".into()),
    ] {
        let shop = forgotten();
        let done = shop.custody().invalidate(&fact, &rights(), NOW).unwrap();
        assert!(!done.incomplete() && !shop.has("old.mkv"), "{fact:?}");
    }
}

#[test]
fn nobody_is_trained_with_it_and_rights_and_oversight_reach_it() {
    let shop = forgotten();
    let asker = trainer();
    let AccessAnswer::Refused(refused) = shop.custody().access(&view("old", &asker)).unwrap() else {
        panic!("granted")
    };
    assert_eq!(refused.cause, RefusalCause::Forgotten);
    let text = refused.cause.text().unwrap();
    assert_ne!(text.english, text.french);
    for (purpose, role) in [
        (Purpose::SubjectRight, "subject-rights"),
        (Purpose::Oversight, "oversight"),
    ] {
        let asker = Asker {
            role: role.into(),
            second_person: Some("a-10".into()),
            ..rights()
        };
        let seen = |subject: Option<&Subject>| {
            let request = AccessRequest {
                purpose,
                subject,
                ..view("old", &asker)
            };
            shop.custody().access(&request).unwrap()
        };
        let AccessAnswer::Granted(granted) = seen(None) else {
            panic!("{role}: refused")
        };
        assert!(granted.proven);
        assert!(matches!(seen(Some(&employee())), AccessAnswer::Granted(_)));
        let another = Subject::Employee("e-1002".into());
        assert!(matches!(seen(Some(&another)), AccessAnswer::Refused(_)));
    }
}

#[test]
fn a_changed_sidecar_tells_nothing_any_more() {
    let shop = forgotten();
    let forged = super::shop::sidecar("old", "e-1002", NOW.minus(40 * DAY));
    fs::write(shop.path("old.sidecar.json"), forged.to_bytes()).unwrap();
    let theirs = asked(&shop, &Right::Erase, &Subject::Employee("e-1002".into()));
    assert!(theirs.incomplete() && shop.has("old.mkv"));
    assert_eq!(theirs.doubtful.len(), 1);
    assert_ne!(theirs.doubtful[0].why, Doubt::Contradicted);
    // Nor does a copy of a genuine one beside another video.
    let shop = forgotten();
    fs::copy(shop.path("old.sidecar.json"), shop.path("new.sidecar.json")).unwrap();
    let theirs = asked(&shop, &Right::Erase, &employee());
    assert!(theirs.incomplete() && shop.has("new.mkv") && !shop.has("old.mkv"));
}

/// An analysis that outlives its recording is the person's all the same.
#[test]
fn an_analysis_that_outlives_its_recording_is_found() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW.minus(DAY));
    shop.file("s-1.analysis.md", NOW.minus(100 * DAY));
    shop.custody().purge(NOW, false).unwrap();
    assert_eq!(shop.files(), ["s-1.analysis.md", "s-1.sidecar.json"]);
    assert!(shop.kept.records()[0].is_none());
    let found = asked(&shop, &Right::Find, &employee());
    assert!(
        found.items.iter().any(|item| item.artefact == Artefact::Analysis),
        "{found:?}"
    );
    assert!(!asked(&shop, &Right::Erase, &employee()).incomplete());
    assert!(shop.files().is_empty(), "{:?}", shop.files());
}
