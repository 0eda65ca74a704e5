//! The telephony's threads tell while the capture thread asks, on the machine's own clock: whatever the schedule,
//! nothing is kept that was told before the question to be refused, and nothing stays that was told after it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use gardefou::{
    Action, AppIdentity, CallFacts, CallPhase, Clock, Condition, Opening, Outcome, Placed, Policy, PolicyHandle, Rect,
    Runtime, Session, Span, Timestamp,
};
use gardefou_tests::call::Program;
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::story::rules;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// How many frames must have been kept, and how many refused, before a run says anything.
const ENOUGH: usize = 150;

/// What runs the longest on the busiest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// What a thread tells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fact {
    Phase,
    Condition(Condition),
}

/// A word that was told, and when that was over, in the order of everything that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Word {
    fact: Fact,
    date: Timestamp,
    passes: bool,
    told: u64,
}

/// A frame that was kept. It was asked after `began`, not before `asked`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Kept {
    at: Timestamp,
    asked: Timestamp,
    began: u64,
}

/// What all threads share.
struct Stage {
    call: CallFacts,
    clock: Clock,
    order: AtomicU64,
    is_over: AtomicBool,
    words: Mutex<Vec<Word>>,
}

impl Stage {
    fn happens(&self) -> u64 {
        self.order.fetch_add(1, Ordering::SeqCst)
    }

    fn tell(&self, fact: Fact, passes: bool, date: Timestamp) {
        match fact {
            Fact::Phase if passes => self.call.phase_at(CallPhase::Connected, date),
            Fact::Phase => self.call.phase_at(CallPhase::Held, date),
            Fact::Condition(condition) => {
                self.call
                    .condition_at(condition, Some(passes == condition.must_hold()), date)
            }
        };
        let told = self.happens();
        let word = Word {
            fact,
            date,
            passes,
            told,
        };
        self.words.lock().unwrap().push(word);
    }

    /// Refuses for a moment, again and again, dated up to so many ms too late.
    fn toggle(&self, fact: Fact, mut seed: u64, late: u64) {
        while !self.is_over.load(Ordering::SeqCst) {
            self.tell(fact, false, self.clock.now().minus(draw(&mut seed, late + 1)));
            thread::sleep(Duration::from_micros(500 + draw(&mut seed, 2_000)));
            self.tell(fact, true, self.clock.now());
            thread::sleep(Duration::from_micros(4_000 + draw(&mut seed, 12_000)));
        }
    }

    /// Says, much later, that something had begun to refuse.
    fn tell_late(&self, fact: Fact, mut seed: u64) {
        while !self.is_over.load(Ordering::SeqCst) {
            self.tell(fact, false, self.clock.now().minus(5 + draw(&mut seed, 20)));
            thread::sleep(Duration::from_micros(15_000 + draw(&mut seed, 30_000)));
        }
    }
}

/// A number below the limit.
fn draw(seed: &mut u64, limit: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % limit
}

/// The first word that passes, from that one on: whatever is said of the time between is refused.
fn until(words: &[Word], word: &Word) -> Timestamp {
    let passing = words.iter().filter(|other| other.fact == word.fact && other.passes);
    let behind = passing.map(|other| other.date).filter(|date| *date >= word.date);
    behind.min().unwrap_or(Timestamp::MAX)
}

/// Whether it refuses something beyond that instant. A word that passes of the same millisecond, told after it, leaves
/// nothing of it.
fn lasts_beyond(words: &[Word], word: &Word, at: Timestamp) -> bool {
    let end = until(words, word);
    end > at && end > word.date
}

/// What a capture thread did.
#[derive(Default)]
struct Captured {
    kept: Vec<Kept>,
    refused: usize,
    discarded: Vec<Span>,
}

