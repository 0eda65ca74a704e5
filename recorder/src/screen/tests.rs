//! Looks at a real X server, one for each test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
    PropMode, Rectangle, StackMode, WindowClass,
};

use super::*;

const GREEN: u32 = 0x00_c000;
const MAGENTA: u32 = 0xff_00ff;

/// An X server without a window manager, a program with windows in it, and the screen that looks at them.
struct Scene {
    name: String,
    server: Child,
    client: RustConnection,
    screen: Screen,
    frame: Vec<u8>,
    begun: Instant,
}

impl Scene {
    fn start(size: &str) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{size}x24"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`Xvfb` is not installed; `cargo xtask test` installs what these tests need");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let name = format!(":{}", number.trim());
        let (client, _) = x11rb::connect(Some(&name)).unwrap();
        let mut screen = server::open(&name).unwrap();
        screen.read_again = Duration::from_secs(3_600);
        screen.watch(3_600_000).unwrap();
        Self {
            name,
            server,
            client,
            screen,
            frame: Vec::new(),
            begun: Instant::now(),
        }
    }

    fn window_in(&self, parent: Window, colour: u32, (x, y): (i16, i16), (width, height): (u16, u16)) -> Window {
        let window = self.client.generate_id().unwrap();
        let look = CreateWindowAux::new().background_pixel(colour).border_pixel(0);
        let class = WindowClass::INPUT_OUTPUT;
        self.client
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                parent,
                x,
                y,
                width,
                height,
                0,
                class,
                0,
                &look,
            )
            .unwrap();
        self.client.map_window(window).unwrap();
        self.client.sync().unwrap();
        window
    }

    fn window(&self, colour: u32, corner: (i16, i16), size: (u16, u16)) -> Window {
        self.window_in(self.screen.root, colour, corner, size)
    }

    fn look(&mut self) -> Look {
        let begun = self.begun;
        let now = || Timestamp::from_millis(u64::try_from(begun.elapsed().as_millis()).unwrap() + 1);
        let look = self.screen.look(now, &mut self.frame).unwrap();
        assert!(look.from <= look.at && look.at <= look.to);
        look
    }

    /// Looks until every window has painted, and nothing happens any more.
    fn settle(&mut self) -> Look {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let look = self.look();
            if !look.fresh {
                return look;
            }
            assert!(Instant::now() < until, "the screen does not come to rest");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn seen(look: &Look, id: Window) -> &Seen {
        look.windows.iter().find(|window| window.id == id).unwrap()
    }

    fn atom(&self, name: &str) -> Atom {
        self.client
            .intern_atom(false, name.as_bytes())
            .unwrap()
            .reply()
            .unwrap()
            .atom
    }

    fn pixel(&self, look: &Look, x: usize, y: usize) -> u32 {
        let at = (y * usize::from(look.width) + x) * BYTES_PER_PIXEL;
        u32::from_le_bytes([self.frame[at], self.frame[at + 1], self.frame[at + 2], 0])
    }

    /// Owns the selection that says so, and has the server draw every window apart, as compositing managers do.
    fn composite(&self) {
        let owner = self.window(0, (-10, -10), (1, 1));
        let name = self.atom("_NET_WM_CM_S0");
        self.client
            .set_selection_owner(owner, name, 0u32)
            .unwrap()
            .check()
            .unwrap();
        self.client.composite_query_version(0, 4).unwrap().reply().unwrap();
        let root = self.screen.root;
        self.client
            .composite_redirect_subwindows(root, Redirect::MANUAL)
            .unwrap()
            .check()
            .unwrap();
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

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
    let deeds: [Deed; 16] = [
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
        ("a compositing manager", |s, _| {
            let owner = s.client.generate_id().unwrap();
            let (class, root) = (WindowClass::INPUT_ONLY, s.screen.root);
            s.client
                .create_window(0, owner, root, 0, 0, 1, 1, 0, class, 0, &CreateWindowAux::new())
                .unwrap();
            let name = s.atom("_NET_WM_CM_S0");
            s.client.set_selection_owner(owner, name, 0u32).unwrap();
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
fn a_window_of_the_recorder_itself_is_nobodys() {
    let mut scene = Scene::start("320x240");
    let frame = scene.window(GREEN, (20, 30), (100, 80));
    let inside = scene.window_in(frame, GREEN, (0, 10), (100, 70));
    assert_eq!(
        Scene::seen(&scene.settle(), frame).claims.process,
        Some(std::process::id())
    );
    scene.screen.set_own(vec![inside]);
    let look = scene.look();
    assert!(look.fresh && Scene::seen(&look, frame).claims.process.is_none());
    assert!(!scene.look().fresh);
    scene.screen.set_own(Vec::new());
    assert_eq!(
        Scene::seen(&scene.look(), frame).claims.process,
        Some(std::process::id())
    );
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
fn without_its_server_a_look_fails() {
    for settled in [false, true] {
        let mut scene = Scene::start("320x240");
        scene.window(GREEN, (20, 30), (100, 80));
        if settled {
            scene.settle();
        }
        scene.server.kill().unwrap();
        scene.server.wait().unwrap();
        for _ in 0..3 {
            let now = || Timestamp::from_millis(1);
            assert!(scene.screen.look(now, &mut scene.frame).is_err());
        }
        assert!(scene.screen.rest().is_err());
    }
}

#[test]
fn an_image_of_its_own_shows_nothing_of_what_lies_over_or_under_it() {
    let mut scene = Scene::start("320x240");
    scene.window(MAGENTA, (0, 0), (320, 240));
    let green = scene.window(GREEN, (20, 30), (100, 80));
    scene.settle();
    scene.composite();
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
        assert!(look.fresh && look.unsettled, "what it shows now is not certain");
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

#[test]
fn at_rest_nothing_is_told_and_no_image_is_kept() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    scene.composite();
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

/// How long a look takes, said for those who measure: `--run-ignored only --no-capture`.
#[test]
#[ignore = "measures, and shows nothing that could be wrong"]
fn figures() {
    for (size, width, height) in [("1920x1080", 1920_u16, 1080_u16), ("3840x2160", 3840, 2160)] {
        for composited in [false, true] {
            let mut scene = Scene::start(size);
            for n in 0..12_u16 {
                let corner = (i16::try_from(n * 60).unwrap(), i16::try_from(n * 30).unwrap());
                let window = scene.window(GREEN, corner, (width / 2, height / 2));
                scene.window_in(window, GREEN, (10, 10), (200, 100));
            }
            if composited {
                scene.composite();
            }
            scene.settle();
            let mut grabbed = Vec::new();
            let mut captured = Vec::new();
            let mut whole = Vec::new();
            let mut still = Vec::new();
            for _ in 0..100 {
                scene.screen.refresh();
                let begun = Instant::now();
                let look = scene.look();
                whole.push(begun.elapsed());
                grabbed.push(look.grabbed);
                captured.push(look.captured);
                let begun = Instant::now();
                if !scene.look().fresh {
                    still.push(begun.elapsed());
                }
            }
            for (name, mut times) in [
                ("grabbed", grabbed),
                ("captured", captured),
                ("whole", whole),
                ("still", still),
            ] {
                times.sort();
                let (half, most) = (times.len() / 2, times.len() * 95 / 100);
                println!(
                    "{size} composited={composited} {name}: {:?} half, {:?} 95 %",
                    times[half], times[most]
                );
            }
        }
    }
}

fn seen(id: u32, outer: Rect) -> Seen {
    Seen {
        id,
        inner: Rect::default(),
        outer,
        claims: Claims::default(),
        frozen: false,
    }
}

#[test]
fn of_too_many_windows_those_that_nobody_sees_are_left_out() {
    let mut windows: Vec<Seen> = (0..100_u8)
        .map(|id| seen(id.into(), Rect::new(id.into(), 0, 50, 50)))
        .collect();
    windows.extend((100..150).map(|id| seen(id, Rect::new(10, 10, 5, 5))));
    windows.push(seen(200, Rect::new(5000, 0, 10, 10)));
    windows.push(seen(201, Rect::new(0, 300, 10, 10)));
    drop_invisible(&mut windows, 640, 480);
    assert_eq!(windows.len(), 101);
    assert_eq!(windows.last().map(|w| w.id), Some(201));
}

#[test]
fn of_few_windows_none_is_left_out() {
    let mut windows = vec![seen(1, Rect::new(0, 0, 50, 50)), seen(2, Rect::new(0, 0, 5, 5))];
    drop_invisible(&mut windows, 640, 480);
    assert_eq!(windows.len(), 2);
}
