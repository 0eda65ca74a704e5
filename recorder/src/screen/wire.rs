//! The connection to the X server, which waits for it only so long: one that hangs, or that another program has
//! grabbed for good, must not keep a recording from ending.

use std::io::{Error, ErrorKind, IoSlice, Result as Outcome};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use x11rb::reexports::x11rb_protocol::{parse_display::parse_display, xauth};
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

/// How long the server may let a question wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to an X server.
pub(crate) type Server = RustConnection<Wire>;

/// Connects to that server; gives the number of its screen, too.
pub(crate) fn connect(display: &str) -> Result<(Server, usize)> {
    let parsed = parse_display(Some(display))?;
    let screen = usize::from(parsed.screen);
    let mut failed = Error::from(ErrorKind::NotFound);
    for address in parsed.connect_instruction() {
        match DefaultStream::connect(&address) {
            Ok((stream, (family, peer))) => {
                // A server that asks for no proof of identity is connected to without one.
                let proof = xauth::get_auth(family, &peer, parsed.display).unwrap_or_default();
                let (name, data) = proof.unwrap_or_default();
                let conn = RustConnection::connect_to_stream_with_auth_info(Wire(stream), screen, name, data)?;
                return Ok((conn, screen));
            }
            Err(error) => failed = error,
        }
    }
    Err(failed).context("nobody listens there")
}

/// What the bytes go through.
#[derive(Debug)]
pub(crate) struct Wire(DefaultStream);

impl Stream for Wire {
    fn poll(&self, mode: PollMode) -> Outcome<()> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, mode.readable());
        wanted.set(PollFlags::OUT, mode.writable());
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(Error::other)?;
            match poll(&mut [PollFd::new(&self.0, wanted)], Some(&left)) {
                Ok(0) => return Err(Error::new(ErrorKind::TimedOut, "the X server does not answer")),
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&self, buf: &mut [u8], fd_storage: &mut Vec<RawFdContainer>) -> Outcome<usize> {
        self.0.read(buf, fd_storage)
    }

    fn write(&self, buf: &[u8], fds: &mut Vec<RawFdContainer>) -> Outcome<usize> {
        self.0.write(buf, fds)
    }

    fn write_vectored(&self, bufs: &[IoSlice<'_>], fds: &mut Vec<RawFdContainer>) -> Outcome<usize> {
        self.0.write_vectored(bufs, fds)
    }
}
