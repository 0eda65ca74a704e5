//! The training programmes.

use alloc::{string::String, vec::Vec};

use core::cell::Cell;

use jiff::ToSpan as _;
use toml::de::DeValue;

use super::EMPLOYEES as MOST_EMPLOYEES;
use super::application::{self, Never};
use super::attestation::{self, Opinions};
use super::cursor::{Item, Key, Table, Text, shortened};
use super::dates::{self, Day, Days, Zone};
use super::index::Index;
use super::problem::{Problem, Problems};
use super::roll::Rolls;
use super::tokens;
use super::volume::{self, Volume};
use super::words::{Words, text, words};
use crate::classify::MAX_PATTERNS;
use crate::rules::{Enrolment, Own, Programme};
use crate::types::{Span, Timestamp};

static ID: Key = Key::of_rule("id", "id = \"crm-onboarding\"", "S10");
static PURPOSE: Key = Key::of_rule("purpose", "purpose = \"training\"", "S2");
static NEED: Key = Key::of_rule("need", "need = \"The new customer desk went live in October\"", "S6");
static APPLICATIONS: Key = Key::of_rule("applications", "applications = [\"crm\"]", "S4");
static EMPLOYEES: Key = Key::of_rule("employees", "employees = [\"e-1001\", \"e-1002\"]", "S6");
static EMPLOYEES_FILE: Key = Key::of_rule("employees-file", "employees-file = \"staff.csv\"", "S6");
static TIME_ZONE: Key = Key::new("time-zone", "time-zone = \"Indian/Reunion\"");
static ANNOUNCED_ON: Key = Key::of_rule("announced-on", "announced-on = 2026-10-20", "+5");
static FROM: Key = Key::of_rule("from", "from = 2026-11-01", "S10");
static UNTIL: Key = Key::of_rule("until", "until = 2026-12-15", "S10");
static REVIEW_UNTIL: Key = Key::of_rule("review-until", "review-until = 2027-01-15", "S10");
static VOLUME: Key = Key::of_rule("volume", "[programme.volume]", "S7");

/// The one purpose that a screen may be recorded for (legal.md, S2).
const TRAINING: &str = "training";
/// Without `review-until`, trainers have so many calendar days after `until`.
const REVIEW_DAYS: i64 = 30;
/// The most places in the lists of all programmes that stand in files of their own.
const LISTED: usize = 10 * MOST_EMPLOYEES;
/// A longer programme is warned about: about six months.
const LONG: i64 = 184;

/// A programme of the document; what could not be read is missing.
pub(super) struct Draft<'t> {
    pub(super) id: Option<Text<'t>>,
    pub(super) days: Option<Days>,
    /// Those days, in the programme's own time zone.
    pub(super) span: Option<Span>,
    pub(super) employees: Option<Vec<Text<'t>>>,
    /// Whether they are in a file of their own.
    pub(super) is_apart: bool,
    /// What it names; `None` where that could not be read.
    pub(super) applications: Option<Vec<Text<'t>>>,
    review_until: Option<Day>,
    volume: Option<Volume>,
    zone: Zone,
    announced: Option<Day>,
    works_council: Option<Span>,
    never: Never,
}

/// What a programme is read with.
pub(super) struct Around<'t> {
    /// The time zone of the document.
    pub(super) zone: &'t Zone,
    /// When the document should hold.
    pub(super) today: Timestamp,
    /// The files of employees that were read.
    pub(super) rolls: &'t Rolls,
    /// How many employees the programmes before list by files: a file can be named by every programme.
    pub(super) listed: Cell<usize>,
}

/// Where a programme says that its employees are.
pub(super) fn employees_file<'t>(programme: &'t DeValue<'_>) -> Option<Text<'t>> {
    let DeValue::Table(map) = programme else { return None };
    let value = map.get(EMPLOYEES_FILE.name)?;
    let DeValue::String(path) = value.get_ref() else {
        return None; // told when the programme is read
    };
    let is_text = !path.trim().is_empty() && !path.chars().any(char::is_control);
    is_text.then(|| Text {
        value: path.as_ref(),
        span: value.span(),
    })
}

/// Reads one programme.
pub(super) fn read<'t>(item: &Item<'t>, around: &Around<'t>, problems: &mut Problems<'_>) -> Option<Draft<'t>> {
    let mut table = item.table(problems)?;
    let id = table.required(&ID).and_then(|item| item.text(problems));
    if let Some(purpose) = table.required(&PURPOSE).and_then(|item| item.text(problems)) {
        check_purpose(&purpose, problems);
    }
    if let Some(need) = table.required(&NEED) {
        need.text(problems);
    }
    let applications = table.required(&APPLICATIONS).and_then(|item| item.some_texts(problems));
    let (employees, is_apart) = read_employees(&mut table, around, problems);
    let zone = table.optional(&TIME_ZONE).and_then(|item| item.text(problems));
    let zone = zone.map_or_else(|| around.zone.clone(), |name| Zone::read(&name, problems));
    let never = application::read_never_entered(&mut table, problems);
    let announced = table
        .required(&ANNOUNCED_ON)
        .and_then(|item| dates::read(&item, problems));
    let from = table.required(&FROM).and_then(|item| dates::read(&item, problems));
    let until = table.required(&UNTIL).and_then(|item| dates::read(&item, problems));
    let review_until = table
        .optional(&REVIEW_UNTIL)
        .and_then(|item| dates::read(&item, problems));
    let volume = table.required(&VOLUME).and_then(|item| volume::read(&item, problems));
    let days = Days::between(from.clone(), until.clone(), &FROM, problems);
    let span = days.as_ref().map(|days| zone.span_of(days));
    // What is to come before a programme begins is no mistake, nor what has expired when it is over.
    let judged = span.filter(|span| around.today < span.end);
    let judged = judged.map(|span| around.today.max(span.start));
    let own = attestation::read_own(&mut table, &zone, judged, problems);
    table.finish(problems);

    if let (Some(announced), Some(from)) = (&announced, &from) {
        check_announcement(announced, from, problems);
    }
    if let (Some(review), Some(until)) = (&review_until, &until) {
        check_review(review, until, problems);
    }
    if let (Some(announced), Some((_, opinions))) = (&announced, &own) {
        opinions.check_announced(announced, zone.start_of(announced.date), problems);
    }
    if let Some(days) = &days {
        check_length(days, problems);
    }
    Some(Draft {
        id,
        days,
        span,
        employees,
        is_apart,
        applications,
        review_until,
        volume,
        zone,
        announced,
        works_council: own.map(|(valid, _)| valid),
        never,
    })
}

