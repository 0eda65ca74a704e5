//! The published components under Node (jco) and Python (wasmtime-py), both from their registries: the same answers
//! as here, and no fact that is left out opens anything.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::mpsc::channel;

use gardefou::trace::Scenario;
use gardefou::{Policy, PolicyHandle, Runtime, RuntimeOptions, Source, rules, wall_clock_now};
use gardefou_tests::asked::{self, Asked, Question};
use gardefou_tests::contract::Contract;
use gardefou_tests::wire;
use gardefou_tests::zeros::ASKED;
use gardefou_tests::zeros::Zero::Refuses;
use serde_json::{Value, json};
use wasmtime::component::{Component, Val};

/// A published component.
struct Published {
    name: String,
    compiled: Component,
    /// Whether it is given its rules.
    takes_rules: bool,
}

/// Every component in `guest-policy/dist/`.
static PUBLISHED: LazyLock<Vec<Published>> = LazyLock::new(|| {
    let published = |file: PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let compiled = asked::published(&name);
        let takes_rules = compiled.get_export_index(None, "configure").is_some();
        Published {
            name,
            compiled,
            takes_rules,
        }
    };
    files("guest-policy/dist", "wasm").into_iter().map(published).collect()
});

/// What runs components elsewhere.
struct Language {
    name: &'static str,
    /// Of the machine, or with its path where it is installed.
    program: &'static str,
    script: &'static str,
    /// Pins what is installed, with digests.
    lock: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language {
        name: "node",
        program: "node",
        script: "ask.mjs",
        lock: "package-lock.json",
    },
    Language {
        name: "python",
        program: "bin/python",
        script: "ask.py",
        lock: "requirements.txt",
    },
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The files of this kind in a folder.
fn files(folder: &str, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|own| own == kind));
    files.sort();
    files
}

impl Language {
    /// What the script answers to these lines.
    fn answers(&self, lines: &[Value]) -> Vec<Value> {
        let sources = root().join("tests/languages").join(self.name);
        let installed = root().join("target/languages").join(self.name);
        let lock = fs::read(sources.join(self.lock)).unwrap();
        let is_current = fs::read(installed.join("installed")).is_ok_and(|own| own == lock);
        assert!(
            is_current,
            "what {} needs is not installed, or not as `tests/languages/` says: run `cargo xtask languages`",
            self.name
        );
        let folder = tempfile::tempdir().unwrap();
        let questions = folder.path().join("questions.jsonl");
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        fs::write(&questions, text.join("\n")).unwrap();
        let is_installed = self.program.contains('/');
        let program = if is_installed {
            installed.join(self.program)
        } else {
            self.program.into()
        };
        let output = Command::new(program)
            .arg(sources.join(self.script))
            .arg(&installed)
            .stdin(File::open(&questions).unwrap())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}: {}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        let answers = String::from_utf8(output.stdout).unwrap();
        answers
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Lines for the scripts, and what each question must be answered.
#[derive(Default)]
struct Script {
    lines: Vec<Value>,
    answers: Vec<Expected>,
}

/// A question in words, and the answer of this host.
struct Expected {
    what: String,
    answer: Value,
    /// Whether an exception will do.
    may_throw: bool,
}

impl Script {
    fn begin(&mut self, published: &Published) {
        let file = root().join("guest-policy/dist").join(&published.name);
        self.lines.push(json!({ "begin": file }));
    }

    fn ask(&mut self, what: String, (function, question): &Question, answer: &Val) {
        self.lines.push(wire::question(function, question));
        self.answers.push(Expected {
            what,
            answer: wire::answer(answer),
            may_throw: false,
        });
    }

