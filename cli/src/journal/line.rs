//! An entry in one line.

use anstyle::Style;
use gardefou::journal::{AccessEvent, AccessRecord, AskedBy, Count, DecisionRecord, Entry, Record};
use gardefou::{Artefact, Operation, Reason, Span, Timestamp, floor_description};

use super::gone::Gone;
use super::names::Names;
use crate::language::{Language, say};
use crate::text::{self, clock::date};
use crate::text::{ALLOWED, FAINT, HEADING, Look, REFUSED, paint, plain};

/// What stands over the columns.
pub(super) fn heading(look: Look) -> String {
    let words = look.language.pick(
        "   entry  when                  kind      what",
        "  entrée  quand                 sorte     quoi",
    );
    paint(HEADING, words)
}

/// Its number, when, its kind, and what it says; where it was forgotten, why, as far as another entry says so.
pub(super) fn line(entry: &Entry, gone: &Gone, names: &Names, look: Look) -> String {
    let when = entry.record.as_ref().and_then(Record::at).map(date).unwrap_or_default();
    let kind = kind(&entry.kind, look.language);
    let index = entry.index;
    let head = format!("{index:>8}  {when:<20}  {kind:<8}  ");
    let said = match &entry.record {
        None => paint(
            FAINT,
            gone.why(index).map_or_else(
                || {
                    look.language.pick(
                        "forgotten; why is not shown",
                        "effacée\u{a0}; le motif n'est pas montré",
                    )
                },
                |why| why.text(look.language),
            ),
        ),
        Some(Record::Access(record)) => access(record, names, look.language),
        Some(Record::Decision(record)) => decision(record, names, look.language),
        Some(Record::Count(record)) => count(record, look),
        Some(_) => String::new(),
    };
    format!("{head}{said}")
}

fn kind(kind: &str, language: Language) -> &str {
    match kind {
        "access" => language.pick("access", "accès"),
        "decision" => language.pick("decision", "décision"),
        "count" => language.pick("count", "décompte"),
        other => other,
    }
}

/// How often something happened on a day.
pub(super) fn count(count: &Count, look: Look) -> String {
    let Count {
        day,
        site,
        reason,
        count,
    } = count;
    let (day, site) = (plain(day), plain(site));
    let title = title(reason, look.language);
    let site = if site.is_empty() {
        String::new()
    } else {
        format!(" ({site})")
    };
    format!("{day}{site}: {count} \u{d7} {title}")
}

fn decision(record: &DecisionRecord, names: &Names, language: Language) -> String {
    let (session, programme) = (plain(&record.session), plain(&record.programme));
    let (style, outcome) = outcome(&record.outcome, language);
    let outcome = paint(style, outcome);
    let kept = kept(record, language);
    let why = title(&record.reason, language);
    let note = if record.detail == 0 {
        String::new()
    } else {
        format!("/{}", record.detail)
    };
    let by = if names.is_empty() {
        String::new()
    } else {
        let names = names.names(&record.policies);
        say!(language, ", by {names}", ", par {names}")
    };
    format!("{session}, {programme}: {outcome}{kept} ({why}{note}){by}")
}

/// How much of a segment is kept: the time of its frames that were permitted, of those that are left. The rest of the
/// segment is blank, or was cut off.
fn kept(record: &DecisionRecord, language: Language) -> String {
    let Some(segment) = record.segment else {
        return String::new();
    };
    let permitted = record.totals.get(PERMITTED).copied().unwrap_or_default();
    let (kept, whole) = match record.outcome.as_str() {
        "keep" => (permitted, segment),
        "trim" => (permitted.min(record.kept.map_or(0, Span::length)), segment),
        _ => return String::new(),
    };
    let (kept, whole) = (text::clock::length(kept), length(whole));
    say!(language, " {kept} of {whole}", " {kept} sur {whole}")
}

/// The reason of what no rule objects to.
const PERMITTED: &str = "permitted";

fn outcome(name: &str, language: Language) -> (Style, &str) {
    match name {
        "keep" => (ALLOWED, language.pick("kept", "gardé")),
        "trim" => (ALLOWED, language.pick("kept in part", "gardé en partie")),
        "nothing" => (REFUSED, language.pick("nothing kept", "rien de gardé")),
        "refuse" => (REFUSED, language.pick("refused", "refusé")),
        other => (Style::new(), other),
    }
}

