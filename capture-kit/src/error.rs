//! What is wrong with a file that was given.

/// A file that cannot be used: a truth, a trace, a video or a script. Exit code 2 of the command.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);
