//! A bar: how much of a cap is used.

use anstyle::Style;
use gardefou::Millis;

use crate::text::{ALLOWED, FAINT, Look, REFUSED, WARNED, paint};

/// How long it is, in columns.
pub(super) const LENGTH: usize = 24;

/// What was used, and what is held beside it, of a limit. What is used a little shows; a bar is full only
/// when the limit is reached.
pub(super) fn bar(used: Millis, held: Millis, limit: Millis, look: Look) -> String {
    let all = used.saturating_add(held);
    let full = columns(all, limit);
    let solid = columns(used, limit).min(full);
    format!(
        "{}{}{}",
        paint(style(all, limit), &look.pick("█", "#").repeat(solid)),
        paint(style(all, limit), &look.pick("▒", "=").repeat(full - solid)),
        paint(FAINT, &look.pick("░", ".").repeat(LENGTH - full))
    )
}

fn columns(part: Millis, whole: Millis) -> usize {
    if part >= whole {
        return LENGTH;
    }
    let scaled = u128::from(part) * LENGTH as u128 / u128::from(whole.max(1));
    let scaled = usize::try_from(scaled).unwrap_or(LENGTH);
    scaled.clamp(usize::from(part > 0), LENGTH - 1)
}

/// Green, yellow from four fifths on, red when the limit is reached.
fn style(used: Millis, limit: Millis) -> Style {
    if used >= limit {
        REFUSED
    } else if u128::from(used) * 5 >= u128::from(limit) * 4 {
        WARNED
    } else {
        ALLOWED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(used: Millis, held: Millis, limit: Millis) -> String {
        anstream::adapter::strip_str(&bar(used, held, limit, Look::new(80, false))).to_string()
    }

    #[test]
    fn a_bar_shows_a_little_and_is_full_only_at_the_limit() {
        assert_eq!(drawn(0, 0, 100), "........................");
        assert_eq!(drawn(1, 0, 1_000_000), "#.......................");
        assert_eq!(drawn(50, 25, 100), "############======......");
        assert_eq!(drawn(999_999, 0, 1_000_000), "#######################.");
        assert_eq!(drawn(100, 0, 100), "########################");
        assert_eq!(drawn(Millis::MAX, Millis::MAX, 100), "########################");
        assert_eq!(drawn(0, 0, 0), "########################");
    }

    #[test]
    fn its_colour_warns() {
        assert_eq!(style(79, 100), ALLOWED);
        assert_eq!(style(80, 100), WARNED);
        assert_eq!(style(100, 100), REFUSED);
    }
}
