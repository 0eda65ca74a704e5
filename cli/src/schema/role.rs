//! `[[role]]`: who may do what with recordings.
#![expect(dead_code, reason = "these types are described, and never made")]

use schemars::JsonSchema;

use super::values::Text;

/// Somebody who works with recordings.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Role {
    /// Its name; no two roles have the same.
    #[schemars(extend("examples" = ["trainer"]))]
    id: Text,
    /// What the role may do (S9).
    #[schemars(length(min = 1))]
    may: Vec<Operation>,
    /// What for (S10). Training when absent.
    #[schemars(extend("default" = ["training"]))]
    purposes: Option<Vec<Purpose>>,
    /// The `id` of each programme whose recordings it is about (+8); `["*"]` is all of them, former ones too.
    /// None when absent, and then the role may do nothing.
    #[schemars(default)]
    programmes: Vec<Text>,
    /// Whether it is only about the recordings of the person behind the account (+8). False when absent.
    #[schemars(default)]
    own_only: bool,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Operation {
    /// Watch it, to train, or to oversee with a second person.
    View,
    /// Write an analysis of it, to train.
    Annotate,
    /// Train others than the person recorded, with an anonymised copy only.
    TrainOthers,
    /// Take it out of the system, an anonymised copy only.
    Export,
    /// Give it to the person who asks for their own data.
    Disclose,
    /// Restrict its use at a person's request.
    Restrict,
    /// Release it from restriction.
    Release,
    /// Delete it.
    Delete,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Purpose {
    /// The training of staff.
    Training,
    /// A person's own request.
    SubjectRight,
    /// Checking, with a second person.
    Oversight,
}
