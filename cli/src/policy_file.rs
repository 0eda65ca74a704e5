//! A policy that somebody asks about: a component, or a rule document.

use std::cell::OnceCell;
use std::fs::File;
use std::path::Path;

use gardefou::rules::{Folder, read_with};
use gardefou::{Description, MAX_COMPONENT, Policy, Runtime, Source, Span, wall_clock_now};
use gardefou_bake::{BakeError, Baker, Contents, Provenance};
use gardefou_policy::rules::Rules;
use sha2::{Digest as _, Sha256};

use crate::deciding;
use crate::document::Document;
use crate::failure::Failure;
use crate::files;
use crate::hex;
use crate::language::{Language, say};

/// A policy that was opened.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    /// What messages call it: its path.
    pub(crate) name: String,
    /// Its size, in bytes.
    pub(crate) size: usize,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// The rules' own name.
    pub(crate) id: String,
    /// Their version.
    pub(crate) version: String,
    /// When they are in force.
    pub(crate) in_force: Span,
    /// What a component is made of; none of a rule document.
    pub(crate) component: Option<Anatomy>,
    /// The text of the rule document: the file itself, or what is inside the component.
    pub(crate) text: Option<String>,
    /// What that text says, where it is sound.
    pub(crate) rules: Option<Said>,
    /// What the text is worth.
    pub(crate) standing: Standing,
}

/// What a component is made of.
#[derive(Debug)]
pub(crate) struct Anatomy {
    /// What it says of itself when it is asked.
    pub(crate) description: Description,
    /// What it imports.
    pub(crate) imports: Vec<String>,
    /// What it exports.
    pub(crate) exports: Vec<String>,
    /// How many bytes of code are in it.
    pub(crate) code: u64,
    /// Where it says that it comes from.
    pub(crate) provenance: Option<Provenance>,
}

/// What a sound rule document says.
#[derive(Debug)]
pub(crate) struct Said {
    /// As a text.
    pub(crate) document: Document,
    /// As a component takes it.
    pub(crate) rules: Rules,
}

/// What the text of a rule document is worth: whether it is what decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The file is the document.
    Document,
    /// Baking the document inside gives this very file: the text, and nothing else, is what decides.
    Baked,
    /// The file says that it was made from another template, or with another time-zone database, than this
    /// program has: it cannot tell here.
    Elsewhere,
    /// Baking the document inside gives another file: the text need not be what decides.
    Foreign,
    /// The document inside has errors.
    Unsound,
    /// There is no document inside.
    Absent,
}

impl Standing {
    /// Its name for programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Baked => "baked",
            Self::Elsewhere => "elsewhere",
            Self::Foreign => "foreign",
            Self::Unsound => "unsound",
            Self::Absent => "absent",
        }
    }

    /// Whether the text is what decides.
    pub(crate) const fn decides(self) -> bool {
        matches!(self, Self::Document | Self::Baked)
    }
}

/// What policies are loaded and baked with.
pub(crate) struct Workshop {
    runtime: Runtime,
    /// Made when it is needed first: it compiles the template.
    baker: OnceCell<Baker>,
}

impl Workshop {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self {
            runtime: deciding::runtime()?,
            baker: OnceCell::new(),
        })
    }

    pub(crate) fn baker(&self) -> Result<&Baker, Failure> {
        if let Some(baker) = self.baker.get() {
            return Ok(baker);
        }
        let baker = Baker::new().map_err(anyhow::Error::new)?;
        Ok(self.baker.get_or_init(|| baker))
    }
}

