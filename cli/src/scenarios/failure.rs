//! An expectation that does not hold, for a reader.

use gardefou::Rect;
use gardefou::trace::{Asked, Check, Misplaced, Unmet};

use super::difference::{difference, instant, pixels, question, regions};
use super::picture::{Kept, picture};
use super::reasons::Reasons;
use crate::language::{Language, say};
use crate::text::Look;

/// Its lines: where it stands, what was asked, and each field as it should be and as it is.
pub(super) fn lines(asked: &Asked, check: &Check, reasons: &Reasons, look: Look) -> Vec<String> {
    let language = look.language;
    let mut lines = vec![format!("  {}", place(asked, check, language))];
    let width = labels(language)
        .iter()
        .map(|label| label.chars().count())
        .max()
        .unwrap_or_default();
    let [expected, actual, ..] = labels(language);
    for unmet in &check.unmet {
        let difference = difference(unmet, (asked, check), reasons, language);
        lines.push(format!("    {}", difference.field));
        lines.push(format!("      {expected:<width$}  {}", difference.expected));
        lines.push(format!("      {actual:<width$}  {}", difference.actual));
        if matches!(unmet, Unmet::Keep) {
            lines.extend(kept(asked, check, width, language));
        }
    }
    lines.extend(why(asked, reasons, look));
    lines
}

/// What stands before a field's values.
const fn labels(language: Language) -> [&'static str; 4] {
    match language {
        Language::English => ["expected", "but was", "too many", "too few"],
        Language::French => ["attendu", "obtenu", "en trop", "manquant"],
    }
}

fn place(asked: &Asked, check: &Check, language: Language) -> String {
    let (line, from) = (check.line, asked.line);
    let what = question(asked.question(), language);
    let at = instant(asked.answer.at);
    say!(
        language,
        "line {line}: {what} at {at}, asked on line {from}",
        "ligne {line}\u{a0}: {what}, {at}, question de la ligne {from}"
    )
}

/// Which pixels are kept and should not be, and the other way round.
fn kept(asked: &Asked, check: &Check, width: usize, language: Language) -> Vec<String> {
    let Some(pixels_kept) = check.expected.pixels(&asked.answer) else {
        return Vec::new();
    };
    let Some(Misplaced { too_many, too_few, .. }) = &pixels_kept.misplaced else {
        let text = language.pick(
            "they differ in too many places to show",
            "ils diffèrent en trop d'endroits pour les montrer",
        );
        return vec![format!("      {text}")];
    };
    let is = pixels_kept.actual.unwrap_or_default();
    let [_, _, many, few] = labels(language);
    let counted = |label: &str, region: &[Rect]| {
        let (pixels, regions) = (pixels(region), regions(region, language));
        let text = say!(
            language,
            "{pixels} pixels: {regions}",
            "{pixels} pixels\u{a0}: {regions}"
        );
        format!("      {label:<width$}  {}", if pixels == 0 { regions } else { text })
    };
    let mut lines = vec![counted(many, too_many), counted(few, too_few)];
    let Some(surface) = asked.surface else { return lines };
    let rows = picture(Kept {
        surface,
        is,
        too_many,
        too_few,
    });
    lines.extend(rows.into_iter().map(|row| format!("      {row}")));
    let legend = language.pick(
        "# kept   + kept, and should not be   - should be kept, and is not",
        "# enregistré   + enregistré à tort   - à enregistrer, et ne l'est pas",
    );
    lines.push(format!("      {legend}"));
    lines
}

/// Why the answer is as it is; retention has no reason.
fn why(asked: &Asked, reasons: &Reasons, look: Look) -> Vec<String> {
    let language = look.language;
    let why = reasons.why(&asked.answer, language);
    if why.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![say!(language, "    why: {why}", "    motif\u{a0}: {why}")];
    let source = reasons.source(&asked.answer, language, look.dot());
    if !source.is_empty() {
        lines.push(say!(language, "    rule: {source}", "    règle\u{a0}: {source}"));
    }
    lines
}
