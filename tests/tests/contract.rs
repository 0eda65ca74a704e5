//! The published component, held against the published text of the contract.

use std::collections::BTreeMap;

use gardefou::{Action, Artefact, Opening, Outcome, Policy, PolicyHandle, Reason, Runtime, Source, Timestamp};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::sitting::{Frame, Sitting};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{InterfaceId, Resolve, WorldItem};

mod bindings {
    wasmtime::component::bindgen!({ path: "../wit/1.0", world: "policy-template" });
}

use bindings::exports::gardefou::policy::{capture, custody};

/// The component under test: the published one, or the file that `GARDEFOU_COMPONENT` names.
fn component() -> Vec<u8> {
    match std::env::var_os("GARDEFOU_COMPONENT") {
        Some(path) => std::fs::read(path).unwrap(),
        None => include_bytes!("../../guest-policy/dist/policy.wasm").to_vec(),
    }
}

/// What the component says of its own interface.
fn decoded() -> (Resolve, wit_parser::WorldId) {
    match wit_component::decode(&component()).unwrap() {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => panic!("a package, and no component"),
    }
}

/// The published text, and its world.
fn published() -> (Resolve, wit_parser::WorldId) {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_str("policy.wit", include_str!("../../wit/1.0/policy.wit"))
        .unwrap();
    let world = resolve.select_world(&[package], Some("policy-template")).unwrap();
    (resolve, world)
}

/// The exports of a world by name, each spelt out: an interface item by item, a function by its type.
fn exports(resolve: &Resolve, world: wit_parser::WorldId) -> BTreeMap<String, Vec<String>> {
    let spelt = |item: &WorldItem| match item {
        WorldItem::Interface { id, .. } => items(resolve, *id),
        WorldItem::Function(function) => {
            let mut printer = WitPrinter::default();
            let mut spell = |ty| {
                printer.print_type_name(resolve, ty).unwrap();
                std::mem::take(&mut printer.output).to_string()
            };
            let params: Vec<String> = function
                .params
                .iter()
                .map(|p| format!("{}: {}", p.name, spell(&p.ty)))
                .collect();
            vec![format!(
                "({}) -> {:?}",
                params.join(", "),
                function.result.as_ref().map(spell)
            )]
        }
        WorldItem::Type { .. } => vec!["a type".into()],
    };
    let world = &resolve.worlds[world];
    world
        .exports
        .iter()
        .map(|(key, item)| (resolve.name_world_key(key), spelt(item)))
        .collect()
}

/// The items of an interface as text without comments, in alphabetical order: how they are ordered is a
/// tool's choice.
fn items(resolve: &Resolve, interface: InterfaceId) -> Vec<String> {
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print_interface(resolve, interface).unwrap();
    let text = printer.output.to_string();
    let mut items = vec![String::new()];
    let mut depth = 0i32;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(names) = line.strip_prefix("use ") {
            // The names of one `use` come in any order too.
            let mut words: Vec<&str> = names
                .split([' ', ',', '{', '}', ';'])
                .filter(|w| !w.is_empty())
                .collect();
            words.sort_unstable();
            items.push(format!("use {}", words.join(" ")));
            items.push(String::new());
            continue;
        }
        let last = items.last_mut().unwrap();
        last.push_str(line);
        last.push('\n');
        let braces = |c| i32::try_from(line.matches(c).count()).unwrap();
        depth += braces('{') - braces('}');
        if depth == 0 {
            items.push(String::new());
        }
    }
    items.retain(|item| !item.is_empty());
    items.sort();
    items
}

#[test]
fn it_is_a_valid_component_that_imports_nothing() {
    let (resolve, world) = decoded();
    assert_eq!(
        resolve.worlds[world].imports.len(),
        0,
        "{:?}",
        resolve.worlds[world].imports
    );
    Component::from_binary(&Engine::default(), &component()).unwrap();
}

#[test]
fn its_exports_are_the_published_ones_item_by_item() {
    let (resolve, world) = decoded();
    let (of_text, text_world) = published();
    let (mut found, mut wanted) = (exports(&resolve, world), exports(&of_text, text_world));
    let types = "gardefou:policy/types@1.0.0";
    let wanted_types = wanted.remove(types).unwrap();
    if let Some(found_types) = found.remove(types) {
        assert_eq!(found_types, wanted_types);
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    assert_eq!(
        wanted.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "configure",
            "gardefou:policy/about@1.0.0",
            "gardefou:policy/capture@1.0.0",
            "gardefou:policy/custody@1.0.0"
        ]
    );
    for (name, items) in wanted {
        assert!(!items.is_empty());
        assert_eq!(found[&name], items, "{name}");
    }
}

#[test]
fn the_types_that_its_interfaces_use_are_the_published_ones() {
    let text = |(resolve, _): (Resolve, wit_parser::WorldId)| {
        let (id, _) = resolve
            .interfaces
            .iter()
            .find(|(_, i)| i.name.as_deref() == Some("types"))
            .unwrap();
        items(&resolve, id)
    };
    assert_eq!(text(decoded()), text(published()));
}

