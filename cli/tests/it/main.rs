//! The command, as its users start it.
#![cfg(test)]

#[path = "../../../guest-policy/tests/bad/mod.rs"]
mod bad;
mod bake;
mod check;
mod command;
mod command_line;
mod completions;
mod custody;
mod diff;
mod employees;
mod explain;
mod french;
mod glossary;
mod inspect;
mod journal;
mod ledger;
mod pages;
#[cfg(unix)]
mod private;
mod replay;
mod said;
mod schema;
mod suites;
mod test;
mod traces;
#[cfg(unix)]
mod walk;
