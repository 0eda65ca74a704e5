//! No difference escapes a comparison: random pairs of rules against random questions, every key of the rule
//! document one by one, and deliberately loose components against the floor.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::LazyLock;

use gardefou::{
    Action, AppIdentity, Artefact, CallPhase, Condition, Conditions, Notice, Operation, Policy, PolicyHandle, Purpose,
    Rect, Runtime, Source, Timestamp,
};
use gardefou_bake::Baker;
use gardefou_compare::{
    Answer, Comparison, Component, Direction, FrameQuestion, Native, Opened, Oracle, Plan, Question, Sides, direction,
    shown,
};
use gardefou_policy::facts::{Moment, Window};
use gardefou_policy::rules::{Coverage, Enrolment, Entry, Programmes, Roles, Rules};
use gardefou_policy::types::{DAY, WindowKind};
use gardefou_policy::{document, floor};
use gardefou_tests::call;
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::hostile::{Foreign, Part};
use gardefou_tests::strategy;
use proptest::prelude::*;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static BAKER: LazyLock<Baker> = LazyLock::new(|| Baker::new().unwrap());

const EXAMPLE: &str = include_str!("../../rules/example.toml");

fn natively(old: &Rules, new: &Rules) -> Comparison {
    Plan::of(Sides { old, new }).compare(&mut Native::new(old), &mut Native::new(new), || {})
}

fn instants() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        4 => (0..8_000u64).prop_map(|ms| NOW.plus(ms)),
        1 => (0..90u64).prop_map(|days| NOW.minus(30 * DAY).plus(days * DAY)),
        1 => any::<u64>().prop_map(Timestamp::from_millis),
    ]
}

/// A frame of a session with these facts.
fn frame() -> impl Strategy<Value = Question> {
    let phases = vec![
        CallPhase::Connected,
        CallPhase::Connected,
        CallPhase::Held,
        CallPhase::AfterCall,
    ];
    let used = || prop_oneof![3 => 0..5_000u64, 1 => Just(7_199_800u64), 1 => any::<u64>()];
    let odd = prop::option::weighted(
        0.3,
        (prop::sample::select(Condition::ALL.to_vec()), any::<(bool, bool)>()),
    );
    (
        strategy::facts(),
        (0..3_000u64, prop_oneof![Just(0), 0..6_000u64], 0..1_200u64, 0..1_200u64),
        prop::sample::select(phases),
        (used(), used(), used()),
        odd,
    )
        .prop_map(|(mut facts, (opened, after, age, gap), phase, used, odd)| {
            let at = NOW.plus(opened);
            facts.employee_notice = facts.employee_notice.map(|notice| Notice {
                given_at: at.minus(10 * DAY),
                ..notice
            });
            let mut moment = Moment {
                at: at.plus(after),
                facts_from: at.plus(after),
                facts_to: at.plus(after).plus(age),
                gap,
                phase,
                employee_used: used.0,
                programme_used: used.1,
                unreviewed: used.2,
                ..fixture::moment()
            };
            if let Some((condition, (known, holds))) = odd {
                let put = |set: Conditions, is_in| {
                    if is_in {
                        set.with(condition)
                    } else {
                        set.without(condition)
                    }
                };
                moment.known = put(moment.known, known);
                moment.holds = put(moment.holds, known && holds);
            }
            let rect = Rect::new(0, 0, 8, 8);
            Question::Frame(Box::new(FrameQuestion {
                session: Rc::new(Opened { facts, at }),
                moment,
                surface: (20, 16),
                windows: vec![Window {
                    kind: WindowKind::Training,
                    inner: rect,
                    outer: rect,
                }],
            }))
        })
}

fn opening() -> impl Strategy<Value = Question> {
    (
        strategy::facts(),
        instants(),
        prop::sample::select(vec!["v1", "v2"]),
        95..105u64,
        "e-[1-4]",
    )
        .prop_map(|(mut facts, at, version, age, employee)| {
            facts.employee = employee;
            facts.employee_notice = facts.employee_notice.map(|_| Notice {
                version: version.into(),
                given_at: at.minus(age * DAY / 10),
            });
            Question::Open(Rc::new(Opened { facts, at }))
        })
}

