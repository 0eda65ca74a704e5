//! Skeletons: what is left of a text when it no longer matters how it was written (docs/contract.md,
//! "Skeletons of titles").
//!
//! A forbidden title must be recognised in capitals, with accents typed apart or left out, and with
//! whichever space, dash or quote a program likes. Characters are taken one by one: whatever Unicode would
//! move past another is dropped here.

use alloc::string::String;

mod table;

use table::{ENDS, RUNS, TEXTS};

/// The most bytes that a byte of a text becomes: an Arabic ligature of three is a phrase of 33.
pub const GROWTH: usize = 11;

/// What becomes of a run of characters; the table is made of these.
#[derive(Clone, Copy, Debug)]
enum To {
    /// Nothing.
    Nothing,
    /// Each the character so many numbers away.
    Shift(i32),
    /// Every second one, from the first on, the next character.
    Next,
    /// Each a text of its own, from this one on.
    Texts(u16),
}

/// The skeleton of a text: quotes are `'` and dashes `-`, letters are small and bare, each run of white space
/// is one space.
///
/// ```
/// use gardefou_policy::skeleton::skeleton;
/// assert_eq!(skeleton("MOT\u{a0}DE  PASSE\u{202f}: «\u{a0}cle\u{301}\u{a0}»"), "mot de passe : ' cle '");
/// assert_eq!(skeleton("Straße"), skeleton("STRASSE"));
/// ```
#[must_use]
pub fn skeleton(text: &str) -> String {
    within(text, usize::MAX).unwrap_or_default()
}

/// The skeleton of a text, where it is at most so many bytes.
#[must_use]
pub fn within(text: &str, most: usize) -> Option<String> {
    let mut skeleton = String::with_capacity(text.len());
    for character in text.chars() {
        write(character, &mut skeleton);
        if skeleton.len() > most {
            return None;
        }
    }
    Some(skeleton)
}

/// Adds what a character becomes.
fn write(character: char, to: &mut String) {
    match character {
        'a'..='z' | '0'..='9' => to.push(character),
        'A'..='Z' => to.push(character.to_ascii_lowercase()),
        '가'..='힣' => write_syllable(character, to),
        _ => write_listed(character, to),
    }
}

/// Adds a character that is its own skeleton; of white space, the first.
fn push(character: char, to: &mut String) {
    if character != ' ' || !to.ends_with(' ') {
        to.push(character);
    }
}

/// Adds the two or three letters of a Hangul syllable (The Unicode Standard, 3.12).
fn write_syllable(character: char, to: &mut String) {
    let syllable = u32::from(character) - u32::from('가');
    let letters = [
        Some(0x1100 + syllable / 588),
        Some(0x1161 + syllable % 588 / 28),
        Some(0x11A7 + syllable % 28).filter(|last| *last != 0x11A7),
    ];
    to.extend(letters.into_iter().flatten().filter_map(char::from_u32));
}

/// Adds what the table says of a character.
fn write_listed(character: char, to: &mut String) {
    let number = u32::from(character);
    let place = RUNS.partition_point(|(first, _, _)| *first <= number);
    let run = place.checked_sub(1).and_then(|place| RUNS.get(place));
    let Some((first, _, becomes)) = run.filter(|(_, last, _)| number <= *last) else {
        return push(character, to);
    };
    let nth = number.abs_diff(*first);
    let other = |by: i32| number.checked_add_signed(by).and_then(char::from_u32);
    match becomes {
        To::Nothing => {}
        To::Shift(by) => push(other(*by).unwrap_or(character), to),
        To::Next if nth % 2 == 0 => push(other(1).unwrap_or(character), to),
        To::Next => push(character, to),
        To::Texts(from) => text(usize::from(*from), nth).chars().for_each(|c| push(c, to)),
    }
}

