//! A small picture of a surface in characters: what is kept, and what should be.

use gardefou::Rect;

/// The widest that it is, in columns.
const COLUMNS: u32 = 40;
/// The highest, in rows.
const ROWS: u32 = 12;

/// What is kept of a surface, and where that is not as expected.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a> {
    /// Width and height in captured pixels.
    pub(super) surface: (u32, u32),
    /// What is kept.
    pub(super) is: &'a [Rect],
    /// What of it should not be.
    pub(super) too_many: &'a [Rect],
    /// What should be, and is not.
    pub(super) too_few: &'a [Rect],
}

/// The rows of the picture, from top to bottom; none for a surface without pixels. A character stands for
/// some pixels, and shows the worst that is among them: `+` one too many, `-` one too few, `#` kept, `.`
/// blank.
pub(super) fn picture(kept: Kept<'_>) -> Vec<String> {
    let (width, height) = kept.surface;
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let columns = COLUMNS.min(width);
    // A character is about twice as high as it is wide.
    let rows = (u64::from(columns) * u64::from(height) / u64::from(width) / 2).clamp(1, u64::from(ROWS.min(height)));
    let rows = u32::try_from(rows).unwrap_or(ROWS);
    let row = |row: u32| {
        let tall = part(height, rows, row);
        (0..columns)
            .map(|column| glyph(kept, part(width, columns, column), tall))
            .collect()
    };
    (0..rows).map(row).collect()
}

/// The pixels that one of `parts` stands for along a side: from, up to but not including.
fn part(side: u32, parts: u32, number: u32) -> (i64, i64) {
    let edge = |number: u32| i64::from(number) * i64::from(side) / i64::from(parts.max(1));
    (edge(number), edge(number + 1))
}

fn glyph(kept: Kept<'_>, wide: (i64, i64), tall: (i64, i64)) -> char {
    let has = |regions: &[Rect]| {
        regions.iter().any(|rect| {
            i64::from(rect.x) < wide.1 && wide.0 < rect.right() && i64::from(rect.y) < tall.1 && tall.0 < rect.bottom()
        })
    };
    if has(kept.too_many) {
        '+'
    } else if has(kept.too_few) {
        '-'
    } else if has(kept.is) {
        '#'
    } else {
        '.'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_among_some_pixels_is_shown() {
        let kept = Kept {
            surface: (80, 40),
            is: &[Rect::new(0, 0, 40, 40)],
            too_many: &[Rect::new(0, 0, 1, 1)],
            too_few: &[Rect::new(79, 39, 1, 1)],
        };
        let rows = picture(kept);
        assert_eq!(rows.len(), 10);
        assert!(rows.iter().all(|row| row.chars().count() == 40), "{rows:?}");
        assert_eq!(rows[0], format!("+{}{}", "#".repeat(19), ".".repeat(20)));
        assert_eq!(rows[9], format!("{}{}-", "#".repeat(20), ".".repeat(19)));
    }

    #[test]
    fn a_surface_of_any_size_has_a_small_picture() {
        for surface in [
            (1, 1),
            (1, 1_000_000),
            (1_000_000, 1),
            (0x7fff_ffff, 0x7fff_ffff),
            (7, 3),
        ] {
            let rows = picture(Kept {
                surface,
                is: &[],
                too_many: &[],
                too_few: &[],
            });
            assert!((1..=12).contains(&rows.len()), "{surface:?}");
            assert!(rows.iter().all(|row| (1..=40).contains(&row.len())), "{surface:?}");
        }
        assert!(
            picture(Kept {
                surface: (0, 5),
                is: &[],
                too_many: &[],
                too_few: &[]
            })
            .is_empty()
        );
    }
}