fn window() -> impl Strategy<Value = Question> {
    let field = || {
        prop::option::of(prop::sample::select(vec![
            "crm.exe",
            "mail.exe",
            "a password",
            "x",
            "Crm",
        ]))
    };
    (field(), field(), field(), instants()).prop_map(|(executable, title, wm_class, at)| {
        let mut app = AppIdentity::default();
        app.executable = executable.map(Into::into);
        app.title = title.map(Into::into);
        app.wm_class = wm_class.map(Into::into);
        let session = Rc::new(Opened {
            facts: fixture::facts(),
            at,
        });
        Question::Kind {
            session,
            app,
            about: "a window".into(),
        }
    })
}

fn custody() -> impl Strategy<Value = Question> {
    let roles = vec!["oversight", "rights", "self", "trainer", "nobody"];
    let purposes = vec![
        Purpose::Training,
        Purpose::SubjectRight,
        Purpose::Oversight,
        Purpose::Evidence,
    ];
    (
        prop::sample::select(Operation::ALL.to_vec()),
        prop::sample::select(Artefact::ALL.to_vec()),
        prop::sample::select(purposes),
        prop::sample::select(roles),
        prop::sample::select(vec!["p", "q", "none"]),
        any::<(bool, bool)>(),
        (0..400u64, 0..400u64),
    )
        .prop_flat_map(
            |(operation, artefact, purpose, role, programme, (own, restricted), (age, later))| {
                let at = NOW.plus(later * DAY / 4);
                let collected_at = at.minus(age * DAY);
                let mut access = fixture::access();
                access.at = at;
                access.authorised_until = Some(at.plus(1));
                access.operation = operation;
                access.artefact = artefact;
                access.purpose = purpose;
                access.role = role.into();
                access.programme = programme.into();
                access.restricted = restricted;
                access.collected_at = collected_at;
                access.viewer = if own { "e-1".into() } else { "e-9".into() };
                prop_oneof![
                    3 => Just(Question::Access(Box::new(access))),
                    1 => Just(Question::KeepUntil { artefact, collected_at, programme: programme.into() }),
                ]
            },
        )
}

fn question() -> impl Strategy<Value = Question> {
    prop_oneof![3 => opening(), 3 => frame(), 1 => window(), 2 => custody()]
}

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

fn pair() -> impl Strategy<Value = (Rules, Rules)> {
    let changed = (strategy::rules(), prop::collection::vec(mutation(), 0..3)).prop_map(|(rules, mutations)| {
        let new = mutations.iter().fold(rules.clone(), mutated);
        (rules, new)
    });
    prop_oneof![4 => changed, 1 => (strategy::rules(), strategy::rules())]
}

