//! `gardefou schema`, held against the reader: the same keys, the same ones required, and no document
//! refused that the reader takes.

use std::collections::BTreeSet;

use crate::bad::{EXAMPLE, bad_documents, edited};
use gardefou::rules::{Problem, read_on};
use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::command_line::in_locale;

const PAGE: &str = include_str!("../../../docs/rules.md");

fn problems(document: &str) -> Vec<Problem> {
    read_on(document.as_bytes(), jiff::civil::date(2026, 11, 25)).problems
}

fn is_taken(document: &[u8]) -> bool {
    read_on(document, jiff::civil::date(2026, 11, 25)).rules.is_some()
}

fn gardefou(command: &str) -> String {
    let output = in_locale("C.UTF-8").arg(command).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(&gardefou("schema")).unwrap()
}

fn validator() -> Validator {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema), "it is a schema itself");
    jsonschema::validator_for(&schema).unwrap()
}

/// The document as editors put it to a schema: dates are texts.
fn as_json(document: &str) -> Value {
    fn value(toml: toml::Value) -> Value {
        match toml {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(flag) => flag.into(),
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(list) => list.into_iter().map(value).collect(),
            toml::Value::Table(table) => Value::Object(table.into_iter().map(|(k, v)| (k, value(v))).collect()),
        }
    }
    value(toml::Value::Table(document.parse().unwrap()))
}

/// Edits of the example that are right.
const GOOD_EDITS: &[(&str, &str)] = &[
    ("time-zone  = \"Europe/Paris\"", ""),
    ("while-held         = false", ""),
    ("while-held         = false", "while-held = true"),
    (
        "never-title   = [\"*mot de passe*\", \"*password*\"]",
        "never-title = []",
    ),
    (
        "never-title   = [\"*mot de passe*\", \"*password*\"]",
        "never-title = ['* *', \"\u{e9}*\"]",
    ),
    (
        "never-entered = [\"password\"]",
        "never-entered = [\"payment-card\", \"password\"]",
    ),
    ("never-entered = [\"password\"]", ""),
    ("employees    = [\"e-1001\", \"e-1002\"]", ""),
    ("review-until = 2027-01-15", ""),
    (
        "{ on = 2026-09-15, valid-for = \"730d\" }",
        "{ not-applicable = \"fewer than 50 employees\" }",
    ),
    ("{ on = 2026-09-30, valid-for = \"1095d\" }", "{ on = 1970-01-01 }"),
    (
        "{ reference = \"RT-042\", on = 2026-09-30 }",
        "{ reference = \"7\", on = 2026-09-30, valid-for = \"9999d\" }",
    ),
    ("until = 2027-04-30 }", "until = 9998-12-31 }"),
    ("recordings = \"180d\"", "recordings = \"007d\""),
    ("recordings = \"180d\"", "recordings = \"15638400000ms\""),
    ("unreviewed     = \"20h\"", "unreviewed = \"1000000s\""),
    ("unreviewed     = \"20h\"", "unreviewed = \"60000min\""),
    ("limit = 0.2,", "limit = 1e-6,"),
    ("limit = 0.2,", "limit = 0.5,"),
    ("[\"screen\", \"call\", ", "[\"call\", \"screen\", \"call\", "),
    ("valid-for = \"730d\"", "valid-for = \"007d\""),
    ("recordings = \"180d\"", "recordings = \"6months\""),
    ("accesses   = \"365d\"", "accesses = \"12months\""),
    ("version   = \"2026-09\"", "version = [\"2026-09\", \"2026-10\"]"),
    (
        "{ on = 2026-09-15, valid-for = \"730d\" }",
        "[{ name = \"Paris\", on = 2026-09-15 }, { name = \"Lyon\", on = 2026-09-16, valid-for = \"9d\" }]",
    ),
    (
        "until        = 2026-12-15",
        "until = 2026-12-15\ntime-zone = \"Indian/Reunion\"",
    ),
    (
        "until        = 2026-12-15",
        "until = 2026-12-15\nnever-entered = [\"password\"]",
    ),
    (
        "until        = 2026-12-15",
        "until = 2026-12-15\nworks-council = [{ name = \"Saint-Denis\", on = 2026-09-15 }]",
    ),
    (
        "controller = \"ACME SAS\"",
        "controller = 'Soci\u{e9}t\u{e9} \"\u{20ac}\" \\ *'",
    ),
    (
        "{ executable = \"crm.exe\", signer = \"ACME SAS\" }",
        "{ package = \"a.b\", title = \"*x\" }",
    ),
    (
        "{ executable = \"crm.exe\", signer = \"ACME SAS\" }",
        "{ wm-class = \"Crm*\" }",
    ),
    (
        "{ executable = \"crm.exe\", signer = \"ACME SAS\" }",
        "{ executable = 'C:\\Apps\\crm.exe' }",
    ),
    (
        "https://crm.acme.example/**",
        "https://*.acme.example:8443/app/**?x=*#y",
    ),
    ("https://crm.acme.example/**", "app+x://[::1]:80/"),
    ("https://crm.acme.example/**", "https://b\u{fc}cher.example/a b/*"),
    ("purposes   = [\"oversight\"]", "purposes = []"),
];

