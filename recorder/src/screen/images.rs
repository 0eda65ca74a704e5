//! The windows' own images, where a compositing manager runs.
//!
//! Such a manager has the server draw each window into an image of its own, and paints the screen from them: with
//! shadows, faded, one shining through the other. The screen's pixels are then of no window for certain; those of
//! a window's image are. This recorder has the server keep the images for itself as well: else the manager could
//! let the server drop an image and begin a new one (with the screen's pixels in it) without anybody being told.

use std::collections::HashSet;

use anyhow::{Context, Result};
use gardefou::Rect;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::errors::ReplyError;
use x11rb::protocol::composite::{self, ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ConnectionExt as _, Pixmap, Window};

use super::pixels::{Piece, Pixels, Taken};
use super::tree::Top;
use super::wire::Server;
use crate::geometry::intersection;

/// The depth of an image whose pixels are read.
const DEPTH: u8 = 24;

/// The windows whose images are kept.
#[derive(Debug, Default)]
pub(crate) struct Images {
    available: bool,
    held: HashSet<Window>,
}

impl Images {
    /// None yet. A server that keeps no images has no compositing manager either.
    pub(crate) fn of(conn: &Server) -> Result<Self> {
        let available = conn.extension_information(composite::X11_EXTENSION_NAME)?.is_some() && {
            // Images have names from 0.2 on.
            let version = conn.composite_query_version(0, 4)?.reply()?;
            (version.major_version, version.minor_version) >= (0, 2)
        };
        Ok(Self {
            available,
            ..Self::default()
        })
    }

    /// Has the images of these windows kept from now on; those that the server does not keep are left out. Under
    /// the grab.
    pub(crate) fn hold(&mut self, conn: &Server, windows: &[Window]) -> Result<()> {
        if !self.available {
            return Ok(());
        }
        let mut asked = Vec::new();
        for window in windows.iter().filter(|window| !self.held.contains(window)) {
            asked.push((*window, conn.composite_redirect_window(*window, Redirect::AUTOMATIC)?));
        }
        for (window, answer) in asked {
            match answer.check() {
                Ok(()) => {
                    self.held.insert(window);
                }
                Err(ReplyError::X11Error(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Whether the window's image is kept.
    pub(crate) fn holds(&self, window: Window) -> bool {
        self.held.contains(&window)
    }

    /// The window is gone, or no longer at the top level.
    pub(crate) fn forget(&mut self, window: Window) {
        self.held.remove(&window);
    }

    /// Has no image kept any more.
    pub(crate) fn release(&mut self, conn: &Server) -> Result<()> {
        for window in self.held.drain() {
            // A window that is gone by now makes an error that nobody needs.
            conn.composite_unredirect_window(window, Redirect::AUTOMATIC)?
                .ignore_error();
        }
        Ok(())
    }

    /// Takes the images of these windows where they are held, from bottom to top: those whose inner area, the
    /// second of each pair, can be seen. Gives them and, for each window, whether its inner area may be used.
    pub(crate) fn take(
        &self,
        conn: &Server,
        pixels: &mut Pixels,
        windows: &[(&Top, Rect)],
        outer: &[Rect],
        surface: Rect,
    ) -> Result<(Vec<Taken>, Vec<bool>)> {
        let mut usable: Vec<bool> = Vec::with_capacity(windows.len());
        let mut pieces = Vec::new();
        for (place, (top, inner)) in windows.iter().enumerate() {
            let own = top.frame().filter(|frame| frame.depth == DEPTH && self.holds(frame.id));
            usable.push(own.is_some());
            let Some(frame) = own else { continue };
            let seen = intersection(*inner, surface);
            let hidden = outer.iter().take(place).any(|over| over.contains(seen));
            if !seen.is_empty() && !hidden {
                let piece = Piece {
                    drawable: name(conn, frame.id)?,
                    from: (
                        i16::try_from(seen.x.saturating_sub(frame.outside.x))?,
                        i16::try_from(seen.y.saturating_sub(frame.outside.y))?,
                    ),
                    place: seen,
                };
                pieces.push((place, piece));
            }
        }
        pieces.reverse();
        let wanted: Vec<Piece> = pieces.iter().map(|(_, piece)| *piece).collect();
        let answers = pixels.take(conn, &wanted)?;
        let mut taken = Vec::with_capacity(answers.len());
        for ((place, piece), answer) in pieces.into_iter().zip(answers) {
            conn.free_pixmap(piece.drawable)?.ignore_error();
            match answer {
                Some(image) => taken.push(image),
                None => *usable.get_mut(place).context("a window has no place")? = false,
            }
        }
        Ok((taken, usable))
    }
}

/// A name for the window's image. Where there is none, the error comes with the first use.
fn name(conn: &Server, window: Window) -> Result<Pixmap> {
    let image = conn.generate_id()?;
    conn.composite_name_window_pixmap(window, image)?.ignore_error();
    Ok(image)
}
