//! `gardefou inspect`: what it shows, in both languages, and that it says so when the text is not what decides.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command_line::{example_rules, gardefou, sources, spoken, text};

/// A folder with `rules.toml` and the `policy.wasm` that was baked from it.
fn baked(rules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), rules).unwrap();
    let output = gardefou(folder.path(), &["bake", "rules.toml", "-o", "policy.wasm"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    folder
}

/// What is printed, its lines put together again.
fn page(locale: &str, folder: &Path, file: &str) -> String {
    let output = spoken(locale, folder, &["inspect", file]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    assert!(!page.contains('\u{1b}'), "no colours outside a terminal");
    page.joined()
}

trait Joined {
    fn joined(&self) -> String;
}

impl Joined for str {
    fn joined(&self) -> String {
        let words = self.split([' ', '\n']).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    }
}

fn json(folder: &Path, file: &str) -> Value {
    let output = gardefou(folder, &["inspect", file, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Puts other bytes, as many, in place of the first ones like these.
fn patch(folder: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let file = folder.join("policy.wasm");
    let mut bytes = fs::read(&file).unwrap();
    let mut places = bytes.windows(from.len()).enumerate();
    let (at, _) = places.find(|(_, part)| *part == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    fs::write(&file, bytes).unwrap();
}

#[test]
fn a_baked_policy_is_shown_with_its_rules_in_words() {
    let folder = baked(&example_rules());
    let page = page("en_GB.UTF-8", folder.path(), "policy.wasm");
    for words in [
        "acme-support 2026.11.0",
        "from 1 November 2026 to 30 April 2027, both days included (Europe/Paris)",
        "none: it can reach no clock, no file, no network",
        "gives this very file, byte for byte",
        "S6 Only these employees may be recorded, by their tokens: “e-1001” and “e-1002”.",
        "S7 Of one employee, no more than 2 hours is recorded in any 7 days. (line\u{a0}74)",
        "+1 Of the calls of one employee in any 30 days, at most 20% are recorded",
        "card data are being spoken or typed, nothing is recorded",
        "a password is being typed or the screen is locked, recording goes on",
        "+6 The works council was consulted on 15 September 2026, the document says.",
        "from 14 September 2028, 00:00 on, nothing is recorded",
        "The document sets no term.",
        "version “2026-09” of the notice",
        "Nothing is recorded while the other party is on hold. (line\u{a0}33)",
        "+7 Recordings are kept for at most 180 days",
        "The role “oversight” may look at recordings, disclose recordings to an authority and restrict the use of \
         recordings, for oversight, with a second person present, under every programme",
        "The role “subject-rights” may look at recordings (with a second person present), write the person's statement \
         beside an analysis, disclose recordings to the person concerned, restrict the use of recordings and lift such \
         a restriction, for answering people about their own data; and delete, under every programme",
        "What holds whatever the rules say (the floor)",
        "at most 50% are recorded",
    ] {
        assert!(page.contains(words), "{words}\nin {page}");
    }
}

#[test]
fn the_same_is_said_in_french() {
    let folder = baked(&example_rules());
    let page = page("fr_FR.UTF-8", folder.path(), "policy.wasm");
    for words in [
        "du 1er\u{a0}novembre 2026 au 30\u{a0}avril 2027, ces deux jours compris (Europe/Paris)",
        "aucune\u{a0}: ni horloge, ni fichier, ni réseau",
        "octet pour octet",
        "S6 Seuls ces salariés peuvent être enregistrés",
        "on n'enregistre pas plus de 2\u{a0}heures sur toute période de 7\u{a0}jours. (ligne\u{a0}74)",
        "20\u{a0}% au plus sont enregistrés",
        "à partir du 14\u{a0}septembre 2028 à 0\u{a0}h\u{a0}00, rien n'est enregistré",
        "Les analyses sont conservées au plus 365\u{a0}jours",
        "Ce qui vaut quoi que disent les règles (le socle)",
    ] {
        assert!(page.contains(words), "{words}\nin {page}");
    }
    for sign in [" ;", " :", " !", " ?", " »", "« "] {
        assert!(!page.contains(sign), "`{sign}` without a space that does not break");
    }
    for english in ["Nothing", "recorded ", "line ", " the "] {
        let own_words = page.replace("The new customer desk went live in October", "");
        assert!(!own_words.contains(english), "{english}");
    }
}

#[test]
fn the_language_can_be_chosen() {
    let folder = baked(&example_rules());
    let print = |locale, arguments: &[&str]| {
        let all = [&["inspect", "policy.wasm"], arguments].concat();
        spoken(locale, folder.path(), &all).stdout
    };
    let french = print("fr_FR.UTF-8", &[]);
    assert_eq!(print("en_GB.UTF-8", &["--language", "fr"]), french);
    assert_eq!(print("fr_FR.UTF-8", &["--language", "en"]), print("C.UTF-8", &[]));
    assert_eq!(
        print("fr_FR.UTF-8", &["--format", "json"]),
        print("en_GB.UTF-8", &["--format", "json"]),
        "what programs read has no language"
    );
}

#[test]
fn nothing_is_said_to_be_lawful() {
    let folder = baked(&example_rules());
    for locale in ["en_GB.UTF-8", "fr_FR.UTF-8"] {
        let page = page(locale, folder.path(), "policy.wasm").to_lowercase();
        for word in ["complian", "lawful", "conforme", "licite", "légal "] {
            assert!(!page.contains(word), "{word}");
        }
    }
}

#[test]
fn the_document_comes_out_byte_for_byte() {
    let rules = example_rules().replace('\n', "\r\n");
    let folder = baked(&rules);
    for file in ["policy.wasm", "rules.toml"] {
        let output = gardefou(folder.path(), &["inspect", file, "--document"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(output.stdout == rules.as_bytes(), "{file}");
    }
    let both = gardefou(
        folder.path(),
        &["inspect", "rules.toml", "--document", "--format", "json"],
    );
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn programs_read_the_same_facts() {
    let folder = baked(&example_rules());
    let value = json(folder.path(), "policy.wasm");
    assert_eq!(value["kind"], "component");
    assert_eq!(value["standing"], "baked");
    assert_eq!(value["text-decides"], true);
    assert_eq!(value["imports"], serde_json::json!([]));
    assert_eq!(value["in-force"]["from"], 1_793_487_600_000_u64);
    assert_eq!(value["provenance"]["rules-sha256"], value["rules-sha256"]);
    let bytes = fs::read(folder.path().join("policy.wasm")).unwrap();
    assert_eq!(value["size"], bytes.len());
    let rules = value["rules"].as_array().unwrap();
    assert!(rules.len() > 40, "{}", rules.len());
    for sentence in rules.iter().chain(value["floor"].as_array().unwrap()) {
        for field in ["section", "rule", "english", "french"] {
            assert!(!sentence[field].as_str().unwrap().is_empty(), "{sentence}");
        }
    }
    let document = json(folder.path(), "rules.toml");
    assert_eq!(document["kind"], "document");
    assert_eq!(document["standing"], "document");
    assert_eq!(document["sha256"], value["rules-sha256"]);
    assert_eq!(document["rules"], value["rules"]);
}

/// Every sentence names a row of the legal matrix, or says that it is a reading of ours.
#[test]
fn every_sentence_names_its_row_of_the_legal_matrix() {
    let legal = fs::read_to_string(sources("docs/legal.md")).unwrap();
    let folder = baked(&example_rules());
    let value = json(folder.path(), "policy.wasm");
    let sentences = value["rules"]
        .as_array()
        .unwrap()
        .iter()
        .chain(value["floor"].as_array().unwrap());
    for sentence in sentences {
        let rule = sentence["rule"].as_str().unwrap();
        assert!(rule == "P" || legal.contains(&format!("\n| {rule} |")), "{rule}");
    }
}

/// A line that a sentence names is the line that sets it.
#[test]
fn every_line_that_is_named_is_in_the_document() {
    let folder = baked(&example_rules());
    let value = json(folder.path(), "policy.wasm");
    let rules = example_rules();
    let line_of = |section: &str, part: &str| {
        let sentences = value["rules"].as_array().unwrap().iter();
        let mut found =
            sentences.filter(|one| one["section"] == section && one["english"].as_str().unwrap().contains(part));
        let number = found.next().unwrap()["line"].as_u64().unwrap();
        rules.lines().nth(usize::try_from(number).unwrap() - 1).unwrap().trim()
    };
    for (section, part, line) in [
        ("programme", "in any 30 days", "share-of-calls = "),
        ("programme", "The need", "need "),
        ("application", "chrome.exe", "{ executable = \"chrome.exe\""),
        ("prior-steps", "register", "register-entry "),
        ("roles", "“oversight”", "id         = \"oversight\""),
        ("retention", "Temporary", "temporary "),
    ] {
        assert!(
            line_of(section, part).starts_with(line),
            "{part}: {}",
            line_of(section, part)
        );
    }
}

#[test]
fn what_a_document_leaves_out_or_says_otherwise_is_said() {
    let rules = example_rules()
        .replace(
            "works-council     = { on = 2026-09-15, valid-for = \"730d\" }",
            "works-council     = { not-applicable = \"fewer than 50 employees\" }",
        )
        .replace("employees    = [", "# employees = [")
        .replace("review-until = 2027-01-15", "# review-until")
        .replace("while-held         = false", "while-held         = true")
        .replace("never-entered = [\"password\"]", "never-entered = [\"payment-card\"]")
        .replace("limit = 0.2, per = \"30d\"", "limit = 0.125, per = \"1d\"")
        .replace("time-zone  =", "# time-zone =");
    let folder = baked(&rules);
    let english = page("en_GB.UTF-8", folder.path(), "policy.wasm");
    for words in [
        "states that consulting the works council does not apply, for this reason: “fewer than 50 employees”",
        "The document lists no employees",
        "up to 14 January 2027, that day included",
        "Recording goes on while the other party is on hold",
        "card data are being spoken or typed, recording goes on",
        "the screen is locked, nothing is recorded",
        "at most 12.5% are recorded",
        "in the time zone UTC",
    ] {
        assert!(english.contains(words), "{words}\nin {english}");
    }
    let french = page("fr_FR.UTF-8", folder.path(), "policy.wasm");
    for words in ["12,5\u{a0}% au plus", "la consultation du CSE est sans objet"] {
        assert!(french.contains(words), "{words}\nin {french}");
    }
}

#[test]
fn a_text_that_is_not_what_decides_is_said_loudly() {
    let folder = baked(&example_rules());
    patch(
        folder.path(),
        "limit = \"2h\", per = \"7d\"",
        "limit = \"9h\", per = \"7d\"",
    );
    let value = json(folder.path(), "policy.wasm");
    assert_eq!(
        (&value["standing"], &value["text-decides"]),
        (&"foreign".into(), &false.into())
    );
    let english = page("en_GB.UTF-8", folder.path(), "policy.wasm");
    assert!(english.contains("WARNING: baking the rule document inside gives another file."));
    assert!(!english.contains("byte for byte"));
    let french = page("fr_FR.UTF-8", folder.path(), "policy.wasm");
    assert!(french.contains("ATTENTION\u{a0}: le document contenu donne un autre fichier"));
}

#[test]
fn a_document_inside_with_errors_is_said_loudly() {
    let folder = baked(&example_rules());
    patch(folder.path(), "format     = 1 ", "format     = 9 ");
    let value = json(folder.path(), "policy.wasm");
    assert_eq!(value["standing"], "unsound");
    assert_eq!(value["rules"], Value::Null);
    let page = page("en_GB.UTF-8", folder.path(), "policy.wasm");
    assert!(page.contains("the rule document inside has errors"), "{page}");
    assert!(!page.contains("S6 Only these employees"), "{page}");
    assert!(page.contains("(UTC, as the component says)"), "{page}");
    let document = gardefou(folder.path(), &["inspect", "policy.wasm", "--document"]);
    assert!(text(&document.stdout).contains("format     = 9"));
}

#[test]
fn what_was_made_with_another_template_cannot_be_told_here() {
    let folder = baked(&example_rules());
    let template = json(folder.path(), "policy.wasm")["provenance"]["template-sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    patch(folder.path(), &template, &"0".repeat(64));
    assert_eq!(json(folder.path(), "policy.wasm")["standing"], "elsewhere");
    let page = page("en_GB.UTF-8", folder.path(), "policy.wasm");
    assert!(page.contains("NOT VERIFIED"), "{page}");
}

#[test]
fn a_component_without_a_document_is_said_loudly() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        sources("guest-policy/dist/policy.wasm"),
        folder.path().join("template.wasm"),
    )
    .unwrap();
    let value = json(folder.path(), "template.wasm");
    assert_eq!(value["standing"], "absent");
    assert_eq!(value["provenance"], Value::Null);
    let page = page("en_GB.UTF-8", folder.path(), "template.wasm");
    for words in [
        "WARNING: there is no rule document inside.",
        "the file does not say",
        "What holds whatever the rules say",
    ] {
        assert!(page.contains(words), "{words}\nin {page}");
    }
    let document = gardefou(folder.path(), &["inspect", "template.wasm", "--document"]);
    assert_eq!(document.status.code(), Some(2));
    assert!(text(&document.stderr).contains("has no rule document inside"));
    assert!(document.stdout.is_empty());
}

#[test]
fn what_turns_the_text_around_is_not_shown() {
    let folder = baked(&example_rules().replace("Customer desk\"", "Customer \u{202e}ksed\""));
    for locale in ["en_GB.UTF-8", "fr_FR.UTF-8"] {
        let page = page(locale, folder.path(), "policy.wasm");
        assert!(page.contains("Customer ?ksed") && !page.contains('\u{202e}'));
    }
}

#[test]
fn a_terminal_without_unicode_gets_plain_quotes_and_spaces() {
    let folder = baked(&example_rules());
    let output = spoken("C", folder.path(), &["inspect", "policy.wasm"]);
    assert!(output.stdout.is_ascii(), "{}", text(&output.stdout));
}

#[test]
fn what_does_not_load_is_an_error() {
    let folder = baked(&example_rules());
    fs::write(folder.path().join("broken.wasm"), "not a component").unwrap();
    fs::write(
        folder.path().join("wrong.toml"),
        example_rules().replace("\"500ms\"", "\"5s\""),
    )
    .unwrap();
    let mut bytes = fs::read(folder.path().join("policy.wasm")).unwrap();
    bytes.truncate(bytes.len() / 2);
    fs::write(folder.path().join("half.wasm"), bytes).unwrap();
    for (file, words) in [
        ("broken.wasm", "broken.wasm: not a policy component"),
        ("half.wasm", "half.wasm: not a policy component"),
        ("wrong.toml", "wrong.toml: line 31"),
    ] {
        let output = gardefou(folder.path(), &["inspect", file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    let output = gardefou(folder.path(), &["inspect", "nothing.wasm"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("`nothing.wasm` cannot be read"),
        "{}",
        text(&output.stderr)
    );
}

/// Components that once made the command panic, or compile for seconds.
#[test]
fn a_component_of_another_shape_or_too_much_work_is_refused_with_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for (case, says) in [
        ("fused-adapter.wasm", "has a component within it (at byte 45)"),
        (
            "compile-bomb.wasm",
            "more than 500 local variables of one function (at byte 38)",
        ),
    ] {
        let case = sources(&format!("tests/cases/components/{case}"));
        let output = gardefou(folder.path(), &["inspect", case.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}
