use std::fs;

use gardefou_policy::types::{Artefact, DAY};

use super::shop::{NOW, Shop, erase, rights, sidecar, trainer, view};
use crate::custody::{
    AccessAnswer, AskedBy, CustodyError, MAX_SIDECAR, RefusalCause, Right, RightRequest, Sidecar, Subject,
};
use crate::journal::AccessEvent;

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    use std::os::unix::fs::symlink;
    let shop = Shop::new();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.mkv");
    fs::write(&secret, "secret").unwrap();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    fs::remove_file(shop.path("s-1.mkv")).unwrap();
    symlink(&secret, shop.path("s-1.mkv")).unwrap();
    symlink(&secret, shop.path("x.tmp")).unwrap();
    symlink(outside.path(), shop.path("down")).unwrap();
    symlink("/nowhere", shop.path("broken.mkv")).unwrap();
    let asker = trainer();
    let answer = shop.custody().access(&view("s-1", &asker)).unwrap();
    assert!(matches!(answer, AccessAnswer::Refused(refused) if refused.cause == RefusalCause::NotThere));
    let report = shop.custody().purge(NOW.plus(DAY), false).unwrap();
    let strays: Vec<(&str, &str)> = report
        .strays
        .iter()
        .map(|stray| (stray.name.as_str(), stray.what))
        .collect();
    assert_eq!(
        strays,
        [
            ("broken.mkv", "link"),
            ("down", "link"),
            ("s-1.mkv", "link"),
            ("x.tmp", "link")
        ]
    );
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    // A sidecar that is a link is none.
    fs::copy(shop.path("s-1.sidecar.json"), outside.path().join("s-9.sidecar.json")).unwrap();
    symlink(outside.path().join("s-9.sidecar.json"), shop.path("s-9.sidecar.json")).unwrap();
    assert!(
        shop.custody()
            .recordings()
            .unwrap()
            .iter()
            .all(|holding| holding.name != "s-9")
    );
    assert!(Sidecar::read(&shop.path("s-9.sidecar.json")).is_err());
}

#[cfg(unix)]
#[test]
fn what_is_put_in_the_place_of_a_file_is_not_opened() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let asker = trainer();
    let AccessAnswer::Granted(granted) = shop.custody().access(&view("s-1", &asker)).unwrap() else {
        panic!("refused")
    };
    fs::remove_file(shop.path("s-1.mkv")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", shop.path("s-1.mkv")).unwrap();
    assert!(granted.open().is_err());
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_restricts_and_refuses() {
    let shop = Shop::new();
    let broken = "s-1.sidecar.json";
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    fs::remove_file(shop.path(broken)).unwrap();
    // A fifo would block whoever opens it; a folder of that name is no file.
    fs::create_dir(shop.path(broken)).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(shop.path("s-2.sidecar.json"))
            .status()
            .unwrap()
            .success()
    );
    shop.file("s-2.mkv", NOW);
    let report = shop.custody().purge(NOW, false).unwrap();
    let strays: Vec<(&str, &str)> = report
        .strays
        .iter()
        .map(|stray| (stray.name.as_str(), stray.what))
        .collect();
    assert!(
        strays.contains(&(broken, "folder")) && strays.contains(&("s-2.sidecar.json", "other")),
        "{strays:?}"
    );
    assert!(report.stays.iter().all(|stays| stays.artefact == Artefact::Temporary));
    let asker = trainer();
    for name in ["s-1", "s-2"] {
        let answer = shop.custody().access(&view(name, &asker)).unwrap();
        assert!(matches!(answer, AccessAnswer::Refused(_)), "{name}");
    }
}

