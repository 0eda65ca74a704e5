//! Which pixels are kept, and regions in their canonical form.
//!
//! A region is a list of rectangles in the form that X11 gives its regions: horizontal bands from top to
//! bottom, in each band maximal runs from left to right, equal neighbouring bands merged. One set of
//! pixels has one such list.

use alloc::vec::Vec;

use crate::facts::Window;
use crate::types::{Rect, WindowKind};

/// The longest side of a surface, in pixels.
pub const MAX_SIDE: u32 = 0x7fff_ffff;

/// Pixels of a row, from `left` up to but not including `right`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    left: u32,
    right: u32,
}

/// A rectangle that lies on the surface and is not empty.
#[derive(Clone, Copy, Debug)]
struct Patch {
    columns: Run,
    top: u32,
    bottom: u32,
}

impl Patch {
    fn on_surface(rect: Rect, width: u32, height: u32) -> Option<Self> {
        let clip = |from: i64, to: i64, side: u32| {
            let from = u32::try_from(from.max(0)).ok()?;
            let to = u32::try_from(to.clamp(0, i64::from(side))).ok()?;
            (from < to).then_some((from, to))
        };
        let (left, right) = clip(rect.x.into(), rect.right(), width)?;
        let (top, bottom) = clip(rect.y.into(), rect.bottom(), height)?;
        Some(Self {
            columns: Run { left, right },
            top,
            bottom,
        })
    }

    const fn crosses(&self, row: u32) -> bool {
        self.top <= row && row < self.bottom
    }

    const fn overlaps(&self, other: &Self) -> bool {
        self.top < other.bottom
            && other.top < self.bottom
            && self.columns.left < other.columns.right
            && other.columns.left < self.columns.right
    }

    /// The part of it that lies in `bounds`, which it overlaps.
    fn within(self, bounds: Self) -> Self {
        Self {
            columns: Run {
                left: self.columns.left.max(bounds.columns.left),
                right: self.columns.right.min(bounds.columns.right),
            },
            top: self.top.max(bounds.top),
            bottom: self.bottom.min(bounds.bottom),
        }
    }

