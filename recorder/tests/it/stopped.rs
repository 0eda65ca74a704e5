//! Each of the programs stands still for a while, as on a machine that has no room for it.

use std::time::Duration;

use crate::harness::{CRM, Canary, Display, SECRET, Session, Softphone, signal};

const WHILE: Duration = Duration::from_millis(1_300);

#[test]
fn a_recorder_that_stood_still_records_nothing_of_what_happened_meanwhile() {
    let display = Display::start();
    let mut crm = Canary::crm(&display, "400x300+50+50", &["own"]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    for round in 0..3 {
        signal(recorder.id(), "STOP");
        crm.change("still");
        let over = Canary::secret(&display, "150x100+200+150", &["popup"]);
        // Where the server was not held by it.
        std::thread::sleep(WHILE);
        if round == 1 {
            crm.change(&format!("colour=0x{SECRET:06x}"));
            crm.change("title=A password");
        }
        over.close();
        std::thread::sleep(WHILE / 4);
        signal(recorder.id(), "CONT");
        recorder.frames(2);
        if round == 1 {
            recorder.says("not recording: no-training-window");
            crm.change(&format!("colour=0x{CRM:06x}"));
            crm.change("title=Ticket 8");
        }
        crm.change("delay=0");
        recorder.frames(2);
    }
    let recorder = recorder.hang_up();
    recorder.shows_crm_and_nothing_else(60, 100);
}

#[test]
fn an_encoder_that_stood_still_for_a_moment_goes_on_and_one_that_stays_so_ends_the_recording() {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    let encoder = recorder.encoders().pop().unwrap();
    let mut seed = 1;
    signal(encoder, "STOP");
    for _ in 0..3 {
        display.noise(crm.window, 400, 300, &mut seed);
        recorder.frames(1);
    }
    signal(encoder, "CONT");
    recorder.frames(3);
    assert_eq!(recorder.times("ended"), 0, "{:?}", recorder.said());
    let recorder = recorder.hang_up();
    recorder.plays_what_is_decided_again("s-1");
    recorder.video("s-1").unwrap().leaks_nothing();
}

#[test]
fn of_an_application_that_stands_still_only_its_own_pixels_are_recorded() {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &["own"]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    for step in 0..3 {
        crm.signal("STOP");
        let over = Canary::secret(&display, "150x100+200+150", &["popup"]);
        recorder.frames(1);
        display.place(crm.window, 60 + step * 10, 60);
        over.close();
        let wish = x11rb::protocol::xproto::ConfigureWindowAux::new().width(430 + step.unsigned_abs() * 20);
        x11rb::protocol::xproto::ConnectionExt::configure_window(&display.conn, crm.window, &wish).unwrap();
        display.sync();
        recorder.frames(4);
        crm.signal("CONT");
        recorder.frames(2);
    }
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(100, 100) > 0);
}

#[test]
fn a_softphone_that_stood_still_is_heard_again() {
    let display = Display::start();
    let phone = Softphone::start(display.folder.path());
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let session = Session {
        call: phone.source(),
        ..Session::default()
    };
    let mut recorder = session.start(&display);
    recorder.conditions();
    let _caller = phone.is_called(60_000);
    recorder.says("not recording: no-call");
    phone.answers();
    recorder.says(": recording");
    phone.signal("STOP");
    std::thread::sleep(WHILE);
    phone.signal("CONT");
    recorder.frames(2);
    phone.hangs_up();
    recorder.says("ended: no-call");
    recorder.says("kept");
    let recorder = recorder.close();
    assert!(recorder.shows_crm_and_nothing_else(300, 200) > 0);
}
