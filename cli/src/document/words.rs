//! Dates, lengths of time and shares, in words.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::language::{Language, say};
use gardefou::{Millis, Timestamp};

/// The months, in English and French.
pub(crate) const MONTHS: [(&str, &str); 12] = [
    ("January", "janvier"),
    ("February", "février"),
    ("March", "mars"),
    ("April", "avril"),
    ("May", "mai"),
    ("June", "juin"),
    ("July", "juillet"),
    ("August", "août"),
    ("September", "septembre"),
    ("October", "octobre"),
    ("November", "novembre"),
    ("December", "décembre"),
];

/// The units of a length of time, from the longest: how the document writes them, how many milliseconds,
/// and one and several of them in both languages.
const UNITS: [(&str, Millis, [&str; 2], [&str; 2]); 5] = [
    ("d", 86_400_000, ["day", "days"], ["jour", "jours"]),
    ("h", 3_600_000, ["hour", "hours"], ["heure", "heures"]),
    ("min", 60_000, ["minute", "minutes"], ["minute", "minutes"]),
    ("s", 1_000, ["second", "seconds"], ["seconde", "secondes"]),
    (
        "ms",
        1,
        ["millisecond", "milliseconds"],
        ["milliseconde", "millisecondes"],
    ),
];

/// A length of time as a document writes it, such as `7d`: `7 days`. As it is, where it is none.
pub(crate) fn duration(written: &str, language: Language) -> String {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let parts = written.split_at_checked(digits);
    let found = parts.and_then(|(number, unit)| {
        if unit == "months" {
            return Some(plural(
                number.parse().ok()?,
                ["month", "months"],
                ["mois", "mois"],
                language,
            ));
        }
        let (_, _, english, french) = UNITS.iter().find(|(name, ..)| *name == unit)?;
        Some(plural(number.parse().ok()?, *english, *french, language))
    });
    found.unwrap_or_else(|| written.to_owned())
}

/// A length of time in the longest unit that says it exactly.
pub(crate) fn millis(length: Millis, language: Language) -> String {
    let exact = UNITS.iter().find(|(_, unit, ..)| length.is_multiple_of(*unit));
    exact.map_or_else(String::new, |(_, unit, english, french)| {
        plural(length / unit, *english, *french, language)
    })
}

/// So many of something, with its name for one and for several.
pub(crate) fn plural(count: u64, english: [&str; 2], french: [&str; 2], language: Language) -> String {
    let [one, several] = match language {
        Language::English => english,
        Language::French => french,
    };
    let single = match language {
        Language::English => count == 1,
        Language::French => count < 2,
    };
    let name = if single { one } else { several };
    say!(language, "{count} {name}", "{count}\u{a0}{name}")
}

/// So many of something whose names end in `s` where there are several.
pub(crate) fn counted(count: u64, english: &str, french: &str, language: Language) -> String {
    let several = |one: &str| format!("{one}s");
    plural(
        count,
        [english, &several(english)],
        [french, &several(french)],
        language,
    )
}

/// A number in which groups of three digits stand apart, as French writes it; as it is in English.
pub(crate) fn thousands(number: u64, language: Language) -> String {
    let digits = number.to_string();
    let mut said = String::new();
    for (n, digit) in digits.chars().enumerate() {
        let follow = digits.len() - n;
        if n > 0 && follow.is_multiple_of(3) && language == Language::French {
            said.push('\u{a0}');
        }
        said.push(digit);
    }
    said
}

/// A date as a document writes it, such as `2026-11-01`: `1 November 2026`. As it is, where it is none.
pub(crate) fn date(written: &str, language: Language) -> String {
    written
        .parse()
        .map_or_else(|_| written.to_owned(), |date| spelled(date, language))
}

/// The date so many days after one that a document writes.
pub(crate) fn day_after(written: &str, days: i64, language: Language) -> Option<String> {
    let date: Date = written.parse().ok()?;
    Some(spelled(date.saturating_add(days.days()), language))
}

