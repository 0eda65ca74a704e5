//! The mark: a small window that is always on top while a call lasts, and says whether the screen is recorded.
//!
//! Without it nothing is recorded. Before each look at the screen [`Shown::stands`] asks the server for it, and
//! after the look [`Shown::seen`] finds it in what was seen, with nothing over it, and holds what the screen showed
//! at its place, of the same instant, against its picture: each pixel. A thread of its own puts it back on top at
//! once, and tells when it is gone.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gardefou::{Millis, Rect};
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _, NotifyMask};
use x11rb::protocol::shape::{self, ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask,
    ImageFormat, MapState, PropMode, Screen, StackMode, Visibility, Window, WindowClass,
};
use x11rb::rust_connection::{PollMode, Stream as _};
use x11rb::wrapper::ConnectionExt as _;

use super::language::Language;
use super::picture::{BYTES_PER_PIXEL, COLUMNS, Picture};
use super::words::{CLOSED, COVERED, DARK, HIDDEN, Said, UNSEEN, Words, lines};
use crate::geometry::intersection;
use crate::screen::{Corner, Look, Server, another_connection};
use crate::threads;

/// The mark goes on top at most that often: another program that does the same must not keep both busy.
const BETWEEN_RAISES: Duration = Duration::from_millis(100);

/// How long the mark may be covered at least: it is put back on top within that time.
const COVERED_FOR: Duration = Duration::from_millis(300);

/// How long the words that say that the screen is recorded may be on their way to the screen: a compositing manager
/// shows them when it comes to it.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// How often it is looked whether they are there.
const LOOK_AGAIN: Duration = Duration::from_millis(4);

/// From so many rows on the mark is twice as large.
const LARGE: u16 = 2160;

/// The most bytes of a picture in one request. No server takes less than four times as many.
const MOST_BYTES: usize = 64 * 1024;

/// The mark of one call. It goes with this.
#[derive(Debug)]
pub(crate) struct Mark(Arc<Shown>);

/// The mark, as whoever records sees it.
pub(crate) struct Shown {
    conn: Server,
    root: Window,
    depth: u8,
    window: Window,
    language: Language,
    covered_for: Duration,
    state: Mutex<State>,
    /// Why the mark is not shown any more. It never comes back.
    lost: OnceLock<Said>,
    /// The call is over: the mark goes, as it should.
    down: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Debug)]
struct State {
    words: Words,
    monitor: Monitor,
    place: Place,
    picture: Picture,
    /// The server said that another window lies over it.
    covered: bool,
    /// Somebody moved it.
    misplaced: bool,
    raised: Option<Instant>,
    /// Since when each look found something over it.
    covered_since: Option<Instant>,
}

/// Where the mark is, on the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

/// The monitor that the mark is on.
#[derive(Debug, Clone, Copy)]
struct Monitor {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown")
            .field("window", &self.window)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

impl Mark {
    /// Shows the mark of a call that begins. `interval`: the longest time between two looks, in ms; covered for
    /// longer the mark counts as lost. `wake` is called when it is lost.
    ///
    /// # Errors
    /// It cannot be shown: nothing may be recorded.
    pub(crate) fn show(language: Language, interval: Millis, wake: impl Fn() + Send + Sync + 'static) -> Result<Self> {
        let (conn, number) = another_connection()?;
        let screen: &Screen = conn
            .setup()
            .roots
            .get(number)
            .context("the X server has no such screen")?;
        let (root, depth) = (screen.root, screen.root_depth);
        let window = conn.generate_id()?;
        let words = Words::NotYet;
        let monitor = monitor(&conn, root)?;
        let picture = picture(words, language, monitor);
        let place = corner(monitor, &picture);
        create(&conn, root, window, place)?;
        let shown = Shown {
            conn,
            root,
            depth,
            window,
            language,
            covered_for: Duration::from_millis(interval).max(COVERED_FOR),
            state: Mutex::new(State {
                words,
                monitor,
                place,
                picture: self::picture(words, language, monitor),
                covered: false,
                misplaced: false,
                raised: None,
                covered_since: None,
            }),
            lost: OnceLock::new(),
            down: AtomicBool::new(false),
            wake: Box::new(wake),
        };
        shown.paint(&picture)?;
        shown.conn.map_window(window)?;
        if let Err(why) = shown.stands() {
            anyhow::bail!("{}", why.in_(language));
        }
        let shown = Arc::new(shown);
        let (theirs, failed) = (Arc::clone(&shown), Arc::clone(&shown));
        // A mark that nobody watches is none.
        threads::start("mark", move || keep_up(&theirs), move || failed.lose(CLOSED))?;
        Ok(Self(shown))
    }

