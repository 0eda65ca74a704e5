//! Opens one window of one colour and keeps it open: what the end-to-end tests put on the screen.
//!
//! `gardefou-canary 0xRRGGBB WIDTHxHEIGHT+X+Y CLASS TITLE [popup] [argb] [shaped] [claims=PID] [inside=WINDOW] [own]`
//! prints the window's number when it is shown. `title=…` on standard input changes the title, `colour=0xRRGGBB`
//! the colour. With `own` the window has no background: the server paints nothing, the program paints what is
//! exposed itself; `delay=MS` on standard input has it wait that long before, `still` has it paint no more.
//! `become=FILE` has its process become that program, with the window still open.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    canary::run()
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod canary {
    use std::error::Error;
    use std::io::{BufRead, Write};
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use x11rb::COPY_DEPTH_FROM_PARENT;
    use x11rb::connection::Connection;
    use x11rb::protocol::Event;
    use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
    use x11rb::protocol::xproto::{
        AtomEnum, ChangeWindowAttributesAux, ClipOrdering, ColormapAlloc, ConnectionExt as _, CreateGCAux,
        CreateWindowAux, EventMask, ExposeEvent, PropMode, Rectangle, Window, WindowClass,
    };
    use x11rb::rust_connection::RustConnection;
    use x11rb::wrapper::ConnectionExt as _;

    type Outcome<T> = Result<T, Box<dyn Error>>;

    /// Instead of a time: it paints no more.
    const STILL: u64 = u64::MAX;

    struct Wish {
        colour: u32,
        place: (i16, i16, u16, u16),
        class: String,
        title: String,
        options: Vec<String>,
    }

    impl Wish {
        fn read() -> Outcome<Self> {
            let mut words = std::env::args().skip(1);
            let mut word = || {
                words
                    .next()
                    .ok_or("usage: gardefou-canary COLOUR WxH+X+Y CLASS TITLE [option…]")
            };
            let (colour, place, class, title) = (word()?, word()?, word()?, word()?);
            Ok(Self {
                colour: hex(&colour)?,
                place: geometry(&place)?,
                class,
                title,
                options: words.collect(),
            })
        }

        fn has(&self, option: &str) -> bool {
            self.options.iter().any(|given| given == option)
        }

        fn number(&self, name: &str) -> Outcome<Option<u32>> {
            let value = self
                .options
                .iter()
                .find_map(|given| given.strip_prefix(name)?.strip_prefix('='));
            Ok(value.map(str::parse).transpose()?)
        }
    }

    fn hex(text: &str) -> Outcome<u32> {
        Ok(u32::from_str_radix(text.trim_start_matches("0x"), 16)?)
    }

    fn geometry(text: &str) -> Outcome<(i16, i16, u16, u16)> {
        let (size, place) = text.split_once('+').ok_or("a geometry is WxH+X+Y")?;
        let (width, height) = size.split_once('x').ok_or("a geometry is WxH+X+Y")?;
        let (x, y) = place.split_once('+').ok_or("a geometry is WxH+X+Y")?;
        Ok((x.parse()?, y.parse()?, width.parse()?, height.parse()?))
    }

    pub(super) fn run() -> Outcome<()> {
        let wish = Wish::read()?;
        let (conn, number) = x11rb::connect(None)?;
        let window = open(&conn, number, &wish)?;
        let delay = AtomicU64::new(0);
        std::thread::scope(|scope| -> Outcome<()> {
            scope.spawn(|| {
                let ended = listen(&conn, window, &delay);
                std::process::exit(i32::from(ended.is_err()));
            });
            loop {
                match conn.wait_for_event()? {
                    Event::Expose(exposed) if wish.has("own") => paint(&conn, &exposed, wish.colour, &delay)?,
                    _ => {}
                }
            }
        })
    }

    fn paint(conn: &impl Connection, exposed: &ExposeEvent, colour: u32, delay: &AtomicU64) -> Outcome<()> {
        let wait = delay.load(Ordering::SeqCst);
        if wait == STILL {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(wait));
        let brush = conn.generate_id()?;
        conn.create_gc(brush, exposed.window, &CreateGCAux::new().foreground(colour))?;
        let area = Rectangle {
            x: exposed.x.try_into()?,
            y: exposed.y.try_into()?,
            width: exposed.width,
            height: exposed.height,
        };
        conn.poly_fill_rectangle(exposed.window, brush, &[area])?;
        conn.free_gc(brush)?;
        conn.flush()?;
        Ok(())
    }

    fn open(conn: &impl Connection, number: usize, wish: &Wish) -> Outcome<Window> {
        let screen = conn.setup().roots.get(number).ok_or("no such screen")?;
        let (x, y, width, height) = wish.place;
        let window = conn.generate_id()?;
        let parent = wish.number("inside")?.unwrap_or(screen.root);
        let mut look = CreateWindowAux::new()
            .border_pixel(0)
            .event_mask(EventMask::EXPOSURE | EventMask::STRUCTURE_NOTIFY)
            .override_redirect(u32::from(wish.has("popup")));
        if !wish.has("own") {
            look = look.background_pixel(wish.colour | 0xff00_0000);
        }
        let (mut depth, mut visual) = (COPY_DEPTH_FROM_PARENT, screen.root_visual);
        if wish.has("argb") {
            let deep = screen
                .allowed_depths
                .iter()
                .find(|d| d.depth == 32)
                .ok_or("no depth of 32")?;
            depth = 32;
            visual = deep.visuals.first().ok_or("no visual of depth 32")?.visual_id;
            let colours = conn.generate_id()?;
            conn.create_colormap(ColormapAlloc::NONE, colours, screen.root, visual)?;
            look = look.colormap(colours);
        }
        conn.create_window(
            depth,
            window,
            parent,
            x,
            y,
            width,
            height,
            0,
            WindowClass::INPUT_OUTPUT,
            visual,
            &look,
        )?
        .check()?;
        let class = format!("canary\0{}\0", wish.class);
        conn.change_property8(
            PropMode::REPLACE,
            window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            class.as_bytes(),
        )?;
        set_title(conn, window, &wish.title)?;
        // Flags: position and size are the user's own wish, so that the window manager obeys.
        let mut hints = [0_u32; 18];
        hints.iter_mut().take(1).for_each(|flags| *flags = 3);
        conn.change_property32(
            PropMode::REPLACE,
            window,
            AtomEnum::WM_NORMAL_HINTS,
            AtomEnum::WM_SIZE_HINTS,
            &hints,
        )?;
        if let Some(claimed) = wish.number("claims")? {
            let name = conn.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
            conn.change_property32(PropMode::REPLACE, window, name, AtomEnum::CARDINAL, &[claimed])?;
        }
        if wish.has("shaped") {
            // The corners are cut away: a plus sign.
            let (third, tall) = (width / 3, height / 3);
            let plus = [
                Rectangle {
                    x: i16::try_from(third)?,
                    y: 0,
                    width: third,
                    height,
                },
                Rectangle {
                    x: 0,
                    y: i16::try_from(tall)?,
                    width,
                    height: tall,
                },
            ];
            conn.shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, window, 0, 0, &plus)?;
        }
        conn.map_window(window)?;
        conn.sync()?;
        let mut out = std::io::stdout();
        writeln!(out, "{window}")?;
        out.flush()?;
        Ok(window)
    }

    fn listen(conn: &RustConnection, window: Window, delay: &AtomicU64) -> Outcome<()> {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if let Some(title) = line.strip_prefix("title=") {
                set_title(conn, window, title)?;
            } else if line == "still" {
                delay.store(STILL, Ordering::SeqCst);
            } else if let Some(program) = line.strip_prefix("become=") {
                rustix::io::fcntl_setfd(conn.stream(), rustix::io::FdFlags::empty())?;
                return Err(Command::new(program).arg("600").exec().into());
            } else if let Some(wait) = line.strip_prefix("delay=") {
                delay.store(wait.parse()?, Ordering::SeqCst);
            } else if let Some(colour) = line.strip_prefix("colour=") {
                let look = ChangeWindowAttributesAux::new().background_pixel(hex(colour)? | 0xff00_0000);
                conn.change_window_attributes(window, &look)?;
                conn.clear_area(true, window, 0, 0, 0, 0)?;
            }
            conn.flush()?;
        }
        conn.destroy_window(window)?;
        conn.sync()?;
        Ok(())
    }

    fn set_title(conn: &impl Connection, window: Window, title: &str) -> Outcome<()> {
        let (name, utf8) = (
            conn.intern_atom(false, b"_NET_WM_NAME")?,
            conn.intern_atom(false, b"UTF8_STRING")?,
        );
        let (name, utf8) = (name.reply()?.atom, utf8.reply()?.atom);
        conn.change_property8(PropMode::REPLACE, window, name, utf8, title.as_bytes())?;
        Ok(())
    }
}
