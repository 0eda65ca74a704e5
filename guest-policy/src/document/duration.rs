//! Lengths of time: a whole number above 0 and one unit.

use alloc::{format, string::String};

use super::cursor::Item;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::types::{DAY, Millis};

/// The units, from the longest, in ms.
const UNITS: [(&str, Millis); 5] = [("d", DAY), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// What a length of time cannot exceed, and where that comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ceiling {
    /// In ms.
    pub(super) at_most: Millis,
    /// Whether an authority stated it; else it is a reading of ours, and said so.
    pub(super) is_stated: bool,
}

impl Ceiling {
    /// A ceiling that an authority stated.
    pub(super) const fn stated(at_most: Millis) -> Self {
        Self {
            at_most,
            is_stated: true,
        }
    }

    /// A ceiling of this product.
    pub(super) const fn product(at_most: Millis) -> Self {
        Self {
            at_most,
            is_stated: false,
        }
    }

    /// Where it comes from, in words.
    pub(super) const fn origin(self) -> Words {
        match self.is_stated {
            true => words(
                "an authority stated this limit",
                "cette limite a été énoncée par une autorité",
            ),
            false => words(
                "this limit is the product's own reading, no text gives a number",
                "cette limite est une interprétation propre au produit, aucun texte ne donne de chiffre",
            ),
        }
    }
}

/// Reads a length of time, in ms.
pub(super) fn read(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Millis> {
    let text = item.text(problems)?;
    match parse(text.value) {
        Ok(millis) => Some(millis),
        Err(why) => {
            let right_way = item.right_way();
            let message = text!(
                "`{name}` is not a duration: {why}",
                "`{name}` n'est pas une durée\u{a0}: {why}",
                name = item.key.name; why
            );
            let help = text!(
                "{right_way}; the units are `ms`, `s`, `m`, `h` and `d`",
                "{right_way}\u{a0}; les unités sont `ms`, `s`, `m`, `h` et `d` (jours)"; right_way
            );
            problems.add(
                Problem::error("bad-duration", &item.span, message)
                    .rule(item.key.rule)
                    .help(help),
            );
            None
        }
    }
}

/// Reads a length of time that has a ceiling, in ms.
pub(super) fn read_within(item: &Item<'_>, ceiling: Ceiling, problems: &mut Problems<'_>) -> Option<Millis> {
    let millis = read(item, problems)?;
    if millis <= ceiling.at_most {
        return Some(millis);
    }
    let (name, most, origin) = (item.key.name, spell(ceiling.at_most), ceiling.origin());
    let message = text!(
        "`{name}` is {given}, above its limit of {most}",
        "`{name}` vaut {given}, au-dessus de sa limite de {most}",
        given = spell(millis)
    );
    let help = text!(
        "write `{name} = \"{most}\"` or less; {origin}",
        "écrivez `{name} = \"{most}\"` ou moins\u{a0}; {origin}"; origin
    );
    problems.add(
        Problem::error("above-ceiling", &item.span, message)
            .rule(item.key.rule)
            .help(help),
    );
    None
}

fn parse(text: &str) -> Result<Millis, Words> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(unit_at).unwrap_or((text, ""));
    if number.is_empty() {
        return Err(words(
            "it does not begin with a whole number",
            "elle ne commence pas par un nombre entier",
        ));
    }
    let length = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length);
    let length = match length {
        Some(length) => length,
        None if unit.is_empty() => return Err(words("it has no unit", "elle n'a pas d'unité")),
        None => {
            return Err(words(
                "what follows the whole number is not one unit",
                "ce qui suit le nombre entier n'est pas une unité",
            ));
        }
    };
    let millis = number
        .parse::<Millis>()
        .ok()
        .and_then(|number| number.checked_mul(length));
    match millis {
        Some(0) => Err(words("it must be above 0", "elle doit être supérieure à 0")),
        // The largest number says "no limit" to the component.
        Some(Millis::MAX) | None => Err(words("it is too long", "elle est trop longue")),
        Some(millis) => Ok(millis),
    }
}

/// A length of time in the longest unit that says it exactly.
pub(super) fn spell(millis: Millis) -> String {
    let exact = UNITS.iter().find(|(_, length)| millis.is_multiple_of(*length));
    exact.map_or_else(
        || format!("{millis}ms"),
        |(unit, length)| format!("{}{unit}", millis / length),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_a_whole_number_and_a_unit() {
        assert_eq!(parse("500ms"), Ok(500));
        assert_eq!(parse("7s"), Ok(7_000));
        assert_eq!(parse("2m"), Ok(120_000));
        assert_eq!(parse("20h"), Ok(72_000_000));
        assert_eq!(parse("181d"), Ok(181 * DAY));
    }

    #[test]
    fn everything_else_is_refused() {
        let too_long = "99999999999999999999ms";
        for bad in [
            "0d", "", "d", "5", "-5d", "+5d", "1.5h", "2 h", "1h30m", "2H", "5w", "٣d", too_long,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("18446744073709551615ms").is_err());
        assert!(parse("300000000000d").is_err());
    }

    proptest! {
        #[test]
        fn what_is_spelled_reads_back(millis in 1..Millis::MAX) {
            prop_assert_eq!(parse(&spell(millis)), Ok(millis));
        }
    }
}
