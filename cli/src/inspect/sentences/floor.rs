//! What holds whatever a document says: the floor.

use gardefou_policy::rules::ceilings;

use super::{Section, Sentence, set};
use crate::document::{millis, share};
use crate::language::{Language, say};

/// The lines of the floor.
pub(crate) fn floor(language: Language) -> Section {
    let pick = |english: &'static str, french: &'static str| language.pick(english, french).to_owned();
    let most = ceilings::RETENTION;
    let (interval, age) = (
        millis(ceilings::FRAME_INTERVAL, language),
        millis(ceilings::FACTS_AGE, language),
    );
    let (notice, part) = (millis(ceilings::NOTICE, language), share(ceilings::SHARE, language));
    let kept = [
        most.recordings,
        most.analyses,
        most.decisions,
        most.accesses,
        most.temporary,
    ]
    .map(|length| millis(length, language));
    let [recordings, analyses, decisions, accesses, temporary] = kept;
    let sentences: Vec<(&'static str, String)> = vec![
        (
            "S1",
            say!(
                language,
                "Never a screenshot, and never a video with less than one image every {interval} (this number is a reading of ours).",
                "Jamais de capture d'écran, ni de vidéo de moins d'une image toutes les {interval} (ce nombre est une interprétation de notre part)."
            ),
        ),
        (
            "S2",
            pick(
                "Nothing is recorded for another purpose than the training of staff.",
                "Rien n'est enregistré pour une autre finalité que la formation du personnel.",
            ),
        ),
        (
            "S3",
            say!(
                language,
                "Nobody is recorded who was not told beforehand, {notice} ago at most (this number is a reading of ours).",
                "Nul n'est enregistré sans information préalable, de {notice} au plus (ce nombre est une interprétation de notre part)."
            ),
        ),
        (
            "S4",
            pick(
                "The desktop, and what no window covers, is never recorded.",
                "Le bureau, et ce qu'aucune fenêtre ne couvre, n'est jamais enregistré.",
            ),
        ),
        (
            "S5",
            pick(
                "Only while a call is picked up and itself recorded; never while it rings, while a colleague is consulted, or after the call.",
                "Seulement pendant un appel décroché et lui-même enregistré\u{a0}; jamais pendant la sonnerie, la consultation d'un collègue ou après l'appel.",
            ),
        ),
        (
            "+1",
            say!(
                language,
                "Of the calls of one employee, at most {part} are recorded, rounded up to a whole call (this number is a reading of ours).",
                "Des appels d'un même salarié, {part} au plus sont enregistrés, arrondis à l'appel supérieur (ce nombre est une interprétation de notre part)."
            ),
        ),
        (
            "+2",
            pick(
                "Every other party was told and did not object, and both are known; a late objection discards what was recorded.",
                "Tout interlocuteur est informé et ne s'est pas opposé, et les deux sont connus\u{a0}; une opposition tardive détruit ce qui a été enregistré.",
            ),
        ),
        (
            "+3",
            pick(
                "No private call; the employee can pause; and both are known.",
                "Pas d'appel privé\u{a0}; le salarié peut mettre en pause\u{a0}; et les deux sont connus.",
            ),
        ),
        (
            "+4",
            pick(
                "No line that is reserved for a representative's mandate.",
                "Pas de ligne réservée à un mandat de représentant du personnel.",
            ),
        ),
        (
            "+9",
            pick(
                "Nothing while card data or a password are known to be entered. (Whether unknown is enough, the rules say.)",
                "Rien pendant une saisie connue de données de carte ou de mot de passe. (Si l'ignorance suffit, les règles le disent.)",
            ),
        ),
        (
            "+10",
            pick(
                "No employee who objected; nobody trains with a restricted recording. (Which roles delete it, the rules say.)",
                "Pas de salarié qui s'est opposé\u{a0}; nul ne se sert pour former d'un enregistrement dont le traitement est limité. (Quels rôles l'effacent, les règles le disent.)",
            ),
        ),
        (
            "P",
            say!(
                language,
                "What is known of the windows is at most {age} old.",
                "Ce que l'on sait des fenêtres date de {age} au plus."
            ),
        ),
        (
            "S8",
            pick(
                "To train others, or to be exported, only an anonymised copy.",
                "Pour former d'autres salariés, ou être exportée, seule une copie anonymisée.",
            ),
        ),
        (
            "S9",
            pick(
                "No access from a shared account, or without an authorisation that is still good; every access is journalled.",
                "Pas d'accès par un compte partagé, ou sans habilitation en cours\u{a0}; tout accès est inscrit au journal.",
            ),
        ),
        (
            "S10",
            pick(
                "No use but training, a person's own request, or oversight, each with its own operations; the last two reach what breaks a rule, too.",
                "Aucun usage autre que la formation, la demande d'une personne sur ses données, ou le contrôle, chacun avec ses opérations\u{a0}; les deux derniers valent aussi pour ce qui enfreint une règle.",
            ),
        ),
        (
            "+7",
            say!(
                language,
                "Recordings are kept for at most {recordings}, analyses {analyses}, records of decisions {decisions}, records of accesses {accesses}, temporary files {temporary} (this last number is a reading of ours).",
                "Les enregistrements sont conservés au plus {recordings}, les analyses {analyses}, les traces de décision {decisions}, les traces d'accès {accesses}, les fichiers temporaires {temporary} (ce dernier nombre est une interprétation de notre part)."
            ),
        ),
    ];
    Section {
        key: "floor",
        id: None,
        title: pick(
            "What holds whatever the rules say (the floor)",
            "Ce qui vaut quoi que disent les règles (le socle)",
        ),
        sentences: sentences.into_iter().map(lines).collect(),
    }
}

fn lines((rule, text): (&'static str, String)) -> Sentence {
    set(rule, None, text)
}
