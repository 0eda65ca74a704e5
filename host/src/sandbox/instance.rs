//! One instance of a policy, and the questions that it can be asked.

use std::sync::Arc;

use gardefou_policy::facts::{Access, AppIdentity, Moment, Segment, SessionFacts, Window};
use gardefou_policy::frame::Ruling;
use gardefou_policy::notes::Description;
use gardefou_policy::order;
use gardefou_policy::regions::is_canonical;
use gardefou_policy::types::{
    Action, Artefact, Disposition, Lease, Obligations, Reason, Rect, Refusal, Span, Terms, Timestamp, WindowKind,
};
use wasmtime::component::InstancePre;
use wasmtime::component::ResourceAny;
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder, Trap};

use super::contract::{self, capture};
use super::exports::{Exports, Functions};
use crate::error::{FaultKind, LoadError};
use crate::runtime::Runtime;

/// The most rectangles in an answer: no valid question has more.
const MAX_RECTANGLES: usize = 131_072;

/// The most data that one answer may make the host copy, in bytes: a description with every note takes
/// a hundredth of it.
const MAX_COPIED: usize = 4 << 20;

/// Reading the rules of the largest document takes longer than a question, and happens off the frame path.
const CONFIGURE_FUEL_FACTOR: u64 = 10;

/// Lets a listener hear a question before it is put.
macro_rules! heard {
    ($instance:expr, $function:literal, $parameters:expr) => {
        #[cfg(feature = "probe")]
        $instance.runtime.hear($function, $parameters);
    };
}

/// What an instance may have.
pub(crate) struct Guard {
    limits: StoreLimits,
    /// The fuel that the question asked last was given.
    fuel: u64,
}

/// An instance of a policy. It belongs to one thread at a time. After a fault it is never asked again.
pub(crate) struct Instance {
    store: Store<Guard>,
    functions: Functions,
    runtime: Runtime,
    session: Option<ResourceAny>,
    windows: Arc<Vec<capture::Window>>,
}

/// An answer about a frame; its regions are written beside it.
pub(crate) type Verdict = Ruling;

impl Instance {
    pub(crate) fn new(runtime: &Runtime, pre: &InstancePre<Guard>, exports: &Exports) -> Result<Self, Unfit> {
        let limits = StoreLimitsBuilder::new()
            .memory_size(runtime.memory())
            .table_elements(10_000)
            .instances(16)
            .tables(16)
            .memories(4)
            .trap_on_grow_failure(true)
            .build();
        let mut store = Store::new(runtime.engine(), Guard { limits, fuel: 0 });
        store.limiter(|guard| &mut guard.limits);
        store.set_hostcall_fuel(MAX_COPIED);
        prepare(&mut store, runtime, 1)?;
        let instance = pre.instantiate(&mut store).map_err(|e| not_made(&e))?;
        let functions = exports.functions(&mut store, &instance).map_err(Unfit::Type)?;
        Ok(Self {
            store,
            functions,
            runtime: runtime.clone(),
            session: None,
            windows: Arc::default(),
        })
    }

    /// How much fuel the question asked last took, and of how much.
    #[cfg(feature = "probe")]
    pub(crate) fn spent(&self) -> (u64, u64) {
        let given = self.store.data().fuel;
        (given.saturating_sub(self.store.get_fuel().unwrap_or(0)), given)
    }

    /// Gives the template its rules. `None` when the policy takes none.
    pub(crate) fn configure(&mut self, rules: &[u8]) -> Result<Option<Result<(), String>>, FaultKind> {
        prepare(&mut self.store, &self.runtime, CONFIGURE_FUEL_FACTOR)?;
        let Some(configure) = &self.functions.configure else {
            return Ok(None);
        };
        let (taken,) = configure
            .call(&mut self.store, (rules.to_vec(),))
            .map_err(|e| fault(&e))?;
        Ok(Some(taken))
    }

    pub(crate) fn describe(&mut self) -> Result<Description, FaultKind> {
        prepare(&mut self.store, &self.runtime, 1)?;
        let (told,) = self
            .functions
            .describe
            .call(&mut self.store, ())
            .map_err(|e| fault(&e))?;
        Ok(contract::description(told))
    }

    pub(crate) fn terms_of(&mut self, programme: &str) -> Result<Option<Terms>, FaultKind> {
        prepare(&mut self.store, &self.runtime, 1)?;
        heard!(self, "terms-of", (programme,));
        let (terms,) = self
            .functions
            .terms_of
            .call(&mut self.store, (programme.to_owned(),))
            .map_err(|e| fault(&e))?;
        let terms = terms.as_ref().map(contract::terms);
        if terms.as_ref().is_some_and(counts_nothing) {
            return Err(FaultKind::Nonsense("terms that count over no time at all"));
        }
        Ok(terms)
    }

