//! The table at the end of a run: what was measured, on what, against what.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A measured contender: its name in the table, and in Criterion's folder.
pub type Contender = (&'static str, &'static str);

/// One run of a benchmark. Criterion leaves what earlier runs measured where this one's will lie, so a table
/// takes only what was written since this run began.
#[derive(Clone, Copy, Debug)]
pub struct Run(SystemTime);

impl Run {
    /// Begins now, before anything is measured.
    #[must_use]
    pub fn begin() -> Self {
        Self(SystemTime::now())
    }

    /// Prints each contender's time for each size, and its ratio to the first contender's. What was not
    /// measured in this run (a filter on the command line) is a dash. `what` is measured, `size` is what the
    /// sizes count.
    pub fn print(self, what: &str, size: &str, group: &str, contenders: &[Contender], sizes: &[usize]) {
        let folder = folder().join(group);
        println!(
            "\n{what} ({}); times of this run, and how many times the first line's",
            machine()
        );
        println!(
            "{size:<44}{}",
            sizes.iter().map(|n| format!("{n:>20}")).collect::<String>()
        );
        let first = contenders.first();
        for (title, contender) in contenders {
            let cells = sizes.iter().map(|n| {
                let time = self.median(&folder, contender, *n);
                let base = first.and_then(|(_, first)| self.median(&folder, first, *n));
                match (time, base) {
                    (Some(time), Some(base)) => format!("{:>20}", format!("{} ×{:.2}", nanos(time), time / base)),
                    (Some(time), None) => format!("{:>20}", nanos(time)),
                    (None, _) => format!("{:>20}", "—"),
                }
            });
            println!("{title:<44}{}", cells.collect::<String>());
        }
    }

    fn median(self, group: &Path, contender: &str, size: usize) -> Option<f64> {
        let folder = group.join(contender).join(size.to_string()).join("new");
        let path = folder.join("estimates.json");
        if fs::metadata(&path).ok()?.modified().ok()? < self.0 {
            return None;
        }
        let estimates: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        estimates.get("median")?.get("point_estimate")?.as_f64()
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_an_earlier_run_measured_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("asked").join("8").join("new");
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("estimates.json"), r#"{"median":{"point_estimate":7.5}}"#).unwrap();
        let written = fs::metadata(new.join("estimates.json")).unwrap().modified().unwrap();
        let median = |began| Run(began).median(folder.path(), "asked", 8);
        assert_eq!(median(written), Some(7.5));
        assert_eq!(median(written + Duration::from_millis(1)), None);
        assert_eq!(Run(written).median(folder.path(), "asked", 9), None);
    }
}
