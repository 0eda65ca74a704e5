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
        match reason {
            Some(reason) => Ok(Self { reason, detail }),
            None => Err(Unknown::Name(near(&lower))),
        }
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
        assert_eq!(near("volum"), ["volume"]);
        assert_eq!(near("paymnt"), ["payment"]);
        assert_eq!(near("informed"), ["employee-not-informed", "party-not-informed"]);
        assert_eq!(near("objected"), ["employee-objected", "party-objected"]);
        assert_eq!(near("xyzzy"), [""; 0]);
        assert_eq!(near(""), [""; 0]);
        assert_eq!(near("-3"), [""; 0]);
        assert_eq!(near("99999"), [""; 0]);
        assert_eq!(near(&"x".repeat(100_000)), [""; 0]);
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
