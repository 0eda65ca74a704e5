//! A policy alone, asked one question at a time: for tools that compare and verify policies.
//!
//! This is not the guardrail. No floor stands under a probe, nothing is counted, and no answer of it lets a
//! frame reach an encoder. A recorder opens a [`Session`](crate::Session).

use std::fmt;

use gardefou_policy::facts::{Access, AppIdentity, Moment, Segment, SessionFacts, Window};
use gardefou_policy::types::{Action, Artefact, Disposition, Obligations, Rect, Refusal, Terms, Timestamp, WindowKind};

use crate::error::{Fault, FaultKind};
use crate::policy::Policy;
use crate::sandbox::Instance;

/// One policy in its sandbox. After a fault the next question goes to a fresh instance, in which no session
/// is open.
///
/// ```
/// use gardefou::probe::Probe;
/// use gardefou::{Policy, Runtime, SessionFacts, Source, Timestamp};
/// let runtime = Runtime::new()?;
/// let policy = Policy::load(&runtime, Source::Rules(include_str!("../../rules/example.toml")))?;
/// let mut probe = Probe::new(policy)?;
/// let refused = probe.open(&SessionFacts::default(), Timestamp::from_millis(0))?;
/// assert!(refused.is_err(), "nothing is known of this session");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Probe {
    policy: Policy,
    instance: Option<Instance>,
    keep: Vec<Rect>,
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl Probe {
    /// Starts the policy.
    ///
    /// # Errors
    /// When it misbehaves already.
    pub fn new(policy: Policy) -> Result<Self, Fault> {
        Ok(Self {
            instance: Some(policy.instance()?),
            policy,
            keep: Vec::new(),
        })
    }

    /// The policy that is asked.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether a session may open. The later questions about windows and frames are about it.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn open(&mut self, facts: &SessionFacts, at: Timestamp) -> Result<Result<(), Refusal>, Fault> {
        self.ask(|instance| {
            instance.close()?;
            instance.open(facts, at)
        })
    }

    /// What a window is to the open session.
    ///
    /// # Errors
    /// When the policy misbehaves, or no session is open.
    pub fn classify(&mut self, app: &AppIdentity) -> Result<WindowKind, Fault> {
        self.ask(|instance| instance.classify(app))
    }

    /// What becomes of a frame of the open session: the action, why, and the regions to keep.
    ///
    /// # Errors
    /// When the policy misbehaves, or no session is open.
    pub fn frame(
        &mut self,
        moment: &Moment,
        (width, height): (u32, u32),
        windows: &[Window],
    ) -> Result<(Action, Refusal, &[Rect]), Fault> {
        let mut keep = std::mem::take(&mut self.keep);
        let told = self.ask(|instance| instance.decide(moment, width, height, windows.iter().copied(), &mut keep));
        self.keep = keep;
        told.map(|verdict| {
            (
                verdict.action,
                Refusal::noted(verdict.reason, verdict.detail),
                &*self.keep,
            )
        })
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

    /// Until when something may be kept.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn keep_until(&mut self, what: Artefact, collected_at: Timestamp, programme: &str) -> Result<Timestamp, Fault> {
        self.ask(|instance| instance.keep_until(what, collected_at, programme))
    }

    /// What a host must count and bound under a programme; `None` where the policy does not know it.
    ///
    /// # Errors
    /// When the policy misbehaves.
    pub fn terms_of(&mut self, programme: &str) -> Result<Option<Terms>, Fault> {
        self.ask(|instance| instance.terms_of(programme))
    }

    fn ask<T>(&mut self, question: impl FnOnce(&mut Instance) -> Result<T, FaultKind>) -> Result<T, Fault> {
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => self.policy.instance()?,
        };
        let answer = question(&mut instance).map_err(|kind| self.policy.fault(kind))?;
        self.instance = Some(instance);
        Ok(answer)
    }
}
