//! What can go wrong, in words for the person who must act.

use std::path::PathBuf;

#[cfg(feature = "rules")]
use gardefou_policy::document::Severity;

use crate::policy::Digest;
use crate::vetting::{Quantity, Shape};

/// Why a policy was not loaded. Nothing is recorded under it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is larger than any policy.
    #[error("the file is larger than {limit} bytes, the most that is loaded")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// It has more code than any policy needs.
    #[error("the policy has more than {limit} bytes of code, the most that is compiled")]
    TooMuchCode {
        /// The limit, in bytes.
        limit: u64,
    },
    /// It has more of something than any policy needs.
    #[error("the policy has more than {} {what} (at byte {at}), the most that is compiled; leave out what it does not need", .what.limit())]
    TooMany {
        /// Of what.
        what: Quantity,
        /// Where there is one too many: the byte from the beginning of the file.
        at: u64,
    },
    /// Compiling it would take too long, or too much memory.
    #[error(
        "compiling the policy is too much work: more than is done for any is reached in its function {functions} (at byte {at}); split long functions, and use fewer variables in one"
    )]
    TooMuchWork {
        /// In which function, the first being 1; 0 before the first.
        functions: u32,
        /// Where: the byte from the beginning of the file.
        at: u64,
    },
    /// It is put together in a way that no policy needs.
    #[error("the policy has {shape} (at byte {at}), which no recorder takes; {}", .shape.help())]
    Unsupported {
        /// What it has.
        shape: Shape,
        /// Where: the byte from the beginning of the file.
        at: u64,
    },
    /// The bytes are not a WebAssembly component that this runtime can compile.
    #[error("not a policy component: {0}")]
    NotAComponent(String),
    /// The compiler gave up on it.
    #[error("the policy cannot be compiled: the compiler failed; please report it with the file")]
    CompilerFailed,
    /// A policy imports nothing; this one wants something of the host.
    #[error("the policy imports `{name}`; a policy imports nothing, so build it without WASI")]
    Imports {
        /// The first import.
        name: String,
    },
    /// An export of the contract is missing.
    #[error("the policy does not export `{name}` of contract 1.0; build it for the world `policy`")]
    MissingExport {
        /// The export.
        name: String,
    },
    /// It exports something that the contract does not have.
    #[error("the policy exports `{name}`, which contract 1.0 does not have")]
    UnexpectedExport {
        /// The export.
        name: String,
    },
    /// It was built for a later contract.
    #[error("the policy needs contract {version}; this recorder knows 1.0: update it, or bake the policy for 1.0")]
    NewerContract {
        /// The version that it needs, as `major.minor`.
        version: String,
    },
    /// An export has another type than the contract's.
    #[error("the policy's export `{name}` has another type than in contract 1.0")]
    WrongType {
        /// The export.
        name: String,
    },
    /// It misbehaved when it was asked what it is.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It did not take the rules.
    #[error("the policy did not take the rules: {0}")]
    NotConfigured(String),
    /// The rule document has errors. [`RulesError`] lists all of them, each with its line.
    #[cfg(feature = "rules")]
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// No policy was given; the floor alone records nothing.
    #[error("no policy was given: at least one must decide, beside the floor")]
    NoPolicy,
    /// More policies than one session can carry.
    #[error("more than {limit} policies for one session")]
    TooManyPolicies {
        /// The most policies.
        limit: usize,
    },
    /// The engine cannot run here.
    #[error("policies cannot run on this machine: {0}")]
    Engine(String),
}

/// Why a recorder's policies and stores did not come together.
#[cfg(feature = "stores")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The policies do not go together.
    #[error(transparent)]
    Policies(#[from] LoadError),
    /// A store cannot be read.
    #[error(transparent)]
    Store(#[from] crate::stores::StoreError),
}

/// The errors of a rule document, all of them.
#[cfg(feature = "rules")]
#[derive(Debug)]
pub struct RulesError {
    pub(crate) problems: Vec<gardefou_policy::document::Problem>,
}

#[cfg(feature = "rules")]
impl RulesError {
    /// Every problem, in the order of the document: errors, and the warnings found beside them.
    #[must_use]
    pub fn problems(&self) -> &[gardefou_policy::document::Problem] {
        &self.problems
    }
}

#[cfg(feature = "rules")]
impl std::fmt::Display for RulesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let errors = self.problems.iter().filter(|p| p.severity == Severity::Error);
        for (n, problem) in errors.enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

#[cfg(feature = "rules")]
impl std::error::Error for RulesError {}

/// A policy misbehaved, and so nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy `{policy}` {kind}")]
pub struct Fault {
    policy: String,
    digest: Digest,
    kind: FaultKind,
}

impl Fault {
    pub(crate) const fn new(policy: String, digest: Digest, kind: FaultKind) -> Self {
        Self { policy, digest, kind }
    }

    /// The policy's own name, or its digest where it has none yet.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Which bytes misbehaved.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What it did.
    #[must_use]
    pub const fn kind(&self) -> &FaultKind {
        &self.kind
    }
}

/// What a policy did that it must not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// It spent the budget of one question.
    #[error("spent its whole budget on one question")]
    OutOfFuel,
    /// It was still computing when the deadline came.
    #[error("did not answer before the deadline")]
    Deadline,
    /// It asked for more memory than an instance may have.
    #[error("asked for more memory than a policy may have, or than there is")]
    OutOfMemory,
    /// It recursed too deeply.
    #[error("used more stack than a policy may have")]
    StackOverflow,
    /// It stopped itself: a panic, a division by zero, an access outside its memory.
    #[error("stopped in the middle of a question: {0}")]
    Trap(String),
    /// Its answer is none that the contract knows.
    #[error("answered nonsense: {0}")]
    Nonsense(&'static str),
    /// The runtime was shut down before the question.
    #[error("was asked after the runtime was shut down")]
    ShutDown,
}

/// Why an offered policy did not replace the ones in force, which go on unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotTaken {
    /// No policy was offered.
    #[error("no policy was offered; the ones in force go on")]
    Empty,
    /// More policies than one session can carry.
    #[error("more than {limit} policies were offered; the ones in force go on")]
    TooMany {
        /// The most policies.
        limit: usize,
    },
    /// Exactly these are in force already.
    #[error("these policies are in force already")]
    Unchanged,
    /// One of them misbehaved when its instances were made.
    #[error("{0}; the ones in force go on")]
    Fault(#[from] Fault),
}
