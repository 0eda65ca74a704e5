//! The form for people: every problem with the text that it is about, underlined.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use gardefou::rules::{Problem, Severity, TOO_MANY_PROBLEMS};

use super::excerpt::{Excerpt, excerpt};
use super::{Checked, legal, words};
use crate::language::Language;
use crate::text::Look;

/// More problems than this nobody reads one by one.
const SHOWN: usize = 100;

/// The whole page, with colours, and a line feed at its end.
pub(crate) fn page(checked: &Checked, look: Look) -> String {
    let decor = if look.unicode {
        DecorStyle::Unicode
    } else {
        DecorStyle::Ascii
    };
    let renderer = Renderer::styled().term_width(look.width).decor_style(decor);
    let mut page = String::new();
    let mut show = |problem: &Problem| {
        page.push_str(&renderer.render(&[group(checked, problem, look.language)]));
        page.push_str("\n\n");
    };
    let (last, problems) = match checked.problems.split_last() {
        Some((last, rest)) if last.code == TOO_MANY_PROBLEMS => (Some(last), rest),
        _ => (None, checked.problems.as_slice()),
    };
    shown(problems).into_iter().chain(last).for_each(&mut show);
    if let Some(more) = problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        page.push_str(&words::more(more, look.language));
        page.push_str("\n\n");
    }
    let style = style(checked);
    page.push_str(&format!("{style}{}{style:#}\n", words::summary(checked, look.language)));
    page
}

/// The problems to show, by place: where there are too many, errors before warnings.
fn shown(problems: &[Problem]) -> Vec<&Problem> {
    let (errors, warnings): (Vec<_>, Vec<_>) = problems
        .iter()
        .enumerate()
        .partition(|(_, problem)| problem.severity == Severity::Error);
    let mut shown: Vec<_> = errors.into_iter().chain(warnings).take(SHOWN).collect();
    shown.sort_by_key(|(at, _)| *at);
    shown.into_iter().map(|(_, problem)| problem).collect()
}

fn group<'a>(checked: &'a Checked, problem: &'a Problem, language: Language) -> Group<'a> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let level = level.with_name(words::title(problem, language));
    let title = level.primary_title(language.of(&problem.message));
    let name = checked.name.as_str();
    let origin = Origin::path(name).line(problem.line).char_column(problem.column);
    let mut group = match excerpt(&checked.text, problem) {
        // The snippet itself says where it is.
        Some(excerpt) if excerpt.is_whole => title.element(snippet(excerpt).path(name)),
        Some(excerpt) => title.element(origin).element(snippet(excerpt)),
        None => title.element(origin),
    };
    if let Some(rule) = problem.rule {
        let reference = legal::reference(rule, language);
        let text = reference.map_or_else(|| rule.to_owned(), |reference| format!("{rule}, {reference}"));
        group = group.element(Level::NOTE.with_name(words::rule(language)).message(text));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.with_name(words::help(language)).message(language.of(help)));
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
