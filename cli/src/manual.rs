//! Manual pages, from the command's own definition.

use std::io;

use clap::Command;
use clap_mangen::Man;

use crate::language::Language;

/// What the generator calls a section, and what it is called in French.
const SECTIONS: [(&str, &str); 3] = [
    ("NAME", "NOM"),
    ("SUBCOMMANDS", "COMMANDES"),
    (EXAMPLES, "EXEMPLES ET CODES DE SORTIE"),
];

/// What stands under a command's help, where every line is a line.
const EXAMPLES: &str = "EXAMPLES AND EXIT CODES";

/// The same, as the generator calls it.
const EXTRA: &str = "EXTRA";

/// The page of one command.
pub(crate) fn page(command: Command, language: Language) -> io::Result<Vec<u8>> {
    let source = format!("gardefou {}", command.get_version().unwrap_or_default());
    let page = Man::new(command.disable_help_subcommand(true));
    let mut rendered = Vec::new();
    page.manual("gardefou").source(source).render(&mut rendered)?;
    Ok(settled(&String::from_utf8_lossy(&rendered), language).into_bytes())
}

/// The pages of a command and of each of its subcommands, by the names of their files.
pub(crate) fn pages(command: Command, language: Language) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    below(&command, language, &mut pages)?;
    let name = command.get_name().to_owned();
    pages.push((format!("{name}.1"), page(command, language)?));
    Ok(pages)
}

/// The pages of what is below a command, and below that.
fn below(command: &Command, language: Language, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for sub in command.get_subcommands() {
        below(sub, language, pages)?;
        // Once built, it is called after the whole command: `gardefou-check`.
        let sub = sub.clone();
        let name = sub.get_display_name().unwrap_or_else(|| sub.get_name()).to_owned();
        pages.push((format!("{name}.1"), page(sub, language)?));
    }
    Ok(())
}

/// The page with the titles of its sections in this language, each once, and examples line by line.
fn settled(page: &str, language: Language) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    for line in page.lines() {
        let Some(title) = line.strip_prefix(".SH ") else {
            // The formatter knows a space that does not break by another name.
            lines.push(line.replace('\u{a0}', "\\~"));
            continue;
        };
        let title = self::title(title, language);
        if title == current {
            continue;
        }
        let examples = self::title(EXTRA, language);
        if current == examples {
            lines.push(".fi".to_owned());
        }
        lines.push(format!(".SH {title}"));
        if title == examples {
            lines.push(".nf".to_owned());
        }
        current = title;
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A section's title. The help puts colons after some, and their spaces with them.
fn title(generated: &str, language: Language) -> String {
    let title = generated.trim_matches(['"', '\u{a0}', ' ']).to_uppercase();
    let title = if title == EXTRA { EXAMPLES.to_owned() } else { title };
    match SECTIONS.iter().find(|(english, _)| *english == title) {
        Some((_, french)) if language == Language::French => (*french).to_owned(),
        _ => title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_translated_and_stand_once() {
        let page = ".SH NAME\nx\n.SH OPTIONS\na\n.SH \"Options\u{a0}\"\nb\u{a0}c\n.SH EXTRA\n  d  e\n.SH VERSION\nv\n";
        assert_eq!(
            settled(page, Language::French),
            ".SH NOM\nx\n.SH OPTIONS\na\nb\\~c\n.SH EXEMPLES ET CODES DE SORTIE\n.nf\n  d  e\n.fi\n.SH VERSION\nv\n"
        );
        assert!(settled(page, Language::English).contains(".SH EXAMPLES AND EXIT CODES\n.nf\n"));
    }
}
