//! The X server: which one, whether it has what the facts are read with, and having it serve nobody else.

use std::collections::HashSet;

use anyhow::{Context, Result, bail, ensure};
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::res;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageOrder, Screen as Root, VisualClass, Visualid, Window};

use super::atoms::Atoms;
use super::wire::Server;
use super::{Screen, images, monitors, news, programs, wire};

/// The name of the server, from the environment.
pub(crate) fn display() -> Result<String> {
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        if std::env::var_os("WAYLAND_DISPLAY").is_some() {
            bail!(
                "this is a Wayland session: it tells neither which program a window is of nor which window lies \
                 over which, and without that nothing may be recorded; help: log in to an X11 session"
            );
        }
        bail!("`DISPLAY` is not set: there is no X11 screen to record");
    }
    // The client library adds the number to that of a port, and fails badly where there is no such port.
    let display = std::env::var("DISPLAY").unwrap_or_default();
    let number = display
        .rsplit_once(':')
        .and_then(|(_, number)| number.split('.').next()?.parse::<u16>().ok());
    ensure!(
        number.is_some_and(|number| number < 59_000),
        "`DISPLAY` names no screen; help: write it as `:0`"
    );
    Ok(display)
}

/// Connects to it.
pub(crate) fn open(display: &str) -> Result<Screen> {
    let (conn, number) = wire::connect(display).context("cannot connect to the X server that `DISPLAY` names")?;
    ensure!(
        conn.extension_information("XWAYLAND")?.is_none(),
        "the X server that `DISPLAY` names runs inside a Wayland session and does not see its windows; \
         help: log in to an X11 session"
    );
    let root = readable_root(&conn, number)?;
    ensure!(
        conn.extension_information(res::X11_EXTENSION_NAME)?.is_some()
            && res::query_version(&conn, 1, 2)?.reply()?.server_minor >= 2,
        "the X server lacks X-Resource 1.2: nobody could say which program a window is of"
    );
    let atoms = Atoms::new(&conn)?.reply()?;
    news::reported(&conn)?;
    images::kept(&conn)?;
    let programs = programs::seen_from_now_on(display)?;
    Ok(Screen {
        root,
        id_mask: conn.setup().resource_id_mask,
        monitors: monitors::told(&conn)?,
        plain: plain_formats(&conn, number),
        atoms,
        pixels: super::Pixels::default(),
        images: images::Images::default(),
        pings: super::Pings::default(),
        news: super::News::default(),
        heard: super::Heard::default(),
        claims: super::claims::Read::default(),
        programs,
        wanted: HashSet::new(),
        watching: false,
        looks: 0,
        last: None,
        read_again: super::READ_AGAIN,
        conn,
    })
}

/// The formats of pixels that say their colours themselves, as the screen's do: whatever colormap is installed, they
/// mean the same.
fn plain_formats(conn: &Server, number: usize) -> HashSet<Visualid> {
    let depths = conn
        .setup()
        .roots
        .get(number)
        .into_iter()
        .flat_map(|screen| &screen.allowed_depths);
    let visuals = depths
        .filter(|depth| depth.depth == 24)
        .flat_map(|depth| &depth.visuals);
    let plain = visuals.filter(|v| {
        v.class == VisualClass::TRUE_COLOR && (v.red_mask, v.green_mask, v.blue_mask) == (0xff_0000, 0xff00, 0xff)
    });
    plain.map(|visual| visual.visual_id).collect()
}

fn readable_root(conn: &Server, number: usize) -> Result<Window> {
    let setup = conn.setup();
    let screen: &Root = setup.roots.get(number).context("the X server has no such screen")?;
    let format = setup
        .pixmap_formats
        .iter()
        .find(|format| format.depth == screen.root_depth);
    let visual = screen
        .allowed_depths
        .iter()
        .flat_map(|depth| &depth.visuals)
        .find(|visual| visual.visual_id == screen.root_visual);
    let readable = screen.root_depth == 24
        && format.is_some_and(|format| format.bits_per_pixel == 32)
        && visual.is_some_and(|v| (v.red_mask, v.green_mask, v.blue_mask) == (0xff_0000, 0xff00, 0xff))
        && setup.image_byte_order == ImageOrder::LSB_FIRST;
    ensure!(
        readable,
        "the screen has {} bits a pixel in a format that is not read; help: use a screen of depth 24",
        screen.root_depth
    );
    Ok(screen.root)
}

/// From here on the server serves nobody else.
pub(crate) fn grab(conn: &Server) -> Result<()> {
    conn.grab_server()?.ignore_error();
    Ok(())
}

/// The server serves everybody again.
pub(crate) fn release(conn: &Server) {
    // When the connection is lost, the server has released itself.
    if let Ok(sent) = conn.ungrab_server() {
        sent.ignore_error();
    }
    let _ = conn.flush();
}
