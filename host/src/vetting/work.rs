//! How much work it is to compile a component.

use wasmparser::{Payload, SectionLimited};

use super::not_one;
use super::outline::bytes;
use crate::error::LoadError;

/// The most work that compiling a component may be. A unit is about half a nanosecond of one core of a machine of 2020;
/// what each part costs was measured, and is rounded up.
pub const MAX_WORK: u64 = 4_000_000_000;

/// What a function is, whatever is in it, with what leads into and out of it.
pub(super) const FUNCTION: u64 = 600_000;
/// A parameter or a result of a function: it is handed over in three ways.
pub(super) const HANDED_OVER: u64 = 5_000;
/// A local variable.
pub(super) const LOCAL: u64 = 500;

/// An export or an import of a module.
const NAMED: u64 = 2_000;
/// A piece of data: memory is filled with it by code.
const DATA_SEGMENT: u64 = 30_000;
/// A byte of an expression that gives the beginning of something, or of what is put into tables.
const CONSTANT_BYTE: u64 = 10_000;
/// A byte of a function's type.
const TYPE_BYTE: u64 = 1_000;
/// A byte outside of core modules.
const OUTLINE_BYTE: u64 = 1_000;

/// The work so far.
#[derive(Debug, Default)]
pub(super) struct Work {
    units: u64,
    functions: u32,
}

impl Work {
    /// All of it.
    pub(super) const fn done(&self) -> u64 {
        self.units
    }

    /// One more function begins.
    pub(super) const fn begin(&mut self) {
        self.functions = self.functions.saturating_add(1);
    }

    /// So much more work, for what is at that byte.
    ///
    /// # Errors
    /// It is too much.
    pub(super) fn charge(&mut self, units: u64, at: usize) -> Result<(), LoadError> {
        self.units = self.units.saturating_add(units);
        if self.units > MAX_WORK {
            return Err(LoadError::TooMuchWork {
                functions: self.functions,
                at: bytes(at),
            });
        }
        Ok(())
    }

    /// The work of everything but the bodies of functions.
    ///
    /// # Errors
    /// It is too much, or cannot be read.
    pub(super) fn add(&mut self, payload: &Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::TypeSection(types) => self.section(types, 0, TYPE_BYTE),
            Payload::ImportSection(imports) => self.section(imports, NAMED, 0),
            Payload::ExportSection(exports) => self.section(exports, NAMED, 0),
            Payload::TableSection(tables) => self.section(tables, 0, CONSTANT_BYTE),
            Payload::GlobalSection(globals) => self.section(globals, 0, CONSTANT_BYTE),
            Payload::ElementSection(segments) => self.section(segments, 0, CONSTANT_BYTE),
            Payload::DataSection(segments) => {
                for segment in segments.clone().into_iter_with_offsets() {
                    let (at, segment) = segment.map_err(not_one)?;
                    let head = segment.range.len().saturating_sub(segment.data.len());
                    self.charge(
                        DATA_SEGMENT.saturating_add(CONSTANT_BYTE.saturating_mul(bytes(head))),
                        at,
                    )?;
                }
                Ok(())
            }
            Payload::InstanceSection(s) => self.section(s, 0, OUTLINE_BYTE),
            Payload::ComponentInstanceSection(s) => self.section(s, 0, OUTLINE_BYTE),
            Payload::ComponentAliasSection(s) => self.section(s, 0, OUTLINE_BYTE),
            Payload::ComponentTypeSection(s) => self.section(s, 0, OUTLINE_BYTE),
            Payload::ComponentCanonicalSection(s) => self.section(s, 0, OUTLINE_BYTE),
            Payload::ComponentImportSection(s) => self.section(s, 0, OUTLINE_BYTE),
            Payload::ComponentExportSection(s) => self.section(s, 0, OUTLINE_BYTE),
            // Functions are counted as they come; the others cost nothing, or are refused.
            _ => Ok(()),
        }
    }

    fn section<T>(&mut self, section: &SectionLimited<'_, T>, each: u64, byte: u64) -> Result<(), LoadError> {
        let range = section.range();
        let items = u64::from(section.count()).saturating_mul(each);
        self.charge(
            items.saturating_add(bytes(range.len()).saturating_mul(byte)),
            range.start,
        )
    }
}
