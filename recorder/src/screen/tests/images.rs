//! The windows' own images, and pixels that come over the wire.

use super::*;

#[test]
fn an_image_of_its_own_shows_nothing_of_what_lies_over_or_under_it() {
    for composited in [false, true] {
        let mut scene = Scene::start("320x240");
        scene.window(MAGENTA, (0, 0), (320, 240));
        let green = scene.window(GREEN, (20, 30), (100, 80));
        if composited {
            scene.composite();
        }
        let look = scene.look();
        assert!(
            look.fresh && Scene::seen(&look, green).inner.is_empty(),
            "an image begins with what the screen shows"
        );
        scene.settle();
        let over = scene.window(MAGENTA, (110, 60), (100, 100));
        let look = scene.settle();
        assert_eq!(Scene::seen(&look, green).inner, Rect::new(20, 30, 100, 80));
        assert_eq!(scene.pixel(&look, 30, 40), GREEN);
        assert_eq!(
            scene.pixel(&look, 115, 70),
            MAGENTA,
            "the one over it has its own image"
        );
        scene.client.unmap_window(over).unwrap();
        scene.client.sync().unwrap();
        let look = scene.look();
        assert_eq!(Scene::seen(&look, green).inner, Rect::new(20, 30, 100, 80));
        assert_eq!(scene.pixel(&look, 115, 70), GREEN, "nothing has to be painted for it");
        let half_off = ConfigureWindowAux::new().x(-40).y(200);
        scene.client.configure_window(green, &half_off).unwrap();
        scene.client.sync().unwrap();
        let look = scene.look();
        assert_eq!(Scene::seen(&look, green).inner, Rect::new(-40, 200, 100, 80));
        assert_eq!(scene.pixel(&look, 0, 239), GREEN);
        for (name, clear) in [("opacity", false), ("no more", true)] {
            let opacity = scene.atom("_NET_WM_WINDOW_OPACITY");
            let value = if clear { u32::MAX } else { 0x8000_0000 };
            let kind = AtomEnum::CARDINAL;
            scene
                .client
                .change_property32(PropMode::REPLACE, green, opacity, kind, &[value])
                .unwrap();
            scene.client.sync().unwrap();
            let look = scene.settle();
            assert_eq!(Scene::seen(&look, green).inner.is_empty(), !clear, "{name}");
        }
    }
}

#[test]
fn of_windows_that_are_not_of_the_training_nothing_is_taken() {
    let mut scene = Scene::start("320x240");
    let green = scene.window(GREEN, (20, 30), (100, 80));
    scene.window(MAGENTA, (150, 30), (100, 80));
    let only = HashSet::from([green]);
    for _ in 0..4 {
        let now = || Timestamp::from_millis(1);
        let mut look = scene.screen.look(now, &mut scene.frame, None).unwrap();
        scene.screen.want(&mut look, &only);
    }
    assert_eq!((scene.count(GREEN), scene.count(MAGENTA)), (100 * 80, 0));
}

#[test]
fn keeping_the_image_of_a_window_takes_no_keyboard_from_it() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    let focus = |scene: &Scene| scene.client.get_input_focus().unwrap().reply().unwrap().focus;
    let back = x11rb::protocol::xproto::InputFocus::POINTER_ROOT;
    scene.client.set_input_focus(back, window, x11rb::CURRENT_TIME).unwrap();
    scene.client.sync().unwrap();
    assert_eq!(focus(&scene), window);
    scene.settle();
    assert!(scene.screen.images.holds(window));
    assert_eq!(focus(&scene), window);
    scene.screen.rest().unwrap();
    assert_eq!(focus(&scene), window);
}

#[test]
fn pixels_over_the_wire_are_the_same() {
    let mut scene = Scene::start("320x240");
    scene.window(GREEN, (20, 30), (100, 80));
    for composited in [false, true] {
        if composited {
            scene.composite();
        }
        scene.settle();
        let shared = scene.frame.clone();
        assert!(scene.screen.pixels.is_shared());
        scene.screen.pixels = Pixels::over_the_wire();
        scene.screen.refresh();
        let look = scene.look();
        assert!(look.fresh && scene.frame == shared);
        assert_eq!(scene.pixel(&look, 30, 40), GREEN);
        scene.screen.pixels = Pixels::default();
    }
}
