//! What is read while the server is grabbed.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use gardefou::{Rect, Timestamp};
use x11rb::protocol::xproto::{ConnectionExt as _, Window};
use x11rb::wrapper::ConnectionExt as _;

use super::images::{self, State};
use super::pixels::{Piece, Taken};
use super::tree::{self, Reader, Top};
use super::{Cause, Look, Screen, Seen, Vanished, asked_corner, claims, cover, monitors, server, surface};
use crate::geometry::intersection;

/// What was read beside a look, of the same instant.
pub(crate) struct Reading {
    pub(crate) taken: Vec<Taken>,
    /// What they were taken from, from bottom to top.
    pub(crate) pieces: Vec<Piece>,
}

impl Screen {
    /// Reads everything, while the server serves nobody else.
    pub(crate) fn read(&mut self, now: &impl Fn() -> Timestamp, mark: Option<Rect>) -> Result<(Look, Reading)> {
        server::grab(&self.conn)?;
        let read = self.read_grabbed(now, mark);
        server::release(&self.conn);
        read
    }

    fn read_grabbed(&mut self, now: &impl Fn() -> Timestamp, mark: Option<Rect>) -> Result<(Look, Reading)> {
        let (conn, root) = (&self.conn, self.root);
        let measured = conn.get_geometry(root)?;
        let shown = if self.monitors {
            Some(monitors::Asked::of(conn, root)?)
        } else {
            None
        };
        let measured = measured.reply().context("cannot measure the screen")?;
        let (width, height) = (measured.width, measured.height);
        let area = surface(width, height);
        let dark = shown.map_or(Ok(Vec::new()), |shown| shown.unseen(area))?;
        let from = now();
        // With the answers everything has come that was told before the grab, and nothing happens meanwhile.
        self.take_heard()?;
        let reader = Reader {
            conn: &self.conn,
            atoms: &self.atoms,
            id_mask: self.id_mask,
            plain: &self.plain,
        };
        let tops = tree::read(reader, root)?;
        self.looks = self.looks.wrapping_add(1);
        self.news.listen_to(&self.conn, &tops, self.looks)?;
        let mut windows = self.describe(&tops, &dark)?;
        let shown: HashSet<Window> = windows.iter().map(|window| window.client).collect();
        self.claims.only(&shown);
        let wanted = windows.iter().filter(|window| self.wanted.contains(&window.id));
        let followed: HashSet<Window> = wanted.map(|window| window.client).collect();
        self.news.follow(&self.conn, &followed)?;
        self.news.take(&self.conn)?;
        let at = now();
        let taking = Instant::now();
        let pieces = self.find_images(&tops, &mut windows, area)?;
        let corner = asked_corner(&self.conn, root, mark, width, height)?;
        let answers = self.pixels.take(&self.conn, &pieces)?;
        let corner = match corner {
            Some(corner) => corner.answer()?,
            None => {
                self.conn.sync()?;
                None
            }
        };
        let mut taken = Vec::with_capacity(answers.len());
        for (piece, answer) in pieces.iter().zip(answers) {
            match answer {
                Some(image) => taken.push(image),
                None => withhold(&mut windows, piece.window),
            }
        }
        let captured = taking.elapsed();
        let to = now();
        let unsettled = windows.iter().any(|window| window.cause == Some(Cause::Begins));
        self.news
            .hear_own(&self.conn, root, &self.atoms, &mut self.pings, &mut self.heard)?;
        // With the answers above everything has come that happened meanwhile.
        ensure!(!self.heard.more, Vanished);
        let look = Look {
            at,
            from,
            to,
            width,
            height,
            dark,
            windows,
            corner,
            unsettled: unsettled || taken.len() < pieces.len(),
            fresh: true,
            grabbed: Duration::ZERO,
            captured,
        };
        Ok((look, Reading { taken, pieces }))
    }

    /// What was told since everything was read: what may have changed is known no longer.
    fn take_heard(&mut self) -> Result<()> {
        self.news
            .hear(&self.conn, self.root, &self.atoms, &mut self.pings, &mut self.heard)?;
        let heard = std::mem::take(&mut self.heard);
        for window in heard.renamed.iter().chain(&heard.gone) {
            self.claims.forget(*window);
        }
        for window in &heard.mixed {
            self.images.begin_anew(&self.conn, *window)?;
        }
        for (window, size) in &heard.sizes {
            self.images.sized(&self.conn, *window, *size)?;
        }
        for window in &heard.gone {
            self.images.let_go(&self.conn, *window)?;
        }
        Ok(())
    }

    /// What the windows cover, and who is behind them.
    fn describe(&mut self, tops: &[Top], dark: &[Rect]) -> Result<Vec<Seen>> {
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
        for (top, id, client, known, claims, cover) in asked {
            let (inner, outer, cause) = cover.answers(conn, top)?;
            let claims = match claims {
                Some(claims) => claims.answers(&self.atoms)?,
                None => known.unwrap_or_default(),
            };
            self.claims.learn(client.id, &claims);
            windows.push(Seen {
                id,
                client: client.id,
                inner: monitors::seen(inner, dark),
                outer,
                claims,
                cause,
                ..Seen::default()
            });
        }
        Ok(windows)
    }

    /// What is to be taken of the windows' own images, from bottom to top: of those of the training, where their inner
    /// area can be seen. Where there is no such image, or it begins only now, nothing is certain to be the window's.
    fn find_images(&mut self, tops: &[Top], windows: &mut [Seen], area: Rect) -> Result<Vec<Piece>> {
        let now = Instant::now();
        let mut pieces = Vec::new();
        let mut above: Vec<Rect> = Vec::with_capacity(windows.len());
        for (top, window) in tops.iter().zip(windows) {
            if self.wanted.contains(&window.id) {
                if top.overpainted {
                    self.images.begin_anew(&self.conn, window.id)?;
                }
                let seen = intersection(window.inner, area);
                if !window.inner.is_empty() {
                    match self.images.of(&self.conn, top, now)? {
                        State::Own(name) => {
                            let hidden = above.iter().any(|over| over.contains(seen));
                            if !seen.is_empty() && !hidden {
                                pieces.push(images::piece(name, top, seen)?);
                            }
                        }
                        State::Begins => withhold_for(window, Cause::Begins),
                        State::None => withhold_for(window, Cause::NoImage),
                    }
                }
            }
            above.push(window.outer);
        }
        pieces.reverse();
        Ok(pieces)
    }
}

fn withhold_for(window: &mut Seen, cause: Cause) {
    window.inner = Rect::default();
    window.cause = Some(cause);
}

/// Nothing of that window was taken.
fn withhold(windows: &mut [Seen], id: Window) {
    let window = windows.iter_mut().find(|window| window.id == id);
    if let Some(window) = window {
        withhold_for(window, Cause::NoImage);
    }
}
