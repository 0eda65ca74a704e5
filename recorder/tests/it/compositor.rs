//! Under a compositing manager: shadows, fading, translucent windows.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, WindowClass};

use crate::harness::{CRM, Canary, Display, Running, Session, mark, program, wait_for};

fn owner(display: &Display) -> u32 {
    let selection = display.atom("_NET_WM_CM_S0");
    display
        .conn
        .get_selection_owner(selection)
        .unwrap()
        .reply()
        .unwrap()
        .owner
}

/// A compositing manager as people use it; every window that has not the focus is translucent.
fn picom(display: &Display, options: &[&str]) -> Running {
    let manager = Running::start(
        program("picom")
            .env("DISPLAY", &display.name)
            .args(["--config", "/dev/null", "--backend", "xrender", "--shadow", "--fading"])
            .args(["--inactive-opacity", "0.8"])
            .args(["--log-level", "debug", "--log-file"])
            .arg(log(display))
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null()),
    );
    wait_for("picom", || (owner(display) != 0).then_some(()));
    manager
}

fn log(display: &Display) -> PathBuf {
    display.folder.path().join("picom.log")
}

/// Waits until the manager has logged that so often.
fn logs(display: &Display, what: &str, times: usize) {
    wait_for(what, || {
        let text = std::fs::read_to_string(log(display)).unwrap_or_default();
        (text.matches(what).count() >= times).then_some(())
    });
}

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

#[test]
fn of_translucent_windows_only_the_allowed_one_is_recorded() {
    let display = Display::start();
    let _manager = picom(&display, &[]);
    let _behind = Canary::secret(&display, "500x400+20+30", &[]);
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.raise(crm.window);
    // It is translucent once another window has the focus.
    let _focused = Canary::secret(&display, "60x40+570+420", &[]);
    wait_for("translucence", || {
        let seen = display.pixel(300, 300);
        (seen != CRM && seen & 0xff != 0).then_some(())
    });
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(4);

    // One over it, translucent too, that moves and fades out.
    for step in 0..3 {
        let over = Canary::secret(&display, "150x100+200+150", &[]);
        recorder.frames(2);
        display.place(over.window, 150 + step * 20, 120);
        recorder.frames(1);
        over.close();
        pause(60);
    }
    recorder.frames(5);
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(100, 100) > 4);
    let video = recorder.video("s-1").unwrap();
    let last = video.frames.last().unwrap();
    assert!(last.is_crm(275, 200), "what was covered is shown again");
    assert!(
        video.frames.iter().any(|frame| frame.is_black(275, 200)),
        "it was never covered"
    );
}

#[test]
fn a_compositing_manager_that_comes_and_goes_in_mid_call_leaves_nothing_stale() {
    let display = Display::start();
    let mut crm = Canary::crm(&display, "400x300+50+50", &["own"]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    for _ in 0..2 {
        // What lies over the window was on the screen at its place all the time, and it paints no more.
        let over = Canary::secret(&display, "150x100+200+150", &["popup"]);
        recorder.frames(1);
        crm.change("still");
        let manager = picom(&display, &[]);
        recorder.frames(3);
        over.close();
        recorder.frames(3);
        drop(manager);
        wait_for("its end", || (owner(&display) == 0).then_some(()));
        recorder.frames(3);
        crm.change("delay=0");
        recorder.frames(2);
    }
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(250, 200) > 4);
}

#[test]
fn a_mark_that_a_manager_lets_shine_through_is_none() {
    let display = Display::start();
    let _manager = picom(&display, &[]);
    let _crm = Canary::crm(&display, "300x300+10+100", &[]);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    let mark = mark(&display);
    for round in 1..=2 {
        display.set(mark, "_NET_WM_WINDOW_OPACITY", 0xc000_0000);
        recorder.says_times(
            "not recording: the mark that tells the employee of the recording cannot be seen",
            round,
        );
        display.set(mark, "_NET_WM_WINDOW_OPACITY", u32::MAX);
        recorder.says_times(": recording", round + 1);
    }
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(200, 200) > 0);
}

