//! A policy: checked, compiled once, shared by every session.

use std::fmt;
use std::io::Read;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use gardefou_policy::notes::Description;
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::error::{Fault, FaultKind, LoadError};
use crate::runtime::Runtime;
use crate::sandbox::{Exports, Guard, Instance, Unfit, check_exports};
use crate::vetting;

/// The largest component that is compiled, in bytes. A policy baked from the largest rule document is a
/// third of it.
pub const MAX_COMPONENT: u64 = 8 << 20;

/// The most code in a component, in bytes of its code sections; the template has a tenth of it. Rules are
/// data, and not counted.
pub const MAX_CODE: u64 = 1 << 20;

/// The largest rule document, in bytes.
#[cfg(feature = "rules")]
pub const MAX_DOCUMENT: u64 = 1 << 20;

/// The template component, as `cargo xtask component` built it.
#[cfg(feature = "rules")]
const TEMPLATE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../guest-policy/dist/policy.wasm"));

/// Where a policy comes from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Source<'a> {
    /// The bytes of a component.
    Bytes(&'a [u8]),
    /// A component file.
    File(&'a Path),
    /// The text of a rule document, over the embedded template.
    #[cfg(feature = "rules")]
    Rules(&'a str),
    /// A rule document file, over the embedded template, with the files of employees that it names.
    #[cfg(feature = "rules")]
    RulesFile(&'a Path),
    /// The bytes of a rule document that was read before, over the embedded template, with what stands beside it.
    #[cfg(feature = "rules")]
    RulesWith(&'a [u8], &'a dyn gardefou_policy::document::Companions),
}

/// SHA-256 of what decides: the component's bytes, and the rules that were given to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The floor, which is part of the SDK and has no bytes of its own.
    pub const FLOOR: Self = Self([0; 32]);

    /// The digest that these 32 bytes are.
    #[must_use]
    pub const fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest that these 64 lower-case hexadecimal digits are, as `Display` writes them.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let [high, low] = pair.map(digit);
            *byte = high? << 4 | low?;
        }
        Some(Self(bytes))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A lower-case hexadecimal digit: a digest is written in one way.
const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(feature = "trace")]
impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "trace")]
impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("a digest is 64 hexadecimal digits"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A policy that was checked and compiled. Cheap to clone; any thread may open sessions under it.
///
/// ```
/// use gardefou::{Policy, Runtime, Source};
/// let runtime = Runtime::new()?;
/// let policy = Policy::load(&runtime, Source::Rules(include_str!("../../rules/example.toml")))?;
/// assert_eq!(policy.description().id, "acme-support");
/// # Ok::<(), gardefou::LoadError>(())
/// ```
#[derive(Clone)]
pub struct Policy {
    loaded: Arc<Loaded>,
}

/// A component that was checked and compiled.
#[derive(Clone)]
pub(crate) struct Compiled {
    pre: InstancePre<Guard>,
    exports: Exports,
    /// SHA-256 of its bytes.
    digest: [u8; 32],
}

struct Loaded {
    runtime: Runtime,
    component: Compiled,
    rules: Option<Vec<u8>>,
    digest: Digest,
    description: Description,
    #[cfg(feature = "rules")]
    warnings: Vec<gardefou_policy::document::Problem>,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("id", &self.loaded.description.id)
            .field("version", &self.loaded.description.version)
            .field("digest", &self.loaded.digest)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Loads a policy: checks that it imports nothing, and is no larger, no more work to compile and of no other shape
    /// than a policy needs; compiles it, checks that it exports the contract exactly, and asks it what it is. Blocks
    /// while it is compiled: up to a second on a busy machine; the embedded template is compiled once for a runtime.
    ///
    /// # Errors
    /// Whatever keeps it from being trusted with a decision; see [`LoadError`].
    pub fn load(runtime: &Runtime, source: Source<'_>) -> Result<Self, LoadError> {
        match source {
            Source::Bytes(bytes) => Self::start(runtime, Compiled::new(runtime, bytes)?, None),
            Source::File(path) => {
                let bytes = read(path, MAX_COMPONENT)?;
                Self::start(runtime, Compiled::new(runtime, &bytes)?, None)
            }
            #[cfg(feature = "rules")]
            Source::Rules(text) => Self::from_rules(runtime, text.as_bytes(), &gardefou_policy::document::Alone),
            #[cfg(feature = "rules")]
            Source::RulesFile(path) => {
                let document = read(path, MAX_DOCUMENT)?;
                Self::from_rules(runtime, &document, &crate::companions::Folder::of(path))
            }
            #[cfg(feature = "rules")]
            Source::RulesWith(document, companions) => Self::from_rules(runtime, document, companions),
        }
    }

    /// The template that this SDK embeds, with rules that a test or a tool put together.
    ///
    /// # Errors
    /// When the rules are none that a document can say, or the component does not take them.
    #[cfg(feature = "rules")]
    pub fn from_checked_rules(runtime: &Runtime, rules: &gardefou_policy::rules::Rules) -> Result<Self, LoadError> {
        let compact = rules.encode().map_err(|e| LoadError::NotConfigured(e.to_string()))?;
        // New rules reach running calls in milliseconds because the template is compiled once.
        let template = runtime.template(|| Compiled::new(runtime, TEMPLATE))?;
        Self::start(runtime, template, Some(compact))
    }

    #[cfg(feature = "rules")]
    fn from_rules(
        runtime: &Runtime,
        text: &[u8],
        companions: &dyn gardefou_policy::document::Companions,
    ) -> Result<Self, LoadError> {
        let reading = gardefou_policy::document::read_with(text, crate::clock::wall_clock_now(), companions);
        let Some(rules) = reading.rules else {
            return Err(crate::error::RulesError {
                problems: reading.problems,
            }
            .into());
        };
        let mut policy = Self::from_checked_rules(runtime, &rules)?;
        if let Some(loaded) = Arc::get_mut(&mut policy.loaded) {
            loaded.warnings = reading.problems;
        }
        Ok(policy)
    }

    /// Makes a first instance: gives it its rules, and asks it what it is.
    fn start(runtime: &Runtime, component: Compiled, rules: Option<Vec<u8>>) -> Result<Self, LoadError> {
        let digest = digest(component.digest, rules.as_deref());
        let fault = |kind| LoadError::Fault(Fault::new(digest.to_string(), digest, kind));
        let unfit = |unfit| match unfit {
            Unfit::Fault(kind) => fault(kind),
            Unfit::Type(error) => error,
        };
        let mut instance = Instance::new(runtime, &component.pre, &component.exports).map_err(unfit)?;
        if let Some(rules) = &rules {
            match instance.configure(rules).map_err(fault)? {
                Some(Ok(())) => {}
                Some(Err(why)) => return Err(LoadError::NotConfigured(why)),
                None => return Err(LoadError::NotConfigured("it has no `configure`".into())),
            }
        }
        let description = instance.describe().map_err(fault)?;
        check_names(&description).map_err(fault)?;
        Ok(Self {
            loaded: Arc::new(Loaded {
                runtime: runtime.clone(),
                component,
                rules,
                digest,
                description,
                #[cfg(feature = "rules")]
                warnings: Vec::new(),
            }),
        })
    }

    /// What the policy says of itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.loaded.description
    }

    /// SHA-256 of what decides: the component's bytes, and the rules that were given to it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.loaded.digest
    }

    /// The digest by which people name its rules, where what decides is vouched for: rules that were given to the
    /// template that the SDK embeds. Of a component there is none here: it can only say of itself which rules it
    /// holds ([`Description::rules_digest`](gardefou_policy::notes::Description)).
    #[must_use]
    pub fn rules_digest(&self) -> Option<Digest> {
        let own: [u8; 32] = self.loaded.description.rules_digest.as_slice().try_into().ok()?;
        self.loaded.rules.as_ref().map(|_| Digest(own))
    }

    /// What is odd in its rule document, although it loads; empty for a baked policy.
    #[cfg(feature = "rules")]
    #[must_use]
    pub fn warnings(&self) -> &[gardefou_policy::document::Problem] {
        &self.loaded.warnings
    }

    /// What is counted and bounded for a programme: its caps above all. `None` for a programme that the
    /// policy does not know. Blocks for about 0.1 ms.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn terms(&self, programme: &str) -> Result<Option<gardefou_policy::types::Terms>, Fault> {
        self.instance()?.terms_of(programme).map_err(|kind| self.fault(kind))
    }

    /// A fresh instance with its rules. Takes about 0.1 ms, and longer where the rules are long.
    pub(crate) fn instance(&self) -> Result<Instance, Fault> {
        let Loaded { runtime, component, .. } = &*self.loaded;
        let mut instance = Instance::new(runtime, &component.pre, &component.exports).map_err(|unfit| match unfit {
            Unfit::Fault(kind) => self.fault(kind),
            Unfit::Type(_) => self.fault(FaultKind::Nonsense("an instance with other types than its component")),
        })?;
        if let Some(rules) = &self.loaded.rules {
            match instance.configure(rules).map_err(|kind| self.fault(kind))? {
                Some(Ok(())) => {}
                Some(Err(_)) | None => return Err(self.fault(FaultKind::Nonsense("rules that it took before"))),
            }
        }
        Ok(instance)
    }

    pub(crate) fn is_down(&self) -> bool {
        self.loaded.runtime.is_down()
    }

    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault::new(self.loaded.description.id.clone(), self.loaded.digest, kind)
    }
}