#[test]
fn sidecars_of_all_kinds_are_no_sidecar() {
    let shop = Shop::new();
    let good = sidecar("s-1", "e-1001", NOW.minus(DAY));
    let text = String::from_utf8(good.to_bytes()).unwrap();
    let path = shop.path("s-1.sidecar.json");
    let read = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Sidecar::read(&path)
    };
    assert_eq!(read(text.as_bytes()).as_ref(), Ok(&good));
    assert_eq!(good.digest(), Sidecar::read(&path).unwrap().digest());
    for bad in [
        String::new(),
        "{}".into(),
        "[".repeat(100_000),
        text.replace("\"format\": 1", "\"format\": 2"),
        text.replace("\"session\": \"s-1\"", "\"session\": \"\""),
        text.replace("\"employee\"", "\"employed\""),
        text.replace("\"format\": 1,", "\"format\": 1, \"more\": 1,"),
        text.replace("screen-video", "still"),
        text.replace('\n', ""),
        text.trim_end().into(),
        format!("{text}\n"),
    ] {
        let error = read(bad.as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("e-1001"), "{error}");
    }
    let file = fs::File::create(&path).unwrap();
    file.set_len(MAX_SIDECAR + 1).unwrap();
    assert_eq!(
        Sidecar::read(&path).unwrap_err(),
        crate::custody::SidecarError::TooLarge
    );
}

#[test]
fn a_session_may_be_called_anything() {
    let shop = Shop::new();
    // The name of the files is the recorder's affair; what is in a sidecar leads nowhere.
    for (n, session) in [
        "../../etc/passwd",
        "..",
        "a/b\\c",
        "\u{1b}[2J",
        "s-1'; drop",
        &"x".repeat(5_000),
    ]
    .iter()
    .enumerate()
    {
        let sidecar = sidecar(session, "e-1001", NOW.minus(DAY));
        fs::write(shop.path(&format!("r{n}.sidecar.json")), sidecar.to_bytes()).unwrap();
        shop.file(&format!("r{n}.mkv"), NOW);
        shop.kept
            .push(crate::journal::Record::Decision(super::shop::decision(&sidecar)));
    }
    let outside = tempfile::tempdir().unwrap();
    let into = outside.path().join("a").join("b");
    let asker = rights();
    let subject = Subject::Employee("e-1001".into());
    let right = Right::Disclose { into: into.clone() };
    let request = RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &right,
        subject: &subject,
        asker: &asker,
        at: NOW,
    };
    let receipt = shop.custody().right(&request).unwrap();
    assert!(!receipt.incomplete(), "{receipt:?}");
    assert_eq!(fs::read_dir(&into).unwrap().count(), 18);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    assert!(
        !shop
            .custody()
            .right(&RightRequest {
                right: &Right::Erase,
                ..request
            })
            .unwrap()
            .incomplete()
    );
    assert!(shop.files().is_empty());
}

#[test]
fn thousands_of_files_are_read_in_one_go() {
    let shop = Shop::new();
    for n in 0..1_000 {
        shop.recording(&format!("s-{n}"), &format!("e-{n}"), NOW.minus(DAY));
    }
    assert_eq!(shop.custody().recordings().unwrap().len(), 1_000);
    let found = shop.custody().find(&Subject::Employee("e-77".into())).unwrap();
    assert_eq!(found.len(), 1);
    let report = shop.custody().purge(NOW.plus(60 * DAY), false).unwrap();
    assert_eq!(report.gone.iter().map(|gone| gone.files.len()).sum::<usize>(), 3_000);
    assert!(shop.files().is_empty());
}

