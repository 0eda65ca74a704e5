//! Who asks.

use clap::Args;
use gardefou::Timestamp;
use gardefou::custody::Asker;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::command::day;

/// Who asks.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// The account that asks
    #[arg(long)]
    account: String,

    /// The role that it acts in
    #[arg(long)]
    role: String,

    /// The employee behind the account, by token
    #[arg(long, value_name = "EMPLOYEE")]
    viewer: String,

    /// One person alone uses the account
    #[arg(long)]
    individual: bool,

    /// The last day on which the account is authorised (UTC)
    #[arg(long, value_name = "DATE", value_parser = day)]
    authorised_until: Option<Date>,

    /// The account of the second person who looks as well, where the rules ask for one
    #[arg(long, value_name = "ACCOUNT")]
    second_person: Option<String>,
}

impl Who {
    pub(crate) fn asker(&self) -> Asker {
        Asker {
            account: self.account.clone(),
            individual: self.individual,
            role: self.role.clone(),
            authorised_until: self
                .authorised_until
                .and_then(|last| after(last).or(Some(Timestamp::MIN))),
            viewer: self.viewer.clone(),
            second_person: self.second_person.clone(),
        }
    }
}

/// The first instant after this day, UTC.
pub(crate) fn after(day: Date) -> Option<Timestamp> {
    start(day.tomorrow().ok()?)
}

/// The first instant of this day, UTC.
pub(crate) fn start(day: Date) -> Option<Timestamp> {
    let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    let millis = u64::try_from(midnight.as_millisecond()).ok()?;
    Some(Timestamp::from_millis(millis))
}
