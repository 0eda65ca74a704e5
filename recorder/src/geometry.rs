//! Rectangles: what lies in two of them, and the largest that certainly lies in a shape.

use gardefou::Rect;

/// The rectangle with these edges, the right and the bottom one excluded; empty when they cross.
pub(crate) fn from_edges(left: i64, top: i64, right: i64, bottom: i64) -> Rect {
    let place = |edge: i64| i32::try_from(edge).ok();
    let length = |from: i64, to: i64| u32::try_from(to.saturating_sub(from)).ok();
    match (place(left), place(top), length(left, right), length(top, bottom)) {
        (Some(x), Some(y), Some(width), Some(height)) if width > 0 && height > 0 => Rect::new(x, y, width, height),
        _ => Rect::default(),
    }
}

/// What lies in both.
pub(crate) fn intersection(one: Rect, other: Rect) -> Rect {
    from_edges(
        i64::from(one.x.max(other.x)),
        i64::from(one.y.max(other.y)),
        one.right().min(other.right()),
        one.bottom().min(other.bottom()),
    )
}

/// How many pixels it has.
pub(crate) fn area(rect: Rect) -> u64 {
    u64::from(rect.width).saturating_mul(u64::from(rect.height))
}

/// The largest part of `rect`, itself a rectangle, that no pixel of `hole` lies in.
pub(crate) fn beside(rect: Rect, hole: Rect) -> Rect {
    let hole = intersection(rect, hole);
    if hole.is_empty() {
        return rect;
    }
    let (left, top) = (i64::from(rect.x), i64::from(rect.y));
    let strips = [
        from_edges(left, top, rect.right(), i64::from(hole.y)),
        from_edges(left, hole.bottom(), rect.right(), rect.bottom()),
        from_edges(left, top, i64::from(hole.x), rect.bottom()),
        from_edges(hole.right(), top, rect.right(), rect.bottom()),
    ];
    strips.into_iter().max_by_key(|strip| area(*strip)).unwrap_or_default()
}

/// What is left of these where `hole` is cut out of each.
pub(crate) fn minus(rects: &[Rect], hole: Rect) -> Vec<Rect> {
    let mut left_over = Vec::with_capacity(rects.len());
    for rect in rects.iter().copied() {
        let cut = intersection(rect, hole);
        if cut.is_empty() {
            left_over.push(rect);
            continue;
        }
        let (left, top) = (i64::from(rect.x), i64::from(rect.y));
        let (cut_left, cut_top) = (i64::from(cut.x), i64::from(cut.y));
        let pieces = [
            from_edges(left, top, rect.right(), cut_top),
            from_edges(left, cut.bottom(), rect.right(), rect.bottom()),
            from_edges(left, cut_top, cut_left, cut.bottom()),
            from_edges(cut.right(), cut_top, rect.right(), cut.bottom()),
        ];
        left_over.extend(pieces.into_iter().filter(|piece| !piece.is_empty()));
    }
    left_over
}

/// The rectangle, so many columns to the right and rows down.
pub(crate) fn moved(rect: Rect, right: i64, down: i64) -> Rect {
    let (left, top) = (
        i64::from(rect.x).saturating_add(right),
        i64::from(rect.y).saturating_add(down),
    );
    from_edges(
        left,
        top,
        left.saturating_add(i64::from(rect.width)),
        top.saturating_add(i64::from(rect.height)),
    )
}

/// A large rectangle that lies wholly in the union of these, which are banded as the SHAPE extension
/// gives them: bands from top to bottom, in each band from left to right. Above [`MOST_BANDED`] there is
/// none: nobody draws such a window, and the search would take long.
pub(crate) fn inside_bands(banded: &[Rect]) -> Rect {
    if banded.len() > MOST_BANDED {
        return Rect::default();
    }
    let mut best = Rect::default();
    for (index, start) in banded.iter().enumerate() {
        let mut grown = *start;
        best = larger(best, grown);
        for next in banded.iter().skip(index) {
            if i64::from(next.y) != grown.bottom() {
                continue;
            }
            let (left, right) = (grown.x.max(next.x), grown.right().min(next.right()));
            if i64::from(left) >= right {
                continue;
            }
            grown = from_edges(i64::from(left), i64::from(grown.y), right, next.bottom());
            best = larger(best, grown);
        }
    }
    best
}

/// How many rectangles a shape may have.
const MOST_BANDED: usize = 2048;

fn larger(one: Rect, other: Rect) -> Rect {
    if area(other) > area(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(rects: &[Rect], x: i32, y: i32) -> bool {
        rects.iter().any(|r| r.contains(Rect::new(x, y, 1, 1)))
    }

    #[test]
    fn a_round_window_keeps_a_rectangle_that_lies_in_it() {
        let disc: Vec<Rect> = (-10_i32..10)
            .map(|y| {
                let half = (0..=10).rev().find(|x| x * x + y * y <= 100).unwrap_or(0);
                Rect::new(-half, y, half.unsigned_abs() * 2, 1)
            })
            .filter(|r| !r.is_empty())
            .collect();
        let kept = inside_bands(&disc);
        assert!(area(kept) > 150, "{kept:?}");
        for x in i64::from(kept.x)..kept.right() {
            for y in i64::from(kept.y)..kept.bottom() {
                assert!(
                    covered(&disc, i32::try_from(x).unwrap(), i32::try_from(y).unwrap()),
                    "{x} {y}"
                );
            }
        }
    }

    #[test]
    fn a_window_in_two_parts_keeps_one_of_them() {
        let parts = [Rect::new(0, 0, 10, 4), Rect::new(0, 8, 10, 5)];
        assert_eq!(inside_bands(&parts), Rect::new(0, 8, 10, 5));
        assert_eq!(inside_bands(&[]), Rect::default());
    }

    #[test]
    fn beside_a_hole_the_largest_strip_is_left() {
        let window = Rect::new(0, 0, 100, 50);
        assert_eq!(beside(window, Rect::new(80, 10, 50, 10)), Rect::new(0, 0, 80, 50));
        assert_eq!(beside(window, Rect::new(200, 0, 5, 5)), window);
        assert!(beside(window, Rect::new(-5, -5, 500, 500)).is_empty());
    }

    #[test]
    fn extreme_coordinates_overflow_nothing() {
        let far = Rect::new(i32::MIN, i32::MAX, u32::MAX, u32::MAX);
        assert!(intersection(far, Rect::new(0, 0, 10, 10)).is_empty());
    }
}
