//! The engine that policies run in, and what they may use of the process.

use std::fmt;
#[cfg(feature = "rules")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, ProfilingStrategy, Strategy, WasmBacktraceDetails, WasmFeatures,
};

use crate::error::LoadError;
#[cfg(feature = "probe")]
use crate::listener::RawQuestion;
#[cfg(feature = "rules")]
use crate::policy::Compiled;
use crate::vetting::FEATURES;

/// How often the deadline's clock ticks.
const TICK: Duration = Duration::from_millis(100);

/// The longest deadline: about three years.
const MOST_TICKS: u64 = 1_000_000_000;

/// The most native stack that a policy may use, in bytes: a thread of 256 KiB is enough for a recorder.
const WASM_STACK: usize = 128 * 1024;

/// What policies may use. The defaults are what the documentation states and the tests hold.
///
/// ```
/// use gardefou::{Runtime, RuntimeOptions};
/// let runtime = Runtime::with(&RuntimeOptions::default().signal_handlers(true))?;
/// # runtime.shutdown();
/// # Ok::<(), gardefou::LoadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RuntimeOptions {
    signal_handlers: bool,
    deadline: Duration,
    memory: usize,
    fuel: u64,
    #[cfg(feature = "probe")]
    listener: Option<Sender<RawQuestion>>,
}

impl Default for RuntimeOptions {
    fn default() -> Self {
        Self {
            signal_handlers: false,
            deadline: Duration::from_secs(1),
            memory: 32 << 20,
            fuel: 100_000_000,
            #[cfg(feature = "probe")]
            listener: None,
        }
    }
}

impl RuntimeOptions {
    /// Whether bounds are checked by signal handlers (which is faster) instead of explicitly.
    /// Off by default: in the vendor's process the SDK is a guest, and installs no signal handler.
    #[must_use]
    pub const fn signal_handlers(mut self, wanted: bool) -> Self {
        self.signal_handlers = wanted;
        self
    }

    /// How long one question may take, whatever it computes; 1 s by default, in steps of 100 ms. It stands
    /// behind the fuel and ends what the fuel does not see.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How much memory one instance of a policy may have, in bytes; 32 MiB by default.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// How much one question may compute, in units of fuel (about an instruction each); 100,000,000 by
    /// default, three times what the largest question takes at least. The same question ends the same way on a
    /// busy host. A few instructions cost one unit and take longer than others: for a policy that uses them
    /// on purpose it is the deadline that holds.
    #[must_use]
    pub const fn fuel(mut self, units: u64) -> Self {
        self.fuel = units;
        self
    }

    /// Who hears every question before it is put to a policy; nobody by default. What a policy says of itself is no
    /// question. For tests that ask a component elsewhere: nothing else sees titles and addresses.
    #[cfg(feature = "probe")]
    #[must_use]
    pub fn listener(mut self, listener: Sender<RawQuestion>) -> Self {
        self.listener = Some(listener);
        self
    }
}

/// The engine that policies are compiled for and run in. Cheap to clone; one for a process is enough.
///
/// It starts one thread, `gardefou-deadline`, which wakes ten times a second and does nothing but count.
/// [`Runtime::shutdown`] joins it, and so does dropping the last clone. It opens no file and no socket,
/// and installs no signal handler unless [`RuntimeOptions::signal_handlers`] asks for it.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    options: RuntimeOptions,
    down: AtomicBool,
    ticker: Mutex<Option<Ticker>>,
    #[cfg(feature = "rules")]
    template: OnceLock<Compiled>,
}

struct Ticker {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("options", &self.inner.options)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// A runtime with the default options.
    ///
    /// # Errors
    /// When this machine cannot run compiled policies, or no thread can be started.
    pub fn new() -> Result<Self, LoadError> {
        Self::with(&RuntimeOptions::default())
    }

