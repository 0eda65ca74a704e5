//! Custody believes no sidecar but the one that was decided, beside its own recording.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gardefou_policy::types::{DAY, Purpose, Reason};

use super::shop::{NOW, Shop, release, restrict, rights, trainer, view};
use crate::custody::disk::{Disk, RealDisk};
use crate::custody::{
    AccessAnswer, AccessRequest, AskedBy, Asker, Custody, Doubt, FalseFact, ItemOutcome, Receipt, RefusalCause, Right,
    RightRequest, Subject,
};
use crate::journal::{AccessEvent, Record};

fn asked(custody: &Custody, right: &Right, token: &str, recording: Option<&str>) -> Receipt {
    let subject = Subject::Employee(token.into());
    let request = RightRequest {
        right,
        subject: &subject,
        asked_by: AskedBy::Employee,
        recording,
        asker: &rights(),
        at: NOW,
    };
    custody.right(&request).unwrap()
}

fn ask(shop: &Shop, right: &Right, token: &str) -> Receipt {
    asked(&shop.custody(), right, token, None)
}

fn doubtful(receipt: &Receipt) -> Vec<(&str, Doubt)> {
    let doubtful = receipt.doubtful.iter();
    doubtful.map(|doubt| (doubt.name.as_str(), doubt.why)).collect()
}

fn sessions(receipt: &Receipt) -> Vec<&str> {
    let mut sessions: Vec<&str> = receipt.items.iter().map(|item| item.session.as_str()).collect();
    sessions.dedup();
    sessions
}

/// A recording of `e-1` and one of `e-2`.
fn two() -> Shop {
    let shop = Shop::new();
    shop.recording("a", "e-1", NOW.minus(2 * DAY));
    shop.recording("b", "e-2", NOW.minus(2 * DAY));
    shop
}

/// What somebody put in the place of the first one's sidecar.
fn forged() -> Vec<(&'static str, Shop, Doubt)> {
    let copied = two();
    fs::copy(copied.path("b.sidecar.json"), copied.path("a.sidecar.json")).unwrap();
    let moved = two();
    fs::rename(moved.path("b.sidecar.json"), moved.path("a.sidecar.json")).unwrap();
    let edited = two();
    let mut sidecar = super::shop::sidecar("a", "e-1", NOW.minus(2 * DAY));
    sidecar.employee = "e-2".into();
    fs::write(edited.path("a.sidecar.json"), sidecar.to_bytes()).unwrap();
    let invented = two();
    sidecar.session = "nobody-knows-it".into();
    fs::write(invented.path("a.sidecar.json"), sidecar.to_bytes()).unwrap();
    vec![
        ("copied", copied, Doubt::Copied),
        ("moved", moved, Doubt::Copied),
        ("edited", edited, Doubt::Changed),
        ("invented", invented, Doubt::Copied),
    ]
}

#[test]
fn a_sidecar_that_names_another_employee_does_nothing_with_the_first_ones_recording() {
    for (how, shop, doubt) in forged() {
        let outside = tempfile::tempdir().unwrap();
        let into = outside.path().join("copies");
        for right in [
            Right::Find,
            Right::Disclose { into: into.clone() },
            restrict(),
            release(),
            Right::Erase,
        ] {
            let receipt = ask(&shop, &right, "e-2");
            assert_eq!(sessions(&receipt), ["b"], "{how} {right:?}");
            assert_eq!(doubtful(&receipt), [("a", doubt)], "{how} {right:?}");
            assert!(receipt.incomplete(), "{how} {right:?}: it is told");
            let json = serde_json::to_value(&receipt).unwrap();
            assert_eq!(json["doubtful"][0]["why"], doubt.name(), "{how}");
            assert!(!shop.has("a.restricted.json"), "{how}");
        }
        assert!(!into.join("a.mkv").exists() && into.join("b.mkv").exists(), "{how}");
        assert_eq!(
            fs::read_to_string(shop.path("a.mkv")).unwrap(),
            "what a.mkv holds",
            "{how}"
        );
        assert!(!shop.has("b.mkv"), "{how}: but the other's own is erased");
        let kept: Vec<bool> = shop.kept.records().iter().take(2).map(Option::is_some).collect();
        assert_eq!(kept, [true, false], "{how}");
        assert_eq!(*shop.calls.asked.lock().unwrap(), ["b call-b"], "{how}");
        // The first finds it all the same, and may have it erased.
        let found = ask(&shop, &Right::Find, "e-1");
        assert_eq!(sessions(&found), ["a"], "{how}");
        assert!(found.items.iter().any(|item| !item.proven), "{how}");
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(json["items"][0]["origin"], "not-proven", "{how}");
        let erased = ask(&shop, &Right::Erase, "e-1");
        assert!(
            erased.items.iter().all(|item| item.outcome == ItemOutcome::Done),
            "{how}"
        );
        assert!(!shop.has("a.mkv"), "{how}");
        assert_eq!(*shop.calls.asked.lock().unwrap(), ["b call-b", "a call-a"], "{how}");
    }
}

