//! A second, simple implementation of an access: a table of what each purpose allows, every check asked on its
//! own, and then the first of those that fail, in the order of the contract.

use gardefou::{Access, Artefact, CaptureMode, Operation, Purpose, Reason, Timestamp};
use gardefou_policy::rules::{Coverage, Programmes, Role, Roles, Rules};
use gardefou_policy::types::{Answer, Obligations};

/// What one may do: for training, for a person's own request, for oversight. `1`: alone; `2`: with a second
/// person; `-`: not at all.
const MAY: [(Operation, &str); 8] = [
    (Operation::View, "122"),
    (Operation::Annotate, "11-"),
    (Operation::TrainOthers, "1--"),
    (Operation::Export, "1--"),
    (Operation::Disclose, "-12"),
    (Operation::Restrict, "-12"),
    (Operation::Release, "-1-"),
    (Operation::Delete, "111"),
];

/// The purposes of the columns; nobody may do anything for any other, but delete.
const COLUMNS: [Purpose; 3] = [Purpose::Training, Purpose::SubjectRight, Purpose::Oversight];

/// The order of the checks.
const ORDER: [Reason; 8] = [
    Reason::INVALID_FACTS,
    Reason::STILL_IMAGE,
    Reason::PURPOSE,
    Reason::PROGRAMME,
    Reason::NOT_AUTHORISED,
    Reason::RESTRICTED,
    Reason::RETENTION,
    Reason::NOT_ANONYMISED,
];

/// What the table says of this operation for this purpose.
fn cell(operation: Operation, purpose: Purpose) -> char {
    let row = MAY.iter().find(|(of, _)| *of == operation).map(|(_, row)| *row);
    let column = COLUMNS.iter().position(|of| *of == purpose);
    let cell = row.zip(column).and_then(|(row, column)| row.chars().nth(column));
    cell.unwrap_or('-')
}

/// Whether the access is allowed, and under what; the reason when it is not.
///
/// # Errors
/// The reason of the first check that fails.
pub fn answer(rules: &Rules, access: &Access) -> Result<Obligations, Reason> {
    let failing: Vec<Reason> = ORDER
        .into_iter()
        .filter(|reason| fails(*reason, rules, access))
        .collect();
    match failing.first() {
        Some(reason) => Err(*reason),
        None => Ok(Obligations {
            journal: true,
            watermark: false,
            second_person: cell(access.operation, access.purpose) == '2',
        }),
    }
}

fn fails(reason: Reason, rules: &Rules, access: &Access) -> bool {
    let training = access.purpose == Purpose::Training;
    let answers_persons = [Purpose::SubjectRight, Purpose::Oversight];
    if access.operation == Operation::Delete {
        let role = role(rules, access);
        return match reason {
            Reason::NOT_AUTHORISED => !authorised(rules, access),
            Reason::RESTRICTED => {
                access.restricted != Answer::No
                    && role.is_some_and(|role| !answers_persons.iter().any(|p| role.purposes.contains(p)))
            }
            _ => false,
        };
    }
    match reason {
        Reason::INVALID_FACTS => {
            access.at < access.collected_at || (access.artefact == Artefact::Recording && access.subject.is_none())
        }
        Reason::STILL_IMAGE => access.mode == CaptureMode::Screenshot && !answers_persons.contains(&access.purpose),
        Reason::PURPOSE => cell(access.operation, access.purpose) == '-',
        Reason::PROGRAMME => training && review_until(rules, access).is_none_or(|end| access.at >= end),
        Reason::NOT_AUTHORISED => !authorised(rules, access),
        Reason::RESTRICTED => training && access.restricted != Answer::No,
        Reason::RETENTION => training && access.at >= kept_until(rules, access),
        Reason::NOT_ANONYMISED => {
            matches!(access.operation, Operation::TrainOthers | Operation::Export)
                && access.artefact != Artefact::AnonymisedCopy
        }
        _ => true,
    }
}

fn role<'r>(rules: &'r Rules, access: &Access) -> Option<&'r Role> {
    match &rules.roles {
        Roles::Listed(roles) => roles.iter().find(|role| role.id == access.role),
        Roles::NotAsked => None,
    }
}

fn authorised(rules: &Rules, access: &Access) -> bool {
    let is_now = access.authorised_until.is_some_and(|until| access.at < until);
    let Roles::Listed(_) = &rules.roles else {
        return access.individual_account && is_now;
    };
    let Some(role) = role(rules, access) else { return false };
    let covered = match &role.programmes {
        Coverage::All => true,
        Coverage::Only(programmes) => programmes.contains(&access.programme),
    };
    let purpose = access.operation == Operation::Delete || role.purposes.contains(&access.purpose);
    let own = !role.own_only || access.subject.as_deref() == Some(access.viewer.as_str());
    access.individual_account && is_now && role.may.contains(&access.operation) && covered && purpose && own
}

/// The end of the review; none where the programme is unknown.
fn review_until(rules: &Rules, access: &Access) -> Option<Timestamp> {
    match &rules.programmes {
        Programmes::Listed(list) => list.iter().find(|p| p.id == access.programme).map(|p| p.review_until),
        Programmes::Any(programme) => Some(programme.review_until),
    }
}

fn kept_until(rules: &Rules, access: &Access) -> Timestamp {
    let kept = &rules.retention;
    let (length, with_programme) = match access.artefact {
        Artefact::Recording => (kept.recordings, true),
        Artefact::Analysis => (kept.analyses, true),
        Artefact::DecisionRecord => (kept.decisions, true),
        Artefact::AccessRecord => (kept.accesses, false),
        Artefact::Temporary => (kept.temporary, false),
        Artefact::AnonymisedCopy => return Timestamp::MAX,
        Artefact::Other => (0, false),
    };
    let by_age = Timestamp::from_millis(access.collected_at.as_millis().saturating_add(length));
    match review_until(rules, access) {
        Some(end) if with_programme && end < by_age => end,
        _ => by_age,
    }
}
