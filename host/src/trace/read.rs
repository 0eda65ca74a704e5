//! Reading a trace, line by line and bounded.

use std::io::{self, BufRead, Read};

use super::event::Line;
use super::malformed::{Malformed, text};
use super::parse::parse_line;

/// The longest line that a trace may have, in bytes without its line ending: 1 MiB. A frame with 128
/// windows takes about 10 KiB.
pub const MAX_LINE: usize = 1024 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Why a trace could not be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A line is not a line of a trace.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The file, or whatever it is, could not be read.
    #[error("line {line}: cannot be read: {source}")]
    Io {
        /// The number of the line, from 1.
        line: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// The lines of a trace with their numbers, from 1. Blank lines are left out, and counted.
///
/// It reads a line when it is asked for one, and never more than [`MAX_LINE`] bytes of it. After an error
/// it ends: what stood before the error stands.
///
/// ```
/// use gardefou::trace::Reader;
/// let text = "{\"at\":1,\"event\":\"call\",\"phase\":\"ringing\"}\n\n{\"at\":2}\n";
/// let mut reader = Reader::new(text.as_bytes());
/// assert_eq!(reader.next().unwrap().unwrap().0, 1);
/// assert_eq!(reader.next().unwrap().unwrap_err().to_string(), "line 3: `event` is missing");
/// assert!(reader.next().is_none());
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    line: Vec<u8>,
    number: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from there.
    pub fn new(source: R) -> Self {
        Self {
            source,
            line: Vec::new(),
            number: 0,
            ended: false,
        }
    }

    /// The next line that is not blank; `None` at the end.
    fn read(&mut self) -> Result<Option<Line>, ReadError> {
        loop {
            if !self.fill()? {
                return Ok(None);
            }
            self.number += 1;
            match self.parse() {
                Ok(None) => {}
                Ok(Some(line)) => return Ok(Some(line)),
                Err(malformed) => return Err(malformed.on_line(self.number).into()),
            }
        }
    }

    /// Reads one line, or one byte too much of it; false at the end.
    fn fill(&mut self) -> Result<bool, ReadError> {
        self.line.clear();
        // One byte for the line feed, one for the carriage return, one to see that it is too long.
        let most = u64::try_from(MAX_LINE + 3).unwrap_or(u64::MAX);
        let mut bounded = self.source.by_ref().take(most);
        match bounded.read_until(b'\n', &mut self.line) {
            Ok(length) => Ok(length > 0),
            Err(source) => Err(ReadError::Io {
                line: self.number + 1,
                source,
            }),
        }
    }

    fn parse(&self) -> Result<Option<Line>, Malformed> {
        let line = self.line.as_slice();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_LINE {
            return Err(Malformed::new(
                text!("the line is longer than 1 MiB", "la ligne dépasse 1 Mio"),
                text!(
                    "a line holds one event; check that the file has line endings",
                    "une ligne contient un événement\u{a0}; vérifiez que le fichier a des fins de ligne"
                ),
            ));
        }
        if self.number == 1 && line.starts_with(BOM) {
            return Err(Malformed::new(
                text!(
                    "the file begins with a byte order mark",
                    "le fichier commence par une marque invisible (BOM)"
                ),
                text!("save it as UTF-8 without one", "enregistrez-le en UTF-8 sans BOM"),
            ));
        }
        let text = str::from_utf8(line).map_err(|error| {
            let byte = error.valid_up_to();
            Malformed::new(
                text!(
                    "not UTF-8 after byte {byte} of the line",
                    "ce n'est pas de l'UTF-8 après l'octet {byte} de la ligne"
                ),
                text!("save the file as UTF-8", "enregistrez le fichier en UTF-8"),
            )
        })?;
        if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            return Ok(None);
        }
        parse_line(text).map(Some)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<(u64, Line), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read();
        self.ended = !matches!(read, Ok(Some(_)));
        read.map(|line| line.map(|line| (self.number, line))).transpose()
    }
}
