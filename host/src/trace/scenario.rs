//! A scenario: a trace with expectations in it.

use super::event::{Event, Line};
use super::expected::Expected;
use super::malformed::{Malformed, text};
use super::question::Question;
use super::read::{ReadError, Reader};
use super::run::Run;
use super::trial::Trial;
use crate::PolicyHandle;

/// The largest scenario that is read, in bytes: 16 MiB. An hour of a call at 5 frames a second takes about
/// 1 MiB.
pub const MAX_SCENARIO: usize = 16 * 1024 * 1024;

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
    line: Line,
    /// What an `expect` line expects.
    expected: Option<Expected>,
}

impl Scenario {
    /// Reads a whole scenario, whatever the bytes are.
    ///
    /// # Errors
    /// The first line that is malformed, with its number and how to mend it: of a trace, or an expectation
    /// that no question comes before, that names a field which the answer never has, or that would hold
    /// whatever is decided. A file above [`MAX_SCENARIO`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_SCENARIO {
            return Err(too_large());
        }
        let mut steps = Vec::new();
        let mut asked = None;
        for line in Reader::new(bytes) {
            let (number, line) = line.map_err(|error| match error {
                ReadError::Malformed(malformed) => malformed,
                ReadError::Io { line, source } => unreadable(&source).on_line(line),
            })?;
            let expected = expectation(&line, asked).map_err(|malformed| malformed.on_line(number))?;
            asked = Question::of(&line.event).or(asked);
            steps.push(Step { number, line, expected });
        }
        Ok(Self { steps })
    }

    /// How many questions are asked in it.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.steps
            .iter()
            .filter(|step| Question::of(&step.line.event).is_some())
            .count()
    }

    /// How many `expect` lines it has. Without any it cannot fail, and tests nothing.
    #[must_use]
    pub fn expectations(&self) -> usize {
        self.steps.iter().filter(|step| step.expected.is_some()).count()
    }

    /// Puts every question to these policies, as a recorder would, and holds the answers against what is
    /// expected.
    ///
    /// # Errors
    /// A line cannot follow those before it: see [`Run::apply`].
    pub fn put_to(&self, policies: PolicyHandle) -> Result<Trial, Malformed> {
        let mut run = Run::new(policies);
        let mut trial = Trial::default();
        let mut surface = None;
        for step in &self.steps {
            if let Event::Frame(frame) = &step.line.event {
                surface = frame.surface.or(surface);
            }
            if let Some(expected) = &step.expected {
                trial.check(step.number, expected);
                continue;
            }
            if let Some(answer) = run.apply(step.number, step.line.clone())? {
                trial.record(step.number, answer, surface);
            }
        }
        Ok(trial)
    }
}

fn expectation(line: &Line, asked: Option<Question>) -> Result<Option<Expected>, Malformed> {
    let Event::Expect(expectation) = &line.event else {
        return Ok(None);
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
    Expected::read(expectation, question).map(Some)
}

fn too_large() -> Malformed {
    Malformed::new(
        text!("the file is larger than 16 MiB", "le fichier dépasse 16 Mio"),
        text!(
            "a scenario shows one thing: keep the lines that it needs",
            "un scénario montre une chose\u{a0}: gardez les lignes qu'il lui faut"
        ),
    )
}

fn unreadable(error: &std::io::Error) -> Malformed {
    Malformed::new(
        text!("cannot be read: {error}", "ne peut pas être lu\u{a0}: {error}"),
        text!("check the file", "vérifiez le fichier"),
    )
}
