//! One look at the screen: the windows as they are stacked, what each covers, who is behind it, and the
//! pixels, all of one instant.
//!
//! The server is grabbed around it: nothing moves, appears or repaints between the list and the picture.

mod atoms;
mod claims;
mod cover;
mod news;
mod ping;
mod pixels;
mod tree;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use gardefou::{Millis, Rect, Timestamp};
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::res;
use x11rb::protocol::xproto::{Atom, ConnectionExt as _, ImageOrder, Screen as Root, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

pub(crate) use claims::Claims;
pub(crate) use pixels::BYTES_PER_PIXEL;

use crate::exposure::{Change, Client, Exposures, Level, Sight};
use crate::geometry::intersection;
use atoms::Atoms;
use news::News;
use ping::Pings;
use pixels::Pixels;
use tree::Top;

/// How many windows a question may have (contract, invalid-facts).
const MOST_WINDOWS: usize = 128;

/// A screen that can be looked at.
#[derive(Debug)]
pub(crate) struct Screen {
    conn: RustConnection,
    root: Window,
    id_mask: u32,
    compositor: Atom,
    atoms: Atoms,
    pixels: Pixels,
    pings: Pings,
    news: News,
    exposures: Exposures,
    watching: bool,
    composited: bool,
}

/// What one look saw.
#[derive(Debug)]
pub(crate) struct Look {
    /// When the pixels were taken; within `from` and `to`.
    pub(crate) at: Timestamp,
    /// The list held from here ...
    pub(crate) from: Timestamp,
    /// ... to here.
    pub(crate) to: Timestamp,
    /// Columns of the surface.
    pub(crate) width: u16,
    /// Rows of the surface.
    pub(crate) height: u16,
    /// Topmost first.
    pub(crate) windows: Vec<Seen>,
    /// Whether a window has something uncovered that it has not painted yet.
    pub(crate) unsettled: bool,
    /// Whether the pixels were taken anew. When not, nothing was painted, moved, stacked or named since the look
    /// before, and the frame holds what it held.
    pub(crate) fresh: bool,
    /// How long nobody but this recorder was served by the X server.
    pub(crate) grabbed: Duration,
    /// How long taking and copying the pixels took.
    pub(crate) captured: Duration,
}

/// A window that was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The server's own number of the window at the top level.
    pub(crate) id: u32,
    /// Pixels that are certainly its client's.
    pub(crate) inner: Rect,
    /// Pixels that it may have painted.
    pub(crate) outer: Rect,
    /// What is known of the program behind it.
    pub(crate) claims: Claims,
    /// It was asked whether it is alive, and did not answer.
    pub(crate) frozen: bool,
}

