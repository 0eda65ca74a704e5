//! Debian packages: which are missing, and installing them where this is allowed.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Sees to it that these packages are installed. Fails, naming the command to run, where they can not be.
pub(crate) fn ensure(packages: &[&str]) -> Result<()> {
    let missing: Vec<_> = packages.iter().copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", missing.join(" "));
    let Some(apt_get) = apt_get() else {
        bail!("missing Debian packages, and neither root nor sudo to install them; run `{by_hand}`");
    };
    if install(&apt_get, &missing).is_ok() {
        return Ok(());
    }
    // A fresh machine has no package lists yet.
    let again = shell::run(command(&apt_get).arg("update")).and_then(|()| install(&apt_get, &missing));
    again.map_err(|error| error.context(format!("cannot install what is missing; try `{by_hand}`")))
}

fn install(apt_get: &[&str], packages: &[&str]) -> Result<()> {
    let options = ["install", "--yes", "--no-install-recommends"];
    shell::run(
        command(apt_get)
            .args(options)
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn is_installed(package: &str) -> bool {
    let query = ["--show", "--showformat=${Status}", package];
    shell::output(Command::new("dpkg-query").args(query)).is_ok_and(|status| status == "install ok installed")
}

/// How to run apt-get as root, if there is a way that asks no question.
fn apt_get() -> Option<Vec<&'static str>> {
    if !shell::succeeds(Command::new("apt-get").arg("--version")) {
        return None;
    }
    let is_root = shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(vec!["apt-get"]);
    }
    shell::succeeds(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo", "-n", "apt-get"])
}

fn command(words: &[&str]) -> Command {
    let mut words = words.iter();
    let mut command = Command::new(words.next().unwrap_or(&"apt-get"));
    command.args(words);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_nobody_has_is_not_installed() {
        assert!(!is_installed("no-such-package-of-gardefou"));
    }
}
