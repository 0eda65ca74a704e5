//! What a token of an employee should not be: a name, a number that says who somebody is, or nearly another token.

use alloc::{string::String, vec::Vec};
use core::ops::Range;
use std::collections::{HashMap, HashSet};

use super::problem::Problem;
use super::words::{text, words};
use crate::notes::Text as Message;

/// What is odd about a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Oddity {
    /// It is a French social security number.
    SocialSecurity,
    /// It looks like a name, an e-mail address, or `prenom.nom`.
    Personal,
    /// It is listed before.
    Twice,
    /// One that differs in case or blanks only is listed before.
    Nearly,
}

impl Oddity {
    pub(super) const ALL: [Self; 4] = [Self::SocialSecurity, Self::Personal, Self::Twice, Self::Nearly];

    /// What is said of it; `lines` says where in a file. Never the token itself: it may be a name.
    pub(super) fn problem(self, span: &Range<usize>, lines: &Message) -> Problem {
        let pseudonym = words(
            "write a token that says nothing of the person, such as `e-1001`",
            "écrivez un identifiant pseudonyme, qui ne dit rien de la personne, comme `e-1001`",
        );
        let (problem, help) = match self {
            Self::SocialSecurity => (
                Problem::error(
                    "social-security-number",
                    span,
                    text!(
                        "an employee is given by what is a social security number{lines}",
                        "un salarié est désigné par un numéro de sécurité sociale{lines}"; lines
                    ),
                ),
                pseudonym,
            ),
            Self::Personal => (
                Problem::warning(
                    "personal-data",
                    span,
                    text!(
                        "an employee is given by what looks like a name or an address{lines}",
                        "un salarié est désigné par ce qui ressemble à un nom ou à une adresse{lines}"; lines
                    ),
                ),
                pseudonym,
            ),
            Self::Twice => (
                Problem::warning(
                    "named-twice",
                    span,
                    text!(
                        "an employee is listed twice{lines}",
                        "un salarié est cité deux fois{lines}"; lines
                    ),
                ),
                words(
                    "keep one of the two, or write whom the other was meant for",
                    "gardez l'un des deux, ou écrivez qui l'autre devait désigner",
                ),
            ),
            Self::Nearly => (
                Problem::warning(
                    "nearly-the-same",
                    span,
                    text!(
                        "an employee differs from another in capitals or blanks only{lines}",
                        "un salarié ne diffère d'un autre que par des majuscules ou des espaces{lines}"; lines
                    ),
                ),
                words(
                    "tokens are compared letter by letter: write it as the recorder has it, once",
                    "les identifiants sont comparés lettre par lettre\u{a0}: écrivez celui de l'enregistreur, une fois",
                ),
            ),
        };
        problem.rule("S6").help(help)
    }
}

/// What is odd about these tokens, by their place.
pub(super) fn oddities<'t>(tokens: impl Iterator<Item = &'t str>) -> Vec<(usize, Oddity)> {
    let mut found = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let mut folded: HashMap<String, usize> = HashMap::new();
    for (at, token) in tokens.enumerate() {
        if is_social_security_number(token) {
            found.push((at, Oddity::SocialSecurity));
        } else if is_personal(token) {
            found.push((at, Oddity::Personal));
        }
        if !known.insert(token) {
            found.push((at, Oddity::Twice));
        } else if folded.insert(fold(token), at).is_some() {
            found.push((at, Oddity::Nearly));
        }
    }
    found
}

/// The token without blanks and capitals.
pub(super) fn fold(token: &str) -> String {
    let letters = token.chars().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether it is a number of 13 digits with a plausible month and department, or of 15 with the right key
/// (INSEE's `NIR`), with blanks, dots or hyphens in it or not.
fn is_social_security_number(token: &str) -> bool {
    let plain: String = token
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '.' && *c != '-')
        .collect();
    let plain = plain.to_ascii_uppercase();
    // Corsica: 2A counts as 19, 2B as 18.
    let number = match (plain.get(..5), plain.get(5..7), plain.get(7..)) {
        (Some(start), Some("2A"), Some(end)) => alloc::format!("{start}19{end}"),
        (Some(start), Some("2B"), Some(end)) => alloc::format!("{start}18{end}"),
        _ => plain,
    };
    if !matches!(number.len(), 13 | 15) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let part = |range: Range<usize>| number.get(range).and_then(|part| part.parse::<u64>().ok());
    let (Some(sex), Some(month), Some(body)) = (part(0..1), part(3..5), part(0..13)) else {
        return false;
    };
    let is_month = (1..=12).contains(&month) || (20..=42).contains(&month) || (50..=99).contains(&month);
    match part(13..15) {
        Some(key) => matches!(sex, 1..=4 | 7 | 8) && is_month && key == 97 - body % 97,
        None => {
            matches!(sex, 1 | 2) && (1..=12).contains(&month) && part(5..7).is_some_and(|department| department > 0)
        }
    }
}

/// Whether it looks like what a person is called, or how they are reached.
fn is_personal(token: &str) -> bool {
    let token = token.trim();
    if let Some((before, after)) = token.split_once('@') {
        return !before.is_empty() && after.contains('.');
    }
    let parts: Vec<&str> = token.split(['.', ' ', '_', '\u{a0}', '\'', '’']).collect();
    let is_word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphabetic() || c == '-');
    let are_words = parts.iter().all(is_word);
    let long = parts.iter().filter(|part| part.chars().count() >= 2).count();
    match parts.len() {
        // One word is a name where it is written as one.
        1 => {
            let mut letters = token.chars();
            are_words
                && letters.next().is_some_and(char::is_uppercase)
                && letters.clone().count() >= 2
                && letters.all(|c| c.is_lowercase() || c == '-')
        }
        2..=5 => are_words && long >= 2,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_social_security_are_known() {
        // INSEE's own example, and what its key makes of Corsica.
        for number in [
            "255081416802538",
            "2 55 08 14 168 025 38",
            "2550814168025",
            "1850712345678",
            "2.55.08.14.168.025.38",
            "1 85 05 2A 004 036",
        ] {
            assert!(is_social_security_number(number), "{number}");
        }
        for other in [
            "255081416802539",
            "e-1001",
            "1795597200000",
            "0000000000000",
            "12345678",
            "2A",
            "é255081416802",
        ] {
            assert!(!is_social_security_number(other), "{other}");
        }
    }

    #[test]
    fn what_looks_like_a_person_is_known() {
        for person in [
            "Marie Dupont",
            "marie.dupont",
            "marie.dupont@fleuve.example",
            "Dupont",
            "Jean-Luc d’Artois",
            "marie_dupont",
            "Zoé",
        ] {
            assert!(is_personal(person), "{person}");
        }
        for token in [
            "e-1001",
            "f-01",
            "a1b2",
            "agent",
            "ABCD",
            "x",
            "m.1001",
            "team-lead",
            "e.x",
            "@x",
            "F-01 ",
        ] {
            assert!(!is_personal(token), "{token}");
        }
    }

    #[test]
    fn doubles_are_told_once_each() {
        let found = oddities(["f-01", "f-02", "f-01", "F-01 ", "f-01"].into_iter());
        assert_eq!(found, [(2, Oddity::Twice), (3, Oddity::Nearly), (4, Oddity::Twice)]);
    }
}
