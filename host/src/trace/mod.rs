//! A call as a file: one event a line, read, written, and decided again.
//!
//! A trace is JSON Lines in UTF-8. A recorder writes one beside its video with [`Writer`]; [`Reader`]
//! reads it back, line by line and bounded; [`Run`] puts it to a policy and gives an [`Answer`] to every
//! question in it. [`parse_live`] reads the same lines of telephony from a running call.
//!
//! Whatever a line says wrongly is a [`Malformed`], with its number and a way out, and never with a title
//! or an address in it.
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
mod event;
mod fields;
mod history;
mod malformed;
mod names;
mod parse;
mod read;
mod run;
mod value;
mod write;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Decided, Fate};
pub use event::{Event, Expectation, FactsSpan, FrameLine, Identity, Line, SessionLine};
pub use malformed::Malformed;
pub use parse::{parse_line, parse_live};
pub use read::{MAX_LINE, ReadError, Reader};
pub use run::Run;
pub use write::Writer;
