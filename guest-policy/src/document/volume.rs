//! How much may be recorded under a programme.

use super::cursor::{Item, Key};
use super::duration::{self, spell};
use super::problem::{Problem, Problems};
use super::share;
use super::words::{text, words};
use crate::types::{Cap, Millis};

static PER_EMPLOYEE: Key = Key::of_rule("per-employee", "per-employee = { limit = \"2h\", per = \"7d\" }", "S7");
static PROGRAMME: Key = Key::of_rule("programme", "programme = { limit = \"20h\", per = \"7d\" }", "S7");
static UNREVIEWED: Key = Key::of_rule("unreviewed", "unreviewed = \"20h\"", "S7");
static SHARE: Key = Key::of_rule(
    "share-of-calls",
    "share-of-calls = { limit = 0.2, per = \"30d\" }",
    "+1",
);
static LIMIT: Key = Key::of_rule("limit", "limit = \"2h\"", "S7");
static PER: Key = Key::of_rule("per", "per = \"7d\"", "S7");
static SHARE_LIMIT: Key = Key::of_rule("limit", "limit = 0.2", "+1");
static SHARE_PER: Key = Key::of_rule("per", "per = \"30d\"", "+1");

/// What `[programme.volume]` says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Volume {
    pub(super) employee_cap: Cap,
    pub(super) programme_cap: Cap,
    pub(super) max_unreviewed: Millis,
    pub(super) share_millionths: u32,
    pub(super) sampling_period: Millis,
}

/// Reads the caps of a programme: all of them, or none.
pub(super) fn read(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Volume> {
    let mut table = item.table(problems)?;
    let employee_item = table.required(&PER_EMPLOYEE);
    let employee = employee_item.and_then(|item| read_cap(&item, problems));
    let programme_item = table.required(&PROGRAMME);
    let programme = programme_item.as_ref().and_then(|item| read_cap(item, problems));
    let unreviewed = table
        .required(&UNREVIEWED)
        .and_then(|item| duration::read(&item, problems));
    let share = table.required(&SHARE).and_then(|item| read_share(&item, problems));
    table.finish(problems);
    if let (Some(item), Some(cap), Some(unreviewed)) = (programme_item, programme, unreviewed)
        && cap.limit > unreviewed
    {
        let message = text!(
            "up to {limit} may be recorded, and only {unreviewed} can wait for review",
            "jusqu'à {limit} peuvent être enregistrées, et seulement {unreviewed} peuvent attendre leur analyse",
            limit = spell(cap.limit),
            unreviewed = spell(unreviewed)
        );
        let help = words(
            "record no more than the trainers can analyse: lower this limit, or raise `unreviewed`",
            "n'enregistrez pas plus que ce que les formateurs peuvent analyser\u{a0}: baissez ce plafond, \
             ou relevez `unreviewed`",
        );
        problems.add(
            Problem::warning("cap-above-unreviewed", &item.span, message)
                .rule("S7")
                .help(help),
        );
    }
    let (share_millionths, sampling_period) = share?;
    Some(Volume {
        employee_cap: employee?,
        programme_cap: programme?,
        max_unreviewed: unreviewed?,
        share_millionths,
        sampling_period,
    })
}

fn read_cap(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Cap> {
    let mut table = item.table(problems)?;
    let limit = table.required(&LIMIT).and_then(|item| duration::read(&item, problems));
    let per = table.required(&PER).and_then(|item| duration::read(&item, problems));
    table.finish(problems);
    Some(Cap {
        limit: limit?,
        per: per?,
    })
}

fn read_share(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<(u32, Millis)> {
    let mut table = item.table(problems)?;
    let limit = table
        .required(&SHARE_LIMIT)
        .and_then(|item| share::read(&item, problems));
    let per = table
        .required(&SHARE_PER)
        .and_then(|item| duration::read(&item, problems));
    table.finish(problems);
    Some((limit?, per?))
}
