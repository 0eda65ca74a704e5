//! The page for people.

use anstyle::Style;

use super::facts::{self, Row};
use super::sentences::{self, Section, Sentence};
use crate::html::{self, Sheet};
use crate::language::{Language, say};
use crate::policy_file::PolicyFile;
use crate::text::{ALLOWED, FAINT, HEADING, Look, REFUSED, paint, plain, wrap};

/// Everything that is known of a policy, with a line feed at its end.
pub(crate) fn page(file: &PolicyFile, look: Look) -> String {
    let language = look.language;
    let title = format!("{} {}", plain(&file.id), plain(&file.version));
    let mut parts = vec![
        vec![paint(HEADING, &title)],
        rows(
            &[facts::identity(file, language), facts::file(file, language)].concat(),
            look,
        ),
        worth(file, look),
    ];
    if let Some(said) = &file.rules {
        parts.extend(sentences::of(said, language).iter().map(|part| section(part, look)));
    }
    parts.push(section(&sentences::floor(language), look));
    parts.push(wrapped(Style::new(), closing(language), look));
    let lines: Vec<String> = parts.into_iter().map(|part| part.join("\n")).collect();
    let page = format!("{}\n", lines.join("\n\n"));
    if look.unicode { page } else { in_ascii(&page) }
}

/// The same as one page to print, its name at its head.
pub(crate) fn sheet(file: &PolicyFile) -> String {
    let language = Language::of_the_user();
    let page = page(file, html::look());
    let body = page.split_once('\n').map_or("", |(_, body)| body);
    html::page(&Sheet {
        title: format!("{} {}", plain(&file.id), plain(&file.version)),
        facts: Vec::new(),
        body,
        language,
    })
}

fn worth(file: &PolicyFile, look: Look) -> Vec<String> {
    let style = if file.standing.decides() { ALLOWED } else { REFUSED };
    wrapped(style, facts::worth(file.standing, look.language), look)
}

const fn closing(language: Language) -> &'static str {
    language.pick(
        "The ids (S1, +6, P) are the rows of docs/legal.md: S is stated by the CNIL's position on coupling, + by what it \
         refers to, P is a reading of ours. What people did or did not do, no program can know.",
        "Les identifiants (S1, +6, P) sont les lignes de docs/legal.md\u{a0}: S est dit par la position de la CNIL sur le \
         couplage, + par ce à quoi elle renvoie, P est une interprétation de notre part. Ce que des personnes ont fait ou non, \
         aucun programme ne peut le savoir.",
    )
}

fn rows(rows: &[Row], look: Look) -> Vec<String> {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let indent = width + 2;
    let mut lines = Vec::new();
    for (name, value) in rows {
        let mut values = wrap(value, look.width.saturating_sub(indent).max(20)).into_iter();
        let first = values.next().unwrap_or_default();
        let gap = " ".repeat(indent.saturating_sub(name.chars().count()));
        lines.push(format!("{}{gap}{first}", paint(FAINT, name)).trim_end().to_owned());
        lines.extend(values.map(|more| format!("{}{more}", " ".repeat(indent))));
    }
    lines
}

/// A title and its sentences, each with its row and its line.
fn section(section: &Section, look: Look) -> Vec<String> {
    let mut lines = wrapped(HEADING, &section.title, look);
    lines.extend(section.sentences.iter().flat_map(|one| sentence(one, look)));
    lines
}

fn sentence(sentence: &Sentence, look: Look) -> Vec<String> {
    const INDENT: usize = 7;
    let line = sentence.line.map_or_else(String::new, |line| {
        say!(look.language, " (line\u{a0}{line})", " (ligne\u{a0}{line})")
    });
    let text = format!("{}{line}", sentence.text);
    let mut lines = wrap(&text, look.width - INDENT).into_iter();
    let first = lines.next().unwrap_or_default();
    let rule = paint(FAINT, sentence.rule);
    let gap = " ".repeat(INDENT.saturating_sub(2 + sentence.rule.len()));
    let mut shown = vec![format!("  {rule}{gap}{first}")];
    shown.extend(lines.map(|more| format!("{}{more}", " ".repeat(INDENT))));
    shown
}

fn wrapped(style: Style, text: &str, look: Look) -> Vec<String> {
    wrap(text, look.width).iter().map(|line| paint(style, line)).collect()
}

/// A page for a terminal that shows ASCII only, as far as there is ASCII for it.
pub(crate) fn in_ascii(page: &str) -> String {
    page.chars()
        .map(|c| match c {
            '\u{a0}' => ' ',
            '“' | '”' | '«' | '»' => '"',
            other => other,
        })
        .collect()
}
