//! One policy's place in a session: its instance there, and what it last said.

use std::borrow::Cow;

use gardefou_policy::facts::{AppIdentity, Calls, Moment, Segment, SessionFacts, Usage, Window};
use gardefou_policy::types::{
    Action, Disposition, Lease, NO_LIMIT, Reason, Rect, Refusal, Terms, Timestamp, WindowKind,
};

use crate::error::{Fault, FaultKind};
use crate::policy::{Digest, Policy};
use crate::sandbox::{Instance, Verdict};

/// The facts with the calls that a ledger counted for one policy; as they are where none counted.
pub(crate) fn counted(calls: Option<Calls>, facts: &SessionFacts) -> Cow<'_, SessionFacts> {
    if calls.is_none() {
        return Cow::Borrowed(facts);
    }
    let mut facts = facts.clone();
    facts.calls = calls;
    Cow::Owned(facts)
}

/// An instance of a policy that a session is to be opened in, and what it says of the programme.
pub(crate) struct Prepared {
    policy: Policy,
    instance: Box<Instance>,
    terms: Option<Terms>,
}

impl Prepared {
    /// In this instance, or in a fresh one.
    pub(crate) fn new(policy: &Policy, instance: Option<Instance>, programme: &str) -> Result<Self, Fault> {
        let mut instance = match instance {
            Some(instance) => instance,
            None => policy.instance()?,
        };
        let terms = instance.terms_of(programme).map_err(|kind| policy.fault(kind))?;
        Ok(Self {
            policy: policy.clone(),
            instance: Box::new(instance),
            terms,
        })
    }

    pub(crate) fn digest(&self) -> Digest {
        self.policy.digest()
    }

    /// What must be counted for it; `None` when it does not know the programme.
    #[cfg(feature = "stores")]
    pub(crate) const fn terms(&self) -> Option<&Terms> {
        self.terms.as_ref()
    }

    /// Opens the session in it.
    pub(crate) fn open(self, facts: &SessionFacts, calls: Option<Calls>, at: Timestamp) -> Result<Seat, NotOpen> {
        let policy = self.policy.clone();
        let (instance, terms) = self.enter(&counted(calls, facts), at)?;
        Ok(Seat::with(&policy, calls, at, State::Open { instance, terms }))
    }

    fn enter(mut self, facts: &SessionFacts, at: Timestamp) -> Result<(Box<Instance>, Terms), NotOpen> {
        let fault = |kind| NotOpen::Fault(self.policy.fault(kind));
        let opened = self.instance.open(facts, at).map_err(fault)?;
        opened.map_err(NotOpen::Refused)?;
        let unknown = FaultKind::Nonsense("a session of a programme that it does not know");
        let terms = self.terms.ok_or_else(|| fault(unknown))?;
        Ok((self.instance, terms))
    }
}

/// A policy in a session.
pub(crate) struct Seat {
    policy: Policy,
    /// What a ledger counted for it.
    calls: Option<Calls>,
    /// The instant that the session was opened at here: the call's, or that of the change of policy.
    opened_at: Timestamp,
    state: State,
    /// A fault outside a frame's question, which the next frame is to be answered with.
    owes_fault: bool,
    /// What it last said about a frame, the counters that it was asked under, and the regions to keep.
    pub(crate) said: Verdict,
    pub(crate) asked: Usage,
    pub(crate) keep: Vec<Rect>,
}

enum State {
    /// The session is open here.
    Open { instance: Box<Instance>, terms: Terms },
    /// After a change of policy it refused to open: every frame is a stop, for this reason.
    Refused { refusal: Refusal },
    /// It misbehaved; a fresh instance is due. `told`: whether a frame was answered with that fault.
    Broken { told: bool },
}

/// A session that a policy refused, or a policy that misbehaved.
pub(crate) enum NotOpen {
    Refused(Refusal),
    Fault(Fault),
}

impl Seat {
    /// A seat under the policy that a change brought: what it refuses, it refuses from now on.
    pub(crate) fn renew(
        policy: &Policy,
        instance: Option<Instance>,
        facts: &SessionFacts,
        at: Timestamp,
    ) -> (Self, Option<Fault>) {
        let prepared = Prepared::new(policy, instance, &facts.programme).map_err(NotOpen::Fault);
        let with = |state| Self::with(policy, None, at, state);
        match prepared.and_then(|prepared| prepared.open(facts, None, at)) {
            Ok(seat) => (seat, None),
            Err(NotOpen::Refused(refusal)) => (with(State::Refused { refusal }), None),
            Err(NotOpen::Fault(fault)) => (with(State::Broken { told: false }), Some(fault)),
        }
    }

    fn with(policy: &Policy, calls: Option<Calls>, opened_at: Timestamp, state: State) -> Self {
        Self {
            policy: policy.clone(),
            calls,
            opened_at,
            state,
            owes_fault: false,
            said: answer(Action::Skip, Refusal::of(Reason::POLICY_FAULT), opened_at),
            asked: Usage::default(),
            keep: Vec::new(),
        }
    }