#[test]
fn what_the_reader_takes_is_valid() {
    let validator = validator();
    let mut documents = vec![EXAMPLE.to_owned(), gardefou("new")];
    let blocks = PAGE
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap());
    documents.extend(
        blocks
            .filter(|block| block.contains("[[role]]") && block.starts_with("format"))
            .map(str::to_owned),
    );
    assert_eq!(documents.len(), 3);
    documents.extend(GOOD_EDITS.iter().map(|edit| edited(&[*edit])));
    documents.extend(bad_documents().into_iter().filter_map(|(_, document)| {
        let is_warned_about = is_taken(&document);
        is_warned_about.then(|| String::from_utf8(document).unwrap())
    }));
    for document in documents {
        assert!(is_taken(document.as_bytes()), "{:?}", problems(&document));
        let json = as_json(&document);
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{document}");
    }
}

/// What only the text, several values together, or the size tell.
const BEYOND_A_SCHEMA: &[&str] = &[
    "above-ceiling",
    "announced-late",
    "browser-without-url",
    "dates-order",
    "document-too-large",
    "duplicate-id",
    "duplicate-key",
    "employees-file",
    "employees-file-content",
    "employees-head",
    "missing-value",
    "not-utf-8",
    "nul-character",
    "overlapping-programmes",
    "pattern-says-nothing",
    "public-suffix",
    "rights-unanswered",
    "share-decimals",
    "social-security-number",
    "syntax",
    "too-many-employees",
    "too-many-patterns",
    "unknown-reference",
    "unknown-time-zone",
    "unquoted-text",
];

#[test]
fn what_is_wrong_by_itself_is_invalid() {
    let validator = validator();
    let mut seen = BTreeSet::new();
    for (code, document) in bad_documents() {
        if is_taken(&document) || BEYOND_A_SCHEMA.contains(&code) {
            continue;
        }
        let document = String::from_utf8(document).unwrap();
        // TOML itself refuses days that no calendar has.
        if document.parse::<toml::Table>().is_err() {
            assert_eq!(code, "bad-date");
            continue;
        }
        assert!(!validator.is_valid(&as_json(&document)), "`{code}` is not seen");
        seen.insert(code);
    }
    for code in [
        "unknown-key",
        "missing-key",
        "wrong-type",
        "bad-duration",
        "unknown-value",
        "url-shape",
        "too-broad",
    ] {
        assert!(seen.contains(code), "`{code}` was tried");
    }
}

/// Each table of a document: how its keys are written in TOML, and where its schema is.
const TABLES: &[(&str, &str, &str)] = &[
    ("{}", "", ""),
    ("in-force = {}", "in-force", ""),
    ("[attestations]\n", "attestations", ""),
    (
        "[attestations]\nworks-council = {}",
        "attestations/works-council",
        "not-applicable",
    ),
    (
        "[attestations]\nworks-council = [{}]",
        "attestations/works-council/[]",
        "-not-applicable",
    ),
    (
        "[[programme]]\nworks-council = [{}]",
        "programme/works-council",
        "-not-applicable",
    ),
    // The reader knows the key in these two to say that it can never be there.
    (
        "[attestations]\nimpact-assessment = {}",
        "attestations/impact-assessment",
        "-not-applicable",
    ),
    (
        "[attestations]\nregister-entry = {}",
        "attestations/register-entry",
        "-not-applicable",
    ),
    ("[employee-notice]\n", "employee-notice", ""),
    ("[recording]\n", "recording", ""),
    ("[retention]\n", "retention", ""),
    ("[[application]]\n", "application", ""),
    ("[[application]]\nmatch = [{}]", "application/match", ""),
    ("[[programme]]\n", "programme", ""),
    ("[[programme]]\n[programme.volume]\n", "programme/volume", ""),
    (
        "[[programme]]\n[programme.volume]\nper-employee = {}",
        "programme/volume/per-employee",
        "",
    ),
    (
        "[[programme]]\n[programme.volume]\nprogramme = {}",
        "programme/volume/programme",
        "",
    ),
    (
        "[[programme]]\n[programme.volume]\nshare-of-calls = {}",
        "programme/volume/share-of-calls",
        "",
    ),
    ("[[role]]\n", "role", ""),
];

