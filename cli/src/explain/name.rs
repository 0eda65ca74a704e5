//! How a reason is named on the command line: `volume`, `38`, or `attestation/4`.

use gardefou::Reason;

/// A reason, and maybe one of its notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Which reason.
    pub(crate) reason: Reason,
    /// Which note of it, counted from 1.
    pub(crate) detail: Option<u16>,
}

/// Why a name is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// No reason is called so; these names are near.
    Name(Vec<&'static str>),
    /// These words are in the titles of several reasons.
    Several(Vec<Reason>),
    /// What stands behind the `/` is no number of a note.
    Detail,
}

impl Named {
    /// Reads a name. Any number is taken: a policy can have reasons of its own.
    pub(crate) fn read(text: &str) -> Result<Self, Unknown> {
        let (name, detail) = match text.split_once('/') {
            Some((name, detail)) => (name, Some(detail)),
            None => (text, None),
        };
        let detail = match detail.map(|detail| number(detail).filter(|number| *number > 0)) {
            Some(None) => return Err(Unknown::Detail),
            Some(some) => some,
            None => None,
        };
        let lower = name.trim().to_lowercase().replace('_', "-");
        let reason = Reason::from_name(&lower).or_else(|| number(&lower).map(Reason));
        if let Some(reason) = reason {
            return Ok(Self { reason, detail });
        }
        match titled(name).as_slice() {
            [] => Err(Unknown::Name(near(&lower))),
            [reason] => Ok(Self {
                reason: *reason,
                detail,
            }),
            several => Err(Unknown::Several(several.to_vec())),
        }
    }
}

/// The reasons whose title has all of these words, in English or in French. Accents and capitals make no difference,
/// and a word may be the beginning of one; a title that is nothing but these words is the only one meant.
fn titled(words: &str) -> Vec<Reason> {
    let wanted = words_of(words);
    let is_long_enough = wanted.iter().any(|word| word.chars().count() > 2);
    if !is_long_enough || wanted.len() > 16 {
        return Vec::new();
    }
    let titles = |reason: &Reason| reason.info().map(|info| [info.english, info.french].map(words_of));
    let has = |title: &Vec<String>| {
        wanted
            .iter()
            .all(|word| title.iter().any(|own| own.starts_with(word.as_str())))
    };
    let all = || Reason::ALL.iter().copied();
    let whole: Vec<Reason> = all()
        .filter(|reason| titles(reason).is_some_and(|titles| titles.contains(&wanted)))
        .collect();
    if !whole.is_empty() {
        return whole;
    }
    all()
        .filter(|reason| titles(reason).is_some_and(|titles| titles.iter().any(has)))
        .collect()
}

