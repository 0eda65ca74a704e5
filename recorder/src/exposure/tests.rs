//! Stacks of a few windows, changed and painted by hand.

use super::*;
use crate::screen::Claims;

const SCREEN: Rect = Rect::new(0, 0, 100, 100);
const LOW: Rect = Rect::new(0, 0, 100, 100);
const OVER: Rect = Rect::new(60, 0, 40, 40);
const LEFT: Rect = Rect::new(0, 0, 60, 100);

/// A screen of windows that are clients themselves, from bottom to top.
struct Scene {
    exposures: Exposures,
    at: u64,
    apart: bool,
}

impl Scene {
    /// The windows, all of them painted.
    fn settled(stack: &[(u32, Rect)]) -> Self {
        Self::painted(stack, false)
    }

    /// The same, with pixels from images of their own.
    fn apart(stack: &[(u32, Rect)]) -> Self {
        Self::painted(stack, true)
    }

    fn painted(stack: &[(u32, Rect)], apart: bool) -> Self {
        let mut scene = Self {
            exposures: Exposures::of_interval(200),
            at: 0,
            apart,
        };
        scene.look(&[], stack);
        let painted: Vec<Change> = stack.iter().map(|(id, area)| all(*id, *area)).collect();
        for (id, inner) in scene.look(&painted, stack).0 {
            assert!(stack.contains(&(id, inner)), "{id} is not settled");
        }
        scene
    }

    fn look(&mut self, changes: &[Change], stack: &[(u32, Rect)]) -> (Vec<(u32, Rect)>, Vec<usize>) {
        self.at += 200;
        let levels: Vec<Level> = stack
            .iter()
            .map(|(id, outer)| Level {
                id: *id,
                outer: *outer,
                hides: true,
                input_only: false,
            })
            .collect();
        let topmost_first: Vec<(u32, Rect)> = stack.iter().rev().copied().collect();
        let mut windows: Vec<Seen> = topmost_first
            .iter()
            .map(|(id, area)| Seen {
                id: *id,
                inner: *area,
                outer: *area,
                claims: Claims::default(),
                frozen: false,
            })
            .collect();
        let clients: Vec<Client> = topmost_first
            .iter()
            .map(|(id, place)| Client {
                id: *id,
                place: *place,
                apart: self.apart,
            })
            .collect();
        let sight = Sight {
            stack: &levels,
            clients: &clients,
            surface: SCREEN,
            at: Timestamp::from_millis(self.at),
        };
        let (ask, _) = self.exposures.settle(changes, &mut windows, sight);
        (windows.iter().map(|seen| (seen.id, seen.inner)).collect(), ask)
    }

    fn inner(&mut self, changes: &[Change], stack: &[(u32, Rect)], id: u32) -> Rect {
        let (windows, _) = self.look(changes, stack);
        windows.iter().find(|window| window.0 == id).unwrap().1
    }
}

fn painted(client: u32, area: Rect) -> Change {
    Change::Painted { client, area }
}

fn all(client: u32, area: Rect) -> Change {
    painted(client, Rect::new(0, 0, area.width, area.height))
}

#[test]
fn at_first_nothing_is_certain_and_every_client_is_asked() {
    let mut exposures = Scene {
        exposures: Exposures::of_interval(200),
        at: 0,
        apart: false,
    };
    let (windows, ask) = exposures.look(&[], &[(1, LEFT), (2, OVER)]);
    assert!(windows.iter().all(|(_, inner)| inner.is_empty()));
    assert_eq!(ask, [0, 1]);
    assert!(exposures.inner(&[], &[(1, LEFT), (2, OVER)], 1).is_empty());
    assert_eq!(exposures.inner(&[all(1, LEFT)], &[(1, LEFT), (2, OVER)], 1), LEFT);
}

#[test]
fn a_long_pause_begins_anew() {
    let mut scene = Scene::settled(&[(1, LOW)]);
    scene.at += 1_000;
    assert!(scene.inner(&[], &[(1, LOW)], 1).is_empty());
}

