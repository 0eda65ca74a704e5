//! All reasons, for whoever asks for none.

use gardefou::Reason;
use serde_json::json;

use super::json::both;
use super::name::Named;
use super::subject::{Subject, own_reasons};
use crate::inspect::in_ascii;
use crate::language::Language;
use crate::policy_file::PolicyFile;
use crate::text::{FAINT, Look, paint};

fn all(file: Option<&PolicyFile>) -> Vec<Subject<'_>> {
    let reasons = Reason::ALL.into_iter().chain(own_reasons(file));
    let named = reasons.map(|reason| Named { reason, detail: None });
    named.filter_map(|named| Subject::of(named, file)).collect()
}

/// A line for each, with its number, name, title and row.
pub(crate) fn list_page(file: Option<&PolicyFile>, look: Look) -> String {
    let mut page = String::new();
    for subject in all(file) {
        let name = subject.info.map_or("", |info| info.name);
        let (rule, _) = subject.source();
        let row = if rule.is_empty() {
            String::new()
        } else {
            format!("{}{rule}", look.dot())
        };
        let title = subject.title(look.language);
        let number = subject.named.reason.0;
        page.push_str(&format!("{number:>4}  {name:<22}  {title}{}\n", paint(FAINT, &row)));
    }
    let more = look.language.pick(
        "\n`gardefou explain REASON` says more of one, `--policy` which lines of its rules set it.\n",
        "\n`gardefou explain MOTIF` en dit plus, `--policy` quelles lignes des règles le fixent.\n",
    );
    page.push_str(more);
    if look.unicode { page } else { in_ascii(&page) }
}

/// One JSON array, with a line feed at its end.
pub(crate) fn list_json(file: Option<&PolicyFile>) -> serde_json::Result<String> {
    let entries: Vec<_> = all(file)
        .iter()
        .map(|subject| {
            let (rule, reference) = subject.source();
            json!({
                "reason": subject.info.map(|info| info.name),
                "number": subject.named.reason.0,
                "title": both(&subject.title(Language::English), &subject.title(Language::French)),
                "rule": rule,
                "reference": reference,
            })
        })
        .collect();
    crate::output::pretty(&entries)
}
