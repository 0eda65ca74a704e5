//! How a component is put together: its parts, their number and their kinds.

use std::collections::BTreeMap;

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentDefinedType, ComponentExternalKind, ComponentFuncType,
    ComponentOuterAliasKind, ComponentType, ComponentTypeRef, ComponentValType, CompositeInnerType, ElementItems,
    Encoding, FromReader, Payload, RecGroup, SectionLimited, TypeBounds, TypeRef,
};

use super::limits::Quantity;
use super::not_one;
use super::shape::Shape;
use crate::error::LoadError;
use crate::policy::MAX_CODE;

/// What was seen of a component so far.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// What the payload is in, the outermost first.
    within: Vec<Level>,
    counted: BTreeMap<Quantity, u64>,
    memories: u64,
    /// Bytes of code sections.
    code: u64,
    /// The most parts that a type has so far.
    largest: u64,
}

#[derive(Debug)]
enum Level {
    Module,
    /// The parts of each of its types.
    Component(Vec<u64>),
}

impl Outline {
    /// Takes the next payload in.
    pub(super) fn add(&mut self, payload: &Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::Version { encoding, range, .. } => self.begin(*encoding, range.start),
            Payload::End(_) => {
                self.within.pop();
                Ok(())
            }
            // They say nothing that is compiled.
            Payload::CustomSection(_) => Ok(()),
            _ if matches!(self.within.last(), Some(Level::Module)) => self.module(payload),
            _ => self.component(payload),
        }
    }

    fn begin(&mut self, encoding: Encoding, at: usize) -> Result<(), LoadError> {
        let level = match encoding {
            Encoding::Module if self.within.is_empty() => {
                return Err(LoadError::NotAComponent(
                    "it is a core module; make a component of it with `wasm-tools component new`".into(),
                ));
            }
            Encoding::Module => {
                self.count(Quantity::Modules, 1, at)?;
                Level::Module
            }
            Encoding::Component => Level::Component(Vec::new()),
        };
        self.within.push(level);
        Ok(())
    }

    fn module(&mut self, payload: &Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::TypeSection(types) => {
                self.count_all(Quantity::Types, types)?;
                each(types, |at, group: RecGroup| {
                    group.types().try_for_each(|ty| match &ty.composite_type.inner {
                        CompositeInnerType::Func(ty) => {
                            at_most(Quantity::Parameters, ty.params().len(), at)?;
                            at_most(Quantity::Results, ty.results().len(), at)
                        }
                        // The validator knows no other types.
                        _ => Ok(()),
                    })
                })
            }
            Payload::ImportSection(imports) => {
                self.count_all(Quantity::Imports, imports)?;
                for import in imports.clone().into_imports_with_offsets() {
                    let (at, import) = import.map_err(not_one)?;
                    self.name(import.module, at)?;
                    self.name(import.name, at)?;
                    match import.ty {
                        TypeRef::Table(table) => self.table(table.initial, at)?,
                        // That it imports one is no second one: it can be given the first only.
                        TypeRef::Memory(_) | TypeRef::Func(_) | TypeRef::FuncExact(_) | TypeRef::Tag(_) => {}
                        TypeRef::Global(_) => self.count(Quantity::Globals, 1, at)?,
                    }
                }
                Ok(())
            }
            Payload::FunctionSection(functions) => self.count_all(Quantity::Functions, functions),
            Payload::TableSection(tables) => each(tables, |at, table| self.table(table.ty.initial, at)),
            Payload::MemorySection(memories) => {
                self.memories = self.memories.saturating_add(memories.count().into());
                match self.memories {
                    0 | 1 => Ok(()),
                    _ => Err(unsupported(Shape::SecondMemory, memories.range().start)),
                }
            }
            Payload::GlobalSection(globals) => self.count_all(Quantity::Globals, globals),
            Payload::ExportSection(exports) => {
                self.count_all(Quantity::Exports, exports)?;
                each(exports, |at, export| self.name(export.name, at))
            }
            Payload::ElementSection(segments) => each(segments, |at, segment| {
                let elements = match segment.items {
                    ElementItems::Functions(elements) => elements.count(),
                    ElementItems::Expressions(_, elements) => elements.count(),
                };
                // A segment without elements is one all the same.
                self.count(Quantity::Elements, u64::from(elements).max(1), at)
            }),
            Payload::DataSection(data) => self.count_all(Quantity::DataSegments, data),
            Payload::StartSection { range, .. } => Err(unsupported(Shape::Start, range.start)),
            Payload::UnknownSection { range, .. } => Err(unsupported(Shape::Unknown, range.start)),
            Payload::CodeSectionStart { size, .. } => {
                self.code = self.code.saturating_add((*size).into());
                match self.code {
                    0..=MAX_CODE => Ok(()),
                    _ => Err(LoadError::TooMuchCode { limit: MAX_CODE }),
                }
            }
            // Counts are those of the functions and of the data, which the validator compares; the bodies are counted
            // as work. Tags are refused by the validator: there are no exceptions.
            Payload::CodeSectionEntry(_) | Payload::DataCountSection { .. } | Payload::TagSection(_) => Ok(()),
            _ => Err(LoadError::NotAComponent(
                "a core module with the section of a component".into(),
            )),
        }
    }

    fn component(&mut self, payload: &Payload<'_>) -> Result<(), LoadError> {
        let nested = self.within.len() > 1;
        let range = payload.as_section().map(|(_, range)| range);
        let at = range.as_ref().map_or(0, |range| range.start);
        // What is in a module or a component is counted there.
        if !matches!(
            payload,
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. }
        ) && let Some(range) = range
        {
            self.count(Quantity::OutlineBytes, bytes(range.len()), at)?;
        }
        match payload {
            Payload::ModuleSection { .. }
            | Payload::InstanceSection(_)
            | Payload::ComponentSection { .. }
            | Payload::ComponentInstanceSection(_)
            | Payload::ComponentCanonicalSection(_)
                if nested =>
            {
                Err(unsupported(Shape::NestedComponent, at))
            }
            Payload::ModuleSection { .. } => Ok(()),
            Payload::ComponentSection { .. } => self.count(Quantity::Components, 1, at),
            Payload::InstanceSection(instances) => self.count_all(Quantity::CoreInstances, instances),
            Payload::ComponentInstanceSection(instances) => self.count_all(Quantity::Instances, instances),
            Payload::ComponentCanonicalSection(functions) => each(functions, |at, function| {
                canonical(&function).map_or(Ok(()), |shape| Err(unsupported(shape, at)))
            }),
            Payload::ComponentTypeSection(types) => each(types, |at, ty| {
                let parts = self.parts(&ty, at)?;
                self.define(parts, at)
            }),
            Payload::ComponentAliasSection(aliases) => each(aliases, |at, alias| match alias {
                ComponentAlias::InstanceExport {
                    kind: ComponentExternalKind::Type,
                    ..
                    // Which one is known to the validator alone.
                } => self.define(self.largest, at),
                ComponentAlias::Outer {
                    kind: ComponentOuterAliasKind::Type,
                    count,
                    index,
                } => self.define(self.type_of(count, index), at),
                ComponentAlias::Outer {
                    kind: ComponentOuterAliasKind::Component,
                    ..
                } => Err(unsupported(Shape::NestedComponent, at)),
                ComponentAlias::Outer { .. } => Err(unsupported(Shape::ModuleType, at)),
                ComponentAlias::InstanceExport { .. } | ComponentAlias::CoreInstanceExport { .. } => Ok(()),
            }),
            Payload::ComponentImportSection(imports) => each(imports, |at, import| self.referred(import.ty, at)),
            Payload::ComponentExportSection(exports) => each(exports, |at, export| match export.kind {
                ComponentExternalKind::Type => self.define(self.type_of(0, export.index), at),
                ComponentExternalKind::Module => Err(unsupported(Shape::ModuleType, at)),
                ComponentExternalKind::Component => Err(unsupported(Shape::NestedComponent, at)),
                _ => Ok(()),
            }),
            Payload::CoreTypeSection(_) => Err(unsupported(Shape::ModuleType, at)),
            Payload::ComponentStartSection { .. } => Err(unsupported(Shape::Start, at)),
            Payload::UnknownSection { .. } => Err(unsupported(Shape::Unknown, at)),
            _ => Err(LoadError::NotAComponent(
                "a component with the section of a core module".into(),
            )),
        }
    }

    /// A type that comes from outside of a component: those of the component's own are counted where they are
    /// defined.
    fn referred(&mut self, ty: ComponentTypeRef, at: usize) -> Result<(), LoadError> {
        match ty {
            ComponentTypeRef::Type(TypeBounds::Eq(index)) => self.define(self.type_of(0, index), at),
            ComponentTypeRef::Type(TypeBounds::SubResource) => self.define(1, at),
            ComponentTypeRef::Func(_) => Ok(()),
            ComponentTypeRef::Module(_) => Err(unsupported(Shape::ModuleType, at)),
            ComponentTypeRef::Value(_) | ComponentTypeRef::Instance(_) | ComponentTypeRef::Component(_) => {
                Err(unsupported(Shape::NestedComponent, at))
            }
        }
    }

    /// How many parts a type has, those of its parts included: the runtime looks at each.
    fn parts(&self, ty: &ComponentType<'_>, at: usize) -> Result<u64, LoadError> {
        let of = |ty: &ComponentValType| match ty {
            ComponentValType::Primitive(_) => 1,
            ComponentValType::Type(index) => self.type_of(0, *index),
        };
        let of_option = |ty: &Option<ComponentValType>| ty.as_ref().map_or(1, of);
        let sum = |parts: &mut dyn Iterator<Item = u64>| parts.fold(1, u64::saturating_add);
        let defined = |ty: &ComponentDefinedType<'_>| match ty {
            ComponentDefinedType::Primitive(_) => 1,
            ComponentDefinedType::Record(fields) => sum(&mut fields.iter().map(|(_, ty)| of(ty))),
            ComponentDefinedType::Variant(cases) => sum(&mut cases.iter().map(|case| of_option(&case.ty))),
            ComponentDefinedType::List(ty) | ComponentDefinedType::Option(ty) => of(ty).saturating_add(1),
            ComponentDefinedType::Tuple(types) => sum(&mut types.iter().map(of)),
            ComponentDefinedType::Flags(names) | ComponentDefinedType::Enum(names) => bytes(names.len()),
            ComponentDefinedType::Result { ok, err } => sum(&mut [ok, err].into_iter().map(of_option)),
            ComponentDefinedType::Own(_) | ComponentDefinedType::Borrow(_) => 1,
            // The validator knows none of these.
            ComponentDefinedType::Map(key, value) => of(key).saturating_add(of(value)),
            ComponentDefinedType::FixedLengthList(ty, length) => of(ty).saturating_mul((*length).into()),
            ComponentDefinedType::Future(ty) | ComponentDefinedType::Stream(ty) => of_option(ty),
        };
        match ty {
            ComponentType::Defined(ty) => Ok(defined(ty)),
            ComponentType::Func(ComponentFuncType { async_: true, .. }) => Err(unsupported(Shape::Asynchronous, at)),
            ComponentType::Func(ty) => {
                let params = ty.params.iter().map(|(_, ty)| of(ty));
                Ok(sum(&mut params.chain([of_option(&ty.result)])))
            }
            ComponentType::Resource { .. } => Ok(1),
            ComponentType::Component(_) | ComponentType::Instance(_) => Err(unsupported(Shape::NestedComponent, at)),
        }
    }

    /// The parts of a type of a component that is so many levels out. One that is not there is refused by the
    /// validator.
    fn type_of(&self, outwards: u32, index: u32) -> u64 {
        let (outwards, index) = (usize::try_from(outwards), usize::try_from(index));
        let level = outwards
            .ok()
            .and_then(|outwards| self.within.iter().rev().nth(outwards));
        match (level, index) {
            (Some(Level::Component(types)), Ok(index)) => types.get(index).copied().unwrap_or(1),
            _ => 1,
        }
    }

    /// The innermost component has one more type.
    fn define(&mut self, parts: u64, at: usize) -> Result<(), LoadError> {
        let (what, limit) = (Quantity::TypeParts, Quantity::TypeParts.limit());
        if parts > limit {
            return Err(LoadError::TooMany { what, at: bytes(at) });
        }
        self.largest = self.largest.max(parts);
        self.count(Quantity::AllTypeParts, parts, at)?;
        if let Some(Level::Component(types)) = self.within.last_mut() {
            types.push(parts);
        }
        Ok(())
    }

    fn table(&mut self, elements: u64, at: usize) -> Result<(), LoadError> {
        self.count(Quantity::Tables, 1, at)?;
        self.count(Quantity::Elements, elements, at)
    }

    fn name(&mut self, name: &str, at: usize) -> Result<(), LoadError> {
        self.count(Quantity::NameBytes, bytes(name.len()), at)
    }

    fn count_all<T>(&mut self, what: Quantity, section: &SectionLimited<'_, T>) -> Result<(), LoadError> {
        self.count(what, section.count().into(), section.range().start)
    }

    fn count(&mut self, what: Quantity, more: u64, at: usize) -> Result<(), LoadError> {
        let counted = self.counted.entry(what).or_default();
        *counted = counted.saturating_add(more);
        if *counted > what.limit() {
            return Err(LoadError::TooMany { what, at: bytes(at) });
        }
        Ok(())
    }
}

