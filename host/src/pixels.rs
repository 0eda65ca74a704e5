//! Frames as the SDK blanks them, and the proof that it did.

use std::ops::{Deref, Range};

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
    /// Makes unreadable what of its memory is no pixel of the frame, such as what lies between its rows: an
    /// encoder is handed that memory too. Called once for each frame that is kept; by default there is no
    /// such memory.
    fn blank_rest(&mut self) {}
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

impl BadFrame {
    /// The same in French.
    #[must_use]
    pub fn french(&self) -> String {
        let Self {
            bytes,
            width,
            height,
            row,
            stride,
        } = self;
        format!(
            "{bytes} octets ne sont pas {height} lignes de {width} pixels\u{a0}: chaque ligne prend au \
             moins {row} octets, et {stride} sont donnés"
        )
    }
}

impl<'a> Packed<'a> {
    /// The frame of `width` × `height` pixels of `pixel` bytes each, whose rows begin `stride` bytes
    /// apart. Blank bytes are 0: black, and where there is an alpha channel transparent. What lies between
    /// its rows is blanked with it: to record a part of a larger buffer, copy that part.
    ///
    /// # Errors
    /// When the bytes do not hold such a frame.
    pub fn new(bytes: &'a mut [u8], width: u32, height: u32, stride: usize, pixel: usize) -> Result<Self, BadFrame> {
        let rows = usize::try_from(height).unwrap_or(usize::MAX);
        let row = row_bytes(width, pixel);
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
        // What follows the last row is not the frame's.
        let (bytes, _) = bytes.split_at_mut(needed);
        Ok(Self {
            bytes,
            width,
            height,
            stride,
            pixel,
        })
    }

    /// How far apart its rows begin, in bytes.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.stride
    }

    /// Its bytes, rows `stride` apart, from its first pixel to its last.
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
        let (columns, rows) = extent(rect);
        let bytes = columns.start.saturating_mul(self.pixel)..columns.end.saturating_mul(self.pixel);
        fill(self.bytes, self.stride, rows, bytes, 0);
    }

    fn blank_rest(&mut self) {
        fill_padding(self.bytes, self.stride, row_bytes(self.width, self.pixel));
    }
}

/// A frame in NV12, as hardware encoders take it: a plane of luma, and a plane of half its width and height
/// in which each pair of bytes is the colour that four pixels share.
///
/// Blank pixels are black (luma 16), and every colour sample that a blank pixel shares is grey (128): no
/// colour of what was hidden is left at its edges.
///
/// ```
/// use gardefou::{Nv12, Pixels, Rect};
/// let (mut luma, mut chroma) = (vec![200; 4 * 4], vec![90; 4 * 2]);
/// let mut frame = Nv12::new(&mut luma, &mut chroma, 4, 4, 4, 4)?;
/// frame.blank(Rect::new(1, 0, 1, 1));
/// assert_eq!(luma[..4], [200, 16, 200, 200]);
/// assert_eq!(chroma[..4], [128, 128, 90, 90]);
/// # Ok::<(), gardefou::BadFrame>(())
/// ```
#[derive(Debug)]
pub struct Nv12<'a> {
    luma: &'a mut [u8],
    chroma: &'a mut [u8],
    width: u32,
    height: u32,
    luma_stride: usize,
    chroma_stride: usize,
}

impl<'a> Nv12<'a> {
    /// The frame of `width` × `height` pixels whose planes have rows that begin `luma_stride` and
    /// `chroma_stride` bytes apart.
    ///
    /// # Errors
    /// When the planes do not hold such a frame.
    pub fn new(
        luma: &'a mut [u8],
        chroma: &'a mut [u8],
        width: u32,
        height: u32,
        luma_stride: usize,
        chroma_stride: usize,
    ) -> Result<Self, BadFrame> {
        let luma = Packed::new(luma, width, height, luma_stride, 1)?.bytes;
        let chroma = Packed::new(chroma, width.div_ceil(2), height.div_ceil(2), chroma_stride, 2)?.bytes;
        Ok(Self {
            luma,
            chroma,
            width,
            height,
            luma_stride,
            chroma_stride,
        })
    }

    /// The luma and the colour plane, rows as far apart as they were given.
    #[must_use]
    pub fn planes(&self) -> (&[u8], &[u8]) {
        (self.luma, self.chroma)
    }
}

impl Pixels for Nv12<'_> {
    fn width(&self) -> u32 {
        self.width
    }

    fn height(&self) -> u32 {
        self.height
    }

    fn blank(&mut self, rect: Rect) {
        let (columns, rows) = extent(rect);
        let samples = columns.start / 2 * 2..columns.end.div_ceil(2).saturating_mul(2);
        let sample_rows = rows.start / 2..rows.end.div_ceil(2);
        fill(self.luma, self.luma_stride, rows, columns, 16);
        fill(self.chroma, self.chroma_stride, sample_rows, samples, 128);
    }

    fn blank_rest(&mut self) {
        fill_padding(self.luma, self.luma_stride, row_bytes(self.width, 1));
        fill_padding(self.chroma, self.chroma_stride, row_bytes(self.width.div_ceil(2), 2));
    }
}

