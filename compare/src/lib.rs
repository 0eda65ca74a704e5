//! What two policies decide differently, and whether a policy is looser than the floor.
//!
//! A [`Plan`] takes its boundaries from two rule documents, makes questions on both sides of each, and puts
//! them to two [`Oracle`]s; a [`Comparison`] groups what they answer differently. For two components that
//! `gardefou-bake` reproduces from the documents inside them, the questions reach every difference: each
//! module says why. Of any other component they show what they show, and no more.
//!
//! Leases, notes and titles are not compared.
//!
//! ```
//! use gardefou_compare::{Direction, Native, Plan, Sides};
//! use gardefou_policy::{document, types::Timestamp};
//! let text = include_str!("../../rules/example.toml");
//! let read = |text: &str| document::read(text.as_bytes(), Timestamp::MIN).rules.unwrap();
//! let (old, new) = (read(text), read(&text.replace("\"500ms\"", "\"1s\"")));
//! let plan = Plan::of(Sides { old: &old, new: &new });
//! let comparison = plan.compare(&mut Native::new(&old), &mut Native::new(&new), || {});
//! assert_eq!(comparison.direction(), Some(Direction::Looser));
//! ```

mod case;
mod cause;
mod comparison;
mod custody;
mod direction;
mod frame;
mod group;
mod opening;
mod oracle;
mod question;
mod seen;
mod sides;
mod windows;

pub use case::{Shown, answer_of, scenario, shown};
pub use cause::{OfApplication, OfProgramme, OfRole, Part, causes};
pub use comparison::{Asked, Axes, Comparison, MOST_CASES, Plan};
pub use direction::{Direction, Term, changed_terms, direction};
pub use group::{Case, Change, Group, operation};
pub use oracle::{Component, Native, Oracle};
pub use question::{Answer, FrameQuestion, Opened, Question};
pub use seen::rules_of;
pub use sides::Sides;
