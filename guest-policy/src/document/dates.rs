//! Whole days, and the instants where they start in the document's time zone.

use alloc::string::String;
use core::ops::Range;

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use toml::de::DeValue;

use super::cursor::{Item, Key, Text, did_you_mean};
use super::meant;
use super::nearest::nearest;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::types::{Span, Timestamp};

/// The years that a date can lie in: from the epoch to where every sum of days still has a date.
const YEARS: core::ops::RangeInclusive<i16> = 1970..=9998;

/// A day of the document.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) span: Range<usize>,
}

/// Reads a whole day.
pub(super) fn read(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Day> {
    let whole_day = match item.value {
        DeValue::Datetime(value) if value.time.is_none() && value.offset.is_none() => value.date,
        DeValue::Datetime(_) => None,
        _ => {
            let problem = item.wrong_type(words("a date", "une date"));
            let right_way = item.right_way();
            problems.add(match item.value {
                DeValue::String(text) => {
                    let help = meant::date(text).map_or_else(
                        || text!("{right_way}, without quotes", "{right_way}, sans guillemets"; right_way),
                        |date| {
                            text!(
                                "write it like this: `{name} = {date}`, without quotes",
                                "écrivez comme ceci\u{a0}: `{name} = {date}`, sans guillemets",
                                name = item.key.name
                            )
                        },
                    );
                    problem.help(help)
                }
                _ => problem,
            });
            return None;
        }
    };
    let error = |what: Words| {
        let message = text!("`{name}` {what}", "`{name}` {what}", name = item.key.name; what);
        Problem::error("bad-date", &item.span, message)
            .rule(item.key.rule)
            .help(item.right_way())
    };
    let Some(day) = whole_day else {
        problems.add(error(words(
            "must be a whole day, without a time",
            "doit être un jour entier, sans heure",
        )));
        return None;
    };
    let part = |number: u8| i8::try_from(number).unwrap_or_default();
    let year = i16::try_from(day.year).unwrap_or_default();
    let Ok(date) = Date::new(year, part(day.month), part(day.day)) else {
        problems.add(error(words(
            "is not a day of the calendar",
            "n'est pas un jour du calendrier",
        )));
        return None;
    };
    if !YEARS.contains(&year) {
        problems.add(error(words(
            "must lie between 1970 and 9998",
            "doit être compris entre 1970 et 9998",
        )));
        return None;
    }
    Some(Day {
        date,
        span: item.span.clone(),
    })
}

/// The first and the last day of something, both included.
#[derive(Clone, Debug)]
pub(super) struct Days {
    pub(super) first: Day,
    pub(super) last: Day,
}

impl Days {
    /// From this day to that one; an error when the first comes after the last.
    pub(super) fn between(
        first: Option<Day>,
        last: Option<Day>,
        key: &Key,
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let (first, last) = (first?, last?);
        if first.date > last.date {
            let message = text!(
                "`from` ({first}) comes after `until` ({last})",
                "`from` ({first}) est après `until` ({last})",
                first = first.date,
                last = last.date
            );
            let help = words(
                "write the first day in `from` and the last day in `until`; both are included",
                "écrivez le premier jour dans `from` et le dernier dans `until`\u{a0}; tous deux sont compris",
            );
            problems.add(
                Problem::error("dates-order", &first.span, message)
                    .rule(key.rule)
                    .help(help),
            );
            return None;
        }
        Some(Self { first, last })
    }

    /// How many days, both included.
    pub(super) fn count(&self) -> i64 {
        let whole = self.last.date.duration_since(self.first.date).as_hours() / 24;
        whole.saturating_add(1)
    }
}

/// When a document should hold: some warnings depend on it.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// At this instant.
    At(Timestamp),
    /// On this day, in the document's time zone.
    On(Date),
}

/// The time zone of a document.
#[derive(Clone, Debug)]
pub(super) struct Zone(TimeZone);

impl Zone {
    /// Where nothing else is written.
    pub(super) const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of this name, from the database that is built in: the same document gives the same
    /// instants on every machine.
    pub(super) fn read(name: &Text<'_>, problems: &mut Problems<'_>) -> Self {
        let database = TimeZoneDatabase::bundled();
        if let Ok(zone) = database.get(name.value)
            && !zone.is_unknown()
        {
            return Self(zone);
        }
        let known: alloc::vec::Vec<String> = database.available().map(|n| String::from(n.as_str())).collect();
        let meant = nearest(name.value, known.iter().map(String::as_str), &mut problems.effort);
        let help = meant.map_or_else(
            || {
                words(
                    "write a name such as `Europe/Paris`",
                    "écrivez un nom comme `Europe/Paris`",
                )
                .into()
            },
            did_you_mean,
        );
        let message = words(
            "`time-zone` is not the name of a time zone",
            "`time-zone` n'est pas le nom d'un fuseau horaire",
        );
        problems.add(Problem::error("unknown-time-zone", &name.span, message).help(help));
        Self::utc()
    }