#[test]
fn what_a_window_uncovers_is_not_certain_before_it_is_painted() {
    let mut scene = Scene::settled(&[(1, LOW), (2, OVER)]);
    let early = [all(1, LOW), Change::Unmapped { id: 2 }];
    assert_eq!(scene.inner(&early, &[(1, LOW)], 1), LEFT, "painted before");
    for _ in 0..20 {
        assert_eq!(scene.inner(&[], &[(1, LOW)], 1), LEFT);
    }
    let half = painted(1, Rect::new(60, 0, 20, 40));
    assert_ne!(scene.inner(&[half], &[(1, LOW)], 1), LOW);
    let rest = painted(1, Rect::new(70, 0, 30, 100));
    assert_eq!(scene.inner(&[rest], &[(1, LOW)], 1), LOW);
}

#[test]
fn what_was_painted_in_time_is_certain_at_once() {
    let mut scene = Scene::settled(&[(1, LOW), (2, OVER)]);
    let changes = [Change::Unmapped { id: 2 }, painted(1, OVER)];
    assert_eq!(scene.inner(&changes, &[(1, LOW)], 1), LOW);
}

#[test]
fn one_that_does_not_paint_is_asked_to_from_time_to_time() {
    let mut scene = Scene::settled(&[(1, LOW), (2, OVER)]);
    let mut asked = scene.look(&[Change::Unmapped { id: 2 }], &[(1, LOW)]).1.len();
    assert_eq!(asked, 0);
    for _ in 0..10 {
        asked += scene.look(&[], &[(1, LOW)]).1.len();
    }
    assert_eq!(asked, 5);
}

#[test]
fn what_is_uncovered_at_both_ends_leaves_the_middle() {
    let ends = [Rect::new(0, 0, 20, 100), Rect::new(80, 0, 20, 100)];
    let mut scene = Scene::settled(&[(1, LOW), (2, ends[0]), (3, ends[1])]);
    let gone = [all(1, LOW), Change::Unmapped { id: 2 }, Change::Unmapped { id: 3 }];
    assert_eq!(scene.inner(&gone, &[(1, LOW)], 1), Rect::new(20, 0, 60, 100));
}

#[test]
fn what_came_and_went_between_two_looks_leaves_a_mark() {
    let mut scene = Scene::settled(&[(1, LOW)]);
    let came = Change::Came { id: 9, outer: LOW };
    let placed = Change::Placed {
        id: 9,
        outer: OVER,
        above: 1,
    };
    let flash = [
        came,
        placed,
        Change::Mapped { id: 9 },
        Change::Unmapped { id: 9 },
        Change::Gone { id: 9 },
    ];
    assert_eq!(scene.inner(&flash, &[(1, LOW)], 1), LEFT);
    // One that moved there and back.
    let away = Rect::new(0, 90, 10, 10);
    let mut scene = Scene::settled(&[(1, LOW), (2, away)]);
    let there = Change::Placed {
        id: 2,
        outer: OVER,
        above: 1,
    };
    let back = Change::Placed {
        id: 2,
        outer: away,
        above: 1,
    };
    let inner = scene.inner(&[there, back], &[(1, LOW), (2, away)], 1);
    assert!(intersection(inner, OVER).is_empty(), "{inner:?}");
}

#[test]
fn a_window_that_is_raised_shows_what_lay_over_it_and_one_below_uncovers_nothing() {
    let mut scene = Scene::settled(&[(1, LOW), (2, OVER)]);
    let raised = Change::Circulated { id: 1, topmost: true };
    assert_eq!(scene.inner(&[raised], &[(2, OVER), (1, LOW)], 1), LEFT);
    let mut scene = Scene::settled(&[(2, OVER), (1, LOW)]);
    let lower = Rect::new(0, 50, 40, 40);
    let moved = Change::Placed {
        id: 2,
        outer: lower,
        above: x11rb::NONE,
    };
    assert_eq!(scene.inner(&[moved], &[(2, lower), (1, LOW)], 1), LOW);
}