#[test]
fn work_that_custody_did_not_write_is_told_and_left() {
    let shop = Shop::new();
    shop.file("calls.journal", NOW);
    let work = |files: &str| {
        format!(
            r#"{{"format":1,"at":1,"since":0,"deletions":[{{"files":[{files}],"entries":[]}}],"pairs":[],"reviewed":[]}}"#
        )
    };
    let name = ".gardefou-00.pending.json";
    // Each of them is what custody itself would not write: they are refused for what they say.
    let vouched = |work: String| format!("{}\n{work}", shop.custody().journal.vouch(work.as_bytes()));
    for bad in [
        "{}".into(),
        work("\"../x\""),
        work("\"calls.journal\""),
        work("\"calls.journal-wal\""),
    ] {
        fs::write(shop.path(name), vouched(bad)).unwrap();
        let report = shop.custody().purge(NOW, false).unwrap();
        assert!(report.still_there() && shop.has(name) && shop.has("calls.journal"));
    }
    for bad in [
        "no json".into(),
        "{}".into(),
        work("\"../x\""),
        work("\"calls.journal\""),
        work("\"calls.journal-wal\""),
    ] {
        fs::write(shop.path(name), &bad).unwrap();
        let report = shop.custody().purge(NOW, false).unwrap();
        assert!(report.still_there(), "{bad}");
        assert!(shop.has(name) && shop.has("calls.journal"), "{bad}");
    }
}

#[test]
fn who_asks_has_a_name() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let subject = Subject::Employee("e-1001".into());
    let fact = crate::custody::FalseFact::Notice("2026-09".into());
    for missing in 0..3 {
        let mut asker = rights();
        let names = [&mut asker.account, &mut asker.role, &mut asker.viewer];
        *names.into_iter().nth(missing).unwrap() = " ".into();
        let request = RightRequest {
            asked_by: AskedBy::Employee,
            recording: None,
            right: &Right::Find,
            subject: &subject,
            asker: &asker,
            at: NOW,
        };
        let custody = shop.custody();
        assert!(matches!(
            custody.access(&view("s-1", &asker)),
            Err(CustodyError::Nobody)
        ));
        assert!(matches!(custody.right(&request), Err(CustodyError::Nobody)));
        assert!(matches!(
            custody.invalidate(&fact, &asker, NOW),
            Err(CustodyError::Nobody)
        ));
    }
    assert!(shop.kept.events().is_empty() && shop.has("s-1.mkv"));
}

#[test]
fn forged_work_is_not_obeyed() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let forged = format!(
        r#"{{"format":1,"at":{at},"since":1,
            "deletions":[{{"session":"s-1","files":["s-1.mkv"],"entries":[0],
                "record":{{"at":{at},"event":"purge","artefact":"recording","collected-at":1,"until":2,"count":0}}}}],
            "closing":{{"at":{at},"event":"right","request":"release","account":"a-1","recordings":[],"count":0}},
            "pairs":[{{"session":"s-1","segment":{{"start":1,"end":2}}}}],"reviewed":["s-1"]}}"#,
        at = NOW.as_millis()
    );
    // It is what custody could have written, but for the line before it.
    assert!(serde_json::from_str::<crate::custody::work::Work>(&forged).is_ok());
    let vouch = shop.custody().journal.vouch(b"something else");
    let name = ".gardefou-0000000000000000.pending.json";
    for bad in [forged.clone(), format!("\n{forged}"), format!("{vouch}\n{forged}")] {
        fs::write(shop.path(name), bad).unwrap();
        let report = shop.custody().purge(NOW, false).unwrap();
        assert!(report.still_there());
        let (file, why) = report.failed.first().unwrap();
        assert_eq!(file, name);
        let told = crate::custody::undone(why);
        assert_ne!(told.english, told.french);
        assert!(shop.has(name) && shop.has("s-1.mkv"), "neither obeyed nor hidden");
        assert!(shop.kept.events().is_empty() && shop.kept.records().iter().all(Option::is_some));
        assert!(shop.calls.asked.lock().unwrap().is_empty());
    }
}

#[test]
fn work_that_cannot_be_read_stops_no_purge() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(400 * DAY));
    shop.clock_is_right(NOW);
    let file = fs::File::create(shop.path(".gardefou-00.pending.json")).unwrap();
    file.set_len((1 << 30) + 1).unwrap();
    let report = shop.custody().purge(NOW, false).unwrap();
    assert_eq!(report.failed.len(), 1);
    assert!(report.still_there() && !shop.has("s-1.mkv"));
}

