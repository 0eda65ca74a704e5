//! The questions about frames.
//!
//! A session of a programme that opens on both sides, at a moment to which neither gives cause: one such
//! moment passes every check of both (every condition as it must be, no gap, nothing recorded). By the
//! argument of the openings, every class of values of every single check on that one base finds every
//! difference; the facts of a session bear on its frames only through the frame interval, which the limits
//! of volume add to a counter, and through the end of the notice.

use std::rc::Rc;

use gardefou_policy::facts::{Moment, Usage, Window};
use gardefou_policy::types::{CallPhase, Condition, Conditions, Millis, NO_LIMIT, Rect, Timestamp, WindowKind};

use crate::question::{FrameQuestion, Opened, Question};
use crate::sides::{Sides, distinct};

const SURFACE: (u32, u32) = (200, 100);

const PHASES: [CallPhase; 6] = [
    CallPhase::None,
    CallPhase::Ringing,
    CallPhase::Connected,
    CallPhase::Held,
    CallPhase::Consulting,
    CallPhase::AfterCall,
];

/// Asks about frames of a programme. A question is put to both sides, each under its own session where no
/// session opens on both.
pub(crate) fn ask(sides: &Sides<'_>, programme: &str, sink: &mut dyn FnMut(Question, Question)) {
    let Some([(old, at), (new, new_at)]) = sides.session(programme) else {
        return;
    };
    if (&old, at) != (&new, new_at) {
        let sessions = [(old, at), (new, new_at)].map(|(facts, at)| Rc::new(Opened { facts, at }));
        Asker::new(sides, programme, sessions, sink).singles();
        return;
    }
    let valid = sides.both().map(|rules| rules.notice.valid_for).into_iter().min();
    let ages = [0, valid.unwrap_or(0).saturating_sub(1)];
    for age in distinct(ages) {
        let mut facts = old.clone();
        if let Some(notice) = &mut facts.employee_notice {
            notice.given_at = at.minus(age);
        }
        let session = Rc::new(Opened { facts, at });
        let mut asker = Asker::new(sides, programme, [Rc::clone(&session), session], sink);
        asker.dates(sides, programme);
        if age == 0 {
            asker.singles();
            asker.pairs();
        }
    }
}

struct Asker<'a> {
    sessions: [Rc<Opened>; 2],
    axes: Axes,
    sink: &'a mut dyn FnMut(Question, Question),
}

struct Axes {
    interval: Millis,
    ages: Vec<Millis>,
    gaps: Vec<Millis>,
    /// Of the employee, of the programme, unreviewed.
    counters: [Vec<Millis>; 3],
}

/// A value and the next.
fn edge(limits: impl Iterator<Item = Millis>) -> Vec<Millis> {
    let finite = limits.filter(|limit| *limit != NO_LIMIT);
    distinct(finite.flat_map(|limit| [limit, limit.saturating_add(1)]).chain([0]))
}

impl<'a> Asker<'a> {
    fn new(
        sides: &Sides<'_>,
        programme: &str,
        sessions: [Rc<Opened>; 2],
        sink: &'a mut dyn FnMut(Question, Question),
    ) -> Self {
        let interval = sessions.iter().map(|s| s.facts.frame_interval).min().unwrap_or(1);
        let room = |limits: Vec<Millis>| {
            edge(limits.into_iter().map(|limit| match limit {
                NO_LIMIT => NO_LIMIT,
                limit => limit.saturating_sub(interval),
            }))
        };
        let axes = Axes {
            interval,
            ages: edge(sides.both().iter().map(|rules| rules.max_facts_age)),
            gaps: edge(sides.both().iter().map(|rules| rules.max_frame_interval)),
            counters: [
                room(sides.of(programme).map(|p| p.employee_cap.limit).collect()),
                room(sides.of(programme).map(|p| p.programme_cap.limit).collect()),
                room(sides.of(programme).map(|p| p.max_unreviewed).collect()),
            ],
        };
        Self { sessions, axes, sink }
    }

    /// Asks about a moment that lies so long after the opening of either session.
    fn put(&mut self, after: Millis, change: impl Fn(&mut FrameQuestion)) {
        let [old, new] = self.sessions.clone().map(|session| {
            let at = session.at.plus(after);
            let mut question = sound(session, at);
            change(&mut question);
            Question::Frame(Box::new(question))
        });
        (self.sink)(old, new);
    }

    /// At every date at which the session could end, and one millisecond before.
    fn dates(&mut self, sides: &Sides<'_>, programme: &str) {
        let opened = self.sessions.each_ref().map(|s| s.at)[0];
        let given = self
            .sessions
            .each_ref()
            .map(|s| s.facts.employee_notice.as_ref().map(|n| n.given_at))[0];
        let ends = sides
            .both()
            .map(|rules| given.map(|given| given.plus(rules.notice.valid_for)));
        let ends = crate::sides::with_one_before(ends.into_iter().flatten());
        for at in distinct(sides.dates(programme).into_iter().chain(ends)) {
            if at >= opened {
                self.put(at.since(opened), |_| {});
            }
        }
    }

