//! How many pixels of allowed windows are visible: what perfect knowledge would keep of one instant.
//!
//! A pixel counts when it lies on the surface, the topmost window that covers it may be recorded, and it is that
//! window's own.

use crate::truth::{Area, Window, rect};

/// From where to where along one axis, the end excluded.
type Run = (i64, i64);

/// The number of visible pixels of allowed windows, which come topmost first, on a surface of that width and height.
///
/// ```
/// use gardefou_capture_kit::{area::visible, truth::Window};
/// let desk = Window { id: 1, allowed: true, inner: vec![(0, 0, 10, 10)], outer: vec![(0, 0, 10, 10)] };
/// let mail = Window { id: 2, allowed: false, inner: vec![], outer: vec![(8, 0, 10, 5)] };
/// assert_eq!(visible(&[desk.clone(), mail.clone()], (20, 20)), 100);
/// assert_eq!(visible(&[mail, desk], (20, 20)), 90);
/// ```
#[must_use]
pub fn visible(windows: &[Window], surface: (u32, u32)) -> u64 {
    visible_within(windows, surface, (0, 0, surface.0, surface.1))
}

/// The same of a part of the surface.
///
/// ```
/// use gardefou_capture_kit::{area::visible_within, truth::Window};
/// let desk = Window { id: 1, allowed: true, inner: vec![(0, 0, 10, 10)], outer: vec![(0, 0, 10, 10)] };
/// assert_eq!(visible_within(&[desk], (20, 20), (5, 5, 100, 100)), 25);
/// ```
#[must_use]
pub fn visible_within(windows: &[Window], surface: (u32, u32), part: Area) -> u64 {
    let (width, height) = (i64::from(surface.0), i64::from(surface.1));
    let part = rect(part);
    let columns = (i64::from(part.x).clamp(0, width), part.right().clamp(0, width));
    let (first, last) = (i64::from(part.y).clamp(0, height), part.bottom().clamp(0, height));
    // What covers nothing of it neither hides nor shows anything there.
    let near = |area: &Area| {
        let rect = rect(*area);
        i64::from(rect.x) < columns.1 && rect.right() > columns.0 && i64::from(rect.y) < last && rect.bottom() > first
    };
    let windows: Vec<&Window> = windows.iter().filter(|window| window.outer.iter().any(near)).collect();
    let mut rows = vec![first, last];
    for area in windows
        .iter()
        .flat_map(|window| window.inner.iter().chain(&window.outer))
    {
        let rect = rect(*area);
        rows.extend([i64::from(rect.y), rect.bottom()].map(|row| row.clamp(first, last)));
    }
    rows.sort_unstable();
    rows.dedup();
    let mut pixels = 0_u64;
    for (top, bottom) in rows.iter().zip(rows.iter().skip(1)) {
        let tall = bottom.abs_diff(*top);
        pixels = pixels.saturating_add(band(&windows, *top, columns).unsigned_abs().saturating_mul(tall));
    }
    pixels
}

/// The same of one row.
fn band(windows: &[&Window], row: i64, columns: Run) -> i64 {
    let mut free: Vec<Run> = vec![columns];
    let mut pixels = 0;
    for window in windows {
        let covered = runs(&window.outer, row);
        if window.allowed {
            let own = runs(&window.inner, row);
            pixels += length(&common(&common(&free, &covered), &own));
        }
        free = without(&free, &covered);
    }
    pixels
}

/// Where the areas lie in that row: in order, and apart.
fn runs(areas: &[Area], row: i64) -> Vec<Run> {
    let mut runs: Vec<Run> = areas
        .iter()
        .map(|area| rect(*area))
        .filter(|rect| i64::from(rect.y) <= row && row < rect.bottom() && rect.width > 0)
        .map(|rect| (i64::from(rect.x), rect.right()))
        .collect();
    runs.sort_unstable();
    let mut apart: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match apart.last_mut() {
            Some(last) if run.0 <= last.1 => last.1 = last.1.max(run.1),
            _ => apart.push(run),
        }
    }
    apart
}

fn common(some: &[Run], others: &[Run]) -> Vec<Run> {
    let pairs = some
        .iter()
        .flat_map(|a| others.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|run| run.0 < run.1).collect()
}

fn without(runs: &[Run], taken: &[Run]) -> Vec<Run> {
    taken.iter().fold(runs.to_vec(), |left, hole| {
        let sides = left
            .iter()
            .flat_map(|run| [(run.0, run.1.min(hole.0)), (run.0.max(hole.1), run.1)]);
        sides.filter(|run| run.0 < run.1).collect()
    })
}

fn length(runs: &[Run]) -> i64 {
    runs.iter().map(|run| run.1 - run.0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Looks at one pixel after the other.
    fn simply(windows: &[Window], (width, height): (u32, u32), part: Area) -> u64 {
        let holds = |areas: &[Area], x: i64, y: i64| {
            areas
                .iter()
                .map(|area| rect(*area))
                .any(|r| (i64::from(r.x)..r.right()).contains(&x) && (i64::from(r.y)..r.bottom()).contains(&y))
        };
        let mut pixels = 0;
        for y in 0..i64::from(height) {
            for x in 0..i64::from(width) {
                let topmost = windows.iter().find(|window| holds(&window.outer, x, y));
                let shown = topmost.is_some_and(|window| window.allowed && holds(&window.inner, x, y));
                pixels += u64::from(shown && holds(&[part], x, y));
            }
        }
        pixels
    }

    fn areas() -> impl Strategy<Value = Vec<Area>> {
        prop::collection::vec((-6..14_i32, -6..14_i32, 0..12_u32, 0..12_u32), 0..4)
    }

    fn window() -> impl Strategy<Value = Window> {
        (any::<bool>(), areas(), areas()).prop_map(|(allowed, inner, outer)| Window {
            id: 0,
            allowed,
            inner,
            outer,
        })
    }

    proptest! {
        #[test]
        fn it_is_what_one_pixel_after_the_other_gives(
            windows in prop::collection::vec(window(), 0..6),
            surface in (1..14_u32, 1..14_u32),
            part in (-6..14_i32, -6..14_i32, 0..12_u32, 0..12_u32),
        ) {
            let whole = (0, 0, surface.0, surface.1);
            prop_assert_eq!(visible(&windows, surface), simply(&windows, surface, whole));
            prop_assert_eq!(visible_within(&windows, surface, part), simply(&windows, surface, part));
        }
    }

    #[test]
    fn windows_far_out_are_counted_as_nothing() {
        let far = (i32::MIN, i32::MAX, u32::MAX, u32::MAX);
        let window = Window {
            id: 0,
            allowed: true,
            inner: vec![far],
            outer: vec![far],
        };
        assert_eq!(visible(&[window], (u32::MAX, 7)), 0);
    }
}
