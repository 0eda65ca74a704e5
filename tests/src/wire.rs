//! The lines by which scripts in other languages ask a component, and what they answer.
//!
//! A line is `{"begin": FILE}`, which makes an instance of a component, or `{"ask": FUNCTION, "with": [PARAMETER…]}`,
//! which is answered by one line. Records are objects by the contract's names; what was left out is not there.
//! Enums are their case, options are null or what they hold, and `$u64`, `$bytes` (in hexadecimal), `$tuple`, `$case`
//! (with `$value`) and `$flags` say what else JSON has no form for. In answers every number is a text, since not
//! every language tells the types of numbers apart; `$exception` is the text of what was thrown instead of an answer.

use serde_json::{Map, Value, json};
use wasmtime::component::Val;

use crate::contract::ABSENT;

/// The line of a question.
pub fn question(function: &str, parameters: &[Val]) -> Value {
    json!({ "ask": function, "with": parameters.iter().map(value).collect::<Vec<_>>() })
}

/// What a script must answer.
pub fn answer(told: &Val) -> Value {
    plain(value(told))
}

fn value(of: &Val) -> Value {
    let payload = |of: &Option<Box<Val>>| of.as_deref().map_or(Value::Null, value);
    match of {
        Val::Bool(is) => json!(is),
        Val::U16(number) => json!(number),
        Val::U32(number) => json!(number),
        Val::S32(number) => json!(number),
        Val::U64(number) => json!({ "$u64": number.to_string() }),
        Val::String(text) | Val::Enum(text) => json!(text),
        Val::List(items) if matches!(items.first(), Some(Val::U8(_))) => json!({ "$bytes": hex(items) }),
        Val::List(items) => items.iter().map(value).collect(),
        Val::Tuple(items) => json!({ "$tuple": items.iter().map(value).collect::<Vec<_>>() }),
        Val::Option(some) => payload(some),
        Val::Variant(case, own) => json!({ "$case": case, "$value": payload(own) }),
        Val::Result(Ok(own)) => json!({ "$case": "ok", "$value": payload(own) }),
        Val::Result(Err(own)) => json!({ "$case": "err", "$value": payload(own) }),
        Val::Flags(names) => {
            let mut names = names.clone();
            names.sort();
            json!({ "$flags": names })
        }
        Val::Record(fields) => {
            let present = fields.iter().filter(|(_, own)| *own != ABSENT);
            Value::Object(present.map(|(name, own)| (name.clone(), value(own))).collect())
        }
        // A session stays where it is; a parameter that is left out is none.
        Val::Resource(_) => Value::Null,
        absent if *absent == ABSENT => Value::Null,
        other => panic!("the contract has no {other:?}"),
    }
}

fn hex(bytes: &[Val]) -> String {
    let byte = |of: &Val| match of {
        Val::U8(byte) => format!("{byte:02x}"),
        other => panic!("{other:?} is no byte"),
    };
    bytes.iter().map(byte).collect()
}

/// Every number as a text.
fn plain(of: Value) -> Value {
    match of {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(mut fields) => match fields.remove("$u64") {
            Some(number) => number,
            None => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, own)| (name, plain(own)))
                    .collect::<Map<_, _>>(),
            ),
        },
        other => other,
    }
}
