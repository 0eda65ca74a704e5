//! Standard input: lines of the format of traces.

use std::io::{BufRead, Read};
use std::time::Instant;

use gardefou::Timestamp;
use gardefou::trace::{Event, Malformed, parse_live};

use super::{CallSource, Gone, Told, What};

/// The longest line that is read, in bytes. One that names every condition has 200.
const LONGEST: u64 = 64 * 1024;

/// `call` and `conditions` events of the format of traces, one JSON object a line.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    from: R,
    number: u64,
    /// Whether something else tells of the call itself.
    conditions_only: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads from there. `conditions_only`: something else tells of the call itself.
    pub(crate) fn new(from: R, conditions_only: bool) -> Self {
        Self {
            from,
            number: 0,
            conditions_only,
        }
    }

    /// The next line without its ending, or what is wrong with it; `None` at the end.
    fn line(&mut self) -> Option<Result<String, String>> {
        let mut bytes = Vec::new();
        let read = self.from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
        self.number = self.number.saturating_add(1);
        match read {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => {
                crate::status::say(&format!("cannot read standard input: {error}"));
                return None;
            }
        }
        if !bytes.ends_with(b"\n") && u64::try_from(bytes.len()) == Ok(LONGEST) {
            self.skip();
            return Some(Err(format!("longer than {LONGEST} bytes")));
        }
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        Some(String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()))
    }

    /// Reads on to the end of the line.
    fn skip(&mut self) {
        let mut rest = Vec::new();
        loop {
            rest.clear();
            match self.from.by_ref().take(LONGEST).read_until(b'\n', &mut rest) {
                Ok(read) if read > 0 && !rest.ends_with(b"\n") => {}
                Ok(_) | Err(_) => return,
            }
        }
    }
}

impl<R: BufRead + Send> CallSource for Lines<R> {
    fn next(&mut self) -> Result<Told, Gone> {
        loop {
            let line = self.line().ok_or_else(|| Gone {
                why: "standard input ended".to_owned(),
                expected: true,
            })?;
            let received = Instant::now();
            let parsed = match &line {
                Ok(text) if text.trim().is_empty() => continue,
                // Nothing happens in 1970: that instant stands for "when received".
                Ok(text) => parse_live(text, Timestamp::MIN).map_err(|malformed| explained(&malformed)),
                Err(why) => Err(why.clone()),
            };
            let unclear = |why: String| {
                (
                    None,
                    What::Unclear(format!("line {} of standard input: {why}", self.number)),
                )
            };
            let (at, what) = match parsed {
                Ok(line) => {
                    let at = (line.at != Timestamp::MIN).then_some(line.at);
                    match line.event {
                        Event::Call(_) if self.conditions_only => {
                            unclear("a call, of which the softphone tells".to_owned())
                        }
                        Event::Call(phase) => (at, What::Phase(phase)),
                        Event::Conditions(changes) => (at, What::Conditions(changes)),
                        _ => unclear("neither a call nor conditions".to_owned()),
                    }
                }
                Err(why) => unclear(why),
            };
            return Ok(Told { received, at, what });
        }
    }
}

fn explained(malformed: &Malformed) -> String {
    format!("{malformed}; help: {}", malformed.help())
}

#[cfg(test)]
mod tests {
    use gardefou::{CallPhase, Condition};

    use super::*;

    fn told(text: &str) -> Vec<Told> {
        let mut lines = Lines::new(text.as_bytes(), false);
        std::iter::from_fn(|| lines.next().ok()).collect()
    }

    #[test]
    fn calls_and_conditions_are_read_with_and_without_their_time() {
        let told = told(concat!(
            "{\"event\":\"call\",\"phase\":\"connected\"}\r\n\n",
            "{\"at\":1795000000000,\"event\":\"conditions\",\"party-informed\":true,\"payment-entry\":null}",
        ));
        assert!(matches!(told[0].what, What::Phase(CallPhase::Connected)));
        assert_eq!(told[0].at, None);
        assert_eq!(told[1].at, Some(Timestamp::from_millis(1_795_000_000_000)));
        let What::Conditions(changes) = &told[1].what else {
            panic!("{told:?}")
        };
        assert_eq!(
            *changes,
            [
                (Condition::PARTY_INFORMED, Some(true)),
                (Condition::PAYMENT_ENTRY, None)
            ]
        );
    }

    #[test]
    fn what_nobody_understands_is_told_with_its_line() {
        let long = "x".repeat(200_000);
        let text = format!("\n{{\"event\":\"call\"}}\n{long}\n{{\"event\":\"frame\"}}\n");
        for (told, line) in told(&text).iter().zip(["line 2 ", "line 3 ", "line 4 "]) {
            let What::Unclear(why) = &told.what else {
                panic!("{told:?}")
            };
            assert!(why.starts_with(line), "{why}");
        }
        assert_eq!(told(&text).len(), 3);
    }
}
