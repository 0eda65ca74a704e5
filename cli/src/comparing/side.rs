//! One of the policies: a component, or a rule document that is baked in memory.

use std::path::Path;

use gardefou::{Policy, wall_clock_now};
use gardefou_bake::BakeError;
use gardefou_policy::rules::Rules;

use crate::deciding;
use crate::document::Document;
use crate::failure::Failure;
use crate::policy_file::{PolicyFile, Standing, Workshop};

/// A policy, and what is known of its rules.
pub(crate) struct Side {
    /// The file, as it was named.
    pub(crate) name: String,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// SHA-256 of the rule document, where there is a sound one.
    pub(crate) rules_sha256: Option<String>,
    /// What decides.
    pub(crate) policy: Policy,
    /// The rules of the document in it, whether or not they are what it decides by.
    pub(crate) rules: Option<Rules>,
    /// That document as a text.
    pub(crate) document: Option<Document>,
    /// Whether baking its document gives this very component.
    pub(crate) is_reproduced: bool,
    /// Whether it was given as a document, and baked here.
    pub(crate) is_document: bool,
}

impl Side {
    /// Reads a component or a rule document.
    pub(crate) fn load(path: &Path, workshop: &Workshop) -> Result<Self, Failure> {
        let (file, component) = PolicyFile::load(path, workshop)?;
        let policy = match component {
            Some(policy) => policy,
            None => baked(&file, path, workshop)?,
        };
        let rules_sha256 = file.document_sha256();
        let (rules, document) = file.rules.map(|said| (said.rules, said.document)).unzip();
        Ok(Self {
            policy,
            is_reproduced: file.standing.decides(),
            is_document: file.standing == Standing::Document,
            name: file.name,
            sha256: file.sha256,
            rules_sha256,
            rules,
            document,
        })
    }
}

fn baked(file: &PolicyFile, path: &Path, workshop: &Workshop) -> Result<Policy, Failure> {
    let document = file.text.as_deref().unwrap_or_default();
    let baked = workshop.baker()?.bake(document.as_bytes(), wall_clock_now());
    let baked = baked.map_err(|error| match error {
        BakeError::Rules(problems) => deciding::errors(&problems, path),
        other => Failure::Other(anyhow::Error::new(other)),
    })?;
    deciding::warn_of(&baked.warnings, path);
    Ok(baked.policy)
}
