//! What happens in a turn of each kind: a window that may be recorded is left with pixels of another, and then with
//! something that a recorder may take for a repaint.

use fastrand::Rng;

use crate::kind::Kind;

/// x, y, width and height in pixels.
pub(super) type Place = (i16, i16, u16, u16);

/// One of the two windows of a stall.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// The one that may be recorded.
    Desk,
    /// The one that comes over it, and may not.
    Cover,
}

/// What a window is cut to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    Whole,
    /// A few pixels of a corner.
    Corner,
    Nothing,
}

/// How a window is redirected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct How {
    /// The window manager's frame, not the client's window.
    pub(super) frame: bool,
    /// Its pixels reach the screen no more; else the server puts them there.
    pub(super) manual: bool,
}

/// A window that is of no cast: its program is not what it seems to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guest {
    /// Another's, which becomes an allowed program while its connection stays.
    BecomesAllowed,
    /// An allowed program's, which becomes another while its connection stays; then its child window shows what may
    /// not be recorded.
    BecomesForbidden,
    /// Another's, which says that it is the desk's process.
    Claims,
}

/// What happens at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Beat {
    /// Its program is told a word.
    Tell(Who, String),
    /// Its title forbids it, and then its colour does; or no longer.
    Exclude(Who, bool),
    Place(Who, Place),
    Show(Who),
    Hide(Who),
    Raise(Who),
    Lower(Who),
    Cut(Who, Cut),
    /// Cut so, and after so many ms as it was.
    Flash(Who, Cut, Cut, u64),
    /// In hundredths; none: the property is taken away.
    Opacity(Who, Option<u32>),
    /// Translucent for so many ms.
    FlashOpacity(Who, u64),
    Redirect(How),
    Release(How),
    DrawOnRoot(Place),
    Enter(Guest, Place),
    /// The guest's program becomes the other.
    Become,
    Leave,
    /// Nothing.
    Rest,
}

/// The turn of that number: how many ms after the one before each beat comes. It leaves the two windows as they were.
/// Whatever is drawn, what a kind may be follows one after another, so that a few turns have it all.
pub(super) fn turn(kind: Kind, number: u64, desk: Place, rng: &mut Rng) -> Vec<(u64, Beat)> {
    let kinds: Vec<Kind> = match kind {
        Kind::Any => (0..rng.usize(1..=3)).filter_map(|_| rng.choice(Kind::ALL)).collect(),
        one => vec![one],
    };
    let mut turn = Turn {
        beats: Vec::new(),
        number,
        desk,
        rng,
    };
    if let Some(first) = kinds.iter().find(|kind| uncovers(**kind)) {
        turn.uncover(*first);
    }
    for kind in &kinds {
        turn.of(*kind);
        if kinds.len() > 1 {
            turn.common();
        }
    }
    turn.end();
    turn.beats
}

/// Whether it begins with something uncovered that was not painted since.
const fn uncovers(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Lines | Kind::Xor | Kind::NoOp | Kind::Alpha | Kind::Gravity | Kind::LateRepaint | Kind::PartialRepaint
    )
}

struct Turn<'r> {
    beats: Vec<(u64, Beat)>,
    number: u64,
    desk: Place,
    rng: &'r mut Rng,
}

