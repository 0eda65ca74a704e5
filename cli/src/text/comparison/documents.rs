//! What two documents say differently, in sentences.

use serde_json::Value;

use super::super::titles::plain;
use crate::comparing::{DAYS, How, Moved, Said, Unannounced};
use crate::document::{date, duration, plural, share};
use crate::language::{Language, say};

/// How many entries of a list a sentence names; the others are counted.
const NAMED: usize = 20;

/// A sentence about the documents: what it is about, what was said, and what is said now.
pub(crate) fn sentence(said: &Said, language: Language) -> String {
    let about = about(said, language);
    match &said.how {
        How::Value { old, new } if said.key.is_empty() => section(&about, old.as_ref(), new.as_ref(), said, language),
        How::Value { old, new } => {
            let word = |value: &Option<Value>| match value {
                Some(value) => value_in_words(&said.key, value, language),
                None => language.pick("nothing", "rien").to_owned(),
            };
            let (old, new) = (word(old), word(new));
            if old == new {
                return say!(
                    language,
                    "{about} is written differently; `--format json` shows both.",
                    "{about}\u{a0}: écrit autrement\u{a0}; `--format json` montre les deux."
                );
            }
            say!(
                language,
                "{about}: before, {old}; now, {new}.",
                "{about}\u{a0}: avant, {old}\u{a0}; désormais, {new}."
            )
        }
        How::List { counts, gone, come } => {
            let [old, new] = counts;
            let mut parts = vec![say!(
                language,
                "{old} before, {new} now",
                "avant, {old}\u{a0}; désormais, {new}"
            )];
            for (entries, word) in [
                (come, language.pick("new:", "en plus\u{a0}:")),
                (gone, language.pick("gone:", "en moins\u{a0}:")),
            ] {
                if !entries.is_empty() {
                    parts.push(format!("{word} {}", listed(&said.key, entries, language)));
                }
            }
            let text = parts.join(language.pick("; ", "\u{a0}; "));
            say!(language, "{about}: {text}.", "{about}\u{a0}: {text}.")
        }
    }
}

/// A whole section that one of the two lacks.
fn section(about: &str, old: Option<&Value>, new: Option<&Value>, said: &Said, language: Language) -> String {
    let there = new.or(old);
    let days = there.filter(|_| said.kind == Some("programme")).and_then(|section| {
        let day = |key: &str| Some(date(section.get(key)?.as_str()?, language));
        let (from, until) = (day("from")?, day("until")?);
        Some(say!(
            language,
            " (from {from} to {until}, both included)",
            " (du {from} au {until}, ces deux jours compris)"
        ))
    });
    let days = days.unwrap_or_default();
    if old.is_none() {
        say!(language, "{about}{days} is new.", "{about}{days}\u{a0}: en plus.")
    } else {
        say!(
            language,
            "{about}{days} is no longer there.",
            "{about}{days}\u{a0}: en moins."
        )
    }
}

/// Whose key it is, and what it is called.
fn about(said: &Said, language: Language) -> String {
    let key = key(said.kind, &said.key, language);
    let Some(kind) = said.kind else {
        return capitalised(&key);
    };
    let ids: Vec<String> = said.ids.iter().map(|id| format!("`{}`", plain(id))).collect();
    let several = ids.len() > 1;
    let ids = ids.join(", ");
    let kind = match (kind, several) {
        ("programme", false) => language.pick("Programme", "Programme"),
        ("programme", true) => language.pick("Programmes", "Programmes"),
        ("application", false) => language.pick("Application", "Application"),
        ("application", true) => language.pick("Applications", "Applications"),
        (_, false) => language.pick("Role", "Rôle"),
        (_, true) => language.pick("Roles", "Rôles"),
    };
    if said.key.is_empty() {
        return say!(language, "{kind} {ids}", "{kind} {ids}");
    }
    say!(language, "{kind} {ids}, {key}", "{kind} {ids}, {key}")
}

/// What a key is called: in words, and as the document writes it; only so where it has no words.
fn key(kind: Option<&str>, key: &str, language: Language) -> String {
    let written = plain(key);
    let Some((english, french)) = words(kind, key) else {
        return format!("`{written}`");
    };
    let name = language.pick(english, french);
    format!("{name} (`{written}`)")
}

