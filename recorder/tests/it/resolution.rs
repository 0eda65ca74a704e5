//! The screen gets another resolution in mid-call: the call is still one file.

use crate::harness::{CRM, Canary, Display, SECRET, Session};

#[test]
fn a_call_in_which_the_resolution_changes_is_one_file() {
    let display = Display::of_size(1000, 700);
    let mut crm = Canary::crm(&display, "400x300+50+50", &[]);
    let _secret = Canary::secret(&display, "100x100+100+100", &[]);
    display.shows(300, 250, CRM);
    display.shows(150, 150, SECRET);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(4);
    for (width, height) in [(801, 601), (1000, 700)] {
        display.resize(width, height);
        recorder.frames(5);
    }
    let parts: Vec<bool> = (1..=4)
        .map(|part| recorder.file(&format!("s-1.part-{part}.mkv")).exists())
        .collect();
    assert_eq!(parts, [true, true, true, false]);
    // What is on the screen after the last change is in the last part.
    crm.change("title=Ticket 8");
    recorder.frames(2);
    let recorder = recorder.hang_up();
    recorder.says("kept");
    for part in 1..=3 {
        assert!(!recorder.file(&format!("s-1.part-{part}.mkv")).exists());
    }
    recorder.plays_what_was_kept("s-1");
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    assert!(video.frames.iter().all(|frame| frame.is_crm(300, 250)));
    assert!(video.frames.iter().all(|frame| frame.is_black(900, 650)));
    assert!(video.frames.iter().all(|frame| frame.is_black(150, 150)));
    let surfaces: Vec<_> = recorder
        .trace("s-1")
        .into_iter()
        .filter(|line| line["surface"].is_array())
        .map(|line| line["surface"].clone())
        .collect();
    assert_eq!(surfaces.len(), 3, "{surfaces:?}");
    recorder.decided_again("s-1");
}

#[test]
fn a_call_of_two_resolutions_that_is_cut_holds_no_more_than_may_be_kept() {
    let display = Display::of_size(1000, 700);
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 250, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(3);
    display.resize(800, 600);
    recorder.frames(6);
    let hung_up = recorder.hung_up_before(3);
    let recorder = recorder.close();
    recorder.says("cut to frames");
    assert!(!recorder.file("s-1.part-1.mkv").exists() && !recorder.file("s-1.part-2.mkv").exists());
    let video = recorder.video("s-1").unwrap();
    let shown = recorder.kept_before("s-1", hung_up);
    assert_eq!(*video.times.first().unwrap(), 0);
    assert!(*video.times.last().unwrap() <= shown, "{:?} after {shown}", video.times);
    assert!(video.frames.iter().all(|frame| frame.is_crm(300, 250)));
    recorder.decided_again("s-1");
}
