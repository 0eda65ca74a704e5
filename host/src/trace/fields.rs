//! The fields of an object, taken one by one with their types.

use gardefou_policy::types::Timestamp;

use super::instant;
use super::malformed::{Malformed, nearest, text};
use super::names::Named;
use super::value::Value;
use crate::Text;

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
            None => {
                let (prefix, what) = (self.prefix, T::what());
                Err(Malformed::new(
                    text!("`{prefix}{name}` is missing", "`{prefix}{name}` manque"),
                    text!("write it: {what}", "écrivez-le\u{a0}: {what}"; what),
                ))
            }
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
        let (prefix, asked) = (self.prefix, self.asked.join(", "));
        let help = match nearest(name, &self.asked) {
            Some(meant) => perhaps(&format!("{prefix}{meant}")),
            None => text!("the fields here are {asked}", "les champs sont ici {asked}"),
        };
        let message = match prefix.strip_suffix('.') {
            Some(object) => text!("`{object}` has an unknown field", "`{object}` a un champ inconnu"),
            None => text!("the line has an unknown field", "la ligne a un champ inconnu"),
        };
        Err(Malformed::new(message, help))
    }

    fn read<T: Field>(&self, name: &'static str, value: Value) -> Result<T, Malformed> {
        let (prefix, what) = (self.prefix, T::what());
        let usual = match value {
            Value::Null => text!(
                "null stands for an option that is not known; leave the field out or give its value",
                "null signifie qu'une option n'est pas connue\u{a0}; retirez le champ ou donnez sa valeur"
            ),
            Value::Number(_) => text!(
                "numbers are written as integers, without a point or an exponent",
                "les nombres s'écrivent en entiers, sans point ni exposant"
            ),
            _ => text!("see the format of traces", "voir le format des traces"),
        };
        let refused = Malformed::new(
            text!("`{prefix}{name}` is not {what}", "`{prefix}{name}` n'est pas {what}"; what),
            T::help(&value).unwrap_or(usual),
        );
        T::from_value(value).ok_or(refused)
    }
}

/// That this was perhaps meant.
pub(super) fn perhaps(meant: &str) -> Text {
    text!("perhaps `{meant}` was meant", "peut-être vouliez-vous dire `{meant}`")
}

/// What a field may hold.
pub(super) trait Field: Sized {
    /// What it must be, for a message: `a whole number from 0 to …`.
    fn what() -> Text;
    /// The value, when it is one.
    fn from_value(value: Value) -> Option<Self>;
    /// How to mend this value, where more can be said than usual.
    fn help(_value: &Value) -> Option<Text> {
        None
    }
}

impl Field for bool {
    fn what() -> Text {
        text!("true or false", "true ou false")
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for String {
    fn what() -> Text {
        text!("a text", "un texte")
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for u64 {
    fn what() -> Text {
        let most = Self::MAX;
        text!("a whole number from 0 to {most}", "un nombre entier de 0 à {most}")
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(value) => value.as_u64(),
            _ => None,
        }
    }
}

impl Field for u32 {
    fn what() -> Text {
        let most = Self::MAX;
        text!("a whole number from 0 to {most}", "un nombre entier de 0 à {most}")
    }

    fn from_value(value: Value) -> Option<Self> {
        u64::from_value(value)?.try_into().ok()
    }
}

impl Field for i32 {
    fn what() -> Text {
        let (least, most) = (Self::MIN, Self::MAX);
        text!(
            "a whole number from {least} to {most}",
            "un nombre entier de {least} à {most}"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(value) => value.as_i64()?.try_into().ok(),
            _ => None,
        }
    }
}

impl Field for Timestamp {
    fn what() -> Text {
        text!(
            "an instant: whole milliseconds since the Unix epoch, or a text such as `\"2026-11-30T09:00:00+01:00\"`",
            "un instant\u{a0}: des millisecondes entières depuis l'époque Unix, ou un texte comme `\"2026-11-30T09:00:00+01:00\"`"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => instant::read(&text),
            other => u64::from_value(other).map(Self::from_millis),
        }
    }

    fn help(value: &Value) -> Option<Text> {
        let Value::Text(text) = value else { return None };
        instant::is_like_one(text).then(|| {
            text!(
                "write year-month-day, `T`, hours:minutes:seconds with three decimals at most, and `Z` or the offset \
                 such as `+01:00`, from 1970 on",
                "écrivez année-mois-jour, `T`, heures:minutes:secondes avec trois décimales au plus, et `Z` ou le \
                 décalage comme `+01:00`, à partir de 1970"
            )
        })
    }
}

/// Two of a kind, as a list.
impl<T: Field> Field for (T, T) {
    fn what() -> Text {
        let each = T::what();
        text!("a list of two: each {each}", "une liste de deux\u{a0}: chacun {each}"; each)
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        let mut items = items.into_iter();
        let both = (T::from_value(items.next()?)?, T::from_value(items.next()?)?);
        items.next().is_none().then_some(both)
    }
}

impl<T: Named> Field for T {
    fn what() -> Text {
        let names: Vec<&str> = T::NAMES.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        text!("one of {names}", "l'un de {names}")
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        T::NAMES.iter().find(|(name, _)| *name == text).map(|(_, value)| *value)
    }
}
