//! Frames of one session.

use std::rc::Rc;

use gardefou::{CallPhase, Condition, Conditions, Millis, Rect, Timestamp, WindowKind};
use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::rules::ceilings;

use super::changes::{Change, pairs};
use crate::asker::{Asker, Flow};
use crate::outline::Outline;
use crate::question::{Frame, Opening, Question};

const KIND: &str = "frame";

/// Everything passing, every check changed, and every two.
pub(super) fn ask(outline: &Outline, opening: &Rc<Opening>, asker: &mut dyn Asker) -> Flow {
    let base = base(opening.at);
    let changes = changes(outline, opening);
    asker.tally().axis(KIND, "changes of one check", changes.len());
    let put = |asker: &mut dyn Asker, frame: Frame| asker.put(Question::Frame(Rc::clone(opening), Box::new(frame)));
    put(asker, base.clone())?;
    for change in &changes {
        put(asker, change.of(&base))?;
    }
    for both in pairs(&base, &changes) {
        put(asker, both)?;
    }
    Flow::Continue(())
}

/// A frame that is kept wherever frames are.
pub(crate) fn base(at: Timestamp) -> Frame {
    let mut holds = Conditions::NONE;
    let mut known = Conditions::NONE;
    for condition in Condition::ALL {
        known = known.with(condition);
        if condition.must_hold() {
            holds = holds.with(condition);
        }
    }
    let moment = Moment {
        at,
        facts_from: at,
        facts_to: at,
        phase: CallPhase::Connected,
        known,
        holds,
        ..Moment::default()
    };
    Frame {
        moment,
        surface: SURFACE,
        windows: vec![window(WindowKind::Training, WHOLE, WHOLE)],
    }
}

const SURFACE: (u32, u32) = (800, 600);
const WHOLE: Rect = Rect::new(0, 0, 800, 600);
const CORNER: Rect = Rect::new(0, 0, 300, 200);
const MIDDLE: Rect = Rect::new(200, 100, 300, 300);
const BEYOND: Rect = Rect::new(-50, -50, 900, 700);

const fn window(kind: WindowKind, inner: Rect, outer: Rect) -> Window {
    Window { kind, inner, outer }
}

/// Every value of the facts that a check reads; the instant first, as others are relative to it.
fn changes<'a>(outline: &'a Outline, opening: &'a Opening) -> Vec<Change<'a, Frame>> {
    let id = &opening.facts.programme;
    let mut changes = instants(outline, opening);
    changes.extend(malformed());
    changes.extend(telephone());
    changes.extend(Condition::ALL.into_iter().flat_map(condition));
    changes.extend(ages(outline));
    changes.extend(gaps(outline));
    let interval = opening.facts.frame_interval;
    changes.extend(counters(
        &outline.of_programme(id, |p| p.employee_cap.limit),
        interval,
        |moment| &mut moment.employee_used,
    ));
    changes.extend(counters(
        &outline.of_programme(id, |p| p.programme_cap.limit),
        interval,
        |moment| &mut moment.programme_used,
    ));
    changes.extend(counters(
        &outline.of_programme(id, |p| p.max_unreviewed),
        interval,
        |moment| &mut moment.unreviewed,
    ));
    changes.extend(windows());
    changes
}

fn instants<'a>(outline: &Outline, opening: &Opening) -> Vec<Change<'a, Frame>> {
    let valid = outline.values(|rules| rules.notice.valid_for, ceilings::NOTICE);
    let given = opening.facts.employee_notice.as_ref().map(|notice| notice.given_at);
    let notice = given
        .into_iter()
        .flat_map(|given| valid.iter().map(move |valid| given.plus(*valid)));
    let notice = notice.flat_map(|end| [end.minus(1), end]);
    let mut all = outline.instants(&opening.facts.programme);
    all.extend(notice);
    all.retain(|at| *at > opening.at);
    all.push(opening.at.minus(1));
    all.sort_unstable();
    all.dedup();
    let of = |at: Timestamp| {
        Change::new("dates", move |frame: &mut Frame| {
            frame.moment.at = at;
            frame.moment.facts_from = at;
            frame.moment.facts_to = at;
        })
    };
    all.into_iter().map(of).collect()
}

/// Facts that contradict themselves.
fn malformed<'a>() -> Vec<Change<'a, Frame>> {
    let surfaces = [(0, 600), (800, 0), (1 << 31, 600), (800, u32::MAX), ((1 << 31) - 1, 1)];
    let mut changes: Vec<Change<'_, Frame>> = surfaces
        .into_iter()
        .map(|surface| Change::new("surface", move |frame: &mut Frame| frame.surface = surface))
        .collect();
    changes.extend(Condition::ALL.map(|condition| {
        Change::new("holds-within-known", move |frame: &mut Frame| {
            frame.moment.known = frame.moment.known.without(condition);
            frame.moment.holds = frame.moment.holds.with(condition);
        })
    }));
    changes
}

