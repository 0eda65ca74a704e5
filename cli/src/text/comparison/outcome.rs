//! What changes in a group, in one sentence.

use gardefou::{Action, Artefact, Description, Millis, Obligations, Reason, Refusal, WindowKind};
use gardefou_compare::{Change, Direction, Term};

use super::super::titles::plain;
use crate::document::millis;
use crate::language::{Language, say};

/// Which way, in a word.
pub(super) const fn way(direction: Direction, language: Language) -> &'static str {
    match direction {
        Direction::Looser => language.pick("looser", "moins strict"),
        Direction::Stricter => language.pick("stricter", "plus strict"),
        Direction::Neither => language.pick("another reason", "autre motif"),
    }
}

/// The sentence: what was answered before, and what is now.
pub(super) fn told(change: &Change, descriptions: [&Description; 2], language: Language) -> String {
    match answers(change, descriptions, language) {
        Ok((what, old, new)) => {
            say!(
                language,
                "{what}: {old} before, {new} now.",
                "{what} : {old} avant, {new} désormais."
            )
        }
        Err(sentence) => sentence,
    }
}

/// The sentence: what the floor answers, and what the policy does.
pub(super) fn against_the_floor(change: &Change, descriptions: [&Description; 2], language: Language) -> String {
    match answers(change, descriptions, language) {
        Ok((what, old, new)) => say!(
            language,
            "{what}: {old} by the floor, {new} by the policy.",
            "{what} : {old} selon le socle, {new} selon ces règles."
        ),
        Err(sentence) => sentence,
    }
}

/// What was asked, and both answers; or a whole sentence where the answers have no words of their own.
fn answers(
    change: &Change,
    descriptions: [&Description; 2],
    language: Language,
) -> Result<(String, String, String), String> {
    let [old_notes, new_notes] = descriptions;
    Ok(match change {
        Change::Open { old, new } => (
            language.pick("Opening a session", "Ouverture d'une session").to_owned(),
            opened(*old, old_notes, language),
            opened(*new, new_notes, language),
        ),
        Change::Frame { old, new } => {
            if old == new {
                return Err(regions(language));
            }
            (
                language.pick("A frame", "Une image").to_owned(),
                framed(*old, old_notes, language),
                framed(*new, new_notes, language),
            )
        }
        Change::Review { old, new } => (
            language.pick("A finished segment", "Un segment terminé").to_owned(),
            reviewed(*old, old_notes, language),
            reviewed(*new, new_notes, language),
        ),
        Change::Access { role, old, new } => {
            let role = plain(role);
            (
                say!(
                    language,
                    "An access in the role `{role}`",
                    "Un accès dans le rôle `{role}`"
                ),
                granted(*old, old_notes, language),
                granted(*new, new_notes, language),
            )
        }
        Change::Window { about, new } => return Err(window(about, *new, language)),
        Change::KeepUntil { artefact } => {
            let key = artefact_key(*artefact);
            return Err(say!(
                language,
                "How long things are kept differs: `{key}`.",
                "La durée de conservation diffère : `{key}`."
            ));
        }
        Change::Terms { term, old, new } => return Err(terms(*term, [*old, *new], language)),
        _ => return Err(String::new()),
    })
}

fn regions(language: Language) -> String {
    language
        .pick(
            "A frame is kept in other regions.",
            "D'autres régions d'une image sont conservées.",
        )
        .to_owned()
}

fn window(about: &str, new: WindowKind, language: Language) -> String {
    match new {
        WindowKind::Training => say!(
            language,
            "Windows become windows of the training: {about}.",
            "Des fenêtres deviennent des fenêtres de la formation : {about}."
        ),
        WindowKind::Other => say!(
            language,
            "Windows are no longer windows of the training: {about}.",
            "Des fenêtres ne sont plus des fenêtres de la formation : {about}."
        ),
    }
}

