//! The employee's side: the mark that says what is recorded, and the two keys.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, EventMask, GetGeometryReply, GrabMode,
    ImageFormat, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, KeyButMask, MapState, ModMask, StackMode, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;

use crate::harness::{CRM, Canary, Display, Recorder, SECRET, Session, journal_verifies, program, wait_for};

/// The dot while something is recorded.
const RED: u32 = 0xff_0000;

/// The middle of the dot, in the mark.
const DOT: (i16, i16) = (14, 15);

/// A screen with the allowed window, and a recorder that waits for a call.
fn ready(session: Session) -> (Display, Canary, Recorder) {
    let display = Display::start();
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let recorder = session.start(&display);
    (display, crm, recorder)
}

/// The mark, if there is one.
fn mark(display: &Display) -> Option<Window> {
    let children = display.conn.query_tree(display.root).unwrap().reply().unwrap().children;
    children.into_iter().find(|child| {
        let class = display
            .conn
            .get_property(false, *child, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 100)
            .unwrap()
            .reply();
        class.is_ok_and(|class| class.value.starts_with(b"gardefou-mark"))
    })
}

fn place(display: &Display, window: Window) -> GetGeometryReply {
    display.conn.get_geometry(window).unwrap().reply().unwrap()
}

/// Whether the mark is on the screen and says that the screen is recorded.
fn says_recording(display: &Display, mark: Window) -> bool {
    let place = place(display, mark);
    display.pixel(place.x + DOT.0, place.y + DOT.1) == RED
}

/// The pixels of the mark.
fn picture(display: &Display, mark: Window) -> Vec<u8> {
    let place = place(display, mark);
    let (width, height) = (place.width, place.height);
    display
        .conn
        .get_image(ImageFormat::Z_PIXMAP, mark, 0, 0, width, height, u32::MAX)
        .unwrap()
        .reply()
        .unwrap()
        .data
}

