//! What is read while the server is grabbed.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use gardefou::{Rect, Timestamp};
use x11rb::protocol::xproto::{ConnectionExt as _, Window};

use super::claims;
use super::pixels::{Piece, Taken};
use super::tree::{self, Top};
use super::{Look, Screen, Seen, cover, monitors, server, surface};
use crate::exposure::{Change, Client, Level};

/// What was read beside a look, of the same instant; windows, clients and tops stand in the same order.
pub(crate) struct Reading {
    pub(crate) taken: Vec<Taken>,
    pub(crate) tops: Vec<Top>,
    pub(crate) clients: Vec<Client>,
    pub(crate) stack: Vec<Level>,
    pub(crate) changes: Vec<Change>,
}

impl Screen {
    /// Reads everything, while the server serves nobody else.
    pub(crate) fn read(&mut self, now: &impl Fn() -> Timestamp) -> Result<(Look, Reading)> {
        server::grab(&self.conn)?;
        let read = self.read_grabbed(now);
        server::release(&self.conn);
        read
    }

    fn read_grabbed(&mut self, now: &impl Fn() -> Timestamp) -> Result<(Look, Reading)> {
        let (conn, root) = (&self.conn, self.root);
        let measured = conn.get_geometry(root)?;
        let owner = conn.get_selection_owner(self.compositor)?;
        let shown = if self.monitors {
            Some(monitors::Asked::of(conn, root)?)
        } else {
            None
        };
        let measured = measured.reply().context("cannot measure the screen")?;
        let composited = owner.reply()?.owner != x11rb::NONE;
        let area = surface(measured.width, measured.height);
        let unseen = shown.map_or(Ok(Vec::new()), |shown| shown.unseen(area))?;
        let from = now();
        // With the answers everything has come that was told before the grab, and nothing happens meanwhile.
        let changes = self.take_heard()?;
        self.under_manager(composited)?;
        let tree::Windows { tops, stack } = tree::read(&self.conn, &self.atoms, root, self.id_mask)?;
        for top in &tops {
            self.news.listen_to(&self.conn, top)?;
        }
        let (mut windows, mut clients) = self.describe(&tops, &unseen)?;
        let followed: HashSet<Window> = clients.iter().map(|client| client.id).collect();
        self.claims.only(&followed);
        self.news.follow(&self.conn, &followed)?;
        let at = now();
        let taking = Instant::now();
        let taken = if composited {
            self.take_images(&tops, &mut windows, &mut clients, area)?
        } else {
            self.take_root(measured.width, measured.height)?
        };
        let captured = taking.elapsed();
        let to = now();
        self.news
            .hear_own(&self.conn, root, &self.atoms, &mut self.pings, &mut self.heard)?;
        let look = Look {
            at,
            from,
            to,
            width: measured.width,
            height: measured.height,
            windows,
            unsettled: true,
            fresh: true,
            grabbed: Duration::ZERO,
            captured,
        };
        let reading = Reading {
            taken,
            tops,
            clients,
            stack,
            changes,
        };
        Ok((look, reading))
    }

    /// What was told since everything was read; what may have changed is known no longer.
    fn take_heard(&mut self) -> Result<Vec<Change>> {
        self.news
            .hear(&self.conn, self.root, &self.atoms, &mut self.pings, &mut self.heard)?;
        let heard = std::mem::take(&mut self.heard);
        for window in heard.renamed.iter().chain(&heard.gone) {
            self.claims.forget(*window);
        }
        for window in &heard.gone {
            self.images.forget(*window);
        }
        Ok(heard.changes)
    }

    /// Whether a compositing manager runs. When one comes or goes, all pixels come from elsewhere.
    fn under_manager(&mut self, composited: bool) -> Result<()> {
        if composited != self.composited {
            self.exposures.begin_anew();
        }
        if !composited {
            self.images.release(&self.conn)?;
        }
        self.composited = composited;
        Ok(())
    }

    /// Takes the pixels of the screen.
    fn take_root(&mut self, width: u16, height: u16) -> Result<Vec<Taken>> {
        let whole = Piece::whole(self.root, width, height);
        let taken: Vec<Taken> = self.pixels.take(&self.conn, &[whole])?.into_iter().flatten().collect();
        ensure!(!taken.is_empty(), "the X server did not give the screen's pixels");
        Ok(taken)
    }

    /// What the windows cover, and who is behind them.
    fn describe(&mut self, tops: &[Top], unseen: &[Rect]) -> Result<(Vec<Seen>, Vec<Client>)> {
        let conn = &self.conn;
        let mut asked = Vec::with_capacity(tops.len());
        for top in tops {
            let (Some(frame), Some(client)) = (top.frame(), top.client()) else {
                continue;
            };
            let known = self.claims.of(client.id);
            let claims = match known {
                Some(_) => None,
                None => Some(claims::Asked::of(conn, &self.atoms, client.id)?),
            };
            let cover = cover::Asked::of(conn, &self.atoms, top)?;
            asked.push((top, frame.id, client, known, claims, cover));
        }
        let mut windows = Vec::with_capacity(asked.len());
        let mut clients = Vec::with_capacity(asked.len());
        for (top, id, client, known, claims, cover) in asked {
            let (inner, outer) = cover.answers(conn, top, self.composited)?;
            let claims = match claims {
                Some(claims) => claims.answers(&self.atoms)?,
                None => known.unwrap_or_default(),
            };
            self.claims.learn(client.id, &claims);
            windows.push(Seen {
                id,
                inner: monitors::seen(inner, unseen),
                outer,
                claims,
                frozen: false,
            });
            clients.push(Client {
                id: client.id,
                place: client.inside,
                apart: false,
            });
        }
        Ok((windows, clients))
    }

    /// Takes the windows' own images. Where there is none, nothing is certain to be the window's.
    fn take_images(
        &mut self,
        tops: &[Top],
        windows: &mut [Seen],
        clients: &mut [Client],
        area: Rect,
    ) -> Result<Vec<Taken>> {
        let candidates: Vec<Window> = windows
            .iter()
            .filter(|window| !window.inner.is_empty())
            .map(|window| window.id)
            .collect();
        self.images.hold(&self.conn, &candidates)?;
        let wanted: Vec<(&Top, Rect)> = tops.iter().zip(windows.iter().map(|window| window.inner)).collect();
        let outer: Vec<Rect> = windows.iter().map(|window| window.outer).collect();
        let (taken, usable) = self.images.take(&self.conn, &mut self.pixels, &wanted, &outer, area)?;
        for ((window, client), usable) in windows.iter_mut().zip(clients).zip(usable) {
            client.apart = usable;
            if !usable {
                window.inner = Rect::default();
            }
        }
        Ok(taken)
    }
}