fn words(kind: Option<&str>, key: &str) -> Option<(&'static str, &'static str)> {
    Some(match (kind, key) {
        (None, "id") => ("the name of the rules", "le nom des règles"),
        (None, "version") => ("the version", "la version"),
        (None, "controller") => ("the controller", "le responsable de traitement"),
        (None, "time-zone") | (Some("programme"), "time-zone") => {
            ("the time zone of the dates", "le fuseau horaire des dates")
        }
        (None, "in-force") => ("the days in force", "les jours de validité des règles"),
        (None, "attestations.works-council.on") => {
            ("the day of the works council's opinion", "le jour de l'avis du CSE")
        }
        (None, "attestations.works-council.valid-for") => (
            "how long the works council's opinion is good for",
            "la durée de validité de l'avis du CSE",
        ),
        (None, "attestations.works-council") | (Some("programme"), "works-council") => {
            ("the works council's opinions", "les avis du CSE")
        }
        (None, "attestations.impact-assessment.on") => {
            ("the day of the impact assessment", "le jour de l'analyse d'impact")
        }
        (None, "attestations.impact-assessment.valid-for") => (
            "how long the impact assessment is good for",
            "la durée de validité de l'analyse d'impact",
        ),
        (None, "attestations.register-entry.on") => (
            "the day of the entry in the register",
            "le jour de l'inscription au registre",
        ),
        (None, "attestations.register-entry.reference") => {
            ("the reference in the register", "la référence au registre")
        }
        (None, "employee-notice.version") => (
            "the version of the employee's notice",
            "la version de l'information des salariés",
        ),
        (None, "employee-notice.valid-for") => (
            "how long the employee's notice is good for",
            "la durée de validité de l'information des salariés",
        ),
        (None, "employee-notice.covers") => (
            "what the employee's notice tells of",
            "ce que dit l'information des salariés",
        ),
        (None, "recording.max-frame-interval") => (
            "the longest time between two frames",
            "l'intervalle maximal entre deux images",
        ),
        (None, "recording.max-facts-age") => ("the oldest that facts may be", "l'âge maximal des informations"),
        (None, "recording.while-held") => (
            "recording while the call is held",
            "l'enregistrement pendant la mise en attente",
        ),
        (None, "retention.recordings") => (
            "how long recordings are kept",
            "la durée de conservation des enregistrements",
        ),
        (None, "retention.analyses") => ("how long analyses are kept", "la durée de conservation des analyses"),
        (None, "retention.decisions") => (
            "how long decision records are kept",
            "la durée de conservation des traces de décision",
        ),
        (None, "retention.accesses") => (
            "how long access records are kept",
            "la durée de conservation des traces d'accès",
        ),
        (None, "retention.temporary") => (
            "how long temporary files are kept",
            "la durée de conservation des fichiers temporaires",
        ),
        (Some("programme"), DAYS) => ("the days of recording", "les jours d'enregistrement"),
        (Some("programme"), "review-until") => ("the last day of review", "le dernier jour d'analyse"),
        (Some("programme"), "announced-on") => ("the day of the announcement", "le jour de l'annonce"),
        (Some("programme"), "need") => ("the need", "le besoin"),
        (Some("programme"), "employees") => (
            "the employees who may be recorded",
            "les salariés qui peuvent être enregistrés",
        ),
        (Some("programme"), "employees-file") => (
            "the file of the list of employees",
            "le fichier de la liste des salariés",
        ),
        (Some("programme"), "applications") => ("the applications", "les applications"),
        (Some("programme"), "volume.per-employee") => ("the cap for one employee", "le plafond par salarié"),
        (Some("programme"), "volume.programme") => ("the cap of the programme", "le plafond du programme"),
        (Some("programme"), "volume.unreviewed") => ("what may wait for review", "ce qui peut attendre l'analyse"),
        (Some("programme"), "volume.share-of-calls") => ("the largest share of calls", "la part maximale des appels"),
        (Some("application"), "title") | (Some("programme"), "title") => ("the title", "le titre"),
        (Some("application"), "match") => ("how its windows are recognised", "ce qui reconnaît ses fenêtres"),
        (Some("application"), "never-title") => ("titles that are never recorded", "les titres jamais enregistrés"),
        (Some("application" | "programme"), "never-entered") => (
            "what is declared never to be entered",
            "ce qui est déclaré n'être jamais saisi",
        ),
        (Some("role"), "may") => ("what it may do", "ce qu'il permet"),
        (Some("role"), "purposes") => ("for which purposes", "pour quelles finalités"),
        (Some("role"), "programmes") => ("under which programmes", "pour quels programmes"),
        (Some("role"), "own-only") => (
            "the person's own recordings only",
            "seulement ses propres enregistrements",
        ),
        _ => return None,
    })
}