/// The component itself, without the SDK around it.
struct Bare {
    store: Store<()>,
    policy: bindings::PolicyTemplate,
}

impl Bare {
    fn new() -> Self {
        let engine = Engine::new(Config::new().wasm_component_model(true)).unwrap();
        let component = Component::from_binary(&engine, &component()).unwrap();
        let mut store = Store::new(&engine, ());
        let policy = bindings::PolicyTemplate::instantiate(&mut store, &component, &Linker::new(&engine)).unwrap();
        Self { store, policy }
    }

    fn open(&mut self) -> Result<wasmtime::component::ResourceAny, u16> {
        let facts = fixture::facts();
        let notice = facts.employee_notice.unwrap();
        let question = capture::SessionFacts {
            session: facts.session,
            employee: facts.employee,
            programme: facts.programme,
            purpose: capture::Purpose::Training,
            mode: capture::CaptureMode::ScreenVideo,
            frame_interval: facts.frame_interval,
            employee_notice: Some(capture::Notice {
                version: notice.version,
                given_at: notice.given_at.as_millis(),
            }),
            employee_objected: capture::Answer::No,
            enrolled_at: facts.enrolled_at.map(Timestamp::as_millis),
            protected_line: capture::Answer::No,
            calls: facts.calls.map(|calls| capture::Calls {
                offered: calls.offered,
                recorded: calls.recorded,
            }),
            extra: facts.extra,
        };
        let capture = self.policy.gardefou_policy_capture();
        let opened = capture
            .session()
            .call_open(&mut self.store, &question, NOW.as_millis())
            .unwrap();
        opened.map_err(|why| why.reason)
    }

    fn terms(&mut self, programme: &str) -> Option<capture::Terms> {
        self.policy
            .gardefou_policy_capture()
            .call_terms_of(&mut self.store, programme)
            .unwrap()
    }

    fn review(&mut self) -> capture::Disposition {
        let segment = capture::Segment {
            started_at: NOW.as_millis(),
            ended_at: NOW.as_millis() + 1_000,
            answered_at: Some(NOW.as_millis()),
            hung_up: capture::HungUp::GoesOn,
            known: 0b111_1111,
            holds: 0b000_0011,
            mode: capture::CaptureMode::ScreenVideo,
        };
        self.policy
            .gardefou_policy_capture()
            .call_review(&mut self.store, segment)
            .unwrap()
    }

    fn access(&mut self) -> Result<custody::Obligations, u16> {
        let access = fixture::access();
        let question = custody::Access {
            at: access.at.as_millis(),
            operation: custody::Operation::View,
            artefact: custody::Artefact::Recording,
            purpose: custody::Purpose::Training,
            account: access.account,
            individual_account: true,
            role: access.role,
            authorised_until: access.authorised_until.map(Timestamp::as_millis),
            programme: access.programme,
            subject: access.subject,
            viewer: access.viewer,
            restricted: custody::Answer::No,
            collected_at: access.collected_at.as_millis(),
            mode: custody::CaptureMode::ScreenVideo,
        };
        let told = self
            .policy
            .gardefou_policy_custody()
            .call_authorise(&mut self.store, &question)
            .unwrap();
        told.map_err(|why| why.reason)
    }

    fn keep_until(&mut self, artefact: custody::Artefact) -> u64 {
        let custody = self.policy.gardefou_policy_custody();
        custody
            .call_keep_until(&mut self.store, artefact, NOW.as_millis(), "p")
            .unwrap()
    }

    fn configure(&mut self, rules: &[u8]) -> Result<(), String> {
        self.policy.call_configure(&mut self.store, rules).unwrap()
    }

    /// What it answers while it has no rules.
    fn refuses_everything(&mut self) {
        assert_eq!(self.open().unwrap_err(), Reason::NOT_IN_FORCE.0);
        assert!(self.terms("p").is_none());
        assert!(self.terms("").is_none());
        match self.review() {
            capture::Disposition::Discard(why) => assert_eq!(why.reason, Reason::NOT_IN_FORCE.0),
            other => panic!("{other:?}"),
        }
        assert_eq!(self.access().unwrap_err(), Reason::NOT_IN_FORCE.0);
        for artefact in [
            custody::Artefact::Recording,
            custody::Artefact::AnonymisedCopy,
            custody::Artefact::Analysis,
            custody::Artefact::DecisionRecord,
            custody::Artefact::AccessRecord,
            custody::Artefact::Temporary,
        ] {
            assert_eq!(self.keep_until(artefact), NOW.as_millis());
        }
    }
}

#[test]
fn without_rules_it_refuses_everything() {
    let mut bare = Bare::new();
    bare.refuses_everything();
    // Nonsense gives it no rules.
    for rules in [&b""[..], b"id = \"x\"", &[0xff; 4_096]] {
        assert!(!bare.configure(rules).unwrap_err().is_empty());
        bare.refuses_everything();
    }
}

