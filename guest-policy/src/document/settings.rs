//! What holds for the whole document: its dates, the notice, recording and retention.

use alloc::string::String;

use super::cursor::{Item, Key, Text, choice};
use super::dates::{self, Days, Zone};
use super::duration::{self, Ceiling};
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::rules::{NoticeRule, Retention, ceilings};
use crate::types::{Millis, Timestamp};

static FROM: Key = Key::new("from", "from = 2026-11-01");
static UNTIL: Key = Key::new("until", "until = 2027-04-30");

static VERSION: Key = Key::of_rule("version", "version = \"2026-09\"", "S3");
static COVERS: Key = Key::of_rule("covers", "covers = [\"screen\", \"call\"]", "S3");
static VALID_FOR: Key = Key::of_rule("valid-for", "valid-for = \"365d\"", "S3");

static MAX_FRAME_INTERVAL: Key = Key::of_rule("max-frame-interval", "max-frame-interval = \"500ms\"", "S1");
static MAX_FACTS_AGE: Key = Key::new("max-facts-age", "max-facts-age = \"250ms\"");
static WHILE_HELD: Key = Key::of_rule("while-held", "while-held = false", "S5");

static RECORDINGS: Key = Key::of_rule("recordings", "recordings = \"180d\"", "+7");
static ANALYSES: Key = Key::of_rule("analyses", "analyses = \"365d\"", "+7");
static DECISIONS: Key = Key::of_rule("decisions", "decisions = \"180d\"", "+7");
static ACCESSES: Key = Key::of_rule("accesses", "accesses = \"365d\"", "+7");
static TEMPORARY: Key = Key::of_rule("temporary", "temporary = \"1d\"", "+7");

/// Reads `in-force`, and warns when `today` is outside it.
pub(super) fn read_in_force(
    item: &Item<'_>,
    zone: &Zone,
    today: Timestamp,
    problems: &mut Problems<'_>,
) -> Option<Days> {
    let mut table = item.table(problems)?;
    let from = table.required(&FROM).and_then(|item| dates::read(&item, problems));
    let until = table.required(&UNTIL).and_then(|item| dates::read(&item, problems));
    table.finish(problems);
    let days = Days::between(from, until, &FROM, problems)?;
    let span = zone.span_of(&days);
    if !span.contains(today) {
        let (message, day) = if today < span.start {
            (
                text!(
                    "the rules are in force from {first} only; nothing is recorded before",
                    "les règles ne prennent effet que le {first}\u{a0}; rien n'est enregistré avant",
                    first = days.first.date
                ),
                &days.first,
            )
        } else {
            (
                text!(
                    "the rules were in force until {last}; nothing is recorded any more",
                    "les règles étaient en vigueur jusqu'au {last}\u{a0}; plus rien n'est enregistré",
                    last = days.last.date
                ),
                &days.last,
            )
        };
        let help = words(
            "publish new rules, or correct the dates",
            "publiez de nouvelles règles, ou corrigez les dates",
        );
        problems.add(Problem::warning("not-in-force", &day.span, message).help(help));
    }
    Some(days)
}

/// What a notice can tell of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Screen,
    Call,
}

const TOLD: [(&str, Told); 2] = [("screen", Told::Screen), ("call", Told::Call)];

impl Told {
    const fn name(self) -> Words {
        match self {
            Self::Screen => words("screen", "l'écran"),
            Self::Call => words("call", "l'appel"),
        }
    }
}

/// Reads `[employee-notice]` (legal.md, S3).
pub(super) fn read_notice(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<NoticeRule> {
    let mut table = item.table(problems)?;
    let version = table.required(&VERSION).and_then(|item| item.text(problems));
    if let Some(covers) = table.required(&COVERS) {
        check_covers(&covers, problems);
    }
    let ceiling = Ceiling::product(ceilings::NOTICE);
    let valid_for = table
        .required(&VALID_FOR)
        .and_then(|item| duration::read_within(&item, ceiling, problems));
    table.finish(problems);
    Some(NoticeRule {
        version: Some(String::from(version?.value)),
        valid_for: valid_for?,
    })
}

fn check_covers(item: &Item<'_>, problems: &mut Problems<'_>) {
    let Some(texts) = item.texts(problems) else { return };
    let mut names = |text: &Text<'_>| choice(text, &COVERS, &TOLD, problems);
    let told: alloc::vec::Vec<Told> = texts.iter().filter_map(&mut names).collect();
    for (_, what) in TOLD {
        if !told.contains(&what) {
            let (name, right_way) = (what.name(), item.right_way());
            let message = text!(
                "the notice does not tell the employees of the {name}",
                "l'information des salariés ne parle pas de l'enregistrement de {name}"; name
            );
            let help = text!(
                "they must know of both beforehand: once the notice says so, {right_way}",
                "ils doivent être informés des deux au préalable\u{a0}; une fois que l'information le dit, \
                 {right_way}"; right_way
            );
            problems.add(
                Problem::error("notice-incomplete", &item.span, message)
                    .rule("S3")
                    .help(help),
            );
        }
    }
}

/// What `[recording]` says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recording {
    pub(super) max_frame_interval: Millis,
    pub(super) max_facts_age: Millis,
    pub(super) while_held: bool,
}

/// Reads `[recording]`.
pub(super) fn read_recording(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Recording> {
    let mut table = item.table(problems)?;
    let interval = Ceiling::product(ceilings::FRAME_INTERVAL);
    let max_frame_interval = table
        .required(&MAX_FRAME_INTERVAL)
        .and_then(|item| duration::read_within(&item, interval, problems));
    let age = Ceiling::product(ceilings::FACTS_AGE);
    let max_facts_age = table
        .required(&MAX_FACTS_AGE)
        .and_then(|item| duration::read_within(&item, age, problems));
    let while_held = table
        .optional(&WHILE_HELD)
        .and_then(|item| item.flag(problems))
        .unwrap_or_default();
    table.finish(problems);
    Some(Recording {
        max_frame_interval: max_frame_interval?,
        max_facts_age: max_facts_age?,
        while_held,
    })
}

/// Reads `[retention]` (legal.md, +7).
pub(super) fn read_retention(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Retention> {
    let mut table = item.table(problems)?;
    let mut kept = |key: &'static Key, ceiling: Ceiling| {
        let item = table.required(key)?;
        duration::read_within(&item, ceiling, problems)
    };
    let most = ceilings::RETENTION;
    let recordings = kept(&RECORDINGS, Ceiling::stated(most.recordings));
    let analyses = kept(&ANALYSES, Ceiling::stated(most.analyses));
    let decisions = kept(&DECISIONS, Ceiling::stated(most.decisions));
    let accesses = kept(&ACCESSES, Ceiling::stated(most.accesses));
    let temporary = kept(&TEMPORARY, Ceiling::product(most.temporary));
    table.finish(problems);
    Some(Retention {
        recordings: recordings?,
        analyses: analyses?,
        decisions: decisions?,
        accesses: accesses?,
        temporary: temporary?,
    })
}
