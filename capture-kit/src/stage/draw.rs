//! What a window draws that replaces less than it touches.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::render::{Color, ConnectionExt as _, CreatePictureAux, PictOp, Pictformat};
use x11rb::protocol::xproto::{
    Arc, ChangeGCAux, ConnectionExt as _, CoordMode, CreateGCAux, FillStyle, GX, Gcontext, LineStyle, Point, PolyShape,
    Rectangle, Segment, Visualid, Window,
};

/// A window to draw on, in a colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas<'c, C> {
    pub(super) conn: &'c C,
    pub(super) window: Window,
    pub(super) colour: u32,
    /// Of the screen's windows.
    pub(super) visual: Visualid,
}

impl<C: Connection> Canvas<'_, C> {
    /// Draws it: `lines`, `xor`, `no-op` or `alpha`, each in some variants. What is no word draws nothing.
    pub(super) fn draw(&self, what: &str, variant: u8) -> Result<()> {
        let size = self.conn.get_geometry(self.window)?.reply()?;
        let whole = Rectangle {
            x: 0,
            y: 0,
            width: size.width,
            height: size.height,
        };
        if what == "alpha" {
            return self.alpha(whole, variant);
        }
        let brush = self.brush(&CreateGCAux::new().foreground(self.colour).graphics_exposures(0))?;
        match what {
            "lines" => self.lines(brush, whole, variant)?,
            "xor" => self.xor(brush, whole, variant)?,
            "no-op" => self.no_op(brush, whole, variant)?,
            _ => {}
        }
        self.conn.free_gc(brush)?;
        Ok(())
    }

    /// Paints a part of what it is told to paint, in one request: the area that is reported as painted is the
    /// rectangle around all of it.
    pub(super) fn partly(&self, area: Rectangle, variant: u8) -> Result<()> {
        let brush = self.brush(&CreateGCAux::new().foreground(self.colour))?;
        let (right, bottom) = far(area);
        let few = |side: u16| (side / 8).max(1);
        let (wide, high) = (few(area.width), few(area.height));
        let at = |x: i16, y: i16, width: u16, height: u16| Rectangle { x, y, width, height };
        match variant {
            0 => {
                let corner = at(
                    right.saturating_sub_unsigned(wide - 1),
                    bottom.saturating_sub_unsigned(high - 1),
                    wide,
                    high,
                );
                let both = [at(area.x, area.y, wide, high), corner];
                self.conn.poly_fill_rectangle(self.window, brush, &both)?;
            }
            1 => {
                let half = at(area.x, area.y, (area.width / 2).max(1), area.height);
                self.conn.poly_fill_rectangle(self.window, brush, &[half])?;
            }
            2 => {
                let corners = [(area.x, area.y), (right, area.y), (area.x, bottom)].map(|(x, y)| Point { x, y });
                self.conn
                    .fill_poly(self.window, brush, PolyShape::CONVEX, CoordMode::ORIGIN, &corners)?;
            }
            _ => {
                let rows = (0..area.height).step_by(8);
                let stripes: Vec<_> = rows
                    .map(|row| at(area.x, area.y.saturating_add_unsigned(row), area.width, 4))
                    .collect();
                self.conn.poly_fill_rectangle(self.window, brush, &stripes)?;
            }
        }
        self.conn.free_gc(brush)?;
        self.conn.flush()?;
        Ok(())
    }

    fn brush(&self, look: &CreateGCAux) -> Result<Gcontext> {
        let brush = self.conn.generate_id()?;
        self.conn.create_gc(brush, self.window, look)?;
        Ok(brush)
    }

    fn lines(&self, brush: Gcontext, whole: Rectangle, variant: u8) -> Result<()> {
        let (conn, window) = (self.conn, self.window);
        let (right, bottom) = far(whole);
        let point = |x: i16, y: i16| Point { x, y };
        match variant {
            0 | 5 => {
                if variant == 5 {
                    conn.change_gc(brush, &ChangeGCAux::new().line_style(LineStyle::ON_OFF_DASH))?;
                }
                let diagonal = Segment {
                    x1: 0,
                    y1: 0,
                    x2: right,
                    y2: bottom,
                };
                conn.poly_segment(window, brush, &[diagonal])?;
            }
            1 => {
                conn.change_gc(brush, &ChangeGCAux::new().line_width(3))?;
                let zigzag = [
                    point(0, 0),
                    point(right, bottom / 2),
                    point(0, bottom / 2),
                    point(right, bottom),
                ];
                conn.poly_line(CoordMode::ORIGIN, window, brush, &zigzag)?;
            }
            2 => {
                let outline = Rectangle {
                    width: whole.width.saturating_sub(1),
                    height: whole.height.saturating_sub(1),
                    ..whole
                };
                conn.poly_rectangle(window, brush, &[outline])?;
            }
            3 => {
                let circle = Arc {
                    x: 0,
                    y: 0,
                    width: whole.width.saturating_sub(1),
                    height: whole.height.saturating_sub(1),
                    angle1: 0,
                    angle2: 360 * 64,
                };
                conn.poly_arc(window, brush, &[circle])?;
            }
            _ => {
                conn.poly_point(CoordMode::ORIGIN, window, brush, &[point(0, 0), point(right, bottom)])?;
            }
        }
        Ok(())
    }

    fn xor(&self, brush: Gcontext, whole: Rectangle, variant: u8) -> Result<()> {
        let times = match variant {
            // Twice is as before.
            0 => 2,
            1 => 1,
            _ => {
                self.conn.change_gc(brush, &ChangeGCAux::new().foreground(0))?;
                1
            }
        };
        self.conn.change_gc(brush, &ChangeGCAux::new().function(GX::XOR))?;
        for _ in 0..times {
            self.conn.poly_fill_rectangle(self.window, brush, &[whole])?;
        }
        Ok(())
    }

    fn no_op(&self, brush: Gcontext, whole: Rectangle, variant: u8) -> Result<()> {
        let (conn, window) = (self.conn, self.window);
        let change = |look: ChangeGCAux| conn.change_gc(brush, &look);
        match variant {
            0 => drop(change(ChangeGCAux::new().function(GX::NOOP))?),
            1 => drop(change(ChangeGCAux::new().plane_mask(0))?),
            2 => drop(change(ChangeGCAux::new().function(GX::AND).foreground(u32::MAX))?),
            3 => drop(change(ChangeGCAux::new().function(GX::OR).foreground(0))?),
            4 => {
                // Onto itself.
                let (width, height) = (whole.width, whole.height);
                conn.copy_area(window, window, brush, 0, 0, 0, 0, width, height)?;
                return Ok(());
            }
            _ => {
                let nothing = conn.generate_id()?;
                conn.create_pixmap(1, nothing, window, 8, 8)?;
                let clear = conn.generate_id()?;
                conn.create_gc(clear, nothing, &CreateGCAux::new().foreground(0))?;
                let (x, y) = (0, 0);
                let (width, height) = (8, 8);
                conn.poly_fill_rectangle(nothing, clear, &[Rectangle { x, y, width, height }])?;
                change(ChangeGCAux::new().fill_style(FillStyle::STIPPLED).stipple(nothing))?;
                conn.free_gc(clear)?;
                conn.free_pixmap(nothing)?;
            }
        }
        conn.poly_fill_rectangle(window, brush, &[whole])?;
        Ok(())
    }

    fn alpha(&self, whole: Rectangle, variant: u8) -> Result<()> {
        let picture = self.conn.generate_id()?;
        self.conn
            .render_create_picture(picture, self.window, self.format()?, &CreatePictureAux::new())?;
        let (how, alpha) = match variant {
            0 => (PictOp::OVER, 0x1800),
            1 => (PictOp::OVER, 0),
            _ => (PictOp::DST, u16::MAX),
        };
        let part = |shift: u32| {
            let eight = u64::from((self.colour >> shift) & 0xff);
            u16::try_from(eight * u64::from(alpha) / 0xff).unwrap_or(alpha)
        };
        let colour = Color {
            red: part(16),
            green: part(8),
            blue: part(0),
            alpha,
        };
        self.conn.render_fill_rectangles(how, picture, colour, &[whole])?;
        self.conn.render_free_picture(picture)?;
        Ok(())
    }

    /// The format of pictures of the screen's windows.
    fn format(&self) -> Result<Pictformat> {
        self.conn.render_query_version(0, 11)?.reply()?;
        let formats = self.conn.render_query_pict_formats()?.reply()?;
        let mut visuals = formats
            .screens
            .iter()
            .flat_map(|screen| &screen.depths)
            .flat_map(|depth| &depth.visuals);
        let found = visuals.find(|visual| visual.visual == self.visual);
        Ok(found.context("the X server cannot blend colours")?.format)
    }
}

/// The last column and row.
fn far(area: Rectangle) -> (i16, i16) {
    (
        area.x.saturating_add_unsigned(area.width.saturating_sub(1)),
        area.y.saturating_add_unsigned(area.height.saturating_sub(1)),
    )
}
