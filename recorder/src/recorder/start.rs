//! How the recorder starts, and why it could not.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufReader, stdin};
use std::process::ExitCode;
use std::sync::mpsc::{Sender, channel};

use anyhow::{Context, Result};
use gardefou::private::create_folders;
use gardefou::{OpenError, PolicyHandle, Runtime};

use super::{Now, Recorder, waker};
use crate::args::{Args, Conditions, Telephony};
use crate::call::{Baresip, CallSource, Gone, Lines};
use crate::employee::keys::Keys;
use crate::employee::language::Language;
use crate::employee::pause::Pause;
use crate::facts;
use crate::leftovers;
use crate::policies::{self, Files, Gate};
use crate::screen::Screen;
use crate::signal::Signal;
use crate::status::{self, say};
use crate::{stores, threads};

/// Why the recorder could not start or go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Rules or facts that cannot be used.
    Input(String),
    /// Anything else.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// Says why, and how the program ends.
    pub(crate) fn said(&self) -> ExitCode {
        match self {
            Self::Input(why) => {
                say(why);
                ExitCode::from(2)
            }
            Self::Other(error) => {
                say(&format!("{error:#}"));
                ExitCode::from(1)
            }
        }
    }
}

/// Records until there is nothing more to record.
///
/// Gives how the program ends.
///
/// # Errors
/// What it cannot start with.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    // First of all: who is behind the windows there are is taken down as early as can be.
    let screen = Screen::connect();
    let runtime = Runtime::new().map_err(anyhow::Error::from)?;
    let files = Files {
        rules: args.rules.clone(),
        components: args.policy.clone(),
    };
    let look = files.look();
    let policies = look.load(&runtime).map_err(Failure::Input)?;
    facts::read(&args.session, args.interval()).map_err(Failure::Input)?;
    create_folders(&args.out).with_context(|| format!("cannot create `{}`", args.out.display()))?;
    let stores = stores::open(args)?;
    let handle = match &stores {
        Some(stores) => PolicyHandle::with_stores(policies, stores).map_err(unopened)?,
        None => PolicyHandle::new(policies).map_err(|error| Failure::Input(error.to_string()))?,
    };
    stores::discard_leftovers(&handle, &args.out, args.keep_raw);
    leftovers::look_through(&handle, &args.out, args.keep_raw);
    let screen = screen?;

    let (sender, signals) = channel();
    let keys = Keys::grab(args.pause_key, args.private_key, waker(&sender))
        .map_err(|error| Failure::Input(format!("{error:#}")))?;
    let gate = Gate::default();
    policies::follow(
        files,
        &look,
        runtime.clone(),
        handle.clone(),
        gate.clone(),
        sender.clone(),
    )?;
    drop(look);
    if let Telephony::Baresip(address) = &args.call {
        listen("softphone", Baresip::connect(address)?, sender.clone())?;
    }
    let Conditions::Stdin = args.conditions;
    let lines = Lines::new(BufReader::new(stdin()), args.call != Telephony::Stdin);
    listen("lines", lines, sender.clone())?;
    let interrupt = sender.clone();
    ctrlc::set_handler(move || {
        // When nobody listens any more, the recorder is ending anyway.
        let _ = interrupt.send(Signal::Interrupted);
    })
    .context("cannot listen for Ctrl-C")?;

    say("waiting for a call");
    let mut recorder = Recorder {
        args,
        used: RefCell::default(),
        handle,
        screen,
        gate,
        sender,
        language: args.language.unwrap_or_else(Language::of_the_user),
        keys,
        pause: Pause::default(),
        mark: None,
        before: BTreeMap::new(),
        now: Now::NoCall,
        late: None,
        in_call: false,
        stray: Vec::new(),
        code: 0,
    };
    recorder.attend(&signals);
    recorder.finish_late("asked to end");
    status::end();
    let code = recorder.code;
    if let Some(stores) = stores {
        stores.shutdown();
    }
    runtime.shutdown();
    Ok(ExitCode::from(code))
}

fn unopened(error: OpenError) -> Failure {
    match error {
        OpenError::Policies(error) => Failure::Input(error.to_string()),
        error => Failure::Other(error.into()),
    }
}

fn listen(name: &'static str, mut source: impl CallSource + 'static, signals: Sender<Signal>) -> Result<()> {
    let failed = signals.clone();
    let work = move || {
        loop {
            let signal = match source.next() {
                Ok(told) => Signal::Told(told),
                Err(gone) => {
                    // When nobody listens any more, the recorder is ending anyway.
                    let _ = signals.send(Signal::Gone(gone));
                    return;
                }
            };
            if signals.send(signal).is_err() {
                return;
            }
        }
    };
    threads::start(name, work, move || {
        let why = format!("what hears the {name} failed");
        let _ = failed.send(Signal::Gone(Gone { why, expected: false }));
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Told;

    struct Failing;

    impl CallSource for Failing {
        fn next(&mut self) -> Result<Told, Gone> {
            panic!("a test")
        }
    }

    #[test]
    fn a_source_that_fails_is_gone() {
        let (sender, signals) = channel();
        listen("softphone", Failing, sender).unwrap();
        assert!(matches!(
            signals.recv(),
            Ok(Signal::Gone(Gone { why, expected: false })) if why.contains("softphone")
        ));
        assert!(signals.recv().is_err());
    }
}
