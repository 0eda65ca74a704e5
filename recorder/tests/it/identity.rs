//! Who is behind a window is who opened its connection.

use std::path::PathBuf;

use crate::harness::{CRM, Canary, Display, Session, install};

/// A program of that name which does nothing for long.
fn sleeper(display: &Display, name: &str) -> PathBuf {
    let folder = display.folder.path().join("other");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    install(std::path::Path::new("/bin/sleep"), &file);
    file
}

#[test]
fn a_program_that_becomes_another_with_its_window_open_is_nobody_from_then_on() {
    let display = Display::start();
    let mut crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    let other = sleeper(&display, "mail");
    crm.change(&format!("become={}", other.display()));
    recorder.says("not recording: no-training-window");
    assert_eq!(display.pixel(300, 200), CRM, "its window is still there");
    recorder.frames(3);
    assert_eq!(recorder.times(": recording"), 1);
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(300, 200) > 0);
}

#[test]
fn a_program_that_becomes_the_allowed_one_is_still_nobody() {
    let display = Display::start();
    let mut mail = Canary::secret(&display, "400x300+50+50", &[]);
    // The recorder has seen who opened the connection when it starts.
    let mut recorder = Session::default().start(&display);
    let allowed = sleeper(&display, "crm-desk");
    mail.change(&format!("become={}", allowed.display()));
    recorder.conditions();
    recorder.call("connected");
    recorder.says("not recording: no-training-window");
    recorder.frames(4);
    let recorder = recorder.hang_up();
    assert_eq!(recorder.times(": recording"), 0, "{:?}", recorder.said());
}

#[test]
fn a_program_whose_file_was_replaced_is_nobody() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    let other = sleeper(&display, "new");
    std::fs::rename(other, display.folder.path().join("crm-desk")).unwrap();
    recorder.says("not recording: no-training-window");
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(300, 200) > 0);
}
