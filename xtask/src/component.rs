//! The template component: built from the guest, examined, published with its provenance, built again.

mod build;
pub(crate) mod compiler;
mod encode;
mod examine;
pub(crate) mod provenance;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use compiler::{Compiler, Way};
use provenance::Provenance;

/// Where the published components came from.
pub(crate) const PROVENANCE: &str = "guest-policy/dist/provenance.json";

/// What is built from the guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Guest {
    /// The component that is given its rules.
    Template,
    /// The floor, for hosts in other languages.
    Floor,
}

impl Guest {
    pub(crate) const ALL: [Self; 2] = [Self::Template, Self::Floor];

    /// The published component, from the root of the workspace.
    pub(crate) const fn published(self) -> &'static str {
        match self {
            Self::Template => "guest-policy/dist/policy.wasm",
            Self::Floor => "guest-policy/dist/floor.wasm",
        }
    }

    /// The component that was built last, published or not.
    const fn built(self) -> &'static str {
        match self {
            Self::Template => "target/component/policy.wasm",
            Self::Floor => "target/component/floor.wasm",
        }
    }

    /// What cargo is told so that it builds this one.
    const fn features(self) -> &'static [&'static str] {
        match self {
            Self::Template => &[],
            Self::Floor => &["--features", "floor"],
        }
    }
}

/// What building the components anew showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Rebuilt {
    /// The recorded compiler gave the published bytes.
    Same,
    /// Another compiler built these files, template and floor: the conformance tests say whether they are as good.
    Other([PathBuf; 2]),
}

/// Builds the components and publishes them.
pub(crate) fn publish(root: &Path, with: Option<Way>) -> Result<()> {
    let (components, compiler) = build(root, with)?;
    let provenance = Provenance::of(root, &components, &compiler.version)?;
    for (guest, component) in Guest::ALL.into_iter().zip(&components) {
        let published = guest.published();
        let target = root.join(published);
        fs::create_dir_all(target.parent().unwrap_or(root))?;
        fs::write(&target, component).with_context(|| format!("cannot write `{published}`"))?;
        println!("wrote {published} ({} bytes)", component.len());
    }
    fs::write(root.join(PROVENANCE), provenance.text()?).with_context(|| format!("cannot write `{PROVENANCE}`"))
}

/// Builds the components and compares them with the published ones.
pub(crate) fn check(root: &Path, with: Option<Way>) -> Result<Rebuilt> {
    Provenance::check(root)?;
    let (components, compiler) = build(root, with)?;
    let published = Provenance::published(root)?;
    if published.compiler != compiler.version {
        println!(
            "the published components were built by {}, and here is {}: the bytes can differ, so run the \
             conformance tests over what was built here",
            published.compiler, compiler.version
        );
        return Ok(Rebuilt::Other(Guest::ALL.map(|guest| root.join(guest.built()))));
    }
    for (guest, component) in Guest::ALL.into_iter().zip(&components) {
        let (digest, known) = (provenance::sha256(component), published.of_guest(guest));
        if known.sha256 != digest {
            bail!(
                "{} built {} bytes (sha256 {digest}), and published as `{}` are {} (sha256 {}): \
                 the same compiler must give the same bytes",
                compiler.version,
                component.len(),
                guest.published(),
                known.bytes,
                known.sha256
            );
        }
        println!(
            "{} is, byte for byte, what {} builds",
            guest.published(),
            compiler.version
        );
    }
    Ok(Rebuilt::Same)
}

/// The components, in the order of [`Guest::ALL`].
fn build(root: &Path, with: Option<Way>) -> Result<([Vec<u8>; 2], Compiler)> {
    let compiler = Compiler::find(root, with)?;
    println!("building the components with {} ({})", compiler.way, compiler.version);
    let component = |guest: Guest| {
        let component = encode::component(&build::module(root, &compiler, guest)?)?;
        examine::contract(&component, guest)?;
        examine::anonymity(&component, root, &compiler.sysroot)?;
        fs::write(root.join(guest.built()), &component).with_context(|| format!("cannot write `{}`", guest.built()))?;
        anyhow::Ok(component)
    };
    let components = [component(Guest::Template)?, component(Guest::Floor)?];
    Ok((components, compiler))
}
