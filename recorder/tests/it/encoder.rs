//! What happens when the encoder does not do its part.

use std::path::Path;

use crate::harness::{CRM, Canary, Display, Session, install};

/// A recorder whose `ffmpeg` is this script.
fn with_ffmpeg(script: Option<&str>) -> (Display, i32, Vec<String>) {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let programs = display.folder.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    if let Some(script) = script {
        self::script(&programs, script);
    }
    let path = programs.to_str().unwrap().to_owned();
    let mut recorder = Session {
        path: Some(path),
        ..Session::default()
    }
    .start(&display);
    recorder.conditions();
    recorder.call("connected");
    recorder.says("the recording of this call ended:");
    recorder.call("none");
    recorder.interrupt();
    let code = recorder.ended();
    assert!(recorder.trace("s-1").iter().any(|line| line["event"] == "frame"));
    let said = recorder.said();
    (display, code, said)
}

/// Writes an `ffmpeg` that is this script.
pub(crate) fn script(programs: &Path, script: &str) {
    let text = programs.join("text");
    std::fs::write(&text, script).unwrap();
    install(&text, &programs.join("ffmpeg"));
}

fn says(said: &[String], text: &str) {
    assert!(said.iter().any(|line| line.contains(text)), "{said:?}");
}

#[test]
fn without_an_encoder_nothing_is_recorded() {
    let (display, code, said) = with_ffmpeg(None);
    assert!(!display.folder.path().join("out/s-1.mkv").exists());
    says(&said, "cannot start `ffmpeg`");
    assert_eq!(code, 1);
}

#[test]
fn an_encoder_that_dies_ends_the_recording() {
    let (_display, code, said) = with_ffmpeg(Some("#!/bin/sh\nexec /usr/bin/head -c 3000000 >/dev/null\n"));
    says(&said, "`ffmpeg` takes no more frames");
    assert_eq!(code, 1);
}

#[test]
fn an_encoder_that_is_stuck_ends_the_recording() {
    // One that only reads files works: nothing can be read of what the stuck one left.
    let (display, code, said) = with_ffmpeg(Some(
        "#!/bin/sh\ncase \"$*\" in *concat*) exec /usr/bin/ffmpeg \"$@\";; *) exec /bin/sleep 600;; esac\n",
    ));
    says(&said, "has been stuck");
    assert_eq!(code, 1);
    assert!(!display.folder.path().join("out/s-1.mkv").exists());
}
