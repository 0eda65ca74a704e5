//! The policies in force, and how new ones take their place under running sessions.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use crossbeam_queue::ArrayQueue;
use gardefou_policy::facts::{Access, SessionFacts};
use gardefou_policy::order::Question;
use gardefou_policy::types::{Artefact, Obligations, Reason, Refusal, Span, Timestamp};

use crate::clock::Clock;
#[cfg(feature = "stores")]
use crate::error::OpenError;
use crate::error::{Fault, LoadError, NotTaken};
use crate::floor::Floor;
use crate::policy::{Digest, Policy};
use crate::sandbox::Instance;
use crate::session::{CallFacts, DiscardTicket, OpenDiscards, Opening, Session, Why, refusals};
#[cfg(feature = "stores")]
use crate::stores::{Stores, leftovers};

/// The most policies over one session, beside the floor.
pub const MAX_POLICIES: usize = 32;

/// The policies in force, with the floor always under them. Cheap to clone; one for all the calls of a
/// recorder.
///
/// ```
/// use gardefou::{Opening, Policy, PolicyHandle, Runtime, SessionFacts, Source, wall_clock_now};
/// let runtime = Runtime::new()?;
/// let policy = Policy::load(&runtime, Source::Rules(include_str!("../../rules/example.toml")))?;
/// let handle = PolicyHandle::new(vec![policy])?;
/// // Nothing is known of this session, and unknown refuses.
/// let opening = handle.open(SessionFacts::default(), wall_clock_now())?;
/// assert!(matches!(opening, Opening::Refused(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PolicyHandle {
    shared: Arc<Shared>,
}

struct Shared {
    current: ArcSwap<Generation>,
    generations: Generations,
    sessions: AtomicUsize,
    offering: Mutex<()>,
    discards: OpenDiscards,
    #[cfg(feature = "stores")]
    stores: Option<Stores>,
}

/// The number of the latest generation: what a session compares before each question.
#[derive(Clone, Default)]
pub(crate) struct Generations {
    latest: Arc<AtomicU64>,
}

impl Generations {
    pub(crate) fn latest(&self) -> u64 {
        self.latest.load(Ordering::Acquire)
    }
}

/// The policies that are in force together, and instances of them that are ready for running sessions.
pub(crate) struct Generation {
    number: u64,
    took_effect: Instant,
    policies: Vec<Policy>,
    spares: Vec<ArrayQueue<Instance>>,
}

impl Generation {
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// When they were put in force.
    pub(crate) const fn took_effect(&self) -> Instant {
        self.took_effect
    }

    pub(crate) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// An instance of policy n that was made ready, while there are any.
    pub(crate) fn spare(&self, n: usize) -> Option<Instance> {
        self.spares.get(n)?.pop()
    }
}

/// Whether an access is granted. That it is refused is no error.
#[must_use = "an access that was refused is not to be given"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Authorisation {
    /// It is, under these obligations.
    Granted(Obligations),
    /// It is not.
    Refused(Why),
}

/// New policies are in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Swapped {
    /// How many sessions were running; each is opened again under the new policies at its next question.
    pub sessions: usize,
}

impl fmt::Debug for PolicyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyHandle")
            .field("policies", &self.shared.current.load().policies)
            .field("sessions", &self.shared.sessions.load(Ordering::Relaxed))
            .finish_non_exhaustive()
    }
}

impl PolicyHandle {
    /// These policies are in force. Several apply together: the strictest wins, and none loosens another.
    ///
    /// # Errors
    /// When there is none, or more than [`MAX_POLICIES`].
    pub fn new(policies: Vec<Policy>) -> Result<Self, LoadError> {
        Self::over(
            policies,
            OpenDiscards::default(),
            #[cfg(feature = "stores")]
            None,
        )
    }

    /// The same, with a ledger that counts what sessions record and a journal of what they decide; each
    /// session uses both by itself. Discards that an earlier run left open are listed by
    /// [`PolicyHandle::open_discards`], and so are the sessions that an earlier run did not finish. Blocks
    /// while the stores are read.
    ///
    /// # Errors
    /// As [`PolicyHandle::new`], or when a store cannot be read.
    #[cfg(feature = "stores")]
    pub fn with_stores(policies: Vec<Policy>, stores: &Stores) -> Result<Self, OpenError> {
        let left_open = leftovers::left_open(stores)?;
        let discards = OpenDiscards::kept_in(stores, left_open);
        let handle = Self::over(policies, discards, Some(stores.clone()))?;
        handle.tell_policies(&[]);
        Ok(handle)
    }