    /// What whoever records needs of it.
    pub(crate) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.0)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.down.store(true, Ordering::SeqCst);
        // When the window is gone already, that is what was asked for.
        if let Ok(sent) = self.0.conn.destroy_window(self.0.window) {
            sent.ignore_error();
        }
        let _ = self.0.conn.sync();
    }
}

impl Shown {
    /// Where it is, or is to be, on the surface.
    pub(crate) fn place(&self) -> Rect {
        self.lock().place.rect()
    }

    /// The mark's words change. When this comes back, the server has them; those that say that the screen is recorded
    /// have been seen on it.
    ///
    /// # Errors
    /// Why the mark is not shown.
    pub(crate) fn say(&self, words: Words) -> Result<(), Said> {
        {
            let mut state = self.lock();
            if state.words == words || self.down.load(Ordering::SeqCst) {
                return self.lost.get().map_or(Ok(()), |why| Err(*why));
            }
            state.words = words;
            if self.redraw(&mut state).is_err() {
                self.lose(CLOSED);
            }
        }
        if words.recording() && self.lost.get().is_none() {
            self.wait_until_seen();
        }
        self.stands()
    }

    /// Waits until the screen shows the mark as it is to be; one that it does not show in time is lost.
    fn wait_until_seen(&self) {
        let until = Instant::now() + SHOWN_WITHIN;
        while self.lost.get().is_none() && !self.down.load(Ordering::SeqCst) {
            match self.is_shown() {
                Ok(true) => return,
                Ok(false) if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
                Ok(false) => self.lose(UNSEEN),
                Err(_) => self.lose(CLOSED),
            }
        }
    }

    /// Whether the screen shows it now, by its pixels.
    fn is_shown(&self) -> Result<bool> {
        let state = self.lock();
        let whole = self.conn.get_geometry(self.root)?.reply()?;
        let surface = Rect::new(0, 0, whole.width.into(), whole.height.into());
        let place = intersection(state.place.rect(), surface);
        let Some(corner) = Corner::of(&self.conn, self.root, place)?.answer()? else {
            return Ok(false);
        };
        Ok(state.picture.is_in(&corner, place.width, place.height))
    }

    /// Whether the mark is on the screen, by the server's own knowledge of now.
    ///
    /// # Errors
    /// Why it is not.
    pub(crate) fn stands(&self) -> Result<(), Said> {
        let mut state = self.lock();
        if self.lost.get().is_none() && !self.down.load(Ordering::SeqCst) {
            let asked = self.conn.get_window_attributes(self.window);
            match asked.map_err(drop).and_then(|answer| answer.reply().map_err(drop)) {
                Ok(attributes) if attributes.map_state == MapState::VIEWABLE => {
                    self.attend(&mut state);
                }
                Ok(_) => self.lose(HIDDEN),
                Err(()) => self.lose(CLOSED),
            }
        }
        self.lost.get().map_or(Ok(()), |why| Err(*why))
    }

