//! What the server tells of windows between two looks, in its order: nothing that changes and changes back is lost.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, ensure};
use gardefou::Rect;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::shape::ConnectionExt as _;
use x11rb::protocol::xfixes;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Window};

use super::atoms::Atoms;
use super::images::Size;
use super::ping::Pings;
use super::tree::{Part, Role, Top, bordered};
use super::wire::Server;
use crate::geometry::{intersection, moved};

/// What is listened to while looks are taken.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The reports of painting, by the client's window.
    reports: HashMap<Window, Damage>,
    /// The windows whose properties, shape and windows inside are told of.
    listened: HashMap<Window, Listened>,
}

/// A window that was shown at the latest look that read everything.
#[derive(Debug, Clone, Copy)]
struct Listened {
    /// The window at the top level that it is or lies in.
    top: Window,
    role: Role,
    /// Its corner, without a border, counted from that of the window at the top level.
    corner: (i64, i64),
    /// The client's area, counted from the same corner.
    client: Rect,
    seen: u64,
}

/// What was told since the last look that read everything.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Whether anything was painted.
    pub(crate) painting: bool,
    /// Whether it was anything else.
    pub(crate) more: bool,
    /// Windows at the top level whose image may hold by now what their client did not paint.
    pub(crate) mixed: HashSet<Window>,
    /// The sizes that windows at the top level had meanwhile.
    pub(crate) sizes: Vec<(Window, Size)>,
    /// Windows of which a property changed.
    pub(crate) renamed: HashSet<Window>,
    /// Windows that are gone, or lie in another window now. Their numbers may be others' by now.
    pub(crate) gone: HashSet<Window>,
}

/// Sees that the server reports painting.
///
/// # Errors
/// It does not.
pub(crate) fn reported(conn: &Server) -> Result<()> {
    ensure!(
        conn.extension_information(damage::X11_EXTENSION_NAME)?.is_some()
            && conn.extension_information(xfixes::X11_EXTENSION_NAME)?.is_some(),
        "the X server lacks DAMAGE: nobody could say whether a window has painted anything new"
    );
    xfixes::query_version(conn, 5, 0)?.reply()?;
    damage::query_version(conn, 1, 1)?.reply()?;
    Ok(())
}

/// Listens to the root window, or to nothing any more. Answers to pings come back there too.
pub(crate) fn listen(conn: &Server, root: Window, listening: bool) -> Result<()> {
    let mask = if listening {
        EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY
    } else {
        EventMask::NO_EVENT
    };
    conn.change_window_attributes(root, &ChangeWindowAttributesAux::new().event_mask(mask))?
        .check()?;
    Ok(())
}

impl News {
    /// Has everything told of these windows that a look reads. Under the grab: they exist.
    pub(crate) fn listen_to(&mut self, conn: &Server, tops: &[Top], look: u64) -> Result<()> {
        let mask = EventMask::PROPERTY_CHANGE | EventMask::SUBSTRUCTURE_NOTIFY;
        for top in tops {
            let (Some(frame), Some(client)) = (top.frame(), top.client()) else {
                continue;
            };
            let (left, up) = (i64::from(frame.outside.x), i64::from(frame.outside.y));
            let from_corner = |area: Rect| moved(area, left.saturating_neg(), up.saturating_neg());
            for Part { id, role, inside } in &top.parts {
                let corner = (
                    i64::from(inside.x).saturating_sub(left),
                    i64::from(inside.y).saturating_sub(up),
                );
                let listened = Listened {
                    top: frame.id,
                    role: *role,
                    corner,
                    client: from_corner(client.inside),
                    seen: look,
                };
                if self.listened.insert(*id, listened).is_none() {
                    select(conn, *id, mask)?;
                }
            }
        }
        // One that is hidden is as new when it is shown again.
        let hidden = self.listened.extract_if(|_, listened| listened.seen != look);
        for (window, _) in hidden {
            select(conn, window, EventMask::NO_EVENT)?;
        }
        Ok(())
    }

    /// Has painting in these windows reported, once until the next look takes it, and in no others. Under the grab:
    /// they exist.
    pub(crate) fn follow(&mut self, conn: &Server, clients: &HashSet<Window>) -> Result<()> {
        for report in self.reports.extract_if(|client, _| !clients.contains(client)) {
            // It went with its window, most often.
            conn.damage_destroy(report.1)?.ignore_error();
        }
        for client in clients.iter().filter(|client| **client != x11rb::NONE) {
            if !self.reports.contains_key(client) {
                let report = conn.generate_id()?;
                conn.damage_create(report, *client, ReportLevel::NON_EMPTY)?
                    .ignore_error();
                self.reports.insert(*client, report);
            }
        }
        Ok(())
    }

    /// What was painted up to now is taken by this look; what is painted from now on is told of. Under the grab.
    pub(crate) fn take(&self, conn: &Server) -> Result<()> {
        for report in self.reports.values() {
            conn.damage_subtract(*report, x11rb::NONE, x11rb::NONE)?.ignore_error();
        }
        Ok(())
    }

