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

/// The published component, from the root of the workspace.
pub(crate) const COMPONENT: &str = "guest-policy/dist/policy.wasm";
/// Where it came from.
pub(crate) const PROVENANCE: &str = "guest-policy/dist/provenance.json";
/// The component that was built last, published or not.
const BUILT: &str = "target/component/policy.wasm";

/// What building the component anew showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Rebuilt {
    /// The recorded compiler gave the published bytes.
    Same,
    /// Another compiler built this file: the conformance tests say whether it is as good.
    Other(PathBuf),
}

/// Builds the component and publishes it.
pub(crate) fn publish(root: &Path, with: Option<Way>) -> Result<()> {
    let (component, compiler) = build(root, with)?;
    let provenance = Provenance::of(root, &component, &compiler.version)?;
    let target = root.join(COMPONENT);
    fs::create_dir_all(target.parent().unwrap_or(root))?;
    fs::write(&target, &component).with_context(|| format!("cannot write `{COMPONENT}`"))?;
    fs::write(root.join(PROVENANCE), provenance.text()?).with_context(|| format!("cannot write `{PROVENANCE}`"))?;
    println!("wrote {COMPONENT} ({} bytes) and {PROVENANCE}", component.len());
    Ok(())
}

/// Builds the component and compares it with the published one.
pub(crate) fn check(root: &Path, with: Option<Way>) -> Result<Rebuilt> {
    Provenance::check(root)?;
    let (component, compiler) = build(root, with)?;
    let published = Provenance::published(root)?;
    if published.compiler == compiler.version {
        let digest = provenance::sha256(&component);
        if digest != published.component.sha256 {
            bail!(
                "{} built {} bytes (sha256 {digest}), and published are {} (sha256 {}): \
                 the same compiler must give the same bytes",
                compiler.version,
                component.len(),
                published.component.bytes,
                published.component.sha256
            );
        }
        println!("{COMPONENT} is, byte for byte, what {} builds", compiler.version);
        return Ok(Rebuilt::Same);
    }
    println!(
        "{COMPONENT} was built by {}, and here is {}: the bytes can differ, so run the conformance tests \
         over {BUILT} (GARDEFOU_COMPONENT={BUILT})",
        published.compiler, compiler.version
    );
    Ok(Rebuilt::Other(root.join(BUILT)))
}

fn build(root: &Path, with: Option<Way>) -> Result<(Vec<u8>, Compiler)> {
    let compiler = Compiler::find(root, with)?;
    println!("building the component with {} ({})", compiler.way, compiler.version);
    let component = encode::component(&build::module(root, &compiler)?)?;
    examine::contract(&component)?;
    examine::anonymity(&component, root, &compiler.sysroot)?;
    fs::write(root.join(BUILT), &component).with_context(|| format!("cannot write `{BUILT}`"))?;
    Ok((component, compiler))
}