    /// Why a look at the screen did not see the mark: `None` when it did, whole, with nothing over it, pixel for
    /// pixel. What is taken when it did not is not recorded; one that is covered is on its way back to the top.
    ///
    /// # Errors
    /// Why the mark counts as lost.
    pub(crate) fn seen(&self, look: &Look, now: Instant) -> Result<Option<Said>, Said> {
        let mut state = self.lock();
        if let Some(why) = self.lost.get() {
            return Err(*why);
        }
        let place = state.place.rect();
        let own = look.windows.iter().position(|window| window.id == self.window);
        let above = own.and_then(|own| look.windows.get(..own));
        let free = above.is_some_and(|above| above.iter().all(|over| intersection(over.outer, place).is_empty()));
        if free && on_the_surface(place, look) {
            state.covered_since = None;
            if look.dark.iter().any(|dark| !intersection(*dark, place).is_empty()) {
                return Ok(Some(DARK));
            }
            let there = intersection(place, surface(look));
            let corner = look.corner.as_deref().unwrap_or_default();
            let shown = state.picture.is_in(corner, there.width, there.height);
            return Ok((!shown).then_some(UNSEEN));
        }
        let since = *state.covered_since.get_or_insert(now);
        if now.duration_since(since) > self.covered_for {
            self.lose(COVERED);
            return Err(COVERED);
        }
        state.covered = true;
        self.attend(&mut state);
        self.lost.get().map_or(Ok(Some(COVERED)), |why| Err(*why))
    }

    /// Why the mark is lost, as far as that is known; asks nobody.
    pub(crate) fn lost(&self) -> Option<Said> {
        self.lost.get().copied()
    }

