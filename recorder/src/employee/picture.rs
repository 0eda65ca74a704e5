//! The mark's picture: a dot and a few words, drawn here and not by the X server, whose fonts are others on
//! every machine.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_10X20;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor, WebColors};
use embedded_graphics::prelude::{Drawable, Primitive};
use embedded_graphics::primitives::{Circle, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};

/// Columns of text. The longest reason has less than three lines of it.
pub(crate) const COLUMNS: usize = 26;

/// Bytes of one pixel: blue, green, red, nothing.
pub(crate) const BYTES_PER_PIXEL: usize = 4;

/// Where the text begins: the dot stands before it.
const TEXT_FROM: i32 = 28;

/// Between the border and the text.
const PADDING: i32 = 5;

/// Height of a line of text.
const LINE: i32 = 20;

/// Columns of a letter.
const LETTER: u16 = 10;

/// A picture in memory.
#[derive(Debug)]
pub(crate) struct Picture {
    width: u16,
    height: u16,
    pixels: Vec<u8>,
}

impl Picture {
    /// A red dot when something is recorded, else a grey ring, and the lines beside it; `scale` times as large.
    pub(crate) fn of(recording: bool, lines: &[String], scale: u16) -> Self {
        let letters = u16::try_from(COLUMNS).unwrap_or(u16::MAX);
        let rows = i32::try_from(lines.len().max(1)).unwrap_or(i32::MAX);
        let width = letters
            .saturating_mul(LETTER)
            .saturating_add(TEXT_FROM.try_into().unwrap_or(0))
            + 6;
        let height = rows.saturating_mul(LINE).saturating_add(2 * PADDING);
        let mut picture = Self::plain(width, u16::try_from(height).unwrap_or(u16::MAX));
        let Ok(()) = picture.draw(recording, lines);
        picture.enlarged(scale.max(1))
    }

    fn plain(width: u16, height: u16) -> Self {
        let bytes = usize::from(width).saturating_mul(usize::from(height));
        Self {
            width,
            height,
            pixels: vec![0xff; bytes.saturating_mul(BYTES_PER_PIXEL)],
        }
    }

    fn draw(&mut self, recording: bool, lines: &[String]) -> Result<(), Infallible> {
        let border = Rectangle::new(Point::zero(), self.size());
        border
            .into_styled(PrimitiveStyle::with_stroke(Rgb888::BLACK, 1))
            .draw(self)?;
        let dot = Circle::new(Point::new(7, PADDING + 3), 14);
        let style = if recording {
            PrimitiveStyle::with_fill(Rgb888::CSS_RED)
        } else {
            PrimitiveStyle::with_stroke(Rgb888::CSS_GRAY, 3)
        };
        dot.into_styled(style).draw(self)?;
        let letters = MonoTextStyle::new(&FONT_10X20, Rgb888::BLACK);
        let mut top = PADDING;
        for line in lines {
            Text::with_baseline(line, Point::new(TEXT_FROM, top), letters, Baseline::Top).draw(self)?;
            top = top.saturating_add(LINE);
        }
        Ok(())
    }

    /// Every pixel as a square of `scale` by `scale`.
    fn enlarged(self, scale: u16) -> Self {
        let times = usize::from(scale);
        if times == 1 {
            return self;
        }
        let row_bytes = usize::from(self.width).saturating_mul(BYTES_PER_PIXEL);
        let mut pixels = Vec::with_capacity(self.pixels.len().saturating_mul(times).saturating_mul(times));
        for row in self.pixels.chunks_exact(row_bytes.max(1)) {
            let wide: Vec<u8> = row
                .chunks_exact(BYTES_PER_PIXEL)
                .flat_map(|pixel| std::iter::repeat_n(pixel, times))
                .flatten()
                .copied()
                .collect();
            for _ in 0..times {
                pixels.extend_from_slice(&wide);
            }
        }
        Self {
            width: self.width.saturating_mul(scale),
            height: self.height.saturating_mul(scale),
            pixels,
        }
    }

    /// Columns, in pixels.
    pub(crate) fn width(&self) -> u16 {
        self.width
    }

    /// Rows, in pixels.
    pub(crate) fn height(&self) -> u16 {
        self.height
    }

