//! When it is recorded: what is known of the call, and what becomes of a file.

use std::os::unix::fs::PermissionsExt;

use crate::harness::{CRM, Canary, Display, Recorder, Session, facts};

/// A screen with the allowed window, and a recorder that waits for a call.
fn ready(session: Session) -> (Display, Canary, Recorder) {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let recorder = session.start(&display);
    (display, crm, recorder)
}

/// The video leaks nothing and has the frames that were kept; gives how many were.
fn frames_are_those_kept(recorder: &Recorder) -> usize {
    recorder.video("s-1").unwrap().leaks_nothing();
    recorder.plays_what_is_decided_again("s-1")
}

#[test]
fn nothing_is_recorded_while_a_condition_is_unknown() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    for (name, state) in [
        ("audio-recorded", true),
        ("party-objected", false),
        ("private-call", false),
        ("secure-input", false),
        ("employee-paused", false),
    ] {
        recorder.condition(name, Some(state));
    }
    recorder.call("connected");
    recorder.says("not recording: party-not-informed");
    recorder.condition("party-informed", Some(true));
    recorder.says("not recording: payment");
    recorder.frames(3);
    assert!(!recorder.file("s-1.mkv").exists());
    recorder.condition("payment-entry", Some(false));
    recorder.says(": recording");
    recorder.frames(2);
    recorder.condition("employee-paused", Some(true));
    recorder.says("not recording: paused");
    recorder.frames(2);
    recorder.condition("employee-paused", Some(false));
    recorder.says_times(": recording", 2);
    let recorder = recorder.hang_up();
    frames_are_those_kept(&recorder);
}

#[test]
fn a_late_objection_leaves_no_file() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(3);
    recorder.condition("party-objected", Some(true));
    recorder.says("ended: party-objected");
    recorder.condition("party-objected", Some(false));
    let recorder = recorder.hang_up();
    recorder.says("discarded");
    assert!(!recorder.file("s-1.mkv").exists());
    recorder.ends_in_a_discard("s-1");
}

#[test]
fn an_objection_in_after_call_work_leaves_no_file() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    recorder.call("after-call");
    recorder.says("ended: no-call");
    let part = recorder.file("s-1.part-1.mkv");
    assert!(part.exists() && !recorder.file("s-1.mkv").exists());
    recorder.condition("party-objected", Some(true));
    let recorder = recorder.hang_up();
    recorder.says("discarded");
    assert!(!part.exists() && !recorder.file("s-1.mkv").exists());
    recorder.decided_again("s-1");
}

#[test]
fn ctrl_c_leaves_a_file_that_can_be_played() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(4);
    recorder.interrupt();
    assert_eq!(recorder.ended(), 0);
    recorder.says("kept");
    for file in ["s-1.mkv", "s-1.jsonl"] {
        let mode = std::fs::metadata(recorder.file(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may read {file}");
    }
    assert!(frames_are_those_kept(&recorder) >= 4);
}

#[test]
fn a_line_that_cannot_be_read_makes_every_condition_unknown() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.tell(r#"{"event":"conditions","payment-entri":true}"#);
    recorder.says("line 3 of standard input");
    recorder.says("not recording: no-call");
    recorder.frames(2);
    recorder.condition("audio-recorded", Some(true));
    recorder.says("not recording: private-call");
    recorder.conditions();
    recorder.says_times(": recording", 2);
    let recorder = recorder.hang_up();
    frames_are_those_kept(&recorder);
}

#[test]
fn when_standard_input_ends_in_mid_call_nothing_is_known_and_nothing_is_kept() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    let recorder = recorder.close();
    recorder.says("standard input ended in mid-call");
    recorder.says("discarded");
    assert!(!recorder.file("s-1.mkv").exists());
    recorder.decided_again("s-1");
}