    /// A sentence in the employee's language.
    pub(crate) fn sentence(&self, said: Said) -> &'static str {
        said.in_(self.language)
    }

    fn lose(&self, why: Said) {
        if !self.down.load(Ordering::SeqCst) && self.lost.set(why).is_ok() {
            (self.wake)();
        }
    }

    /// Takes what the server told, and puts the mark back where it belongs. Gives how long that must wait.
    fn attend(&self, state: &mut State) -> Option<Duration> {
        let outcome = self.hear(state).and_then(|()| self.put_back(state).map_err(|_| CLOSED));
        match outcome {
            Ok(wait) => wait,
            Err(why) => {
                self.lose(why);
                None
            }
        }
    }

    fn hear(&self, state: &mut State) -> Result<(), Said> {
        while let Some(event) = self.conn.poll_for_event().map_err(|_| CLOSED)? {
            match event {
                Event::VisibilityNotify(seen) if seen.window == self.window => {
                    state.covered = seen.state != Visibility::UNOBSCURED;
                }
                Event::ConfigureNotify(now) if now.window == self.window => {
                    let place = Place {
                        x: now.x,
                        y: now.y,
                        width: now.width,
                        height: now.height,
                    };
                    state.misplaced = place != state.place;
                }
                Event::DestroyNotify(gone) if gone.window == self.window => return Err(CLOSED),
                Event::UnmapNotify(gone) if gone.window == self.window => return Err(self.hidden_or_closed()),
                Event::ReparentNotify(moved) if moved.window == self.window => return Err(HIDDEN),
                // Another resolution, or another primary monitor.
                Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => {
                    state.monitor = monitor(&self.conn, self.root).map_err(|_| CLOSED)?;
                    self.redraw(state).map_err(|_| CLOSED)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A window that is destroyed is told of as hidden first.
    fn hidden_or_closed(&self) -> Said {
        let asked = self.conn.get_window_attributes(self.window);
        match asked.map_err(drop).and_then(|answer| answer.reply().map_err(drop)) {
            Ok(_) => HIDDEN,
            Err(()) => CLOSED,
        }
    }

    fn put_back(&self, state: &mut State) -> Result<Option<Duration>> {
        if !state.covered && !state.misplaced {
            return Ok(None);
        }
        let wait = state
            .raised
            .map_or(Duration::ZERO, |raised| BETWEEN_RAISES.saturating_sub(raised.elapsed()));
        if !wait.is_zero() {
            return Ok(Some(wait));
        }
        state.raised = Some(Instant::now());
        // If that was not enough, the server tells so.
        (state.covered, state.misplaced) = (false, false);
        let on_top = state.place.wish().stack_mode(StackMode::ABOVE);
        self.conn.configure_window(self.window, &on_top)?.ignore_error();
        self.conn.flush()?;
        Ok(None)
    }

    /// Draws the words anew, at the place that is right for them.
    fn redraw(&self, state: &mut State) -> Result<()> {
        let picture = picture(state.words, self.language, state.monitor);
        state.place = corner(state.monitor, &picture);
        self.conn
            .configure_window(self.window, &state.place.wish())?
            .ignore_error();
        self.paint(&picture)?;
        state.picture = picture;
        Ok(())
    }

    /// The picture becomes the window's background: the server paints it whenever that is needed.
    fn paint(&self, picture: &Picture) -> Result<()> {
        let conn = &self.conn;
        let (pixmap, brush) = (conn.generate_id()?, conn.generate_id()?);
        conn.create_pixmap(self.depth, pixmap, self.window, picture.width(), picture.height())?
            .ignore_error();
        conn.create_gc(brush, pixmap, &CreateGCAux::new())?.ignore_error();
        let row = usize::from(picture.width()).saturating_mul(BYTES_PER_PIXEL).max(1);
        let rows = (MOST_BYTES / row).max(1);
        let mut top = 0_u16;
        for part in picture.pixels().chunks(rows.saturating_mul(row)) {
            let height = u16::try_from(part.len() / row)?;
            let (format, width) = (ImageFormat::Z_PIXMAP, picture.width());
            conn.put_image(
                format,
                pixmap,
                brush,
                width,
                height,
                0,
                i16::try_from(top)?,
                0,
                self.depth,
                part,
            )?
            .ignore_error();
            top = top.saturating_add(height);
        }
        let background = x11rb::protocol::xproto::ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        conn.change_window_attributes(self.window, &background)?.ignore_error();
        conn.clear_area(false, self.window, 0, 0, 0, 0)?.ignore_error();
        conn.free_gc(brush)?.ignore_error();
        conn.free_pixmap(pixmap)?.ignore_error();
        conn.flush()?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn rect(self) -> Rect {
        Rect::new(self.x.into(), self.y.into(), self.width.into(), self.height.into())
    }

    fn wish(self) -> ConfigureWindowAux {
        ConfigureWindowAux::new()
            .x(i32::from(self.x))
            .y(i32::from(self.y))
            .width(u32::from(self.width))
            .height(u32::from(self.height))
    }
}

/// Whether all of that place is on the surface, or as much as there is room for.
fn on_the_surface(place: Rect, look: &Look) -> bool {
    let surface = surface(look);
    let there = intersection(place, surface);
    there.width == place.width.min(surface.width) && there.height == place.height.min(surface.height)
}

fn surface(look: &Look) -> Rect {
    Rect::new(0, 0, look.width.into(), look.height.into())
}

/// The thread of the mark: until it is lost, or goes as it should.
fn keep_up(shown: &Shown) {
    let mut wait = None;
    while shown.lost.get().is_none() && !shown.down.load(Ordering::SeqCst) {
        match wait {
            Some(wait) => std::thread::sleep(wait),
            None => match shown.conn.stream().poll(PollMode::Readable) {
                // Nothing came for some time.
                Err(error) if error.kind() == ErrorKind::TimedOut => continue,
                Err(_) => break,
                Ok(()) => {}
            },
        }
        wait = shown.attend(&mut shown.lock());
    }
    shown.lose(CLOSED);
}

fn create(conn: &Server, root: Window, window: Window, place: Place) -> Result<()> {
    let look = CreateWindowAux::new()
        // No window manager has a say in where it is, or whether it is.
        .override_redirect(1)
        .border_pixel(0)
        .event_mask(EventMask::VISIBILITY_CHANGE | EventMask::STRUCTURE_NOTIFY);
    let (x, y, width, height) = (place.x, place.y, place.width, place.height);
    let (depth, class) = (x11rb::COPY_DEPTH_FROM_PARENT, WindowClass::INPUT_OUTPUT);
    conn.create_window(
        depth,
        window,
        root,
        x,
        y,
        width,
        height,
        0,
        class,
        x11rb::COPY_FROM_PARENT,
        &look,
    )?
    .check()
    .context("cannot open a window for the mark")?;
    let text = |name: AtomEnum, value: &[u8]| {
        let sent = conn.change_property8(PropMode::REPLACE, window, name, AtomEnum::STRING, value)?;
        sent.ignore_error();
        anyhow::Ok(())
    };
    text(AtomEnum::WM_CLASS, b"gardefou-mark\0Gardefou-mark\0")?;
    text(AtomEnum::WM_NAME, b"gardefou")?;
    // A compositing manager treats it as what always stays on the screen: neither dimmed nor faded.
    let kind = conn.intern_atom(false, b"_NET_WM_WINDOW_TYPE")?.reply()?.atom;
    let dock = conn.intern_atom(false, b"_NET_WM_WINDOW_TYPE_DOCK")?.reply()?.atom;
    conn.change_property32(PropMode::REPLACE, window, kind, AtomEnum::ATOM, &[dock])?
        .ignore_error();
    if conn.extension_information(shape::X11_EXTENSION_NAME)?.is_some() {
        // Clicks go to what lies beneath: it is in nobody's way.
        conn.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?
            .ignore_error();
    }
    if conn.extension_information(randr::X11_EXTENSION_NAME)?.is_some() {
        randr::query_version(conn, 1, 5)?.reply()?;
        let wanted = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
        conn.randr_select_input(root, wanted)?.ignore_error();
    }
    Ok(())
}

/// The primary monitor, or else the first one, or the whole screen.
fn monitor(conn: &Server, root: Window) -> Result<Monitor> {
    if conn.extension_information(randr::X11_EXTENSION_NAME)?.is_some() {
        let monitors = conn.randr_get_monitors(root, true)?.reply()?.monitors;
        let primary = monitors
            .iter()
            .find(|monitor| monitor.primary)
            .or_else(|| monitors.first());
        if let Some(found) = primary.filter(|found| found.width > 0 && found.height > 0) {
            return Ok(Monitor {
                x: found.x,
                y: found.y,
                width: found.width,
                height: found.height,
            });
        }
    }
    let whole = conn.get_geometry(root)?.reply()?;
    Ok(Monitor {
        x: 0,
        y: 0,
        width: whole.width,
        height: whole.height,
    })
}

fn picture(words: Words, language: Language, monitor: Monitor) -> Picture {
    let scale = if monitor.height >= LARGE { 2 } else { 1 };
    let text = lines(&words.text(language), COLUMNS);
    Picture::of(words.recording(), &text, scale)
}

/// The top right corner of the monitor. On one that is too narrow the dot and the first words are seen.
fn corner(monitor: Monitor, picture: &Picture) -> Place {
    let right = i32::from(monitor.x) + i32::from(monitor.width.saturating_sub(picture.width()));
    Place {
        x: i16::try_from(right).unwrap_or(i16::MAX),
        y: monitor.y,
        width: picture.width(),
        height: picture.height(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_in_the_top_right_corner_of_its_monitor_and_larger_on_a_large_one() {
        let second = Monitor {
            x: 1920,
            y: 100,
            width: 3840,
            height: 2160,
        };
        let large = picture(Words::Recording, Language::French, second);
        let place = corner(second, &large);
        assert_eq!(i32::from(place.x) + i32::from(place.width), 1920 + 3840);
        assert_eq!(place.y, 100);
        let small = picture(Words::Recording, Language::French, Monitor { height: 2159, ..second });
        assert_eq!(large.width(), small.width() * 2);
        let narrow = Monitor { width: 100, ..second };
        assert_eq!(corner(narrow, &small).x, 1920);
    }
}
