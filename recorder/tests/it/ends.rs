//! What each ending of a call leaves in the folder: of a call of which nothing was kept, nothing; and beside a
//! recording nothing that says when the employee paused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::harness::{CRM, Canary, Display, Recorder, Session, facts};

/// What a file of a call must not say once nothing of the call was kept.
const OF_NOBODY: [&str; 6] = ["e-1001", "s-1", "private", "paused", "withheld", "protected"];

/// A screen with the allowed window, and a recorder that leaves what a recorder in use leaves.
fn ready(session: Session) -> (Display, Canary, Recorder) {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let recorder = in_use(session).start(&display);
    (display, crm, recorder)
}

fn in_use(session: Session) -> Session {
    Session {
        keep_raw: false,
        ..session
    }
}

/// Every file below the folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn says(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Neither among its recordings nor among its temporary files anything of a call is left.
fn leaves_nothing(recorder: &Recorder, ending: &str) {
    assert_eq!(files(&recorder.file("")), BTreeMap::new(), "{ending}");
    for (name, bytes) in files(&recorder.store("tmp")) {
        for text in OF_NOBODY {
            assert!(!says(&bytes, text), "{ending}: {name} says {text}");
        }
    }
}

fn refused(field: &str) -> Session {
    let mut facts = facts("s-1");
    facts[field] = true.into();
    Session {
        facts: facts.to_string(),
        ..Session::default()
    }
}

#[test]
fn a_call_that_is_not_opened_leaves_nothing() {
    for field in ["employee-objected", "protected-line"] {
        let (_display, _crm, mut recorder) = ready(refused(field));
        recorder.conditions();
        recorder.call("connected");
        recorder.says("this call is not recorded");
        let recorder = recorder.hang_up();
        leaves_nothing(&recorder, field);
    }
}

#[test]
fn a_call_of_which_no_frame_was_kept_leaves_nothing() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.conditions();
    recorder.call("ringing");
    recorder.says("not recording: no-call");
    let recorder = recorder.hang_up();
    leaves_nothing(&recorder, "never answered");

    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.conditions();
    recorder.condition("party-informed", Some(false));
    recorder.call("connected");
    recorder.says("not recording: party-not-informed");
    let recorder = recorder.hang_up();
    leaves_nothing(&recorder, "never informed");
}

#[test]
fn a_call_that_was_discarded_leaves_nothing() {
    for condition in ["private-call", "party-objected"] {
        let (_display, _crm, mut recorder) = ready(Session {
            stores: condition == "private-call",
            ..Session::default()
        });
        recorder.connect();
        recorder.says(": recording");
        recorder.condition(condition, Some(true));
        recorder.says("discarded");
        let recorder = recorder.hang_up();
        leaves_nothing(&recorder, condition);
    }
    // Told after the call.
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.call("after-call");
    recorder.says("ended: no-call");
    recorder.condition("party-objected", Some(true));
    let recorder = recorder.hang_up();
    leaves_nothing(&recorder, "objected afterwards");
}

#[test]
fn the_private_key_leaves_nothing() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    display.xdotool(&["key", "ctrl+alt+o"]);
    recorder.says("discarded");
    let recorder = recorder.hang_up();
    leaves_nothing(&recorder, "the private key");
}

#[test]
fn a_recording_without_a_pause_has_its_trace_beside_it() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    let recorder = recorder.hang_up();
    let left: Vec<String> = files(&recorder.file("")).into_keys().collect();
    let expected = [
        "s-1.jsonl",
        "s-1.mkv",
        "s-1.sidecar.json",
        "s-1.timings.jsonl",
        "s-1.verdicts.jsonl",
    ];
    assert_eq!(left, expected);
}

#[test]
fn beside_a_recording_nothing_says_when_the_employee_paused() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    recorder.condition("employee-paused", Some(true));
    recorder.says("not recording: paused");
    recorder.condition("employee-paused", Some(false));
    recorder.says_times(": recording", 2);
    recorder.frames(2);
    let recorder = recorder.hang_up();
    recorder.says("the trace of this call was deleted");
    let left = files(&recorder.file(""));
    assert_eq!(left.keys().collect::<Vec<_>>(), ["s-1.mkv", "s-1.sidecar.json"]);
    for (name, bytes) in left {
        assert!(!says(&bytes, "paused"), "{name}");
    }
}

/// A pause between two frames, at which nothing was refused, is one all the same.
#[test]
fn a_pause_that_no_frame_saw_is_not_told_either() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.condition("employee-paused", Some(true));
    recorder.condition("employee-paused", Some(false));
    recorder.frames(2);
    let recorder = recorder.hang_up();
    let left: Vec<String> = files(&recorder.file("")).into_keys().collect();
    assert_eq!(left, ["s-1.mkv", "s-1.sidecar.json"]);
}

#[test]
fn what_a_killed_recorder_left_goes_at_the_next_start_with_its_trace() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = in_use(Session::default()).start(&display);
    recorder.connect();
    recorder.frames(2);
    recorder.kill_with_encoders();
    assert!(recorder.file("s-1.jsonl").exists());
    drop(recorder);
    let recorder = in_use(Session::default()).start(&display);
    recorder.says("which an earlier run left");
    leaves_nothing(&recorder, "killed");
    drop(recorder.close());
}

#[test]
fn without_an_encoder_nothing_is_left() {
    let (_display, _crm, mut recorder) = ready(Session {
        path: Some("/nowhere".to_owned()),
        ..Session::default()
    });
    recorder.conditions();
    recorder.call("connected");
    recorder.says("ended: ");
    recorder.call("none");
    recorder.says("could not be made of its parts");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 1);
    leaves_nothing(&recorder, "no encoder");
}

/// The second call of one name does not take the name of the first, of which nothing is left.
#[test]
fn a_name_is_given_once() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.condition("private-call", Some(true));
    recorder.says("discarded");
    recorder.call("none");
    recorder.connect_again();
    recorder.frames_of("s-1-2", 2);
    let recorder = recorder.hang_up();
    let left: Vec<String> = files(&recorder.file("")).into_keys().collect();
    assert!(
        left.iter().all(|name| name.starts_with("s-1-2.")) && !left.is_empty(),
        "{left:?}"
    );
}
