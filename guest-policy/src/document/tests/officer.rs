//! What officers write: the charter of a bank and one edit of it each, and the cases of addresses and characters.

use alloc::collections::BTreeMap;
use alloc::{format, string::String, vec::Vec};

use super::{EXAMPLE, TODAY, assert_errors, assert_problems_at, assert_said, assert_warning_at, codes, edited};
use crate::document::{Absent, Companion, Companions, Problem, Reading, Severity, employees_files, read, read_with};
use crate::rules::{Enrolment, Rules};
use crate::types::{DAY, Span, Timestamp};

macro_rules! case {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/cases/", $name))
    };
}

/// The errors of a document, and the warnings but for one that the charter has: its notice says little.
fn found(document: &[u8]) -> Vec<Problem> {
    let mut problems = read(document, TODAY).problems;
    problems.iter().for_each(assert_said);
    problems.retain(|problem| problem.code != "notice-silent");
    problems
}

fn only(document: &[u8], code: &str) -> Problem {
    let mut problems = found(document);
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [code]);
    problems.remove(0)
}

fn english(problem: &Problem) -> &str {
    &problem.help.as_ref().unwrap().english
}

#[test]
fn the_charter_and_what_became_of_it() {
    assert_eq!(found(case!("officer/charter.toml")), []);
    for sound in [
        &case!("officer/notice.toml")[..],
        case!("officer/v1.toml"),
        case!("officer/v2.toml"),
        case!("officer/caps.toml"),
        case!("officer/cent.toml"),
    ] {
        assert_eq!(found(sound), []);
    }
    let months = only(case!("officer/3m.toml"), "bad-duration");
    assert!(
        english(&months).contains("\"3min\"") && english(&months).contains("\"3months\""),
        "{months:?}"
    );
    for (document, date) in [
        (&case!("officer/date.toml")[..], "2026-12-20"),
        (case!("officer/date2.toml"), "2026-12-20"),
    ] {
        let problems = found(document);
        assert!(english(&problems[0]).contains(date), "{problems:?}");
    }
    let tenth = found(case!("officer/dix.toml"));
    assert_eq!(tenth.len(), 2);
    assert!(
        tenth
            .iter()
            .all(|p| p.code == "share-out-of-range" && english(p).contains("limit = 0.1`"))
    );
    assert_eq!(
        only(case!("officer/dup.toml"), "named-twice").severity,
        Severity::Warning
    );
    assert_eq!(
        only(case!("officer/dup2.toml"), "nearly-the-same").severity,
        Severity::Warning
    );
    let name = only(case!("officer/noms.toml"), "personal-data");
    assert!(!name.message.french.contains("Dupont") && !english(&name).contains("Dupont"));
    // Two works councils, each of whom is to be named.
    assert!(found(case!("officer/cse.toml")).iter().all(|p| p.code == "missing-key"));
    let named = String::from_utf8(case!("officer/cse.toml").to_vec()).unwrap();
    let named = named.replace("[{ on = 2026-10-08 }", "[{ name = \"Paris\", on = 2026-10-08 }");
    let named = named.replace(", { on = 2026-11-05 }", ", { name = \"Saint-Denis\", on = 2026-11-05 }");
    assert_eq!(found(named.as_bytes()), []);
}

#[test]
fn the_cases_of_addresses_and_characters() {
    let capital = only(case!("14-url-that-can-never-match/rules.toml"), "url-never-matches");
    assert_eq!(english(&capital), "write `url = \"https://crm.acme.example/**\"`");
    assert_eq!(
        only(case!("15-url-over-a-public-suffix/rules.toml"), "public-suffix").severity,
        Severity::Error
    );
    assert_eq!(found(case!("16-url-with-dot-segments/rules.toml")), []);
    let control = only(case!("28-control-character/rules.toml"), "syntax");
    assert!(control.message.english.contains("U+00"), "{}", control.message.english);
    assert_eq!(control.span.len(), 1);
}

/// Files of employees that stand beside a document.
#[derive(Debug, Default)]
struct Lists(BTreeMap<&'static str, &'static str>);

impl Companions for Lists {
    fn companion(&self, path: &str) -> Result<Companion, Absent> {
        let list = self.0.get(path).ok_or(Absent::Missing)?;
        Ok(Companion::File(list.as_bytes().to_vec()))
    }
}

const LISTED: &str = "employees    = [\"e-1001\", \"e-1002\"]";

