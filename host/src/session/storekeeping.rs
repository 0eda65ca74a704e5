//! What a session owes to the ledger and the journal.

use gardefou_policy::facts::{Calls, SessionFacts, Usage};
use gardefou_policy::types::{Action, NO_LIMIT, Reason, Refusal, Span, Terms, Timestamp};

use super::books::Books;
use super::chronicle::{Chronicle, Facts};
use super::combine::Why;
use super::lease::Standstill;
use super::seat::{self, Prepared, Seat};
use super::telling;
use super::usage::Tally;
use super::{Asking, Session};
use crate::clock::Clock;
use crate::error::Fault;
use crate::handle::{Generation, PolicyHandle};
use crate::journal::{AccessEvent, AccessRecord, Record};
use crate::ledger::Offer;
use crate::policy::{Digest, Policy};
use crate::stores::Stores;

/// A session that is being opened, as the stores see it.
pub(super) struct Opening<'a> {
    stores: Option<&'a Stores>,
    facts: &'a SessionFacts,
    policies: Vec<Digest>,
    calls: Vec<Calls>,
    at: Timestamp,
}

impl<'a> Opening<'a> {
    /// Counts the call as offered, and reserves its place among the recorded ones. Blocks.
    pub(super) fn offer(
        handle: &'a PolicyHandle,
        facts: &'a SessionFacts,
        prepared: &[Prepared],
        at: Timestamp,
    ) -> Result<Self, Why> {
        let mut opening = Self {
            stores: handle.stores(),
            facts,
            policies: prepared.iter().map(Prepared::digest).collect(),
            calls: Vec::new(),
            at,
        };
        let Some(stores) = opening.stores else {
            return Ok(opening);
        };
        if !stores.journal_stands() {
            return Err(unavailable(at));
        }
        if let Some(ledger) = stores.ledger() {
            // A policy that does not know the programme refuses, whatever is counted.
            let period = |prepared: &Prepared| prepared.terms().map_or(NO_LIMIT, |terms| terms.sampling_period);
            let periods: Vec<_> = prepared.iter().map(period).collect();
            let offered = ledger.offer(&Offer {
                session: &facts.session,
                employee: &facts.employee,
                programme: &facts.programme,
                at,
                periods: &periods,
            });
            stores.ledger_says(offered.as_ref().err());
            opening.calls = match offered {
                Ok(counted) => counted,
                Err(_) => return Err(opening.unavailable(stores)),
            };
        }
        Ok(opening)
    }

    /// For each policy what the ledger counted; empty where there is none.
    pub(super) fn calls(&self) -> &[Calls] {
        &self.calls
    }

    /// The facts that the session is opened with.
    pub(super) fn counted(&self) -> SessionFacts {
        seat::counted(self.calls.first().copied(), self.facts).into_owned()
    }

    /// It was refused: leaves its place, and journals why.
    pub(super) fn refused(self, why: Why) {
        let Some(stores) = self.stores else { return };
        self.leave(stores);
        let facts = self.counted();
        stores.note(telling::refused(&facts, &self.policies, why, self.at, stores.site()));
    }

    /// A policy misbehaved: leaves its place, and journals that.
    pub(super) fn faulted(self, fault: &Fault) {
        let Some(stores) = self.stores else { return };
        self.leave(stores);
        stores.note(vec![faulted(&self.facts.session, fault, self.at)]);
    }

    /// It is open: reserves its first slice. Blocks.
    pub(super) fn opened(
        self,
        generation: &Generation,
        seats: &[Seat],
        clock: Clock,
        tally: &mut Tally,
    ) -> Result<Storekeeper, Why> {
        let interval = self.facts.frame_interval;
        let (mut books, mut fresh) = (None, None);
        if let Some(stores) = self.stores {
            let terms: Vec<Option<Terms>> = seats.iter().map(|seat| seat.terms().copied()).collect();
            let paired = (generation.number(), clock, self.at);
            let opened = Books::open(stores, &self.facts.session, interval, &terms, paired);
            stores.ledger_says(opened.as_ref().err());
            let Ok(opened) = opened else {
                self.leave(stores);
                return Err(self.unavailable(stores));
            };
            books = opened.map(|(books, counted)| {
                fresh = counted.first();
                tally.count(counted.usage, counted.at);
                books
            });
        }
        Ok(Storekeeper {
            stores: self.stores.cloned(),
            books,
            fresh,
            chronicle: Chronicle::new(interval),
            in_force: vec![(self.at, self.policies)],
            stopped: false,
            faults_told: 0,
        })
    }

    /// It is refused because the ledger is; the journal is told.
    fn unavailable(&self, stores: &Stores) -> Why {
        let why = unavailable(self.at);
        let facts = self.counted();
        stores.note(telling::refused(&facts, &self.policies, why, self.at, stores.site()));
        why
    }

    fn leave(&self, stores: &Stores) {
        stores.end(&self.facts.session, self.at, 0);
    }
}

/// A policy misbehaved before anything was counted: the journal is told.
pub(super) fn faulted_before(handle: &PolicyHandle, facts: &SessionFacts, fault: &Fault, at: Timestamp) {
    if let Some(stores) = handle.stores() {
        stores.note(vec![faulted(&facts.session, fault, at)]);
    }
}

/// The stores' part in an open session.
#[derive(Debug)]
pub(super) struct Storekeeper {
    pub(super) stores: Option<Stores>,
    books: Option<Books>,
    /// What the ledger counted for the first policy, until somebody wants to know.
    fresh: Option<(Usage, Timestamp)>,
    chronicle: Chronicle,
    /// Which policies decide, and from when on.
    in_force: Vec<(Timestamp, Vec<Digest>)>,
    /// The journal failed, or has no room for more: nothing more of this session is recorded.
    stopped: bool,
    faults_told: usize,
}

