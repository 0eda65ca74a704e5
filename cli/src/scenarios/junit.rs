//! The report that CI servers read: JUnit XML, the same in every language.

use std::collections::HashMap;
use std::io;

use gardefou::trace::{Asked, Check, Question};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::difference::difference;
use super::reasons::{Reasons, plain};
use super::{Suite, Tried, failure};
use crate::failure::SHOWN;
use crate::language::Language;
use crate::text::Look;

/// Columns of the texts in it.
const WIDTH: usize = 100;

/// A suite for each file; in it a case for each question that something is expected of, named by its kind
/// and its place among those: `frame 3`.
pub(crate) fn junit(suite: &Suite) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let files: Vec<(&Tried, Vec<Case<'_>>)> = suite.tried.iter().map(|tried| (tried, cases(tried))).collect();
    let counts = Counts::of(files.iter().flat_map(|(_, cases)| cases));
    xml.create_element("testsuites")
        .with_attributes([
            ("name", "gardefou test"),
            ("tests", &counts.all),
            ("failures", &counts.failed),
            ("errors", "0"),
        ])
        .write_inner_content(|xml| {
            let mut left = SHOWN;
            for (tried, cases) in &files {
                write_suite(xml, tried, cases, &suite.reasons, &mut left)?;
            }
            Ok(())
        })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// A question that something is expected of.
struct Case<'a> {
    name: String,
    asked: &'a Asked,
    failed: Vec<&'a Check>,
}

fn cases(tried: &Tried) -> Vec<Case<'_>> {
    let mut places: HashMap<Question, u64> = HashMap::new();
    let mut cases = Vec::new();
    for asked in tried.trial.asked() {
        let place = places.entry(asked.question()).or_default();
        *place += 1;
        if !asked.checks.is_empty() {
            cases.push(Case {
                name: format!("{} {place}", asked.question().name()),
                asked,
                failed: asked.checks.iter().filter(|check| !check.unmet.is_empty()).collect(),
            });
        }
    }
    cases
}

struct Counts {
    all: String,
    failed: String,
}

impl Counts {
    fn of<'a, 'b: 'a>(cases: impl Iterator<Item = &'a Case<'b>>) -> Self {
        let (all, failed) = cases.fold((0_u64, 0_u64), |(all, failed), case| {
            (all + 1, failed + u64::from(!case.failed.is_empty()))
        });
        Self {
            all: all.to_string(),
            failed: failed.to_string(),
        }
    }
}

fn write_suite(
    xml: &mut Writer<Vec<u8>>,
    tried: &Tried,
    cases: &[Case<'_>],
    reasons: &Reasons,
    left: &mut usize,
) -> io::Result<()> {
    let counts = Counts::of(cases.iter());
    let name = valid(&tried.name);
    xml.create_element("testsuite")
        .with_attributes([
            ("name", name.as_str()),
            ("tests", &counts.all),
            ("failures", &counts.failed),
            ("errors", "0"),
        ])
        .write_inner_content(|xml| {
            for case in cases {
                write_case(xml, &name, case, reasons, left)?;
            }
            Ok(())
        })
        .map(drop)
}

/// A question, with what does not hold of its answer; beyond so many `left`, no more than where that stands.
fn write_case(
    xml: &mut Writer<Vec<u8>>,
    class: &str,
    case: &Case<'_>,
    reasons: &Reasons,
    left: &mut usize,
) -> io::Result<()> {
    let element = xml
        .create_element("testcase")
        .with_attributes([("name", case.name.as_str()), ("classname", class)]);
    if case.failed.is_empty() {
        return element.write_empty().map(drop);
    }
    element
        .write_inner_content(|xml| {
            for check in &case.failed {
                let Some(rest) = left.checked_sub(1) else {
                    xml.create_element("failure")
                        .with_attributes([("type", "expectation"), ("message", &format!("line {}", check.line))])
                        .write_empty()?;
                    continue;
                };
                *left = rest;
                let look = Look::new(WIDTH, false).in_language(Language::English);
                let text = failure::lines(case.asked, check, reasons, look).join("\n");
                xml.create_element("failure")
                    .with_attributes([
                        ("type", "expectation"),
                        ("message", &message(case.asked, check, reasons)),
                    ])
                    .write_text_content(BytesText::new(&valid(&text)))?;
            }
            Ok(())
        })
        .map(drop)
}

/// `line 6: action expected keep, was skip; …`.
fn message(asked: &Asked, check: &Check, reasons: &Reasons) -> String {
    let fields = check.unmet.iter().map(|unmet| {
        let one = difference(unmet, (asked, check), reasons, Language::English);
        format!("{} expected {}, was {}", one.field, one.expected, one.actual)
    });
    let text = format!("line {}: {}", check.line, fields.collect::<Vec<_>>().join("; "));
    plain(&valid(&text))
}

/// XML has no way to write some characters.
fn valid(text: &str) -> String {
    let replaced = |c: char| match c {
        '\n' | '\t' => c,
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_write_is_replaced() {
        assert_eq!(
            valid("a\u{1b}[31m\u{0}<&\"\n\u{ffff}"),
            "a\u{fffd}[31m\u{fffd}<&\"\n\u{fffd}"
        );
    }
}
