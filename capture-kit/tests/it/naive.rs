//! That each kind tries a recorder: one that takes from the screen what lies under windows of an allowed program,
//! and believes what a process says that it is, finds pixels there that are not theirs.

use std::time::{Duration, Instant};

use gardefou_capture_kit::colour::is_forbidden;
use gardefou_capture_kit::kind::Kind;
use x11rb::connection::Connection as _;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::shape::{ConnectionExt as _, SK};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, ImageFormat, MapState, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

use crate::harness::{Display, PATIENCE, stage};

/// Left, top, right and bottom, on the screen.
type Area = (i32, i32, i32, i32);

struct Naive {
    conn: RustConnection,
    root: Window,
    claimed: u32,
}

impl Naive {
    fn on(display: &Display) -> Self {
        let (conn, number) = x11rb::connect(Some(&display.name)).unwrap();
        let root = conn.setup().roots[number].root;
        let claimed = conn.intern_atom(false, b"_NET_WM_PID").unwrap().reply().unwrap().atom;
        conn.res_query_version(1, 2).unwrap().reply().unwrap();
        Self { conn, root, claimed }
    }

    /// How many pixels of what it takes for allowed windows are of the forbidden colour now.
    fn look(&self) -> usize {
        let conn = &self.conn;
        conn.grab_server().unwrap();
        let size = conn.get_geometry(self.root).unwrap().reply().unwrap();
        let format = ImageFormat::Z_PIXMAP;
        let (width, height) = (size.width, size.height);
        let image = conn
            .get_image(format, self.root, 0, 0, width, height, u32::MAX)
            .unwrap()
            .reply()
            .unwrap();
        let mut open = vec![true; usize::from(width) * usize::from(height)];
        let mut leaked = 0;
        let tops = conn.query_tree(self.root).unwrap().reply().unwrap().children;
        for top in tops.iter().rev() {
            let Some(areas) = self.areas(*top, None) else { continue };
            let own = self.allowed(*top).and_then(|client| self.areas(client, Some(client)));
            for y in 0..i32::from(height) {
                for x in 0..i32::from(width) {
                    let at = usize::try_from(y * i32::from(width) + x).unwrap();
                    if !open[at] || !holds(&areas, x, y) {
                        continue;
                    }
                    open[at] = false;
                    let pixel = &image.data[at * 4..at * 4 + 3];
                    let shown = own.as_ref().is_some_and(|own| holds(own, x, y));
                    leaked += usize::from(shown && is_forbidden([pixel[2], pixel[1], pixel[0]]));
                }
            }
        }
        conn.ungrab_server().unwrap();
        conn.flush().unwrap();
        leaked
    }

    /// What a window that is shown covers by its shape; of a client without what lies outside of it.
    fn areas(&self, window: Window, client: Option<Window>) -> Option<Vec<Area>> {
        let attributes = self.conn.get_window_attributes(window).unwrap().reply().ok()?;
        if attributes.map_state != MapState::VIEWABLE || attributes.class == WindowClass::INPUT_ONLY {
            return None;
        }
        let size = self.conn.get_geometry(window).unwrap().reply().ok()?;
        let corner = self
            .conn
            .translate_coordinates(window, self.root, 0, 0)
            .unwrap()
            .reply()
            .ok()?;
        let shape = self
            .conn
            .shape_get_rectangles(window, SK::BOUNDING)
            .unwrap()
            .reply()
            .ok()?;
        let (left, top) = (i32::from(corner.dst_x), i32::from(corner.dst_y));
        let of = |r: &x11rb::protocol::xproto::Rectangle| {
            let (x, y) = (left + i32::from(r.x), top + i32::from(r.y));
            let area = (x, y, x + i32::from(r.width), y + i32::from(r.height));
            match client {
                Some(_) => (
                    area.0.max(left),
                    area.1.max(top),
                    area.2.min(left + i32::from(size.width)),
                    area.3.min(top + i32::from(size.height)),
                ),
                None => area,
            }
        };
        Some(shape.rectangles.iter().map(of).collect())
    }

    /// The client's window, when the process that it is of, or says that it is of, runs the allowed program now.
    fn allowed(&self, top: Window) -> Option<Window> {
        let inside = self.conn.query_tree(top).unwrap().reply().ok()?.children;
        let mut found = None;
        for window in inside.into_iter().chain([top]) {
            let kind = AtomEnum::CARDINAL;
            let claimed = self
                .conn
                .get_property(false, window, self.claimed, kind, 0, 1)
                .unwrap()
                .reply()
                .ok()?;
            let claimed = claimed.value32().and_then(|mut values| values.next());
            let spec = ClientIdSpec {
                client: window,
                mask: ClientIdMask::LOCAL_CLIENT_PID,
            };
            let known = self.conn.res_query_client_ids(&[spec]).unwrap().reply().ok()?;
            let known = known.ids.iter().find_map(|id| id.value.first().copied());
            let program = std::fs::read_link(format!("/proc/{}/exe", claimed.or(known)?)).unwrap_or_default();
            if program.ends_with("capture-kit-allowed") {
                found.get_or_insert(window);
            }
        }
        found
    }
}

fn holds(areas: &[Area], x: i32, y: i32) -> bool {
    areas
        .iter()
        .any(|area| (area.0..area.2).contains(&x) && (area.1..area.3).contains(&y))
}

/// What such a recorder would leak is there, within some turns.
fn tries(kind: Kind, display: &Display) {
    // It outlasts what is waited for, and is ended then.
    let _stage = stage(display, kind.name(), 600);
    let naive = Naive::on(display);
    let until = Instant::now() + PATIENCE * 2;
    while naive.look() < 300 {
        assert!(
            Instant::now() < until,
            "{kind:?}: nothing that is not its own shows in an allowed window"
        );
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn each_kind_puts_pixels_of_others_where_an_allowed_window_is() {
    for kind in Kind::ALL {
        match kind {
            // Without a compositor an opacity says nothing.
            Kind::Opacity => tries(kind, &Display::composited()),
            _ => tries(kind, &Display::bare()),
        }
    }
}

/// The same windows under a window manager, and the mix of all of them: the truth is told to its end.
#[test]
fn the_mix_plays_in_every_surrounding_and_its_truth_names_each_kind() {
    for display in [Display::bare(), Display::start(), Display::composited()] {
        let mut stage = stage(&display, "mix", 6);
        stage.ended();
        let truth = display.file("truth.jsonl");
        let stalls = gardefou_capture_kit::truth::stalls(&truth).unwrap();
        for kind in Kind::ALL {
            assert!(stalls.iter().any(|stall| stall.kind == kind.name()), "{kind:?}");
        }
        let mut stacks = 0;
        gardefou_capture_kit::truth::read(&truth, |_, _, surface, windows| {
            let visible = |part| gardefou_capture_kit::area::visible_within(windows, surface, part);
            // The window of each kind is nearly always there, and in its part of the screen.
            let shown = stalls.iter().filter(|stall| visible(stall.place) > 0).count();
            stacks += usize::from(shown > stalls.len() / 2);
        })
        .unwrap();
        assert!(stacks > 10, "{stacks}");
    }
}
