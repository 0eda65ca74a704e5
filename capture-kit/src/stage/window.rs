//! One window in one process: what the kit's two programs are.
//!
//! It says its number when it is shown, and obeys words on standard input, answering each with `done` once the
//! server has carried it out. It ends when its standard input does.

use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClipOrdering, ColormapAlloc, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    EventMask, ExposeEvent, Gravity, PropMode, Rectangle, Screen, Visualid, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::draw::Canvas;
use super::{EXCLUDED_TITLE, Look};
use crate::colour::{ALLOWED, FORBIDDEN};

/// The window that is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// Whether it is in the allowed colour.
    pub allowed: bool,
    /// x, y, width and height in pixels.
    pub place: (i16, i16, u16, u16),
    /// How it is made.
    pub look: Look,
    /// Its title while it is not excluded.
    pub title: String,
    /// The program that it becomes when it is told to, while its connection to the X server stays. Such a window has
    /// another inside.
    pub becomes: Option<PathBuf>,
}

/// How it answers when something of it was uncovered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    /// It paints it.
    Asked,
    Nothing,
    /// It paints it after so many ms.
    Late(u64),
    /// It paints a part of it, in one of some ways.
    Partly(u8),
}

/// Opens the window, and stays until standard input ends.
///
/// # Errors
/// There is no X server, or it does not do as it should.
pub fn open(wish: &Wish) -> Result<()> {
    let (conn, number) = x11rb::connect(None).context("cannot connect to the X server that `DISPLAY` names")?;
    let screen = conn.setup().roots.get(number).context("there is no such screen")?;
    let painter = Painter::open(&conn, screen, wish)?;
    std::thread::scope(|scope| -> Result<()> {
        scope.spawn(|| {
            let ended = obey(&painter, wish);
            std::process::exit(i32::from(ended.is_err()));
        });
        loop {
            if let Event::Expose(exposed) = conn.wait_for_event()?
                && wish.look == Look::Own
            {
                painter.answer(&exposed)?;
            }
        }
    })
}

fn obey(painter: &Painter<'_, RustConnection>, wish: &Wish) -> Result<()> {
    for word in std::io::stdin().lock().lines() {
        let word = word?;
        let words: Vec<&str> = word.split(' ').collect();
        match words.as_slice() {
            ["exclude"] => {
                painter.call_it(EXCLUDED_TITLE)?;
                painter.colour(FORBIDDEN)?;
            }
            ["include"] => {
                painter.colour(ALLOWED)?;
                painter.call_it(&wish.title)?;
            }
            ["become"] => {
                let becomes = wish.becomes.as_deref().context("it becomes nothing else")?;
                return Err(painter.become_another(becomes));
            }
            ["paint", "whole"] => {
                painter.state().manner = Manner::Asked;
                painter.repaint()?;
            }
            ["paint", "asked"] => painter.state().manner = Manner::Asked,
            ["paint", "nothing"] => painter.state().manner = Manner::Nothing,
            ["paint", "late", ms] => painter.state().manner = Manner::Late(ms.parse()?),
            ["paint", "partly", way] => painter.state().manner = Manner::Partly(way.parse()?),
            ["draw", what, variant] => painter.canvas().draw(what, variant.parse()?)?,
            ["gravity", number] => painter.gravitate(number.parse()?)?,
            _ => {}
        }
        painter.conn.sync()?;
        say("done")?;
    }
    painter.conn.destroy_window(painter.window)?;
    painter.conn.sync()?;
    Ok(())
}

fn say(word: &str) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{word}")?;
    out.flush()?;
    Ok(())
}

struct Painter<'c, C> {
    conn: &'c C,
    window: Window,
    look: Look,
    visual: Visualid,
    /// Held while it paints: no part is painted in the colour before once another was chosen.
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    colour: u32,
    manner: Manner,
}