/// The words of a text, in lower case and without accents.
fn words_of(text: &str) -> Vec<String> {
    let plain: String = text
        .chars()
        .take(256)
        .flat_map(char::to_lowercase)
        .map(unaccented)
        .collect();
    let words = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// A letter of French without its accent.
const fn unaccented(letter: char) -> char {
    match letter {
        'à' | 'â' | 'ä' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        other => other,
    }
}

/// A number without a sign.
fn number(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// The names that were meant, perhaps: those that it is a part of, else those a few letters away.
fn near(word: &str) -> Vec<&'static str> {
    const MOST: usize = 4;
    let names = || {
        Reason::ALL
            .iter()
            .filter_map(|reason| reason.info())
            .map(|info| info.name)
    };
    let word: String = word.chars().take(64).collect();
    let longer: Vec<&str> = names()
        .filter(|name| word.len() > 2 && name.contains(&*word))
        .take(MOST)
        .collect();
    if !longer.is_empty() {
        return longer;
    }
    let mut close: Vec<(usize, &str)> = names()
        .map(|name| (strsim::levenshtein(&word, name), name))
        .filter(|(distance, name)| *distance <= name.len().div_ceil(3))
        .collect();
    close.sort_unstable();
    close.into_iter().map(|(_, name)| name).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(reason: Reason, detail: Option<u16>) -> Result<Named, Unknown> {
        Ok(Named { reason, detail })
    }

    #[test]
    fn a_reason_has_a_name_and_a_number() {
        assert_eq!(Named::read("volume"), named(Reason::VOLUME, None));
        assert_eq!(Named::read("No_Call"), named(Reason::NO_CALL, None));
        assert_eq!(Named::read("38"), named(Reason::VOLUME, None));
        assert_eq!(Named::read("attestation/4"), named(Reason::ATTESTATION, Some(4)));
        assert_eq!(Named::read("14/4"), named(Reason::ATTESTATION, Some(4)));
        assert_eq!(Named::read("1000"), named(Reason(1000), None));
        for bad in ["volume/", "volume/0", "volume/x", "volume/-1", "volume/1/2", "38/99999"] {
            assert_eq!(Named::read(bad), Err(Unknown::Detail), "{bad}");
        }
    }

    #[test]
    fn a_name_that_is_none_gives_those_that_are_near() {
        let near = |word| match Named::read(word) {
            Err(Unknown::Name(near)) => near,
            other => panic!("{other:?}"),
        };
        assert_eq!(near("vlume"), ["volume"]);
        assert_eq!(near("paymnt"), ["payment"]);
        assert_eq!(near("objected"), ["employee-objected", "party-objected"]);
        assert_eq!(near("xyzzy"), [""; 0]);
        assert_eq!(near(""), [""; 0]);
        assert_eq!(near("-3"), [""; 0]);
        assert_eq!(near("99999"), [""; 0]);
        assert_eq!(near(&"x".repeat(100_000)), [""; 0]);
    }

    #[test]
    fn words_of_a_title_find_a_reason_in_either_language() {
        for (words, reason) in [
            ("payment card", Reason::PAYMENT),
            ("carte de paiement", Reason::PAYMENT),
            ("Données de CARTE", Reason::PAYMENT),
            ("donnees carte", Reason::PAYMENT),
            ("mot de passe", Reason::SECURE_INPUT),
            ("password", Reason::SECURE_INPUT),
            ("mandate", Reason::PROTECTED_LINE),
            ("Private call", Reason::PRIVATE_CALL),
            ("volum", Reason::VOLUME),
        ] {
            assert_eq!(Named::read(words), named(reason, None), "{words}");
        }
        assert_eq!(Named::read("mot de passe/1"), named(Reason::SECURE_INPUT, Some(1)));
        let Err(Unknown::Several(several)) = Named::read("informed") else {
            panic!()
        };
        assert_eq!(several, [Reason::EMPLOYEE_NOT_INFORMED, Reason::PARTY_NOT_INFORMED]);
        assert!(matches!(Named::read("de"), Err(Unknown::Name(_))), "says nothing");
        assert!(matches!(Named::read("payment unicorn"), Err(Unknown::Name(_))));
    }

    #[test]
    fn every_title_finds_its_own_reason() {
        for reason in Reason::ALL {
            let info = reason.info().unwrap();
            for title in [info.english, info.french] {
                assert_eq!(Named::read(title), named(reason, None), "{title}");
            }
        }
    }

    /// The definition, word for word.
    fn plainly(a: &[char], b: &[char]) -> usize {
        match (a.split_first(), b.split_first()) {
            (None, _) => b.len(),
            (_, None) => a.len(),
            (Some((x, resta)), Some((y, restb))) if x == y => plainly(resta, restb),
            (Some((_, resta)), Some((_, restb))) => {
                1 + plainly(resta, b).min(plainly(a, restb)).min(plainly(resta, restb))
            }
        }
    }

    proptest! {
        #[test]
        fn the_distance_is_what_its_definition_says(a in "[ab-]{0,6}", b in "[abé]{0,6}") {
            let [x, y]: [Vec<char>; 2] = [a.chars().collect(), b.chars().collect()];
            prop_assert_eq!(strsim::levenshtein(&a, &b), plainly(&x, &y));
        }
    }
}
