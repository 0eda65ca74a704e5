//! A decision record as the trace that it was shortened from.

use gardefou_policy::types::{Millis, Timestamp};

use super::record::{DecisionRecord, Frames};
use super::spread::Spread;
use crate::Text;
use crate::session::Placed;
use crate::trace::{Event, FactsSpan, FrameLine, Line, Malformed, parse_line};

/// A record has no more frames than a session.
const MOST_FRAMES: u64 = crate::session::MOST_FRAMES as u64;

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

    /// Gives each line of the whole trace: each run with as many frames as were asked about, and with their time.
    /// Where between the first and the last they came is not journalled; they are spread so that none comes
    /// longer after the one before than one of them did, with the facts as fresh as they were at the first. What a
    /// run was journalled as stands behind its first frame, in an `expect` line.
    ///
    /// The journal tells nothing of a time that is only counted (`private-call`, `paused`), nothing of what was
    /// discarded, nor a record of what another one tells. A hole ends with a frame that shows no window, so that
    /// nothing of it is kept, and that has no `expect` line.
    ///
    /// # Errors
    /// When a line is none of a trace, when the runs are longer than any call, or when the record says of a run
    /// what cannot be.
    pub fn expanded(&self, mut each: impl FnMut(Line)) -> Result<(), Malformed> {
        let frames: u64 = self.runs.iter().map(|run| run.frames).fold(0, u64::saturating_add);
        if frames > MOST_FRAMES {
            return Err(endless());
        }
        let lines = self.lines()?;
        let mut expansion = Expansion::new(&self.runs);
        let mut lines = lines.into_iter().zip(1..).peekable();
        while let Some((Line { at, event }, number)) = lines.next() {
            match event {
                Event::Frame(frame) if matches!(lines.peek(), Some((line, _)) if is_expect(line)) => {
                    let begun = expansion.begin(at, frame, &mut each);
                    begun.map_err(|malformed| malformed.on_line(number))?;
                }
                Event::Frame(frame) if frame.windows.is_none() => {
                    let ended = expansion.end(at, &mut each);
                    ended.map_err(|malformed| malformed.on_line(number))?;
                }
                Event::Conditions(changes) if changes.is_empty() => expansion.asked_at(at),
                Event::Session(session) => {
                    expansion.interval = session.facts.frame_interval.max(1);
                    let event = Event::Session(session);
                    each(Line { at, event });
                }
                event => each(Line { at, event }),
            }
        }
        expansion.ended()
    }
}

fn is_expect(line: &Line) -> bool {
    matches!(line.event, Event::Expect(_))
}

/// Where the expansion stands.
struct Expansion<'a> {
    interval: Millis,
    surface: (u32, u32),
    windows: Vec<Placed>,
    /// How many frames each run that is still to come has.
    runs: std::slice::Iter<'a, Frames>,
    /// The run whose last frame is still to come.
    run: Option<Run>,
    /// When the frame that comes was asked about, where that was too late.
    asked: Option<Timestamp>,
}

/// A run that was begun.
#[derive(Clone, Copy)]
struct Run {
    first: Timestamp,
    facts: FactsSpan,
    frames: Frames,
    /// How much later each of its frames was asked about, where that was too late.
    lag: Option<Millis>,
}

impl<'a> Expansion<'a> {
    fn new(runs: &'a [Frames]) -> Self {
        Self {
            interval: 1,
            surface: (0, 0),
            windows: Vec::new(),
            runs: runs.iter(),
            run: None,
            asked: None,
        }
    }

    const fn asked_at(&mut self, at: Timestamp) {
        self.asked = Some(at);
    }

    fn begin(&mut self, at: Timestamp, frame: FrameLine, each: &mut impl FnMut(Line)) -> Result<(), Malformed> {
        self.complete()?;
        let frames = self.runs.next().copied().ok_or_else(impossible)?;
        self.surface = frame.surface.unwrap_or(self.surface);
        if let Some(windows) = frame.windows {
            self.windows = windows;
        }
        let run = Run {
            first: at,
            facts: frame.facts.unwrap_or(fresh(at)),
            frames,
            lag: self.asked.take().map(|asked| asked.since(at)),
        };
        self.run = (frames.frames > 1).then_some(run);
        run.late(at, each);
        each(Line {
            at,
            event: Event::Frame(FrameLine {
                surface: Some(self.surface),
                windows: Some(self.windows.clone()),
                facts: Some(run.facts),
            }),
        });
        if frames.frames == 0 || frames.frames == 1 && frames.time > 0 {
            return Err(impossible());
        }
        Ok(())
    }

    /// The frame that a run ended with: what lies between comes first.
    fn end(&mut self, at: Timestamp, each: &mut impl FnMut(Line)) -> Result<(), Malformed> {
        self.asked = None;
        let run = self.run.take().ok_or_else(impossible)?;
        let spread = Spread::of(run.first, at, run.frames, self.interval).ok_or_else(impossible)?;
        for at in spread.skip(1) {
            let passed = at.since(run.first);
            run.late(at, each);
            let facts = FactsSpan {
                from: run.facts.from.plus(passed),
                to: run.facts.to.plus(passed),
            };
            each(Line {
                at,
                event: Event::Frame(FrameLine {
                    facts: Some(facts),
                    ..FrameLine::default()
                }),
            });
        }
        Ok(())
    }

