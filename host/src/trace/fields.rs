//! The fields of an object, taken one by one with their types.

use gardefou_policy::types::Timestamp;

use super::malformed::{Malformed, nearest, shown};
use super::names::Named;
use super::value::Value;

/// The fields of one object. Each is taken once; what is left at the end is unknown.
pub(super) struct Fields {
    /// What stands before a name in a message: empty, or `employee-notice.`.
    prefix: &'static str,
    left: Vec<(String, Value)>,
    asked: Vec<&'static str>,
}

impl Fields {
    pub(super) fn new(prefix: &'static str, fields: Vec<(String, Value)>) -> Self {
        Self {
            prefix,
            left: fields,
            asked: Vec::new(),
        }
    }

    /// The value of a field, whatever it is; `None` when the field is not there.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        let place = self.left.iter().position(|(own, _)| own == name)?;
        Some(self.left.remove(place).1)
    }

    /// A field that must be there and is not null.
    pub(super) fn required<T: Field>(&mut self, name: &'static str) -> Result<T, Malformed> {
        match self.take(name) {
            Some(value) => self.read(name, value),
            None => Err(Malformed::new(
                format!("`{}{name}` is missing", self.prefix),
                format!("write it: {}", T::what()),
            )),
        }
    }

    /// A field that may be left out, and is not null when it is there.
    pub(super) fn when_there<T: Field>(&mut self, name: &'static str) -> Result<Option<T>, Malformed> {
        match self.take(name) {
            Some(value) => self.read(name, value).map(Some),
            None => Ok(None),
        }
    }

    /// A field that may be left out or null: both say that it is not known.
    pub(super) fn option<T: Field>(&mut self, name: &'static str) -> Result<Option<T>, Malformed> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.read(name, value).map(Some),
        }
    }

    /// Everything that was not taken yet.
    pub(super) fn rest(self) -> Vec<(String, Value)> {
        self.left
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Result<(), Malformed> {
        let Some((name, _)) = self.left.first() else {
            return Ok(());
        };
        let help = match nearest(name, &self.asked) {
            Some(meant) => format!("perhaps `{}{meant}` was meant", self.prefix),
            None => format!("the fields here are {}", self.asked.join(", ")),
        };
        let message = match shown(name) {
            name if name.starts_with('`') => format!("unknown field {name}"),
            other => format!("an unknown field, {other}"),
        };
        Err(Malformed::new(message, help))
    }

    fn read<T: Field>(&self, name: &'static str, value: Value) -> Result<T, Malformed> {
        let refused = Malformed::new(
            format!("`{}{name}` is not {}", self.prefix, T::what()),
            match value {
                Value::Null => "null stands for an option that is not known; leave the field out or give its value",
                Value::Number(_) => "numbers are written as integers, without a point or an exponent",
                _ => "see the format of traces",
            },
        );
        T::from_value(value).ok_or(refused)
    }
}

/// What a field may hold.
pub(super) trait Field: Sized {
    /// What it must be, for a message: `a whole number from 0 to …`.
    fn what() -> String;
    /// The value, when it is one.
    fn from_value(value: Value) -> Option<Self>;
}

impl Field for bool {
    fn what() -> String {
        "true or false".to_owned()
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for String {
    fn what() -> String {
        "a text".to_owned()
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for u64 {
    fn what() -> String {
        format!("a whole number from 0 to {}", Self::MAX)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(value) => value.as_u64(),
            _ => None,
        }
    }
}

impl Field for u32 {
    fn what() -> String {
        format!("a whole number from 0 to {}", Self::MAX)
    }

    fn from_value(value: Value) -> Option<Self> {
        u64::from_value(value)?.try_into().ok()
    }
}

impl Field for i32 {
    fn what() -> String {
        format!("a whole number from {} to {}", Self::MIN, Self::MAX)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(value) => value.as_i64()?.try_into().ok(),
            _ => None,
        }
    }
}

impl Field for Timestamp {
    fn what() -> String {
        "an instant in whole milliseconds since the Unix epoch".to_owned()
    }

    fn from_value(value: Value) -> Option<Self> {
        u64::from_value(value).map(Self::from_millis)
    }
}

/// Two of a kind, as a list.
impl<T: Field> Field for (T, T) {
    fn what() -> String {
        format!("a list of two: each {}", T::what())
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        let mut items = items.into_iter();
        let both = (T::from_value(items.next()?)?, T::from_value(items.next()?)?);
        items.next().is_none().then_some(both)
    }
}

impl<T: Named> Field for T {
    fn what() -> String {
        let names: Vec<&str> = T::NAMES.iter().map(|(name, _)| *name).collect();
        format!("one of {}", names.join(", "))
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        T::NAMES.iter().find(|(name, _)| *name == text).map(|(_, value)| *value)
    }
}
