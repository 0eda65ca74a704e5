//! What a component is made of, looked through once before it is compiled: its shape is one that the contract needs,
//! and compiling it is work that was bounded beforehand.
//!
//! A compiler takes more than linear time and memory for some inputs, and a panic in it is not impossible. So what
//! it is given is validated here first, counted, and refused where it is more than a policy needs.

mod function;
mod limits;
mod locals;
mod outline;
mod shape;
mod work;

use wasmparser::{FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator, WasmFeatures};

pub use limits::Quantity;
pub use shape::Shape;
pub use work::MAX_WORK;

use crate::error::LoadError;
use outline::Outline;
use work::Work;

/// The parts of WebAssembly that a policy may use: the first version, what compilers have used by default since, and
/// components. No threads, no vectors, no garbage collection, no exceptions, no second memory, no tail calls, nothing
/// asynchronous. The engine is set to the same.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::COMPONENT_MODEL);

/// Fails when a component imports anything: whatever else is wrong with it, that says how it was built.
///
/// # Errors
/// It imports something, or cannot be read.
pub(crate) fn check_imports(bytes: &[u8]) -> Result<(), LoadError> {
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(not_one)? {
            Payload::Version { .. } => depth = depth.saturating_add(1),
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 1 => {
                if let Some(import) = imports.into_iter().next() {
                    let name = import.map_err(not_one)?.name.name.to_owned();
                    return Err(LoadError::Imports { name });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Looks through a component, and gives how much work it is to compile: at most [`MAX_WORK`].
///
/// # Errors
/// It is none, has a shape that no policy needs, or would be too much work.
pub(crate) fn vet(bytes: &[u8]) -> Result<u64, LoadError> {
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    let mut validator = Validator::new_with_features(FEATURES);
    let (mut outline, mut work) = (Outline::default(), Work::default());
    let mut allocations = FuncValidatorAllocations::default();
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(not_one)?;
        // Counted before it is validated: validating is work too.
        outline.add(&payload)?;
        work.add(&payload)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(not_one)? {
            allocations = function::add(&mut work, function.into_validator(allocations), &body)?;
        }
    }
    Ok(work.done())
}

fn not_one(error: wasmparser::BinaryReaderError) -> LoadError {
    LoadError::NotAComponent(error.to_string())
}
