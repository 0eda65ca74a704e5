//! Instants and lengths of time, as people read them.

use gardefou::{Millis, Timestamp};

use crate::document::MONTHS;
use crate::language::Language;

/// A length of time: `12.0 s`, `3 min 05 s`, `2 h 10 min`.
pub(crate) fn length(millis: Millis) -> String {
    let seconds = millis / 1_000;
    match seconds {
        0..60 => format!("{seconds}.{} s", millis % 1_000 / 100),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// The time since `start`, to a tenth of a second: `1:02.4`, `-0:00.5`.
pub(super) fn offset(at: Timestamp, start: Timestamp) -> String {
    let (sign, millis) = if at < start {
        ("-", start.since(at))
    } else {
        ("", at.since(start))
    };
    format!("{sign}{}.{}", clock(millis), millis % 1_000 / 100)
}

/// The time since the start, in whole seconds: `1:02`, `1:00:02`.
pub(super) fn clock(millis: Millis) -> String {
    let seconds = millis / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// A date and a time: `2026-11-25 09:00 UTC`.
pub(crate) fn date(at: Timestamp) -> String {
    written(at, "%Y-%m-%d %H:%M UTC")
}

/// A date and a time to the millisecond, without a space: `2026-11-25T09:00:00.000Z`.
pub(super) fn to_the_millisecond(at: Timestamp) -> String {
    let millis = at.as_millis() % 1_000;
    written(at, "%Y-%m-%dT%H:%M:%S").replace(" ms after 1970", "ms") + &format!(".{millis:03}Z")
}

/// A length of time in the longest unit that says it exactly, as the rule document writes it: `250ms`, `7d`.
pub(crate) fn exact(millis: Millis) -> String {
    const UNITS: [(&str, Millis); 4] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)];
    if millis == Millis::MAX {
        return "-".into();
    }
    let unit = UNITS
        .into_iter()
        .find(|(_, length)| millis.is_multiple_of(*length) && millis > 0);
    unit.map_or_else(
        || format!("{millis}ms"),
        |(unit, length)| format!("{}{unit}", millis / length),
    )
}

/// A date in words and a time: `25 November 2026, 09:00:00 UTC`.
pub(super) fn long_date(at: Timestamp, language: Language) -> String {
    let date = written(at, "%-d %B %Y, %H:%M:%S UTC");
    match language {
        Language::English => date,
        Language::French => MONTHS
            .iter()
            .fold(date, |date, (english, french)| date.replace(english, french)),
    }
}

fn written(at: Timestamp, format: &str) -> String {
    let instant = i64::try_from(at.as_millis()).ok();
    match instant.and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok()) {
        Some(instant) => instant.strftime(format).to_string(),
        None => format!("{} ms after 1970", at.as_millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_instants() {
        assert_eq!(length(0), "0.0 s");
        assert_eq!(length(59_999), "59.9 s");
        assert_eq!(length(62_400), "1 min 02 s");
        assert_eq!(length(7_800_000), "2 h 10 min");
        let start = Timestamp::from_millis(1_795_600_800_000);
        assert_eq!(offset(start.plus(62_400), start), "1:02.4");
        assert_eq!(offset(start.minus(500), start), "-0:00.5");
        assert_eq!(clock(3_602_000), "1:00:02");
        assert_eq!(date(start), "2026-11-25 10:00 UTC");
        assert_eq!(long_date(start, Language::English), "25 November 2026, 10:00:00 UTC");
        assert_eq!(long_date(start, Language::French), "25 novembre 2026, 10:00:00 UTC");
        assert!(date(Timestamp::MAX).contains("18446744073709551615"));
    }
}
