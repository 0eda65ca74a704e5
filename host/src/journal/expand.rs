//! A decision record as the trace that it was shortened from.

use gardefou_policy::types::{Millis, Reason, Timestamp};

use super::record::DecisionRecord;
use crate::Text;
use crate::session::Placed;
use crate::trace::{Event, FactsSpan, FrameLine, Line, Malformed, parse_line};

/// A record has no more frames than that: a call of two days at 60 a second.
const MOST_FRAMES: u64 = 10_000_000;

impl DecisionRecord {
    /// Its lines, as they are journalled.
    ///
    /// # Errors
    /// When one is not a line of a trace; its number is counted from 1.
    pub fn lines(&self) -> Result<Vec<Line>, Malformed> {
        let numbered = self.trace.iter().zip(1..);
        numbered
            .map(|(value, number)| parse_line(&value.to_string()).map_err(|malformed| malformed.on_line(number)))
            .collect()
    }

    /// Gives each line of the whole trace: between the first and the last frame of a run one frame at every
    /// interval, with the facts as fresh as they were. What a run was journalled as stands behind its first
    /// frame, in an `expect` line.
    ///
    /// The journal tells nothing of a time that is only counted (`private-call`, `paused`), nor a record of
    /// what another one tells. A hole ends with a frame that shows no window, so that nothing of it is kept,
    /// and that has no `expect` line.
    ///
    /// # Errors
    /// When a line is none of a trace, or the runs are longer than any call.
    pub fn expanded(&self, mut each: impl FnMut(Line)) -> Result<(), Malformed> {
        let lines = self.lines()?;
        let mut expansion = Expansion::default();
        let mut lines = lines.into_iter().peekable();
        while let Some(Line { at, event }) = lines.next() {
            match event {
                Event::Frame(frame) => match lines.peek().map(|next| &next.event) {
                    Some(Event::Expect(expected)) => {
                        // Each of its frames came too long after the one before: nothing lies between.
                        expansion.apart = expected.text("reason") == Reason::STILL_IMAGE.name();
                        expansion.begin(at, frame, &mut each);
                    }
                    _ if frame.windows.is_some() => {
                        let event = Event::Frame(frame);
                        each(Line { at, event });
                    }
                    _ => expansion.end(at, frame, &mut each)?,
                },
                Event::Session(session) => {
                    expansion.interval = session.facts.frame_interval.max(1);
                    let event = Event::Session(session);
                    each(Line { at, event });
                }
                event => each(Line { at, event }),
            }
        }
        Ok(())
    }
}

/// Where the expansion stands.
#[derive(Default)]
struct Expansion {
    interval: Millis,
    surface: (u32, u32),
    windows: Vec<Placed>,
    /// The first frame of the run, and its facts.
    first: Option<(Timestamp, FactsSpan)>,
    frames: u64,
    /// Whether nothing lies between the first and the last frame of the run.
    apart: bool,
}

impl Expansion {
    fn begin(&mut self, at: Timestamp, frame: FrameLine, each: &mut impl FnMut(Line)) {
        self.surface = frame.surface.unwrap_or(self.surface);
        if let Some(windows) = frame.windows {
            self.windows = windows;
        }
        let facts = frame.facts.unwrap_or(fresh(at));
        self.first = Some((at, facts));
        each(Line {
            at,
            event: Event::Frame(FrameLine {
                surface: Some(self.surface),
                windows: Some(self.windows.clone()),
                facts: Some(facts),
            }),
        });
    }

    /// The frame that a run ended with: what lies between comes first.
    fn end(&mut self, at: Timestamp, frame: FrameLine, each: &mut impl FnMut(Line)) -> Result<(), Malformed> {
        let Some((first, facts)) = self.first else {
            return Ok(());
        };
        self.frames = self.frames.saturating_add(at.since(first) / self.interval.max(1));
        if self.frames > MOST_FRAMES {
            return Err(endless());
        }
        let mut next = first.plus(self.interval.max(1));
        while next < at && !self.apart {
            let passed = next.since(first);
            let facts = FactsSpan {
                from: facts.from.plus(passed),
                to: facts.to.plus(passed),
            };
            each(Line {
                at: next,
                event: Event::Frame(as_before(facts)),
            });
            next = next.plus(self.interval.max(1));
        }
        let facts = frame.facts.unwrap_or(fresh(at));
        each(Line {
            at,
            event: Event::Frame(as_before(facts)),
        });
        Ok(())
    }
}