#[test]
fn genuine_work_that_is_put_back_does_no_harm() {
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(400 * DAY));
    shop.clock_is_right(NOW);
    let name = ".gardefou-0000000000000000.pending.json";
    let (custody, _) = shop.custody_with(super::journals::Power::for_steps(8));
    assert!(custody.purge(NOW, false).is_err());
    let pending = shop
        .files()
        .into_iter()
        .find(|name| name.ends_with(".pending.json"))
        .unwrap();
    let genuine = fs::read(shop.path(&pending)).unwrap();
    assert!(!shop.custody().purge(NOW, false).unwrap().still_there());
    let journalled = shop.kept.records();
    let asked = shop.calls.asked.lock().unwrap().len();
    fs::write(shop.path(name), &genuine).unwrap();
    assert!(!shop.custody().purge(NOW, false).unwrap().still_there());
    assert!(!shop.has(name));
    assert_eq!(shop.kept.records(), journalled, "nothing is journalled twice");
    assert_eq!(shop.calls.asked.lock().unwrap().len(), asked);
    // Long after, the journal no longer knows that it was done.
    shop.clock_is_right(NOW.plus(400 * DAY));
    shop.custody().purge(NOW.plus(400 * DAY), false).unwrap();
    let journalled = shop.kept.records();
    fs::write(shop.path(name), &genuine).unwrap();
    assert!(shop.custody().purge(NOW.plus(400 * DAY), false).unwrap().still_there());
    assert!(shop.has(name));
    assert_eq!(shop.kept.records(), journalled);
    assert_eq!(shop.calls.asked.lock().unwrap().len(), asked);
}

#[test]
fn a_folder_is_changed_by_one_at_a_time() {
    let shop = Shop::new();
    let held = shop.custody().locked().unwrap();
    assert!(matches!(
        shop.custody().purge(NOW, false),
        Err(CustodyError::Busy { .. })
    ));
    assert!(shop.custody().purge(NOW, true).is_ok(), "looking is free");
    drop(held);
    assert!(shop.custody().purge(NOW, false).is_ok());
}