impl Turn<'_> {
    /// After any number of ms in that range.
    fn then(&mut self, least: u64, most: u64, beat: Beat) {
        let after = self.rng.u64(least..=most);
        self.beats.push((after, beat));
    }

    fn tell(&mut self, least: u64, most: u64, word: impl Into<String>) {
        self.then(least, most, Beat::Tell(Who::Desk, word.into()));
    }

    fn coin(&mut self) -> bool {
        self.rng.bool()
    }

    /// A part of the desk, half of it at least each way.
    fn part(&mut self) -> Place {
        let (x, y, width, height) = self.desk;
        let wide = self.rng.u16(width / 2..=width);
        let high = self.rng.u16(height / 2..=height);
        let right = self.rng.u16(0..=width.saturating_sub(wide));
        let down = self.rng.u16(0..=height.saturating_sub(high));
        (
            x.saturating_add_unsigned(right),
            y.saturating_add_unsigned(down),
            wide.max(8),
            high.max(8),
        )
    }

    /// The cover comes over a part of the desk.
    fn cover(&mut self) {
        let part = self.part();
        self.then(0, 0, Beat::Place(Who::Cover, part));
        self.then(0, 0, Beat::Show(Who::Cover));
        self.then(0, 0, Beat::Raise(Who::Cover));
    }

    /// The cover comes and goes; its pixels stay on the desk, which answers as its kind does. In every other turn the
    /// desk is shown anew under it: where the server keeps images of windows, one begins with the cover's pixels.
    fn uncover(&mut self, kind: Kind) {
        self.cover();
        let answer = match kind {
            Kind::LateRepaint => format!("paint late {}", self.rng.u64(500..=1_200)),
            Kind::PartialRepaint => format!("paint partly {}", self.number % 4),
            _ => "paint nothing".to_owned(),
        };
        self.tell(80, 260, answer);
        if self.number % 2 == 1 {
            self.then(0, 0, Beat::Hide(Who::Desk));
            self.then(20, 160, Beat::Show(Who::Desk));
            self.then(20, 160, Beat::Rest);
        }
        self.then(0, 40, Beat::Hide(Who::Cover));
    }

    /// Everything is painted; from then on nothing.
    fn paint_and_fall_asleep(&mut self) {
        self.tell(0, 20, "paint whole");
        self.tell(150, 350, "paint nothing");
    }

    fn draw(&mut self, what: &str, variants: u8) {
        for _ in 0..self.rng.u8(1..=3) {
            let variant = self.rng.u8(0..variants);
            self.tell(20, 250, format!("draw {what} {variant}"));
        }
    }

    fn of(&mut self, kind: Kind) {
        match kind {
            Kind::Lines => self.draw("lines", 6),
            Kind::Xor => self.draw("xor", 3),
            Kind::NoOp => self.draw("no-op", 6),
            Kind::Alpha => self.draw("alpha", 3),
            Kind::Gravity => self.gravity(),
            Kind::Shape => self.shape(),
            Kind::Opacity => self.opacity(),
            Kind::Redirection => self.redirection(),
            Kind::RootDrawing => {
                self.tell(0, 20, "paint whole");
                for _ in 0..self.rng.u8(1..=3) {
                    let part = self.part();
                    self.then(60, 350, Beat::DrawOnRoot(part));
                }
            }
            Kind::LateRepaint => self.then(300, 900, Beat::Rest),
            Kind::PartialRepaint => self.then(100, 500, Beat::Rest),
            Kind::Identity => self.identity(),
            Kind::Any => {}
        }
    }

    /// What happens to any window, any day.
    fn common(&mut self) {
        for _ in 0..self.rng.u8(0..=3) {
            match self.rng.u8(0..4) {
                0 => {
                    let part = self.part();
                    self.then(0, 150, Beat::Place(Who::Desk, part));
                }
                1 => self.then(0, 150, Beat::Raise(Who::Desk)),
                2 => {
                    self.then(0, 150, Beat::Hide(Who::Desk));
                    self.then(0, 200, Beat::Show(Who::Desk));
                }
                _ => {
                    self.then(0, 150, Beat::Exclude(Who::Desk, true));
                    self.then(50, 400, Beat::Exclude(Who::Desk, false));
                }
            }
        }
    }

    fn gravity(&mut self) {
        for _ in 0..self.rng.u8(1..=2) {
            let gravity = self.rng.u8(0..=10);
            self.tell(0, 60, format!("gravity {gravity}"));
            // It paints what it is told to from here on, and has painted nothing of what was uncovered before.
            if self.rng.u8(0..3) == 0 {
                self.tell(0, 0, "paint asked");
            }
            let (x, y, width, height) = self.desk;
            let wide = self.rng.u16(width / 2..=width * 4 / 5).max(8);
            let high = self.rng.u16(height / 2..=height * 4 / 5).max(8);
            self.then(0, 90, Beat::Place(Who::Desk, (x, y, wide, high)));
            // So long as that what lies beside it by then is on the screen where it is to be; or so short that
            // nobody sees it.
            let (least, most) = if self.coin() { (150, 350) } else { (0, 5) };
            self.then(least, most, Beat::Place(Who::Desk, self.desk));
            if self.coin() {
                self.draw("lines", 6);
            }
            self.then(150, 400, Beat::Rest);
        }
    }

    fn shape(&mut self) {
        if self.number.is_multiple_of(2) {
            self.then(0, 0, Beat::Cut(Who::Cover, Cut::Corner));
            self.cover();
            self.paint_and_fall_asleep();
            for _ in 0..self.rng.u8(1..=3) {
                let ms = self.rng.u64(0..=4);
                let flash = Beat::Flash(Who::Cover, Cut::Whole, Cut::Corner, ms);
                self.then(40, 300, flash);
            }
        } else {
            self.paint_and_fall_asleep();
            for _ in 0..self.rng.u8(1..=3) {
                let ms = self.rng.u64(0..=4);
                let flash = Beat::Flash(Who::Desk, Cut::Nothing, Cut::Whole, ms);
                self.then(40, 300, flash);
            }
        }
    }

    fn opacity(&mut self) {
        self.tell(0, 20, "paint whole");
        self.cover();
        let who = match self.number.is_multiple_of(2) {
            // Beneath the desk it shines through.
            true => {
                self.then(0, 0, Beat::Lower(Who::Cover));
                Who::Desk
            }
            false => Who::Cover,
        };
        for _ in 0..self.rng.u8(1..=3) {
            let ms = self.rng.u64(0..=4);
            self.then(40, 300, Beat::FlashOpacity(who, ms));
        }
        let share = self.rng.u32(20..=80);
        self.then(100, 300, Beat::Opacity(who, Some(share)));
        self.then(300, 700, Beat::Opacity(who, None));
    }

    fn redirection(&mut self) {
        let how = How {
            frame: self.coin(),
            manual: true,
        };
        match self.number % 3 {
            0 => {
                self.tell(0, 20, "paint whole");
                self.then(100, 300, Beat::Redirect(how));
                self.then(400, 800, Beat::Release(how));
            }
            1 => {
                self.paint_and_fall_asleep();
                for _ in 0..self.rng.u8(1..=3) {
                    self.then(60, 300, Beat::Redirect(how));
                    self.then(0, 4, Beat::Release(how));
                }
            }
            _ => {
                let how = How { manual: false, ..how };
                self.cover();
                self.tell(100, 300, "paint nothing");
                self.then(0, 40, Beat::Redirect(how));
                self.then(0, 60, Beat::Hide(Who::Cover));
                self.then(400, 800, Beat::Release(how));
            }
        }
    }

    fn identity(&mut self) {
        self.tell(0, 20, "paint whole");
        let guest = match self.number % 3 {
            0 => Guest::Claims,
            1 => Guest::BecomesForbidden,
            // The last: a recorder that starts with the stage is there by then.
            _ => Guest::BecomesAllowed,
        };
        let part = self.part();
        self.then(100, 300, Beat::Enter(guest, part));
        if guest != Guest::Claims {
            // Who has not seen it by then cannot know what it was: no system tells.
            self.then(600, 1_000, Beat::Become);
        }
        self.then(600, 1_000, Beat::Leave);
    }

    fn end(&mut self) {
        let desk = self.desk;
        self.then(400, 900, Beat::Hide(Who::Cover));
        self.then(0, 0, Beat::Cut(Who::Cover, Cut::Whole));
        self.tell(0, 0, "gravity 0");
        self.then(0, 0, Beat::Place(Who::Desk, desk));
        self.tell(0, 0, "paint whole");
        self.then(350, 700, Beat::Rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Place = (100, 80, 300, 200);

    #[test]
    fn the_same_seed_gives_the_same_turns_and_every_kind_has_some() {
        for kind in Kind::ALL.into_iter().chain([Kind::Any]) {
            let drawn = |seed| turn(kind, 0, DESK, &mut Rng::with_seed(seed));
            for seed in 0..200 {
                assert_eq!(drawn(seed), drawn(seed), "{kind:?}");
            }
            assert!((1..9).any(|seed| drawn(seed) != drawn(0)), "{kind:?}");
        }
    }

    #[test]
    fn a_turn_leaves_the_windows_as_they_were_and_nothing_leaves_the_desks_place() {
        for seed in 0..2_000 {
            let kind = Kind::Any;
            let turn = turn(kind, seed, DESK, &mut Rng::with_seed(seed));
            let count = |of: fn(&Beat) -> bool| turn.iter().filter(|(_, beat)| of(beat)).count();
            assert_eq!(
                count(|beat| matches!(beat, Beat::Enter(..))),
                count(|beat| matches!(beat, Beat::Leave))
            );
            assert_eq!(
                count(|beat| matches!(beat, Beat::Redirect(_))),
                count(|beat| matches!(beat, Beat::Release(_)))
            );
            assert_eq!(
                count(|beat| matches!(beat, Beat::Opacity(_, Some(_)))),
                count(|beat| matches!(beat, Beat::Opacity(_, None)))
            );
            let whole = Beat::Tell(Who::Desk, "paint whole".to_owned());
            assert_eq!(turn.iter().rev().map(|(_, beat)| beat).nth(1), Some(&whole));
            for (_, beat) in &turn {
                let (Beat::Place(_, place) | Beat::DrawOnRoot(place) | Beat::Enter(_, place)) = beat else {
                    continue;
                };
                let (x, y, width, height) = *place;
                assert!(x >= 100 && y >= 80, "{beat:?}");
                assert!(
                    x.unsigned_abs() + width <= 400 && y.unsigned_abs() + height <= 280,
                    "{beat:?}"
                );
            }
        }
    }
}
