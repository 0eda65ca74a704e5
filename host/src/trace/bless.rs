//! Writing into a scenario what was decided.

use serde_json::{Number, to_string};

use super::answer::Answer;
use super::expected::{BECAUSE, MAX_BECAUSE};
use super::malformed::{Malformed, text};
use super::members::{Member, members, replaced, without};
use super::read::MAX_LINE;
use super::scenario::MAX_SCENARIO;
use super::trial::{Asked, Trial};
use super::unmet::Unmet;
use super::value::{self, Value};

/// A scenario whose expectations all hold.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Blessed {
    /// The whole file.
    pub text: Vec<u8>,
    /// What is new in it, from top to bottom; empty when it is as it was.
    pub changes: Vec<Change>,
}

/// An `expect` line that was added or changed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The number of the line in the new file, from 1.
    pub line: u64,
    /// What stood there; `None` for a line that was added.
    pub before: Option<String>,
    /// What stands there now.
    pub after: String,
}

impl Trial {
    /// The scenario that this trial is of, with expectations that hold: each question that had none gets
    /// one below it, and in those that do not hold the values of the fields that are not so are exchanged where they
    /// stand. Every other byte stays, white space and the spelling of numbers and texts too.
    ///
    /// A field that the answer does not have goes, with one comma. When nothing that could fail would be left, what
    /// was decided, and why, stands in its place.
    ///
    /// `text` is the file that [`Scenario::parse`](super::Scenario::parse) read.
    ///
    /// # Errors
    /// What was decided makes the file larger than [`MAX_SCENARIO`], or a line longer than [`MAX_LINE`]: it could not
    /// be read again.
    pub fn bless(&self, text: &[u8]) -> Result<Blessed, Malformed> {
        self.blessed(text, None)
    }

    /// The same, and each line that is added or changed says why in its field `because`, in the place of what it
    /// said before.
    ///
    /// # Errors
    /// As [`Trial::bless`]; and where the reason is empty, or longer than [`MAX_BECAUSE`](super::MAX_BECAUSE).
    pub fn bless_because(&self, text: &[u8], because: &str) -> Result<Blessed, Malformed> {
        if because.trim().is_empty() || because.len() > MAX_BECAUSE {
            return Err(Malformed::new(
                text!(
                    "the reason of the blessing is empty, or longer than {MAX_BECAUSE} bytes",
                    "la raison de l'approbation est vide, ou dépasse {MAX_BECAUSE} octets"
                ),
                text!("say in a sentence why", "dites pourquoi en une phrase"),
            ));
        }
        self.blessed(text, Some(because))
    }

    fn blessed(&self, text: &[u8], because: Option<&str>) -> Result<Blessed, Malformed> {
        let mut page = Page::new(text, because);
        let mut edits = self.edits().into_iter().peekable();
        for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            match edits.next_if(|edit| edit.line() == number) {
                Some(Edit::Below(asked)) => page.below(line, &expectation(&asked.answer, because)),
                Some(Edit::Anew(_, asked, unmet)) => page
                    .anew(line, &asked.answer, unmet)
                    .map_err(|malformed| malformed.on_line(number))?,
                None => page.push(line),
            }
            if page.blessed.text.len() > MAX_SCENARIO {
                return Err(too_large().on_line(number));
            }
        }
        Ok(page.blessed)
    }

    fn edits(&self) -> Vec<Edit<'_>> {
        let mut edits = Vec::new();
        for asked in self.asked() {
            if asked.checks.is_empty() {
                edits.push(Edit::Below(asked));
            }
            let unmet = asked.checks.iter().filter(|check| !check.unmet.is_empty());
            edits.extend(unmet.map(|check| Edit::Anew(check.line, asked, &check.unmet)));
        }
        edits
    }
}

fn too_large() -> Malformed {
    Malformed::new(
        text!(
            "with what was decided up to here the scenario would be larger than 16 MiB",
            "avec ce qui a été décidé jusqu'ici, le scénario dépasserait 16 Mio"
        ),
        text!("split the scenario", "partagez le scénario"),
    )
}

fn too_long() -> Malformed {
    Malformed::new(
        text!(
            "with what was decided the line would be longer than 1 MiB",
            "avec ce qui a été décidé, la ligne dépasserait 1 Mio"
        ),
        text!(
            "take the white space out of the line, or its `keep`",
            "retirez de la ligne les espaces, ou son `keep`"
        ),
    )
}

enum Edit<'a> {
    /// A new line below the question's.
    Below(&'a Asked),
    /// The fields of an expectation that are not so.
    Anew(u64, &'a Asked, &'a [Unmet]),
}

impl Edit<'_> {
    const fn line(&self) -> u64 {
        match self {
            Self::Below(asked) => asked.line,
            Self::Anew(line, ..) => *line,
        }
    }
}

/// The new file, as far as it is written.
struct Page<'a> {
    /// How the file ends its lines.
    ending: &'a [u8],
    because: Option<&'a str>,
    lines: u64,
    blessed: Blessed,
}

