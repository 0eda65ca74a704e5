//! Windows that try the recorder, of each kind that the capture kit has, in three surroundings: what it recorded of
//! them is read back from the file.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::kinds_screen::{Screen, Surroundings, played};

/// How long each kind is played, in seconds: some turns.
const TIME: u64 = 7;

/// The same of programs that are not what they seem to be: each way in its turn.
const LONGER: u64 = 16;

fn time(kind: &str) -> u64 {
    if kind == "identity" { LONGER } else { TIME }
}

/// How often it is played anew when the recorder kept nothing: of such a run nothing is known.
const TIMES: u64 = 3;

/// No pixel of a run shows what may not be recorded, and something was recorded.
fn holds(preset: &str, surroundings: Surroundings, seconds: u64, seed: u64) {
    let recorded = (0..TIMES).any(|more| is_recorded_without_a_leak(preset, surroundings, seconds, seed + more));
    assert!(recorded, "{preset}: {TIMES} times nothing was recorded");
}

fn is_recorded_without_a_leak(preset: &str, surroundings: Surroundings, seconds: u64, seed: u64) -> bool {
    let screen = Screen::start(surroundings);
    // It is there first: nobody can know what a program was that became another before.
    let mut recorder = screen.recorder();
    let mut stage = screen.stage(preset, seconds, seed);
    recorder.conditions();
    recorder.call("connected");
    played(&mut stage, seconds);
    let recorder = recorder.hang_up();
    let found = screen.report(&recorder);
    assert_eq!(
        found["leak"]["pixels"], 0,
        "{preset}, {surroundings:?}, seed {seed}: {found}"
    );
    recorder.decided_again("s-1");
    // By another's reckoning than the kit's.
    if let Some(video) = recorder.video("s-1") {
        video.leaks_nothing();
    }
    found["kept-nothing"] == false
}

macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        $(mod $kind {
            use super::{Surroundings, holds, time};

            fn name() -> String {
                stringify!($kind).replace('_', "-")
            }

            #[test]
            fn leaks_nothing_on_a_bare_server() {
                holds(&name(), Surroundings::Bare, time(&name()), 1);
            }

            #[test]
            fn leaks_nothing_under_a_window_manager() {
                holds(&name(), Surroundings::Openbox, time(&name()), 2);
            }

            #[test]
            fn leaks_nothing_under_a_compositing_manager() {
                holds(&name(), Surroundings::Picom, time(&name()), 3);
            }
        })*
    };
}

kinds!(
    lines,
    xor,
    no_op,
    alpha,
    gravity,
    shape,
    opacity,
    redirection,
    root_drawing,
    late_repaint,
    partial_repaint,
    identity,
);

/// How long all of them are played at once.
const MINUTE: u64 = 60;

/// Another each time: a leak names its seed.
fn drawn() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_millis() as u64
}

#[test]
fn a_minute_of_all_kinds_at_once_leaks_nothing_on_a_bare_server() {
    holds("mix", Surroundings::Bare, MINUTE, drawn());
}

#[test]
fn a_minute_of_all_kinds_at_once_leaks_nothing_under_a_window_manager() {
    holds("mix", Surroundings::Openbox, MINUTE, drawn());
}

#[test]
fn a_minute_of_all_kinds_at_once_leaks_nothing_under_a_compositing_manager() {
    holds("mix", Surroundings::Picom, MINUTE, drawn());
}