    /// A runtime with these options.
    ///
    /// # Errors
    /// As [`Runtime::new`].
    pub fn with(options: &RuntimeOptions) -> Result<Self, LoadError> {
        let engine = Engine::new(&config(options)).map_err(|e| LoadError::Engine(format!("{e:#}")))?;
        let ticker = Ticker::start(&engine)?;
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                options: options.clone(),
                down: AtomicBool::new(false),
                ticker: Mutex::new(Some(ticker)),
                #[cfg(feature = "rules")]
                template: OnceLock::new(),
            }),
        })
    }

    /// Ends the runtime: joins its thread. Every question that is asked later is a fault, and so is
    /// refused. Blocks for at most a few milliseconds.
    pub fn shutdown(&self) {
        self.inner.down.store(true, Ordering::Release);
        self.inner.stop();
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The compiled template; compiles it the first time.
    #[cfg(feature = "rules")]
    pub(crate) fn template(
        &self,
        compile: impl FnOnce() -> Result<Compiled, LoadError>,
    ) -> Result<Compiled, LoadError> {
        if let Some(template) = self.inner.template.get() {
            return Ok(template.clone());
        }
        let compiled = compile()?;
        Ok(self.inner.template.get_or_init(|| compiled).clone())
    }

    pub(crate) fn is_down(&self) -> bool {
        self.inner.down.load(Ordering::Acquire)
    }

    pub(crate) fn fuel(&self) -> u64 {
        self.inner.options.fuel
    }

    /// Lets the listener hear a question, where there is one.
    #[cfg(feature = "probe")]
    pub(crate) fn hear(&self, function: &'static str, parameters: impl serde::Serialize) {
        if let Some(listener) = &self.inner.options.listener {
            // What could not be written would be null, which is no list; whoever listens no more misses nothing.
            let parameters = serde_json::to_value(parameters).unwrap_or_default();
            let _ = listener.send(RawQuestion { function, parameters });
        }
    }

    pub(crate) fn memory(&self) -> usize {
        self.inner.options.memory
    }

    /// The deadline in ticks, one more than its length so that it is never cut short.
    pub(crate) fn deadline_ticks(&self) -> u64 {
        let ticks = self.inner.options.deadline.as_millis().div_ceil(TICK.as_millis());
        u64::try_from(ticks)
            .unwrap_or(MOST_TICKS)
            .min(MOST_TICKS)
            .saturating_add(1)
    }
}

impl Inner {
    fn stop(&self) {
        let ticker = self.ticker.lock().ok().and_then(|mut t| t.take());
        if let Some(Ticker { stop, thread }) = ticker {
            drop(stop);
            // The thread only counts: it cannot have panicked, and there is nobody to tell.
            let _ = thread.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Ticker {
    fn start(engine: &Engine) -> Result<Self, LoadError> {
        let (stop, stopped) = channel::<()>();
        let engine = engine.clone();
        let thread = std::thread::Builder::new()
            .name("gardefou-deadline".into())
            .stack_size(64 * 1024)
            .spawn(move || {
                while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    engine.increment_epoch();
                }
            })
            .map_err(|e| LoadError::Engine(format!("the thread of the deadline cannot be started: {e}")))?;
        Ok(Self { stop, thread })
    }
}

fn config(options: &RuntimeOptions) -> Config {
    let mut config = Config::new();
    config
        // What another crate's features of the runtime would turn on, and what an environment variable would, is off:
        // a policy is the same in every process. One cannot be set without the feature: compiling on several threads.
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(FEATURES, true)
        .concurrency_support(false)
        .strategy(Strategy::Cranelift)
        .allocation_strategy(InstanceAllocationStrategy::OnDemand)
        .profiler(ProfilingStrategy::None)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(None)
        .debug_info(false)
        .debug_symbols(false)
        .generate_address_map(false)
        .cranelift_debug_verifier(false)
        .shared_memory(false)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(WASM_STACK)
        // The same question has the same answer on every host: no operation whose result the host may choose.
        .cranelift_nan_canonicalization(true)
        // An image of a component's memory would be an open file.
        .memory_init_cow(false)
        .signals_based_traps(options.signal_handlers)
        // Room for one instance's limit, so that its memory never moves; 2,000 sessions are 64 GiB of
        // addresses, and of memory only what each has touched.
        .memory_reservation(u64::try_from(options.memory).unwrap_or(u64::MAX))
        .memory_reservation_for_growth(0)
        .memory_guard_size(if options.signal_handlers { 64 * 1024 } else { 0 });
    config
}
