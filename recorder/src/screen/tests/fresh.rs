//! Which looks read everything anew.

use super::*;

#[test]
fn of_a_screen_that_does_not_change_only_one_look_reads_anything() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    scene.settle();
    let pixels = scene.frame.clone();
    let mut last = Timestamp::MIN;
    for _ in 0..50 {
        let look = scene.look();
        assert!(!look.fresh && !look.unsettled);
        assert!(look.at >= last, "time goes back");
        last = look.at;
        assert_eq!(Scene::seen(&look, window).inner, Rect::new(20, 30, 100, 80));
        assert!(scene.frame == pixels, "the frame was touched");
    }
    scene.screen.refresh();
    assert!(scene.look().fresh);
    assert!(!scene.look().fresh);
    scene.frame.pop();
    assert!(scene.look().fresh, "it has another frame");
    scene.screen.read_again = Duration::ZERO;
    assert!(scene.look().fresh, "it was not read for long");
}

/// Something that a program does to its windows.
type Deed = (&'static str, fn(&Scene, &[Window; 3]));

#[test]
fn whatever_happens_makes_the_next_look_fresh() {
    fn configure(scene: &Scene, window: Window, wish: ConfigureWindowAux) {
        scene.client.configure_window(window, &wish).unwrap();
    }
    fn number(scene: &Scene, window: Window, name: &str, value: u32) {
        let name = scene.atom(name);
        let kind = AtomEnum::CARDINAL;
        scene
            .client
            .change_property32(PropMode::REPLACE, window, name, kind, &[value])
            .unwrap();
    }
    let deeds: [Deed; 15] = [
        ("a move", |s, w| configure(s, w[0], ConfigureWindowAux::new().x(33))),
        ("a size", |s, w| configure(s, w[0], ConfigureWindowAux::new().width(90))),
        ("the stack", |s, w| {
            configure(s, w[0], ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
        }),
        ("a popup", |s, _| {
            s.window(MAGENTA, (50, 50), (30, 30));
        }),
        ("a title", |s, w| {
            let name = AtomEnum::WM_NAME;
            s.client
                .change_property8(PropMode::REPLACE, w[0], name, AtomEnum::STRING, b"other")
                .unwrap();
        }),
        ("opacity", |s, w| number(s, w[0], "_NET_WM_WINDOW_OPACITY", 7)),
        ("a process", |s, w| number(s, w[0], "_NET_WM_PID", 7)),
        ("a protocol", |s, w| number(s, w[0], "WM_PROTOCOLS", 7)),
        ("a shape", |s, w| {
            let half = Rectangle {
                x: 0,
                y: 0,
                width: 20,
                height: 20,
            };
            s.client
                .shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, w[0], 0, 0, &[half])
                .unwrap();
        }),
        ("paint", |s, w| {
            let red = ChangeWindowAttributesAux::new().background_pixel(0xff_0000);
            s.client.change_window_attributes(w[1], &red).unwrap();
            s.client.clear_area(false, w[1], 5, 5, 1, 1).unwrap();
        }),
        ("paint in a window inside", |s, w| {
            s.client.clear_area(false, w[2], 0, 0, 1, 1).unwrap();
        }),
        ("a window inside that moves", |s, w| {
            configure(s, w[2], ConfigureWindowAux::new().x(3));
        }),
        ("one that is new inside", |s, w| {
            s.window_in(w[2], MAGENTA, (0, 0), (5, 5));
        }),
        ("one that comes in from elsewhere", |s, w| {
            s.client.reparent_window(w[0], w[1], 2, 2).unwrap();
        }),
        ("one that is hidden", |s, w| {
            s.client.unmap_window(w[1]).unwrap();
        }),
    ];
    let mut scene = Scene::start("320x240");
    let under = scene.window(GREEN, (20, 30), (100, 80));
    let over = scene.window(MAGENTA, (150, 100), (100, 100));
    let inside = scene.window_in(over, GREEN, (10, 10), (40, 40));
    for (what, deed) in deeds {
        scene.settle();
        deed(&scene, &[under, over, inside]);
        scene.client.sync().unwrap();
        assert!(scene.look().fresh, "{what} was not noticed");
    }
}

#[test]
fn a_title_and_a_process_are_read_anew_when_they_change_and_only_then() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    let other = scene.window(GREEN, (200, 30), (50, 50));
    let look = scene.settle();
    assert_eq!(Scene::seen(&look, window).claims.title, None);
    for title in ["one", "two"] {
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        scene
            .client
            .change_property8(PropMode::REPLACE, window, name, kind, title.as_bytes())
            .unwrap();
        scene.client.sync().unwrap();
        let look = scene.look();
        assert_eq!(Scene::seen(&look, window).claims.title.as_deref(), Some(title));
        assert_eq!(Scene::seen(&look, other).claims.title, None);
        let process = Scene::seen(&look, window).claims.process;
        assert_eq!(process, Some(std::process::id()));
    }
}

#[test]
fn a_window_that_freezes_makes_a_look_fresh() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    let (name, ping) = (scene.atom("WM_PROTOCOLS"), scene.atom("_NET_WM_PING"));
    scene
        .client
        .change_property32(PropMode::REPLACE, window, name, AtomEnum::ATOM, &[ping])
        .unwrap();
    scene.client.sync().unwrap();
    assert!(!Scene::seen(&scene.settle(), window).frozen);
    let until = Instant::now() + Duration::from_secs(20);
    let look = loop {
        let look = scene.look();
        if look.fresh {
            break look;
        }
        assert!(!Scene::seen(&look, window).frozen && Instant::now() < until);
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(Scene::seen(&look, window).frozen);
}

#[test]
fn at_rest_nothing_is_told_and_no_image_is_kept() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    scene.settle();
    assert!(scene.screen.images.holds(window));
    scene.screen.rest().unwrap();
    assert!(!scene.screen.images.holds(window));
    scene.client.clear_area(false, window, 0, 0, 0, 0).unwrap();
    scene.client.unmap_window(window).unwrap();
    scene.client.map_window(window).unwrap();
    scene.client.sync().unwrap();
    scene.screen.conn.sync().unwrap();
    assert!(scene.screen.conn.poll_for_event().unwrap().is_none());
    assert!(scene.look().fresh && scene.look().fresh, "nobody listens");
}

/// How many requests the look sends.
fn requests(scene: &mut Scene) -> (u64, Look) {
    let number = |scene: &Scene| {
        let sent = scene.screen.conn.get_input_focus().unwrap();
        let number = sent.sequence_number();
        sent.reply().unwrap();
        number
    };
    let before = number(scene);
    let look = scene.look();
    (number(scene) - before - 1, look)
}

#[test]
fn a_look_at_a_screen_that_does_not_change_is_one_question() {
    let mut scene = Scene::start("320x240");
    let windows: Vec<Window> = (0..12)
        .map(|n| scene.window(GREEN, (n * 20, n * 10), (40, 30)))
        .collect();
    scene.settle();
    for _ in 0..10 {
        let (sent, look) = requests(&mut scene);
        assert!(!look.fresh);
        assert_eq!(sent, 1);
    }
    // Of windows that did not change little is asked anew.
    scene.screen.refresh();
    let (known, look) = requests(&mut scene);
    assert!(look.fresh);
    for window in windows {
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        scene
            .client
            .change_property8(PropMode::REPLACE, window, name, kind, b"x")
            .unwrap();
    }
    scene.client.sync().unwrap();
    let (changed, look) = requests(&mut scene);
    assert!(look.fresh);
    // One question finds that something was told.
    assert_eq!(changed - known, 12 * 6 + 1);
}
