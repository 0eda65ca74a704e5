//! Plays a script, and writes the truth while it does.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use fastrand::Rng;
use gardefou::wall_clock_now;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, EventMask, StackMode, Window as Id,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::cast::{Known, Member, Programs};
use super::perform::Stall;
use super::reading::{self, Stack};
use super::script::{Action, Play, Script};
use crate::Malformed;
use crate::colour::FORBIDDEN;
use crate::truth::{self, FORMAT, Line, Writer};

/// How often it is looked whether the server told of a change, while nothing is due.
pub(super) const LOOK: Duration = Duration::from_millis(4);

/// The smallest side that a window is given.
const SMALLEST: u16 = 40;

/// How often an operation is drawn anew when it can happen to no window.
const DRAWS: usize = 20;

/// What is to be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The name of a preset; none when there is a script.
    pub preset: Option<String>,
    /// A script's file.
    pub script: Option<PathBuf>,
    /// Where the truth is written.
    pub truth: PathBuf,
    /// For how long.
    pub time: Duration,
    /// What random choices begin with.
    pub seed: u64,
    /// Random operations a second; none: the preset's own, for a script 10.
    pub rate: Option<u32>,
    /// The kit's own program, which is started under other names for the windows.
    pub kit: PathBuf,
}

/// Plays it; `ready` is called once, when every window is shown. Gives how many operations were played.
///
/// # Errors
/// The script is malformed ([`Malformed`]), there is no X server, or a window's program ended.
pub fn play(plan: &Plan, ready: impl FnOnce()) -> Result<u64> {
    let (conn, number) = x11rb::connect(None).context("cannot connect to the X server that `DISPLAY` names")?;
    let screen = conn.setup().roots.get(number).context("there is no such screen")?;
    let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
    let (script, rate) = script(plan, width, height)?;
    let look = ChangeWindowAttributesAux::new()
        .background_pixel(FORBIDDEN)
        .event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    conn.change_window_attributes(root, &look)?;
    conn.clear_area(false, root, 0, 0, 0, 0)?;
    conn.sync()?;
    let folder = tempfile::tempdir().context("cannot make a folder for the windows' programs")?;
    let programs = Programs::make(&plan.kit, folder.path())?;
    let mut cast = Vec::with_capacity(script.windows.len());
    for actor in &script.windows {
        cast.push(Member::enter(&programs, actor)?);
    }
    let played = match &plan.preset {
        Some(name) => name.clone(),
        None => "script".to_owned(),
    };
    let kinds = kinds(&script.play, &played, (width, height));
    let stalls = match &script.play {
        Play::Stalls(stalls) => Stall::all(stalls, &cast)?,
        Play::Steps(_) | Play::Random(_) => Vec::new(),
    };
    let truth = File::create(&plan.truth).with_context(|| format!("cannot write `{}`", plan.truth.display()))?;
    let mut stage = Stage {
        conn: &conn,
        root,
        number,
        size: (width, height),
        cast,
        programs,
        stalls,
        play: script.play,
        rng: Rng::with_seed(plan.seed),
        next: 0,
        truth: Writer::new(truth),
        told: None,
    };
    stage.settle()?;
    stage.truth.write(&Line::Stage {
        at: wall_clock_now(),
        format: FORMAT,
        script: played,
        seed: plan.seed,
        rate,
        stalls: kinds,
    })?;
    stage.tell()?;
    ready();
    let operations = match stage.stalls.is_empty() {
        true => stage.play(plan.time, rate)?,
        false => stage.play_stalls(plan.time)?,
    };
    stage.truth.write(&Line::End {
        at: wall_clock_now(),
        operations,
    })?;
    Ok(operations)
}

