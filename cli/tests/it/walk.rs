//! docs/walk.md, done as it says, for what it shows.
//!
//! Its blocks are done in order, in an empty folder: `console` are commands with everything that they print,
//! `toml`, `json` and `diff` are files that the reader writes or edits; their names stand behind the language.
//! `GARDEFOU_BLESS=1` writes what the commands print into the page.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command_line::sources;

fn page() -> PathBuf {
    sources("docs/walk.md")
}

/// What a command line prints, its last line being the exit code where it is not 0.
fn printed(line: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_gardefou")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{line} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => {}
        code => writeln!(text, "exit code {}", code.unwrap()).unwrap(),
    }
    text
}

/// The commands of a block, each with what it prints now.
fn console(block: &str, folder: &Path) -> String {
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    commands
        .map(|line| format!("$ {line}\n{}", printed(line, folder)))
        .collect()
}

/// Replaces in a file the lines that begin with `-` by those that begin with `+`.
fn edit(block: &str, file: &Path) {
    let lines = |sign: &str| -> String {
        let own = block.lines().filter_map(|line| line.strip_prefix(sign));
        own.map(|line| format!("{line}\n")).collect()
    };
    let text = fs::read_to_string(file).unwrap();
    let (old, new) = (lines("-"), lines("+"));
    assert_eq!(
        text.matches(&old).count(),
        1,
        "the page edits what is there once:\n{old}\n{text}"
    );
    fs::write(file, text.replacen(&old, &new, 1)).unwrap();
}

/// Does what a block says; the block as it should be.
fn done(head: &str, block: &str, folder: &Path) -> String {
    match head.split_once(' ') {
        None if head == "console" => console(block, folder),
        Some(("diff", name)) => {
            edit(block, &folder.join(name));
            block.to_owned()
        }
        Some((_, name)) => {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, block).unwrap();
            block.to_owned()
        }
        None => block.to_owned(),
    }
}

#[test]
fn the_walk_goes_as_it_is_written() {
    let text = fs::read_to_string(page()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut parts = text.split("```");
    let mut now = parts.next().unwrap().to_owned();
    let mut blocks = 0;
    while let (Some(part), Some(after)) = (parts.next(), parts.next()) {
        let (head, block) = part.split_once('\n').unwrap();
        write!(now, "```{head}\n{}```{after}", done(head, block, folder.path())).unwrap();
        blocks += 1;
    }
    assert!(blocks > 10, "{blocks}");
    if std::env::var_os("GARDEFOU_BLESS").is_some() {
        fs::write(page(), now).unwrap();
    } else {
        similar(&text, &now);
    }
}

/// Fails at the first line that is not as the page says.
fn similar(page: &str, now: &str) {
    for (number, (page, now)) in (1..).zip(page.lines().zip(now.lines())) {
        assert_eq!(
            page, now,
            "docs/walk.md, line {number}: run this test with GARDEFOU_BLESS=1, and read what changed"
        );
    }
    assert_eq!(page, now);
}
