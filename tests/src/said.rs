//! A second reader of rule documents, and of what `gardefou diff` and `gardefou verify` say about them.
//!
//! It shares nothing with the command but the words of its JSON: it reads the two documents as plain TOML, and
//! holds every sentence against them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// A rule document, read as TOML and nothing else.
#[derive(Clone, Debug)]
pub struct Document(Map<String, Value>);

const REPEATED: [&str; 3] = ["application", "programme", "role"];

impl Document {
    /// Reads a document.
    ///
    /// # Panics
    /// When it is not TOML.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let table: toml::Table = text.parse().unwrap();
        match of(&toml::Value::Table(table)) {
            Value::Object(object) => Self(object),
            _ => Self(Map::new()),
        }
    }

    /// The ids of the sections of a kind.
    #[must_use]
    pub fn ids(&self, kind: &str) -> BTreeSet<String> {
        let sections = self.0.get(kind).and_then(Value::as_array).into_iter().flatten();
        sections
            .filter_map(|section| Some(section.get("id")?.as_str()?.to_owned()))
            .collect()
    }

    fn section(&self, scope: &Scope) -> Option<Value> {
        match scope {
            None => Some(Value::Object(self.0.clone())),
            Some((kind, id)) => {
                let mut sections = self.0.get(kind)?.as_array()?.iter();
                sections.find(|section| section["id"] == **id).cloned()
            }
        }
    }

    /// What a key says; `from, until` are two keys.
    fn says(&self, scope: &Scope, key: &str) -> Option<Value> {
        let section = self.section(scope)?;
        if key.is_empty() {
            return Some(section);
        }
        if key == "from, until" {
            return Some(json!({"from": section.get("from")?, "until": section.get("until")?}));
        }
        key.split('.').try_fold(section, |value, step| value.get(step).cloned())
    }

    /// A length of time in a programme, in ms.
    #[must_use]
    pub fn length(&self, programme: &str, key: &str) -> Option<u64> {
        let scope = Some(("programme".to_owned(), programme.to_owned()));
        let value = self.says(&scope, key).or_else(|| self.says(&None, key))?;
        Some(millis(value.as_str()?))
    }

    /// The employees of a programme; none where the recorder attests.
    #[must_use]
    pub fn employees(&self, programme: &str) -> Option<Vec<String>> {
        let scope = Some(("programme".to_owned(), programme.to_owned()));
        let list = self.says(&scope, "employees")?;
        list.as_array()?
            .iter()
            .map(|one| Some(one.as_str()?.to_owned()))
            .collect()
    }

    /// A day of a programme.
    #[must_use]
    pub fn day(&self, programme: &str, key: &str) -> Option<String> {
        let scope = Some(("programme".to_owned(), programme.to_owned()));
        Some(self.says(&scope, key)?.as_str()?.to_owned())
    }

    /// Everything that it says, leaf by leaf.
    fn leaves(&self) -> BTreeMap<(Scope, String), Value> {
        let mut leaves = BTreeMap::new();
        for (key, value) in &self.0 {
            if !REPEATED.contains(&key.as_str()) {
                flatten(&None, key, value, &mut leaves);
            }
        }
        for kind in REPEATED {
            for id in self.ids(kind) {
                let scope = Some((kind.to_owned(), id));
                if let Some(Value::Object(section)) = self.section(&scope) {
                    for (key, value) in &section {
                        flatten(&scope, key, value, &mut leaves);
                    }
                }
            }
        }
        leaves
    }
}

/// The document, or a section of a kind with an id.
type Scope = Option<(String, String)>;

fn flatten(scope: &Scope, key: &str, value: &Value, leaves: &mut BTreeMap<(Scope, String), Value>) {
    match value {
        Value::Object(object) => {
            for (name, below) in object {
                flatten(scope, &format!("{key}.{name}"), below, leaves);
            }
        }
        Value::Array(list) => {
            let mut sorted = list.clone();
            sorted.sort_by_key(ToString::to_string);
            leaves.insert((scope.clone(), key.to_owned()), Value::Array(sorted));
        }
        other => drop(leaves.insert((scope.clone(), key.to_owned()), other.clone())),
    }
}