fn script(plan: &Plan, width: u16, height: u16) -> Result<(Script, u32), Malformed> {
    match (&plan.preset, &plan.script) {
        (Some(name), _) => {
            let script = Script::preset(name, width, height)?;
            let own = super::PRESETS
                .iter()
                .find(|(preset, _)| preset == name)
                .map_or(0, |(_, rate)| *rate);
            Ok((script, plan.rate.unwrap_or(own)))
        }
        (None, Some(file)) => {
            let script = Script::read(file)?;
            let own = u32::from(matches!(script.play, Play::Random(_))) * 10;
            Ok((script, plan.rate.unwrap_or(own)))
        }
        (None, None) => Err(Malformed("there is neither a script nor a preset to play".to_owned())),
    }
}

/// Which kind is in which part of the screen: what has no stalls is one kind, everywhere.
fn kinds(play: &Play, name: &str, (width, height): (u16, u16)) -> Vec<truth::Stall> {
    let Play::Stalls(stalls) = play else {
        return vec![truth::Stall {
            kind: name.to_owned(),
            place: (0, 0, width.into(), height.into()),
        }];
    };
    let of = |stall: &super::script::Stall| {
        let (x, y, width, height) = stall.place;
        truth::Stall {
            kind: stall.kind.name().to_owned(),
            place: (x.into(), y.into(), width.into(), height.into()),
        }
    };
    stalls.iter().map(of).collect()
}

pub(super) struct Stage<'c> {
    pub(super) conn: &'c RustConnection,
    pub(super) root: Id,
    /// The screen's number.
    pub(super) number: usize,
    size: (u16, u16),
    pub(super) cast: Vec<Member>,
    pub(super) programs: Programs,
    pub(super) stalls: Vec<Stall>,
    play: Play,
    pub(super) rng: Rng,
    /// The next step.
    next: usize,
    truth: Writer<File>,
    told: Option<Stack>,
}

