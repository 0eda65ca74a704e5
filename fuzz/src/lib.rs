//! What must hold for anything at all that is read from outside.
//!
//! Each function takes arbitrary bytes and panics where a promise is broken. `cargo xtask fuzz` runs them under
//! libFuzzer; the tests run them over everything that the repository holds, whole and damaged.

mod history;
mod module;

use std::sync::LazyLock;

use gardefou::journal::{Checkpoint, Malformed, Proof, Record, Unproven, Verifier, replay};
use gardefou::rules::{Absent, Companion, Companions, edited_employees, read, read_with, shown};
use gardefou::trace::{Reader, Run, Scenario, Writer};
use gardefou::{LoadError, MAX_WORK, Policy, PolicyHandle, Runtime, Source, Timestamp, work};
use gardefou_bake::Contents;
use gardefou_policy::rules::Rules;

pub use history::{call, history};

/// What scenarios are decided by.
const EXAMPLE: &str = include_str!("../../rules/example.toml");

/// More lines than this of one input teach nothing.
const LINES: usize = 200;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("the sandbox starts"));

static EXAMPLE_RULES: LazyLock<Policy> =
    LazyLock::new(|| Policy::load(&RUNTIME, Source::Rules(EXAMPLE)).expect("the example rules load"));

/// A rule document: whatever it holds, its problems lie in it, and rules that load are taken by the component.
pub fn rules(data: &[u8]) {
    let today = Timestamp::from_millis(1_795_564_800_000);
    let reading = read(data, today);
    let text = shown(data);
    assert_eq!(reading.rules.is_none(), reading.has_errors());
    for problem in &reading.problems {
        assert!(problem.line >= 1 && problem.column >= 1);
        for said in [&problem.message.english, &problem.message.french] {
            assert!(!said.is_empty());
        }
        let is_in_the_text = text.get(problem.span.clone()).is_some();
        assert!(
            is_in_the_text || problem.code == "document-too-large" || text.is_empty(),
            "{problem:?}"
        );
    }
    if let Some(rules) = reading.rules {
        let compact = rules.encode().expect("checked rules have a compact form");
        assert_eq!(Rules::decode(&compact).as_ref(), Ok(&rules));
    }
}

/// A file of employees beside the example: whatever it holds, it is refused, or lists employees whose order, doubles and
/// spelling in the file decide nothing; and an edit of it is what was asked for.
pub fn employees(data: &[u8]) {
    let today = Timestamp::from_millis(1_795_564_800_000);
    let document = EXAMPLE.replace(
        "employees    = [\"e-1001\", \"e-1002\"]",
        "employees-file = \"staff.csv\"",
    );
    assert_ne!(document, EXAMPLE);
    let read = |list: Companion| read_with(document.as_bytes(), today, &Staff(list));
    let reading = read(Companion::File(data.to_vec()));
    assert_eq!(reading.rules.is_none(), reading.has_errors());
    let edited = edited_employees(data, &["new;\"1\"".to_owned()], &[]);
    let (Some(rules), [file]) = (reading.rules, reading.employees_files.as_slice()) else {
        return;
    };
    // What a component embeds gives the same rules.
    let again = read(Companion::Employees(file.employees.clone()));
    assert_eq!(again.rules.map(|again| again.digest), Some(rules.digest));
    let added = read(Companion::File(edited.expect("it was read")));
    let mut expected = file.employees.clone();
    expected.push("new;\"1\"".to_owned());
    expected.sort();
    expected.dedup();
    let [added] = added.employees_files.as_slice() else {
        panic!("it can be read after the edit");
    };
    assert_eq!(added.employees, expected);
    let Some(first) = file.employees.first() else { return };
    let removed = edited_employees(data, &[], std::slice::from_ref(first)).expect("it was read");
    let removed = read(Companion::File(removed));
    assert!(
        removed
            .employees_files
            .iter()
            .all(|file| !file.employees.contains(first))
    );
}

/// One file of employees.
#[derive(Debug)]
struct Staff(Companion);

impl Companions for Staff {
    fn companion(&self, _: &str) -> Result<Companion, Absent> {
        Ok(self.0.clone())
    }
}

/// A trace or scenario: every line is read or refused with its number, survives being written, and whatever was
/// read is decided without a fault of the policy.
pub fn scenario(data: &[u8]) {
    let handle = PolicyHandle::new(vec![EXAMPLE_RULES.clone()]).expect("the example rules decide");
    blessed(data, handle.clone());
    let mut run = Run::new(handle);
    for read in Reader::new(data).take(LINES) {
        let Ok((number, line)) = read else { return };
        assert!(number >= 1);
        let mut written = Vec::new();
        Writer::new(&mut written).write(&line).expect("memory takes it");
        let again = Reader::new(&*written).next().expect("a line was written");
        let (_, again) = again.expect("what was written is read");
        assert_eq!(again, line);
        match run.apply(number, line) {
            Ok(Some(answer)) => assert_eq!(answer.fault, None),
            Ok(None) => {}
            Err(malformed) => {
                assert_eq!(malformed.line(), Some(number));
                return;
            }
        }
    }
}

