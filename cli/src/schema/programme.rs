//! `[[programme]]`, and how much may be recorded under it.
#![expect(dead_code, reason = "these types are described, and never made")]

use schemars::JsonSchema;

use super::application::Entered;
use super::document::Council;
use super::values::{Date, Duration, Text};

/// A training.
#[derive(JsonSchema)]
#[schemars(
    rename_all = "kebab-case",
    deny_unknown_fields,
    extend("not" = { "required": ["employees", "employees-file"] })
)]
pub(super) struct Programme {
    /// Its name; no two programmes have the same. Recorders name it.
    #[schemars(extend("examples" = ["crm-onboarding"]))]
    id: Text,
    /// The one purpose that a screen may be recorded for beside a call (S2).
    purpose: Purpose,
    /// Why these people need this training, in a sentence (S6).
    need: Text,
    /// The `id` of each application that the training is about (S4).
    #[schemars(length(min = 1))]
    applications: Vec<Text>,
    /// The employees who need it (S6): the tokens that the recorder uses, never names. When absent, the
    /// recorder attests who is enrolled.
    #[schemars(length(min = 1))]
    employees: Option<Vec<Text>>,
    /// A file of employees below the document's folder, in the place of `employees`: CSV in UTF-8; the column headed
    /// `employee`, or the first.
    #[schemars(extend("examples" = ["staff.csv"]))]
    employees_file: Option<Text>,
    /// The time zone of this programme's own dates; that of the document when absent.
    #[schemars(extend("examples" = ["Indian/Reunion"]))]
    time_zone: Option<Text>,
    /// The works councils of this programme's own site, beside those of the document (+6).
    #[schemars(length(min = 1))]
    works_council: Option<Vec<Council>>,
    /// What is never typed or spoken while this programme runs, in any of its applications (+9): your declaration.
    #[schemars(default)]
    never_entered: Vec<Entered>,
    /// The day on which the employees were told of these dates; before `from` (+5).
    announced_on: Date,
    /// The first day.
    from: Date,
    /// The last day.
    until: Date,
    /// The last day on which trainers may work with the recordings. 30 calendar days after `until` when absent.
    review_until: Option<Date>,
    /// How much may be recorded (S7): no more than the trainers can analyse.
    volume: Volume,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Purpose {
    Training,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Volume {
    /// At most so much is recorded of one employee in any period of this length.
    per_employee: Cap,
    /// At most so much is recorded of everybody in the programme together.
    programme: Cap,
    /// Recording pauses when so much waits for a trainer's review.
    #[schemars(extend("examples" = ["20h"]))]
    unreviewed: Duration,
    /// At most this share of an employee's calls in the period is recorded (+1).
    share_of_calls: Share,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Cap {
    /// How much may be recorded.
    #[schemars(extend("examples" = ["2h"]))]
    limit: Duration,
    /// In any period of this length: it rolls on with time.
    #[schemars(extend("examples" = ["7d"]))]
    per: Duration,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Share {
    /// Above 0, at most 0.5: 0.2 is one call in five. Above 0.2 there is a warning.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 0.5, "examples" = [0.2]))]
    limit: f64,
    /// The sampling period.
    #[schemars(extend("examples" = ["30d"]))]
    per: Duration,
}
