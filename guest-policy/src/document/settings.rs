//! What holds for the whole document: its dates, the notice, recording and retention.

use alloc::{string::String, vec::Vec};

use super::cursor::{Item, Key, Text, choice, list, shortened};
use super::dates::{self, Days, Zone};
use super::duration::{self, Ceiling};
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::rules::{NoticeRule, Retention, ceilings};
use crate::types::{DAY, Millis, Timestamp};

static FROM: Key = Key::new("from", "from = 2026-11-01");
static UNTIL: Key = Key::new("until", "until = 2027-04-30");

static VERSION: Key = Key::of_rule("version", "version = \"2026-09\"", "S3");
static COVERS: Key = Key::of_rule("covers", "covers = [\"screen\", \"call\", \"rights\"]", "S3");
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
    // Rules that start later are written before: that is no mistake.
    if today >= span.end {
        let message = text!(
            "the rules were in force until {last}; nothing is recorded any more",
            "les règles étaient en vigueur jusqu'au {last}\u{a0}; plus rien n'est enregistré",
            last = days.last.date
        );
        let help = words(
            "publish new rules, or correct the dates",
            "publiez de nouvelles règles, ou corrigez les dates",
        );
        problems.add(Problem::warning("not-in-force", &days.last.span, message).help(help));
    }
    Some(days)
}

/// What a notice can tell of: the first two it must, the others it should, but for the last (RGPD 13, 21.4).
const TOLD: [(&str, usize); 14] = [
    ("screen", 0),
    ("call", 1),
    ("controller", 2),
    ("purposes", 3),
    ("legal-basis", 4),
    ("recipients", 5),
    ("retention", 6),
    ("rights", 7),
    ("objection", 8),
    ("complaint", 9),
    ("dpo", 10),
    ("interests", 11),
    ("mandatory", 12),
    ("transfers", 13),
];

/// What the first two are called.
const REQUIRED: [Words; 2] = [words("screen", "l'écran"), words("call", "l'appel")];

/// The last one is not missed: where nothing leaves the Union, there is nothing to tell.
const NOT_MISSED: &str = "transfers";

