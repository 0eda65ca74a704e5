//! The words that the French of the product does not use, and those that it does: docs/glossary.md.
//!
//! Whatever is said in French stands in the sources as a text, in the pages that were read and found right, or in a
//! document whose name says that it is French. All of them are searched.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command_line::sources;

/// What nobody is told, in small letters.
const NEVER: [&str; 24] = [
    "se chargent",
    "ne se charge ",
    "jeton",
    "politique",
    "module de règles",
    "modules de règles",
    "composant",
    "il est ce qui a été écrit",
    "pas moins strict",
    "dites ou saisies",
    "à blanc",
    "figé",
    "lecture de notre part",
    "lecture propre",
    "repère",
    "oubliée, son temps",
    "appels proposés",
    "périmé",
    "refuse →",
    "skip →",
    "→ keep",
    "→ open",
    "rgpd 5.1",
    "c. trav. l",
];

/// Where the words of WebAssembly itself are named, to whoever builds a component: its parts have no other names.
const OF_WEBASSEMBLY: [&str; 1] = ["host/src/vetting"];

/// Where a reference is written as the register has it, for programs or to be cited.
const REFERENCES: [&str; 4] = [
    "wit/1.0/registers.toml",
    "guest-policy/src/registers.rs",
    "cli/src/text/references.rs",
    "cli/src/scenarios/reasons.rs",
];

fn files(folder: &Path, is_wanted: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, is_wanted, found);
        } else if is_wanted(path.file_name().unwrap().to_str().unwrap()) {
            found.push(path);
        }
    }
}

fn below(folder: &str, is_wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&sources(folder), is_wanted, &mut found);
    found.sort_unstable();
    found
}

/// The lines of a file in which a word stands that nobody is told; but for what only the sources' readers see.
fn told(path: &Path, is_source: bool) -> Vec<String> {
    let name = path.to_str().unwrap().replace('\\', "/");
    if OF_WEBASSEMBLY.iter().any(|part| name.contains(part)) {
        return Vec::new();
    }
    let cites = REFERENCES.iter().any(|part| name.ends_with(part));
    let text = fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        // A comment, and the form for programs, which is alike in every language.
        if (is_source && line.starts_with("//")) || line.starts_with("\"reference\"") {
            continue;
        }
        let small = line.to_lowercase().replace("\\u{a0}", " ").replace('\u{a0}', " ");
        for word in NEVER {
            let is_citation = word.starts_with("rgpd") || word.starts_with("c. trav");
            // What somebody may have written over a list of employees, which the reader knows.
            let is_head = name.ends_with("document/roll.rs") && line.starts_with('"');
            let is_other = is_head || word == "politique" && small.contains("politiquement");
            if small.contains(word) && !(is_citation && (cites || is_source)) && !is_other {
                found.push(format!("{name}:{}: `{word}`: {line}", number + 1));
            }
        }
    }
    found
}

#[test]
fn no_source_says_in_french_what_the_glossary_replaces() {
    let mut found = Vec::new();
    for folder in [
        "cli/src",
        "host/src",
        "recorder/src",
        "bake/src",
        "compare/src",
        "guest-policy/src",
    ] {
        let rust = below(folder, &|name| name.ends_with(".rs"));
        assert!(rust.len() > 5, "{folder}");
        found.extend(rust.iter().flat_map(|path| told(path, true)));
    }
    for file in ["wit/1.0/registers.toml", "rules/exemple.toml"] {
        found.extend(told(&sources(file), true));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_page_says_in_french_what_the_glossary_replaces() {
    let snapshots = below("cli/tests/it/snapshots", &|name| name.ends_with("french.snap"));
    assert!(snapshots.len() > 8);
    let documents = below("docs", &|name| name.ends_with(".fr.md"));
    let found: Vec<String> = snapshots
        .iter()
        .chain(&documents)
        .flat_map(|path| told(path, false))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The page lists what is searched for, so that whoever translates knows it.
#[test]
fn the_page_has_every_word() {
    let page = fs::read_to_string(sources("docs/glossary.md")).unwrap().to_lowercase();
    let missing: BTreeSet<&str> = NEVER.into_iter().filter(|word| !page.contains(word.trim())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
