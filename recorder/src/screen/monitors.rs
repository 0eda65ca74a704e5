//! Which parts of the screen a monitor shows.
//!
//! The screen is the box around all monitors. Where they differ in size or stand apart it has corners that no
//! monitor shows: nobody sees them, so nobody could say that they were shown to be recorded.

use anyhow::{Context, Result};
use gardefou::Rect;
use x11rb::connection::RequestConnection as _;
use x11rb::cookie::Cookie;
use x11rb::protocol::randr::{self, ConnectionExt as _, GetMonitorsReply, NotifyMask};
use x11rb::protocol::xproto::Window;

use crate::geometry::{beside, minus};

use super::wire::Server;

/// Whether the server tells of monitors. One that does not has one, which shows everything.
pub(crate) fn told(conn: &Server) -> Result<bool> {
    if conn.extension_information(randr::X11_EXTENSION_NAME)?.is_none() {
        return Ok(false);
    }
    let version = conn.randr_query_version(1, 5)?.reply()?;
    Ok((version.major_version, version.minor_version) >= (1, 5))
}

/// Has changes of the monitors told, or no more.
pub(crate) fn listen(conn: &Server, root: Window, listening: bool) -> Result<()> {
    let mask = if listening {
        NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE
    } else {
        NotifyMask::default()
    };
    conn.randr_select_input(root, mask)?.check()?;
    Ok(())
}

/// The question that was sent and not yet answered.
pub(crate) struct Asked<'c>(Cookie<'c, Server, GetMonitorsReply>);

impl<'c> Asked<'c> {
    /// Sends the question.
    pub(crate) fn of(conn: &'c Server, root: Window) -> Result<Self> {
        Ok(Self(conn.randr_get_monitors(root, true)?))
    }

    /// The parts of the surface that no monitor shows.
    pub(crate) fn unseen(self, surface: Rect) -> Result<Vec<Rect>> {
        let monitors = self.0.reply().context("cannot list the monitors")?.monitors;
        let shown = monitors.iter().map(|monitor| {
            let (x, y) = (i32::from(monitor.x), i32::from(monitor.y));
            Rect::new(x, y, u32::from(monitor.width), u32::from(monitor.height))
        });
        Ok(between(surface, shown))
    }
}

fn between(surface: Rect, shown: impl Iterator<Item = Rect>) -> Vec<Rect> {
    shown.fold(vec![surface], |unseen, monitor| minus(&unseen, monitor))
}

/// The largest strip of the area that a monitor shows all of.
pub(crate) fn seen(area: Rect, unseen: &[Rect]) -> Rect {
    unseen.iter().fold(area, |area, hole| beside(area, *hole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_monitors_of_two_sizes_the_corner_that_none_shows_is_left_out() {
        let surface = Rect::new(0, 0, 1000, 600);
        let monitors = [Rect::new(0, 0, 600, 600), Rect::new(600, 0, 400, 400)];
        let unseen = between(surface, monitors.into_iter());
        assert_eq!(unseen, [Rect::new(600, 400, 400, 200)]);
        let across = Rect::new(500, 350, 300, 200);
        assert_eq!(seen(across, &unseen), Rect::new(500, 350, 100, 200));
        assert_eq!(seen(Rect::new(0, 0, 600, 600), &unseen), Rect::new(0, 0, 600, 600));
        assert!(seen(Rect::new(700, 450, 100, 100), &unseen).is_empty());
    }

    #[test]
    fn without_a_monitor_nothing_is_seen_and_with_one_for_all_everything_is() {
        let surface = Rect::new(0, 0, 1000, 600);
        let none = between(surface, std::iter::empty());
        assert!(seen(Rect::new(10, 10, 20, 20), &none).is_empty());
        assert!(between(surface, std::iter::once(surface)).is_empty());
    }
}