    pub(crate) fn digest(&self) -> Digest {
        self.policy.digest()
    }

    /// Whether its runtime was shut down: then no lease holds.
    pub(crate) fn is_down(&self) -> bool {
        self.policy.is_down()
    }

    /// What the host must count for it; `None` while it counts nothing because every frame is refused.
    pub(crate) const fn terms(&self) -> Option<&Terms> {
        match &self.state {
            State::Open { terms, .. } => Some(terms),
            State::Refused { .. } | State::Broken { .. } => None,
        }
    }

    /// The stop that it gives whatever is asked.
    pub(crate) const fn refused(&self) -> Option<Refusal> {
        match self.state {
            State::Refused { refusal } => Some(refusal),
            State::Open { .. } | State::Broken { .. } => None,
        }
    }

    /// What a window is to this policy; `None` while it misbehaves and cannot be asked.
    pub(crate) fn classify(&mut self, app: &AppIdentity) -> Result<Option<WindowKind>, Fault> {
        match &mut self.state {
            State::Open { instance, .. } => match instance.classify(app) {
                Ok(kind) => Ok(Some(kind)),
                Err(kind) => Err(self.broken(kind, false)),
            },
            State::Refused { .. } => Ok(Some(WindowKind::Other)),
            State::Broken { .. } => Ok(None),
        }
    }

    /// Asks about a frame, and remembers the answer.
    pub(crate) fn ask(
        &mut self,
        moment: &Moment,
        counters: Usage,
        (width, height): (u32, u32),
        windows: impl Iterator<Item = Window>,
    ) -> Result<(), Fault> {
        self.asked = counters;
        let moment = Moment {
            usage: Some(counters),
            ..*moment
        };
        let told = match &mut self.state {
            _ if std::mem::take(&mut self.owes_fault) => {
                Ok(answer(Action::Skip, Refusal::of(Reason::POLICY_FAULT), moment.at))
            }
            State::Open { instance, .. } => instance.decide(&moment, width, height, windows, &mut self.keep),
            State::Refused { refusal } => Ok(for_ever(*refusal)),
            State::Broken { .. } => Ok(answer(Action::Skip, Refusal::of(Reason::POLICY_FAULT), moment.at)),
        };
        let told = told.map_err(|kind| self.broken(kind, true));
        self.said = match &told {
            Ok(said) => *said,
            Err(_) => answer(Action::Skip, Refusal::of(Reason::POLICY_FAULT), moment.at),
        };
        if self.said.action != Action::Keep {
            self.keep.clear();
        }
        told.map(|_| ())
    }

    /// The answer that every policy gives to these facts, without asking it.
    pub(crate) fn answer_for_all(&mut self, said: Verdict) {
        self.keep.clear();
        self.said = self.refused().map_or(said, for_ever);
    }

    /// What becomes of a segment. A seat without an instance asks a fresh one: what was recorded before
    /// is still to be reviewed.
    pub(crate) fn review(&mut self, segment: &Segment) -> Result<Disposition, Fault> {
        match &mut self.state {
            State::Open { instance, .. } => instance.review(segment).map_err(|kind| self.broken(kind, true)),
            State::Refused { .. } | State::Broken { .. } => {
                let told = self.policy.instance()?.review(segment);
                told.map_err(|kind| self.policy.fault(kind))
            }
        }
    }

    /// Whether it misbehaved, and must be opened again before it is asked.
    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self.state, State::Broken { .. })
    }

    /// Opens the session again in a fresh instance, from its original facts and instant. A fault that no
    /// frame was answered with yet is the answer to the next one.
    pub(crate) fn mend(&mut self, facts: &SessionFacts) -> Result<(), Fault> {
        self.owes_fault |= matches!(self.state, State::Broken { told: false });
        let facts = counted(self.calls, facts);
        let prepared = Prepared::new(&self.policy, None, &facts.programme).map_err(NotOpen::Fault);
        match prepared.and_then(|prepared| prepared.enter(&facts, self.opened_at)) {
            Ok((instance, terms)) => self.state = State::Open { instance, terms },
            Err(NotOpen::Refused(refusal)) => self.state = State::Refused { refusal },
            Err(NotOpen::Fault(fault)) => return Err(fault),
        }
        Ok(())
    }

    fn broken(&mut self, kind: FaultKind, told: bool) -> Fault {
        self.state = State::Broken { told };
        self.policy.fault(kind)
    }
}

/// An answer that holds for this instant only.
pub(crate) const fn answer(action: Action, why: Refusal, at: Timestamp) -> Verdict {
    Verdict {
        action,
        reason: why.reason,
        detail: why.detail,
        lease: Lease {
            until: at,
            budget: NO_LIMIT,
        },
    }
}

const fn for_ever(why: Refusal) -> Verdict {
    answer(Action::Stop, why, Timestamp::MAX)
}
