//! Looks at a real X server, one for each test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, PropMode, Rectangle, StackMode, WindowClass,
};

use super::*;

mod fresh;
mod images;
mod own;
mod strangers;
mod surface;

const GREEN: u32 = 0x00_c000;
const MAGENTA: u32 = 0xff_00ff;

/// An X server without a window manager, a program with windows in it, and the screen that looks at them.
struct Scene {
    name: String,
    server: Child,
    client: x11rb::rust_connection::RustConnection,
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
        screen.watch().unwrap();
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

    /// A window that the server paints nothing in, under that one.
    fn bare(&self, corner: (i16, i16), (width, height): (u16, u16)) -> Window {
        let window = self.client.generate_id().unwrap();
        let (root, class, look) = (self.screen.root, WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        let depth = COPY_DEPTH_FROM_PARENT;
        self.client
            .create_window(
                depth, window, root, corner.0, corner.1, width, height, 0, class, 0, &look,
            )
            .unwrap();
        self.client.map_window(window).unwrap();
        self.client.sync().unwrap();
        window
    }

    /// Draws as the client does.
    fn draw(&self, window: Window, brush: &CreateGCAux, (x, y): (i16, i16), (width, height): (u16, u16)) {
        let context = self.client.generate_id().unwrap();
        self.client.create_gc(context, window, brush).unwrap();
        let area = Rectangle { x, y, width, height };
        self.client.poly_fill_rectangle(window, context, &[area]).unwrap();
        self.client.free_gc(context).unwrap();
        self.client.sync().unwrap();
    }

    /// How many pixels of the frame have that colour.
    fn count(&self, colour: u32) -> usize {
        let is_it = |pixel: &&[u8]| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]) == colour;
        self.frame.chunks_exact(BYTES_PER_PIXEL).filter(is_it).count()
    }

    fn window(&self, colour: u32, corner: (i16, i16), size: (u16, u16)) -> Window {
        self.window_in(self.screen.root, colour, corner, size)
    }

    fn look(&mut self) -> Look {
        let begun = self.begun;
        let now = || Timestamp::from_millis(u64::try_from(begun.elapsed().as_millis()).unwrap() + 1);
        let mut look = self.screen.look(now, &mut self.frame, None).unwrap();
        assert!(look.from <= look.at && look.at <= look.to);
        // All of them are of the training.
        let training = look.windows.iter().map(|window| window.id).collect();
        self.screen.want(&mut look, &training);
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

    /// Has the server draw every window apart and show none, as compositing managers do.
    fn composite(&self) {
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

fn seen(id: u32, outer: Rect) -> Seen {
    Seen {
        id,
        outer,
        ..Seen::default()
    }
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
            assert!(scene.screen.look(now, &mut scene.frame, None).is_err());
        }
        assert!(scene.screen.rest().is_err());
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

#[test]
fn a_server_that_hangs_makes_a_look_fail() {
    let mut scene = Scene::start("320x240");
    scene.window(GREEN, (20, 30), (100, 80));
    scene.settle();
    let stopped = Command::new("kill")
        .args(["-STOP", &scene.server.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let now = || Timestamp::from_millis(1);
    assert!(scene.screen.look(now, &mut scene.frame, None).is_err());
}
