//! The reader of rule documents: what a compliance team edits, turned into [`Rules`].
//!
//! One pass finds every problem, each with its place, the row of the legal matrix (legal.md) that it
//! touches, and a way to mend it. The parser recovers from errors of syntax, a cursor takes the known keys
//! from each table and reports the others, and what refers to something else is resolved at the end.
//!
//! ```
//! use gardefou_policy::{document, types::Timestamp};
//! let today = Timestamp::from_millis(1_795_564_800_000);
//! let reading = document::read(b"format = 1\nid = \"acme-support\n", today);
//! assert!(reading.rules.is_none());
//! assert_eq!(reading.problems.last().map(|p| (p.line, p.column, p.code)), Some((2, 6, "syntax")));
//! ```

mod application;
mod attestation;
mod cursor;
mod dates;
mod duration;
mod encoding;
mod enrolment;
mod index;
mod matching;
mod meant;
mod nearest;
mod objections;
mod outline;
mod problem;
mod programme;
mod programs;
mod role;
mod roll;
mod settings;
mod share;
mod syntax;
#[cfg(test)]
mod tests;
mod tokens;
mod unclosed;
mod unquoted;
mod url;
mod volume;
mod words;

use alloc::{string::String, vec::Vec};

use jiff::civil::Date;
use toml::de::DeTable;

pub use self::problem::{PROBLEMS, Problem, Severity, TOO_MANY_PROBLEMS};
pub use self::programs::{BROWSERS, REMOTE_DESKTOPS};
pub use self::roll::{
    Absent, Alone, Companion, Companions, EMPLOYEES_FILE_BYTES, EMPLOYEES_FILES, EmployeesFile,
    edited as edited_employees,
};

use self::dates::When;
use self::problem::Problems;
use self::words::{text, words};
use crate::rules::Rules;
use crate::types::Timestamp;

/// The longest document, in bytes: 1 MiB.
pub const DOCUMENT_BYTES: usize = 1 << 20;
/// The most employees that a document can list, over all its programmes.
pub const EMPLOYEES: usize = 10_000;
/// The most applications of a document.
pub const APPLICATIONS: usize = 1_000;
/// The most programmes of a document.
pub const PROGRAMMES: usize = 1_000;

/// What a document says, and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// What the component takes; `None` when there is an error.
    pub rules: Option<Rules>,
    /// Every error and every warning, by place. Of each no more than [`PROBLEMS`]; where there are more, the last
    /// problem says so ([`TOO_MANY_PROBLEMS`]).
    pub problems: Vec<Problem>,
    /// The files of employees that were read, sorted by their path.
    pub employees_files: Vec<EmployeesFile>,
}

impl Reading {
    /// Whether there is an error, so that nothing loads.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads a rule document. `today` is the instant at which it should hold: some warnings depend on it.
#[must_use]
pub fn read(text: &[u8], today: Timestamp) -> Reading {
    read_with(text, today, &Alone)
}

/// Reads a rule document and the files of employees that it names, which stand beside it.
#[must_use]
pub fn read_with(text: &[u8], today: Timestamp, companions: &dyn Companions) -> Reading {
    read_when(text, When::At(today), companions)
}

/// The same as on a whole day in the document's time zone.
#[must_use]
pub fn read_with_on(text: &[u8], day: Date, companions: &dyn Companions) -> Reading {
    read_when(text, When::On(day), companions)
}

/// The files of employees that a document names, as it names them, each once: whoever follows the document follows
/// them too. Nothing is said of a document that cannot be read.
#[must_use]
pub fn employees_files(text: &[u8]) -> Vec<String> {
    let Some(text) = str::from_utf8(text).ok().filter(|text| text.len() <= DOCUMENT_BYTES) else {
        return Vec::new();
    };
    let (root, _) = DeTable::parse_recoverable(text);
    let mut paths = Vec::new();
    for path in outline::named_files(root.get_ref()) {
        if paths.len() < EMPLOYEES_FILES
            && roll::check_path(path.value).is_ok()
            && !paths.iter().any(|p| p == path.value)
        {
            paths.push(String::from(path.value));
        }
    }
    paths
}

/// Reads a rule document as on a whole day in its own time zone. What expires in the course of the day is
/// warned about.
///
/// ```
/// use gardefou_policy::document;
/// let example = include_bytes!("../../../rules/example.toml");
/// assert!(document::read_on(example, jiff::civil::date(2027, 4, 30)).problems.is_empty());
/// assert_eq!(document::read_on(example, jiff::civil::date(2027, 5, 1)).problems[0].code, "not-in-force");
/// ```
#[must_use]
pub fn read_on(text: &[u8], day: Date) -> Reading {
    read_with_on(text, day, &Alone)
}

/// The document as text, in which the spans of its problems are places: byte for byte the document, with
/// a `?` for each byte that is not UTF-8, and for NUL. Empty for UTF-16, and for what is no text.
#[must_use]
pub fn shown(text: &[u8]) -> String {
    encoding::decode(text).text
}

fn read_when(text: &[u8], when: When, companions: &dyn Companions) -> Reading {
    if text.len() > DOCUMENT_BYTES {
        return Reading {
            rules: None,
            problems: alloc::vec![too_large()],
            employees_files: Vec::new(),
        };
    }
    let decoded = encoding::decode(text);
    let mut problems = Problems::new(&decoded.text);
    let mut is_readable = true;
    for mark in &decoded.marks {
        is_readable &= mark.kind.is_text();
        problems.add(Problem::error(mark.kind.code(), &mark.span, mark.kind.message()).help(mark.kind.help()));
    }
    let (mut rules, mut employees_files) = (None, Vec::new());
    if is_readable {
        let (root, is_whole) = syntax::parse(&decoded.text, &mut problems);
        let unreadable = problems.count();
        let rolls = outline::read_rolls(&root, companions, &mut problems);
        rules = outline::read(&root, text, when, &rolls, &mut problems);
        employees_files = rolls.into_files();
        problems.drop_consequences(unreadable, !is_whole);
    }
    let problems = problems.finish();
    let mut reading = Reading {
        rules,
        problems,
        employees_files,
    };
    if reading.has_errors() {
        reading.rules = None;
    }
    reading
}

fn too_large() -> Problem {
    let message = text!(
        "the document is larger than {DOCUMENT_BYTES} bytes",
        "le document dépasse 1 Mio ({DOCUMENT_BYTES} octets)",
    );
    let help = words(
        "put the lists of employees into files of their own (`employees-file`)",
        "mettez les listes de salariés dans des fichiers à part (`employees-file`)",
    );
    Problem::error("document-too-large", &(DOCUMENT_BYTES..DOCUMENT_BYTES), message).help(help)
}