    fn singles(&mut self) {
        self.put(0, |_| {});
        for phase in PHASES {
            self.put(0, |question| question.moment.phase = phase);
        }
        for condition in Condition::ALL {
            for state in [None, Some(true), Some(false)] {
                self.put(0, |question| set(&mut question.moment, condition, state));
            }
        }
        self.put(0, |question| question.moment.at = question.moment.at.minus(1));
        self.put(0, |question| {
            let Moment { known, holds, .. } = &mut question.moment;
            *known = known.without(Condition::PAYMENT_ENTRY);
            *holds = holds.with(Condition::PAYMENT_ENTRY);
        });
        self.put(1, |question| question.moment.facts_from = question.moment.at.plus(1));
        self.put(1, |question| question.moment.facts_to = question.moment.at.minus(1));
        for age in self.axes.ages.clone() {
            self.put(0, |question| {
                question.moment.facts_to = question.moment.facts_from.plus(age);
            });
        }
        for gap in self.axes.gaps.clone() {
            self.put(gap, |question| question.moment.gap = gap);
        }
        for (n, values) in self.axes.counters.clone().into_iter().enumerate() {
            for used in values {
                self.put(0, |question| *counter(&mut question.moment, n) = used);
            }
        }
        self.put(0, |question| question.moment.usage = None);
        for surface in [
            (0, 100),
            (200, 0),
            (0x7fff_ffff, 1),
            (0x8000_0000, 100),
            (200, 0x8000_0000),
        ] {
            self.put(0, |question| question.surface = surface);
        }
        for windows in lists() {
            self.put(0, |question| question.windows.clone_from(&windows));
        }
    }

    /// Two failing values at once, of different checks: for the order.
    fn pairs(&mut self) {
        let last = |values: &[Millis]| values.last().copied().unwrap_or(u64::MAX);
        let gap = last(&self.axes.gaps).max(self.axes.interval);
        let age = last(&self.axes.ages);
        let used: Vec<Millis> = self.axes.counters.iter().map(|values| last(values)).collect();
        type Spoil = Box<dyn Fn(&mut FrameQuestion)>;
        let mut failing: Vec<Spoil> = vec![
            Box::new(|q| q.moment.at = q.moment.at.minus(1)),
            Box::new(|q| q.surface = (0, 0)),
            Box::new(|q| q.windows.clear()),
            Box::new(move |q| q.moment.facts_to = q.moment.facts_from.plus(age)),
            Box::new(move |q| q.moment.gap = gap),
        ];
        for phase in PHASES {
            failing.push(Box::new(move |q| q.moment.phase = phase));
        }
        for condition in Condition::ALL {
            for state in [None, Some(!condition.must_hold())] {
                failing.push(Box::new(move |q| set(&mut q.moment, condition, state)));
            }
        }
        for (n, used) in used.into_iter().enumerate() {
            failing.push(Box::new(move |q| *counter(&mut q.moment, n) = used));
        }
        for (n, first) in failing.iter().enumerate() {
            for second in failing.iter().skip(n + 1) {
                self.put(0, |question| {
                    first(question);
                    second(question);
                });
            }
        }
    }
}

/// A frame to which no rule objects, if its session is open.
fn sound(session: Rc<Opened>, at: Timestamp) -> FrameQuestion {
    let all = Condition::ALL.into_iter();
    let rect = Rect::new(10, 10, 60, 40);
    FrameQuestion {
        session,
        moment: Moment {
            at,
            facts_from: at,
            facts_to: at,
            gap: 1,
            phase: CallPhase::Connected,
            known: all.clone().fold(Conditions::NONE, Conditions::with),
            holds: all.filter(|c| c.must_hold()).fold(Conditions::NONE, Conditions::with),
            usage: Some(Usage::default()),
        },
        surface: SURFACE,
        windows: vec![window(WindowKind::Training, rect, rect)],
    }
}

const fn window(kind: WindowKind, inner: Rect, outer: Rect) -> Window {
    Window { kind, inner, outer }
}

fn lists() -> Vec<Vec<Window>> {
    let (large, small) = (Rect::new(10, 10, 60, 40), Rect::new(20, 20, 10, 10));
    let training = |inner, outer| window(WindowKind::Training, inner, outer);
    let other = |rect| window(WindowKind::Other, rect, rect);
    vec![
        vec![],
        vec![other(large)],
        vec![training(large, large)],
        vec![other(small), training(large, large)],
        vec![training(small, small), other(large)],
        vec![training(small, large), other(large)],
        vec![training(Rect::default(), large)],
        vec![training(large, small)],
        vec![other(Rect::default()), training(large, large)],
        vec![training(small, small); 129],
    ]
}

fn set(moment: &mut Moment, condition: Condition, state: Option<bool>) {
    let put = |set: Conditions, is_in: bool| {
        if is_in {
            set.with(condition)
        } else {
            set.without(condition)
        }
    };
    moment.known = put(moment.known, state.is_some());
    moment.holds = put(moment.holds, state == Some(true));
}

fn counter(moment: &mut Moment, n: usize) -> &mut Millis {
    let usage = moment.usage.get_or_insert_default();
    match n {
        0 => &mut usage.employee_used,
        1 => &mut usage.programme_used,
        _ => &mut usage.unreviewed,
    }
}
