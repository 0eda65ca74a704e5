//! Real calls over SIP: a softphone tells of them, standard input of their conditions.

use crate::harness::{CRM, Canary, Display, Recorder, Running, SECRET, Session, Softphone, journal_verifies, wait_for};

fn recorder(display: &Display, phone: &Softphone) -> Recorder {
    let session = Session {
        call: phone.source(),
        stores: true,
        ..Session::default()
    };
    session.start(display)
}

/// A call that was answered, with the allowed window on the screen: nothing of it is recorded before that.
fn talking() -> (Display, Softphone, Canary, Recorder, Running) {
    let display = Display::start();
    let phone = Softphone::start(display.folder.path());
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = recorder(&display, &phone);
    recorder.conditions();
    let caller = phone.is_called(60_000);
    recorder.says("not recording: no-call");
    phone.answers();
    recorder.says(": recording");
    (display, phone, crm, recorder, caller)
}

fn phases(recorder: &Recorder) -> Vec<String> {
    let trace = recorder.trace("s-1");
    let calls = trace.iter().filter(|line| line["event"] == "call");
    calls.map(|line| line["phase"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_call_is_recorded_from_pick_up_to_hang_up() {
    let display = Display::start();
    let phone = Softphone::start(display.folder.path());
    // What the customer desk shows before and after the call must not be seen.
    let mut crm = Canary::crm(&display, "400x300+50+50", &[]);
    crm.change(&format!("colour=0x{SECRET:06x}"));
    display.shows(300, 200, SECRET);
    let mut recorder = recorder(&display, &phone);
    recorder.conditions();
    let _caller = phone.is_called(2_500);
    recorder.says("not recording: no-call");
    recorder.frames(3);
    crm.change(&format!("colour=0x{CRM:06x}"));
    display.shows(300, 200, CRM);
    phone.answers();
    recorder.says(": recording");
    recorder.says("the recording of this call ended: no-call");
    crm.change(&format!("colour=0x{SECRET:06x}"));
    display.shows(300, 200, SECRET);
    recorder.says("kept");
    let recorder = recorder.close();
    assert_eq!(phases(&recorder), ["ringing", "connected", "none"]);
    recorder.decided_again("s-1");
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    assert!(video.frames.len() >= 2);
    assert!(video.frames.iter().all(|frame| frame.is_crm(300, 200)));
    journal_verifies(&recorder.store("journal"));
}

#[test]
fn beside_a_second_call_nothing_is_recorded_until_it_is_known_that_the_first_talks_again() {
    let (_display, phone, _crm, recorder, _first) = talking();
    let _second = phone.is_called(2_000);
    // Nobody says when it rings; before that there is nothing to answer.
    wait_for("the second call", || {
        phone.answers();
        phases(&recorder).contains(&"consulting".to_owned()).then_some(())
    });
    recorder.says_times("not recording: no-call", 2);
    wait_for("the end of the second", || {
        phases(&recorder).contains(&"held".to_owned()).then_some(())
    });
    // Nobody told that the first one talks again.
    recorder.frames(3);
    phone.hangs_up();
    recorder.says("kept");
    assert_eq!(recorder.times(": recording"), 1);
    let recorder = recorder.close();
    assert_eq!(
        phases(&recorder),
        ["ringing", "connected", "consulting", "held", "none"]
    );
    recorder.decided_again("s-1");
    journal_verifies(&recorder.store("journal"));
}

#[test]
fn without_its_softphone_a_recorder_stops_and_says_so() {
    let (_display, phone, _crm, mut recorder, _caller) = talking();
    recorder.frames(3);
    phone.kill();
    recorder.says("in mid-call: nothing that was told of the call is known any more");
    recorder.says("discarded");
    assert_eq!(recorder.ended(), 1);
    recorder.says("until this recorder is started again");
    assert!(!recorder.file("s-1.mkv").exists() && !recorder.file("s-1.part-1.mkv").exists());
    recorder.decided_again("s-1");
    journal_verifies(&recorder.store("journal"));
}

#[test]
fn a_softphone_that_is_not_there_is_said_with_the_way_out() {
    let display = Display::start();
    let session = Session {
        call: "baresip:127.0.0.1:1".to_owned(),
        ..Session::default()
    };
    let mut recorder = session.start_anyhow(Some(&display.name), display.folder.path());
    assert_eq!(recorder.ended(), 1);
    recorder.says("no baresip answers at `127.0.0.1:1`; help: start it with `module ctrl_tcp.so`");
    let session = Session {
        call: "asterisk:1".to_owned(),
        ..Session::default()
    };
    let mut recorder = session.start_anyhow(Some(&display.name), display.folder.path());
    assert_eq!(recorder.ended(), 2);
    recorder.says("write `stdin`, or `baresip:HOST:PORT`");
}