/// An instant on the clocks of a time zone: `1 November 2026, 00:00`. None beyond the years of a calendar.
pub(crate) fn instant(at: Timestamp, zone: &str, language: Language) -> Option<String> {
    let millis = i64::try_from(at.as_millis()).ok()?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let local = zone.to_datetime(jiff::Timestamp::from_millisecond(millis).ok()?);
    let date = spelled(local.date(), language);
    let (hour, minute) = (local.hour(), local.minute());
    Some(say!(
        language,
        "{date}, {hour:02}:{minute:02}",
        "{date} à {hour}\u{a0}h\u{a0}{minute:02}"
    ))
}

fn spelled(date: Date, language: Language) -> String {
    let month = usize::try_from(date.month() - 1).ok().and_then(|at| MONTHS.get(at));
    let (english, french) = month.copied().unwrap_or_default();
    let (day, year) = (date.day(), date.year());
    match (language, day) {
        (Language::English, _) => format!("{day} {english} {year}"),
        (Language::French, 1) => format!("1er\u{a0}{french} {year}"),
        (Language::French, _) => format!("{day}\u{a0}{french} {year}"),
    }
}

/// A share in millionths as per cent: `20%`, `12.5%`; `12,5 %` in French.
pub(crate) fn share(millionths: u32, language: Language) -> String {
    let (whole, rest) = (millionths / 10_000, millionths % 10_000);
    let decimals = format!("{rest:04}");
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() {
        ""
    } else {
        language.pick(".", ",")
    };
    let sign = language.pick("%", "\u{a0}%");
    format!("{whole}{point}{decimals}{sign}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, French};

    #[test]
    fn lengths_of_time() {
        assert_eq!(duration("7d", English), "7 days");
        assert_eq!(duration("1d", English), "1 day");
        assert_eq!(duration("500ms", French), "500\u{a0}millisecondes");
        assert_eq!(duration("007h", French), "7\u{a0}heures");
        assert_eq!(duration("1h", French), "1\u{a0}heure");
        assert_eq!(duration("soon", English), "soon");
        assert_eq!(millis(1_000, English), "1 second");
        assert_eq!(millis(181 * 86_400_000, French), "181\u{a0}jours");
        assert_eq!(millis(1_500, English), "1500 milliseconds");
    }

    #[test]
    fn dates_and_instants() {
        assert_eq!(date("2026-11-01", English), "1 November 2026");
        assert_eq!(date("2026-08-01", French), "1er\u{a0}août 2026");
        assert_eq!(date("2026-12-31", French), "31\u{a0}décembre 2026");
        assert_eq!(date("2026-02-30", French), "2026-02-30");
        assert_eq!(day_after("2028-02-28", 2, English).as_deref(), Some("1 March 2028"));
        let at = Timestamp::from_millis(1_793_487_600_000);
        assert_eq!(
            instant(at, "Europe/Paris", English).as_deref(),
            Some("1 November 2026, 00:00")
        );
        assert_eq!(
            instant(at, "UTC", French).as_deref(),
            Some("31\u{a0}octobre 2026 à 23\u{a0}h\u{a0}00")
        );
        assert_eq!(instant(Timestamp::MAX, "UTC", English), None);
    }

    #[test]
    fn numbers() {
        assert_eq!(thousands(20_321, French), "20\u{a0}321");
        assert_eq!(thousands(1_000_000, French), "1\u{a0}000\u{a0}000");
        assert_eq!(thousands(321, French), "321");
        assert_eq!(thousands(20_321, English), "20321");
    }

    #[test]
    fn shares() {
        assert_eq!(share(200_000, English), "20%");
        assert_eq!(share(200_000, French), "20\u{a0}%");
        assert_eq!(share(125_000, French), "12,5\u{a0}%");
        assert_eq!(share(1, English), "0.0001%");
    }
}
