//! What each key of a rule document changes, and what no key changes.

use gardefou::{Policy, Source};
use gardefou_compare::{Direction, Native, Plan, Sides, shown};

use crate::{EXAMPLE, RUNTIME, natively, read};

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