    /// The run before has all of its frames.
    fn complete(&self) -> Result<(), Malformed> {
        self.run.map_or(Ok(()), |_| Err(impossible()))
    }

    fn ended(mut self) -> Result<(), Malformed> {
        self.complete()?;
        self.runs.next().map_or(Ok(()), |_| Err(impossible()))
    }
}

impl Run {
    /// A line that changes nothing, dated when the frame of `at` was asked about.
    fn late(&self, at: Timestamp, each: &mut impl FnMut(Line)) {
        if let Some(lag) = self.lag {
            each(Line {
                at: at.plus(lag),
                event: Event::Conditions(Vec::new()),
            });
        }
    }
}

fn impossible() -> Malformed {
    let message = Text {
        english: "a run of a decision does not have the frames that its record counts".into(),
        french: "une suite d'images d'une décision n'a pas les images que son enregistrement compte".into(),
    };
    Malformed::new(message, verify())
}

fn endless() -> Malformed {
    let message = Text {
        english: format!("a decision has more than {MOST_FRAMES} frames, longer than any call"),
        french: format!("une décision a plus de {MOST_FRAMES} images, plus que tout appel"),
    };
    Malformed::new(message, verify())
}

fn verify() -> Text {
    Text {
        english: "see with `gardefou journal verify` whether the journal is what was written".into(),
        french: "vérifier l'intégrité du journal par `gardefou journal verify`".into(),
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

    fn record(trace: &[Value], runs: &[(u64, u64)]) -> DecisionRecord {
        let runs: Vec<Value> = runs
            .iter()
            .map(|(frames, time)| json!({"frames": frames, "time": time}))
            .collect();
        let whole = json!({
            "record": "decision", "at": 9, "session": "s", "employee": "e", "programme": "p", "collected-at": 0,
            "policies": [], "outcome": "keep", "reason": "permitted", "totals": {}, "runs": runs, "trace": trace,
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
    fn a_run_has_as_many_frames_as_were_asked_about() {
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
            (92, false, false),
            (174, false, false),
            (255, false, false),
            (300, true, true),
        ];
        assert_eq!(frames(&record(&trace, &[(4, 245), (1, 0)])), expected);
    }

    #[test]
    fn frames_that_came_too_late_are_as_many_as_came() {
        let trace = [
            session(100),
            json!({"at": 1_000, "event": "frame", "surface": [2, 2], "windows": []}),
            json!({"at": 1_000, "event": "expect", "action": "skip", "reason": "still-image"}),
            json!({"at": 3_000, "event": "frame"}),
        ];
        let frames = frames(&record(&trace, &[(3, 200)]));
        assert_eq!(
            frames,
            [(1_000, true, true), (2_000, false, false), (3_000, false, false)]
        );
    }

    #[test]
    fn each_frame_that_was_asked_about_late_stands_below_a_line_that_says_so() {
        let trace = [
            session(100),
            json!({"at": 3_001, "event": "conditions"}),
            json!({"at": 1_000, "event": "frame", "surface": [2, 2], "windows": []}),
            json!({"at": 1_000, "event": "expect", "action": "skip", "reason": "stale-facts"}),
            json!({"at": 3_201, "event": "conditions"}),
            json!({"at": 1_200, "event": "frame"}),
        ];
        let mut at = vec![];
        let record = record(&trace, &[(3, 200)]);
        let mut told = |line: Line| {
            let line = serde_json::to_value(line).unwrap();
            at.push((line["at"].as_u64().unwrap(), line["event"].as_str().unwrap().to_owned()));
        };
        record.expanded(&mut told).unwrap();
        let expected = [
            (0, "session"),
            (3_001, "conditions"),
            (1_000, "frame"),
            (1_000, "expect"),
            (3_101, "conditions"),
            (1_100, "frame"),
            (3_201, "conditions"),
            (1_200, "frame"),
        ];
        assert_eq!(at, expected.map(|(at, event)| (at, event.to_owned())));
    }

    #[test]
    fn a_record_that_counts_other_frames_than_it_has_is_refused() {
        let last = json!({"at": 200, "event": "frame"});
        let trace = [
            session(100),
            json!({"at": 0, "event": "frame", "surface": [2, 2], "windows": []}),
            json!({"at": 0, "event": "expect", "action": "keep"}),
        ];
        for (with_last, runs) in [
            (false, &[][..]),
            (false, &[(0, 0)]),
            (false, &[(1, 1)]),
            (false, &[(2, 100)]),
            (false, &[(1, 0), (1, 0)]),
            (true, &[(1, 0)]),
            (true, &[(2, 201)]),
            (true, &[(2, 99)]),
            (true, &[(MOST_FRAMES + 1, 200)]),
        ] {
            let mut trace = trace.to_vec();
            trace.extend(with_last.then(|| last.clone()));
            let error = record(&trace, runs).expanded(|_| {}).unwrap_err();
            assert!(
                error.to_string().contains("longer than any call")
                    || error.to_string().contains("does not have the frames"),
                "{runs:?}: {error}"
            );
        }
    }
}
