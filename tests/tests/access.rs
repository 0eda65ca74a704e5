//! Every access is answered as the contract's table says: held against a second, simple implementation of it.

use gardefou::{Access, Artefact, CaptureMode, Operation, Purpose, Timestamp};
use gardefou_policy::rules::{Coverage, Programmes, Role, Roles, Rules};
use gardefou_policy::types::{Answer, DAY};
use gardefou_policy::{access, floor};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::table;
use proptest::collection::vec;
use proptest::prelude::*;

const PURPOSES: [Purpose; 8] = [
    Purpose::Training,
    Purpose::SubjectRight,
    Purpose::Oversight,
    Purpose::Evaluation,
    Purpose::Quality,
    Purpose::Evidence,
    Purpose::Monitoring,
    Purpose::Other,
];

const MODES: [CaptureMode; 3] = [
    CaptureMode::ScreenVideo,
    CaptureMode::WindowVideo,
    CaptureMode::Screenshot,
];

fn purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![
        6 => prop::sample::select(PURPOSES[..3].to_vec()),
        1 => prop::sample::select(PURPOSES.to_vec()),
    ]
}

prop_compose! {
    /// Any role, mostly one that may do much.
    fn role(id: &'static str)(
        may in prop_oneof![
            2 => Just(Operation::ALL.to_vec()),
            1 => prop::sample::subsequence(Operation::ALL.to_vec(), 0..8),
        ],
        purposes in prop::sample::subsequence(PURPOSES[..3].to_vec(), 0..=3),
        programmes in prop_oneof![
            2 => Just(Coverage::All),
            1 => Just(Coverage::Only(vec!["p".into()])),
            1 => Just(Coverage::Only(vec![])),
        ],
        own_only in prop_oneof![4 => Just(false), 1 => Just(true)],
    ) -> Role {
        Role { id: id.into(), may, purposes, programmes, own_only }
    }
}

fn rules() -> impl Strategy<Value = Rules> {
    let listed = (role("a"), role("b"), role("c"), 1..300u64, any::<bool>()).prop_map(|(a, b, c, days, ends)| {
        let mut rules = fixture::rules();
        rules.roles = Roles::Listed(vec![a, b, c]);
        rules.retention.recordings = days * DAY / 2;
        if let Programmes::Listed(programmes) = &mut rules.programmes
            && ends
        {
            programmes[0].review_until = NOW.plus(days * DAY / 3);
        }
        rules
    });
    prop_oneof![5 => listed, 1 => Just(floor::rules())]
}

fn access() -> impl Strategy<Value = Access> {
    let what = (
        prop::sample::select(Operation::ALL.to_vec()),
        prop::sample::select(Artefact::ALL.to_vec()),
        purpose(),
        prop_oneof![2 => Just(MODES[0]), 1 => prop::sample::select(MODES.to_vec())],
        prop::sample::select(vec![Answer::No, Answer::No, Answer::Yes, Answer::Unknown]),
    );
    let who = (
        prop_oneof![9 => prop::sample::select(vec!["a", "b", "c"]), 1 => Just("nobody")],
        prop_oneof![6 => Just("p"), 2 => Just("q"), 1 => Just("former")],
        prop_oneof![3 => Just(Some("e-1")), 1 => Just(None)],
        prop_oneof![Just("e-1"), Just("e-9")],
        prop_oneof![9 => Just(true), 1 => Just(false)],
        prop_oneof![9 => Just(Some(1)), 1 => Just(Some(0)), 1 => Just(None)],
    );
    // Around every instant at which something ends, and once in a while before it was collected.
    let when = (
        0..400u64,
        0..400u64,
        prop_oneof![6 => Just(0i64), 1 => Just(1), 1 => Just(-1)],
    );
    (what, who, when).prop_map(
        |(
            (operation, artefact, purpose, mode, restricted),
            (role, programme, subject, viewer, individual_account, authorised),
            (later, age, off),
        )| {
            let at = NOW.plus(later * DAY / 3);
            let collected_at = at.minus(age * DAY / 2).as_millis().saturating_add_signed(off);
            Access {
                at,
                operation,
                artefact,
                purpose,
                individual_account,
                role: role.into(),
                authorised_until: authorised.map(|ms| at.plus(ms)),
                programme: programme.into(),
                subject: subject.map(str::to_owned),
                viewer: viewer.into(),
                restricted,
                collected_at: Timestamp::from_millis(collected_at),
                mode,
                ..fixture::access()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 5_000, ..ProptestConfig::default() })]

    #[test]
    fn the_policy_and_the_table_answer_alike(rules in rules(), accesses in vec(access(), 20)) {
        for asked in &accesses {
            let told = access::authorise(&rules, asked).map_err(|why| why.reason);
            prop_assert_eq!(told, table::answer(&rules, asked), "{:?}", asked);
        }
    }

    /// What a checked document allows, the floor allows: it refuses only what no document could allow.
    #[test]
    fn the_floor_refuses_nothing_that_rules_allow(rules in rules(), accesses in vec(access(), 20)) {
        for asked in &accesses {
            if access::authorise(&rules, asked).is_ok() {
                prop_assert!(access::authorise(&floor::rules(), asked).is_ok(), "{:?}", asked);
            }
        }
    }
}

/// Both implementations reach every reason, and both obligations, from the same few facts.
#[test]
fn every_answer_of_the_table_is_reached() {
    let mut seen = std::collections::BTreeSet::new();
    for operation in Operation::ALL {
        for purpose in PURPOSES {
            for mode in MODES {
                for (restricted, age, role) in [
                    (Answer::No, 1, "trainer"),
                    (Answer::Yes, 1, "trainer"),
                    (Answer::No, 300, "rights"),
                ] {
                    let asked = Access {
                        operation,
                        purpose,
                        mode,
                        restricted,
                        role: role.into(),
                        collected_at: NOW.minus(age * DAY),
                        ..fixture::access()
                    };
                    let told = access::authorise(&fixture::rules(), &asked).map_err(|why| why.reason);
                    assert_eq!(told, table::answer(&fixture::rules(), &asked), "{asked:?}");
                    seen.insert(told.map_or_else(|reason| reason.to_string(), |of| of.second_person.to_string()));
                }
            }
        }
    }
    let expected = [
        "false",
        "not-anonymised",
        "not-authorised",
        "purpose",
        "restricted",
        "still-image",
    ];
    assert!(expected.iter().all(|answer| seen.contains(*answer)), "{seen:?}");
}
