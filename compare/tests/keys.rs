//! Every key of the rule document, moved one way and the other: found, with its direction.
#![cfg(test)]

use gardefou::{Timestamp, rules};
use gardefou_compare::{Difference, Direction, Native, Outcome, Outline, diff};

const EXAMPLE: &str = include_str!("../../rules/example.toml");

fn compared(old: &str, new: &str) -> Difference {
    let [old, new] = [old, new].map(|text| {
        let reading = rules::read(text.as_bytes(), Timestamp::from_millis(1_795_564_800_000));
        reading
            .rules
            .unwrap_or_else(|| panic!("{:?}\n{text}", reading.problems))
    });
    let outline = Outline {
        documents: vec![old.clone(), new.clone()],
        openings: vec![],
    };
    diff(&outline, &mut Native::new(old), &mut Native::new(new), true, &mut || {})
}

fn edited(from: &str, to: &str) -> String {
    assert_eq!(EXAMPLE.matches(from).count(), 1, "`{from}` occurs once");
    EXAMPLE.replace(from, to)
}

/// An edit, and what the difference comes to; the way back comes to the second.
const EDITS: &[(&str, &str, Outcome, Outcome)] = {
    use Outcome::{Equal, Looser, Stricter};
    &[
        // What is said of the document, and decides nothing.
        ("id         = \"acme-support\"", "id = \"other\"", Equal, Equal),
        ("version    = \"2026.11.0\"", "version = \"2\"", Equal, Equal),
        ("controller = \"ACME SAS\"", "controller = \"Other\"", Equal, Equal),
        ("need         = \"The new", "need = \"A new", Equal, Equal),
        ("title = \"Customer desk\"", "title = \"Desk\"", Equal, Equal),
        ("announced-on = 2026-10-20", "announced-on = 2026-10-19", Equal, Equal),
        ("reference = \"RT-042\"", "reference = \"RT-043\"", Equal, Equal),
        // Dates. A period that is moved permits something new, whichever way.
        ("until = 2027-04-30 }", "until = 2027-05-01 }", Stricter, Stricter),
        ("until        = 2026-12-15", "until = 2026-12-16", Looser, Stricter),
        ("from         = 2026-11-01", "from = 2026-11-02", Stricter, Looser),
        (
            "review-until = 2027-01-15",
            "review-until = 2027-01-16",
            Looser,
            Stricter,
        ),
        ("time-zone  = \"Europe/Paris\"", "time-zone = \"UTC\"", Looser, Looser),
        ("\"730d\"", "\"60d\"", Stricter, Looser),
        ("on = 2026-09-15", "on = 2026-11-02", Stricter, Looser),
        ("valid-for = \"1095d\"", "valid-for = \"31d\"", Stricter, Looser),
        // The notice.
        ("version   = \"2026-09\"", "version = \"2026-10\"", Looser, Looser),
        ("valid-for = \"365d\"", "valid-for = \"364d\"", Stricter, Looser),
        // Limits.
        (
            "max-frame-interval = \"500ms\"",
            "max-frame-interval = \"501ms\"",
            Looser,
            Stricter,
        ),
        (
            "max-facts-age      = \"250ms\"",
            "max-facts-age = \"249ms\"",
            Stricter,
            Looser,
        ),
        ("while-held         = false", "while-held = true", Looser, Stricter),
        ("recordings = \"180d\"", "recordings = \"181d\"", Looser, Stricter),
        ("analyses   = \"365d\"", "analyses = \"364d\"", Stricter, Looser),
        ("decisions  = \"180d\"", "decisions = \"181d\"", Looser, Stricter),
        ("accesses   = \"365d\"", "accesses = \"364d\"", Stricter, Looser),
        ("temporary  = \"1d\"", "temporary = \"23h\"", Stricter, Looser),
        // Volume.
        (
            "per-employee   = { limit = \"2h\", per = \"7d\" }",
            "per-employee = { limit = \"3h\", per = \"7d\" }",
            Looser,
            Stricter,
        ),
        (
            "per-employee   = { limit = \"2h\", per = \"7d\" }",
            "per-employee = { limit = \"2h\", per = \"8d\" }",
            Stricter,
            Looser,
        ),
        (
            "programme      = { limit = \"20h\", per = \"7d\" }",
            "programme = { limit = \"19h\", per = \"7d\" }",
            Stricter,
            Looser,
        ),
        (
            "programme      = { limit = \"20h\", per = \"7d\" }",
            "programme = { limit = \"20h\", per = \"6d\" }",
            Looser,
            Stricter,
        ),
        ("unreviewed     = \"20h\"", "unreviewed = \"21h\"", Looser, Stricter),
        ("limit = 0.2,", "limit = 0.200001,", Looser, Stricter),
        (
            "limit = 0.2, per = \"30d\"",
            "limit = 0.2, per = \"31d\"",
            Looser,
            Looser,
        ),
        // People and roles.
        ("\"e-1001\", \"e-1002\"]", "\"e-1001\"]", Stricter, Looser),
        ("employees    = [\"e-1001\", \"e-1002\"]", "", Looser, Looser),
        (
            "\"view\", \"annotate\", \"train-others\"]",
            "\"view\", \"annotate\"]",
            Stricter,
            Looser,
        ),
        // Windows.
        ("signer = \"ACME SAS\"", "signer = \"ACME\"", Looser, Looser),
        (
            "url = \"https://crm.acme.example/**\"",
            "url = \"https://crm.acme.example/app/**\"",
            Looser,
            Looser,
        ),
        (
            "never-entered = [\"password\"]",
            "never-entered = [\"password\", \"payment-card\"]",
            Looser,
            Stricter,
        ),
    ]
};

