//! A document, and another that differs from it in a few places.

use gardefou_policy::rules::{Coverage, Enrolment, Entry, Programmes, Roles, Rules};
use gardefou_policy::types::DAY;
use gardefou_tests::fixture::NOW;
use gardefou_tests::strategy;
use proptest::prelude::*;

/// A small change of rules.
#[derive(Clone, Debug)]
enum Mutation {
    FrameInterval(u64),
    FactsAge(u64),
    Held,
    Notice(u64),
    Version,
    Recordings(u64),
    Employees(bool),
    Entry(bool),
    Never(bool),
    Declared,
    Limit(u64),
    Unreviewed(u64),
    Share(u32),
    ReviewUntil(u64),
    Until(u64),
    RoleOwn,
    RoleMay,
    RoleCovers,
    Nothing,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (1..=1_000u64).prop_map(Mutation::FrameInterval),
        (1..=1_000u64).prop_map(Mutation::FactsAge),
        Just(Mutation::Held),
        (1..=120u64).prop_map(Mutation::Notice),
        Just(Mutation::Version),
        (1..=181u64).prop_map(Mutation::Recordings),
        any::<bool>().prop_map(Mutation::Employees),
        any::<bool>().prop_map(Mutation::Entry),
        any::<bool>().prop_map(Mutation::Never),
        Just(Mutation::Declared),
        (200..9_000u64).prop_map(Mutation::Limit),
        (200..9_000u64).prop_map(Mutation::Unreviewed),
        (1..=500_000u32).prop_map(Mutation::Share),
        (1..=90u64).prop_map(Mutation::ReviewUntil),
        (0..9_000u64).prop_map(Mutation::Until),
        Just(Mutation::RoleOwn),
        Just(Mutation::RoleMay),
        Just(Mutation::RoleCovers),
        Just(Mutation::Nothing),
    ]
}

fn mutated(mut rules: Rules, mutation: &Mutation) -> Rules {
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        unreachable!()
    };
    let Roles::Listed(roles) = &mut rules.roles else {
        unreachable!()
    };
    let programme = &mut programmes[0];
    match mutation {
        Mutation::FrameInterval(ms) => rules.max_frame_interval = *ms,
        Mutation::FactsAge(ms) => rules.max_facts_age = *ms,
        Mutation::Held => rules.while_held = !rules.while_held,
        Mutation::Notice(days) => rules.notice.valid_for = days * DAY / 10,
        Mutation::Version => rules.notice.version = Some("v2".into()),
        Mutation::Recordings(days) => rules.retention.recordings = days * DAY,
        Mutation::Employees(true) => programme.enrolment = Enrolment::Listed(vec!["e-1".into(), "e-4".into()]),
        Mutation::Employees(false) => programme.enrolment = Enrolment::Attested,
        Mutation::Entry(true) => rules.applications[0].entries.push(Entry {
            wm_class: Some("Cr*".into()),
            ..Entry::default()
        }),
        Mutation::Entry(false) => rules.applications[0].entries[0].title = Some("*x*".into()),
        Mutation::Never(true) => rules.applications[0].never_title.push("*x".into()),
        Mutation::Never(false) => rules.applications[0].never_title.clear(),
        Mutation::Declared => rules.applications[0].never_password ^= true,
        Mutation::Limit(ms) => programme.employee_cap.limit = *ms,
        Mutation::Unreviewed(ms) => programme.max_unreviewed = *ms,
        Mutation::Share(share) => programme.share_millionths = *share,
        Mutation::ReviewUntil(days) => programme.review_until = NOW.plus(days * DAY),
        Mutation::Until(ms) => programme.dates.end = NOW.plus(*ms),
        Mutation::RoleOwn => roles[3].own_only ^= true,
        Mutation::RoleMay => drop(roles[3].may.remove(0)),
        Mutation::RoleCovers => roles[3].programmes = Coverage::All,
        Mutation::Nothing => {}
    }
    rules
}

pub(crate) fn pair() -> impl Strategy<Value = (Rules, Rules)> {
    let changed = (strategy::rules(), prop::collection::vec(mutation(), 0..3)).prop_map(|(rules, mutations)| {
        let new = mutations.iter().fold(rules.clone(), mutated);
        (rules, new)
    });
    prop_oneof![4 => changed, 1 => (strategy::rules(), strategy::rules())]
}
