//! `gardefou`: try rules on calls, see what a policy decides and why.

mod command;
mod deciding;
mod failure;
mod report;
mod text;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
