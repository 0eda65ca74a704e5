//! The form for people: every problem with the text that it is about, underlined.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use gardefou::rules::{Problem, Severity};

use super::excerpt::{Excerpt, excerpt};
use super::{Checked, legal, words};
use crate::text::Look;

/// More problems than this nobody reads one by one.
const SHOWN: usize = 500;

/// The whole page, with colours, and a line feed at its end.
pub(crate) fn page(checked: &Checked, look: Look) -> String {
    let decor = if look.unicode {
        DecorStyle::Unicode
    } else {
        DecorStyle::Ascii
    };
    let renderer = Renderer::styled().term_width(look.width).decor_style(decor);
    let mut page = String::new();
    for problem in checked.problems.iter().take(SHOWN) {
        page.push_str(&renderer.render(&[group(checked, problem)]));
        page.push_str("\n\n");
    }
    if let Some(more) = checked.problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        page.push_str(&words::more(more));
        page.push_str("\n\n");
    }
    let style = style(checked);
    page.push_str(&format!("{style}{}{style:#}\n", words::summary(checked)));
    page
}

fn group<'a>(checked: &'a Checked, problem: &'a Problem) -> Group<'a> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(problem.message.as_str()).id(problem.code);
    let name = checked.name.as_str();
    let origin = Origin::path(name).line(problem.line).char_column(problem.column);
    let mut group = match excerpt(&checked.text, problem) {
        // The snippet itself says where it is.
        Some(excerpt) if excerpt.is_whole => title.element(snippet(excerpt).path(name)),
        Some(excerpt) => title.element(origin).element(snippet(excerpt)),
        None => title.element(origin),
    };
    if let Some(rule) = problem.rule {
        let reference = legal::reference(rule);
        let text = reference.map_or_else(|| rule.to_owned(), |reference| format!("{rule}, {reference}"));
        group = group.element(Level::NOTE.with_name(words::RULE).message(text));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

fn snippet<'a>(excerpt: Excerpt) -> Snippet<'a, Annotation<'a>> {
    let header = excerpt.header.map(|header| AnnotationKind::Visible.span(header));
    Snippet::source(excerpt.text)
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(excerpt.span))
        .annotations(header)
}

fn style(checked: &Checked) -> Style {
    let colour = match (checked.loads(), checked.problems.is_empty()) {
        (false, _) => AnsiColor::Red,
        (true, false) => AnsiColor::Yellow,
        (true, true) => AnsiColor::Green,
    };
    colour.on_default().bold()
}
