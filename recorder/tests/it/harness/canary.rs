//! Windows of one colour.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Stdio};

use super::{Display, Running, copy, wait_for};

/// The colour of the window that may be recorded.
pub(crate) const CRM: u32 = 0x00_c000;

/// The colour of what must never be.
pub(crate) const SECRET: u32 = 0xff_00ff;

/// A window of one colour, in a process of its own.
pub(crate) struct Canary {
    pub(crate) window: u32,
    stdin: Option<ChildStdin>,
    process: Running,
}

impl Canary {
    /// The window of the training's application: its executable is `crm-desk`.
    pub(crate) fn crm(display: &Display, geometry: &str, options: &[&str]) -> Self {
        Self::open(display, "crm-desk", CRM, geometry, "Ticket 7", options)
    }

    /// A window of another program.
    pub(crate) fn secret(display: &Display, geometry: &str, options: &[&str]) -> Self {
        Self::open(display, "mail", SECRET, geometry, "Private letter", options)
    }

    pub(crate) fn open(
        display: &Display,
        executable: &str,
        colour: u32,
        geometry: &str,
        title: &str,
        options: &[&str],
    ) -> Self {
        let program = copy(env!("CARGO_BIN_EXE_gardefou-canary"), display.folder.path(), executable);
        let mut process = Running::start(
            std::process::Command::new(program)
                .env("DISPLAY", &display.name)
                .arg(format!("0x{colour:06x}"))
                .args([geometry, "Canary", title])
                .args(options)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let mut number = String::new();
        BufReader::new(process.0.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let window: u32 = number
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("the canary did not open its window"));
        display.maps(window);
        Self {
            window,
            stdin: process.0.stdin.take(),
            process,
        }
    }

    /// Changes it: `title=…` or `colour=0xRRGGBB`.
    pub(crate) fn change(&mut self, what: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{what}").unwrap();
        stdin.flush().unwrap();
    }

    /// Sends its process a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Closes the window.
    pub(crate) fn close(mut self) {
        drop(self.stdin.take());
        wait_for("the canary to end", || self.process.0.try_wait().unwrap());
    }
}