/// The video plays and has the frames that were kept; the journal and the verdicts are whole.
fn whole(recorder: &Recorder) -> usize {
    let journal = recorder.store("journal");
    if journal.exists() {
        journal_verifies(&journal);
    }
    recorder.video("s-1").unwrap().leaks_nothing();
    recorder.plays_what_is_decided_again("s-1")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

#[test]
fn the_mark_is_there_before_the_first_frame_and_goes_with_the_call() {
    let (display, _crm, mut recorder) = ready(Session::default());
    assert_eq!(mark(&display), None, "no call, no mark");
    recorder.call("ringing");
    recorder.says("not recording: no-call");
    let shown = wait_for("the mark", || mark(&display));
    let attributes = display.conn.get_window_attributes(shown).unwrap().reply().unwrap();
    assert!(attributes.override_redirect && attributes.map_state == MapState::VIEWABLE);
    let at = place(&display, shown);
    assert_eq!(
        (usize::try_from(at.x).unwrap() + usize::from(at.width), at.y),
        (Display::SIZE.0, 0),
        "the top right corner"
    );
    assert!(!says_recording(&display, shown));
    recorder.connect();
    wait_for("the red dot", || says_recording(&display, shown).then_some(()));
    recorder.frames(2);
    recorder.condition("employee-paused", Some(true));
    recorder.says("not recording: paused");
    wait_for("the dot to go", || (!says_recording(&display, shown)).then_some(()));
    recorder.condition("employee-paused", Some(false));
    wait_for("the red dot", || says_recording(&display, shown).then_some(()));
    recorder.call("after-call");
    recorder.says("ended: no-call");
    wait_for("the dot to go", || (!says_recording(&display, shown)).then_some(()));
    recorder.call("none");
    wait_for("the mark to go", || mark(&display).is_none().then_some(()));
    let recorder = recorder.close();
    whole(&recorder);
    // It was on top in every look from the first on: no frame is kept without it.
    let trace = recorder.trace("s-1");
    let frames: Vec<&Value> = trace.iter().filter(|line| line["windows"].is_array()).collect();
    assert!(!frames.is_empty());
    for frame in frames {
        assert_eq!(frame["windows"][0][0], shown, "{frame}");
    }
}

#[test]
fn the_red_dot_is_on_the_screen_before_the_first_frame_is_in_the_file() {
    let (display, _crm, mut recorder) = ready(Session::default());
    // What was said last before "recording" was said: the mark's words come first.
    recorder.conditions();
    recorder.call("connected");
    wait_for("the first frame", || {
        recorder.file("s-1.part-1.mkv").exists().then_some(())
    });
    assert!(says_recording(&display, mark(&display).unwrap()));
    whole(&recorder.hang_up());
}

#[test]
fn the_mark_over_the_allowed_window_is_black() {
    let display = Display::start();
    // No window manager's frame: the corner of the screen is the window's own.
    let _crm = Canary::crm(&display, "400x300+241+0", &["popup"]);
    display.shows(600, 100, CRM);
    let rules = crate::harness::rules(
        r#"{ executable = "crm-desk" }, { executable = "gardefou-recorder" }"#,
        "",
    );
    let mut recorder = Session {
        rules,
        options: vec!["--identities"],
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    recorder.frames(4);
    let at = place(&display, mark(&display).unwrap());
    assert!(says_recording(&display, mark(&display).unwrap()));
    let recorder = recorder.hang_up();
    whole(&recorder);
    for frame in &recorder.video("s-1").unwrap().frames {
        for x in at.x..at.x + i16::try_from(at.width).unwrap() {
            for y in at.y..at.y + i16::try_from(at.height).unwrap() {
                assert!(frame.is_black(x.try_into().unwrap(), y.try_into().unwrap()), "{x}, {y}");
            }
        }
        assert!(frame.is_crm(400, 200));
    }
}

#[test]
fn both_languages_by_the_locale_or_by_the_option() {
    let pictures = |locale, options: &[&'static str]| {
        let (display, _crm, mut recorder) = ready(Session {
            locale,
            options: options.to_vec(),
            ..Session::default()
        });
        recorder.call("ringing");
        recorder.says("not recording: no-call");
        let shown = wait_for("the mark", || mark(&display));
        recorder.frames(1);
        let refused = picture(&display, shown);
        recorder.connect();
        recorder.frames(1);
        (refused, picture(&display, shown))
    };
    let french = pictures("fr_FR.UTF-8", &[]);
    let english = pictures("C.UTF-8", &[]);
    assert_eq!(pictures("C.UTF-8", &["--language", "fr"]), french);
    assert_eq!(pictures("fr_FR.UTF-8", &["--language", "en"]), english);
    assert!(french.0 != english.0 && french.1 != english.1);
}

#[test]
fn a_mark_that_is_killed_ends_the_recording_and_leaves_everything_whole() {
    let (display, _crm, mut recorder) = ready(Session {
        stores: true,
        ..Session::default()
    });
    recorder.connect();
    recorder.frames(3);
    let first = mark(&display).unwrap();
    display.xdotool(&["windowkill", &first.to_string()]);
    recorder.says("ended: the mark that tells the employee of the recording was closed");
    assert_eq!(mark(&display), None);
    let frames = recorder.trace("s-1").len();
    recorder.call("after-call");
    recorder.call("none");
    recorder.says("kept");
    let asked = recorder.trace("s-1");
    assert!(asked.iter().skip(frames).all(|line| line["event"] != "frame"));
    let recorder = recorder.close();
    assert!(whole(&recorder) >= 3);
}

#[test]
fn a_mark_that_is_hidden_or_destroyed_ends_the_recording_and_the_next_call_has_another() {
    let (display, _crm, mut recorder) = ready(Session {
        options: vec!["--language", "fr"],
        ..Session::default()
    });
    recorder.connect();
    recorder.frames(2);
    let shown = mark(&display).unwrap();
    display.conn.unmap_window(shown).unwrap();
    display.sync();
    recorder.says("ended: la marque qui informe le salarié de l'enregistrement a été masquée");
    recorder.call("none");
    recorder.says("kept");
    assert_eq!(mark(&display), None);

    let facts = crate::harness::facts("s-2").to_string();
    std::fs::write(display.folder.path().join("facts.json"), facts).unwrap();
    recorder.connect_again();
    let second = mark(&display).unwrap();
    assert!(says_recording(&display, second));
    display.conn.destroy_window(second).unwrap();
    display.sync();
    recorder.says("ended: la marque qui informe le salarié de l'enregistrement a été fermée");
    let recorder = recorder.hang_up();
    whole(&recorder);
    recorder.decided_again("s-2");
    assert!(!recorder.video("s-2").unwrap().frames.is_empty());
}

#[test]
fn a_popup_over_the_mark_is_under_it_at_once() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    let shown = mark(&display).unwrap();
    let at = place(&display, shown);
    let over = format!("{}x{}+{}+{}", at.width, at.height + 20, at.x, at.y);
    let popup = Canary::secret(&display, &over, &["popup"]);
    wait_for("the mark on top", || says_recording(&display, shown).then_some(()));
    assert_eq!(display.pixel(at.x + 5, i16::try_from(at.height).unwrap() + 10), SECRET);
    recorder.frames(3);
    // Somebody moves it: it goes back.
    display.place(shown, 0, 200);
    wait_for("the mark at its place", || {
        (place(&display, shown).x == at.x).then_some(())
    });
    recorder.frames(3);
    display.raise(popup.window);
    wait_for("the mark on top", || says_recording(&display, shown).then_some(()));
    recorder.frames(2);
    let recorder = recorder.hang_up();
    assert_eq!(recorder.times("stays covered"), 0, "{:?}", recorder.said());
    assert!(whole(&recorder) >= 8);
}

#[test]
fn a_mark_that_stays_covered_ends_the_recording_and_nobody_spins() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    let shown = mark(&display).unwrap();
    let at = place(&display, shown);
    let over = format!("{}x{}+{}+{}", at.width, at.height + 20, at.x, at.y);
    let popup = Canary::secret(&display, &over, &["popup"]);
    let told = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    display.conn.change_window_attributes(display.root, &told).unwrap();
    display.sync();
    let begun = Instant::now();
    let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
    let mut raises = 0_u32;
    while recorder.times("ended: ") == 0 {
        assert!(begun.elapsed() < crate::harness::PATIENCE, "{:?}", recorder.said());
        display.conn.configure_window(popup.window, &above).unwrap();
        display.sync();
        while let Some(event) = display.conn.poll_for_event().unwrap() {
            raises += u32::from(matches!(event, Event::ConfigureNotify(e) if e.window == shown));
        }
    }
    recorder.says("ended: the mark that tells the employee of the recording stays covered by another window");
    let most = begun.elapsed().as_millis() / 100 + 2;
    assert!(u128::from(raises) <= most, "{raises} times in {:?}", begun.elapsed());
    assert!(raises > 0);
    whole(&recorder.hang_up());
}

