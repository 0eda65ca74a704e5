//! Who may do what with a recording, and until when it is kept.

use gardefou::{Access, Artefact, CaptureMode, Operation, Purpose, Timestamp};

use super::changes::Change;
use super::open::PURPOSES;
use crate::asker::{Asker, Flow};
use crate::outline::{NO_ROLE, Outline};
use crate::question::Question;

const KIND: &str = "access";

/// Everything that several checks read is gone through in full, and with each the facts of every single check.
pub(super) fn ask(outline: &Outline, id: &str, asker: &mut dyn Asker) -> Flow {
    let (instants, roles) = (outline.reviews(id), outline.roles());
    asker.tally().axis(KIND, "instants", instants.len());
    asker.tally().axis(KIND, "roles", roles.len());
    for at in instants {
        for operation in Operation::ALL {
            for purpose in PURPOSES {
                for artefact in Artefact::ALL {
                    let base = base(id, at, operation, purpose, artefact);
                    shared(outline, &base, &roles, asker)?;
                }
            }
        }
    }
    retention(outline, id, asker)
}

/// Nothing is wrong with it but, perhaps, what it is for.
fn base(id: &str, at: Timestamp, operation: Operation, purpose: Purpose, artefact: Artefact) -> Access {
    Access {
        at,
        operation,
        artefact,
        purpose,
        account: "case".into(),
        individual_account: true,
        role: String::new(),
        authorised_until: Some(at.plus(1)),
        programme: id.to_owned(),
        subject: Some("employee".into()),
        viewer: "employee".into(),
        restricted: false,
        collected_at: at,
        mode: CaptureMode::ScreenVideo,
    }
}

/// One operation, purpose, artefact and instant: every role, each alone and with each other check.
fn shared(outline: &Outline, base: &Access, roles: &[String], asker: &mut dyn Asker) -> Flow {
    let changes = changes(outline, base);
    for role in roles {
        for viewer in ["employee", "another"] {
            let mut access = base.clone();
            access.role.clone_from(role);
            access.viewer = viewer.to_owned();
            let is_own = viewer == "employee";
            asker.put(Question::Access(Box::new(access.clone())))?;
            if is_own && role != NO_ROLE {
                for change in &changes {
                    asker.put(Question::Access(Box::new(change.of(&access))))?;
                }
            }
        }
    }
    Flow::Continue(())
}

fn changes<'a>(outline: &Outline, base: &Access) -> Vec<Change<'a, Access>> {
    let at = base.at;
    let mut changes = vec![
        Change::new("account", |access: &mut Access| access.individual_account = false),
        Change::new("authorised", |access: &mut Access| access.authorised_until = None),
        Change::new("authorised", move |access: &mut Access| {
            access.authorised_until = Some(at)
        }),
        Change::new("restricted", |access: &mut Access| access.restricted = true),
        Change::new("still-image", |access: &mut Access| {
            access.mode = CaptureMode::Screenshot
        }),
        Change::new("subject", |access: &mut Access| access.subject = None),
        Change::new("collected", move |access: &mut Access| access.collected_at = at.plus(1)),
    ];
    let kept = outline.retentions(base.artefact).into_iter();
    let collected = kept.flat_map(|kept| [at.minus(kept), at.minus(kept).plus(1)]);
    changes.extend(
        collected.map(|collected| Change::new("retention", move |access: &mut Access| access.collected_at = collected)),
    );
    changes
}

/// Far from the end of the review, and around the place where it comes before the days that count.
fn retention(outline: &Outline, id: &str, asker: &mut dyn Asker) -> Flow {
    for artefact in Artefact::ALL {
        let kept = outline.retentions(artefact);
        let reviews = outline.reviews(id);
        let near = reviews
            .iter()
            .flat_map(|end| kept.iter().map(move |kept| end.minus(*kept)))
            .flat_map(|at| [at.minus(1), at, at.plus(1)]);
        let collected = near.chain([Timestamp::from_millis(0)]).chain(reviews.iter().copied());
        for collected_at in collected {
            asker.put(Question::KeepUntil {
                artefact,
                collected_at,
                programme: id.to_owned(),
            })?;
        }
    }
    Flow::Continue(())
}
