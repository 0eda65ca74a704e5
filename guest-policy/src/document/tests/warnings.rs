//! One test for each kind of warning.

use alloc::{format, string::String};

use super::{EXAMPLE, TODAY, assert_problems_at, assert_warning_at, codes};
use crate::document::{Severity, read};
use crate::types::{DAY, Timestamp};

/// The instant at which a day starts in Paris, in winter.
fn winter_day(days_after_the_first_of_november: u64) -> Timestamp {
    // 2026-11-01T00:00 in Paris.
    Timestamp::from_millis(1_793_487_600_000 + days_after_the_first_of_november * DAY)
}

#[test]
fn rules_that_are_not_in_force() {
    let in_force = "{ from = 2026-11-01, until = 2027-04-30 }";
    let first = winter_day(0);
    // Rules that start later are written before.
    assert_problems_at(first.minus(1), &[], &[]);
    assert_problems_at(first, &[], &[]);
    let last = Timestamp::from_millis(1_809_122_400_000); // 2027-05-01T00:00 in Paris, in summer
    assert_problems_at(last.minus(1), &[], &[]);
    assert_warning_at(
        last,
        &[(in_force, "{ from = 2026-11-01, until = §2027-04-30 }")],
        "not-in-force",
    );
}

#[test]
fn attestations_that_are_not_valid() {
    let council = "{ on = 2026-09-15, valid-for = \"730d\" }";
    assert_warning_at(
        TODAY,
        &[(council, "§{ on = 2025-11-24, valid-for = \"366d\" }")],
        "attestation-expired",
    );
    assert_problems_at(TODAY, &[(council, "{ on = 2025-11-25, valid-for = \"366d\" }")], &[]);
    let announced = ("announced-on = 2026-10-20", "announced-on = §2026-10-20");
    let problems = assert_problems_at(
        TODAY,
        &[(council, "§{ on = 2026-11-26 }"), announced],
        &["attestation-to-come", "announced-before-opinion"],
    );
    assert!(problems.iter().all(|p| p.severity == Severity::Warning));
    // Before the rules are in force, what is still to come before that day is in time.
    let before = winter_day(0).minus(10 * DAY);
    assert_problems_at(before, &[(council, "{ on = 2026-10-19 }")], &[]);
}

#[test]
fn programmes_outside_the_dates_of_the_rules() {
    let in_force = "in-force   = { from = 2026-11-01, until = 2027-04-30 }";
    assert_warning_at(
        TODAY,
        &[
            (in_force, "in-force = { from = 2026-11-02, until = 2027-04-30 }"),
            ("from         = 2026-11-01", "from = §2026-11-01"),
        ],
        "programme-outside-in-force",
    );
    assert_warning_at(
        TODAY,
        &[
            (in_force, "in-force = { from = 2026-11-01, until = 2026-12-14 }"),
            ("until        = 2026-12-15", "until = §2026-12-15"),
        ],
        "programme-outside-in-force",
    );
}

#[test]
fn volumes() {
    assert_warning_at(
        TODAY,
        &[(
            "programme      = { limit = \"20h\", per = \"7d\" }",
            "programme = §{ limit = \"21h\", per = \"7d\" }",
        )],
        "cap-above-unreviewed",
    );
    assert_warning_at(TODAY, &[("limit = 0.2,", "limit = §0.200001,")], "large-share");
    let review = ("review-until = 2027-01-15", "");
    // 184 days from the first of November, both ends included, end on 3 May.
    let in_force = ("until = 2027-04-30 }", "until = 2027-06-30 }");
    assert_problems_at(
        TODAY,
        &[review, in_force, ("until        = 2026-12-15", "until = 2027-05-03")],
        &[],
    );
    assert_warning_at(
        TODAY,
        &[review, in_force, ("until        = 2026-12-15", "until = §2027-05-04")],
        "long-programme",
    );
}

#[test]
fn remote_desktops() {
    let entry = "{ executable = \"crm.exe\", signer = \"ACME SAS\" }";
    assert_warning_at(
        TODAY,
        &[(entry, "{ executable = §\"C:\\\\Windows\\\\MSTSC.exe\" }")],
        "remote-desktop",
    );
}

#[test]
fn what_nothing_uses() {
    let application = "[[application]]\nid = \"mail\"\ntitle = \"Mail\"\nmatch = [{ executable = \"mail.exe\" }]\n";
    let reading = read(format!("{EXAMPLE}{application}").as_bytes(), TODAY);
    assert_eq!(codes(&reading), ["unused-application"]);
    let last = EXAMPLE.lines().count();
    assert_eq!((reading.problems[0].line, reading.problems[0].column), (last + 2, 6));
    assert_eq!(reading.problems[0].severity, Severity::Warning);
    assert!(reading.rules.is_some());

    for without in ["", "programmes = []\n"] {
        let role = format!("[[role]]\nid = \"guest\"\nmay = [\"view\"]\n{without}");
        let reading = read(format!("{EXAMPLE}{role}").as_bytes(), TODAY);
        assert_eq!(codes(&reading), ["unused-role"]);
        assert_eq!((reading.problems[0].line, reading.problems[0].column), (last + 2, 6));
        assert!(reading.rules.is_some());
    }
}

#[test]
fn nobody_who_oversees() {
    let oversees =
        "may        = [\"view\", \"disclose\", \"restrict\"]\npurposes   = [\"oversight\"]\nprogrammes = [\"*\"]";
    let (overseeing, first) = (
        ("id         = \"oversight\"", "id = §\"oversight\""),
        ("id         = \"trainer\"", "id = §\"trainer\""),
    );
    for (place, part) in [
        (
            overseeing,
            "may = [\"disclose\"]\npurposes = [\"oversight\"]\nprogrammes = [\"*\"]",
        ),
        (
            overseeing,
            "may = [\"view\"]\npurposes = [\"oversight\"]\nprogrammes = [\"crm-onboarding\"]",
        ),
        (
            overseeing,
            "may = [\"view\"]\npurposes = [\"oversight\"]\nprogrammes = [\"*\"]\nown-only = true",
        ),
        (first, "may = [\"view\"]\nprogrammes = [\"*\"]"),
    ] {
        assert_warning_at(TODAY, &[place, (oversees, part)], "no-oversight");
    }
    // Looking is enough.
    let looks = "may = [\"view\"]\npurposes = [\"oversight\"]\nprogrammes = [\"*\"]";
    assert_problems_at(TODAY, &[(oversees, looks)], &[]);
}

#[test]
fn a_problem_names_its_place() {
    let text = String::from(EXAMPLE).replace("limit = 0.2,", "limit = 0.3,");
    let reading = read(text.as_bytes(), TODAY);
    let shown = format!("{}", reading.problems[0]);
    let line = text.lines().position(|l| l.contains("limit = 0.3")).unwrap() + 1;
    assert_eq!(
        shown,
        format!("line {line}, column 28: more than one call in five is recorded, which is hardly occasional")
    );
}
