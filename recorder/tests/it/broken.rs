//! A part of it fails in mid-call: recording stops, the reason is said, the journal verifies, and what is kept plays.

use std::time::{Duration, Instant};

use gardefou::custody::Sidecar;
use gardefou::journal::JournalReader;

use crate::harness::{CRM, Canary, Display, PATIENCE, Recorder, Session, journal_verifies, signal, wait_for};

/// A screen with the allowed window, and a recorder that records it.
fn recording(options: Vec<&'static str>) -> (Display, Canary, Recorder) {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let session = Session {
        stores: true,
        options,
        ..Session::default()
    };
    let mut recorder = session.start(&display);
    recorder.connect();
    (display, crm, recorder)
}

/// The journal verifies and has no open discard; a video that is there plays, and has its sidecar. Gives whether
/// there is one.
fn is_whole(recorder: &Recorder) -> bool {
    let journal = recorder.store("journal");
    journal_verifies(&journal);
    let open = JournalReader::open(&journal).unwrap().open_discards().unwrap();
    assert_eq!(open, [], "{:?}", recorder.said());
    let entries = std::fs::read_dir(recorder.file("")).unwrap();
    for entry in entries {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let temporary = name.ends_with(".tmp") || name.contains(".cut.") || name.contains(".part-");
        assert!(!temporary, "{name} is left");
    }
    let sidecar = Sidecar::read(&recorder.file("s-1.sidecar.json"));
    match recorder.video("s-1") {
        Some(video) => {
            video.leaks_nothing();
            assert!(!video.frames.is_empty());
            assert!(sidecar.is_ok(), "{sidecar:?}");
            true
        }
        None => {
            assert!(sidecar.is_err());
            false
        }
    }
}

/// The encoder that runs.
fn encoder(recorder: &Recorder) -> u32 {
    wait_for("the encoder", || recorder.encoders().pop())
}

/// Changes the window until the recorder says so.
fn busy_until(canary: &mut Canary, recorder: &Recorder, text: &str) {
    let until = Instant::now() + PATIENCE;
    for colour in (0..).map(|n| if n % 2 == 0 { 0x00_b000 } else { CRM }) {
        if recorder.times(text) > 0 {
            return;
        }
        assert!(
            Instant::now() < until,
            "it does not say `{text}`: {:?}",
            recorder.said()
        );
        canary.change(&format!("colour=0x{colour:06x}"));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_encoder_that_is_killed_in_mid_call_ends_the_recording() {
    let (_display, mut crm, mut recorder) = recording(Vec::new());
    recorder.frames(3);
    signal(encoder(&recorder), "KILL");
    busy_until(
        &mut crm,
        &recorder,
        "the recording of this call ended: `ffmpeg` takes no more frames",
    );
    recorder.call("none");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 1, "{:?}", recorder.said());
    is_whole(&recorder);
    recorder.decided_again("s-1");
}

#[test]
fn an_encoder_that_stalls_in_mid_call_ends_the_recording() {
    // Many frames, so that its pipe is soon full.
    let (_display, mut crm, mut recorder) = recording(vec!["--fps", "20"]);
    recorder.frames(3);
    signal(encoder(&recorder), "STOP");
    busy_until(&mut crm, &recorder, "has been stuck");
    recorder.says("the recording of this call ended");
    recorder.call("none");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 1, "{:?}", recorder.said());
    assert!(recorder.encoders().is_empty());
    is_whole(&recorder);
    recorder.decided_again("s-1");
}

#[test]
fn a_disk_that_is_full_ends_the_recording() {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let session = Session {
        stores: true,
        options: vec!["--fps", "20"],
        // Enough for the stores and the trace.
        largest_file: Some(1_500),
        ..Session::default()
    };
    let mut recorder = session.start(&display);
    recorder.connect();
    let (mut seed, until) = (1, Instant::now() + 2 * PATIENCE);
    while recorder.times("the recording of this call ended: `ffmpeg` takes no more frames") == 0 {
        assert!(Instant::now() < until, "{:?}", recorder.said());
        display.noise(crm.window, 400, 300, &mut seed);
    }
    recorder.call("none");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 1, "{:?}", recorder.said());
    is_whole(&recorder);
    recorder.decided_again("s-1");
}

#[test]
fn without_its_x_server_the_recorder_ends_and_keeps_what_it_had() {
    let (mut display, _crm, mut recorder) = recording(Vec::new());
    recorder.frames(3);
    display.crash();
    assert_eq!(recorder.ended(), 1, "{:?}", recorder.said());
    recorder.says("the recording of this call ended");
    // The call was a recorded one as far as anybody knows: what was recorded of it is kept.
    assert!(is_whole(&recorder), "{:?}", recorder.said());
    recorder.decided_again("s-1");
}

#[test]
fn without_its_telephone_the_recorder_ends_and_keeps_nothing() {
    let (_display, _crm, mut recorder) = recording(Vec::new());
    recorder.frames(3);
    recorder.hang_up_the_line();
    assert_eq!(recorder.ended(), 0, "{:?}", recorder.said());
    recorder.says("standard input ended in mid-call");
    recorder.says("the recording of this call ended");
    assert!(!is_whole(&recorder), "nobody knows what the other party said");
    recorder.decided_again("s-1");
}

#[test]
fn a_trace_that_cannot_be_written_ends_the_recording() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let session = Session {
        // The trace needs more than that, and the video, of one colour, does not.
        largest_file: Some(16),
        options: vec!["--fps", "30"],
        ..Session::default()
    };
    let mut recorder = session.start(&display);
    recorder.connect();
    // Whichever of the lines beside it comes first: the trace, or the times.
    recorder.says("File too large");
    // The trace, or the answers beside it, whichever is larger.
    recorder.says("cannot write the ");
    recorder.says("the recording of this call ended");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 1, "{:?}", recorder.said());
    if let Some(video) = recorder.video("s-1") {
        video.leaks_nothing();
        assert!(Sidecar::read(&recorder.file("s-1.sidecar.json")).is_ok());
    }
}
