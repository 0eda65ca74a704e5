//! One test for each kind of error in how it is written.

use alloc::{format, string::String, vec::Vec};

use super::{EXAMPLE, TODAY, assert_errors, assert_problems_at, codes, edited, english_help};
use crate::document::read;

#[test]
fn syntax_keeps_the_rest_readable() {
    assert_errors(
        &[(
            "id         = \"acme-support\"          # a name for these rules",
            "id         = §\"acme-support",
        )],
        &["syntax"],
    );
    assert_errors(&[("[recording]", "[recording§")], &["syntax"]);
    assert_errors(
        &[("while-held         = false", "while-held         §false")],
        &["syntax"],
    );
    // A bad value spoils nothing else: what is wrong elsewhere is told in the same pass.
    assert_errors(
        &[
            ("while-held         = false", "while-held = §False"),
            ("\"train-others\"", "§\"train-other\""),
        ],
        &["syntax", "unknown-value"],
    );
    assert_errors(&[("limit = 0.2,", "limit = §.2,")], &["syntax"]);
    // A decimal comma breaks the rest of its line, and is told once.
    assert_errors(&[("limit = 0.2,", "limit = 0,2§,")], &["syntax"]);
}

/// The parser takes the rest of the document for what stands in it: it is told once, where it begins.
#[test]
fn a_list_or_group_that_is_not_closed_is_told_once() {
    assert_errors(&[("applications = [\"crm\"]", "applications = §[\"crm\"")], &["syntax"]);
    assert_errors(
        &[("applications = [\"crm\"]", "applications = §[\"crm\",")],
        &["syntax"],
    );
    // Right before the header of a section.
    assert_errors(
        &[(
            "programmes = [\"crm-onboarding\"]      # [\"*\"] means",
            "programmes = §[\"crm-onboarding\" # means",
        )],
        &["syntax"],
    );
    assert_errors(
        &[(
            "per-employee   = { limit = \"2h\", per = \"7d\" }",
            "per-employee   = §{ limit = \"2h\", per = \"7d\"",
        )],
        &["syntax"],
    );
    // What stands before it is still told.
    let problems = assert_problems_at(
        TODAY,
        &[
            ("while-held  ", "§while-hold  "),
            ("applications = [\"crm\"]", "applications = §[\"crm\""),
            ("\"train-others\"", "\"train-other\""),
        ],
        &["unknown-key", "syntax"],
    );
    assert_eq!(problems[1].message.english, "this list is not closed");
    // A comma that is missing within it is no such thing.
    assert_errors(&[("[\"e-1001\", \"e-1002\"]", "[\"e-1001\" §\"e-1002\"]")], &["syntax"]);
}

#[test]
fn a_misspelt_name_is_told_once() {
    assert_errors(
        &[("controller = \"ACME SAS\"", "§Controller = \"ACME SAS\"")],
        &["unknown-key"],
    );
    assert_errors(&[("[retention]", "[§retentions]")], &["unknown-key"]);
    assert_errors(&[("\n[programme.volume]", "\n[programme.§volum]")], &["unknown-key"]);
    // What is missing beside it is told.
    assert_errors(
        &[
            ("[retention]", "§[retention]"),
            ("recordings = \"180d\"", "§recording = \"180d\""),
            ("temporary  = \"1d\"", ""),
        ],
        &["missing-key", "unknown-key"],
    );
}

#[test]
fn the_same_mistake_is_told_once_a_line() {
    let path = ("executable = \"crm.exe\"", "executable = \"C:§\\Apps\\crm.exe\"");
    assert_errors(&[path], &["syntax"]);
}

#[test]
fn a_section_that_is_there_twice_is_told_once() {
    let text = format!("{EXAMPLE}\n[retention]\nrecordings = \"1d\"\nanalyses = \"1d\"\n");
    assert_eq!(codes(&read(text.as_bytes(), TODAY)), ["duplicate-key"]);
}

#[test]
fn an_unquoted_value_shows_what_was_meant() {
    let of = |value: &str| {
        let problems = assert_problems_at(
            TODAY,
            &[("controller = \"ACME SAS\"", &format!("controller = §{value}"))],
            &["unquoted-text"],
        );
        String::from(english_help(&problems[0]))
    };
    for value in ["ACME SAS", "« ACME SAS »", "“ACME SAS”"] {
        assert_eq!(of(value), "write `\"ACME SAS\"`");
    }
    assert_errors(&[("while-held         = false", "while-held = §non")], &["syntax"]);
    assert_errors(&[("limit = 0.2,", "limit = §20%,")], &["syntax"]);
    assert_errors(&[("from         = 2026-11-01", "from = §01/11/2026")], &["bad-date"]);
}

