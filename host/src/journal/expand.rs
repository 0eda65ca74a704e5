//! A decision record as the trace that it was shortened from.

use gardefou_policy::types::{Millis, Timestamp};

use super::record::DecisionRecord;
use crate::session::Placed;
use crate::trace::{Event, FactsSpan, FrameLine, Line, Malformed, parse_line};

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
    /// When a line is none of a trace.
    pub fn expanded(&self, mut each: impl FnMut(Line)) -> Result<(), Malformed> {
        let lines = self.lines()?;
        let mut expansion = Expansion::default();
        let mut lines = lines.into_iter().peekable();
        while let Some(Line { at, event }) = lines.next() {
            match event {
                Event::Frame(frame) => match lines.peek().map(|next| &next.event) {
                    Some(Event::Expect(_)) => expansion.begin(at, frame, &mut each),
                    _ if frame.windows.is_some() => {
                        let event = Event::Frame(frame);
                        each(Line { at, event });
                    }
                    _ => expansion.end(at, frame, &mut each),
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
    fn end(&mut self, at: Timestamp, frame: FrameLine, each: &mut impl FnMut(Line)) {
        let Some((first, facts)) = self.first else { return };
        let mut next = first.plus(self.interval);
        while next < at {
            let passed = next.since(first);
            let facts = FactsSpan {
                from: facts.from.plus(passed),
                to: facts.to.plus(passed),
            };
            each(Line {
                at: next,
                event: Event::Frame(as_before(facts)),
            });
            next = next.plus(self.interval);
        }
        let facts = frame.facts.unwrap_or(fresh(at));
        each(Line {
            at,
            event: Event::Frame(as_before(facts)),
        });
    }
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