    /// Opens the session that the later questions are about.
    pub(crate) fn open(&mut self, facts: &SessionFacts, at: Timestamp) -> Result<Result<(), Refusal>, FaultKind> {
        prepare(&mut self.store, &self.runtime, 1)?;
        let question = (contract::session_facts(facts), at.as_millis());
        heard!(self, "open", &question);
        let (opened,) = self
            .functions
            .open
            .call(&mut self.store, question)
            .map_err(|e| fault(&e))?;
        match opened {
            Ok(session) => {
                self.session = Some(session);
                Ok(Ok(()))
            }
            Err(why) => Ok(Err(refusal(&why)?)),
        }
    }

    /// Ends the session that is open, so that the policy gives back what it held for it.
    #[cfg(feature = "probe")]
    pub(crate) fn close(&mut self) -> Result<(), FaultKind> {
        let Some(session) = self.session.take() else {
            return Ok(());
        };
        prepare(&mut self.store, &self.runtime, 1)?;
        session.resource_drop(&mut self.store).map_err(|e| fault(&e))
    }

    pub(crate) fn classify(&mut self, app: &AppIdentity) -> Result<WindowKind, FaultKind> {
        let session = self.session.ok_or(FaultKind::Nonsense("a session that is not open"))?;
        prepare(&mut self.store, &self.runtime, 1)?;
        let question = (session, contract::app_identity(app));
        heard!(self, "classify", (&question.1,));
        let (kind,) = self
            .functions
            .classify
            .call(&mut self.store, question)
            .map_err(|e| fault(&e))?;
        Ok(contract::kind(kind))
    }

    /// Asks about a frame; writes the regions to keep into `keep`.
    pub(crate) fn decide(
        &mut self,
        moment: &Moment,
        width: u32,
        height: u32,
        windows: impl Iterator<Item = Window>,
        keep: &mut Vec<Rect>,
    ) -> Result<Verdict, FaultKind> {
        keep.clear();
        let session = self.session.ok_or(FaultKind::Nonsense("a session that is not open"))?;
        prepare(&mut self.store, &self.runtime, 1)?;
        // The clone that a call takes is gone when it returns, so this list is this instance's alone.
        let list = Arc::make_mut(&mut self.windows);
        list.clear();
        list.extend(windows.map(|w| contract::window(&w)));
        let question = (
            session,
            contract::moment(moment),
            width,
            height,
            Arc::clone(&self.windows),
        );
        heard!(self, "decide", (&question.1, width, height, &*self.windows));
        let (told,) = self
            .functions
            .decide
            .call(&mut self.store, question)
            .map_err(|e| fault(&e))?;
        checked(&told, moment.at, width, height, keep)
    }

    pub(crate) fn review(&mut self, segment: &Segment) -> Result<Disposition, FaultKind> {
        prepare(&mut self.store, &self.runtime, 1)?;
        let question = (contract::segment(segment),);
        heard!(self, "review", &question);
        let (told,) = self
            .functions
            .review
            .call(&mut self.store, question)
            .map_err(|e| fault(&e))?;
        let whole = Span {
            start: segment.started_at,
            end: segment.ended_at,
        };
        match contract::disposition(&told) {
            Disposition::Trim(part) if part.is_empty() || part.intersection(whole) != part => {
                Err(FaultKind::Nonsense("a part that is not within its segment"))
            }
            Disposition::Discard(why) if !may_refuse(why.reason) => {
                Err(FaultKind::Nonsense("a discard without a reason that a policy may give"))
            }
            sound => Ok(sound),
        }
    }

    pub(crate) fn authorise(&mut self, access: &Access) -> Result<Result<Obligations, Refusal>, FaultKind> {
        prepare(&mut self.store, &self.runtime, 1)?;
        let question = (contract::access(access),);
        heard!(self, "authorise", &question);
        let (told,) = self
            .functions
            .authorise
            .call(&mut self.store, question)
            .map_err(|e| fault(&e))?;
        match told.map(contract::obligations) {
            Ok(obligations) if !obligations.journal => Err(FaultKind::Nonsense(
                "an access that is allowed without the obligation to journal it",
            )),
            Ok(obligations) => Ok(Ok(obligations)),
            Err(why) => Ok(Err(refusal(&why)?)),
        }
    }

