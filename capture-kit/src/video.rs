//! A video, decoded with ffmpeg one frame at a time: of a long one no more than a frame is in memory.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use gardefou::Millis;
use serde::Deserialize;

use crate::Malformed;

/// The most columns or rows that are decoded.
const MOST_SIDE: usize = 1 << 15;

/// One decoded frame.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Its number in the file, from 0.
    pub number: u64,
    /// From when it is shown, in ms from the video's start.
    pub shown_from: Millis,
    /// How long it is shown, in ms.
    pub shown_for: Millis,
    /// Its columns.
    pub width: usize,
    /// Three bytes a pixel (red, green, blue), row by row.
    pub pixels: &'a [u8],
}

/// Decodes a file, and hands over each frame. A frame is shown until the next one: a recorder need not encode a picture
/// again that did not change. The last one is shown for `interval` ms.
///
/// # Errors
/// ffmpeg or ffprobe is not there, or the file is no video that they can decode.
pub fn frames(file: &Path, interval: Millis, mut each: impl FnMut(&Frame<'_>)) -> Result<(), Malformed> {
    let measured = measure(file)?;
    let (width, height) = measured.size;
    let mut child = program("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "1:1000"])
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| missing("ffmpeg", &error))?;
    let broken = || Malformed(format!("the video `{}` cannot be decoded to its end", file.display()));
    let mut decoded = child.stdout.take().ok_or_else(broken)?;
    let mut pixels = vec![0; width * height * 3];
    let mut number = 0_usize;
    while read_whole(&mut decoded, &mut pixels).map_err(|_| broken())? {
        // A decoder may show a frame more than there are packets: it has no time of its own.
        let last = measured.times.last().copied().unwrap_or_default();
        let shown_from = measured.times.get(number).copied().unwrap_or(last);
        let next = measured.times.get(number.saturating_add(1));
        let shown_for = next.map_or(interval, |next| next.saturating_sub(shown_from));
        each(&Frame {
            number: u64::try_from(number).unwrap_or(u64::MAX),
            shown_from,
            shown_for,
            width,
            pixels: &pixels,
        });
        number += 1;
    }
    let ended = child.wait().map_err(|_| broken())?;
    if !ended.success() || number != measured.times.len() {
        return Err(broken());
    }
    Ok(())
}

/// Fills the buffer; false when there is nothing more, an error when there is less than a frame.
fn read_whole(from: &mut impl Read, into: &mut [u8]) -> std::io::Result<bool> {
    let (first, rest) = into.split_at_mut(1);
    if from.read(first)? == 0 {
        return Ok(false);
    }
    from.read_exact(rest)?;
    Ok(true)
}

struct Measured {
    size: (usize, usize),
    times: Vec<Millis>,
}

#[derive(Deserialize)]
struct Probed {
    #[serde(default)]
    packets: Vec<Packet>,
    #[serde(default)]
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Packet {
    pts_time: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    width: Option<usize>,
    height: Option<usize>,
}

/// The size of the video, and from when each frame is shown.
fn measure(file: &Path) -> Result<Measured, Malformed> {
    let shown = file.display();
    if !file.is_file() {
        return Err(Malformed(format!("there is no video `{shown}`")));
    }
    let output = program("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_entries"])
        .args(["stream=width,height:packet=pts_time", "-of", "json"])
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| missing("ffprobe", &error))?;
    let none = || Malformed(format!("`{shown}` is no video that ffmpeg can read"));
    let probed: Probed = serde_json::from_slice(&output.stdout).map_err(|_| none())?;
    let stream = probed
        .streams
        .first()
        .filter(|_| output.status.success())
        .ok_or_else(none)?;
    let side = |side: Option<usize>| side.filter(|side| (1..=MOST_SIDE).contains(side)).ok_or_else(none);
    let size = (side(stream.width)?, side(stream.height)?);
    let mut times = Vec::with_capacity(probed.packets.len());
    for packet in probed.packets {
        times.push(packet.pts_time.as_deref().and_then(millis).ok_or_else(none)?);
    }
    // Packets stand in the order in which they are decoded.
    times.sort_unstable();
    Ok(Measured { size, times })
}

/// Seconds with a fraction, to whole ms.
fn millis(seconds: &str) -> Option<Millis> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    // Some files begin a little before 0.
    if whole.starts_with('-') {
        return Some(0);
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(1_000)?
        .checked_add(thousandths.parse().ok()?)
}

fn program(name: &str) -> Command {
    Command::new(name)
}

fn missing(name: &str, error: &std::io::Error) -> Malformed {
    Malformed(format!(
        "cannot start `{name}`: {error}; help: install ffmpeg, and see that it is on the `PATH`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_millisecond() {
        assert_eq!(millis("0.000000"), Some(0));
        assert_eq!(millis("12.3456"), Some(12_345));
        assert_eq!(millis("7"), Some(7_000));
        assert_eq!(millis("-0.02"), Some(0));
        assert_eq!(millis("N/A"), None);
    }
}
