//! `gardefou inspect`: what a policy is, where it comes from, and its rules in words.

mod facts;
mod json;
mod page;
mod sentences;

pub(crate) use facts::worth;
pub(crate) use json::json;
pub(crate) use page::{in_ascii, page, sheet};
