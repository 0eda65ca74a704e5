use gardefou_policy::types::{Artefact, CaptureMode, DAY, Timestamp};
use std::fs;

use super::journals::Power;
use super::shop::{LATER, NOW, Shop, date, release, restrict, rights};
use crate::custody::{AskedBy, CustodyError, Doubt, PurgeReport, Right, RightRequest, Subject};
use crate::journal::{AccessEvent, AccessRecord, Count, Record};
use crate::session::Counterpart;

fn gone(report: &PurgeReport, artefact: Artefact) -> Vec<&str> {
    let of = report.gone.iter().filter(|gone| gone.artefact == artefact);
    of.flat_map(|gone| gone.files.iter().map(String::as_str)).collect()
}

#[test]
fn what_is_past_its_time_goes_and_is_journalled() {
    let shop = Shop::new();
    shop.recording("old", "e-1001", NOW.minus(181 * DAY));
    shop.recording("new", "e-1001", NOW.minus(2 * DAY));
    shop.clock_is_right(NOW);
    shop.file("left.mkv", NOW.minus(2 * DAY));
    shop.file("left.jsonl", NOW);
    shop.file("live.mkv", NOW.minus(DAY / 2));
    shop.file("notes.txt", NOW.minus(900 * DAY));
    shop.file("calls.journal", NOW.minus(900 * DAY));
    let dry = shop.custody().purge(NOW, true).unwrap();
    assert_eq!(gone(&dry, Artefact::Recording), ["old.mkv", "old.sidecar.json"]);
    assert!(dry.still_there() && dry.dry_run && dry.head.is_none());
    assert_eq!(shop.files().len(), 11);

    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(!report.still_there(), "{report:?}");
    assert_eq!(report.gone, dry.gone);
    assert_eq!(gone(&report, Artefact::Temporary), ["left.mkv"]);
    let over = report
        .gone
        .iter()
        .find(|gone| gone.artefact == Artefact::Recording)
        .unwrap();
    assert_eq!(over.over(report.at), DAY);
    assert_eq!(
        shop.files(),
        [
            "calls.journal",
            "left.jsonl",
            "live.mkv",
            "new.jsonl",
            "new.mkv",
            "new.sidecar.json",
            "notes.txt"
        ]
    );
    let strays: Vec<&str> = report.strays.iter().map(|stray| stray.name.as_str()).collect();
    assert_eq!(strays, ["calls.journal", "notes.txt"]);
    assert_eq!(*shop.calls.asked.lock().unwrap(), ["old call-old"]);
    let records = shop.kept.records();
    assert!(
        records[0].is_none() && records[1].is_some(),
        "one decision record is forgotten"
    );
    let purges: Vec<(Artefact, u64)> = shop
        .kept
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AccessEvent::Purge { artefact, count, .. } => Some((artefact, count)),
            _ => None,
        })
        .collect();
    assert_eq!(
        purges,
        [
            (Artefact::Temporary, 1),
            (Artefact::Recording, 2),
            (Artefact::DecisionRecord, 1),
            (Artefact::DecisionRecord, 1),
        ]
    );
    let again = shop.custody().purge(NOW, false).unwrap();
    assert_eq!((again.gone.len(), again.head), (0, None));
}

#[test]
fn what_is_restricted_stays_and_nothing_else() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    shop.recording("s-2", "e-1002", NOW.minus(DAY));
    shop.file("s-1.analysis.md", NOW.minus(900 * DAY));
    let asker = rights();
    let request = RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &restrict(),
        subject: &Subject::Employee("e-1001".into()),
        asker: &asker,
        at: NOW,
    };
    assert!(!shop.custody().right(&request).unwrap().incomplete());
    let report = shop.custody().purge(LATER, false).unwrap();
    assert_eq!(report.restricted, ["s-1"]);
    assert!(!report.still_there());
    assert!(shop.has("s-1.mkv") && shop.has("s-1.analysis.md") && !shop.has("s-2.mkv"));
    assert!(shop.kept.records()[0].is_some(), "its decision record stays too");
    // Whoever takes the mark away does not take the restriction away.
    fs::remove_file(shop.path("s-1.restricted.json")).unwrap();
    assert_eq!(shop.custody().purge(LATER, false).unwrap().restricted, ["s-1"]);
    // Past its time it can be released, and goes with the next purge.
    let release = RightRequest {
        right: &release(),
        at: LATER,
        ..request
    };
    assert!(!shop.custody().right(&release).unwrap().incomplete());
    assert!(shop.has("s-1.mkv"));
    assert!(shop.custody().purge(LATER, false).unwrap().restricted.is_empty());
    assert!(shop.files().is_empty());
}

