//! Readers under libFuzzer, a while each.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::shell;

/// A target of fuzz/, and where the repository has inputs to start from.
struct Target {
    name: &'static str,
    seeds: &'static str,
}

const TARGETS: [Target; 9] = [
    Target {
        name: "fuzz-rules",
        seeds: "rules",
    },
    Target {
        name: "fuzz-employees",
        seeds: "fuzz/seeds/employees",
    },
    Target {
        name: "fuzz-scenario",
        seeds: "examples",
    },
    Target {
        name: "fuzz-component",
        seeds: "guest-policy/dist",
    },
    Target {
        name: "fuzz-load",
        seeds: "guest-policy/dist",
    },
    Target {
        name: "fuzz-compact",
        seeds: "guest-policy/dist",
    },
    Target {
        name: "fuzz-notes",
        seeds: "fuzz/seeds/notes",
    },
    Target {
        name: "fuzz-records",
        seeds: "fuzz/seeds/records",
    },
    Target {
        name: "fuzz-history",
        seeds: "fuzz/seeds/history",
    },
];

/// Runs each target for so many seconds. What it finds is kept in fuzz/artifacts/, and the inputs that reached
/// something new in fuzz/corpus/.
pub(crate) fn run(root: &Path, seconds: u32) -> Result<()> {
    ensure!(
        shell::succeeds(Command::new("rustup").args(["run", "nightly", "cargo", "--version"])),
        "fuzzing needs a nightly toolchain: `rustup toolchain install nightly`"
    );
    ensure_cargo_fuzz()?;
    for target in &TARGETS {
        println!("\n=== {} for {seconds} s", target.name);
        let corpus = root.join("fuzz/corpus").join(target.name);
        fs::create_dir_all(&corpus).with_context(|| format!("`{}` cannot be made", corpus.display()))?;
        let mut fuzz = cargo_fuzz();
        fuzz.current_dir(root).args(["run", target.name]);
        fuzz.arg(&corpus).arg(root.join(target.seeds));
        shell::run(fuzz.args([
            "--",
            &format!("-max_total_time={seconds}"),
            "-rss_limit_mb=4096",
            "-timeout=30",
        ]))?;
    }
    Ok(())
}

/// By the nightly toolchain, whichever one this program was started by.
fn cargo_fuzz() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "fuzz"]);
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    command
}

fn ensure_cargo_fuzz() -> Result<()> {
    if shell::succeeds(cargo_fuzz().arg("--version")) {
        return Ok(());
    }
    println!("cargo-fuzz is missing; building it takes some minutes");
    let mut cargo = Command::new("cargo");
    let outside = cargo
        .args(["install", "--locked", "cargo-fuzz"])
        .current_dir(std::env::temp_dir());
    shell::run(outside.env_remove("CARGO_MANIFEST_DIR"))
}
