//! Random histories of a ledger: what recorders and reviewers do, in any order.

use gardefou_policy::types::{Cap, Millis, NO_LIMIT, Timestamp};

use crate::ledger::{Balance, Calls, Caps, Closing, Granted, Ledger, Offer, Reservation, Review, Unfinished};

/// Something that is done to a ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is the question of that name")]
pub enum Step {
    /// [`Ledger::offer`].
    Offer {
        session: String,
        employee: String,
        programme: String,
        at: u64,
        periods: Vec<Millis>,
    },
    /// [`Ledger::reserve`], of each: a session, what it kept, what it wants.
    Reserve {
        asked: Vec<(String, Millis, Millis)>,
        at: u64,
        until: u64,
        caps: Vec<Caps>,
    },
    /// [`Ledger::close`].
    Close {
        session: String,
        at: u64,
        kept: Millis,
        to_review: bool,
    },
    /// [`Ledger::reviewed`], of a session.
    ReviewSession(String),
    /// [`Ledger::reviewed`], of a programme.
    ReviewProgramme(String, u64),
    /// [`Ledger::balances`] and [`Ledger::unfinished`].
    Look { at: u64, per: Millis },
}

/// What a ledger answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Of [`Step::Offer`].
    Calls(Vec<Calls>),
    /// Of [`Step::Reserve`].
    Granted(Vec<Granted>),
    /// Of [`Step::Close`].
    Closed,
    /// Of a review.
    Released(Millis),
    /// Of [`Step::Look`].
    Seen(Vec<Balance>, Vec<Unfinished>),
    /// It was refused, in whatever words.
    Refused,
}

/// Does the step to the ledger.
pub fn answer(ledger: &dyn Ledger, step: &Step) -> Answer {
    let at = |millis: &u64| Timestamp::from_millis(*millis);
    let answered = match step {
        Step::Offer {
            session,
            employee,
            programme,
            at: now,
            periods,
        } => {
            let call = Offer {
                session,
                employee,
                programme,
                at: at(now),
                periods,
            };
            ledger.offer(&call).map(Answer::Calls)
        }
        Step::Reserve {
            asked,
            at: now,
            until,
            caps,
        } => {
            let asked = asked.iter().map(|(session, kept, wanted)| Reservation {
                session,
                at: at(now),
                kept: *kept,
                wanted: *wanted,
                until: at(until),
                caps,
            });
            ledger.reserve(&asked.collect::<Vec<_>>()).map(Answer::Granted)
        }
        Step::Close {
            session,
            at: now,
            kept,
            to_review,
        } => {
            let end = Closing {
                session,
                at: at(now),
                kept: *kept,
                to_review: *to_review,
            };
            ledger.close(&end).map(|()| Answer::Closed)
        }
        Step::ReviewSession(session) => ledger.reviewed(&Review::Session(session)).map(Answer::Released),
        Step::ReviewProgramme(programme, before) => {
            let before = at(before);
            ledger
                .reviewed(&Review::Programme { programme, before })
                .map(Answer::Released)
        }
        Step::Look { at: now, per } => ledger
            .balances(at(now), *per)
            .and_then(|balances| Ok(Answer::Seen(balances, ledger.unfinished(at(now))?))),
    };
    answered.unwrap_or(Answer::Refused)
}

/// An endless history, the same for the same seed. Clocks run ahead and are set back, recorders crash and come
/// back late, sessions ask for what they must not.
#[derive(Clone, Debug)]
pub struct History {
    state: u64,
    now: u64,
}

impl History {
    /// The history of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            state: seed,
            now: 1_795_600_000_000,
        }
    }

    /// A number below `bound` (SplitMix64).
    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn name(&mut self, kind: &str, of: u64) -> String {
        format!("{kind}-{}", self.below(of))
    }

    fn clock(&mut self) -> u64 {
        if self.one_in(12) {
            self.now -= self.below(300);
        } else {
            self.now += self.below(60);
        }
        self.now
    }

    fn period(&mut self) -> Millis {
        match self.below(5) {
            0 => self.below(50),
            1 | 2 => 100 + self.below(400),
            3 => 2_000,
            _ => NO_LIMIT,
        }
    }

    fn cap(&mut self) -> Cap {
        let limit = match self.below(4) {
            0 => NO_LIMIT,
            _ => self.below(600),
        };
        Cap {
            limit,
            per: self.period(),
        }
    }

    fn caps(&mut self) -> Vec<Caps> {
        (0..self.below(3))
            .map(|_| Caps {
                employee: self.cap(),
                programme: self.cap(),
                unreviewed: self.cap().limit,
            })
            .collect()
    }
}

impl Iterator for History {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let at = self.clock();
        Some(match self.below(20) {
            0..=4 => Step::Offer {
                session: self.name("s", 24),
                employee: self.name("e", 3),
                programme: self.name("p", 2),
                at,
                periods: (0..self.below(3)).map(|_| self.period()).collect(),
            },
            5..=12 => Step::Reserve {
                asked: (0..1 + self.below(3))
                    .map(|_| (self.name("s", 24), self.below(400), self.below(120)))
                    .collect(),
                at,
                until: at + self.below(150),
                caps: self.caps(),
            },
            13..=15 => Step::Close {
                session: self.name("s", 24),
                at,
                kept: if self.one_in(3) { 0 } else { self.below(400) },
                to_review: !self.one_in(3),
            },
            16 => Step::ReviewSession(self.name("s", 24)),
            17 => Step::ReviewProgramme(self.name("p", 2), at - self.below(200)),
            _ => Step::Look {
                at: at + self.below(100) - self.below(100),
                per: self.period(),
            },
        })
    }
}
