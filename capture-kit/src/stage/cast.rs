//! The windows on the stage, each in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::script::{Action, Actor, Look};
use super::{ALLOWED_PROGRAM, FORBIDDEN_PROGRAM};

/// A window on the stage.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) actor: Actor,
    /// The server's number for it.
    pub(super) window: u32,
    /// Whether its title forbids it now.
    pub(super) excluded: bool,
    pub(super) hidden: bool,
    /// Whether nothing of it is on the screen, or it shows what lies beneath, although it is shown.
    pub(super) away: bool,
    child: Child,
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Member {
    /// Starts its program, and waits until its window is there.
    ///
    /// # Errors
    /// It cannot be started, or opens no window.
    pub(super) fn enter(programs: &Programs, actor: &Actor) -> Result<Self> {
        Self::start(programs, actor, false)
    }

    /// The same of one that becomes the other program when it is told to.
    ///
    /// # Errors
    /// It cannot be started, or opens no window.
    pub(super) fn enter_as_another(programs: &Programs, actor: &Actor) -> Result<Self> {
        Self::start(programs, actor, true)
    }

    fn start(programs: &Programs, actor: &Actor, becomes: bool) -> Result<Self> {
        let (x, y, width, height) = actor.place;
        let other = becomes.then(|| programs.of(!actor.allowed));
        let mut child = Command::new(programs.of(actor.allowed))
            .args(["window", actor.look.name(), &actor.name])
            .args([x, y].map(|side| format!("={side}")))
            .args([width, height].map(|side| format!("={side}")))
            .args(actor.allowed.then_some("--allowed"))
            .args(
                other
                    .iter()
                    .flat_map(|other| [std::ffi::OsStr::new("--becomes"), other.as_os_str()]),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a window's program")?;
        let words = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("a window's program says nothing")?);
        let mut member = Self {
            actor: actor.clone(),
            window: 0,
            excluded: false,
            hidden: false,
            away: false,
            child,
            words,
            answers,
        };
        member.window = member
            .answer()?
            .parse()
            .context("a window's program did not say its window")?;
        Ok(member)
    }

    /// Whether it can be seen through where a compositor runs.
    pub(super) fn is_translucent(&self) -> bool {
        self.actor.look == Look::Translucent
    }

    /// Whether that can happen to it now.
    pub(super) fn fits(&self, action: Action) -> bool {
        match action {
            Action::Show => self.hidden,
            // Its shape has one size.
            Action::Resize => self.actor.look != Look::Shaped && !self.hidden,
            Action::Exclude => self.actor.allowed && !self.excluded,
            Action::Include => self.excluded,
            Action::Hide | Action::Move | Action::Raise | Action::Lower => !self.hidden,
        }
    }

    /// Excludes it by its title, or no longer, and changes its colour with it.
    ///
    /// # Errors
    /// Its program is gone.
    pub(super) fn exclude(&mut self, excluded: bool) -> Result<()> {
        self.tell(if excluded { "exclude" } else { "include" })?;
        self.excluded = excluded;
        Ok(())
    }

    /// Tells its program a word, and waits until that is done.
    ///
    /// # Errors
    /// Its program is gone.
    pub(super) fn tell(&mut self, word: &str) -> Result<()> {
        let words = self.words.as_mut().context("a window's program does not listen")?;
        // In one piece: a program that becomes another takes nothing of the next word with it.
        words
            .write_all(format!("{word}\n").as_bytes())
            .context("a window's program is gone")?;
        ensure!(self.answer()? == "done", "a window's program did not do as it was told");
        Ok(())
    }

    /// The number of its process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What is known of its window.
    pub(super) fn known(&self) -> Known {
        Known {
            window: self.window,
            allowed: self.actor.allowed && !self.excluded,
            solid: !self.is_translucent() && !self.away,
        }
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(
            !line.is_empty(),
            "the program of the window `{}` is gone",
            self.actor.name
        );
        Ok(line.trim_end().to_owned())
    }
}

/// What is known of a window of the kit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) window: u32,
    /// Whether it may be recorded now.
    pub(super) allowed: bool,
    /// Whether it shows its own pixels, and nothing of what lies beneath.
    pub(super) solid: bool,
}

impl Drop for Member {
    /// Leaves no window behind.
    fn drop(&mut self) {
        drop(self.words.take());
        let _ = self.child.wait();
    }
}

/// The kit's own program under two other names: two executables, of which a rule matches one.
#[derive(Debug)]
pub(super) struct Programs {
    allowed: PathBuf,
    forbidden: PathBuf,
}

impl Programs {
    /// Makes them in that folder.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub(super) fn make(kit: &Path, folder: &Path) -> Result<Self> {
        let made = |name: &str| -> Result<PathBuf> {
            let program = folder.join(name);
            std::fs::copy(kit, &program).with_context(|| format!("cannot write `{}`", program.display()))?;
            Ok(program)
        };
        Ok(Self {
            allowed: made(ALLOWED_PROGRAM)?,
            forbidden: made(FORBIDDEN_PROGRAM)?,
        })
    }

    fn of(&self, allowed: bool) -> &Path {
        if allowed { &self.allowed } else { &self.forbidden }
    }
}
