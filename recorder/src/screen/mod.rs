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
mod programs;
mod reading;
mod server;
mod tree;
mod wire;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use gardefou::{Rect, Timestamp};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::xproto::{Visualid, Window};
use x11rb::wrapper::ConnectionExt as _;

pub(crate) use claims::Claims;
pub(crate) use pixels::{BYTES_PER_PIXEL, Corner};
pub(crate) use wire::Server;

use crate::geometry::intersection;
use atoms::Atoms;
use images::Images;
use news::{Heard, News};
use ping::Pings;
use pixels::{Piece, Pixels, Taken};

/// How many windows a question may have (contract, invalid-facts).
const MOST_WINDOWS: usize = 128;

/// How often a look is taken anew at once when windows vanish while it is taken.
const MOST_TRIES: u32 = 16;

/// How long what was read counts without being read again, when nothing was told.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// A screen that can be looked at.
#[derive(Debug)]
pub(crate) struct Screen {
    conn: Server,
    root: Window,
    id_mask: u32,
    monitors: bool,
    plain: HashSet<Visualid>,
    atoms: Atoms,
    pixels: Pixels,
    images: Images,
    pings: Pings,
    news: News,
    heard: Heard,
    claims: claims::Read,
    programs: programs::Shared,
    /// The windows at the top level whose pixels are taken: those of the training.
    wanted: HashSet<Window>,
    watching: bool,
    /// How many looks have read everything.
    looks: u64,
    last: Option<Last>,
    read_again: Duration,
}

/// The pixels of what was painted, and those of the mark's place on the screen.
type Painted = (Vec<Taken>, Option<Vec<u8>>);

/// What the last look that read everything saw, when it left nothing open.
#[derive(Debug)]
struct Last {
    since: Instant,
    width: u16,
    height: u16,
    dark: Vec<Rect>,
    windows: Vec<Seen>,
    /// What was taken, from bottom to top.
    pieces: Vec<Piece>,
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
    /// Parts of it that no monitor shows.
    pub(crate) dark: Vec<Rect>,
    /// Topmost first.
    pub(crate) windows: Vec<Seen>,
    /// What the screen showed where the mark is, of the same instant, row by row, four bytes a pixel; `None` when
    /// that was not asked, or is not there.
    pub(crate) corner: Option<Vec<u8>>,
    /// Whether the image of a window begins: its client is to paint all of it.
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
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The server's own number of the window at the top level.
    pub(crate) id: u32,
    /// That of the client's window in it.
    pub(crate) client: Window,
    /// Pixels that are certainly its client's.
    pub(crate) inner: Rect,
    /// Pixels that it may have painted.
    pub(crate) outer: Rect,
    /// What is known of the program behind it.
    pub(crate) claims: Claims,
    /// The file of the program that opened its connection, if it still is what runs there.
    pub(crate) program: Option<String>,
    /// It was asked whether it is alive, and did not answer.
    pub(crate) frozen: bool,
    /// Why its inner rectangle is empty, or smaller than what its client covers, where it is.
    pub(crate) cause: Option<Cause>,
}

/// Why pixels of a window are not certain to be its client's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Another program's window lies in it, or the frame's over it, or its colours are those of a colormap.
    Mixed,
    /// It can be seen through.
    SeenThrough,
    /// It has a shape, and this is not in its largest rectangle.
    Shape,
    /// Its image begins: it was shown, got another size, or something else was drawn in it.
    Begins,
    /// The server gives no image of it that can be read.
    NoImage,
}

