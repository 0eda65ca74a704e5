//! Who may do what with a recording (legal.md, S2, S8 to S10, +7, +8, +10).

use crate::facts::Access;
use crate::notes;
use crate::retention::keep_until;
use crate::rules::{Coverage, Role, Roles, Rules};
use crate::types::{Answer, Artefact, CaptureMode, Obligations, Operation, Purpose, Reason, Refusal, Timestamp};

/// Checks an access in the order of the contract.
///
/// # Errors
/// The first check that fails, with the note that says which part of it.
pub fn authorise(rules: &Rules, access: &Access) -> Result<Obligations, Refusal> {
    if access.operation == Operation::Delete {
        let role = authorised(rules, access)?;
        may_delete(role, access)?;
        return Ok(obligations(access));
    }
    coherent(access)?;
    no_still_image(access)?;
    purpose_allows(access)?;
    in_review_period(rules, access)?;
    authorised(rules, access)?;
    if access.purpose == Purpose::Training {
        may_train(rules, access)?;
    }
    let leaves = matches!(access.operation, Operation::TrainOthers | Operation::Export);
    if leaves && access.artefact != Artefact::AnonymisedCopy {
        return Err(Refusal::of(Reason::NOT_ANONYMISED));
    }
    Ok(obligations(access))
}

/// Whether nobody may work with it, at a person's request or an authority's (+10); also where nobody knows.
const fn is_restricted(access: &Access) -> bool {
    !matches!(access.restricted, Answer::No)
}

fn coherent(access: &Access) -> Result<(), Refusal> {
    if !access.is_within_limits() {
        return Err(notes::TOO_LONG);
    }
    if access.operation == Operation::Other || access.artefact == Artefact::Other {
        return Err(notes::NO_OPERATION);
    }
    if access.collected_at > access.at {
        return Err(notes::COLLECTED_LATER);
    }
    if access.artefact == Artefact::Recording && access.subject.is_none() {
        return Err(notes::NO_SUBJECT);
    }
    Ok(())
}

/// The stricter reading of S1: nothing that comes from screenshots, not only the recording itself. But the
/// person's rights and an authority's reach what should not exist, too.
fn no_still_image(access: &Access) -> Result<(), Refusal> {
    if access.mode == CaptureMode::Screenshot && !access.purpose.is_right() {
        return Err(notes::SCREENSHOT);
    }
    Ok(())
}

/// S2 and S10: for training, for the person's own rights, for oversight; each with its own operations.
fn purpose_allows(access: &Access) -> Result<(), Refusal> {
    match access.purpose {
        Purpose::Evaluation | Purpose::Quality | Purpose::Evidence | Purpose::Monitoring | Purpose::Other => {
            Err(Refusal::of(Reason::PURPOSE))
        }
        purpose if purpose.allows(access.operation) => Ok(()),
        Purpose::Training | Purpose::SubjectRight | Purpose::Oversight => Err(notes::NOT_OF_PURPOSE),
    }
}

/// S10: trainers work with recordings until the programme's period of review is over.
fn in_review_period(rules: &Rules, access: &Access) -> Result<(), Refusal> {
    if access.purpose != Purpose::Training {
        return Ok(());
    }
    let programme = rules
        .programmes
        .find(&access.programme)
        .ok_or(notes::UNKNOWN_PROGRAMME)?;
    if access.at >= programme.review_until {
        return Err(notes::REVIEW_OVER);
    }
    Ok(())
}

/// S9: an individual account, in a role that allows this, authorised now. The role; none for the floor, which
/// knows no roles.
fn authorised<'r>(rules: &'r Rules, access: &Access) -> Result<Option<&'r Role>, Refusal> {
    if !access.is_within_limits() {
        // Where nothing was checked before: for a deletion.
        return Err(Refusal::of(Reason::NOT_AUTHORISED));
    }
    if access.account.is_empty() {
        return Err(notes::NO_ACCOUNT);
    }
    if !access.individual_account {
        return Err(notes::SHARED_ACCOUNT);
    }
    let role = match &rules.roles {
        Roles::Listed(roles) => {
            let found = roles.binary_search_by(|r| r.id.as_str().cmp(&access.role)).ok();
            let role = found.and_then(|at| roles.get(at)).ok_or(notes::UNKNOWN_ROLE)?;
            role_allows(role, access)?;
            Some(role)
        }
        Roles::NotAsked => None,
    };
    // An access that nobody says the time of would be within every authorisation.
    let untimed = access.at == Timestamp::MIN;
    if untimed || access.authorised_until.is_none_or(|until| until <= access.at) {
        return Err(notes::NOT_AUTHORISED_NOW);
    }
    Ok(role)
}

/// +10: nobody trains with what is restricted. +7: nor with what is past its time; what still exists of that
/// can be shown to the person whose it is, and to an authority.
fn may_train(rules: &Rules, access: &Access) -> Result<(), Refusal> {
    match access.restricted {
        Answer::No => {}
        Answer::Yes => return Err(notes::NO_TRAINING_WITH_IT),
        Answer::Unknown => return Err(notes::RESTRICTION_UNKNOWN),
    }
    let until = keep_until(rules, access.artefact, access.collected_at, &access.programme);
    if access.at >= until {
        return Err(Refusal::of(Reason::RETENTION));
    }
    Ok(())
}

/// +10: what is restricted is deleted by nobody but a role that answers persons or whoever oversees, whatever
/// purpose is asked for. The floor knows no roles, and so leaves this to the rules above it: any role's name
/// may be one of those.
fn may_delete(role: Option<&Role>, access: &Access) -> Result<(), Refusal> {
    let answers = role.is_none_or(|role| role.purposes.iter().any(|purpose| purpose.is_right()));
    if is_restricted(access) && !answers {
        return Err(notes::NO_DELETION);
    }
    Ok(())
}