    /// The first instant whose local date is that day or later; the epoch for earlier ones.
    pub(super) fn start_of(&self, day: Date) -> Timestamp {
        let midnight = day.at(0, 0, 0, 0);
        let ambiguous = self.0.to_ambiguous_timestamp(midnight);
        let instant = match ambiguous.offset() {
            // The clocks jump over midnight, perhaps from before it: the day starts where they jump.
            AmbiguousOffset::Gap { after, .. } => {
                let before_jump = after.to_timestamp(midnight).ok();
                before_jump
                    .and_then(|at| self.0.following(at).next())
                    .map(|jump| jump.timestamp())
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.compatible().ok(),
        };
        let millis = instant.map_or(0, jiff::Timestamp::as_millisecond);
        Timestamp::from_millis(u64::try_from(millis).unwrap_or_default())
    }

    /// The instant that is meant. For a day it is the last one: what expires in its course is told.
    pub(super) fn instant(&self, when: When) -> Timestamp {
        match when {
            When::At(instant) => instant,
            When::On(day) => self.end_of(day).minus(1),
        }
    }

    /// The first instant after that day.
    pub(super) fn end_of(&self, day: Date) -> Timestamp {
        self.start_of(day.tomorrow().unwrap_or(day))
    }

    /// The first instant of the day that is so many days later; never, where the calendar ends before.
    pub(super) fn days_after(&self, day: Date, days: i64) -> Timestamp {
        let later = jiff::Span::new().try_days(days).and_then(|days| day.checked_add(days));
        match later {
            Ok(later) if YEARS.contains(&later.year()) => self.start_of(later),
            _ => Timestamp::MAX,
        }
    }

    /// From the first instant of the first day to the first one after the last.
    pub(super) fn span_of(&self, days: &Days) -> Span {
        Span {
            start: self.start_of(days.first.date),
            end: self.end_of(days.last.date),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone(TimeZoneDatabase::bundled().get(name).unwrap())
    }

    fn start(name: &str, day: Date) -> String {
        let millis = i64::try_from(zone(name).start_of(day).as_millis()).unwrap();
        std::string::ToString::to_string(&jiff::Timestamp::from_millisecond(millis).unwrap())
    }

    #[test]
    fn a_day_starts_at_local_midnight_on_both_sides_of_a_clock_change() {
        assert_eq!(start("Europe/Paris", date(2026, 3, 29)), "2026-03-28T23:00:00Z");
        assert_eq!(start("Europe/Paris", date(2026, 3, 30)), "2026-03-29T22:00:00Z");
        assert_eq!(start("Europe/Paris", date(2026, 10, 25)), "2026-10-24T22:00:00Z");
        assert_eq!(start("Europe/Paris", date(2026, 10, 26)), "2026-10-25T23:00:00Z");
    }

    #[test]
    fn without_a_midnight_it_starts_where_the_clocks_jump() {
        // 00:00 became 01:00.
        assert_eq!(start("America/Sao_Paulo", date(2018, 11, 4)), "2018-11-04T03:00:00Z");
        assert_eq!(start("Africa/Cairo", date(2024, 4, 26)), "2024-04-25T22:00:00Z");
        // A whole day that never was: it starts with the next.
        assert_eq!(start("Pacific/Apia", date(2011, 12, 30)), "2011-12-30T10:00:00Z");
        assert_eq!(start("Pacific/Apia", date(2011, 12, 31)), "2011-12-30T10:00:00Z");
    }

    #[test]
    fn a_midnight_that_comes_twice_starts_its_day_the_first_time() {
        // 01:00 became 00:00.
        assert_eq!(start("America/Havana", date(2026, 11, 1)), "2026-11-01T04:00:00Z");
        // 00:00 became 23:00 of the day before: midnight came an hour later.
        assert_eq!(start("Africa/Cairo", date(2023, 10, 27)), "2023-10-26T22:00:00Z");
    }

    #[test]
    fn what_lies_before_the_epoch_starts_at_it() {
        assert_eq!(zone("Europe/Paris").start_of(date(1970, 1, 1)), Timestamp::MIN);
        assert!(zone("Pacific/Kiritimati").end_of(date(9998, 12, 31)) > zone("UTC").start_of(date(9998, 12, 31)));
    }

    #[test]
    fn days_are_counted_with_both_ends() {
        let day = |date| Day { date, span: 0..0 };
        let days = |first, last| Days {
            first: day(first),
            last: day(last),
        };
        assert_eq!(days(date(2026, 11, 1), date(2026, 11, 1)).count(), 1);
        assert_eq!(days(date(2026, 1, 1), date(2026, 12, 31)).count(), 365);
    }

    #[test]
    fn a_validity_counts_days_of_the_calendar() {
        let paris = zone("Europe/Paris");
        let last = date(2028, 10, 7);
        assert_eq!(paris.days_after(date(2026, 10, 9), 730), paris.end_of(last));
        // From summer to winter: 24 hours each would end an hour before.
        assert_eq!(
            paris.days_after(date(2026, 10, 24), 2),
            paris.start_of(date(2026, 10, 26))
        );
        assert_eq!(paris.days_after(date(9000, 1, 1), 3_000_000), Timestamp::MAX);
        assert_eq!(paris.days_after(date(9998, 12, 30), 2), Timestamp::MAX);
    }

    /// A second implementation: of all instants at which the local date can change around that day, the first from
    /// which on it is that day or later.
    fn start_by_candidates(zone: &Zone, day: Date) -> i64 {
        let around = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap();
        let (from, until) = (
            around - jiff::SignedDuration::from_hours(72),
            around + jiff::SignedDuration::from_hours(72),
        );
        let changes: std::vec::Vec<jiff::Timestamp> = zone
            .0
            .following(from)
            .map(|change| change.timestamp())
            .take_while(|at| *at < until)
            .collect();
        let offsets = core::iter::once(from).chain(changes.iter().copied());
        let midnights =
            offsets.map(|at| around - jiff::SignedDuration::from_secs(zone.0.to_offset(at).seconds().into()));
        let candidates = midnights.chain(changes.iter().copied());
        let is_that_day = |at: &jiff::Timestamp| zone.0.to_datetime(*at).date() >= day;
        candidates.filter(is_that_day).min().unwrap().as_millisecond()
    }

    /// 200 of all the zones that there are, on any days.
    #[test]
    fn a_day_starts_where_another_implementation_says() {
        use proptest::test_runner::{Config, TestRunner};
        let names: std::vec::Vec<String> = TimeZoneDatabase::bundled()
            .available()
            .map(|name| std::string::ToString::to_string(&name))
            .collect();
        assert!(names.len() > 400);
        let tried = (proptest::sample::select(names), 1_i64..40_000);
        TestRunner::new(Config::with_cases(200))
            .run(&tried, |(name, ordinal)| {
                let zone = zone(&name);
                let day = date(1970, 1, 3).checked_add(jiff::Span::new().days(ordinal)).unwrap();
                let start = i64::try_from(zone.start_of(day).as_millis()).unwrap();
                prop_assert_eq!(start, start_by_candidates(&zone, day), "{} {}", name, day);
                Ok(())
            })
            .unwrap();
    }

    proptest! {
        /// Against the definition itself: the clock shows that day or later from there on, and never before.
        #[test]
        fn a_day_starts_at_its_first_instant(
            name in proptest::sample::select(std::vec![
                "Europe/Paris", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia", "America/St_Johns",
                "Asia/Beirut", "America/Havana", "Africa/Casablanca", "Asia/Kathmandu", "Antarctica/Troll",
                "Australia/Lord_Howe", "America/Asuncion", "Pacific/Kwajalein",
            ]),
            ordinal in 1_i64..24_000,
        ) {
            let zone = zone(name);
            let day = date(1970, 1, 2).checked_add(jiff::Span::new().days(ordinal)).unwrap();
            let start = i64::try_from(zone.start_of(day).as_millis()).unwrap();
            let local = |millis| zone.0.to_datetime(jiff::Timestamp::from_millisecond(millis).unwrap()).date();
            prop_assert!(local(start) >= day);
            for before in (0..3 * 1440).map(|minutes| start - 1 - minutes * 60_000) {
                prop_assert!(local(before) < day, "{} {} {}", name, day, before);
            }
        }
    }
}
