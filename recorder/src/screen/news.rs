//! What the server tells of windows between two looks: how they are stacked, and where something is painted.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, ensure};
use gardefou::Rect;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::damage::{self, ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::shape::ConnectionExt as _;
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::{Atom, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Place, Window};
use x11rb::protocol::{Event, xfixes};

use super::atoms::Atoms;
use super::ping::Pings;
use super::tree::{Top, bordered};
use super::wire::Server;
use crate::exposure::Change;

/// What is listened to while looks are taken.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The reports of painting, by the client's window.
    reports: HashMap<Window, Damage>,
    /// The windows whose properties, shape and windows inside are told of, and the client's window that each is or
    /// lies in.
    listened: HashMap<Window, Option<Window>>,
}

/// What was told since the last look that read everything.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Whether anything was painted.
    pub(crate) painting: bool,
    /// Whether it was anything else.
    pub(crate) more: bool,
    /// What it was of windows at the top level, and of painting, in its order.
    pub(crate) changes: Vec<Change>,
    /// Windows of which a property changed.
    pub(crate) renamed: HashSet<Window>,
    /// Windows that are gone, or lie in another window now. Their numbers may be others' by now.
    pub(crate) gone: HashSet<Window>,
}

impl Heard {
    /// Whether anything was told at all.
    pub(crate) fn anything(&self) -> bool {
        self.painting || self.more
    }
}

/// Sees that the server reports painting.
///
/// # Errors
/// It does not.
pub(crate) fn reported(conn: &Server) -> Result<()> {
    ensure!(
        conn.extension_information(damage::X11_EXTENSION_NAME)?.is_some()
            && conn.extension_information(xfixes::X11_EXTENSION_NAME)?.is_some(),
        "the X server lacks DAMAGE: nobody could say whether a window has painted what was uncovered"
    );
    xfixes::query_version(conn, 5, 0)?.reply()?;
    damage::query_version(conn, 1, 1)?.reply()?;
    Ok(())
}

/// Listens to the root window and to who owns the selection `compositor`, or to nothing any more. Answers to
/// pings come back there too.
pub(crate) fn listen(conn: &Server, root: Window, compositor: Atom, listening: bool) -> Result<()> {
    let (mask, owner) = if listening {
        (
            EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY,
            SelectionEventMask::SET_SELECTION_OWNER
                | SelectionEventMask::SELECTION_WINDOW_DESTROY
                | SelectionEventMask::SELECTION_CLIENT_CLOSE,
        )
    } else {
        (EventMask::NO_EVENT, SelectionEventMask::default())
    };
    conn.change_window_attributes(root, &ChangeWindowAttributesAux::new().event_mask(mask))?
        .check()?;
    conn.xfixes_select_selection_input(root, compositor, owner)?.check()?;
    Ok(())
}

impl News {
    /// Has everything told of this window that a look reads. Under the grab: it exists.
    pub(crate) fn listen_to(&mut self, conn: &Server, top: &Top) -> Result<()> {
        let mask = EventMask::PROPERTY_CHANGE | EventMask::SUBSTRUCTURE_NOTIFY;
        let client = top.client().map(|client| client.id);
        for window in &top.nodes {
            let within = client.filter(|_| top.painters.contains(window));
            if self.listened.insert(*window, within).is_none() {
                select(conn, *window, mask)?;
            }
        }
        Ok(())
    }

