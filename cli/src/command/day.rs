//! A day on the command line.

use jiff::civil::Date;

use crate::language::Language;

/// A day as the rule document writes it, and within the years that it can write.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    let parsed = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    let within = parsed.filter(|date| (1970..=9998).contains(&date.year()));
    within.ok_or_else(|| {
        let why = Language::of_the_user().pick(
            "write the year, the month and the day, like 2026-11-25",
            "écrire l'année, le mois et le jour, comme 2026-11-25",
        );
        why.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2028-02-29"), Ok(jiff::civil::date(2028, 2, 29)));
        for bad in [
            "2027-02-29",
            "20261125",
            "2026-11-25T10:00",
            "1969-12-31",
            "9999-01-01",
            "tomorrow",
            "",
        ] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}