#[test]
fn without_a_mark_a_call_is_not_recorded() {
    let (display, _crm, mut recorder) = ready(Session::default());
    // The server takes no more clients.
    let clients: Vec<_> = std::iter::from_fn(|| x11rb::connect(Some(&display.name)).ok()).collect();
    assert!(clients.len() > 10);
    recorder.conditions();
    recorder.call("connected");
    recorder.says("this call is not recorded: cannot connect to the X server");
    recorder.call("none");
    drop(clients);
    assert!(!recorder.file("s-1.jsonl").exists());
    wait_for("room for a client", || x11rb::connect(Some(&display.name)).ok());
    recorder.connect();
    recorder.frames(1);
    recorder.call("none");
    recorder.says("kept");
    recorder.interrupt();
    assert_eq!(recorder.ended(), 1);
    whole(&recorder);
}

#[test]
fn the_pause_key_pauses_and_goes_on() {
    let (display, _crm, mut recorder) = ready(Session::default());
    display.xdotool(&["key", "ctrl+alt+p"]);
    recorder.says("the pause key was pressed, and no call is recorded");
    recorder.connect();
    recorder.frames(2);
    // With NumLock and CapsLock too.
    display.xdotool(&["key", "Num_Lock", "key", "Caps_Lock"]);
    let locked = display.conn.query_pointer(display.root).unwrap().reply().unwrap().mask;
    assert!(
        locked.contains(KeyButMask::LOCK) && locked.contains(KeyButMask::MOD2),
        "{locked:?}"
    );
    display.xdotool(&["key", "ctrl+alt+p"]);
    recorder.says("the employee pauses");
    recorder.says("not recording: paused");
    recorder.frames(3);
    display.xdotool(&["key", "ctrl+alt+p"]);
    recorder.says("the employee ends the pause");
    recorder.says_times(": recording", 2);
    recorder.frames(2);
    // What was told besides stays.
    display.xdotool(&["key", "ctrl+alt+p"]);
    recorder.says_times("not recording: paused", 2);
    recorder.condition("employee-paused", Some(true));
    display.xdotool(&["key", "ctrl+alt+p"]);
    recorder.says_times("the employee ends the pause", 2);
    recorder.frames(3);
    assert_eq!(recorder.times(": recording"), 2, "{:?}", recorder.said());
    recorder.condition("employee-paused", Some(false));
    recorder.says_times(": recording", 3);
    whole(&recorder.hang_up());
}

