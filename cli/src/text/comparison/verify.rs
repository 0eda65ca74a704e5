//! Whether a policy is looser than the floor, in words.

use gardefou::floor_description;

use super::super::look::{ALLOWED, HEADING, Look, REFUSED, paint};
use super::{Page, cases, facts, outcome, rule_of, scope, side, under};
use crate::comparing::Verified;
use crate::document::{counted, plural, thousands};
use crate::language::{Language, say};

/// How many cases are named.
const NAMED: usize = 10;

/// The page of `gardefou verify`.
pub(crate) fn verify(verified: &Verified, look: Look) -> String {
    let language = look.language;
    let mut page = Page::new(look);
    let style = if verified.exit_code() == 0 { ALLOWED } else { REFUSED };
    page.line(&paint(style, &verdict(verified, language)));
    page.line(&side(language.pick("policy", "règles"), &verified.side, language));
    looser(&mut page, verified);
    page.line("");
    let permitted = &verified.comparison.permitted;
    let (openings, frames, accesses) = (permitted.openings, permitted.frames, permitted.accesses);
    page.line(&paint(
        HEADING,
        language.pick("What it permitted", "Ce qu'elles ont permis"),
    ));
    let openings = counted(openings, "opening", "ouverture", language);
    let frames = counted(frames, "frame", "image", language);
    let accesses = plural(accesses, ["access", "accesses"], ["accès", "accès"], language);
    let text = format!("{openings}, {frames}, {accesses}.");
    page.entry(2, "", &text);
    page.line("");
    scope::asked(&mut page, &verified.comparison);
    if !verified.side.is_reproduced {
        let text = language.pick(
            "The component is not what baking a rule document gives: it could answer other questions otherwise.",
            "Ce fichier n'est pas celui que donne un document de règles : il pourrait répondre autrement dans d'autres cas.",
        );
        page.entry(2, "", text);
    }
    page.text
}

fn verdict(verified: &Verified, language: Language) -> String {
    let n = verified.comparison.asked.total();
    let looser = verified.looser().count();
    match verified.exit_code() {
        0 => {
            let n = thousands(n, language);
            say!(
                language,
                "Not looser than the floor in {n} questions.",
                "Aucun écart avec le socle dans {n} cas."
            )
        }
        3 => {
            let looser = plural(
                u64::try_from(looser).unwrap_or(u64::MAX),
                ["kind of cases", "kinds of cases"],
                ["sorte de cas", "sortes de cas"],
                language,
            );
            say!(
                language,
                "Looser than the floor in {looser}.",
                "Moins strictes que le socle dans {looser}."
            )
        }
        _ => language
            .pick(
                "Nothing was shown: the policy kept no frame in any question.",
                "Rien n'a été montré : ces règles n'ont conservé aucune image, dans aucun cas.",
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
