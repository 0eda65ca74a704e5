//! Every order of capture, told and asked, over a real component: against the plain reading of the contract, and
//! against the second implementation.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use gardefou::{CallPhase, Condition, Policy, PolicyHandle, Runtime};
use gardefou_tests::call::play;
use gardefou_tests::story::{Story, rules};
use gardefou_tests::{plain, reference};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::from_checked_rules(&RUNTIME, &rules()).unwrap());

/// When a schedule begins, in ms after the opening. From there on a step is a millisecond.
const START: u64 = 10;

/// Holds one order of things against both.
fn check(handle: &PolicyHandle, story: &Story, schedule: &dyn fmt::Debug) {
    let reference = reference::answers(story.call());
    for reuse in [true, false] {
        let answers = play(story.call(), handle, reuse, |_| {});
        if let Err(broken) = plain::holds(story.call(), &answers) {
            panic!("{schedule:?}, leases: {reuse}: {broken}");
        }
        assert_eq!(answers, reference, "{schedule:?}, leases: {reuse}");
    }
}

/// A fact of which two words are told.
#[derive(Clone, Copy, Debug)]
enum Fact {
    Phase(CallPhase),
    Wrong(Condition),
    Unknown(Condition),
}

impl Fact {
    fn refuse(self, story: &mut Story, since: u64) {
        match self {
            Self::Phase(phase) => story.phase(phase, since),
            Self::Wrong(condition) => story.wrong(condition, since),
            Self::Unknown(condition) => story.condition(condition, None, since),
        };
    }

    fn pass(self, story: &mut Story, since: u64) {
        match self {
            Self::Phase(_) => story.phase(CallPhase::Connected, since),
            Self::Wrong(condition) | Self::Unknown(condition) => story.right(condition, since),
        };
    }
}

/// The steps of two frames and two facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// The frame of that number is composed.
    Captured(usize),
    /// It is asked about.
    Asked(usize),
    /// The fact of that number begins to refuse.
    Begins(usize),
    /// That is told.
    Told(usize),
    /// It passes again, and that is told at once.
    Over(usize),
}

const STEPS: [Step; 10] = [
    Step::Captured(0),
    Step::Captured(1),
    Step::Asked(0),
    Step::Asked(1),
    Step::Begins(0),
    Step::Told(0),
    Step::Over(0),
    Step::Begins(1),
    Step::Told(1),
    Step::Over(1),
];

/// All orders in which a frame is asked after it is composed, and the frames in their order.
fn orders() -> Vec<Vec<Step>> {
    let mut orders = vec![];
    extend(&mut vec![], &mut orders);
    orders
}

fn extend(order: &mut Vec<Step>, orders: &mut Vec<Vec<Step>>) {
    if order.len() == STEPS.len() {
        orders.push(order.clone());
        return;
    }
    for step in STEPS {
        let waits_for: &[Step] = match step {
            Step::Captured(0) | Step::Begins(_) | Step::Told(_) | Step::Over(_) => &[],
            Step::Captured(_) | Step::Asked(0) => &[Step::Captured(0)],
            Step::Asked(_) => &[Step::Captured(1), Step::Asked(0)],
        };
        if order.contains(&step) || !waits_for.iter().all(|step| order.contains(step)) {
            continue;
        }
        order.push(step);
        extend(order, orders);
        order.pop();
    }
}

fn story(order: &[Step], facts: [Fact; 2]) -> Story {
    let when = |step: Step| START + order.iter().position(|s| *s == step).unwrap() as u64;
    let mut story = Story::new();
    for step in order {
        story.at(when(*step));
        match *step {
            Step::Captured(_) | Step::Begins(_) => {}
            Step::Asked(n) => drop(story.frame(when(Step::Captured(n)))),
            Step::Told(n) => facts[n].refuse(&mut story, when(Step::Begins(n))),
            Step::Over(n) => facts[n].pass(&mut story, when(*step)),
        }
    }
    story
}

/// Two facts, two frames: 302,400 orders. What begins to refuse is told before it does, at some time after it
/// did, or when it is over already.
#[test]
fn of_two_facts_and_two_frames() {
    let facts = [Fact::Wrong(Condition::PAYMENT_ENTRY), Fact::Phase(CallPhase::Held)];
    let orders = orders();
    assert_eq!(orders.len(), 302_400);
    let next = AtomicUsize::new(0);
    let handle = PolicyHandle::new(vec![POLICY.clone()]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(order) = orders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(&handle, &story(order, facts), order);
                }
            });
        }
    });
}

/// The instants of one frame and of two words of one fact, which may be the same, and the order in which what
/// happens at one instant is told and asked.
#[derive(Clone, Copy, Debug)]
struct Schedule {
    captured: u64,
    asked: u64,
    begins: u64,
    told: u64,
    ends: u64,
    told_over: u64,
    /// Which of asked, told and told over comes first, second and third where the instants are the same.
    order: [usize; 3],
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Every one with so many instants.
fn schedules(instants: u64) -> impl Iterator<Item = Schedule> {
    (0..instants.pow(6)).flat_map(move |n| {
        let digit = |place: u32| START + n / instants.pow(place) % instants;
        let [captured, asked, begins, told, ends, told_over] = [0, 1, 2, 3, 4, 5].map(digit);
        let of_order = move |order: [usize; 3]| Schedule {
            captured,
            asked,
            begins,
            told,
            ends,
            told_over,
            order,
        };
        ORDERS.into_iter().map(of_order).filter(Schedule::is_possible)
    })
}

impl Schedule {
    fn steps(&self) -> [(u64, usize); 3] {
        self.order
            .map(|step| ([self.asked, self.told, self.told_over][step], step))
    }

    fn is_possible(&self) -> bool {
        self.captured <= self.asked && self.steps().is_sorted_by_key(|(at, _)| *at)
    }

    fn story(&self, fact: Fact) -> Story {
        let mut story = Story::new();
        for (at, step) in self.steps() {
            story.at(at);
            match step {
                0 => drop(story.frame(self.captured)),
                1 => fact.refuse(&mut story, self.begins),
                _ => fact.pass(&mut story, self.ends),
            }
        }
        story
    }
}

/// One fact and one frame, with all that can fall on one instant: late, backdated and in the future, both words.
#[test]
fn of_one_fact_and_one_frame_with_ties() {
    let handle = PolicyHandle::new(vec![POLICY.clone()]).unwrap();
    let facts = [
        Fact::Wrong(Condition::PAYMENT_ENTRY),
        Fact::Unknown(Condition::PARTY_OBJECTED),
        Fact::Wrong(Condition::PRIVATE_CALL),
        Fact::Phase(CallPhase::Consulting),
        Fact::Phase(CallPhase::None),
        Fact::Phase(CallPhase::AfterCall),
    ];
    for fact in facts {
        let mut seen = 0;
        for schedule in schedules(4) {
            check(&handle, &schedule.story(fact), &(fact, schedule));
            seen += 1;
        }
        assert_eq!(seen, 4_800);
    }
}
