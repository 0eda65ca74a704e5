//! Lists of employees that stand apart from the rules: where they come from, and how they are written.

use alloc::{string::String, vec::Vec};
use core::fmt;
use core::ops::Range;
use std::collections::BTreeMap;

use super::EMPLOYEES;
use super::cursor::{Text, control_character};
use super::problem::{Problem, Problems, Severity};
use super::tokens::{self, Oddity};
use super::words::{text, words};
use crate::notes::Text as Message;

/// The longest file of employees, in bytes: 1 MiB.
pub const EMPLOYEES_FILE_BYTES: usize = 1 << 20;

/// The most files of employees that a document can name.
pub const EMPLOYEES_FILES: usize = 100;

/// What cells stand between that hold anything.
const QUOTE: char = '\u{22}';

/// The longest path of such a file, in bytes.
const PATH_BYTES: usize = 1_024;

/// What stands beside a rule document: the files of employees that it names.
pub trait Companions: fmt::Debug {
    /// The file of this path, below the document's folder: names with `/` between them, none of them `.` or `..`.
    /// No more of it than shows that it is longer than [`EMPLOYEES_FILE_BYTES`].
    ///
    /// # Errors
    /// Why there is none.
    fn companion(&self, path: &str) -> Result<Companion, Absent>;
}

/// What such a file holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Companion {
    /// Its bytes.
    File(Vec<u8>),
    /// The employees that were read from it before, as a baked component has them.
    Employees(Vec<String>),
}

/// Why a file of employees cannot be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absent {
    /// The document has no folder: it came as a text, or through a pipe.
    Nowhere,
    /// There is no such file.
    Missing,
    /// A part of its path is a link: it may lead anywhere.
    Link,
    /// It is a folder, a pipe or a device.
    NotAFile,
    /// The system does not let it be read.
    Unreadable,
}

/// Nothing stands beside the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Alone;

impl Companions for Alone {
    fn companion(&self, _: &str) -> Result<Companion, Absent> {
        Err(Absent::Nowhere)
    }
}

/// A file of employees as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EmployeesFile {
    /// As the document names it.
    pub path: String,
    /// The employees in it, sorted and without doubles.
    pub employees: Vec<String>,
}

/// The path where a document may name it, below its folder; what is wrong with it else.
pub(super) fn check_path(path: &str) -> Result<(), Message> {
    let is_name = |name: &str| !name.is_empty() && name != "." && name != ".." && !name.ends_with([' ', '.']);
    if path.len() <= PATH_BYTES && !path.contains(['\\', ':']) && path.split('/').all(is_name) {
        return Ok(());
    }
    Err(words(
        "`employees-file` must be a file below the folder of the document",
        "`employees-file` doit être un fichier situé sous le dossier du document",
    )
    .into())
}

/// The employees of one file, in their order, and on which line each stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Roll {
    pub(super) employees: Vec<String>,
    lines: Vec<usize>,
}

/// Every file that was asked for; each is read once.
#[derive(Debug, Default)]
pub(super) struct Rolls {
    read: BTreeMap<String, Option<Roll>>,
}

impl Rolls {
    /// The employees of the file that was read.
    pub(super) fn get(&self, path: &str) -> Option<&Roll> {
        self.read.get(path)?.as_ref()
    }

