//! Which exports a policy has: exactly those of the contract, by their exact names and types.

use std::sync::Arc;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, Instance, ResourceAny, TypedFunc};
use wasmtime::{Engine, Store};

use super::contract::{about, capture, custody};
use crate::error::LoadError;

const CAPTURE: &str = "gardefou:policy/capture@1.0.0";
const CUSTODY: &str = "gardefou:policy/custody@1.0.0";
const ABOUT: &str = "gardefou:policy/about@1.0.0";
/// Types only: a component may or may not export it.
const TYPES: &str = "gardefou:policy/types@1.0.0";
/// Of the template alone.
const CONFIGURE: &str = "configure";
/// What every interface of the contract is named by, in any version.
const PACKAGE: &str = "gardefou:policy/";

/// Checks that the component imports nothing and exports the contract: every part of it, and nothing
/// else. Names are compared whole; the runtime's search by compatible versions is never relied on.
pub(crate) fn check(component: &Component, engine: &Engine) -> Result<(), LoadError> {
    let found = component.component_type();
    if let Some((name, _)) = found.imports(engine).next() {
        return Err(LoadError::Imports { name: name.into() });
    }
    let exports: Vec<String> = found.exports(engine).map(|(name, _)| name.to_owned()).collect();
    let has = |name: &str| exports.iter().any(|e| e == name);
    if let Some(missing) = [CAPTURE, CUSTODY, ABOUT].into_iter().find(|name| !has(name)) {
        return Err(match exports.iter().find_map(|e| newer(e)) {
            Some(version) => LoadError::NewerContract { version },
            None => LoadError::MissingExport { name: missing.into() },
        });
    }
    let known =
        |name: &String| [CAPTURE, CUSTODY, ABOUT, TYPES, CONFIGURE].contains(&name.as_str()) || newer(name).is_some();
    if let Some(name) = exports.iter().find(|e| !known(e)) {
        return Err(LoadError::UnexpectedExport { name: name.clone() });
    }
    check_interfaces(component, engine)
}

/// Every interface has its functions and nothing but them and types.
fn check_interfaces(component: &Component, engine: &Engine) -> Result<(), LoadError> {
    let functions: [(&str, &[&str]); 3] = [
        (
            CAPTURE,
            &[
                "terms-of",
                "review",
                "[static]session.open",
                "[method]session.classify",
                "[method]session.decide",
            ],
        ),
        (CUSTODY, &["authorise", "keep-until"]),
        (ABOUT, &["describe"]),
    ];
    let found = component.component_type();
    for (interface, expected) in functions {
        let Some(item) = found.get_export(engine, interface) else {
            return Err(LoadError::MissingExport { name: interface.into() });
        };
        let ComponentItem::ComponentInstance(instance) = item.ty else {
            return Err(LoadError::WrongType { name: interface.into() });
        };
        for (name, item) in instance.exports(engine) {
            if matches!(item.ty, ComponentItem::ComponentFunc(_)) && !expected.contains(&name) {
                return Err(LoadError::UnexpectedExport {
                    name: format!("{interface}#{name}"),
                });
            }
        }
    }
    Ok(())
}

/// The version of a later contract that this export belongs to, as `major.minor`.
fn newer(export: &str) -> Option<String> {
    let (_, version) = export.strip_prefix(PACKAGE)?.split_once('@')?;
    let mut parts = version.split('.');
    let number = |part: Option<&str>| part?.parse::<u64>().ok();
    let (major, minor) = (number(parts.next())?, number(parts.next())?);
    ((major, minor) > (1, 0)).then(|| format!("{major}.{minor}"))
}

/// Where the contract's functions are in a component: looked up once, used for every instance.
#[derive(Clone)]
pub(crate) struct Exports {
    describe: ComponentExportIndex,
    terms_of: ComponentExportIndex,
    review: ComponentExportIndex,
    open: ComponentExportIndex,
    classify: ComponentExportIndex,
    decide: ComponentExportIndex,
    authorise: ComponentExportIndex,
    keep_until: ComponentExportIndex,
    configure: Option<ComponentExportIndex>,
}

/// The functions of one instance.
pub(crate) struct Functions {
    pub(crate) describe: TypedFunc<(), (about::Description,)>,
    pub(crate) terms_of: TypedFunc<(String,), (Option<capture::Terms>,)>,
    pub(crate) review: TypedFunc<(capture::Segment,), (capture::Disposition,)>,
    pub(crate) open: TypedFunc<(capture::SessionFacts, u64), Granted<ResourceAny>>,
    pub(crate) classify: TypedFunc<(ResourceAny, capture::AppIdentity), (capture::WindowKind,)>,
    pub(crate) decide: Decide,
    pub(crate) authorise: TypedFunc<(custody::Access,), Granted<custody::Obligations>>,
    pub(crate) keep_until: TypedFunc<(custody::Artefact, u64, String), (u64,)>,
    pub(crate) configure: Option<Configure>,
}

/// How the template takes its rules.
type Configure = TypedFunc<(Vec<u8>,), (Result<(), String>,)>;

/// What is granted, or why not.
type Granted<T> = (Result<T, capture::Refusal>,);

/// The question about a frame. Its windows are shared, and allocate nothing. Its regions are one allocation
/// when there are any: the runtime frees the policy's list before the call returns, so that they cannot be
/// read in place.
pub(crate) type Decide =
    TypedFunc<(ResourceAny, capture::Moment, u32, u32, Arc<Vec<capture::Window>>), (capture::Verdict,)>;

impl Exports {
    pub(crate) fn of(component: &Component) -> Result<Self, LoadError> {
        let find = |interface: &str, name: &str| {
            let missing = || LoadError::MissingExport {
                name: format!("{interface}#{name}"),
            };
            let interface = component.get_export_index(None, interface).ok_or_else(missing)?;
            component.get_export_index(Some(&interface), name).ok_or_else(missing)
        };
        Ok(Self {
            describe: find(ABOUT, "describe")?,
            terms_of: find(CAPTURE, "terms-of")?,
            review: find(CAPTURE, "review")?,
            open: find(CAPTURE, "[static]session.open")?,
            classify: find(CAPTURE, "[method]session.classify")?,
            decide: find(CAPTURE, "[method]session.decide")?,
            authorise: find(CUSTODY, "authorise")?,
            keep_until: find(CUSTODY, "keep-until")?,
            configure: component.get_export_index(None, CONFIGURE),
        })
    }

    /// The functions of an instance, each held against the contract's type.
    pub(crate) fn functions<T>(&self, store: &mut Store<T>, instance: &Instance) -> Result<Functions, LoadError> {
        macro_rules! typed {
            ($index:expr, $name:literal) => {
                instance
                    .get_typed_func(&mut *store, &$index)
                    .map_err(|_| LoadError::WrongType { name: $name.into() })?
            };
        }
        Ok(Functions {
            describe: typed!(self.describe, "describe"),
            terms_of: typed!(self.terms_of, "terms-of"),
            review: typed!(self.review, "review"),
            open: typed!(self.open, "session.open"),
            classify: typed!(self.classify, "session.classify"),
            decide: typed!(self.decide, "session.decide"),
            authorise: typed!(self.authorise, "authorise"),
            keep_until: typed!(self.keep_until, "keep-until"),
            configure: match &self.configure {
                Some(index) => Some(typed!(*index, "configure")),
                None => None,
            },
        })
    }
}
