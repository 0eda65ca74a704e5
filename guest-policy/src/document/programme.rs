//! The training programmes.

use alloc::{format, string::String, vec::Vec};

use jiff::ToSpan as _;

use super::cursor::{Item, Key, Text, shortened};
use super::dates::{self, Day, Days, Zone};
use super::index::Index;
use super::problem::{Problem, Problems};
use super::volume::{self, Volume};
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
    applications: Vec<Text<'t>>,
    review_until: Option<Day>,
    volume: Option<Volume>,
}

/// Reads one programme.
pub(super) fn read<'t>(item: &Item<'t>, problems: &mut Problems<'_>) -> Option<Draft<'t>> {
    let mut table = item.table(problems)?;
    let id = table.required(&ID, problems).and_then(|item| item.text(problems));
    if let Some(purpose) = table.required(&PURPOSE, problems).and_then(|item| item.text(problems)) {
        check_purpose(&purpose, problems);
    }
    if let Some(need) = table.required(&NEED, problems) {
        need.text(problems);
    }
    let applications = table
        .required(&APPLICATIONS, problems)
        .and_then(|item| item.some_texts(problems));
    let employees = table.optional(&EMPLOYEES).and_then(|item| item.some_texts(problems));
    let announced = table
        .required(&ANNOUNCED_ON, problems)
        .and_then(|item| dates::read(&item, problems));
    let from = table
        .required(&FROM, problems)
        .and_then(|item| dates::read(&item, problems));
    let until = table
        .required(&UNTIL, problems)
        .and_then(|item| dates::read(&item, problems));
    let review_until = table
        .optional(&REVIEW_UNTIL)
        .and_then(|item| dates::read(&item, problems));
    let volume = table
        .required(&VOLUME, problems)
        .and_then(|item| volume::read(&item, problems));
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
        applications: applications.unwrap_or_default(),
        review_until,
        volume,
    })
}

fn check_purpose(purpose: &Text<'_>, problems: &mut Problems<'_>) {
    if purpose.value != TRAINING {
        let message = format!(
            "`{}` is no purpose that a screen may be recorded for",
            shortened(purpose.value)
        );
        let help = "the one purpose is the training of staff: write `purpose = \"training\"`, or delete the programme";
        problems.add(Problem::error("purpose", &purpose.span, message).rule("S2").help(help));
    }
}

fn check_announcement(announced: &Day, from: &Day, problems: &mut Problems<'_>) {
    if announced.date >= from.date {
        let message = format!(
            "the employees were told on {}, which is not before the first day ({})",
            announced.date, from.date
        );
        let help = "tell the employees of the dates before the programme starts, or start it later";
        problems.add(
            Problem::error("announced-late", &announced.span, message)
                .rule("+5")
                .help(help),
        );
    }
}

fn check_review(review: &Day, until: &Day, problems: &mut Problems<'_>) {
    if review.date < until.date {
        let message = format!("`review-until` ({}) comes before `until` ({})", review.date, until.date);
        let help = "write a day on or after `until`, or leave it out for 30 days after `until`";
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
        let message = format!("the programme lasts {count} days, longer than {LONG}");
        let help = "split it into shorter programmes, each with a need of its own";
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
        let outside = |day: &Day, what: &str, limit: &Day| {
            let message = format!("the programme {what} ({}), and nothing is recorded then", limit.date);
            let help = "move the date, or the dates of `in-force`";
            Problem::warning("programme-outside-in-force", &day.span, message)
                .rule("S10")
                .help(help)
        };
        if days.first.date < in_force.first.date {
            problems.add(outside(
                &days.first,
                "starts before the rules are in force",
                &in_force.first,
            ));
        } else if days.first.date > in_force.last.date {
            problems.add(outside(
                &days.first,
                "starts after the rules are in force",
                &in_force.last,
            ));
        }
        if days.last.date > in_force.last.date {
            problems.add(outside(&days.last, "ends after the rules are in force", &in_force.last));
        } else if days.last.date < in_force.first.date {
            problems.add(outside(
                &days.last,
                "ends before the rules are in force",
                &in_force.first,
            ));
        }
    }

    /// The programme that the component takes; `None` where something is missing, which was reported.
    pub(super) fn resolve(
        self,
        zone: &Zone,
        applications: &mut Index<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<Programme> {
        let mut positions: Vec<u32> = Vec::new();
        for id in &self.applications {
            let found = applications
                .find(id, "S4", problems)
                .and_then(|at| u32::try_from(at).ok());
            if let Some(at) = found.filter(|at| !positions.contains(at)) {
                positions.push(at);
            }
        }
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
