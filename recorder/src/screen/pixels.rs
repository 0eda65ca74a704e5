//! Pixels of the screen or of single windows, through shared memory where the server can, over the wire where
//! not.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use anyhow::{Context, Result, ensure};
use gardefou::Rect;
use rustix::fs::{MemfdFlags, memfd_create};
use x11rb::connection::Connection;
use x11rb::cookie::Cookie;
use x11rb::errors::ReplyError;
use x11rb::protocol::shm::{ConnectionExt as _, GetImageReply as SharedReply, Seg};
use x11rb::protocol::xproto::{ConnectionExt as _, Drawable, GetImageReply, ImageFormat, Window};

use super::wire::Server;

/// Four bytes a pixel: the only format that is read.
pub(crate) const BYTES_PER_PIXEL: usize = 4;

/// Where pixels are fetched from.
#[derive(Debug, Default)]
pub(crate) struct Pixels {
    shared: Option<Shared>,
    over_the_wire: bool,
    /// Where the frame that was copied last has pixels; all else of it is black.
    drawn: Vec<Rect>,
}

/// Memory that the server writes into and that has no name in any file system.
#[derive(Debug)]
struct Shared {
    segment: Seg,
    memory: File,
    bytes: usize,
}

/// A part of something drawn, and where on the surface it belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// The window at the top level that it is of.
    pub(crate) window: Window,
    pub(crate) drawable: Drawable,
    /// Its corner in what is drawn.
    pub(crate) from: (i16, i16),
    /// Its area on the surface, wholly within it.
    pub(crate) place: Rect,
}

/// A piece that was taken, and not yet copied out: the server need no longer be grabbed for that.
#[derive(Debug)]
pub(crate) struct Taken {
    place: Rect,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// From that byte of the shared memory.
    Shared(usize),
    Wire(Vec<u8>),
}

enum Asked<'c> {
    Shared(usize, Cookie<'c, Server, SharedReply>),
    Wire(Cookie<'c, Server, GetImageReply>),
}

impl Pixels {
    #[cfg(test)]
    pub(crate) fn over_the_wire() -> Self {
        Self {
            over_the_wire: true,
            ..Self::default()
        }
    }

    #[cfg(test)]
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Has the server copy these. `None` stands for a piece that it does not give.
    pub(crate) fn take(&mut self, conn: &Server, pieces: &[Piece]) -> Result<Vec<Option<Taken>>> {
        let mut bytes: usize = 0;
        for piece in pieces {
            bytes = bytes
                .checked_add(size(piece.place)?)
                .context("the screen is too large")?;
        }
        let segment = self.segment(conn, bytes);
        let format = ImageFormat::Z_PIXMAP;
        let mut offset: usize = 0;
        let mut asked = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let (x, y) = piece.from;
            let (width, height) = (u16::try_from(piece.place.width)?, u16::try_from(piece.place.height)?);
            asked.push(match segment {
                Some(segment) => {
                    let at = u32::try_from(offset)?;
                    let plain = format.into();
                    let cookie =
                        conn.shm_get_image(piece.drawable, x, y, width, height, u32::MAX, plain, segment, at)?;
                    Asked::Shared(offset, cookie)
                }
                None => Asked::Wire(conn.get_image(format, piece.drawable, x, y, width, height, u32::MAX)?),
            });
            offset = offset.saturating_add(size(piece.place)?);
        }
        pieces
            .iter()
            .zip(asked)
            .map(|(piece, asked)| answered(piece.place, asked))
            .collect()
    }

    /// Puts what was taken into `frame`, row by row, without a gap; the last lies over the others, and what none
    /// of them covers is black.
    pub(crate) fn copy(&mut self, taken: &[Taken], width: u16, height: u16, frame: &mut Vec<u8>) -> Result<()> {
        let surface = Rect::new(0, 0, u32::from(width), u32::from(height));
        let bytes = size(surface)?;
        let drawn: Vec<Rect> = taken.iter().map(|piece| piece.place).collect();
        if drawn != self.drawn || frame.len() != bytes {
            frame.clear();
        }
        self.drawn = drawn;
        frame.resize(bytes, 0);
        for piece in taken {
            self.put(piece, surface, frame)?;
        }
        Ok(())
    }

    fn put(&self, piece: &Taken, surface: Rect, frame: &mut [u8]) -> Result<()> {
        const MISFIT: &str = "the X server gave pixels of another size";
        let row = size(Rect {
            height: 1,
            ..piece.place
        })?;
        if piece.place == surface {
            return self.read(&piece.source, 0, frame);
        }
        let stride = size(Rect { height: 1, ..surface })?;
        let left = usize::try_from(piece.place.x)?.saturating_mul(BYTES_PER_PIXEL);
        let top = usize::try_from(piece.place.y)?;
        for line in 0..usize::try_from(piece.place.height)? {
            let from = top.saturating_add(line).saturating_mul(stride).saturating_add(left);
            let into = frame.get_mut(from..from.saturating_add(row)).context(MISFIT)?;
            self.read(&piece.source, line.saturating_mul(row), into)?;
        }
        Ok(())
    }

    /// Reads the bytes of one piece from `from` on.
    fn read(&self, source: &Source, from: usize, into: &mut [u8]) -> Result<()> {
        match (source, &self.shared) {
            (Source::Wire(data), _) => {
                let wanted = from..from.saturating_add(into.len());
                into.copy_from_slice(data.get(wanted).context("the X server gave too few pixels")?);
                Ok(())
            }
            (Source::Shared(offset), Some(shared)) => shared
                .memory
                .read_exact_at(into, u64::try_from(offset.saturating_add(from))?)
                .context("cannot read the screen's pixels"),
            (Source::Shared(_), None) => anyhow::bail!("cannot read the screen's pixels"),
        }
    }

    fn segment(&mut self, conn: &Server, bytes: usize) -> Option<Seg> {
        if self.over_the_wire || bytes == 0 {
            return None;
        }
        if self.shared.as_ref().is_none_or(|shared| shared.bytes < bytes) {
            if let Some(old) = self.shared.take() {
                conn.shm_detach(old.segment).ok()?.ignore_error();
            }
            self.shared = attach(conn, bytes).ok();
            self.over_the_wire = self.shared.is_none();
        }
        self.shared.as_ref().map(|shared| shared.segment)
    }
}