    fn hull(self, other: Self) -> Self {
        Self {
            columns: Run {
                left: self.columns.left.min(other.columns.left),
                right: self.columns.right.max(other.columns.right),
            },
            top: self.top.min(other.top),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// A window as it bears on the region: what it hides from those below, and what of it may be kept.
#[derive(Clone, Copy, Debug)]
struct Layer {
    hides: Patch,
    keeps: Option<Patch>,
}

/// A set of columns, a bit each: the surface is cut at every edge of a layer, so that within a column nothing
/// changes from left to right.
type Word = u64;

/// What a layer is in each word of columns, from the first word that it has a column in.
#[derive(Clone, Copy, Debug)]
struct Stripe {
    hides: Word,
    keeps: Word,
}

/// Computes regions; keeps its working memory from one frame to the next.
///
/// Each row of the cut surface is painted from the topmost layer down, 64 columns at a time: at most 512 rows
/// of 128 layers of 8 words, whatever the windows are.
#[derive(Debug, Default)]
pub struct Painter {
    layers: Vec<Layer>,
    rows: Vec<u32>,
    columns: Vec<u32>,
    /// The stripes of every layer, in the order of the layers.
    stripes: Vec<Stripe>,
    /// Of each layer the first word that it has a column in, and how many stripes it has.
    reach: Vec<(usize, usize)>,
    covered: Vec<Word>,
    kept: Vec<Word>,
    runs: Vec<Run>,
}

impl Painter {
    /// Writes into `keep` the pixels to keep: those on the surface whose topmost window (the first in
    /// `windows` whose `outer` contains it) is of kind training and contains it in its `inner` too.
    ///
    /// The surface is `width` × `height` pixels, each at most [`MAX_SIDE`].
    pub fn kept(&mut self, width: u32, height: u32, windows: &[Window], keep: &mut Vec<Rect>) {
        keep.clear();
        let Some(bounds) = self.take_layers(width, height, windows) else {
            return;
        };
        self.cut(bounds);
        self.take_stripes();
        let mut bands = Bands::new(keep);
        for n in 1..self.rows.len() {
            let (Some(&top), Some(&bottom)) = (self.rows.get(n - 1), self.rows.get(n)) else {
                return;
            };
            self.paint(top);
            self.take_runs();
            bands.push(top, bottom, &self.runs);
        }
    }

    /// Takes over the windows that bear on the region, topmost first: none below the lowest training
    /// window, none beside all of them. Answers what encloses every pixel that may be kept.
    fn take_layers(&mut self, width: u32, height: u32, windows: &[Window]) -> Option<Patch> {
        self.layers.clear();
        let mut bounds: Option<Patch> = None;
        let mut lowest = 0;
        for window in windows {
            let Some(hides) = Patch::on_surface(window.outer, width, height) else {
                continue;
            };
            let keeps = match window.kind {
                WindowKind::Training => Patch::on_surface(window.inner, width, height),
                WindowKind::Other => None,
            };
            self.layers.push(Layer { hides, keeps });
            if let Some(patch) = keeps {
                bounds = Some(bounds.map_or(patch, |b| b.hull(patch)));
                lowest = self.layers.len();
            }
        }
        let bounds = bounds?;
        self.layers.truncate(lowest);
        self.layers.retain(|layer| layer.hides.overlaps(&bounds));
        for layer in &mut self.layers {
            layer.hides = layer.hides.within(bounds);
        }
        Some(bounds)
    }

    /// The rows and the columns where the picture can change, in order.
    fn cut(&mut self, bounds: Patch) {
        self.rows.clear();
        self.columns.clear();
        self.rows.extend([bounds.top, bounds.bottom]);
        self.columns.extend([bounds.columns.left, bounds.columns.right]);
        for layer in &self.layers {
            for patch in [Some(layer.hides), layer.keeps].into_iter().flatten() {
                self.rows.extend([patch.top, patch.bottom]);
                self.columns.extend([patch.columns.left, patch.columns.right]);
            }
        }
        for edges in [&mut self.rows, &mut self.columns] {
            edges.sort_unstable();
            edges.dedup();
        }
    }

    /// What each layer hides and keeps, in columns.
    fn take_stripes(&mut self) {
        self.stripes.clear();
        self.reach.clear();
        for layer in &self.layers {
            let hides = ranks(&self.columns, layer.hides.columns);
            let keeps = layer.keeps.map_or((0, 0), |patch| ranks(&self.columns, patch.columns));
            let (first, end) = (hides.0 / 64, hides.1.div_ceil(64));
            self.reach.push((first, end - first));
            self.stripes.extend((first..end).map(|word| Stripe {
                hides: bits(hides, word),
                keeps: bits(keeps, word),
            }));
        }
    }

    /// The columns that are kept in the row `row`.
    fn paint(&mut self, row: u32) {
        let words = self.columns.len().div_ceil(64);
        for set in [&mut self.covered, &mut self.kept] {
            set.clear();
            set.resize(words, 0);
        }
        let mut stripes = self.stripes.as_slice();
        for (layer, (first, count)) in self.layers.iter().zip(&self.reach) {
            let Some((own, rest)) = stripes.split_at_checked(*count) else {
                return;
            };
            stripes = rest;
            if !layer.hides.crosses(row) {
                continue;
            }
            let crosses = layer.keeps.is_some_and(|patch| patch.crosses(row));
            let keeping = if crosses { Word::MAX } else { 0 };
            let below = self.covered.iter_mut().zip(&mut self.kept).skip(*first);
            for (stripe, (covered, kept)) in own.iter().zip(below) {
                let shown = stripe.hides & !*covered;
                if shown != 0 {
                    *covered |= shown;
                    *kept |= shown & stripe.keeps & keeping;
                }
            }
        }
    }

    /// The kept columns as runs of pixels, from left to right, touching ones merged.
    fn take_runs(&mut self) {
        self.runs.clear();
        let edge = |column: usize| self.columns.get(column).copied().unwrap_or_default();
        for (word, kept) in self.kept.iter().enumerate() {
            let (mut rest, mut column) = (*kept, word * 64);
            while rest != 0 {
                let skipped = rest.trailing_zeros();
                let length = (rest >> skipped).trailing_ones();
                column += skipped as usize;
                let left = edge(column);
                column += length as usize;
                let right = edge(column);
                match self.runs.last_mut() {
                    Some(run) if run.right == left => run.right = right,
                    _ => self.runs.push(Run { left, right }),
                }
                rest = rest.checked_shr(skipped + length).unwrap_or(0);
            }
        }
    }
}

/// Which columns a run has: from the first up to but not including the second. Its edges are among `edges`.
fn ranks(edges: &[u32], run: Run) -> (usize, usize) {
    let rank = |edge: u32| edges.partition_point(|other| *other < edge);
    (rank(run.left), rank(run.right))
}

/// The columns of a range that lie in a word.
fn bits((from, to): (usize, usize), word: usize) -> Word {
    let start = word * 64;
    let below = |end: usize| match end.saturating_sub(start) {
        length @ 0..64 => (1 << length) - 1,
        _ => Word::MAX,
    };
    below(to) & !below(from)
}

/// Writes bands one below the other, and merges equal neighbours.
struct Bands<'a> {
    out: &'a mut Vec<Rect>,
    /// Where the last band begins in `out`.
    last: usize,
    /// The first row below the last band.
    bottom: u32,
}

impl<'a> Bands<'a> {
    fn new(out: &'a mut Vec<Rect>) -> Self {
        out.clear();
        Self {
            out,
            last: 0,
            bottom: 0,
        }
    }

    fn push(&mut self, top: u32, bottom: u32, runs: &[Run]) {
        if runs.is_empty() || bottom <= top {
            return;
        }
        if self.bottom == top && self.continues(runs) {
            for rect in self.out.iter_mut().skip(self.last) {
                rect.height += bottom - top;
            }
        } else {
            self.last = self.out.len();
            self.out.extend(runs.iter().map(|run| rect(*run, top, bottom)));
        }
        self.bottom = bottom;
    }

    fn continues(&self, runs: &[Run]) -> bool {
        self.out.get(self.last..).is_some_and(|band| {
            band.len() == runs.len() && band.iter().zip(runs).all(|(rect, run)| columns(*rect) == *run)
        })
    }
}

/// A rectangle of a canonical region; its corner and its size fit, as those of the surface do.
fn rect(run: Run, top: u32, bottom: u32) -> Rect {
    Rect {
        x: run.left.cast_signed(),
        y: top.cast_signed(),
        width: run.right - run.left,
        height: bottom - top,
    }
}

/// The columns of a rectangle of a canonical region.
fn columns(rect: Rect) -> Run {
    let left = rect.x.cast_unsigned();
    Run {
        left,
        right: left.saturating_add(rect.width),
    }
}

/// The rows of a rectangle of a canonical region.
fn rows(rect: Rect) -> (u32, u32) {
    let top = rect.y.cast_unsigned();
    (top, top.saturating_add(rect.height))
}

/// Whether the list is a region of this surface in canonical form.
#[must_use]
pub fn is_canonical(region: &[Rect], width: u32, height: u32) -> bool {
    let surface = Rect::new(0, 0, width, height);
    let sound = |rect: &Rect| !rect.is_empty() && surface.contains(*rect);
    if !region.iter().all(sound) {
        return false;
    }
    let mut above: Option<&[Rect]> = None;
    for band in bands(region) {
        let apart = |pair: &[Rect]| matches!(pair, [a, b] if a.right() < i64::from(b.x) && a.height == b.height);
        if !band.windows(2).all(apart) {
            return false;
        }
        if let (Some(above), Some(first)) = (above, band.first()) {
            let bottom = above.first().map_or(0, |r| r.bottom());
            let merged =
                above.len() == band.len() && above.iter().zip(band).all(|(a, b)| a.x == b.x && a.width == b.width);
            if i64::from(first.y) < bottom || (i64::from(first.y) == bottom && merged) {
                return false;
            }
        }
        above = Some(band);
    }
    true
}

/// The bands of a region: what begins in the same row.
fn bands(region: &[Rect]) -> impl Iterator<Item = &[Rect]> {
    region.chunk_by(|a, b| a.y == b.y)
}

/// Writes into `out` what lies in both regions. Both are canonical, and so is the answer.
pub fn intersect(one: &[Rect], other: &[Rect], out: &mut Vec<Rect>) {
    let mut result = Bands::new(out);
    let mut runs = Vec::new();
    let (mut ours, mut theirs) = (bands(one).peekable(), bands(other).peekable());
    while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
        let (Some(first), Some(second)) = (a.first(), b.first()) else {
            return;
        };
        let ((top_a, bottom_a), (top_b, bottom_b)) = (rows(*first), rows(*second));
        let (top, bottom) = (top_a.max(top_b), bottom_a.min(bottom_b));
        if top < bottom {
            common_runs(a, b, &mut runs);
            result.push(top, bottom, &runs);
        }
        if bottom_a <= bottom_b {
            ours.next();
        }
        if bottom_b <= bottom_a {
            theirs.next();
        }
    }
}

fn common_runs(one: &[Rect], other: &[Rect], runs: &mut Vec<Run>) {
    runs.clear();
    let (mut ours, mut theirs) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
        let (a, b) = (columns(**a), columns(**b));
        let (left, right) = (a.left.max(b.left), a.right.min(b.right));
        if left < right {
            runs.push(Run { left, right });
        }
        if a.right <= b.right {
            ours.next();
        }
        if b.right <= a.right {
            theirs.next();
        }
    }
}

