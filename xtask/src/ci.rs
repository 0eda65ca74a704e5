//! What must hold before a change is taken: one step after the other, each with its time.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    component::{self, Rebuilt, provenance::Provenance},
    registers, shell, skeletons, test,
};

/// Every step. The first that fails ends it.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut steps = Steps::default();
    steps.take("format", || {
        shell::run(cargo(root).args(["fmt", "--all", "--", "--check"]))
    })?;
    steps.take("registers", || registers::run(root, true))?;
    steps.take("skeletons", || skeletons::run(root, true))?;
    steps.take("provenance", || Provenance::check(root))?;
    let rebuilt = steps.take("component", || component::check(root, None))?;
    steps.take("clippy", || {
        let clippy = ["clippy", "--all-targets"];
        shell::run(
            cargo(root)
                .args(clippy)
                .args(test::WHOLE)
                .args(["--", "-D", "warnings"]),
        )
    })?;
    steps.take("test", || test::run(root))?;
    if let Rebuilt::Other(components) = &rebuilt {
        steps.take("test of the components built here", || conformance(root, components))?;
    }
    steps.take("documentation", || {
        let doc = ["doc", "--no-deps"];
        shell::run(
            cargo(root)
                .args(doc)
                .args(test::WHOLE)
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    })?;
    steps.take("benches compile", || {
        let bench = ["bench", "--no-run", "--workspace", "--all-features", "--benches"];
        shell::run(cargo(root).args(bench))
    })?;
    steps.take("dependencies", || dependencies(root))?;
    steps.report();
    Ok(())
}

/// The tests that judge components, over these.
fn conformance(root: &Path, [template, floor]: &[PathBuf; 2]) -> Result<()> {
    let mut tests = cargo(root);
    tests.args([
        "test",
        "--package",
        "gardefou-tests",
        "--tests",
        "--release",
        "--all-features",
    ]);
    shell::run(tests.env("GARDEFOU_COMPONENT", template).env("GARDEFOU_FLOOR", floor))
}

/// Licences, bans and sources of the dependencies, where cargo-deny is installed. Advisories are left
/// out: their database is fetched from elsewhere, and a change must not fail for what was published since.
fn dependencies(root: &Path) -> Result<()> {
    if !shell::succeeds(cargo(root).args(["deny", "--version"])) {
        println!("cargo-deny is not installed, so deny.toml was not checked (`cargo install --locked cargo-deny`)");
        return Ok(());
    }
    let check = [
        "deny",
        "--all-features",
        "--offline",
        "check",
        "licenses",
        "bans",
        "sources",
    ];
    shell::run(cargo(root).args(check))
}

fn cargo(root: &Path) -> Command {
    let mut cargo = shell::cargo();
    cargo.current_dir(root);
    cargo
}

/// The steps that were taken, and how long each took.
#[derive(Debug, Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn take<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = step();
        let time = start.elapsed();
        let outcome = if result.is_ok() { "done" } else { "failed" };
        println!("=== {name}: {outcome} in {:.1} s", time.as_secs_f64());
        self.0.push((name, time));
        result.with_context(|| format!("step `{name}`"))
    }

    fn report(&self) {
        println!();
        for (name, time) in &self.0 {
            println!("{:>8.1} s  {name}", time.as_secs_f64());
        }
        let total: Duration = self.0.iter().map(|(_, time)| *time).sum();
        println!("{:>8.1} s  in all", total.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_is_named() {
        let mut steps = Steps::default();
        let error = steps.take("first", || anyhow::bail!("broken")).map(|()| 0).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `first`: broken");
        assert_eq!(steps.take("second", || Ok(3)).unwrap(), 3);
        let names: Vec<_> = steps.0.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["first", "second"]);
    }
}
