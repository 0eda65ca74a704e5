//! The JSON Schema of the rule document, from types that mirror it.
//!
//! The types are never made: the reader of `gardefou` walks the document itself, to report every problem
//! at its place. The tests hold the schema against that reader: the same keys, the same ones required,
//! and no document refused here that is taken there. The reverse cannot be: a schema sees one value at a
//! time.

mod application;
mod document;
mod programme;
mod role;
mod values;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::Value;

/// The schema of a whole document.
pub(crate) fn schema() -> Schema {
    // What editors' TOML servers understand, without references: they complete best so.
    let mut settings = SchemaSettings::draft07();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<document::Document>();
    RecursiveTransform(without_null).transform(&mut schema);
    RecursiveTransform(on_one_line).transform(&mut schema);
    schema
}

/// What is optional can be left out, and TOML has no `null` to write instead.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(kinds)) = object.get_mut("anyOf") {
        kinds.retain(|kind| kind.get("type").is_none_or(|name| name != "null"));
    }
}

/// Descriptions are wrapped in the sources; editors wrap them themselves.
fn on_one_line(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}
