//! The prior steps, and when they were taken (legal.md, +6).

use alloc::vec::Vec;

use super::cursor::{Item, Key, Table};
use super::dates::{self, Zone};
use super::duration;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::rules::{Attestation, Step};
use crate::types::{Span, Timestamp};

static WORKS_COUNCIL: Key = Key::of_rule(
    "works-council",
    "works-council = { on = 2026-09-15, valid-for = \"730d\" }",
    "+6",
);
static IMPACT_ASSESSMENT: Key = Key::of_rule(
    "impact-assessment",
    "impact-assessment = { on = 2026-09-30, valid-for = \"1095d\" }",
    "+6",
);
static REGISTER_ENTRY: Key = Key::of_rule(
    "register-entry",
    "register-entry = { reference = \"RT-042\", on = 2026-09-30 }",
    "+6",
);
static ON: Key = Key::of_rule("on", "on = 2026-09-30", "+6");
static VALID_FOR: Key = Key::of_rule("valid-for", "valid-for = \"1095d\"", "+6");
static REFERENCE: Key = Key::of_rule("reference", "reference = \"RT-042\"", "+6");
static NOT_APPLICABLE: Key = Key::of_rule("not-applicable", "not-applicable = \"fewer than 50 employees\"", "+6");

const fn key_of(step: Step) -> &'static Key {
    match step {
        Step::WorksCouncil => &WORKS_COUNCIL,
        Step::ImpactAssessment => &IMPACT_ASSESSMENT,
        Step::RegisterEntry => &REGISTER_ENTRY,
    }
}

/// What a step is called in a message.
const fn called(step: Step) -> Words {
    match step {
        Step::WorksCouncil => words("`works-council`", "la consultation du CSE (`works-council`)"),
        Step::ImpactAssessment => words("`impact-assessment`", "l'analyse d'impact (`impact-assessment`)"),
        Step::RegisterEntry => words("`register-entry`", "l'inscription au registre (`register-entry`)"),
    }
}

/// Reads `[attestations]`: every step, in their order.
pub(super) fn read(item: &Item<'_>, zone: &Zone, today: Timestamp, problems: &mut Problems<'_>) -> Vec<Attestation> {
    let Some(mut table) = item.table(problems) else {
        return Vec::new();
    };
    let mut attestations = Vec::new();
    for step in Step::ALL {
        let item = table.required(key_of(step));
        let valid = item.and_then(|item| read_step(step, &item, zone, today, problems));
        attestations.extend(valid.map(|valid| Attestation { step, valid }));
    }
    table.finish(problems);
    attestations
}

fn read_step(step: Step, item: &Item<'_>, zone: &Zone, today: Timestamp, problems: &mut Problems<'_>) -> Option<Span> {
    let mut table = item.table(problems)?;
    let exempt = table.optional(&NOT_APPLICABLE);
    let valid = match &exempt {
        Some(reason) => read_exemption(step, reason, &mut table, problems),
        None => read_date(step, &mut table, zone, problems),
    };
    table.finish(problems);
    if let Some(valid) = valid {
        check_validity(step, valid, item, today, problems);
    }
    valid
}

/// Only the works council may be without object, and the document says why.
fn read_exemption(step: Step, reason: &Item<'_>, table: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<Span> {
    let known = reason.text(problems);
    if step != Step::WorksCouncil {
        let called = called(step);
        let message = text!(
            "{called} is always applicable",
            "{called} s'applique toujours"; called
        );
        let help = text!(
            "write `{example}`",
            "écrivez `{example}`",
            example = key_of(step).example
        );
        problems.add(
            Problem::error("not-applicable", &reason.span, message)
                .rule("+6")
                .help(help),
        );
    }
    let keys: &[&'static Key] = match step {
        Step::RegisterEntry => &[&ON, &VALID_FOR, &REFERENCE],
        Step::WorksCouncil | Step::ImpactAssessment => &[&ON, &VALID_FOR],
    };
    let others: Vec<Item<'_>> = keys.iter().filter_map(|key| table.optional(key)).collect();
    if let Some(other) = others.first() {
        let message = text!(
            "a step that is not applicable has no `{name}`",
            "une démarche sans objet n'a pas de `{name}`",
            name = other.key.name
        );
        let help = words(
            "keep `not-applicable` and its reason, or the date",
            "gardez `not-applicable` et son motif, ou bien la date",
        );
        problems.add(
            Problem::error("contradiction", &other.span, message)
                .rule("+6")
                .help(help),
        );
        return None;
    }
    known.map(|_| Span::ALWAYS)
}

fn read_date(step: Step, table: &mut Table<'_>, zone: &Zone, problems: &mut Problems<'_>) -> Option<Span> {
    if step == Step::RegisterEntry
        && let Some(reference) = table.required(&REFERENCE)
    {
        reference.text(problems);
    }
    let on = table.required(&ON).and_then(|item| dates::read(&item, problems));
    let valid_for = table.optional(&VALID_FOR);
    let length = match &valid_for {
        Some(item) => Some(duration::read(item, problems)?),
        None => None,
    };
    let start = zone.start_of(on?.date);
    let end = length.map_or(Timestamp::MAX, |length| start.plus(length));
    Some(Span { start, end })
}

fn check_validity(step: Step, valid: Span, item: &Item<'_>, today: Timestamp, problems: &mut Problems<'_>) {
    if valid.contains(today) {
        return;
    }
    let step = called(step);
    let (code, message, help) = if today < valid.start {
        (
            "attestation-to-come",
            text!(
                "{step} is dated in the future, and nothing is recorded before",
                "{step} porte une date à venir, et rien n'est enregistré avant"; step
            ),
            words(
                "check the date; until then recording is refused",
                "vérifiez la date\u{a0}; d'ici là, l'enregistrement est refusé",
            ),
        )
    } else {
        (
            "attestation-expired",
            text!(
                "{step} has expired, and nothing is recorded any more",
                "{step} est expirée, et plus rien n'est enregistré"; step
            ),
            words(
                "take the step again, and write its new date",
                "refaites cette démarche, et écrivez sa nouvelle date",
            ),
        )
    };
    problems.add(Problem::warning(code, &item.span, message).rule("+6").help(help));
}
