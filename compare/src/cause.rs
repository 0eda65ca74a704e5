//! Which part of the rules an answer comes from.
//!
//! A part is named as the cause of a change only where that can be shown: with this part alone as it was
//! before, and everything else as it is now, one of the group's own questions is no longer answered with that
//! change. Where two parts each suffice, neither is named.

use gardefou_policy::rules::{Programme, Programmes, Role, Roles, Rules, Step};
use gardefou_policy::types::Artefact;

use crate::direction::direction;
use crate::group::{Case, Group, changes};
use crate::oracle::{Native, Oracle as _};
use crate::question::Question;
use crate::sides::{Sides, applications, distinct};

/// More parts than this are not tried for one example.
const TRIED: usize = 256;

/// A part of the rules: what a key of the document, or a few of them, say.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// The days on which the rules are in force.
    InForce,
    /// A prior step.
    Attestation(Step),
    /// Which notice counts.
    NoticeVersion,
    /// How long it is good for.
    NoticeValidity,
    /// The longest time between two frames.
    FrameInterval,
    /// The oldest that facts may be.
    FactsAge,
    /// Whether held calls are recorded.
    WhileHeld,
    /// How long an artefact is kept.
    Kept(Artefact),
    /// What of an application.
    Application(String, OfApplication),
    /// What of a programme.
    Programme(String, OfProgramme),
    /// What of a role.
    Role(String, OfRole),
}

/// A part of an application.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfApplication {
    /// How its windows are recognised.
    Entries,
    /// Which titles exclude them.
    NeverTitle,
    /// What is never entered in it.
    NeverEntered,
}

/// A part of a programme.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfProgramme {
    /// Whether there is one.
    Existence,
    /// Its days.
    Days,
    /// Until when trainers may work with its recordings.
    ReviewUntil,
    /// Who needs it.
    Employees,
    /// Its applications.
    Applications,
    /// The cap for one employee.
    EmployeeCap,
    /// The cap of the programme.
    ProgrammeCap,
    /// What may wait for review.
    Unreviewed,
    /// Its share of calls.
    Share,
}

/// A part of a role.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfRole {
    /// Whether there is one.
    Existence,
    /// What it may do.
    May,
    /// For which purposes.
    Purposes,
    /// Under which programmes.
    Programmes,
    /// Whether it sees recordings of the person behind the account only.
    OwnOnly,
}

const OF_APPLICATION: [OfApplication; 3] = [
    OfApplication::Entries,
    OfApplication::NeverTitle,
    OfApplication::NeverEntered,
];

const OF_PROGRAMME: [OfProgramme; 9] = [
    OfProgramme::Existence,
    OfProgramme::Days,
    OfProgramme::ReviewUntil,
    OfProgramme::Employees,
    OfProgramme::Applications,
    OfProgramme::EmployeeCap,
    OfProgramme::ProgrammeCap,
    OfProgramme::Unreviewed,
    OfProgramme::Share,
];

const OF_ROLE: [OfRole; 5] = [
    OfRole::Existence,
    OfRole::May,
    OfRole::Purposes,
    OfRole::Programmes,
    OfRole::OwnOnly,
];

/// The parts that a group's change comes from, each once. `sides` are the rules of either side; `may` leaves out
/// parts that are known to be alike.
#[must_use]
pub fn causes(sides: &Sides<'_>, group: &Group, may: &dyn Fn(&Part) -> bool) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    for case in &group.examples {
        for part in parts_at(sides, &case.new_question).into_iter().take(TRIED) {
            if !found.contains(&part) && may(&part) && is_cause(sides, &part, case, group) {
                found.push(part);
            }
        }
    }
    found
}

/// Whether the change goes away where this part alone is as it was.
fn is_cause(sides: &Sides<'_>, part: &Part, case: &Case, group: &Group) -> bool {
    let mut hybrid = sides.new.clone();
    part.put(sides.old, &mut hybrid);
    if hybrid == *sides.new {
        return false;
    }
    let answer = Native::new(&hybrid).answer(&case.new_question);
    let Some(way) = direction(&case.old, &answer) else {
        return true;
    };
    let with = Case {
        new: answer,
        ..case.clone()
    };
    !changes(&with, way).contains(&(group.change.clone(), group.direction))
}