    fn over(
        policies: Vec<Policy>,
        discards: OpenDiscards,
        #[cfg(feature = "stores")] stores: Option<Stores>,
    ) -> Result<Self, LoadError> {
        if policies.is_empty() {
            return Err(LoadError::NoPolicy);
        }
        if policies.len() > MAX_POLICIES {
            return Err(LoadError::TooManyPolicies { limit: MAX_POLICIES });
        }
        let first = Generation {
            number: 0,
            took_effect: Instant::now(),
            policies,
            spares: Vec::new(),
        };
        Ok(Self {
            shared: Arc::new(Shared {
                current: ArcSwap::from_pointee(first),
                generations: Generations::default(),
                sessions: AtomicUsize::new(0),
                offering: Mutex::new(()),
                discards,
                #[cfg(feature = "stores")]
                stores,
            }),
        })
    }

    /// Puts these policies in force in place of the present ones. Running sessions survive: each is opened
    /// again under the new policies at its next question, from its original facts, in an instance that is
    /// made ready here.
    ///
    /// Blocks for about 0.1 ms for each running session and policy, and for another offer: call it off the
    /// frame path.
    ///
    /// # Errors
    /// When they are not taken; the present ones go on.
    pub fn offer(&self, policies: Vec<Policy>) -> Result<Swapped, NotTaken> {
        if policies.is_empty() {
            return Err(NotTaken::Empty);
        }
        if policies.len() > MAX_POLICIES {
            return Err(NotTaken::TooMany { limit: MAX_POLICIES });
        }
        let _one_at_a_time = self.shared.offering.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.shared.current.load_full();
        if present
            .policies
            .iter()
            .map(Policy::digest)
            .eq(policies.iter().map(Policy::digest))
        {
            return Err(NotTaken::Unchanged);
        }
        let sessions = self.shared.sessions.load(Ordering::Acquire);
        let spares = policies
            .iter()
            .map(|policy| spares(policy, sessions))
            .collect::<Result<_, _>>()?;
        let number = present.number.saturating_add(1);
        self.shared.current.store(Arc::new(Generation {
            number,
            took_effect: Instant::now(),
            policies,
            spares,
        }));
        self.shared.generations.latest.store(number, Ordering::Release);
        #[cfg(feature = "stores")]
        self.tell_policies(&present.policies);
        // Here, and not on the capture thread of whichever session leaves the old generation last.
        for queue in &present.spares {
            while queue.pop().is_some() {}
        }
        Ok(Swapped { sessions })
    }

