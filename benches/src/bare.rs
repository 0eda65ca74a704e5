//! Components asked without the SDK around them: an empty call, and the policy alone.
#![expect(
    missing_debug_implementations,
    reason = "stores and functions of the runtime have none"
)]

use std::sync::Arc;

use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::types::{Answer, WindowKind};
use gardefou_tests::fixture;
use wasmtime::component::{Component, Linker, ResourceAny, TypedFunc};
use wasmtime::{Config, Engine, Store};

mod bindings {
    wasmtime::component::bindgen!({ path: "../wit/1.0", world: "policy-template" });
}

use bindings::exports::gardefou::policy::capture;

/// What goes wrong here stops the benchmark.
pub type Failure = Box<dyn std::error::Error>;

/// Fuel for one call; as much as the SDK gives.
const FUEL: u64 = 20_000_000;

/// An engine with the SDK's bounds: fuel, a deadline, no signal handlers.
fn engine() -> Result<Engine, Failure> {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .signals_based_traps(false)
        .memory_guard_size(0);
    Ok(Engine::new(&config)?)
}

/// A component whose one function does nothing.
pub struct Empty {
    store: Store<()>,
    nothing: TypedFunc<(), ()>,
}

/// Nothing, in the text format.
const NOTHING: &str = r#"
(component
  (core module $m (func (export "nothing")))
  (core instance $i (instantiate $m))
  (func (export "nothing") (canon lift (core func $i "nothing"))))
"#;

impl Empty {
    /// Makes an instance.
    ///
    /// # Errors
    /// When the runtime does not take it.
    pub fn new() -> Result<Self, Failure> {
        let engine = engine()?;
        let component = Component::from_binary(&engine, &wat::parse_str(NOTHING)?)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(FUEL)?;
        store.set_epoch_deadline(10);
        let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
        let nothing = instance.get_typed_func(&mut store, "nothing")?;
        Ok(Self { store, nothing })
    }

    /// One call, with its fuel and its deadline.
    ///
    /// # Errors
    /// When the runtime ends it.
    pub fn call(&mut self) -> Result<(), Failure> {
        self.store.set_fuel(FUEL)?;
        self.store.set_epoch_deadline(10);
        Ok(self.nothing.call(&mut self.store, ())?)
    }
}

/// The question about a frame, as the SDK asks it.
type Decide = TypedFunc<(ResourceAny, capture::Moment, u32, u32, Arc<Vec<capture::Window>>), (capture::Verdict,)>;

/// The policy component, asked through a function that is written by hand.
pub struct Alone {
    store: Store<()>,
    decide: Decide,
    session: ResourceAny,
    windows: Arc<Vec<capture::Window>>,
}

impl Alone {
    /// An instance with the fixture's rules and an open session, and the windows of the question.
    ///
    /// # Errors
    /// When the component does not load, or refuses.
    pub fn new(component: &[u8], windows: &[Window]) -> Result<Self, Failure> {
        let engine = engine()?;
        let component = Component::from_binary(&engine, component)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(FUEL * 100)?;
        store.set_epoch_deadline(10);
        let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
        let policy = bindings::PolicyTemplate::new(&mut store, &instance)?;
        policy.call_configure(&mut store, &fixture::rules().encode()?)??;
        let capture = policy.gardefou_policy_capture();
        let at = fixture::NOW.as_millis();
        let session = capture.session().call_open(&mut store, &facts(), at)?;
        let session = session.map_err(|why| format!("the session was refused: {why:?}"))?;
        let interface = instance.get_export_index(&mut store, None, "gardefou:policy/capture@1.0.0");
        let decide = instance.get_export_index(&mut store, interface.as_ref(), "[method]session.decide");
        let decide = instance.get_typed_func(&mut store, decide.ok_or("no function to decide")?)?;
        Ok(Self {
            store,
            decide,
            session,
            windows: Arc::new(windows.iter().map(window).collect()),
        })
    }

    /// One question; answers how many rectangles are kept.
    ///
    /// # Errors
    /// When the runtime ends it.
    pub fn ask(&mut self, moment: &Moment, width: u32, height: u32) -> Result<usize, Failure> {
        self.store.set_fuel(FUEL)?;
        self.store.set_epoch_deadline(10);
        let question = (self.session, told(moment), width, height, Arc::clone(&self.windows));
        let (verdict,) = self.decide.call(&mut self.store, question)?;
        Ok(match verdict.action {
            capture::Action::Keep(regions) => regions.len(),
            capture::Action::Skip | capture::Action::Stop => 0,
        })
    }
}

fn facts() -> capture::SessionFacts {
    let facts = fixture::facts();
    capture::SessionFacts {
        session: facts.session,
        employee: facts.employee,
        programme: facts.programme,
        purpose: capture::Purpose::Training,
        mode: capture::CaptureMode::ScreenVideo,
        frame_interval: facts.frame_interval,
        employee_notice: facts.employee_notice.map(|n| capture::Notice {
            version: n.version,
            given_at: n.given_at.as_millis(),
        }),
        employee_objected: answer(facts.employee_objected),
        enrolled_at: facts.enrolled_at.map(gardefou::Timestamp::as_millis),
        protected_line: answer(facts.protected_line),
        calls: facts.calls.map(|calls| capture::Calls {
            offered: calls.offered,
            recorded: calls.recorded,
        }),
        extra: facts.extra,
    }
}

const fn answer(answer: Answer) -> capture::Answer {
    match answer {
        Answer::Unknown => capture::Answer::Unknown,
        Answer::No => capture::Answer::No,
        Answer::Yes => capture::Answer::Yes,
    }
}

fn told(moment: &Moment) -> capture::Moment {
    capture::Moment {
        at: moment.at.as_millis(),
        facts_from: moment.facts_from.as_millis(),
        facts_to: moment.facts_to.as_millis(),
        gap: moment.gap,
        phase: capture::CallPhase::Connected,
        known: moment.known.0,
        holds: moment.holds.0,
        usage: moment.usage.map(|usage| capture::Usage {
            employee_used: usage.employee_used,
            programme_used: usage.programme_used,
            unreviewed: usage.unreviewed,
        }),
    }
}

fn window(window: &Window) -> capture::Window {
    let rect = |r: gardefou::Rect| capture::Rect {
        x: r.x,
        y: r.y,
        width: r.width,
        height: r.height,
    };
    capture::Window {
        kind: match window.kind {
            WindowKind::Training => capture::WindowKind::Training,
            WindowKind::Other => capture::WindowKind::Other,
        },
        inner: rect(window.inner),
        outer: rect(window.outer),
    }
}