/// The parts that a question may be answered by.
fn parts_at(sides: &Sides<'_>, question: &Question) -> Vec<Part> {
    let mut parts = vec![Part::InForce];
    parts.extend(Step::ALL.map(Part::Attestation));
    parts.extend([
        Part::NoticeVersion,
        Part::NoticeValidity,
        Part::FrameInterval,
        Part::FactsAge,
        Part::WhileHeld,
    ]);
    parts.extend(Artefact::ALL.map(Part::Kept));
    if let Some(id) = question.programme() {
        let own = sides.both().into_iter().flat_map(|rules| applications(rules, id));
        for application in distinct(own.map(|application| application.id.clone())) {
            parts.extend(OF_APPLICATION.map(|what| Part::Application(application.clone(), what)));
        }
        parts.extend(OF_PROGRAMME.map(|what| Part::Programme(id.to_owned(), what)));
    }
    if let Question::Access(access) = question {
        parts.extend(OF_ROLE.map(|what| Part::Role(access.role.clone(), what)));
    }
    parts
}

impl Part {
    /// Puts this part of `from` into other rules. Where either side lacks what it is a part of, nothing changes.
    pub fn put(&self, from: &Rules, into: &mut Rules) {
        match self {
            Self::InForce => into.in_force = from.in_force,
            Self::Attestation(step) => {
                let of = from.attestations.iter().find(|a| a.step == *step);
                let place = into.attestations.iter_mut().find(|a| a.step == *step);
                if let (Some(of), Some(place)) = (of, place) {
                    place.clone_from(of);
                }
            }
            Self::NoticeVersion => into.notice.version.clone_from(&from.notice.version),
            Self::NoticeValidity => into.notice.valid_for = from.notice.valid_for,
            Self::FrameInterval => into.max_frame_interval = from.max_frame_interval,
            Self::FactsAge => into.max_facts_age = from.max_facts_age,
            Self::WhileHeld => into.while_held = from.while_held,
            Self::Kept(artefact) => {
                let (old, new) = (&from.retention, &mut into.retention);
                match artefact {
                    Artefact::Recording => new.recordings = old.recordings,
                    Artefact::Analysis => new.analyses = old.analyses,
                    Artefact::DecisionRecord => new.decisions = old.decisions,
                    Artefact::AccessRecord => new.accesses = old.accesses,
                    Artefact::Temporary => new.temporary = old.temporary,
                    Artefact::AnonymisedCopy | Artefact::Other => {}
                }
            }
            Self::Application(id, what) => {
                let of = from.applications.iter().find(|a| a.id == *id);
                let place = into.applications.iter_mut().find(|a| a.id == *id);
                let (Some(of), Some(place)) = (of, place) else { return };
                match what {
                    OfApplication::Entries => place.entries.clone_from(&of.entries),
                    OfApplication::NeverTitle => place.never_title.clone_from(&of.never_title),
                    OfApplication::NeverEntered => {
                        place.never_payment_card = of.never_payment_card;
                        place.never_password = of.never_password;
                    }
                }
            }
            Self::Programme(id, OfProgramme::Existence) => programme_whole(id, from, into),
            Self::Programme(id, what) => of_programme(id, *what, from, into),
            Self::Role(id, what) => of_role(id, *what, from, into),
        }
    }
}

/// The programme of one document under the positions that another gives its applications.
fn positions(programme: &Programme, from: &Rules, into: &Rules) -> Vec<u32> {
    let own = applications(from, &programme.id);
    let found = own
        .iter()
        .filter_map(|own| into.applications.iter().position(|a| a.id == own.id));
    found.filter_map(|at| u32::try_from(at).ok()).collect()
}

/// Takes a programme away, or puts it in, where one side alone has it.
fn programme_whole(id: &str, from: &Rules, into: &mut Rules) {
    let old = listed(from, id).map(|programme| {
        let applications = positions(programme, from, into);
        Programme {
            applications,
            ..programme.clone()
        }
    });
    let Programmes::Listed(list) = &mut into.programmes else {
        return;
    };
    let is_there = list.iter().any(|p| p.id == id);
    match old {
        Some(old) if !is_there => {
            list.push(old);
            list.sort_by(|a, b| a.id.cmp(&b.id));
        }
        None if is_there => list.retain(|p| p.id != id),
        _ => {}
    }
}

fn listed<'a>(rules: &'a Rules, id: &str) -> Option<&'a Programme> {
    match &rules.programmes {
        Programmes::Listed(list) => list.iter().find(|p| p.id == id),
        Programmes::Any(_) => None,
    }
}

