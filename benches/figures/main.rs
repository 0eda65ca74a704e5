//! The figures of the reference recorder: leak and use, how fast it stops, what blanking costs, where a frame's time
//! goes, and what the SDK adds to a recorder. `cargo xtask figures` installs what they need, builds and runs them.
//!
//! Everything is real: an X server (Xvfb), a window manager, a compositor, the recorder, ffmpeg, and the capture kit
//! that reads the files that were written.

mod blanking;
mod film;
mod footprint;
mod place;
mod recorder;
mod shares;
mod stop;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use table::{Run, Table};

/// Measures the reference recorder, and prints the table of figures in Markdown. Exit code 3: a row is not what was
/// asked.
#[derive(Debug, Parser)]
struct Args {
    /// How long the presets of the capture kit take together, in minutes: each in three surroundings. The runs for
    /// the use alone, the stopped calls and the rest come on top
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    minutes: u32,

    /// How many calls are objected to, to measure how fast recording stops
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(4..=9_000))]
    calls: u32,

    /// Write the page with the table there, too
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,

    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Leak and use alone
    Film,
    /// Stopping alone
    Stop,
    /// Blanking alone
    Blanking,
    /// Where a frame's time goes, alone
    Shares,
    /// What the SDK adds, alone
    Footprint,
    /// What the footprint is measured on: a recorder's loop, with the SDK or without
    #[command(hide = true)]
    Loop(footprint::Loop),
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(rows) => {
            eprintln!("{rows} rows are not what was asked");
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Gives how many rows are not what was asked.
fn run(args: &Args) -> Result<usize> {
    if let Some(Part::Loop(turns)) = &args.part {
        turns.run()?;
        return Ok(0);
    }
    let run = Run::now(format!("cargo xtask figures --minutes {}", args.minutes));
    let wanted = |part: &Part| {
        args.part
            .as_ref()
            .is_none_or(|only| std::mem::discriminant(only) == std::mem::discriminant(part))
    };
    let mut table = Table::default();
    if wanted(&Part::Film) {
        film::measure(&mut table, args.minutes);
    }
    if wanted(&Part::Stop) {
        stop::measure(&mut table, args.calls);
    }
    if wanted(&Part::Blanking) {
        blanking::measure(&mut table)?;
    }
    if wanted(&Part::Shares) {
        shares::measure(&mut table)?;
    }
    if wanted(&Part::Footprint) {
        footprint::measure(&mut table)?;
    }
    println!("{}", table.markdown());
    if let Some(file) = &args.write {
        std::fs::write(file, table.page(&run))?;
    }
    Ok(table.missed())
}
