//! Plays the turns of stalls: each stall in its own time, all of them at once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::errors::ReplyError;
use x11rb::protocol::composite::{self, ConnectionExt as _, Redirect};
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, PropMode,
    Rectangle, StackMode, SubwindowMode, Window as Id,
};
use x11rb::wrapper::ConnectionExt as _;

use super::cast::{Known, Member};
use super::play::{LOOK, Stage};
use super::script::{self, Actor, Look};
use super::turns::{self, Beat, Cut, Guest, How, Place, Who};
use crate::colour::FORBIDDEN;
use crate::kind::Kind;

/// A stall in which turns are played.
pub(super) struct Stall {
    kind: Kind,
    /// Their places in the cast.
    desk: usize,
    cover: usize,
    queue: VecDeque<(Duration, Beat)>,
    due: Instant,
    /// How many turns were begun.
    turns: u64,
    guest: Option<Member>,
}

impl Stall {
    /// Those of a script; a name that is none of the cast's is an error.
    pub(super) fn all(stalls: &[script::Stall], cast: &[Member]) -> Result<Vec<Self>> {
        let place = |name: &str| {
            let found = cast.iter().position(|member| member.actor.name == name);
            found.with_context(|| format!("there is no window `{name}`"))
        };
        let of = |stall: &script::Stall| {
            Ok(Self {
                kind: stall.kind,
                desk: place(&stall.desk)?,
                cover: place(&stall.cover)?,
                queue: VecDeque::new(),
                due: Instant::now(),
                turns: 0,
                guest: None,
            })
        };
        stalls.iter().map(of).collect()
    }

    /// What is known of its guest's window.
    pub(super) fn guest(&self) -> Option<Known> {
        self.guest.as_ref().map(Member::known)
    }
}

