//! Tests the capture facts of any recorder, not only its policy.
//!
//! Two halves. The *stage* opens windows in two colours on an X screen, some of a program that a rule allows and
//! some of one that none does, does things with them while a recorder works, and writes down what was really
//! visible: the truth. The *report* reads the video file and the trace that the recorder wrote, and counts two
//! things: the *leak*, pixels in the video of the colour that may never be recorded, and the *use*, what the video
//! shows of the other colour against what perfect knowledge would have kept. A recorder that refuses everything
//! leaks nothing and has a use of 0.
//!
//! The command `gardefou-capture-kit` is both halves; `docs/capture-kit.md` is how a vendor uses it.

pub mod area;
pub mod colour;
mod error;
pub mod kind;
pub mod permitted;
pub mod report;
#[cfg(unix)]
pub mod stage;
pub mod truth;
pub mod video;

pub use error::Malformed;

/// A rule document that matches the windows of the stage: for the employee `e-1001` under the programme
/// `crm-onboarding`.
pub const RULES: &str = include_str!("../rules.toml");
