//! What happens to recordings afterwards (legal.md, S8 to S10, +7 and +10).

mod sidecar;

pub use sidecar::{Part, Sidecar, Title};
