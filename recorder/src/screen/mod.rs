//! One look at the screen: the windows as they are stacked, what each covers, who is behind it, and the
//! pixels, all of one instant.
//!
//! The server is grabbed around it: nothing moves, appears or repaints between the list and the picture. Whatever
//! may change is listened to from then on, so that a screen on which nothing happens need not be read again.

mod atoms;
mod claims;
mod cover;
mod images;
mod monitors;
mod news;
mod ping;
mod pixels;
mod reading;
mod server;
mod tree;
mod wire;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use gardefou::{Millis, Rect, Timestamp};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{Atom, Window};
use x11rb::wrapper::ConnectionExt as _;

pub(crate) use claims::Claims;
pub(crate) use pixels::BYTES_PER_PIXEL;
pub(crate) use wire::Server;

use crate::exposure::{Exposures, Sight};
use crate::geometry::intersection;
use atoms::Atoms;
use images::Images;
use news::{Heard, News};
use ping::Pings;
use pixels::Pixels;

/// How many windows a question may have (contract, invalid-facts).
const MOST_WINDOWS: usize = 128;

/// How long what was read counts without being read again, when nothing was told.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// A screen that can be looked at.
#[derive(Debug)]
pub(crate) struct Screen {
    conn: Server,
    root: Window,
    id_mask: u32,
    compositor: Atom,
    monitors: bool,
    atoms: Atoms,
    pixels: Pixels,
    images: Images,
    pings: Pings,
    news: News,
    heard: Heard,
    claims: claims::Read,
    exposures: Exposures,
    watching: bool,
    composited: bool,
    last: Option<Last>,
    read_again: Duration,
}

/// What the last look that read everything saw, when it left nothing open.
#[derive(Debug)]
struct Last {
    since: Instant,
    width: u16,
    height: u16,
    windows: Vec<Seen>,
    /// The clients' windows, and whether each was frozen.
    clients: Vec<(Window, bool)>,
    /// Those that are asked whether they are alive.
    answering: Vec<Window>,
}

/// What one look saw.
#[derive(Debug)]
pub(crate) struct Look {
    /// When the pixels were taken, or it was sure that nothing happened since; within `from` and `to`.
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
#[derive(Debug, Clone)]
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

/// Another connection to the X server that `DISPLAY` names, and the number of its screen.
///
/// # Errors
/// The server takes no more.
pub(crate) fn another_connection() -> Result<(Server, usize)> {
    wire::connect(&server::display()?).context("cannot connect to the X server that `DISPLAY` names")
}

impl Screen {
    /// Connects to the X server that `DISPLAY` names.
    ///
    /// # Errors
    /// No X11 session, a server without what the facts are read with, or a format of pixels that is not read.
    pub(crate) fn connect() -> Result<Self> {
        server::open(&server::display()?)
    }

    /// A recording begins: nothing that is on the screen is certain. `interval`: the longest time between
    /// two looks, in ms.
    ///
    /// # Errors
    /// The server does not answer.
    pub(crate) fn watch(&mut self, interval: Millis) -> Result<()> {
        self.rest()?;
        news::listen(&self.conn, self.root, self.compositor, true)?;
        if self.monitors {
            monitors::listen(&self.conn, self.root, true)?;
        }
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
        self.forget();
        news::listen(&self.conn, self.root, self.compositor, false)?;
        if self.monitors {
            monitors::listen(&self.conn, self.root, false)?;
        }
        self.news.end(&self.conn)?;
        self.images.release(&self.conn)?;
        self.conn.sync()?;
        while self.conn.poll_for_event()?.is_some() {}
        (self.pings, self.heard) = (Pings::default(), Heard::default());
        Ok(())
    }

    /// The next look reads everything.
    pub(crate) fn refresh(&mut self) {
        self.last = None;
    }

    /// Takes one look; the pixels go into `frame`, row by row, four bytes each: blue, green, red, nothing. When
    /// nothing was told since the look before, this one is not fresh, and `frame` is left as it is.
    ///
    /// # Errors
    /// When the server does not answer as it should: then nothing of this look may be used.
    pub(crate) fn look(&mut self, now: impl Fn() -> Timestamp, frame: &mut Vec<u8>) -> Result<Look> {
        let look = match self.look_still(&now, frame.len()) {
            Ok(None) => self.look_anew(&now, frame),
            Ok(Some(look)) => Ok(look),
            Err(error) => Err(error),
        };
        if look.is_err() {
            self.forget();
        }
        look
    }

    /// Nothing of what is known counts any more.
    fn forget(&mut self) {
        self.refresh();
        self.claims = claims::Read::default();
        self.exposures.begin_anew();
    }

    /// A look at a screen on which nothing happened; `None` when that is not certain. `bytes`: of the frame that the
    /// look before filled.
    fn look_still(&mut self, now: &impl Fn() -> Timestamp, bytes: usize) -> Result<Option<Look>> {
        let Some(last) = self
            .last
            .take()
            .filter(|last| last.fills(bytes) && last.since.elapsed() < self.read_again)
        else {
            return Ok(None);
        };
        let at = now();
        // With the answer everything has come that was told before it.
        self.conn.sync()?;
        self.news
            .hear(&self.conn, self.root, &self.atoms, &mut self.pings, &mut self.heard)?;
        let instant = Instant::now();
        let as_alive = |(client, frozen): &(Window, bool)| self.pings.frozen(*client, instant) == *frozen;
        if self.heard.anything() || !last.clients.iter().all(as_alive) {
            return Ok(None);
        }
        self.pings.ask(&self.conn, &self.atoms, &last.answering, instant)?;
        self.conn.flush()?;
        self.exposures.still(at);
        let look = Look {
            at,
            from: at,
            to: at,
            width: last.width,
            height: last.height,
            windows: last.windows.clone(),
            unsettled: false,
            fresh: false,
            grabbed: Duration::ZERO,
            captured: Duration::ZERO,
        };
        self.last = Some(last);
        Ok(Some(look))
    }

    fn look_anew(&mut self, now: &impl Fn() -> Timestamp, frame: &mut Vec<u8>) -> Result<Look> {
        let begun = Instant::now();
        let (mut look, seen) = self.read(now)?;
        look.grabbed = begun.elapsed();
        let copying = Instant::now();
        self.pixels.copy(&seen.taken, look.width, look.height, frame)?;
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
        let frozen = look.windows.iter().map(|window| window.frozen);
        let clients = seen.clients.iter().map(|client| client.id).zip(frozen).collect();
        drop_invisible(&mut look.windows, look.width, look.height);
        if self.watching && !unsettled {
            self.last = Some(Last {
                since: begun,
                width: look.width,
                height: look.height,
                windows: look.windows.clone(),
                clients,
                answering,
            });
        }
        Ok(look)
    }
}

impl Last {
    /// Whether a frame of so many bytes may hold its pixels.
    fn fills(&self, bytes: usize) -> bool {
        let pixels = usize::from(self.width).saturating_mul(usize::from(self.height));
        bytes == pixels.saturating_mul(BYTES_PER_PIXEL)
    }
}

fn surface(width: u16, height: u16) -> Rect {
    Rect::new(0, 0, u32::from(width), u32::from(height))
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
mod tests;
