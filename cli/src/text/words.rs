//! Every word of the text form, in one place.

use gardefou::{Access, Artefact, CallPhase, Obligations, Operation, Purpose};

use super::references::cited;
use crate::language::{Language, say};
use crate::report::Outcome;

/// A fixed text, in both languages.
pub(super) struct Words {
    english: &'static str,
    french: &'static str,
}

impl Words {
    const fn new(english: &'static str, french: &'static str) -> Self {
        Self { english, french }
    }

    /// The text in this language.
    pub(super) const fn of(&self, language: Language) -> &'static str {
        language.pick(self.english, self.french)
    }
}

pub(super) const CALL: Words = Words::new("call", "appel");
pub(super) const NO_QUESTION: Words = Words::new(
    "Nothing was asked in this trace.",
    "Cette trace ne pose aucune question.",
);
pub(super) const TRANSITIONS: Words = Words::new("What changed", "Ce qui a changé");
pub(super) const TIME_PER_REASON: Words = Words::new("Time per reason", "Durée par motif");
pub(super) const SEGMENTS: Words = Words::new("Segments", "Segments");
pub(super) const ACCESSES: Words = Words::new("Accesses", "Accès");
pub(super) const RETENTION: Words = Words::new("Retention", "Durées de conservation");
pub(super) const FLOOR_ALONE: Words = Words::new("the floor alone", "le socle seul");
pub(super) const SESSION_OPENS: Words = Words::new("session opens", "session ouverte");
pub(super) const SESSION_REFUSED: Words = Words::new("session refused", "session refusée");
pub(super) const EVERY_WINDOW: Words = Words::new("Recorded, every window", "Enregistré, toutes les fenêtres");
pub(super) const SOME_BLANK: Words =
    Words::new("Recorded, other windows blank", "Enregistré, autres fenêtres masquées");
pub(super) const NOT_ASKED: Words = Words::new("no frame was asked about", "aucune image n'a été soumise");
const OUR_READING: Words = Words::new("a reading of ours", "une interprétation de notre part");

/// A lane's name.
pub(super) const fn lane(outcome: Outcome, language: Language) -> &'static str {
    match outcome {
        Outcome::Whole => language.pick("record", "entier"),
        Outcome::Partly => language.pick("blank", "masqué"),
        Outcome::Skipped => language.pick("skip", "omis"),
        Outcome::Stopped => language.pick("stop", "arrêt"),
    }
}

/// What a frame's outcome is called in lists.
pub(super) const fn outcome(outcome: Outcome, language: Language) -> &'static str {
    match outcome {
        Outcome::Whole | Outcome::Partly => language.pick("keep", "gardé"),
        Outcome::Skipped => language.pick("skip", "omis"),
        Outcome::Stopped => language.pick("stop", "arrêt"),
    }
}

/// How wide the widest of these is, in columns.
pub(super) const fn outcome_width(language: Language) -> usize {
    match language {
        Language::English => 4,
        Language::French => 5,
    }
}

/// What the telephone does.
pub(super) const fn phase(phase: CallPhase, language: Language) -> &'static str {
    match phase {
        CallPhase::None => language.pick("no call", "pas d'appel"),
        CallPhase::Ringing => language.pick("ringing", "sonnerie"),
        CallPhase::Connected => language.pick("connected", "en ligne"),
        CallPhase::Held => language.pick("held", "en attente"),
        CallPhase::Consulting => language.pick("consulting", "avec un collègue"),
        CallPhase::AfterCall => language.pick("after call", "après l'appel"),
    }
}

/// The same where there is little room.
pub(super) const fn short_phase(phase: CallPhase, language: Language) -> &'static str {
    match phase {
        CallPhase::None => language.pick("no", "non"),
        CallPhase::Ringing => language.pick("ring", "sonn"),
        CallPhase::Connected => language.pick("conn", "lign"),
        CallPhase::Held => language.pick("held", "att."),
        CallPhase::Consulting => language.pick("cons", "coll"),
        CallPhase::AfterCall => language.pick("end", "fin"),
    }
}

/// What somebody wants to do.
pub(crate) const fn operation(operation: Operation, language: Language) -> &'static str {
    match operation {
        Operation::View => language.pick("view", "consulter"),
        Operation::Annotate => language.pick("annotate", "annoter"),
        Operation::TrainOthers => language.pick("train others with", "former d'autres salariés avec"),
        Operation::Export => language.pick("export", "exporter"),
        Operation::Disclose => language.pick("disclose", "communiquer"),
        Operation::Restrict => language.pick("restrict", "limiter"),
        Operation::Release => language.pick("release", "lever la limitation de"),
        Operation::Delete => language.pick("delete", "effacer"),
        Operation::Other => language.pick("do something else with", "faire autre chose de"),
    }
}

/// What is kept.
pub(crate) const fn artefact(artefact: Artefact, language: Language) -> &'static str {
    match artefact {
        Artefact::Recording => language.pick("recording", "enregistrement"),
        Artefact::AnonymisedCopy => language.pick("anonymised copy", "copie anonymisée"),
        Artefact::Analysis => language.pick("analysis", "analyse"),
        Artefact::DecisionRecord => language.pick("decision record", "trace de décision"),
        Artefact::AccessRecord => language.pick("access record", "trace d'accès"),
        Artefact::Temporary => language.pick("temporary file", "fichier temporaire"),
        Artefact::Other => language.pick("something else", "autre chose"),
    }
}

