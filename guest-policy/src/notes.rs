//! What a policy says of its reasons: the notes that `detail` points at.
//!
//! A check that fails names one of these notes, so that "why" has an answer that is more precise than the
//! reason's title. The numbers are this policy's own affair; another policy may number its notes otherwise.

use alloc::{string::String, vec::Vec};

use crate::registers::Reason;
use crate::rules::{Programmes, Rules, Step};
use crate::types::{Refusal, Timestamp};

/// A text in the two languages of the product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// In French.
    pub french: String,
    /// In English.
    pub english: String,
}

/// What stands behind a reason, or behind one `detail` of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The reason.
    pub reason: Reason,
    /// 0 for the reason's own title; the others say which part of the rules objects.
    pub detail: u16,
    /// The row of the legal matrix.
    pub rule: String,
    /// Where the rule comes from, for a lawyer to check.
    pub reference: String,
    /// What to show.
    pub title: Text,
}

/// What a policy says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    /// The rule document's name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The first instant at which it is in force.
    pub in_force_from: Timestamp,
    /// The first instant at which it no longer is.
    pub in_force_until: Timestamp,
    /// SHA-256 of the rule document's text; empty where there is none.
    pub rules_digest: Vec<u8>,
    /// The programmes that it names.
    pub programmes: Vec<String>,
    /// The notes of its reasons.
    pub notes: Vec<Note>,
}

impl Description {
    /// The note that a refusal points at; the reason's own title when it has no such note.
    #[must_use]
    pub fn note(&self, refusal: Refusal) -> Option<&Note> {
        let of = |detail| {
            self.notes
                .iter()
                .find(move |n| n.reason == refusal.reason && n.detail == detail)
        };
        of(refusal.detail).or_else(|| of(0))
    }
}

