//! Why nothing was baked.

use gardefou::LoadError;
use gardefou::rules::{Problem, Severity};

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BakeError {
    /// The rule document has errors.
    #[error("the rule document has {} errors", count(.0))]
    Rules(Vec<Problem>),
    /// The template did not take the rules.
    #[error("the template did not take the rules: {0}")]
    NotTaken(String),
    /// The template cannot be snapshotted on this machine.
    #[error("the template cannot be given its rules here: {0}")]
    Snapshot(String),
    /// What was baked is no policy that a recorder would load.
    #[error("what was baked does not load: {0}")]
    DoesNotLoad(#[from] LoadError),
    /// These bytes are no component that could be read.
    #[error("not a policy component: {0}")]
    NotAComponent(String),
}

impl BakeError {
    pub(crate) fn snapshot(error: &wasmtime::Error) -> Self {
        Self::Snapshot(format!("{error:#}"))
    }
}

fn count(problems: &[Problem]) -> usize {
    problems.iter().filter(|p| p.severity == Severity::Error).count()
}