fn access(record: &AccessRecord, names: &Names, language: Language) -> String {
    match &record.event {
        AccessEvent::Access {
            operation,
            artefact,
            account,
            role,
            recording,
            granted,
            reason,
            second_person,
            ..
        } => {
            let said = asked(
                *operation,
                *artefact,
                [account, role, recording],
                (*granted, reason),
                language,
            );
            let second = second_person.as_deref().map_or_else(String::new, |second| {
                let second = plain(second);
                say!(language, ", with {second}", ", avec {second}")
            });
            format!("{said}{second}")
        }
        AccessEvent::Policies { after, ledger, .. } => {
            let count = if names.is_empty() {
                after.len().to_string()
            } else {
                names.names(after)
            };
            let ledger = ledger.as_deref().map_or_else(String::new, |ledger| {
                let ledger = plain(ledger);
                say!(language, ", ledger `{ledger}`", ", registre `{ledger}`")
            });
            say!(
                language,
                "policies in force: {count}{ledger}",
                "règles en vigueur\u{a0}: {count}{ledger}"
            )
        }
        AccessEvent::Fault { session, fault, policy } => {
            let (session, fault) = (plain(session.as_deref().unwrap_or("-")), plain(fault));
            let policy = if names.is_empty() {
                String::new()
            } else {
                format!(" ({})", names.name(policy))
            };
            say!(
                language,
                "a policy{policy} failed in {session}: {fault}",
                "un fichier de règles{policy} a failli dans {session}\u{a0}: {fault}"
            )
        }
        AccessEvent::Purge {
            recording,
            artefact,
            count,
            ..
        } => {
            let recording = plain(recording.as_deref().unwrap_or("-"));
            let artefact = text::artefact(*artefact, language);
            say!(
                language,
                "purged of {recording}: {count} {artefact}",
                "purgé de {recording}\u{a0}: {count} {artefact}"
            )
        }
        AccessEvent::Discard {
            session,
            segment,
            reason,
        } => {
            let (session, length) = (plain(session), length(*segment));
            let why = reason
                .as_deref()
                .map_or_else(String::new, |reason| format!(" ({})", title(reason, language)));
            say!(
                language,
                "{length} of {session} must be discarded{why}",
                "{length} de {session} à supprimer{why}"
            )
        }
        AccessEvent::Discarded { session, segment, .. } => {
            let (session, length) = (plain(session), length(*segment));
            say!(
                language,
                "{length} of {session} are discarded",
                "{length} de {session} supprimées"
            )
        }
        AccessEvent::Trimmed {
            session, segment, kept, ..
        } => {
            let (session, whole, kept) = (plain(session), length(*segment), length(*kept));
            say!(
                language,
                "{session} was cut from {whole} to {kept}",
                "{session} réduit de {whole} à {kept}"
            )
        }
        AccessEvent::Right {
            request,
            account,
            recordings,
            count,
            asked,
            ..
        } => {
            let (request, account, recordings) = (self::request(request, language), plain(account), recordings.len());
            let whose = whose(asked.as_ref().map(|asked| asked.by), language);
            say!(
                language,
                "{whose}, {request}: {recordings} recordings, {count} files and entries, by {account}",
                "{whose}, {request}\u{a0}: {recordings} enregistrements, {count} fichiers et entrées, par {account}"
            )
        }
        AccessEvent::Invalidation {
            fact,
            value,
            account,
            recordings,
            ..
        } => {
            let (fact, value, account, count) = (
                self::fact(fact, language),
                plain(value),
                plain(account),
                recordings.len(),
            );
            say!(
                language,
                "{fact} `{value}` was false: {count} recordings discarded, by {account}",
                "fait faux, {fact} `{value}`\u{a0}: {count} enregistrements supprimés, par {account}"
            )
        }
        AccessEvent::Clock { account, disowned } => match account.as_deref().map(plain) {
            Some(account) => say!(
                language,
                "the clock is right, says {account}: {disowned} earlier entries have a wrong date",
                "l'horloge est juste, dit {account}\u{a0}: {disowned} entrées antérieures ont une date fausse"
            ),
            None => language
                .pick("custody looked at the clock", "l'horloge a été relevée")
                .to_owned(),
        },
        _ => String::new(),
    }
}

fn asked(
    operation: Operation,
    artefact: Artefact,
    [account, role, recording]: [&str; 3],
    (granted, reason): (bool, &str),
    language: Language,
) -> String {
    let operation = text::operation(operation, language);
    let artefact = text::artefact(artefact, language);
    let [account, role, recording] = [account, role, recording].map(plain);
    let answer = if granted {
        paint(ALLOWED, language.pick("granted", "accordé"))
    } else {
        let refused = paint(REFUSED, language.pick("refused", "refusé"));
        format!("{refused} ({})", title(reason, language))
    };
    say!(
        language,
        "{account} ({role}) asked to {operation}: {artefact} of {recording}: {answer}",
        "{account} ({role}) a demandé à {operation}\u{a0}: {artefact} de {recording}\u{a0}: {answer}"
    )
}

/// Whose request it was.
const fn whose(by: Option<AskedBy>, language: Language) -> &'static str {
    match by {
        Some(AskedBy::Employee) => language.pick("the employee's request", "demande du salarié"),
        Some(AskedBy::Party) => language.pick("the other party's request", "demande de l'autre partie"),
        Some(AskedBy::Authority) => language.pick("an authority's request", "demande d'une autorité"),
        Some(AskedBy::Court) => language.pick("a court's request", "demande d'un juge"),
        // An earlier version did not write it down.
        _ => language.pick("a request", "une demande"),
    }
}

/// What was asked for.
fn request(name: &str, language: Language) -> String {
    match name {
        "find" => language.pick("find", "recherche").into(),
        "disclose" => language.pick("disclose", "communication").into(),
        "erase" => language.pick("erase", "effacement").into(),
        "restrict" => language.pick("restrict", "limitation").into(),
        "release" => language.pick("release", "levée de la limitation").into(),
        "open" => language.pick("received", "reçue").into(),
        "close" => language.pick("answered", "satisfaite").into(),
        other => plain(other),
    }
}

/// What was false.
fn fact(kind: &str, language: Language) -> String {
    match kind {
        "notice" => language.pick("notice", "information").into(),
        "programme" => "programme".into(),
        "call" => language.pick("call", "appel").into(),
        other => plain(other),
    }
}

fn length(span: Span) -> String {
    let millis = span.end.max(Timestamp::MIN).since(span.start);
    text::clock::length(millis)
}

/// A reason's title in the register, or its name. Behind a slash stands the number of a note that says something else.
fn title(name: &str, language: Language) -> String {
    if let Some((name, note)) = name.split_once('/') {
        let floor = floor_description();
        let known = floor
            .notes
            .iter()
            .find(|of| of.reason.to_string() == name && of.detail.to_string() == note);
        if let Some(known) = known {
            return plain(language.of(&known.title));
        }
    }
    let known = Reason::ALL
        .iter()
        .filter_map(|reason| reason.info())
        .find(|info| info.name == name);
    known.map_or_else(
        || plain(name),
        |info| language.pick(info.english, info.french).to_owned(),
    )
}
