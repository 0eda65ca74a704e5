//! Another program's windows inside a client's.

use super::*;

#[test]
fn a_stranger_that_comes_and_goes_inside_a_window_between_two_looks_leaves_nothing() {
    let mut scene = Scene::start("320x240");
    let client = scene.bare((20, 30), (100, 80));
    let inside = scene.window_in(client, GREEN, (10, 10), (60, 60));
    scene.settle();
    let (stranger, _) = x11rb::connect(Some(&scene.name)).unwrap();
    scene.client.unmap_window(inside).unwrap();
    scene.client.map_window(inside).unwrap();
    scene.client.sync().unwrap();
    let look = scene.look();
    assert!(
        look.fresh && !Scene::seen(&look, client).inner.is_empty(),
        "it is its own, and known"
    );
    for parent in [client, inside] {
        scene.settle();
        let window = stranger.generate_id().unwrap();
        let look = CreateWindowAux::new().background_pixel(MAGENTA);
        let class = WindowClass::INPUT_OUTPUT;
        stranger
            .create_window(COPY_DEPTH_FROM_PARENT, window, parent, 0, 0, 20, 20, 0, class, 0, &look)
            .unwrap();
        stranger.map_window(window).unwrap();
        stranger.destroy_window(window).unwrap();
        stranger.sync().unwrap();
        let look = scene.look();
        let seen = Scene::seen(&look, client);
        assert!(look.fresh && seen.inner.is_empty() && seen.cause == Some(Cause::Begins));
        let look = scene.settle();
        assert_eq!(Scene::seen(&look, client).inner, Rect::new(20, 30, 100, 80));
        assert_eq!(scene.count(MAGENTA), 0, "what it painted is wiped");
        assert_eq!(scene.pixel(&look, 40, 50), GREEN);
    }
}

#[test]
fn programs_that_end_while_looks_are_taken_make_none_of_them_fail() {
    let mut scene = Scene::start("320x240");
    let client = scene.bare((20, 30), (100, 80));
    scene.settle();
    let over = std::sync::atomic::AtomicBool::new(false);
    let name = scene.name.clone();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::SeqCst) {
                    let Ok((conn, number)) = x11rb::connect(Some(&name)) else {
                        return;
                    };
                    let root = conn.setup().roots[number].root;
                    let look = CreateWindowAux::new().background_pixel(MAGENTA);
                    let class = WindowClass::INPUT_OUTPUT;
                    for parent in [root, client] {
                        let window = conn.generate_id().unwrap();
                        conn.create_window(COPY_DEPTH_FROM_PARENT, window, parent, 0, 0, 60, 60, 0, class, 0, &look)
                            .unwrap();
                        conn.map_window(window).unwrap();
                    }
                    conn.sync().unwrap();
                }
            });
        }
        for _ in 0..150 {
            scene.screen.refresh();
            let look = scene.look();
            if !Scene::seen(&look, client).inner.is_empty() {
                for (x, y) in [(21, 31), (50, 60), (79, 89)] {
                    assert_eq!(scene.pixel(&look, x, y), 0, "a stranger's pixel");
                }
            }
        }
        over.store(true, std::sync::atomic::Ordering::SeqCst);
    });
}

#[test]
fn a_stranger_in_a_window_of_its_own_that_is_new_leaves_nothing() {
    let mut scene = Scene::start("320x240");
    let client = scene.bare((20, 30), (100, 80));
    scene.settle();
    let (stranger, _) = x11rb::connect(Some(&scene.name)).unwrap();
    // Nothing of what happens in this one is told before a look has seen it.
    let own = scene.window_in(client, GREEN, (10, 10), (60, 60));
    let window = stranger.generate_id().unwrap();
    let look = CreateWindowAux::new().background_pixel(MAGENTA);
    let class = WindowClass::INPUT_OUTPUT;
    stranger
        .create_window(COPY_DEPTH_FROM_PARENT, window, own, 0, 0, 60, 60, 0, class, 0, &look)
        .unwrap();
    stranger.map_window(window).unwrap();
    stranger.sync().unwrap();
    scene.client.destroy_window(own).unwrap();
    scene.client.sync().unwrap();
    let look = scene.look();
    assert!(Scene::seen(&look, client).inner.is_empty());
    scene.settle();
    assert_eq!(scene.count(MAGENTA), 0);
}

#[test]
fn what_a_frame_draws_over_its_client_between_two_looks_leaves_nothing() {
    let mut scene = Scene::start("320x240");
    // As a window manager does: its frame, with a handle beside the client's window.
    let (manager, _) = x11rb::connect(Some(&scene.name)).unwrap();
    let in_ = |parent: Window, colour: u32, y: i16, height: u16| {
        let window = manager.generate_id().unwrap();
        let look = CreateWindowAux::new().background_pixel(colour);
        let class = WindowClass::INPUT_OUTPUT;
        manager
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                parent,
                20,
                y,
                100,
                height,
                0,
                class,
                0,
                &look,
            )
            .unwrap();
        manager.map_window(window).unwrap();
        manager.sync().unwrap();
        window
    };
    let frame = in_(scene.screen.root, MAGENTA, 30, 100);
    let handle = in_(frame, MAGENTA, 90, 10);
    let client = scene.bare((20, 30), (100, 80));
    let state = scene.atom("WM_STATE");
    scene
        .client
        .change_property32(PropMode::REPLACE, client, state, state, &[1, 0])
        .unwrap();
    scene.client.sync().unwrap();
    manager.reparent_window(client, frame, 0, 10).unwrap();
    manager.sync().unwrap();
    scene.settle();
    let green = CreateGCAux::new().foreground(GREEN);
    scene.draw(client, &green, (0, 0), (100, 80));
    let look = scene.settle();
    assert_eq!(Scene::seen(&look, frame).inner, Rect::new(20, 40, 100, 80));
    assert_eq!(scene.count(GREEN), 100 * 80);
    assert_eq!(scene.count(MAGENTA), 0, "the frame is not the client's");
    for (y, mixes) in [(92, false), (50, true)] {
        let there = ConfigureWindowAux::new().x(0).y(y).stack_mode(StackMode::ABOVE);
        manager.configure_window(handle, &there).unwrap();
        let back = ConfigureWindowAux::new().x(0).y(90);
        manager.configure_window(handle, &back).unwrap();
        manager.sync().unwrap();
        let look = scene.look();
        assert_eq!(Scene::seen(&look, frame).inner.is_empty(), mixes, "{y}");
        scene.settle();
        assert_eq!(scene.count(MAGENTA), 0);
    }
}
