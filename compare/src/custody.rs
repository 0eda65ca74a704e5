//! The questions about what was recorded: segments, accesses, retention, and the terms of a programme.
//!
//! A review reads no rule document: every combination of the three conditions that it reads, every mode and
//! every order of the instants. An access is checked in an order, and each check reads few facts: every
//! combination of role, operation, purpose and person, everything else passing, and of each the deletion of what
//! is restricted too, which depends on the role; then, on an access that a side allows for each operation and
//! purpose, every value of every other fact. Until when something is kept is the earlier of two lines, so that
//! both are seen at the first instant, before they meet, and after.

use gardefou_policy::access;
use gardefou_policy::facts::{Access, HungUp, Segment};
use gardefou_policy::rules::{Role, Roles, Rules};
use gardefou_policy::types::{
    Answer, Artefact, CaptureMode, Condition, Conditions, Millis, NO_LIMIT, Operation, Purpose, Timestamp,
};

use crate::question::Question;
use crate::sides::{Sides, distinct, unlike};

const PURPOSES: [Purpose; 8] = [
    Purpose::Training,
    Purpose::SubjectRight,
    Purpose::Oversight,
    Purpose::Evaluation,
    Purpose::Quality,
    Purpose::Evidence,
    Purpose::Monitoring,
    Purpose::Other,
];

const MODES: [CaptureMode; 3] = [
    CaptureMode::ScreenVideo,
    CaptureMode::WindowVideo,
    CaptureMode::Screenshot,
];

const EMPLOYEE: &str = "e-1";
const SOMEBODY_ELSE: &str = "e-2";

/// Asks about segments.
pub(crate) fn reviews(sink: &mut dyn FnMut(Question)) {
    let at = Timestamp::from_millis;
    let spans = [
        (100, 200),
        (90, 150),
        (150, 250),
        (90, 250),
        (200, 300),
        (90, 100),
        (150, 150),
        (160, 150),
    ];
    let calls = [
        (Some(at(100)), HungUp::At(at(200))),
        (Some(at(100)), HungUp::GoesOn),
        (Some(at(100)), HungUp::Unknown),
        (None, HungUp::At(at(200))),
        (None, HungUp::GoesOn),
        (Some(at(200)), HungUp::At(at(100))),
    ];
    let states = [Some(false), Some(true), None];
    let read = [
        Condition::PRIVATE_CALL,
        Condition::PARTY_OBJECTED,
        Condition::PARTY_INFORMED,
    ];
    let others = Condition::ALL.into_iter().filter(|c| !read.contains(c));
    let others = others.fold(Conditions::NONE, Conditions::with);
    let mut conditions = Vec::new();
    for first in states {
        for second in states {
            for third in states {
                for others in [Conditions::NONE, others] {
                    let told = read.into_iter().zip([first, second, third]);
                    let set = |set: Conditions, is_in: bool, c| if is_in { set.with(c) } else { set };
                    conditions.push(told.fold((others, others), |(known, holds), (c, state)| {
                        (set(known, state.is_some(), c), set(holds, state == Some(true), c))
                    }));
                }
            }
        }
    }
    for (known, holds) in conditions {
        for mode in MODES {
            for (started_at, ended_at) in spans {
                for (answered_at, hung_up) in calls {
                    sink(Question::Review(Segment {
                        started_at: at(started_at),
                        ended_at: at(ended_at),
                        answered_at,
                        hung_up,
                        known,
                        holds,
                        mode,
                    }));
                }
            }
        }
    }
}

/// The roles that either side lists, and one that neither does.
pub(crate) fn roles(sides: &Sides<'_>) -> Vec<String> {
    let ids = distinct(sides.both().into_iter().flat_map(listed).map(|role| role.id.clone()));
    let unknown = unlike(&ids, "unknown-role");
    ids.into_iter().chain([unknown]).collect()
}

fn listed(rules: &Rules) -> &[Role] {
    match &rules.roles {
        Roles::Listed(roles) => roles,
        Roles::NotAsked => &[],
    }
}

/// Asks about accesses to what was recorded under a programme.
pub(crate) fn accesses(sides: &Sides<'_>, programme: &str, sink: &mut dyn FnMut(Question)) {
    let at = during_review(sides, programme);
    let roles = roles(sides);
    for role in &roles {
        for operation in Operation::ALL {
            for purpose in PURPOSES {
                for subject in [Some(EMPLOYEE), Some(SOMEBODY_ELSE), None] {
                    let mut access = sound(at, programme, role, operation, purpose);
                    access.subject = subject.map(str::to_owned);
                    if operation == Operation::Delete {
                        let restricted = restricted(access.clone());
                        sink(Question::Access(Box::new(restricted)));
                    }
                    sink(Question::Access(Box::new(access)));
                }
            }
        }
    }
    for base in bases(sides, programme, at, &roles) {
        singles(sides, programme, &base, sink);
    }
}

/// The same of what is restricted.
fn restricted(mut access: Access) -> Access {
    access.restricted = Answer::Yes;
    access
}

/// When trainers may work with recordings of the programme on every side that knows it.
fn during_review(sides: &Sides<'_>, programme: &str) -> Timestamp {
    let start = sides.of(programme).map(|p| p.dates.start).max();
    // Of a programme that no side knows, at any instant; at none (0) nobody is authorised.
    let start = start.unwrap_or(Timestamp::from_millis(1));
    let last = sides.of(programme).map(|p| p.review_until.minus(1)).min();
    start.min(last.unwrap_or(Timestamp::MAX))
}

