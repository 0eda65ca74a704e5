//! Who answers.

use std::rc::Rc;

use gardefou::{Fault, Policy, Probe};
use gardefou_policy::facts::Segment;
use gardefou_policy::opening::{self, Session};
use gardefou_policy::regions::Painter;
use gardefou_policy::rules::Rules;
use gardefou_policy::types::{Action, Disposition, Reason, Refusal, Span, WindowKind};
use gardefou_policy::{access, frame, retention, review};

use crate::question::{Answer, FrameQuestion, Opened, Question};

/// Whoever answers questions.
pub trait Oracle {
    /// The answer to one question; questions do not depend on those before.
    fn answer(&mut self, question: &Question) -> Answer;
}

/// The rule functions themselves, over these rules: the floor, and in tests a second implementation.
#[derive(Debug)]
pub struct Native<'a> {
    rules: &'a Rules,
    session: Option<(Rc<Opened>, Result<Session, Refusal>)>,
    painter: Painter,
}

impl<'a> Native<'a> {
    /// Answers by these rules.
    #[must_use]
    pub fn new(rules: &'a Rules) -> Self {
        Self {
            rules,
            session: None,
            painter: Painter::default(),
        }
    }

    fn session(&mut self, wanted: &Rc<Opened>) -> Result<Session, Refusal> {
        if let Some((open, session)) = &self.session
            && Rc::ptr_eq(open, wanted)
        {
            return session.clone();
        }
        let session = opening::open(self.rules, &wanted.facts, wanted.at);
        self.session = Some((Rc::clone(wanted), session.clone()));
        session
    }

    fn frame(&mut self, question: &FrameQuestion) -> Answer {
        let session = match self.session(&question.session) {
            Ok(session) => session,
            Err(why) => return refused_frame(why),
        };
        let mut keep = Vec::new();
        let (width, height) = question.surface;
        let ruling = frame::decide(
            &session,
            &question.moment,
            width,
            height,
            &question.windows,
            &mut self.painter,
            &mut keep,
        );
        told_of_frame(&ruling, keep)
    }
}

impl Oracle for Native<'_> {
    fn answer(&mut self, question: &Question) -> Answer {
        match question {
            Question::Open(opened) => Answer::Open(self.session(opened).map(drop)),
            Question::Kind { session, app, .. } => Answer::Kind(match self.session(session) {
                Ok(session) => session.classify(self.rules, app),
                Err(_) => WindowKind::Other,
            }),
            Question::Frame(frame) => self.frame(frame),
            Question::Review(segment) => Answer::Review(review::review(segment), whole(segment)),
            Question::Access(access) => Answer::Access(access::authorise(self.rules, access)),
            Question::KeepUntil {
                artefact,
                collected_at,
                programme,
            } => Answer::Until(retention::keep_until(self.rules, *artefact, *collected_at, programme)),
            Question::Terms { programme } => Answer::Terms(opening::terms(self.rules, programme)),
        }
    }
}

/// A component, asked without the floor. Where it misbehaves the answer is what the SDK would give:
/// refused, `policy-fault`.
#[derive(Debug)]
pub struct Component {
    probe: Probe,
    session: Option<(Rc<Opened>, Result<(), Refusal>)>,
    faults: u64,
    first_fault: Option<Fault>,
}

const FAULT: Refusal = Refusal::of(Reason::POLICY_FAULT);

impl Component {
    /// Asks this policy.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            probe: Probe::new(policy),
            session: None,
            faults: 0,
            first_fault: None,
        }
    }

    /// How many questions it misbehaved at, and what it did at the first.
    #[must_use]
    pub const fn faults(&self) -> (u64, Option<&Fault>) {
        (self.faults, self.first_fault.as_ref())
    }

    /// What it told, or `fault` where it misbehaved.
    fn told<T>(&mut self, told: Result<T, Fault>, fault: T) -> T {
        told.unwrap_or_else(|what| {
            // The fresh instance that answers the next question has no session.
            self.session = None;
            self.faults += 1;
            self.first_fault.get_or_insert(what);
            fault
        })
    }

    fn session(&mut self, wanted: &Rc<Opened>) -> Result<(), Refusal> {
        if let Some((open, told)) = &self.session
            && Rc::ptr_eq(open, wanted)
        {
            return *told;
        }
        let told = self.probe.open(&wanted.facts, wanted.at);
        let is_sound = told.is_ok();
        let told = self.told(told, Err(FAULT));
        if is_sound {
            self.session = Some((Rc::clone(wanted), told));
        }
        told
    }

    fn frame(&mut self, question: &FrameQuestion) -> Answer {
        if let Err(why) = self.session(&question.session) {
            return refused_frame(why);
        }
        let mut keep = Vec::new();
        let told = self
            .probe
            .frame(&question.moment, question.surface, &question.windows, &mut keep)
            .map(|ruling| told_of_frame(&ruling, keep));
        let fault = Answer::Frame {
            action: Action::Skip,
            why: FAULT,
            keep: Vec::new(),
        };
        self.told(told, fault)
    }
}

impl Oracle for Component {
    fn answer(&mut self, question: &Question) -> Answer {
        match question {
            Question::Open(opened) => Answer::Open(self.session(opened)),
            Question::Kind { session, app, .. } => {
                if self.session(session).is_err() {
                    return Answer::Kind(WindowKind::Other);
                }
                let told = self.probe.classify(app);
                Answer::Kind(self.told(told, WindowKind::Other))
            }
            Question::Frame(frame) => self.frame(frame),
            Question::Review(segment) => {
                let told = self.probe.review(segment);
                Answer::Review(self.told(told, Disposition::Discard(FAULT)), whole(segment))
            }
            Question::Access(access) => {
                let told = self.probe.authorise(access);
                Answer::Access(self.told(told, Err(FAULT)))
            }
            Question::KeepUntil {
                artefact,
                collected_at,
                programme,
            } => {
                let told = self.probe.keep_until(*artefact, *collected_at, programme);
                // As the SDK does: what a broken policy cannot say is kept no longer at all.
                Answer::Until(self.told(told, *collected_at))
            }
            Question::Terms { programme } => {
                let told = self.probe.terms_of(programme);
                Answer::Terms(self.told(told, None))
            }
        }
    }
}

/// After a refused opening every frame is a stop, with the same reason.
const fn refused_frame(why: Refusal) -> Answer {
    Answer::Frame {
        action: Action::Stop,
        why,
        keep: Vec::new(),
    }
}

const fn told_of_frame(ruling: &frame::Ruling, keep: Vec<gardefou_policy::types::Rect>) -> Answer {
    Answer::Frame {
        action: ruling.action,
        why: Refusal {
            reason: ruling.reason,
            detail: ruling.detail,
        },
        keep,
    }
}

const fn whole(segment: &Segment) -> Span {
    Span {
        start: segment.started_at,
        end: segment.ended_at,
    }
}
