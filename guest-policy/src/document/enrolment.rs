//! Who is listed where: nobody is in two programmes on one day.

use alloc::vec::Vec;
use core::ops::Range;
use std::collections::HashMap;

use super::EMPLOYEES;
use super::cursor::{Text, shortened};
use super::dates::Days;
use super::problem::{Problem, Problems};
use super::words::{text, words};
use crate::notes::Text as Message;
use crate::types::Span;

/// Every employee of the document, numbered as they appear.
#[derive(Debug, Default)]
pub(super) struct Roster<'t> {
    numbers: HashMap<&'t str, usize>,
    is_full: bool,
}

impl<'t> Roster<'t> {
    /// The employee's number; `None` for one above the limit, which is reported once.
    fn number(&mut self, employee: &Text<'t>, problems: &mut Problems<'_>) -> Option<usize> {
        if let Some(number) = self.numbers.get(employee.value) {
            return Some(*number);
        }
        let next = self.numbers.len();
        if next < EMPLOYEES {
            self.numbers.insert(employee.value, next);
            return Some(next);
        }
        if !self.is_full {
            self.is_full = true;
            let message = text!(
                "the document lists more than {EMPLOYEES} employees",
                "le document énumère plus de {EMPLOYEES} salariés",
            );
            let help = words(
                "leave `employees` out, and the recorder attests who is enrolled",
                "retirez `employees`\u{a0}: l'enregistreur attestera qui est inscrit",
            );
            problems.add(
                Problem::error("too-many-employees", &employee.span, message)
                    .rule("S6")
                    .help(help),
            );
        }
        None
    }
}

/// The employees of one programme, and its days.
#[derive(Debug)]
pub(super) struct Listing<'t> {
    programme: Option<&'t str>,
    days: Option<Days>,
    span: Option<Span>,
    /// One bit for each number of the roster.
    members: Vec<u64>,
    places: HashMap<usize, Range<usize>>,
}

impl<'t> Listing<'t> {
    /// The employees that a programme lists.
    pub(super) fn new(
        programme: Option<&'t str>,
        dates: Option<(Days, Span)>,
        employees: &[Text<'t>],
        roster: &mut Roster<'t>,
        problems: &mut Problems<'_>,
    ) -> Self {
        let (days, span) = dates.unzip();
        let mut listing = Self {
            programme,
            days,
            span,
            members: Vec::new(),
            places: HashMap::new(),
        };
        for employee in employees {
            if let Some(number) = roster.number(employee, problems) {
                listing.insert(number, employee.span.clone());
            }
        }
        listing
    }

    fn insert(&mut self, number: usize, place: Range<usize>) {
        let word = number / 64;
        if self.members.len() <= word {
            self.members.resize(word + 1, 0);
        }
        if let Some(bits) = self.members.get_mut(word) {
            *bits |= 1 << (number % 64);
        }
        self.places.entry(number).or_insert(place);
    }

    /// Whether both run at one instant: their days may be of different time zones.
    fn shares_a_day(&self, other: &Self) -> bool {
        let both = self.span.zip(other.span);
        both.is_some_and(|(a, b)| a.start < b.end && b.start < a.end)
    }

    /// Where this one lists somebody whom the other lists too.
    fn first_shared(&self, other: &Self) -> Option<&Range<usize>> {
        let words = self.members.iter().zip(&other.members).enumerate();
        let shared = words.map(|(at, (a, b))| (at, a & b)).find(|(_, both)| *both != 0);
        let (at, both) = shared?;
        let bit = usize::try_from(both.trailing_zeros()).ok()?;
        self.places.get(&(at * 64 + bit))
    }
}

/// For one programme at most so many others are named; the rest are counted.
const NAMED: usize = 10;

/// Reports every two programmes that list the same employee and share a day (legal.md, S6).
pub(super) fn check_overlaps(listings: &[Listing<'_>], problems: &mut Problems<'_>) {
    for (at, later) in listings.iter().enumerate() {
        let earlier = listings.iter().take(at).filter(|earlier| later.shares_a_day(earlier));
        let shared = earlier.filter_map(|earlier| Some((earlier, later.first_shared(earlier)?)));
        let shared: Vec<_> = shared.collect();
        for (earlier, place) in shared.iter().take(NAMED) {
            overlap(place, shares_a_day(earlier), problems);
        }
        if let Some((_, place)) = shared.get(NAMED) {
            let more = shared.len() - NAMED;
            let message = match more {
                1 => words(
                    "1 more programme lists an employee of this one and shares a day with it",
                    "un autre programme énumère un salarié de celui-ci et a un jour en commun avec lui",
                )
                .into(),
                _ => text!(
                    "{more} more programmes list an employee of this one and share a day with it",
                    "{more} autres programmes énumèrent un salarié de celui-ci et ont un jour en commun avec lui",
                ),
            };
            overlap(place, message, problems);
        }
    }
}

/// That an employee is also listed by this programme.
fn shares_a_day(earlier: &Listing<'_>) -> Message {
    let name = earlier.programme.map_or_else(
        || words("another programme", "un autre programme").into(),
        |id| text!("programme `{id}`", "le programme `{id}`", id = shortened(id)),
    );
    let when = earlier.days.as_ref().map_or_else(
        || words("", "").into(),
        |days| {
            text!(
                " ({first} to {last})",
                " (du {first} au {last})",
                first = days.first.date,
                last = days.last.date
            )
        },
    );
    text!(
        "this employee is also listed by {name}{when}, which shares a day with this one",
        "ce salarié figure aussi dans {name}{when}, qui a un jour en commun avec celui-ci"; name, when
    )
}

fn overlap(place: &Range<usize>, message: Message, problems: &mut Problems<'_>) {
    let help = words(
        "leave the employee out of one of the two, or move the dates of one",
        "retirez le salarié de l'un des deux, ou déplacez les dates de l'un d'eux",
    );
    problems.add(
        Problem::error("overlapping-programmes", place, message)
            .rule("S6")
            .help(help),
    );
}
