//! Finding a compiler for the guest. None is on a fresh machine, so there are two ways.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{packages, shell};

/// The target: no WASI, so that there is nothing to import.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The Debian packages of the second way: compiler, cargo, and the standard library's source.
const DEBIAN: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// How long `rustup target add` may take before the other way is tried.
const PATIENCE: Duration = Duration::from_secs(120);

/// The ways to a compiler.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Way {
    /// The toolchain that `rust-toolchain.toml` pins, with its wasm target.
    Pinned,
    /// Debian's packaged compiler, which builds the standard library itself.
    Debian,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pinned => "the pinned toolchain",
            Self::Debian => "Debian's rustc-web",
        })
    }
}

/// A compiler that can build the guest.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) way: Way,
    /// As `rustc --version` says it.
    pub(crate) version: String,
    /// The commit that it was built from.
    pub(crate) commit: String,
    /// Where it keeps its library.
    pub(crate) sysroot: PathBuf,
    /// What links; `None`: what the compiler takes by itself.
    pub(crate) linker: Option<PathBuf>,
}

impl Compiler {
    /// The first way that works, or the one that is asked for.
    pub(crate) fn find(root: &Path, with: Option<Way>) -> Result<Self> {
        match with {
            Some(Way::Pinned) => pinned(root),
            Some(Way::Debian) => debian(root),
            None => pinned(root).or_else(|first| {
                eprintln!("not with {}: {first:#}", Way::Pinned);
                debian(root).with_context(|| format!("no compiler for the component (with {}: {first:#})", Way::Pinned))
            }),
        }
    }

    /// The cargo that belongs to it, set up so that it uses this compiler.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = match self.way {
            Way::Pinned => return shell::cargo(),
            Way::Debian => Command::new("/usr/bin/cargo"),
        };
        cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
        cargo
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO")
            .env_remove("RUSTDOC");
        cargo
    }

    /// What cargo has to be told besides.
    pub(crate) fn arguments(&self) -> &'static [&'static str] {
        match self.way {
            Way::Pinned => &[],
            Way::Debian => &["-Zbuild-std=core,alloc"],
        }
    }
}

/// The compiler on the path, which is the pinned one inside the workspace.
fn rustc(root: &Path) -> Command {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(root);
    rustc
}

fn pinned(root: &Path) -> Result<Compiler> {
    let (version, commit) = version(&mut rustc(root))?;
    let sysroot = sysroot(&mut rustc(root))?;
    if !has_core(&sysroot) {
        let add = ["target", "add", TARGET];
        shell::run_within(Command::new("rustup").args(add).current_dir(root), PATIENCE)?;
    }
    ensure!(has_core(&sysroot), "{version} has no library for {TARGET}");
    Ok(Compiler {
        way: Way::Pinned,
        version,
        commit,
        sysroot,
        linker: None,
    })
}

fn debian(root: &Path) -> Result<Compiler> {
    packages::ensure(&DEBIAN)?;
    let (version, commit) = version(&mut Command::new("/usr/bin/rustc"))?;
    let sysroot = sysroot(&mut Command::new("/usr/bin/rustc"))?;
    ensure!(
        sysroot.join("lib/rustlib/src/rust/library/core").is_dir(),
        "{version} has no source of its library"
    );
    Ok(Compiler {
        way: Way::Debian,
        version,
        commit,
        sysroot,
        linker: Some(linker(root)?),
    })
}

/// A linker for wasm: the one that rustup's toolchain ships, or a packaged one.
fn linker(root: &Path) -> Result<PathBuf> {
    let own = rustc(root);
    let shipped = match (sysroot(&mut rustc(root)), host(own)) {
        (Ok(sysroot), Ok(host)) => sysroot.join("lib/rustlib").join(host).join("bin/rust-lld"),
        _ => PathBuf::new(),
    };
    let packaged = PathBuf::from("/usr/bin/wasm-ld");
    match [shipped, packaged].into_iter().find(|linker| linker.is_file()) {
        Some(linker) => Ok(linker),
        None => bail!("no linker for wasm: neither rustup's rust-lld nor the Debian package `lld`"),
    }
}

/// The version as one line, and the commit.
fn version(rustc: &mut Command) -> Result<(String, String)> {
    let text = shell::output(rustc.arg("-vV"))?;
    let line = text.lines().next().context("the compiler does not say its version")?;
    Ok((line.to_owned(), field(&text, "commit-hash")?.to_owned()))
}

fn host(mut rustc: Command) -> Result<String> {
    Ok(field(&shell::output(rustc.arg("-vV"))?, "host")?.to_owned())
}

fn field<'a>(text: &'a str, name: &str) -> Result<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .with_context(|| format!("the compiler does not say its {name}"))
}

fn sysroot(rustc: &mut Command) -> Result<PathBuf> {
    let path = shell::output(rustc.args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(path.trim_end()))
}

/// Whether the library of the target is there.
fn has_core(sysroot: &Path) -> bool {
    let folder = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let Ok(files) = fs::read_dir(folder) else {
        return false;
    };
    let mut names = files.flatten().map(|file| file.file_name());
    names.any(|name| name.to_string_lossy().starts_with("libcore-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name() {
        let text = "rustc 1.0\ncommit-hash: abc\nhost: there\n";
        assert_eq!(field(text, "host").unwrap(), "there");
        assert!(field(text, "release").is_err());
    }

    #[test]
    fn a_folder_without_a_library_is_no_compiler() {
        assert!(!has_core(Path::new("/nowhere")));
    }
}