fn capture(session: &mut Session, stage: &Stage) -> Captured {
    let mut captured = Captured::default();
    let started = Instant::now();
    let (mut seed, mut latest, mut segment) = (7, stage.clock.now(), stage.clock.now());
    while (captured.kept.len() < ENOUGH || captured.refused < ENOUGH) && started.elapsed() < LIMIT {
        thread::sleep(Duration::from_micros(draw(&mut seed, 1_500)));
        let at = stage.clock.now().minus(draw(&mut seed, 4)).max(latest);
        latest = at;
        session.windows(&[window()], at, at);
        session.identify_at(0, &app(), NOW);
        let began = stage.happens();
        let asked = stage.clock.now();
        if session.decide(at, 200, 100).action() == Action::Keep {
            captured.kept.push(Kept { at, asked, began });
        } else {
            captured.refused += 1;
        }
        if draw(&mut seed, 40) == 0 {
            let now = stage.clock.now();
            if let Outcome::Discard(ticket) = session.segment(segment, now) {
                captured.discarded.push(ticket.discard().segment);
                ticket.done().unwrap();
            }
            segment = now;
        }
    }
    captured
}

fn window() -> Placed {
    let all = Rect::new(10, 10, 60, 40);
    Placed {
        id: 0,
        inner: all,
        outer: all,
    }
}

fn app() -> AppIdentity {
    Program::Crm.identity()
}

#[test]
fn nothing_that_was_told_is_missed() {
    let policy = Policy::from_checked_rules(&RUNTIME, &rules()).unwrap();
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    let mut facts = fixture::facts();
    facts.frame_interval = 1_000;
    let Opening::Open(mut session, call) = handle.open(facts, NOW).unwrap() else {
        panic!("a sound session is refused");
    };
    call.phase_at(CallPhase::Connected, NOW);
    for condition in Condition::ALL {
        call.condition_at(condition, Some(condition.must_hold()), NOW);
    }
    let [payment, paused] = [Condition::PAYMENT_ENTRY, Condition::EMPLOYEE_PAUSED].map(Fact::Condition);
    // What was told at the opening ends what is dated before it.
    let opened = [payment, paused, Fact::Phase].map(|fact| Word {
        fact,
        date: NOW,
        passes: true,
        told: 0,
    });
    let stage = Stage {
        call,
        clock: session.clock(),
        order: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
        words: Mutex::new(opened.to_vec()),
    };
    let captured = thread::scope(|scope| {
        scope.spawn(|| stage.toggle(payment, 1, 2));
        scope.spawn(|| stage.toggle(Fact::Phase, 2, 0));
        scope.spawn(|| stage.toggle(paused, 3, 6));
        // Two threads tell of one fact.
        scope.spawn(|| stage.tell_late(paused, 4));
        let captured = capture(&mut session, &stage);
        stage.is_over.store(true, Ordering::SeqCst);
        captured
    });
    let words = stage.words.into_inner().unwrap();
    assert!(
        captured.kept.len() >= ENOUGH.min(20) && captured.refused >= ENOUGH.min(20),
        "too few frames"
    );
    for frame in &captured.kept {
        let mut told_before = words.iter().filter(|word| word.told < frame.began && !word.passes);
        let refused = told_before.find(|word| word.date <= frame.asked && lasts_beyond(&words, word, frame.at));
        assert_eq!(refused.map(|word| (word, frame)), None, "kept");
    }
    // The end: what was told of a frame after its question is known now.
    let mut discarded = captured.discarded;
    let mut stays = vec![];
    let end = session.clock().now().plus(1);
    for review in session.finish(end) {
        match review.outcome {
            Outcome::Keep => stays.push(review.segment),
            Outcome::Trim(part) => stays.push(part),
            Outcome::Discard(ticket) => {
                discarded.push(review.segment);
                ticket.done().unwrap();
            }
        }
    }
    let stayed = |frame: &&Kept| {
        let within = |spans: &[Span]| spans.iter().any(|span| span.contains(frame.at));
        within(&stays) && !within(&discarded)
    };
    for frame in captured.kept.iter().filter(stayed) {
        let mut refusing = words.iter().filter(|word| !word.passes);
        let late = refusing.find(|word| word.date < frame.asked && lasts_beyond(&words, word, frame.at));
        assert_eq!(late.map(|word| (word, frame)), None, "stayed");
    }
}