/// Who is listed, in the document or in a file of its own; and whether it is a file.
fn read_employees<'t>(
    table: &mut Table<'t>,
    around: &Around<'t>,
    problems: &mut Problems<'_>,
) -> (Option<Vec<Text<'t>>>, bool) {
    let listed = table.optional(&EMPLOYEES);
    let apart = table.optional(&EMPLOYEES_FILE);
    if let (Some(_), Some(apart)) = (&listed, &apart) {
        let message = words(
            "a programme lists its employees in the document or in a file, not in both",
            "un programme énumère ses salariés dans le document ou dans un fichier, pas dans les deux",
        );
        let help = words(
            "keep `employees` or `employees-file`",
            "gardez `employees` ou `employees-file`",
        );
        problems.add(
            Problem::error("contradiction", &apart.span, message)
                .rule("S6")
                .help(help),
        );
    }
    if let Some(apart) = apart {
        let path = apart.text(problems);
        let roll = path.and_then(|path| around.rolls.get(path.value));
        let before = around.listed.get();
        let listed = before.saturating_add(roll.map_or(0, |roll| roll.employees.len()));
        around.listed.set(listed);
        if listed > LISTED {
            // Told once, where it is passed.
            if before <= LISTED {
                let message = text!(
                    "the programmes list employees more than {LISTED} times by their files",
                    "les programmes citent des salariés plus de {LISTED} fois par leurs fichiers"
                );
                let help = words(
                    "leave the lists out, and the recorder attests who is enrolled",
                    "retirez les listes\u{a0}: l'enregistreur attestera qui est inscrit",
                );
                problems.add(
                    Problem::error("too-many-employees", &apart.span, message)
                        .rule("S6")
                        .help(help),
                );
            }
            return (None, true);
        }
        let text = |employee: &'t String| Text {
            value: employee.as_str(),
            span: apart.span.clone(),
        };
        return (roll.map(|roll| roll.employees.iter().map(text).collect()), true);
    }
    let employees = listed.and_then(|item| item.some_texts(problems));
    if let Some(employees) = &employees {
        for (at, odd) in tokens::oddities(employees.iter().map(|employee| employee.value)) {
            if let Some(employee) = employees.get(at) {
                problems.add(odd.problem(&employee.span, &words("", "").into()));
            }
        }
    }
    (employees, false)
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
    pub(super) fn check_within(&self, in_force: &Days, whole: Span, problems: &mut Problems<'_>) {
        let (Some(days), Some(span)) = (&self.days, self.span) else {
            return;
        };
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
        if span.start < whole.start {
            problems.add(outside(
                &days.first,
                words(
                    "starts before the rules are in force",
                    "commence avant la prise d'effet des règles",
                ),
                &in_force.first,
            ));
        } else if span.start >= whole.end {
            problems.add(outside(
                &days.first,
                words(
                    "starts after the rules are in force",
                    "commence après la fin de validité des règles",
                ),
                &in_force.last,
            ));
        }
        if span.end > whole.end {
            problems.add(outside(
                &days.last,
                words(
                    "ends after the rules are in force",
                    "se termine après la fin de validité des règles",
                ),
                &in_force.last,
            ));
        } else if span.end <= whole.start {
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

    /// Warns where its employees were told before the works councils of the document were heard.
    pub(super) fn check_announced(&self, opinions: &Opinions, problems: &mut Problems<'_>) {
        if let Some(announced) = &self.announced {
            opinions.check_announced(announced, self.zone.start_of(announced.date), problems);
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
        applications: &mut Index<'_>,
        patterns: &[usize],
        problems: &mut Problems<'_>,
    ) -> Option<(Programme, Own)> {
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
        let zone = &self.zone;
        let id = String::from(self.id?.value);
        let own = Own {
            programme: id.clone(),
            works_council: self.works_council,
            never_payment_card: self.never.payment_card,
            never_password: self.never.password,
        };
        let programme = Programme {
            id,
            dates: self.span?,
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
        };
        Some((programme, own))
    }
}

fn listed(employees: &[Text<'_>]) -> Enrolment {
    let mut tokens: Vec<String> = employees.iter().map(|employee| String::from(employee.value)).collect();
    tokens.sort_unstable();
    tokens.dedup();
    Enrolment::Listed(tokens)
}