#[test]
fn every_key_is_found_with_its_direction() {
    for (from, to, there, back) in EDITS {
        let new = edited(from, to);
        let found = compared(EXAMPLE, &new);
        assert_eq!(found.outcome(), *there, "`{from}` to `{to}`: {found:#?}");
        let found = compared(&new, EXAMPLE);
        assert_eq!(found.outcome(), *back, "`{to}` back to `{from}`: {found:#?}");
    }
}

#[test]
fn a_comment_changes_nothing_that_is_decided() {
    let found = compared(EXAMPLE, &format!("{EXAMPLE}\n# a comment\n"));
    assert_eq!(found.outcome(), Outcome::Equal);
    assert!(found.is_exact);
    assert!(found.tally.total() > 10_000, "{}", found.tally.total());
    assert_eq!(found.tally.without_frames, Vec::<String>::new());
}

#[test]
fn an_entry_that_another_covers_still_counts() {
    let entry = "{ executable = \"crm.exe\", signer = \"ACME SAS\" },";
    let new = edited(
        entry,
        &format!("{entry}\n  {{ executable = \"crm.exe\", signer = \"ACME SAS\", title = \"A*\" }},"),
    );
    let found = compared(EXAMPLE, &new);
    assert!(found.groups.is_empty(), "no window shows it: {:#?}", found.groups);
    let [pattern] = found.patterns.as_slice() else {
        panic!("{:?}", found.patterns)
    };
    assert!(pattern.is_new && !pattern.excludes && pattern.direction == Direction::Looser);
    assert!(pattern.text.contains("title = \"A*\""), "{}", pattern.text);
    assert_eq!(found.outcome(), Outcome::Looser);
    assert_eq!(compared(&new, EXAMPLE).outcome(), Outcome::Stricter);
}

#[test]
fn a_title_that_is_no_longer_excluded_is_looser() {
    let new = edited("\"*password*\"", "\"*passwort*\"");
    let found = compared(EXAMPLE, &new);
    assert_eq!(found.outcome(), Outcome::Looser);
    assert_eq!(found.patterns.len(), 2);
}

#[test]
fn a_new_programme_is_looser_and_an_old_one_is_missed() {
    let (before, rest) = EXAMPLE.split_once("[[programme]]").unwrap();
    let (programme, roles) = rest.split_once("# Who may do what").unwrap();
    let second = programme
        .replace("crm-onboarding", "second")
        .replace("\"e-1001\", \"e-1002\"", "\"e-1003\"");
    let new = format!("{before}[[programme]]{programme}\n[[programme]]{second}\n# Who may do what{roles}");
    assert_eq!(compared(EXAMPLE, &new).outcome(), Outcome::Looser);
    // What was recorded under a programme that is gone is no longer bound to its review: that is looser.
    let gone = compared(&new, EXAMPLE);
    assert_eq!(gone.outcome(), Outcome::Looser);
    for group in gone.groups.iter().filter(|group| group.direction == Direction::Looser) {
        assert!(matches!(group.question.kind(), "keep-until" | "access"), "{group:?}");
    }
}
