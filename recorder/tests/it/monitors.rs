//! Screens of several monitors, large ones, and windows partly off them.

use crate::harness::{CRM, Canary, Display, SECRET, Session, program};

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
