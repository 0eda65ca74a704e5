//! `gardefou`: write and check rules, try them on calls, see what a policy decides and why.

mod command;
mod comparing;
mod custody;
mod deciding;
mod diagnostics;
mod document;
mod explain;
mod failure;
mod faults;
mod files;
mod help;
mod hex;
mod html;
mod inspect;
mod journal;
mod language;
mod ledger;
mod manual;
mod output;
mod policy_file;
mod report;
mod scenarios;
mod schema;
mod text;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