    /// Nothing is told of any window any more.
    pub(crate) fn end(&mut self, conn: &Server) -> Result<()> {
        for (window, _) in self.listened.drain() {
            select(conn, window, EventMask::NO_EVENT)?;
        }
        self.follow(conn, &HashSet::new())
    }

    /// Takes what was told, in its order, and the answers to pings.
    pub(crate) fn hear(
        &mut self,
        conn: &Server,
        root: Window,
        atoms: &Atoms,
        pings: &mut Pings,
        heard: &mut Heard,
    ) -> Result<()> {
        while let Some(event) = conn.poll_for_event()? {
            match &event {
                Event::ClientMessage(message) => {
                    pings.heard(atoms, message);
                    continue;
                }
                Event::DamageNotify(painted) => {
                    // That of a report which has ended says nothing.
                    heard.painting |= self.reports.get(&painted.drawable) == Some(&painted.damage);
                    continue;
                }
                Event::PropertyNotify(changed) => {
                    heard.renamed.insert(changed.window);
                }
                Event::ConfigureNotify(placed) if placed.event == root => {
                    let size = Size::new(placed.width, placed.height, placed.border_width);
                    heard.sizes.push((placed.window, size));
                }
                _ => {}
            }
            // Before what is known of a window that is gone is forgotten.
            heard
                .mixed
                .extend(begun_anew(&event, root).or_else(|| self.mixed(&event, conn.setup().resource_id_mask)));
            match &event {
                Event::DestroyNotify(gone) => self.leave(conn, gone.window, heard)?,
                Event::ReparentNotify(moved) => self.leave(conn, moved.window, heard)?,
                _ => {}
            }
            heard.more = true;
        }
        Ok(())
    }

    /// Takes what was told under the grab: only requests of this recorder's own were served, and painting that is
    /// told of then was none.
    pub(crate) fn hear_own(
        &mut self,
        conn: &Server,
        root: Window,
        atoms: &Atoms,
        pings: &mut Pings,
        heard: &mut Heard,
    ) -> Result<()> {
        self.hear(conn, root, atoms, pings, heard)?;
        heard.painting = false;
        Ok(())
    }

    /// The window at the top level in whose client's area this may have left pixels that the client did not paint:
    /// of another program's window inside it, of the window manager's windows around it, of what lies behind it
    /// where its shape let that through. The windows of a program share the bits of their numbers outside `id_mask`.
    fn mixed(&self, event: &Event, id_mask: u32) -> Option<Window> {
        let (parent, window, placed) = match event {
            // A clip shape is told of like any other.
            Event::ShapeNotify(e) => {
                let shaped = self.listened.get(&e.affected_window)?;
                return matches!(shaped.role, Role::Inside | Role::Way).then_some(shaped.top);
            }
            Event::MapNotify(e) => (e.event, e.window, None),
            Event::UnmapNotify(e) => (e.event, e.window, None),
            Event::ReparentNotify(e) => (e.event, e.window, None),
            Event::CirculateNotify(e) => (e.event, e.window, None),
            Event::GravityNotify(e) => (e.event, e.window, None),
            Event::ConfigureNotify(e) => {
                let area = bordered(e.x, e.y, e.width, e.height, e.border_width);
                (e.event, e.window, Some(area))
            }
            // One that was not shown left nothing, and one that was is told of as hidden first.
            _ => return None,
        };
        let inside = self.listened.get(&parent)?;
        let known = self.listened.get(&window).filter(|known| known.top == inside.top);
        let mixes = match inside.role {
            Role::Inside => {
                let own = parent & !id_mask == window & !id_mask;
                // In one of its own that is new, another's may have come and gone unheard.
                !own || known.is_none() || matches!(event, Event::ReparentNotify(_))
            }
            Role::Way => match known.map(|known| known.role) {
                Some(Role::Beside) => placed.is_some_and(|area| {
                    let area = moved(area, inside.corner.0, inside.corner.1);
                    !intersection(area, inside.client).is_empty()
                }),
                Some(Role::Inside | Role::Way | Role::Crossing) | None => true,
            },
            Role::Crossing | Role::Beside => false,
        };
        mixes.then_some(inside.top)
    }

    fn leave(&mut self, conn: &Server, window: Window, heard: &mut Heard) -> Result<()> {
        self.listened.remove(&window);
        if let Some(report) = self.reports.remove(&window) {
            conn.damage_destroy(report)?.ignore_error();
        }
        heard.gone.insert(window);
        Ok(())
    }
}

/// A window that is gone by now makes an error that nobody needs.
fn select(conn: &Server, window: Window, mask: EventMask) -> Result<()> {
    conn.change_window_attributes(window, &ChangeWindowAttributesAux::new().event_mask(mask))?
        .ignore_error();
    conn.shape_select_input(window, mask != EventMask::NO_EVENT)?
        .ignore_error();
    Ok(())
}

/// The window at the top level that has another image since then: one that is shown, hidden or comes from elsewhere.
fn begun_anew(event: &Event, root: Window) -> Option<Window> {
    match event {
        Event::MapNotify(e) if e.event == root => Some(e.window),
        Event::UnmapNotify(e) if e.event == root => Some(e.window),
        Event::ReparentNotify(e) if e.event == root => Some(e.window),
        _ => None,
    }
}