#[test]
fn a_call_that_was_hung_up_before_the_recorder_heard_of_it_is_cut() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(8);
    let hung_up = recorder.hung_up_before(4);
    let recorder = recorder.close();
    recorder.says("cut to frames");
    recorder.decided_again("s-1");
    let last = recorder.kept_before("s-1", hung_up);
    let mut frames = recorder.encoded("s-1");
    frames.retain(|from| *from <= last);
    assert!(!frames.is_empty());
    assert_eq!(recorder.video("s-1").unwrap().times, frames);
    assert!(!recorder.file("s-1.part-1.mkv").exists());
    assert!(!recorder.file("s-1.cut.mkv").exists());
}

#[test]
fn each_call_has_its_own_session_and_facts_and_knows_nothing_of_the_one_before() {
    let (display, _crm, mut recorder) = ready(Session::default());
    let file = display.folder.path().join("facts.json");
    recorder.connect();
    recorder.call("none");
    recorder.says("kept");
    std::fs::write(&file, facts("s-2").to_string()).unwrap();
    recorder.call("connected");
    recorder.says_times("not recording: no-call", 1);
    recorder.conditions();
    recorder.says_times(": recording", 2);
    recorder.call("none");
    recorder.says_times("kept", 2);

    // What is wrong with the facts is said with its line, and nothing is recorded.
    std::fs::write(&file, "{\n\"employee\": 7}").unwrap();
    recorder.conditions();
    recorder.call("ringing");
    recorder.says("line 2, column");
    recorder.call("none");
    // An employee who objected, and the facts that are missing.
    let mut objected = facts("s-3");
    objected["employee-objected"] = true.into();
    std::fs::write(&file, objected.to_string()).unwrap();
    recorder.call("connected");
    recorder.says("this call is not recorded: employee-objected");
    recorder.call("none");
    std::fs::write(&file, "{}").unwrap();
    recorder.call("connected");
    recorder.says("this call is not recorded: invalid-facts");
    recorder.call("none");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 2, "{:?}", recorder.said());
    for session in ["s-1", "s-2"] {
        assert!(!recorder.video(session).unwrap().frames.is_empty());
        recorder.decided_again(session);
    }
    assert!(!recorder.file("s-3.mkv").exists());
    recorder.decided_again("s-3");
}

#[test]
fn what_it_cannot_start_with_is_said() {
    let display = Display::start();
    let bad = |session: Session, display: Option<&str>, code: i32, text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = session.start_anyhow(display, folder.path());
        assert_eq!(recorder.ended(), code, "{:?}", recorder.said());
        recorder.says(text);
    };
    let name = Some(display.name.as_str());
    bad(
        Session {
            rules: "format = 2".into(),
            ..Session::default()
        },
        name,
        2,
        "rules.toml",
    );
    bad(
        Session {
            facts: "{\n\n\"x\":1}".into(),
            ..Session::default()
        },
        name,
        2,
        "line 3",
    );
    bad(
        Session {
            options: vec!["--fps", "0"],
            ..Session::default()
        },
        name,
        2,
        "--fps",
    );
    bad(Session::default(), None, 1, "`DISPLAY` is not set");
    bad(Session::default(), Some(":4242"), 1, "cannot connect");
    bad(Session::default(), Some(":64999"), 1, "names no screen");
}

#[test]
fn an_objection_deletes_the_file_at_once_and_a_crash_leaves_none() {
    for name in ["party-objected", "private-call"] {
        let (_display, _crm, mut recorder) = ready(Session::default());
        recorder.connect();
        recorder.frames(3);
        recorder.condition(name, Some(true));
        recorder.says("discarded");
        recorder.kill();
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert!(!recorder.file("s-1.mkv").exists());
    }
}

