//! What two policies decide differently, and whether one is looser than the floor.
//!
//! Both put the same questions: every value of every fact that the rule documents of the policies tell apart,
//! see [`Outline`]. [`diff`] asks two policies and groups what differs; [`verify`] asks one, and the floor.
//!
//! ```
//! use gardefou::{Source, Timestamp, rules};
//! use gardefou_compare::{Direction, Native, Outcome, Outline, diff};
//!
//! let example = include_str!("../../rules/example.toml");
//! let read = |text: &str| rules::read(text.as_bytes(), Timestamp::from_millis(1_795_564_800_000)).rules.unwrap();
//! let (old, new) = (read(example), read(&example.replace("limit = \"2h\"", "limit = \"3h\"")));
//! let outline = Outline { documents: vec![old.clone(), new.clone()], openings: vec![] };
//! let found = diff(&outline, &mut Native::new(old), &mut Native::new(new), true, &mut || {});
//! assert_eq!(found.outcome(), Outcome::Looser);
//! assert!(found.groups.iter().any(|group| group.direction == Direction::Looser));
//! ```

mod asker;
mod case;
mod diff;
mod difference;
mod direction;
mod oracle;
mod outline;
mod patterns;
mod question;
mod questions;
mod verify;
mod witness;

pub use asker::{MOST, Tally};
pub use case::scenario;
pub use diff::{Difference, Outcome, diff};
pub use difference::Group;
pub use direction::{Direction, direction};
pub use oracle::{Component, Native, Oracle};
pub use outline::{NO_EMPLOYEE, NO_PROGRAMME, NO_ROLE, Outline};
pub use patterns::Pattern;
pub use question::{Answer, Frame, Opening, Question};
pub use verify::{Case, Verification, verify};
