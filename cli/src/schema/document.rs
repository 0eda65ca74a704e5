//! The document as a whole, and its sections that are there once.
#![expect(dead_code, reason = "these types are described, and never made")]

use schemars::JsonSchema;

use super::application::Application;
use super::programme::Programme;
use super::role::Role;
use super::values::{Date, Days, Duration, Kept, Text, Validity};

/// What a controller decided about recording a screen beside a call. `gardefou check` finds more than this
/// schema can.
#[derive(JsonSchema)]
#[schemars(title = "gardefou rule document", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Document {
    /// The form of this file; always 1.
    #[schemars(extend("const" = 1, "examples" = [1]))]
    format: u8,
    /// A name for these rules.
    #[schemars(extend("maxLength" = 256, "examples" = ["acme-support"]))]
    id: Text,
    /// Change it whenever you change anything, so that everybody can tell under which rules something was
    /// decided.
    #[schemars(extend("maxLength" = 256, "examples" = ["2026.11.0"]))]
    version: Text,
    /// Who answers for the recordings.
    #[schemars(extend("examples" = ["ACME SAS"]))]
    controller: Text,
    /// All dates are whole days there; a name of the time-zone database, such as Europe/Paris. UTC when
    /// absent.
    #[schemars(extend("default" = "UTC", "examples" = ["Europe/Paris"]))]
    time_zone: Option<Text>,
    /// The first and the last day of these rules. Nothing is recorded on any other day.
    in_force: Days,
    /// The prior steps (legal.md, +6). Nothing is recorded before the date of one of them, or after one has
    /// expired.
    attestations: Attestations,
    /// What the employees were told beforehand (S3).
    employee_notice: Notice,
    /// How it is recorded.
    recording: Recording,
    /// How long things are kept, counted from when they were collected (+7).
    retention: Retention,
    /// The applications that trainings are about (S4), one section for each.
    #[schemars(length(min = 1, max = 1000))]
    application: Vec<Application>,
    /// The trainings (S10), one section for each.
    #[schemars(length(min = 1, max = 1000))]
    programme: Vec<Programme>,
    /// Who may do what with recordings (S9), one section for each role.
    #[schemars(length(min = 1))]
    role: Vec<Role>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Attestations {
    /// The works council was consulted, or why there is nothing to do.
    works_council: Consultation,
    /// The data protection impact assessment was done.
    impact_assessment: Step,
    /// The processing is in the register of processing.
    register_entry: Entry,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Consultation {
    Taken(Step),
    None(NotApplicable),
    Several(#[schemars(length(min = 1))] Vec<Council>),
}

/// One of several works councils.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Council {
    /// Its name, such as that of its site; no two of a list have the same.
    #[schemars(extend("examples" = ["Paris"]))]
    name: Text,
    /// The day of its opinion, or the day on which that is deemed given.
    on: Date,
    /// For how many whole days it is valid, that day included. Without it, it does not expire.
    valid_for: Option<Validity>,
}

/// A step that was taken.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Step {
    /// The day when the step was taken.
    on: Date,
    /// For how many whole days it is valid, that day included. Without it, the step does not expire.
    valid_for: Option<Validity>,
}

/// A step that there is no need to take.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct NotApplicable {
    /// Why there is nothing to do.
    #[schemars(extend("examples" = ["fewer than 50 employees"]))]
    not_applicable: Text,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Entry {
    /// The number of the entry.
    #[schemars(extend("examples" = ["RT-042"]))]
    reference: Text,
    /// The day when the step was taken.
    on: Date,
    /// For how many whole days it is valid, that day included. Without it, the step does not expire.
    valid_for: Option<Validity>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Notice {
    /// The version of the notice, or a list of those that count; an employee who has another is not recorded.
    #[schemars(extend("examples" = ["2026-09"]))]
    version: Versions,
    /// What the notice tells of: it must tell of the screen and the call, and should of all but transfers.
    #[schemars(extend(
        "allOf" = [{ "contains": { "const": "screen" } }, { "contains": { "const": "call" } }],
        "examples" = [["screen", "call"]]
    ))]
    covers: Vec<Told>,
    /// How long the notice counts, from when the employee was given it; 365 days at most.
    #[schemars(extend("examples" = ["365d"]))]
    valid_for: Duration,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Told {
    Screen,
    Call,
    Controller,
    Purposes,
    LegalBasis,
    Recipients,
    Retention,
    Rights,
    Objection,
    Complaint,
    Dpo,
    Interests,
    Mandatory,
    Transfers,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Versions {
    One(Text),
    Several(#[schemars(length(min = 1))] Vec<Text>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Recording {
    /// The longest time between two pictures of the video: slower is a series of still images, which are
    /// never allowed (S1). 1 second at most.
    #[schemars(extend("examples" = ["500ms"]))]
    max_frame_interval: Duration,
    /// How old the recorder's knowledge of the windows on the screen may be. 1 second at most.
    #[schemars(extend("examples" = ["250ms"]))]
    max_facts_age: Duration,
    /// Whether recording goes on while the caller is on hold (S5). False when absent.
    #[schemars(default)]
    while_held: bool,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Retention {
    /// The recording of the screen, coupled to that of the call; 181 days at most.
    #[schemars(extend("examples" = ["180d"]))]
    recordings: Kept,
    /// What a trainer wrote about a recording; 365 days at most.
    #[schemars(extend("examples" = ["365d"]))]
    analyses: Kept,
    /// The journal's records of what was decided; 181 days at most.
    #[schemars(extend("examples" = ["180d"]))]
    decisions: Kept,
    /// The journal's records of who asked for access; 365 days at most.
    #[schemars(extend("examples" = ["365d"]))]
    accesses: Kept,
    /// Buffers and temporary files; 1 day at most.
    #[schemars(extend("examples" = ["1d"]))]
    temporary: Kept,
}
