//! Days, as counts are kept by.

use gardefou_policy::types::Timestamp;

/// The day of an instant, UTC, as `YYYY-MM-DD`; the last day that the calendar knows for what comes later.
pub(crate) fn day(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    instant.strftime("%F").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_in_utc() {
        let cases = [
            (0, "1970-01-01"),
            (86_399_999, "1970-01-01"),
            (951_782_400_000, "2000-02-29"),
            (1_795_600_000_000, "2026-11-25"),
            (u64::MAX, "9999-12-30"),
        ];
        for (millis, expected) in cases {
            assert_eq!(day(Timestamp::from_millis(millis)), expected, "{millis}");
        }
    }
}