#[test]
fn what_does_not_exist_is_asked_for_in_vain_and_journalled() {
    let shop = Shop::new();
    let asker = trainer();
    for name in ["../s-1", "", "\u{7}bell", "nothing"] {
        let answer = shop.custody().access(&view(name, &asker)).unwrap();
        assert!(matches!(answer, AccessAnswer::Refused(_)), "{name:?}");
    }
    let events = shop.kept.events();
    let asked: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            AccessEvent::Access { recording, .. } => Some(recording.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(asked, ["../s-1", "", "", "nothing"]);
    let gone = shop.another();
    fs::remove_dir_all(gone.folder.path()).unwrap();
    assert!(matches!(
        gone.custody().purge(NOW, false),
        Err(CustodyError::Folder { .. })
    ));
}

#[cfg(unix)]
#[test]
fn what_has_another_name_elsewhere_is_told_after_its_deletion() {
    let outside = tempfile::tempdir().unwrap();
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.recording("s-2", "e-1001", NOW.minus(DAY));
    shop.clock_is_right(NOW);
    fs::hard_link(shop.path("s-1.mkv"), outside.path().join("kept")).unwrap();
    // Two names within what goes are no other name.
    fs::hard_link(shop.path("s-1.jsonl"), shop.path("s-1.copy.txt")).unwrap();
    let report = shop.custody().purge(NOW, false).unwrap();
    assert!(report.still_there() && !shop.has("s-1.mkv"));
    let told: Vec<&str> = report.failed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(told, ["s-1.mkv"]);
    let why = crate::custody::undone(&report.failed[0].1);
    assert_ne!(why.english, why.french);
    assert!(
        !shop.custody().purge(NOW, false).unwrap().still_there(),
        "it is told once: nothing is left to do here"
    );

    fs::hard_link(shop.path("s-2.mkv"), outside.path().join("kept-2")).unwrap();
    let receipt = erase(&shop.custody()).unwrap();
    assert!(
        receipt.incomplete() && !shop.has("s-2.mkv"),
        "nobody is told that it is gone"
    );
}

#[cfg(unix)]
#[test]
fn names_in_other_encodings_are_seen_told_and_expire() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let shop = Shop::new();
    let named = |bytes: &[u8]| shop.folder.path().join(OsStr::from_bytes(bytes));
    let put = |bytes: &[u8], at| {
        fs::write(named(bytes), "what it holds").unwrap();
        super::shop::date(&named(bytes), at);
    };
    put(b"r\xe9union.mkv", NOW.minus(3 * DAY));
    put(b"r\xe9union.jsonl", NOW.minus(3 * DAY));
    put(b"live-\xff.cut.mkv", NOW);
    put(b"notes-\xe9.txt", NOW.minus(900 * DAY));
    // A recording that a vendor named so, and decided to keep.
    let kept = sidecar("s-1", "e-1001", NOW.minus(DAY));
    shop.kept
        .push(crate::journal::Record::Decision(super::shop::decision(&kept)));
    fs::write(named(b"caf\xe9.sidecar.json"), kept.to_bytes()).unwrap();
    put(b"caf\xe9.mkv", NOW);
    let report = shop.custody().purge(NOW, false).unwrap();
    let gone: Vec<&str> = report
        .gone
        .iter()
        .flat_map(|gone| gone.files.iter().map(String::as_str))
        .collect();
    assert_eq!(gone, ["r\\xE9union.mkv", "r\\xE9union.jsonl"]);
    assert!(!named(b"r\xe9union.mkv").exists() && !named(b"r\xe9union.jsonl").exists());
    assert!(named(b"live-\xff.cut.mkv").exists() && named(b"caf\xe9.mkv").exists());
    let strays: Vec<&str> = report.strays.iter().map(|stray| stray.name.as_str()).collect();
    assert_eq!(strays, ["notes-\\xE9.txt"]);
    let asker = trainer();
    let answer = shop.custody().access(&view("s-1", &asker)).unwrap();
    let AccessAnswer::Granted(granted) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(granted.files, [named(b"caf\xe9.mkv"), named(b"caf\xe9.sidecar.json")]);
    // Its person gets a copy under its own name, and may have it erased; power cuts or not.
    let outside = tempfile::tempdir().unwrap();
    let into = outside.path().join("copies");
    let ask = |custody: &crate::custody::Custody, right: &Right| {
        let request = RightRequest {
            right,
            subject: &Subject::Employee("e-1001".into()),
            asked_by: AskedBy::Employee,
            recording: None,
            asker: &rights(),
            at: NOW,
        };
        custody.right(&request)
    };
    let disclosed = ask(&shop.custody(), &Right::Disclose { into: into.clone() }).unwrap();
    assert!(!disclosed.incomplete(), "{disclosed:?}");
    assert!(into.join(OsStr::from_bytes(b"caf\xe9.mkv")).exists());
    let (cut, _) = shop.custody_with(super::journals::Power::for_steps(8));
    ask(&cut, &Right::Erase).unwrap_err();
    assert!(!ask(&shop.custody(), &Right::Erase).unwrap().incomplete());
    assert!(!named(b"caf\xe9.mkv").exists() && !named(b"caf\xe9.sidecar.json").exists());
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_or_no_file_is_not_taken() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let outside = tempfile::tempdir().unwrap();
    let theirs = outside.path().join("theirs");
    fs::write(&theirs, "theirs").unwrap();
    for dangling in [false, true] {
        let shop = Shop::new();
        let target = if dangling {
            outside.path().join("nowhere")
        } else {
            theirs.clone()
        };
        symlink(target, shop.path(".gardefou.lock")).unwrap();
        assert!(matches!(
            shop.custody().purge(NOW, false),
            Err(CustodyError::Folder { .. })
        ));
    }
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
    assert!(!outside.path().join("nowhere").exists());
    // Everything that custody makes is its account's alone, whatever was there.
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    fs::write(shop.path(".gardefou.lock"), "").unwrap();
    fs::set_permissions(shop.path(".gardefou.lock"), fs::Permissions::from_mode(0o666)).unwrap();
    let request = RightRequest {
        right: &super::shop::restrict(),
        subject: &Subject::Employee("e-1001".into()),
        asked_by: AskedBy::Employee,
        recording: None,
        asker: &rights(),
        at: NOW,
    };
    assert!(!shop.custody().right(&request).unwrap().incomplete());
    let mode = |name: &str| fs::metadata(shop.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(".gardefou.lock"), mode("s-1.restricted.json")), (0o600, 0o600));
    let (cut, _) = shop.custody_with(super::journals::Power::for_steps(8));
    drop(cut.right(&RightRequest {
        right: &Right::Erase,
        ..request
    }));
    let pending = shop
        .files()
        .into_iter()
        .find(|name| name.ends_with(".pending.json"))
        .unwrap();
    assert_eq!(mode(&pending), 0o600);
}