fn of(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(list) => list.iter().map(of).collect(),
        toml::Value::Table(table) => Value::Object(table.iter().map(|(key, value)| (key.clone(), of(value))).collect()),
    }
}

/// A length of time as documents write it.
fn millis(written: &str) -> u64 {
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().unwrap();
    number
        * match &written[digits.len()..] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            other => panic!("{other}"),
        }
}

/// A length of time as sentences say it: `3h` is `3 hours`.
fn spelled(written: &str) -> String {
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &written[digits.len()..] {
        "ms" => "millisecond",
        "s" => "second",
        "m" | "min" => "minute",
        "h" => "hour",
        "d" => "day",
        other => panic!("{other}"),
    };
    let plural = if digits == "1" { "" } else { "s" };
    format!("{digits} {unit}{plural}")
}

/// A day as sentences say it: `2026-11-30` is `30 November 2026`.
fn spelled_day(written: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts: Vec<&str> = written.split('-').collect();
    let month: usize = parts[1].parse().unwrap();
    format!(
        "{} {} {}",
        parts[2].trim_start_matches('0'),
        MONTHS[month - 1],
        parts[0]
    )
}

/// The scopes that a sentence is about.
fn scopes(sentence: &Value) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for kind in REPEATED {
        let ids = sentence.get(format!("{kind}s")).and_then(Value::as_array);
        for id in ids.into_iter().flatten() {
            scopes.push(Some((kind.to_owned(), id.as_str().unwrap().to_owned())));
        }
    }
    if scopes.is_empty() { vec![None] } else { scopes }
}

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// The entries of one list that another does not have, as a sorted list.
fn without(one: &[Value], other: &[Value]) -> Vec<Value> {
    let mut left = other.to_vec();
    let mut only: Vec<Value> = one
        .iter()
        .filter(|value| match left.iter().position(|own| own == *value) {
            Some(at) => {
                left.remove(at);
                false
            }
            None => true,
        })
        .cloned()
        .collect();
    only.sort_by_key(ToString::to_string);
    only
}

fn sorted(value: &Value) -> Vec<Value> {
    let mut list = value.as_array().cloned().unwrap_or_default();
    list.sort_by_key(ToString::to_string);
    list
}

/// Whether the data of a sentence is what both documents say, of everything that it is about.
///
/// # Errors
/// What is false.
pub fn holds(sentence: &Value, old: &Document, new: &Document) -> Result<(), String> {
    let key = sentence["key"].as_str().ok_or("a sentence names no key")?;
    for scope in scopes(sentence) {
        let [before, after] = [old, new].map(|document| document.says(&scope, key));
        let fail = |what: &str| {
            Err(format!(
                "{what} of {scope:?}, `{key}`: {sentence}, not {before:?} and {after:?}"
            ))
        };
        if sentence.get("counts").is_some() {
            let [one, other] = [before.clone(), after.clone()].map(list);
            if sentence["counts"] != json!([one.len(), other.len()]) {
                return fail("a false count");
            }
            if sorted(&sentence["gone"]) != without(&one, &other) {
                return fail("a false departure");
            }
            if sorted(&sentence["come"]) != without(&other, &one) {
                return fail("a false arrival");
            }
        } else {
            let told = |side: &str| Some(sentence[side].clone()).filter(|value| !value.is_null());
            let alike = |told: Option<Value>, said: &Option<Value>| match (&told, said) {
                (Some(Value::Array(_)), Some(Value::Array(_))) => {
                    sorted(told.as_ref().unwrap_or(&Value::Null)) == sorted(said.as_ref().unwrap_or(&Value::Null))
                }
                _ => told == *said,
            };
            if !alike(told("old"), &before) {
                return fail("a false old value");
            }
            if !alike(told("new"), &after) {
                return fail("a false new value");
            }
            if before == after {
                return fail("no difference");
            }
        }
    }
    in_words(sentence, key)
}

