//! Whether a policy is looser than the floor, in words.

use gardefou::floor_description;

use super::super::look::{ALLOWED, HEADING, Look, REFUSED, paint};
use super::{Page, cases, facts, outcome, rule_of, scope, side, under};
use crate::comparing::Verified;
use crate::language::{Language, say};

/// How many cases are named.
const NAMED: usize = 10;

/// The page of `gardefou verify`.
pub(crate) fn verify(verified: &Verified, look: Look) -> String {
    let language = look.language;
    let mut page = Page::new(look);
    let style = if verified.exit_code() == 0 { ALLOWED } else { REFUSED };
    page.line(&paint(style, &verdict(verified, language)));
    page.line(&side(language.pick("policy", "politique"), &verified.side, language));
    looser(&mut page, verified);
    page.line("");
    let permitted = &verified.comparison.permitted;
    let (openings, frames, accesses) = (permitted.openings, permitted.frames, permitted.accesses);
    page.line(&paint(
        HEADING,
        language.pick("What it permitted", "Ce qu'elle a permis"),
    ));
    let text = say!(
        language,
        "{openings} openings, {frames} frames, {accesses} accesses.",
        "{openings} ouvertures, {frames} images, {accesses} accès."
    );
    page.entry(2, "", &text);
    page.line("");
    scope::asked(&mut page, &verified.comparison);
    if !verified.side.is_reproduced {
        let text = language.pick(
            "The component is not what baking a rule document gives: it could answer other questions otherwise.",
            "Le composant n'est pas ce que donne un document de règles une fois figé : il pourrait répondre autrement à d'autres questions.",
        );
        page.entry(2, "", text);
    }
    page.text
}

fn verdict(verified: &Verified, language: Language) -> String {
    let n = verified.comparison.asked.total();
    let looser = verified.looser().count();
    match verified.exit_code() {
        0 => say!(
            language,
            "Not looser than the floor in {n} questions.",
            "Pas moins stricte que le socle en {n} questions."
        ),
        3 => say!(
            language,
            "Looser than the floor in {looser} kinds of cases.",
            "Moins stricte que le socle dans {looser} sortes de cas."
        ),
        _ => language
            .pick(
                "Nothing was shown: the policy kept no frame in any question.",
                "Rien n'a été montré : la politique n'a conservé aucune image, quelle que soit la question.",
            )
            .to_owned(),
    }
}

fn looser(page: &mut Page, verified: &Verified) {
    let language = page.language();
    let floor = floor_description();
    let notes = [&floor, verified.side.policy.description()];
    for (n, group) in verified.looser_by_question().into_iter().enumerate().take(NAMED) {
        let rule = rule_of(&group.change);
        // Between two descriptions: what the floor answers, what the policy does.
        let told = outcome::against_the_floor(&group.change, notes, language);
        page.entry(2, &format!("{}.", n + 1), &under(rule, &told));
        page.entry(5, "", &cases(group.cases, language));
        if let Some(case) = group.examples.first() {
            page.entry(
                5,
                language.pick("the first:", "le premier :"),
                &facts(&case.new_question),
            );
        }
    }
    let rest = verified.looser().count().saturating_sub(NAMED);
    if rest > 0 {
        let text = say!(
            language,
            "and {rest} more; `--format json` lists them",
            "et {rest} autres ; `--format json` les énumère"
        );
        page.entry(2, "", &text);
    }
}
