//! One policy, asked raw questions.

use std::fmt;

use gardefou_policy::facts::{Access, AppIdentity, Moment, Segment, SessionFacts, Window};
use gardefou_policy::frame::Ruling;
use gardefou_policy::types::{Artefact, Disposition, Obligations, Rect, Refusal, Terms, Timestamp, WindowKind};

use crate::error::{Fault, FaultKind, LoadError};
use crate::policy::Policy;
use crate::sandbox::Instance;
use crate::vetting;

/// How much work it is to compile a component, in the units of [`MAX_WORK`](crate::MAX_WORK). Nothing is compiled.
///
/// # Errors
/// It would not be compiled.
pub fn work(component: &[u8]) -> Result<u64, LoadError> {
    vetting::vet(component)
}

/// One policy, asked alone and **without the floor**: what tools look at that hold policies against each
/// other. It guards nothing. A recorder opens sessions through a [`PolicyHandle`](crate::PolicyHandle).
///
/// Every answer is checked as in a session: nonsense is a [`Fault`]. After a fault the next question goes to
/// a fresh instance, in which no session is open.
///
/// ```
/// use gardefou::{Policy, Probe, Reason, Runtime, SessionFacts, Source, Timestamp};
/// let runtime = Runtime::new()?;
/// let policy = Policy::load(&runtime, Source::Rules(include_str!("../../rules/example.toml")))?;
/// let mut probe = Probe::new(&policy);
/// let refusal = probe.open(&SessionFacts::default(), Timestamp::MIN)?.unwrap_err();
/// assert_eq!(refusal.reason, Reason::INVALID_FACTS);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Probe {
    policy: Policy,
    instance: Option<Instance>,
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl Probe {
    /// Asks this policy.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            policy: policy.clone(),
            instance: None,
        }
    }

    /// How much fuel the question asked last took, and of how much, in the units of
    /// [`RuntimeOptions::fuel`](crate::RuntimeOptions::fuel). `None` before the first question, and after a fault.
    #[must_use]
    pub fn spent(&self) -> Option<(u64, u64)> {
        self.instance.as_ref().map(Instance::spent)
    }

    /// Opens the session that [`Probe::classify`] and [`Probe::frame`] are about, and closes the one before.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn open(&mut self, facts: &SessionFacts, at: Timestamp) -> Result<Result<(), Refusal>, Fault> {
        self.ask(|instance| {
            instance.close()?;
            instance.open(facts, at)
        })
    }

    /// What a window is to the programme of the session that is open.
    ///
    /// # Errors
    /// When the policy misbehaves, or no session is open.
    pub fn classify(&mut self, app: &AppIdentity) -> Result<WindowKind, Fault> {
        self.ask(|instance| instance.classify(app))
    }

    /// What of a frame of the session that is open; writes the regions to keep into `keep`.
    ///
    /// # Errors
    /// When the policy misbehaves, or no session is open.
    pub fn frame(
        &mut self,
        moment: &Moment,
        (width, height): (u32, u32),
        windows: &[Window],
        keep: &mut Vec<Rect>,
    ) -> Result<Ruling, Fault> {
        self.ask(|instance| instance.decide(moment, width, height, windows.iter().copied(), keep))
    }

    /// What becomes of a segment.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn review(&mut self, segment: &Segment) -> Result<Disposition, Fault> {
        self.ask(|instance| instance.review(segment))
    }

    /// Whether somebody may do something with what is kept.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn authorise(&mut self, access: &Access) -> Result<Result<Obligations, Refusal>, Fault> {
        self.ask(|instance| instance.authorise(access))
    }

    /// The first instant at which an artefact must be gone.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn keep_until(
        &mut self,
        artefact: Artefact,
        collected_at: Timestamp,
        programme: &str,
    ) -> Result<Timestamp, Fault> {
        self.ask(|instance| instance.keep_until(artefact, collected_at, programme))
    }

    /// What a host must count and bound for a programme; `None` for one that the policy does not know.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn terms_of(&mut self, programme: &str) -> Result<Option<Terms>, Fault> {
        self.ask(|instance| instance.terms_of(programme))
    }

    /// Asks the instance at hand, or a fresh one; after a fault it is gone.
    fn ask<T>(&mut self, question: impl FnOnce(&mut Instance) -> Result<T, FaultKind>) -> Result<T, Fault> {
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => self.policy.instance()?,
        };
        let told = question(&mut instance).map_err(|kind| self.policy.fault(kind))?;
        self.instance = Some(instance);
        Ok(told)
    }
}
