//! Windows whose pixels do not come through ordinary drawing.

use std::process::Stdio;

use crate::harness::{Canary, Display, Running, SECRET, Session, program, rules};

#[test]
fn what_is_drawn_by_opengl_is_recorded_and_what_lies_over_it_is_not() {
    let display = Display::start();
    let _gears = Running::start(
        program("glxgears")
            .env("DISPLAY", &display.name)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .args(["-geometry", "300x300+20+60"])
            .stdout(Stdio::null()),
    );
    let mut recorder = Session {
        rules: rules(r#"{ executable = "glxgears" }"#, ""),
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    recorder.frames(3);
    let over = Canary::secret(&display, "120x100+100+150", &["popup"]);
    display.shows(150, 200, SECRET);
    recorder.frames(4);
    over.close();
    recorder.frames(3);
    let recorder = recorder.hang_up();
    recorder.decided_again("s-1");
    let video = recorder.video("s-1").unwrap();
    // Three gears: red, green and blue.
    let coloured = |frame: &crate::harness::Frame| {
        let places = (40..300)
            .step_by(6)
            .flat_map(|x| (80..340).step_by(6).map(move |y| (x, y)));
        places.filter(|(x, y)| !frame.is_black(*x, *y)).count()
    };
    assert!(
        video.frames.iter().any(|frame| coloured(frame) > 100),
        "nothing of it is recorded"
    );
    assert!(
        video
            .frames
            .iter()
            .any(|frame| frame.is_black(150, 200) && frame.is_black(110, 160) && frame.is_black(210, 240)),
        "what lies over it was never blank"
    );
    for frame in &video.frames {
        let (red, green, blue) = frame.pixel(150, 200);
        assert!(!(red > 200 && green < 60 && blue > 200), "a stranger's pixel");
    }
}
