//! Another program's windows inside a client's.

use super::*;

#[test]
fn a_stranger_that_comes_and_goes_inside_a_window_between_two_looks_leaves_a_mark() {
    let mut scene = Scene::start("320x240");
    let client = scene.window(GREEN, (20, 30), (100, 80));
    let inside = scene.window_in(client, GREEN, (10, 10), (60, 60));
    scene.settle();
    let (stranger, _) = x11rb::connect(Some(&scene.name)).unwrap();
    let own = scene.window_in(inside, MAGENTA, (0, 0), (20, 20));
    scene.client.destroy_window(own).unwrap();
    scene.client.sync().unwrap();
    let look = scene.look();
    assert!(
        look.fresh && !Scene::seen(&look, client).inner.is_empty(),
        "it is its own"
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
        assert!(look.fresh && Scene::seen(&look, client).inner.is_empty());
    }
}
