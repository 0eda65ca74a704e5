//! Where the published components come from, and whether that is still what lies in the workspace.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Guest, PROVENANCE, compiler::TARGET, encode::ENCODER};
use crate::shell;

/// What is written beside the components.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Provenance {
    /// The template's file.
    pub(crate) component: Digest,
    /// The floor's.
    pub(crate) floor: Digest,
    /// `rustc --version` of the compiler.
    pub(crate) compiler: String,
    /// What turned the module into a component.
    pub(crate) encoder: String,
    /// The files that it is made from, and the part of the root manifest that it takes.
    pub(crate) sources: BTreeMap<String, String>,
    /// The crates in them, `name version`, with the digests of `Cargo.lock`.
    pub(crate) crates: BTreeMap<String, String>,
}

/// A file's size and digest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Digest {
    pub(crate) bytes: usize,
    pub(crate) sha256: String,
}

impl Digest {
    fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len(),
            sha256: sha256(bytes),
        }
    }
}

impl Provenance {
    /// That of components just built from what lies in the workspace, in the order of [`Guest::ALL`].
    pub(crate) fn of(root: &Path, [template, floor]: &[Vec<u8>; 2], compiler: &str) -> Result<Self> {
        let lock = lock(root)?;
        let used = crates(root)?;
        let crates = used.into_iter().map(|name| {
            let checksum = lock.get(&name).cloned();
            let checksum = checksum.with_context(|| format!("`Cargo.lock` has no `{name}`"))?;
            Ok((name, checksum))
        });
        Ok(Self {
            component: Digest::of(template),
            floor: Digest::of(floor),
            compiler: compiler.to_owned(),
            encoder: ENCODER.to_owned(),
            sources: sources(root)?,
            crates: crates.collect::<Result<_>>()?,
        })
    }

    /// The one that is published.
    pub(crate) fn published(root: &Path) -> Result<Self> {
        let text = fs::read(root.join(PROVENANCE)).with_context(|| format!("cannot read `{PROVENANCE}`"))?;
        serde_json::from_slice(&text).with_context(|| format!("`{PROVENANCE}`"))
    }

    /// What it says of a component.
    pub(crate) const fn of_guest(&self, guest: Guest) -> &Digest {
        match guest {
            Guest::Template => &self.component,
            Guest::Floor => &self.floor,
        }
    }

