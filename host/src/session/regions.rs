//! The regions that a session keeps, and the working memory behind them.

use std::sync::atomic::{AtomicU64, Ordering};

use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::frame::{self, Ruling};
use gardefou_policy::opening;
use gardefou_policy::regions::{Painter, complement, intersect};
use gardefou_policy::types::{Action, Rect};

use super::answer::Decision;
use super::combine::Why;
use super::windows::Windows;
use crate::pixels::grow;

/// Numbers of regions, for every session of the process.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// The latest regions, reused from frame to frame.
#[derive(Default)]
pub(super) struct Regions {
    painter: Painter,
    listed: Vec<Window>,
    common: Vec<Rect>,
    keep: Vec<Rect>,
    spare: Vec<Rect>,
    blank: Vec<Rect>,
    /// The whole surface, for a frame of which nothing is kept.
    nothing: [Rect; 1],
    surface: (u32, u32),
    number: u64,
}

impl Regions {
    /// Asks the floor; what it keeps is what the policies can keep at most.
    pub(super) fn ask_floor(
        &mut self,
        floor: &opening::Session,
        moment: &Moment,
        windows: &Windows,
        (width, height): (u32, u32),
    ) -> Ruling {
        self.listed.clear();
        // One more than may be named is enough to know that there are too many.
        let most = windows.len().min(frame::MAX_WINDOWS + 1);
        self.listed.extend(windows.seen_by_floor().take(most));
        let Self {
            painter,
            listed,
            common,
            ..
        } = self;
        frame::decide(floor, moment, width, height, listed, painter, common)
    }

    /// Takes over what the floor and every policy keep. Answers whether anything is left.
    pub(super) fn take<'a>(
        &mut self,
        kept: impl Iterator<Item = &'a [Rect]>,
        margin: u32,
        surface: (u32, u32),
    ) -> bool {
        for region in kept {
            intersect(&self.common, region, &mut self.spare);
            std::mem::swap(&mut self.common, &mut self.spare);
        }
        if self.common.is_empty() {
            return false;
        }
        if self.keep != self.common || self.surface != surface {
            std::mem::swap(&mut self.keep, &mut self.common);
            complement(&self.keep, surface.0, surface.1, &mut self.blank);
            grow(&mut self.blank, margin, surface);
            self.surface = surface;
            self.number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        }
        true
    }

    /// The next regions are taken anew, whatever they are.
    pub(super) const fn forget(&mut self) {
        self.surface = (0, 0);
    }

    /// What was kept of the latest frame that was.
    pub(super) fn latest(&self) -> &[Rect] {
        &self.keep
    }

    /// The answer about a frame that is kept.
    pub(super) fn kept(&self, why: Why) -> Decision<'_> {
        Decision {
            action: Action::Keep,
            why,
            keep: &self.keep,
            blank: &self.blank,
            number: self.number,
        }
    }

    /// The answer about a frame of which nothing is kept.
    pub(super) fn refused(&mut self, action: Action, why: Why, (width, height): (u32, u32)) -> Decision<'_> {
        self.nothing = [Rect::new(0, 0, width, height)];
        Decision {
            action,
            why,
            keep: &[],
            blank: &self.nothing,
            number: 0,
        }
    }
}