/// The screen as it is shown at that place, as it was asked for.
pub(crate) struct Corner<'c>(Cookie<'c, Server, GetImageReply>);

impl<'c> Corner<'c> {
    /// Asks for it. The place lies on the screen.
    pub(crate) fn of(conn: &'c Server, root: Drawable, place: Rect) -> Result<Self> {
        let (x, y) = (i16::try_from(place.x)?, i16::try_from(place.y)?);
        let (width, height) = (u16::try_from(place.width)?, u16::try_from(place.height)?);
        let format = ImageFormat::Z_PIXMAP;
        Ok(Self(conn.get_image(format, root, x, y, width, height, u32::MAX)?))
    }

    /// Its pixels, row by row, four bytes each; `None` when it is on the screen no more.
    pub(crate) fn answer(self) -> Result<Option<Vec<u8>>> {
        match self.0.reply() {
            Ok(image) => Ok(Some(image.data)),
            Err(ReplyError::X11Error(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn answered(place: Rect, asked: Asked<'_>) -> Result<Option<Taken>> {
    let answer = match asked {
        Asked::Shared(offset, cookie) => cookie.reply().map(|_| Source::Shared(offset)),
        Asked::Wire(cookie) => cookie.reply().map(|image| Source::Wire(image.data)),
    };
    match answer {
        Ok(source) => Ok(Some(Taken { place, source })),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn attach(conn: &Server, bytes: usize) -> Result<Shared> {
    // Descriptors pass from MIT-SHM 1.2 on, and to a server on this machine only.
    let version = conn.shm_query_version()?.reply()?;
    ensure!(
        (version.major_version, version.minor_version) >= (1, 2),
        "MIT-SHM is too old"
    );
    let memory = File::from(memfd_create("gardefou-screen", MemfdFlags::CLOEXEC)?);
    memory.set_len(u64::try_from(bytes)?)?;
    let theirs: OwnedFd = memory.try_clone()?.into();
    let segment = conn.generate_id()?;
    conn.shm_attach_fd(segment, theirs, false)?.check()?;
    Ok(Shared { segment, memory, bytes })
}

fn size(of: Rect) -> Result<usize> {
    usize::try_from(of.width)?
        .checked_mul(usize::try_from(of.height)?)
        .and_then(|pixels| pixels.checked_mul(BYTES_PER_PIXEL))
        .context("the screen is too large")
}