fn telephone<'a>() -> Vec<Change<'a, Frame>> {
    let phases = [
        CallPhase::None,
        CallPhase::Ringing,
        CallPhase::Held,
        CallPhase::Consulting,
        CallPhase::AfterCall,
    ];
    let of = |phase| Change::new("phase", move |frame: &mut Frame| frame.moment.phase = phase);
    phases.into_iter().map(of).collect()
}

/// The wrong way round, and unknown.
fn condition<'a>(condition: Condition) -> [Change<'a, Frame>; 2] {
    let check = condition.name();
    let wrong = Change::new(check, move |frame: &mut Frame| {
        let holds = frame.moment.holds;
        frame.moment.holds = match condition.must_hold() {
            true => holds.without(condition),
            false => holds.with(condition),
        };
    });
    let unknown = Change::new(check, move |frame: &mut Frame| {
        frame.moment.known = frame.moment.known.without(condition);
        frame.moment.holds = frame.moment.holds.without(condition);
    });
    [wrong, unknown]
}

fn ages<'a>(outline: &Outline) -> Vec<Change<'a, Frame>> {
    let limits = outline.values(|rules| rules.max_facts_age, ceilings::FACTS_AGE);
    let mut changes: Vec<Change<'_, Frame>> = limits
        .into_iter()
        .flat_map(|limit| [limit, limit.saturating_add(1)])
        .map(|age| {
            Change::new("stale-facts", move |frame: &mut Frame| {
                frame.moment.facts_from = frame.moment.at.minus(age);
                frame.moment.facts_to = frame.moment.at;
            })
        })
        .collect();
    changes.push(Change::new("stale-facts", |frame: &mut Frame| {
        frame.moment.facts_from = frame.moment.at.plus(1);
        frame.moment.facts_to = frame.moment.at.plus(1);
    }));
    changes.push(Change::new("stale-facts", |frame: &mut Frame| {
        frame.moment.facts_from = frame.moment.at.minus(1);
        frame.moment.facts_to = frame.moment.at.minus(1);
    }));
    changes
}

fn gaps<'a>(outline: &Outline) -> Vec<Change<'a, Frame>> {
    let limits = outline.values(|rules| rules.max_frame_interval, ceilings::FRAME_INTERVAL);
    let gaps = limits.into_iter().flat_map(|limit| [limit, limit.saturating_add(1)]);
    let of = |gap| Change::new("gap", move |frame: &mut Frame| frame.moment.gap = gap);
    gaps.map(of).collect()
}

/// The last value at which one more frame stays within the cap, and the first at which it does not.
fn counters<'a>(limits: &[Millis], interval: Millis, of: fn(&mut Moment) -> &mut Millis) -> Vec<Change<'a, Frame>> {
    let last = limits.iter().map(|limit| limit.saturating_sub(interval));
    let used = last
        .flat_map(|last| [last, last.saturating_add(1)])
        .chain([Millis::MAX]);
    let change = |used| Change::new("volume", move |frame: &mut Frame| *of(&mut frame.moment) = used);
    used.map(change).collect()
}

fn windows<'a>() -> Vec<Change<'a, Frame>> {
    use WindowKind::{Other, Training};
    let lists = [
        vec![],
        vec![window(Other, WHOLE, WHOLE)],
        vec![window(Other, CORNER, MIDDLE)],
        vec![window(Training, MIDDLE, MIDDLE)],
        vec![window(Training, MIDDLE, WHOLE)],
        vec![window(Training, Rect::default(), WHOLE)],
        vec![window(Training, BEYOND, BEYOND)],
        vec![window(Other, MIDDLE, MIDDLE), window(Training, WHOLE, WHOLE)],
        vec![window(Other, Rect::default(), MIDDLE), window(Training, WHOLE, WHOLE)],
        vec![window(Training, CORNER, CORNER), window(Other, WHOLE, WHOLE)],
        vec![window(Training, MIDDLE, WHOLE), window(Training, WHOLE, WHOLE)],
        vec![window(Training, WHOLE, WHOLE); 128],
        vec![window(Training, WHOLE, WHOLE); 129],
        vec![window(Training, WHOLE, MIDDLE)],
    ];
    let of = |list: Vec<Window>| Change::new("windows", move |frame: &mut Frame| frame.windows.clone_from(&list));
    lists.into_iter().map(of).collect()
}
