//! What every command of custody opens.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use gardefou::custody::{CallRecorderProgram, Custody, CustodyError};
use gardefou::journal::{Journal, JournalKey};
use gardefou::ledger::SqliteLedger;
use gardefou::rules::read;
use gardefou::{Runtime, StoreError, wall_clock_now};
use gardefou_bake::Contents;
use gardefou_policy::rules::{Enrolment, Programmes};

use crate::deciding;
use crate::failure::{Complaint, Failure};
use crate::html;
use crate::journal::note;
use crate::language::Language;
use crate::output;
use crate::text::{Look, Titles};

/// Where the recordings are, and under what.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The folder of recordings
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,

    /// The journal
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,

    /// The key that the journal is signed with; the file `JOURNAL.key` beside it, without one
    #[arg(long, value_name = "FILE")]
    journal_key: Option<PathBuf>,

    /// A checkpoint of the journal that was kept elsewhere: an older copy that was put back shows by it; may be given several times
    #[arg(long, value_name = "NOTE")]
    checkpoint: Vec<PathBuf>,

    /// The rules to decide by
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "policy",
        required_unless_present = "policy"
    )]
    rules: Option<PathBuf>,

    /// A policy component to decide by; several are combined, and the strictest wins
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// The ledger in which these recordings are counted
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,

    /// The program that is told what goes: `discard|trim SESSION CALL FROM TO`; exit code 0: discarded, 3: there was none
    #[arg(long, value_name = "PROGRAM")]
    call_recorder: Option<PathBuf>,

    /// What to print: a page to read, the same to print, or one JSON object
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A page to read
    #[default]
    Text,
    /// The same as one page to print
    Html,
    /// One JSON object
    Json,
}

impl Format {
    /// How a page must look to be printed so.
    pub(crate) fn look(self) -> Look {
        match self {
            Self::Html => html::look(),
            Self::Text | Self::Json => Look::of_the_terminal(),
        }
    }

    /// Prints a page that was made with that look, or JSON.
    pub(crate) fn print(self, page: &str) -> Result<(), Failure> {
        match self {
            Self::Html => output::bytes(html::of_page(page).as_bytes()),
            Self::Text | Self::Json => output::page(page),
        }
    }
}

/// The recordings, ready to be asked for.
pub(crate) struct Opened {
    /// Them, under the policies.
    pub(crate) custody: Custody,
    /// What reasons are called.
    pub(crate) titles: Titles,
    /// What the policies run in.
    _runtime: Runtime,
}

impl Place {
    pub(crate) fn open(&self) -> Result<Opened, Failure> {
        let runtime = deciding::runtime()?;
        let policies = deciding::policies(&runtime, self.rules.as_deref(), &self.policy)?;
        let titles = Titles::of(&policies);
        let handle = deciding::handle(policies)?;
        let others = [Some(self.key()), self.rules.clone(), self.call_recorder.clone()];
        let others = others.into_iter().flatten().chain(self.policy.iter().cloned());
        let mut custody = Custody::new(&handle, self.journal()?, &self.folder)
            .with_others(others.collect())
            .with_employees(self.employees());
        if let Some(ledger) = &self.ledger {
            let ledger = SqliteLedger::open_existing(ledger).map_err(|error| unusable(&error.into()))?;
            custody = custody.with_ledger(Arc::new(ledger));
        }
        if let Some(program) = &self.call_recorder {
            custody = custody.with_call_recorder(Arc::new(CallRecorderProgram::new(program)));
        }
        Ok(Opened {
            custody,
            titles,
            _runtime: runtime,
        })
    }

    fn key(&self) -> PathBuf {
        let key = self.journal_key.clone();
        key.unwrap_or_else(|| JournalKey::beside(&self.journal))
    }

    /// A journal that is there: nothing is handed out or deleted under one that begins today.
    fn journal(&self) -> Result<Journal, Failure> {
        let key = self.key();
        for path in [&self.journal, &key] {
            there(path)?;
        }
        let opened = JournalKey::at(&key).and_then(|key| Journal::open(&self.journal, &key));
        let journal = opened.map_err(|error| unusable(&error.into()))?;
        for kept in &self.checkpoint {
            let grown = journal.grew_from(&note(kept)?);
            grown.map_err(|error| unusable(&error.into()))?;
        }
        Ok(journal)
    }

    /// The employees whom the rules list, as far as their text is at hand.
    fn employees(&self) -> BTreeSet<String> {
        let mut listed = BTreeSet::new();
        for file in self.rules.iter().chain(&self.policy) {
            // What is no plain file was read once already.
            let plain = std::fs::metadata(file).is_ok_and(|found| found.is_file());
            let Some(bytes) = plain.then(|| std::fs::read(file).ok()).flatten() else {
                continue;
            };
            let text = if bytes.starts_with(b"\0asm") {
                let contents = Contents::of(&bytes).ok();
                contents.and_then(|contents| Some(contents.document?.as_bytes().to_vec()))
            } else {
                Some(bytes)
            };
            let rules = text.and_then(|text| read(&text, wall_clock_now()).rules);
            let programmes = rules.map(|rules| rules.programmes);
            let Some(Programmes::Listed(programmes)) = programmes else {
                continue;
            };
            for programme in programmes {
                if let Enrolment::Listed(employees) = programme.enrolment {
                    listed.extend(employees);
                }
            }
        }
        listed
    }
}

fn there(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    let missing = StoreError::Missing { path: path.into() };
    Err(unusable(&missing.into()))
}

/// What custody could not do, in words. Exit code 1, but for what the user should have given.
pub(crate) fn unusable(error: &CustodyError) -> Failure {
    let language = Language::of_the_user();
    let (text, help) = (error.text(), error.help());
    let given = matches!(
        error,
        CustodyError::Nobody | CustodyError::SamePerson | CustodyError::Request(_)
    );
    if given {
        return Failure::Input(vec![Complaint {
            problem: language.of(&text).to_owned(),
            rule: None,
            help: Some(language.of(&help).to_owned()),
        }]);
    }
    let colon = language.pick("; help: ", "\u{a0}; pour corriger\u{a0}: ");
    Failure::Other(anyhow::anyhow!("{}{colon}{}", language.of(&text), language.of(&help)))
}
