//! The published text of the contract: its fields, its functions, and the zero of each type.

use std::collections::BTreeSet;

use gardefou::RawQuestion;
use serde_json::Value;
use wasmtime::component::Val;
use wit_parser::{Resolve, Type, TypeDefKind, WorldItem};

/// A fact that is left out. The contract has no characters: wherever one stands, nothing does.
pub const ABSENT: Val = Val::Char('\0');

/// The text, read.
#[derive(Debug)]
pub struct Contract {
    resolve: Resolve,
    world: wit_parser::WorldId,
}

impl Contract {
    /// The text of this version.
    pub fn published() -> Self {
        let mut resolve = Resolve::default();
        let text = include_str!("../../wit/1.0/policy.wit");
        let package = resolve.push_str("policy.wit", text).unwrap();
        let world = resolve.select_world(&[package], Some("policy-template")).unwrap();
        Self { resolve, world }
    }

    /// `record.field` of each record, and `function.parameter` of each parameter that is no record itself.
    pub fn fields(&self) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        for (_, ty) in &self.resolve.types {
            if let (Some(name), TypeDefKind::Record(record)) = (&ty.name, &ty.kind) {
                fields.extend(record.fields.iter().map(|field| format!("{name}.{}", field.name)));
            }
        }
        for function in self.functions() {
            for (name, ty) in &function.params {
                if !self.is_record(*ty) && name != "self" {
                    fields.insert(format!("{}.{name}", function.name));
                }
            }
        }
        fields
    }

    /// Each enum, variant and set of flags, with its first case.
    pub fn first_cases(&self) -> BTreeSet<(String, String)> {
        let mut first = BTreeSet::new();
        for (_, ty) in &self.resolve.types {
            let case = match &ty.kind {
                TypeDefKind::Enum(set) => &set.cases[0].name,
                TypeDefKind::Variant(set) => &set.cases[0].name,
                TypeDefKind::Flags(set) => &set.flags[0].name,
                _ => continue,
            };
            first.insert((ty.name.clone().unwrap(), case.clone()));
        }
        first
    }

    /// Whether a question is one for this function, parameter by parameter.
    pub fn check(&self, function: &str, question: &[Val]) {
        let params = self.params(function);
        assert_eq!(params.len(), question.len(), "{function}");
    }

    /// The question, once for each place where `row` stands in it: there with the zero of its type.
    pub fn with_zero(&self, function: &str, question: &[Val], row: &str) -> Vec<Vec<Val>> {
        self.with(function, question, row, &|ty| self.zero(ty))
    }

    /// The question, once for each place where `row` stands in it: there with [`ABSENT`].
    pub fn without(&self, function: &str, question: &[Val], row: &str) -> Vec<Vec<Val>> {
        self.with(function, question, row, &|_| ABSENT)
    }

    fn with(&self, function: &str, question: &[Val], row: &str, other: &dyn Fn(Type) -> Val) -> Vec<Vec<Val>> {
        let mut spoilt = Vec::new();
        for (n, (name, ty)) in self.params(function).into_iter().enumerate() {
            let mut put = |value: Val| {
                let mut question = question.to_vec();
                question[n] = value;
                spoilt.push(question);
            };
            if format!("{function}.{name}") == row {
                put(other(ty));
            }
            for value in self.spoilt(ty, &question[n], row, other) {
                put(value);
            }
        }
        spoilt
    }

    /// The value, once for each place below it where the field stands.
    fn spoilt(&self, ty: Type, value: &Val, row: &str, other: &dyn Fn(Type) -> Val) -> Vec<Val> {
        let Type::Id(id) = ty else { return Vec::new() };
        let ty = &self.resolve.types[id];
        match (&ty.kind, value) {
            (TypeDefKind::Type(inner), value) => self.spoilt(*inner, value, row, other),
            (TypeDefKind::Option(inner), Val::Option(Some(value))) => {
                let inner = self.spoilt(*inner, value, row, other).into_iter();
                inner.map(|value| Val::Option(Some(Box::new(value)))).collect()
            }
            (TypeDefKind::List(inner), Val::List(items)) => {
                let of_item = |(n, item): (usize, &Val)| {
                    let spoilt = self.spoilt(*inner, item, row, other).into_iter();
                    let in_list = spoilt.map(move |item| {
                        let mut items = items.clone();
                        items[n] = item;
                        Val::List(items)
                    });
                    in_list.collect::<Vec<_>>()
                };
                items.iter().enumerate().flat_map(of_item).collect()
            }
            (TypeDefKind::Record(record), Val::Record(values)) => {
                let name = ty.name.as_deref().unwrap();
                let mut spoilt = Vec::new();
                for (n, field) in record.fields.iter().enumerate() {
                    assert_eq!(field.name, values[n].0, "{name}");
                    let mut put = |value: Val| {
                        let mut values = values.clone();
                        values[n].1 = value;
                        spoilt.push(Val::Record(values));
                    };
                    if format!("{name}.{}", field.name) == row {
                        put(other(field.ty));
                    }
                    for value in self.spoilt(field.ty, &values[n].1, row, other) {
                        put(value);
                    }
                }
                spoilt
            }
            _ => Vec::new(),
        }
    }

    /// The parameters of a question that somebody heard who listened.
    ///
    /// # Panics
    /// When they are not of the contract's types.
    pub fn heard(&self, question: &RawQuestion) -> Vec<Val> {
        let params = self.params(question.function);
        let told = question.parameters.as_array().unwrap();
        assert_eq!(params.len(), told.len(), "{}", question.function);
        let params = params.into_iter().zip(told);
        params.map(|((_, ty), value)| self.value(ty, value)).collect()
    }

    fn value(&self, ty: Type, told: &Value) -> Val {
        let text = || told.as_str().unwrap().to_owned();
        let id = match ty {
            Type::Bool => return Val::Bool(told.as_bool().unwrap()),
            Type::S32 => return Val::S32(told.as_i64().unwrap().try_into().unwrap()),
            Type::U32 => return Val::U32(told.as_u64().unwrap().try_into().unwrap()),
            Type::U64 => return Val::U64(told.as_u64().unwrap()),
            Type::String => return Val::String(text()),
            Type::Id(id) => id,
            other => panic!("no question has {other:?}"),
        };
        let items = || told.as_array().unwrap().iter();
        match &self.resolve.types[id].kind {
            TypeDefKind::Type(inner) => self.value(*inner, told),
            TypeDefKind::Option(_) if told.is_null() => Val::Option(None),
            TypeDefKind::Option(inner) => Val::Option(Some(Box::new(self.value(*inner, told)))),
            TypeDefKind::List(inner) => Val::List(items().map(|item| self.value(*inner, item)).collect()),
            TypeDefKind::Tuple(tuple) => {
                let items = tuple.types.iter().zip(items());
                Val::Tuple(items.map(|(ty, item)| self.value(*ty, item)).collect())
            }
            TypeDefKind::Enum(set) => Val::Enum(of_rust(&text(), set.cases.iter().map(|case| &case.name))),
            TypeDefKind::Variant(set) => {
                let (rust, payload) = match told.as_object() {
                    Some(object) => object
                        .iter()
                        .next()
                        .map(|(case, payload)| (case.clone(), payload))
                        .unwrap(),
                    None => (text(), &Value::Null),
                };
                let name = of_rust(&rust, set.cases.iter().map(|case| &case.name));
                let ty = set.cases.iter().find(|case| case.name == name).and_then(|case| case.ty);
                Val::Variant(name, ty.map(|ty| Box::new(self.value(ty, payload))))
            }
            TypeDefKind::Record(record) => {
                assert_eq!(told.as_object().unwrap().len(), record.fields.len());
                let field = |field: &wit_parser::Field| {
                    let own = &told[field.name.replace('-', "_")];
                    (field.name.clone(), self.value(field.ty, own))
                };
                Val::Record(record.fields.iter().map(field).collect())
            }
            other => panic!("no question has {other:?}"),
        }
    }

    /// What a caller passes that says nothing.
    fn zero(&self, ty: Type) -> Val {
        match ty {
            Type::Bool => Val::Bool(false),
            Type::U16 => Val::U16(0),
            Type::U32 => Val::U32(0),
            Type::S32 => Val::S32(0),
            Type::U64 => Val::U64(0),
            Type::String => Val::String(String::new()),
            Type::Id(id) => match &self.resolve.types[id].kind {
                TypeDefKind::Type(inner) => self.zero(*inner),
                TypeDefKind::Option(_) => Val::Option(None),
                TypeDefKind::List(_) => Val::List(Vec::new()),
                TypeDefKind::Enum(set) => Val::Enum(set.cases[0].name.clone()),
                TypeDefKind::Flags(_) => Val::Flags(Vec::new()),
                TypeDefKind::Variant(set) => {
                    let first = &set.cases[0];
                    Val::Variant(first.name.clone(), first.ty.map(|ty| Box::new(self.zero(ty))))
                }
                TypeDefKind::Record(record) => {
                    let fields = record.fields.iter();
                    Val::Record(fields.map(|field| (field.name.clone(), self.zero(field.ty))).collect())
                }
                other => panic!("no zero of {other:?}"),
            },
            other => panic!("no zero of {other:?}"),
        }
    }

    fn is_record(&self, ty: Type) -> bool {
        match ty {
            Type::Id(id) => match &self.resolve.types[id].kind {
                TypeDefKind::Type(inner) => self.is_record(*inner),
                TypeDefKind::Record(_) => true,
                _ => false,
            },
            _ => false,
        }
    }

    fn params(&self, function: &str) -> Vec<(String, Type)> {
        let found = self.functions().into_iter().find(|f| f.name == function);
        let params = found.unwrap_or_else(|| panic!("no function `{function}`")).params;
        params.into_iter().filter(|(name, _)| name != "self").collect()
    }

    fn functions(&self) -> Vec<Function> {
        let own = |function: &wit_parser::Function| Function {
            name: function.item_name().to_owned(),
            params: function.params.iter().map(|p| (p.name.clone(), p.ty)).collect(),
        };
        let exports = self.resolve.worlds[self.world].exports.values();
        exports
            .flat_map(|item| match item {
                WorldItem::Interface { id, .. } => {
                    let functions = self.resolve.interfaces[*id].functions.values();
                    functions.map(own).collect::<Vec<_>>()
                }
                WorldItem::Function(function) => vec![own(function)],
                WorldItem::Type { .. } => Vec::new(),
            })
            .collect()
    }
}

struct Function {
    name: String,
    params: Vec<(String, Type)>,
}

/// The case that generated Rust calls that.
fn of_rust<'a>(rust: &str, mut cases: impl Iterator<Item = &'a String>) -> String {
    let found = cases.find(|case| case.replace('-', "").eq_ignore_ascii_case(rust));
    found.unwrap_or_else(|| panic!("no case `{rust}`")).clone()
}
