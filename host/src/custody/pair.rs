//! The other half of the pair: the call's own recording of the same time.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gardefou_policy::types::Span;

use crate::session::Counterpart;

/// The recorder of the call itself, as custody speaks to it. What is discarded of the screen is discarded of
/// the call as well; the answer is journalled.
///
/// Both methods may block; both may be called again for what is already gone, after a power cut.
pub trait CallRecorder: Send + Sync + fmt::Debug {
    /// Discards the call's recording of this time.
    ///
    /// # Errors
    /// When it could not: the discard stays open, and custody asks again. In words without a person's name.
    fn discard(&self, session: &str, call_reference: Option<&str>, segment: Span) -> Result<Counterpart, String>;

    /// Discards of the call's recording of this time all but `kept`.
    ///
    /// # Errors
    /// As for [`CallRecorder::discard`].
    fn trim(
        &self,
        session: &str,
        call_reference: Option<&str>,
        segment: Span,
        kept: Span,
    ) -> Result<Counterpart, String>;
}

/// There is nobody to ask: the vendor sees to the call's recording, and said so by taking this.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyToAsk;

impl CallRecorder for NobodyToAsk {
    fn discard(&self, _: &str, _: Option<&str>, _: Span) -> Result<Counterpart, String> {
        Ok(Counterpart::Told)
    }

    fn trim(&self, _: &str, _: Option<&str>, _: Span, _: Span) -> Result<Counterpart, String> {
        Ok(Counterpart::Told)
    }
}

/// A program that speaks to the call's recorder: `PROGRAM discard SESSION CALLREF FROM TO`, or
/// `PROGRAM trim SESSION CALLREF FROM TO KEPT-FROM KEPT-TO`, instants in ms since 1970 and an empty argument for
/// a call without a reference. Exit code 0: it is discarded; 3: there is none; anything else: it could not.
#[derive(Clone, Debug)]
pub struct CallRecorderProgram {
    program: PathBuf,
    patience: Duration,
}

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(5);

impl CallRecorderProgram {
    /// This program. It has a minute for each answer; then it is ended, and the discard stays open.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            patience: PATIENCE,
        }
    }

    fn ask(&self, arguments: &[String]) -> Result<Counterpart, String> {
        let program = self.program.display();
        let started = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.map_err(|error| format!("`{program}` cannot be started: {error}"))?;
        let since = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return answer(status).ok_or_else(|| format!("`{program}` ended with {status}")),
                Ok(None) if since.elapsed() < self.patience => thread::sleep(LOOK),
                Ok(None) => {
                    drop(child.kill());
                    drop(child.wait());
                    return Err(format!(
                        "`{program}` did not answer within {} s",
                        self.patience.as_secs()
                    ));
                }
                Err(error) => return Err(format!("`{program}` cannot be waited for: {error}")),
            }
        }
    }
}

fn answer(status: ExitStatus) -> Option<Counterpart> {
    match status.code() {
        Some(0) => Some(Counterpart::Discarded),
        Some(3) => Some(Counterpart::Absent),
        _ => None,
    }
}

fn arguments(what: &str, session: &str, call_reference: Option<&str>, spans: &[Span]) -> Vec<String> {
    let named = [what, session, call_reference.unwrap_or_default()].map(str::to_owned);
    let instants = spans.iter().flat_map(|span| [span.start, span.end]);
    named
        .into_iter()
        .chain(instants.map(|at| at.as_millis().to_string()))
        .collect()
}

impl CallRecorder for CallRecorderProgram {
    fn discard(&self, session: &str, call_reference: Option<&str>, segment: Span) -> Result<Counterpart, String> {
        self.ask(&arguments("discard", session, call_reference, &[segment]))
    }

    fn trim(
        &self,
        session: &str,
        call_reference: Option<&str>,
        segment: Span,
        kept: Span,
    ) -> Result<Counterpart, String> {
        self.ask(&arguments("trim", session, call_reference, &[segment, kept]))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use gardefou_policy::types::Timestamp;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Another process writes what is run: had this one it open, what another test starts meanwhile would inherit
    /// that, and it could not be run ("text file busy").
    fn program(folder: &tempfile::TempDir, text: &str) -> CallRecorderProgram {
        let (written, run) = (folder.path().join("recorder.txt"), folder.path().join("recorder.sh"));
        std::fs::write(&written, format!("#!/bin/sh\n{text}\n")).unwrap();
        let mut install = Command::new("install");
        let install = install.args(["-m", "755"]).args([&written, &run]);
        assert!(install.status().unwrap().success());
        CallRecorderProgram::new(run)
    }

    const SEGMENT: Span = Span {
        start: Timestamp::from_millis(5),
        end: Timestamp::from_millis(9),
    };

    #[test]
    fn the_exit_code_is_the_answer() {
        let folder = tempfile::tempdir().unwrap();
        let said = folder.path().join("said");
        let text = |code| {
            format!(
                "for a in \"$@\"; do echo \"<$a>\"; done > '{}'; exit {code}",
                said.display()
            )
        };
        let asked = |code| program(&folder, &text(code)).discard("s-1", Some("c 7"), SEGMENT);
        assert_eq!(asked(0), Ok(Counterpart::Discarded));
        assert_eq!(
            std::fs::read_to_string(&said).unwrap(),
            "<discard>\n<s-1>\n<c 7>\n<5>\n<9>\n"
        );
        assert_eq!(asked(3), Ok(Counterpart::Absent));
        assert!(asked(1).unwrap_err().contains("ended with"));
        assert!(program(&folder, "kill -9 $$").discard("s-1", None, SEGMENT).is_err());
        let trimmed = program(&folder, &text(0)).trim("s-1", None, SEGMENT, SEGMENT);
        assert_eq!(trimmed, Ok(Counterpart::Discarded));
        assert_eq!(
            std::fs::read_to_string(&said).unwrap(),
            "<trim>\n<s-1>\n<>\n<5>\n<9>\n<5>\n<9>\n"
        );
    }

    #[test]
    fn one_that_does_not_answer_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let slow = CallRecorderProgram {
            patience: Duration::from_millis(50),
            ..program(&folder, "exec sleep 600")
        };
        assert!(
            slow.discard("s-1", None, SEGMENT)
                .unwrap_err()
                .contains("did not answer")
        );
        assert!(
            CallRecorderProgram::new("/no/such/program")
                .discard("s", None, SEGMENT)
                .is_err()
        );
    }

    #[test]
    fn what_other_threads_start_meanwhile_keeps_no_program_busy() {
        let done = AtomicBool::new(false);
        let answers: Vec<_> = thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        drop(Command::new("true").status());
                    }
                });
            }
            let answered = |_| {
                let folder = tempfile::tempdir()?;
                Ok(program(&folder, "exit 3").discard("s-1", None, SEGMENT))
            };
            let answers = (0..200).map(answered).collect();
            done.store(true, Ordering::Relaxed);
            answers
        });
        for answer in answers {
            let answer: std::io::Result<_> = answer;
            assert_eq!(answer.unwrap(), Ok(Counterpart::Absent));
        }
    }
}
