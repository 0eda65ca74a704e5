//! The counts of days that are not over.

use gardefou_policy::types::Timestamp;
use rusqlite::{Connection, Row};
use sha2::{Digest as _, Sha256};

use super::number::Number;
use super::record::{Count, Record};
use super::tree::Hash;

/// Those that are counted at present, in order.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Count>> {
    let query = "SELECT day, site, reason, count FROM counting ORDER BY day, site, reason";
    let mut query = connection.prepare_cached(query)?;
    let counts = query.query_map([], read)?;
    counts.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Count> {
    Ok(Count {
        day: row.get(0)?,
        site: row.get(1)?,
        reason: row.get(2)?,
        count: row.get::<_, Number>(3)?.0,
    })
}

/// Adds to what is counted.
pub(super) fn add(connection: &Connection, count: &Count) -> rusqlite::Result<()> {
    let add = "INSERT INTO counting (day, site, reason, count) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (day, site, reason) DO UPDATE SET count = count + excluded.count";
    let mut add = connection.prepare_cached(add)?;
    add.execute((&count.day, &count.site, &count.reason, Number(count.count)))
        .map(drop)
}

/// Takes out those of days before this one.
pub(super) fn take_before(connection: &Connection, day: &str) -> rusqlite::Result<Vec<Count>> {
    let mut over = all(connection)?;
    over.retain(|count| count.day.as_str() < day);
    if !over.is_empty() {
        connection.execute("DELETE FROM counting WHERE day < ?1", [day])?;
    }
    Ok(over)
}

/// What is sealed of the counts: SHA-256(salt ‖ one line of JSON for each). The salt keeps a copy of the seal
/// from telling what was counted.
pub(super) fn digest(salt: &Hash, counts: &[Count]) -> Hash {
    let lines = counts.iter().filter_map(|count| serde_json::to_vec(count).ok());
    let hash = lines.fold(Sha256::new().chain_update(salt), |hash, line| {
        hash.chain_update(line).chain_update(b"\n")
    });
    hash.finalize().into()
}

/// The latest day that these records know of, as `YYYY-MM-DD`.
pub(super) fn latest_day(records: &[Record]) -> Option<String> {
    let day_of_one = |record: &Record| match record {
        Record::Count(count) => Some(count.day.clone()),
        Record::Access(_) | Record::Decision(_) => record.at().map(day),
    };
    records.iter().filter_map(day_of_one).max()
}

/// The day of an instant, UTC, as `YYYY-MM-DD`; the calendar's last day for what lies behind it.
#[must_use]
pub fn day(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    instant.strftime("%F").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1000;

    #[test]
    fn days_are_those_of_the_calendar() {
        // Every day from 1970 to 2401, counted one by one.
        let (mut year, mut month, mut of_month) = (1970, 1, 1);
        for days in 0..(431 * 366_u64) {
            let expected = format!("{year:04}-{month:02}-{of_month:02}");
            for within in [0, DAY - 1] {
                assert_eq!(day(Timestamp::from_millis(days * DAY + within)), expected);
            }
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            of_month += 1;
            if of_month > length {
                (of_month, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
    }
}
