//! What was uncovered is not certain until it was painted.
//!
//! The server does not paint a part of a window that another one just uncovered when the client gave it
//! no background: the pixels of what lay there before stay until the client paints, which a busy one does
//! late and a hung one never. So every change of the stack since the look before is played back here, in
//! the order in which the server told of it, between reports of what was painted (XDamage): a part that
//! was uncovered counts as its window's when something was painted over it since. A client that does not
//! paint on its own is asked to, and stays out until it does.
//!
//! A window whose image the server keeps apart from the screen (see `screen::images`) loses nothing to those
//! over it. Only what a new image begins with is not its own: when it is shown, or gets another size.

use std::collections::HashMap;

use gardefou::{Millis, Rect, Timestamp};

use crate::geometry::{area, beside, hull, intersection, minus, outside, within};
use crate::screen::Seen;

/// Looks that are less than twice that apart belong together, whatever the interval.
const PAUSE: Millis = 250;

/// How long a client is given to paint what was uncovered before it is asked to.
const SETTLING: Millis = 50;

/// How often a client that does not paint is asked again.
const AGAIN: Millis = 300;

/// A part of a window in more pieces than that counts as one that holds them all.
const MOST_PIECES: usize = 64;

/// Something that the server told of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// A window at the top level is new, or has come there from inside another.
    Came { id: u32, outer: Rect },
    /// It was moved, resized or stacked anew.
    Placed { id: u32, outer: Rect, above: u32 },
    /// It was stacked anew: topmost, or lowest.
    Circulated { id: u32, topmost: bool },
    /// It is shown.
    Mapped { id: u32 },
    /// It is shown no longer.
    Unmapped { id: u32 },
    /// It is at the top level no longer.
    Gone { id: u32 },
    /// Another program's window inside a client's came or went.
    Mixed { client: u32 },
    /// Something was painted in a client's window; the area counts from its corner.
    Painted { client: u32, area: Rect },
}

/// A window at the top level, shown or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    pub(crate) id: u32,
    pub(crate) outer: Rect,
    /// Whether it hides what lies below it.
    pub(crate) hides: bool,
    /// It never hides anything.
    pub(crate) input_only: bool,
}

/// A client's window in the one that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: u32,
    /// Its area on the surface, without a border.
    pub(crate) place: Rect,
    /// Whether its pixels are taken from an image of its own, not from the screen.
    pub(crate) apart: bool,
}

/// What one look saw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'a> {
    /// Every window at the top level, from bottom to top.
    pub(crate) stack: &'a [Level],
    /// The clients of the windows, in the same order.
    pub(crate) clients: &'a [Client],
    pub(crate) surface: Rect,
    pub(crate) at: Timestamp,
}

/// The windows as they are stacked, and what of each one is not certain.
#[derive(Debug, Default)]
pub(crate) struct Exposures {
    stack: Vec<Level>,
    surface: Rect,
    unsure: HashMap<u32, Unsure>,
    /// How many ms without a look are so many that nothing from before counts.
    pause: Millis,
    last: Option<Timestamp>,
}

/// What of a window is not certain. All areas but `place` count from the client's corner, so that they move
/// with it.
#[derive(Debug)]
struct Unsure {
    client: Client,
    inner: Rect,
    parts: Vec<Rect>,
    /// Not certain whatever was painted up to now: a window that moves takes its pixels with it, and the
    /// server reports that as painting.
    carried: Vec<Rect>,
    changed: bool,
    ask_at: Timestamp,
}

impl Exposures {
    /// Nothing is known. `interval`: the longest time between two looks.
    pub(crate) fn of_interval(interval: Millis) -> Self {
        Self {
            pause: interval.max(PAUSE).saturating_mul(2),
            ..Self::default()
        }
    }

    /// Nothing of what was known counts any more.
    pub(crate) fn begin_anew(&mut self) {
        self.last = None;
    }

    /// Nothing at all happened since the last look: this one saw the same.
    pub(crate) fn still(&mut self, at: Timestamp) {
        if self.last.is_some() {
            self.last = Some(at);
        }
    }

