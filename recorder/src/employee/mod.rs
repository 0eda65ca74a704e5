//! The employee's side: a mark on the screen that says whether it is recorded, and two keys.
//!
//! [`mark`] is always on top while a call lasts; without it nothing is recorded. [`keys`] are heard whatever
//! window has the focus, and act before the next frame.

#[cfg(unix)]
pub(crate) mod keys;
pub(crate) mod language;
#[cfg(unix)]
pub(crate) mod mark;
#[cfg(unix)]
pub(crate) mod pause;
#[cfg(unix)]
mod picture;
pub(crate) mod shortcut;
#[cfg(unix)]
pub(crate) mod words;