    /// Reads the file that this text names, once, and reports what is wrong with it.
    pub(super) fn read(&mut self, named: &Text<'_>, companions: &dyn Companions, problems: &mut Problems<'_>) {
        if self.read.contains_key(named.value) {
            return;
        }
        let error = |message: Message, help: Message| {
            Problem::error("employees-file", &named.span, message)
                .rule("S6")
                .help(help)
        };
        if self.read.len() == EMPLOYEES_FILES {
            let message = text!(
                "the document names more than {EMPLOYEES_FILES} files of employees",
                "le document nomme plus de {EMPLOYEES_FILES} fichiers de salariés"
            );
            let help = words(
                "use one file for several programmes, or leave the lists out",
                "utilisez un même fichier pour plusieurs programmes, ou retirez les listes",
            );
            problems.add(error(message, help.into()));
            return;
        }
        if let Err(message) = check_path(named.value) {
            let help = words(
                "write it like this: `employees-file = \"staff.csv\"`, with `/` between folders and without `..`",
                "écrivez comme ceci\u{a0}: `employees-file = \"salaries.csv\"`, avec `/` entre les dossiers et sans `..`",
            );
            problems.add(error(message, help.into()));
            self.read.insert(named.value.into(), None);
            return;
        }
        let roll = match companions.companion(named.value) {
            Ok(Companion::Employees(employees)) => {
                let lines = employees.iter().map(|_| 0).collect();
                Some(Roll { employees, lines })
            }
            Ok(Companion::File(bytes)) => match parse(&bytes) {
                Ok((roll, head)) => {
                    if let Some(line) = head {
                        problems.add(odd_head(named, line));
                    }
                    Some(roll)
                }
                Err((message, help)) => {
                    problems.add(
                        Problem::error("employees-file-content", &named.span, message)
                            .rule("S6")
                            .help(help),
                    );
                    None
                }
            },
            Err(why) => {
                let (message, help) = absence(why);
                problems.add(error(message, help));
                None
            }
        };
        if let Some(roll) = &roll {
            roll.check(named, problems);
        }
        self.read.insert(named.value.into(), roll);
    }

    /// What was read, sorted by path.
    pub(super) fn into_files(self) -> Vec<EmployeesFile> {
        let file = |(path, roll): (String, Option<Roll>)| {
            let mut employees = roll?.employees;
            employees.sort_unstable();
            employees.dedup();
            Some(EmployeesFile { path, employees })
        };
        self.read.into_iter().filter_map(file).collect()
    }
}

impl Roll {
    /// Reports what is odd in the file, each kind once, with the lines.
    fn check(&self, named: &Text<'_>, problems: &mut Problems<'_>) {
        const SHOWN: usize = 5;
        let found = tokens::oddities(self.employees.iter().map(String::as_str));
        for kind in Oddity::ALL {
            let at: Vec<usize> = found
                .iter()
                .filter(|(_, odd)| *odd == kind)
                .map(|(at, _)| *at)
                .collect();
            if at.is_empty() {
                continue;
            }
            let lines = at.iter().filter_map(|at| self.lines.get(*at)).filter(|line| **line > 0);
            let shown: Vec<String> = lines.take(SHOWN).map(|line| alloc::format!("{line}")).collect();
            let lines = match at.len() {
                _ if shown.is_empty() => words("", "").into(),
                n if n > SHOWN => text!(
                    " (lines {lines} and others)",
                    " (lignes {lines} et autres)",
                    lines = shown.join(", ")
                ),
                1 => text!(" (line {lines})", " (ligne {lines})", lines = shown.join(", ")),
                _ => text!(" (lines {lines})", " (lignes {lines})", lines = shown.join(", ")),
            };
            problems.add(kind.problem(&named.span, &lines));
        }
    }
}

fn absence(why: Absent) -> (Message, Message) {
    let beside = words(
        "put the file beside the rules, or write the list as `employees`",
        "mettez le fichier à côté des règles, ou écrivez la liste dans `employees`",
    );
    let message = match why {
        Absent::Nowhere => words(
            "the document has no folder here in which the file could be",
            "le document n'a pas ici de dossier où se trouverait le fichier",
        ),
        Absent::Missing => words(
            "there is no such file beside the document",
            "ce fichier n'existe pas à côté du document",
        ),
        Absent::Link => words(
            "a part of this path is a link, which may lead anywhere",
            "une partie de ce chemin est un lien, qui peut mener n'importe où",
        ),
        Absent::NotAFile => words("this is not a file", "ceci n'est pas un fichier"),
        Absent::Unreadable => words("this file cannot be read", "ce fichier ne peut pas être lu"),
    };
    (message.into(), beside.into())
}

/// That the first line may be a head and not an employee.
fn odd_head(named: &Text<'_>, line: usize) -> Problem {
    let message = text!(
        "line {line} of the file is written unlike the others, and counts as an employee",
        "la ligne {line} du fichier n'est pas écrite comme les autres, et compte comme un salarié"
    );
    let help = words(
        "if it is the title of the column, call it `employee`",
        "si c'est le titre de la colonne, écrivez `employee`",
    );
    Problem::new(Severity::Warning, "employees-head", &named.span, message)
        .rule("S6")
        .help(help)
}