    /// Its text, as it is written.
    pub(crate) fn text(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Fails, naming what changed, unless the published components are of the workspace as it lies here.
    /// Needs no compiler.
    pub(crate) fn check(root: &Path) -> Result<()> {
        let published = Self::published(root)?;
        for guest in Guest::ALL {
            let file = guest.published();
            let component = fs::read(root.join(file)).with_context(|| format!("cannot read `{file}`"))?;
            ensure!(
                published.of_guest(guest).sha256 == sha256(&component),
                "`{file}` is not the component that `{PROVENANCE}` speaks of"
            );
        }
        let changed = published.changes(&sources(root)?, &lock(root)?);
        if !changed.is_empty() {
            bail!(
                "the published components are older than what they are made from ({}); run `cargo xtask component`",
                changed.join(", ")
            );
        }
        ensure!(
            published.encoder == ENCODER,
            "the published components were made by {}, not {ENCODER}; run `cargo xtask component`",
            published.encoder
        );
        Ok(())
    }

    /// What is not as it was: files changed, gone or new, crates of another version.
    fn changes(&self, sources: &BTreeMap<String, String>, lock: &BTreeMap<String, String>) -> Vec<String> {
        let files = self.sources.keys().chain(sources.keys());
        let files = files.filter(|file| self.sources.get(*file) != sources.get(*file));
        let crates = self.crates.iter().filter(|(name, sum)| lock.get(*name) != Some(sum));
        let mut changed: Vec<_> = files.chain(crates.map(|(name, _)| name)).cloned().collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

/// Digests of everything that the guest is made from. Rule documents are read by the host alone, and
/// tests are in no component.
fn sources(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = vec![
        PathBuf::from("guest-policy/Cargo.toml"),
        PathBuf::from("wit/1.0/policy.wit"),
        PathBuf::from("wit/1.0/registers.toml"),
    ];
    files_under(root, Path::new("guest-policy/src"), &mut files)?;
    let mut sources = BTreeMap::new();
    for file in files {
        let bytes = fs::read(root.join(&file)).with_context(|| format!("cannot read `{}`", file.display()))?;
        // Windows writes `\`; the names are the same everywhere.
        let name = file.to_string_lossy().replace('\\', "/");
        sources.insert(name, sha256(&bytes));
    }
    sources.insert("Cargo.toml (the guest's part)".to_owned(), guest_part(root)?);
    Ok(sources)
}

fn files_under(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(root.join(folder)).with_context(|| format!("cannot read `{}`", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let stem = path.file_stem().and_then(OsStr::to_str);
        if matches!(stem, Some("document" | "tests")) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            files_under(root, &path, files)?;
        } else if path.extension() == Some(OsStr::new("rs")) {
            files.push(path);
        }
    }
    Ok(())
}

/// The digest of what the guest inherits from the root manifest: edition and version, profiles, and the
/// dependencies that its own manifest takes from there for the component.
fn guest_part(root: &Path) -> Result<String> {
    let workspace = manifest(root, "Cargo.toml")?;
    let guest = manifest(root, "guest-policy/Cargo.toml")?;
    let at = |table: &toml::Table, path: &[&str]| {
        let mut value = toml::Value::Table(table.clone());
        for key in path {
            value = value.get(*key)?.clone();
        }
        Some(value)
    };
    let wasm = "cfg(target_arch = \"wasm32\")";
    let tables = [
        at(&guest, &["dependencies"]),
        at(&guest, &["target", wasm, "dependencies"]),
    ];
    let required = |(name, value): (&String, &toml::Value)| {
        let optional = value.get("optional").and_then(toml::Value::as_bool);
        (optional != Some(true)).then(|| name.clone())
    };
    let tables = tables.iter().flatten().filter_map(toml::Value::as_table);
    let names: Vec<_> = tables.flatten().filter_map(required).collect();
    let mut parts = vec![
        at(&workspace, &["workspace", "package", "edition"]),
        at(&workspace, &["workspace", "package", "version"]),
        at(&workspace, &["profile", "release"]),
        at(&workspace, &["profile", "component"]),
    ];
    parts.extend(
        names
            .iter()
            .map(|name| at(&workspace, &["workspace", "dependencies", name])),
    );
    Ok(sha256(&serde_json::to_vec(&parts)?))
}

fn manifest(root: &Path, name: &str) -> Result<toml::Table> {
    let text = fs::read_to_string(root.join(name)).with_context(|| format!("cannot read `{name}`"))?;
    text.parse().with_context(|| format!("`{name}`"))
}

/// What `Cargo.lock` says: `name version`, and the digest of the crate.
fn lock(root: &Path) -> Result<BTreeMap<String, String>> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        checksum: Option<String>,
    }
    let text = fs::read_to_string(root.join("Cargo.lock")).context("cannot read `Cargo.lock`")?;
    let lock: Lock = toml::from_str(&text).context("`Cargo.lock`")?;
    let entries = lock.package.into_iter();
    let entries = entries.filter_map(|p| Some((format!("{} {}", p.name, p.version), p.checksum?)));
    Ok(entries.collect())
}

/// The crates that go into the component or make it, as `name version`.
fn crates(root: &Path) -> Result<Vec<String>> {
    let tree = shell::output(
        shell::cargo()
            .current_dir(root)
            .args([
                "tree",
                "--locked",
                "--package",
                "gardefou-policy",
                "--no-default-features",
            ])
            .args(["--target", TARGET, "--edges", "normal,build", "--prefix", "none"])
            .args(["--no-dedupe", "--format", "{p}"]),
    )?;
    let named = tree.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        Some(format!("{name} {version}"))
    });
    let mut names: Vec<_> = named.filter(|name| !name.starts_with("gardefou-policy ")).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_component_is_of_these_sources() {
        Provenance::check(&crate::workspace::root()).unwrap();
    }

    #[test]
    fn sha256_is_sha256() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), empty);
    }

    #[test]
    fn what_changed_is_named() {
        let map = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
            pairs.collect::<BTreeMap<_, _>>()
        };
        let was = Provenance {
            component: Digest::of(b""),
            floor: Digest::of(b""),
            compiler: String::new(),
            encoder: String::new(),
            sources: map(&[("same", "1"), ("edited", "1"), ("gone", "1")]),
            crates: map(&[("kept 1.0.0", "1"), ("left 1.0.0", "1")]),
        };
        let sources = map(&[("same", "1"), ("edited", "2"), ("new", "1")]);
        let lock = map(&[("kept 1.0.0", "1"), ("unrelated 1.0.0", "1")]);
        assert_eq!(was.changes(&sources, &lock), ["edited", "gone", "left 1.0.0", "new"]);
        assert!(was.changes(&was.sources, &was.crates).is_empty());
    }

    #[test]
    fn every_file_of_the_guest_counts_but_the_documents_reader() {
        let sources = sources(&crate::workspace::root()).unwrap();
        assert!(sources.contains_key("guest-policy/src/lib.rs"));
        assert!(sources.contains_key("guest-policy/src/registers.rs"));
        assert!(sources.keys().all(|file| !file.contains("document")));
    }
}