impl Screen {
    /// Connects to the X server that `DISPLAY` names.
    ///
    /// # Errors
    /// No X11 session, a server without what the facts are read with, or a format of pixels that is not read.
    pub(crate) fn connect() -> Result<Self> {
        if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
            if std::env::var_os("WAYLAND_DISPLAY").is_some() {
                bail!(
                    "this is a Wayland session: it tells neither which program a window is of nor which window lies \
                     over which, and without that nothing may be recorded; help: log in to an X11 session"
                );
            }
            bail!("`DISPLAY` is not set: there is no X11 screen to record");
        }
        // The client library adds the number to that of a port, and fails badly where there is no such port.
        let number = std::env::var("DISPLAY").ok().and_then(|display| {
            let (_, number) = display.rsplit_once(':')?;
            number.split('.').next()?.parse::<u16>().ok()
        });
        ensure!(
            number.is_some_and(|number| number < 59_000),
            "`DISPLAY` names no screen; help: write it as `:0`"
        );
        let (conn, number) = x11rb::connect(None).context("cannot connect to the X server that `DISPLAY` names")?;
        ensure!(
            conn.extension_information("XWAYLAND")?.is_none(),
            "the X server that `DISPLAY` names runs inside a Wayland session and does not see its windows; \
             help: log in to an X11 session"
        );
        let root = readable_root(&conn, number)?;
        ensure!(
            conn.extension_information(res::X11_EXTENSION_NAME)?.is_some()
                && res::query_version(&conn, 1, 2)?.reply()?.server_minor >= 2,
            "the X server lacks X-Resource 1.2: nobody could say which program a window is of"
        );
        let atoms = Atoms::new(&conn)?.reply()?;
        let compositor = conn
            .intern_atom(false, format!("_NET_WM_CM_S{number}").as_bytes())?
            .reply()?
            .atom;
        news::reported(&conn)?;
        let id_mask = conn.setup().resource_id_mask;
        Ok(Self {
            conn,
            root,
            id_mask,
            compositor,
            atoms,
            pixels: Pixels::default(),
            pings: Pings::default(),
            news: News::default(),
            exposures: Exposures::default(),
            watching: false,
            composited: false,
        })
    }

    /// A recording begins: nothing that is on the screen is certain. `interval`: the longest time between
    /// two looks, in ms.
    ///
    /// # Errors
    /// The server does not answer.
    pub(crate) fn watch(&mut self, interval: Millis) -> Result<()> {
        self.rest()?;
        news::listen(&self.conn, self.root, true)?;
        self.exposures = Exposures::of_interval(interval);
        self.watching = true;
        Ok(())
    }

    /// No look comes for some time: nothing is listened to, so that nothing piles up.
    ///
    /// # Errors
    /// The server does not answer.
    pub(crate) fn rest(&mut self) -> Result<()> {
        if !self.watching {
            return Ok(());
        }
        self.watching = false;
        news::listen(&self.conn, self.root, false)?;
        self.news.follow(&self.conn, &[])?;
        self.conn.sync()?;
        while self.conn.poll_for_event()?.is_some() {}
        (self.pings, self.news) = (Pings::default(), News::default());
        Ok(())
    }

    /// The next look takes everything anew.
    pub(crate) fn refresh(&mut self) {}

    /// Takes one look; the pixels go into `frame`, row by row, four bytes each: blue, green, red, nothing.
    ///
    /// # Errors
    /// When the server does not answer as it should: then nothing of this look may be used.
    pub(crate) fn look(&mut self, now: impl Fn() -> Timestamp, frame: &mut Vec<u8>) -> Result<Look> {
        let begun = Instant::now();
        let (mut look, seen) = self.look_grabbed(now)?;
        look.grabbed = begun.elapsed();
        let copying = Instant::now();
        self.pixels.copy(seen.taken, look.width, look.height, frame)?;
        look.captured += copying.elapsed();
        let instant = Instant::now();
        for (window, client) in look.windows.iter_mut().zip(&seen.clients) {
            window.frozen = self.pings.frozen(client.id, instant);
        }
        let answering: Vec<Window> = look
            .windows
            .iter()
            .zip(&seen.clients)
            .filter(|(window, _)| window.claims.answers_ping)
            .map(|(_, client)| client.id)
            .collect();
        self.pings.ask(&self.conn, &self.atoms, &answering, instant)?;
        let sight = Sight {
            stack: &seen.stack,
            clients: &seen.clients,
            surface: surface(look.width, look.height),
            at: look.at,
        };
        let (ask, unsettled) = self.exposures.settle(&seen.changes, &mut look.windows, sight);
        look.unsettled = unsettled;
        for top in ask.into_iter().filter_map(|place| seen.tops.get(place)) {
            news::ask_to_paint(&self.conn, top)?;
        }
        self.conn.flush()?;
        drop_invisible(&mut look.windows, look.width, look.height);
        Ok(look)
    }

    fn look_grabbed(&mut self, now: impl Fn() -> Timestamp) -> Result<(Look, Grabbed)> {
        let conn = &self.conn;
        let _grab = Grab::begin(conn)?;
        let measured = conn
            .get_geometry(self.root)?
            .reply()
            .context("cannot measure the screen")?;
        let from = now();
        let composited = conn.get_selection_owner(self.compositor)?.reply()?.owner != x11rb::NONE;
        let mut tops = tree::read(conn, &self.atoms, self.root, self.id_mask)?;
        tops.retain(|top| top.client().is_some());
        let stack = tree::stack(conn, self.root)?;
        let mut asked = Vec::with_capacity(tops.len());
        for top in &tops {
            let Some(client) = top.client() else { continue };
            let claims = claims::Asked::of(conn, &self.atoms, client.id)?;
            asked.push((top, client.id, claims, cover::Asked::of(conn, &self.atoms, top)?));
        }
        let mut windows = Vec::with_capacity(asked.len());
        let mut clients = Vec::with_capacity(asked.len());
        for (top, client, claims, cover) in asked {
            let (inner, outer) = cover.answers(conn, top, composited)?;
            let claims = claims.answers(&self.atoms)?;
            let id = top.frame().map(|frame| frame.id).unwrap_or_default();
            let place = top.client().map(|client| client.inside).unwrap_or_default();
            windows.push(Seen {
                id,
                inner,
                outer,
                claims,
                frozen: false,
            });
            clients.push(Client { id: client, place });
        }
        let followed: Vec<Window> = clients.iter().map(|client| client.id).collect();
        self.news.follow(conn, &followed)?;
        let at = now();
        let taking = Instant::now();
        let taken = self.pixels.take(conn, self.root, measured.width, measured.height)?;
        let captured = taking.elapsed();
        let to = now();
        // The pixels have come, and with them everything that was told before: nothing else happens meanwhile.
        let area = surface(measured.width, measured.height);
        let changes = self.news.hear(conn, self.root, area, &self.atoms, &mut self.pings)?;
        if composited && !self.composited {
            crate::status::say(
                "a compositing manager runs and may show what lies under any window: nothing is recorded while it does",
            );
        }
        self.composited = composited;
        let look = Look {
            at,
            from,
            to,
            width: measured.width,
            height: measured.height,
            windows,
            unsettled: true,
            fresh: true,
            grabbed: Duration::ZERO,
            captured,
        };
        let grabbed = Grabbed {
            taken,
            tops,
            clients,
            stack,
            changes,
        };
        Ok((look, grabbed))
    }
}