/// A frame that the recorder goes on owning: after a skip its buffer is there to be used again.
impl<P: Pixels + ?Sized> Pixels for &mut P {
    fn width(&self) -> u32 {
        (**self).width()
    }

    fn height(&self) -> u32 {
        (**self).height()
    }

    fn blank(&mut self, rect: Rect) {
        (**self).blank(rect);
    }

    fn blank_rest(&mut self) {
        (**self).blank_rest();
    }
}

/// The columns and rows of a rectangle on a frame.
fn extent(rect: Rect) -> (Range<usize>, Range<usize>) {
    let range = |from: i32, length: u32| {
        let from = usize::try_from(from).unwrap_or(0);
        from..from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX))
    };
    (range(rect.x, rect.width), range(rect.y, rect.height))
}

/// The bytes of one row without what follows it.
fn row_bytes(width: u32, pixel: usize) -> usize {
    usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(pixel)
}

/// Blanks what lies between the rows of a plane.
fn fill_padding(plane: &mut [u8], stride: usize, row: usize) {
    if stride > row {
        for padded in plane.chunks_mut(stride) {
            padded.iter_mut().skip(row).for_each(|byte| *byte = 0);
        }
    }
}

/// Fills these bytes of these rows of a plane; what lies outside the plane is left out.
fn fill(plane: &mut [u8], stride: usize, rows: Range<usize>, bytes: Range<usize>, value: u8) {
    for row in plane.chunks_mut(stride).skip(rows.start).take(rows.len()) {
        let end = bytes.end.min(row.len());
        if let Some(filled) = row.get_mut(bytes.start..end) {
            filled.fill(value);
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
    number: u64,
}

impl<P> Approved<P> {
    pub(crate) const fn new(frame: P, number: u64) -> Self {
        Self { frame, number }
    }

    /// Changes when the regions that were kept do, as [`Decision::number`](crate::Decision::number): a recorder
    /// whose screen did not change need not encode a frame again while it is the same.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
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

/// Blanks the rectangles, and what of the frame's memory is no pixel.
pub(crate) fn blank(pixels: &mut impl Pixels, rectangles: &[Rect]) {
    pixels.blank_rest();
    for rect in rectangles {
        pixels.blank(*rect);
    }
}

/// Grows each rectangle by `margin` pixels on every side, within the surface.
pub(crate) fn grow(rectangles: &mut [Rect], margin: u32, (width, height): (u32, u32)) {
    if margin > 0 {
        for rect in rectangles {
            *rect = grown(*rect, margin, width, height).unwrap_or(*rect);
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
            let mut wanted: Vec<_> = [rect].into_iter().filter(|r| !r.is_empty()).collect();
            grow(&mut wanted, margin, (width, height));
            blank(&mut frame, &wanted);
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
                // What lies between the rows is nobody's pixel.
                let (end, next) = (row as usize * stride + width as usize * pixel, (row as usize + 1) * stride);
                if row + 1 < height as i64 {
                    prop_assert!(bytes[end..next].iter().all(|b| *b == 0));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn in_nv12_no_luma_and_no_shared_colour_is_left(
            (width, height) in (1..12u32, 1..12u32),
            (x, y, w, h) in (0..12i32, 0..12i32, 1..12u32, 1..12u32),
        ) {
            let (x, y) = (x.min(width as i32 - 1), y.min(height as i32 - 1));
            let rect = Rect::new(x, y, w.min(width - x as u32), h.min(height - y as u32));
            let (columns, rows) = (width as usize, height as usize);
            let pairs = columns.div_ceil(2) * 2;
            let (mut luma, mut chroma) = (vec![200; columns * rows], vec![90; pairs * rows.div_ceil(2)]);
            Nv12::new(&mut luma, &mut chroma, width, height, columns, pairs).unwrap().blank(rect);
            for row in 0..rows {
                for column in 0..columns {
                    let (cx, cy) = (column as i64, row as i64);
                    let inside = i64::from(rect.x) <= cx && cx < rect.right() && i64::from(rect.y) <= cy && cy < rect.bottom();
                    prop_assert_eq!(luma[row * columns + column] == 16, inside);
                    let sample = row / 2 * pairs + column / 2 * 2;
                    prop_assert!(!inside || chroma[sample..sample + 2] == [128, 128]);
                }
            }
        }
    }

    #[test]
    fn an_approved_part_of_a_larger_buffer_shows_nothing_else_of_it() {
        let mut screens = vec![9; 8 * 4 * 4];
        let mut left = Packed::new(&mut screens, 4, 4, 32, 4).unwrap();
        blank(&mut left, &[Rect::new(0, 0, 4, 4)]);
        let approved = Approved::new(left, 1);
        assert!(approved.bytes().iter().all(|byte| *byte == 0));
        assert_eq!(approved.bytes().len(), 3 * 32 + 16, "and nothing behind its last row");
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
