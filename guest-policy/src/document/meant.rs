//! The date that somebody meant who wrote none.

use alloc::{string::String, vec::Vec};

use jiff::civil::Date;

/// Months as people write them, by their first letters, without accents.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "janv", "january", "jan"],
    &["fevrier", "fevr", "fev", "february", "feb"],
    &["mars", "march", "mar"],
    &["avril", "avr", "april", "apr"],
    &["mai", "may"],
    &["juin", "june", "jun"],
    &["juillet", "juil", "july", "jul"],
    &["aout", "august", "aug"],
    &["septembre", "sept", "september", "sep"],
    &["octobre", "october", "oct"],
    &["novembre", "november", "nov"],
    &["decembre", "december", "dec"],
];

/// Longer texts are no dates.
const LONGEST: usize = 40;

/// The date that is meant, where that is beyond doubt: `20 décembre 2026`, `1er janvier 2027`, `December 20, 2026`,
/// `20/12/2026`, `2026-12-20`; not `01/11/2026`, which people read in two ways.
pub(super) fn date(text: &str) -> Option<Date> {
    if text.len() > LONGEST {
        return None;
    }
    let plain = text.trim().to_lowercase().replace(['é', 'è'], "e").replace('û', "u");
    let parts: Vec<&str> = plain
        .split(|c: char| c.is_whitespace() || "/.,-".contains(c))
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    if let (Some(month), Some(day), Some(year)) = (month(second), day(first), year(third)) {
        return Date::new(year, month, day).ok();
    }
    if let (Some(month), Some(day), Some(year)) = (month(first), day(second), year(third)) {
        return Date::new(year, month, day).ok();
    }
    let (year, one, other) = match (year(first), year(third)) {
        (Some(year), None) => return Date::new(year, day(second)?, day(third)?).ok(),
        (None, Some(year)) => (year, day(first)?, day(second)?),
        _ => return None,
    };
    let is_day_first = one > 12 || one == other;
    let (day, month) = if is_day_first { (one, other) } else { (other, one) };
    // Where both could be a month, nobody knows which is.
    let is_clear = one == other || (one > 12) != (other > 12);
    Date::new(year, month, day).ok().filter(|_| is_clear)
}

/// The day that is nearest to one that no calendar has: `2026-13-40` is 31 December.
pub(super) fn nearest(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (year(parts.next()?)?, parts.next()?, parts.next()?);
    let number = |part: &str| (part.len() == 2).then(|| part.parse::<i8>().ok()).flatten();
    let (month, day) = (number(month)?, number(day)?);
    if parts.next().is_some() {
        return None;
    }
    if month > 12 && (1..=12).contains(&day) {
        return Date::new(year, day, month).ok(); // the two were swapped
    }
    let first = Date::new(year, month.clamp(1, 12), 1).ok()?;
    Date::new(year, first.month(), day.clamp(1, first.days_in_month())).ok()
}

fn year(part: &str) -> Option<i16> {
    let year = (part.len() == 4).then(|| part.parse::<i16>().ok()).flatten()?;
    (1970..=9998).contains(&year).then_some(year)
}

fn day(part: &str) -> Option<i8> {
    let number: String = part.chars().take_while(char::is_ascii_digit).collect();
    let rest = part.get(number.len()..)?;
    let is_ordinal = matches!(rest, "" | "er" | "e" | "eme" | "st" | "nd" | "rd" | "th");
    number
        .parse::<i8>()
        .ok()
        .filter(|day| is_ordinal && (1..=31).contains(day))
}

fn month(part: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&part))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day_of;

    #[test]
    fn what_is_meant_beyond_doubt_is_offered() {
        for text in [
            "20 décembre 2026",
            "20 DÉC. 2026",
            "December 20th, 2026",
            "20/12/2026",
            "12/20/2026",
            "20.12.2026",
            "2026/12/20",
            "2026-12-20",
        ] {
            assert_eq!(date(text), Some(day_of(2026, 12, 20)), "{text}");
        }
        assert_eq!(date("1er janvier 2027"), Some(day_of(2027, 1, 1)));
        assert_eq!(date("05/05/2026"), Some(day_of(2026, 5, 5)));
        for text in [
            "01/11/2026",
            "20/12/26",
            "31 février 2026",
            "décembre 2026",
            "20 brumaire 2026",
            "",
            "1 2 3 4",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_that_no_calendar_has_is_brought_to_the_nearest() {
        assert_eq!(nearest("2026-13-40"), Some(day_of(2026, 12, 31)));
        assert_eq!(nearest("2026-02-30"), Some(day_of(2026, 2, 28)));
        assert_eq!(nearest("2026-20-12"), Some(day_of(2026, 12, 20)));
        assert_eq!(nearest("2026-00-00"), Some(day_of(2026, 1, 1)));
        for text in ["2026-1-1", "1-1-2026", "2026-11", "2026-11-01-01", "x", "0026-11-31"] {
            assert_eq!(nearest(text), None, "{text}");
        }
    }
}