fn terms(term: Option<Term>, values: [Millis; 2], language: Language) -> String {
    let Some(term) = term else {
        return language
            .pick(
                "A programme is known to one of the two only.",
                "Un programme n'est connu que de l'une des deux.",
            )
            .to_owned();
    };
    let what = match term {
        Term::FrameInterval => language.pick("the longest frame interval", "l'intervalle maximal entre images"),
        Term::FactsAge => language.pick("the oldest that facts may be", "l'âge maximal des informations"),
        Term::EmployeeLimit => language.pick("the cap for one employee", "le plafond par salarié"),
        Term::EmployeePeriod => language.pick(
            "the period of the cap for one employee (the shorter, the more may be recorded)",
            "la période du plafond par salarié (plus elle est courte, plus on peut enregistrer)",
        ),
        Term::ProgrammeLimit => language.pick("the cap of the programme", "le plafond du programme"),
        Term::ProgrammePeriod => language.pick(
            "the period of the cap of the programme (the shorter, the more may be recorded)",
            "la période du plafond du programme (plus elle est courte, plus on peut enregistrer)",
        ),
        Term::Unreviewed => language.pick("what may wait for review", "ce qui peut attendre l'analyse"),
        Term::SamplingPeriod => language.pick(
            "the period in which calls are counted (a change can go either way, and counts as looser)",
            "la période où les appels sont comptés (un changement peut aller dans les deux sens, et compte comme moins strict)",
        ),
    };
    let [old, new] = values.map(|value| match value {
        Millis::MAX => language.pick("no limit", "sans limite").to_owned(),
        value => millis(value, language),
    });
    say!(
        language,
        "What the recorder must count differs: {what}: {old}, then {new}.",
        "Ce que l'enregistreur doit compter diffère\u{a0}: {what}\u{a0}: {old}, puis {new}."
    )
}

fn opened(told: Result<(), Refusal>, own: &Description, language: Language) -> String {
    match told {
        Ok(()) => language.pick("it opens", "elle s'ouvre").to_owned(),
        Err(why) => refused(language.pick("refused", "refusée"), why, own, language),
    }
}

fn framed((action, why): (Action, Refusal), own: &Description, language: Language) -> String {
    match action {
        Action::Keep => language.pick("kept", "conservée").to_owned(),
        Action::Skip => refused(language.pick("skipped", "non enregistrée"), why, own, language),
        Action::Stop => refused(
            language.pick("the recording ends", "fin de l'enregistrement"),
            why,
            own,
            language,
        ),
    }
}

fn reviewed(told: Option<Refusal>, own: &Description, language: Language) -> String {
    match told {
        None => language
            .pick("kept, whole or in part", "conservé, en tout ou en partie")
            .to_owned(),
        Some(why) => refused(language.pick("discarded", "supprimé"), why, own, language),
    }
}

fn granted(told: Result<Obligations, Refusal>, own: &Description, language: Language) -> String {
    match told {
        Ok(obligations) => {
            let named = [
                (obligations.journal, "journal"),
                (obligations.watermark, "watermark"),
                (obligations.second_person, "second-person"),
            ];
            let named: Vec<&str> = named.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
            let obliged = if named.is_empty() {
                "-".to_owned()
            } else {
                named.join(", ")
            };
            say!(
                language,
                "allowed (obligations: {obliged})",
                "permis (obligations : {obliged})"
            )
        }
        Err(why) => refused(language.pick("refused", "refusé"), why, own, language),
    }
}

/// The action, the reason by its name, and what its note says.
fn refused(action: &str, why: Refusal, own: &Description, language: Language) -> String {
    let reason = why.reason;
    let title = own.note(why).map(|note| language.of(&note.title).to_owned());
    let title = title.or_else(|| {
        reason
            .info()
            .map(|info| language.pick(info.english, info.french).to_owned())
    });
    match title {
        Some(title) => {
            let title = plain(&title);
            say!(
                language,
                "{action}, `{reason}` ({title})",
                "{action}, `{reason}` ({title})"
            )
        }
        None => format!("{action}, `{reason}`"),
    }
}

