//! The commands, one a file.

mod bake;
mod check;
mod demo;
mod new;
mod run;
mod schema;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Write rules and check them; try them on calls: see when a screen would be recorded beside a call, and
/// which rule refused the rest.
#[derive(Debug, Parser)]
#[command(name = "gardefou", version, propagate_version = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Shown under every help.
const EXIT_CODES: &str = "\
Exit codes:
  0  it was done; every question was answered, whatever was refused
  2  the trace, the rules or the arguments are malformed; what was decided before is printed
  1  anything else, such as a file that cannot be read";

#[derive(Debug, Subcommand)]
enum Command {
    Bake(bake::Bake),
    Check(check::Check),
    Demo(demo::Demo),
    New(new::New),
    Run(run::Run),
    Schema(schema::Schema),
}

/// Does what the command line says.
pub(crate) fn run() -> Result<(), Failure> {
    match Arguments::parse().command {
        Command::Bake(bake) => bake.run(),
        Command::Check(check) => check.run(),
        Command::Demo(demo) => demo.run(),
        Command::New(new) => new.run(),
        Command::Run(run) => run.run(),
        Command::Schema(schema) => schema.run(),
    }
}
