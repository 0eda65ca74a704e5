//! What `gardefou diff` and `gardefou verify` say is true: a second reader holds every sentence against both
//! documents, over random pairs of edits of one charter.

use std::fs;
use std::path::Path;

use gardefou_tests::said::{self, Document};
use proptest::prelude::*;
use serde_json::Value;

use crate::command_line::{gardefou, spoken, text};

const CHARTER: &str = include_str!("officer/charter.toml");

/// What can be edited: the words of the charter, and what may stand there instead. The number counts from which
/// occurrence on.
type Edit = (&'static str, usize, &'static [&'static str]);

const EDITS: [Edit; 27] = [
    (
        "version    = \"2026.12.0\"",
        0,
        &["version = \"2026.12.1\"", "version = \"2026.12.2\""],
    ),
    ("controller = \"Banque du Fleuve\"", 0, &["controller = \"Filiale X\""]),
    ("reference = \"RT-117\"", 0, &["reference = \"RT-999\""]),
    (
        "valid-for = \"1095d\"",
        0,
        &["valid-for = \"40d\"", "valid-for = \"60d\""],
    ),
    ("version   = \"2026-11\"", 0, &["version = \"2026-12\""]),
    ("\"500ms\"", 0, &["\"800ms\"", "\"250ms\""]),
    (
        "max-facts-age      = \"250ms\"",
        0,
        &["max-facts-age = \"200ms\"", "max-facts-age = \"400ms\""],
    ),
    ("while-held         = false", 0, &["while-held = true"]),
    (
        "recordings = \"90d\"",
        0,
        &["recordings = \"100d\"", "recordings = \"80d\""],
    ),
    ("decisions  = \"90d\"", 0, &["decisions = \"120d\""]),
    (
        "never-title   = [\"*mot de passe*\", \"*password*\"]",
        0,
        &["never-title = [\"*password*\"]"],
    ),
    (
        "never-title   = [\"*mot de passe*\", \"*password*\"]",
        1,
        &["never-title = [\"*password*\", \"*code*\"]"],
    ),
    (
        "applications = [\"scoring\", \"crm\"]",
        0,
        &["applications = [\"crm\"]"],
    ),
    ("announced-on = 2026-11-20", 0, &["announced-on = 2026-11-28"]),
    ("announced-on = 2026-11-20", 1, &["announced-on = 2026-11-28"]),
    (
        "until        = 2027-01-10",
        0,
        &["until = 2027-01-03", "until = 2027-01-17"],
    ),
    (
        "review-until = 2027-04-10",
        0,
        &["review-until = 2027-03-10", "review-until = 2027-04-11"],
    ),
    (
        "[\"f-01\", \"f-02\", \"f-03\", \"f-04\", \"f-05\", \"f-06\", \"f-07\", \"f-08\", \"f-09\", \"f-10\", \"f-11\", \
         \"f-12\", \"f-13\", \"f-14\"]",
        0,
        &["[\"f-01\"]", "[\"f-01\", \"f-02\", \"f-15\"]", "[\"f-20\", \"f-21\"]"],
    ),
    (
        "from         = 2026-11-30",
        1,
        &["from = 2026-12-02", "from = 2026-12-05"],
    ),
    (
        "until        = 2026-12-20",
        0,
        &["until = 2027-01-03", "until = 2026-12-19"],
    ),
    (
        "{ limit = \"3h\", per = \"7d\" }",
        0,
        &["{ limit = \"4h\", per = \"7d\" }", "{ limit = \"5h\", per = \"14d\" }"],
    ),
    (
        "{ limit = \"3h\", per = \"7d\" }",
        1,
        &["{ limit = \"4h\", per = \"7d\" }", "{ limit = \"5h\", per = \"7d\" }"],
    ),
    (
        "{ limit = \"40h\", per = \"7d\" }",
        0,
        &["{ limit = \"30h\", per = \"7d\" }"],
    ),
    (
        "{ limit = \"40h\", per = \"7d\" }",
        1,
        &[
            "{ limit = \"30h\", per = \"7d\" }",
            "{ limit = \"40h\", per = \"14d\" }",
        ],
    ),
    ("unreviewed     = \"40h\"", 1, &["unreviewed = \"30h\""]),
    (
        "may        = [\"view\", \"annotate\"]",
        0,
        &["may = [\"view\"]", "may = [\"view\", \"train-others\"]"],
    ),
    // The whole of the second programme, and what names it.
    ("id           = \"remise-a-niveau\"", 0, &["id = \"autre-programme\""]),
];

/// The charter after these edits; each the number of its place and of what stands there instead.
fn edited(edits: &[(usize, usize)]) -> String {
    let mut found: Vec<(usize, &str, &str)> = Vec::new();
    for (at, choice) in edits {
        let (words, nth, choices) = EDITS[at % EDITS.len()];
        let place = CHARTER
            .match_indices(words)
            .nth(nth)
            .unwrap_or_else(|| panic!("{words}"))
            .0;
        if found.iter().all(|(own, ..)| *own != place) {
            found.push((place, words, choices[choice % choices.len()]));
        }
    }
    found.sort_unstable();
    let mut text = CHARTER.to_owned();
    for (place, words, now) in found.into_iter().rev() {
        text.replace_range(place..place + words.len(), now);
    }
    if text.contains("\"autre-programme\"") {
        text = text.replace("\"remise-a-niveau\"", "\"autre-programme\"");
    }
    text
}

fn compared(folder: &Path) -> Value {
    let output = gardefou(folder, &["diff", "old.toml", "new.toml", "--format", "json"]);
    let code = output.status.code();
    assert!(
        matches!(code, Some(0 | 3 | 4 | 6)),
        "{code:?}: {}",
        text(&output.stderr)
    );
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = match told["result"].as_str().unwrap() {
        "equal" => 0,
        "looser" => 3,
        "stricter" | "reason" => 4,
        "documents-differ" => 6,
        other => panic!("{other}"),
    };
    assert_eq!(code, Some(expected));
    told
}

fn hold(told: &Value, old: &str, new: &str) -> Result<(), TestCaseError> {
    let [old, new] = [old, new].map(Document::read);
    let sentences = told["documents"]["sentences"].as_array().unwrap();
    for sentence in sentences {
        said::holds(sentence, &old, &new).map_err(TestCaseError::fail)?;
    }
    prop_assert_eq!(said::untold(sentences, &old, &new), Vec::<String>::new());
    let grown: std::collections::BTreeMap<String, Vec<&str>> = told["documents"]["unannounced"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let what = one["what"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .collect();
            (one["programme"].as_str().unwrap().to_owned(), what)
        })
        .collect();
    prop_assert_eq!(grown, said::unannounced(&old, &new));
    for group in told["groups"].as_array().unwrap() {
        said::group_holds(group, sentences, &old, &new).map_err(TestCaseError::fail)?;
    }
    // Equal is said of documents that say the same, and of no others.
    let is_equal = told["result"] == "equal";
    prop_assert_eq!(is_equal, sentences.is_empty());
    Ok(())
}

/// Under which programmes frames and windows were not compared, or not in one session: what the page says of dates,
/// employees and the notice is so of exactly these. All edits leave a day that both sides have, unless the impact
/// assessment expires before the first day.
fn hold_apart(told: &Value, old: &str, new: &str) -> Result<(), TestCaseError> {
    let documents = [old, new].map(Document::read);
    let tables = [old, new].map(|text| text.parse::<toml::Table>().unwrap());
    let says = |table: &toml::Table, section: &str, key: &str| table[section][key].as_str().map(str::to_owned);
    let expires = tables.each_ref().map(|table| {
        let step = table["attestations"]["impact-assessment"].as_table().unwrap();
        step["valid-for"].as_str() == Some("40d")
    });
    let notice = tables.each_ref().map(|table| says(table, "employee-notice", "version"));
    let named = |axis: &str| -> Vec<String> {
        let names = told["axes"][axis].as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let (mut apart, mut closed) = (Vec::new(), Vec::new());
    let [before, after] = documents.each_ref().map(|document| document.ids("programme"));
    for programme in before.union(&after) {
        let is_in_both = before.contains(programme) && after.contains(programme);
        let lists = documents.each_ref().map(|document| document.employees(programme));
        let has_common = match lists {
            [Some(one), Some(other)] => one.iter().any(|employee| other.contains(employee)),
            _ => true,
        };
        if !is_in_both || expires.contains(&true) {
            closed.push(programme.clone());
        } else if notice[0] != notice[1] || !has_common {
            apart.push(programme.clone());
        }
    }
    prop_assert_eq!(named("closed"), closed);
    prop_assert_eq!(named("apart"), apart);
    Ok(())
}

/// The text, without where its lines break.
fn flowing(page: &str) -> String {
    let plain = page.replace('\u{a0}', " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_sentence_of_a_comparison_is_true(
        old in prop::collection::vec((0..EDITS.len(), 0..3_usize), 0..5),
        new in prop::collection::vec((0..EDITS.len(), 0..3_usize), 0..5),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = [edited(&old), edited(&new)];
        fs::write(folder.path().join("old.toml"), &old).unwrap();
        fs::write(folder.path().join("new.toml"), &new).unwrap();
        let told = compared(folder.path());
        hold(&told, &old, &new)?;
        hold_apart(&told, &old, &new)?;
        // What the page says is what the data says: in one language each time, in turn.
        let (locale, language) = match old.len() % 2 {
            0 => ("en_GB.UTF-8", "english"),
            _ => ("fr_FR.UTF-8", "french"),
        };
        let page = spoken(locale, folder.path(), &["diff", "old.toml", "new.toml"]);
        let page = flowing(text(&page.stdout));
        for sentence in told["documents"]["sentences"].as_array().unwrap() {
            let words = flowing(sentence[language].as_str().unwrap());
            prop_assert!(page.contains(&words), "no {:?} in {}", words, page);
        }
        // The floor is never in danger: and what is said of the questions is what the document gives cause to.
        let output = gardefou(folder.path(), &["verify", "new.toml", "--format", "json"]);
        prop_assert_eq!(output.status.code(), Some(0));
        let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
        let document = Document::read(&new);
        prop_assert_eq!(&verified["looser"], &serde_json::json!([]));
        for (axis, kind) in [("programmes", "programme"), ("roles", "role")] {
            let listed = u64::try_from(document.ids(kind).len()).unwrap();
            prop_assert_eq!(verified["axes"][axis].as_u64(), Some(listed + 1), "and one that is unknown");
        }
    }
}

/// The reader itself can fail: a sentence with another value is false.
#[test]
fn the_second_reader_finds_what_is_false() {
    let folder = tempfile::tempdir().unwrap();
    let new = include_str!("officer/caps.toml");
    fs::write(folder.path().join("old.toml"), CHARTER).unwrap();
    fs::write(folder.path().join("new.toml"), new).unwrap();
    let told = compared(folder.path());
    hold(&told, CHARTER, new).unwrap();
    let [before, after] = [CHARTER, new].map(Document::read);
    let mut spoilt = 0;
    for sentence in told["documents"]["sentences"].as_array().unwrap() {
        for (key, value) in [
            ("old", serde_json::json!("another")),
            ("new", Value::Null),
            (
                "programmes",
                serde_json::json!(["nouveaux-arrivants", "remise-a-niveau"]),
            ),
            ("come", serde_json::json!(["f-99"])),
        ] {
            let mut other = sentence.clone();
            if other.get(key).is_none_or(|own| *own == value) {
                continue;
            }
            other[key] = value;
            assert!(said::holds(&other, &before, &after).is_err(), "{key}: {other}");
            spoilt += 1;
        }
    }
    assert!(spoilt > 6);
    assert!(!said::untold(&[], &before, &after).is_empty());
}

fn officer(new: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("charter.toml"), CHARTER).unwrap();
    fs::write(folder.path().join("new.toml"), new).unwrap();
    let line = ["diff", "charter.toml", "new.toml"];
    let english = gardefou(folder.path(), &line);
    let french = spoken("fr_FR.UTF-8", folder.path(), &line);
    assert_eq!(english.status.code(), french.status.code());
    let page = |bytes: &[u8]| flowing(text(bytes));
    (english.status.code(), page(&english.stdout), page(&french.stdout))
}

#[test]
fn another_controller_is_no_equal() {
    let (code, english, french) = officer(include_str!("officer/texte.toml"));
    assert_eq!(code, Some(6), "{english}");
    for said in [
        "What is declared differently, and decides nothing",
        "The controller (`controller`): before, “Banque du Fleuve”; now, “Filiale X”.",
        "before, “RT-117”; now, “RT-999”.",
        "Programmes `nouveaux-arrivants`, `remise-a-niveau`, the day of the announcement (`announced-on`): \
         before, 20 November 2026; now, 28 November 2026.",
    ] {
        assert!(english.contains(said), "no {said:?} in {english}");
    }
    assert!(!english.contains("Equal"), "{english}");
    assert!(
        french.contains(
            "Le responsable de traitement (`controller`) : avant, « Banque du Fleuve » ; désormais, « Filiale X »."
        ),
        "{french}"
    );
}

#[test]
fn a_longer_programme_is_told_in_days_and_warned_about() {
    let (code, english, french) = officer(include_str!("officer/v1.toml"));
    assert_eq!(code, Some(3), "{english}");
    assert!(
        english.contains(
            "Programme `remise-a-niveau`, the days of recording (`from, until`): before, from 30 November 2026 to 20 \
             December 2026, both included; now, from 30 November 2026 to 3 January 2027, both included."
        ),
        "{english}"
    );
    assert!(
        english.contains("it ends later; `announced-on` is still 20 November 2026"),
        "{english}"
    );
    assert!(
        french.contains("il finit plus tard ; `announced-on` reste le 20 novembre 2026"),
        "{french}"
    );
    let (_, english, _) = officer(include_str!("officer/texte.toml"));
    assert!(!english.contains("Changed since it was announced"), "{english}");
}

#[test]
fn each_programme_keeps_its_own_cap_and_each_employee_a_name() {
    let (_, english, french) = officer(include_str!("officer/caps.toml"));
    for said in [
        "Programme `nouveaux-arrivants`, the cap for one employee (`volume.per-employee`): before, 3 hours in any \
         7 days; now, 4 hours in any 7 days.",
        "Programme `remise-a-niveau`, the cap for one employee (`volume.per-employee`): before, 3 hours in any 7 days; \
         now, 5 hours in any 7 days.",
        "14 before, 16 now; new: `f-15`, `f-16`, `f-17`; gone: `f-14`.",
    ] {
        assert!(english.contains(said), "no {said:?} in {english}");
    }
    assert!(
        french.contains("en plus : `f-15`, `f-16`, `f-17` ; en moins : `f-14`."),
        "{french}"
    );
}
