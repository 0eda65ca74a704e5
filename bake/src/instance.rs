//! The template in the sandbox: given its rules, then read out.

use std::collections::HashSet;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wasmtime::component::{Component, Instance, Lift, Linker, WasmList};
use wasmtime::{Config, Engine, Store};
use wasmtime_wizer::ComponentInstanceState;

use crate::error::BakeError;

/// What the export that takes the rules is called while they are given.
pub(crate) const INITIALISER: &str = "set-rules";

/// An engine for the template, which is ours: it needs no budget, only a bounded document.
pub(crate) fn engine() -> Result<Engine, BakeError> {
    let mut config = Config::new();
    config.wasm_component_model(true);
    // Whoever embeds this is not given signal handlers.
    config.signals_based_traps(false);
    Engine::new(&config).map_err(|e| BakeError::snapshot(&e))
}

/// So many zeros, at most, are kept in a segment of the memory rather than between two, in bytes. A runtime
/// that maps no images compiles code for each segment and runs it in each instance: ten thousand small ones
/// take seconds, a few large ones nothing.
const GAP: usize = 4096;

/// An instance that was given its rules.
pub(crate) struct Ruled {
    store: Store<()>,
    instance: Instance,
    /// The memories that were read once.
    measured: HashSet<String>,
    failure: Option<wasmtime::Error>,
}

impl Ruled {
    /// Starts the component and gives it these rules, in their compact form.
    pub(crate) fn new(engine: &Engine, component: &Component, rules: Vec<u8>) -> Result<Self, BakeError> {
        let failed = |e: wasmtime::Error| BakeError::snapshot(&e);
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, component).map_err(failed)?;
        let configure = instance
            .get_typed_func::<(Vec<u8>,), (Result<(), String>,)>(&mut store, INITIALISER)
            .map_err(failed)?;
        let (taken,) = configure.call(&mut store, (rules,)).map_err(failed)?;
        taken.map_err(BakeError::NotTaken)?;
        Ok(Self {
            store,
            instance,
            measured: HashSet::new(),
            failure: None,
        })
    }

    /// What kept the state from being read, if anything did.
    pub(crate) fn failure(self) -> Option<wasmtime::Error> {
        self.failure
    }

    /// What this accessor of the instrumented component gives.
    fn ask<R: Lift + 'static>(&mut self, interface: &str, function: &str) -> wasmtime::Result<R> {
        let missing = || wasmtime::Error::msg("an accessor is missing");
        let Self { store, instance, .. } = self;
        let interface = instance
            .get_export_index(&mut *store, None, interface)
            .ok_or_else(missing)?;
        let function = instance
            .get_export_index(&mut *store, Some(&interface), function)
            .ok_or_else(missing)?;
        let function = instance.get_typed_func::<(), (R,)>(&mut *store, function)?;
        let (given,) = function.call(&mut *store, ())?;
        Ok(given)
    }

    /// The same, for a state that has no room for errors: the first is kept, and nothing is baked then.
    fn ask_or<R: Lift + 'static>(&mut self, interface: &str, function: &str, otherwise: R) -> R {
        self.ask(interface, function).unwrap_or_else(|error| {
            self.failure.get_or_insert(error);
            otherwise
        })
    }
}

impl ComponentInstanceState for Ruled {
    async fn call_func_ret_list_u8(&mut self, instance: &str, func: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.ask::<WasmList<u8>>(instance, func) {
            // The snapshot reads a memory twice: first for where its segments lie, then for what is in them.
            Ok(memory) if self.measured.insert(func.to_owned()) => {
                contents(&without_gaps(memory.as_le_slice(&self.store)));
            }
            Ok(memory) => contents(memory.as_le_slice(&self.store)),
            Err(error) => {
                self.failure.get_or_insert(error);
                contents(&[]);
            }
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.ask_or(instance, func, 0)
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.ask_or(instance, func, 0)
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.ask_or(instance, func, 0.0f32).to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.ask_or(instance, func, 0.0f64).to_bits()
    }
}

/// The memory, its short runs of zeros between other bytes filled, so that they end no segment.
fn without_gaps(memory: &[u8]) -> Vec<u8> {
    let mut filled = memory.to_vec();
    let mut last: Option<usize> = None;
    for (at, _) in memory.iter().enumerate().filter(|(_, byte)| **byte != 0) {
        let near = last.filter(|last| at - last <= GAP + 1);
        if let Some(gap) = near.and_then(|last| filled.get_mut(last + 1..at)) {
            gap.fill(1);
        }
        last = Some(at);
    }
    filled
}

/// What a future gives that never waits for anything: every answer above is there at once.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(given) => Some(given),
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_runs_of_zeros_end_no_segment() {
        assert_eq!(without_gaps(&[0, 2, 0, 0, 3, 0]), [0, 2, 1, 1, 3, 0]);
        let mut memory = vec![0; GAP + 3];
        memory[0] = 5;
        memory[GAP + 2] = 5;
        assert_eq!(without_gaps(&memory), memory);
        memory[GAP + 1] = 6;
        assert!(without_gaps(&memory).iter().all(|byte| *byte != 0));
        assert_eq!(without_gaps(&[]), [0; 0]);
    }
}