#[test]
fn a_restriction_does_not_end_by_ageing() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    shop.recording("s-2", "e-1001", NOW.minus(DAY));
    let asker = crate::custody::Asker {
        authorised_until: Some(Timestamp::MAX),
        ..rights()
    };
    let ask = |right: Right, subject| {
        let request = RightRequest {
            asked_by: AskedBy::Employee,
            recording: None,
            right: &right,
            subject: &subject,
            asker: &asker,
            at: NOW,
        };
        assert!(!shop.custody().right(&request).unwrap().incomplete());
    };
    ask(restrict(), Subject::Employee("e-1001".into()));
    ask(release(), Subject::Session("s-2".into()));
    fs::remove_file(shop.path("s-1.restricted.json")).unwrap();
    for years in 1..5 {
        shop.clock_is_right(NOW.plus(years * 366 * DAY));
        let report = shop.custody().purge(NOW.plus(years * 366 * DAY), false).unwrap();
        assert_eq!(report.restricted, ["s-1"], "{years}");
        assert!(shop.has("s-1.mkv") && !shop.has("s-2.mkv"));
    }
    let stands = |name: &str| {
        let requests = shop.kept.events().into_iter();
        requests
            .filter(|event| matches!(event, AccessEvent::Right { request, .. } if request == name))
            .count()
    };
    assert_eq!((stands("restrict"), stands("release")), (1, 1));
    // With the recording its restriction goes, too.
    ask(Right::Erase, Subject::Session("s-1".into()));
    for years in [6, 8] {
        shop.clock_is_right(NOW.plus(years * 366 * DAY));
        shop.custody().purge(NOW.plus(years * 366 * DAY), false).unwrap();
    }
    assert_eq!((stands("restrict"), stands("release")), (0, 0));
}

#[test]
fn a_mark_that_nobody_asked_for_blocks_access_and_stops_no_purge() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.recording("s-2", "e-1001", NOW.minus(DAY));
    for session in ["s-1", "s-2"] {
        fs::write(
            shop.path(&format!("{session}.restricted.json")),
            r#"{"request":"employee","account":"a-8","at":1}"#,
        )
        .unwrap();
    }
    shop.clock_is_right(NOW);
    let asker = super::shop::trainer();
    let answer = shop.custody().access(&super::shop::view("s-2", &asker)).unwrap();
    assert!(matches!(answer, crate::custody::AccessAnswer::Refused(_)));
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(report.still_there() && report.restricted.is_empty());
    let told: Vec<&str> = report.failed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(told, ["s-1.restricted.json", "s-2.restricted.json"]);
    assert_eq!(
        shop.files(),
        ["s-2.jsonl", "s-2.mkv", "s-2.restricted.json", "s-2.sidecar.json"]
    );
}

#[test]
fn a_trace_without_its_video_is_a_temporary_file_and_other_lines_are_left_alone() {
    let shop = Shop::new();
    for (name, line) in [
        (
            "crashed.jsonl",
            "{\"at\": 1, \"event\": \"session\", \"employee\": \"e-1001\"}\n{\"at\"",
        ),
        (
            "crashed.verdicts.jsonl",
            "{\"at\": 1, \"question\": \"session\", \"action\": \"open\"}\n",
        ),
        (
            "answers.verdicts.jsonl",
            "{\"at\": 1, \"question\": \"frame\", \"action\": \"skip\"}\n",
        ),
        ("times.timings.jsonl", "{\"at\": 1, \"grab\": 12}\n"),
        ("empty.jsonl", ""),
        ("export.jsonl", "{\"index\": 0, \"kind\": \"decision\"}\n"),
        ("words.jsonl", "no line of a trace"),
    ] {
        let path = shop.file(name, NOW);
        fs::write(&path, line).unwrap();
        date(&path, NOW.minus(2 * DAY));
    }
    shop.clock_is_right(NOW);
    let report = shop.custody().purge(NOW, false).unwrap();
    let mut left: Vec<&str> = gone(&report, Artefact::Temporary);
    left.sort_unstable();
    let expected = [
        "answers.verdicts.jsonl",
        "crashed.jsonl",
        "crashed.verdicts.jsonl",
        "empty.jsonl",
        "times.timings.jsonl",
    ];
    assert_eq!(left, expected);
    let strays: Vec<&str> = report.strays.iter().map(|stray| stray.name.as_str()).collect();
    assert_eq!(strays, ["export.jsonl", "words.jsonl"]);
}