impl<'c, C: Connection> Painter<'c, C> {
    fn open(conn: &'c C, screen: &Screen, wish: &Wish) -> Result<Self> {
        let (x, y, width, height) = wish.place;
        let colour = if wish.allowed { ALLOWED } else { FORBIDDEN };
        let window = conn.generate_id()?;
        let mut values = CreateWindowAux::new()
            .border_pixel(0)
            .event_mask(EventMask::EXPOSURE | EventMask::STRUCTURE_NOTIFY)
            .override_redirect(u32::from(wish.look == Look::Popup));
        if wish.look != Look::Own {
            values = values.background_pixel(pixel(wish.look, colour));
        }
        let (mut depth, mut visual) = (COPY_DEPTH_FROM_PARENT, screen.root_visual);
        if wish.look == Look::Translucent {
            let mut depths = screen.allowed_depths.iter();
            let deep = depths
                .find(|d| d.depth == 32)
                .context("the screen has no depth of 32")?;
            depth = 32;
            visual = deep
                .visuals
                .first()
                .context("the screen has no visual of depth 32")?
                .visual_id;
            let colours = conn.generate_id()?;
            conn.create_colormap(ColormapAlloc::NONE, colours, screen.root, visual)?;
            values = values.colormap(colours);
        }
        let class = WindowClass::INPUT_OUTPUT;
        conn.create_window(
            depth,
            window,
            screen.root,
            x,
            y,
            width,
            height,
            0,
            class,
            visual,
            &values,
        )?
        .check()?;
        let painter = Self {
            conn,
            window,
            look: wish.look,
            visual: screen.root_visual,
            state: Mutex::new(State {
                colour,
                manner: Manner::Asked,
            }),
        };
        painter.introduce(&wish.title)?;
        if wish.look == Look::Shaped {
            painter.cut(width, height)?;
        }
        if wish.becomes.is_some() {
            painter.enclose(width, height, pixel(wish.look, colour))?;
        }
        conn.map_window(window)?;
        conn.sync()?;
        say(&window.to_string())?;
        Ok(painter)
    }

    fn introduce(&self, title: &str) -> Result<()> {
        let class = b"capture-kit\0CaptureKit\0";
        self.conn.change_property8(
            PropMode::REPLACE,
            self.window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            class,
        )?;
        self.call_it(title)?;
        // Flags: position and size are the user's own wish, so that the window manager obeys.
        let mut hints = [0_u32; 18];
        hints.iter_mut().take(1).for_each(|flags| *flags = 3);
        let (kind, name) = (AtomEnum::WM_SIZE_HINTS, AtomEnum::WM_NORMAL_HINTS);
        self.conn
            .change_property32(PropMode::REPLACE, self.window, name, kind, &hints)?;
        Ok(())
    }

    fn call_it(&self, title: &str) -> Result<()> {
        let atom = |name: &[u8]| -> Result<u32> { Ok(self.conn.intern_atom(false, name)?.reply()?.atom) };
        let (name, kind) = (atom(b"_NET_WM_NAME")?, atom(b"UTF8_STRING")?);
        self.conn
            .change_property8(PropMode::REPLACE, self.window, name, kind, title.as_bytes())?;
        Ok(())
    }

