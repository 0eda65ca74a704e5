//! The values of an answer's fields, as people read them.

use gardefou::trace::{Asked, Check, Question, Unmet};
use gardefou::{Obligations, Reason, Rect, Span, Timestamp};

use super::reasons::Reasons;
use crate::language::{Language, say};

/// More rectangles than this nobody compares by eye.
const SHOWN: usize = 6;

/// A field that is not as expected: what it should be, and what it is.
pub(super) struct Difference {
    pub(super) field: &'static str,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// What of a check's answer is not as expected.
pub(super) fn difference(
    unmet: &Unmet,
    (asked, check): (&Asked, &Check),
    reasons: &Reasons,
    language: Language,
) -> Difference {
    let (expected, actual) = match unmet {
        Unmet::Question { expected, actual } => (expected.name().to_owned(), actual.name().to_owned()),
        Unmet::Action { expected, actual } => ((*expected).to_owned(), (*actual).to_owned()),
        Unmet::Reason { expected, actual } => {
            (titled(*expected, reasons, language), titled(*actual, reasons, language))
        }
        Unmet::Detail { expected, actual } => (expected.to_string(), actual.to_string()),
        Unmet::Keep => {
            let pixels = check.expected.pixels(&asked.answer);
            let (expected, actual) = pixels.map_or_else(Default::default, |pixels| (pixels.expected, pixels.actual));
            (
                regions(expected, language),
                or_nothing(actual.map(|actual| regions(actual, language)), language),
            )
        }
        Unmet::Range { expected, actual } => (
            span(*expected, language),
            or_nothing(actual.map(|actual| span(actual, language)), language),
        ),
        Unmet::Obligations { expected, actual } => (
            obligations(*expected, language),
            or_nothing(actual.map(|actual| obligations(actual, language)), language),
        ),
        Unmet::Until { expected, actual } => (until(*expected, language), until(*actual, language)),
        other => (other.field().to_owned(), String::new()),
    };
    Difference {
        field: unmet.field(),
        expected,
        actual,
    }
}

/// `no-call (No recorded call in progress)`.
fn titled(reason: Reason, reasons: &Reasons, language: Language) -> String {
    let title = reasons.title(reason, language);
    let name = reason.to_string();
    if title == name {
        name
    } else {
        format!("{name} ({title})")
    }
}

fn or_nothing(value: Option<String>, language: Language) -> String {
    value.unwrap_or_else(|| language.pick("not in the answer", "absent de la réponse").to_owned())
}

/// `800x600 at 0,0; 16x16 at 900,0`.
pub(super) fn regions(regions: &[Rect], language: Language) -> String {
    if regions.is_empty() {
        return language.pick("nothing", "rien").to_owned();
    }
    let mut shown: Vec<String> = regions
        .iter()
        .take(SHOWN)
        .map(|Rect { x, y, width, height }| {
            say!(language, "{width}x{height} at {x},{y}", "{width}x{height} en {x},{y}")
        })
        .collect();
    if let Some(more) = regions.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        shown.push(say!(language, "and {more} more", "et {more} de plus"));
    }
    shown.join(language.pick("; ", "\u{a0}; "))
}

/// How many pixels a region in canonical form has.
pub(super) fn pixels(regions: &[Rect]) -> u128 {
    regions
        .iter()
        .map(|rect| u128::from(rect.width) * u128::from(rect.height))
        .sum()
}

fn span(span: Span, language: Language) -> String {
    let (start, end) = (instant(span.start), instant(span.end));
    say!(language, "{start} to {end}", "{start} à {end}")
}

fn until(until: Option<Timestamp>, language: Language) -> String {
    until.map_or_else(|| language.pick("no limit", "sans limite").to_owned(), instant)
}

/// The names of obligations, as a trace has them.
pub(super) fn obligation_names(obligations: Obligations) -> Vec<&'static str> {
    [
        (obligations.journal, "journal"),
        (obligations.watermark, "watermark"),
        (obligations.second_person, "second-person"),
    ]
    .into_iter()
    .filter_map(|(asked, name)| asked.then_some(name))
    .collect()
}

fn obligations(obligations: Obligations, language: Language) -> String {
    let names = obligation_names(obligations);
    if names.is_empty() {
        return language.pick("none", "aucune").to_owned();
    }
    names.join(", ")
}

/// An instant to the millisecond, with the number that stands in the file: `2026-11-25 09:00:00.000 UTC
/// (1795597200000)`.
pub(super) fn instant(at: Timestamp) -> String {
    let millis = at.as_millis();
    let known = i64::try_from(millis)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    known.map_or_else(
        || millis.to_string(),
        |known| format!("{} ({millis})", known.strftime("%Y-%m-%d %H:%M:%S.%3f UTC")),
    )
}

/// What was asked, in words, with its article.
pub(super) const fn question(question: Question, language: Language) -> &'static str {
    match question {
        Question::Session => language.pick("the opening of the session", "l'ouverture de la session"),
        Question::Frame => language.pick("a frame", "une image"),
        Question::Segment => language.pick("a segment", "un segment"),
        Question::Access => language.pick("an access", "un accès"),
        Question::Retention => language.pick("how long to keep something", "une durée de conservation"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_its_number_beside_it() {
        let at = Timestamp::from_millis(1_795_597_200_250);
        assert_eq!(instant(at), "2026-11-25 09:00:00.250 UTC (1795597200250)");
        assert_eq!(instant(Timestamp::MAX), u64::MAX.to_string());
    }

    #[test]
    fn regions_are_not_endless() {
        let one = Rect::new(3, 4, 5, 6);
        assert_eq!(regions(&[], Language::French), "rien");
        assert_eq!(regions(&[one], Language::French), "5x6 en 3,4");
        assert!(regions(&[one; 9], Language::English).ends_with("; and 3 more"));
        assert_eq!(pixels(&[one; 9]), 270);
    }
}