    /// Has painting in these windows reported, and in no others. Under the grab: they exist.
    pub(crate) fn follow(&mut self, conn: &Server, clients: &HashSet<Window>) -> Result<()> {
        for report in self.reports.extract_if(|client, _| !clients.contains(client)) {
            // It went with its window, most often.
            conn.damage_destroy(report.1)?.ignore_error();
        }
        for client in clients.iter().filter(|client| **client != x11rb::NONE) {
            if !self.reports.contains_key(client) {
                let report = conn.generate_id()?;
                conn.damage_create(report, *client, ReportLevel::RAW_RECTANGLES)?
                    .ignore_error();
                self.reports.insert(*client, report);
            }
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
                    heard.painting = true;
                    if self.reports.get(&painted.drawable) == Some(&painted.damage) {
                        heard.changes.push(Change::Painted {
                            client: painted.drawable,
                            area: area(painted.area),
                        });
                    }
                    continue;
                }
                Event::PropertyNotify(changed) => {
                    heard.renamed.insert(changed.window);
                }
                _ => {}
            }
            // Before what is known of a window that is gone is forgotten.
            heard
                .changes
                .extend(self.stranger(&event, conn.setup().resource_id_mask));
            match &event {
                Event::DestroyNotify(gone) => self.leave(conn, gone.window, heard)?,
                Event::ReparentNotify(moved) => self.leave(conn, moved.window, heard)?,
                _ => {}
            }
            heard.more = true;
            heard.changes.extend(change(&event, root));
        }
        Ok(())
    }

    /// Takes what was told under the grab: only requests of this recorder's own were served, and painting that is
    /// told of then was none. A report that begins counts all there is as painted.
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
        heard.changes.retain(|change| !matches!(change, Change::Painted { .. }));
        Ok(())
    }

    /// Another program's window inside a client's, which comes or goes, and leaves its pixels there. The windows of a
    /// program share the bits of their numbers outside `id_mask`.
    fn stranger(&self, event: &Event, id_mask: u32) -> Option<Change> {
        let (inside, window) = match event {
            Event::MapNotify(e) => (e.event, e.window),
            Event::UnmapNotify(e) => (e.event, e.window),
            Event::DestroyNotify(e) => (e.event, e.window),
            Event::ReparentNotify(e) => (e.event, e.window),
            _ => return None,
        };
        let client = self.listened.get(&inside).copied().flatten()?;
        (client & !id_mask != window & !id_mask).then_some(Change::Mixed { client })
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

/// More than any screen has.
const EVERYWHERE: Rect = Rect::new(-0x8000, -0x8000, 0x1_0000, 0x1_0000);

fn area(of: x11rb::protocol::xproto::Rectangle) -> Rect {
    bordered(of.x, of.y, of.width, of.height, 0)
}

fn change(event: &Event, root: Window) -> Option<Change> {
    Some(match event {
        Event::CreateNotify(e) if e.parent == root => Change::Came {
            id: e.window,
            outer: bordered(e.x, e.y, e.width, e.height, e.border_width),
        },
        Event::ConfigureNotify(e) if e.event == root => Change::Placed {
            id: e.window,
            outer: bordered(e.x, e.y, e.width, e.height, e.border_width),
            above: e.above_sibling,
        },
        Event::CirculateNotify(e) if e.event == root => Change::Circulated {
            id: e.window,
            topmost: e.place == Place::ON_TOP,
        },
        Event::MapNotify(e) if e.event == root => Change::Mapped { id: e.window },
        Event::UnmapNotify(e) if e.event == root => Change::Unmapped { id: e.window },
        Event::DestroyNotify(e) if e.event == root => Change::Gone { id: e.window },
        // Its size is not told: it may have hidden anything.
        Event::ReparentNotify(e) if e.event == root && e.parent == root => Change::Came {
            id: e.window,
            outer: EVERYWHERE,
        },
        Event::ReparentNotify(e) if e.event == root => Change::Gone { id: e.window },
        _ => return None,
    })
}

/// Asks a client to paint its windows anew, as when they are uncovered. Where the client gave a window a
/// background, the server paints that at once.
pub(crate) fn ask_to_paint(conn: &Server, top: &Top) -> Result<()> {
    for window in &top.painters {
        // A window that is gone by now makes an error that nobody needs.
        conn.clear_area(true, *window, 0, 0, 0, 0)?.ignore_error();
    }
    Ok(())
}