/// Whether the English sentence has the words that its data calls for, in the order of old and new.
fn in_words(sentence: &Value, key: &str) -> Result<(), String> {
    let Some(english) = sentence["english"].as_str() else {
        return Ok(());
    };
    let english = english.replace('\u{a0}', " ");
    let mut words: Vec<String> = Vec::new();
    for scope in scopes(sentence).into_iter().flatten() {
        words.push(format!("`{}`", scope.1));
    }
    for side in ["old", "new"] {
        let value = &sentence[side];
        match key {
            "from, until" => {
                for end in ["from", "until"] {
                    words.extend(value[end].as_str().map(spelled_day));
                }
            }
            "volume.per-employee" | "volume.programme" => {
                words.extend(value["limit"].as_str().map(spelled));
                words.extend(value["per"].as_str().map(spelled));
            }
            "review-until" | "announced-on" => words.extend(value.as_str().map(spelled_day)),
            "volume.unreviewed" => words.extend(value.as_str().map(spelled)),
            _ => {}
        }
    }
    let mut rest = english.as_str();
    for word in &words {
        match rest.find(word.as_str()) {
            Some(at) => rest = &rest[at + word.len()..],
            None => return Err(format!("no `{word}` where it belongs in: {english}")),
        }
    }
    for (entries, _) in [("come", ()), ("gone", ())] {
        for entry in sentence[entries].as_array().into_iter().flatten().take(20) {
            if let Some(token) = entry.as_str()
                && !english.contains(&format!("`{token}`"))
            {
                return Err(format!("`{token}` is not in: {english}"));
            }
        }
    }
    Ok(())
}

/// Every difference of the documents that no sentence is about.
#[must_use]
pub fn untold(sentences: &[Value], old: &Document, new: &Document) -> Vec<String> {
    let [before, after] = [old, new].map(Document::leaves);
    let leaves: BTreeSet<&(Scope, String)> = before.keys().chain(after.keys()).collect();
    let is_told = |scope: &Scope, leaf: &str| {
        sentences.iter().any(|sentence| {
            let key = sentence["key"].as_str().unwrap_or_default();
            let is_about = key.is_empty()
                || key == leaf
                || leaf.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))
                || (key == "from, until" && ["from", "until"].contains(&leaf));
            is_about && scopes(sentence).contains(scope) && (scope.is_some() || !key.is_empty())
        })
    };
    let differing = leaves.into_iter().filter(|leaf| before.get(*leaf) != after.get(*leaf));
    differing
        .filter(|(scope, leaf)| !is_told(scope, leaf))
        .map(|(scope, leaf)| format!("{scope:?}, `{leaf}`"))
        .collect()
}

/// The programmes whose announcement stayed while they begin earlier, end later, are worked with for longer, or
/// have employees who were not there.
#[must_use]
pub fn unannounced(old: &Document, new: &Document) -> BTreeMap<String, Vec<&'static str>> {
    let mut found = BTreeMap::new();
    for id in old.ids("programme").intersection(&new.ids("programme")) {
        if old.day(id, "announced-on") != new.day(id, "announced-on") {
            continue;
        }
        let mut what = Vec::new();
        if new.day(id, "from") < old.day(id, "from") {
            what.push("from-earlier");
        }
        if new.day(id, "until") > old.day(id, "until") {
            what.push("until-later");
        }
        if new.day(id, "review-until") > old.day(id, "review-until") {
            what.push("review-until-later");
        }
        let added = match (old.employees(id), new.employees(id)) {
            (Some(old), Some(new)) => new.iter().any(|one| !old.contains(one)),
            (Some(_), None) => true,
            _ => false,
        };
        if added {
            what.push("employees-added");
        }
        if !what.is_empty() {
            found.insert(id.clone(), what);
        }
    }
    found
}

