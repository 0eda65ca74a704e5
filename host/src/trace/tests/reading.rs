//! A file of lines: endings, blanks, encodings, limits.

use std::io::{self, BufReader, Read};

use crate::trace::{MAX_LINE, ReadError, Reader};

const CALL: &str = r#"{"at":5,"event":"call","phase":"ringing"}"#;

fn numbers(file: &[u8]) -> Result<Vec<u64>, String> {
    Reader::new(file)
        .map(|line| line.map(|(number, _)| number).map_err(|error| error.to_string()))
        .collect()
}

#[test]
fn line_endings_and_blank_lines() {
    assert_eq!(numbers(b"").unwrap(), Vec::<u64>::new());
    assert_eq!(numbers(b"\n\r\n  \t\n").unwrap(), Vec::<u64>::new());
    assert_eq!(numbers(CALL.as_bytes()).unwrap(), [1]);
    let file = format!("{CALL}\r\n\r\n\n   \n{CALL}\n  {CALL}  ");
    assert_eq!(numbers(file.as_bytes()).unwrap(), [1, 5, 6]);
}

#[test]
fn a_byte_order_mark_is_refused() {
    let file = format!("\u{feff}{CALL}\n");
    assert_eq!(
        numbers(file.as_bytes()).unwrap_err(),
        "line 1: the file begins with a byte order mark"
    );
    let file = format!("{CALL}\n\u{feff}{CALL}\n");
    assert!(numbers(file.as_bytes()).unwrap_err().starts_with("line 2: not JSON"));
}

#[test]
fn what_is_not_utf8_is_refused() {
    let mut file = format!("{CALL}\n").into_bytes();
    file.extend_from_slice(b"{\"at\":5,\"event\":\"window\",\"id\":1,\"title\":\"\xff\"}\n");
    assert_eq!(
        numbers(&file).unwrap_err(),
        "line 2: not UTF-8 after byte 41 of the line"
    );
}

#[test]
fn a_line_has_a_limit_and_no_more_is_read() {
    let blanks = |length: usize| format!("{}{CALL}", " ".repeat(length - CALL.len()));
    assert_eq!(numbers(blanks(MAX_LINE).as_bytes()).unwrap(), [1]);
    let file = format!("{}\r\n{CALL}\n", blanks(MAX_LINE));
    assert_eq!(numbers(file.as_bytes()).unwrap(), [1, 2]);
    for longer in [1, 2, 3, 4, 5_000] {
        let file = format!("{}\n{CALL}\n", blanks(MAX_LINE + longer));
        assert_eq!(
            numbers(file.as_bytes()).unwrap_err(),
            "line 1: the line is longer than 1 MiB"
        );
    }
    let endless = BufReader::new(io::repeat(b' '));
    let errors: Vec<_> = Reader::new(endless).collect();
    assert!(matches!(errors.as_slice(), [Err(ReadError::Malformed(_))]));
}

#[test]
fn after_an_error_there_is_nothing() {
    let file = format!("{CALL}\nx\n{CALL}\n");
    let lines: Vec<_> = Reader::new(file.as_bytes()).collect();
    assert_eq!(lines.len(), 2);
    assert!(matches!(lines.last(), Some(Err(ReadError::Malformed(error))) if error.line() == Some(2)));
}

#[test]
fn a_file_that_breaks_off_is_another_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let file = format!("{CALL}\n");
    let broken = BufReader::new(file.as_bytes().chain(Broken));
    let last = Reader::new(broken).last().unwrap().unwrap_err();
    assert_eq!(last.to_string(), "line 2: cannot be read: unplugged");
}