#[test]
fn what_a_crash_left_is_said_and_what_must_go_goes() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(3);
    recorder.kill();
    let file = recorder.file("s-1.part-1.mkv");
    assert!(file.exists() && !recorder.file("s-1.mkv").exists());
    // Another crash, before the file of an objected call could be deleted.
    let trace = std::fs::read_to_string(recorder.file("s-1.jsonl")).unwrap();
    let at = trace
        .lines()
        .last()
        .and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let at = at.map_or(9_000_000_000_000, |line| line["at"].as_u64().unwrap());
    let objected = format!("{trace}{{\"at\":{at},\"event\":\"conditions\",\"party-objected\":true}}\n{{\"at\":9");
    std::fs::write(recorder.file("objected.jsonl"), objected).unwrap();
    std::fs::write(recorder.file("objected.mkv"), b"x").unwrap();
    std::fs::write(display.folder.path().join("facts.json"), facts("s-2").to_string()).unwrap();
    let recorder = Session {
        facts: facts("s-2").to_string(),
        ..Session::default()
    }
    .start(&display);
    recorder.says("s-1.mkv`, which an earlier run left without an end");
    recorder.says("objected.mkv`, which an earlier run left");
    assert!(!file.exists() && !recorder.file("objected.mkv").exists());
}

#[test]
fn an_objection_just_after_the_call_is_that_calls() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(3);
    recorder.call("none");
    recorder.says("ended: no-call");
    recorder.condition("party-objected", Some(true));
    recorder.says("discarded");
    assert!(!recorder.file("s-1.mkv").exists());
    // The next call begins with what is told of it, and without that objection.
    std::fs::write(display.folder.path().join("facts.json"), facts("s-2").to_string()).unwrap();
    recorder.connect_again();
    let recorder = recorder.hang_up();
    recorder.says("kept");
    assert!(recorder.file("s-2.mkv").exists());
    recorder.ends_in_a_discard("s-1");
    recorder.decided_again("s-2");
}

#[test]
fn an_objection_just_after_the_call_is_that_calls_also_when_another_began_at_once() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(3);
    std::fs::write(display.folder.path().join("facts.json"), facts("s-2").to_string()).unwrap();
    recorder.call("none");
    recorder.call("connected");
    recorder.conditions();
    recorder.says_times(": recording", 2);
    recorder.condition("party-objected", Some(true));
    recorder.says("discarded `");
    // Nobody said whose it was: neither is kept.
    recorder.says_times("discarded `", 2);
    let recorder = recorder.hang_up();
    for name in ["s-1", "s-2"] {
        assert!(!recorder.file(&format!("{name}.mkv")).exists());
        assert!(!recorder.file(&format!("{name}.part-1.mkv")).exists());
        recorder.ends_in_a_discard(name);
    }
}

#[test]
fn a_call_that_begins_at_once_after_another_leaves_both_recordings() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(3);
    std::fs::write(display.folder.path().join("facts.json"), facts("s-2").to_string()).unwrap();
    recorder.call("none");
    recorder.call("connected");
    recorder.conditions();
    recorder.says_times(": recording", 2);
    recorder.says("kept `");
    let recorder = recorder.hang_up();
    for name in ["s-1", "s-2"] {
        recorder.decided_again(name);
        recorder.plays_what_was_kept(name);
    }
}

#[test]
fn after_call_ends_a_call_as_none_does_and_the_end_of_input_then_discards_nothing() {
    for phase in ["after-call", "none"] {
        // At once, and after what is told late was waited for.
        for waits in [false, true] {
            let (_display, _crm, mut recorder) = ready(Session::default());
            recorder.connect();
            recorder.frames(2);
            recorder.call(phase);
            recorder.says("ended: no-call");
            if waits {
                recorder.says("kept");
            }
            let recorder = recorder.close();
            assert_eq!((recorder.times("kept"), recorder.times("discarded")), (1, 0), "{phase}");
            assert!(recorder.shows_crm_and_nothing_else(300, 200) > 0, "{phase}");
        }
    }
}

#[test]
fn a_call_that_begins_after_after_call_is_another() {
    let (_display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    recorder.call("after-call");
    recorder.says("ended: no-call");
    recorder.connect_again();
    let recorder = recorder.hang_up();
    assert_eq!(recorder.times("kept"), 2, "{:?}", recorder.said());
}
