//! The windows' own images: the only place that pixels are taken from.
//!
//! The server is asked to draw each window of the training into an image of its own (Composite), whether or not a
//! compositing manager runs: nothing that lies over or under a window is ever in it. But a new image begins with
//! what the screen shows at its place, and where the client gave its window no background that stays until the
//! client paints. What was painted over it cannot be had from the server: it reports boxes around lines, paint that
//! changes nothing, and paint that lets the old pixels through. So this recorder does not ask what was replaced. It
//! **wipes** the image: under the grab, in which the server serves nobody else, it fills the client's area of the
//! image with black, and asks the client to paint all of it. What is in the image from then on was painted since.
//!
//! The image is known by a name of its own from its wiping on: should the server give the window another image, the
//! name still is that of the one that was wiped, and what is taken through it cannot be another's.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use gardefou::Rect;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::errors::ReplyError;
use x11rb::protocol::composite::{self, ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, Gcontext, InputFocus, Pixmap, Rectangle, Window};

use super::pixels::Piece;
use super::tree::Top;
use super::wire::Server;
use crate::geometry::{intersection, moved};

/// The depth of an image whose pixels are read.
const DEPTH: u8 = 24;

/// The image of a window that changes its size all the time is wiped at most that often: each time its client has
/// to paint all of it.
const BETWEEN_WIPES: Duration = Duration::from_millis(500);

/// A window's size, on which the size of its image depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    width: u16,
    height: u16,
    border: u16,
}

impl Size {
    pub(crate) const fn new(width: u16, height: u16, border: u16) -> Self {
        Self { width, height, border }
    }
}

/// The images of the windows of the training, by the window at the top level.
#[derive(Debug, Default)]
pub(crate) struct Images {
    known: HashMap<Window, Image>,
    brush: Option<Gcontext>,
}

#[derive(Debug)]
struct Image {
    /// The name of the image that was wiped; `None` while it is to begin anew.
    name: Option<Pixmap>,
    size: Size,
    client: Window,
    /// The client's area, counted from the image's corner.
    area: Rect,
    wiped: Option<Instant>,
}

/// What is known of a window's image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It holds what was painted since it was wiped, and nothing else.
    Own(Pixmap),
    /// It was wiped just now, or is to be: the client has not painted yet.
    Begins,
    /// There is none that can be read.
    None,
}

/// Sees that the server keeps images.
///
/// # Errors
/// It does not: then nothing on its screen is certain to be a window's own.
pub(crate) fn kept(conn: &Server) -> Result<()> {
    const LACKS: &str = "the X server lacks Composite 0.4: nobody could say which pixels of the screen a window has \
                         painted itself, and without that nothing may be recorded; help: start the server with that \
                         extension (with Xinerama it has none)";
    ensure!(
        conn.extension_information(composite::X11_EXTENSION_NAME)?.is_some(),
        LACKS
    );
    let version = conn.composite_query_version(0, 4)?.reply()?;
    ensure!((version.major_version, version.minor_version) >= (0, 4), LACKS);
    Ok(())
}

impl Images {
    /// Whether the window's image is kept.
    #[cfg(test)]
    pub(crate) fn holds(&self, window: Window) -> bool {
        self.known.contains_key(&window)
    }

    /// The image may hold by now what its client did not paint.
    pub(crate) fn begin_anew(&mut self, conn: &Server, window: Window) -> Result<()> {
        match self.known.get_mut(&window) {
            Some(image) => image.lose(conn),
            None => Ok(()),
        }
    }