#[test]
fn with_rules_it_answers_and_takes_no_others() {
    let mut bare = Bare::new();
    let rules = fixture::rules().encode().unwrap();
    bare.configure(&rules).unwrap();
    assert!(!bare.configure(&rules).unwrap_err().is_empty(), "it works once");
    bare.open().unwrap();
    assert!(bare.terms("p").is_some() && bare.terms("r").is_none());
    assert!(matches!(bare.review(), capture::Disposition::Keep));
    assert!(bare.access().unwrap().contains(custody::Obligations::JOURNAL));
    assert!(bare.keep_until(custody::Artefact::Recording) > NOW.as_millis());
    assert_eq!(bare.keep_until(custody::Artefact::AnonymisedCopy), u64::MAX);
}

#[test]
fn rules_that_are_cut_short_are_not_taken() {
    let rules = fixture::rules().encode().unwrap();
    for length in (0..rules.len()).step_by(7) {
        let mut bare = Bare::new();
        assert!(
            bare.configure(&rules[..length]).is_err(),
            "{length} of {} bytes",
            rules.len()
        );
        bare.refuses_everything();
    }
}

#[test]
fn without_rules_the_sdk_refuses_everything_under_it() {
    let runtime = Runtime::new().unwrap();
    let bytes = component();
    let bare = Policy::load(&runtime, Source::Bytes(&bytes)).unwrap();
    let handle = PolicyHandle::new(vec![bare.clone()]).unwrap();
    let Opening::Refused(why) = handle.open(fixture::facts(), NOW).unwrap() else {
        panic!()
    };
    assert_eq!((why.reason, why.policy), (Reason::NOT_IN_FORCE, bare.digest()));
    let told = handle.authorise(&fixture::access()).unwrap();
    assert!(matches!(told, gardefou::Authorisation::Refused(why) if why.reason == Reason::NOT_IN_FORCE));
    assert_eq!(handle.keep_until(Artefact::Recording, NOW, "p").unwrap(), NOW);

    // Under a call that already runs.
    let ruled = Policy::from_checked_rules(&runtime, &fixture::rules()).unwrap();
    let handle = PolicyHandle::new(vec![ruled]).unwrap();
    let mut sitting = Sitting::under(&handle);
    assert_eq!(sitting.frame().action, Action::Keep);
    handle.offer(vec![bare]).unwrap();
    let frame = sitting.frame();
    assert_eq!((frame.action, frame.why.reason), (Action::Stop, Reason::NOT_IN_FORCE));
    let Outcome::Discard(ticket) = sitting.session.segment(NOW, sitting.now) else {
        panic!()
    };
    assert_eq!(ticket.discard().why.reason, Reason::NOT_IN_FORCE);
    assert!(sitting.session.faults().is_empty());
}

/// A call of many frames in which everything changes, without what other sessions do.
fn step(sitting: &mut Sitting, n: u32) -> Frame {
    use gardefou::{CallPhase, Condition, Rect};
    let condition = Condition::ALL[usize::try_from(n / 5 % 7).unwrap()];
    if !condition.is_sticky() {
        sitting
            .call
            .condition(condition, (!n.is_multiple_of(3)).then_some(condition.must_hold()));
    }
    let phase = if n.is_multiple_of(11) {
        CallPhase::Held
    } else {
        CallPhase::Connected
    };
    sitting.call.phase_at(phase, sitting.now);
    let x = i32::try_from(n % 40).unwrap();
    let windows = [Rect::new(x, 5, 30, 20), Rect::new(0, 0, 100, 50)].map(|r| (r, r));
    sitting.place(&windows[..usize::try_from(1 + n % 2).unwrap()]);
    sitting.frame()
}

#[test]
fn two_sessions_at_once_give_what_each_gives_alone() {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::from_checked_rules(&runtime, &fixture::rules()).unwrap();
    let seeds = [3u32, 1_000];
    let alone = seeds.map(|seed| {
        let mut sitting = Sitting::alone(&policy);
        (0..300).map(|n| step(&mut sitting, seed + n * 7)).collect::<Vec<_>>()
    });
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    let mut sittings = [Sitting::under(&handle), Sitting::under(&handle)];
    let mut together = [vec![], vec![]];
    for n in 0..300 {
        for (which, sitting) in sittings.iter_mut().enumerate() {
            together[which].push(step(sitting, seeds[which] + n * 7));
        }
    }
    assert_eq!(together, alone);
    let kept = alone[0].iter().filter(|f| f.action == Action::Keep).count();
    assert!((1..300).contains(&kept), "both answers come up: {kept}");
}

#[test]
fn one_question_twice_in_one_instance_is_answered_alike() {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::from_checked_rules(&runtime, &fixture::rules()).unwrap();
    let mut sitting = Sitting::alone(&policy);
    sitting.session.set_reuse(false);
    for n in 0..300 {
        let first = step(&mut sitting, n);
        // The same instant again: the gap alone is another.
        let again = sitting.decide();
        assert_eq!(
            (first.action, first.why, &first.keep),
            (again.action, again.why, &again.keep),
            "frame {n}"
        );
    }
}