#[test]
fn common_slips_have_names_of_their_own() {
    assert_errors(
        &[("controller = \"ACME SAS\"", "controller = §ACME SAS")],
        &["unquoted-text"],
    );
    assert_errors(
        &[("version    = \"2026.11.0\"             # change it", "version    = §#")],
        &["missing-value"],
    );
    assert_errors(&[("from         = 2026-11-01", "from = §2026-11-31")], &["bad-date"]);
    assert_errors(&[("from         = 2026-11-01", "from = §2026-11-1")], &["bad-date"]);
    assert_errors(
        &[("format     = 1", "format     = 1\n§format     = 1")],
        &["duplicate-key"],
    );
    assert_errors(
        &[
            ("[recording]", "[retention]\n[recording]"),
            ("[retention]\nrec", "[§retention]\nrec"),
        ],
        &["duplicate-key"],
    );
}

#[test]
fn a_date_is_a_whole_day_of_our_time() {
    assert_errors(
        &[("from         = 2026-11-01", "from = §2026-11-01T00:00:00")],
        &["bad-date"],
    );
    assert_errors(
        &[("from         = 2026-11-01", "from = §2026-11-01T00:00:00Z")],
        &["bad-date"],
    );
    assert_errors(&[("from         = 2026-11-01", "from = §10:00:00")], &["bad-date"]);
    assert_errors(
        &[("announced-on = 2026-10-20", "announced-on = §1969-12-31")],
        &["bad-date"],
    );
    assert_errors(&[("until        = 2026-12-15", "until = §9999-01-01")], &["bad-date"]);
    assert_errors(
        &[("from         = 2026-11-01", "from = §\"2026-11-01\"")],
        &["wrong-type"],
    );
}

#[test]
fn types() {
    assert_errors(&[("id         = \"acme-support\"", "id = §5")], &["wrong-type"]);
    assert_errors(
        &[("while-held         = false", "while-held = §\"no\"")],
        &["wrong-type"],
    );
    assert_errors(&[("unreviewed     = \"20h\"", "unreviewed = §20")], &["wrong-type"]);
    assert_errors(&[("limit = 0.2,", "limit = §\"0.2\",")], &["wrong-type"]);
    assert_errors(&[("format     = 1 ", "format     = §\"1\" ")], &["wrong-type"]);
    assert_errors(
        &[(
            "in-force   = { from = 2026-11-01, until = 2027-04-30 }",
            "in-force = §2026-11-01",
        )],
        &["wrong-type"],
    );
    assert_errors(
        &[(
            "employees    = [\"e-1001\", \"e-1002\"]",
            "employees = [\"e-1001\", §1002]",
        )],
        &["wrong-type"],
    );
    assert_errors(
        &[(
            "covers    = [\"screen\", \"call\", \"controller\", \"purposes\", \"legal-basis\", \"recipients\", \"retention\", \"rights\", \"objection\", \"complaint\", \"dpo\", \"interests\", \"mandatory\"]",
            "covers = §\"screen\"",
        )],
        &["wrong-type"],
    );
    // That no application has the programme's `id` follows from it, and is not told.
    assert_errors(&[("[[application]]", "§[application]")], &["wrong-type"]);
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    assert_errors(
        &[("controller = ", "country = 1\ncontroller = "), ("country", "§country")],
        &["unknown-key"],
    );
    let edits = [("review-until = 2027-01-15", "§reviewuntil = 2027-01-15")];
    let problems = assert_problems_at(TODAY, &edits, &["unknown-key"]);
    assert_eq!(english_help(&problems[0]), "did you mean `review-until`?");
    assert_errors(
        &[("signer = \"ACME SAS\" }", "§sinner = \"ACME SAS\" }")],
        &["unknown-key"],
    );
    assert_errors(
        &[("unreviewed     = ", "§extra = 1\nunreviewed     = ")],
        &["unknown-key"],
    );
}