/// The question of a group, and the names of the old reason and of the new one, where both refuse.
pub(super) fn reasons(change: &Change, language: Language) -> Option<(String, String, String)> {
    let (what, old, new) = match change {
        Change::Open { old, new } => (
            language.pick("Opening a session", "Ouverture d'une session"),
            old.err()?,
            new.err()?,
        ),
        Change::Frame { old, new } => (language.pick("A frame", "Une image"), old.1, new.1),
        Change::Review { old, new } => (
            language.pick("A finished segment", "Un segment terminé"),
            (*old)?,
            (*new)?,
        ),
        Change::Access { old, new, .. } => (language.pick("An access", "Un accès"), old.err()?, new.err()?),
        _ => return None,
    };
    let what = match change {
        Change::Access { role, .. } => {
            let role = plain(role);
            say!(
                language,
                "An access in the role `{role}`",
                "Un accès dans le rôle `{role}`"
            )
        }
        _ => what.to_owned(),
    };
    // Two notes of one reason are told apart by their numbers.
    let name = |why: Refusal| {
        if old.reason == new.reason {
            format!("{} ({})", why.reason, why.detail)
        } else {
            why.reason.to_string()
        }
    };
    Some((what, name(old), name(new)))
}

/// The key of `[retention]` for an artefact; an anonymised copy has none.
const fn artefact_key(artefact: Artefact) -> &'static str {
    match artefact {
        Artefact::Recording => "recordings",
        Artefact::AnonymisedCopy => "anonymised-copy",
        Artefact::Analysis => "analyses",
        Artefact::DecisionRecord => "decisions",
        Artefact::AccessRecord => "accesses",
        Artefact::Temporary => "temporary",
        Artefact::Other => "other",
    }
}

/// The row of the legal matrix that a change touches; empty where there is none.
pub(crate) fn rule_of(change: &Change) -> &'static str {
    let of = |why: Option<Refusal>| {
        let why = why.filter(|why| why.reason != Reason::PERMITTED);
        why.and_then(|why| why.reason.info()).map(|info| info.rule)
    };
    let found = match change {
        Change::Open { old, new } => of(old.err()).or_else(|| of(new.err())),
        Change::Frame { old, new } if old == new => Some("S4"),
        Change::Frame { old, new } => of(Some(old.1)).or_else(|| of(Some(new.1))),
        Change::Review { old, new } => of(*old).or_else(|| of(*new)),
        Change::Access { old, new, .. } => of(old.err()).or_else(|| of(new.err())).or(Some("S9")),
        Change::Window { .. } => Some("S4"),
        Change::KeepUntil { .. } => Some("+7"),
        Change::Terms { term, .. } => match term {
            None => Some("S10"),
            Some(Term::FrameInterval) => Some("S1"),
            Some(Term::FactsAge) => Some("P"),
            Some(Term::SamplingPeriod) => Some("+1"),
            Some(_) => Some("S7"),
        },
        _ => None,
    };
    found.unwrap_or("")
}

/// What names a group's file: the reason that comes or goes, or the question.
pub(crate) fn reason_of(change: &Change) -> String {
    let reason = |why: Option<Refusal>| why.filter(|why| why.reason != Reason::PERMITTED).map(|why| why.reason);
    let found = match change {
        Change::Open { old, new } => reason(old.err()).or_else(|| reason(new.err())),
        Change::Frame { old, new } => reason(Some(old.1)).or_else(|| reason(Some(new.1))),
        Change::Review { old, new } => reason(*old).or_else(|| reason(*new)),
        Change::Access { old, new, .. } => reason(old.err()).or_else(|| reason(new.err())),
        Change::Window { .. } => return "window".into(),
        Change::KeepUntil { artefact } => return format!("retention-{}", artefact_key(*artefact)),
        _ => None,
    };
    found.map_or_else(|| "answer".into(), |reason| reason.to_string().replace(' ', "-"))
}
