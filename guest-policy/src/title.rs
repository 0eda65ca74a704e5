//! Titles that exclude a window (legal.md, S4).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::pattern::{self, Effort};
use crate::skeleton::{self, skeleton};

/// The longest title of a window whose programme excludes titles, in bytes of UTF-8; with a longer one it is
/// excluded.
pub const MAX_TITLE: usize = 2_048;

/// The longest skeleton of such a title, in bytes of UTF-8; with a longer one it is excluded.
pub const MAX_SKELETON: usize = 4_096;

/// A title, in the form that patterns are compared with.
#[derive(Clone)]
pub struct Title {
    skeleton: String,
    /// Every two bytes that stand next to one another in the skeleton: a bit each.
    pairs: Vec<u64>,
}

impl Title {
    /// `None` for a title above the limits.
    #[must_use]
    pub fn of(title: &str) -> Option<Self> {
        if title.len() > MAX_TITLE {
            return None;
        }
        let skeleton = skeleton::within(title, MAX_SKELETON)?;
        let mut pairs = alloc::vec![0; PAIRS / 64];
        for (word, bit) in places(&skeleton) {
            if let Some(word) = pairs.get_mut(word) {
                *word |= bit;
            }
        }
        Some(Self { skeleton, pairs })
    }

    /// False where the title certainly lacks this part of a pattern.
    fn may_have(&self, part: &str) -> bool {
        places(part).all(|(word, bit)| self.pairs.get(word).is_some_and(|word| word & bit != 0))
    }
}

/// A title is personal data: not even a debug print shows it.
impl core::fmt::Debug for Title {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Title").finish_non_exhaustive()
    }
}

/// How many pairs of bytes there are.
const PAIRS: usize = 1 << 16;

/// Where the pairs of a text's bytes are kept: in which word, and which bit of it.
fn places(text: &str) -> impl Iterator<Item = (usize, u64)> + '_ {
    let pairs = text.as_bytes().windows(2);
    pairs.filter_map(|pair| {
        let pair = u16::from_le_bytes(pair.try_into().ok()?);
        Some((usize::from(pair / 64), 1 << (pair % 64)))
    })
}

/// A pattern of titles that are never recorded, however they are written: it is compared with a title's
/// skeleton. Whoever reads one as it was written gets that.
///
/// ```
/// use gardefou_policy::{pattern::Effort, title::{NeverTitle, Title}};
/// let never = NeverTitle::from("*mot de passe :*");
/// let mut effort = Effort::new(1_000);
/// let title = Title::of("MOT DE PASSE\u{a0}: saisie").unwrap();
/// assert!(never.excludes(&title, &mut effort));
/// let title = Title::of("Ticket 7").unwrap();
/// assert!(!never.excludes(&title, &mut effort));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct NeverTitle {
    written: String,
    /// The skeletons of the parts between wildcards, with a `*` for each of these: no skeleton of a part has
    /// one, because whatever would become one is a wildcard.
    skeleton: String,
}

impl NeverTitle {
    /// As the rule document has it.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// What is compared: two patterns with the same skeleton exclude the same titles.
    #[must_use]
    pub fn skeleton(&self) -> &str {
        &self.skeleton
    }

    /// Whether nothing is left to compare: all of it is wildcards, marks and format characters.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        self.skeleton.bytes().all(|byte| byte == b'*')
    }

    /// Whether it excludes this title. It is searched for only where the title has every two letters that stand
    /// next to one another in the pattern: with most patterns that is never so.
    #[must_use]
    pub fn excludes(&self, title: &Title, effort: &mut Effort) -> bool {
        self.skeleton.split('*').all(|part| title.may_have(part))
            && pattern::skeletons(&self.skeleton, &title.skeleton, effort)
    }
}

/// Whether a character stands for any text. Full-width and small asterisks do: a pattern that a keyboard of
/// another script wrote excludes what it was meant to.
#[must_use]
pub fn is_wildcard(character: char) -> bool {
    matches!(character, '*' | '\u{ff0a}' | '\u{fe61}')
}

impl From<String> for NeverTitle {
    fn from(written: String) -> Self {
        let mut skeletons = String::with_capacity(written.len());
        for (at, part) in written.split(is_wildcard).enumerate() {
            if at > 0 {
                skeletons.push('*');
            }
            skeletons.push_str(&skeleton(part));
        }
        Self {
            written,
            skeleton: skeletons,
        }
    }
}

impl From<&str> for NeverTitle {
    fn from(written: &str) -> Self {
        String::from(written).into()
    }
}

