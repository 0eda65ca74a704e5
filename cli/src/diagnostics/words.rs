//! The words around the problems; the problems bring their own.

use gardefou::rules::{Problem, Severity};

use super::Checked;

/// What stands before a rule's id.
pub(super) const RULE: &str = "rule";

/// "2 errors, 1 warning: these rules do not load".
pub(super) fn summary(checked: &Checked) -> String {
    let errors = counted(checked.count(Severity::Error), "error");
    let warnings = counted(checked.count(Severity::Warning), "warning");
    let counts: Vec<String> = [errors, warnings].into_iter().flatten().collect();
    let counts = if counts.is_empty() {
        "no error, no warning".to_owned()
    } else {
        counts.join(", ")
    };
    let end = if checked.loads() {
        "these rules load"
    } else {
        "these rules do not load"
    };
    format!("{counts}: {end}")
}

/// "and 12 more; …".
pub(super) fn more(count: usize) -> String {
    format!("and {count} more; `--format json` lists every one")
}

fn counted(count: usize, what: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    }
}

/// Everything that is said of a problem, for where there is one text only.
pub(super) fn in_one_text(problem: &Problem, reference: Option<&str>) -> String {
    let mut text = problem.message.clone();
    if let Some(rule) = problem.rule {
        let reference = reference.map_or_else(String::new, |reference| format!(", {reference}"));
        text.push_str(&format!("\n{RULE}: {rule}{reference}"));
    }
    if let Some(help) = &problem.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    text
}