/// A value as people say it: dates, lengths of time and shares in words, everything else as it is written.
fn value_in_words(key: &str, value: &Value, language: Language) -> String {
    let of = |name: &str| value.get(name).and_then(Value::as_str);
    let pair = |one, other| Some((of(one)?, of(other)?));
    if let Some((from, until)) = pair("from", "until") {
        let (from, until) = (date(from, language), date(until, language));
        return say!(
            language,
            "from {from} to {until}, both included",
            "du {from} au {until}, ces deux jours compris"
        );
    }
    if let (Some(limit), Some(per)) = (value.get("limit"), of("per")) {
        let (limit, per) = (limit_in_words(limit, language), duration(per, language));
        return say!(language, "{limit} in any {per}", "{limit} sur toute période de {per}");
    }
    match value {
        Value::String(text) if is_day(key) => date(text, language),
        Value::String(text) if is_length(key) => duration(text, language),
        Value::String(text) => say_quoted(text, language),
        Value::Array(entries) => {
            let all = plural(
                u64::try_from(entries.len()).unwrap_or(u64::MAX),
                ["entry", "entries"],
                ["élément", "éléments"],
                language,
            );
            let listed = listed(key, entries, language);
            format!("{all} ({listed})")
        }
        Value::Object(entries) => {
            let parts = entries.iter().map(|(key, value)| {
                let value = value_in_words(key, value, language);
                format!("{} {value}", plain(key))
            });
            parts.collect::<Vec<_>>().join(", ")
        }
        Value::Bool(true) => language.pick("yes", "oui").to_owned(),
        Value::Bool(false) => language.pick("no", "non").to_owned(),
        other => plain(&other.to_string()),
    }
}

/// What a cap or a share is limited to.
fn limit_in_words(limit: &Value, language: Language) -> String {
    match limit {
        Value::String(length) => duration(length, language),
        other => {
            // A share has six decimals at most.
            let millionths = other.as_f64().map(|share| format!("{:.0}", share * 1_000_000.0));
            let millionths = millionths.and_then(|text| text.parse().ok());
            millionths.map_or_else(|| plain(&other.to_string()), |millionths| share(millionths, language))
        }
    }
}

fn is_day(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    matches!(last, "on" | "from" | "until" | "review-until" | "announced-on")
}

fn is_length(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    matches!(
        last,
        "valid-for" | "unreviewed" | "max-frame-interval" | "max-facts-age" | "per"
    ) || key.starts_with("retention.")
}

/// A text between the quotes of the language; cut where a sentence cannot hold it.
fn say_quoted(text: &str, language: Language) -> String {
    let text = plain(text);
    say!(language, "“{text}”", "«\u{a0}{text}\u{a0}»")
}

fn listed(key: &str, entries: &[Value], language: Language) -> String {
    let mut names: Vec<String> = entries
        .iter()
        .take(NAMED)
        .map(|entry| match entry {
            Value::String(text) => format!("`{}`", plain(text)),
            other => format!("{{ {} }}", value_in_words(key, other, language)),
        })
        .collect();
    let more = entries.len().saturating_sub(NAMED);
    if more > 0 {
        names.push(say!(
            language,
            "{more} more, which `--format json` lists",
            "{more} de plus, que `--format json` énumère"
        ));
    }
    names.join(", ")
}

/// That a programme changed after its announcement.
pub(crate) fn unannounced(one: &Unannounced, language: Language) -> String {
    let programme = plain(&one.programme);
    let on = date(&one.announced_on, language);
    let what: Vec<&str> = one
        .what
        .iter()
        .map(|moved| match moved {
            Moved::From => language.pick("it begins earlier", "il commence plus tôt"),
            Moved::Until => language.pick("it ends later", "il finit plus tard"),
            Moved::Review => language.pick("review ends later", "l'analyse finit plus tard"),
            Moved::Employees => language.pick(
                "employees who could not be recorded before may be now",
                "des salariés qui ne pouvaient pas être enregistrés peuvent l'être",
            ),
        })
        .collect();
    let what = what.join(", ");
    say!(
        language,
        "Programme `{programme}`: {what}; `announced-on` is still {on}. Tell the employees, and write the day on which \
         they were told.",
        "Programme `{programme}`\u{a0}: {what}\u{a0}; `announced-on` reste le {on}. Informer les salariés, et écrire le \
         jour où ils l'ont été."
    )
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
