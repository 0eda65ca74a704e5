//! What a window certainly covers with pixels of its own, and what it may have painted.

use anyhow::Result;
use gardefou::Rect;
use x11rb::cookie::Cookie;
use x11rb::protocol::shape::{ConnectionExt as _, QueryExtentsReply, SK};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply};

use super::atoms::Atoms;
use super::tree::{Node, Top};
use super::wire::Server;
use crate::geometry::{extended, inside_bands, intersection};

/// What a compositing manager may paint around a window, in pixels: shadows and a window growing in.
const SHADOW: i64 = 64;

/// A window with this depth has an alpha channel, and can be seen through.
const DEPTH_WITH_ALPHA: u8 = 32;

type Answer<'c, R> = Cookie<'c, Server, R>;

/// Questions that were sent and not yet answered, for each window from the frame to the client.
pub(crate) struct Asked<'c> {
    opacities: Vec<Answer<'c, GetPropertyReply>>,
    shapes: Vec<Answer<'c, QueryExtentsReply>>,
}

impl<'c> Asked<'c> {
    /// Sends the questions.
    pub(crate) fn of(conn: &'c Server, atoms: &Atoms, top: &Top) -> Result<Self> {
        let mut asked = Self {
            opacities: Vec::new(),
            shapes: Vec::new(),
        };
        for node in &top.path {
            asked.opacities.push(conn.get_property(
                false,
                node.id,
                atoms._NET_WM_WINDOW_OPACITY,
                AtomEnum::ANY,
                0,
                1,
            )?);
            asked.shapes.push(conn.shape_query_extents(node.id)?);
        }
        Ok(asked)
    }

    /// The window's inner and outer rectangle on the surface. `composited`: a compositing manager runs. It may
    /// show what lies under any window without saying so: the inner rectangle counts for the window's own image.
    pub(crate) fn answers(self, conn: &Server, top: &Top, composited: bool) -> Result<(Rect, Rect)> {
        let mut outer = top.frame().map(|frame| frame.outside).unwrap_or_default();
        if composited {
            outer = extended(outer, SHADOW);
        }
        let mut inner = outer;
        let mut certain = !top.overpainted;
        for ((node, opacity), shape) in top.path.iter().zip(self.opacities).zip(self.shapes) {
            certain &= node.depth != DEPTH_WITH_ALPHA && opaque(&opacity.reply()?);
            inner = intersection(inner, node.inside);
            if shape.reply()?.bounding_shaped {
                certain &= !composited;
                inner = intersection(inner, shape_of(conn, node)?);
            }
        }
        Ok((if certain { inner } else { Rect::default() }, outer))
    }
}

/// A rectangle that lies wholly in the bounding shape, on the surface.
fn shape_of(conn: &Server, node: &Node) -> Result<Rect> {
    let rectangles = conn.shape_get_rectangles(node.id, SK::BOUNDING)?.reply()?.rectangles;
    let banded: Vec<Rect> = rectangles
        .iter()
        .map(|r| {
            let x = node.inside.x.saturating_add(i32::from(r.x));
            let y = node.inside.y.saturating_add(i32::from(r.y));
            intersection(Rect::new(x, y, u32::from(r.width), u32::from(r.height)), node.inside)
        })
        .filter(|r| !r.is_empty())
        .collect();
    Ok(inside_bands(&banded))
}

/// Whether the window asks for no translucency. What cannot be read does not count as opaque.
fn opaque(property: &GetPropertyReply) -> bool {
    property.type_ == u32::from(AtomEnum::NONE)
        || property.value32().and_then(|mut values| values.next()) == Some(u32::MAX)
}
