//! Where a document may come from, and what cannot be read.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{AT, check, check_in, gardefou, page};
use crate::bad::{EXAMPLE, edited};
use crate::command_line::text;

/// A file of 1 GiB takes no space here, and no more than 1 MiB of it is read.
#[test]
fn a_huge_file_is_refused_without_reading_it_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("rules.toml")).unwrap();
    file.set_len(1 << 30).unwrap();
    let output = gardefou(folder.path()).args(["check", "rules.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("error[document-too-large]"));
}

#[cfg(unix)]
#[test]
fn an_endless_input_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = gardefou(folder.path()).args(["check", "/dev/zero"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("error[document-too-large]"));
}

/// Writes until nobody reads any more.
#[cfg(unix)]
fn pour(mut into: impl Write) -> u64 {
    let block = [b'#'; 64 * 1024];
    let mut poured = 0;
    while into.write_all(&block).is_ok() {
        poured += 1;
    }
    poured * 64
}

#[cfg(unix)]
#[test]
fn an_endless_pipe_is_refused() {
    let mut child = gardefou(Path::new("."))
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || pour(stdin));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("error[document-too-large]"));
    // What a pipe holds beside the 1 MiB that is read.
    assert!(writer.join().unwrap() < 4 * 1024, "it stopped reading");
}

/// A pipe with a name, as a shell makes for `<(…)`.
#[cfg(unix)]
#[test]
fn an_endless_pipe_with_a_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("rules.toml");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let child = gardefou(folder.path())
        .args(["check", "rules.toml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let writer = std::thread::spawn(move || pour(fs::File::options().write(true).open(pipe).unwrap()));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("error[document-too-large]"));
    assert!(writer.join().unwrap() < 4 * 1024, "it stopped reading");
}

#[test]
fn standard_input_can_be_checked() {
    let mut child = gardefou(Path::new("."))
        .args(["check", "-", "--at", AT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(edited(&[("while-held  ", "while-hold  ")]).as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("standard input:"), "{}", page(&output));
}

#[test]
fn what_cannot_be_read_is_another_error() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["no-such-file.toml", "."] {
        for (locale, start) in [
            ("C.UTF-8", format!("error: the rules `{path}` cannot be read: ")),
            (
                "fr_FR.UTF-8",
                format!("erreur\u{a0}: les règles `{path}` ne peuvent pas être lues\u{a0}: "),
            ),
        ] {
            let mut command = gardefou(folder.path());
            let output = command.env("LANG", locale).args(["check", path]).output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert_eq!(text(&output.stdout), "");
            assert!(text(&output.stderr).starts_with(&start), "{}", text(&output.stderr));
        }
    }
    let bad_day = check(EXAMPLE.as_bytes(), &["--at", "2027-02-29"]);
    assert_eq!(bad_day.status.code(), Some(2));
    assert!(text(&bad_day.stderr).contains("write the year, the month and the day"));
    let bad_day = check_in("fr_FR.UTF-8", EXAMPLE.as_bytes(), &["--at", "2027-02-29"]);
    assert_eq!(bad_day.status.code(), Some(2));
    assert!(text(&bad_day.stderr).contains("écrire l'année, le mois et le jour"));
}

/// Whoever may read everything is told nothing here.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_another_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.toml");
    fs::write(&file, EXAMPLE).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&file).is_ok() {
        return;
    }
    let mut command = gardefou(folder.path());
    let output = command
        .env("LANG", "fr_FR.UTF-8")
        .args(["check", "rules.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("accès refusé"));
}

#[test]
fn a_new_document_has_no_problem() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| gardefou(folder.path()).args(arguments).output().unwrap();
    let made = run(&["new", "rules.toml"]);
    assert_eq!((made.status.code(), page(&made)), (Some(0), ""));
    assert_eq!(
        page(&run(&["check", "rules.toml"])),
        "no error, no warning: these rules load\n"
    );
    let made = run(&["new", "regles.toml", "--language", "fr"]);
    assert_eq!((made.status.code(), page(&made)), (Some(0), ""));
    let french = fs::read_to_string(folder.path().join("regles.toml")).unwrap();
    assert!(french.starts_with("# EXEMPLES\u{a0}: "));
    let output = gardefou(folder.path())
        .env("LANG", "fr_FR.UTF-8")
        .arg("new")
        .output()
        .unwrap();
    assert_eq!(page(&output), french, "the locale decides where nobody says");
    let mut command = gardefou(folder.path());
    let output = command
        .env("LANG", "fr_FR.UTF-8")
        .args(["check", "regles.toml"])
        .output()
        .unwrap();
    assert_eq!(
        page(&output),
        "aucune erreur, aucun avertissement\u{a0}: le document est valide et peut être publié\n"
    );
    let file: PathBuf = folder.path().join("rules.toml");
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(page(&run(&["new"])), first);

    fs::write(&file, "mine").unwrap();
    let again = run(&["new", "rules.toml"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("`rules.toml` is already there"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(run(&["new", "no/such/folder/rules.toml"]).status.code(), Some(1));
}
