//! One of the policies: a component, or a rule document that is baked in memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use gardefou::rules::{Severity, read};
use gardefou::{LoadError, MAX_COMPONENT, Policy, Runtime, Source, Timestamp, wall_clock_now};
use gardefou_bake::{BakeError, Baker, Contents};
use gardefou_policy::rules::Rules;

use crate::deciding;
use crate::failure::Failure;
use crate::language::{Language, say};

/// A policy, and what is known of its rules.
pub(crate) struct Side {
    /// The file, as it was named.
    pub(crate) name: String,
    /// What decides.
    pub(crate) policy: Policy,
    /// The rules of the document in it, whether or not they are what it decides by.
    pub(crate) rules: Option<Rules>,
    /// Whether baking its document gives this very component.
    pub(crate) is_reproduced: bool,
    /// Whether it was given as a document, and baked here.
    pub(crate) is_document: bool,
}

impl Side {
    /// Reads a component or a rule document.
    pub(crate) fn load(path: &Path, runtime: &Runtime, baker: &Baker) -> Result<Self, Failure> {
        let bytes = bounded(path)?;
        if bytes.starts_with(b"\0asm") {
            Self::of_component(path, &bytes, runtime, baker)
        } else {
            Self::of_document(path, &bytes, baker)
        }
    }

    fn of_component(path: &Path, bytes: &[u8], runtime: &Runtime, baker: &Baker) -> Result<Self, Failure> {
        let policy = Policy::load(runtime, Source::Bytes(bytes)).map_err(|error| match error {
            error @ LoadError::Engine(_) => Failure::Other(anyhow::Error::new(error)),
            error => Failure::input(format!("{}: {error}", path.display()), None),
        })?;
        let failed = |error: BakeError| Failure::Other(anyhow::Error::new(error));
        let document = Contents::of(bytes).map_err(failed)?.document;
        Ok(Self {
            name: path.display().to_string(),
            policy,
            rules: document.and_then(|text| read(text.as_bytes(), Timestamp::MIN).rules),
            is_reproduced: baker.reproduces(bytes).map_err(failed)?,
            is_document: false,
        })
    }

    fn of_document(path: &Path, bytes: &[u8], baker: &Baker) -> Result<Self, Failure> {
        let now = wall_clock_now();
        let reading = read(bytes, now);
        let Some(rules) = reading.rules else {
            return Err(deciding::errors(&reading.problems, path));
        };
        for problem in &reading.problems {
            if problem.severity == Severity::Warning {
                deciding::warning(&format!("{}: {problem}", path.display()));
            }
        }
        let baked = baker.bake(bytes, now).map_err(|error| match error {
            BakeError::Rules(problems) => deciding::errors(&problems, path),
            other => Failure::Other(anyhow::Error::new(other)),
        })?;
        Ok(Self {
            name: path.display().to_string(),
            policy: baked.policy,
            rules: Some(rules),
            is_reproduced: true,
            is_document: true,
        })
    }
}

/// The file, and no more of it than shows that it is too large.
fn bounded(path: &Path) -> Result<Vec<u8>, Failure> {
    let language = Language::of_the_user();
    let name = path.display();
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(MAX_COMPONENT + 1).read_to_end(&mut bytes));
    file.map_err(|error| {
        let context = say!(language, "`{name}` cannot be read", "`{name}` ne peut pas être lu");
        Failure::Other(anyhow::Error::new(error).context(context))
    })?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_COMPONENT) {
        let limit = MAX_COMPONENT;
        let problem = say!(
            language,
            "`{name}` is larger than a policy may be, {limit} bytes",
            "`{name}` dépasse la taille d'une politique, {limit} octets"
        );
        let help = language.pick(
            "give a component that `gardefou bake` wrote, or a rule document",
            "donner un composant écrit par `gardefou bake`, ou un document de règles",
        );
        return Err(Failure::input(problem, Some(help)));
    }
    Ok(bytes)
}
