//! The training programmes.

use alloc::{string::String, vec::Vec};

use jiff::ToSpan as _;

use super::cursor::{Item, Key, Text, shortened};
use super::dates::{self, Day, Days, Zone};
use super::index::Index;
use super::problem::{Problem, Problems};
use super::volume::{self, Volume};
use super::words::{Words, text, words};
use crate::classify::MAX_PATTERNS;
use crate::rules::{Enrolment, Programme};

static ID: Key = Key::of_rule("id", "id = \"crm-onboarding\"", "S10");
static PURPOSE: Key = Key::of_rule("purpose", "purpose = \"training\"", "S2");
static NEED: Key = Key::of_rule("need", "need = \"The new customer desk went live in October\"", "S6");
static APPLICATIONS: Key = Key::of_rule("applications", "applications = [\"crm\"]", "S4");
static EMPLOYEES: Key = Key::of_rule("employees", "employees = [\"e-1001\", \"e-1002\"]", "S6");
static ANNOUNCED_ON: Key = Key::of_rule("announced-on", "announced-on = 2026-10-20", "+5");
static FROM: Key = Key::of_rule("from", "from = 2026-11-01", "S10");
static UNTIL: Key = Key::of_rule("until", "until = 2026-12-15", "S10");
static REVIEW_UNTIL: Key = Key::of_rule("review-until", "review-until = 2027-01-15", "S10");
static VOLUME: Key = Key::of_rule("volume", "[programme.volume]", "S7");

/// The one purpose that a screen may be recorded for (legal.md, S2).
const TRAINING: &str = "training";
/// Without `review-until`, trainers have so many calendar days after `until`.
const REVIEW_DAYS: i64 = 30;
/// A longer programme is warned about: about six months.
const LONG: i64 = 184;

/// A programme of the document; what could not be read is missing.
pub(super) struct Draft<'t> {
    pub(super) id: Option<Text<'t>>,
    pub(super) days: Option<Days>,
    pub(super) employees: Option<Vec<Text<'t>>>,
    /// What it names; `None` where that could not be read.
    pub(super) applications: Option<Vec<Text<'t>>>,
    review_until: Option<Day>,
    volume: Option<Volume>,
}

/// Reads one programme.
pub(super) fn read<'t>(item: &Item<'t>, problems: &mut Problems<'_>) -> Option<Draft<'t>> {
    let mut table = item.table(problems)?;
    let id = table.required(&ID).and_then(|item| item.text(problems));
    if let Some(purpose) = table.required(&PURPOSE).and_then(|item| item.text(problems)) {
        check_purpose(&purpose, problems);
    }
    if let Some(need) = table.required(&NEED) {
        need.text(problems);
    }
    let applications = table.required(&APPLICATIONS).and_then(|item| item.some_texts(problems));
    let employees = table.optional(&EMPLOYEES).and_then(|item| item.some_texts(problems));
    let announced = table
        .required(&ANNOUNCED_ON)
        .and_then(|item| dates::read(&item, problems));
    let from = table.required(&FROM).and_then(|item| dates::read(&item, problems));
    let until = table.required(&UNTIL).and_then(|item| dates::read(&item, problems));
    let review_until = table
        .optional(&REVIEW_UNTIL)
        .and_then(|item| dates::read(&item, problems));
    let volume = table.required(&VOLUME).and_then(|item| volume::read(&item, problems));
    table.finish(problems);

    if let (Some(announced), Some(from)) = (&announced, &from) {
        check_announcement(announced, from, problems);
    }
    if let (Some(review), Some(until)) = (&review_until, &until) {
        check_review(review, until, problems);
    }
    let days = Days::between(from, until, &FROM, problems);
    if let Some(days) = &days {
        check_length(days, problems);
    }
    Some(Draft {
        id,
        days,
        employees,
        applications,
        review_until,
        volume,
    })
}

fn check_purpose(purpose: &Text<'_>, problems: &mut Problems<'_>) {
    if purpose.value != TRAINING {
        let message = text!(
            "`{purpose}` is no purpose that a screen may be recorded for",
            "`{purpose}` n'est pas une finalité pour laquelle un écran peut être enregistré",
            purpose = shortened(purpose.value)
        );
        let help = words(
            "the one purpose is the training of staff: write `purpose = \"training\"`, or delete the programme",
            "la seule finalité est la formation du personnel\u{a0}: écrivez `purpose = \"training\"`, ou \
             supprimez le programme",
        );
        problems.add(Problem::error("purpose", &purpose.span, message).rule("S2").help(help));
    }
}

fn check_announcement(announced: &Day, from: &Day, problems: &mut Problems<'_>) {
    if announced.date >= from.date {
        let message = text!(
            "the employees were told on {announced}, which is not before the first day ({from})",
            "les salariés n'ont été informés que le {announced}, et non avant le premier jour ({from})",
            announced = announced.date,
            from = from.date
        );
        let help = words(
            "tell the employees of the dates before the programme starts, or start it later",
            "informez les salariés des dates avant le début du programme, ou faites-le commencer plus tard",
        );
        problems.add(
            Problem::error("announced-late", &announced.span, message)
                .rule("+5")
                .help(help),
        );
    }
}