/// What for.
pub(super) const fn purpose(purpose: Purpose, language: Language) -> &'static str {
    match purpose {
        Purpose::Training => language.pick("training", "formation"),
        Purpose::Evaluation => language.pick("evaluation", "évaluation"),
        Purpose::Quality => language.pick("quality", "qualité"),
        Purpose::Evidence => language.pick("evidence", "preuve"),
        Purpose::Monitoring => language.pick("monitoring", "surveillance"),
        Purpose::SubjectRight => language.pick("a person's own request", "demande de la personne"),
        Purpose::Oversight => language.pick("oversight", "contrôle"),
        Purpose::Other => language.pick("another purpose", "autre finalité"),
    }
}

/// What an access obliges to; empty for nothing.
pub(crate) fn obligations(obligations: Obligations, language: Language) -> String {
    let words: Vec<&str> = [
        (
            obligations.journal,
            language.pick("written into the journal", "inscrit au journal"),
        ),
        (
            obligations.watermark,
            language.pick("marked with the account", "marqué du compte"),
        ),
        (
            obligations.second_person,
            language.pick("with a second person", "avec une seconde personne"),
        ),
    ]
    .into_iter()
    .filter_map(|(asked, words)| asked.then_some(words))
    .collect();
    words.join(", ")
}

/// "3 frames".
pub(super) fn frames(count: u64, language: Language) -> String {
    match count {
        0 | 1 if language == Language::French => format!("{count} image"),
        1 => "1 frame".to_owned(),
        _ => say!(language, "{count} frames", "{count} images"),
    }
}

/// What became of a segment, or of an access.
pub(super) const KEEP: Words = Words::new("keep", "gardé");
pub(super) const TRIM: Words = Words::new("trim", "réduit");
pub(super) const DISCARD: Words = Words::new("discard", "détruit");
pub(super) const ALLOW: Words = Words::new("allow", "permis");
pub(super) const REFUSE: Words = Words::new("refuse", "refusé");

/// What is left of a segment.
pub(super) fn trimmed(whole: &str, part: &str, language: Language) -> String {
    say!(
        language,
        "{whole}, trimmed to {part}, the call itself",
        "{whole}, réduit à {part}, l'appel lui-même"
    )
}

/// Who wants to do what.
pub(super) fn access(date: &str, role: &str, access: &Access, language: Language) -> String {
    let (operation, artefact, purpose) = (
        operation(access.operation, language),
        artefact(access.artefact, language),
        purpose(access.purpose, language),
    );
    say!(
        language,
        "{date}, role {role}: {operation} {artefact} for {purpose}",
        "{date}, rôle {role}\u{a0}: {operation} {artefact}, finalité {purpose}"
    )
}

/// Until when something may be kept.
pub(crate) fn until(date: Option<&str>, language: Language) -> String {
    match date {
        None => language.pick("no limit", "sans limite").to_owned(),
        Some(date) => say!(language, "until {date}", "jusqu'au {date}"),
    }
}

/// What is kept, and since when.
pub(super) fn collected(what: Artefact, date: &str, programme: &str, language: Language) -> String {
    let what = artefact(what, language);
    say!(
        language,
        "{what} collected {date} under {programme}",
        "{what}, collecte {date}, programme {programme}"
    )
}

/// Which session, employee and programme.
pub(super) const fn token(language: Language) -> [&'static str; 3] {
    match language {
        Language::English => ["session", "employee", "programme"],
        Language::French => ["session", "salarié", "programme"],
    }
}

/// "… and 12 more changes".
pub(super) fn more_changes(count: usize, language: Language) -> String {
    say!(
        language,
        "and {count} more; `--format json` lists every answer",
        "et {count} de plus\u{a0}; `--format json` donne toutes les réponses"
    )
}

/// Whose decision it is: a policy's, or the floor's.
pub(super) fn by(policy: Option<&str>, language: Language) -> String {
    let policy = policy.unwrap_or(language.pick("the floor", "le socle"));
    say!(language, "by {policy}", "selon {policy}")
}

/// How much of a call was recorded.
pub(super) fn recorded(kept: &str, all: &str, language: Language) -> String {
    say!(language, "recorded {kept} of {all}", "enregistré {kept} sur {all}")
}

/// A legal reference: gathered from secondary sources, and never more than "see". `P` in it says that the
/// rule is a reading of ours.
pub(crate) fn see(reference: &str, language: Language) -> String {
    let own = OUR_READING.of(language);
    match reference.strip_prefix('P') {
        Some("") => own.to_owned(),
        Some(rest) if rest.starts_with(';') => {
            let rest = cited(rest.trim_start_matches([';', ' ']), language);
            say!(language, "{own}; see {rest}", "{own}\u{a0}; voir {rest}")
        }
        _ if reference.is_empty() => String::new(),
        _ => {
            let reference = cited(reference, language);
            say!(language, "see {reference}", "voir {reference}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_never_more_than_see() {
        assert_eq!(see("P; RGPD 24", Language::English), "a reading of ours; see RGPD 24");
        assert_eq!(see("P", Language::French), "une interprétation de notre part");
        assert_eq!(see("RGPD 18", Language::French), "voir art. 18 RGPD");
        assert_eq!(see("", Language::French), "");
    }
}
