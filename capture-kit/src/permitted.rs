//! When recording was permitted, as a recorder's own trace tells it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use gardefou::trace::{Event, Reader};
use gardefou::{CallPhase, Condition, Millis, Span, Timestamp};

use crate::Malformed;

/// What a trace says of its call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permitted {
    /// When the call was connected and every condition known to be as it must be. The last of them is open-ended
    /// when the trace does not tell of the end.
    pub spans: Vec<Span>,
    /// The longest time between two questions, in ms: so long the last frame is shown.
    pub interval: Millis,
    /// How many frames were asked about.
    pub questions: u64,
}

/// Reads a trace.
///
/// # Errors
/// It cannot be read, is no trace, or has no session in it.
pub fn read(file: &Path) -> Result<Permitted, Malformed> {
    let shown = file.display();
    let opened = File::open(file).map_err(|error| Malformed(format!("cannot read the trace `{shown}`: {error}")))?;
    let mut state = State::default();
    let (mut interval, mut questions) = (None, 0);
    for line in Reader::new(BufReader::new(opened)) {
        let (_, line) = line.map_err(|error| Malformed(format!("the trace `{shown}`, {error}")))?;
        match line.event {
            Event::Session(session) => interval = Some(session.facts.frame_interval),
            Event::Call(phase) => state.phase = phase,
            Event::Conditions(changes) => state.change(&changes),
            Event::Frame(_) => questions += 1,
            _ => {}
        }
        state.at(line.at);
    }
    let interval = interval.ok_or_else(|| Malformed(format!("the trace `{shown}` has no `session`")))?;
    Ok(Permitted {
        spans: state.ended(),
        interval,
        questions,
    })
}

#[derive(Debug, Default)]
struct State {
    phase: CallPhase,
    known: BTreeMap<u8, bool>,
    since: Option<Timestamp>,
    spans: Vec<Span>,
}

impl State {
    fn change(&mut self, changes: &[(Condition, Option<bool>)]) {
        for (condition, state) in changes {
            let bit = condition.bit();
            match state {
                _ if condition.is_sticky() && self.known.get(&bit) == Some(&true) => {}
                Some(holds) => drop(self.known.insert(bit, *holds)),
                None => drop(self.known.remove(&bit)),
            }
        }
    }

    fn permits(&self) -> bool {
        let holds = |condition: &Condition| self.known.get(&condition.bit()) == Some(&condition.must_hold());
        self.phase == CallPhase::Connected && Condition::ALL.iter().all(holds)
    }

    fn at(&mut self, at: Timestamp) {
        match (self.permits(), self.since) {
            (true, None) => self.since = Some(at),
            (false, Some(start)) => {
                self.spans.push(Span {
                    start,
                    end: at.max(start),
                });
                self.since = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    fn ended(mut self) -> Vec<Span> {
        let open = self.since.map(|start| Span {
            start,
            end: Timestamp::MAX,
        });
        self.spans.extend(open);
        self.spans
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const SESSION: &str = r#"{"at":1,"event":"session","session":"s","employee":"e","programme":"p","purpose":"training","mode":"screen-video","frame-interval":200,"employee-objected":false,"protected-line":false,"calls-offered":10,"calls-recorded":1}"#;
    pub(crate) const GOOD: &str = r#""event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false}"#;

    fn spans(text: &str) -> Result<Vec<(u64, u64)>, Malformed> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let spans = read(file.path())?.spans;
        Ok(spans
            .iter()
            .map(|span| (span.start.as_millis(), span.end.as_millis()))
            .collect())
    }

    #[test]
    fn a_call_is_permitted_while_it_is_connected_and_nothing_objects() {
        let text = format!(
            "{SESSION}\n{{\"at\":5,{GOOD}\n{}\n{}\n{}\n{}\n{}\n{}\n",
            r#"{"at":10,"event":"call","phase":"connected"}"#,
            r#"{"at":20,"event":"conditions","payment-entry":true}"#,
            r#"{"at":30,"event":"conditions","payment-entry":false}"#,
            r#"{"at":40,"event":"conditions","secure-input":null}"#,
            r#"{"at":50,"event":"conditions","secure-input":false}"#,
            r#"{"at":60,"event":"call","phase":"held"}"#,
        );
        assert_eq!(spans(&text), Ok(vec![(10, 20), (30, 40), (50, 60)]));
        let open = text.replace("held", "connected");
        assert_eq!(spans(&open).unwrap().last(), Some(&(50, u64::MAX)));
    }

    #[test]
    fn an_objection_is_not_taken_back() {
        let text = format!(
            "{SESSION}\n{{\"at\":5,{GOOD}\n{}\n{}\n{{\"at\":30,{GOOD}\n",
            r#"{"at":10,"event":"call","phase":"connected"}"#,
            r#"{"at":20,"event":"conditions","party-objected":true}"#,
        );
        assert_eq!(spans(&text), Ok(vec![(10, 20)]));
    }

    #[test]
    fn what_is_no_trace_is_refused() {
        assert!(spans("").unwrap_err().0.contains("no `session`"));
        assert!(spans("{}").unwrap_err().0.contains("line 1"));
    }
}
