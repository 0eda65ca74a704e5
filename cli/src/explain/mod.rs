//! `gardefou explain`: a reason, what it says, what sets it, and what would change the answer.

mod json;
mod listing;
mod name;
mod page;
mod subject;
mod table;

pub(crate) use json::json;
pub(crate) use listing::{list_json, list_page};
pub(crate) use name::{Named, Unknown};
pub(crate) use page::page;
pub(crate) use subject::Subject;