fn with(list: &'static str) -> Reading {
    let document = edited(&[(LISTED, "employees-file = \"lists/staff.csv\"")]);
    assert_eq!(employees_files(document.as_bytes()), ["lists/staff.csv"]);
    read_with(
        document.as_bytes(),
        TODAY,
        &Lists(BTreeMap::from([("lists/staff.csv", list)])),
    )
}

fn rules_of(reading: Reading) -> Rules {
    reading.rules.unwrap_or_else(|| panic!("{:#?}", reading.problems))
}

#[test]
fn a_list_apart_is_as_good_as_one_in_the_document() {
    let reading = with("employee\r\ne-1002\r\ne-1001\r\n");
    assert_eq!(reading.problems, []);
    assert_eq!(reading.employees_files.len(), 1);
    let rules = rules_of(reading);
    let inside = rules_of(read(EXAMPLE.as_bytes(), TODAY));
    let enrolment = |rules: &Rules| rules.programmes.find("crm-onboarding").unwrap().enrolment.clone();
    assert_eq!(enrolment(&rules), enrolment(&inside));
    // The digest is of the tokens: of neither their order, nor how they are written, nor other columns.
    let same = rules_of(with("sep=;\ne-1001;Marie\n\"e-1002\";Jean\ne-1001;Marie\n"));
    assert_eq!(same.digest, rules.digest);
    for other in ["e-1001\n", "e-1001\ne-1003\n", "e-1\ne-1002\n", "e-1001e-1002\n"] {
        assert_ne!(rules_of(with(other)).digest, rules.digest, "{other}");
    }
    assert_ne!(rules.digest, inside.digest);
    // What was read once is read back the same.
    let again = rules_of(with("e-1001\ne-1002\n"));
    assert_eq!(again.digest, rules.digest);
}

#[test]
fn what_is_wrong_with_a_list_apart_is_told_once() {
    assert_eq!(codes(&with("")), ["employees-file-content"]);
    assert_eq!(codes(&with("e-1\ne-1\n")), ["named-twice"]);
    let personal = with("employee\nmarie.dupont\ne-1\njean@fleuve.example\n");
    assert_eq!(codes(&personal), ["personal-data"]);
    assert!(personal.problems[0].message.english.ends_with("(lines 2, 4)"));
    assert_eq!(codes(&with("e-1\n255081416802538\n")), ["social-security-number"]);
    let document = edited(&[(LISTED, "employees-file = \"staff.csv\"")]);
    assert_eq!(codes(&read(document.as_bytes(), TODAY)), ["employees-file"]);
    assert_errors(
        &[(LISTED, "employees = [\"e-1\"]\nemployees-file = §§\"/etc/passwd\"")],
        &["employees-file", "contradiction"],
    );
    // Two programmes of the same list and days: nobody is in both.
    let (before, programme) = document.split_once("[[programme]]").unwrap();
    let (programme, after) = programme.split_once("# Who may do what").unwrap();
    let second = programme.replace("crm-onboarding", "second");
    let both = format!("{before}[[programme]]{programme}[[programme]]{second}# Who may do what{after}");
    let lists = Lists(BTreeMap::from([("staff.csv", "e-1\ne-2\n")]));
    assert_eq!(
        codes(&read_with(both.as_bytes(), TODAY, &lists)),
        ["overlapping-programmes"]
    );
}

#[test]
fn a_validity_is_whole_local_days() {
    let council = "{ on = 2026-09-15, valid-for = \"730d\" }";
    let rules = |with: &str| rules_of(read(edited(&[(council, with)]).as_bytes(), TODAY));
    // From summer to winter: the last day is whole.
    let valid = rules("{ on = 2026-09-15, valid-for = \"60d\" }").attestations[0].valid;
    assert_eq!(valid.end, Timestamp::from_millis(1_794_610_800_000)); // 2026-11-14T00:00 in Paris
    let over = Timestamp::from_millis(1_794_610_800_000);
    let short = [(council, "§{ on = 2026-09-15, valid-for = \"60d\" }")];
    assert_warning_at(over, &short, "attestation-expired");
    assert_problems_at(
        over.minus(1),
        &[(council, "{ on = 2026-09-15, valid-for = \"60d\" }")],
        &[],
    );
    // Several works councils: all of them hold.
    let two = "[{ name = \"A\", on = 2026-09-15, valid-for = \"60d\" }, { name = \"B\", on = 2026-10-01 }]";
    let first = Timestamp::from_millis(1_790_805_600_000); // 2026-10-01T00:00 in Paris, in summer
    assert_eq!(
        rules(two).attestations[0].valid,
        Span {
            start: first,
            end: over
        }
    );
    // None of them at once: never.
    let never = "[{ name = \"A\", on = 2026-09-15, valid-for = \"1d\" }, { name = \"B\", on = 2026-10-01 }]";
    let valid = rules(never).attestations[0].valid;
    assert_eq!((valid.start, valid.end), (first, first));
    for (wrong, codes) in [
        ("§[]", &["empty-list"][..]),
        ("[§{ on = 2026-09-15 }]", &["missing-key"]),
        (
            "[{ name = \"A\", on = 2026-09-15 }, { name = §\"A\", on = 2026-09-15 }]",
            &["duplicate-id"],
        ),
    ] {
        assert_errors(&[(council, wrong)], codes);
    }
}

