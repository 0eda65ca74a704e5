//! The page for people.

use gardefou::Millis;

use super::bar::bar;
use super::view::{Calls, Open, Owner, Recorded, View};
use crate::document::millis;
use crate::inspect::in_ascii;
use crate::language::say;
use crate::text::{FAINT, HEADING, Look, WARNED, date, length, paint, plain};

/// The ledger, with a line feed at its end.
pub(crate) fn page(view: &View, look: Look) -> String {
    let language = look.language;
    let mut parts = vec![header(view, look)];
    let programmes = language.pick("Programmes", "Programmes");
    let employees = language.pick("Employees, over all programmes", "Salariés, tous programmes confondus");
    parts.extend(owners(programmes, &view.programmes, look));
    parts.extend(owners(employees, &view.employees, look));
    if parts.len() == 1 {
        parts.push(
            language
                .pick("Nothing was recorded.", "Rien n'a été enregistré.")
                .to_owned(),
        );
    }
    parts.extend(unfinished(&view.unfinished, look));
    let page = format!("{}\n", parts.join("\n\n"));
    if look.unicode { page } else { in_ascii(&page) }
}

fn header(view: &View, look: Look) -> String {
    let (name, at) = (plain(&view.ledger), date(view.at));
    let (dot, identity) = (look.dot(), &view.identity);
    let about = say!(
        look.language,
        "at {at}{dot}identity {identity}",
        "le {at}{dot}identité {identity}"
    );
    format!("{}\n{}", paint(HEADING, &name), paint(FAINT, &about))
}

fn owners(title: &str, owners: &[Owner], look: Look) -> Option<String> {
    let mut lines = vec![paint(HEADING, title)];
    for owner in owners {
        lines.push(format!("  {}", plain(&owner.name)));
        lines.extend(owner.recorded.iter().map(|recorded| {
            row(&recorded_text(recorded, look), look, || {
                recorded
                    .limit
                    .map(|limit| bar(recorded.kept, recorded.held, limit, look))
            })
        }));
        lines.push(row(&unreviewed_text(owner, look), look, || {
            owner.max_unreviewed.map(|limit| bar(owner.unreviewed, 0, limit, look))
        }));
        lines.extend(
            owner
                .calls
                .iter()
                .map(|calls| row(&calls_text(calls, look), look, || None)),
        );
    }
    (!owners.is_empty()).then(|| lines.join("\n"))
}

/// A bar where there is one, and the numbers behind it; below it where the page is narrow.
fn row(text: &str, look: Look, bar: impl FnOnce() -> Option<String>) -> String {
    match bar() {
        None => format!("    {text}"),
        Some(bar) if look.width < 80 => format!("    {bar}\n      {text}"),
        Some(bar) => format!("    {bar}  {text}"),
    }
}

fn recorded_text(recorded: &Recorded, look: Look) -> String {
    let language = look.language;
    let kept = length(recorded.kept);
    let mut text = match recorded.limit {
        None => say!(language, "{kept} recorded", "{kept} enregistrées"),
        Some(limit) => {
            let limit = length(limit);
            say!(
                language,
                "{kept} of {limit} recorded",
                "{kept} sur {limit} enregistrées"
            )
        }
    };
    text.push_str(&within(recorded.per, look));
    if recorded.held > 0 {
        let held = length(recorded.held);
        text.push_str(&say!(language, ", {held} held", ", {held} réservées"));
    }
    text
}

fn unreviewed_text(owner: &Owner, look: Look) -> String {
    let waits = length(owner.unreviewed);
    match owner.max_unreviewed {
        None => say!(look.language, "{waits} to review", "{waits} à revoir"),
        Some(limit) => {
            let limit = length(limit);
            say!(
                look.language,
                "{waits} of {limit} to review",
                "{waits} sur {limit} à revoir"
            )
        }
    }
}

fn calls_text(calls: &Calls, look: Look) -> String {
    let (offered, recorded) = (calls.offered, calls.recorded);
    let text = say!(
        look.language,
        "{recorded} of {offered} calls recorded",
        "{recorded} appels enregistrés sur {offered}"
    );
    text + &within(calls.per, look)
}

fn within(per: Option<Millis>, look: Look) -> String {
    let Some(per) = per else {
        return String::new();
    };
    let per = millis(per, look.language);
    say!(look.language, " in {per}", " en {per}")
}

fn unfinished(open: &[Open], look: Look) -> Option<String> {
    let language = look.language;
    let title = language.pick(
        "Never finished: the recorder crashed, and nobody decided what becomes of what was kept",
        "Jamais terminées\u{a0}: l'enregistreur s'est arrêté net, et nul n'a décidé du sort de ce qui était gardé",
    );
    let mut lines = vec![paint(WARNED, title)];
    for one in open {
        let (name, since, most) = (plain(&one.session), date(one.opened_at), length(one.at_most));
        lines.push(say!(
            language,
            "  {name}: opened {since}, at most {most}",
            "  {name}\u{a0}: ouverte le {since}, au plus {most}"
        ));
    }
    (!open.is_empty()).then(|| lines.join("\n"))
}
