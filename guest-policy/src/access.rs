//! Who may do what with a recording (legal.md, S2, S8 to S10, +7, +8, +10).

use crate::facts::Access;
use crate::notes;
use crate::retention::keep_until;
use crate::rules::{Coverage, Role, Roles, Rules};
use crate::types::{Artefact, CaptureMode, Obligations, Operation, Purpose, Reason, Refusal};

/// Checks an access in the order of the contract.
///
/// # Errors
/// The first check that fails, with the note that says which part of it.
pub fn authorise(rules: &Rules, access: &Access) -> Result<Obligations, Refusal> {
    if access.operation == Operation::Delete {
        authorised(rules, access)?;
        return Ok(obligations(access));
    }
    coherent(access)?;
    // The stricter reading of S1: nothing that comes from screenshots, not only the recording itself.
    if access.mode == CaptureMode::Screenshot {
        return Err(notes::SCREENSHOT);
    }
    purpose_allows(access)?;
    in_review_period(rules, access)?;
    authorised(rules, access)?;
    if access.restricted && access.purpose == Purpose::Training {
        return Err(Refusal::of(Reason::RESTRICTED));
    }
    let until = keep_until(rules, access.artefact, access.collected_at, &access.programme);
    if access.at >= until {
        return Err(Refusal::of(Reason::RETENTION));
    }
    let leaves = matches!(access.operation, Operation::TrainOthers | Operation::Export);
    if leaves && access.artefact != Artefact::AnonymisedCopy {
        return Err(Refusal::of(Reason::NOT_ANONYMISED));
    }
    Ok(obligations(access))
}

fn coherent(access: &Access) -> Result<(), Refusal> {
    if access.collected_at > access.at {
        return Err(notes::COLLECTED_LATER);
    }
    if access.artefact == Artefact::Recording && access.subject.is_none() {
        return Err(notes::NO_SUBJECT);
    }
    Ok(())
}

/// S2 and S10: for training, for the person's own rights, for oversight; each with its own operations.
fn purpose_allows(access: &Access) -> Result<(), Refusal> {
    let for_rights = matches!(
        access.operation,
        Operation::Disclose | Operation::Restrict | Operation::Release
    );
    let allowed = match access.purpose {
        Purpose::Training => !for_rights,
        Purpose::SubjectRight => for_rights,
        Purpose::Oversight => access.operation == Operation::View,
        Purpose::Evaluation | Purpose::Quality | Purpose::Evidence | Purpose::Monitoring | Purpose::Other => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::of(Reason::PURPOSE))
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

/// S9: an individual account, in a role that allows this, authorised now.
fn authorised(rules: &Rules, access: &Access) -> Result<(), Refusal> {
    if !access.individual_account {
        return Err(notes::SHARED_ACCOUNT);
    }
    if let Roles::Listed(roles) = &rules.roles {
        let found = roles.binary_search_by(|r| r.id.as_str().cmp(&access.role)).ok();
        let role = found.and_then(|at| roles.get(at)).ok_or(notes::UNKNOWN_ROLE)?;
        role_allows(role, access)?;
    }
    if access.authorised_until.is_none_or(|until| until <= access.at) {
        return Err(notes::NOT_AUTHORISED_NOW);
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

/// Every access is journalled; oversight looks with a second person.
fn obligations(access: &Access) -> Obligations {
    Obligations {
        journal: true,
        watermark: false,
        second_person: access.purpose == Purpose::Oversight && access.operation != Operation::Delete,
    }
}