fn role_allows(role: &Role, access: &Access) -> Result<(), Refusal> {
    if !role.may.contains(&access.operation) {
        return Err(notes::OPERATION_NOT_ALLOWED);
    }
    if let Coverage::Only(programmes) = &role.programmes
        && !programmes.contains(&access.programme)
    {
        return Err(notes::OTHER_PROGRAMME);
    }
    if access.operation != Operation::Delete && !role.purposes.contains(&access.purpose) {
        return Err(notes::OTHER_PURPOSE);
    }
    if role.own_only && access.subject.as_ref() != Some(&access.viewer) {
        return Err(notes::NOT_OWN);
    }
    Ok(())
}

/// Every access is journalled; oversight, and whoever looks for a person, does so with a second one: others
/// may be seen or heard in what they look at.
fn obligations(access: &Access) -> Obligations {
    Obligations {
        journal: true,
        watermark: false,
        second_person: needs_second_person(access.purpose, access.operation),
    }
}

/// Whether a second person must be present when this is done for that purpose.
///
/// ```
/// use gardefou_policy::{access, types::{Operation, Purpose}};
/// assert!(access::needs_second_person(Purpose::SubjectRight, Operation::View));
/// assert!(!access::needs_second_person(Purpose::SubjectRight, Operation::Disclose));
/// ```
#[must_use]
pub const fn needs_second_person(purpose: Purpose, operation: Operation) -> bool {
    match operation {
        Operation::Delete => false,
        Operation::View => purpose.is_right(),
        // It is refused; if it were not, nobody would be alone with it.
        Operation::Other => true,
        Operation::Annotate
        | Operation::TrainOthers
        | Operation::Export
        | Operation::Disclose
        | Operation::Restrict
        | Operation::Release => matches!(purpose, Purpose::Oversight),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::floor;
    use crate::types::{DAY, Timestamp};

    const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY);

    fn access(purpose: Purpose, operation: Operation) -> Access {
        Access {
            at: NOW,
            operation,
            artefact: Artefact::Recording,
            purpose,
            account: "a".into(),
            individual_account: true,
            role: "r".into(),
            authorised_until: Some(NOW.plus(1)),
            programme: "p".into(),
            subject: Some("e".into()),
            viewer: "v".into(),
            restricted: Answer::No,
            collected_at: NOW.minus(DAY),
            mode: CaptureMode::ScreenVideo,
        }
    }

    fn reason(access: &Access) -> Option<Reason> {
        authorise(&floor::rules(), access).err().map(|why| why.reason)
    }

    #[test]
    fn an_access_with_a_text_above_the_limit_is_refused() {
        let set: [fn(&mut Access, alloc::string::String); 5] = [
            |access, text| access.account = text,
            |access, text| access.role = text,
            |access, text| access.programme = text,
            |access, text| access.viewer = text,
            |access, text| access.subject = Some(text),
        ];
        for set in set {
            for (operation, refused) in [
                (Operation::View, Reason::INVALID_FACTS),
                (Operation::Delete, Reason::NOT_AUTHORISED),
            ] {
                let mut access = access(Purpose::Training, operation);
                set(&mut access, "x".repeat(crate::facts::MAX_TEXT));
                assert_eq!(reason(&access), None);
                set(&mut access, "x".repeat(crate::facts::MAX_TEXT + 1));
                assert_eq!(reason(&access), Some(refused));
            }
        }
    }

    #[test]
    fn each_purpose_has_its_operations() {
        let of = |purpose| -> Vec<Operation> {
            let may = Operation::ALL.into_iter();
            may.filter(|operation| reason(&access(purpose, *operation)) != Some(Reason::PURPOSE))
                .collect()
        };
        use Operation::{Annotate, Delete, Disclose, Export, Release, Restrict, TrainOthers, View};
        assert_eq!(of(Purpose::Training), [View, Annotate, TrainOthers, Export, Delete]);
        assert_eq!(
            of(Purpose::SubjectRight),
            [View, Annotate, Disclose, Restrict, Release, Delete]
        );
        assert_eq!(of(Purpose::Oversight), [View, Disclose, Restrict, Delete]);
        for none in [
            Purpose::Evaluation,
            Purpose::Quality,
            Purpose::Evidence,
            Purpose::Monitoring,
            Purpose::Other,
        ] {
            assert_eq!(of(none), [Delete]);
        }
    }

    #[test]
    fn the_rights_of_persons_and_authorities_reach_what_should_not_exist() {
        let wrong = |purpose, operation| Access {
            restricted: Answer::Yes,
            collected_at: Timestamp::MIN,
            mode: CaptureMode::Screenshot,
            ..access(purpose, operation)
        };
        for operation in Operation::ALL {
            for purpose in [Purpose::SubjectRight, Purpose::Oversight] {
                let refused = (!purpose.allows(operation)).then_some(Reason::PURPOSE);
                assert_eq!(reason(&wrong(purpose, operation)), refused, "{purpose:?} {operation:?}");
            }
        }
        let training = wrong(Purpose::Training, Operation::View);
        assert_eq!(reason(&training), Some(Reason::STILL_IMAGE));
        let video = Access {
            mode: CaptureMode::WindowVideo,
            ..training
        };
        assert_eq!(reason(&video), Some(Reason::RESTRICTED));
        assert_eq!(
            reason(&Access {
                restricted: Answer::No,
                ..video
            }),
            Some(Reason::RETENTION)
        );
    }
}
