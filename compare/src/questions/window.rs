//! Windows of one session: those that the entries of either document are about.

use std::rc::Rc;

use crate::asker::{Asker, Flow};
use crate::outline::{Outline, applications};
use crate::question::{Opening, Question};
use crate::witness;

const KIND: &str = "window";

/// Every witness, made from either document.
pub(super) fn ask(outline: &Outline, opening: &Rc<Opening>, asker: &mut dyn Asker) -> Flow {
    let id = &opening.facts.programme;
    let all: Vec<_> = outline
        .programmes(id)
        .flat_map(|(rules, programme)| applications(rules, programme))
        .collect();
    // The limits of each document alone, and every entry with the titles of both.
    let mut identities = witness::identities(all.iter().copied());
    for (rules, programme) in outline.programmes(id) {
        let own: Vec<_> = applications(rules, programme).collect();
        let own = witness::identities(own.iter().copied());
        identities.extend(
            own.into_iter()
                .filter(|app| app.title.as_ref().is_some_and(|title| title.len() > 100)),
        );
    }
    asker.tally().axis(KIND, "windows", identities.len());
    for app in identities {
        asker.put(Question::Window(Rc::clone(opening), Box::new(app)))?;
    }
    Flow::Continue(())
}
