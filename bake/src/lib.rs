//! Bakes a rule document into a policy component that holds its rules.
//!
//! The template component is given the checked rules once, here, and what its memory then holds is written
//! into a new component: it needs no parsing when a recorder opens a session, no rule document beside it, and
//! no compiler to be made. The document's text and where the component comes from are inside, as custom
//! sections that decide nothing.
//!
//! ```
//! use gardefou_bake::{Baker, Contents};
//! let document = include_str!("../../rules/example.toml");
//! let baked = Baker::new()?.bake(document.as_bytes(), gardefou::wall_clock_now())?;
//! assert_eq!(baked.policy.description().id, "acme-support");
//! assert_eq!(Contents::of(&baked.component)?.document, Some(document));
//! # Ok::<(), gardefou_bake::BakeError>(())
//! ```

mod baker;
mod contents;
mod error;
mod instance;
mod template;

pub use baker::{Baked, Baker};
pub use contents::{Contents, Provenance};
pub use error::BakeError;
pub use template::TEMPLATE;