#[test]
fn an_entry_of_a_trace_from_the_future_stops_no_purge() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    // `run --journal` writes what was decided in a trace, with the dates that the trace has.
    let future = super::shop::sidecar("run", "e-9", NOW.plus(900 * DAY));
    shop.kept.push(Record::Decision(super::shop::decision(&future)));
    shop.clock_is_right(NOW);
    let report = shop.custody().purge(NOW, false).unwrap();
    assert_eq!(report.at, NOW);
    assert!(!shop.has("s-1.mkv"));
}

#[test]
fn analyses_outlive_their_recording_with_its_sidecar() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(190 * DAY));
    shop.file("s-1.analysis.md", NOW.minus(10 * DAY));
    shop.file("s-1.anonymised.mkv", NOW.minus(900 * DAY));
    shop.clock_is_right(NOW);
    shop.custody().purge(NOW, false).unwrap();
    assert_eq!(
        shop.files(),
        ["s-1.analysis.md", "s-1.anonymised.mkv", "s-1.sidecar.json"]
    );
    let dry = shop.custody().purge(NOW, false).unwrap();
    assert!(dry.gone.is_empty(), "{:?}", dry.gone);
    assert_eq!(shop.calls.asked.lock().unwrap().len(), 1);
    shop.custody().purge(LATER, false).unwrap();
    assert_eq!(shop.files(), ["s-1.anonymised.mkv"]);
    assert_eq!(shop.calls.asked.lock().unwrap().len(), 1);
}

#[test]
fn dates_are_read_strictly() {
    let shop = Shop::new();
    // The sidecar says that it is younger than the journal knows.
    let mut forged = shop.recording("forged", "e-1001", NOW.minus(181 * DAY));
    forged.collected_at = NOW.minus(DAY);
    forged.ended_at = NOW;
    fs::write(shop.path("forged.sidecar.json"), forged.to_bytes()).unwrap();
    // From the future, and nobody else knows of it.
    let future = super::shop::sidecar("future", "e-1001", NOW.plus(900 * DAY));
    shop.put(&future);
    date(&shop.path("future.sidecar.json"), NOW.plus(900 * DAY));
    // A file's own date does not count for a recording.
    shop.recording("touched", "e-1001", NOW.minus(181 * DAY));
    date(&shop.path("touched.mkv"), NOW);
    date(&shop.path("touched.sidecar.json"), NOW);
    // Temporary files and analyses from the future.
    shop.file("a.tmp", NOW.plus(2 * 3_600_000));
    shop.file("b.tmp", NOW.plus(60_000));
    shop.recording("kept", "e-1001", NOW.minus(2 * DAY));
    shop.file("kept.analysis.md", NOW.plus(900 * DAY));
    shop.clock_is_right(NOW);
    let report = shop.custody().purge(NOW, false).unwrap();
    let doubtful: Vec<(&str, Doubt)> = report.doubtful.iter().map(|of| (of.name.as_str(), of.why)).collect();
    assert_eq!(doubtful, [("forged", Doubt::Changed)]);
    assert!(report.still_there() && report.failed.is_empty());
    for name in ["forged.mkv", "future.mkv", "touched.mkv", "a.tmp"] {
        assert!(!shop.has(name), "{name}");
    }
    for name in ["kept.mkv", "kept.analysis.md", "b.tmp"] {
        assert!(shop.has(name), "{name}");
    }
    let analysis = report
        .stays
        .iter()
        .find(|stays| stays.artefact == Artefact::Analysis)
        .unwrap();
    assert!(analysis.until <= NOW.plus(363 * DAY), "{:?}", analysis.until);
}