/// Reads `[employee-notice]` (legal.md, S3).
pub(super) fn read_notice(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<(NoticeRule, Vec<String>)> {
    let mut table = item.table(problems)?;
    let versions = table.required(&VERSION).and_then(|item| read_versions(&item, problems));
    if let Some(covers) = table.required(&COVERS) {
        check_covers(&covers, problems);
    }
    let ceiling = Ceiling::product(ceilings::NOTICE);
    let valid_for = table
        .required(&VALID_FOR)
        .and_then(|item| duration::read_within(&item, ceiling, problems));
    table.finish(problems);
    let mut versions = versions?.into_iter();
    let rule = NoticeRule {
        version: Some(versions.next()?),
        valid_for: valid_for?,
    };
    Some((rule, versions.collect()))
}

/// One version, or a list of those that count; a version that is named twice counts once.
fn read_versions(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Vec<String>> {
    if !item.is_list() {
        return Some(alloc::vec![String::from(item.text(problems)?.value)]);
    }
    let mut versions: Vec<String> = Vec::new();
    for text in item.some_texts(problems)? {
        if versions.iter().any(|known| known == text.value) {
            let message = text!(
                "the version `{version}` is named twice",
                "la version `{version}` est citée deux fois",
                version = shortened(text.value)
            );
            let help = words("keep one of the two", "gardez l'une des deux");
            problems.add(
                Problem::warning("named-twice", &text.span, message)
                    .rule("S3")
                    .help(help),
            );
        } else {
            versions.push(String::from(text.value));
        }
    }
    Some(versions)
}

fn check_covers(item: &Item<'_>, problems: &mut Problems<'_>) {
    let Some(texts) = item.texts(problems) else { return };
    let mut names = |text: &Text<'_>| choice(text, &COVERS, &TOLD, problems);
    let told: Vec<usize> = texts.iter().filter_map(&mut names).collect();
    if told.len() < texts.len() {
        return; // one of them is not known, and may stand for what is missing
    }
    let mut is_complete = true;
    for (at, name) in REQUIRED.into_iter().enumerate() {
        if told.contains(&at) {
            continue;
        }
        is_complete = false;
        let right_way = item.right_way();
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
    let is_missing = |(name, at): &&(&str, usize)| *at >= REQUIRED.len() && *name != NOT_MISSED && !told.contains(at);
    let missing: Vec<&str> = TOLD.iter().filter(is_missing).map(|(name, _)| *name).collect();
    if is_complete && !missing.is_empty() {
        let missing = list(&missing);
        let message = text!(
            "the notice does not say that it tells of {missing}",
            "rien n'indique que l'information des salariés porte sur {missing}"
        );
        let help = words(
            "an employee must be told of it (RGPD 13 and 21.4): once the notice does, add it to `covers`",
            "un salarié doit en être informé (RGPD 13 et 21.4)\u{a0}: une fois que l'information le dit, ajoutez-le à \
             `covers`",
        );
        problems.add(
            Problem::warning("notice-silent", &item.span, message)
                .rule("S3")
                .help(help),
        );
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

/// What is shorter than this is warned about.
struct Least {
    kept: Millis,
    why: Words,
}

/// Nothing can be reviewed, answered or proved in less.
const A_DAY: Least = Least {
    kept: DAY,
    why: words(
        "that is less than a day, and too short for anybody to look at it",
        "c'est moins d'un jour, trop court pour que quelqu'un puisse en prendre connaissance",
    ),
};

/// Journals are kept for 6 to 12 months (CNIL 2021-122).
const SIX_MONTHS: Least = Least {
    kept: 181 * DAY,
    why: words(
        "records of access are to be kept for six to twelve months",
        "les traces des accès se conservent de six à douze mois",
    ),
};

impl Least {
    fn warn(&self, item: &Item<'_>, kept: Millis, problems: &mut Problems<'_>) {
        let why = self.why;
        let message = text!(
            "`{name}` is {kept}: {why}",
            "`{name}` vaut {kept}\u{a0}: {why}",
            name = item.key.name,
            kept = duration::spell(kept);
            why
        );
        let help = text!(
            "write `{name} = \"{least}\"` or more; months are written `\"6months\"`",
            "écrivez `{name} = \"{least}\"` ou plus\u{a0}; des mois s'écrivent `\"6months\"`",
            name = item.key.name,
            least = duration::spell(self.kept)
        );
        problems.add(
            Problem::warning("short-retention", &item.span, message)
                .rule("+7")
                .help(help),
        );
    }
}

/// Reads `[retention]` (legal.md, +7).
pub(super) fn read_retention(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Retention> {
    let mut table = item.table(problems)?;
    let mut kept = |key: &'static Key, ceiling: Ceiling, at_least: Option<Least>| {
        let item = table.required(key)?;
        let kept = duration::read_kept_within(&item, ceiling, problems)?;
        if let Some(least) = at_least.filter(|least| kept < least.kept) {
            least.warn(&item, kept, problems);
        }
        Some((kept, item.span))
    };
    let most = ceilings::RETENTION;
    let recordings = kept(&RECORDINGS, Ceiling::stated(most.recordings), Some(A_DAY));
    let analyses = kept(&ANALYSES, Ceiling::stated(most.analyses), Some(A_DAY));
    let decisions = kept(&DECISIONS, Ceiling::stated(most.decisions), Some(A_DAY));
    let accesses = kept(&ACCESSES, Ceiling::stated(most.accesses), Some(SIX_MONTHS));
    let temporary = kept(&TEMPORARY, Ceiling::product(most.temporary), None);
    table.finish(problems);
    if let (Some((recordings, _)), Some((decisions, place))) = (&recordings, &decisions)
        && decisions < recordings
    {
        let message = text!(
            "decisions are kept for {decisions} and recordings for {recordings}: a recording is then nobody's",
            "les décisions sont conservées {decisions} et les enregistrements {recordings}\u{a0}: un enregistrement \
             n'est alors plus rattaché à personne",
            decisions = duration::spell(*decisions),
            recordings = duration::spell(*recordings)
        );
        let help = text!(
            "keep decisions as long as recordings: write `decisions = \"{recordings}\"`",
            "conservez les décisions aussi longtemps que les enregistrements\u{a0}: écrivez \
             `decisions = \"{recordings}\"`",
            recordings = duration::spell(*recordings)
        );
        problems.add(
            Problem::warning("decisions-before-recordings", place, message)
                .rule("+7")
                .help(help),
        );
    }
    let [recordings, analyses, decisions, accesses, temporary] =
        [recordings, analyses, decisions, accesses, temporary].map(|kept| kept.map(|(kept, _)| kept));
    Some(Retention {
        recordings: recordings?,
        analyses: analyses?,
        decisions: decisions?,
        accesses: accesses?,
        temporary: temporary?,
    })
}