macro_rules! notes {
    ($($(#[doc = $doc:literal])* $name:ident = $reason:ident $detail:literal, $french:literal, $english:literal;)*) => {
        $($(#[doc = $doc])* #[doc = $english]
        pub(crate) const $name: Refusal = Refusal::noted(Reason::$reason, $detail);)*

        /// Every note that is more than a reason's own title.
        const NOTES: &[(Refusal, &str, &str)] = &[$(($name, $french, $english)),*];
    };
}

notes! {
    NO_FRAME_INTERVAL = INVALID_FACTS 1, "L'intervalle entre images est nul", "The frame interval is 0";
    NO_CALL_OFFERED = INVALID_FACTS 2, "Le nombre d'appels présentés ou émis est nul", "The number of calls offered is 0";
    MORE_RECORDED_THAN_OFFERED = INVALID_FACTS 3, "Plus d'appels enregistrés que proposés", "More calls recorded than offered";
    BEFORE_OPENING = INVALID_FACTS 4, "L'image précède l'ouverture de la session", "The frame is earlier than the opening of the session";
    BAD_SURFACE = INVALID_FACTS 5, "Surface vide ou trop grande", "The surface is empty or too large";
    TOO_MANY_WINDOWS = INVALID_FACTS 6, "Plus de 128 fenêtres", "More than 128 windows";
    INNER_NOT_WITHIN_OUTER = INVALID_FACTS 7, "L'intérieur d'une fenêtre dépasse son contour", "The inner part of a window is not within its outer part";
    HOLDS_NOT_KNOWN = INVALID_FACTS 8, "Une condition est vraie sans être connue", "A condition holds that is not known";
    COLLECTED_LATER = INVALID_FACTS 9, "Collecté après la demande d'accès", "Collected after the access was asked for";
    NO_SUBJECT = INVALID_FACTS 10, "Enregistrement sans salarié désigné", "A recording without the employee recorded";
    EARLIER = INVALID_FACTS 11, "L'image précède la dernière image de la session", "The frame is earlier than the session's latest frame";
    NO_TOKEN = INVALID_FACTS 12, "Session ou salarié sans identifiant pseudonyme", "The session or the employee has no token";
    CALLS_NOT_COUNTED = INVALID_FACTS 13, "Nombre d'appels inconnu", "Nobody knows how many calls there were";
    NOT_COUNTED = INVALID_FACTS 14, "Volume déjà enregistré inconnu", "Nobody knows how much was recorded";
    NO_GAP = INVALID_FACTS 15, "L'écart avec l'image précédente est nul", "The gap since the previous frame is 0";
    EMPTY_OUTER = INVALID_FACTS 16, "Le contour d'une fenêtre est vide", "The outer part of a window is empty";
    NO_OPERATION = INVALID_FACTS 17, "Opération ou objet non précisé", "The operation or the artefact is none of the contract";
    TOO_LONG = INVALID_FACTS 18, "Texte trop long, ou trop d'informations supplémentaires", "A text is too long, or there are too many extra facts";

    UNCONFIGURED = NOT_IN_FORCE 1, "Aucune règle n'est chargée", "No rules are loaded";
    NOT_YET_IN_FORCE = NOT_IN_FORCE 2, "Les règles n'ont pas encore pris effet", "The rules are not yet in force";
    NO_LONGER_IN_FORCE = NOT_IN_FORCE 3, "Les règles ne sont plus en vigueur", "The rules are no longer in force";
    BEFORE_RULES = NOT_IN_FORCE 4, "L'image précède la prise d'effet des règles en vigueur", "The frame is earlier than the rules in force took effect";

    SCREENSHOT = STILL_IMAGE 1, "Capture d'écran", "Captured as screenshots";
    INTERVAL_TOO_LONG = STILL_IMAGE 2, "Intervalle entre images supérieur à la limite", "The frame interval is above the rules' limit";
    HOLE = STILL_IMAGE 3, "Trou dans la vidéo supérieur à la limite", "A hole in the video above the rules' limit";

    NOT_OF_PURPOSE = PURPOSE 1, "L'opération n'est pas de celles de cette finalité", "Not an operation of this purpose";

    UNKNOWN_PROGRAMME = PROGRAMME 1, "Programme de formation inconnu", "No such training programme";
    PROGRAMME_NOT_BEGUN = PROGRAMME 2, "La période de formation n'a pas commencé", "The training period has not begun";
    PROGRAMME_OVER = PROGRAMME 3, "La période de formation est terminée", "The training period is over";
    REVIEW_OVER = PROGRAMME 4, "La période d'analyse est terminée", "The period of review is over";

    COUNCIL_LATER = ATTESTATION 1, "Consultation du CSE datée d'après l'enregistrement", "The works council is consulted only later";
    ASSESSMENT_LATER = ATTESTATION 2, "AIPD datée d'après l'enregistrement", "The impact assessment is done only later";
    REGISTER_LATER = ATTESTATION 3, "Inscription au registre datée d'après l'enregistrement", "The register entry is made only later";
    COUNCIL_EXPIRED = ATTESTATION 4, "Consultation du CSE expirée", "The consultation of the works council has expired";
    ASSESSMENT_EXPIRED = ATTESTATION 5, "AIPD expirée", "The impact assessment has expired";
    REGISTER_EXPIRED = ATTESTATION 6, "Inscription au registre expirée", "The register entry has expired";

    NOT_LISTED = NO_TRAINING_NEED 1, "Salarié absent de la liste du programme", "The programme does not list this employee";
    NOT_ENROLLED = NO_TRAINING_NEED 2, "Salarié non inscrit au programme", "The employee is not enrolled in the programme";

    NO_NOTICE = EMPLOYEE_NOT_INFORMED 1, "Aucune information préalable", "The employee was given no notice";
    OTHER_NOTICE = EMPLOYEE_NOT_INFORMED 2, "Autre version de l'information que celle en vigueur", "The employee was given another version of the notice";
    NOTICE_LATER = EMPLOYEE_NOT_INFORMED 3, "Information donnée après l'enregistrement", "The notice is given only later";
    NOTICE_EXPIRED = EMPLOYEE_NOT_INFORMED 4, "Information préalable expirée", "The notice has expired";

    EMPLOYEE_OBJECTION_UNKNOWN = EMPLOYEE_OBJECTED 1, "Opposition éventuelle du salarié inconnue", "Nobody knows whether the employee objected";
    PROTECTED_LINE_UNKNOWN = PROTECTED_LINE 1, "Nature de la ligne inconnue", "Nobody knows whether the line is reserved";

    IS_PRIVATE = PRIVATE_CALL 1, "L'appel est privé", "The call is private";
    PRIVATE_UNKNOWN = PRIVATE_CALL 2, "Caractère privé de l'appel inconnu", "Nobody knows whether the call is private";
    HAS_OBJECTED = PARTY_OBJECTED 1, "Un interlocuteur s'est opposé", "A party objected";
    OBJECTION_UNKNOWN = PARTY_OBJECTED 2, "Opposition éventuelle inconnue", "Nobody knows whether a party objected";

    NOT_PICKED_UP = NO_CALL 1, "L'appel n'est pas décroché", "The call is not picked up";
    ON_HOLD = NO_CALL 2, "L'appel est en attente", "The call is on hold";
    WITH_COLLEAGUE = NO_CALL 3, "Consultation d'un collègue", "Consulting a colleague";
    HUNG_UP = NO_CALL 4, "L'appel est terminé", "The call is over";
    AUDIO_NOT_RECORDED = NO_CALL 5, "L'appel n'est pas enregistré", "The call itself is not being recorded";
    AUDIO_UNKNOWN = NO_CALL 6, "Enregistrement de l'appel inconnu", "Nobody knows whether the call itself is being recorded";
    OUTSIDE_CALL = NO_CALL 7, "Rien du segment ne relève de l'appel", "Nothing of the segment lies within the call";
    HANG_UP_UNKNOWN = NO_CALL 8, "Fin d'appel inconnue", "Nobody knows whether the call was hung up";

    NOT_INFORMED = PARTY_NOT_INFORMED 1, "Un interlocuteur n'est pas informé", "A party was not told";
    INFORMED_UNKNOWN = PARTY_NOT_INFORMED 2, "Information des interlocuteurs inconnue", "Nobody knows whether the parties were told";
    CARD_ENTRY = PAYMENT 1, "Saisie de carte en cours", "Card data are being entered";
    CARD_UNKNOWN = PAYMENT 2, "Saisie de carte éventuelle inconnue", "Nobody knows whether card data are being entered";
    PASSWORD_ENTRY = SECURE_INPUT 1, "Saisie protégée en cours", "A password is being entered, or the screen is locked";
    PASSWORD_UNKNOWN = SECURE_INPUT 2, "Saisie protégée éventuelle inconnue", "Nobody knows whether a password is being entered";
    EMPLOYEE_PAUSED = PAUSED 1, "Le salarié a mis en pause", "The employee paused";
    PAUSE_UNKNOWN = PAUSED 2, "État de pause inconnu", "Nobody knows whether the employee paused";

    FACTS_ELSEWHEN = STALE_FACTS 1, "Les informations ne valent pas à l'instant de l'image", "The facts do not hold at the instant of the frame";
    FACTS_TOO_OLD = STALE_FACTS 2, "Les informations couvrent un intervalle trop long", "The facts cover too long an interval";
    TOO_LATE = STALE_FACTS 3, "Question posée plus de 2 secondes après l'image", "Asked more than 2 seconds after the frame";

    EMPLOYEE_CAP = VOLUME 1, "Plafond par salarié", "The cap for one employee";
    PROGRAMME_CAP = VOLUME 2, "Plafond du programme", "The cap of the programme";
    REVIEW_CAP = VOLUME 3, "Trop d'enregistrements à analyser", "Too much waits to be reviewed";

    SHARED_ACCOUNT = NOT_AUTHORISED 1, "Compte partagé", "A shared account";
    UNKNOWN_ROLE = NOT_AUTHORISED 2, "Rôle inconnu", "No such role";
    OPERATION_NOT_ALLOWED = NOT_AUTHORISED 3, "Opération non permise à ce rôle", "The role does not allow this operation";
    OTHER_PROGRAMME = NOT_AUTHORISED 4, "Programme hors du rôle", "The role does not cover this programme";
    OTHER_PURPOSE = NOT_AUTHORISED 5, "Finalité non permise à ce rôle", "The role does not allow this purpose";
    NOT_OWN = NOT_AUTHORISED 6, "Réservé à la personne enregistrée", "Only for the person who was recorded";
    NOT_AUTHORISED_NOW = NOT_AUTHORISED 7, "Habilitation absente ou expirée", "The authorisation is missing or has expired";
    NO_ACCOUNT = NOT_AUTHORISED 8, "Compte sans identifiant pseudonyme", "The account has no token";

    NO_TRAINING_WITH_IT = RESTRICTED 1, "Nul ne s'en sert pour former tant que le traitement est limité", "Nobody trains with it while it is restricted";
    NO_DELETION = RESTRICTED 2, "Limité, il n'est effacé que pour une demande de la personne ou un contrôle", "While it is restricted, only a role for persons' requests or for oversight deletes it";
    RESTRICTION_UNKNOWN = RESTRICTED 3, "Limitation éventuelle inconnue", "Nobody knows whether it is restricted";
}

/// The note that a host gives for a frame that is earlier than the session's latest.
pub const EARLIER_THAN_LATEST: Refusal = EARLIER;

/// Given by hosts, who alone know when a change of rules took effect: a frame that was composed before it.
pub const COMPOSED_BEFORE_RULES: Refusal = BEFORE_RULES;

/// Given by hosts, who alone know when a question is asked: the frame was composed too long ago.
pub const ASKED_TOO_LATE: Refusal = TOO_LATE;

/// The note of a prior step that is taken only later.
pub(crate) const fn step_later(step: Step) -> Refusal {
    match step {
        Step::WorksCouncil => COUNCIL_LATER,
        Step::ImpactAssessment => ASSESSMENT_LATER,
        Step::RegisterEntry => REGISTER_LATER,
    }
}

/// The note of a prior step that has expired.
pub(crate) const fn step_expired(step: Step) -> Refusal {
    match step {
        Step::WorksCouncil => COUNCIL_EXPIRED,
        Step::ImpactAssessment => ASSESSMENT_EXPIRED,
        Step::RegisterEntry => REGISTER_EXPIRED,
    }
}

/// The reasons of the contract, each with its title, then the notes under them.
#[must_use]
pub fn all() -> Vec<Note> {
    let titles = Reason::ALL.iter().map(|reason| (Refusal::of(*reason), None));
    let notes = NOTES
        .iter()
        .map(|(refusal, french, english)| (*refusal, Some((*french, *english))));
    titles
        .chain(notes)
        .filter_map(|(refusal, own)| {
            let info = refusal.reason.info()?;
            let (french, english) = own.unwrap_or((info.french, info.english));
            Some(Note {
                reason: refusal.reason,
                detail: refusal.detail,
                rule: info.rule.into(),
                reference: info.reference.into(),
                title: Text {
                    french: french.into(),
                    english: english.into(),
                },
            })
        })
        .collect()
}

/// What the policy says of itself; `None` before it was configured.
#[must_use]
pub fn describe(rules: Option<&Rules>) -> Description {
    let Some(rules) = rules else {
        return Description {
            id: "unconfigured".into(),
            version: String::new(),
            in_force_from: Timestamp::MAX,
            in_force_until: Timestamp::MAX,
            rules_digest: Vec::new(),
            programmes: Vec::new(),
            notes: all(),
        };
    };
    Description {
        id: rules.id.clone(),
        version: rules.version.clone(),
        in_force_from: rules.in_force.start,
        in_force_until: rules.in_force.end,
        rules_digest: rules.digest.to_vec(),
        programmes: match &rules.programmes {
            Programmes::Listed(programmes) => programmes.iter().map(|p| p.id.clone()).collect(),
            Programmes::Any(_) => Vec::new(),
        },
        notes: all(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_note_has_a_number_and_words_of_its_own() {
        let mut seen = HashSet::new();
        for note in all() {
            assert!(
                seen.insert((note.reason, note.detail)),
                "{:?} {}",
                note.reason,
                note.detail
            );
            assert!(!note.title.french.is_empty() && !note.title.english.is_empty());
        }
        assert_eq!(seen.len(), Reason::ALL.len() + NOTES.len());
    }

    #[test]
    fn the_description_finds_the_note_or_the_title() {
        let description = describe(None);
        assert_eq!(
            description.note(CARD_UNKNOWN).unwrap().title.english,
            "Nobody knows whether card data are being entered"
        );
        let title = description.note(Refusal::noted(Reason::PAYMENT, 99)).unwrap();
        assert_eq!(title.title.english, "Payment card data");
        assert_eq!(title.rule, "+9");
    }
}