#[test]
fn a_pause_that_was_never_told_stays_unknown() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.conditions();
    recorder.condition("employee-paused", None);
    recorder.call("connected");
    recorder.says("not recording: paused");
    display.xdotool(&["key", "ctrl+alt+p"]);
    display.xdotool(&["key", "ctrl+alt+p"]);
    recorder.says("the employee ends the pause");
    recorder.frames(3);
    let recorder = recorder.hang_up();
    assert_eq!(recorder.times(": recording"), 0);
    recorder.decided_again("s-1");
}

/// Keys that are pressed and let go as by a keyboard: when this comes back, the server has them.
fn press(display: &Display, signs: &[u32]) {
    let codes: Vec<u8> = signs.iter().map(|sign| code(display, *sign)).collect();
    codes.iter().for_each(|code| fake(display, KEY_PRESS_EVENT, *code));
    codes
        .iter()
        .rev()
        .for_each(|code| fake(display, KEY_RELEASE_EVENT, *code));
    display.sync();
}

fn fake(display: &Display, kind: u8, code: u8) {
    let root = display.root;
    display.conn.xtest_fake_input(kind, code, 0, root, 0, 0, 0).unwrap();
}

/// The key that gives that sign.
fn code(display: &Display, sign: u32) -> u8 {
    let setup = display.conn.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let mapping = display
        .conn
        .get_keyboard_mapping(first, last - first + 1)
        .unwrap()
        .reply()
        .unwrap();
    let mut keys = mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode));
    first + u8::try_from(keys.position(|signs| signs[0] == sign).unwrap()).unwrap()
}

const CTRL: u32 = 0xffe3;
const ALT: u32 = 0xffe9;

#[test]
fn a_layout_that_changes_while_the_keys_are_held_loses_no_key() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    let mut paused = 0;
    for layout in ["fr", "de", "us"] {
        let held = [CTRL, ALT].map(|sign| code(&display, sign));
        held.iter().for_each(|code| fake(&display, KEY_PRESS_EVENT, *code));
        let status = program("setxkbmap").env("DISPLAY", &display.name).arg(layout).status();
        assert!(status.unwrap().success());
        let letter = code(&display, u32::from(b'p'));
        fake(&display, KEY_PRESS_EVENT, letter);
        fake(&display, KEY_RELEASE_EVENT, letter);
        held.iter().for_each(|code| fake(&display, KEY_RELEASE_EVENT, *code));
        display.sync();
        paused += 1;
        recorder.says_times("not recording: paused", paused);
        press(&display, &[CTRL, ALT, u32::from(b'p')]);
        recorder.says_times(": recording", 1 + paused);
    }
    let recorder = recorder.hang_up();
    whole(&recorder);
}