#[test]
fn a_clock_that_was_set_back_gives_no_time() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(178 * DAY));
    shop.clock_is_right(NOW.minus(DAY));
    let report = shop.custody().purge(NOW.plus(DAY), false).unwrap();
    assert!(shop.has("s-1.mkv") && report.head.is_none());
    // A purge, an access, a request: the journal knows how late it was.
    shop.kept.push(Record::Access(AccessRecord {
        at: NOW.plus(3 * DAY),
        event: AccessEvent::Right {
            request: "find".into(),
            account: "a".into(),
            recordings: vec![],
            count: 0,
            asked: None,
            erased: Default::default(),
        },
    }));
    let report = shop.custody().purge(NOW, false).unwrap();
    assert_eq!(report.at, NOW.plus(3 * DAY));
    assert!(!shop.has("s-1.mkv"));
    // Further than a month nobody can tell which clock was wrong, and nothing is touched.
    let early = NOW.minus(60 * DAY);
    let told = shop.custody().purge(early, false).unwrap_err().text();
    for text in [told.english, told.french] {
        assert!(text.contains("2026-11-28") && text.contains("2026-09-26"), "{text}");
    }
    assert!(matches!(
        shop.custody().purge(early, false),
        Err(CustodyError::Clock { .. })
    ));
    assert!(matches!(
        shop.custody().purge(Timestamp::MIN, false),
        Err(CustodyError::Clock { .. })
    ));
}

#[test]
fn entries_of_the_journal_have_their_own_time() {
    let shop = Shop::new();
    let sidecar = super::shop::sidecar("elsewhere", "e-1001", NOW.minus(181 * DAY));
    shop.kept.push(Record::Decision(super::shop::decision(&sidecar)));
    let young = super::shop::sidecar("young", "e-1001", NOW.minus(DAY));
    shop.kept.push(Record::Decision(super::shop::decision(&young)));
    let access = |days| {
        Record::Access(AccessRecord {
            at: NOW.minus(days * DAY),
            event: AccessEvent::Policies {
                before: vec![],
                after: vec![],
                ledger: None,
            },
        })
    };
    shop.kept.push(access(366));
    shop.kept.push(access(364));
    let count = |day: &str| {
        Record::Count(Count {
            day: day.into(),
            site: String::new(),
            reason: "paused".into(),
            count: 3,
        })
    };
    shop.kept.push(count("2025-11-20"));
    shop.kept.push(count("2026-11-20"));
    // A discard that nobody said to be done stays listed, however old.
    shop.kept.push(Record::Access(AccessRecord {
        at: NOW.minus(900 * DAY),
        event: AccessEvent::Discard {
            session: "open".into(),
            segment: sidecar.span(),
            reason: None,
        },
    }));
    shop.clock_is_right(NOW);
    let report = shop.custody().purge(NOW, false).unwrap();
    let kept: Vec<bool> = shop.kept.records().iter().take(7).map(Option::is_some).collect();
    assert_eq!(kept, [false, true, false, true, false, true, true]);
    assert_eq!(report.entries, (1, 3));
    assert_eq!(report.open.len(), 1);
}

#[test]
fn a_call_recorder_that_cannot_is_asked_again() {
    let mut shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    let calls = |answer| {
        std::sync::Arc::new(super::shop::Calls {
            asked: Default::default(),
            answer,
        })
    };
    shop.calls = calls(Err("the line is down".into()));
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(report.still_there() && !shop.has("s-1.mkv"));
    assert_eq!(report.unanswered, [("s-1".to_owned(), "the line is down".to_owned())]);
    assert_eq!(report.open.len(), 1);
    assert_eq!(shop.custody().purge(NOW, false).unwrap().open.len(), 1);
    shop.calls = calls(Ok(Counterpart::Absent));
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(!report.still_there() && report.open.is_empty() && shop.files().is_empty());
    assert_eq!(*shop.calls.asked.lock().unwrap(), ["s-1 call-s-1"]);
    let discarded = shop
        .kept
        .events()
        .into_iter()
        .filter(|event| matches!(event, AccessEvent::Discarded { .. }));
    assert_eq!(discarded.count(), 1);
}

