//! The table at the end of a run: what was measured, on what, against what.

use std::fs;
use std::path::{Path, PathBuf};

/// A measured contender: its name in the table, and in Criterion's folder.
pub type Contender = (&'static str, &'static str);

/// Prints each contender's time for each size, and its ratio to the first contender's. What was not
/// measured in this run (a filter on the command line) is left out of the table. `what` is measured, `size` is
/// what the sizes count.
pub fn print(what: &str, size: &str, group: &str, contenders: &[Contender], sizes: &[usize]) {
    println!(
        "\n{what} ({}); times of this run, and how many times the first line's",
        machine()
    );
    println!(
        "{size:<44}{}",
        sizes.iter().map(|n| format!("{n:>20}")).collect::<String>()
    );
    let first = contenders.first();
    for (title, folder) in contenders {
        let cells = sizes.iter().map(|n| {
            let time = median(group, folder, *n);
            let base = first.and_then(|(_, folder)| median(group, folder, *n));
            match (time, base) {
                (Some(time), Some(base)) => format!("{:>20}", format!("{} ×{:.2}", nanos(time), time / base)),
                (Some(time), None) => format!("{:>20}", nanos(time)),
                (None, _) => format!("{:>20}", "—"),
            }
        });
        println!("{title:<44}{}", cells.collect::<String>());
    }
}

fn nanos(time: f64) -> String {
    if time < 1_000.0 {
        format!("{time:.1} ns")
    } else if time < 1_000_000.0 {
        format!("{:.2} µs", time / 1_000.0)
    } else {
        format!("{:.1} ms", time / 1_000_000.0)
    }
}

fn median(group: &str, contender: &str, size: usize) -> Option<f64> {
    let path = folder()
        .join(group)
        .join(contender)
        .join(size.to_string())
        .join("new")
        .join("estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    estimates.get("median")?.get("point_estimate")?.as_f64()
}

/// Where Criterion writes: beside the build, wherever that is.
fn folder() -> PathBuf {
    let built = std::env::current_exe().unwrap_or_default();
    let target = built.ancestors().find(|a| a.join("criterion").is_dir());
    target.map_or_else(|| Path::new("target").join("criterion"), |t| t.join("criterion"))
}

/// The processor, as the system names it.
#[must_use]
pub fn machine() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor that the system does not name", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}
