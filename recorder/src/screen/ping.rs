//! Whether a window still answers: a hung one keeps showing its last picture, and counts as `other`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask, Window};

use super::atoms::Atoms;
use super::wire::Server;

/// How long a window has to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a window that answered is asked again.
const EVERY: Duration = Duration::from_secs(1);

/// The windows that were asked, by the client's window.
#[derive(Debug, Default)]
pub(crate) struct Pings {
    asked: HashMap<Window, Ping>,
    last_token: u32,
}

#[derive(Debug)]
struct Ping {
    token: u32,
    since: Instant,
    answered: bool,
}

impl Pings {
    /// Asks the windows that are due, and forgets those that are no more.
    pub(crate) fn ask(&mut self, conn: &Server, atoms: &Atoms, windows: &[Window], now: Instant) -> Result<()> {
        self.asked.retain(|window, _| windows.contains(window));
        for window in windows {
            let due = self
                .asked
                .get(window)
                .is_none_or(|ping| ping.answered && now.duration_since(ping.since) >= EVERY);
            if due {
                self.last_token = self.last_token.wrapping_add(1).max(1);
                let message = [atoms._NET_WM_PING, self.last_token, *window, 0, 0];
                let event = ClientMessageEvent::new(32, *window, atoms.WM_PROTOCOLS, message);
                // A window that is gone by now makes an error that nobody needs.
                conn.send_event(false, *window, EventMask::NO_EVENT, event)?
                    .ignore_error();
                self.asked.insert(
                    *window,
                    Ping {
                        token: self.last_token,
                        since: now,
                        answered: false,
                    },
                );
            }
        }
        Ok(())
    }

    /// Takes an answer that came back to the root window.
    pub(crate) fn heard(&mut self, atoms: &Atoms, event: &ClientMessageEvent) {
        if event.type_ != atoms.WM_PROTOCOLS || event.format != 32 {
            return;
        }
        let [name, token, window, ..] = event.data.as_data32();
        if name == atoms._NET_WM_PING
            && let Some(ping) = self.asked.get_mut(&window)
            && ping.token == token
        {
            ping.answered = true;
        }
    }

    /// Whether the window was asked and let its time pass.
    pub(crate) fn frozen(&self, window: Window, now: Instant) -> bool {
        self.asked
            .get(&window)
            .is_some_and(|ping| !ping.answered && now.duration_since(ping.since) >= PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_never_answers_is_frozen_and_one_that_was_never_asked_is_not() {
        let start = Instant::now();
        let mut pings = Pings::default();
        pings.asked.insert(
            7,
            Ping {
                token: 1,
                since: start,
                answered: false,
            },
        );
        assert!(!pings.frozen(7, start + PATIENCE - Duration::from_millis(1)));
        assert!(pings.frozen(7, start + PATIENCE));
        assert!(!pings.frozen(8, start + PATIENCE));
        pings.asked.insert(
            7,
            Ping {
                token: 1,
                since: start,
                answered: true,
            },
        );
        assert!(!pings.frozen(7, start + PATIENCE));
    }
}
