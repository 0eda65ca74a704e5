//! Screens of several monitors, large ones, and windows partly off them.

use crate::harness::{CRM, Canary, Display, Recorder, SECRET, Session, Video, program, wait_for};

fn monitor(display: &Display, name: &str, geometry: &str, output: &str) {
    let status = program("xrandr")
        .env("DISPLAY", &display.name)
        .args(["--setmonitor", name, geometry, output])
        .status()
        .unwrap();
    assert!(status.success(), "xrandr --setmonitor {name}");
}

#[test]
fn over_two_monitors_a_window_is_recorded_but_for_the_corner_that_none_shows() {
    let display = Display::of_size(900, 500);
    monitor(&display, "left", "500/100x500/100+0+0", "screen");
    monitor(&display, "right", "400/100x300/80+500+0", "none");
    // One window on both, one that lies where no monitor is, one that another hides in part.
    let _across = Canary::crm(&display, "300x200+380+40", &["popup"]);
    let _dark = Canary::crm(&display, "150x100+600+350", &["popup"]);
    let _corner = Canary::crm(&display, "200x150+400+250", &["popup"]);
    let _over = Canary::secret(&display, "60x60+600+100", &["popup"]);
    display.shows(620, 120, SECRET);
    display.shows(650, 400, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(3);
    let recorder = recorder.hang_up();
    recorder.decided_again("s-1");
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    let last = video.frames.last().unwrap();
    assert!(last.is_crm(420, 100) && last.is_crm(550, 100) && last.is_crm(450, 350));
    assert!(last.is_black(620, 120), "a window over it");
    assert!(
        last.is_black(650, 400) && last.is_black(550, 350),
        "nobody sees what no monitor shows"
    );
    let frame = recorder
        .trace("s-1")
        .into_iter()
        .find(|line| line["event"] == "frame")
        .unwrap();
    assert_eq!(frame["surface"], serde_json::json!([900, 500]));
}

#[test]
fn a_second_monitor_that_comes_and_goes_in_mid_call_changes_what_is_seen() {
    let display = Display::of_size(900, 500);
    monitor(&display, "left", "500/100x500/100+0+0", "screen");
    let _left = Canary::crm(&display, "200x150+50+200", &["popup"]);
    let _right = Canary::crm(&display, "200x150+600+200", &["popup"]);
    display.shows(650, 250, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    for _ in 0..2 {
        let both = recorder.trace("s-1").len();
        monitor(&display, "right", "400/80x500/100+500+0", "none");
        keeps(&recorder, both, 2);
        let one = recorder.trace("s-1").len();
        let status = program("xrandr")
            .env("DISPLAY", &display.name)
            .args(["--delmonitor", "right"])
            .status();
        assert!(status.unwrap().success());
        keeps(&recorder, one, 1);
    }
    let recorder = recorder.hang_up();
    recorder.decided_again("s-1");
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    assert!(!video.frames[0].is_crm(650, 250), "no monitor shows it");
    assert!(video.frames.iter().any(|frame| frame.is_crm(650, 250)));
    assert!(video.frames.iter().all(|frame| frame.is_crm(100, 250)));
}

/// Waits until, after that line of the trace, a look has seen so many windows of which something can be recorded.
fn keeps(recorder: &Recorder, after: usize, windows: usize) {
    wait_for("the monitors", || {
        let trace = recorder.trace("s-1");
        let listed = trace.iter().skip(after).rfind(|line| line["windows"].is_array())?;
        let seen = |window: &&serde_json::Value| window[1][2].as_u64() == Some(200);
        (listed["windows"].as_array()?.iter().filter(seen).count() == windows).then_some(())
    });
}

#[test]
fn a_screen_that_is_turned_in_mid_call_leaks_nothing() {
    let display = Display::of_size(640, 640);
    display.resize(640, 400);
    let mut crm = Canary::crm(&display, "200x150+50+100", &["popup", "own"]);
    let _secret = Canary::secret(&display, "150x150+200+150", &["popup"]);
    display.shows(100, 150, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    for turned in [true, false, true] {
        crm.change("still");
        let (width, height) = if turned { (400, 640) } else { (640, 400) };
        display.resize(width, height);
        recorder.frames(2);
        crm.change("delay=0");
        recorder.frames(3);
    }
    let recorder = recorder.hang_up();
    recorder.decided_again("s-1");
    // In the file every frame has the largest size of them.
    let video = Video::read(&recorder.file("s-1.mkv"), 640, 640);
    video.leaks_nothing();
    assert!(video.frames.iter().any(|frame| frame.crm_pixels() > 10_000));
}

#[test]
fn a_large_screen_is_recorded_to_its_edges_also_of_windows_partly_off_it() {
    let display = Display::of_size(3840, 2160);
    let _crm = Canary::crm(&display, "1500x1000+2600+1500", &["popup"]);
    let _corner = Canary::crm(&display, "300x200+-100+-80", &["popup"]);
    let _secret = Canary::secret(&display, "200x200+3740+2060", &["popup"]);
    display.shows(3800, 2150, SECRET);
    display.shows(150, 100, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    let recorder = recorder.hang_up();
    recorder.decided_again("s-1");
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    let last = video.frames.last().unwrap();
    assert!(last.is_crm(3830, 1800) && last.is_crm(2700, 2150) && last.is_crm(5, 5));
    assert!(last.is_black(3800, 2150) && last.is_black(1000, 1000));
}
