//! JSON as it stands in a line: every field once, every number as it was written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;
use serde_json::error::Category;

use super::malformed::{Malformed, text};

/// A JSON value. An object keeps the order of its fields, and has no field twice.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// Reads one JSON value.
pub(super) fn parse(text: &str) -> Result<Value, Malformed> {
    serde_json::from_str(text).map_err(|error| explain(&error))
}

fn explain(error: &serde_json::Error) -> Malformed {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    let column = error.column();
    match error.classify() {
        // The only thing that [`ValueVisitor`] objects to.
        Category::Data => Malformed::new(
            text!(
                "a field is there twice, in the object that ends at column {column}",
                "un champ figure deux fois, dans l'objet qui se termine à la colonne {column}"
            ),
            text!("write every field once", "écrivez chaque champ une seule fois"),
        ),
        Category::Eof => Malformed::new(
            text!(
                "the line ends before its JSON object does",
                "la ligne se termine avant son objet JSON"
            ),
            text!(
                "it was cut off: write one whole object a line, on one line",
                "elle a été coupée\u{a0}: écrivez un objet entier par ligne, sur une seule ligne"
            ),
        ),
        Category::Syntax | Category::Io => Malformed::new(
            text!(
                "not JSON: {what}, at column {column}",
                "ce n'est pas du JSON, à la colonne {column} (en anglais\u{a0}: «\u{a0}{what}\u{a0}»)"
            ),
            text!(
                "write one JSON object a line, in UTF-8",
                "écrivez un objet JSON par ligne, en UTF-8"
            ),
        ),
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields: Vec<(String, Value)> = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        if is_repeated(&fields) {
            return Err(A::Error::custom("a field is there twice"));
        }
        Ok(Value::Object(fields))
    }
}

/// Whether a name is there twice.
fn is_repeated(fields: &[(String, Value)]) -> bool {
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.iter().zip(names.iter().skip(1)).any(|(one, next)| one == next)
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => value.serialize(serializer),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(value) => value.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
