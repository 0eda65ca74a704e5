//! An instant as people write it: RFC 3339, with an offset.

use gardefou_policy::types::{DAY, Timestamp};

/// Reads an instant such as `2026-11-30T09:00:00+01:00`: the offset is required, there are three decimals of a
/// second at most, no leap second, and nothing before 1970. `-00:00`, which says that nobody knows the offset, is
/// none.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let mut cursor = Cursor(text.as_bytes());
    let year = cursor.number(4)?;
    cursor.sign(b"-")?;
    let month = cursor.number(2)?;
    cursor.sign(b"-")?;
    let day = cursor.number(2)?;
    cursor.sign(b"Tt")?;
    let (hour, minute) = cursor.clock()?;
    cursor.sign(b":")?;
    let second = cursor.number(2).filter(|second| *second < 60)?;
    let millis = match cursor.sign(b".") {
        Some(_) => cursor.decimals()?,
        None => 0,
    };
    let offset = match cursor.sign(b"Zz+-")? {
        sign @ (b'+' | b'-') => {
            let (hours, minutes) = cursor.clock()?;
            let offset = i64::from(hours * 60 + minutes);
            match (sign, offset) {
                (b'-', 0) => return None,
                (b'-', offset) => -offset,
                (_, offset) => offset,
            }
        }
        _ => 0,
    };
    if !cursor.0.is_empty() {
        return None;
    }
    let minutes = days_since_1970(year, month, day)? * 1_440 + i64::from(hour * 60 + minute) - offset;
    let seconds = minutes * 60 + i64::from(second);
    let at = u64::try_from(seconds).ok()? * 1_000 + u64::from(millis);
    Some(Timestamp::from_millis(at))
}

/// Whether a text was meant to be an instant: it begins as a date does.
pub(super) fn is_like_one(text: &str) -> bool {
    let mut cursor = Cursor(text.as_bytes());
    cursor.number(4).and_then(|_| cursor.sign(b"-")).is_some()
}

/// Days from 1 January 1970, by the Gregorian calendar; `None` for a day that there is not.
fn days_since_1970(year: u32, month: u32, day: u32) -> Option<i64> {
    let is_leap = |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [
        31,
        if is_leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    let length = *lengths.get(index)?;
    if year == 0 || day == 0 || day > length {
        return None;
    }
    let before: u32 = lengths.iter().take(index).sum();
    // Every leap year before this one.
    let past = i64::from(year - 1);
    let whole = past * 365 + past / 4 - past / 100 + past / 400;
    let epoch = 719_162;
    Some(whole + i64::from(before + day - 1) - epoch)
}

/// One day in milliseconds is what the calendar counts in.
const _: () = assert!(DAY == 1_440 * 60 * 1_000);

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// So many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (own, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        own.iter().try_fold(0_u32, |number, byte| {
            let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
            Some(number * 10 + digit)
        })
    }

    /// One of these signs, when it is what comes next.
    fn sign(&mut self, signs: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        signs.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// Hours and minutes of a day.
    fn clock(&mut self) -> Option<(u32, u32)> {
        let hour = self.number(2).filter(|hour| *hour < 24)?;
        self.sign(b":")?;
        let minute = self.number(2).filter(|minute| *minute < 60)?;
        Some((hour, minute))
    }

    /// One to three decimals of a second, in milliseconds.
    fn decimals(&mut self) -> Option<u32> {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = (1..=3).contains(&count).then(|| self.number(count))??;
        Some(match count {
            1 => number * 100,
            2 => number * 10,
            _ => number,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn millis(text: &str) -> Option<u64> {
        read(text).map(Timestamp::as_millis)
    }

    #[test]
    fn instants_have_an_offset_and_three_decimals_at_most() {
        for (text, at) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-12-01T09:00:00+01:00", 1_796_112_000_000),
            ("2026-12-01T08:00:00Z", 1_796_112_000_000),
            ("2026-12-01t08:00:00.5z", 1_796_112_000_500),
            ("2026-12-01T08:00:00.050Z", 1_796_112_000_050),
            ("2026-11-30T23:30:00.007-08:30", 1_796_112_000_007),
            ("1970-01-01T00:59:00+00:59", 0),
            ("2028-02-29T00:00:00Z", 1_835_395_200_000),
        ] {
            assert_eq!(millis(text), Some(at), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_instant_is_refused() {
        for text in [
            "",
            "2026",
            "2026-12-01",
            "2026-12-01T08:00:00",
            "2026-12-01 08:00:00Z",
            "2026-12-01T08:00Z",
            "2026-12-01T08:00:60Z",
            "2026-12-01T24:00:00Z",
            "2026-12-01T08:60:00Z",
            "2026-12-01T08:00:00.Z",
            "2026-12-01T08:00:00.0001Z",
            "2026-12-01T08:00:00,5Z",
            "2026-12-01T08:00:00+01",
            "2026-12-01T08:00:00+0100",
            "2026-12-01T08:00:00+24:00",
            "2026-12-01T08:00:00-00:00",
            "2026-12-01T08:00:00Z ",
            " 2026-12-01T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-00-01T08:00:00Z",
            "2026-12-00T08:00:00Z",
            "2026-02-29T08:00:00Z",
            "2100-02-29T08:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+00:01",
            "+2026-12-01T08:00:00Z",
            "２026-12-01T08:00:00Z",
            "2026-12-01T08:00:00[Europe/Paris]",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    proptest! {
        /// Against the calendar of another hand.
        #[test]
        fn a_written_instant_is_read_back(at in 0..253_402_300_799_999_i64, offset in -1439..1440_i64) {
            prop_assume!(offset != 0);
            let there = jiff::Timestamp::from_millisecond(at).unwrap();
            let shown = jiff::Timestamp::from_millisecond(at + offset * 60_000);
            prop_assume!(shown.is_ok());
            let shown = shown.unwrap().strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string();
            let sign = if offset < 0 { '-' } else { '+' };
            let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
            let text = format!("{shown}{sign}{hours:02}:{minutes:02}");
            prop_assume!(!text.starts_with("-") && text.len() == 29 && !text.starts_with("1969"));
            prop_assert_eq!(millis(&text), Some(there.as_millisecond().unsigned_abs()), "{}", text);
        }

        #[test]
        fn any_text_can_be_read(text in "[0-9TZtz:.+ -]{0,32}") {
            let _ = (millis(&text), is_like_one(&text));
        }
    }
}
