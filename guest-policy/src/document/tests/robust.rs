//! Nothing that stands in a document makes the reader panic, and every place lies in the document.

use alloc::{format, string::String, vec::Vec};

use proptest::prelude::*;

use super::{EXAMPLE, TODAY};
use crate::document::{DOCUMENT_BYTES, read};

fn check(bytes: &[u8]) {
    let reading = read(bytes, TODAY);
    assert_eq!(reading.rules.is_none(), reading.has_errors());
    let (mut line, mut at) = (1, 0);
    for problem in &reading.problems {
        assert!(at <= problem.span.start, "in order: {problem:?}");
        assert!(
            problem.span.start <= problem.span.end && problem.span.end <= bytes.len(),
            "{problem:?}"
        );
        line += bytes[at..problem.span.start].iter().filter(|b| **b == b'\n').count();
        at = problem.span.start;
        assert_eq!(problem.line, line, "{problem:?}");
        assert!(problem.column >= 1);
    }
}

/// Pieces that documents are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(alloc::vec![
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "\"\"\"",
        "=",
        ",",
        ".",
        "#",
        "\n",
        "\r",
        "-",
        "0",
        "1e9",
        "2026-02-30",
        "true",
        "nan",
        "\u{feff}",
        "\0",
        "é",
        "\\",
        "\\u",
        "[[application]]",
        "[programme.volume]",
        "[[programme]]",
        "a.b.c = 1\n",
        "id",
        "*",
        "employees",
        "999999999999999999999d",
        "limit = ",
        "[role]",
        "=\"\"",
        "9999-12-31",
        "0x_",
        "_",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }

    #[test]
    fn any_pieces(pieces in proptest::collection::vec(piece(), 0..60)) {
        check(pieces.concat().as_bytes());
    }

    #[test]
    fn mutated_examples(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..40, piece()), 1..6),
    ) {
        let mut bytes: Vec<u8> = EXAMPLE.into();
        for (at, removed, inserted) in edits {
            let at = at.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, inserted.bytes());
        }
        check(&bytes);
    }

    #[test]
    fn truncated_examples(end in 0..EXAMPLE.len()) {
        check(&EXAMPLE.as_bytes()[..end]);
    }

    #[test]
    fn examples_without_a_line(line in 0..EXAMPLE.lines().count()) {
        let rest = EXAMPLE.lines().enumerate().filter(|(at, _)| *at != line).map(|(_, l)| l);
        check(rest.collect::<Vec<_>>().join("\n").as_bytes());
    }
}

#[test]
fn large_nonsense_takes_no_long_time() {
    let whole = |piece: &str| -> String { piece.repeat(DOCUMENT_BYTES / piece.len()) };
    for piece in [
        "[",
        "a=[",
        "a={",
        "\0",
        "[[programme]]\n",
        "[[role]]\n",
        "=",
        "\"",
        "a.",
        "k",
        "\n",
        "x = 1\n",
        "é",
    ] {
        check(whole(piece).as_bytes());
    }
    // What is looked for around an error is not looked for at every one.
    for (start, piece) in [
        ("x=[{\n", "a=1\n"),
        ("x=[{\n", "{\na=1\n"),
        ("[a]\nk=1\n[a]\n", "k=1\n"),
        ("x=\"", "\\C"),
    ] {
        check(format!("{start}{}", piece.repeat((DOCUMENT_BYTES - 64) / piece.len())).as_bytes());
    }
    check(&alloc::vec![0xE9; DOCUMENT_BYTES]);
}