    /// The window had that size.
    pub(crate) fn sized(&mut self, conn: &Server, window: Window, size: Size) -> Result<()> {
        match self.known.get_mut(&window) {
            Some(image) if image.size != size => {
                image.size = size;
                image.lose(conn)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Has no image kept any more.
    pub(crate) fn release(&mut self, conn: &Server) -> Result<()> {
        for window in self.known.keys().copied().collect::<Vec<_>>() {
            self.let_go(conn, window)?;
        }
        if let Some(brush) = self.brush.take() {
            conn.free_gc(brush)?.ignore_error();
        }
        Ok(())
    }

    /// The window is gone, or no longer at the top level: its image is kept no more.
    pub(crate) fn let_go(&mut self, conn: &Server, window: Window) -> Result<()> {
        if let Some(mut image) = self.known.remove(&window) {
            image.lose(conn)?;
            // A window that is gone by now makes an error that nobody needs.
            conn.composite_unredirect_window(window, Redirect::AUTOMATIC)?
                .ignore_error();
        }
        Ok(())
    }

    /// The state of this window's image, which is wiped where it is to begin anew. Under the grab.
    pub(crate) fn of(&mut self, conn: &Server, top: &Top, now: Instant) -> Result<State> {
        let (Some(frame), Some(client)) = (top.frame(), top.client()) else {
            return Ok(State::None);
        };
        if frame.depth != DEPTH {
            return Ok(State::None);
        }
        let corner = (i64::from(frame.outside.x), i64::from(frame.outside.y));
        let area = moved(client.inside, corner.0.saturating_neg(), corner.1.saturating_neg());
        let area = intersection(area, Rect::new(0, 0, frame.outside.width, frame.outside.height));
        if let Entry::Vacant(place) = self.known.entry(frame.id) {
            if !hold(conn, frame.id)? {
                return Ok(State::None);
            }
            place.insert(Image {
                name: None,
                size: frame.size,
                client: client.id,
                area,
                wiped: None,
            });
        }
        let brush = self.brush(conn, frame.id)?;
        let Some(image) = self.known.get_mut(&frame.id) else {
            return Ok(State::None);
        };
        if (image.size, image.client, image.area) != (frame.size, client.id, area) {
            image.lose(conn)?;
            (image.size, image.client, image.area) = (frame.size, client.id, area);
        }
        if let Some(name) = image.name {
            return Ok(State::Own(name));
        }
        let too_soon = |wiped: Instant| now.saturating_duration_since(wiped) < BETWEEN_WIPES;
        if image.wiped.is_some_and(too_soon) {
            return Ok(State::Begins);
        }
        let Some(name) = name(conn, frame.id)? else {
            return Ok(State::None);
        };
        wipe(conn, name, brush, area)?;
        (image.name, image.wiped) = (Some(name), Some(now));
        for window in top.painters() {
            // Where the client gave the window a background, the server paints that at once.
            conn.clear_area(true, window, 0, 0, 0, 0)?.ignore_error();
        }
        Ok(State::Begins)
    }

    /// What fills with black.
    fn brush(&mut self, conn: &Server, window: Window) -> Result<Gcontext> {
        if let Some(brush) = self.brush {
            return Ok(brush);
        }
        let brush = conn.generate_id()?;
        let black = CreateGCAux::new().foreground(0).graphics_exposures(0);
        conn.create_gc(brush, window, &black)?.check()?;
        self.brush = Some(brush);
        Ok(brush)
    }
}

impl Image {
    /// It is to begin anew.
    fn lose(&mut self, conn: &Server) -> Result<()> {
        if let Some(name) = self.name.take() {
            conn.free_pixmap(name)?.ignore_error();
        }
        Ok(())
    }
}

/// The part of a window's image that is seen there on the surface.
pub(crate) fn piece(name: Pixmap, top: &Top, seen: Rect) -> Result<Piece> {
    let frame = top.frame().context("a window has no place")?;
    Ok(Piece {
        window: frame.id,
        drawable: name,
        from: (
            i16::try_from(seen.x.saturating_sub(frame.outside.x))?,
            i16::try_from(seen.y.saturating_sub(frame.outside.y))?,
        ),
        place: seen,
    })
}

/// Has the image of the window kept from now on, if the server does that. To do so the server takes the window off
/// the screen for an instant, and the keyboard from it: this gives it back. Under the grab.
fn hold(conn: &Server, window: Window) -> Result<bool> {
    let before = conn.get_input_focus()?;
    let held = conn.composite_redirect_window(window, Redirect::AUTOMATIC)?;
    let after = conn.get_input_focus()?;
    let before = before.reply()?;
    match held.check() {
        Ok(()) => {}
        Err(ReplyError::X11Error(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    if after.reply()?.focus != before.focus {
        let back: InputFocus = before.revert_to;
        conn.set_input_focus(back, before.focus, x11rb::CURRENT_TIME)?
            .ignore_error();
    }
    Ok(true)
}

/// A name for the window's image, if it has one.
fn name(conn: &Server, window: Window) -> Result<Option<Pixmap>> {
    let image = conn.generate_id()?;
    match conn.composite_name_window_pixmap(window, image)?.check() {
        Ok(()) => Ok(Some(image)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn wipe(conn: &Server, image: Pixmap, brush: Gcontext, area: Rect) -> Result<()> {
    let area = Rectangle {
        x: i16::try_from(area.x)?,
        y: i16::try_from(area.y)?,
        width: u16::try_from(area.width)?,
        height: u16::try_from(area.height)?,
    };
    // Were it not wiped, its pixels could be anybody's.
    conn.poly_fill_rectangle(image, brush, &[area])?.check()?;
    Ok(())
}
