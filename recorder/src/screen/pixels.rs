//! The pixels of the whole screen, through shared memory where the server can, over the wire where not.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use anyhow::{Context, Result, ensure};
use rustix::fs::{MemfdFlags, memfd_create};
use x11rb::connection::Connection;
use x11rb::protocol::shm::{ConnectionExt as _, Seg};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

/// Four bytes a pixel: the only format that is read.
pub(crate) const BYTES_PER_PIXEL: usize = 4;

/// Where pixels are fetched from.
#[derive(Debug, Default)]
pub(crate) struct Pixels {
    shared: Option<Shared>,
    over_the_wire: bool,
}

/// Memory that the server writes into and that has no name in any file system.
#[derive(Debug)]
struct Shared {
    segment: Seg,
    memory: File,
    bytes: usize,
}

/// Pixels that were taken, and not yet copied out: the server need no longer be grabbed for that.
#[derive(Debug)]
pub(crate) enum Taken {
    Shared,
    Wire(Vec<u8>),
}

impl Pixels {
    /// Has the server copy every pixel of the root window.
    pub(crate) fn take(&mut self, conn: &RustConnection, root: Window, width: u16, height: u16) -> Result<Taken> {
        let bytes = size(width, height)?;
        if let Some(segment) = self.segment(conn, bytes) {
            let format = ImageFormat::Z_PIXMAP.into();
            conn.shm_get_image(root, 0, 0, width, height, u32::MAX, format, segment, 0)?
                .reply()
                .context("the X server did not give the screen's pixels")?;
            return Ok(Taken::Shared);
        }
        let image = conn
            .get_image(ImageFormat::Z_PIXMAP, root, 0, 0, width, height, u32::MAX)?
            .reply()
            .context("the X server did not give the screen's pixels")?;
        Ok(Taken::Wire(image.data))
    }

    /// Puts what was taken into `frame`, row by row, without a gap.
    pub(crate) fn copy(&self, taken: Taken, width: u16, height: u16, frame: &mut Vec<u8>) -> Result<()> {
        let bytes = size(width, height)?;
        match (taken, &self.shared) {
            (Taken::Wire(data), _) => *frame = data,
            (Taken::Shared, Some(shared)) => {
                frame.resize(bytes, 0);
                shared
                    .memory
                    .read_exact_at(frame, 0)
                    .context("cannot read the screen's pixels")?;
            }
            (Taken::Shared, None) => frame.clear(),
        }
        ensure!(
            frame.len() == bytes,
            "the X server gave {} bytes of pixels, not {bytes}",
            frame.len()
        );
        Ok(())
    }

    fn segment(&mut self, conn: &RustConnection, bytes: usize) -> Option<Seg> {
        if self.over_the_wire {
            return None;
        }
        if self.shared.as_ref().is_none_or(|shared| shared.bytes != bytes) {
            if let Some(old) = self.shared.take() {
                conn.shm_detach(old.segment).ok()?.ignore_error();
            }
            self.shared = attach(conn, bytes).ok();
            self.over_the_wire = self.shared.is_none();
        }
        self.shared.as_ref().map(|shared| shared.segment)
    }
}

fn attach(conn: &RustConnection, bytes: usize) -> Result<Shared> {
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

fn size(width: u16, height: u16) -> Result<usize> {
    usize::from(width)
        .checked_mul(usize::from(height))
        .and_then(|pixels| pixels.checked_mul(BYTES_PER_PIXEL))
        .context("the screen is too large")
}