/// An access to which no check objects but, perhaps, that of the role.
fn sound(at: Timestamp, programme: &str, role: &str, operation: Operation, purpose: Purpose) -> Access {
    Access {
        at,
        operation,
        artefact: match operation {
            Operation::TrainOthers | Operation::Export => Artefact::AnonymisedCopy,
            _ => Artefact::Recording,
        },
        purpose,
        account: "a-1".into(),
        individual_account: true,
        role: role.into(),
        authorised_until: Some(at.plus(1)),
        programme: programme.into(),
        subject: Some(EMPLOYEE.into()),
        viewer: EMPLOYEE.into(),
        restricted: Answer::No,
        collected_at: at,
        mode: CaptureMode::ScreenVideo,
    }
}

/// For each operation and purpose, an access that each side allows, where there is one.
fn bases(sides: &Sides<'_>, programme: &str, at: Timestamp, roles: &[String]) -> Vec<Access> {
    let mut bases: Vec<Access> = Vec::new();
    for rules in sides.both() {
        for operation in Operation::ALL {
            for purpose in PURPOSES {
                let of = |role: &String| sound(at, programme, role, operation, purpose);
                let allowed = roles
                    .iter()
                    .map(of)
                    .find(|access| access::authorise(rules, access).is_ok());
                bases.extend(allowed.filter(|access| !bases.contains(access)));
            }
        }
    }
    bases
}

fn singles(sides: &Sides<'_>, programme: &str, base: &Access, sink: &mut dyn FnMut(Question)) {
    let at = base.at;
    let mut with = |change: &dyn Fn(&mut Access)| {
        let mut access = base.clone();
        change(&mut access);
        sink(Question::Access(Box::new(access)));
    };
    with(&|access| access.individual_account = false);
    for until in [None, Some(at), Some(at.minus(1))] {
        with(&|access| access.authorised_until = until);
    }
    for restricted in [Answer::Unknown, Answer::Yes] {
        with(&|access| access.restricted = restricted);
    }
    with(&|access| access.operation = Operation::Other);
    with(&|access| access.artefact = Artefact::Other);
    with(&|access| access.account = String::new());
    with(&|access| access.collected_at = at.plus(1));
    for mode in MODES {
        with(&|access| access.mode = mode);
    }
    for artefact in Artefact::ALL {
        with(&|access| access.artefact = artefact);
        with(&|access| (access.artefact, access.subject) = (artefact, None));
        let kept = distinct(sides.both().iter().map(|rules| rules.retention.of(artefact)));
        for kept in kept.into_iter().filter(|kept| *kept != NO_LIMIT) {
            for age in [kept, kept.saturating_sub(1)] {
                with(&|access| (access.artefact, access.collected_at) = (artefact, at.minus(age)));
            }
        }
    }
    let ends = distinct(sides.of(programme).map(|p| p.review_until));
    for end in ends.into_iter().filter(|end| *end != Timestamp::MAX) {
        for at in [end.minus(1), end] {
            for artefact in Artefact::ALL {
                with(&|access| {
                    access.at = at;
                    access.collected_at = at;
                    access.artefact = artefact;
                    access.authorised_until = Some(at.plus(1));
                });
            }
        }
    }
    // Two failing values at once: for the order.
    let failing: [&dyn Fn(&mut Access); 9] = [
        &|access| access.collected_at = access.at.plus(1),
        &|access| access.subject = None,
        &|access| access.mode = CaptureMode::Screenshot,
        &|access| access.purpose = Purpose::Evaluation,
        &|access| access.individual_account = false,
        &|access| access.role = "no-such-role".into(),
        &|access| access.authorised_until = None,
        &|access| access.restricted = Answer::Yes,
        &|access| access.collected_at = Timestamp::MIN,
    ];
    for (n, first) in failing.iter().enumerate() {
        for second in failing.iter().skip(n + 1) {
            with(&|access| {
                first(access);
                second(access);
            });
        }
    }
}

/// Asks until when things of a programme are kept.
pub(crate) fn retentions(sides: &Sides<'_>, programme: &str, sink: &mut dyn FnMut(Question)) {
    for artefact in Artefact::ALL {
        let days: Vec<Millis> = sides.both().map(|rules| rules.retention.of(artefact)).to_vec();
        let ends = sides
            .of(programme)
            .map(|p| p.review_until)
            .filter(|end| *end != Timestamp::MAX);
        let meet = ends.flat_map(|end| {
            let before = days.iter().map(move |days| end.minus(*days));
            before.chain([end.minus(1), end]).collect::<Vec<_>>()
        });
        let starts = sides.of(programme).map(|p| p.dates.start);
        for collected_at in distinct(starts.chain(meet).chain([Timestamp::MIN])) {
            sink(Question::KeepUntil {
                artefact,
                collected_at,
                programme: programme.into(),
            });
        }
    }
}

/// Asks for the terms of a programme.
pub(crate) fn terms(programme: &str, sink: &mut dyn FnMut(Question)) {
    sink(Question::Terms {
        programme: programme.into(),
    });
}
