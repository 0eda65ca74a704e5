//! The known word that is nearest to an unknown one.

use alloc::vec::Vec;

/// Longer words get no suggestion: nobody mistypes them by a letter or two.
const LONGEST: usize = 64;

/// The nearest candidate, when it is near enough to be what was meant. Spends some of `effort`, and finds
/// nothing once it is spent, so that a hostile document cannot make suggestions costly.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    effort: &mut usize,
) -> Option<&'c str> {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    let most = word.len().div_ceil(3);
    let mut best = None;
    for candidate in candidates {
        *effort = effort.saturating_sub(1);
        if candidate.len().abs_diff(word.len()) > most + LONGEST || candidate.len() > 4 * LONGEST {
            continue;
        }
        let other: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        if other.len().abs_diff(word.len()) > most {
            continue;
        }
        *effort = effort.saturating_sub(word.len() * other.len());
        if *effort == 0 {
            return None;
        }
        let distance = distance(&word, &other);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters must be added, removed, changed or swapped with their neighbour (each pair once).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut above = None;
    for (row, x) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(last.len());
        current.push(row + 1);
        let mut left_letter = None;
        for (column, y) in b.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&last, column) + usize::from(x != y))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            if column > 0 && left_letter == Some(x) && above == Some(y) {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            current.push(least);
            left_letter = Some(y);
        }
        before_last = core::mem::replace(&mut last, current);
        above = Some(x);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_the_one_meant() {
        let known = ["from", "until", "announced-on", "applications"];
        let find = |word| nearest(word, known, &mut 100_000);
        assert_eq!(find("form"), Some("from"));
        assert_eq!(find("untill"), Some("until"));
        assert_eq!(find("Anounced-On"), Some("announced-on"));
        assert_eq!(find("aplication"), Some("applications"));
        assert_eq!(find("retention"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn spent_effort_finds_nothing() {
        assert_eq!(nearest("form", ["from"], &mut 10), None);
    }

    #[test]
    fn distances_are_the_known_ones() {
        let of = |a: &str, b: &str| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(distance(&a, &b), distance(&b, &a));
            distance(&a, &b)
        };
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("ab", "ba"), 1);
        assert_eq!(of("same", "same"), 0);
    }
}
