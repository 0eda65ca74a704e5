//! Frames as the SDK blanks them, and the proof that it did.

use std::ops::Deref;

use gardefou_policy::types::Rect;

/// A frame in the processor's memory that can be blanked in place.
///
/// Implement it for a pixel format that [`Packed`] does not cover. What [`Pixels::blank`] leaves readable
/// is recorded: with subsampled colour, blank the whole colour sample that a pixel shares.
pub trait Pixels {
    /// Its width in captured pixels.
    fn width(&self) -> u32;
    /// Its height in captured pixels.
    fn height(&self) -> u32;
    /// Makes every pixel of the rectangle, which lies on the frame, unreadable.
    fn blank(&mut self, rect: Rect);
}

/// A frame with whole bytes for each pixel, row by row: RGB, BGRA, grey.
///
/// ```
/// use gardefou::Packed;
/// let mut bytes = vec![255; 4 * 2 * 4];
/// let frame = Packed::new(&mut bytes, 4, 2, 16, 4)?;
/// assert_eq!(frame.bytes().len(), 32);
/// # Ok::<(), gardefou::BadFrame>(())
/// ```
#[derive(Debug)]
pub struct Packed<'a> {
    bytes: &'a mut [u8],
    width: u32,
    height: u32,
    stride: usize,
    pixel: usize,
}

/// The bytes are not a frame of that size.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{bytes} bytes are not {height} rows of {width} pixels: each row takes at least {row} bytes, and {stride} are given"
)]
pub struct BadFrame {
    bytes: usize,
    width: u32,
    height: u32,
    row: usize,
    stride: usize,
}

impl<'a> Packed<'a> {
    /// The frame of `width` × `height` pixels of `pixel` bytes each, whose rows begin `stride` bytes
    /// apart. Blank bytes are 0: black, and where there is an alpha channel transparent.
    ///
    /// # Errors
    /// When the bytes do not hold such a frame.
    pub fn new(bytes: &'a mut [u8], width: u32, height: u32, stride: usize, pixel: usize) -> Result<Self, BadFrame> {
        let columns = usize::try_from(width).unwrap_or(usize::MAX);
        let rows = usize::try_from(height).unwrap_or(usize::MAX);
        let row = columns.saturating_mul(pixel);
        let needed = stride.saturating_mul(rows.saturating_sub(1)).saturating_add(row);
        if pixel == 0 || row == 0 || rows == 0 || stride < row || bytes.len() < needed {
            return Err(BadFrame {
                bytes: bytes.len(),
                width,
                height,
                row,
                stride,
            });
        }
        Ok(Self {
            bytes,
            width,
            height,
            stride,
            pixel,
        })
    }

    /// All its bytes, rows `stride` apart.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }
}

impl Pixels for Packed<'_> {
    fn width(&self) -> u32 {
        self.width
    }

    fn height(&self) -> u32 {
        self.height
    }

    fn blank(&mut self, rect: Rect) {
        let length = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
        let start = |at: i32| usize::try_from(at).unwrap_or(0);
        let left = start(rect.x).saturating_mul(self.pixel);
        let bytes = length(rect.width).saturating_mul(self.pixel);
        let rows = self.bytes.chunks_mut(self.stride).take(length(self.height));
        for row in rows.skip(start(rect.y)).take(length(rect.height)) {
            let end = row.len().min(left.saturating_add(bytes));
            if let Some(blanked) = row.get_mut(left..end) {
                blanked.fill(0);
            }
        }
    }
}

/// A frame that was decided, and blanked where it must be. Only the SDK makes one, so that an encoder
/// that takes `Approved` cannot be handed a pixel that nobody decided.
///
/// ```compile_fail
/// let undecided = vec![0u8; 64];
/// let forged = gardefou::Approved { frame: undecided };
/// ```
#[derive(Debug)]
pub struct Approved<P> {
    frame: P,
}

impl<P> Approved<P> {
    pub(crate) const fn new(frame: P) -> Self {
        Self { frame }
    }

    /// The frame, to be encoded.
    #[must_use]
    pub fn into_inner(self) -> P {
        self.frame
    }
}

impl<P> Deref for Approved<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.frame
    }
}

/// Blanks the rectangles, each grown by `margin` pixels on every side.
pub(crate) fn blank(pixels: &mut impl Pixels, rectangles: &[Rect], margin: u32) {
    let (width, height) = (pixels.width(), pixels.height());
    for rect in rectangles {
        if let Some(rect) = grown(*rect, margin, width, height) {
            pixels.blank(rect);
        }
    }
}

/// The rectangle grown on every side, cut to the frame.
fn grown(rect: Rect, margin: u32, width: u32, height: u32) -> Option<Rect> {
    let side = |at: i32, end: i64, limit: u32| {
        let from = (i64::from(at) - i64::from(margin)).max(0);
        let to = (end + i64::from(margin)).min(i64::from(limit));
        let length = u32::try_from(to - from).ok().filter(|l| *l > 0)?;
        Some((i32::try_from(from).ok()?, length))
    };
    let (x, width) = side(rect.x, rect.right(), width)?;
    let (y, height) = side(rect.y, rect.bottom(), height)?;
    Some(Rect { x, y, width, height })
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of this test are small"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blanking_blanks_these_pixels_and_no_others(
            (width, height, padding, pixel) in (1..12u32, 1..12u32, 0..5usize, 1..5usize),
            (x, y, w, h) in (0..12i32, 0..12i32, 0..12u32, 0..12u32),
            margin in 0..4u32,
        ) {
            let x = x.min(width as i32 - 1);
            let y = y.min(height as i32 - 1);
            let rect = Rect::new(x, y, w.min(width - x as u32), h.min(height - y as u32));
            let stride = width as usize * pixel + padding;
            let mut bytes = vec![9; stride * height as usize];
            let mut frame = Packed::new(&mut bytes, width, height, stride, pixel).unwrap();
            blank(&mut frame, &[rect].into_iter().filter(|r| !r.is_empty()).collect::<Vec<_>>(), margin);
            for row in 0..height as i64 {
                for column in 0..width as i64 {
                    let m = i64::from(margin);
                    let inside = !rect.is_empty()
                        && i64::from(rect.x) - m <= column && column < rect.right() + m
                        && i64::from(rect.y) - m <= row && row < rect.bottom() + m;
                    let at = row as usize * stride + column as usize * pixel;
                    let expected = if inside { 0 } else { 9 };
                    prop_assert!(bytes[at..at + pixel].iter().all(|b| *b == expected));
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_no_frame_are_refused() {
        let mut bytes = vec![0; 63];
        assert!(Packed::new(&mut bytes, 4, 4, 16, 4).is_err());
        assert!(Packed::new(&mut bytes, 4, 4, 12, 4).is_err());
        assert!(Packed::new(&mut bytes, 0, 4, 16, 4).is_err());
        assert!(Packed::new(&mut bytes, 4, 4, 15, 3).is_ok());
    }
}