impl Storekeeper {
    /// Whether a ledger counts.
    pub(super) const fn counts(&self) -> bool {
        self.books.is_some()
    }

    pub(super) const fn stopped(&self) -> bool {
        self.stopped
    }

    /// A frame comes at `at`: takes what the ledger said, and asks it for more.
    pub(super) fn settle(&mut self, tally: &mut Tally, at: Timestamp) {
        if let Some(books) = &mut self.books
            && let Some(counted) = books.settle(tally.in_all(), at)
        {
            self.fresh = counted.first();
            tally.count(counted.usage, counted.at);
        }
    }

    /// Other policies are in force from `at` on.
    pub(super) fn renew(&mut self, generation: &Generation, terms: &[Option<Terms>], at: Timestamp) {
        let policies = generation.policies().iter().map(Policy::digest);
        self.in_force.push((at, policies.collect()));
        if let Some(books) = &mut self.books {
            books.renew(generation.number(), terms, at);
        }
    }

    /// The policies that were in force at any instant of this time, its end included; each as often as it was.
    pub(super) fn in_force(&self, time: Span) -> impl Iterator<Item = Digest> + '_ {
        let ends = self.in_force.iter().skip(1).map(|(at, _)| *at);
        let stretches = self.in_force.iter().zip(ends.chain([Timestamp::MAX]));
        let meets = stretches.filter(move |((from, _), end)| *from <= time.end && time.start < *end);
        meets.flat_map(|((_, policies), _)| policies.iter().copied())
    }

    /// Whether a frame of the verdict before can be told without allocating.
    pub(super) const fn has_room(&self) -> bool {
        self.chronicle.has_room()
    }

    /// Makes room for the next frame.
    pub(super) fn make_room(&mut self) {
        self.chronicle.make_room();
    }

    /// What the policies said, unless a store objects: no store lets a frame through.
    pub(super) fn gated(&mut self, action: Action, why: Why, tally: &Tally, at: Timestamp) -> (Action, Why) {
        let stands = self.stores.as_ref().is_none_or(Stores::journal_stands);
        self.stopped |= !stands || self.chronicle.is_full();
        if action == Action::Stop {
            return (action, why);
        }
        if self.stopped {
            return (Action::Stop, unavailable(Timestamp::MAX));
        }
        let Some(books) = &self.books else { return (action, why) };
        if books.is_out_of_reach() {
            return (Action::Skip, unavailable(at));
        }
        match books.objection(tally.in_all(), at) {
            Some(reason) if action == Action::Keep => (Action::Skip, Why::new(Refusal::of(reason), Digest::FLOOR, at)),
            Some(_) | None => (action, why),
        }
    }

    /// The session is over, and its books are closed.
    pub(super) fn close(&mut self, tally: &mut Tally, at: Timestamp, to_review: bool) {
        if let Some(books) = self.books.take() {
            tally.frame(Timestamp::MAX);
            books.close(tally.in_all(), at, to_review);
        }
    }

    /// The session was dropped without an end: nobody will review what it kept.
    pub(super) fn left(&mut self, tally: &mut Tally, at: Timestamp) {
        self.close(tally, at, false);
    }

    /// What was decided, once the session is over.
    pub(super) fn chronicle(&mut self) -> Chronicle {
        std::mem::take(&mut self.chronicle)
    }
}

impl Session {
    /// What the ledger counted since this was asked last, over the periods of the first policy, and when: what
    /// a recorder writes into its trace as a `usage` line, before the frame that was just decided.
    pub fn counted(&mut self) -> Option<(Usage, Timestamp)> {
        self.stores.fresh.take()
    }

    /// Remembers what was decided, for the journal and the sidecar. Allocates only when the verdict is
    /// another one than at the frame before.
    pub(super) fn tell(&mut self, now: Standstill, question: Asking, action: Action, why: Why) {
        let at = question.at;
        let Self {
            stores,
            seats,
            tally,
            windows,
            ..
        } = self;
        stores.chronicle.frame(at, action, why, || Facts {
            call: now.call,
            surface: now.surface,
            windows: windows.seen_by_all(seats.len(), question.instants()).collect(),
            facts_from: windows.facts_from(),
            facts_to: windows.facts_to(),
            usage: usage(seats, tally, at),
            late: question.is_too_late(),
        });
        if stores.faults_told < self.faults.len() {
            self.tell_faults(at);
        }
    }

    fn tell_faults(&mut self, at: Timestamp) {
        let new = self.faults.iter().skip(self.stores.faults_told);
        let records = new.map(|fault| faulted(&self.facts.session, fault, at)).collect();
        self.stores.faults_told = self.faults.len();
        if let Some(stores) = &self.stores.stores {
            stores.note(records);
        }
    }
}

/// The counters, over the periods of the first policy that counts.
fn usage(seats: &[Seat], tally: &Tally, at: Timestamp) -> Usage {
    let mut seats = seats.iter().enumerate();
    let counted = seats.find_map(|(n, seat)| Some(tally.counters(n, seat.terms()?, at)));
    counted.unwrap_or_default()
}

fn faulted(session: &str, fault: &Fault, at: Timestamp) -> Record {
    Record::Access(AccessRecord {
        at,
        event: AccessEvent::Fault {
            session: Some(session.to_owned()),
            policy: fault.digest(),
            fault: fault.kind().to_string(),
        },
    })
}

/// What a store's failure says to whoever asked.
const fn unavailable(until: Timestamp) -> Why {
    Why::new(Refusal::of(Reason::STORE_UNAVAILABLE), Digest::FLOOR, until)
}