#[test]
fn nobody_is_trained_with_what_a_forged_sidecar_stands_beside() {
    for (how, shop, doubt) in forged() {
        let asker = trainer();
        let answer = shop.custody().access(&view("a", &asker)).unwrap();
        let AccessAnswer::Refused(refused) = answer else {
            panic!("{how}")
        };
        assert_eq!(refused.cause, RefusalCause::Doubt(doubt), "{how}");
    }
}

#[test]
fn a_forged_sidecar_invalidates_nothing() {
    let shop = two();
    let mut sidecar = super::shop::sidecar("a", "e-1", NOW.minus(2 * DAY));
    sidecar.programme = "other".into();
    sidecar.notice_version = Some("2020-01".into());
    sidecar.call_reference = Some("call-x".into());
    fs::write(shop.path("a.sidecar.json"), sidecar.to_bytes()).unwrap();
    for fact in [
        FalseFact::Programme("other".into()),
        FalseFact::Notice("2020-01".into()),
        FalseFact::Call("call-x".into()),
    ] {
        let done = shop.custody().invalidate(&fact, &rights(), NOW).unwrap();
        assert!(done.items.is_empty() && done.incomplete(), "{fact:?}");
        assert_eq!(done.doubtful.len(), 1);
        assert!(shop.has("a.mkv"));
    }
    // What the journal says counts.
    let done = shop
        .custody()
        .invalidate(&FalseFact::Call("call-a".into()), &rights(), NOW)
        .unwrap();
    assert!(!shop.has("a.mkv") && shop.has("b.mkv") && done.incomplete());
}