    /// Cuts from each inner rectangle what was uncovered and not painted since; gives the places in the
    /// list of the windows that are to be asked to paint, and whether any is not certain.
    pub(crate) fn settle(&mut self, changes: &[Change], windows: &mut [Seen], sight: Sight<'_>) -> (Vec<usize>, bool) {
        // A screen of another size may hold anything where it was not before.
        let afresh = self.surface != sight.surface || self.last.is_none_or(|last| sight.at.since(last) > self.pause);
        for change in changes {
            self.play(*change);
        }
        self.hold_against(windows, sight);
        if afresh {
            self.unsure.values_mut().for_each(Unsure::whole);
        }
        let mut ask = Vec::new();
        let mut unsettled = false;
        let mut above: Vec<Rect> = Vec::new();
        for (place, window) in windows.iter_mut().enumerate() {
            let whole = window.inner;
            if let Some(unsure) = self.unsure.get_mut(&window.id) {
                unsure.turn(sight.at, afresh);
                let visible = intersection(whole, sight.surface);
                let holes = unsure.seen(visible, &above);
                if !holes.is_empty() {
                    unsettled = true;
                    window.inner = holes.into_iter().fold(visible, beside);
                    if sight.at >= unsure.ask_at {
                        unsure.ask_at = sight.at.plus(AGAIN);
                        ask.push(place);
                    }
                }
            }
            above.push(window.outer);
        }
        self.last = Some(sight.at);
        (ask, unsettled)
    }

    /// Holds what was played back against what is seen, so that nothing that was not told of is lost.
    fn hold_against(&mut self, windows: &[Seen], sight: Sight<'_>) {
        let played = std::mem::replace(&mut self.stack, sight.stack.to_vec());
        self.surface = sight.surface;
        let mut before = std::mem::take(&mut self.unsure);
        for (window, client) in windows.iter().zip(sight.clients) {
            let inner = shifted(window.inner, client.place, Rect::default());
            let old = before
                .remove(&window.id)
                .filter(|old| old.client == *client && (inner.is_empty() || old.inner.contains(inner)));
            let unsure = match old {
                Some(mut old) => {
                    for cover in above(&played, window.id).filter(|cover| !covers(&self.stack, cover, window.id)) {
                        old.add(cover.outer);
                    }
                    Unsure { inner, ..old }
                }
                None => Unsure::new(*client, inner),
            };
            self.unsure.insert(window.id, unsure);
        }
    }

    fn play(&mut self, change: Change) {
        match change {
            Change::Came { id, outer } => {
                self.leave(id);
                self.stack.push(Level {
                    id,
                    outer,
                    hides: false,
                    input_only: false,
                });
            }
            Change::Placed { id, outer, above } => self.place(id, Some(outer), Some(above)),
            Change::Circulated { id, topmost } => {
                let top = self.stack.iter().rev().map(|level| level.id).find(|other| *other != id);
                self.place(id, None, if topmost { top } else { None });
            }
            Change::Mapped { id } => {
                self.show(id, true);
                if let Some(own) = self.unsure.get_mut(&id) {
                    own.whole();
                }
            }
            Change::Unmapped { id } => self.show(id, false),
            Change::Gone { id } => self.leave(id),
            Change::Mixed { client } => {
                let own = self.unsure.values_mut().filter(|unsure| unsure.client.id == client);
                own.for_each(Unsure::whole);
            }
            Change::Painted { client, area } => {
                for unsure in self.unsure.values_mut().filter(|unsure| unsure.client.id == client) {
                    unsure.painted(area);
                }
            }
        }
    }

    fn leave(&mut self, id: u32) {
        self.show(id, false);
        self.stack.retain(|level| level.id != id);
        self.unsure.remove(&id);
    }

    fn show(&mut self, id: u32, shown: bool) {
        let Some(place) = self.stack.iter().position(|level| level.id == id) else {
            return;
        };
        let (below, from) = self.stack.split_at_mut(place);
        let Some(level) = from.first_mut() else { return };
        if level.hides && !shown {
            for low in below {
                if let Some(unsure) = self.unsure.get_mut(&low.id) {
                    unsure.add(level.outer);
                }
            }
        }
        level.hides = shown && !level.input_only;
    }