/// What was read beside a look, of the same instant; windows and clients stand in the same order.
struct Grabbed {
    taken: pixels::Taken,
    tops: Vec<Top>,
    clients: Vec<Client>,
    stack: Vec<Level>,
    changes: Vec<Change>,
}

fn surface(width: u16, height: u16) -> Rect {
    Rect::new(0, 0, u32::from(width), u32::from(height))
}

fn readable_root(conn: &RustConnection, number: usize) -> Result<Window> {
    let setup = conn.setup();
    let screen: &Root = setup.roots.get(number).context("the X server has no such screen")?;
    let format = setup
        .pixmap_formats
        .iter()
        .find(|format| format.depth == screen.root_depth);
    let visual = screen
        .allowed_depths
        .iter()
        .flat_map(|depth| &depth.visuals)
        .find(|visual| visual.visual_id == screen.root_visual);
    let readable = screen.root_depth == 24
        && format.is_some_and(|format| format.bits_per_pixel == 32)
        && visual.is_some_and(|v| (v.red_mask, v.green_mask, v.blue_mask) == (0xff_0000, 0xff00, 0xff))
        && setup.image_byte_order == ImageOrder::LSB_FIRST;
    ensure!(
        readable,
        "the screen has {} bits a pixel in a format that is not read; help: use a screen of depth 24",
        screen.root_depth
    );
    Ok(screen.root)
}

/// A server that serves nobody else. It is released when this goes, also after an error.
struct Grab<'c>(&'c RustConnection);

impl<'c> Grab<'c> {
    fn begin(conn: &'c RustConnection) -> Result<Self> {
        conn.grab_server()?;
        Ok(Self(conn))
    }
}

impl Drop for Grab<'_> {
    fn drop(&mut self) {
        // When the connection is lost, the server has released itself.
        if let Ok(sent) = self.0.ungrab_server() {
            sent.ignore_error();
        }
        let _ = self.0.flush();
    }
}

/// Leaves out, when there are too many for one question, the windows that cannot be seen: outside the
/// surface, or wholly under one other.
fn drop_invisible(windows: &mut Vec<Seen>, width: u16, height: u16) {
    if windows.len() <= MOST_WINDOWS {
        return;
    }
    let surface = surface(width, height);
    let mut above: Vec<Rect> = Vec::new();
    windows.retain(|window| {
        let visible = intersection(window.outer, surface);
        let seen = !visible.is_empty() && !above.iter().any(|other| other.contains(visible));
        above.push(window.outer);
        seen
    });
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
