//! The stage: windows in two colours on an X screen, things that happen to them, and the truth about it.

mod cast;
mod draw;
mod perform;
mod play;
mod presets;
mod reading;
mod script;
mod turns;
mod window;

pub use play::{Plan, play};
pub use presets::PRESETS;
pub use script::{Action, Actor, Look, Play, Script, Stall, Step};
pub use window::{Wish, open as open_window};

/// The name of the program whose windows may be recorded: what a rule matches.
pub const ALLOWED_PROGRAM: &str = "capture-kit-allowed";

/// The name of the program whose windows may not.
pub const FORBIDDEN_PROGRAM: &str = "capture-kit-forbidden";

/// What the title of a window says while it is excluded: what a rule's `never-title` matches.
pub const EXCLUDED_TITLE: &str = "capture-kit excluded";
