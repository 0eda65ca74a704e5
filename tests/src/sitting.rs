//! A session to which no rule objects, asked frame by frame.

use gardefou::{
    Action, AppIdentity, CallFacts, CallPhase, Clock, Condition, Opening, Placed, Policy, PolicyHandle, Rect, Session,
    SessionFacts, Timestamp, Why,
};

use crate::call::Program;
use crate::fixture::{self, NOW};

/// A window over a part of the surface, all of it its own.
pub const WINDOW: Rect = Rect {
    x: 10,
    y: 10,
    width: 60,
    height: 40,
};

/// The surface of every frame.
pub const SURFACE: (u32, u32) = (200, 100);

/// A session that is open, with its call connected and every condition as it must be.
#[derive(Debug)]
pub struct Sitting {
    /// The session.
    pub session: Session,
    /// Its call.
    pub call: CallFacts,
    /// When the latest frame was.
    pub now: Timestamp,
    list: Vec<Placed>,
}

/// What a frame was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// What to do.
    pub action: Action,
    /// Why.
    pub why: Why,
    /// The regions to keep.
    pub keep: Vec<Rect>,
}

impl Sitting {
    /// Opens the session of [`fixture::facts`], with one window of the training.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn under(handle: &PolicyHandle) -> Self {
        Self::of(handle, fixture::facts()).expect("a sound session is refused")
    }

    /// The session of these facts, with one window of the training; or why it does not open.
    ///
    /// # Errors
    /// When it is refused.
    ///
    /// # Panics
    /// When a policy misbehaves.
    pub fn of(handle: &PolicyHandle, facts: SessionFacts) -> Result<Self, Why> {
        match handle.open_with_clock(facts, Clock::told(NOW)).unwrap() {
            Opening::Open(session, call) => Ok(Self::with(session, call, NOW)),
            Opening::Refused(why) => Err(why),
        }
    }

    /// This session, opened at `now` on a clock that is told.
    #[must_use]
    pub fn with(session: Session, call: CallFacts, now: Timestamp) -> Self {
        call.phase_at(CallPhase::Connected, now);
        for condition in Condition::ALL {
            call.condition_at(condition, Some(condition.must_hold()), now);
        }
        let list = vec![Placed {
            id: 0,
            inner: WINDOW,
            outer: WINDOW,
        }];
        Self {
            session,
            call,
            now,
            list,
        }
    }

    /// A session under one policy alone.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn alone(policy: &Policy) -> Self {
        Self::under(&PolicyHandle::new(vec![policy.clone()]).unwrap())
    }

    /// These windows are on the surface from now on, topmost first; each has its place in the list as its
    /// number, and all are of the first application.
    pub fn place(&mut self, windows: &[(Rect, Rect)]) {
        self.list = windows
            .iter()
            .zip(0..)
            .map(|((inner, outer), id)| Placed {
                id,
                inner: *inner,
                outer: *outer,
            })
            .collect();
    }

    /// So many ms pass.
    pub fn pass(&mut self, millis: u64) {
        self.now = self.now.plus(millis);
        self.session.clock().advance(self.now);
    }

    /// Tells the windows, and identifies the new ones.
    pub fn tell_windows(&mut self, at: Timestamp) {
        self.session.windows(&self.list, at, at);
        let new: Vec<u32> = self.session.unidentified().collect();
        for id in new {
            self.session.identify_at(id, &app(), at);
        }
    }

    /// The frame of 100 ms later.
    pub fn frame(&mut self) -> Frame {
        self.pass(100);
        self.tell_windows(self.now);
        self.decide()
    }

    /// Asks about a frame now, with the windows as they were told.
    pub fn decide(&mut self) -> Frame {
        let decision = self.session.decide(self.now, SURFACE.0, SURFACE.1);
        Frame {
            action: decision.action(),
            why: decision.why(),
            keep: decision.keep().to_vec(),
        }
    }
}

/// A program of the training.
#[must_use]
pub fn app() -> AppIdentity {
    Program::Crm.identity()
}