/// The text so many after the first of a run.
fn text(from: usize, nth: u32) -> &'static str {
    let at = usize::try_from(nth).map_or(usize::MAX, |nth| from + nth);
    let end = |at: usize| ENDS.get(at).copied().map(usize::from);
    let start = at.checked_sub(1).map_or(Some(0), end);
    let range = start.zip(end(at));
    range.and_then(|(start, end)| TEXTS.get(start..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use std::string::ToString as _;

    use proptest::prelude::*;
    use unicase::UniCase;
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

    use super::*;

    /// The steps of docs/contract.md, one after the other, over the whole text.
    fn step_by_step(text: &str) -> String {
        let bare = |text: &str| -> String {
            let is_kept = |c: &char| {
                c.general_category_group() != GeneralCategoryGroup::Mark
                    && c.general_category() != GeneralCategory::Format
            };
            text.nfkd().filter(is_kept).collect()
        };
        let ascii = |c: char| match (c, c.general_category()) {
            ('"' | '\'' | '`' | '\u{b4}' | '\u{2bc}', _) => '\'',
            (_, GeneralCategory::InitialPunctuation | GeneralCategory::FinalPunctuation) => '\'',
            ('\u{2212}', _) | (_, GeneralCategory::DashPunctuation) => '-',
            _ => c,
        };
        let first: String = text.chars().map(ascii).collect();
        let folded = UniCase::unicode(bare(&first)).to_folded_case();
        let mut last: String = bare(&folded).chars().map(ascii).collect();
        for (letter, letters) in [("ı", "i"), ("œ", "oe"), ("æ", "ae"), ("ø", "o"), ("ł", "l"), ("đ", "d")] {
            last = last.replace(letter, letters);
        }
        let mut spaced = String::new();
        for character in last.chars() {
            match character.is_whitespace() {
                true if spaced.ends_with(' ') => {}
                true => spaced.push(' '),
                false => spaced.push(character),
            }
        }
        spaced
    }

    #[test]
    fn every_character_is_as_the_steps_say() {
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            assert_eq!(skeleton(&text), step_by_step(&text), "{}", character.escape_unicode());
        }
    }

    #[test]
    fn no_character_becomes_more_than_the_bound() {
        let growth = |c: char| skeleton(&c.to_string()).len().div_ceil(c.len_utf8());
        assert_eq!(('\0'..=char::MAX).map(growth).max(), Some(GROWTH));
    }

    /// Characters that stand for what goes wrong where one would be taken with its neighbours.
    fn any_text() -> impl Strategy<Value = String> {
        let tricky = "eE\u{301}\u{345}\u{323}σςΣ\u{130}ıI\u{307}ßẞﬁŉǰΐ가ᄀ\u{1161}\u{11a8}각 \u{a0}\t\u{2003}\u{ad}\u{200d}'’«\u{2bc}-–−＊ﷺ\u{37a}\u{1fbe}ᾳᾼᴭǽ";
        let tricky: Vec<char> = tricky.chars().collect();
        prop::collection::vec(
            prop_oneof![3 => prop::sample::select(tricky), 1 => any::<char>()],
            0..20,
        )
        .prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_text_is_as_the_steps_say(text in any_text()) {
            prop_assert_eq!(skeleton(&text), step_by_step(&text));
        }

        #[test]
        fn a_skeleton_is_its_own_skeleton(text in any_text()) {
            let once = skeleton(&text);
            prop_assert_eq!(skeleton(&once), once);
        }
    }

    #[test]
    fn however_it_is_written() {
        for (one, other) in [
            ("CLÉ", "cle\u{301}"),
            ("clé", "cle"),
            ("κωδικός", "ΚΩΔΙΚΌΣ"),
            ("straße", "STRASSE"),
            ("şifre giriş", "ŞİFRE GİRİŞ"),
            ("kasım", "KASIM"),
            ("mot de passe :", "Mot\u{2009}de passe\u{202f}:"),
            ("mot de passe", "ｍｏｔ\u{3000}ｄｅ\u{3000}ｐａｓｓｅ"),
            ("l'accès", "L’accès"),
            ("\"clé\"", "“clé”"),
            ("e-mail", "e\u{2011}mail"),
            ("pass\u{ad}word", "pass\u{200b}word"),
            ("cœur", "COEUR"),
            ("hasło", "HASLO"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} {other}");
        }
        assert_ne!(skeleton("clé"), skeleton(" clé"), "nothing is trimmed");
        assert_eq!(skeleton("\u{301}\u{200b}"), "");
    }
}
