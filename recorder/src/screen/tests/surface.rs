//! Screens of several monitors, of other sizes, and large ones.

use super::*;

#[test]
fn what_no_monitor_shows_is_no_part_of_a_window() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (200, 100));
    let dark = scene.window(GREEN, (240, 150), (40, 40));
    let look = scene.settle();
    assert_eq!(Scene::seen(&look, window).inner, Rect::new(20, 30, 200, 100));
    let (client, root) = (&scene.client, scene.screen.root);
    client.randr_query_version(1, 5).unwrap().reply().unwrap();
    let outputs = client
        .randr_get_screen_resources_current(root)
        .unwrap()
        .reply()
        .unwrap()
        .outputs;
    let monitor = |name: &str, x: i16, width: u16, height: u16, outputs: Vec<u32>| MonitorInfo {
        name: scene.atom(name),
        x,
        width,
        height,
        outputs,
        ..MonitorInfo::default()
    };
    let left = monitor("LEFT", 0, 160, 240, outputs);
    let right = monitor("RIGHT", 160, 160, 120, Vec::new());
    for monitor in [left, right] {
        client.randr_set_monitor(root, monitor).unwrap().check().unwrap();
    }
    scene.screen.refresh();
    let look = scene.look();
    assert_eq!(Scene::seen(&look, window).inner, Rect::new(20, 30, 200, 90));
    assert!(Scene::seen(&look, dark).inner.is_empty());
    assert_eq!((look.width, look.height), (320, 240));
}

#[test]
fn a_screen_of_another_size_is_looked_at_anew() {
    let mut scene = Scene::start("1024x768");
    let window = scene.window(GREEN, (600, 400), (300, 200));
    scene.settle();
    let timings = "0 800 800 800 800 600 600 600 600";
    let mode: Vec<&str> = ["--newmode", "800x600"].into_iter().chain(timings.split(' ')).collect();
    xrandr(&scene, &mode);
    xrandr(&scene, &["--addmode", "screen", "800x600"]);
    for (width, height) in [(800, 600), (1024, 768)] {
        scene.settle();
        xrandr(&scene, &["--output", "screen", "--mode", &format!("{width}x{height}")]);
        let look = scene.look();
        assert!(look.fresh, "a screen of another size was not noticed");
        assert_eq!((look.width, look.height), (width, height));
        let bytes = usize::from(width) * usize::from(height) * BYTES_PER_PIXEL;
        assert_eq!(scene.frame.len(), bytes);
        let look = scene.settle();
        assert_eq!(Scene::seen(&look, window).inner, Rect::new(600, 400, 300, 200));
        assert_eq!(scene.pixel(&look, 630, 470), GREEN);
    }
}

fn xrandr(scene: &Scene, arguments: &[&str]) {
    let status = Command::new("xrandr")
        .env("DISPLAY", &scene.name)
        .args(arguments)
        .status()
        .unwrap();
    assert!(status.success(), "xrandr {arguments:?}");
}

#[test]
fn a_screen_of_four_thousand_columns_is_read_to_its_last_pixel() {
    let mut scene = Scene::start("3840x2160");
    let window = scene.window(GREEN, (3000, 1900), (900, 300));
    let look = scene.settle();
    assert_eq!((look.width, look.height), (3840, 2160));
    assert_eq!(scene.pixel(&look, 3839, 2159), GREEN);
    assert_eq!(Scene::seen(&look, window).inner, Rect::new(3000, 1900, 900, 300));
}
