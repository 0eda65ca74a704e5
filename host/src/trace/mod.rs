//! A call as a file: one event a line, read, written, and decided again.
//!
//! A trace is JSON Lines in UTF-8. A recorder writes one beside its video with [`Writer`]; [`Reader`]
//! reads it back, line by line and bounded; [`Run`] puts it to a policy and gives an [`Answer`] to every
//! question in it. [`parse_live`] reads the same lines of telephony from a running call.
//!
//! A trace with `expect` lines is a [`Scenario`]: put to policies, it gives a [`Trial`], which says where the
//! answers are not what was expected. [`Coverage`] says which reasons scenarios reach.
//!
//! Whatever a line says wrongly is a [`Malformed`], with its number and a way out, and with nothing in it of what
//! the line says.
//!
//! ```
//! use gardefou::trace::{Event, parse_line};
//! let line = parse_line(r#"{"at":1795000000500,"event":"call","phase":"connected"}"#).unwrap();
//! assert!(matches!(line.event, Event::Call(gardefou::CallPhase::Connected)));
//!
//! let error = parse_line(r#"{"at":1795000000500,"event":"call","fase":"connected"}"#).unwrap_err();
//! assert_eq!(error.to_string(), "`phase` is missing");
//! ```

mod answer;
mod bless;
mod coverage;
mod event;
mod expected;
mod fields;
mod instant;
mod malformed;
mod members;
mod names;
mod parse;
mod question;
mod read;
mod run;
mod scenario;
mod trial;
mod unmet;
mod value;
mod write;

#[cfg(test)]
mod tests;

#[cfg(feature = "stores")]
pub(crate) use answer::obligations_named;
pub use answer::{Answer, Decided, Fate};
pub use bless::{Blessed, Change};
pub use coverage::{Coverage, Reach};
pub use event::{Event, Expectation, FactsSpan, FrameLine, Identity, Line, SessionLine};
pub use expected::{Expected, MAX_BECAUSE, MAX_LOOSE_RECTANGLES};
pub use malformed::Malformed;
pub use parse::{parse_line, parse_live};
pub use question::Question;
pub use read::{MAX_LINE, ReadError, Reader};
pub use run::{MAX_SEGMENTS, Run};
pub use scenario::{MAX_EXPECTED_RECTANGLES, MAX_KEPT_RECTANGLES, MAX_SCENARIO, Scenario};
pub use trial::{Asked, Check, Trial};
pub use unmet::{Misplaced, Pixels, Unmet};
pub use write::Writer;
