//! The prior steps, and when they were taken (legal.md, +6).

use alloc::vec::Vec;

use super::cursor::{Item, Key, Table, Text, french};
use super::dates::{self, Day, Zone};
use super::duration;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::notes::Text as Message;
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
static COUNCILS: Key = Key::of_rule(
    "works-council",
    "works-council = [{ name = \"Paris\", on = 2026-09-15, valid-for = \"730d\" }]",
    "+6",
);
static COUNCIL_NAME: Key = Key::of_rule("name", "name = \"Paris\"", "+6");
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

/// When the works councils gave their opinions: what is announced to employees comes after.
#[derive(Debug, Default)]
pub(super) struct Opinions(Vec<(Day, Timestamp)>);

/// What `[attestations]` says.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) attestations: Vec<Attestation>,
    pub(super) opinions: Opinions,
}

impl Opinions {
    /// Warns where employees were told of the dates of a programme before the works council gave its opinion.
    pub(super) fn check_announced(&self, announced: &Day, at: Timestamp, problems: &mut Problems<'_>) {
        let Some((opinion, _)) = self.0.iter().find(|(_, on)| *on > at) else {
            return;
        };
        let message = text!(
            "the employees were told on {announced}, before the opinion of the works council ({opinion})",
            "les salariés ont été informés le {announced}, avant l'avis du CSE ({opinion})",
            announced = announced.date,
            opinion = opinion.date
        );
        let help = words(
            "the works council is consulted first: check both dates",
            "le CSE est consulté d'abord\u{a0}: vérifiez les deux dates",
        );
        problems.add(
            Problem::warning("announced-before-opinion", &announced.span, message)
                .rule("+6")
                .help(help),
        );
    }
}

/// Reads `[attestations]`: every step, in their order. `today` is when they should be good.
pub(super) fn read(item: &Item<'_>, zone: &Zone, today: Timestamp, problems: &mut Problems<'_>) -> Steps {
    let Some(mut table) = item.table(problems) else {
        return Steps::default();
    };
    let mut steps = Steps::default();
    for step in Step::ALL {
        let item = table.required(key_of(step));
        let valid = item.and_then(|item| {
            if step == Step::WorksCouncil && item.is_list() {
                return read_councils(&item, zone, Some(today), &mut steps.opinions, problems);
            }
            read_step(step, &item, zone, Some(today), &mut steps.opinions, problems)
        });
        steps
            .attestations
            .extend(valid.map(|valid| Attestation { step, valid }));
    }
    table.finish(problems);
    steps
}

/// Reads the works councils that a programme names for itself.
pub(super) fn read_own(
    table: &mut Table<'_>,
    zone: &Zone,
    today: Option<Timestamp>,
    problems: &mut Problems<'_>,
) -> Option<(Span, Opinions)> {
    let item = table.optional(&COUNCILS)?;
    let mut opinions = Opinions::default();
    let valid = read_councils(&item, zone, today, &mut opinions, problems)?;
    Some((valid, opinions))
}

/// Reads a list of works councils: when all of them were heard, and all of their opinions are good.
fn read_councils(
    item: &Item<'_>,
    zone: &Zone,
    today: Option<Timestamp>,
    opinions: &mut Opinions,
    problems: &mut Problems<'_>,
) -> Option<Span> {
    if !item.is_not_empty(problems) {
        return None;
    }
    let mut all = Some(Span::ALWAYS);
    let mut names: Vec<Text<'_>> = Vec::new();
    for entry in item.list(problems)? {
        let Some(mut table) = entry.table(problems) else {
            all = None;
            continue;
        };
        if let Some(name) = table.required(&COUNCIL_NAME).and_then(|item| item.text(problems)) {
            if names.iter().any(|known| known.value == name.value) {
                let message = words(
                    "another works council of this list has the same `name`",
                    "un autre CSE de cette liste a le même `name`",
                );
                let help = words("give each a `name` of its own", "donnez à chacun son propre `name`");
                problems.add(
                    Problem::error("duplicate-id", &name.span, message)
                        .rule("+6")
                        .help(help),
                );
            }
            names.push(name);
        }
        if let Some(reason) = table.optional(&NOT_APPLICABLE) {
            let message = words(
                "a list names the works councils that were consulted, and nothing else",
                "une liste nomme les CSE qui ont été consultés, et rien d'autre",
            );
            let example = Message {
                english: NOT_APPLICABLE.example.into(),
                french: french(NOT_APPLICABLE.example).into(),
            };
            let help = text!(
                "leave this one out, or write `works-council = {{ {example} }}` where there is none at all",
                "retirez celui-ci, ou écrivez `works-council = {{ {example} }}` s'il n'y en a aucun"; example
            );
            problems.add(
                Problem::error("not-applicable", &reason.span, message)
                    .rule("+6")
                    .help(help),
            );
            all = None;
        }
        let valid = read_date(Step::WorksCouncil, &mut table, zone, opinions, problems);
        table.finish(problems);
        if let (Some(valid), Some(today)) = (valid, today) {
            check_validity(Step::WorksCouncil, valid, &entry, today, problems);
        }
        all = all.zip(valid).map(|(all, valid)| {
            let start = all.start.max(valid.start);
            Span {
                start,
                end: all.end.min(valid.end).max(start),
            }
        });
    }
    all
}

fn read_step(
    step: Step,
    item: &Item<'_>,
    zone: &Zone,
    today: Option<Timestamp>,
    opinions: &mut Opinions,
    problems: &mut Problems<'_>,
) -> Option<Span> {
    let mut table = item.table(problems)?;
    let exempt = table.optional(&NOT_APPLICABLE);
    let valid = match &exempt {
        Some(reason) => read_exemption(step, reason, &mut table, problems),
        None => read_date(step, &mut table, zone, opinions, problems),
    };
    table.finish(problems);
    if let (Some(valid), Some(today)) = (valid, today) {
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

fn read_date(
    step: Step,
    table: &mut Table<'_>,
    zone: &Zone,
    opinions: &mut Opinions,
    problems: &mut Problems<'_>,
) -> Option<Span> {
    if step == Step::RegisterEntry
        && let Some(reference) = table.required(&REFERENCE)
    {
        reference.text(problems);
    }
    let on = table.required(&ON).and_then(|item| dates::read(&item, problems));
    let days = match table.optional(&VALID_FOR) {
        Some(item) => Some(duration::read_days(&item, problems)?),
        None => None,
    };
    let on = on?;
    let start = zone.start_of(on.date);
    // Whole days of the calendar: what holds for one day is over when the next begins, whatever clocks do.
    let end = days.map_or(Timestamp::MAX, |days| zone.days_after(on.date, days));
    if step == Step::WorksCouncil {
        opinions.0.push((on, start));
    }
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