/// Writes into `out` the pixels of the surface that are not in the region. The region is canonical, and
/// so is the answer.
pub fn complement(region: &[Rect], width: u32, height: u32, out: &mut Vec<Rect>) {
    let full = [Run { left: 0, right: width }];
    let mut result = Bands::new(out);
    let mut runs = Vec::new();
    let mut row = 0;
    for band in bands(region) {
        let Some((top, bottom)) = band.first().map(|r| rows(*r)) else {
            continue;
        };
        result.push(row, top, &full);
        runs.clear();
        let mut left = 0;
        for run in band.iter().map(|r| columns(*r)) {
            if left < run.left {
                runs.push(Run { left, right: run.left });
            }
            left = run.right;
        }
        if left < width {
            runs.push(Run { left, right: width });
        }
        result.push(top, bottom, &runs);
        row = bottom;
    }
    if width > 0 {
        result.push(row, height, &full);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::vec;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    const SIDE: u32 = 24;

    fn kept(width: u32, height: u32, windows: &[Window]) -> Vec<Rect> {
        let mut keep = Vec::new();
        Painter::default().kept(width, height, windows, &mut keep);
        keep
    }

    fn window(kind: WindowKind, inner: Rect, outer: Rect) -> Window {
        Window { kind, inner, outer }
    }

    fn has(rect: Rect, x: u32, y: u32) -> bool {
        let (x, y) = (i64::from(x), i64::from(y));
        i64::from(rect.x) <= x && x < rect.right() && i64::from(rect.y) <= y && y < rect.bottom()
    }

    /// The contract's sentence, pixel by pixel.
    fn painted(width: u32, height: u32, windows: &[Window]) -> HashSet<(u32, u32)> {
        let mut pixels = HashSet::new();
        for y in 0..height {
            for x in 0..width {
                let topmost = windows.iter().find(|w| has(w.outer, x, y));
                if topmost.is_some_and(|w| w.kind == WindowKind::Training && has(w.inner, x, y)) {
                    pixels.insert((x, y));
                }
            }
        }
        pixels
    }

    fn pixels_of(region: &[Rect], width: u32, height: u32) -> HashSet<(u32, u32)> {
        let all = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        all.filter(|(x, y)| region.iter().any(|r| has(*r, *x, *y))).collect()
    }

    /// A second writing of the canonical form, straight from a set of pixels: each row's maximal runs,
    /// equal neighbouring rows merged.
    fn canonical(pixels: &HashSet<(u32, u32)>, width: u32, height: u32) -> Vec<Rect> {
        let row = |y: u32| {
            let mut runs: Vec<(u32, u32)> = vec![];
            for x in (0..width).filter(|x| pixels.contains(&(*x, y))) {
                match runs.last_mut() {
                    Some((_, end)) if *end == x => *end += 1,
                    _ => runs.push((x, x + 1)),
                }
            }
            runs
        };
        let mut region = vec![];
        let mut y = 0;
        while y < height {
            let runs = row(y);
            let mut end = y + 1;
            while end < height && row(end) == runs {
                end += 1;
            }
            region.extend(
                runs.iter()
                    .map(|(l, r)| Rect::new(i32::try_from(*l).unwrap(), i32::try_from(y).unwrap(), r - l, end - y)),
            );
            y = end;
        }
        region
    }

    fn side() -> impl Strategy<Value = (i32, u32)> {
        prop_oneof![
            8 => (-6..30i32, 0..20u32),
            1 => (prop_oneof![Just(i32::MIN), Just(i32::MAX), Just(-1)], prop_oneof![Just(u32::MAX), Just(0), Just(1)]),
            1 => (Just(i32::MIN), Just(1u32 << 31)).prop_map(|(at, length)| (at, length + 12)),
        ]
    }

    prop_compose! {
        fn any_rect()((x, width) in side(), (y, height) in side()) -> Rect {
            Rect { x, y, width, height }
        }
    }

    /// A window whose `inner` lies within its `outer`, as the check of the facts demands.
    fn any_window() -> impl Strategy<Value = Window> {
        (any_rect(), any_rect(), any::<bool>(), any::<bool>()).prop_map(|(outer, wanted, training, same)| {
            let kind = if training {
                WindowKind::Training
            } else {
                WindowKind::Other
            };
            let inner = if same {
                outer
            } else if outer.contains(wanted) {
                wanted
            } else {
                Rect::default()
            };
            Window { kind, inner, outer }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn kept_is_what_painting_pixels_gives(
            windows in prop::collection::vec(any_window(), 0..64),
            width in 1..SIDE,
            height in 1..SIDE,
        ) {
            let region = kept(width, height, &windows);
            prop_assert_eq!(&region, &canonical(&painted(width, height, &windows), width, height));
            prop_assert!(is_canonical(&region, width, height));
        }

        #[test]
        fn intersect_and_complement_are_those_of_sets(
            one in prop::collection::vec(any_window(), 0..12),
            other in prop::collection::vec(any_window(), 0..12),
            width in 1..SIDE,
            height in 1..SIDE,
        ) {
            let (a, b) = (kept(width, height, &one), kept(width, height, &other));
            let (in_a, in_b) = (pixels_of(&a, width, height), pixels_of(&b, width, height));
            let mut out = Vec::new();
            intersect(&a, &b, &mut out);
            let both: HashSet<_> = in_a.intersection(&in_b).copied().collect();
            prop_assert_eq!(&out, &canonical(&both, width, height));
            complement(&a, width, height, &mut out);
            let outside: HashSet<_> = (0..height)
                .flat_map(|y| (0..width).map(move |x| (x, y)))
                .filter(|p| !in_a.contains(p))
                .collect();
            prop_assert_eq!(&out, &canonical(&outside, width, height));
        }

        #[test]
        fn only_the_canonical_list_passes_the_check(
            rects in prop::collection::vec(any_rect(), 0..6),
            width in 1..SIDE,
            height in 1..SIDE,
        ) {
            let inside = rects.iter().all(|r| {
                !r.is_empty() && Rect::new(0, 0, width, height).contains(*r)
            });
            let pixels = pixels_of(&rects, width, height);
            let expected = inside && canonical(&pixels, width, height) == rects;
            prop_assert_eq!(is_canonical(&rects, width, height), expected);
        }
    }

    #[test]
    fn a_popup_cuts_the_window_below_it() {
        let crm = Rect::new(0, 0, 10, 10);
        let popup = Rect::new(4, 4, 2, 2);
        let windows = [
            window(WindowKind::Other, popup, popup),
            window(WindowKind::Training, crm, crm),
        ];
        let expected = vec![
            Rect::new(0, 0, 10, 4),
            Rect::new(0, 4, 4, 2),
            Rect::new(6, 4, 4, 2),
            Rect::new(0, 6, 10, 4),
        ];
        assert_eq!(kept(10, 10, &windows), expected);
    }

    #[test]
    fn the_largest_question_stays_within_the_limit() {
        // 128 nested frames of 2 pixels: every edge counts.
        let windows: Vec<Window> = (0..64u32)
            .flat_map(|i| {
                let at = i32::try_from(i * 4).unwrap();
                let bar = Rect::new(at, 0, 2, 1024);
                let row = Rect::new(0, at, 1024, 2);
                [window(WindowKind::Other, bar, bar), window(WindowKind::Other, row, row)]
            })
            .take(127)
            .chain([window(
                WindowKind::Training,
                Rect::new(0, 0, 1024, 1024),
                Rect::new(0, 0, 1024, 1024),
            )])
            .collect();
        let region = kept(1024, 1024, &windows);
        assert!(region.len() < 131_072);
        assert!(is_canonical(&region, 1024, 1024));
    }
}
