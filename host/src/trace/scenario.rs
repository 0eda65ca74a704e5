//! A scenario: a trace with expectations in it.

use std::sync::Arc;

use super::event::{Event, Line};
use super::expected::Expected;
use super::malformed::{Malformed, text};
use super::question::Question;
use super::read::{ReadError, Reader};
use super::run::Run;
use super::trial::Trial;
use super::unmet::kept;
use crate::{PolicyHandle, Text};

/// The largest scenario that is read, in bytes: 16 MiB. An hour of a call at 5 frames a second takes about
/// 1 MiB.
pub const MAX_SCENARIO: usize = 16 * 1024 * 1024;

/// The most rectangles of all `keep` that a scenario expects, in the form in which answers give them: 2 Mi.
pub const MAX_EXPECTED_RECTANGLES: usize = 2 * 1024 * 1024;

/// The most rectangles that the answers to a scenario keep together: 1 Mi.
pub const MAX_KEPT_RECTANGLES: usize = 1024 * 1024;

/// A trace whose `expect` lines were read too: each says what the answer to the question before it must be.
///
/// ```
/// use gardefou::trace::Scenario;
/// use gardefou::{Policy, PolicyHandle, Runtime, Source};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = Scenario::parse(
///     br#"{"at":5,"event":"retention","artefact":"temporary","collected-at":5,"programme":"p"}
/// {"at":5,"event":"expect","until":86400005}"#,
/// )?;
/// let runtime = Runtime::new()?;
/// let policy = Policy::load(&runtime, Source::Rules(include_str!("../../../rules/example.toml")))?;
/// let trial = scenario.put_to(PolicyHandle::new(vec![policy])?)?;
/// assert!(trial.holds());
/// # runtime.shutdown();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Debug)]
struct Step {
    /// The number of the line, from 1.
    number: u64,
    said: Said,
}

/// What a line says.
#[derive(Clone, PartialEq, Debug)]
enum Said {
    /// Something that happened, or a question.
    Line(Line),
    /// What the answer to the question before it must be.
    Expected(Arc<Expected>),
}

impl Said {
    const fn question(&self) -> Option<Question> {
        match self {
            Self::Line(line) => Question::of(&line.event),
            Self::Expected(_) => None,
        }
    }
}

impl Scenario {
    /// Reads a whole scenario, whatever the bytes are.
    ///
    /// # Errors
    /// The first line that is malformed, with its number and how to mend it: of a trace, or an expectation
    /// that no question comes before, that names a field which the answer never has, or that would hold
    /// whatever is decided. A file above [`MAX_SCENARIO`], or expectations above [`MAX_EXPECTED_RECTANGLES`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_SCENARIO {
            return Err(too_large());
        }
        let mut steps = Vec::new();
        let mut asked = None;
        let mut room = MAX_EXPECTED_RECTANGLES;
        for line in Reader::new(bytes) {
            let (number, line) = line.map_err(|error| match error {
                ReadError::Malformed(malformed) => malformed,
                ReadError::Io { line, source } => unreadable(&source).on_line(line),
            })?;
            let said = said(line, asked, &mut room).map_err(|malformed| malformed.on_line(number))?;
            asked = said.question().or(asked);
            steps.push(Step { number, said });
        }
        Ok(Self { steps })
    }

    /// How many questions are asked in it.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.steps.iter().filter(|step| step.said.question().is_some()).count()
    }

    /// How many `expect` lines it has. Without any it cannot fail, and tests nothing.
    #[must_use]
    pub fn expectations(&self) -> usize {
        let expects = |step: &&Step| matches!(step.said, Said::Expected(_));
        self.steps.iter().filter(expects).count()
    }

    /// Puts every question to these policies, as a recorder would, and holds the answers against what is
    /// expected.
    ///
    /// # Errors
    /// A line cannot follow those before it: see [`Run::apply`]. The answers keep more than
    /// [`MAX_KEPT_RECTANGLES`].
    pub fn put_to(&self, policies: PolicyHandle) -> Result<Trial, Malformed> {
        let mut run = Run::new(policies);
        let mut trial = Trial::default();
        let mut surface = None;
        let mut room = MAX_KEPT_RECTANGLES;
        for Step { number, said } in &self.steps {
            let line = match said {
                Said::Expected(expected) => {
                    trial.check(*number, expected);
                    continue;
                }
                Said::Line(line) => line,
            };
            if let Event::Frame(frame) = &line.event {
                surface = frame.surface.or(surface);
            }
            if let Some(answer) = run.apply(*number, line.clone())? {
                let rectangles = kept(&answer).map_or(0, <[_]>::len);
                room = room
                    .checked_sub(rectangles)
                    .ok_or_else(|| keeps_too_much().on_line(*number))?;
                trial.record(*number, answer, surface);
            }
        }
        Ok(trial)
    }
}

/// What a line says, where there is room for so many rectangles more.
fn said(line: Line, asked: Option<Question>, room: &mut usize) -> Result<Said, Malformed> {
    let Event::Expect(expectation) = line.event else {
        return Ok(Said::Line(line));
    };
    let question = asked.ok_or_else(|| {
        Malformed::new(
            text!("an `expect` before any question", "un `expect` avant toute question"),
            text!(
                "it says what the answer to the question before it must be: put it below a session, frame, segment, \
                 access or retention line",
                "il dit ce que doit être la réponse à la question qui le précède\u{a0}: mettez-le sous une ligne session, \
                 frame, segment, access ou retention"
            ),
        )
    })?;
    let expected = Expected::read(&expectation, question)?;
    let rectangles = expected.keep.as_ref().map_or(0, Vec::len);
    *room = room.checked_sub(rectangles).ok_or_else(expects_too_much)?;
    Ok(Said::Expected(Arc::new(expected)))
}

fn expects_too_much() -> Malformed {
    Malformed::new(
        text!(
            "up to here the scenario expects more than {MAX_EXPECTED_RECTANGLES} rectangles",
            "jusqu'ici le scénario attend plus de {MAX_EXPECTED_RECTANGLES} rectangles"
        ),
        one_thing(),
    )
}

fn keeps_too_much() -> Malformed {
    Malformed::new(
        text!(
            "up to here the answers keep more than {MAX_KEPT_RECTANGLES} rectangles",
            "jusqu'ici les réponses gardent plus de {MAX_KEPT_RECTANGLES} rectangles"
        ),
        one_thing(),
    )
}

fn one_thing() -> Text {
    text!(
        "a scenario shows one thing: keep the lines that it needs",
        "un scénario montre une chose\u{a0}: gardez les lignes qu'il lui faut"
    )
}

fn too_large() -> Malformed {
    Malformed::new(
        text!("the file is larger than 16 MiB", "le fichier dépasse 16 Mio"),
        one_thing(),
    )
}

fn unreadable(error: &std::io::Error) -> Malformed {
    Malformed::new(
        text!("cannot be read: {error}", "ne peut pas être lu\u{a0}: {error}"),
        text!("check the file", "vérifiez le fichier"),
    )
}
