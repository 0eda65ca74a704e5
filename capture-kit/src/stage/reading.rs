//! What the X server says is on the screen, of one instant: the server is grabbed around the questions.

use anyhow::{Context, Result};
use gardefou::{Rect, Timestamp, wall_clock_now};
use x11rb::protocol::shape::{ConnectionExt as _, SK};
use x11rb::protocol::xproto::{ConnectionExt as _, MapState, Window as Id, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::cast::Known;
use crate::truth::{Area, Window, area};

/// What is visible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stack {
    pub(super) surface: (u32, u32),
    pub(super) windows: Vec<Window>,
}

/// Reads what is visible, and since when at the latest.
///
/// # Errors
/// The server does not answer.
pub(super) fn read(conn: &RustConnection, root: Id, cast: &[Known]) -> Result<(Timestamp, Stack)> {
    conn.grab_server()?;
    let read = read_grabbed(conn, root, cast);
    conn.ungrab_server()?;
    conn.sync()?;
    read
}

fn read_grabbed(conn: &RustConnection, root: Id, cast: &[Known]) -> Result<(Timestamp, Stack)> {
    let measured = conn.get_geometry(root)?.reply().context("cannot measure the screen")?;
    let at = wall_clock_now();
    let children = conn.query_tree(root)?.reply()?.children;
    let own = Own::read(conn, root, cast)?;
    let mut asked = Vec::with_capacity(children.len());
    for id in children.iter().rev() {
        asked.push((
            *id,
            conn.get_window_attributes(*id)?,
            conn.get_geometry(*id)?,
            shape(conn, *id)?,
        ));
    }
    let mut windows = Vec::new();
    for (id, attributes, geometry, shape) in asked {
        let (attributes, geometry, shape) = (attributes.reply(), geometry.reply(), shape.reply());
        // One that its program closed between two questions; nothing else can fail under a grab.
        let (Ok(attributes), Ok(geometry), Ok(shape)) = (attributes, geometry, shape) else {
            continue;
        };
        if attributes.map_state != MapState::VIEWABLE || attributes.class == WindowClass::INPUT_ONLY {
            continue;
        }
        let border = i32::from(geometry.border_width);
        let corner = (i32::from(geometry.x) + border, i32::from(geometry.y) + border);
        let member = own.iter().find(|member| member.top == id);
        windows.push(Window {
            id,
            allowed: member.is_some_and(|member| member.allowed),
            inner: member.map(|member| member.inner.clone()).unwrap_or_default(),
            outer: placed(&shape.rectangles, corner, None),
        });
    }
    let surface = (u32::from(measured.width), u32::from(measured.height));
    Ok((at, Stack { surface, windows }))
}

fn shape(
    conn: &RustConnection,
    id: Id,
) -> Result<x11rb::cookie::Cookie<'_, RustConnection, x11rb::protocol::shape::GetRectanglesReply>> {
    Ok(conn.shape_get_rectangles(id, SK::BOUNDING)?)
}

/// A window of the kit's own.
struct Own {
    /// The window at the top level that it is in.
    top: Id,
    allowed: bool,
    inner: Vec<Area>,
}

impl Own {
    /// Those of them that are shown. All are asked about at once: others wait for the server meanwhile.
    fn read(conn: &RustConnection, root: Id, cast: &[Known]) -> Result<Vec<Self>> {
        let mut asked = Vec::with_capacity(cast.len());
        for known in cast {
            let id = known.window;
            asked.push((
                *known,
                conn.get_geometry(id)?,
                conn.get_window_attributes(id)?,
                conn.translate_coordinates(id, root, 0, 0)?,
                shape(conn, id)?,
                conn.query_tree(id)?,
            ));
        }
        let mut own = Vec::with_capacity(cast.len());
        for (known, geometry, attributes, corner, shape, tree) in asked {
            let answers = (geometry.reply(), attributes.reply(), corner.reply(), shape.reply());
            let (Ok(geometry), Ok(attributes), Ok(corner), Ok(shape), Ok(tree)) =
                (answers.0, answers.1, answers.2, answers.3, tree.reply())
            else {
                continue;
            };
            if attributes.map_state != MapState::VIEWABLE {
                continue;
            }
            let (mut top, mut parent) = (known.window, tree.parent);
            while parent != root && parent != x11rb::NONE {
                top = parent;
                parent = conn.query_tree(top)?.reply()?.parent;
            }
            let corner = (i32::from(corner.dst_x), i32::from(corner.dst_y));
            let (width, height) = (u32::from(geometry.width), u32::from(geometry.height));
            let client = Rect::new(corner.0, corner.1, width, height);
            let inner = match known.solid {
                true => placed(&shape.rectangles, corner, Some(client)),
                false => Vec::new(),
            };
            own.push(Self {
                top,
                allowed: known.allowed,
                inner,
            });
        }
        Ok(own)
    }
}

/// Rectangles that count from a corner, as they lie on the screen, within a window where one is given.
fn placed(rectangles: &[x11rb::protocol::xproto::Rectangle], corner: (i32, i32), within: Option<Rect>) -> Vec<Area> {
    let on_screen = rectangles.iter().map(|r| {
        let (x, y) = (corner.0 + i32::from(r.x), corner.1 + i32::from(r.y));
        let rect = Rect::new(x, y, u32::from(r.width), u32::from(r.height));
        within.map_or(rect, |within| common(rect, within))
    });
    on_screen.filter(|rect| !rect.is_empty()).map(area).collect()
}

fn common(a: Rect, b: Rect) -> Rect {
    let (left, top) = (a.x.max(b.x), a.y.max(b.y));
    let long = |end: i64, start: i32| u32::try_from(end - i64::from(start)).unwrap_or_default();
    Rect::new(
        left,
        top,
        long(a.right().min(b.right()), left),
        long(a.bottom().min(b.bottom()), top),
    )
}