fn of_programme(id: &str, what: OfProgramme, from: &Rules, into: &mut Rules) {
    let Some(old) = listed(from, id) else { return };
    let applications = positions(old, from, into);
    let Programmes::Listed(list) = &mut into.programmes else {
        return;
    };
    let Some(new) = list.iter_mut().find(|p| p.id == id) else {
        return;
    };
    match what {
        OfProgramme::Existence => {}
        OfProgramme::Days => new.dates = old.dates,
        OfProgramme::ReviewUntil => new.review_until = old.review_until,
        OfProgramme::Employees => new.enrolment.clone_from(&old.enrolment),
        OfProgramme::Applications => new.applications = applications,
        OfProgramme::EmployeeCap => new.employee_cap = old.employee_cap,
        OfProgramme::ProgrammeCap => new.programme_cap = old.programme_cap,
        OfProgramme::Unreviewed => new.max_unreviewed = old.max_unreviewed,
        OfProgramme::Share => {
            new.share_millionths = old.share_millionths;
            new.sampling_period = old.sampling_period;
        }
    }
}

fn of_role(id: &str, what: OfRole, from: &Rules, into: &mut Rules) {
    let role = |rules: &Rules| -> Option<Role> {
        match &rules.roles {
            Roles::Listed(roles) => roles.iter().find(|role| role.id == id).cloned(),
            Roles::NotAsked => None,
        }
    };
    let old = role(from);
    let Roles::Listed(roles) = &mut into.roles else { return };
    let place = roles.iter().position(|role| role.id == id);
    if what == OfRole::Existence {
        match (old, place) {
            (Some(old), None) => {
                roles.push(old);
                roles.sort_by(|a, b| a.id.cmp(&b.id));
            }
            (None, Some(at)) => drop(roles.remove(at)),
            _ => {}
        }
        return;
    }
    let (Some(old), Some(new)) = (old, place.and_then(|at| roles.get_mut(at))) else {
        return;
    };
    match what {
        OfRole::Existence => {}
        OfRole::May => new.may = old.may,
        OfRole::Purposes => new.purposes = old.purposes,
        OfRole::Programmes => new.programmes = old.programmes,
        OfRole::OwnOnly => new.own_only = old.own_only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, Direction, Plan, Term};
    use gardefou_policy::document;
    use gardefou_policy::types::Timestamp;

    fn read(text: &str) -> Rules {
        document::read(text.as_bytes(), Timestamp::MIN).rules.unwrap()
    }

    fn example() -> String {
        include_str!("../../rules/example.toml").to_owned()
    }

    fn groups(old: &Rules, new: &Rules) -> Vec<Group> {
        let plan = Plan::of(Sides { old, new });
        plan.compare(&mut Native::new(old), &mut Native::new(new), || {}).groups
    }

    #[test]
    fn a_change_comes_from_the_part_that_was_edited_and_from_no_other() {
        let old = read(&example());
        for (from, to, part) in [
            ("\"500ms\"", "\"800ms\"", Part::FrameInterval),
            ("\"250ms\"", "\"200ms\"", Part::FactsAge),
            (
                "until        = 2026-12-15",
                "until = 2026-12-10",
                Part::Programme("crm-onboarding".into(), OfProgramme::Days),
            ),
            (
                "\"e-1002\"",
                "\"e-1003\"",
                Part::Programme("crm-onboarding".into(), OfProgramme::Employees),
            ),
            (
                "[\"view\", \"annotate\", \"train-others\"]",
                "[\"view\"]",
                Part::Role("trainer".into(), OfRole::May),
            ),
            (
                "recordings = \"180d\"",
                "recordings = \"100d\"",
                Part::Kept(Artefact::Recording),
            ),
        ] {
            assert!(example().contains(from), "{from}");
            let new = read(&example().replacen(from, to, 1));
            let sides = Sides { old: &old, new: &new };
            let groups = groups(&old, &new);
            assert!(!groups.is_empty(), "{from}");
            for group in &groups {
                let found = causes(&sides, group, &|_| true);
                assert!(
                    found.iter().all(|own| *own == part),
                    "{from}: {found:?} of {:?}",
                    group.change
                );
            }
            let any = groups
                .iter()
                .any(|group| causes(&sides, group, &|_| true).contains(&part));
            assert!(any, "{from}");
        }
    }

    #[test]
    fn two_parts_of_the_terms_are_told_apart() {
        let old = read(&example());
        let text = example().replacen("limit = \"2h\"", "limit = \"3h\"", 1);
        let new = read(&text.replacen("\"250ms\"", "\"200ms\"", 1));
        let sides = Sides { old: &old, new: &new };
        for group in groups(&old, &new) {
            let Change::Terms { term, .. } = group.change else {
                continue;
            };
            let expected = match term {
                Some(Term::FactsAge) => Part::FactsAge,
                _ => Part::Programme("crm-onboarding".into(), OfProgramme::EmployeeCap),
            };
            assert_eq!(causes(&sides, &group, &|_| true), [expected]);
            assert_ne!(group.direction, Direction::Neither);
        }
    }
}