impl<'a> Page<'a> {
    fn new(text: &'a [u8], because: Option<&'a str>) -> Self {
        let first = text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let ending = split(first).1;
        Self {
            ending: if ending.is_empty() { b"\n" } else { ending },
            because,
            lines: 0,
            blessed: Blessed {
                text: Vec::with_capacity(text.len()),
                changes: Vec::new(),
            },
        }
    }

    fn push(&mut self, line: &[u8]) {
        self.blessed.text.extend_from_slice(line);
        self.lines += 1;
    }

    /// The line, and a new one below it. What had no line ending still has none.
    fn below(&mut self, line: &[u8], new: &str) {
        self.push(line);
        let own = split(line).1;
        if own.is_empty() {
            self.blessed.text.extend_from_slice(self.ending);
        }
        self.blessed.text.extend_from_slice(new.as_bytes());
        self.blessed.text.extend_from_slice(own);
        self.lines += 1;
        self.changed(None, new.to_owned());
    }

    /// The line with other values.
    fn anew(&mut self, line: &[u8], answer: &Answer, unmet: &[Unmet]) -> Result<(), Malformed> {
        let (content, ending) = split(line);
        let before = str::from_utf8(content).ok();
        let after = before.and_then(|before| {
            let after = corrected(before, answer, unmet)?;
            self.because
                .map_or(Some(after.clone()), |because| with_reason(&after, because))
        });
        let (Some(before), Some(after)) = (before, after) else {
            self.push(line);
            return Ok(());
        };
        if after.len() > MAX_LINE {
            return Err(too_long());
        }
        self.blessed.text.extend_from_slice(after.as_bytes());
        self.push(ending);
        self.changed(Some(before.to_owned()), after);
        Ok(())
    }

    fn changed(&mut self, before: Option<String>, after: String) {
        let line = self.lines;
        self.blessed.changes.push(Change { line, before, after });
    }
}

/// A line, and how it ends.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    line.split_at_checked(content.len()).unwrap_or((line, b""))
}

/// The line of an expectation, in which the fields that are not so are as the answer has them. Nothing else changes:
/// a value is exchanged where it stands, and a field that the answer does not have goes.
fn corrected(line: &str, answer: &Answer, unmet: &[Unmet]) -> Option<String> {
    let actual = answered(answer);
    let new = |field: &str| match actual.iter().find(|(name, _)| name == field) {
        Some((_, new)) => Some(json(new)),
        None => (field == "detail").then(|| "0".to_owned()),
    };
    unmet
        .iter()
        .map(Unmet::field)
        .try_fold(line.to_owned(), |line, field| match new(field) {
            Some(new) => replaced(&line, find(&members(&line)?, field)?.value.clone(), &new),
            None => left_out(&line, field, answer),
        })
}

/// The line with why it was blessed: in the place of what it said before, or behind its last field.
fn with_reason(line: &str, because: &str) -> Option<String> {
    let members = members(line)?;
    let value = json(&text(because));
    if let Some(own) = find(&members, BECAUSE) {
        return replaced(line, own.value.clone(), &value);
    }
    let end = members.last()?.whole.end;
    replaced(line, end..end, &format!(",\"{BECAUSE}\":{value}"))
}

/// The line without a field. A `keep` of a frame that is no longer kept may leave nothing that could fail: then what
/// was decided, and why, stands in its place.
fn left_out(line: &str, field: &str, answer: &Answer) -> Option<String> {
    let members = members(line)?;
    let says_something = |name: &str| !matches!(name, "at" | "event" | "question" | BECAUSE) && name != field;
    if members.iter().any(|member| says_something(&member.name)) {
        return without(line, &members, field);
    }
    let said: Vec<String> = said(answer)
        .map(|(name, value)| format!("{}:{}", json(&Value::Text(name)), json(&value)))
        .collect();
    replaced(line, find(&members, field)?.whole.clone(), &said.join(","))
}

fn find<'a>(members: &'a [Member], field: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.name == field)
}

/// A whole expectation of this answer.
fn expectation(answer: &Answer, because: Option<&str>) -> String {
    let at = Value::Number(Number::from(answer.at.as_millis()));
    let head = [("at".to_owned(), at), ("event".to_owned(), text("expect"))];
    let tail = because.map(|because| (BECAUSE.to_owned(), text(because)));
    json(&Value::Object(
        head.into_iter().chain(said(answer)).chain(tail).collect(),
    ))
}

/// What an expectation says of this answer when nobody chose. Which note it is is the policy's own affair.
fn said(answer: &Answer) -> impl Iterator<Item = (String, Value)> {
    answered(answer)
        .into_iter()
        .filter(|(name, _)| !matches!(name.as_str(), "at" | "question" | "detail"))
}

/// The fields of an answer, without regions that no line has room for.
fn answered(answer: &Answer) -> Vec<(String, Value)> {
    let written = to_string(answer).ok();
    let Some(Ok(Value::Object(mut fields))) = written.as_deref().map(value::parse) else {
        return Vec::new();
    };
    fields.retain(|(name, value)| name != "keep" || json(value).len() < MAX_LINE / 2);
    fields
}

fn text(word: &str) -> Value {
    Value::Text(word.to_owned())
}

fn json(value: &Value) -> String {
    to_string(value).unwrap_or_default()
}
