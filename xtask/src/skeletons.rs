//! The table of skeletons: what `never-title` compares, character by character, from Unicode's data.

mod table;

use std::path::Path;

use anyhow::{Result, ensure};
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::generated::Generated;

const GENERATED: Generated = Generated {
    path: "guest-policy/src/skeleton/table.rs",
    source: "Unicode's data",
    chore: "skeletons",
};

/// Writes the generated file, or, when `check`, fails unless it is what would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let version = unicode_normalization::UNICODE_VERSION;
    let (major, minor, patch) = unicode_properties::UNICODE_VERSION;
    ensure!(
        (u64::from(version.0), u64::from(version.1), u64::from(version.2)) == (major, minor, patch),
        "the crates that the skeletons are made from have the data of two versions of Unicode"
    );
    GENERATED.update(root, &table::code(&format!("{major}.{minor}.{patch}")), check)
}

/// The skeleton of one character (docs/contract.md, "Classification"). That of a text is those of its
/// characters, one after the other, with each run of white space as one space.
fn skeleton(character: char) -> String {
    let decomposed = bare(&ascii(character).to_string());
    let folded = UniCase::unicode(decomposed).to_folded_case();
    bare(&folded).chars().flat_map(plain).collect()
}

/// Compatibility decomposition, without marks and format characters.
fn bare(text: &str) -> String {
    let is_kept = |c: &char| {
        c.general_category_group() != GeneralCategoryGroup::Mark && c.general_category() != GeneralCategory::Format
    };
    text.nfkd().filter(is_kept).collect()
}

/// Apostrophes and quotes are `'`, dashes `-`.
fn ascii(character: char) -> char {
    let category = character.general_category();
    match character {
        '"' | '\'' | '`' | '\u{b4}' | '\u{2bc}' => '\'',
        '\u{2212}' => '-',
        _ => match category {
            GeneralCategory::InitialPunctuation | GeneralCategory::FinalPunctuation => '\'',
            GeneralCategory::DashPunctuation => '-',
            _ => character,
        },
    }
}

/// Letters that do not decompose, white space, and what became a quote or a dash on the way.
fn plain(character: char) -> Vec<char> {
    match character {
        'ı' => vec!['i'],
        'œ' => vec!['o', 'e'],
        'æ' => vec!['a', 'e'],
        'ø' => vec!['o'],
        'ł' => vec!['l'],
        'đ' => vec!['d'],
        _ if character.is_whitespace() => vec![' '],
        _ => vec![ascii(character)],
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;

    use super::*;

    #[test]
    fn the_generated_file_is_current() {
        run(&crate::workspace::root(), true).unwrap();
    }

    /// Why characters can be taken one by one: what normalization moves past another is dropped.
    #[test]
    fn whatever_normalization_reorders_is_dropped() {
        let moved = ('\0'..=char::MAX).filter(|c| canonical_combining_class(*c) != 0);
        let mut count = 0;
        for character in moved {
            assert_eq!(skeleton(character), "", "{}", character.escape_unicode());
            count += 1;
        }
        assert!(count > 900, "{count}");
    }

    #[test]
    fn a_skeleton_is_its_own_skeleton() {
        for character in '\0'..=char::MAX {
            let once = skeleton(character);
            let twice: String = once.chars().map(skeleton).collect();
            assert_eq!(once, twice, "{}", character.escape_unicode());
        }
    }

    /// The data that the table is made from, against other crates'.
    #[test]
    fn others_know_the_same_of_every_character() {
        assert_eq!(focaccia::UNICODE_VERSION, unicode_normalization::UNICODE_VERSION);
        let mut compared = 0;
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            let folded = UniCase::unicode(&text).to_folded_case();
            assert!(
                focaccia::unicode_full_case_eq(&text, &folded),
                "{}",
                character.escape_unicode()
            );
            let again = UniCase::unicode(&folded).to_folded_case();
            assert_eq!(folded, again, "{}", character.escape_unicode());
            // Which of an older version of Unicode is no character yet is not compared.
            let category = format!("{:?}", unicode_general_category::get_general_category(character));
            if category != "Unassigned" {
                let ours = format!("{:?}", character.general_category());
                // Of letters it makes no difference which: a newer version knows of one that it is small.
                let is_letter = |category: &str| category.ends_with("Letter");
                let same = ours == category || is_letter(&ours) && is_letter(&category);
                assert!(same, "{}: {ours}, {category}", character.escape_unicode());
                compared += 1;
            }
        }
        assert!(compared > 150_000, "{compared}");
    }

    #[test]
    fn characters_one_by_one() {
        for (character, expected) in [
            ('É', "e"),
            ('Σ', "σ"),
            ('ς', "σ"),
            ('ß', "ss"),
            ('ẞ', "ss"),
            ('İ', "i"),
            ('ı', "i"),
            ('I', "i"),
            ('ﬁ', "fi"),
            ('Œ', "oe"),
            ('Ǽ', "ae"),
            ('Ł', "l"),
            ('\u{a0}', " "),
            ('\u{a8}', " "),
            ('\u{ad}', ""),
            ('\u{345}', ""),
            ('\u{2019}', "'"),
            ('\u{ff02}', "'"),
            ('\u{2013}', "-"),
            ('\u{207b}', "-"),
            ('\u{ff0a}', "*"),
            ('가', "\u{1100}\u{1161}"),
        ] {
            assert_eq!(skeleton(character), expected, "{}", character.escape_unicode());
        }
        let longest = ('\0'..=char::MAX).map(|c| skeleton(c).chars().count()).max();
        assert_eq!(longest, Some(18));
    }
}