impl Stage<'_> {
    /// Plays turns for that long. Gives how many were begun.
    pub(super) fn play_stalls(&mut self, time: Duration) -> Result<u64> {
        let begun = Instant::now();
        for place in 0..self.stalls.len() {
            self.beat(place, &Beat::Hide(Who::Cover))?;
        }
        let mut turns = 0;
        while begun.elapsed() < time {
            let mut next = Instant::now() + LOOK;
            for place in 0..self.stalls.len() {
                let (began, due) = self.step(place)?;
                turns += u64::from(began);
                next = next.min(due);
            }
            self.follow()?;
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        self.follow()?;
        Ok(turns)
    }

    /// Plays what is due in a stall. Gives whether a turn began, and when the next is due.
    fn step(&mut self, place: usize) -> Result<(bool, Instant)> {
        let Some(stall) = self.stalls.get_mut(place) else {
            return Ok((false, Instant::now() + LOOK));
        };
        let mut began = false;
        if stall.queue.is_empty()
            && let Some(desk) = self.cast.get(stall.desk)
        {
            let turn = turns::turn(stall.kind, stall.turns, desk.actor.place, &mut self.rng);
            stall.turns += 1;
            let timed = turn.into_iter().map(|(ms, beat)| (Duration::from_millis(ms), beat));
            stall.queue.extend(timed);
            stall.due = Instant::now() + stall.queue.front().map_or(LOOK, |(after, _)| *after);
            began = true;
        }
        while let Some(stall) = self.stalls.get_mut(place).filter(|stall| stall.due <= Instant::now()) {
            let Some((_, beat)) = stall.queue.pop_front() else {
                break;
            };
            self.beat(place, &beat)?;
            if let Some(stall) = self.stalls.get_mut(place) {
                // A machine that is late is so from here on: the pauses are what a recorder sees.
                let after = stall.queue.front().map_or(Duration::ZERO, |(after, _)| *after);
                stall.due = Instant::now() + after;
            }
        }
        Ok((
            began,
            self.stalls.get(place).map_or_else(Instant::now, |stall| stall.due),
        ))
    }

    fn beat(&mut self, place: usize, beat: &Beat) -> Result<()> {
        match beat {
            Beat::Tell(who, word) => return self.member(place, *who)?.tell(word),
            Beat::Rest => return Ok(()),
            Beat::Exclude(who, excluded) => self.member(place, *who)?.exclude(*excluded)?,
            Beat::Place(who, to) => {
                let window = self.member(place, *who)?.window;
                let (x, y, width, height) = *to;
                let to = ConfigureWindowAux::new()
                    .x(i32::from(x))
                    .y(i32::from(y))
                    .width(u32::from(width))
                    .height(u32::from(height));
                self.configure(window, &to)?;
            }
            Beat::Show(who) => {
                let member = self.member(place, *who)?;
                member.hidden = false;
                let window = member.window;
                self.conn.map_window(window)?;
            }
            Beat::Hide(who) => {
                let member = self.member(place, *who)?;
                member.hidden = true;
                let window = member.window;
                self.conn.unmap_window(window)?;
            }
            Beat::Raise(who) => self.stack(place, *who, StackMode::ABOVE)?,
            Beat::Lower(who) => self.stack(place, *who, StackMode::BELOW)?,
            Beat::Cut(who, to) => {
                let window = self.member(place, *who)?.window;
                self.cut(window, *to)?;
            }
            Beat::Flash(who, to, back, ms) => {
                let window = self.member(place, *who)?.window;
                self.cut(window, *to)?;
                self.pass(*ms)?;
                self.cut(window, *back)?;
            }
            Beat::Opacity(who, share) => {
                let seen = share.is_some() && self.is_composited()?;
                let member = self.member(place, *who)?;
                member.away = seen;
                let window = member.window;
                self.veil(window, *share)?;
            }
            Beat::FlashOpacity(who, ms) => {
                let window = self.member(place, *who)?.window;
                self.veil(window, Some(30))?;
                self.pass(*ms)?;
                self.veil(window, None)?;
            }
            Beat::Redirect(how) => self.redirect(place, *how, true)?,
            Beat::Release(how) => self.redirect(place, *how, false)?,
            Beat::DrawOnRoot(area) => self.draw_on_root(*area)?,
            Beat::Enter(guest, area) => self.enter(place, *guest, *area)?,
            Beat::Become => self.become_another(place)?,
            Beat::Leave => {
                if let Some(stall) = self.stalls.get_mut(place) {
                    stall.guest = None;
                }
            }
        }
        self.conn.sync()?;
        self.tell()
    }

    fn member(&mut self, place: usize, who: Who) -> Result<&mut Member> {
        let stall = self.stalls.get(place).context("there is no such stall")?;
        let member = match who {
            Who::Desk => stall.desk,
            Who::Cover => stall.cover,
        };
        self.cast.get_mut(member).context("there is no such window")
    }

    fn stack(&mut self, place: usize, who: Who, mode: StackMode) -> Result<()> {
        let window = self.member(place, who)?.window;
        self.configure(window, &ConfigureWindowAux::new().stack_mode(mode))
    }

    /// What was asked for so far is done, and so many ms pass.
    fn pass(&self, ms: u64) -> Result<()> {
        self.conn.sync()?;
        std::thread::sleep(Duration::from_millis(ms));
        Ok(())
    }

    fn cut(&self, window: Id, to: Cut) -> Result<()> {
        let corner = Rectangle {
            x: 0,
            y: 0,
            width: 6,
            height: 6,
        };
        let kept: &[Rectangle] = match to {
            Cut::Whole => {
                self.conn.shape_mask(SO::SET, SK::BOUNDING, window, 0, 0, x11rb::NONE)?;
                return Ok(());
            }
            Cut::Corner => &[corner],
            Cut::Nothing => &[],
        };
        self.conn
            .shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, window, 0, 0, kept)?;
        Ok(())
    }

    fn veil(&self, window: Id, share: Option<u32>) -> Result<()> {
        let name = self.conn.intern_atom(false, b"_NET_WM_WINDOW_OPACITY")?.reply()?.atom;
        // The window manager may hand a change on late: compositors read it from the outermost window.
        for window in [window, self.outermost(window)?] {
            match share {
                Some(share) => {
                    let value = u32::MAX / 100 * share.min(100);
                    self.conn
                        .change_property32(PropMode::REPLACE, window, name, AtomEnum::CARDINAL, &[value])?;
                }
                None => drop(self.conn.delete_property(window, name)?),
            }
        }
        Ok(())
    }

    /// Whether a compositor runs: somebody owns its selection.
    fn is_composited(&self) -> Result<bool> {
        let name = format!("_NET_WM_CM_S{}", self.number);
        let selection = self.conn.intern_atom(false, name.as_bytes())?.reply()?.atom;
        Ok(self.conn.get_selection_owner(selection)?.reply()?.owner != x11rb::NONE)
    }

    /// The window at the top level that it is in.
    fn outermost(&self, window: Id) -> Result<Id> {
        let mut top = window;
        loop {
            let parent = self.conn.query_tree(top)?.reply()?.parent;
            if parent == self.root || parent == x11rb::NONE {
                return Ok(top);
            }
            top = parent;
        }
    }

    fn redirect(&mut self, place: usize, how: How, redirected: bool) -> Result<()> {
        let there = self.conn.extension_information(composite::X11_EXTENSION_NAME)?;
        there.context("the X server lacks Composite; help: leave this kind out")?;
        self.conn.composite_query_version(0, 4)?.reply()?;
        let client = self.member(place, Who::Desk)?.window;
        let window = if how.frame { self.outermost(client)? } else { client };
        let mode = if how.manual {
            Redirect::MANUAL
        } else {
            Redirect::AUTOMATIC
        };
        if redirected {
            let answer = self.conn.composite_redirect_window(window, mode)?.check();
            // One that a compositor redirects already is nobody else's.
            let done = match answer {
                Ok(()) => true,
                Err(ReplyError::X11Error(_)) => false,
                Err(error) => return Err(error.into()),
            };
            self.member(place, Who::Desk)?.away = done && how.manual;
        } else {
            self.conn.composite_unredirect_window(window, mode)?.ignore_error();
            self.member(place, Who::Desk)?.away = false;
        }
        Ok(())
    }

    /// The forbidden colour, over whatever windows are there.
    fn draw_on_root(&self, (x, y, width, height): Place) -> Result<()> {
        let brush = self.conn.generate_id()?;
        let look = CreateGCAux::new()
            .foreground(FORBIDDEN)
            .subwindow_mode(SubwindowMode::INCLUDE_INFERIORS);
        self.conn.create_gc(brush, self.root, &look)?;
        let area = Rectangle { x, y, width, height };
        self.conn.poly_fill_rectangle(self.root, brush, &[area])?;
        self.conn.free_gc(brush)?;
        Ok(())
    }

    fn enter(&mut self, place: usize, guest: Guest, area: Place) -> Result<()> {
        let desk = self.member(place, Who::Desk)?.process();
        let actor = Actor {
            name: "guest".to_owned(),
            allowed: guest == Guest::BecomesForbidden,
            place: area,
            look: Look::Popup,
        };
        let member = match guest {
            Guest::Claims => Member::enter(&self.programs, &actor)?,
            Guest::BecomesAllowed | Guest::BecomesForbidden => Member::enter_as_another(&self.programs, &actor)?,
        };
        if guest == Guest::Claims {
            let name = self.conn.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
            let (window, kind) = (member.window, AtomEnum::CARDINAL);
            self.conn
                .change_property32(PropMode::REPLACE, window, name, kind, &[desk])?;
        }
        let stall = self.stalls.get_mut(place).context("there is no such stall")?;
        stall.guest = Some(member);
        Ok(())
    }

    /// The guest's program becomes the other. Where it was an allowed one, the window inside is then painted in the
    /// forbidden colour: by the server, as for any program that asks on that connection.
    fn become_another(&mut self, place: usize) -> Result<()> {
        let stall = self.stalls.get_mut(place).context("there is no such stall")?;
        let guest = stall.guest.as_mut().context("there is no guest")?;
        guest.tell("become")?;
        if !guest.actor.allowed {
            return Ok(());
        }
        guest.excluded = true;
        let window = guest.window;
        self.tell()?;
        let look = ChangeWindowAttributesAux::new().background_pixel(FORBIDDEN);
        for inside in self.conn.query_tree(window)?.reply()?.children {
            self.conn.change_window_attributes(inside, &look)?;
            self.conn.clear_area(false, inside, 0, 0, 0, 0)?;
        }
        Ok(())
    }
}
