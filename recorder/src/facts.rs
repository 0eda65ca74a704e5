//! `FACTS.json`: what the company knows about the call that begins, read anew at each.

use std::collections::BTreeMap;
use std::path::Path;

use gardefou::{Calls, CaptureMode, Millis, Notice, Purpose, SessionFacts, Timestamp, Usage};
use serde::Deserialize;
use serde_json::error::Category;

use crate::files;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The fields of a trace's `session` line but those that the recorder knows itself. All may be missing:
/// what is missing refuses.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Written {
    session: Option<String>,
    employee: Option<String>,
    programme: Option<String>,
    purpose: Option<Purpose>,
    employee_notice: Option<WrittenNotice>,
    employee_objected: Option<bool>,
    enrolled_at: Option<Timestamp>,
    protected_line: Option<bool>,
    calls_offered: Option<u32>,
    calls_recorded: Option<u32>,
    extra: BTreeMap<String, String>,
    usage: WrittenUsage,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenNotice {
    version: String,
    given_at: Timestamp,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct WrittenUsage {
    employee_used: Millis,
    programme_used: Millis,
    unreviewed: Millis,
}

/// Reads the file. `interval`: the recorder's own frame interval, in ms.
///
/// # Errors
/// What is wrong, and on which line: then nothing of the file counts.
pub(crate) fn read(file: &Path, interval: Millis) -> Result<(SessionFacts, Usage), String> {
    let shown = file.display();
    let bytes = files::read(file, LONGEST).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    let text = str::from_utf8(&bytes).map_err(|error| format!("`{shown}`: {error}"))?;
    parse(text, interval).map_err(|why| format!("`{shown}`, {why}"))
}

fn parse(text: &str, interval: Millis) -> Result<(SessionFacts, Usage), String> {
    // A derived reader takes a list for an object: nobody means that.
    if !text.trim_start().starts_with('{') {
        return Err("line 1, column 1: expected an object".to_owned());
    }
    let written: Written = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("line {line}, column {column}: {}", explained(&error))
    })?;
    let mut facts = SessionFacts::default();
    facts.session = written.session.unwrap_or_default();
    facts.employee = written.employee.unwrap_or_default();
    facts.programme = written.programme.unwrap_or_default();
    facts.purpose = written.purpose.unwrap_or_default();
    facts.mode = CaptureMode::ScreenVideo;
    facts.frame_interval = interval;
    facts.employee_notice = written.employee_notice.map(|notice| Notice {
        version: notice.version,
        given_at: notice.given_at,
    });
    facts.employee_objected = written.employee_objected.into();
    facts.enrolled_at = written.enrolled_at;
    facts.protected_line = written.protected_line.into();
    // Both numbers, or nobody counted.
    let calls = written.calls_offered.zip(written.calls_recorded);
    facts.calls = calls.map(|(offered, recorded)| Calls { offered, recorded });
    facts.extra = written.extra.into_iter().collect();
    let usage = Usage {
        employee_used: written.usage.employee_used,
        programme_used: written.usage.programme_used,
        unreviewed: written.usage.unreviewed,
    };
    Ok((facts, usage))
}

/// What is wrong, without what stands there, nor a name that is not known: it may be a person's.
fn explained(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    if error.classify() != Category::Data {
        return what.to_owned();
    }
    let expected = what.rsplit_once(", expected ").map(|(_, expected)| expected);
    let expected = expected.map(|expected| {
        expected
            .replace("u64", "a whole number")
            .replace("u32", "a whole number")
            .replace("struct WrittenNotice", "an object")
            .replace("struct WrittenUsage", "an object")
            .replace("struct Written", "an object")
    });
    let kind = if what.starts_with("unknown field") {
        "an unknown field".to_owned()
    } else if what.starts_with("duplicate field") || what.starts_with("missing field") {
        // Of these only names that the recorder knows are told.
        return what.to_owned();
    } else {
        "a value that is none of those that may stand here".to_owned()
    };
    match expected {
        Some(expected) => format!("{kind}, expected {expected}"),
        None => kind,
    }
}

#[cfg(test)]
mod tests {
    use gardefou::Answer;

    use super::*;

