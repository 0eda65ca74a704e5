//! The scripts that come with the kit.

use super::script::{Action, Actor, Look, Play, Script, Stall, Step};
use crate::kind::Kind;

/// Their names, and how many operations a second each plays where it is not told otherwise (0: its steps say when).
pub const PRESETS: [(&str, u32); 16] = [
    ("switches", 0),
    ("moves", 10),
    ("storm", 60),
    (Kind::Lines.name(), 0),
    (Kind::Xor.name(), 0),
    (Kind::NoOp.name(), 0),
    (Kind::Alpha.name(), 0),
    (Kind::Gravity.name(), 0),
    (Kind::Shape.name(), 0),
    (Kind::Opacity.name(), 0),
    (Kind::Redirection.name(), 0),
    (Kind::RootDrawing.name(), 0),
    (Kind::LateRepaint.name(), 0),
    (Kind::PartialRepaint.name(), 0),
    (Kind::Identity.name(), 0),
    ("mix", 0),
];

/// The top of the screen that no stall reaches, in hundredths: recorders show their marks there.
const MARKS: u32 = 12;

/// How many stalls of the mix are beside and above one another.
const GRID: (u32, u32) = (5, 3);

/// How long an employee stays in a window, in ms.
const SWITCH: u64 = 17_000;

/// Random operations, each as often as it stands here.
const STORM: [Action; 20] = [
    Action::Move,
    Action::Move,
    Action::Move,
    Action::Move,
    Action::Raise,
    Action::Raise,
    Action::Raise,
    Action::Raise,
    Action::Resize,
    Action::Resize,
    Action::Lower,
    Action::Hide,
    Action::Show,
    Action::Show,
    Action::Show,
    Action::Exclude,
    Action::Include,
    Action::Include,
    Action::Include,
    Action::Include,
];

pub(super) fn of(name: &str, width: u16, height: u16) -> Option<Script> {
    let place = |x: u32, y: u32, w: u32, h: u32| {
        let part = |side: u16, hundredths: u32| u32::from(side) * hundredths / 100;
        let at = |part: u32| i16::try_from(part).unwrap_or(i16::MAX);
        let long = |part: u32| u16::try_from(part.max(8)).unwrap_or(u16::MAX);
        (
            at(part(width, x)),
            at(part(height, y)),
            long(part(width, w)),
            long(part(height, h)),
        )
    };
    let actor = |name: &str, allowed: bool, look: Look, place| Actor {
        name: name.to_owned(),
        allowed,
        place,
        look,
    };
    let office = || {
        vec![
            actor("mail", false, Look::Own, place(45, 30, 50, 60)),
            actor("orders", true, Look::Own, place(20, 15, 60, 60)),
            actor("desk", true, Look::Plain, place(3, 5, 60, 70)),
        ]
    };
    let raised = |window: &str| Step {
        after: SWITCH,
        action: Action::Raise,
        window: window.to_owned(),
        to: None,
    };
    let script = match name {
        "switches" => Script {
            windows: office(),
            play: Play::Steps(["orders", "mail", "desk"].map(raised).into()),
        },
        "moves" => {
            let mut windows = office();
            windows.push(actor("chat", false, Look::Plain, place(60, 5, 25, 30)));
            windows.push(actor("notice", false, Look::Popup, place(75, 2, 20, 12)));
            Script {
                windows,
                play: Play::Random(vec![Action::Move]),
            }
        }
        "storm" => {
            let mut windows = office();
            windows.push(actor("chat", false, Look::Plain, place(60, 5, 25, 30)));
            windows.push(actor("glass", true, Look::Translucent, place(30, 60, 30, 30)));
            windows.push(actor("badge", true, Look::Shaped, place(5, 60, 25, 30)));
            windows.push(actor("gadget", false, Look::Shaped, place(50, 50, 25, 30)));
            windows.push(actor("veil", false, Look::Translucent, place(10, 40, 25, 25)));
            windows.push(actor("menu", false, Look::Popup, place(20, 20, 12, 25)));
            windows.push(actor("notice", false, Look::Popup, place(75, 2, 20, 12)));
            Script {
                windows,
                play: Play::Random(STORM.into()),
            }
        }
        "mix" => {
            let (columns, rows) = GRID;
            let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
            // What is left of the grid goes to all kinds at once.
            let kinds = Kind::ALL.into_iter().chain(std::iter::repeat(Kind::Any));
            let (wide, high) = (100 / columns, (100 - MARKS) / rows);
            stalls(
                cells
                    .zip(kinds)
                    .map(|((column, row), kind)| (kind, place(column * wide, MARKS + row * high, wide, high))),
            )
        }
        name => {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
            stalls([(kind, place(2, MARKS, 90, 86))])
        }
    };
    Some(script)
}

/// A window and what comes over it, in each of these parts of the screen.
fn stalls(places: impl IntoIterator<Item = (Kind, (i16, i16, u16, u16))>) -> Script {
    let (mut windows, mut stalls) = (Vec::new(), Vec::new());
    for (number, (kind, place)) in places.into_iter().enumerate() {
        let [desk, cover] = ["desk", "cover"].map(|part| format!("{part} {number} {}", kind.name()));
        let (x, y, width, height) = place;
        let hundredths = |side: u16, share: u32| u16::try_from(u32::from(side) * share / 100).unwrap_or(side);
        let at = |corner: i16, by: u16| corner.saturating_add_unsigned(by);
        // Room for a window manager's frame.
        let client = (
            at(x, hundredths(width, 5)),
            at(y, hundredths(height, 12)),
            hundredths(width, 88),
            hundredths(height, 70),
        );
        let over = (client.0, client.1, hundredths(width, 60), hundredths(height, 50));
        for (name, allowed, look, place) in [(&desk, true, Look::Own, client), (&cover, false, Look::Popup, over)] {
            windows.push(Actor {
                name: name.clone(),
                allowed,
                place,
                look,
            });
        }
        stalls.push(Stall {
            kind,
            place,
            desk,
            cover,
        });
    }
    Script {
        windows,
        play: Play::Stalls(stalls),
    }
}
