//! What a window certainly covers with pixels of its own, and what it may have painted.

use anyhow::Result;
use gardefou::Rect;
use x11rb::cookie::Cookie;
use x11rb::protocol::shape::{ConnectionExt as _, QueryExtentsReply, SK};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply};

use super::Cause;
use super::atoms::Atoms;
use super::tree::{Node, Top};
use super::wire::Server;
use crate::geometry::{inside_bands, intersection};

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

    /// The window's inner and outer rectangle on the surface, and why the inner one is empty, or smaller than what the
    /// client covers, where it is.
    pub(crate) fn answers(self, conn: &Server, top: &Top) -> Result<(Rect, Rect, Option<Cause>)> {
        let outer = top.frame().map(|frame| frame.outside).unwrap_or_default();
        let mut inner = outer;
        let mut cause = None;
        let mut certain = true;
        if top.overpainted {
            (certain, cause) = (false, Some(Cause::Mixed));
        }
        for ((node, opacity), shape) in top.path.iter().zip(self.opacities).zip(self.shapes) {
            inner = intersection(inner, node.inside);
            if node.depth == DEPTH_WITH_ALPHA || !opaque(&opacity.reply()?) {
                (certain, cause) = (false, Some(Cause::SeenThrough));
            }
            let shape = shape.reply()?;
            if shape.bounding_shaped || shape.clip_shaped {
                cause = cause.or(Some(Cause::Shape));
            }
            if shape.bounding_shaped {
                inner = intersection(inner, shape_of(conn, node, SK::BOUNDING)?);
            }
            if shape.clip_shaped {
                inner = intersection(inner, shape_of(conn, node, SK::CLIP)?);
            }
        }
        Ok((if certain { inner } else { Rect::default() }, outer, cause))
    }
}

/// A rectangle that lies wholly in that shape, on the surface.
fn shape_of(conn: &Server, node: &Node, kind: SK) -> Result<Rect> {
    let rectangles = conn.shape_get_rectangles(node.id, kind)?.reply()?.rectangles;
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