    pub(crate) fn keep_until(
        &mut self,
        artefact: Artefact,
        collected_at: Timestamp,
        programme: &str,
    ) -> Result<Timestamp, FaultKind> {
        prepare(&mut self.store, &self.runtime, 1)?;
        let question = (
            contract::artefact(artefact),
            collected_at.as_millis(),
            programme.to_owned(),
        );
        heard!(self, "keep-until", &question);
        let (until,) = self
            .functions
            .keep_until
            .call(&mut self.store, question)
            .map_err(|e| fault(&e))?;
        let until = Timestamp::from_millis(until);
        if until < collected_at {
            return Err(FaultKind::Nonsense("a time that was over before it began"));
        }
        Ok(until)
    }
}

/// A verdict that the contract knows: holds an answer against the question, and takes over its regions.
fn checked(
    told: &capture::Verdict,
    at: Timestamp,
    width: u32,
    height: u32,
    keep: &mut Vec<Rect>,
) -> Result<Verdict, FaultKind> {
    let nonsense = |what| Err(FaultKind::Nonsense(what));
    let reason = Reason(told.reason);
    let until = Timestamp::from_millis(told.holds_for.until);
    if until < at {
        return nonsense("a verdict that held only before it was asked for");
    }
    let action = match &told.action {
        capture::Action::Keep(_) if reason != Reason::PERMITTED => {
            return nonsense("a frame to keep, with a reason not to");
        }
        capture::Action::Keep(regions) if regions.len() > MAX_RECTANGLES => {
            return nonsense("more rectangles than any surface needs");
        }
        capture::Action::Keep(regions) => {
            keep.extend(regions.iter().map(contract::plain_rect));
            if keep.is_empty() || !is_canonical(keep, width, height) {
                return nonsense("regions to keep that are none, not on the surface, or not in their canonical form");
            }
            Action::Keep
        }
        capture::Action::Skip => Action::Skip,
        capture::Action::Stop => Action::Stop,
    };
    if action != Action::Keep && !may_refuse(reason) {
        return nonsense("a refusal without a reason that a policy may give");
    }
    Ok(Ruling {
        action,
        reason,
        detail: told.detail,
        lease: Lease {
            until,
            budget: told.holds_for.budget,
        },
    })
}

/// Why there is no instance.
pub(crate) enum Unfit {
    Fault(FaultKind),
    Type(LoadError),
}

impl From<FaultKind> for Unfit {
    fn from(kind: FaultKind) -> Self {
        Self::Fault(kind)
    }
}

/// Gives the next question its whole budget.
fn prepare(store: &mut Store<Guard>, runtime: &Runtime, factor: u64) -> Result<(), FaultKind> {
    if runtime.is_down() {
        return Err(FaultKind::ShutDown);
    }
    let fuel = runtime.fuel().saturating_mul(factor);
    store.set_fuel(fuel).map_err(|e| fault(&e))?;
    store.data_mut().fuel = fuel;
    store.set_epoch_deadline(runtime.deadline_ticks());
    Ok(())
}

/// Some are given by hosts only, and nobody is refused because it is permitted.
fn may_refuse(reason: Reason) -> bool {
    reason != Reason::PERMITTED && !order::HOST.contains(&reason)
}

/// In a period of no time nothing is counted, and no cap is ever reached.
const fn counts_nothing(terms: &Terms) -> bool {
    terms.employee_cap.per == 0 || terms.programme_cap.per == 0 || terms.sampling_period == 0
}

fn refusal(why: &capture::Refusal) -> Result<Refusal, FaultKind> {
    let why = contract::refusal(why);
    if may_refuse(why.reason) {
        Ok(why)
    } else {
        Err(FaultKind::Nonsense("a refusal without a reason that a policy may give"))
    }
}

/// Why there is no instance: its code ended in a fault, or it begins with more memory or larger tables than
/// an instance may have.
fn not_made(error: &wasmtime::Error) -> FaultKind {
    match error.downcast_ref::<Trap>() {
        Some(_) => fault(error),
        None => FaultKind::OutOfMemory,
    }
}

/// What the runtime says, in the terms of whoever must mend the policy. Backtraces are left out: they
/// name functions of a component that the reader did not write.
fn fault(error: &wasmtime::Error) -> FaultKind {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => FaultKind::OutOfFuel,
        Some(Trap::Interrupt) => FaultKind::Deadline,
        Some(Trap::StackOverflow) => FaultKind::StackOverflow,
        Some(trap) => FaultKind::Trap(trap.to_string()),
        None if error.root_cause().to_string().contains("growing memory") => FaultKind::OutOfMemory,
        None => FaultKind::Nonsense("what the contract's types do not allow, or more than any answer holds"),
    }
}
