//! The mark is seen, not assumed.

use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{AtomEnum, ClipOrdering, ConnectionExt as _, CreateGCAux, Rectangle, Window};

use crate::harness::{CRM, Canary, Display, Recorder, Session, wait_for};

/// Kept frames, as far as they are told of.
fn kept(recorder: &Recorder) -> usize {
    let verdicts = recorder.verdicts("s-1");
    verdicts.iter().filter(|answer| answer["action"] == "keep").count()
}

/// While the mark is spoilt nothing is recorded; once it is as it was, recording goes on.
fn holds(spoil: impl Fn(&Display, Window), mend: impl Fn(&Display, Window)) {
    let display = Display::start();
    let _crm = Canary::crm(&display, "300x300+10+100", &[]);
    display.shows(200, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    let mark = mark(&display);
    for round in 1..=2 {
        spoil(&display, mark);
        display.sync();
        recorder.says_times(
            "not recording: the mark that tells the employee of the recording cannot be seen",
            round,
        );
        let before = kept(&recorder);
        std::thread::sleep(std::time::Duration::from_millis(700));
        assert_eq!(kept(&recorder), before, "a frame was kept that nobody was told of");
        mend(&display, mark);
        display.sync();
        recorder.says_times(": recording", round + 1);
    }
    let recorder = recorder.hang_up();
    assert!(recorder.shows_crm_and_nothing_else(200, 200) > 0);
}

#[test]
fn without_a_mark_that_is_whole_nothing_is_recorded() {
    holds(
        |display, mark| {
            let part = Rectangle {
                x: 0,
                y: 0,
                width: 200,
                height: 100,
            };
            let conn = &display.conn;
            conn.shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, mark, 0, 0, &[part])
                .unwrap();
        },
        |display, mark| {
            let conn = &display.conn;
            conn.shape_mask(SO::SET, SK::BOUNDING, mark, 0, 0, x11rb::NONE).unwrap();
        },
    );
}

#[test]
fn without_a_mark_that_says_what_it_is_to_say_nothing_is_recorded() {
    holds(
        |display, mark| {
            let brush = x11rb::connection::Connection::generate_id(&display.conn).unwrap();
            let white = CreateGCAux::new().foreground(0xff_ffff);
            display.conn.create_gc(brush, mark, &white).unwrap();
            let dot = Rectangle {
                x: 5,
                y: 5,
                width: 20,
                height: 20,
            };
            display.conn.poly_fill_rectangle(mark, brush, &[dot]).unwrap();
            display.conn.free_gc(brush).unwrap();
        },
        |display, mark| {
            display.conn.clear_area(false, mark, 0, 0, 0, 0).unwrap();
        },
    );
}
