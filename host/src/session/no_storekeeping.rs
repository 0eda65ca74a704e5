//! A session without stores: nothing is counted but what it kept itself, and nothing is journalled.

use gardefou_policy::facts::{Calls, SessionFacts};
use gardefou_policy::types::{Action, Span, Terms, Timestamp};

use super::combine::Why;
use super::finish::Finished;
use super::lease::Standstill;
use super::seat::{Prepared, Seat};
use super::segment::Reviewed;
use super::usage::Tally;
use super::{Asking, Session};
use crate::clock::Clock;
use crate::error::Fault;
use crate::handle::{Generation, PolicyHandle};

pub(super) struct Opening<'a>(&'a SessionFacts);

impl<'a> Opening<'a> {
    #[expect(clippy::unnecessary_wraps, reason = "with stores it can be refused")]
    pub(super) const fn offer(
        _handle: &'a PolicyHandle,
        facts: &'a SessionFacts,
        _prepared: &[Prepared],
        _at: Timestamp,
    ) -> Result<Self, Why> {
        Ok(Self(facts))
    }

    pub(super) const fn calls(&self) -> &[Calls] {
        &[]
    }

    pub(super) fn counted(&self) -> SessionFacts {
        self.0.clone()
    }

    pub(super) const fn refused(self, _why: Why) {}

    pub(super) const fn faulted(self, _fault: &Fault) {}

    #[expect(clippy::unnecessary_wraps, reason = "with stores it can be refused")]
    pub(super) fn opened(
        self,
        _generation: &Generation,
        _seats: &[Seat],
        _clock: Clock,
        _tally: &mut Tally,
    ) -> Result<Storekeeper, Why> {
        Ok(Storekeeper)
    }
}

pub(super) const fn faulted_before(_handle: &PolicyHandle, _facts: &SessionFacts, _fault: &Fault, _at: Timestamp) {}

#[derive(Debug)]
pub(super) struct Storekeeper;

impl Storekeeper {
    pub(super) const fn counts(&self) -> bool {
        false
    }

    pub(super) const fn stopped(&self) -> bool {
        false
    }

    pub(super) const fn settle(&mut self, _tally: &mut Tally, _at: Timestamp) {}

    pub(super) const fn renew(&mut self, _generation: &Generation, _terms: &[Option<Terms>], _at: Timestamp) {}

    pub(super) const fn gated(&mut self, action: Action, why: Why, _tally: &Tally, _at: Timestamp) -> (Action, Why) {
        (action, why)
    }

    pub(super) const fn has_room(&self) -> bool {
        true
    }

    pub(super) const fn make_room(&mut self) {}

    pub(super) const fn left(&mut self, _tally: &mut Tally, _at: Timestamp) {}
}

impl Session {
    pub(super) const fn tell(&mut self, _now: Standstill, _question: Asking, _action: Action, _why: Why) {}

    pub(super) const fn concluded(&mut self, reviewed: Vec<Reviewed>, _gone: &[Span], _at: Timestamp) -> Finished {
        Finished { reviewed }
    }
}
