//! Baked components, held against the template that is given the same rules.

use std::sync::LazyLock;

use gardefou::{
    Access, Artefact, Authorisation, MAX_CODE, MAX_COMPONENT, Policy, PolicyHandle, Runtime, Source, Timestamp,
};
use gardefou_bake::{BakeError, Baker, Contents};
use gardefou_policy::rules::Rules;
use gardefou_tests::call::{Answer, Call, play};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::strategy;
use proptest::prelude::*;

/// For the configured; a baker has one of its own.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static BAKER: LazyLock<Baker> = LazyLock::new(|| Baker::new().unwrap());

const EXAMPLE: &str = include_str!("../../rules/example.toml");

/// Noon of 25 November 2026, UTC: the example is in force.
const TODAY: Timestamp = Timestamp::from_millis(1_795_608_000_000);

fn played(call: &Call, load: impl Fn(&Rules) -> Policy) -> Vec<Answer> {
    let generations: Vec<Vec<Policy>> = call.generations.iter().map(|g| g.iter().map(&load).collect()).collect();
    let handle = PolicyHandle::new(generations[0].clone()).unwrap();
    // Offering what is in force already is answered so, and changes nothing.
    play(call, &handle, true, |n| drop(handle.offer(generations[n].clone())))
}

fn configured(rules: &Rules) -> Policy {
    Policy::from_checked_rules(&RUNTIME, rules).unwrap()
}

fn baked(rules: &Rules) -> Policy {
    BAKER.bake_rules(rules).unwrap().policy
}

fn access() -> impl Strategy<Value = Access> {
    let roles = ["oversight", "rights", "self", "trainer", "nobody"];
    (
        prop::sample::select(gardefou::Operation::ALL.to_vec()),
        prop::sample::select(Artefact::ALL.to_vec()),
        prop::sample::select(roles.to_vec()),
        prop::sample::select(vec!["p", "q", "none"]),
        any::<(bool, bool)>(),
        prop::sample::select(vec![
            gardefou::Purpose::Training,
            gardefou::Purpose::SubjectRight,
            gardefou::Purpose::Oversight,
        ]),
        0..120u64,
    )
        .prop_map(
            |(operation, artefact, role, programme, (restricted, own), purpose, age)| Access {
                operation,
                artefact,
                purpose,
                role: role.into(),
                programme: programme.into(),
                restricted: restricted.into(),
                viewer: if own { "e-1".into() } else { "e-9".into() },
                collected_at: NOW.minus(age * gardefou_policy::types::DAY),
                ..fixture::access()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, max_shrink_iters: 500, ..ProptestConfig::default() })]

    /// Rules that were snapshotted in decide like the same rules given at the start.
    #[test]
    fn baked_and_configured_decide_alike(call in strategy::call(2)) {
        prop_assert_eq!(played(&call, baked), played(&call, configured));
    }

    /// So they do about what was recorded.
    #[test]
    fn baked_and_configured_keep_and_show_alike(rules in strategy::rules(), accesses in prop::collection::vec(access(), 20)) {
        let [one, other] = [baked(&rules), configured(&rules)].map(|policy| PolicyHandle::new(vec![policy]).unwrap());
        for access in &accesses {
            let told = [&one, &other].map(|handle| match handle.authorise(access).unwrap() {
                Authorisation::Granted(obligations) => Ok(obligations),
                Authorisation::Refused(why) => Err((why.reason, why.detail)),
            });
            prop_assert_eq!(&told[0], &told[1], "{:?}", access);
            let until = [&one, &other].map(|h| h.keep_until(access.artefact, access.collected_at, &access.programme).unwrap());
            prop_assert_eq!(until[0], until[1]);
        }
    }
}

#[test]
fn it_says_of_itself_what_the_configured_template_says() {
    let baked = BAKER.bake(EXAMPLE.as_bytes(), TODAY).unwrap();
    let configured = Policy::load(&RUNTIME, Source::Rules(EXAMPLE)).unwrap();
    assert_eq!(baked.policy.description(), configured.description());
    assert_ne!(baked.policy.digest(), configured.digest());
    assert!(baked.warnings.is_empty());
}