    /// Every language answers as this host does.
    fn holds(&self) {
        for language in &LANGUAGES {
            let told = language.answers(&self.lines);
            assert_eq!(told.len(), self.answers.len(), "{}", language.name);
            for (told, here) in told.iter().zip(&self.answers) {
                let is_thrown = here.may_throw && told.get("$exception").is_some();
                let alike = is_thrown || *told == here.answer;
                assert!(alike, "{}, {}: {told}, not {}", language.name, here.what, here.answer);
            }
        }
    }
}

/// What the SDK asks the example rules in an example.
struct Example {
    name: String,
    questions: Vec<Question>,
}

/// Every example trace and scenario, after it was held against what it expects.
fn examples() -> Vec<Example> {
    let contract = Contract::published();
    let (listener, heard) = channel();
    let runtime = Runtime::with(&RuntimeOptions::default().listener(listener)).unwrap();
    let policy = Policy::load(&runtime, Source::RulesFile(&root().join("rules/example.toml"))).unwrap();
    let files = ["examples/traces", "examples/scenarios"].map(|folder| files(folder, "jsonl"));
    let example = |file: PathBuf| {
        let scenario = Scenario::parse(&fs::read(&file).unwrap()).unwrap();
        let trial = scenario
            .put_to(PolicyHandle::new(vec![policy.clone()]).unwrap())
            .unwrap();
        assert!(trial.holds(), "{}", file.display());
        let questions = heard
            .try_iter()
            .map(|question| (question.function.to_owned(), contract.heard(&question)));
        Example {
            name: file.file_stem().unwrap().to_string_lossy().into_owned(),
            questions: questions.collect(),
        }
    };
    files.into_iter().flatten().map(example).collect()
}

/// The example rules, as they are given to the template.
fn example_rules() -> Question {
    let text = fs::read(root().join("rules/example.toml")).unwrap();
    let rules = rules::read(&text, wall_clock_now()).rules.unwrap();
    ("configure".into(), vec![asked::bytes(&rules.encode().unwrap())])
}

#[test]
fn every_question_of_every_example_is_answered_alike() {
    let (rules, examples) = (example_rules(), examples());
    let mut functions = BTreeSet::from(["configure"]);
    let mut script = Script::default();
    for published in &*PUBLISHED {
        for Example { name, questions } in &examples {
            script.begin(published);
            let mut asked = Asked::new(&published.compiled);
            let rules = published.takes_rules.then_some(&rules);
            for (n, question) in rules.into_iter().chain(questions).enumerate() {
                let (function, parameters) = question;
                let answer = asked.put(function, parameters);
                let what = format!("{}, {name}, {n}: {function}", published.name);
                script.ask(what, question, &answer);
                functions.insert(function);
            }
        }
    }
    assert_eq!(functions, BTreeSet::from(asked::FUNCTIONS));
    script.holds();
}

/// A question that is permitted, and what is asked before it.
struct Permitted {
    before: Vec<Question>,
    question: Question,
}

/// The sound question of each function, under rules that look at everything.
fn sound() -> Vec<Permitted> {
    let permitted = |function: &str| Permitted {
        before: asked::before(function),
        question: (function.into(), asked::sound(function)),
    };
    asked::FUNCTIONS.into_iter().map(permitted).collect()
}

/// Of the questions of the examples that are permitted one of each shape.
fn of_examples(published: &Published) -> Vec<Permitted> {
    let mut shapes = BTreeSet::new();
    let mut permitted = vec![];
    for example in examples() {
        let mut asked = Asked::new(&published.compiled);
        let mut before = Vec::from_iter(published.takes_rules.then(example_rules));
        for (function, question) in &before {
            asked.put(function, question);
        }
        for question in example.questions {
            let (function, parameters) = &question;
            let told = asked.put(function, parameters);
            if asked::permits(&told) && shapes.insert(shape(&wire::question(function, parameters)).to_string()) {
                permitted.push(Permitted {
                    before: before.clone(),
                    question: question.clone(),
                });
            }
            if function == "open" {
                before.push(question);
            }
        }
    }
    permitted
}

/// The same line whatever its facts are, as long as the same ones are told.
fn shape(line: &Value) -> Value {
    match line {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, own)| (name.clone(), if name == "ask" { own.clone() } else { shape(own) }))
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Null => Value::Null,
        _ => json!("told"),
    }
}

#[test]
fn a_fact_that_is_left_out_refuses_or_opens_nothing() {
    let contract = Contract::published();
    let mut script = Script::default();
    for published in &*PUBLISHED {
        let sound = if published.takes_rules { sound() } else { vec![] };
        for (n, permitted) in sound.iter().chain(&of_examples(published)).enumerate() {
            let (function, parameters) = &permitted.question;
            for (row, zero) in ASKED {
                let without = contract.without(function, parameters, row);
                for (without, zeroed) in without.into_iter().zip(contract.with_zero(function, parameters, row)) {
                    let what = format!("{}, {function} without {row}", published.name);
                    script.begin(published);
                    let mut asked = Asked::new(&published.compiled);
                    for before in &permitted.before {
                        script.ask(format!("before {what}"), before, &asked.put(&before.0, &before.1));
                    }
                    let answer = asked.put(function, &zeroed);
                    // The zeros of the sound questions are those of the table.
                    if n < sound.len() && matches!(zero, Refuses(_)) {
                        assert!(!asked::permits(&answer), "{what}: {answer:?}");
                    }
                    script.ask(what, &(function.clone(), without), &answer);
                    script.answers.last_mut().unwrap().may_throw = true;
                }
            }
        }
    }
    assert!(script.answers.len() > 100);
    // Whoever leaves a fact out is told so, or is answered as for the zero of its type.
    script.holds();
}
