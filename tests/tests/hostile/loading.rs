//! Components that are not the contract's, and bytes that are no component.

use std::time::Duration;

use gardefou::{LoadError, MAX_COMPONENT, Policy, Source};
use gardefou_tests::hostile::{Foreign, INTERFACES, Part};

use crate::ask::{RUNTIME, load, timed, works};

const TEMPLATE: &[u8] = include_bytes!("../../../guest-policy/dist/policy.wasm");
const KEEP_UNTIL: &str =
    "keep-until: func(artefact: artefact, collected-at: timestamp, programme: string) -> timestamp;";

#[test]
fn each_interface_is_required() {
    for interface in INTERFACES {
        let wanted = format!("gardefou:policy/{interface}@1.0.0");
        match load(&Foreign::good().without_interface(interface)) {
            Err(LoadError::MissingExport { name }) => assert_eq!(name, wanted),
            other => panic!("{interface}: {other:?}"),
        }
    }
}

#[test]
fn each_function_is_required() {
    for (text, part, wanted) in [
        (KEEP_UNTIL, Part::KeepUntil, "gardefou:policy/custody@1.0.0#keep-until"),
        (
            "authorise: func(access: access) -> result<obligations, refusal>;",
            Part::Authorise,
            "gardefou:policy/custody@1.0.0#authorise",
        ),
        (
            "terms-of: func(programme: string) -> option<terms>;",
            Part::TermsOf,
            "gardefou:policy/capture@1.0.0#terms-of",
        ),
        (
            "review: func(segment: segment) -> disposition;",
            Part::Review,
            "gardefou:policy/capture@1.0.0#review",
        ),
        (
            "classify: func(app: app-identity) -> window-kind;",
            Part::Classify,
            "gardefou:policy/capture@1.0.0#[method]session.classify",
        ),
        (
            "describe: func() -> description;",
            Part::Describe,
            "gardefou:policy/about@1.0.0#describe",
        ),
    ] {
        match load(&Foreign::good().edited(text, "").without(part)) {
            Err(LoadError::MissingExport { name }) => assert_eq!(name, wanted),
            other => panic!("{wanted}: {other:?}"),
        }
    }
}

