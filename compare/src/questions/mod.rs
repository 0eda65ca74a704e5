//! Every question that could tell two rule documents apart.
//!
//! Why that is all of them, for components that `bake` reproduces from their documents:
//!
//! - An answer is the first check that fails, in an order that is the contract's and not the document's. Each
//!   check reads few facts. For one programme and one instant the facts of different checks are disjoint.
//! - So dates, which many checks share, and programmes are gone through in full: each boundary of both
//!   documents, and the millisecond before it; between two boundaries nothing changes. At each, the facts of
//!   one check take every value that either document tells apart, while everything else passes, first as one
//!   document has it, then as the other.
//! - That suffices. Let two documents differ on some facts: the first failing check of the one, `i`, stands
//!   before that of the other (or is the same with another note). The other passes `i` on these facts. Put the
//!   facts of `i` into a session that the other passes: the one fails at `i` or before it, the other later or
//!   not at all.
//! - Pairs of failing checks show the order; they matter for components that were not baked.
//!
//! The tests hold this against random documents and random calls.

mod access;
mod changes;
mod frame;
mod open;
mod review;
mod window;

use std::ops::ControlFlow;

use crate::asker::{Asker, Flow};
use crate::outline::{Outline, Sample};
use crate::question::Question;

pub(crate) use frame::base as frame_of_a_window;

/// Puts every question; programmes that are beyond the limit are noted in the tally.
pub(crate) fn ask(outline: &Outline, asker: &mut dyn Asker) {
    // What the floor's own answers are needed for, and no document changes, comes first.
    let mut flow = review::ask(asker);
    for sample in outline.samples() {
        if flow.is_continue() {
            flow = programme(outline, &sample, asker);
        }
        let tally = asker.tally();
        let alike = u64::try_from(sample.alike).unwrap_or(u64::MAX);
        if flow.is_continue() {
            tally.programmes += 1;
            tally.alike += alike;
        } else {
            tally.cut.push(sample.id);
        }
    }
}

fn programme(outline: &Outline, sample: &Sample, asker: &mut dyn Asker) -> Flow {
    let id = &sample.id;
    asker.put(Question::Terms(id.clone()))?;
    open::ask(outline, id, asker)?;
    if let Some(opening) = open::common(outline, id, asker) {
        window::ask(outline, &opening, asker)?;
        frame::ask(outline, &opening, asker)?;
    } else if id != crate::outline::NO_PROGRAMME {
        asker.tally().without_frames.push(id.clone());
    }
    access::ask(outline, id, asker)?;
    ControlFlow::Continue(())
}
