//! A policy's instance: bounded memory, bounded stack, bounded time, and every answer checked.

pub(crate) mod contract;
mod exports;
mod instance;

pub(crate) use exports::{Exports, check as check_exports};
pub(crate) use instance::{Guard, Instance, Unfit, Verdict};