/// A scenario that is short enough to be tried, once it says what was decided: every expectation of it holds.
fn blessed(data: &[u8], handle: PolicyHandle) {
    let lines = data.iter().filter(|byte| **byte == b'\n').count();
    let Ok(scenario) = Scenario::parse(data) else { return };
    if lines > LINES {
        return;
    }
    let Ok(trial) = scenario.put_to(handle.clone()) else {
        return;
    };
    let Ok(blessed) = trial.bless(data) else { return };
    let again = Scenario::parse(&blessed.text).expect("what was written is a scenario");
    let trial = again.put_to(handle).expect("it asks what it asked before");
    assert!(trial.holds(), "it expects what was decided");
}

/// A component: it loads, or is refused; what it carries is shown either way.
pub fn component(data: &[u8]) {
    let loaded = Policy::load(&RUNTIME, Source::Bytes(data));
    let contents = Contents::of(data);
    if let Ok(policy) = loaded {
        assert!(contents.is_ok(), "what loads can be inspected");
        assert!(PolicyHandle::new(vec![policy]).is_ok());
    }
}

/// A component of a valid module, made of the bytes: it is refused, or compiled as the work that it was said to be.
/// It never fails the compiler.
pub fn load(data: &[u8]) {
    let component = module::component(data);
    let work = work(&component);
    match (work, Policy::load(&RUNTIME, Source::Bytes(&component))) {
        (Ok(work), Err(LoadError::MissingExport { .. })) => assert!(work <= MAX_WORK),
        (Err(before), Err(after)) => {
            assert!(!matches!(before, LoadError::NotAComponent(_)), "{before}");
            assert_eq!(
                before.to_string(),
                after.to_string(),
                "it is refused before it is compiled"
            );
        }
        (work, loaded) => panic!("{work:?} of work, and then {loaded:?}"),
    }
}

/// The compact form of rules, as the component's `configure` takes it: what is taken is within the ceilings,
/// and has one form only.
pub fn compact(data: &[u8]) {
    if let Ok(rules) = Rules::decode(data) {
        let again = rules.encode().expect("what was decoded was checked");
        assert_eq!(Rules::decode(&again), Ok(rules));
    }
}

/// The key of a note in the documentation of golang.org/x/mod/sumdb/note.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// What an auditor is handed of a journal: keys, signed checkpoints and proofs. Nothing is believed that is not
/// signed by the key, and what is read is read in one way.
pub fn notes(data: &[u8]) {
    let known: Verifier = KEY.parse().expect("it is a key");
    if let Ok(text) = str::from_utf8(data) {
        assert!(
            Checkpoint::verified(text, &known).is_err(),
            "nobody here has its other half"
        );
        if let Ok(key) = text.parse::<Verifier>() {
            assert_eq!(key.to_string(), text);
        }
    }
    if let Ok(proof) = Proof::read(data) {
        let again = Proof::read(&proof.to_bytes());
        assert_eq!(again.as_ref(), Ok(&proof));
        let proven = proof.verify(Some(&known));
        assert!(
            matches!(proven, Err(Unproven::Key | Unproven::Malformed(_))),
            "{proven:?}"
        );
        if proof.verify(None).is_ok() {
            assert!(proof.key().is_ok());
        }
    } else {
        assert!(!matches!(Proof::read(data), Err(Malformed::Unsigned(_))));
    }
}

/// What a journal, or a proof of one, holds: an entry is read or refused; a decision among them is expanded within
/// its bounds, and decided again without a fault.
pub fn records(data: &[u8]) {
    let Ok(record) = serde_json::from_slice::<Record>(data) else {
        return;
    };
    let again = serde_json::to_vec(&record).expect("what was read can be written");
    assert_eq!(serde_json::from_slice::<Record>(&again).ok(), Some(record.clone()));
    let Record::Decision(decision) = record else { return };
    let mut lines = 0_usize;
    let expanded = decision.expanded(|_| lines += 1);
    if expanded.is_ok() && lines < 10_000 {
        let handle = PolicyHandle::new(vec![EXAMPLE_RULES.clone()]).expect("the example rules decide");
        if let Ok(replayed) = replay(&handle, &decision) {
            assert_eq!(replayed.programme, decision.programme);
        }
    }
}