#[test]
fn it_is_a_policy_of_the_contract_and_takes_no_rules() {
    let baked = BAKER.bake(EXAMPLE.as_bytes(), TODAY).unwrap();
    let contents = Contents::of(&baked.component).unwrap();
    assert!(contents.imports.is_empty());
    let mut exports = contents.exports;
    exports.sort_unstable();
    exports.retain(|name| name != "gardefou:policy/types@1.0.0");
    assert_eq!(
        exports,
        [
            "gardefou:policy/about@1.0.0",
            "gardefou:policy/capture@1.0.0",
            "gardefou:policy/custody@1.0.0"
        ]
    );
    assert!(contents.code > 0 && contents.code <= MAX_CODE);
}

/// A host in another language learns from it how much memory it needs.
#[test]
fn it_says_how_much_memory_it_has_at_most() {
    let baked = BAKER.bake(EXAMPLE.as_bytes(), TODAY).unwrap();
    let memories = wasmparser::Parser::new(0)
        .parse_all(&baked.component)
        .filter_map(|payload| {
            let wasmparser::Payload::MemorySection(section) = payload.unwrap() else {
                return None;
            };
            Some(section.into_iter().map(|memory| memory.unwrap().maximum))
        });
    assert_eq!(memories.flatten().collect::<Vec<_>>(), [Some(512)]);
}

#[test]
fn the_document_is_in_it_byte_for_byte() {
    let document = format!("{EXAMPLE}# é, and no line feed at the end");
    let baked = BAKER.bake(document.as_bytes(), TODAY).unwrap();
    let contents = Contents::of(&baked.component).unwrap();
    assert_eq!(contents.document, Some(&*document));
    let provenance = contents.provenance.unwrap();
    let digest: String = baked
        .policy
        .description()
        .rules_digest
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(provenance.rules_sha256, digest);
    assert_eq!((provenance.format, &*provenance.contract), (1, "1.0"));
    assert!(provenance.time_zones.starts_with("20"), "{}", provenance.time_zones);
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let bytes = BAKER.bake(EXAMPLE.as_bytes(), TODAY).unwrap().component;
    assert!(bytes == BAKER.bake(EXAMPLE.as_bytes(), Timestamp::MIN).unwrap().component);
    assert!(bytes == Baker::new().unwrap().bake(EXAMPLE.as_bytes(), TODAY).unwrap().component);
    let other = EXAMPLE.replace("2026.11.0", "2026.11.1");
    assert!(bytes != BAKER.bake(other.as_bytes(), TODAY).unwrap().component);
}

#[test]
fn only_what_was_baked_from_its_document_is_reproduced() {
    let baked = BAKER.bake(EXAMPLE.as_bytes(), TODAY).unwrap().component;
    assert!(BAKER.reproduces(&baked).unwrap());
    assert!(
        !BAKER.reproduces(gardefou_bake::TEMPLATE).unwrap(),
        "it has no document"
    );
    // The rules of one document under the text of another, of the same length.
    let other = EXAMPLE.replace("\"2h\"", "\"9h\"");
    let place = baked
        .windows(EXAMPLE.len())
        .position(|w| w == EXAMPLE.as_bytes())
        .unwrap();
    let mut forged = baked.clone();
    forged[place..place + other.len()].copy_from_slice(other.as_bytes());
    assert_eq!(Contents::of(&forged).unwrap().document, Some(&*other));
    assert!(!BAKER.reproduces(&forged).unwrap());
    assert!(matches!(
        BAKER.reproduces(b"no component"),
        Err(BakeError::NotAComponent(_))
    ));
}

#[test]
fn a_document_with_errors_is_refused_with_all_of_them() {
    let wrong = EXAMPLE
        .replace("\"500ms\"", "\"5s\"")
        .replace("accesses   = \"365d\"", "accesses   = \"400d\"");
    let Err(BakeError::Rules(problems)) = BAKER.bake(wrong.as_bytes(), TODAY) else {
        panic!("it was baked")
    };
    assert_eq!(problems.len(), 2);
}

#[test]
fn the_largest_document_bakes_and_loads() {
    let document = fixture::largest_document(EXAMPLE);
    let baked = BAKER.bake(document.as_bytes(), TODAY).unwrap();
    let size = u64::try_from(baked.component.len()).unwrap();
    assert_eq!(baked.warnings, []);
    assert!(size < MAX_COMPONENT / 2, "{size}");
    let policy = Policy::load(&RUNTIME, Source::Bytes(&baked.component)).unwrap();
    assert_eq!(policy.description().programmes.len(), 1_000);
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    let until = handle.keep_until(Artefact::Recording, TODAY, "p999").unwrap();
    assert!(until > TODAY);
}
