//! Which reasons and which rows of the legal matrix the scenarios reach, for a reader.

use gardefou::trace::{Coverage, Question, Reach};
use gardefou_policy::order::HOST;

use super::Suite;
use super::difference::question;
use super::reasons::Reasons;
use super::rows::{ROWS, Row};
use crate::language::{Language, say};

/// The lines: how much of each question is reached, and by name what no scenario reaches.
pub(super) fn lines(suite: &Suite, language: Language) -> Vec<String> {
    let Suite { reasons, coverage, .. } = suite;
    let mut lines = Vec::new();
    for asked in Question::ALL.into_iter().filter(|asked| *asked != Question::Retention) {
        lines.extend(of_question(asked, coverage, reasons, language));
    }
    lines.push(retention(coverage.of_retention(), language));
    lines.extend(rows(coverage, language));
    lines.extend(others(coverage, reasons, language));
    lines
}

fn of_question(asked: Question, coverage: &Coverage, reasons: &Reasons, language: Language) -> Vec<String> {
    let all = asked.reasons().len();
    let missing = coverage.missing(asked);
    let reached = all - missing.len();
    let what = question(asked, language);
    let colon = and_not(missing.is_empty(), language);
    let mut lines = vec![say!(
        language,
        "  {what}: {reached} of {all} reasons{colon}",
        "  {what}\u{a0}: {reached} sur {all} motifs{colon}"
    )];
    lines.extend(missing.into_iter().map(|reason| {
        let title = reasons.title(reason, language);
        match coverage.of(asked, reason) {
            Reach::Never => format!("    {reason}  {title}"),
            reach => format!("    {reason}  {title}  ({})", not_expected(reach, language)),
        }
    }));
    lines
}

/// What leads over to what is not reached.
const fn and_not(nothing: bool, language: Language) -> &'static str {
    if nothing {
        ""
    } else {
        language.pick(", and not:", ", et pas\u{a0}:")
    }
}

fn retention(reach: Reach, language: Language) -> String {
    let how = match reach {
        Reach::Expected => language.pick("expected by a scenario", "attendue par un scénario"),
        Reach::Given | Reach::Never => not_expected(reach, language),
    };
    say!(
        language,
        "  how long to keep something: {how}",
        "  une durée de conservation\u{a0}: {how}"
    )
}

fn rows(coverage: &Coverage, language: Language) -> Vec<String> {
    let missing: Vec<&Row> = ROWS
        .iter()
        .filter(|row| row.reach(coverage) != Reach::Expected)
        .collect();
    let (all, reached) = (ROWS.len(), ROWS.len() - missing.len());
    let colon = and_not(missing.is_empty(), language);
    let mut lines = vec![say!(
        language,
        "  rules of docs/legal.md: {reached} of {all}{colon}",
        "  règles de docs/legal.md\u{a0}: {reached} sur {all}{colon}"
    )];
    lines.extend(missing.into_iter().map(|row| {
        let (id, title) = (row.id, row.title(language));
        let by = lacking(row, coverage);
        if by.is_empty() {
            format!("    {id}  {title}")
        } else {
            say!(
                language,
                "    {id}  {title}  (no scenario expects {by})",
                "    {id}  {title}  (aucun scénario n'attend {by})"
            )
        }
    }));
    lines
}

/// The reasons for which a row is not reached.
fn lacking(row: &Row, coverage: &Coverage) -> String {
    let lacking = row
        .reasons
        .iter()
        .filter(|reason| coverage.anywhere(**reason) != Reach::Expected);
    lacking.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What is no reason of the contract for that question, and so is held against nobody.
fn others(coverage: &Coverage, reasons: &Reasons, language: Language) -> Vec<String> {
    let mut lines: Vec<String> = coverage
        .others()
        .map(|(asked, reason)| {
            let (what, title) = (question(asked, language), reasons.title(reason, language));
            format!("    {reason}  {title}  ({what})")
        })
        .collect();
    if !lines.is_empty() {
        lines.insert(
            0,
            language
                .pick(
                    "  given too, and not counted:",
                    "  obtenus aussi, hors du compte\u{a0}:",
                )
                .to_owned(),
        );
    }
    let by_hosts = HOST.map(|reason| reason.to_string());
    let by_hosts = by_hosts.join(", ");
    lines.push(say!(
        language,
        "  not counted: reasons that only recorders give ({by_hosts}) and a policy's own",
        "  hors du compte\u{a0}: les motifs que seuls les enregistreurs donnent ({by_hosts}) et ceux propres à un fichier de règles"
    ));
    lines
}

fn not_expected(reach: Reach, language: Language) -> &'static str {
    match reach {
        Reach::Never => language.pick("no scenario reaches it", "aucun scénario ne l'atteint"),
        Reach::Given | Reach::Expected => language.pick(
            "reached, but no expectation looks at it",
            "atteint, mais aucune attente ne le vérifie",
        ),
    }
}