#[test]
fn a_manager_that_would_leave_the_screen_to_one_window_leaves_it_to_none_that_hides_the_mark() {
    let display = Display::start();
    let mut crm = Canary::crm(&display, "400x300+50+50", &["own"]);
    let options = ["--unredir-if-possible", "--inactive-opacity", "1.0"];
    let _manager = picom(&display, &options);
    logs(&display, "Screen redirected", 1);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    crm.change("still");
    for round in 1..=3 {
        let whole = Canary::secret(&display, "641x479+0+0", &["popup"]);
        recorder.says_times("not recording: no-training-window", round);
        recorder.frames(2);
        whole.close();
        recorder.says_times(": recording", 1 + round);
        recorder.frames(2);
    }
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(250, 200) > 4);
}

#[test]
fn a_window_that_can_be_seen_through_is_not_recorded_under_a_manager() {
    // Whoever owns this selection is one: nothing else is needed to say so.
    let display = Display::start();
    let owner = display.conn.generate_id().unwrap();
    let (class, aux) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
    display
        .conn
        .create_window(0, owner, display.root, 0, 0, 1, 1, 0, class, 0, &aux)
        .unwrap()
        .check()
        .unwrap();
    display
        .conn
        .set_selection_owner(owner, display.atom("_NET_WM_CM_S0"), 0u32)
        .unwrap()
        .check()
        .unwrap();
    let mut recorder = Session::default().start(&display);
    recorder.conditions();
    recorder.call("connected");
    let deep = Canary::crm(&display, "200x150+10+10", &["argb"]);
    recorder.frames(4);
    deep.close();
    recorder.says("not recording: no-training-window");
    assert_eq!(recorder.times(": recording"), 0, "{:?}", recorder.said());
    let crm = Canary::crm(&display, "300x200+100+100", &[]);
    recorder.says_times(": recording", 1);
    display.set(crm.window, "_NET_WM_WINDOW_OPACITY", 0x8000_0000);
    recorder.says_times("not recording: no-training-window", 2);
    display.set(crm.window, "_NET_WM_WINDOW_OPACITY", u32::MAX);
    recorder.says_times(": recording", 2);
    recorder.frames(2);
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(200, 200) > 0);
}

/// Sixty operations a second on windows of all kinds, for some seconds.
fn commotion(display: &Display, green: u32, others: &[u32], seconds: u64) {
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut dice: u32 = 7;
    let mut roll = |sides: u32| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 8) % sides
    };
    while Instant::now() < until {
        let window = if roll(15) == 0 {
            green
        } else {
            others[roll(others.len() as u32) as usize]
        };
        match roll(6) {
            0 => display.raise(window),
            1 => {
                display.conn.unmap_window(window).unwrap();
            }
            2 | 3 => {
                display.conn.map_window(window).unwrap();
            }
            4 => display.place(window, roll(500).cast_signed() - 100, roll(400).cast_signed() - 100),
            _ => {
                let size = ConfigureWindowAux::new().width(50 + roll(350)).height(50 + roll(250));
                display.conn.configure_window(window, &size).unwrap();
            }
        }
        display.sync();
        pause(16);
    }
}

/// Records a commotion, for each kind of allowed window.
fn no_pixel_leaks(display: &Display) {
    let options: [&[&str]; 4] = [&[], &["popup"], &["own"], &["own", "popup"]];
    let others: Vec<Canary> = options
        .into_iter()
        .map(|options| Canary::secret(display, "220x160+250+180", options))
        .collect();
    for kind in [&[] as &[&str], &["own"]] {
        let crm = Canary::crm(display, "300x220+60+70", kind);
        let mut recorder = Session::default().start(display);
        recorder.connect();
        let windows: Vec<u32> = others.iter().map(|other| other.window).collect();
        commotion(display, crm.window, &windows, 5);
        let recorder = recorder.hang_up();
        recorder.decided_again("s-1");
        let video = recorder.video("s-1").unwrap();
        video.leaks_nothing();
        assert!(
            video.frames.iter().any(|frame| frame.crm_pixels() > 500),
            "{kind:?}: nothing was recorded"
        );
        crm.close();
        std::fs::remove_dir_all(display.folder.path().join("out")).unwrap();
    }
}

#[test]
fn in_a_commotion_of_windows_no_pixel_leaks() {
    no_pixel_leaks(&Display::start());
}

#[test]
fn in_a_commotion_of_windows_under_a_manager_no_pixel_leaks() {
    let display = Display::start();
    let _manager = picom(&display, &["--unredir-if-possible"]);
    no_pixel_leaks(&display);
}
