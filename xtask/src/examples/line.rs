//! A line of a trace: what stands in it, and how it is written.

use std::fmt;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// One line. What the recorder wrote stays as it wrote it.
#[derive(Debug)]
pub(super) struct Line {
    text: String,
    value: Value,
}

impl Line {
    /// Every line of a file.
    pub(super) fn all(file: &str) -> Result<Vec<Self>> {
        let read = |text: &str| {
            let value = serde_json::from_str(text).context("a line that is not JSON")?;
            Ok(Self {
                text: text.to_owned(),
                value,
            })
        };
        file.lines().map(read).collect()
    }

    /// A line that is added: time and event first, as in the others.
    pub(super) fn added(at: u64, event: &str, fields: Map<String, Value>) -> Self {
        let mut text = format!(r#"{{"at":{at},"event":{}"#, Value::from(event));
        for (name, value) in &fields {
            text.push_str(&format!(",{}:{value}", Value::from(name.as_str())));
        }
        text.push('}');
        let mut value = fields;
        value.insert("at".to_owned(), at.into());
        value.insert("event".to_owned(), event.into());
        Self {
            text,
            value: Value::Object(value),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.value.get(name)
    }

    /// Its time, in ms.
    pub(super) fn at(&self) -> Option<u64> {
        self.get("at")?.as_u64()
    }

    /// Whether it is of that event.
    pub(super) fn is(&self, event: &str) -> bool {
        self.get("event").is_some_and(|own| own == event)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