/// What is said of a file of another kind, most often a rule document.
pub(crate) const NOT_WEBASSEMBLY: &str = "it does not begin as WebAssembly does; a rule document is loaded as rules";

impl Compiled {
    fn new(runtime: &Runtime, bytes: &[u8]) -> Result<Self, LoadError> {
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_COMPONENT) {
            return Err(LoadError::TooLarge { limit: MAX_COMPONENT });
        }
        if !bytes.starts_with(b"\0asm") {
            return Err(LoadError::NotAComponent(NOT_WEBASSEMBLY.into()));
        }
        vetting::check_imports(bytes)?;
        vetting::vet(bytes)?;
        // What is left for a panic is a fault of the compiler's own; and the process may have built it without unwinding.
        let compile = || Self::compile(runtime.engine(), bytes);
        panic::catch_unwind(AssertUnwindSafe(compile)).unwrap_or(Err(LoadError::CompilerFailed))
    }

    fn compile(engine: &Engine, bytes: &[u8]) -> Result<Self, LoadError> {
        let not_one = |e: wasmtime::Error| LoadError::NotAComponent(format!("{e:#}"));
        let component = Component::from_binary(engine, bytes).map_err(not_one)?;
        check_exports(&component, engine)?;
        Ok(Self {
            exports: Exports::of(&component)?,
            pre: Linker::new(engine).instantiate_pre(&component).map_err(not_one)?,
            digest: Sha256::digest(bytes).into(),
        })
    }
}

