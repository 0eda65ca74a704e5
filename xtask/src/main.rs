//! What the developers of gardefou run: `cargo xtask …`.

mod ci;
mod component;
mod examples;
mod figures;
mod fuzz;
mod generated;
mod languages;
mod packages;
mod registers;
mod shell;
mod skeletons;
mod test;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use component::{compiler::Way, provenance::Provenance};

/// What the developers of gardefou run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Write guest-policy/src/registers.rs from wit/1.0/registers.toml.
    Registers {
        /// Write nothing; fail when the file is not current.
        #[arg(long)]
        check: bool,
    },
    /// Write guest-policy/src/skeleton/table.rs from Unicode's data.
    Skeletons {
        /// Write nothing; fail when the file is not current.
        #[arg(long)]
        check: bool,
    },
    /// Build the template component, and write it to guest-policy/dist/ with its provenance.
    ///
    /// The compiler is the pinned toolchain with its wasm target, or, where that cannot be had, Debian's
    /// rustc-web.
    Component {
        /// Publish nothing; fail when the recorded compiler gives other bytes than the published ones.
        #[arg(long)]
        check: bool,
        /// Build with this compiler, and no other.
        #[arg(long, value_enum)]
        with: Option<Way>,
    },
    /// Say where the published component comes from.
    Provenance {
        /// Fail when the sources are not those that it was built from. Needs no compiler.
        #[arg(long)]
        check: bool,
    },
    /// Install what the tests need (Debian packages, cargo-nextest, what `languages` installs) and run every test.
    Test,
    /// Install what runs the component under Node and Python, into target/languages/.
    Languages,
    /// Play the example calls before the real recorder, in real time, and write examples/traces/ from its traces.
    Examples {
        /// Only the one of that name.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
    },
    /// Give the readers anything at all, for a while each; needs a nightly toolchain.
    Fuzz {
        /// How long each target runs.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Measure the reference recorder: leak and use, how fast it stops, what a frame costs. Installs what that needs
    /// (Debian packages).
    Figures {
        /// How long the presets of the capture kit take together, in each of the three surroundings; the rest comes
        /// on top.
        #[arg(long, default_value_t = 10)]
        minutes: u32,
        /// Where the page is written.
        #[arg(long, value_name = "FILE", default_value = "docs/figures.md")]
        write: PathBuf,
        /// Write no page: print the figures only.
        #[arg(long, conflicts_with = "write")]
        print: bool,
    },
    /// Everything that must hold before a change is taken.
    Ci,
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<()> {
    let root = &workspace::root();
    match chore {
        Chore::Registers { check } => registers::run(root, check),
        Chore::Skeletons { check } => skeletons::run(root, check),
        Chore::Component { check: true, with } => component::check(root, with).map(drop),
        Chore::Component { check: false, with } => component::publish(root, with),
        Chore::Test => test::run(root),
        Chore::Languages => languages::run(root),
        Chore::Figures { minutes, write, print } => figures::run(root, minutes, (!print).then_some(write.as_path())),
        Chore::Examples { only } => examples::run(root, only.as_deref()),
        Chore::Ci => ci::run(root),
        Chore::Fuzz { seconds } => fuzz::run(root, seconds),
        Chore::Provenance { check: true } => Provenance::check(root),
        Chore::Provenance { check: false } => {
            print!("{}", Provenance::published(root)?.text()?);
            Ok(())
        }
    }
}