#[test]
fn everything_that_is_not_optional_is_missed() {
    let lines = [
        "need         = \"The new customer desk went live in October\"",
        "announced-on = 2026-10-20",
        "from         = 2026-11-01",
        "until        = 2026-12-15",
        "purpose      = \"training\"",
        "applications = [\"crm\"]",
    ];
    for line in lines {
        let edits = [(line, ""), ("[[programme]]", "§[[programme]]")];
        let reading = read(edited(&edits).replace('§', "").as_bytes(), TODAY);
        assert!(codes(&reading).contains(&"missing-key"), "{line}");
        assert!(reading.rules.is_none());
    }
    assert_errors(
        &[("announced-on = 2026-10-20", ""), ("[[programme]]", "§[[programme]]")],
        &["missing-key"],
    );
    let cases = [
        ("unreviewed     = \"20h\"", "[programme.volume]\n"),
        (
            "per-employee   = { limit = \"2h\", per = \"7d\" }",
            "[programme.volume]\n",
        ),
        (
            "programme      = { limit = \"20h\", per = \"7d\" }",
            "[programme.volume]\n",
        ),
        (
            "share-of-calls = { limit = 0.2, per = \"30d\" }",
            "[programme.volume]\n",
        ),
        (
            "register-entry    = { reference = \"RT-042\", on = 2026-09-30 }",
            "[attestations]",
        ),
        (
            "works-council     = { on = 2026-09-15, valid-for = \"730d\" }",
            "[attestations]",
        ),
        ("temporary  = \"1d\"", "[retention]"),
        ("max-facts-age      = \"250ms\"", "[recording]"),
        (
            "covers    = [\"screen\", \"call\", \"controller\", \"purposes\", \"legal-basis\", \"recipients\", \"retention\", \"rights\", \"objection\", \"complaint\", \"dpo\", \"interests\", \"mandatory\"]",
            "[employee-notice]",
        ),
    ];
    for (line, header) in cases {
        assert_errors(&[(line, ""), (header, &format!("§{header}"))], &["missing-key"]);
    }
    assert_errors(
        &[("{ reference = \"RT-042\", on = 2026-09-30 }", "§{ on = 2026-09-30 }")],
        &["missing-key"],
    );
    assert_errors(
        &[("{ limit = \"2h\", per = \"7d\" }", "§{ limit = \"2h\" }")],
        &["missing-key"],
    );
    let reading = read(b"", TODAY);
    assert_eq!(codes(&reading), ["missing-key"; 12]);
    assert!(reading.problems.iter().all(|p| (p.line, p.column) == (1, 1)));
}

#[test]
fn empty_texts_and_lists() {
    assert_errors(
        &[(
            "need         = \"The new customer desk went live in October\"",
            "need = §\" \"",
        )],
        &["empty-text"],
    );
    assert_errors(&[("reference = \"RT-042\"", "reference = §\"\"")], &["empty-text"]);
    assert_errors(&[("[\"e-1001\", \"e-1002\"]", "[\"e-1001\", §\"\"]")], &["empty-text"]);
    assert_errors(&[("[\"*mot de passe*\", \"*password*\"]", "[§\"\"]")], &["empty-text"]);
    assert_errors(&[("signer = \"ACME SAS\" }", "signer = §\"\" }")], &["empty-text"]);
    assert_errors(&[("[\"e-1001\", \"e-1002\"]", "§[]")], &["empty-list"]);
    // That nothing uses the application follows from it, and is not told.
    assert_errors(&[("applications = [\"crm\"]", "applications = §[]")], &["empty-list"]);
}

#[test]
fn durations() {
    for bad in ["0h", "20", "h", "20 h", "20hours", "1h30m", "-2h", "99999999999999d"] {
        assert_errors(
            &[("unreviewed     = \"20h\"", &format!("unreviewed = §\"{bad}\""))],
            &["bad-duration"],
        );
    }
}

#[test]
fn time_zones() {
    let zone = "time-zone  = \"Europe/Paris\"";
    assert_errors(&[(zone, "time-zone = §\"Europe/Pariss\"")], &["unknown-time-zone"]);
    assert_errors(&[(zone, "time-zone = §\"CET+1\"")], &["unknown-time-zone"]);
    assert_errors(&[("format     = 1 ", "format     = §2 ")], &["unknown-format"]);
}

#[test]
fn encodings() {
    let latin = EXAMPLE
        .replace("\"The new customer desk", "\"Le nouveau systeme tr\u{1}s")
        .into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|b| if b == 1 { 0xE8 } else { b }).collect();
    let reading = read(&latin, TODAY);
    assert_eq!(codes(&reading), ["not-utf-8"]);
    assert_eq!(reading.problems[0].column, 16 + "\"Le nouveau systeme tr".len());

    let marked = format!("\u{feff}{}", EXAMPLE.replace("format     = 1 ", "format     = 2 "));
    assert_eq!(codes(&read(marked.as_bytes(), TODAY)), ["unknown-format"]);
    let sound = read(format!("\u{feff}{EXAMPLE}").as_bytes(), TODAY);
    assert!(sound.problems.is_empty() && sound.rules.is_some());
    let first_line = read("\u{feff}fromat = 1".as_bytes(), TODAY);
    assert!(
        first_line
            .problems
            .iter()
            .any(|p| p.code == "unknown-key" && (p.line, p.column) == (1, 1))
    );

    assert_eq!(
        codes(&read(EXAMPLE.replace("October", "Oct\0ober").as_bytes(), TODAY)),
        ["nul-character"]
    );
    assert_eq!(codes(&read(b"\xFF\xFEf\0o\0r\0", TODAY)), ["not-utf-8"]);

    let windows = read(EXAMPLE.replace('\n', "\r\n").as_bytes(), TODAY);
    assert_eq!(windows.problems, []);
}