fn check_review(review: &Day, until: &Day, problems: &mut Problems<'_>) {
    if review.date < until.date {
        let message = text!(
            "`review-until` ({review}) comes before `until` ({until})",
            "`review-until` ({review}) précède `until` ({until})",
            review = review.date,
            until = until.date
        );
        let help = words(
            "write a day on or after `until`, or leave it out for 30 days after `until`",
            "écrivez le jour de `until` ou un jour qui le suit, ou retirez la clé\u{a0}: ce sera 30 jours \
             après `until`",
        );
        problems.add(
            Problem::error("dates-order", &review.span, message)
                .rule("S10")
                .help(help),
        );
    }
}

fn check_length(days: &Days, problems: &mut Problems<'_>) {
    let count = days.count();
    if count > LONG {
        let message = text!(
            "the programme lasts {count} days, longer than {LONG}",
            "le programme dure {count} jours, plus de {LONG}",
        );
        let help = words(
            "split it into shorter programmes, each with a need of its own",
            "divisez-le en programmes plus courts, chacun avec son propre besoin",
        );
        problems.add(
            Problem::warning("long-programme", &days.last.span, message)
                .rule("+1")
                .help(help),
        );
    }
}

impl Draft<'_> {
    /// Warns where its dates lie outside those of the rules.
    pub(super) fn check_within(&self, in_force: &Days, problems: &mut Problems<'_>) {
        let Some(days) = &self.days else { return };
        let outside = |day: &Day, what: Words, limit: &Day| {
            let message = text!(
                "the programme {what} ({limit}), and nothing is recorded then",
                "le programme {what} ({limit}), et rien n'est alors enregistré",
                limit = limit.date; what
            );
            let help = words(
                "move the date, or the dates of `in-force`",
                "déplacez la date, ou les dates de `in-force`",
            );
            Problem::warning("programme-outside-in-force", &day.span, message)
                .rule("S10")
                .help(help)
        };
        if days.first.date < in_force.first.date {
            problems.add(outside(
                &days.first,
                words(
                    "starts before the rules are in force",
                    "commence avant la prise d'effet des règles",
                ),
                &in_force.first,
            ));
        } else if days.first.date > in_force.last.date {
            problems.add(outside(
                &days.first,
                words(
                    "starts after the rules are in force",
                    "commence après la fin de validité des règles",
                ),
                &in_force.last,
            ));
        }
        if days.last.date > in_force.last.date {
            problems.add(outside(
                &days.last,
                words(
                    "ends after the rules are in force",
                    "se termine après la fin de validité des règles",
                ),
                &in_force.last,
            ));
        } else if days.last.date < in_force.first.date {
            problems.add(outside(
                &days.last,
                words(
                    "ends before the rules are in force",
                    "se termine avant la prise d'effet des règles",
                ),
                &in_force.first,
            ));
        }
    }

    /// Reports applications with more patterns than a window can be compared with.
    fn check_patterns(&self, size: usize, problems: &mut Problems<'_>) {
        let Some(first) = self.applications.iter().flatten().next() else {
            return;
        };
        if size > MAX_PATTERNS {
            let message = text!(
                "the patterns of this programme's applications are {size} bytes, more than {MAX_PATTERNS}",
                "les motifs des applications de ce programme font {size} octets, plus de {MAX_PATTERNS}",
            );
            let help = words(
                "split the programme, or write fewer patterns with more `*`; each counts 16 bytes more than it has",
                "divisez le programme, ou écrivez moins de motifs avec plus de `*`\u{a0}; chacun compte 16 octets de plus \
                 qu'il n'en a",
            );
            problems.add(
                Problem::error("too-many-patterns", &first.span, message)
                    .rule("S4")
                    .help(help),
            );
        }
    }

    /// The programme that the component takes; `None` where something is missing, which was reported. `patterns`
    /// says how much those of each application are.
    pub(super) fn resolve(
        self,
        zone: &Zone,
        applications: &mut Index<'_>,
        patterns: &[usize],
        problems: &mut Problems<'_>,
    ) -> Option<Programme> {
        let mut positions: Vec<u32> = Vec::new();
        let mut size = 0;
        for id in self.applications.iter().flatten() {
            let Some(place) = applications.find(id, "S4", problems) else {
                continue;
            };
            if let Ok(at) = u32::try_from(place)
                && !positions.contains(&at)
            {
                positions.push(at);
                size += patterns.get(place).copied().unwrap_or_default();
            }
        }
        self.check_patterns(size, problems);
        let days = self.days?;
        let volume = self.volume?;
        let last_review = match self.review_until {
            Some(day) => day.date,
            None => days.last.date.saturating_add(REVIEW_DAYS.days()),
        };
        Some(Programme {
            id: String::from(self.id?.value),
            dates: zone.span_of(&days),
            review_until: zone.end_of(last_review),
            enrolment: self
                .employees
                .map_or(Enrolment::Attested, |employees| listed(&employees)),
            applications: positions,
            employee_cap: volume.employee_cap,
            programme_cap: volume.programme_cap,
            max_unreviewed: volume.max_unreviewed,
            share_millionths: volume.share_millionths,
            sampling_period: volume.sampling_period,
        })
    }
}

fn listed(employees: &[Text<'_>]) -> Enrolment {
    let mut tokens: Vec<String> = employees.iter().map(|employee| String::from(employee.value)).collect();
    tokens.sort_unstable();
    tokens.dedup();
    Enrolment::Listed(tokens)
}