fn endless() -> Malformed {
    let message = Text {
        english: format!("a decision has more than {MOST_FRAMES} frames, longer than any call"),
        french: format!("une décision a plus de {MOST_FRAMES} images, plus que tout appel"),
    };
    let help = Text {
        english: "see with `gardefou journal verify` whether the journal is what was written".into(),
        french: "vérifier par `gardefou journal verify` que le journal est bien ce qui a été écrit".into(),
    };
    Malformed::new(message, help)
}

fn as_before(facts: FactsSpan) -> FrameLine {
    FrameLine {
        facts: Some(facts),
        ..FrameLine::default()
    }
}

const fn fresh(at: Timestamp) -> FactsSpan {
    FactsSpan { from: at, to: at }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::journal::{DecisionRecord, Record};

    fn record(trace: &[Value]) -> DecisionRecord {
        let whole = json!({
            "record": "decision", "at": 9, "session": "s", "employee": "e", "programme": "p", "collected-at": 0,
            "policies": [], "outcome": "keep", "reason": "permitted", "totals": {}, "trace": trace,
        });
        match serde_json::from_value(whole).unwrap() {
            Record::Decision(record) => record,
            other => panic!("{other:?}"),
        }
    }

    fn session(interval: u64) -> Value {
        json!({
            "at": 0, "event": "session", "session": "s", "employee": "e", "programme": "p", "purpose": "training",
            "mode": "screen-video", "frame-interval": interval, "employee-objected": false, "protected-line": false,
            "calls-offered": 1, "calls-recorded": 0,
        })
    }

    /// When each frame is, whether it says what is on it, and whether its verdict stands behind it.
    fn frames(record: &DecisionRecord) -> Vec<(u64, bool, bool)> {
        let mut frames = vec![];
        record
            .expanded(|line| match line.event {
                Event::Frame(frame) => frames.push((line.at.as_millis(), frame.windows.is_some(), false)),
                Event::Expect(_) => {
                    if let Some(last) = frames.last_mut() {
                        last.2 = true;
                    }
                }
                _ => {}
            })
            .unwrap();
        frames
    }

    #[test]
    fn a_run_has_a_frame_at_every_interval() {
        let trace = [
            session(100),
            json!({"at": 10, "event": "frame", "surface": [2, 2], "windows": [[0, 0, 0, 2, 2]]}),
            json!({"at": 10, "event": "expect", "action": "keep"}),
            json!({"at": 255, "event": "frame"}),
            json!({"at": 300, "event": "frame"}),
            json!({"at": 300, "event": "expect", "action": "skip"}),
        ];
        let expected = [
            (10, true, true),
            (110, false, false),
            (210, false, false),
            (255, false, false),
            (300, true, true),
        ];
        assert_eq!(frames(&record(&trace)), expected);
    }

    #[test]
    fn between_frames_that_came_too_late_there_is_nothing() {
        let trace = [
            session(100),
            json!({"at": 1_000, "event": "frame", "surface": [2, 2], "windows": []}),
            json!({"at": 1_000, "event": "expect", "action": "skip", "reason": "still-image"}),
            json!({"at": 3_000, "event": "frame"}),
        ];
        assert_eq!(frames(&record(&trace)), [(1_000, true, true), (3_000, false, false)]);
    }

    #[test]
    fn a_record_that_never_ends_is_refused() {
        let trace = [
            session(1),
            json!({"at": 0, "event": "frame", "surface": [2, 2], "windows": []}),
            json!({"at": 0, "event": "expect", "action": "keep"}),
            json!({"at": u64::MAX, "event": "frame"}),
        ];
        let mut lines = 0;
        let error = record(&trace).expanded(|_| lines += 1).unwrap_err();
        assert!(error.to_string().contains("longer than any call"), "{error}");
        assert!(lines < 10, "nothing of it is given");
    }
}