impl Stage<'_> {
    /// Every window of the kit.
    fn known(&self) -> Vec<Known> {
        let cast = self.cast.iter().map(Member::known);
        cast.chain(self.stalls.iter().filter_map(Stall::guest)).collect()
    }

    /// Waits until every window is shown.
    fn settle(&mut self) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let (_, stack) = reading::read(self.conn, self.root, &self.known())?;
            let shown = self
                .cast
                .iter()
                .filter(|member| !member.is_translucent() && member.actor.allowed);
            let own = stack
                .windows
                .iter()
                .filter(|window| !window.inner.is_empty() && window.allowed);
            if own.count() >= shown.count() && stack.windows.len() >= self.cast.len() {
                return Ok(());
            }
            anyhow::ensure!(
                Instant::now() < until,
                "the windows are not shown; help: is there a window manager?"
            );
            // A window manager that is only starting may lose the wish: it is repeated.
            for member in &self.cast {
                self.conn.map_window(member.window)?;
            }
            self.conn.sync()?;
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn play(&mut self, time: Duration, rate: u32) -> Result<u64> {
        let begun = Instant::now();
        let (mut operations, mut due) = (0, begun + self.pause(rate));
        while begun.elapsed() < time {
            if Instant::now() >= due {
                let played = self.operation()?;
                operations += u64::from(played);
                due += self.pause(rate);
            }
            self.follow()?;
            let idle = due.saturating_duration_since(Instant::now());
            std::thread::sleep(idle.min(LOOK));
        }
        self.follow()?;
        Ok(operations)
    }

    /// How long before the next operation.
    fn pause(&self, rate: u32) -> Duration {
        match &self.play {
            Play::Steps(steps) => Duration::from_millis(steps.get(self.next).map_or(1_000, |step| step.after)),
            Play::Random(_) | Play::Stalls(_) => Duration::from_secs(1) / rate.max(1),
        }
    }

    /// Plays one; false when it was one that changes nothing now.
    fn operation(&mut self) -> Result<bool> {
        let (action, member, to) = match &self.play {
            Play::Steps(steps) => {
                let Some(step) = steps.get(self.next) else {
                    return Ok(false);
                };
                self.next = (self.next + 1) % steps.len();
                let member = self.cast.iter().position(|member| member.actor.name == step.window);
                (step.action, member, step.to)
            }
            Play::Random(actions) => {
                let drawn = (0..DRAWS).find_map(|_| {
                    let action = self.rng.choice(actions).copied()?;
                    let fitting: Vec<usize> = (0..)
                        .zip(&self.cast)
                        .filter(|(_, member)| member.fits(action))
                        .map(|(place, _)| place)
                        .collect();
                    Some((action, self.rng.choice(fitting)?))
                });
                let Some((action, member)) = drawn else {
                    return Ok(false);
                };
                (action, Some(member), None)
            }
            Play::Stalls(_) => return Ok(false),
        };
        let Some(place) = member else { return Ok(false) };
        let to = to.or_else(|| self.anywhere(action, place));
        let Some(member) = self.cast.get_mut(place) else {
            return Ok(false);
        };
        let window = member.window;
        match (action, to) {
            (Action::Move, Some((x, y))) => {
                self.configure(window, &ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y)))?;
            }
            (Action::Resize, Some((width, height))) => {
                let side = |side: i16| u32::from(side.unsigned_abs().max(1));
                self.configure(
                    window,
                    &ConfigureWindowAux::new().width(side(width)).height(side(height)),
                )?;
            }
            (Action::Move | Action::Resize, None) => {}
            (Action::Raise, _) => self.configure(window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))?,
            (Action::Lower, _) => self.configure(window, &ConfigureWindowAux::new().stack_mode(StackMode::BELOW))?,
            (Action::Show, _) => {
                member.hidden = false;
                self.conn.map_window(window)?;
            }
            (Action::Hide, _) => {
                member.hidden = true;
                self.conn.unmap_window(window)?;
            }
            (Action::Exclude, _) => member.exclude(true)?,
            (Action::Include, _) => member.exclude(false)?,
        }
        self.conn.sync()?;
        self.tell()?;
        Ok(true)
    }

    /// Any place, also one that lies partly off the screen, or any size.
    fn anywhere(&mut self, action: Action, place: usize) -> Option<(i16, i16)> {
        let (width, height) = self.size;
        let (_, _, wide, high) = self.cast.get(place)?.actor.place;
        let side = |side: u16| i16::try_from(side).unwrap_or(i16::MAX);
        match action {
            Action::Move => {
                let x = self.rng.i16(-side(wide / 2)..=side(width.saturating_sub(wide / 2)));
                let y = self.rng.i16(-side(high / 2)..=side(height.saturating_sub(high / 2)));
                Some((x, y))
            }
            Action::Resize => {
                let mut of = |most: u16| {
                    let least = (most / 6).max(SMALLEST);
                    side(self.rng.u16(least..=(most / 2).max(least)))
                };
                Some((of(width), of(height)))
            }
            _ => None,
        }
    }

    pub(super) fn configure(&self, window: Id, to: &ConfigureWindowAux) -> Result<()> {
        self.conn.configure_window(window, to)?;
        Ok(())
    }

    /// Reads the screen anew when the server told of a change: a window manager acts when it comes to it.
    pub(super) fn follow(&mut self) -> Result<()> {
        let mut changed = false;
        while self.conn.poll_for_event()?.is_some() {
            changed = true;
        }
        if changed { self.tell() } else { Ok(()) }
    }

    /// Writes what is visible, when that changed.
    pub(super) fn tell(&mut self) -> Result<()> {
        let (at, stack) = reading::read(self.conn, self.root, &self.known())?;
        if self.told.as_ref() == Some(&stack) {
            return Ok(());
        }
        self.truth
            .write(&Line::Stack {
                at,
                surface: stack.surface,
                windows: stack.windows.clone(),
            })
            .context("cannot write the truth")?;
        self.told = Some(stack);
        Ok(())
    }
}
