//! The scripts that come with the kit.

use super::script::{Action, Actor, Look, Play, Script, Step};

/// Their names, and how many operations a second each plays where it is not told otherwise (0: its steps say when).
pub const PRESETS: [(&str, u32); 3] = [("switches", 0), ("moves", 10), ("storm", 60)];

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
        _ => return None,
    };
    Some(script)
}