const ODD: &str = "zzzzzzzzzzzzzzzzzzzzzzzz";

/// The keys that the reader knows in a table, and those that it misses in one without any.
fn keys_of_the_reader(table: &'static str) -> (BTreeSet<String>, BTreeSet<String>) {
    let odd = format!("{ODD} = 1");
    let document = match table {
        "{}" => odd,
        table if table.contains("{}") => table.replace("{}", &format!("{{ {odd} }}")),
        table => format!("{table}{odd}\n"),
    };
    let problems = problems(&document);
    let unknown: Vec<&Problem> = problems.iter().filter(|p| p.message.english.contains(ODD)).collect();
    let [unknown] = unknown.as_slice() else {
        panic!("{table}: {problems:?}");
    };
    let (what, known) = unknown.help.as_ref().unwrap().english.split_once(" can have ").unwrap();
    let known = known.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let what = what.strip_prefix("delete it; ").unwrap();
    let missing = format!("` is missing from {what}");
    let missing = problems.iter().filter_map(|p| p.message.english.strip_suffix(&missing));
    (
        known,
        missing.map(|key| key.trim_start_matches('`').to_owned()).collect(),
    )
}

/// The schemas of tables at this place: one, or the alternatives.
fn schemas_at<'s>(schema: &'s Value, place: &str) -> Vec<&'s Map<String, Value>> {
    let mut at = schema;
    for key in place.split('/').filter(|key| !key.is_empty()) {
        if key == "[]" {
            let kinds = at["anyOf"].as_array().unwrap();
            at = &kinds.iter().find(|kind| kind["type"] == "array").unwrap()["items"];
            continue;
        }
        at = &at["properties"][key];
        if at["type"] == "array" {
            at = &at["items"];
        }
    }
    match at.get("anyOf").filter(|_| at["type"] != "object") {
        Some(Value::Array(kinds)) => {
            let tables = kinds.iter().filter(|kind| kind["type"] == "object");
            tables.map(|kind| kind.as_object().unwrap()).collect()
        }
        _ => vec![at.as_object().unwrap()],
    }
}

fn names(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::Object(properties)) => properties.keys().cloned().collect(),
        Some(Value::Array(required)) => required.iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema = schema();
    for (table, place, special) in TABLES {
        let (mut known, missing) = keys_of_the_reader(table);
        let schemas = schemas_at(&schema, place);
        assert!(schemas.iter().all(|s| s["additionalProperties"] == false), "{place}");
        let described: BTreeSet<String> = schemas.iter().flat_map(|s| names(s.get("properties"))).collect();
        let required = names(schemas[0].get("required"));
        if let Some(refused) = special.strip_prefix('-') {
            assert!(known.remove(refused), "{place}");
        }
        assert_eq!(known, described, "{place}");
        if *place == "attestations/works-council" {
            assert_eq!(
                names(schemas[1].get("required")),
                BTreeSet::from([(*special).to_owned()])
            );
        }
        assert_eq!(missing, required, "{place}");
    }
    // No table of the schema was left out above.
    let tables = TABLES
        .iter()
        .map(|(_, place, _)| schemas_at(&schema, place).len())
        .sum::<usize>();
    assert_eq!(count_tables(&schema), tables);
}

fn count_tables(value: &Value) -> usize {
    match value {
        Value::Object(object) => {
            usize::from(object.contains_key("properties") && object.contains_key("additionalProperties"))
                + object.values().map(count_tables).sum::<usize>()
        }
        Value::Array(list) => list.iter().map(count_tables).sum(),
        _ => 0,
    }
}

/// An editor shows the description of a key; each must have one, and none may offer what TOML has not.
#[test]
fn every_key_is_described() {
    fn visit(place: &str, value: &Value) {
        if let Value::Object(object) = value {
            assert!(!object.contains_key("$ref"), "{place}");
            assert_ne!(object.get("type"), Some(&Value::from("null")), "{place}");
            if let Some(Value::Object(properties)) = object.get("properties") {
                for (key, property) in properties {
                    let described = property["description"].as_str();
                    assert!(described.is_some_and(|text| text.len() > 10), "{place}/{key}");
                }
            }
            for (key, inner) in object {
                visit(&format!("{place}/{key}"), inner);
            }
        }
    }
    visit("", &schema());
}