impl PolicyFile {
    /// Reads a file, checks it as a recorder would, and finds out what the document in it is worth.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::load(path, &Workshop::new()?).map(|(file, _)| file)
    }

    /// The same, with the component that was loaded; a rule document has none.
    pub(crate) fn load(path: &Path, workshop: &Workshop) -> Result<(Self, Option<Policy>), Failure> {
        let bytes = beginning(path)?;
        if is_component(&bytes, path) {
            Self::component(path, &bytes, workshop).map(|(file, policy)| (file, Some(policy)))
        } else {
            Self::document(path, bytes).map(|file| (file, None))
        }
    }

    fn document(path: &Path, bytes: Vec<u8>) -> Result<Self, Failure> {
        let reading = read_with(&bytes, wall_clock_now(), &Folder::of(path));
        let (Some(rules), Ok(text)) = (reading.rules, String::from_utf8(bytes)) else {
            return Err(deciding::errors(&reading.problems, path));
        };
        Ok(Self {
            name: path.display().to_string(),
            size: text.len(),
            sha256: hex::of(&Sha256::digest(text.as_bytes())),
            id: rules.id.clone(),
            version: rules.version.clone(),
            in_force: rules.in_force,
            component: None,
            rules: Some(Said {
                document: Document::read(&text),
                rules,
            }),
            text: Some(text),
            standing: Standing::Document,
        })
    }

    fn component(path: &Path, bytes: &[u8], workshop: &Workshop) -> Result<(Self, Policy), Failure> {
        let policy = deciding::load(&workshop.runtime, Source::Bytes(bytes), path)?;
        let contents = Contents::of(bytes).map_err(anyhow::Error::new)?;
        let rules = contents.document.and_then(|text| {
            let rules = read_with(text.as_bytes(), wall_clock_now(), &contents.companions()).rules?;
            let document = Document::read(text);
            Some(Said { document, rules })
        });
        let standing = standing(bytes, &contents, rules.is_some(), workshop)?;
        let file = Self::of_component(path, bytes, &policy, contents, rules, standing);
        Ok((file, policy))
    }

    fn of_component(
        path: &Path,
        bytes: &[u8],
        policy: &Policy,
        contents: Contents<'_>,
        rules: Option<Said>,
        standing: Standing,
    ) -> Self {
        let description = policy.description().clone();
        Self {
            name: path.display().to_string(),
            size: bytes.len(),
            sha256: policy.digest().to_string(),
            id: description.id.clone(),
            version: description.version.clone(),
            in_force: Span {
                start: description.in_force_from,
                end: description.in_force_until,
            },
            text: contents.document.map(str::to_owned),
            component: Some(Anatomy {
                description,
                imports: contents.imports,
                exports: contents.exports,
                code: contents.code,
                provenance: contents.provenance,
            }),
            rules,
            standing,
        }
    }

    /// The digest by which people name the rules, where there is a sound document.
    pub(crate) fn document_sha256(&self) -> Option<String> {
        self.rules.as_ref().map(|said| hex::of(&said.rules.digest))
    }

    /// What the component says of itself; none of a rule document.
    pub(crate) fn description(&self) -> Option<&Description> {
        self.component.as_ref().map(|component| &component.description)
    }
}

/// Bakes the document inside again, and compares.
fn standing(bytes: &[u8], contents: &Contents<'_>, is_sound: bool, workshop: &Workshop) -> Result<Standing, Failure> {
    let failed = |error: BakeError| Failure::Other(anyhow::Error::new(error));
    let Some(text) = contents.document else {
        return Ok(Standing::Absent);
    };
    if !is_sound {
        return Ok(Standing::Unsound);
    }
    let here = workshop
        .baker()?
        .bake_with(text.as_bytes(), &contents.companions(), wall_clock_now())
        .map_err(failed)?;
    if here.component == bytes {
        return Ok(Standing::Baked);
    }
    let here = Contents::of(&here.component).map_err(failed)?.provenance;
    let made_elsewhere = contents.provenance.as_ref().zip(here).is_some_and(|(there, here)| {
        there.template_sha256 != here.template_sha256 || there.time_zones != here.time_zones
    });
    Ok(if made_elsewhere {
        Standing::Elsewhere
    } else {
        Standing::Foreign
    })
}

/// Whether a file is a component: by its bytes, or, so that a damaged one is told as such, by its name.
pub(crate) fn is_component(bytes: &[u8], path: &Path) -> bool {
    bytes.starts_with(b"\0asm") || path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("wasm"))
}

/// No more of a file than shows that it is too large.
pub(crate) fn beginning(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = File::open(path).and_then(|file| files::beginning(file, MAX_COMPONENT));
    read.map_err(|error| {
        let (language, path) = (Language::of_the_user(), path.display());
        let context = say!(
            language,
            "the policy `{path}` cannot be read",
            "les règles `{path}` sont illisibles"
        );
        anyhow::Error::new(error).context(context).into()
    })
}
