//! The documents that are checked: for every code one, and what people write who never wrote TOML.

use std::collections::BTreeMap;

use crate::bad::{EXAMPLE, bad_documents, edited};

/// What somebody who never wrote TOML writes: a name, the code, and an edit of the example.
const SLIPS: &[(&str, &str, &str, &str)] = &[
    (
        "slip-capital-true",
        "syntax",
        "while-held         = false",
        "while-held = True",
    ),
    (
        "slip-colon",
        "syntax",
        "controller = \"ACME SAS\"",
        "controller: \"ACME SAS\"",
    ),
    (
        "slip-control-character",
        "syntax",
        "# who answers",
        "# who \u{7} answers",
    ),
    (
        "slip-curled-quotes",
        "unquoted-text",
        "controller = \"ACME SAS\"",
        "controller = “ACME SAS”",
    ),
    (
        "slip-date-in-french",
        "bad-date",
        "from         = 2026-11-01",
        "from = 01/11/2026",
    ),
    (
        "slip-date-quoted",
        "wrong-type",
        "from         = 2026-11-01",
        "from = \"2026-11-01\"",
    ),
    (
        "slip-date-short",
        "bad-date",
        "from         = 2026-11-01",
        "from = 2026-11-1",
    ),
    (
        "slip-date-with-time",
        "bad-date",
        "from         = 2026-11-01",
        "from = 2026-11-01T08:00:00",
    ),
    ("slip-decimal-comma", "syntax", "limit = 0.2,", "limit = 0,2,"),
    (
        "slip-dotted",
        "syntax",
        "controller = \"ACME SAS\"",
        "controller = \"ACME SAS\"\nformat.x = 1",
    ),
    (
        "slip-duration-in-french",
        "bad-duration",
        "recordings = \"180d\"",
        "recordings = \"180j\"",
    ),
    (
        "slip-duration-number",
        "wrong-type",
        "recordings = \"180d\"",
        "recordings = 180",
    ),
    (
        "slip-duration-unquoted",
        "unquoted-text",
        "recordings = \"180d\"",
        "recordings = 180d",
    ),
    (
        "slip-guillemets",
        "unquoted-text",
        "controller = \"ACME SAS\"",
        "controller = « ACME SAS »",
    ),
    ("slip-key-accented", "syntax", "while-held         = false", "durée = 1"),
    (
        "slip-key-capital",
        "unknown-key",
        "controller = \"ACME SAS\"",
        "Controller = \"ACME SAS\"",
    ),
    (
        "slip-list-comma",
        "syntax",
        "[\"e-1001\", \"e-1002\"]",
        "[\"e-1001\" \"e-1002\"]",
    ),
    (
        "slip-list-one",
        "wrong-type",
        "applications = [\"crm\"]",
        "applications = \"crm\"",
    ),
    (
        "slip-list-unclosed",
        "syntax",
        "applications = [\"crm\"]",
        "applications = [\"crm\"",
    ),
    (
        "slip-group-unclosed",
        "syntax",
        "per-employee   = { limit = \"2h\", per = \"7d\" }",
        "per-employee = { limit = \"2h\"",
    ),
    ("slip-oui", "syntax", "while-held         = false", "while-held = oui"),
    ("slip-percent", "syntax", "limit = 0.2,", "limit = 20%,"),
    ("slip-section-double", "wrong-type", "[retention]", "[[retention]]"),
    ("slip-section-name", "unknown-key", "[retention]", "[retentions]"),
    ("slip-section-single", "wrong-type", "[[application]]", "[application]"),
    (
        "slip-text-on-two-lines",
        "control-character",
        "controller = \"ACME SAS\"",
        "controller = \"\"\"ACME\nSAS\"\"\"",
    ),
    (
        "slip-text-unclosed",
        "syntax",
        "controller = \"ACME SAS\"",
        "controller = \"ACME SAS",
    ),
    (
        "slip-windows-path",
        "syntax",
        "executable = \"crm.exe\"",
        "executable = \"C:\\Apps\\crm.exe\"",
    ),
];

/// The bad documents by the names of their pages: the code, and a number where there are several.
pub(crate) fn named_documents() -> BTreeMap<String, (&'static str, Vec<u8>)> {
    let mut named = BTreeMap::new();
    for (code, document) in bad_documents() {
        let numbered = (2..).map(|n| format!("{code}-{n}"));
        let name = std::iter::once(code.to_owned())
            .chain(numbered)
            .find(|name| !named.contains_key(name));
        named.insert(name.unwrap(), (code, document));
    }
    let mut add = |name: &str, code, document| named.insert(name.to_owned(), (code, document));
    let latin_1 = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let accents = [(
        "The new customer desk went live",
        "Nouveau syst\u{e8}me depuis \u{e9}t\u{e9}",
    )];
    add("latin-1", "not-utf-8", latin_1(&edited(&accents)));
    let bom = edited(&[("format     = 1 ", "format     = 2 ")]);
    add(
        "byte-order-mark-and-more",
        "unknown-format",
        format!("\u{feff}{bom}").into_bytes(),
    );
    let windows = edited(&[
        ("while-held  ", "while-hold  "),
        ("recordings = \"180d\"", "recordings = \"182d\""),
    ]);
    add("crlf", "unknown-key", windows.replace('\n', "\r\n").into_bytes());
    let escape = edited(&[(
        "controller = \"ACME SAS\"",
        "contröller = \"\u{1b}[31mACME\u{9b}31m\t\" # à",
    )]);
    add("escape-sequences", "syntax", escape.into_bytes());
    add("empty", "missing-key", Vec::new());
    for (name, code, from, to) in SLIPS {
        add(name, code, edited(&[(*from, *to)]).into_bytes());
    }
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    add("utf-16-without-mark", "not-utf-8", wide(EXAMPLE));
    add(
        "word-processor",
        "not-utf-8",
        b"PK\x03\x04\x14\0\x06\0\x08\0word/document.xml".to_vec(),
    );
    add("rich-text", "not-utf-8", b"{\\rtf1\\ansi format = 1}".to_vec());
    add("zeros", "not-utf-8", vec![0; 512]);
    add("old-mac-line-ends", "syntax", EXAMPLE.replace('\n', "\r").into_bytes());
    let twice = format!("{EXAMPLE}\n[retention]\nrecordings = \"1d\"\n");
    add("section-twice", "duplicate-key", twice.into_bytes());
    let several = edited(&[
        ("while-held  ", "while-hold  "),
        ("recordings = \"180d\"", "recordings = \"7 days\""),
        ("limit = 0.2,", "limit = 0.3,"),
        ("\"train-others\"", "\"train-other\""),
        ("  { executable = \"crm.exe\", signer = \"ACME SAS\" },", "  {},"),
    ]);
    add("several", "large-share", several.into_bytes());
    let lines = edited(&[(
        "covers    = [\"screen\", \"call\", \"controller\", \"purposes\", \"legal-basis\", \"recipients\", \"retention\", \"rights\", \"objection\", \"complaint\", \"dpo\", \"interests\", \"mandatory\"]",
        "covers = [\n  \"screen\",\n]",
    )]);
    add("several-lines", "notice-incomplete", lines.into_bytes());
    named
}
