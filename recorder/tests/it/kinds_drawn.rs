//! Windows whose pixels come another way than by the server's drawing: through OpenGL, and as video. They are
//! recorded rightly, or blank, and the recorder says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, MapState, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::harness::{Canary, Display, Frame, Recorder, Running, Session, copy, program, wait_for};
use crate::kinds_screen::number;

const SIDE: (usize, usize) = Display::SIZE;

/// A program as people have it installed, under the name that the rules know.
fn installed(name: &str, folder: &Path) -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&paths)
        .map(|path| path.join(name))
        .find(|file| file.is_file());
    let found = found.unwrap_or_else(|| panic!("`{name}` is not installed; `cargo xtask test` installs it"));
    copy(found.canonicalize().unwrap().to_str().unwrap(), folder, "crm-desk")
}

/// One that has much to draw leaves the processors to the others.
fn nicely(file: &Path) -> Command {
    let mut command = program("nice");
    command.args(["-n", "19"]).arg(file);
    command.env("LP_NUM_THREADS", "1").env("LIBGL_ALWAYS_SOFTWARE", "1");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Magenta: of what may not be recorded. No gear has that colour, nor has the video.
fn is_forbidden((red, green, blue): (u8, u8, u8)) -> bool {
    red > 120 && blue > 120 && green < 100
}

/// Red, or green: what the gears, or the video, are made of.
fn is_shown((red, green, blue): (u8, u8, u8)) -> bool {
    (red > 100 && green < 80 && blue < 80) || (green > 60 && red < 60 && blue < 60)
}

/// Holds every frame against the place of the window: nothing outside, nothing of another's inside. Gives how many
/// frames show something of it.
fn shown(frames: &[Frame], place: (usize, usize, usize, usize)) -> usize {
    let (left, top, width, height) = place;
    let (right, bottom) = (left + width, top + height);
    let mut showing = 0;
    for (number, frame) in frames.iter().enumerate() {
        let mut own = 0;
        for y in 0..SIDE.1 {
            for x in 0..SIDE.0 {
                let pixel = frame.pixel(x, y);
                assert!(!is_forbidden(pixel), "frame {number}: {pixel:?} at {x}, {y}");
                if (left..right).contains(&x) && (top..bottom).contains(&y) {
                    own += usize::from(is_shown(pixel));
                    continue;
                }
                // An encoder rings by a pixel or two along an edge.
                let near = x + 3 > left && x < right + 3 && y + 3 > top && y < bottom + 3;
                assert!(
                    near || frame.is_black(x, y),
                    "frame {number}: {pixel:?} at {x}, {y}, outside"
                );
            }
        }
        showing += usize::from(own > 200);
    }
    showing
}

/// Something that may not be recorded comes and goes over it.
fn come_and_go(display: &RustConnection, cover: Window) {
    let until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < until {
        for shown in [true, false] {
            if shown {
                display.map_window(cover).unwrap();
            } else {
                display.unmap_window(cover).unwrap();
            }
            display.sync().unwrap();
            std::thread::sleep(Duration::from_millis(230));
        }
    }
}

/// Recorded rightly, or blank, and said.
fn is_right_or_blank(recorder: &Recorder, place: (usize, usize, usize, usize)) {
    recorder.decided_again("s-1");
    let frames = recorder.video("s-1").map_or_else(Vec::new, |video| video.frames);
    let showing = shown(&frames, place);
    let refused = recorder.times("not recording: no-training-window") > 0;
    eprintln!("shown in {showing} of {} frames; refused: {refused}", frames.len());
    assert!(
        showing > 0 || refused,
        "it is not shown in any of {} frames, and nobody said so:\n{}",
        frames.len(),
        recorder.said().join("\n")
    );
}

#[test]
fn a_window_that_draws_with_opengl_is_recorded_rightly_or_blank() {
    let display = Display::start();
    let file = installed("glxgears", display.folder.path());
    let _gears = Running::start(
        nicely(&file)
            .args(["-geometry", "300x250+40+50"])
            .env("DISPLAY", &display.name),
    );
    let gears = wait_for("the gears", || client(&display.conn, display.root, 300, 250));
    let cover = Canary::secret(&display, "150x100+120+120", &["popup"]);
    let place = on_screen(&display.conn, display.root, gears);
    wait_for("the gears to be drawn", || {
        let drawn = (0..25_i16).any(|row| {
            let (x, y) = (i16::try_from(place.0).unwrap(), i16::try_from(place.1).unwrap());
            let colour = display.pixel(x + 75, y + row * 10);
            (colour >> 16) & 0xff > 100
        });
        drawn.then_some(())
    });
    let mut recorder = Session::default().start(&display);
    recorder.conditions();
    recorder.call("connected");
    recorder.frames(2);
    come_and_go(&display.conn, cover.window);
    recorder.frames(4);
    let recorder = recorder.hang_up();
    is_right_or_blank(&recorder, place);
}

/// Only a server that draws with OpenGL itself has an adaptor for video: Xephyr, in a window of another server.
#[test]
fn a_window_that_plays_video_is_recorded_rightly_or_blank() {
    let outside = Display::of_size(SIDE.0 + 60, SIDE.1 + 60);
    let folder = TempDir::new().unwrap();
    let mut server = Running::start(
        program("Xephyr")
            .args(["-glamor", "-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen"])
            .arg(format!("{}x{}", SIDE.0, SIDE.1))
            .env("DISPLAY", &outside.name)
            .env("LP_NUM_THREADS", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .stdout(Stdio::piped()),
    );
    let name = number(&mut server);
    let (conn, screen) = x11rb::connect(Some(&name)).unwrap();
    let root = conn.setup().roots[screen].root;
    let red = x11rb::protocol::xproto::ChangeWindowAttributesAux::new().background_pixel(0xff_0000);
    conn.change_window_attributes(root, &red).unwrap();
    conn.clear_area(false, root, 0, 0, 0, 0).unwrap();
    conn.sync().unwrap();
    let file = installed("ffmpeg", folder.path());
    let _video = Running::start(
        nicely(&file)
            .args([
                "-v",
                "error",
                "-re",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=320x240:rate=10,lutrgb=r=0:b=0",
            ])
            .args([
                "-pix_fmt",
                "yuv420p",
                "-f",
                "xv",
                "-window_x",
                "40",
                "-window_y",
                "50",
                "video",
            ])
            .env("DISPLAY", &name),
    );
    let video = wait_for("the video", || client(&conn, root, 320, 240));
    let place = on_screen(&conn, root, video);
    let cover = magenta(&conn, root, screen);
    let recorder = Session::default().start_anyhow(Some(&name), folder.path());
    recorder.says("waiting for a call");
    let mut recorder = recorder;
    recorder.conditions();
    recorder.call("connected");
    recorder.frames(2);
    come_and_go(&conn, cover);
    recorder.frames(4);
    let recorder = recorder.hang_up();
    is_right_or_blank(&recorder, place);
}

/// A window that nobody allows.
fn magenta(conn: &RustConnection, root: Window, screen: usize) -> Window {
    use x11rb::protocol::xproto::{CreateWindowAux, WindowClass};
    let window = conn.generate_id().unwrap();
    let visual = conn.setup().roots[screen].root_visual;
    let look = CreateWindowAux::new().background_pixel(0xff_00ff).override_redirect(1);
    let class = WindowClass::INPUT_OUTPUT;
    conn.create_window(24, window, root, 120, 120, 150, 100, 0, class, visual, &look)
        .unwrap()
        .check()
        .unwrap();
    conn.configure_window(window, &ConfigureWindowAux::new().x(120))
        .unwrap();
    window
}

/// A window of that size that is shown, at any depth.
fn client(conn: &RustConnection, window: Window, width: u16, height: u16) -> Option<Window> {
    for child in conn.query_tree(window).ok()?.reply().ok()?.children {
        let (Ok(size), Ok(state)) = (
            conn.get_geometry(child).ok()?.reply(),
            conn.get_window_attributes(child).ok()?.reply(),
        ) else {
            continue;
        };
        if (size.width, size.height) == (width, height) && state.map_state == MapState::VIEWABLE {
            return Some(child);
        }
        if let Some(found) = client(conn, child, width, height) {
            return Some(found);
        }
    }
    None
}

/// Where it lies.
fn on_screen(conn: &RustConnection, root: Window, window: Window) -> (usize, usize, usize, usize) {
    let size = conn.get_geometry(window).unwrap().reply().unwrap();
    let corner = conn.translate_coordinates(window, root, 0, 0).unwrap().reply().unwrap();
    let side = |side: i16| usize::try_from(side).unwrap();
    (
        side(corner.dst_x),
        side(corner.dst_y),
        usize::from(size.width),
        usize::from(size.height),
    )
}
