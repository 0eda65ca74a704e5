//! Which pixels are recorded: those of the allowed window that nothing lies over, and no others.

use serde_json::Value;

use crate::harness::{CRM, Canary, Display, Frame, Recorder, SECRET, Session};

/// The windows and regions of each frame that was kept, held against the pixels of the video.
fn holds_together(recorder: &Recorder) -> usize {
    let video = recorder.video("s-1").unwrap();
    let answers = recorder.decided_again("s-1");
    let kept: Vec<&Value> = answers
        .iter()
        .filter(|a| a["question"] == "frame" && a["action"] == "keep")
        .collect();
    // A frame that was taken while the hang-up was on its way is cut off.
    let end = answers.iter().find_map(|answer| answer["range"][1].as_u64());
    let last = end.map_or(u64::MAX, |end| recorder.kept_before("s-1", end));
    let mut encoded = recorder.encoded_at("s-1");
    encoded.retain(|(from, _)| *from <= last);
    let times: Vec<u64> = encoded.iter().map(|(from, _)| *from).collect();
    assert_eq!(
        video.times, times,
        "the video has the frames that were kept, and no others"
    );
    for (frame, (_, at)) in video.frames.iter().zip(&encoded) {
        let answer = kept.iter().find(|answer| answer["at"] == *at).unwrap();
        let side = |rect: &Value, n: usize| rect[n].as_u64().unwrap() as usize;
        let keep: Vec<_> = answer["keep"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rect| (side(rect, 0), side(rect, 1), side(rect, 2), side(rect, 3)))
            .collect();
        frame.shows_exactly(&keep);
    }
    video.leaks_nothing();
    kept.len()
}

#[test]
fn only_the_allowed_window_and_only_while_the_call_lasts() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.conditions();
    recorder.call("ringing");
    recorder.says("not recording: no-call");
    recorder.frames(3);
    recorder.connect();
    recorder.frames(3);
    // A window over it, then a popup that no window manager lists.
    let secret = Canary::secret(&display, "150x100+100+120", &[]);
    display.shows(150, 180, SECRET);
    recorder.frames(3);
    let popup = Canary::secret(&display, "120x80+300+200", &["popup"]);
    display.shows(350, 250, SECRET);
    recorder.frames(3);
    popup.close();
    secret.close();
    display.shows(150, 180, CRM);
    recorder.frames(4);
    recorder.call("after-call");
    recorder.says("recording of this call ended: no-call");
    let recorder = recorder.hang_up();

    let kept = holds_together(&recorder);
    assert!(kept >= 12, "{kept}");
    let video = recorder.video("s-1").unwrap();
    let all = 400 * 300;
    let shown: Vec<usize> = video.frames.iter().map(Frame::crm_pixels).collect();
    assert!(shown[0] > all * 95 / 100, "{shown:?}");
    assert!(
        shown.iter().any(|shown| *shown < all * 80 / 100),
        "nothing was blanked: {shown:?}"
    );
    assert!(*shown.last().unwrap() > all * 95 / 100, "{shown:?}");

    // Nothing before pick-up, nothing after hang-up.
    let trace = recorder.trace("s-1");
    let phase = |name: &str| {
        trace.iter().find(|line| line["phase"] == name).unwrap()["at"]
            .as_u64()
            .unwrap()
    };
    for answer in recorder
        .verdicts("s-1")
        .iter()
        .filter(|answer| answer["action"] == "keep")
    {
        let at = answer["at"].as_u64().unwrap();
        assert!(
            answer["question"] != "frame" || (phase("connected") <= at && at < phase("after-call")),
            "{answer}"
        );
    }
}