impl From<NeverTitle> for String {
    fn from(never: NeverTitle) -> Self {
        never.written
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;
    use std::vec::Vec;

    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn excludes(pattern: &str, title: &str) -> bool {
        let mut effort = Effort::new(usize::MAX);
        NeverTitle::from(pattern).excludes(&Title::of(title).unwrap(), &mut effort)
    }

    #[test]
    fn a_title_is_recognised_however_it_is_written() {
        for title in ["La clé", "LA CLÉ", "la cle\u{301}s", "cle", "ＣＬÉ"] {
            assert!(excludes("*clé*", title), "{title}");
        }
        assert!(excludes("*straße*", "DIE STRASSE"));
        assert!(excludes("*κωδικός*", "ΚΩΔΙΚΌΣ"));
        assert!(excludes("*mot de passe :*", "Mot de passe\u{a0}: saisie"));
        assert!(excludes("*l’accès*", "L'ACCES au compte"));
        assert!(!excludes("*clé*", "Clients"));
        assert!(!excludes("clé", "La clé"));
        assert!(!excludes("*clé", "clé USB"));
    }

    #[test]
    fn other_asterisks_are_wildcards_in_a_pattern_and_characters_in_a_title() {
        assert!(excludes("＊clé﹡", "La clé USB"));
        assert!(excludes("*a*", "x＊a"));
        assert!(!excludes("a*b", "＊"));
        let nothing = |pattern: &str| NeverTitle::from(pattern).says_nothing();
        assert!(nothing("＊") && nothing("\u{301}*\u{200b}") && nothing("\u{ad}"));
        assert!(!nothing("* *") && !nothing("*a"));
        for character in ('\0'..=char::MAX).filter(|c| skeleton(&c.to_string()).contains('*')) {
            assert!(is_wildcard(character), "{}", character.escape_unicode());
        }
    }

    #[test]
    fn a_space_that_was_two_is_found_by_both_parts_that_have_one() {
        assert!(excludes("mot * passe", "mot  passe"));
        assert!(excludes("mot * passe", "mot de passe"));
        assert!(excludes("* * *", "a \u{a0}b"));
        assert!(excludes("mot *", "mot \u{a0}"));
        assert!(excludes("mot * ", "mot  "));
        assert!(!excludes("mot * passe", "motpasse"));
        assert!(!excludes("mot *passe", "mot"));
    }

    /// A title that a pattern was filled into, and another way to write it.
    fn written_otherwise(title: &str, way: u8) -> String {
        match way {
            0 => title.to_uppercase(),
            1 => title.to_lowercase(),
            2 => title.replace(' ', "\u{a0}\u{2009}"),
            3 => title.replace('\'', "’").replace('-', "–"),
            4 => title.nfd().collect(),
            _ => title.into(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Whatever its wildcards stand for, and however that is written then.
        #[test]
        fn what_a_pattern_was_filled_into_is_excluded(
            pattern in "[ aéß'*\u{301}-]{0,8}",
            fillings in prop::collection::vec("[ aé\u{301}*]{0,3}", 9),
            way in 0_u8..6,
        ) {
            let parts: Vec<&str> = pattern.split('*').collect();
            let mut title = String::new();
            for (at, part) in parts.iter().enumerate() {
                title.push_str(part);
                if at + 1 < parts.len() {
                    title.push_str(&fillings[at]);
                }
            }
            prop_assert!(excludes(&pattern, &written_otherwise(&title, way)), "{title:?}");
        }

        /// The parts of a pattern's skeleton are tried at every place.
        #[test]
        fn excluding_is_trying_everything(pattern in "[ a*]{0,7}", title in "[ ab]{0,9}") {
            fn tried(parts: &[&str], before: &str, title: &str, from: usize) -> bool {
                let [part, rest @ ..] = parts else { return from == title.len() };
                let shared = usize::from(before.ends_with(' ') && part.starts_with(' '));
                let is_last = rest.is_empty();
                (from - shared.min(from)..=title.len()).any(|at| {
                    let end = at + part.len();
                    let before = if part.is_empty() { before } else { part };
                    title.get(at..).is_some_and(|left| left.starts_with(part))
                        && if is_last { end == title.len() } else { tried(rest, before, title, end) }
                })
            }
            let is_excluded = excludes(&pattern, &title);
            let (pattern, title) = (NeverTitle::from(pattern.as_str()), skeleton(&title));
            let parts: Vec<&str> = pattern.skeleton().split('*').collect();
            let by_trying = match parts.as_slice() {
                [whole] => *whole == title,
                [first, rest @ ..] => title.starts_with(first) && tried(rest, first, &title, first.len()),
                [] => false,
            };
            prop_assert_eq!(is_excluded, by_trying);
        }
    }
}
