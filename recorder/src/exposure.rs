//! What was uncovered a moment ago is not certain yet.
//!
//! The server does not paint a part of a window that another one just uncovered when the client gave it
//! no background: the pixels of what lay there before stay until the client paints, a moment later. The
//! same holds for a window that has just appeared. For [`SETTLING`] ms such a part is not the window's.

use gardefou::{Millis, Rect, Timestamp};

use crate::geometry::{beside, from_edges, hull, intersection};
use crate::screen::Seen;

/// How long a client is given to paint what was uncovered.
const SETTLING: Millis = 250;

/// The windows of the look before, and what each one had uncovered.
#[derive(Debug, Default)]
pub(crate) struct Exposures {
    before: Vec<Stacked>,
    started: bool,
}

#[derive(Debug, Clone, Copy)]
struct Stacked {
    id: u32,
    outer: Rect,
    /// What of it is not certain, and since when.
    uncovered: Rect,
    at: Timestamp,
}

impl Exposures {
    /// Cuts from each inner rectangle what was uncovered since the look before, and a little longer.
    pub(crate) fn settle(&mut self, windows: &mut [Seen], surface: Rect, at: Timestamp) {
        let mut now = Vec::with_capacity(windows.len());
        for (place, window) in windows.iter().enumerate() {
            let fresh = self.uncovered(windows, place, window, surface);
            let (mut uncovered, mut since) = (fresh, at);
            if let Some(old) = self.of(window.id)
                && at.since(old.at) < SETTLING
                && !old.uncovered.is_empty()
            {
                uncovered = hull(old.uncovered, fresh);
                since = if fresh.is_empty() { old.at } else { at };
            }
            now.push(Stacked {
                id: window.id,
                outer: window.outer,
                uncovered,
                at: since,
            });
        }
        for (window, stacked) in windows.iter_mut().zip(&now) {
            if !stacked.uncovered.is_empty() {
                window.inner = beside(window.inner, stacked.uncovered);
            }
        }
        self.before = now;
        self.started = true;
    }

    fn of(&self, id: u32) -> Option<&Stacked> {
        self.before.iter().find(|old| old.id == id)
    }

    /// What of the window was not to be seen at the look before: under one that has gone, moved or sunk,
    /// or off the surface. A window that only moved took its picture with it.
    fn uncovered(&self, windows: &[Seen], place: usize, window: &Seen, surface: Rect) -> Rect {
        if !self.started {
            return Rect::default();
        }
        let Some(depth) = self.before.iter().position(|old| old.id == window.id) else {
            return window.outer;
        };
        let Some(old) = self.before.get(depth) else {
            return window.outer;
        };
        if (old.outer.width, old.outer.height) != (window.outer.width, window.outer.height) {
            return window.outer;
        }
        let moved = (old.outer.x, old.outer.y) != (window.outer.x, window.outer.y);
        let still = |id: u32| {
            windows
                .iter()
                .take(place)
                .find(|other| other.id == id)
                .map(|other| other.outer)
        };
        let hidden = self
            .before
            .iter()
            .take(depth)
            .filter(|cover| moved || still(cover.id) != Some(cover.outer))
            .map(|cover| intersection(cover.outer, old.outer))
            .fold(
                if moved {
                    outside(old.outer, surface)
                } else {
                    Rect::default()
                },
                hull,
            );
        shifted(hidden, old.outer, window.outer)
    }
}

/// The bounding box of what lies off the surface.
fn outside(rect: Rect, surface: Rect) -> Rect {
    if surface.contains(rect) {
        return Rect::default();
    }
    let (left, top) = (i64::from(rect.x), i64::from(rect.y));
    [
        from_edges(left, top, rect.right().min(i64::from(surface.x)), rect.bottom()),
        from_edges(left, top, rect.right(), rect.bottom().min(i64::from(surface.y))),
        from_edges(left.max(surface.right()), top, rect.right(), rect.bottom()),
        from_edges(left, top.max(surface.bottom()), rect.right(), rect.bottom()),
    ]
    .into_iter()
    .fold(Rect::default(), hull)
}

/// The rectangle, moved as the window moved.
fn shifted(rect: Rect, from: Rect, to: Rect) -> Rect {
    if rect.is_empty() {
        return rect;
    }
    let (right, down) = (i64::from(to.x) - i64::from(from.x), i64::from(to.y) - i64::from(from.y));
    let (left, top) = (i64::from(rect.x) + right, i64::from(rect.y) + down);
    from_edges(left, top, rect.right() + right, rect.bottom() + down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Claims;

    fn seen(id: u32, area: Rect) -> Seen {
        Seen {
            id,
            inner: area,
            outer: area,
            claims: Claims::default(),
            frozen: false,
        }
    }

    fn ms(at: u64) -> Timestamp {
        Timestamp::from_millis(at)
    }

    const SCREEN: Rect = Rect::new(0, 0, 100, 100);
    const LOW: Rect = Rect::new(0, 0, 100, 100);
    const OVER: Rect = Rect::new(60, 0, 40, 40);

    #[test]
    fn what_a_window_uncovers_is_not_certain_for_a_moment() {
        let mut exposures = Exposures::default();
        let mut look = vec![seen(2, OVER), seen(1, LOW)];
        exposures.settle(&mut look, SCREEN, ms(0));
        assert_eq!(look[1].inner, LOW, "nothing is known from before the first look");
        let mut look = vec![seen(1, LOW)];
        exposures.settle(&mut look, SCREEN, ms(200));
        assert_eq!(look[0].inner, Rect::new(0, 0, 60, 100));
        let mut look = vec![seen(1, LOW)];
        exposures.settle(&mut look, SCREEN, ms(400));
        assert_eq!(look[0].inner, Rect::new(0, 0, 60, 100));
        let mut look = vec![seen(1, LOW)];
        exposures.settle(&mut look, SCREEN, ms(450));
        assert_eq!(look[0].inner, LOW);
    }

    #[test]
    fn a_new_window_is_not_certain_and_a_still_one_is() {
        let mut exposures = Exposures::default();
        exposures.settle(&mut [seen(1, LOW)], SCREEN, ms(0));
        let mut look = vec![seen(2, OVER), seen(1, LOW)];
        exposures.settle(&mut look, SCREEN, ms(200));
        assert!(look[0].inner.is_empty());
        assert_eq!(look[1].inner, LOW);
    }

    #[test]
    fn a_window_that_is_raised_shows_what_lay_over_it() {
        let mut exposures = Exposures::default();
        exposures.settle(&mut [seen(2, OVER), seen(1, LOW)], SCREEN, ms(0));
        let mut look = vec![seen(1, LOW), seen(2, OVER)];
        exposures.settle(&mut look, SCREEN, ms(200));
        assert_eq!(look[0].inner, Rect::new(0, 0, 60, 100));
    }

    #[test]
    fn a_window_that_moves_keeps_what_it_showed() {
        let mut exposures = Exposures::default();
        exposures.settle(&mut [seen(1, Rect::new(-20, 0, 100, 50))], SCREEN, ms(0));
        let mut look = vec![seen(1, Rect::new(0, 10, 100, 50))];
        exposures.settle(&mut look, SCREEN, ms(200));
        assert_eq!(
            look[0].inner,
            Rect::new(20, 10, 80, 50),
            "what came onto the surface is not certain"
        );
    }
}
