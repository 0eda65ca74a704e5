//! The plain reading of "facts hold from capture to question", said once more and without a history: **whatever
//! facts are told, in whatever order, a frame that any instant from its capture to its question would refuse is
//! not kept.** It knows the words as they were told, and nothing of how anybody keeps them.
//!
//! It holds in one direction only: who keeps less breaks nothing here. And for rules under which nothing unknown
//! passes and a held call does not go on.

use std::fmt;

use gardefou::{Action, CallPhase, Condition, Timestamp};

use crate::call::{Answer, Call, Event, date};

/// What a word is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fact {
    Phase,
    Condition(Condition),
}

/// Something that was told of the call.
#[derive(Clone, Copy, Debug)]
struct Word {
    fact: Fact,
    told_at: Timestamp,
    date: Timestamp,
    /// Whether a frame may be kept while that is so.
    passes: bool,
    /// Whether it holds to the end once it held.
    sticks: bool,
    /// Whether the call may be over with it.
    is_over: bool,
}

impl Word {
    /// When it begins to count: in the future only what passes.
    fn from(&self) -> Timestamp {
        if self.passes {
            self.date
        } else {
            self.date.min(self.told_at)
        }
    }
}

/// A frame that was kept, and how many words were told before its question.
#[derive(Clone, Copy, Debug)]
struct Kept {
    at: Timestamp,
    asked: Timestamp,
    words: usize,
}

/// How answers break the plain reading.
#[derive(Clone, Debug)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether these answers to the call keep to it.
///
/// # Errors
/// The first frame that was kept, or stayed, and must not have been.
pub fn holds(call: &Call, answers: &[Answer]) -> Result<(), Broken> {
    let (words, kept) = walk(call, answers);
    for frame in &kept {
        let told = &words[..frame.words];
        for at in (frame.at.as_millis()..=frame.asked.as_millis()).map(Timestamp::from_millis) {
            if let Some(fact) = refused_at(told, at) {
                return Err(Broken(format!("{frame:?} was kept, and {fact:?} refuses at {at:?}")));
            }
        }
    }
    let Some(Answer::Finished(stay)) = answers.last() else {
        return Ok(());
    };
    for frame in kept.iter().filter(|frame| stay.contains(&frame.at)) {
        if let Some(word) = told_late(&words, frame) {
            return Err(Broken(format!("{frame:?} stayed, and {word:?} was told later")));
        }
    }
    Ok(())
}

/// The words, in the order in which they were told, and the frames that were kept.
fn walk(call: &Call, answers: &[Answer]) -> (Vec<Word>, Vec<Kept>) {
    let (mut words, mut kept) = (vec![], vec![]);
    let mut now = call.at;
    let mut answers = answers.iter();
    for event in &call.events {
        match event {
            Event::Wait(ms) => now = now.plus(*ms),
            Event::Phase(phase, from) => words.push(Word {
                fact: Fact::Phase,
                told_at: now,
                date: date(now, *from),
                passes: *phase == CallPhase::Connected,
                sticks: false,
                is_over: matches!(phase, CallPhase::None | CallPhase::AfterCall),
            }),
            Event::Condition(condition, state, from) => words.push(Word {
                fact: Fact::Condition(*condition),
                told_at: now,
                date: date(now, *from),
                passes: *state == Some(condition.must_hold()),
                sticks: condition.is_sticky() && *state == Some(true),
                is_over: false,
            }),
            Event::Frame { late, .. } => {
                if let Some(Answer::Frame(Action::Keep, ..)) = answers.next() {
                    kept.push(Kept {
                        at: now.minus(*late),
                        asked: now,
                        words: words.len(),
                    });
                }
            }
            Event::Segment { .. } => drop(answers.next()),
            _ => {}
        }
    }
    (words, kept)
}

/// A fact that refuses at that instant, by these words.
fn refused_at(words: &[Word], at: Timestamp) -> Option<Fact> {
    let conditions = Condition::ALL.into_iter().map(Fact::Condition);
    let mut facts = conditions.chain([Fact::Phase]);
    facts.find(|fact| {
        let words: Vec<Word> = words.iter().filter(|word| word.fact == *fact).copied().collect();
        let passing = || (0..words.len()).filter(|n| words[*n].passes && counts(&words, *n) && words[*n].date <= at);
        // Nothing is known of it yet, or a word refuses that no passing one follows.
        let refuses = |n: usize| {
            let word = words[n];
            !word.passes && word.from() <= at && (word.sticks || !passing().any(|m| follows(&words, m, n)))
        };
        passing().next().is_none() || (0..words.len()).any(refuses) || is_over(&words, at)
    })
}

/// A word that says what was so before another that was told already erases nothing.
fn counts(words: &[Word], n: usize) -> bool {
    words[..n].iter().all(|earlier| earlier.date <= words[n].date)
}

/// Whether word m comes behind word n: it is dated later, or for the same instant and told later.
fn follows(words: &[Word], m: usize, n: usize) -> bool {
    (words[m].date, m) > (words[n].date, n)
}

/// Whether the call was hung up at that instant: over, after it was connected.
fn is_over(words: &[Word], at: Timestamp) -> bool {
    let answered = (0..words.len()).find(|n| words[*n].passes && counts(words, *n));
    let answered = answered.map(|n| words[n].date);
    words.iter().any(|word| {
        let hangs_up = word.is_over && answered.is_some_and(|answered| answered <= word.from());
        hangs_up && word.from() <= at
    })
}

/// A word that was told after the frame's question, and would have refused it.
fn told_late(words: &[Word], frame: &Kept) -> Option<Word> {
    let phases: Vec<Word> = words.iter().filter(|word| word.fact == Fact::Phase).copied().collect();
    if is_over(&phases, frame.at) {
        return phases.last().copied();
    }
    let late = (frame.words..words.len()).find(|n| {
        let word = words[*n];
        let before: Vec<Word> = words[..*n]
            .iter()
            .filter(|word| word.fact == Fact::Phase)
            .copied()
            .collect();
        if word.fact == Fact::Phase && !word.is_over && is_over(&before, word.date) {
            // Nothing leads back into the call, and nothing is told of it any more.
            return false;
        }
        // A hang-up is none: what was composed before it may stay.
        let hangs_up = word.is_over && is_over(&phases, word.from());
        let ends = (0..words.len()).any(|m| {
            let other = words[m];
            let is_told = other.fact == word.fact && (!other.passes || is_counted(words, m));
            // It was over when the frame was composed, or never was: the word told last of one instant counts.
            is_told && follows(words, m, *n) && other.from() <= frame.at.max(word.from())
        });
        let lasts = word.sticks || !ends;
        !word.passes && !hangs_up && word.from() < frame.asked && lasts
    });
    late.map(|n| words[n])
}

/// Whether a word counts among those of its fact.
fn is_counted(words: &[Word], m: usize) -> bool {
    let fact = words[m].fact;
    words[..m]
        .iter()
        .all(|earlier| earlier.fact != fact || earlier.date <= words[m].date)
}