#[test]
fn a_programme_has_its_own_zone_and_works_councils() {
    let until = "until        = 2026-12-15";
    let rules = |with: &str| rules_of(read(edited(&[(until, with)]).as_bytes(), TODAY));
    let paris = rules(until);
    let island = rules("until = 2026-12-15\ntime-zone = \"Indian/Reunion\"");
    let dates = |rules: &Rules| rules.programmes.find("crm-onboarding").unwrap().dates;
    // Three hours before Paris, in winter.
    assert_eq!(dates(&island).start, dates(&paris).start.minus(3 * DAY / 24));
    assert_eq!(dates(&island).end, dates(&paris).end.minus(3 * DAY / 24));
    assert_eq!(island.in_force, paris.in_force);
    let codes = codes(&read(
        edited(&[(until, "until = 2026-12-15\ntime-zone = \"Indian/Reunion\"")]).as_bytes(),
        TODAY,
    ));
    // Its first day begins before that of the rules does.
    assert_eq!(codes, ["programme-outside-in-force"]);

    let council = "until = 2026-12-15\nworks-council = [{ name = \"Saint-Denis\", on = 2026-10-01 }]\nnever-entered = [\"payment-card\"]";
    let own = rules(council);
    let said = own.own("crm-onboarding").unwrap();
    assert_eq!((said.never_payment_card, said.never_password), (true, false));
    assert_eq!(
        said.works_council.unwrap().start,
        Timestamp::from_millis(1_790_805_600_000)
    );
    assert_eq!(Rules::decode(&own.encode().unwrap()), Ok(own));
    // What says nothing more has the form that components know.
    assert_eq!(paris.encode().unwrap()[0], 1);
    assert_eq!(paris.more, crate::rules::More::default());
    assert_errors(
        &[(until, "until = 2026-12-15\nworks-council = §{ on = 2026-10-01 }")],
        &["wrong-type"],
    );
    assert_warning_at(
        TODAY,
        &[
            (
                until,
                "until = 2026-12-15\nworks-council = [{ name = \"Saint-Denis\", on = 2026-10-21 }]",
            ),
            ("announced-on = 2026-10-20", "announced-on = §2026-10-20"),
        ],
        "announced-before-opinion",
    );
}

#[test]
fn several_versions_of_the_notice_count() {
    let version = "version   = \"2026-09\"";
    let rules = rules_of(read(
        edited(&[(version, "version = [\"2026-08\", \"2026-09\"]")]).as_bytes(),
        TODAY,
    ));
    assert_eq!(rules.notice_versions().collect::<Vec<_>>(), ["2026-08", "2026-09"]);
    assert!(rules.takes_notice("2026-08") && rules.takes_notice("2026-09") && !rules.takes_notice("2026-10"));
    assert_eq!(Rules::decode(&rules.encode().unwrap()), Ok(rules));
    assert_errors(&[(version, "version = §[]")], &["empty-list"]);
}

#[test]
fn a_recording_does_not_outlive_who_it_is_of() {
    assert_warning_at(
        TODAY,
        &[("decisions  = \"180d\"", "decisions  = §\"179d\"")],
        "decisions-before-recordings",
    );
    assert_warning_at(
        TODAY,
        &[("analyses   = \"365d\"", "analyses = §\"23h\"")],
        "short-retention",
    );
    assert_warning_at(
        TODAY,
        &[("accesses   = \"365d\"", "accesses = §\"180d\"")],
        "short-retention",
    );
    assert_problems_at(TODAY, &[("accesses   = \"365d\"", "accesses = \"6months\"")], &[]);
    assert_problems_at(TODAY, &[("temporary  = \"1d\"", "temporary = \"1ms\"")], &[]);
    let listed = Enrolment::Listed(alloc::vec!["e-1001".into(), "e-1002".into()]);
    let rules = rules_of(read(EXAMPLE.as_bytes(), TODAY));
    assert_eq!(rules.programmes.find("crm-onboarding").unwrap().enrolment, listed);
}
