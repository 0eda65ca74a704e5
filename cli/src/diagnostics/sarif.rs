//! SARIF 2.1.0, which editors and the reviews of code hosts show.

use gardefou::rules::{Problem, Severity};
use serde::Serialize;

use super::place::place;
use super::{Checked, legal, words};
use crate::language::Language;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const PAGE: &str = concat!(
    env!("CARGO_PKG_REPOSITORY"),
    "/blob/main/docs/rules.md#errors-and-warnings"
);

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

/// A kind of problem.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    /// The three texts that code hosts ask for.
    short_description: Message,
    full_description: Message,
    help: Message,
    help_uri: &'static str,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// A problem; SARIF calls it a result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation<'a>,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// The row of the legal matrix, and where to look it up.
#[derive(Serialize)]
struct Properties {
    rule: &'static str,
    reference: Option<String>,
}

/// The document's problems as SARIF, in English for every program, with a line feed at its end.
pub(crate) fn sarif(checked: &Checked) -> serde_json::Result<String> {
    let uri = uri(&checked.name);
    let mut rules: Vec<Descriptor> = Vec::new();
    let mut results = Vec::new();
    for problem in &checked.problems {
        let known = rules.iter().position(|rule| rule.id == problem.code);
        let rule_index = known.unwrap_or(rules.len());
        if known.is_none() {
            rules.push(descriptor(problem));
        }
        results.push(finding(checked, problem, rule_index, &uri));
    }
    let driver = Driver {
        name: "gardefou",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules,
    };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    crate::output::pretty(&log)
}

fn descriptor(problem: &Problem) -> Descriptor {
    let text = |text: String| Message { text };
    let (kind, severity) = (problem.code.replace('-', " "), problem.severity.name());
    Descriptor {
        id: problem.code,
        short_description: text(kind.clone()),
        full_description: text(format!("{kind}: {severity} in a rule document")),
        help: text(format!("docs/rules.md explains `{}` and how to mend it", problem.code)),
        help_uri: PAGE,
        default_configuration: Configuration {
            level: level(problem.severity),
        },
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn finding<'a>(checked: &Checked, problem: &Problem, rule_index: usize, uri: &'a str) -> Finding<'a> {
    let place = place(&checked.text, problem);
    let reference = problem.rule.and_then(|rule| legal::reference(rule, Language::English));
    let region = Region {
        start_line: place.line,
        start_column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    };
    let physical_location = PhysicalLocation {
        artifact_location: ArtifactLocation { uri },
        region,
    };
    Finding {
        rule_id: problem.code,
        rule_index,
        level: level(problem.severity),
        message: Message {
            text: words::in_one_text(problem, reference.as_deref()),
        },
        locations: [Location { physical_location }],
        properties: problem.rule.map(|rule| Properties { rule, reference }),
    }
}

/// The name of a file as a reference to it: relative, unless it begins with `/`.
fn uri(name: &str) -> String {
    let name = if cfg!(windows) {
        name.replace('\\', "/")
    } else {
        name.to_owned()
    };
    let mut uri = String::from(if name.starts_with('/') { "file://" } else { "" });
    for byte in name.bytes() {
        match char::from(byte) {
            c if c.is_ascii_alphanumeric() || "-._~/".contains(c) => uri.push(c),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_becomes_a_reference() {
        assert_eq!(uri("rules/example.toml"), "rules/example.toml");
        assert_eq!(uri("/srv/a b.toml"), "file:///srv/a%20b.toml");
        assert_eq!(uri("r\u{e8}gles#1.toml"), "r%C3%A8gles%231.toml");
    }
}
