//! The rules of gardefou as pure functions over plain types, and the policy component around them.
//!
//! Everything here answers from its arguments alone: no clock, no file, no random number, no state but
//! what [`open`](opening::open) resolved once. The same crate is the policy component (for wasm32, where
//! `component.rs` maps the contract onto these functions), the floor that the SDK links natively
//! ([`floor`]), and, with the feature `document`, the reader of rule documents.
//!
//! # Where a rule lives
//!
//! | decided | file |
//! |---|---|
//! | when a session opens | [`opening`] |
//! | at every frame | [`frame`], with [`regions`] for what is kept |
//! | when a segment is finished | [`review`] |
//! | when somebody wants a recording | [`access`] |
//! | when a recording must be gone | [`retention`] |
//! | what a window is | [`classify`], with [`pattern`], [`title`] and [`skeleton`] |
//!
//! A new rule is a check in one of these files, a reason in `wit/1.0/registers.toml` when none fits, and
//! a note in [`notes`].
#![no_std]
#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]
extern crate alloc;
#[cfg(any(test, feature = "document"))]
extern crate std;

pub mod access;
pub mod classify;
#[cfg(target_arch = "wasm32")]
mod component;
#[cfg(feature = "document")]
pub mod document;
pub mod facts;
pub mod floor;
pub mod frame;
pub mod notes;
pub mod opening;
pub mod order;
pub mod pattern;
pub mod regions;
pub mod registers;
pub mod retention;
pub mod review;
pub mod rules;
pub mod skeleton;
pub mod title;
pub mod types;