#[test]
fn a_screenshot_is_purged_like_anything_else() {
    let shop = Shop::new();
    let mut sidecar = super::shop::sidecar("s-1", "e-1001", NOW.minus(181 * DAY));
    sidecar.mode = CaptureMode::Screenshot;
    shop.put(&sidecar);
    shop.custody().purge(NOW, false).unwrap();
    assert!(shop.files().is_empty(), "{:?}", shop.files());
}

#[test]
fn a_purge_that_cannot_journal_deletes_nothing() {
    let shop = Shop::new();
    shop.recording("old", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    // The work is written down, renamed and synced; then the journal fails.
    let (custody, _) = shop.custody_with(Power::for_steps(3));
    assert!(matches!(custody.purge(NOW, false), Err(CustodyError::Store(_))));
    assert!(shop.has("old.mkv"));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_deleted_is_told_each_time_and_journalled_once_it_is_gone() {
    use std::sync::atomic::{AtomicBool, Ordering};

    /// A disk that does not let go of one video.
    #[derive(Debug)]
    struct Stubborn(AtomicBool);

    impl crate::custody::disk::Disk for Stubborn {
        fn write(&self, path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
            crate::custody::disk::RealDisk.write(path, bytes)
        }
        fn rename(&self, from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
            crate::custody::disk::RealDisk.rename(from, to)
        }
        fn remove(&self, path: &std::path::Path) -> std::io::Result<()> {
            if path.ends_with("s-1.mkv") && self.0.load(Ordering::SeqCst) {
                return Err(std::io::Error::other("somebody watches it"));
            }
            crate::custody::disk::RealDisk.remove(path)
        }
        fn sync(&self, folder: &std::path::Path) -> std::io::Result<()> {
            crate::custody::disk::RealDisk.sync(folder)
        }
    }

    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.recording("s-2", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    let disk = std::sync::Arc::new(Stubborn(AtomicBool::new(true)));
    let custody = crate::custody::Custody {
        disk: disk.clone(),
        ..shop.custody()
    };
    let purged = || {
        let events = shop.kept.events().into_iter();
        let of = |event| match event {
            AccessEvent::Purge {
                recording,
                artefact: Artefact::Recording,
                count,
                ..
            } => Some((recording?, count)),
            _ => None,
        };
        events.filter_map(of).collect::<Vec<_>>()
    };
    for _ in 0..3 {
        let report = custody.purge(NOW, false).unwrap();
        assert!(report.still_there());
        assert_eq!(
            report.failed,
            [("s-1.mkv".to_owned(), "somebody watches it".to_owned())]
        );
        assert!(shop.has("s-1.mkv") && shop.has("s-1.sidecar.json") && !shop.has("s-2.mkv"));
        let pending = shop.files().into_iter().filter(|name| name.ends_with(".pending.json"));
        assert_eq!(pending.count(), 1, "one list, however often");
        assert_eq!(purged(), [("s-2".to_owned(), 2)]);
        assert_eq!(*shop.calls.asked.lock().unwrap(), ["s-2 call-s-2"]);
    }
    disk.0.store(false, Ordering::SeqCst);
    let report = custody.purge(NOW, false).unwrap();
    assert!(!report.still_there() && report.open.is_empty(), "{report:?}");
    assert_eq!(purged(), [("s-2".to_owned(), 2), ("s-1".to_owned(), 2)]);
    assert!(shop.files().is_empty());
}

#[test]
fn a_sidecar_of_a_later_version_is_told_and_its_recording_stays() {
    let shop = Shop::new();
    let sidecar = shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let later = String::from_utf8(sidecar.to_bytes())
        .unwrap()
        .replace("\"format\": 1", "\"format\": 2");
    fs::write(shop.path("s-1.sidecar.json"), later).unwrap();
    let report = shop.custody().purge(NOW.plus(2 * DAY), false).unwrap();
    assert!(report.still_there() && shop.has("s-1.mkv"));
    assert_eq!(report.failed.len(), 1);
    // One that is no sidecar at all says nothing.
    fs::write(shop.path("s-1.sidecar.json"), "{}").unwrap();
    date(&shop.path("s-1.sidecar.json"), NOW);
    assert!(!shop.custody().purge(NOW.plus(2 * DAY), false).unwrap().still_there());
    assert!(shop.files().is_empty());
}
