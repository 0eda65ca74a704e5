//! What the server tells of windows between two looks: how they are stacked, and where something is painted.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use gardefou::Rect;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::errors::ReplyError;
use x11rb::protocol::damage::{self, ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Place, Window};
use x11rb::protocol::{Event, xfixes};
use x11rb::rust_connection::RustConnection;

use super::atoms::Atoms;
use super::ping::Pings;
use super::tree::{Top, bordered};
use crate::exposure::Change;

/// What is listened to while looks are taken.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The reports of painting, by the client's window.
    reports: HashMap<Window, Damage>,
}

/// Sees that the server reports painting.
///
/// # Errors
/// It does not.
pub(crate) fn reported(conn: &RustConnection) -> Result<()> {
    ensure!(
        conn.extension_information(damage::X11_EXTENSION_NAME)?.is_some()
            && conn.extension_information(xfixes::X11_EXTENSION_NAME)?.is_some(),
        "the X server lacks DAMAGE: nobody could say whether a window has painted what was uncovered"
    );
    xfixes::query_version(conn, 5, 0)?.reply()?;
    damage::query_version(conn, 1, 1)?.reply()?;
    Ok(())
}

/// Listens to the root window, or to nothing any more. Answers to pings come back there too.
pub(crate) fn listen(conn: &RustConnection, root: Window, listening: bool) -> Result<()> {
    let mask = if listening {
        EventMask::SUBSTRUCTURE_NOTIFY
    } else {
        EventMask::NO_EVENT
    };
    conn.change_window_attributes(root, &ChangeWindowAttributesAux::new().event_mask(mask))?
        .check()?;
    Ok(())
}

impl News {
    /// Has painting in these windows reported, and in no others. Under the grab: they exist.
    pub(crate) fn follow(&mut self, conn: &RustConnection, clients: &[Window]) -> Result<()> {
        let gone: Vec<Window> = self
            .reports
            .keys()
            .copied()
            .filter(|client| !clients.contains(client))
            .collect();
        for client in gone {
            if let Some(report) = self.reports.remove(&client) {
                // It went with its window, most often.
                conn.damage_destroy(report)?.ignore_error();
            }
        }
        // The number of a window that is gone may be another's by now: then its report is gone too.
        let mut asked = Vec::with_capacity(self.reports.len());
        for (client, report) in &self.reports {
            asked.push((*client, conn.damage_subtract(*report, x11rb::NONE, x11rb::NONE)?));
        }
        let mut dead = Vec::new();
        for (client, answer) in asked {
            match answer.check() {
                Ok(()) => {}
                Err(ReplyError::X11Error(_)) => dead.push(client),
                Err(error) => return Err(error.into()),
            }
        }
        for client in dead {
            self.reports.remove(&client);
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

    /// Takes what was told, in its order, and the answers to pings.
    pub(crate) fn hear(
        &self,
        conn: &RustConnection,
        root: Window,
        surface: Rect,
        atoms: &Atoms,
        pings: &mut Pings,
    ) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        while let Some(event) = conn.poll_for_event()? {
            match event {
                Event::ClientMessage(message) => pings.heard(atoms, &message),
                Event::DamageNotify(painted) => {
                    if self.reports.get(&painted.drawable) == Some(&painted.damage) {
                        changes.push(Change::Painted {
                            client: painted.drawable,
                            area: area(painted.area),
                        });
                    }
                }
                other => changes.extend(change(&other, root, surface)),
            }
        }
        Ok(changes)
    }
}

fn area(of: x11rb::protocol::xproto::Rectangle) -> Rect {
    bordered(of.x, of.y, of.width, of.height, 0)
}

fn change(event: &Event, root: Window, surface: Rect) -> Option<Change> {
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
            outer: surface,
        },
        Event::ReparentNotify(e) if e.event == root => Change::Gone { id: e.window },
        _ => return None,
    })
}

/// Asks a client to paint its windows anew, as when they are uncovered. Where the client gave a window a
/// background, the server paints that at once.
pub(crate) fn ask_to_paint(conn: &RustConnection, top: &Top) -> Result<()> {
    for window in &top.painters {
        // A window that is gone by now makes an error that nobody needs.
        conn.clear_area(true, *window, 0, 0, 0, 0)?.ignore_error();
    }
    Ok(())
}
