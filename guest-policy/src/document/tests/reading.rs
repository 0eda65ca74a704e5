//! What a sound document says.

use alloc::string::{String, ToString as _};
use alloc::{vec, vec::Vec};

use super::{EXAMPLE, TODAY, assert_problems_at, edited};
use crate::document::read;
use crate::rules::{Coverage, Enrolment, Programmes, RIGHTS, Role, Roles, Rules, Step};
use crate::types::{Cap, DAY, Operation, Purpose, Span, Timestamp};

const HOUR: u64 = 3_600_000;

fn rules(edits: &[(&str, &str)]) -> Rules {
    let reading = read(edited(edits).as_bytes(), TODAY);
    reading.rules.unwrap_or_else(|| panic!("{:#?}", reading.problems))
}

fn span(start: u64, end: u64) -> Span {
    Span {
        start: Timestamp::from_millis(start),
        end: Timestamp::from_millis(end),
    }
}

#[test]
fn the_example_has_no_problem_and_says_what_it_says() {
    assert_problems_at(TODAY, &[], &[]);
    let rules = rules(&[]);
    assert_eq!(
        (rules.id.as_str(), rules.version.as_str(), rules.controller.as_str()),
        ("acme-support", "2026.11.0", "ACME SAS")
    );
    // Midnight in Paris: UTC+1 in winter, UTC+2 in summer.
    assert_eq!(rules.in_force, span(1_793_487_600_000, 1_809_122_400_000));
    let steps: Vec<_> = rules.attestations.iter().map(|a| a.step).collect();
    assert_eq!(steps, Step::ALL);
    let council = Timestamp::from_millis(1_789_423_200_000); // 2026-09-15 in Paris
    assert_eq!(
        rules.attestations[0].valid,
        Span {
            start: council,
            end: council.plus(730 * DAY)
        }
    );
    assert_eq!(rules.attestations[2].valid.end, Timestamp::MAX);
    assert_eq!(rules.notice.version.as_deref(), Some("2026-09"));
    assert_eq!(
        (rules.max_frame_interval, rules.max_facts_age, rules.while_held),
        (500, 250, false)
    );
    assert_eq!(rules.retention.recordings, 180 * DAY);
    let application = &rules.applications[0];
    assert_eq!(
        (application.never_password, application.never_payment_card),
        (true, false)
    );
    assert_eq!(application.entries[0].signer.as_deref(), Some("ACME SAS"));
    assert_eq!(
        application.entries[1].url.as_deref(),
        Some("https://crm.acme.example/**")
    );
    let programme = rules.programmes.find("crm-onboarding").unwrap();
    assert_eq!(programme.dates, span(1_793_487_600_000, 1_797_375_600_000));
    assert_eq!(programme.review_until.as_millis(), 1_800_054_000_000);
    assert_eq!(
        programme.enrolment,
        Enrolment::Listed(vec!["e-1001".into(), "e-1002".into()])
    );
    assert_eq!(programme.applications, [0]);
    assert_eq!(
        programme.employee_cap,
        Cap {
            limit: 2 * HOUR,
            per: 7 * DAY
        }
    );
    assert_eq!(
        (programme.share_millionths, programme.sampling_period),
        (200_000, 30 * DAY)
    );
    assert_eq!(programme.max_unreviewed, 20 * HOUR);
}

#[test]
fn roles_are_sorted_and_have_their_defaults() {
    let rules = rules(&[("purposes   = [\"training\"]            # the default", "")]);
    let Roles::Listed(roles) = &rules.roles else { panic!() };
    let ids: Vec<_> = roles.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["oversight", "recorded-employee", "subject-rights", "trainer"]);
    assert_eq!(roles[0].programmes, Coverage::All);
    assert!(roles[1].own_only && !roles[3].own_only);
    assert_eq!(
        roles[3].may,
        [Operation::View, Operation::Annotate, Operation::TrainOthers]
    );
    assert_eq!(roles[3].purposes, [Purpose::Training]);
    assert_eq!(roles[3].programmes, Coverage::Only(vec!["crm-onboarding".into()]));
}

#[test]
fn the_rules_have_a_compact_form() {
    let rules = rules(&[]);
    assert_eq!(Rules::decode(&rules.encode().unwrap()), Ok(rules));
}

/// The second line behind the document: a compact form that answers no person is none.
#[test]
fn rules_that_answer_no_person_have_no_compact_form() {
    let rules = rules(&[]);
    let spoils: [fn(&mut Role); 4] = [
        |role| role.programmes = Coverage::Only(vec!["crm-onboarding".into()]),
        |role| role.own_only = true,
        |role| role.purposes = vec![Purpose::Training, Purpose::Oversight],
        |role| role.may.clear(),
    ];
    for spoil in spoils {
        let mut rules = rules.clone();
        let Roles::Listed(roles) = &mut rules.roles else {
            panic!()
        };
        spoil(&mut roles[2]);
        assert!(rules.encode().unwrap_err().to_string().ends_with("(rule +10)"));
        let form = postcard::to_extend(&rules, vec![1_u8]).unwrap();
        assert!(Rules::decode(&form).unwrap_err().to_string().ends_with("(rule +10)"));
    }
    for right in RIGHTS {
        let mut rules = rules.clone();
        let Roles::Listed(roles) = &mut rules.roles else {
            panic!()
        };
        roles[2].may.retain(|operation| *operation != right);
        assert!(rules.encode().is_err(), "{right:?}");
    }
}

#[test]
fn defaults() {
    let rules = rules(&[
        ("time-zone  = \"Europe/Paris\"", ""),
        ("while-held         = false", ""),
        ("review-until = 2027-01-15", ""),
        ("employees    = [\"e-1001\", \"e-1002\"]", ""),
        (
            "{ on = 2026-09-15, valid-for = \"730d\" }",
            "{ not-applicable = \"fewer than 50 of us\" }",
        ),
    ]);
    assert_eq!(rules.in_force.start.as_millis(), 1_793_491_200_000);
    assert_eq!(rules.attestations[0].valid, Span::ALWAYS);
    let Programmes::Listed(programmes) = &rules.programmes else {
        panic!()
    };
    assert_eq!(programmes[0].enrolment, Enrolment::Attested);
    // 30 calendar days after 15 December: through 14 January, UTC.
    assert_eq!(programmes[0].review_until.as_millis(), 1_799_971_200_000);
}

#[test]
fn lists_are_sorted_and_their_repetitions_count_once() {
    let rules = rules(&[
        ("[\"e-1001\", \"e-1002\"]", "[\"e-2\", \"e-10\", \"e-2\"]"),
        ("applications = [\"crm\"]", "applications = [\"crm\", \"crm\"]"),
    ]);
    let programme = rules.programmes.find("crm-onboarding").unwrap();
    assert_eq!(
        programme.enrolment,
        Enrolment::Listed(vec!["e-10".into(), "e-2".into()])
    );
    assert_eq!(programme.applications, [0]);
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    let of = |text: &str| read(text.as_bytes(), TODAY).rules.unwrap().digest;
    let windows = EXAMPLE.replace('\n', "\r\n");
    assert_ne!(of(EXAMPLE), of(&windows));
    assert_eq!(of(EXAMPLE), of(&String::from(EXAMPLE)));
    let expected: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(
        <sha2::Sha256 as sha2::Digest>::new(),
        EXAMPLE.as_bytes(),
    ))
    .into();
    assert_eq!(of(EXAMPLE), expected);
}
