//! Rules that are edited while a call is recorded.

use std::fs;
use std::path::Path;

use crate::harness::{CRM, Canary, Display, Session, gardefou, rules};

#[test]
fn edited_rules_take_effect_in_the_running_call_and_bad_ones_do_not() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let good = Session::default().rules;
    let mut recorder = Session::default().start(&display);
    let file = display.folder.path().join("rules.toml");
    recorder.connect();
    recorder.frames(2);

    // Another application: what is recorded is not it.
    fs::write(&file, rules(r#"{ executable = "other-desk" }"#, "")).unwrap();
    recorder.says("the edited rules are in force");
    recorder.says("not recording: no-training-window");
    recorder.frames(2);

    // An editor that writes beside the file and renames.
    let beside = display.folder.path().join("rules.toml~");
    fs::write(&beside, &good).unwrap();
    fs::rename(&beside, &file).unwrap();
    recorder.says_times("the edited rules are in force", 2);
    recorder.says_times(": recording", 2);

    // A mistake on a line of its own.
    let mistake = good.replace("while-held = false", "while-heldd = false");
    fs::write(&file, &mistake).unwrap();
    // An editor may write it in parts: the whole of it is read in the end.
    recorder.says("while-heldd");
    let line = 1 + mistake.lines().position(|line| line.contains("heldd")).unwrap();
    assert!(
        recorder
            .said()
            .iter()
            .any(|said| said.contains("while-heldd") && said.contains(&line.to_string())),
        "{:?}",
        recorder.said()
    );
    recorder.frames(3);
    let refused = recorder.times("the rules before stay in force");
    fs::remove_file(&file).unwrap();
    recorder.says_times("the rules before stay in force", refused + 1);
    recorder.frames(3);
    assert_eq!(recorder.times("not recording"), 1, "{:?}", recorder.said());

    fs::write(&file, rules(r#"{ executable = "other-desk" }"#, "")).unwrap();
    recorder.says_times("not recording: no-training-window", 2);
    let recorder = recorder.hang_up();
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    recorder.plays_what_was_kept("s-1");
    assert!(video.frames.iter().all(|frame| frame.is_crm(300, 200)));
}

/// Bakes these rules into a component beside the one that is followed, and puts it in its place.
fn publish(folder: &Path, rules: &str) {
    fs::write(folder.join("baked.toml"), rules).unwrap();
    let bake = gardefou()
        .current_dir(folder)
        .args(["bake", "baked.toml", "-o", "baked.wasm", "--force"])
        .output()
        .unwrap();
    assert!(bake.status.success(), "{}", String::from_utf8_lossy(&bake.stderr));
    fs::rename(folder.join("baked.wasm"), folder.join("policy.wasm")).unwrap();
}

/// Components that once killed the thread that follows them: the rules before stay in force, and the file is
/// followed on.
#[test]
fn a_component_that_cannot_be_taken_leaves_the_rules_and_is_followed_on() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let folder = display.folder.path().to_owned();
    publish(&folder, &Session::default().rules);
    let mut recorder = Session {
        baked: true,
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    recorder.frames(2);
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/components");
    for (n, case) in ["fused-adapter.wasm", "compile-bomb.wasm"].into_iter().enumerate() {
        fs::copy(cases.join(case), folder.join("beside.wasm")).unwrap();
        fs::rename(folder.join("beside.wasm"), folder.join("policy.wasm")).unwrap();
        recorder.says_times("the rules before stay in force", n + 1);
        recorder.frames(2);
        assert_eq!(recorder.times("not recording"), 0, "{case}: {:?}", recorder.said());
    }
    publish(&folder, &rules(r#"{ executable = "other-desk" }"#, ""));
    recorder.says("the edited rules are in force");
    recorder.says("not recording: no-training-window");
    let recorder = recorder.hang_up();
    recorder.video("s-1").unwrap().leaks_nothing();
}