    /// A plus sign.
    fn cut(&self, width: u16, height: u16) -> Result<()> {
        let (third, tall) = (width / 3, height / 3);
        let plus = [
            Rectangle {
                x: third.try_into()?,
                y: 0,
                width: third,
                height,
            },
            Rectangle {
                x: 0,
                y: tall.try_into()?,
                width,
                height: tall,
            },
        ];
        self.conn
            .shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, self.window, 0, 0, &plus)?;
        Ok(())
    }

    /// Another window of the same program, inside.
    fn enclose(&self, width: u16, height: u16, background: u32) -> Result<()> {
        let inside = self.conn.generate_id()?;
        let (x, y) = (i16::try_from(width / 8)?, i16::try_from(height / 8)?);
        let (wide, high) = ((width * 3 / 4).max(1), (height * 3 / 4).max(1));
        let values = CreateWindowAux::new().background_pixel(background);
        self.conn.create_window(
            COPY_DEPTH_FROM_PARENT,
            inside,
            self.window,
            x,
            y,
            wide,
            high,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &values,
        )?;
        self.conn.map_window(inside)?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn canvas(&self) -> Canvas<'c, C> {
        Canvas {
            conn: self.conn,
            window: self.window,
            colour: self.state().colour,
            visual: self.visual,
        }
    }

    fn colour(&self, colour: u32) -> Result<()> {
        if self.look == Look::Own {
            self.state().colour = colour;
            return self.repaint();
        }
        let mut now = self.state();
        now.colour = colour;
        let look = ChangeWindowAttributesAux::new().background_pixel(pixel(self.look, colour));
        self.conn.change_window_attributes(self.window, &look)?;
        self.conn.clear_area(false, self.window, 0, 0, 0, 0)?;
        Ok(())
    }

    /// Paints all of it.
    fn repaint(&self) -> Result<()> {
        let now = self.state();
        // Its own size: a server reckons wrong what a larger rectangle changed, and puts back under its pointer
        // what was there before.
        let size = self.conn.get_geometry(self.window)?.reply()?;
        let (width, height) = (size.width, size.height);
        let whole = Rectangle {
            x: 0,
            y: 0,
            width,
            height,
        };
        self.fill(whole, now.colour)
    }

    /// Answers as it is told to when a part of it was uncovered.
    fn answer(&self, exposed: &ExposeEvent) -> Result<()> {
        if let Manner::Late(ms) = self.state().manner {
            std::thread::sleep(Duration::from_millis(ms));
        }
        // What came meanwhile is not late once more.
        let mut exposed = Some(*exposed);
        while let Some(area) = exposed {
            self.paint(Rectangle {
                x: area.x.try_into()?,
                y: area.y.try_into()?,
                width: area.width,
                height: area.height,
            })?;
            exposed = loop {
                match self.conn.poll_for_event()? {
                    Some(Event::Expose(next)) => break Some(next),
                    Some(_) => {}
                    None => break None,
                }
            };
        }
        Ok(())
    }

    fn paint(&self, area: Rectangle) -> Result<()> {
        let now = self.state();
        match now.manner {
            Manner::Asked | Manner::Late(_) => self.fill(area, now.colour),
            Manner::Nothing => Ok(()),
            Manner::Partly(way) => {
                let (conn, window, colour, visual) = (self.conn, self.window, now.colour, self.visual);
                let canvas = Canvas {
                    conn,
                    window,
                    colour,
                    visual,
                };
                canvas.partly(area, way)
            }
        }
    }

    /// Its bits, and the windows inside, stay at that side when it is resized.
    fn gravitate(&self, number: u32) -> Result<()> {
        let gravity = Gravity::from(number);
        let look = ChangeWindowAttributesAux::new()
            .bit_gravity(gravity)
            .win_gravity(if number == 0 { Gravity::NORTH_WEST } else { gravity });
        self.conn.change_window_attributes(self.window, &look)?;
        Ok(())
    }

    fn fill(&self, area: Rectangle, colour: u32) -> Result<()> {
        let brush = self.conn.generate_id()?;
        self.conn
            .create_gc(brush, self.window, &CreateGCAux::new().foreground(colour))?;
        self.conn.poly_fill_rectangle(self.window, brush, &[area])?;
        self.conn.free_gc(brush)?;
        self.conn.flush()?;
        Ok(())
    }
}

impl Painter<'_, RustConnection> {
    /// Becomes another program, which inherits the connection to the X server, and with it the window. Comes back
    /// only when it could not.
    fn become_another(&self, program: &Path) -> anyhow::Error {
        let conn = self.conn;
        if let Err(error) = conn.sync() {
            return error.into();
        }
        // A copy that is not closed when the program changes.
        let _kept = match rustix::io::dup(conn.stream()) {
            Ok(kept) => kept,
            Err(error) => return error.into(),
        };
        Command::new(program).arg("hold").exec().into()
    }
}

/// The colour as a pixel; with an alpha channel three fifths of it, multiplied already.
fn pixel(look: Look, colour: u32) -> u32 {
    if look != Look::Translucent {
        return colour | 0xff00_0000;
    }
    let part = |shift: u32| ((colour >> shift) & 0xff) * 3 / 5;
    (0x99 << 24) | (part(16) << 16) | (part(8) << 8) | part(0)
}
