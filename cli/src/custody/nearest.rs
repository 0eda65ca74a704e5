//! The names that somebody may have meant.

use gardefou::custody::{Receipt, Subject};

/// How many are told.
const MOST: usize = 3;

/// Of those that are known, the ones that somebody may have meant: the nearest, where they differ in little.
pub(super) fn nearest(receipt: &Receipt) -> Vec<&str> {
    let asked = match &receipt.subject {
        Subject::Employee(name) | Subject::Call(name) | Subject::Session(name) => name,
        _ => return Vec::new(),
    };
    let others: Vec<&str> = receipt.others.iter().map(String::as_str).collect();
    near(asked, &others)
}

/// Those that are at the least distance, and no further than two changes, or one in a short name.
fn near<'n>(asked: &str, known: &[&'n str]) -> Vec<&'n str> {
    let allowed = if asked.chars().count() < 4 { 1 } else { 2 };
    let distance = |name: &str| strsim::damerau_levenshtein(&asked.to_lowercase(), &name.to_lowercase());
    let near = known.iter().map(|name| (distance(name), *name));
    let near: Vec<(usize, &str)> = near.filter(|(distance, _)| *distance <= allowed).collect();
    let least = near.iter().map(|(distance, _)| *distance).min();
    let nearest = near.into_iter().filter(|(distance, _)| Some(*distance) == least);
    nearest.map(|(_, name)| name).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_told_and_nothing_far_away() {
        let known = ["e-1001", "e-1002", "e-2001", "e-9"];
        assert_eq!(near("e-1010", &known), ["e-1001"]);
        assert_eq!(near("e-100", &known), ["e-1001", "e-1002"]);
        assert_eq!(near("E-9", &known), ["e-9"]);
        assert_eq!(near("somebody", &known), [""; 0]);
        assert_eq!(near("", &known), [""; 0]);
        let many: Vec<String> = (0..9).map(|n| format!("call-{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(near("call-x", &many).len(), MOST);
    }
}