/// What is wrong with the file, and how to mend it.
type Wrong = (Message, Message);

/// The column titles that are known: spreadsheets write them, and no employee is called so.
const HEADS: [&str; 33] = [
    "employee",
    "employees",
    "employee id",
    "id",
    "ids",
    "identifier",
    "token",
    "tokens",
    "code",
    "codes",
    "user",
    "user id",
    "username",
    "login",
    "name",
    "agent",
    "agents",
    "employé",
    "employés",
    "employe",
    "employee(s)",
    "salarié",
    "salariés",
    "salarie",
    "salaries",
    "identifiant",
    "identifiants",
    "identifiant pseudonyme",
    "pseudonyme",
    "matricule",
    "matricules",
    "jeton",
    "collaborateur",
];

/// The head that says which column it is.
const HEAD: &str = "employee";

/// Reads a file of employees: its roll, and the line of a first row that may be a head.
pub(super) fn parse(bytes: &[u8]) -> Result<(Roll, Option<usize>), Wrong> {
    if bytes.len() > EMPLOYEES_FILE_BYTES {
        let message = text!(
            "the file of employees is larger than {EMPLOYEES_FILE_BYTES} bytes",
            "le fichier de salariés dépasse 1 Mio ({EMPLOYEES_FILE_BYTES} octets)"
        );
        let help = words(
            "keep the column of the employees, and leave the others out",
            "gardez la colonne des salariés, et retirez les autres",
        );
        return Err((message, help.into()));
    }
    let text = decoded(bytes)?;
    let rows = rows(text)?;
    let (column, has_head) = rows.column();
    let rows = rows.rows.into_iter().filter(|row| !row.is_blank());
    let rows = rows.skip(usize::from(has_head));
    let mut roll = Roll::default();
    for row in rows {
        let line = row.line;
        let cell = row.cells.into_iter().nth(column).unwrap_or_default();
        if cell.is_empty() {
            let message = text!(
                "line {line} of the file has no employee",
                "la ligne {line} du fichier n'a pas de salarié"
            );
            let help = words(
                "write the employee in the first column, or in the one headed `employee`, or delete the line",
                "écrivez le salarié dans la première colonne, ou dans celle intitulée `employee`, ou supprimez la ligne",
            );
            return Err((message, help.into()));
        }
        if let Some(control) = cell.chars().find(|c| c.is_control()) {
            let control = control_character(control);
            let message = text!(
                "an employee on line {line} of the file holds {control}",
                "un salarié, ligne {line} du fichier, contient {control}"; control
            );
            let help = words("write the line again", "réécrivez cette ligne");
            return Err((message, help.into()));
        }
        roll.employees.push(cell);
        roll.lines.push(line);
        if roll.employees.len() > 2 * EMPLOYEES {
            break; // told as too many
        }
    }
    if roll.employees.is_empty() {
        let message = words("the file names no employee", "le fichier ne nomme aucun salarié");
        let help = words(
            "write one employee a line, or leave `employees-file` out: the recorder then attests who is enrolled",
            "écrivez un salarié par ligne, ou retirez `employees-file`\u{a0}: l'enregistreur attestera qui est inscrit",
        );
        return Err((message.into(), help.into()));
    }
    let odd = is_unlike(&roll.employees).then(|| roll.lines.first().copied().unwrap_or(1));
    Ok((roll, odd))
}

/// Whether the first has no digit, and all the others do.
fn is_unlike(employees: &[String]) -> bool {
    let has_digit = |employee: &String| employee.chars().any(|c| c.is_ascii_digit());
    let mut employees = employees.iter();
    let first = employees.next().is_some_and(|first| !has_digit(first));
    first && employees.len() > 0 && employees.all(has_digit)
}