fn at_most(what: Quantity, length: usize, at: usize) -> Result<(), LoadError> {
    match bytes(length) <= what.limit() {
        true => Ok(()),
        false => Err(LoadError::TooMany { what, at: bytes(at) }),
    }
}

/// What a function of the canonical ABI needs that no policy does.
fn canonical(function: &CanonicalFunction) -> Option<Shape> {
    match function {
        CanonicalFunction::Lift { options, .. } => options
            .iter()
            .any(|option| matches!(option, CanonicalOption::Async | CanonicalOption::Callback(_)))
            .then_some(Shape::Asynchronous),
        CanonicalFunction::ResourceNew { .. }
        | CanonicalFunction::ResourceDrop { .. }
        | CanonicalFunction::ResourceRep { .. } => None,
        CanonicalFunction::Lower { .. } => Some(Shape::Adapter),
        _ => Some(Shape::BuiltIn),
    }
}

fn each<'a, T: FromReader<'a>>(
    section: &SectionLimited<'a, T>,
    mut take: impl FnMut(usize, T) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    for item in section.clone().into_iter_with_offsets() {
        let (at, item) = item.map_err(not_one)?;
        take(at, item)?;
    }
    Ok(())
}

fn unsupported(shape: Shape, at: usize) -> LoadError {
    LoadError::Unsupported { shape, at: bytes(at) }
}

/// A number of bytes, or of other things, that fits in memory.
pub(super) fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
