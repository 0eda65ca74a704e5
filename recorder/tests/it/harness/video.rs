//! A video, read back from its file with ffmpeg.

use std::path::Path;

use super::program;

/// The frames of a video.
pub(crate) struct Video {
    pub(crate) frames: Vec<Frame>,
    /// From when each is shown, in ms.
    pub(crate) times: Vec<u64>,
}

/// One frame: three bytes a pixel, red, green, blue.
pub(crate) struct Frame {
    pixels: Vec<u8>,
    width: usize,
}

impl Video {
    pub(crate) fn read(file: &Path, width: usize, height: usize) -> Self {
        let output = program("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(file)
            .args([
                "-fps_mode",
                "passthrough",
                "-enc_time_base",
                "1:1000",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgb24",
                "-",
            ])
            .output()
            .unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "the file cannot be played: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let size = width * height * 3;
        assert_eq!(
            output.stdout.len() % size,
            0,
            "the video has another size than the screen"
        );
        let frames = output
            .stdout
            .chunks(size)
            .map(|pixels| Frame {
                pixels: pixels.to_vec(),
                width,
            })
            .collect();
        Self {
            frames,
            times: times(file),
        }
    }

    /// Red or blue anywhere is a leak. Encoding changes colours a little.
    pub(crate) fn leaks_nothing(&self) {
        for (number, frame) in self.frames.iter().enumerate() {
            let leaks = frame.leaks();
            assert_eq!(leaks, 0, "frame {number} shows {leaks} pixels that nobody may see");
        }
    }
}

fn times(file: &Path) -> Vec<u64> {
    let output = program("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v",
            "-show_entries",
            "packet=pts",
            "-of",
            "csv=p=0",
        ])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut times: Vec<u64> = text
        .lines()
        .map(|line| line.trim_matches(',').parse().unwrap())
        .collect();
    // Packets stand in the order in which they are decoded.
    times.sort_unstable();
    times
}

impl Frame {
    pub(crate) fn pixel(&self, x: usize, y: usize) -> (u8, u8, u8) {
        let at = (y * self.width + x) * 3;
        (self.pixels[at], self.pixels[at + 1], self.pixels[at + 2])
    }

    pub(crate) fn is_black(&self, x: usize, y: usize) -> bool {
        let (red, green, blue) = self.pixel(x, y);
        red < 40 && green < 40 && blue < 40
    }

    /// The colour of the window that may be recorded.
    pub(crate) fn is_crm(&self, x: usize, y: usize) -> bool {
        let (red, green, blue) = self.pixel(x, y);
        red < 40 && (150..235).contains(&green) && blue < 40
    }

    fn leaks(&self) -> usize {
        self.pixels
            .chunks(3)
            .filter(|pixel| pixel[0] > 90 || pixel[2] > 90)
            .count()
    }

    /// How many pixels show the window that may be recorded.
    pub(crate) fn crm_pixels(&self) -> usize {
        self.pixels
            .chunks(3)
            .filter(|p| p[0] < 40 && (150..235).contains(&p[1]) && p[2] < 40)
            .count()
    }

    /// Holds the frame against the regions that were to be kept: outside them it is black, and inside it is not.
    pub(crate) fn shows_exactly(&self, keep: &[(usize, usize, usize, usize)]) {
        let near = |x: usize, y: usize, r: &(usize, usize, usize, usize), by: usize| {
            x + by >= r.0 && x < r.0 + r.2 + by && y + by >= r.1 && y < r.1 + r.3 + by
        };
        for y in 0..self.pixels.len() / 3 / self.width {
            for x in 0..self.width {
                // An encoder rings by a pixel or two along an edge.
                if !keep.iter().any(|r| near(x, y, r, 2)) {
                    assert!(self.is_black(x, y), "{x}, {y} is not black but {:?}", self.pixel(x, y));
                }
                let deep = |r: &&(usize, usize, usize, usize)| r.2 > 8 && r.3 > 8;
                let inside = |r: &(usize, usize, usize, usize)| {
                    x >= r.0 + 4 && x + 4 < r.0 + r.2 && y >= r.1 + 4 && y + 4 < r.1 + r.3
                };
                if keep.iter().filter(deep).any(inside) {
                    assert!(self.is_crm(x, y), "{x}, {y} is not shown but {:?}", self.pixel(x, y));
                }
            }
        }
    }
}
