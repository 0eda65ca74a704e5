//! `[[role]]`: who may do what with recordings.
#![expect(dead_code, reason = "these types are described, and never made")]

use schemars::JsonSchema;

use super::values::Text;

/// Somebody who works with recordings. One role, or several together, must be able to disclose, restrict, release
/// and delete for `subject-right`, with `programmes = ["*"]` and without `own-only` (+10).
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
    /// Watch it, to train; or, with a second person, for a person's own request or to oversee.
    View,
    /// Write an analysis of it, to train; or a person's own statement beside one.
    Annotate,
    /// Train others than the person recorded, with an anonymised copy only.
    TrainOthers,
    /// Take it out of the system, an anonymised copy only.
    Export,
    /// Give it to the person who asks for their own data; or, to oversee, to an authority.
    Disclose,
    /// Restrict its use at a person's request; or, to oversee, at an authority's.
    Restrict,
    /// Release it from restriction.
    Release,
    /// Delete it, whatever for; what is restricted, in a role for `subject-right` or `oversight` only.
    Delete,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Purpose {
    /// The training of staff.
    Training,
    /// A person's own request.
    SubjectRight,
    /// Checking, and answering an authority, with a second person.
    Oversight,
}
