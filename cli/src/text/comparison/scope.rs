//! What was asked, and what lies outside.

use gardefou_compare::{Comparison, MOST_CASES};

use super::super::look::{HEADING, paint};
use super::super::titles::plain;
use super::Page;
use crate::comparing::Compared;
use crate::document::{counted, plural};
use crate::language::say;

/// What was asked of both, and what the comparison may claim.
pub(super) fn lines(page: &mut Page, compared: &Compared) {
    asked(page, &compared.comparison);
    let language = page.language();
    let axes = &compared.comparison.axes;
    if !axes.apart.is_empty() {
        let names = named(axes.apart.iter());
        let text = say!(
            language,
            "Under {names} no session opens on both sides (other dates, employees or notice): frames and windows were compared in a session of either side.",
            "Sous {names}, aucune session ne s'ouvre des deux côtés (autres dates, salariés ou information) : images et fenêtres ont été comparées dans une session propre à chaque côté."
        );
        page.entry(2, "", &text);
    }
    if !axes.closed.is_empty() {
        let names = named(axes.closed.iter());
        let text = say!(
            language,
            "Under {names} one side opens no session at all: frames and windows were not compared.",
            "Sous {names}, un côté n'ouvre aucune session : images et fenêtres n'ont pas été comparées."
        );
        page.entry(2, "", &text);
    }
    page.entry(2, "", &claim(compared, page));
}

fn claim(compared: &Compared, page: &Page) -> String {
    let language = page.language();
    if compared.is_exact() {
        return language
            .pick(
                "This is exact: both are, byte for byte, what baking their rule documents gives, and the questions reach every difference between two such components.",
                "C'est exact : les deux sont, octet pour octet, ce que donnent leurs documents de règles, et les questions atteignent toute différence entre deux tels fichiers.",
            )
            .to_owned();
    }
    if compared.comparison.is_cut() {
        return language
            .pick(
                "This is not exact: programmes were left out, and differences in them were not looked for.",
                "Ce n'est pas exact : des programmes ont été laissés de côté, et leurs différences n'ont pas été cherchées.",
            )
            .to_owned();
    }
    language
        .pick(
            "This is not exact: at least one of the two is not what baking a rule document gives, and could answer other questions otherwise.",
            "Ce n'est pas exact : l'un des deux fichiers au moins n'est pas celui que donne un document de règles, et pourrait répondre autrement dans d'autres cas.",
        )
        .to_owned()
}

/// The questions, by kind, and the axes that they come from.
pub(super) fn asked(page: &mut Page, comparison: &Comparison) {
    let language = page.language();
    let Comparison { asked, axes, .. } = comparison;
    page.line(&paint(HEADING, language.pick("What was asked", "Ce qui a été demandé")));
    let total = counted(asked.total(), "question", "question", language);
    let kinds = [
        counted(asked.openings, "opening", "ouverture", language),
        counted(asked.windows, "window", "fenêtre", language),
        counted(asked.frames, "frame", "image", language),
        counted(asked.segments, "segment", "segment", language),
        plural(asked.accesses, ["access", "accesses"], ["accès", "accès"], language),
        counted(asked.retentions, "retention", "conservation", language),
        plural(
            asked.terms,
            ["question about terms", "questions about terms"],
            ["décompte", "décomptes"],
            language,
        ),
    ]
    .join(", ");
    let text = say!(
        language,
        "{total}, the same to both: {kinds}.",
        "{total}, les mêmes aux deux\u{a0}: {kinds}."
    );
    page.entry(2, "", &text);
    let programmes = counted(axes.programmes, "programme", "programme", language);
    let roles = counted(axes.roles, "role", "rôle", language);
    let instants = counted(axes.instants, "instant", "instant", language);
    let patterns = plural(
        axes.patterns,
        ["window pattern", "window patterns"],
        ["motif de fenêtres", "motifs de fenêtres"],
        language,
    );
    let text = say!(
        language,
        "Axes: {programmes} and {roles} (one unknown each), {instants}, {patterns}; of every other fact each value on both sides of each limit, alone and in pairs.",
        "Axes\u{a0}: {programmes} et {roles} (dont un inconnu), {instants}, {patterns}\u{a0}; de tout autre fait, chaque valeur des deux côtés de chaque limite, seule et par paires."
    );
    page.entry(2, "", &text);
    if comparison.is_cut() {
        let (programmes, all) = (axes.programmes, axes.all_programmes);
        let text = say!(
            language,
            "The axis of programmes was cut: {programmes} of {all}, because there are more than {MOST_CASES} cases.",
            "L'axe des programmes a été coupé : {programmes} sur {all}, car il y a plus de {MOST_CASES} cas."
        );
        page.entry(2, "", &text);
    }
    let text = language.pick(
        "Outside: leases (how long an answer may be reused), notes and titles, facts named `extra`, and what a recorder does with the answers.",
        "En dehors : les baux (combien de temps une réponse peut resservir), les notes et titres, les faits nommés `extra`, et ce qu'un enregistreur fait des réponses.",
    );
    page.entry(2, "", text);
}

fn named<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let rest = names.len().saturating_sub(super::NAMED);
    let mut named: Vec<String> = names
        .take(super::NAMED)
        .map(|name| format!("`{}`", plain(name)))
        .collect();
    if rest > 0 {
        named.push(format!("+{rest}"));
    }
    named.join(", ")
}
