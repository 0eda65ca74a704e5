//! How the command ends when it does not answer.

use std::io;
use std::process::ExitCode;

use gardefou::StoreError;

use crate::faults;
use crate::language::{Language, say};

/// Why there is no answer, or no more of them.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the user gave cannot be used: a malformed trace, rules with errors, arguments. Exit code 2.
    Input(Vec<Complaint>),
    /// The rules have errors, and the answer on standard output tells them. Exit code 2.
    Told,
    /// Everything was told, and the exit code says what came of it.
    Answered(u8),
    /// A ledger or a journal cannot be used. Exit code 2 when it is none that this version reads, else 1.
    Store(StoreError),
    /// Anything else. Exit code 1.
    Other(anyhow::Error),
    /// Whoever reads the output has seen enough.
    NobodyReads,
}

/// More complaints, or warnings, than this nobody reads one by one.
pub(crate) const SHOWN: usize = 100;

/// That so many more are not shown.
pub(crate) fn and_more(more: usize, language: Language) -> String {
    say!(language, "and {more} more", "et {more} de plus")
}

/// One thing that is wrong with what the user gave.
#[derive(Debug)]
pub(crate) struct Complaint {
    /// What, and where.
    pub(crate) problem: String,
    /// The row of the legal matrix that it touches.
    pub(crate) rule: Option<String>,
    /// How to mend it.
    pub(crate) help: Option<String>,
}

impl Failure {
    /// One thing that the user gave is wrong.
    pub(crate) fn input(problem: String, help: Option<&str>) -> Self {
        let help = help.map(str::to_owned);
        Self::Input(vec![Complaint {
            problem,
            rule: None,
            help,
        }])
    }

    /// Says it on standard error.
    pub(crate) fn tell(self) -> ExitCode {
        let language = Language::of_the_user();
        match self {
            Self::Input(complaints) => {
                for complaint in complaints.iter().take(SHOWN) {
                    say(&complaint.problem);
                    if let Some(rule) = &complaint.rule {
                        anstream::eprintln!("  {}: {rule}", language.pick("rule", "règle\u{a0}"));
                    }
                    if let Some(help) = &complaint.help {
                        tell_help(help);
                    }
                }
                if let Some(more) = complaints.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    say(&and_more(more, language));
                }
                ExitCode::from(2)
            }
            Self::Told => ExitCode::from(2),
            Self::Answered(code) => ExitCode::from(code),
            Self::Store(error) => {
                say(language.of(&error.text()));
                tell_help(language.of(&error.help()));
                match error {
                    StoreError::Foreign { .. } | StoreError::Newer { .. } => ExitCode::from(2),
                    _ => ExitCode::FAILURE,
                }
            }
            Self::Other(error) => {
                say(&faults::told(&error, language));
                ExitCode::FAILURE
            }
            Self::NobodyReads => ExitCode::SUCCESS,
        }
    }
}

/// Says how to mend it, on standard error.
fn tell_help(help: &str) {
    let title = Language::of_the_user().pick("help", "pour corriger\u{a0}");
    anstream::eprintln!("  {title}: {help}");
}

/// Says what is wrong, on standard error.
pub(crate) fn say(problem: &str) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let error = Language::of_the_user().pick("error", "erreur\u{a0}");
    anstream::eprintln!("{style}{error}{style:#}: {problem}");
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::NobodyReads
        } else {
            let context = Language::of_the_user().pick(
                "the answers cannot be written",
                "les réponses ne peuvent pas être écrites",
            );
            Self::Other(anyhow::Error::new(error).context(context))
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}
