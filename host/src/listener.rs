//! What somebody hears who listens to the questions that are put to policies.

use serde_json::Value;

/// A question as it was put to a policy: what crossed the border of its sandbox, titles and addresses too.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct RawQuestion {
    /// The contract's function, such as `decide`.
    pub function: &'static str,
    /// Its parameters as a list, without the session: records by the fields' names, closed sets by the cases', both
    /// as generated Rust writes them (`facts_from`, `ScreenVideo`).
    pub parameters: Value,
}