#[test]
fn a_window_that_is_raised_is_black_from_the_first_frame_that_shows_it() {
    let display = Display::start();
    let secret = Canary::secret(&display, "300x200+150+150", &[]);
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.raise(crm.window);
    display.shows(300, 250, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    for _ in 0..4 {
        display.raise(secret.window);
        display.shows(300, 250, SECRET);
        recorder.frames(2);
        display.raise(crm.window);
        display.shows(300, 250, CRM);
        recorder.frames(2);
    }
    for step in 0..20 {
        display.place(secret.window, 30 + step * 15, 60 + step * 5);
        display.raise(secret.window);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let recorder = recorder.hang_up();
    holds_together(&recorder);
}

#[test]
fn what_can_be_seen_through_or_is_not_wholly_its_own_is_not_recorded() {
    let display = Display::start();
    let deep = Canary::crm(&display, "200x150+10+10", &["argb"]);
    let mut recorder = Session::default().start(&display);
    recorder.conditions();
    recorder.call("connected");
    recorder.says("not recording: no-training-window");
    recorder.frames(2);
    deep.close();

    // One that claims to be another process.
    let liar = Canary::crm(&display, "200x150+10+10", &["claims=1"]);
    display.shows(100, 100, CRM);
    recorder.frames(4);
    liar.close();
    assert_eq!(recorder.times(": recording"), 0, "{:?}", recorder.said());

    let crm = Canary::crm(&display, "300x200+100+100", &[]);
    display.shows(200, 200, CRM);
    recorder.says_times(": recording", 1);
    display.set(crm.window, "_NET_WM_WINDOW_OPACITY", 0x8000_0000);
    recorder.says_times("not recording: no-training-window", 2);
    display.set(crm.window, "_NET_WM_WINDOW_OPACITY", u32::MAX);
    recorder.says_times(": recording", 2);

    // Another program's window inside it.
    let inside = format!("inside={}", crm.window);
    let stranger = Canary::secret(&display, "100x100+20+20", &[&inside]);
    recorder.says_times("not recording: no-training-window", 3);
    stranger.close();
    recorder.says_times(": recording", 3);
    crm.close();

    // Its corners are cut away, and show the desktop.
    let _shaped = Canary::crm(&display, "300x200+100+100", &["shaped"]);
    recorder.says_times(": recording", 4);
    recorder.frames(2);
    let recorder = recorder.hang_up();
    holds_together(&recorder);
}

#[test]
fn a_title_counts_from_the_frame_that_shows_it_and_is_written_nowhere() {
    let display = Display::start();
    let mut crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(2);
    // The title and the content change together, as in a real program.
    crm.change("title=Type your password, Mrs Canari");
    crm.change(&format!("colour=0x{SECRET:06x}"));
    recorder.says("not recording: no-training-window");
    recorder.frames(2);
    crm.change(&format!("colour=0x{CRM:06x}"));
    display.shows(300, 200, CRM);
    crm.change("title=Ticket 8");
    recorder.says_times(": recording", 2);
    let recorder = recorder.hang_up();
    holds_together(&recorder);
    let trace = std::fs::read_to_string(recorder.file("s-1.jsonl")).unwrap();
    for written in [trace, recorder.said().join("\n")] {
        for personal in ["Canari", "Ticket", "crm-desk", "Letter"] {
            assert!(!written.contains(personal), "{personal} is written");
        }
    }
}

#[test]
fn a_trace_with_identities_gives_the_same_verdicts() {
    let display = Display::start();
    let mut crm = Canary::crm(&display, "400x300+50+50", &[]);
    let _secret = Canary::secret(&display, "100x100+60+80", &[]);
    display.shows(300, 200, CRM);
    let mut recorder = Session {
        options: vec!["--identities"],
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    crm.change("title=A password");
    recorder.says("not recording: no-training-window");
    crm.change("title=Ticket 8");
    recorder.says_times(": recording", 2);
    let recorder = recorder.hang_up();
    holds_together(&recorder);
    let trace = std::fs::read_to_string(recorder.file("s-1.jsonl")).unwrap();
    assert!(
        trace.contains("Ticket 8") && trace.contains("crm-desk") && !trace.contains("kind"),
        "{trace}"
    );
}

#[test]
fn a_window_that_appears_moves_and_leaves_the_screen() {
    let display = Display::start();
    let mut recorder = Session::default().start(&display);
    recorder.conditions();
    recorder.call("connected");
    recorder.says("not recording: no-training-window");
    let crm = Canary::crm(&display, "400x300+50+50", &[]);
    recorder.says(": recording");
    for (x, y) in [(300, 50), (-200, 200), (500, 400), (-100, -100), (50, 50)] {
        display.place(crm.window, x, y);
        recorder.frames(2);
    }
    crm.close();
    recorder.says_times("not recording: no-training-window", 2);
    recorder.frames(2);
    let recorder = recorder.hang_up();
    holds_together(&recorder);
    assert!(recorder.trace("s-1").iter().any(|line| line["event"] == "window-gone"));
}

#[test]
fn the_reason_of_each_blank_part_is_told() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &["popup"]);
    let secret = Canary::secret(&display, "100x100+100+120", &["popup"]);
    display.shows(150, 180, SECRET);
    let mut recorder = Session::default().start(&display);
    recorder.connect();
    recorder.frames(3);
    let recorder = recorder.hang_up();
    let verdicts = recorder.verdicts("s-1");
    let kept = |answer: &&Value| answer["question"] == "frame" && answer["action"] == "keep";
    let last = verdicts.iter().rfind(kept).unwrap();
    let (mut pixels, all) = (0, 641 * 479);
    let area = |rect: &Value| rect[2].as_u64().unwrap() * rect[3].as_u64().unwrap();
    for part in last["blank"].as_array().unwrap() {
        pixels += area(&part["at"]);
        if part["at"] == serde_json::json!([100, 120, 100, 100]) {
            assert_eq!(
                (&part["why"], &part["window"]),
                (&"other-window".into(), &secret.window.into())
            );
        }
    }
    let told = |why: &str| -> u64 {
        let parts = last["blank"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|part| part["why"] == why);
        parts.map(|part| area(&part["at"])).sum()
    };
    assert!(told("other-window") >= 100 * 100 && told("no-window") > 0, "{last}");
    pixels += last["keep"].as_array().unwrap().iter().map(area).sum::<u64>();
    assert_eq!(pixels, all, "every pixel is told of once");
    // A line of the log says when it was said.
    for line in recorder.said() {
        let (at, _) = line.split_once(" gardefou-recorder: ").unwrap();
        assert!(at.starts_with("20") && at.ends_with('Z') && at.contains('T'), "{line}");
    }
}
