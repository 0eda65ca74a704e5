//! What a program did, as `watch.c` wrote it down.

use std::fmt;
use std::path::PathBuf;

/// One change, in the order in which they were made.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A program began.
    Started,
    /// It printed a line: what it acknowledged.
    Said(String),
    Opened {
        handle: i64,
        flags: i32,
        path: PathBuf,
    },
    Wrote {
        handle: i64,
        at: usize,
        bytes: Vec<u8>,
    },
    Cut {
        handle: i64,
        length: usize,
    },
    Synced {
        handle: i64,
    },
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    Linked {
        from: PathBuf,
        to: PathBuf,
    },
    Removed {
        path: PathBuf,
    },
    Made {
        path: PathBuf,
    },
}

/// A letter, two numbers and the lengths of two strings.
const HEAD: usize = 1 + 8 + 8 + 4 + 4;

impl Change {
    /// Everything in this log.
    pub(crate) fn all(mut log: &[u8]) -> Vec<Self> {
        let mut changes = Vec::new();
        while let Some((head, rest)) = log.split_at_checked(HEAD) {
            let number = |at: usize| i64::from_ne_bytes(head[at..at + 8].try_into().unwrap());
            let length = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap()) as usize;
            let (a, rest) = rest.split_at(length(17));
            let (b, rest) = rest.split_at(length(21));
            changes.extend(Self::one(head[0], number(1), number(9), a, b));
            log = rest;
        }
        assert!(log.is_empty(), "the log was cut");
        changes
    }

    fn one(letter: u8, first: i64, second: i64, a: &[u8], b: &[u8]) -> Vec<Self> {
        let path = |bytes: &[u8]| {
            assert!(!bytes.is_empty(), "something went into the folder, or out of it");
            PathBuf::from(std::str::from_utf8(bytes).unwrap())
        };
        let second_as_length = || usize::try_from(second).unwrap();
        let change = match letter {
            b's' => {
                let said = std::str::from_utf8(a).unwrap();
                return said.lines().map(|line| Self::Said(line.to_owned())).collect();
            }
            b'o' => Self::Opened {
                handle: first,
                flags: i32::try_from(second).unwrap(),
                path: path(a),
            },
            b'w' => Self::Wrote {
                handle: first,
                at: second_as_length(),
                bytes: a.to_vec(),
            },
            b'l' => Self::Cut {
                handle: first,
                length: second_as_length(),
            },
            b'y' => Self::Synced { handle: first },
            b'r' => {
                assert!(first <= 1, "names are not exchanged");
                Self::Renamed {
                    from: path(a),
                    to: path(b),
                }
            }
            b'k' => Self::Linked {
                from: path(a),
                to: path(b),
            },
            b'u' => Self::Removed { path: path(a) },
            b'm' => Self::Made { path: path(a) },
            other => panic!("the log has the letter {other}"),
        };
        vec![change]
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote { handle, at, bytes } => {
                write!(f, "Wrote {{ handle: {handle}, at: {at}, {} bytes }}", bytes.len())
            }
            other => write!(f, "{other:?}"),
        }
    }
}
