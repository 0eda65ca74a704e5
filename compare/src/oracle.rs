//! Whoever answers questions: a component in its sandbox, or rules called natively.

use std::rc::Rc;

use gardefou::probe::Probe;
use gardefou::{Fault, Refusal, SessionFacts, Timestamp};
use gardefou_policy::facts::Window;
use gardefou_policy::regions::Painter;
use gardefou_policy::rules::{Programmes, Rules};
use gardefou_policy::types::WindowKind;
use gardefou_policy::{access, frame, opening, retention, review};

use crate::question::{Answer, Opening, Question};

/// Answers questions.
pub trait Oracle {
    /// The answer.
    fn answer(&mut self, question: &Question) -> Answer;

    /// Whether a session opens.
    fn opens(&mut self, facts: &SessionFacts, at: Timestamp) -> bool {
        let opening = Rc::new(Opening {
            facts: facts.clone(),
            at,
        });
        self.answer(&Question::Open(opening)) == Answer::Open(Ok(()))
    }
}

/// A component, asked without the floor under it.
#[derive(Debug)]
pub struct Component {
    probe: Probe,
    /// The session that is open in it, or was refused.
    session: Option<(Rc<Opening>, Result<(), Refusal>)>,
}

impl Component {
    /// This component.
    #[must_use]
    pub const fn new(probe: Probe) -> Self {
        Self { probe, session: None }
    }

    /// Opens the session that a question is about, unless it is the one that is open.
    fn enter(&mut self, opening: &Rc<Opening>) -> Result<Result<(), Refusal>, Fault> {
        let same = |(own, told): &(Rc<Opening>, _)| (Rc::ptr_eq(own, opening) || own == opening).then_some(*told);
        if let Some(told) = self.session.as_ref().and_then(same) {
            return Ok(told);
        }
        self.session = None;
        let told = self.probe.open(&opening.facts, opening.at)?;
        self.session = Some((Rc::clone(opening), told));
        Ok(told)
    }

    fn ask(&mut self, question: &Question) -> Result<Answer, Fault> {
        Ok(match question {
            Question::Open(opening) => Answer::Open(self.enter(opening)?),
            Question::Window(opening, app) => match self.enter(opening)? {
                Ok(()) => Answer::Window(self.probe.classify(app)?),
                Err(why) => Answer::NotOpen(why),
            },
            Question::Frame(opening, frame) => match self.enter(opening)? {
                Ok(()) => {
                    let (action, why, keep) = self.probe.frame(&frame.moment, frame.surface, &frame.windows)?;
                    Answer::Frame(action, why, keep.to_vec())
                }
                Err(why) => Answer::NotOpen(why),
            },
            Question::Review(segment) => Answer::Review(self.probe.review(segment)?),
            Question::Access(access) => Answer::Access(self.probe.authorise(access)?),
            Question::KeepUntil {
                artefact,
                collected_at,
                programme,
            } => Answer::KeepUntil(self.probe.keep_until(*artefact, *collected_at, programme)?),
            Question::Terms(programme) => Answer::Terms(self.probe.terms_of(programme)?),
        })
    }
}

impl Oracle for Component {
    fn answer(&mut self, question: &Question) -> Answer {
        self.ask(question).unwrap_or_else(|fault| {
            // Its instance is gone, and the session with it.
            self.session = None;
            Answer::Fault(fault.to_string())
        })
    }
}

/// Rules, called as functions: the floor; in tests, what baked components are held against.
#[derive(Debug)]
pub struct Native {
    rules: Rules,
    painter: Painter,
}

impl Native {
    /// These rules.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            painter: Painter::default(),
        }
    }

    /// The floor.
    #[must_use]
    pub fn floor() -> Self {
        Self::new(gardefou_policy::floor::rules())
    }

    /// Under the floor every window is of the training: it is asked with its own classes.
    fn own_classes(&self, windows: &[Window]) -> Vec<Window> {
        let everything = matches!(self.rules.programmes, Programmes::Any(_));
        let class = |window: &Window| match everything {
            true => Window {
                kind: WindowKind::Training,
                ..*window
            },
            false => *window,
        };
        windows.iter().map(class).collect()
    }
}

impl Oracle for Native {
    fn answer(&mut self, question: &Question) -> Answer {
        let rules = &self.rules;
        let open = |opening: &Opening| opening::open(rules, &opening.facts, opening.at);
        match question {
            Question::Open(opening) => Answer::Open(open(opening).map(drop)),
            Question::Window(opening, app) => match open(opening) {
                Ok(session) => Answer::Window(session.classify(rules, app)),
                Err(why) => Answer::NotOpen(why),
            },
            Question::Frame(opening, asked) => match open(opening) {
                Ok(session) => {
                    let windows = self.own_classes(&asked.windows);
                    let (width, height) = asked.surface;
                    let mut keep = Vec::new();
                    let painter = &mut self.painter;
                    let ruling = frame::decide(&session, &asked.moment, width, height, &windows, painter, &mut keep);
                    Answer::Frame(ruling.action, Refusal::noted(ruling.reason, ruling.detail), keep)
                }
                Err(why) => Answer::NotOpen(why),
            },
            Question::Review(segment) => Answer::Review(review::review(segment)),
            Question::Access(asked) => Answer::Access(access::authorise(rules, asked)),
            Question::KeepUntil {
                artefact,
                collected_at,
                programme,
            } => Answer::KeepUntil(retention::keep_until(rules, *artefact, *collected_at, programme)),
            Question::Terms(programme) => Answer::Terms(opening::terms(rules, programme)),
        }
    }
}