#[test]
fn a_key_acts_before_the_next_frame() {
    let (display, _crm, mut recorder) = ready(Session {
        options: vec!["--fps", "30"],
        ..Session::default()
    });
    recorder.connect();
    let mut pauses = Vec::new();
    for round in 0..10 {
        recorder.frames(3);
        press(&display, &[CTRL, ALT, u32::from(b'p')]);
        let from = now();
        recorder.says_times("not recording: paused", round + 1);
        pauses.push((from, now()));
        press(&display, &[CTRL, ALT, u32::from(b'p')]);
        recorder.says_times(": recording", round + 2);
    }
    let recorder = recorder.hang_up();
    for answer in recorder.verdicts("s-1").iter().filter(|a| a["question"] == "frame") {
        let at = answer["at"].as_u64().unwrap();
        // The clock counts whole ms.
        if pauses.iter().any(|(from, to)| (*from + 1..*to).contains(&at)) {
            assert_eq!(
                (&answer["action"], &answer["reason"]),
                (&"skip".into(), &"paused".into())
            );
        }
    }
    whole(&recorder);
}

#[test]
fn the_private_call_key_deletes_the_video_at_once_and_for_good() {
    let (display, _crm, mut recorder) = ready(Session {
        options: vec!["--private-key", "super+f9"],
        ..Session::default()
    });
    recorder.connect();
    recorder.frames(3);
    display.xdotool(&["key", "ctrl+alt+o"]);
    display.xdotool(&["key", "super+F9"]);
    recorder.says("the employee says that this call is private");
    recorder.says("ended: private-call");
    recorder.says("discarded");
    assert!(!recorder.file("s-1.mkv").exists());
    assert_eq!(recorder.times("private call"), 0);
    // Neither the key nor the telephone takes it back.
    display.xdotool(&["key", "super+F9"]);
    recorder.condition("private-call", Some(false));
    recorder.condition("employee-paused", Some(false));
    let recorder = recorder.hang_up();
    assert!(!recorder.file("s-1.mkv").exists());
    recorder.ends_in_a_discard("s-1");
}

#[test]
fn the_private_call_key_is_not_too_late_just_after_the_call() {
    let (display, _crm, mut recorder) = ready(Session::default());
    recorder.connect();
    recorder.frames(2);
    recorder.call("none");
    recorder.says("ended: no-call");
    press(&display, &[CTRL, ALT, u32::from(b'o')]);
    let recorder = recorder.close();
    recorder.says("discarded");
    assert!(!recorder.file("s-1.mkv").exists());
    recorder.decided_again("s-1");
}

#[test]
fn a_key_of_another_program_or_none_is_said_with_the_way_out() {
    let display = Display::start();
    let bad = |options: &[&'static str], text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let session = Session {
            options: options.to_vec(),
            ..Session::default()
        };
        let mut recorder = session.start_anyhow(Some(&display.name), folder.path());
        assert_eq!(recorder.ended(), 2, "{:?}", recorder.said());
        recorder.says(text);
    };
    bad(&["--pause-key", "p"], "nobody could type that key any more");
    bad(&["--pause-key", "ctrl+alt+o"], "cannot be the pause key and");
    bad(&["--private-key", "f24"], "this keyboard has no key `f24`");
    let first = Session::default().start(&display);
    bad(
        &[],
        "another program holds the key `ctrl+alt+p`; help: give another with `--pause-key`",
    );
    bad(&["--pause-key", "f7"], "another program holds the key `ctrl+alt+o`");
    drop(first);
    // Held with NumLock only: it would not be heard then.
    wait_for("the key to be free", || {
        let (held, code) = (ModMask::M2, 75);
        let mode = GrabMode::ASYNC;
        let grab = display
            .conn
            .grab_key(false, display.root, held, code, mode, mode)
            .unwrap();
        grab.check().ok()
    });
    bad(&["--pause-key", "f9"], "another program holds the key `f9`");
}