fn decoded(bytes: &[u8]) -> Result<&str, Wrong> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let help = || {
        words(
            "in Excel, save it as “CSV UTF-8 (comma delimited)”",
            "dans Excel, enregistrez-le au format «\u{a0}CSV UTF-8 (délimité par des virgules)\u{a0}»",
        )
        .into()
    };
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let message = words(
            "this is a spreadsheet, not a CSV file",
            "ceci est un tableur, pas un fichier CSV",
        );
        return Err((message.into(), help()));
    }
    match str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        Ok(_) => Err((
            words("the file is not a text", "le fichier n'est pas un texte").into(),
            help(),
        )),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let message = text!(
                "the file is not UTF-8 (line {line}), but perhaps Windows-1252",
                "le fichier n'est pas en UTF-8 (ligne {line}), mais peut-être en Windows-1252"
            );
            Err((message, help()))
        }
    }
}

/// A row of the file: the line where it begins, where it lies with its end of line, and its cells without blanks
/// around them.
struct Row {
    line: usize,
    bytes: Range<usize>,
    cells: Vec<String>,
}

impl Row {
    const fn at(line: usize, start: usize) -> Self {
        Self {
            line,
            bytes: start..start,
            cells: Vec::new(),
        }
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// The rows of a file, and what separates their cells.
struct Rows {
    rows: Vec<Row>,
    separator: char,
}

impl Rows {
    /// In which column the employees are, and whether the first row with anything in it is the head that says so.
    fn column(&self) -> (usize, bool) {
        let Some(first) = self.rows.iter().find(|row| !row.is_blank()) else {
            return (0, false);
        };
        let is_head = |cell: &String| HEADS.contains(&cell.to_lowercase().as_str());
        let named = first.cells.iter().position(|cell| cell.to_lowercase() == HEAD);
        let known = named.or_else(|| first.cells.iter().position(is_head));
        known.map_or((0, false), |column| (column, true))
    }
}

/// A file of employees with some added at its end and the rows of others left out; every other byte stays.
///
/// # Errors
/// The file is none that a document could name, in words.
pub fn edited(bytes: &[u8], add: &[String], remove: &[String]) -> Result<Vec<u8>, Message> {
    let text = decoded(bytes).map_err(|(message, _)| message)?;
    let start = bytes.len() - text.len();
    let all = rows(text).map_err(|(message, _)| message)?;
    let (column, has_head) = all.column();
    let mut kept = Vec::from(bytes.get(..start).unwrap_or_default());
    let mut at = 0;
    let mut head = has_head;
    for row in all.rows.iter().filter(|row| !row.is_blank()) {
        if core::mem::take(&mut head) {
            continue;
        }
        let is_removed = row.cells.get(column).is_some_and(|cell| remove.contains(cell));
        if is_removed {
            kept.extend(text.as_bytes().get(at..row.bytes.start).unwrap_or_default());
            at = row.bytes.end;
        }
    }
    kept.extend(text.as_bytes().get(at..).unwrap_or_default());
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !add.is_empty() && kept.len() > start && !kept.ends_with(b"\n") {
        kept.extend(end.as_bytes());
    }
    let cells = all
        .rows
        .iter()
        .map(|row| row.cells.len())
        .max()
        .unwrap_or(1)
        .max(column + 1);
    for token in add {
        for cell in 0..cells {
            if cell > 0 {
                kept.extend(all.separator.encode_utf8(&mut [0; 4]).as_bytes());
            }
            if cell == column {
                kept.extend(quoted(token, all.separator).as_bytes());
            }
        }
        kept.extend(end.as_bytes());
    }
    Ok(kept)
}

/// A cell that holds this token.
fn quoted(token: &str, separator: char) -> String {
    let is_plain = !token.contains([separator, QUOTE, ';', ',']) && token.trim() == token;
    if is_plain {
        token.into()
    } else {
        alloc::format!("\"{}\"", token.replace(QUOTE, "\"\""))
    }
}

/// Splits the file into rows as RFC 4180 has them; `;`, `,` or tab by the first line, or as `sep=` says.
fn rows(text: &str) -> Result<Rows, Wrong> {
    let first = text.lines().next().unwrap_or_default();
    let told = first.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="));
    let (separator, start) = match told.and_then(|_| first.get(4..)?.chars().next()) {
        Some(separator) => (separator, text.find('\n').map_or(text.len(), |at| at + 1)),
        None => (separator_of(first), 0),
    };
    let mut line = 1 + usize::from(start > 0);
    let mut rows = Vec::new();
    let mut row = Row::at(line, start);
    let mut cell = String::new();
    let mut characters = text.get(start..).unwrap_or_default().char_indices().peekable();
    let mut is_quoted = false;
    let mut was_quoted = false;
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if is_quoted {
            match character {
                QUOTE if next == Some(QUOTE) => {
                    characters.next();
                    cell.push(QUOTE);
                }
                QUOTE => (is_quoted, was_quoted) = (false, true),
                other => {
                    line += usize::from(other == '\n');
                    cell.push(other);
                }
            }
            continue;
        }
        match character {
            QUOTE if !was_quoted && cell.trim().is_empty() => {
                cell.clear();
                is_quoted = true;
            }
            QUOTE => return Err(bad_quote(line)),
            '\n' => {
                row.cells.push(String::from(cell.trim()));
                cell.clear();
                was_quoted = false;
                line += 1;
                row.bytes.end = start + at + 1;
                let following = Row::at(line, row.bytes.end);
                rows.push(core::mem::replace(&mut row, following));
            }
            '\r' if next.is_none_or(|next| next == '\n') => {}
            other if other == separator => {
                row.cells.push(String::from(cell.trim()));
                cell.clear();
                was_quoted = false;
            }
            other if was_quoted && !other.is_whitespace() => return Err(bad_quote(line)),
            other => cell.push(other),
        }
    }
    if is_quoted {
        return Err(bad_quote(row.line));
    }
    row.cells.push(String::from(cell.trim()));
    row.bytes.end = text.len();
    rows.push(row);
    Ok(Rows { rows, separator })
}

fn bad_quote(line: usize) -> Wrong {
    let message = text!(
        "a quote is not closed, or stands within a cell (line {line} of the file)",
        "un guillemet n'est pas fermé, ou se trouve au milieu d'une cellule (ligne {line} du fichier)"
    );
    let help = words(
        "put the whole cell between two `\"`, and write `\"\"` for each one inside",
        "mettez toute la cellule entre deux `\"`, et écrivez `\"\"` pour chacun à l'intérieur",
    );
    (message, help.into())
}

/// What separates cells, by the first line: whichever is in it, `;` before tab before `,`.
fn separator_of(first: &str) -> char {
    let is_there = |separator: &char| first.contains(*separator);
    [';', '\t', ','].into_iter().find(is_there).unwrap_or(';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn employees(bytes: &[u8]) -> Vec<String> {
        parse(bytes).unwrap().0.employees
    }

    fn refused(bytes: &[u8]) -> String {
        let (message, help) = parse(bytes).unwrap_err();
        assert_ne!(message.english, message.french);
        assert_ne!(help.english, help.french);
        alloc::format!("{}; {}", message.english, help.english)
    }

    #[test]
    fn spreadsheets_write_lists_in_many_ways() {
        for file in [
            &b"f-01\nf-02\n"[..],
            b"f-01\r\nf-02",
            b"\xEF\xBB\xBFemployee\r\nf-01\r\nf-02\r\n",
            b"sep=;\r\nemployee;site\r\nf-01;Paris\r\nf-02;Lyon\r\n",
            b"sep=,\nf-01,Paris\nf-02,Lyon\n",
            b"site;Employee\nParis;f-01\nLyon;f-02\n",
            "Salarié;Site\nf-01;Paris\nf-02;\n".as_bytes(),
            "IDENTIFIANT PSEUDONYME\tSite\nf-01\tParis\nf-02\tLyon\n".as_bytes(),
            b"matricule,site\n\"f-01\",\"Paris, 13e\"\n f-02 ,x\n,\n\n",
            b"\"f-01\";\"a \"\"b\"\"\nc\"\nf-02;\n",
        ] {
            assert_eq!(employees(file), ["f-01", "f-02"], "{}", String::from_utf8_lossy(file));
        }
        assert_eq!(employees(b"\"a;b\";x\n\"c \"\" d\";x\n"), ["a;b", "c \" d"]);
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_line() {
        assert!(refused(b"f-01\nsalari\xE9\n").contains("line 2"));
        assert!(refused(b"salari\xE9\nf-01\n").contains("CSV UTF-8"));
        assert!(refused(b"PK\x03\x04xlsx").contains("CSV UTF-8"));
        assert!(refused(b"").contains("no employee"));
        assert!(refused(b"employee\n\n").contains("no employee"));
        assert!(refused(b"f-01;a\n;b\n").contains("line 2"));
        assert!(refused(b"\"f-01\nf-02\n").contains("line 1"));
        assert!(refused(b"f-01\nf\"02\n").contains("line 2"));
        assert!(refused(b"f-01\n\"f-02\"x\n").contains("line 2"));
        assert!(refused(b"f-01\n\"f\n02\"\n").contains("a line break"));
        assert!(refused(b"f-01\nf\x0702\n").contains("U+0007"));
        assert!(refused(&alloc::vec![b'a'; EMPLOYEES_FILE_BYTES + 1]).contains("larger"));
    }

    #[test]
    fn a_first_line_unlike_the_others_is_told() {
        assert_eq!(parse(b"Liste\nf-01\nf-02\n").unwrap().1, Some(1));
        assert_eq!(parse(b"f-00\nf-01\nf-02\n").unwrap().1, None);
        assert_eq!(parse(b"alice\nbob\n").unwrap().1, None);
        assert_eq!(parse(b"alice\n").unwrap().1, None);
    }

    #[test]
    fn an_edit_keeps_every_other_byte() {
        let edit = |bytes: &[u8], add: &[&str], remove: &[&str]| {
            let own = |tokens: &[&str]| tokens.iter().map(|token| String::from(*token)).collect::<Vec<_>>();
            String::from_utf8(edited(bytes, &own(add), &own(remove)).unwrap()).unwrap()
        };
        let file = b"\xEF\xBB\xBFsep=;\r\nsite;employee\r\nParis; f-01 \r\n\r\n\"Ly\non\";\"f-02\"\r\nLille;f-03";
        assert_eq!(
            edit(file, &["f-04"], &["f-01"]),
            "\u{feff}sep=;\r\nsite;employee\r\n\r\n\"Ly\non\";\"f-02\"\r\nLille;f-03\r\n;f-04\r\n"
        );
        assert_eq!(
            edit(file, &[], &["f-02", "f-03"]),
            "\u{feff}sep=;\r\nsite;employee\r\nParis; f-01 \r\n\r\n"
        );
        assert_eq!(
            edit(b"f-01\nf-02\n", &["a;b", "c\"d"], &[]),
            "f-01\nf-02\n\"a;b\"\n\"c\"\"d\"\n"
        );
        assert_eq!(edit(b"employee\nx\n", &[], &["employee"]), "employee\nx\n");
        assert!(edited(b"\xE9", &[], &[]).is_err());
    }

    #[test]
    fn a_path_stays_below_the_folder() {
        for good in ["staff.csv", "lists/staff.csv", "a b/.x", "salariés.csv"] {
            assert!(check_path(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../staff.csv",
            "a/../b",
            "./a",
            "a//b",
            "a/",
            "C:\\x",
            "c:x",
            "a\\b",
            "a/.. ",
            "..",
            "a.",
        ] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        /// Whatever is quoted reads back, under each separator.
        #[test]
        fn what_is_quoted_reads_back(
            tokens in proptest::collection::vec("[a-zé0-9\";,\t _-]{0,6}[a-z][0-9]", 1..20),
            separator in proptest::sample::select(std::vec![';', ',', '\t']),
            end in proptest::sample::select(std::vec!["\n", "\r\n"]),
        ) {
            let tokens: Vec<String> = tokens.iter().map(|t| t.trim().replace('\t', "-")).collect();
            let mut file = alloc::format!("employee{separator}x{end}");
            for token in &tokens {
                file.push_str(&alloc::format!("\"{}\"{separator}x{end}", token.replace('"', "\"\"")));
            }
            prop_assert_eq!(employees(file.as_bytes()), tokens);
        }

        #[test]
        fn anything_at_all_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok((roll, _)) = parse(&bytes) {
                prop_assert!(!roll.employees.is_empty());
                prop_assert_eq!(roll.employees.len(), roll.lines.len());
                prop_assert!(roll.employees.iter().all(|e| !e.is_empty() && !e.chars().any(char::is_control)));
            }
        }
    }
}