    /// Whether that, row by row, shows its first `columns` and `rows`, pixel for pixel.
    pub(crate) fn is_in(&self, shown: &[u8], columns: u32, rows: u32) -> bool {
        let (Ok(columns), Ok(rows)) = (u16::try_from(columns), u16::try_from(rows)) else {
            return false;
        };
        if columns == 0 || rows == 0 || columns > self.width || rows > self.height {
            return false;
        }
        let line = |width: u16| usize::from(width).saturating_mul(BYTES_PER_PIXEL);
        let (own, theirs) = (line(self.width), line(columns));
        let lines = shown.chunks_exact(theirs);
        let same_colour = |(one, other): (&[u8], &[u8])| one.iter().zip(other).take(3).all(|(one, other)| one == other);
        lines.len() >= usize::from(rows)
            && self
                .pixels
                .chunks_exact(own.max(1))
                .zip(lines)
                .take(rows.into())
                .all(|(one, other)| {
                    one.chunks_exact(BYTES_PER_PIXEL)
                        .zip(other.chunks_exact(BYTES_PER_PIXEL))
                        .all(same_colour)
                })
    }

    /// The pixels, row by row from the top.
    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

impl OriginDimensions for Picture {
    fn size(&self) -> Size {
        Size::new(self.width.into(), self.height.into())
    }
}

impl DrawTarget for Picture {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for Pixel(point, colour) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(point.x), usize::try_from(point.y)) else {
                continue;
            };
            if x >= usize::from(self.width) {
                continue;
            }
            let at = y.saturating_mul(self.width.into()).saturating_add(x);
            let at = at.saturating_mul(BYTES_PER_PIXEL);
            if let Some(pixel) = self.pixels.get_mut(at..at.saturating_add(BYTES_PER_PIXEL)) {
                pixel.copy_from_slice(&[colour.b(), colour.g(), colour.r(), 0]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employee::language::Language;
    use crate::employee::words::{Words, lines};
    use gardefou::Reason;

    fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
        let at = (y * usize::from(picture.width) + x) * BYTES_PER_PIXEL;
        picture.pixels[at..at + 3].try_into().unwrap()
    }

    #[test]
    fn the_dot_is_red_only_while_something_is_recorded() {
        let words = lines("Recording the screen", COLUMNS);
        assert_eq!(pixel(&Picture::of(true, &words, 1), 14, 15), [0, 0, 0xff]);
        assert_eq!(pixel(&Picture::of(false, &words, 1), 14, 15), [0xff, 0xff, 0xff]);
    }

    #[test]
    fn it_is_in_what_is_shown_when_every_pixel_of_it_is() {
        let picture = Picture::of(true, &lines("Recording the screen", COLUMNS), 1);
        let (width, height) = (u32::from(picture.width), u32::from(picture.height));
        let mut shown = picture.pixels.clone();
        // The fourth byte of a pixel says nothing.
        shown.iter_mut().skip(3).step_by(4).for_each(|rest| *rest = 7);
        assert!(picture.is_in(&shown, width, height));
        assert!(!picture.is_in(&shown, width - 1, height), "it is cut");
        let narrow: Vec<u8> = shown
            .chunks_exact(usize::from(picture.width) * 4)
            .flat_map(|line| &line[..400])
            .copied()
            .collect();
        assert!(picture.is_in(&narrow, 100, height), "the screen has no more columns");
        assert!(!picture.is_in(&shown[..shown.len() - 4], width, height));
        for at in [0, shown.len() / 2 / 4 * 4, shown.len() - 4] {
            let mut other = shown.clone();
            other[at] ^= 1;
            assert!(!picture.is_in(&other, width, height));
        }
        assert!(!picture.is_in(&[], 0, 0));
    }

    #[test]
    fn twice_as_large_is_the_same_picture() {
        let words = lines("Enregistrement de l'écran", COLUMNS);
        let (small, large) = (Picture::of(true, &words, 1), Picture::of(true, &words, 2));
        assert_eq!((large.width, large.height), (small.width * 2, small.height * 2));
        for y in 0..usize::from(large.height) {
            for x in 0..usize::from(large.width) {
                assert_eq!(pixel(&large, x, y), pixel(&small, x / 2, y / 2));
            }
        }
    }

    /// What the font lacks it draws as the same sign.
    #[test]
    fn every_word_that_is_said_can_be_drawn() {
        let reasons = (0..=u16::MAX).map(Reason);
        let mut words = vec![Words::NotYet, Words::Recording, Words::Ended];
        words.extend(reasons.filter(|reason| reason.info().is_some()).map(Words::Not));
        for words in words {
            for language in [Language::English, Language::French] {
                let text = words.text(language);
                assert!(text.chars().all(|letter| u32::from(letter) < 0x100), "{text}");
                let broken = lines(&text, COLUMNS);
                assert!(broken.len() <= 4, "{broken:?}");
                assert!(broken.iter().all(|line| line.chars().count() <= COLUMNS), "{broken:?}");
            }
        }
    }
}