#[test]
fn what_is_not_certain_moves_with_its_window_and_moving_is_not_painting() {
    let small = Rect::new(0, 0, 50, 50);
    let cover = Rect::new(30, 0, 20, 50);
    let mut scene = Scene::settled(&[(1, small), (2, cover)]);
    scene.look(&[Change::Unmapped { id: 2 }], &[(1, small)]);
    let there = Rect::new(40, 20, 50, 50);
    let moved = Change::Placed {
        id: 1,
        outer: there,
        above: x11rb::NONE,
    };
    let inner = scene.inner(&[moved, all(1, small)], &[(1, there)], 1);
    assert_eq!(inner, Rect::new(40, 20, 30, 50));
    assert_eq!(scene.inner(&[all(1, small)], &[(1, there)], 1), there);
}

#[test]
fn a_window_that_comes_onto_the_surface_shows_what_was_off_it_late() {
    let off = Rect::new(-20, 0, 80, 50);
    let mut scene = Scene::settled(&[(1, off)]);
    let there = Rect::new(0, 10, 80, 50);
    let moved = Change::Placed {
        id: 1,
        outer: there,
        above: x11rb::NONE,
    };
    assert_eq!(scene.inner(&[moved], &[(1, there)], 1), Rect::new(20, 10, 60, 50));
}

#[test]
fn a_change_that_nobody_told_of_is_found() {
    let mut scene = Scene::settled(&[(1, LOW), (2, OVER)]);
    assert_eq!(scene.inner(&[], &[(1, LOW)], 1), LEFT);
    let mut scene = Scene::settled(&[(1, LEFT)]);
    assert!(scene.inner(&[], &[(1, LOW)], 1).is_empty(), "it has another size");
}

#[test]
fn a_window_with_an_image_of_its_own_loses_nothing_to_those_over_it() {
    let mut scene = Scene::apart(&[(1, LOW), (2, OVER)]);
    assert_eq!(scene.inner(&[Change::Unmapped { id: 2 }], &[(1, LOW)], 1), LOW);
    let off = Rect::new(-20, 0, 100, 100);
    let moved = Change::Placed {
        id: 1,
        outer: off,
        above: x11rb::NONE,
    };
    assert_eq!(scene.inner(&[moved], &[(1, off)], 1), off);
}

#[test]
fn what_a_new_image_begins_with_is_not_certain() {
    for hidden_and_shown in [true, false] {
        let mut scene = Scene::apart(&[(1, LEFT)]);
        let (changes, then) = if hidden_and_shown {
            (vec![Change::Unmapped { id: 1 }, Change::Mapped { id: 1 }], LEFT)
        } else {
            let grown = Change::Placed {
                id: 1,
                outer: LOW,
                above: x11rb::NONE,
            };
            (vec![grown], LOW)
        };
        assert!(scene.inner(&changes, &[(1, then)], 1).is_empty());
        assert!(scene.inner(&[], &[(1, then)], 1).is_empty());
        assert_eq!(scene.inner(&[all(1, then)], &[(1, then)], 1), then);
    }
}

#[test]
fn pixels_from_elsewhere_are_certain_of_nothing() {
    let mut scene = Scene::settled(&[(1, LOW)]);
    for apart in [true, false] {
        scene.apart = apart;
        assert!(scene.inner(&[], &[(1, LOW)], 1).is_empty(), "apart: {apart}");
        assert_eq!(scene.inner(&[all(1, LOW)], &[(1, LOW)], 1), LOW);
    }
}

#[test]
fn a_time_in_which_nothing_happened_is_no_pause() {
    let mut scene = Scene::settled(&[(1, LOW)]);
    for _ in 0..10 {
        scene.at += 200;
        scene.exposures.still(Timestamp::from_millis(scene.at));
    }
    assert_eq!(scene.inner(&[], &[(1, LOW)], 1), LOW);
    scene.exposures.begin_anew();
    scene.exposures.still(Timestamp::from_millis(scene.at));
    assert!(scene.inner(&[], &[(1, LOW)], 1).is_empty());
}

#[test]
fn a_stranger_that_was_inside_between_two_looks_leaves_a_mark() {
    let mut scene = Scene::settled(&[(1, LOW)]);
    let mixed = Change::Mixed { client: 1 };
    assert!(scene.inner(&[mixed, all(1, LOW)], &[(1, LOW)], 1).is_empty());
    assert_eq!(scene.inner(&[all(1, LOW)], &[(1, LOW)], 1), LOW);
}