    /// The policies in force now, in order.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        self.shared.current.load().policies.clone()
    }

    /// Asks the floor and every policy whether a session with these facts may open. `at` is what the wall
    /// clock says now ([`wall_clock_now`](crate::wall_clock_now)); from here on the session's own clock
    /// counts.
    ///
    /// Takes about 0.1 ms for each policy, and where there is a ledger two of its writes: open while the
    /// phone rings. A ledger or journal that cannot be reached refuses, for `store-unavailable`
    /// ([`Stores::problem`](crate::Stores::problem) says why).
    ///
    /// # Errors
    /// When a policy misbehaved: nothing is recorded, for `policy-fault`.
    pub fn open(&self, facts: SessionFacts, at: Timestamp) -> Result<Opening, Fault> {
        self.open_counted(facts, at).map(|(opening, _)| opening)
    }

    /// The same, and the facts that the policies were asked with: where there is a ledger, with the calls
    /// that it counted for the first of them. A recorder writes them into its trace.
    ///
    /// # Errors
    /// As [`PolicyHandle::open`].
    pub fn open_counted(&self, facts: SessionFacts, at: Timestamp) -> Result<(Opening, SessionFacts), Fault> {
        self.open_on(facts, at, Clock::starting(at), None)
    }

    /// The same, on this clock, now: with a clock that is told ([`Clock::told`]), for tests and for deciding
    /// again what was decided before. Every instant of the session is then what that clock says.
    ///
    /// ```
    /// # use gardefou::{Clock, Opening, Policy, PolicyHandle, Runtime, SessionFacts, Source, Timestamp};
    /// # let runtime = Runtime::new()?;
    /// # let policy = Policy::load(&runtime, Source::Rules(include_str!("../../rules/example.toml")))?;
    /// # let handle = PolicyHandle::new(vec![policy])?;
    /// let clock = Clock::told(Timestamp::from_millis(1_795_600_000_000));
    /// let opening = handle.open_with_clock(SessionFacts::default(), clock.clone())?;
    /// clock.advance(Timestamp::from_millis(1_795_600_000_200)); // what happens now happens 200 ms later
    /// # assert!(matches!(opening, Opening::Refused(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`PolicyHandle::open`].
    pub fn open_with_clock(&self, facts: SessionFacts, clock: Clock) -> Result<Opening, Fault> {
        self.open_on(facts, clock.now(), clock, None)
            .map(|(opening, _)| opening)
    }

    /// Opens at an instant of a clock, with what was told of the call already.
    pub(crate) fn open_on(
        &self,
        facts: SessionFacts,
        at: Timestamp,
        clock: Clock,
        call: Option<CallFacts>,
    ) -> Result<(Opening, SessionFacts), Fault> {
        Session::open(self.clone(), facts, at, clock, call)
    }

    /// Asks the floor and every policy about an access to a recording (legal.md, S8 to S10). Any refusal
    /// refuses; obligations add up. Blocks for about 0.1 ms for each policy.
    ///
    /// # Errors
    /// When a policy misbehaved: the access is refused, for `policy-fault`.
    pub fn authorise(&self, access: &Access) -> Result<Authorisation, Fault> {
        let generation = self.generation();
        let mut obligations = Obligations::default();
        let mut refused = Vec::new();
        let mut take = |policy, told| match told {
            Ok(more) => obligations = obligations.union(more),
            Err(why) => refused.push((policy, why)),
        };
        // What is above a limit reaches no policy; the floor refuses it.
        let asked = if access.is_within_limits() {
            generation.policies()
        } else {
            &[]
        };
        for policy in asked {
            let told = policy
                .instance()?
                .authorise(access)
                .map_err(|kind| policy.fault(kind))?;
            take(policy.digest(), told);
        }
        take(Digest::FLOOR, Floor::shared().authorise(access));
        match refusals(Question::Access, refused.into_iter()) {
            Some(why) => Ok(Authorisation::Refused(why)),
            None => Ok(Authorisation::Granted(obligations)),
        }
    }

    /// The first instant at which an artefact must be gone: the earliest that the floor or a policy says
    /// (legal.md, +7); [`Timestamp::MAX`] when there is no limit. Blocks for about 0.1 ms for each policy.
    ///
    /// # Errors
    /// When a policy misbehaved; treat the artefact as past its time.
    pub fn keep_until(&self, artefact: Artefact, collected_at: Timestamp, programme: &str) -> Result<Timestamp, Fault> {
        let mut earliest = Floor::shared().keep_until(artefact, collected_at, programme);
        for policy in self.generation().policies() {
            let until = policy
                .instance()?
                .keep_until(artefact, collected_at, programme)
                .map_err(|kind| policy.fault(kind))?;
            earliest = earliest.min(until);
        }
        Ok(earliest)
    }

    /// The discards that were decided and that nobody has yet said to be done, each with a ticket to say so.
    #[must_use]
    pub fn open_discards(&self) -> Vec<DiscardTicket> {
        self.shared.discards.tickets()
    }

    /// A recording that was to be kept is not, or not whole: it could not be cut or written, nothing lies beside
    /// it to explain it, or an earlier run crashed before it was in its place. `whole` is the session from the
    /// start of its first segment to the end of its last ([`Finished::span`](crate::Finished::span)): a session
    /// that was finished is kept as was decided, or not at all.
    ///
    /// Opens a discard, like any other: delete what there is of it, and say so with
    /// [`DiscardTicket::done`]. The journal tells that what was decided to be kept was discarded. Its time goes on
    /// counting as recorded, and nobody waits for a review of it. What is journalled is durable after
    /// [`Stores::flush`](crate::Stores::flush): flush before the files go, so that a crash leaves one or the other.
    pub fn not_kept(&self, session: &str, call_reference: Option<&str>, whole: Span) -> DiscardTicket {
        let why = Why::new(Refusal::of(Reason::INVALID_FACTS), Digest::FLOOR, Timestamp::MAX);
        self.shared.discards.open_kept(session, call_reference, whole, why)
    }

    /// The ledger and the journal of its sessions, if it has any.
    #[cfg(feature = "stores")]
    #[must_use]
    pub fn stores(&self) -> Option<&Stores> {
        self.shared.stores.as_ref()
    }

    /// Journals which policies are in force from now on.
    #[cfg(feature = "stores")]
    fn tell_policies(&self, before: &[Policy]) {
        if let Some(stores) = self.stores() {
            let after = self.policies();
            stores.note(vec![leftovers::policies(before, &after, stores)]);
        }
    }

    pub(crate) fn generation(&self) -> Arc<Generation> {
        self.shared.current.load_full()
    }

    pub(crate) fn generations(&self) -> Generations {
        self.shared.generations.clone()
    }

    pub(crate) fn discards(&self) -> &OpenDiscards {
        &self.shared.discards
    }

    pub(crate) fn joined(&self) {
        self.shared.sessions.fetch_add(1, Ordering::AcqRel);
    }

    /// A session of that generation ended. One that never came to use the latest generation leaves the
    /// instances that were made ready for it.
    pub(crate) fn left(&self, generation: u64) {
        self.shared.sessions.fetch_sub(1, Ordering::AcqRel);
        if generation < self.shared.generations.latest() {
            let latest = self.generation();
            for n in 0..latest.policies.len() {
                drop(latest.spare(n));
            }
        }
    }
}

/// An instance for each running session; one at least, so that a policy that cannot be instantiated is
/// refused here and not in a call.
fn spares(policy: &Policy, sessions: usize) -> Result<ArrayQueue<Instance>, Fault> {
    let wanted = sessions.max(1);
    let queue = ArrayQueue::new(wanted);
    for _ in 0..wanted {
        // A queue of that size takes that many.
        let _ = queue.push(policy.instance()?);
    }
    Ok(queue)
}
