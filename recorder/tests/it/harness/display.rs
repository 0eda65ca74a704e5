//! An X server of its own for each test.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use tempfile::TempDir;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, ImageFormat,
    MapState, PropMode, StackMode, Window,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::{Running, program, wait_for};

/// A screen with a window manager and a red desktop.
pub(crate) struct Display {
    pub(crate) name: String,
    pub(crate) folder: TempDir,
    pub(crate) conn: RustConnection,
    pub(crate) root: Window,
    _manager: Running,
    server: Running,
}

impl Display {
    /// An odd size: nothing may depend on an even one.
    pub(crate) const SIZE: (usize, usize) = (641, 479);

    pub(crate) fn start() -> Self {
        Self::of_size(Self::SIZE.0, Self::SIZE.1)
    }

    pub(crate) fn of_size(width: usize, height: usize) -> Self {
        let mut server = Running::start(
            program("Xvfb")
                .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
                .arg(format!("{width}x{height}x24"))
                .stdout(Stdio::piped()),
        );
        let mut number = String::new();
        BufReader::new(server.0.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        let name = format!(":{}", number.trim());
        let manager = Running::start(program("openbox").env("DISPLAY", &name).stdout(Stdio::null()));
        let (conn, screen) = x11rb::connect(Some(&name)).unwrap();
        let root = conn.setup().roots[screen].root;
        let display = Self {
            name,
            folder: tempfile::tempdir().unwrap(),
            conn,
            root,
            _manager: manager,
            server,
        };
        let managed = display.atom("_NET_CLIENT_LIST");
        wait_for("the window manager", || {
            let found = display
                .conn
                .get_property(false, root, managed, AtomEnum::ANY, 0, 1)
                .unwrap()
                .reply()
                .unwrap();
            (found.type_ != 0).then_some(())
        });
        let red = ChangeWindowAttributesAux::new().background_pixel(0xff_0000);
        display.conn.change_window_attributes(root, &red).unwrap();
        display.conn.clear_area(false, root, 0, 0, 0, 0).unwrap();
        display.sync();
        display
    }

    /// Gives the screen another resolution, no larger than its first.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let mode = format!("{width}x{height}-{}", self.conn.generate_id().unwrap());
        // Only the visible size counts for a screen in memory; the rest of the timing is anything valid.
        let side = |length: u32| [length, length + 8, length + 16, length + 24].map(|n| n.to_string());
        let xrandr = |arguments: &[&str]| {
            let status = program("xrandr").env("DISPLAY", &self.name).args(arguments).status();
            assert!(status.unwrap().success(), "xrandr {arguments:?}");
        };
        let (across, down) = (side(width), side(height));
        let timing: Vec<&str> = across.iter().chain(&down).map(String::as_str).collect();
        xrandr(&[&["--newmode", &mode, "40"], timing.as_slice()].concat());
        xrandr(&["--addmode", "screen", &mode]);
        xrandr(&["--output", "screen", "--mode", &mode]);
        wait_for("the resolution", || {
            let root = self.conn.get_geometry(self.root).unwrap().reply().unwrap();
            (u32::from(root.width) == width && u32::from(root.height) == height).then_some(())
        });
    }

    /// Ends the X server as a crash does.
    pub(crate) fn crash(&mut self) {
        self.server.0.kill().unwrap();
        self.server.0.wait().unwrap();
    }

    /// Paints noise into a window: what is encoded of it is large.
    pub(crate) fn noise(&self, window: Window, columns: u16, rows: u16, seed: &mut u64) {
        let pixels = usize::from(columns) * usize::from(rows);
        let mut data = Vec::with_capacity(pixels * 4);
        for _ in 0..pixels {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Green that differs, and no more than that an encoder makes no leak of it.
            data.extend_from_slice(&[0, 150 + (*seed >> 40) as u8 % 64, 0, 0]);
        }
        let context = self.conn.generate_id().unwrap();
        self.conn.create_gc(context, window, &CreateGCAux::new()).unwrap();
        let image = self.conn.put_image(
            ImageFormat::Z_PIXMAP,
            window,
            context,
            columns,
            rows,
            0,
            0,
            0,
            24,
            &data,
        );
        image.unwrap().check().unwrap();
        self.conn.free_gc(context).unwrap();
        self.sync();
    }

    pub(crate) fn sync(&self) {
        self.conn.sync().unwrap();
    }

    pub(crate) fn atom(&self, name: &str) -> Atom {
        self.conn
            .intern_atom(false, name.as_bytes())
            .unwrap()
            .reply()
            .unwrap()
            .atom
    }

    /// The colour of a pixel, now: `0xRRGGBB`.
    pub(crate) fn pixel(&self, x: i16, y: i16) -> u32 {
        let image = self
            .conn
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, u32::MAX)
            .unwrap();
        let bytes = image.reply().unwrap().data;
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
    }

    /// Waits until that pixel has that colour.
    pub(crate) fn shows(&self, x: i16, y: i16, colour: u32) {
        wait_for(&format!("colour {colour:06x} at {x}, {y}"), || {
            (self.pixel(x, y) == colour).then_some(())
        });
    }

    /// Waits until a window is shown. A window manager that is only starting may lose the wish: it is repeated.
    pub(crate) fn maps(&self, window: Window) {
        wait_for("the window", || {
            let state = self
                .conn
                .get_window_attributes(window)
                .unwrap()
                .reply()
                .unwrap()
                .map_state;
            if state != MapState::VIEWABLE {
                self.conn.map_window(window).unwrap();
                self.sync();
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            (state == MapState::VIEWABLE).then_some(())
        });
    }

    /// Asks the window manager, as any program may.
    pub(crate) fn raise(&self, window: Window) {
        let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        self.conn.configure_window(window, &above).unwrap();
        self.sync();
    }

    /// Moves a window.
    pub(crate) fn place(&self, window: Window, x: i32, y: i32) {
        self.conn
            .configure_window(window, &ConfigureWindowAux::new().x(x).y(y))
            .unwrap();
        self.sync();
    }

    /// What a person does, by xdotool.
    pub(crate) fn xdotool(&self, arguments: &[&str]) {
        let status = program("xdotool").env("DISPLAY", &self.name).args(arguments).status();
        assert!(status.unwrap().success(), "xdotool {arguments:?}");
    }

    /// Sets a property of one number.
    pub(crate) fn set(&self, window: Window, name: &str, value: u32) {
        let name = self.atom(name);
        self.conn
            .change_property32(PropMode::REPLACE, window, name, AtomEnum::CARDINAL, &[value])
            .unwrap();
        self.sync();
    }
}

/// The recorder's mark, once it is there.
pub(crate) fn mark(display: &Display) -> Window {
    wait_for("the mark", || {
        let children = display.conn.query_tree(display.root).unwrap().reply().unwrap().children;
        children.into_iter().find(|child| {
            let (class, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
            let class = display.conn.get_property(false, *child, class, string, 0, 100).unwrap();
            class
                .reply()
                .is_ok_and(|class| class.value.starts_with(b"gardefou-mark"))
        })
    })
}
