//! What the telephone and the conditions were, and when the call was answered and hung up.

use gardefou::{CallPhase, Condition, Reason, Span, Timestamp};
use gardefou_policy::types::Conditions;

use super::history::{History, PASSES, Word};

/// A condition that nobody knows.
const UNKNOWN: u8 = 1;
/// A condition that is not as it must be.
const REFUSES: u8 = 2;

/// The phases; those that stand later are stricter. Only the first passes.
const PHASES: [CallPhase; 6] = [
    CallPhase::Connected,
    CallPhase::Held,
    CallPhase::Consulting,
    CallPhase::Ringing,
    CallPhase::None,
    CallPhase::AfterCall,
];

fn strictness(phase: CallPhase) -> u8 {
    u8::try_from(PHASES.iter().position(|p| *p == phase).unwrap()).unwrap()
}

/// What was told of the call.
#[derive(Clone, Debug)]
pub struct Told {
    /// How many words were told.
    pub words: usize,
    phases: History,
    conditions: [History; 7],
    /// The date of the first `connected` that counted.
    pub answered: Option<Timestamp>,
    /// The earliest hang-up.
    pub hung_up: Option<Timestamp>,
    /// What was told of the phase before each hang-up, and the hang-up until then.
    before: Vec<(History, Option<Timestamp>)>,
}

/// What the call is to a question.
#[derive(Clone, Copy, Debug)]
pub struct Effective {
    pub phase: CallPhase,
    pub known: Conditions,
    pub holds: Conditions,
}

impl Told {
    pub fn nothing(range: Span) -> Self {
        let history = |condition: Condition| History::new(range, UNKNOWN, condition.is_sticky().then_some(REFUSES));
        Self {
            words: 0,
            phases: History::new(range, strictness(CallPhase::None), None),
            conditions: Condition::ALL.map(history),
            answered: None,
            hung_up: None,
            before: vec![],
        }
    }

    fn word(&mut self, now: Timestamp, date: Timestamp) -> Word {
        self.words += 1;
        Word {
            told: self.words,
            now,
            date,
        }
    }

    pub fn condition(&mut self, now: Timestamp, date: Timestamp, condition: Condition, state: Option<bool>) {
        let value = match state {
            None => UNKNOWN,
            Some(holds) if holds == condition.must_hold() => PASSES,
            Some(_) => REFUSES,
        };
        let word = self.word(now, date);
        let n = Condition::ALL.iter().position(|c| *c == condition).unwrap();
        self.conditions[n].tell(word, value);
    }

    pub fn phase(&mut self, now: Timestamp, date: Timestamp, phase: CallPhase) {
        let is_over = matches!(phase, CallPhase::None | CallPhase::AfterCall);
        // Nothing leads back into the call.
        if !is_over && self.hung_up.is_some_and(|hung_up| date >= hung_up) {
            return;
        }
        let hangs_up = is_over && self.hangs_up(phase, date);
        // A hang-up of the future is one of now; what is told of it later is held against that instant.
        let is_first = hangs_up && self.hung_up.is_none_or(|hung_up| date.min(now) < hung_up);
        let word = self.word(now, if is_first { date.min(now) } else { date });
        let before = (self.phases.clone(), self.hung_up);
        let Some(from) = self.phases.tell(word, strictness(phase)) else {
            return;
        };
        if hangs_up {
            self.before.push(before);
        }
        if phase == CallPhase::Connected {
            self.answered.get_or_insert(from);
        }
        if hangs_up {
            self.hung_up = Some(self.hung_up.map_or(from, |earlier| earlier.min(from)));
        }
        if let Some(hung_up) = self.hung_up {
            self.phases.ignore_below(strictness(CallPhase::None), hung_up);
        }
    }

    /// `none` hangs up from the answer on. `after-call` hangs up whenever it is dated, the stricter reading:
    /// before an answer, the call was never answered.
    fn hangs_up(&self, phase: CallPhase, date: Timestamp) -> bool {
        phase == CallPhase::AfterCall || self.answered.is_some_and(|answered| date >= answered)
    }

    /// The reasons of the words that were told after the first so many, although they began before a frame's
    /// question and lasted beyond its capture. A hang-up is none of them: it trims. What was told before it counts
    /// all the same, also of later instants.
    pub fn late_for(&self, words: usize, at: Timestamp, asked: Timestamp) -> Vec<Reason> {
        let refused = |phases: &History, hung_up: Option<Timestamp>| {
            let in_call = hung_up.is_none_or(|hung_up| at < hung_up);
            let end_of_call = hung_up.map_or(asked, |hung_up| asked.min(hung_up.minus(1)));
            in_call && phases.refused_since(words, at, end_of_call, asked)
        };
        let mut before = self.before.iter();
        let phase = refused(&self.phases, self.hung_up) || before.any(|(phases, hung_up)| refused(phases, *hung_up));
        let conditions = Condition::ALL.into_iter().zip(&self.conditions);
        let late = conditions.filter(|(_, history)| history.refused_since(words, at, asked, asked));
        let reasons = late.map(|(condition, _)| condition.reason());
        reasons.chain(phase.then_some(Reason::NO_CALL)).collect()
    }

    /// The strictest that everything was at any instant from the one to the other, both included.
    pub fn strictest(&self, from: Timestamp, to: Timestamp) -> Effective {
        let (mut known, mut holds) = (Conditions::NONE, Conditions::NONE);
        for (condition, history) in Condition::ALL.into_iter().zip(&self.conditions) {
            let value = history.strictest(from, to);
            if value == UNKNOWN {
                continue;
            }
            known = known.with(condition);
            if (value == PASSES) == condition.must_hold() {
                holds = holds.with(condition);
            }
        }
        Effective {
            phase: PHASES[usize::from(self.phases.strictest(from, to))],
            known,
            holds,
        }
    }
}