    #[test]
    fn what_is_missing_refuses() {
        let (facts, usage) = parse("{\"employee\":\"e-1\"}", 200).unwrap();
        assert_eq!(facts.employee, "e-1");
        assert_eq!(
            (facts.employee_objected, facts.protected_line),
            (Answer::Unknown, Answer::Unknown)
        );
        assert_eq!(
            (facts.calls, facts.purpose, facts.frame_interval),
            (None, Purpose::Other, 200)
        );
        assert_eq!(usage, Usage::default());
        let half = r#"{"calls-offered":10,"employee-objected":null,"protected-line":null}"#;
        let (facts, _) = parse(half, 200).unwrap();
        assert_eq!(facts.calls, None, "nobody counted the recorded ones");
        assert_eq!(facts.employee_objected, Answer::Unknown);
    }

    #[test]
    fn the_file_to_copy_is_whole() {
        let (facts, _) = parse(include_str!("../../examples/facts.json"), 200).unwrap();
        assert_eq!(
            (facts.employee.as_str(), facts.programme.as_str()),
            ("e-1001", "crm-onboarding")
        );
        assert!(facts.employee_notice.is_some() && facts.calls.is_some());
        assert_eq!(
            (facts.employee_objected, facts.protected_line),
            (Answer::No, Answer::No)
        );
    }

    #[test]
    fn everything_that_a_session_line_has_is_read() {
        let text = r#"{"session":"s-1","employee":"e-1","programme":"p","purpose":"training",
            "employee-notice":{"version":"2026-09","given-at":1791000000000},"employee-objected":false,
            "enrolled-at":null,"protected-line":false,"calls-offered":10,"calls-recorded":1,
            "extra":{"site":"north"},"usage":{"employee-used":5}}"#;
        let (facts, usage) = parse(text, 200).unwrap();
        assert_eq!(
            facts.employee_notice.unwrap().given_at,
            Timestamp::from_millis(1_791_000_000_000)
        );
        assert_eq!(facts.extra, [("site".to_owned(), "north".to_owned())]);
        assert_eq!((usage.employee_used, usage.unreviewed), (5, 0));
        assert_eq!(
            (facts.employee_objected, facts.protected_line),
            (Answer::No, Answer::No)
        );
        assert_eq!(
            facts.calls,
            Some(Calls {
                offered: 10,
                recorded: 1
            })
        );
    }

    #[test]
    fn no_value_is_said() {
        for text in [
            r#"{"calls-offered":"Jean Dupont"}"#,
            r#"{"purpose":"Jean Dupont"}"#,
            r#"{"purpose":"Jean, expected Dupont"}"#,
            r#"{"employee-notice":"Jean Dupont"}"#,
            r#"{"employee-objected":"Jean Dupont"}"#,
            r#"{"extra":{"Jean":7}}"#,
            r#"{"Jean Dupont":1}"#,
            r#"{"jean":1}"#,
            r#"{"usage":{"dupont":1}}"#,
            r#"{"Jean `x` Dupont":1}"#,
            r#"{"usage":{"Jean Dupont":1}}"#,
            r#"{"enrolled-at":"Jean Dupont"}"#,
            r#"{"employee":["Dupont"]}"#,
            r#"{"employee":4200017}"#,
            r#"{"session":"Jean Dupont" "Dupont"}"#,
        ] {
            let why = parse(text, 200).unwrap_err().to_lowercase();
            assert!(
                !why.contains("jean") && !why.contains("dupont") && !why.contains("4200017"),
                "{why}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_without_what_only_programmers_know() {
        for (text, line, what) in [
            (
                "{\n\"mode\":\"screen-video\"}",
                "line 2",
                "an unknown field, expected one of",
            ),
            ("{\n\n\"calls-offered\":1.5}", "line 3", "expected a whole number"),
            ("{\"employee\":\"a\",\n\"employee\":\"b\"}", "line 2", "duplicate field"),
            ("{\n\"purpose\":\"fun\"}", "line 2", "expected one of `training`"),
            ("[]", "line 1", ""),
            ("{\"usage\":\"x\"}", "line 1", "expected an object"),
            ("", "line 1", ""),
        ] {
            let why = parse(text, 200).unwrap_err();
            assert!(why.starts_with(line) && why.contains(what), "{why}");
            assert!(!why.contains("Written") && !why.contains("u32"), "{why}");
        }
    }
}
