//! Rules and facts under which a call may be recorded, whatever the date.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// A rule document whose one application is these match entries and these excluded titles.
pub(crate) fn rules(matches: &str, never_title: &str) -> String {
    format!(
        r#"
format = 1
id = "test"
version = "1"
controller = "ACME SAS"
in-force = {{ from = 2020-01-01, until = 2099-12-31 }}

[attestations]
works-council = {{ not-applicable = "fewer than 50 employees" }}
impact-assessment = {{ on = 2019-09-30 }}
register-entry = {{ reference = "RT-042", on = 2019-09-30 }}

[employee-notice]
version = "2026-09"
covers = ["screen", "call"]
valid-for = "365d"

[recording]
max-frame-interval = "1s"
max-facts-age = "1s"
while-held = false

[retention]
recordings = "180d"
analyses = "365d"
decisions = "180d"
accesses = "365d"
temporary = "1d"

[[application]]
id = "crm"
title = "Customer desk"
match = [{matches}]
never-title = [{never_title}]

[[programme]]
id = "crm-onboarding"
purpose = "training"
need = "The new customer desk"
applications = ["crm"]
employees = ["e-1001"]
announced-on = 2019-12-01
from = 2020-01-01
until = 2099-12-31
review-until = 2099-12-31

[programme.volume]
per-employee = {{ limit = "2h", per = "7d" }}
programme = {{ limit = "20h", per = "7d" }}
unreviewed = "20h"
share-of-calls = {{ limit = 0.2, per = "30d" }}

[[role]]
id = "trainer"
may = ["view", "annotate"]
programmes = ["crm-onboarding"]

[[role]]
id = "subject-rights"
may = ["disclose", "restrict", "release", "delete"]
purposes = ["subject-right"]
programmes = ["*"]

[[role]]
id = "oversight"
may = ["view"]
purposes = ["oversight"]
programmes = ["*"]
"#
    )
}

/// What is known about a call that may be recorded.
pub(crate) fn facts(session: &str) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    json!({
        "session": session,
        "employee": "e-1001",
        "programme": "crm-onboarding",
        "purpose": "training",
        "employee-notice": { "version": "2026-09", "given-at": now - 86_400_000 },
        "employee-objected": false,
        "protected-line": false,
        "calls-offered": 10,
        "calls-recorded": 1,
    })
}
