//! What was uncovered and not painted since: pixels of another window, on the allowed one's area.

use std::time::{Duration, Instant};

use x11rb::protocol::xproto::ConnectionExt as _;

use crate::harness::{CRM, Canary, Display, SECRET, Session};

/// A window that paints itself, and one over its middle.
fn covered(display: &Display) -> (Canary, Canary) {
    let crm = Canary::crm(display, "400x300+50+50", &["own"]);
    display.shows(300, 200, CRM);
    let cover = Canary::secret(display, "150x100+200+150", &["popup"]);
    display.shows(250, 200, SECRET);
    (crm, cover)
}

fn sleep(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

#[test]
fn what_was_uncovered_before_the_call_and_not_painted_is_not_recorded() {
    let display = Display::start();
    let (mut crm, cover) = covered(&display);
    let _other = Canary::crm(&display, "100x60+500+400", &[]);
    display.shows(550, 440, CRM);
    let mut recorder = Session::default().start(&display);
    crm.change("still");
    sleep(100);
    cover.close();
    recorder.connect();
    recorder.frames(10);
    assert_eq!(display.pixel(250, 200), 0, "it has painted nothing, and was wiped");
    crm.change("delay=0");
    sleep(100);
    display.conn.clear_area(true, crm.window, 0, 0, 0, 0).unwrap();
    display.shows(250, 200, CRM);
    recorder.frames(4);
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(250, 200) > 0);
}

#[test]
fn what_is_uncovered_in_mid_call_is_not_recorded_before_it_is_painted() {
    let display = Display::start();
    let (mut crm, cover) = covered(&display);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    crm.change("delay=1500");
    sleep(100);
    cover.close();
    // Its image has kept what it painted before.
    display.shows(250, 200, CRM);
    recorder.frames(5);
    crm.change("delay=0");
    recorder.frames(4);

    // One that hangs for good, and is moved about meanwhile.
    let cover = Canary::secret(&display, "150x100+200+150", &["popup"]);
    display.shows(250, 200, SECRET);
    crm.change("still");
    sleep(100);
    cover.close();
    for step in 0..8 {
        display.place(crm.window, 60 + step * 10, 60 + step * 10);
        sleep(130);
    }
    recorder.frames(10);
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(250, 200) > 0);
}

#[test]
fn a_window_that_flashes_between_two_looks_leaves_nothing() {
    let display = Display::start();
    let (mut crm, cover) = covered(&display);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    crm.change("still");
    sleep(100);
    let until = Instant::now() + Duration::from_secs(4);
    let mut step = 0;
    while Instant::now() < until {
        display.conn.unmap_window(cover.window).unwrap();
        display.sync();
        sleep(170);
        display.place(cover.window, 120 + step * 7 % 150, 100 + step * 5 % 100);
        display.conn.map_window(cover.window).unwrap();
        display.sync();
        sleep(15);
        step += 1;
    }
    display.conn.unmap_window(cover.window).unwrap();
    display.sync();
    recorder.frames(3);
    let recorder = recorder.hang_up();
    recorder.shows_crm_and_nothing_else(60, 100);
}

#[test]
fn a_second_call_trusts_nothing_of_the_first() {
    let display = Display::start();
    let (mut crm, cover) = covered(&display);
    display.conn.unmap_window(cover.window).unwrap();
    display.shows(250, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.call("none");
    recorder.says("kept");
    display.conn.map_window(cover.window).unwrap();
    display.shows(250, 200, SECRET);
    crm.change("still");
    sleep(100);
    display.conn.unmap_window(cover.window).unwrap();
    display.sync();
    let _other = Canary::crm(&display, "100x60+500+400", &[]);
    display.shows(550, 440, CRM);
    std::fs::write(
        display.folder.path().join("facts.json"),
        crate::harness::facts("s-2").to_string(),
    )
    .unwrap();
    recorder.conditions();
    recorder.call("connected");
    recorder.says_times(": recording", 2);
    recorder.frames_of("s-2", 5);
    let recorder = recorder.hang_up();
    recorder.video("s-2").unwrap().leaks_nothing();
    recorder.decided_again("s-2");
}
