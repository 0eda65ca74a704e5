//! Lengths of time: a whole number above 0 and one unit.

use alloc::{format, string::String};

use super::cursor::Item;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::types::{DAY, Millis};

/// The units, from the longest, in ms.
const UNITS: [(&str, Millis); 5] = [("d", DAY), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// The shortest run of 1 to 12 calendar months, in days: what is kept for months is never kept longer than they are.
const MONTHS: [u64; 12] = [28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334, 365];

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
    let units = words(
        "the units are `ms`, `s`, `min`, `h` and `d`",
        "les unités sont `ms`, `s`, `min`, `h` et `d` (jours)",
    );
    read_as(item, parse, units, problems)
}

/// Reads for how long something is kept, in ms: also a number of months, as the shortest that they can be.
fn read_kept(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Millis> {
    let units = words(
        "the units are `ms`, `s`, `min`, `h` and `d`, or `months` from `\"1months\"` to `\"12months\"`",
        "les unités sont `ms`, `s`, `min`, `h` et `d` (jours), ou `months` (mois) de `\"1months\"` à `\"12months\"`",
    );
    read_as(item, parse_kept, units, problems)
}

/// Reads a number of whole days.
pub(super) fn read_days(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<i64> {
    let units = words(
        "the unit is `d`: whole days of the calendar, whatever clocks do",
        "l'unité est `d`\u{a0}: des jours entiers du calendrier, quoi que fassent les horloges",
    );
    read_as(item, parse_days, units, problems)
}

fn read_as<T>(
    item: &Item<'_>,
    parse: impl Fn(&str) -> Result<T, Words>,
    units: Words,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let text = item.text(problems)?;
    let why = match parse(text.value) {
        Ok(length) => return Some(length),
        Err(why) => why,
    };
    let message = text!(
        "`{name}` is not a duration: {why}",
        "`{name}` n'est pas une durée\u{a0}: {why}",
        name = item.key.name; why
    );
    let help = ambiguous(text.value).map_or_else(
        || {
            let right_way = item.right_way();
            text!("{right_way}; {units}", "{right_way}\u{a0}; {units}"; right_way, units)
        },
        |number| {
            text!(
                "write `\"{number}min\"` for minutes; months are written `\"{number}months\"`, in `[retention]` only",
                "écrivez `\"{number}min\"` pour des minutes\u{a0}; des mois s'écrivent `\"{number}months\"`, \
                 dans `[retention]` seulement"
            )
        },
    );
    problems.add(
        Problem::error("bad-duration", &item.span, message)
            .rule(item.key.rule)
            .help(help),
    );
    None
}

/// The number before an `m`, which some read as minutes and some as months.
fn ambiguous(text: &str) -> Option<&str> {
    let number = text.strip_suffix(['m', 'M'])?;
    let is_number = !number.is_empty() && number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(number)
}

/// Reads for how long something is kept, which has a ceiling, in ms.
pub(super) fn read_kept_within(item: &Item<'_>, ceiling: Ceiling, problems: &mut Problems<'_>) -> Option<Millis> {
    let millis = read_kept(item, problems)?;
    check_within(item, millis, ceiling, problems)
}

/// Reads a length of time that has a ceiling, in ms.
pub(super) fn read_within(item: &Item<'_>, ceiling: Ceiling, problems: &mut Problems<'_>) -> Option<Millis> {
    let millis = read(item, problems)?;
    check_within(item, millis, ceiling, problems)
}

fn check_within(item: &Item<'_>, millis: Millis, ceiling: Ceiling, problems: &mut Problems<'_>) -> Option<Millis> {
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

/// A number of days, as the first part of a validity.
fn parse_days(text: &str) -> Result<i64, Words> {
    let millis = parse(text)?;
    if !text.ends_with('d') {
        return Err(words("it is not in whole days", "elle n'est pas en jours entiers"));
    }
    // The calendar of documents ends with the year 9998.
    const LONGEST: u64 = 3_000_000;
    match i64::try_from(millis / DAY) {
        Ok(days) if millis / DAY <= LONGEST => Ok(days),
        _ => Err(words("it is too long", "elle est trop longue")),
    }
}

/// A length of time, or a number of months.
fn parse_kept(text: &str) -> Result<Millis, Words> {
    let Some(number) = text.strip_suffix("months").or_else(|| text.strip_suffix("month")) else {
        return parse(text);
    };
    let is_plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let days = number
        .parse::<usize>()
        .ok()
        .filter(|_| is_plain && text.ends_with("months"))
        .and_then(|number| MONTHS.get(number.checked_sub(1)?));
    days.map(|days| days * DAY).ok_or(words(
        "months are written `\"1months\"` to `\"12months\"`",
        "les mois s'écrivent de `\"1months\"` à `\"12months\"`",
    ))
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
        None if unit == "m" || unit == "M" => {
            return Err(words(
                "`m` could be minutes or months",
                "`m` peut vouloir dire minutes ou mois (`months`)",
            ));
        }
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
        assert_eq!(parse("2min"), Ok(120_000));
        assert_eq!(parse("20h"), Ok(72_000_000));
        assert_eq!(parse("181d"), Ok(181 * DAY));
    }

    #[test]
    fn everything_else_is_refused() {
        let too_long = "99999999999999999999ms";
        for bad in [
            "0d", "", "d", "5", "-5d", "+5d", "1.5h", "2 h", "1h30m", "2H", "2m", "6months", "5w", "٣d", too_long,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("18446744073709551615ms").is_err());
        assert!(parse("300000000000d").is_err());
    }

    /// Over a whole cycle of the calendar.
    #[test]
    fn months_are_the_shortest_that_they_can_be() {
        for (months, days) in (1_i64..).zip(MONTHS) {
            let firsts = (2000..2400).flat_map(|year| (1..=12).map(move |month| jiff::civil::date(year, month, 1)));
            let lengths = firsts.map(|first| {
                let end = first.checked_add(jiff::Span::new().months(months)).unwrap();
                u64::try_from(end.duration_since(first).as_hours() / 24).unwrap()
            });
            assert_eq!(lengths.min(), Some(days), "{months}");
            assert_eq!(parse_kept(&format!("{months}months")), Ok(days * DAY));
        }
        assert_eq!(parse_kept("20h"), Ok(72_000_000));
        for bad in [
            "0months", "13months", "06months", "6 months", "6month", "months", "+6months", "6Months", "6m",
        ] {
            assert!(parse_kept(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_validity_is_in_whole_days() {
        assert_eq!(parse_days("730d"), Ok(730));
        assert_eq!(parse_days("36500d"), Ok(36_500));
        for bad in ["24h", "730", "6months", "0d", "3000001d", "1440min"] {
            assert!(parse_days(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_m_is_offered_both_ways() {
        assert_eq!(ambiguous("3m"), Some("3"));
        for other in ["m", "3min", "1h3m", "3", "1234567m"] {
            assert_eq!(ambiguous(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_spelled_reads_back(millis in 1..Millis::MAX) {
            prop_assert_eq!(parse(&spell(millis)), Ok(millis));
        }
    }
}