fn digest(component: [u8; 32], rules: Option<&[u8]>) -> Digest {
    match rules {
        None => Digest(component),
        Some(rules) => Digest(
            Sha256::new()
                .chain_update(component)
                .chain_update(rules)
                .finalize()
                .into(),
        ),
    }
}

/// The longest that a policy's id and version may be, in bytes: they are shown in messages and logs.
const MAX_NAME: usize = 256;

/// What a policy says of itself is shown to people: it is short, and writes no lines or colours.
fn check_names(description: &Description) -> Result<(), FaultKind> {
    let plain = |text: &String| !text.chars().any(char::is_control);
    let name = |text: &String| plain(text) && (1..=MAX_NAME).contains(&text.len());
    if !name(&description.id) || description.version.len() > MAX_NAME || !plain(&description.version) {
        return Err(FaultKind::Nonsense(
            "a name that is empty, too long, or holds control characters",
        ));
    }
    let notes = description.notes.iter();
    let shown = notes.flat_map(|n| [&n.rule, &n.reference, &n.title.french, &n.title.english]);
    if !shown.chain(&description.programmes).all(plain) {
        return Err(FaultKind::Nonsense("a text that holds control characters"));
    }
    Ok(())
}

/// Reads a file, but no more of it than can be a policy.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, LoadError> {
    let failed = |error| LoadError::Read {
        path: path.to_owned(),
        error,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(LoadError::TooLarge { limit });
    }
    Ok(bytes)
}