#[test]
fn a_forged_sidecar_neither_shortens_nor_lengthens_what_a_purge_keeps() {
    let shop = two();
    // The genuine sidecar of what is long past its time, beside a recording that is not.
    shop.recording("old", "e-2", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    fs::copy(shop.path("old.sidecar.json"), shop.path("a.sidecar.json")).unwrap();
    // And one that nobody decided, beside a video.
    let invented = super::shop::sidecar("new", "e-9", NOW.minus(3 * DAY));
    shop.put(&invented);
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(report.still_there());
    let told: Vec<(&str, Doubt)> = report
        .doubtful
        .iter()
        .map(|doubt| (doubt.name.as_str(), doubt.why))
        .collect();
    assert_eq!(told, [("a", Doubt::Copied)]);
    assert!(shop.has("a.mkv") && shop.has("b.mkv"), "{:?}", shop.files());
    assert!(!shop.has("old.mkv") && !shop.has("new.mkv") && !shop.has("new.sidecar.json"));
    assert_eq!(*shop.calls.asked.lock().unwrap(), ["old call-old"]);
}

#[test]
fn a_copy_under_another_name_is_told_and_left_to_nobody() {
    let shop = two();
    for file in ["mkv", "sidecar.json"] {
        fs::copy(shop.path(&format!("a.{file}")), shop.path(&format!("holiday.{file}"))).unwrap();
    }
    let receipt = ask(&shop, &Right::Erase, "e-1");
    assert_eq!(doubtful(&receipt), [("holiday", Doubt::Copied)]);
    assert!(receipt.incomplete() && !shop.has("a.mkv") && shop.has("holiday.mkv"));
    // A vendor may name its files as it likes, as long as nobody else has the sidecar.
    let renamed = two();
    for file in ["mkv", "sidecar.json", "jsonl"] {
        fs::rename(
            renamed.path(&format!("a.{file}")),
            renamed.path(&format!("2026-11.{file}")),
        )
        .unwrap();
    }
    assert!(!ask(&renamed, &Right::Erase, "e-1").incomplete());
    assert_eq!(renamed.files(), ["b.jsonl", "b.mkv", "b.sidecar.json"]);
}

#[test]
fn a_persons_rights_go_on_where_the_sidecar_is_gone() {
    let shop = two();
    fs::remove_file(shop.path("a.sidecar.json")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    let into = outside.path().join("copies");
    let disclosed = ask(&shop, &Right::Disclose { into: into.clone() }, "e-1");
    assert!(!disclosed.incomplete(), "{disclosed:?}");
    assert!(disclosed.items.iter().any(|item| !item.proven));
    assert!(into.join("a.mkv").exists() && into.join("a.jsonl").exists());
    assert!(!ask(&shop, &restrict(), "e-1").incomplete());
    // What is restricted stays, although nothing shows any more that it may.
    let report = shop.custody().purge(NOW.plus(30 * DAY), false).unwrap();
    assert!(report.restricted.contains(&"a".to_owned()) && shop.has("a.mkv"));
    let by_call = Subject::Call("call-a".into());
    let request = RightRequest {
        right: &Right::Find,
        subject: &by_call,
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &rights(),
        at: NOW,
    };
    assert_eq!(sessions(&shop.custody().right(&request).unwrap()), ["a"]);
    assert!(!ask(&shop, &Right::Erase, "e-1").incomplete());
    assert_eq!(shop.files(), ["b.jsonl", "b.mkv", "b.sidecar.json"]);
}

#[test]
fn rights_and_oversight_look_at_what_nothing_proves_once_the_request_says_whose_it_is() {
    let shop = two();
    fs::remove_file(shop.path("a.sidecar.json")).unwrap();
    let invented = super::shop::sidecar("c", "e-7", NOW.minus(DAY));
    shop.put(&invented);
    shop.file("nobodys.mkv", NOW);
    let seen = |name: &str, subject: Option<&Subject>, purpose| {
        let role = if purpose == Purpose::Oversight {
            "oversight"
        } else {
            "subject-rights"
        };
        let asker = Asker {
            role: role.into(),
            second_person: Some("a-10".into()),
            ..rights()
        };
        let request = AccessRequest {
            purpose,
            subject,
            ..view(name, &asker)
        };
        match shop.custody().access(&request).unwrap() {
            AccessAnswer::Granted(granted) => {
                assert_eq!(granted.open().unwrap().len(), granted.files.len());
                Ok((granted.files.len(), granted.proven))
            }
            AccessAnswer::Refused(refused) => Err(refused.cause),
        }
    };
    let employee = |token: &str| Subject::Employee(token.into());
    for purpose in [Purpose::SubjectRight, Purpose::Oversight] {
        for name in ["a", "c", "nobodys"] {
            assert_eq!(seen(name, None, purpose), Err(RefusalCause::Unnamed), "{name}");
        }
        assert_eq!(
            seen("a", Some(&employee("e-2")), purpose),
            Err(RefusalCause::SomebodyElse)
        );
        assert_eq!(seen("a", Some(&employee("e-1")), purpose), Ok((1, false)));
        assert_eq!(
            seen("a", Some(&Subject::Call("call-a".into())), purpose),
            Ok((1, false))
        );
        // Of what the journal knows nothing, no sidecar may say otherwise.
        assert_eq!(
            seen("c", Some(&employee("e-1")), purpose),
            Err(RefusalCause::SomebodyElse)
        );
        assert_eq!(seen("c", Some(&employee("e-7")), purpose), Ok((1, false)));
        assert_eq!(seen("nobodys", Some(&employee("e-1")), purpose), Ok((1, false)));
        assert_eq!(
            seen("b", Some(&employee("e-1")), purpose),
            Err(RefusalCause::SomebodyElse)
        );
        assert_eq!(seen("b", None, purpose), Ok((2, true)));
    }
    let told = shop.kept.events().into_iter().filter_map(|event| match event {
        AccessEvent::Access {
            granted: true,
            not_proven,
            second_person,
            ..
        } => {
            assert_eq!(second_person.as_deref(), Some("a-10"));
            Some(not_proven)
        }
        _ => None,
    });
    let told: std::collections::BTreeSet<Option<String>> = told.collect();
    let expected = [None, Some("missing".to_owned()), Some("undecided".to_owned())];
    assert_eq!(told, expected.into());
}

#[test]
fn a_request_may_name_a_recording_of_which_the_journal_knows_nothing() {
    let shop = two();
    shop.put(&super::shop::sidecar("c", "e-7", NOW.minus(DAY)));
    let named = |right: &Right, token: &str, name: &str| asked(&shop.custody(), right, token, Some(name));
    // Somebody else's, by the journal or by the only thing that says anything.
    for (token, name) in [("e-1", "c"), ("e-2", "a"), ("e-1", "none")] {
        let receipt = named(&Right::Erase, token, name);
        assert!(receipt.missing && receipt.items.is_empty(), "{token} {name}");
        assert!(receipt.known && receipt.incomplete(), "{token} {name}");
    }
    let restricted = named(&restrict(), "e-7", "c");
    assert!(
        restricted
            .items
            .iter()
            .all(|item| !item.proven && item.outcome == ItemOutcome::Done)
    );
    let report = shop.custody().purge(NOW.plus(30 * DAY), false).unwrap();
    assert_eq!(report.restricted, ["c"]);
    assert!(shop.has("c.mkv"));
    let erased = named(&Right::Erase, "e-7", "c");
    assert!(
        erased.items.iter().all(|item| item.outcome == ItemOutcome::Done),
        "{erased:?}"
    );
    assert!(!shop.has("c.mkv") && !shop.has("c.sidecar.json") && shop.has("a.mkv"));
}

#[test]
fn one_session_of_two_employees_is_each_ones_own_part() {
    let shop = Shop::new();
    let sidecar = shop.recording("a", "e-1", NOW.minus(DAY));
    let mut other = super::shop::decision(&sidecar);
    other.employee = "e-2".into();
    other.sidecar = None;
    shop.kept.push(Record::Decision(other));
    let receipt = ask(&shop, &Right::Erase, "e-2");
    assert!(!receipt.incomplete(), "{receipt:?}");
    assert!(shop.has("a.mkv"));
    let kept: Vec<bool> = shop.kept.records().iter().take(2).map(Option::is_some).collect();
    assert_eq!(kept, [true, false]);
}

/// A disk on which somebody exchanges two recordings as soon as it is decided what is to go.
#[derive(Debug)]
struct Exchanging {
    folder: PathBuf,
    files: &'static [&'static str],
    done: AtomicBool,
}

impl Disk for Exchanging {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        RealDisk.write(path, bytes)?;
        if !self.done.swap(true, Ordering::SeqCst) {
            let (one, other, aside) = ("a", "b", self.folder.join("aside"));
            for file in self.files {
                let of = |name| self.folder.join(format!("{name}.{file}"));
                fs::rename(of(one), &aside)?;
                fs::rename(of(other), of(one))?;
                fs::rename(&aside, of(other))?;
            }
        }
        Ok(())
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync(&self, folder: &Path) -> io::Result<()> {
        RealDisk.sync(folder)
    }
}

#[test]
fn what_is_exchanged_between_the_look_and_the_deletion_is_not_deleted() {
    for files in [&["sidecar.json"][..], &["mkv"], &["mkv", "sidecar.json", "jsonl"]] {
        let shop = two();
        let custody = Custody {
            disk: Arc::new(Exchanging {
                folder: shop.folder.path().into(),
                files,
                done: AtomicBool::new(false),
            }),
            ..shop.custody()
        };
        let before = shop.files();
        let receipt = asked(&custody, &Right::Erase, "e-1", None);
        assert!(receipt.incomplete() && !receipt.failed.is_empty(), "{files:?}");
        assert!(
            receipt
                .items
                .iter()
                .all(|item| matches!(item.outcome, ItemOutcome::Failed(_))),
            "{receipt:?}"
        );
        assert_eq!(shop.files(), before, "{files:?}: nothing went, and no work is left");
        assert!(shop.kept.records().iter().take(2).all(Option::is_some), "{files:?}");
        assert!(shop.calls.asked.lock().unwrap().is_empty());
        let told = crate::custody::undone(&receipt.failed[0].1);
        assert_ne!(told.english, told.french);
    }
    // A purge as well.
    let shop = two();
    let custody = Custody {
        disk: Arc::new(Exchanging {
            folder: shop.folder.path().into(),
            files: &["mkv"],
            done: AtomicBool::new(false),
        }),
        ..shop.custody()
    };
    shop.recording("old", "e-3", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    custody.purge(NOW, false).unwrap();
    assert!(shop.has("a.mkv") && shop.has("b.mkv") && !shop.has("old.mkv"));
}

#[test]
fn work_that_was_cut_short_deletes_nothing_that_was_put_in_its_place() {
    let shop = two();
    let (custody, _) = shop.custody_with(super::journals::Power::for_steps(8));
    let subject = Subject::Employee("e-1".into());
    let request = RightRequest {
        right: &Right::Erase,
        subject: &subject,
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &rights(),
        at: NOW,
    };
    custody.right(&request).unwrap_err();
    assert!(
        shop.files().iter().any(|name| name.ends_with(".pending.json")),
        "{:?}",
        shop.files()
    );
    assert!(shop.has("a.sidecar.json"));
    // Before the next run somebody puts the other's recording there.
    fs::rename(shop.path("b.sidecar.json"), shop.path("a.sidecar.json")).unwrap();
    fs::rename(shop.path("b.mkv"), shop.path("a.mkv")).unwrap();
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(
        report.still_there() && shop.has("a.mkv") && shop.has("a.sidecar.json"),
        "{report:?}"
    );
}

#[test]
fn a_second_person_is_another_one_and_has_a_name() {
    let shop = two();
    for (second, error) in [
        ("a-8", crate::custody::CustodyError::SamePerson),
        (" ", crate::custody::CustodyError::Nobody),
    ] {
        let asker = Asker {
            second_person: Some(second.into()),
            ..rights()
        };
        let request = AccessRequest {
            purpose: Purpose::SubjectRight,
            ..view("a", &asker)
        };
        assert_eq!(shop.custody().access(&request).unwrap_err(), error);
    }
    assert!(shop.kept.events().is_empty());
    // An authority's request takes one as well.
    let authority = |right: &Right, second: Option<&str>| {
        let asker = Asker {
            role: "oversight".into(),
            second_person: second.map(str::to_owned),
            ..rights()
        };
        let subject = Subject::Employee("e-1".into());
        let request = RightRequest {
            right,
            subject: &subject,
            asked_by: AskedBy::Authority,
            recording: None,
            asker: &asker,
            at: NOW,
        };
        shop.custody().right(&request).unwrap()
    };
    let alone = authority(&restrict(), None);
    let ItemOutcome::Refused(refused) = &alone.items[0].outcome else {
        panic!("{alone:?}")
    };
    assert_eq!(
        (refused.reason, &refused.cause),
        (Reason::NOT_AUTHORISED, &RefusalCause::SecondPerson)
    );
    assert!(!shop.has("a.restricted.json"));
    assert!(!authority(&restrict(), Some("a-10")).incomplete());
    assert!(shop.has("a.restricted.json"));
}