/// Whether what a group of answers says of caps, employees and days is so, of every programme that it names.
///
/// # Errors
/// What is false.
pub fn group_holds(group: &Value, sentences: &[Value], old: &Document, new: &Document) -> Result<(), String> {
    let named: Vec<&str> = group["programmes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if let Some(term) = group.get("term") {
        let key = match term["name"].as_str().unwrap_or_default() {
            "max-frame-interval" => "recording.max-frame-interval",
            "max-facts-age" => "recording.max-facts-age",
            "employee-limit" => "volume.per-employee.limit",
            "employee-per" => "volume.per-employee.per",
            "programme-limit" => "volume.programme.limit",
            "programme-per" => "volume.programme.per",
            "max-unreviewed" => "volume.unreviewed",
            "sampling-period" => "volume.share-of-calls.per",
            other => return Err(format!("no such term: {other}")),
        };
        for programme in &named {
            let [before, after] = [old, new].map(|document| document.length(programme, key));
            if term["old"].as_u64() != before || term["new"].as_u64() != after {
                return Err(format!("{term} is false of `{programme}`: {before:?}, {after:?}"));
            }
        }
    }
    for rule in group["rules"].as_array().into_iter().flatten() {
        holds(rule, old, new)?;
        for (kind, id) in scopes(rule).into_iter().flatten() {
            if kind == "programme" && !named.contains(&id.as_str()) {
                return Err(format!("{rule} is of no programme of {named:?}"));
            }
        }
        let is_said = sentences.iter().any(|one| one["key"] == rule["key"]);
        if !is_said {
            return Err(format!("{rule} is said nowhere else"));
        }
    }
    example_holds(group, old, new)
}

/// Whether the first example of a group is what its answers say: on which days, of whom, and how much.
fn example_holds(group: &Value, old: &Document, new: &Document) -> Result<(), String> {
    let example = &group["example"];
    let facts: BTreeMap<&str, &str> = example["facts"]
        .as_str()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|part| part.split_once('='))
        .collect();
    let Some(programme) = facts.get("programme").copied() else {
        return Ok(());
    };
    for (side, document) in [("old", old), ("new", new)] {
        let answer = &example[side];
        let fail = |what: &str| Err(format!("{what}: {side} answer of {group}"));
        let is_known = document.ids("programme").contains(programme);
        let permits = matches!(answer["action"].as_str(), Some("open" | "keep"));
        let day = facts.get("at").and_then(|at| local_day(at));
        let within = day
            .as_ref()
            .zip(document.day(programme, "from"))
            .zip(document.day(programme, "until"));
        let within = within.is_some_and(|((day, from), until)| *day >= from && *day <= until);
        if permits && (!is_known || !within) {
            return fail("recorded outside of the programme's days");
        }
        // The first note is that of an unknown programme.
        if group["question"] == "session" && answer["reason"] == "programme" && (answer["detail"] == 1) == is_known {
            return fail("the programme is known, or not");
        }
        let employees = document.employees(programme);
        let is_listed = facts
            .get("employee")
            .zip(employees.as_ref())
            .map(|(one, list)| list.iter().any(|own| own == one));
        if permits && is_listed == Some(false) {
            return fail("recorded an employee who is not listed");
        }
        if answer["reason"] == "no-training-need" && is_listed == Some(true) {
            return fail("refused an employee who is listed");
        }
        if group["question"] == "frame"
            && let [Some(used), Some(all), Some(interval)] = ["employee-used", "programme-used", "frame-interval"]
                .map(|name| facts.get(name).and_then(|value| value.parse::<u64>().ok()))
        {
            let cap = |key| document.length(programme, key).unwrap_or(0);
            let is_full = used + interval > cap("volume.per-employee.limit")
                || all + interval > cap("volume.programme.limit")
                || facts
                    .get("unreviewed")
                    .and_then(|value| value.parse().ok())
                    .unwrap_or(0)
                    + interval
                    > cap("volume.unreviewed");
            if permits && is_full {
                return fail("recorded above a cap");
            }
            if answer["reason"] == "volume" && !is_full && is_known {
                return fail("refused below every cap");
            }
        }
    }
    Ok(())
}

/// The day in Paris of an instant in winter.
fn local_day(at: &str) -> Option<String> {
    let (date, time) = at.split_once('T')?;
    let hour: u32 = time.get(..2)?.parse().ok()?;
    if hour < 23 {
        return Some(date.to_owned());
    }
    let parts: Vec<u32> = date.split('-').filter_map(|part| part.parse().ok()).collect();
    let [year, month, day] = parts[..] else { return None };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        2 => 28,
        _ => 30,
    };
    Some(match (month, day) {
        (12, 31) => format!("{}-01-01", year + 1),
        (month, day) if day == days => format!("{year}-{:02}-01", month + 1),
        (month, day) => format!("{year}-{month:02}-{:02}", day + 1),
    })
}