#[test]
fn each_type_is_the_contracts() {
    for (from, to, part) in [
        (
            KEEP_UNTIL,
            "keep-until: func(artefact: artefact, collected-at: timestamp, programme: list<u8>) -> timestamp;",
            "keep-until",
        ),
        (
            KEEP_UNTIL,
            "keep-until: func(artefact: artefact, collected-at: timestamp, programme: string) -> s64;",
            "keep-until",
        ),
        ("type conditions = u32;", "type conditions = s32;", "decide"),
        ("    screenshot,\n", "    screenshot,\n    photograph,\n", "open"),
        (
            "    unknown,\n    /// It is known",
            "    unknown,\n    perhaps,\n    /// It is known",
            "open",
        ),
        (
            "    second-person,\n",
            "    second-person,\n    third-person,\n",
            "authorise",
        ),
        ("    rule: string,", "    rule: list<u8>,", "describe"),
        ("max-unreviewed: millis,", "max-unreviewed: s64,", "terms-of"),
        ("    at(timestamp),", "    at(s64),", "review"),
        (
            "    wm-class: option<string>,",
            "    wm-class: option<list<u8>>,",
            "classify",
        ),
        ("    inner: rect,", "    inside: rect,", "decide"),
    ] {
        match load(&Foreign::good().edited(from, to)) {
            Err(LoadError::WrongType { name }) => assert!(
                name.contains(part) || part == "decide" || part == "open",
                "{to}: {name}"
            ),
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn nothing_else_may_be_exported() {
    let function = Foreign::good()
        .world("export extra: func();")
        .fields("(func (export \"extra\"))");
    let inside = Foreign::good()
        .edited(
            "describe: func() -> description;",
            "describe: func() -> description;\n  more: func();",
        )
        .fields("(func (export \"gardefou:policy/about@1.0.0#more\"))");
    let interface = Foreign::good()
        .package("package wasi:cli@0.2.0;\ninterface run { run: func() -> result; }")
        .world("export wasi:cli/run@0.2.0;")
        .fields("(func (export \"wasi:cli/run@0.2.0#run\") (result i32) (i32.const 0))");
    for (policy, wanted) in [
        (function, "extra"),
        (inside, "gardefou:policy/about@1.0.0#more"),
        (interface, "wasi:cli/run@0.2.0"),
    ] {
        match load(&policy) {
            Err(LoadError::UnexpectedExport { name }) => assert_eq!(name, wanted),
            other => panic!("{wanted}: {other:?}"),
        }
    }
}

#[test]
fn a_configure_of_another_type_is_refused() {
    let policy = Foreign::good()
        .world("export configure: func(rules: string) -> u32;")
        .fields("(func (export \"configure\") (param i32 i32) (result i32) (i32.const 0))");
    assert!(matches!(load(&policy), Err(LoadError::WrongType { name }) if name == "configure"));
}

#[test]
fn nothing_may_be_imported() {
    let wasi = "package wasi:cli@0.2.0;\ninterface environment { get-arguments: func() -> list<string>; }";
    let environment = Foreign::good()
        .package(wasi)
        .world("import wasi:cli/environment@0.2.0;")
        .imports("(import \"wasi:cli/environment@0.2.0\" \"get-arguments\" (func (param i32)))");
    let function = Foreign::good()
        .world("import now: func() -> u64;")
        .imports("(import \"$root\" \"now\" (func (result i64)))");
    let types = Foreign::good().without_interface("types");
    for (policy, wanted) in [
        (environment, "wasi:cli/environment@0.2.0"),
        (function, "now"),
        (types, "gardefou:policy/types@1.0.0"),
    ] {
        match load(&policy) {
            Err(LoadError::Imports { name }) => assert_eq!(name, wanted),
            other => panic!("{wanted}: {other:?}"),
        }
    }
}

#[test]
fn a_newer_contract_is_named() {
    for (versions, wanted) in [(["1.1.0"], "1.1"), (["2.0.0"], "2.0"), (["1.12.3"], "1.12")] {
        let error = load(&Foreign::good().for_versions(&versions)).unwrap_err();
        assert!(
            error.to_string().contains(&format!("needs contract {wanted};")),
            "{error}"
        );
        assert!(matches!(error, LoadError::NewerContract { version } if version == wanted));
    }
}

#[test]
fn an_older_contract_or_a_patch_is_not_taken_for_this_one() {
    for versions in [["0.9.0"], ["1.0.1"]] {
        assert!(matches!(
            load(&Foreign::good().for_versions(&versions)),
            Err(LoadError::MissingExport { .. })
        ));
    }
}

#[test]
fn a_policy_for_this_contract_and_a_newer_one_loads() {
    works(&load(&Foreign::good().for_versions(&["1.0.0", "1.1.0"])).unwrap());
}

#[test]
fn a_huge_component_is_refused_without_being_read() {
    let hundred = 100 << 20;
    let mut bytes = TEMPLATE.to_vec();
    bytes.resize(hundred, 0);
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(u64::try_from(hundred).unwrap()).unwrap();
    for source in [Source::Bytes(&bytes), Source::File(file.path())] {
        let best = (0..3).map(|_| {
            let (took, refused) = timed(|| Policy::load(&RUNTIME, source));
            assert!(matches!(refused, Err(LoadError::TooLarge { limit: MAX_COMPONENT })));
            took
        });
        assert!(best.min().unwrap() < Duration::from_millis(100));
    }
}

#[test]
fn a_file_that_never_ends_is_refused() {
    let zero = std::path::Path::new("/dev/zero");
    assert!(matches!(
        Policy::load(&RUNTIME, Source::File(zero)),
        Err(LoadError::TooLarge { .. })
    ));
}

#[test]
fn what_is_no_component_is_refused() {
    let module = wat::parse_str("(module (memory 1) (func (export \"decide\")))").unwrap();
    let garbage: Vec<u8> = (0..5_000u32)
        .map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap())
        .collect();
    let magic = [b"\0asm\x0d\0\x01\0".as_slice(), &garbage].concat();
    for bytes in [&b""[..], b"\0asm", &garbage, &module, &magic, b"(component)"] {
        match Policy::load(&RUNTIME, Source::Bytes(bytes)) {
            Err(LoadError::NotAComponent(why)) => assert!(!why.is_empty()),
            other => panic!("{} bytes: {other:?}", bytes.len()),
        }
    }
    let empty = wat::parse_str("(component)").unwrap();
    assert!(matches!(
        Policy::load(&RUNTIME, Source::Bytes(&empty)),
        Err(LoadError::MissingExport { .. })
    ));
    assert!(matches!(
        Policy::load(&RUNTIME, Source::File("/nowhere/policy.wasm".as_ref())),
        Err(LoadError::Read { .. })
    ));
}

#[test]
fn a_component_that_is_cut_short_is_refused() {
    let steps = TEMPLATE.len() / 97;
    for length in (0..97).map(|n| n * steps).chain(TEMPLATE.len() - 20..TEMPLATE.len()) {
        let loaded = Policy::load(&RUNTIME, Source::Bytes(&TEMPLATE[..length]));
        assert!(loaded.is_err(), "{length} bytes");
    }
}

#[test]
fn a_component_with_a_flipped_bit_is_refused_or_sandboxed() {
    let sound = Foreign::good().component();
    for n in 0..400usize {
        let mut bytes = sound.clone();
        let at = n.wrapping_mul(2_654_435_761) % bytes.len();
        bytes[at] ^= 1 << (n % 8);
        // Whatever it is now, nothing outside it notices.
        drop(Policy::load(&RUNTIME, Source::Bytes(&bytes)));
    }
    works(&load(&Foreign::good()).unwrap());
}
