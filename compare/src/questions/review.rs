//! Segments: what no rule document changes, and another component may.

use gardefou::{CaptureMode, Condition, Conditions, Timestamp};
use gardefou_policy::facts::Segment;

use crate::asker::{Asker, Flow};
use crate::outline::SOME_DAY;
use crate::question::Question;

const KIND: &str = "review";

/// Every state of the three conditions that count, every mode, and every place of the segment to the call.
pub(super) fn ask(asker: &mut dyn Asker) -> Flow {
    let states = states();
    let spans = spans();
    let modes = [
        CaptureMode::ScreenVideo,
        CaptureMode::WindowVideo,
        CaptureMode::Screenshot,
    ];
    asker.tally().axis(KIND, "states of the conditions", states.len());
    asker
        .tally()
        .axis(KIND, "places of the segment to the call", spans.len());
    asker.tally().axis(KIND, "ways of capturing", modes.len());
    for mode in modes {
        for (known, holds) in &states {
            for [started_at, ended_at, answered_at, hung_up_at] in &spans {
                let segment = Segment {
                    started_at: started_at.unwrap_or_default(),
                    ended_at: ended_at.unwrap_or_default(),
                    answered_at: *answered_at,
                    hung_up_at: *hung_up_at,
                    known: *known,
                    holds: *holds,
                    mode,
                };
                asker.put(Question::Review(segment))?;
            }
        }
    }
    Flow::Continue(())
}

/// Each condition as it must be, the wrong way round, and unknown.
fn states() -> Vec<(Conditions, Conditions)> {
    let mut states = vec![(Conditions::NONE, Conditions::NONE)];
    for condition in [
        Condition::PRIVATE_CALL,
        Condition::PARTY_OBJECTED,
        Condition::PARTY_INFORMED,
    ] {
        states = states
            .into_iter()
            .flat_map(|(known, holds)| {
                [
                    (known, holds),
                    (known.with(condition), holds),
                    (known.with(condition), holds.with(condition)),
                ]
            })
            .collect();
    }
    states
}

/// Start and end of the segment, answered, hung up.
fn spans() -> Vec<[Option<Timestamp>; 4]> {
    let at = |seconds: u64| Some(Timestamp::from_millis(SOME_DAY).plus(seconds * 1_000));
    let mut spans = Vec::new();
    for (start, end) in [
        (10, 20),
        (5, 15),
        (15, 25),
        (5, 25),
        (25, 30),
        (1, 5),
        (15, 15),
        (16, 15),
    ] {
        for (answered, hung_up) in [
            (None, None),
            (at(10), None),
            (at(10), at(20)),
            (None, at(20)),
            (at(20), at(10)),
        ] {
            spans.push([at(start), at(end), answered, hung_up]);
        }
    }
    spans
}