    /// Stacks a window anew, above another (`None`: lowest), and elsewhere where `outer` says so.
    fn place(&mut self, id: u32, outer: Option<Rect>, over: Option<u32>) {
        let Some(from) = self.stack.iter().position(|level| level.id == id) else {
            return;
        };
        let before = self.stack.clone();
        let old = self.stack.remove(from);
        let new = Level {
            outer: outer.unwrap_or(old.outer),
            ..old
        };
        let over = over.filter(|over| *over != x11rb::NONE);
        let to = over.and_then(|over| self.stack.iter().position(|level| level.id == over));
        let to = match (over, to) {
            (None, _) => 0,
            (Some(_), Some(below)) => below.saturating_add(1),
            (Some(_), None) => self.stack.len(),
        };
        self.stack.insert(to.min(self.stack.len()), new);
        for (low, unsure) in &mut self.unsure {
            let hid = *low != id && above(&before, *low).any(|cover| cover.id == id);
            if hid && !covers(&self.stack, &old, *low) {
                unsure.add(old.outer);
            }
        }
        let Some(own) = self.unsure.get_mut(&id) else { return };
        let moved = old.outer != new.outer;
        if moved {
            own.carry();
            own.add(outside(own.client.place, self.surface));
        }
        for cover in above(&before, id).filter(|cover| moved || !covers(&self.stack, cover, id)) {
            own.add(cover.outer);
        }
        if (old.outer.width, old.outer.height) != (new.outer.width, new.outer.height) {
            own.whole();
        }
        own.client.place = shifted(own.client.place, old.outer, new.outer);
    }
}

impl Unsure {
    fn new(client: Client, inner: Rect) -> Self {
        let mut unsure = Self {
            client,
            inner,
            parts: Vec::new(),
            carried: Vec::new(),
            changed: true,
            ask_at: Timestamp::MIN,
        };
        unsure.whole();
        unsure
    }

    /// Nothing of it is certain, whatever was painted.
    fn whole(&mut self) {
        let Rect { width, height, .. } = self.client.place;
        self.parts.clear();
        self.carried = vec![Rect::new(0, 0, width, height)];
        self.changed = true;
    }

    /// An area of the surface was uncovered.
    fn add(&mut self, area: Rect) {
        if self.client.apart {
            return;
        }
        let area = intersection(area, self.client.place);
        if !area.is_empty() {
            gather(&mut self.parts, shifted(area, self.client.place, Rect::default()));
            self.changed = true;
        }
    }

    fn carry(&mut self) {
        for part in std::mem::take(&mut self.parts) {
            gather(&mut self.carried, part);
        }
    }

    fn painted(&mut self, area: Rect) {
        if !self.parts.is_empty() {
            self.parts = few(minus(&self.parts, area));
        }
    }

    /// What was painted from here on counts for all of it.
    fn turn(&mut self, at: Timestamp, ask_now: bool) {
        for part in std::mem::take(&mut self.carried) {
            gather(&mut self.parts, part);
        }
        if std::mem::take(&mut self.changed) {
            self.ask_at = if ask_now { at } else { at.plus(SETTLING) };
        }
    }

    /// What is not certain and can be seen, on the surface: the largest parts first.
    fn seen(&self, visible: Rect, above: &[Rect]) -> Vec<Rect> {
        let mut parts: Vec<Rect> = self
            .parts
            .iter()
            .map(|part| intersection(shifted(*part, Rect::default(), self.client.place), visible))
            .filter(|part| !part.is_empty())
            .collect();
        for cover in above {
            if parts.is_empty() {
                break;
            }
            parts = few(minus(&parts, *cover));
        }
        parts.sort_unstable_by_key(|part| std::cmp::Reverse(area(*part)));
        parts
    }
}

/// The windows that lie over that one and hide what is below them.
fn above(stack: &[Level], id: u32) -> impl Iterator<Item = &Level> {
    let over = stack.iter().position(|level| level.id == id);
    stack
        .iter()
        .skip(over.map_or(usize::MAX, |over| over.saturating_add(1)))
        .filter(|level| level.hides)
}

/// Whether the window still hides the same area of the one below it.
fn covers(stack: &[Level], cover: &Level, below: u32) -> bool {
    above(stack, below).any(|level| level.id == cover.id && level.outer == cover.outer)
}

/// Adds a part, unless it is there.
fn gather(parts: &mut Vec<Rect>, part: Rect) {
    if !within(parts, part) {
        parts.push(part);
        *parts = few(std::mem::take(parts));
    }
}

fn few(parts: Vec<Rect>) -> Vec<Rect> {
    if parts.len() <= MOST_PIECES {
        return parts;
    }
    vec![parts.into_iter().fold(Rect::default(), hull)]
}

/// The rectangle, moved as the corner of `from` is to that of `to`.
fn shifted(rect: Rect, from: Rect, to: Rect) -> Rect {
    if rect.is_empty() {
        return rect;
    }
    crate::geometry::moved(
        rect,
        i64::from(to.x).saturating_sub(i64::from(from.x)),
        i64::from(to.y).saturating_sub(i64::from(from.y)),
    )
}

#[cfg(test)]
mod tests;