/// A file that cannot go, as where another is mounted over it. Where nobody may mount, a folder that has its name
/// stands in: neither can be unlinked.
#[cfg(target_os = "linux")]
#[test]
fn what_is_mounted_over_a_recording_is_told_and_neither_read_nor_deleted() {
    use std::process::Command;
    let shop = Shop::new();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    shop.recording("s-1", "e-1001", NOW.minus(181 * DAY));
    shop.clock_is_right(NOW);
    let video = shop.path("s-1.mkv");
    let mounted = Command::new("mount").arg("--bind").args([&secret, &video]).output();
    let mounted = mounted.is_ok_and(|output| output.status.success());
    if !mounted {
        fs::remove_file(&video).unwrap();
        fs::create_dir(&video).unwrap();
    }
    let report = shop.custody().purge(NOW, false).unwrap();
    let still = video.exists();
    if mounted {
        assert!(Command::new("umount").arg(&video).status().unwrap().success());
        assert!(
            report.still_there() && report.failed.iter().any(|(name, _)| name == "s-1.mkv"),
            "{report:?}"
        );
        assert!(
            shop.has("s-1.sidecar.json"),
            "it says whose that is, as long as it is there"
        );
        // Once nothing is in the way, it goes.
        assert!(!shop.custody().purge(NOW, false).unwrap().still_there());
        assert!(shop.files().is_empty());
    } else {
        assert!(
            report
                .strays
                .iter()
                .any(|stray| stray.name == "s-1.mkv" && stray.what == "folder")
        );
    }
    assert!(still, "bind mounts allowed: {mounted}");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
}

/// What is read of a sidecar is the file that was listed, or looked at before: also where another one says the same.
#[cfg(unix)]
#[test]
fn a_sidecar_is_read_from_the_file_that_was_looked_at() {
    use crate::custody::disk::FileId;
    let shop = Shop::new();
    shop.recording("s-1", "e-1001", NOW.minus(DAY));
    let path = shop.path("s-1.sidecar.json");
    let looked_at = FileId::of(&fs::symlink_metadata(&path).unwrap());
    let (genuine, _) = Sidecar::read_this(&path, Some(&looked_at)).unwrap();
    fs::copy(&path, shop.path("another")).unwrap();
    fs::rename(shop.path("another"), &path).unwrap();
    assert_eq!(Sidecar::read(&path).as_ref(), Ok(&genuine));
    let exchanged = Sidecar::read_this(&path, Some(&looked_at)).unwrap_err();
    assert!(!exchanged.says_nothing(), "{exchanged}: it may be what was decided");
}