impl Cause {
    /// As `--verdicts` writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mixed => "another-window-inside",
            Self::SeenThrough => "seen-through",
            Self::Shape => "shape",
            Self::Begins => "image-begins",
            Self::NoImage => "no-image",
        }
    }
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

    /// A recording begins: nothing that is on the screen is certain.
    ///
    /// # Errors
    /// The server does not answer.
    pub(crate) fn watch(&mut self) -> Result<()> {
        self.rest()?;
        news::listen(&self.conn, self.root, true)?;
        if self.monitors {
            monitors::listen(&self.conn, self.root, true)?;
        }
        programs::lock(&self.programs).see(&self.conn)?;
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
        self.forget()?;
        news::listen(&self.conn, self.root, false)?;
        if self.monitors {
            monitors::listen(&self.conn, self.root, false)?;
        }
        self.news.end(&self.conn)?;
        self.conn.sync()?;
        while self.conn.poll_for_event()?.is_some() {}
        (self.pings, self.heard) = (Pings::default(), Heard::default());
        Ok(())
    }

    /// The next look reads everything.
    pub(crate) fn refresh(&mut self) {
        self.last = None;
    }

    /// These of the windows of that look are of the training: their pixels are taken from now on. Of one that was not
    /// among them nothing was taken in this look, and nothing of it may be kept. Gives whether there is such a one.
    pub(crate) fn want(&mut self, look: &mut Look, training: &HashSet<u32>) -> bool {
        let mut waits = false;
        for seen in &mut look.windows {
            if training.contains(&seen.id) && !self.wanted.contains(&seen.id) {
                seen.inner = Rect::default();
                seen.cause = seen.cause.or(Some(Cause::Begins));
                waits = true;
            }
        }
        if self.wanted != *training {
            self.wanted.clone_from(training);
            self.refresh();
        }
        waits
    }

    /// Takes one look; the pixels of the windows of the training go into `frame`, row by row, four bytes each: blue,
    /// green, red, nothing; all else is black. When nothing was told since the look before, this one is not fresh,
    /// and `frame` is left as it is. `mark`: what the screen shows there is read as well.
    ///
    /// # Errors
    /// When the server does not answer as it should: then nothing of this look may be used.
    pub(crate) fn look(
        &mut self,
        now: impl Fn() -> Timestamp,
        frame: &mut Vec<u8>,
        mark: Option<Rect>,
    ) -> Result<Look> {
        let look = match self.look_still(&now, frame, mark) {
            Ok(None) => self.look_until_whole(&now, frame, mark),
            Ok(Some(look)) => Ok(look),
            Err(error) if has_vanished(&error) => self.look_until_whole(&now, frame, mark),
            Err(error) => Err(error),
        };
        match look {
            Ok(mut look) => {
                self.name_programs(&mut look.windows);
                Ok(look)
            }
            Err(error) => {
                // When the server is gone, so are its images.
                let _ = self.forget();
                Err(error)
            }
        }
    }

    /// Nothing of what is known counts any more.
    fn forget(&mut self) -> Result<()> {
        self.refresh();
        self.claims = claims::Read::default();
        self.wanted.clear();
        self.images.release(&self.conn)
    }

    /// Says of each window which program is behind it, by what runs now.
    fn name_programs(&mut self, windows: &mut [Seen]) {
        let mut programs = programs::lock(&self.programs);
        let mut asked: HashMap<(u32, u32), Option<String>> = HashMap::new();
        for seen in windows {
            let base = programs::base(seen.client, self.id_mask);
            seen.program = seen.claims.process.and_then(|process| {
                let program = asked.entry((base, process));
                program.or_insert_with(|| programs.of(base, process)).clone()
            });
        }
    }

    /// A look at a screen on which nothing happened but that windows painted; `None` when that is not certain.
    fn look_still(
        &mut self,
        now: &impl Fn() -> Timestamp,
        frame: &mut Vec<u8>,
        mark: Option<Rect>,
    ) -> Result<Option<Look>> {
        let Some(last) = self
            .last
            .take()
            .filter(|last| last.fills(frame.len()) && last.since.elapsed() < self.read_again)
        else {
            return Ok(None);
        };
        let at = now();
        // With the answer everything has come that was told before it.
        let corner = match asked_corner(&self.conn, self.root, mark, last.width, last.height)? {
            Some(corner) => corner.answer()?,
            None => {
                self.conn.sync()?;
                None
            }
        };
        self.news
            .hear(&self.conn, self.root, &self.atoms, &mut self.pings, &mut self.heard)?;
        let instant = Instant::now();
        let as_alive = |(client, frozen): &(Window, bool)| self.pings.frozen(*client, instant) == *frozen;
        if self.heard.more || !last.clients.iter().all(as_alive) {
            return Ok(None);
        }
        let look = if self.heard.painting {
            let Some(look) = self.look_painted(&last, now, frame, mark)? else {
                return Ok(None);
            };
            look
        } else {
            Look {
                corner,
                ..last.look(at)
            }
        };
        self.pings.ask(&self.conn, &self.atoms, &last.answering, instant)?;
        self.conn.flush()?;
        self.last = Some(last);
        Ok(Some(look))
    }

    /// A look at windows that painted, and did nothing else.
    fn look_painted(
        &mut self,
        last: &Last,
        now: &impl Fn() -> Timestamp,
        frame: &mut Vec<u8>,
        mark: Option<Rect>,
    ) -> Result<Option<Look>> {
        let begun = Instant::now();
        let at = now();
        server::grab(&self.conn)?;
        let taken = self.take_painted(last, mark);
        server::release(&self.conn);
        let grabbed = begun.elapsed();
        let Some((taken, corner)) = taken? else {
            return Ok(None);
        };
        let to = now();
        self.pixels.copy(&taken, last.width, last.height, frame)?;
        Ok(Some(Look {
            to,
            corner,
            fresh: true,
            grabbed,
            captured: begun.elapsed(),
            ..last.look(at)
        }))
    }

    /// Under the grab: the pixels of what was seen at the look before, if nothing but painting happened since.
    fn take_painted(&mut self, last: &Last, mark: Option<Rect>) -> Result<Option<Painted>> {
        self.news.take(&self.conn)?;
        let corner = asked_corner(&self.conn, self.root, mark, last.width, last.height)?;
        let taken = self.pixels.take(&self.conn, &last.pieces)?;
        let corner = match corner {
            Some(corner) => corner.answer()?,
            None => {
                self.conn.sync()?;
                None
            }
        };
        // Everything has come that was told before the grab, and nothing happened in it.
        self.news
            .hear_own(&self.conn, self.root, &self.atoms, &mut self.pings, &mut self.heard)?;
        let taken: Option<Vec<Taken>> = taken.into_iter().collect();
        Ok(taken.filter(|_| !self.heard.more).map(|taken| (taken, corner)))
    }

    /// The server serves no other program under the grab, but one that ends takes its windows with it even then: such
    /// a look is of two instants, and is not used.
    fn look_until_whole(
        &mut self,
        now: &impl Fn() -> Timestamp,
        frame: &mut Vec<u8>,
        mark: Option<Rect>,
    ) -> Result<Look> {
        let mut tries = 0;
        loop {
            match self.look_anew(now, frame, mark) {
                Err(error) if has_vanished(&error) && tries < MOST_TRIES => tries += 1,
                look => return look,
            }
        }
    }

    fn look_anew(&mut self, now: &impl Fn() -> Timestamp, frame: &mut Vec<u8>, mark: Option<Rect>) -> Result<Look> {
        let begun = Instant::now();
        let (mut look, seen) = self.read(now, mark)?;
        look.grabbed = begun.elapsed();
        let copying = Instant::now();
        self.pixels.copy(&seen.taken, look.width, look.height, frame)?;
        look.captured += copying.elapsed();
        let instant = Instant::now();
        for window in &mut look.windows {
            window.frozen = self.pings.frozen(window.client, instant);
        }
        let answering: Vec<Window> = look
            .windows
            .iter()
            .filter(|window| window.claims.answers_ping)
            .map(|window| window.client)
            .collect();
        self.pings.ask(&self.conn, &self.atoms, &answering, instant)?;
        self.conn.flush()?;
        let clients = look
            .windows
            .iter()
            .map(|window| (window.client, window.frozen))
            .collect();
        drop_invisible(&mut look.windows, look.width, look.height);
        if self.watching && !look.unsettled {
            self.last = Some(Last {
                since: begun,
                width: look.width,
                height: look.height,
                dark: look.dark.clone(),
                windows: look.windows.clone(),
                pieces: seen.pieces,
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

    /// A look that sees the same.
    fn look(&self, at: Timestamp) -> Look {
        Look {
            at,
            from: at,
            to: at,
            width: self.width,
            height: self.height,
            dark: self.dark.clone(),
            windows: self.windows.clone(),
            corner: None,
            unsettled: false,
            fresh: false,
            grabbed: Duration::ZERO,
            captured: Duration::ZERO,
        }
    }
}

/// Something happened under the grab.
#[derive(Debug)]
struct Vanished;

impl std::fmt::Display for Vanished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("windows vanish while the screen is looked at")
    }
}

impl std::error::Error for Vanished {}

/// Whether that is because a window vanished under the grab.
fn has_vanished(error: &anyhow::Error) -> bool {
    let of_a_window = |error: &ReplyError| match error {
        ReplyError::X11Error(error) => matches!(
            error.error_kind,
            ErrorKind::Window | ErrorKind::Drawable | ErrorKind::Pixmap | ErrorKind::Match
        ),
        ReplyError::ConnectionError(_) => false,
    };
    error.is::<Vanished>() || error.downcast_ref().is_some_and(of_a_window)
}

/// Asks what the screen shows there, as far as that is on it.
fn asked_corner(
    conn: &Server,
    root: Window,
    mark: Option<Rect>,
    width: u16,
    height: u16,
) -> Result<Option<Corner<'_>>> {
    let place = mark.map(|mark| intersection(mark, surface(width, height)));
    let place = place.filter(|place| !place.is_empty());
    place.map(|place| Corner::of(conn, root, place)).transpose()
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
