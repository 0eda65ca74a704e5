//! Completions in a real shell, and manual pages read by the real formatter.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::command_line::{LOCALES, in_locale, text};

fn gardefou(locale: &str, arguments: &[&str]) -> Output {
    in_locale(locale).args(arguments).output().unwrap()
}

/// What a program says about what it is given; empty when it finds nothing to object to.
fn objections(program: &str, arguments: &[&str], given: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{program}` is needed (`cargo xtask test` installs it): {error}"));
    child.stdin.take().unwrap().write_all(given).unwrap();
    let output = child.wait_with_output().unwrap();
    format!(
        "{}{}",
        text(&output.stderr),
        if output.status.success() { "" } else { "failed" }
    )
}

/// The names of the subcommands, from the help.
fn commands() -> Vec<String> {
    let output = gardefou("en_GB.UTF-8", &["--help"]);
    let listed = text(&output.stdout)
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    let names = listed
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn bash_takes_the_script_and_completes_with_it() {
    for locale in LOCALES {
        let output = gardefou(locale, &["completions", "bash"]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(objections("bash", &["-n"], &output.stdout), "");
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("gardefou");
        fs::write(&script, &output.stdout).unwrap();
        let asked = |words: &str, word: &str| {
            let program = format!(
                "source {script}; complete -p gardefou >/dev/null || exit 3; \
                 COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
                 _gardefou gardefou '{word}' gardefou; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
                script = script.display()
            );
            let output = Command::new("bash").args(["--norc", "-c", &program]).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            text(&output.stdout)
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(asked("gardefou che", "che"), ["check"]);
        assert_eq!(asked("gardefou ins", "ins"), ["inspect"]);
        assert_eq!(asked("gardefou check --for", "--for"), ["--format"]);
        let all = asked("gardefou ''", "");
        for command in commands() {
            assert!(all.contains(&command), "{command} in {all:?}");
        }
    }
}

#[test]
fn every_shell_has_its_script() {
    for (shell, sign) in [
        ("bash", "complete -F _gardefou"),
        ("zsh", "#compdef gardefou"),
        ("fish", "complete -c gardefou"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[gardefou]"),
    ] {
        let output = gardefou("en_GB.UTF-8", &["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains(sign), "{shell}");
    }
    let output = gardefou("en_GB.UTF-8", &["completions", "csh"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_formatter_reads_every_page_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("share/man");
    let output = gardefou("fr_FR.UTF-8", &["man", into.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for (below, title) in [("man1", ".SH NAME\n"), ("fr/man1", ".SH NOM\n")] {
        let page = |name: &str| fs::read_to_string(into.join(below).join(name)).unwrap();
        let names = commands.iter().map(|command| format!("gardefou-{command}.1"));
        for name in names.chain(["gardefou.1".to_owned()]) {
            let page = page(&name);
            assert_eq!(
                objections("groff", &["-man", "-ww", "-z", "-Tutf8", "-Kutf8"], page.as_bytes()),
                "",
                "{below}/{name}"
            );
            assert!(page.contains(title), "{below}/{name}");
            assert!(!page.contains('\u{a0}'), "{below}/{name}");
        }
        assert!(page("gardefou-check.1").contains("gardefou check rules.toml") == (below == "man1"));
    }
}

#[test]
fn without_a_folder_the_page_is_printed_in_the_users_language() {
    for (locale, title) in LOCALES.into_iter().zip([".SH NAME\n", ".SH NOM\n"]) {
        let output = gardefou(locale, &["man"]);
        assert_eq!(output.status.code(), Some(0));
        let page = text(&output.stdout);
        assert!(page.contains(title) && page.contains("check"), "{page}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_another_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = gardefou("en_GB.UTF-8", &["man", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("cannot be written"),
        "{}",
        text(&output.stderr)
    );
    assert!(Path::new(&file).is_file());
}
