//! A call told by hand, instant by instant, under rules to which nothing else gives cause.

use gardefou::{Action, CallPhase, Condition, PolicyHandle, Reason, Rect, Span, Timestamp};
use gardefou_policy::rules::{Programmes, Rules};
use gardefou_policy::types::Millis;

use crate::call::{Answer, Call, Event, Program, play};
use crate::fixture::{self, NOW};
use crate::reference;

/// A window of the first application, over most of the surface.
const WINDOW: (u32, Rect, Rect) = (
    0,
    Rect {
        x: 1,
        y: 1,
        width: 18,
        height: 14,
    },
    Rect {
        x: 0,
        y: 0,
        width: 20,
        height: 16,
    },
);

/// When everything that must be so is told, in ms after the opening.
pub const SOUND_FROM: Millis = 0;

/// A call that is told step by step. Instants are ms after the opening.
#[derive(Clone, Debug)]
pub struct Story {
    call: Call,
    now: Millis,
}

/// What a frame or a segment was answered, without the regions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// The frame is kept.
    Keep,
    /// The frame is skipped.
    Skip(Reason),
    /// The recording is stopped.
    Stop(Reason),
    /// This of the segment is kept, in ms after the opening.
    Kept(Millis, Millis),
    /// The segment is discarded.
    Discarded(Reason),
}

impl Story {
    /// A call that is connected, with every condition as it must be and one window, under these rules.
    #[must_use]
    pub fn under(generations: Vec<Vec<Rules>>) -> Self {
        let mut story = Self::silent(generations);
        story.phase(CallPhase::Connected, SOUND_FROM);
        for condition in Condition::ALL {
            story.right(condition, SOUND_FROM);
        }
        story
    }

    /// The same, under [`rules`].
    #[must_use]
    pub fn new() -> Self {
        Self::under(vec![vec![rules()]])
    }

    /// A call of which nothing is told but its window.
    #[must_use]
    pub fn silent(generations: Vec<Vec<Rules>>) -> Self {
        let mut story = Self {
            call: Call {
                generations,
                facts: fixture::facts(),
                at: NOW,
                events: vec![],
            },
            now: 0,
        };
        story.call.facts.frame_interval = 1_000;
        story.call.events.push(Event::Windows(vec![WINDOW]));
        story.identity(Program::Crm, 0);
        story
    }

    /// It is that instant now.
    ///
    /// # Panics
    /// When it was later already.
    pub fn at(&mut self, now: Millis) -> &mut Self {
        let wait = now.checked_sub(self.now).expect("time goes forward");
        self.call.events.push(Event::Wait(wait));
        self.now = now;
        self
    }

    fn offset(&self, at: Millis) -> i64 {
        i64::try_from(at).unwrap() - i64::try_from(self.now).unwrap()
    }

    /// The telephone is in that phase, since then.
    pub fn phase(&mut self, phase: CallPhase, since: Millis) -> &mut Self {
        let event = Event::Phase(phase, self.offset(since));
        self.push(event)
    }

    /// A condition is in that state, since then.
    pub fn condition(&mut self, condition: Condition, state: Option<bool>, since: Millis) -> &mut Self {
        let event = Event::Condition(condition, state, self.offset(since));
        self.push(event)
    }

    /// A condition is as it must be, since then.
    pub fn right(&mut self, condition: Condition, since: Millis) -> &mut Self {
        self.condition(condition, Some(condition.must_hold()), since)
    }

    /// A condition is not as it must be, since then.
    pub fn wrong(&mut self, condition: Condition, since: Millis) -> &mut Self {
        self.condition(condition, Some(!condition.must_hold()), since)
    }

    /// The window is that program, since then.
    pub fn identity(&mut self, program: Program, since: Millis) -> &mut Self {
        let event = Event::Identity(WINDOW.0, program, self.offset(since));
        self.push(event)
    }

    /// The window leaves the list, and comes back.
    pub fn window_leaves_and_comes_back(&mut self) -> &mut Self {
        self.push(Event::Windows(vec![])).push(Event::Windows(vec![WINDOW]))
    }

    /// The policies of that generation come into force.
    pub fn swap(&mut self, generation: usize) -> &mut Self {
        self.push(Event::Swap(generation))
    }

    /// A frame that was composed then is asked about, now.
    pub fn frame(&mut self, at: Millis) -> &mut Self {
        let late = self.now - at;
        self.push(Event::Frame {
            late,
            before: 0,
            after: 0,
        })
    }

    /// The segment from the one instant to the other is told, now.
    pub fn segment(&mut self, start: Millis, end: Millis) -> &mut Self {
        let end = self.offset(end);
        self.push(Event::Segment { start, end })
    }

    /// Something else happens.
    pub fn push(&mut self, event: Event) -> &mut Self {
        self.call.events.push(event);
        self
    }

    /// The call, as random calls are.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// What the reference answers, and which frames may stay in the end.
    #[must_use]
    pub fn by_reference(&self) -> (Vec<Said>, Vec<Millis>) {
        said(reference::answers(&self.call))
    }

    /// What the SDK answers, with leases or without.
    #[must_use]
    pub fn by_sdk(&self, handle: &PolicyHandle, reuse: bool, offer: impl FnMut(usize)) -> (Vec<Said>, Vec<Millis>) {
        said(play(&self.call, handle, reuse, offer))
    }
}

impl Default for Story {
    fn default() -> Self {
        Self::new()
    }
}

/// Rules that refuse whatever is unknown, and nothing that a story does not tell of: frames may be a second
/// apart, and there are no caps.
#[must_use]
pub fn rules() -> Rules {
    let mut rules = fixture::rules();
    rules.max_frame_interval = 1_000;
    rules.max_facts_age = 1_000;
    if let Programmes::Listed(programmes) = &mut rules.programmes {
        for programme in programmes {
            programme.employee_cap = gardefou_policy::types::Cap::NONE;
            programme.programme_cap = gardefou_policy::types::Cap::NONE;
            programme.max_unreviewed = gardefou::NO_LIMIT;
        }
    }
    rules
}

fn said(answers: Vec<Answer>) -> (Vec<Said>, Vec<Millis>) {
    let after = |at: Timestamp| at.since(NOW);
    let mut said = vec![];
    let mut stay = vec![];
    for answer in answers {
        match answer {
            Answer::Refused(reason) => panic!("a sound session is refused: {reason}"),
            Answer::Frame(Action::Keep, ..) => said.push(Said::Keep),
            Answer::Frame(Action::Skip, reason, _) => said.push(Said::Skip(reason)),
            Answer::Frame(Action::Stop, reason, _) => said.push(Said::Stop(reason)),
            Answer::Segment(Ok(Span { start, end })) => said.push(Said::Kept(after(start), after(end))),
            Answer::Segment(Err(reason)) => said.push(Said::Discarded(reason)),
            Answer::Finished(kept) => stay.extend(kept.into_iter().map(after)),
        }
    }
    (said, stay)
}