/// Holds a comparison against answers to questions that it did not make.
fn nothing_escapes(
    comparison: &Comparison,
    questions: &[Question],
    mut one: impl FnMut(&Question) -> Answer,
    mut other: impl FnMut(&Question) -> Answer,
) -> Result<(), TestCaseError> {
    for question in questions {
        let (old, new) = (one(question), other(question));
        let Some(way) = direction(&old, &new) else { continue };
        let found = comparison.direction();
        prop_assert!(found.is_some(), "{question:?}: {old:?}, {new:?}");
        if way == Direction::Looser {
            prop_assert_eq!(found, Some(Direction::Looser), "{:?}: {:?}, {:?}", question, old, new);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_difference_escapes((old, new) in pair(), questions in prop::collection::vec(question(), 60)) {
        let comparison = natively(&old, &new);
        let (mut one, mut other) = (Native::new(&old), Native::new(&new));
        nothing_escapes(&comparison, &questions, |q| one.answer(q), |q| other.answer(q))?;
        // What nothing escapes from must not be everything: the same rules are the same.
        prop_assert!(natively(&old, &old.clone()).groups.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// The same with components that were baked, and the two implementations against each other.
    #[test]
    fn no_difference_escapes_components((old, new) in pair(), questions in prop::collection::vec(question(), 60)) {
        let [one, other] = [&old, &new].map(|rules| BAKER.bake_rules(rules).unwrap().policy);
        let (mut one, mut other) = (Component::new(&one), Component::new(&other));
        let comparison = Plan::of(Sides { old: &old, new: &new }).compare(&mut one, &mut other, || {});
        prop_assert_eq!(one.faults().0 + other.faults().0, 0);
        nothing_escapes(&comparison, &questions, |q| one.answer(q), |q| other.answer(q))?;
        let native = natively(&old, &new);
        let told = |c: &Comparison| c.groups.iter().map(|g| (g.change.clone(), g.direction, g.cases)).collect::<Vec<_>>();
        prop_assert_eq!(told(&comparison), told(&native));
    }
}

/// The first answers of two runs of one call that differ, and which way: what comes later follows from it.
fn first_difference(old: &[call::Answer], new: &[call::Answer]) -> Option<Direction> {
    let (old, new) = old.iter().zip(new).find(|(old, new)| old != new)?;
    let rank = |answer: &call::Answer| match answer {
        call::Answer::Refused(_) | call::Answer::Frame(Action::Stop, ..) => 0,
        call::Answer::Frame(Action::Skip, ..) => 1,
        call::Answer::Frame(Action::Keep, ..) => 2,
        call::Answer::Segment(kept) => u8::from(kept.is_ok()),
    };
    Some(match rank(new).cmp(&rank(old)) {
        Ordering::Greater => Direction::Looser,
        Ordering::Less => Direction::Stricter,
        // Another reason, or other pixels of a frame that both keep: which way is not looked at here.
        Ordering::Equal => Direction::Neither,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 50, ..ProptestConfig::default() })]

    /// Whole random calls under baked components, with the floor, the counting and the leases of a recorder.
    #[test]
    fn no_difference_escapes_calls((old, new) in pair(), calls in prop::collection::vec(strategy::call(1), 8)) {
        let found = natively(&old, &new).direction();
        let policies = [&old, &new].map(|rules| BAKER.bake_rules(rules).unwrap().policy);
        for call in &calls {
            let [before, after] = policies.each_ref().map(|policy| {
                let handle = PolicyHandle::new(vec![policy.clone()]).unwrap();
                let call = call::Call { generations: vec![vec![]], ..call.clone() };
                call::play(&call, &handle, true, |_| {})
            });
            let Some(way) = first_difference(&before, &after) else { continue };
            prop_assert!(found.is_some(), "{way:?}: {call:?}");
            if way == Direction::Looser {
                prop_assert_eq!(found, Some(Direction::Looser), "{:?}", call);
            }
        }
    }
}

fn read(text: &str) -> Rules {
    let reading = document::read(text.as_bytes(), NOW);
    reading.rules.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

#[test]
fn comments_and_spaces_are_no_difference() {
    let other = EXAMPLE.replace('#', "# and").replace("  = ", " =   ");
    assert_ne!(EXAMPLE, other);
    let comparison = natively(&read(EXAMPLE), &read(&other));
    assert!(comparison.groups.is_empty(), "{:?}", comparison.groups);
    assert!(comparison.asked.total() > 1_000 && !comparison.is_cut());
}

/// Every key that decides something, changed in both directions.
#[test]
fn every_key_is_found_with_its_direction() {
    use Direction::{Looser, Neither, Stricter};
    let cases: &[(&str, &str, Direction)] = &[
        // The programme is over by then: refused all the same.
        ("until = 2027-04-30", "until = 2027-05-01", Neither),
        ("until = 2027-04-30", "until = 2026-12-14", Stricter),
        ("from = 2026-11-01", "from = 2026-11-02", Stricter),
        ("time-zone  = \"Europe/Paris\"", "time-zone = \"UTC\"", Looser),
        (
            "on = 2026-09-15, valid-for = \"730d\"",
            "on = 2026-11-02, valid-for = \"730d\"",
            Stricter,
        ),
        (
            "on = 2026-09-15, valid-for = \"730d\"",
            "on = 2026-09-15, valid-for = \"50d\"",
            Stricter,
        ),
        (
            "on = 2026-09-30, valid-for = \"1095d\"",
            "on = 2026-09-30, valid-for = \"40d\"",
            Stricter,
        ),
        (
            "reference = \"RT-042\", on = 2026-09-30",
            "reference = \"RT-042\", on = 2026-11-05",
            Stricter,
        ),
        ("version   = \"2026-09\"", "version   = \"2026-10\"", Looser),
        ("valid-for = \"365d\"", "valid-for = \"364d\"", Stricter),
        (
            "max-frame-interval = \"500ms\"",
            "max-frame-interval = \"501ms\"",
            Looser,
        ),
        (
            "max-frame-interval = \"500ms\"",
            "max-frame-interval = \"499ms\"",
            Stricter,
        ),
        ("max-facts-age      = \"250ms\"", "max-facts-age = \"251ms\"", Looser),
        ("max-facts-age      = \"250ms\"", "max-facts-age = \"249ms\"", Stricter),
        ("while-held         = false", "while-held = true", Looser),
        ("recordings = \"180d\"", "recordings = \"181d\"", Looser),
        ("recordings = \"180d\"", "recordings = \"179d\"", Stricter),
        ("analyses   = \"365d\"", "analyses = \"364d\"", Stricter),
        ("decisions  = \"180d\"", "decisions = \"181d\"", Looser),
        ("accesses   = \"365d\"", "accesses = \"364d\"", Stricter),
        ("temporary  = \"1d\"", "temporary = \"23h\"", Stricter),
        (
            "{ executable = \"crm.exe\", signer = \"ACME SAS\" },",
            "{ executable = \"crm.exe\" },",
            Looser,
        ),
        ("{ executable = \"crm.exe\", signer = \"ACME SAS\" },", "", Stricter),
        ("https://crm.acme.example/**", "https://*.acme.example/**", Looser),
        ("https://crm.acme.example/**", "https://crm.acme.example/app/**", Looser),
        ("[\"*mot de passe*\", \"*password*\"]", "[\"*password*\"]", Looser),
        (
            "[\"*mot de passe*\", \"*password*\"]",
            "[\"*mot de passe*\", \"*password*\", \"*pin*\"]",
            Stricter,
        ),
        (
            "never-entered = [\"password\"]",
            "never-entered = [\"password\", \"payment-card\"]",
            Looser,
        ),
        ("never-entered = [\"password\"]", "never-entered = []", Stricter),
        ("id           = \"crm-onboarding\"", "id = \"crm-onboardings\"", Looser),
        (
            "employees    = [\"e-1001\", \"e-1002\"]",
            "employees = [\"e-1001\", \"e-1002\", \"e-1003\"]",
            Looser,
        ),
        (
            "employees    = [\"e-1001\", \"e-1002\"]",
            "employees = [\"e-1001\"]",
            Stricter,
        ),
        ("employees    = [\"e-1001\", \"e-1002\"]", "", Looser),
        ("until        = 2026-12-15", "until = 2026-12-16", Looser),
        ("from         = 2026-11-01", "from = 2026-11-02", Stricter),
        ("review-until = 2027-01-15", "review-until = 2027-01-16", Looser),
        ("review-until = 2027-01-15", "", Stricter),
        (
            "per-employee   = { limit = \"2h\"",
            "per-employee   = { limit = \"3h\"",
            Looser,
        ),
        (
            "per-employee   = { limit = \"2h\", per = \"7d\"",
            "per-employee = { limit = \"2h\", per = \"6d\"",
            Looser,
        ),
        (
            "per-employee   = { limit = \"2h\", per = \"7d\"",
            "per-employee = { limit = \"2h\", per = \"8d\"",
            Stricter,
        ),
        (
            "programme      = { limit = \"20h\"",
            "programme      = { limit = \"19h\"",
            Stricter,
        ),
        (
            "programme      = { limit = \"20h\", per = \"7d\"",
            "programme = { limit = \"20h\", per = \"8d\"",
            Stricter,
        ),
        ("unreviewed     = \"20h\"", "unreviewed = \"21h\"", Looser),
        ("limit = 0.2, ", "limit = 0.200001, ", Looser),
        ("limit = 0.2, ", "limit = 0.199999, ", Stricter),
        ("per = \"30d\"", "per = \"31d\"", Looser),
        (
            "[\"view\", \"annotate\", \"train-others\"]",
            "[\"view\", \"annotate\"]",
            Stricter,
        ),
        (
            "[\"view\", \"annotate\", \"train-others\"]",
            "[\"view\", \"annotate\", \"train-others\", \"export\"]",
            Looser,
        ),
        ("purposes   = [\"oversight\"]", "purposes = [\"training\"]", Looser),
        ("programmes = [\"*\"]", "programmes = [\"crm-onboarding\"]", Stricter),
        ("own-only   = true", "own-only = false", Looser),
        ("id         = \"trainer\"", "id = \"trainers\"", Looser),
    ];
    for (from, to, way) in cases {
        assert!(EXAMPLE.contains(from), "{from}");
        let changed = EXAMPLE.replacen(from, to, 1);
        let changed = if from.starts_with("id           ") {
            changed.replace("[\"crm-onboarding\"]", "[\"crm-onboardings\"]")
        } else {
            changed
        };
        let (old, new) = (read(EXAMPLE), read(&changed));
        assert_eq!(natively(&old, &new).direction(), Some(*way), "{from} -> {to}");
        // The other way round it is the opposite, unless it is both.
        let back = natively(&new, &old).direction();
        if *way == Stricter {
            assert_eq!(back, Some(Looser), "{to} -> {from}");
        } else {
            assert!(
                back.is_some_and(|back| back <= *way || back == Stricter),
                "{to} -> {from}"
            );
        }
    }
}

/// What decides nothing is no difference.
#[test]
fn what_decides_nothing_is_no_difference() {
    for (from, to) in [
        ("version    = \"2026.11.0\"", "version = \"2026.11.1\""),
        ("id         = \"acme-support\"", "id = \"acme\""),
        ("title = \"Customer desk\"", "title = \"Desk\""),
        ("announced-on = 2026-10-20", "announced-on = 2026-10-21"),
        (
            "executable = \"crm.exe\", signer = \"ACME SAS\"",
            "executable = \"CRM.exe\", signer = \"Acme sas\"",
        ),
    ] {
        assert!(EXAMPLE.contains(from), "{from}");
        let comparison = natively(&read(EXAMPLE), &read(&EXAMPLE.replacen(from, to, 1)));
        assert!(comparison.groups.is_empty(), "{from}: {:?}", comparison.groups);
    }
}

/// Two periods that follow each other: no session opens under both, and what frames and windows are
/// answered is compared all the same.
#[test]
fn rules_of_two_periods_are_compared_within_them() {
    let next = EXAMPLE
        .replace(
            "{ from = 2026-11-01, until = 2027-04-30 }",
            "{ from = 2027-05-01, until = 2027-10-31 }",
        )
        .replace("from         = 2026-11-01", "from = 2027-05-01")
        .replace("until        = 2026-12-15", "until = 2027-06-15")
        .replace("review-until = 2027-01-15", "review-until = 2027-07-15")
        .replace("version   = \"2026-09\"", "version = \"2027-03\"");
    let apart = |text: &str| {
        let comparison = natively(&read(EXAMPLE), &read(text));
        assert!(comparison.axes.apart.contains("crm-onboarding"));
        let of_frames = |c: &gardefou_compare::Change| {
            matches!(
                c,
                gardefou_compare::Change::Frame { .. } | gardefou_compare::Change::Window { .. }
            )
        };
        comparison.groups.into_iter().filter(|g| of_frames(&g.change)).count()
    };
    assert_eq!(apart(&next), 0);
    assert!(apart(&next.replace("while-held         = false", "while-held = true")) > 0);
    assert!(apart(&next.replace("crm.exe", "other.exe")) > 0);
}

#[test]
fn too_many_cases_cut_programmes() {
    let rules = read(EXAMPLE);
    let sides = Sides {
        old: &rules,
        new: &rules,
    };
    let plan = Plan::within(sides, 5_000);
    let comparison = plan.compare(&mut Native::new(&rules), &mut Native::new(&rules), || {});
    assert_eq!(comparison.asked.total(), plan.cases());
    let whole = Plan::of(sides).compare(&mut Native::new(&rules), &mut Native::new(&rules), || {});
    assert!(!whole.is_cut());
    assert!(comparison.is_cut() && comparison.asked.total() < whole.asked.total());
}

/// Every looser or stricter example that a scenario is made of shows the difference when it is run.
#[test]
fn examples_run_differently_on_the_two() {
    let changed = EXAMPLE
        .replace("\"500ms\"", "\"800ms\"")
        .replace("while-held         = false", "while-held = true")
        .replace("limit = \"2h\"", "limit = \"1h\"")
        .replace("recordings = \"180d\"", "recordings = \"100d\"")
        .replace("\"train-others\"", "\"export\"")
        .replace("\"*mot de passe*\", ", "");
    let [old, new] = [EXAMPLE, &changed].map(|text| Policy::load(&RUNTIME, Source::Rules(text)).unwrap());
    let comparison = natively(&read(EXAMPLE), &read(&changed));
    let mut scenarios = 0;
    for group in &comparison.groups {
        if let Some(shown) = shown(&group.examples, &old, &new).unwrap() {
            assert_ne!(shown.old, shown.new);
            assert!(shown.scenario.lines().last().unwrap().contains("\"expect\""));
            scenarios += 1;
        }
    }
    assert!(scenarios >= 6, "{scenarios} of {}", comparison.groups.len());
}

fn against_the_floor(policy: &Policy, rules: &Rules) -> Comparison {
    let floor = floor::rules();
    let sides = Sides {
        old: &floor,
        new: rules,
    };
    Plan::of(sides).compare(&mut Native::new(&floor), &mut Component::new(policy), || {})
}

#[test]
fn a_document_is_never_looser_than_the_floor() {
    let policy = Policy::load(&RUNTIME, Source::Rules(EXAMPLE)).unwrap();
    let comparison = against_the_floor(&policy, &read(EXAMPLE));
    let looser: Vec<_> = comparison
        .groups
        .iter()
        .filter(|g| g.direction == Direction::Looser)
        .collect();
    assert!(looser.is_empty(), "{looser:?}");
    assert!(comparison.permitted.openings > 0 && comparison.permitted.frames > 0 && comparison.permitted.accesses > 0);
}

#[test]
fn loose_components_are_looser_than_the_floor() {
    let rules = fixture::rules();
    // Opens everything, and keeps every frame.
    let keeps = Foreign::good();
    let evaluates = Foreign::good().answering(&gardefou_tests::hostile::Answer::refusal(1, 36, 0));
    let for_ever = evaluates
        .clone()
        .with(Part::Open, "(call $refused (i32.const 12) (i32.const 0))");
    for (foreign, change) in [(keeps, "Frame"), (evaluates, "Open"), (for_ever, "KeepUntil")] {
        let component = foreign.component();
        let policy = Policy::load(&RUNTIME, Source::Bytes(&component)).unwrap();
        let comparison = against_the_floor(&policy, &rules);
        let looser = comparison.groups.iter().filter(|g| g.direction == Direction::Looser);
        let named: Vec<String> = looser.map(|g| format!("{:?}", g.change)).collect();
        assert!(named.iter().any(|own| own.starts_with(change)), "{change}: {named:?}");
    }
}
