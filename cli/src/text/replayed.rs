//! What other rules would have decided over a journal.

use anstyle::Style;
use gardefou::journal::{Changed, Difference, Replayed, Verdict};
use gardefou::{Digest, Millis, Reason, Refusal};
use serde_json::{Value, json};

use super::clock;
use super::look::{ALLOWED, FAINT, HEADING, Look, REFUSED, paint};
use super::row::{Lead, wrap};
use super::titles::{Titles, plain};
use crate::command::Outcome;
use crate::document::plural;
use crate::language::{Language, say};
use crate::report::Cause;

/// More changed decisions than that are not listed on a page.
const MOST_LISTED: usize = 40;

/// The page.
pub(crate) fn render(journal: &str, outcome: &Outcome, titles: &Titles, look: Look) -> String {
    let mut lines = header(journal, outcome, titles, look);
    for (name, difference) in &outcome.balance.programmes {
        lines.push(String::new());
        lines.extend(programme(name, difference, titles, look));
    }
    if !outcome.changed.is_empty() {
        lines.push(String::new());
        lines.extend(decisions(&outcome.changed, titles, look));
    }
    lines.push(String::new());
    lines.extend(limits(outcome, titles, look));
    lines.push(String::new());
    lines.join("\n")
}

fn header(journal: &str, outcome: &Outcome, titles: &Titles, look: Look) -> Vec<String> {
    let language = look.language;
    let (records, changed) = (outcome.balance.records, outcome.balance.changed);
    let rules = titles.policies().join(" + ");
    let journal = plain(journal);
    let decided = plural(records, ["decision", "decisions"], ["décision", "décisions"], language);
    let title = say!(
        language,
        "{journal}, decided again by {rules}",
        "{journal}, décidé à nouveau par {rules}"
    );
    let sum = match (records, changed) {
        (0, _) => language
            .pick(
                "the journal holds no decision to take again",
                "le journal ne contient aucune décision à reprendre",
            )
            .to_owned(),
        (_, 0) => say!(
            language,
            "{decided}, none of them another one",
            "{decided}, aucune ne change"
        ),
        _ => say!(
            language,
            "{decided}, {changed} of them changed",
            "{decided}, dont {changed} changent"
        ),
    };
    vec![paint(HEADING, &title), sum]
}

fn programme(name: &str, difference: &Difference, titles: &Titles, look: Look) -> Vec<String> {
    let language = look.language;
    let (before, after) = (
        clock::length(difference.kept_before),
        clock::length(difference.kept_after),
    );
    let arrow = look.pick("→", "->");
    let name = paint(HEADING, &plain(name));
    let mut lines = vec![say!(
        language,
        "{name}: recorded {before} {arrow} {after}",
        "{name}\u{a0}: enregistré {before} {arrow} {after}"
    )];
    let sums = |sums: &std::collections::BTreeMap<Reason, Millis>, sign: &'static str, style| {
        let row = move |(reason, length): (&Reason, &Millis)| {
            row(
                style,
                &format!("{sign} {}", clock::length(*length)),
                *reason,
                titles,
                look,
            )
        };
        sums.iter().flat_map(row).collect::<Vec<_>>()
    };
    lines.extend(sums(&difference.more, "+", ALLOWED));
    lines.extend(sums(&difference.less, look.pick("−", "-"), REFUSED));
    let sessions = |count: u64| plural(count, ["session", "sessions"], ["session", "sessions"], language);
    for (reason, count) in &difference.opened {
        lines.extend(row(ALLOWED, &format!("+ {}", sessions(*count)), *reason, titles, look));
    }
    for (reason, count) in &difference.refused {
        let minus = look.pick("−", "-");
        lines.extend(row(
            REFUSED,
            &format!("{minus} {}", sessions(*count)),
            *reason,
            titles,
            look,
        ));
    }
    lines
}

fn row(style: Style, amount: &str, reason: Reason, titles: &Titles, look: Look) -> Vec<String> {
    let title = titles.title(cause(reason), look);
    Lead::new()
        .right(style, amount, 14)
        .with(&title.text, &title.rule, look)
}

fn cause(reason: Reason) -> Cause {
    Cause {
        refusal: Refusal::of(reason),
        policy: Digest::FLOOR,
    }
}

fn decisions(changed: &[Replayed], titles: &Titles, look: Look) -> Vec<String> {
    let language = look.language;
    let mut lines = vec![paint(HEADING, language.pick("Changed decisions", "Décisions changées"))];
    let all: Vec<(&Replayed, &Changed)> = changed
        .iter()
        .flat_map(|replayed| replayed.changed.iter().map(move |changed| (replayed, changed)))
        .collect();
    for (replayed, changed) in all.iter().take(MOST_LISTED) {
        lines.extend(decision(replayed, changed, titles, look));
    }
    let more = all.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        lines.push(say!(
            language,
            "  and {more} more; --format json lists them all",
            "  et {more} autres\u{a0}; --format json les donne toutes"
        ));
    }
    lines
}

fn decision(replayed: &Replayed, changed: &Changed, titles: &Titles, look: Look) -> Vec<String> {
    let when = clock::date(changed.within.start);
    let length = match changed.length {
        0 => String::new(),
        length => clock::length(length),
    };
    let verdict = |verdict: &Verdict| match verdict.reason {
        Reason::PERMITTED => match verdict.range {
            Some(range) => {
                let action = action(verdict.action, look.language);
                let (start, end) = (
                    clock::to_the_millisecond(range.start),
                    clock::to_the_millisecond(range.end),
                );
                say!(
                    look.language,
                    "{action} from {start} to {end}",
                    "{action} de {start} à {end}"
                )
            }
            None => action(verdict.action, look.language).to_owned(),
        },
        reason => format!(
            "{} ({})",
            action(verdict.action, look.language),
            titles.title(cause(reason), look).text
        ),
    };
    let arrow = look.pick("→", "->");
    let text = format!("{} {arrow} {}", verdict(&changed.before), verdict(&changed.after));
    Lead::new()
        .left(FAINT, &when, 20)
        .right(Style::new(), &length, 11)
        .with(&text, &plain(&replayed.session), look)
}

/// What was decided: by its name in English, in words in French.
fn action(name: &str, language: Language) -> &str {
    let french = match name {
        "open" => "ouvert",
        "refuse" => "refusé",
        "keep" => "conservée",
        "skip" => "image non enregistrée",
        "stop" => "fin de l'enregistrement",
        "trim" => "réduite",
        "discard" => "détruite",
        "allow" => "permis",
        other => other,
    };
    language.pick(name, french)
}

/// What this cannot say.
fn limits(outcome: &Outcome, titles: &Titles, look: Look) -> Vec<String> {
    let language = look.language;
    let mut said = vec![paint(HEADING, language.pick("Outside its reach", "Hors de portée"))];
    let mut points: Vec<String> = LIMITS
        .iter()
        .map(|(english, french)| language.pick(english, french).to_owned())
        .collect();
    for (reason, length) in &outcome.balance.outside {
        let (length, title) = (clock::length(*length), titles.title(cause(*reason), look).text);
        points.push(say!(
            language,
            "{length} that the host refused then, whatever the rules said: {title}",
            "{length} que l'hôte a refusées alors, quoi que disent les règles\u{a0}: {title}"
        ));
    }
    if outcome.forgotten > 0 {
        let gone = plural(
            outcome.forgotten,
            ["decision", "decisions"],
            ["décision", "décisions"],
            language,
        );
        points.push(say!(
            language,
            "{gone} forgotten, for whatever reason: the facts are gone",
            "{gone} dont le contenu est effacé, quel qu'en soit le motif\u{a0}: les faits n'existent plus"
        ));
    }
    for point in points {
        let mut wrapped = wrap(&point, look.width.saturating_sub(4)).into_iter();
        said.extend(wrapped.next().map(|first| format!("  {} {first}", look.pick("·", "-"))));
        said.extend(wrapped.map(|line| format!("    {line}")));
    }
    said
}

const LIMITS: [(&str, &str); 7] = [
    (
        "what rules match: windows count as what they were classified as then (changes to `match` and `never-title`)",
        "ce que les règles reconnaissent\u{a0}: les fenêtres comptent pour ce qu'elles étaient alors (changements de `match` et `never-title`)",
    ),
    (
        "counters: as they were counted then, over the periods of the rules of then",
        "les compteurs\u{a0}: comme ils étaient alors, sur les périodes des règles d'alors",
    ),
    (
        "frames of one verdict: the first and the last at their instants, as many between as there were, all under the windows of the first",
        "les images d'un même verdict\u{a0}: la première et la dernière à leurs instants, autant entre elles qu'il y en avait, toutes sous les fenêtres de la première",
    ),
    (
        "frames earlier than the one before, which were refused unasked and are journalled nowhere",
        "les images antérieures à la précédente, refusées sans être demandées et absentes du journal",
    ),
    (
        "a hang-up that was announced for a later instant: it counts from its announcement on",
        "un raccroché annoncé pour un instant à venir\u{a0}: il compte dès son annonce",
    ),
    (
        "sessions that were refused: how long they would have recorded",
        "les sessions refusées\u{a0}: la durée qu'elles auraient enregistrée",
    ),
    (
        "what was discarded, and private calls, pauses and protected lines, which are only counted",
        "ce qui a été supprimé, et les appels privés, pauses et lignes protégées, qui sont seulement comptés",
    ),
];

/// One object for each changed decision, then one with the sums.
pub(crate) fn json(outcome: &Outcome) -> Vec<Value> {
    let mut lines = Vec::new();
    for replayed in &outcome.changed {
        for changed in &replayed.changed {
            lines.push(json!({
                "session": replayed.session,
                "programme": replayed.programme,
                "within": [changed.within.start.as_millis(), changed.within.end.as_millis()],
                "length": changed.length,
                "before": verdict(&changed.before),
                "after": verdict(&changed.after),
            }));
        }
    }
    let programmes = outcome.balance.programmes.iter();
    let programmes: serde_json::Map<String, Value> = programmes
        .map(|(name, sums)| (name.clone(), difference(sums)))
        .collect();
    lines.push(json!({
        "records": outcome.balance.records,
        "changed": outcome.balance.changed,
        "forgotten": outcome.forgotten,
        "outside": by_reason(&outcome.balance.outside),
        "programmes": programmes,
        "limits": LIMITS.map(|(english, _)| english),
    }));
    lines
}

fn verdict(verdict: &Verdict) -> Value {
    let mut value = json!({"action": verdict.action, "reason": verdict.reason.to_string()});
    if let (Some(range), Some(fields)) = (verdict.range, value.as_object_mut()) {
        let range = json!([range.start.as_millis(), range.end.as_millis()]);
        fields.insert("range".into(), range);
    }
    value
}

fn by_reason(sums: &std::collections::BTreeMap<Reason, u64>) -> serde_json::Map<String, Value> {
    sums.iter()
        .map(|(reason, sum)| (reason.to_string(), (*sum).into()))
        .collect()
}

fn difference(difference: &Difference) -> Value {
    json!({
        "kept-before": difference.kept_before,
        "kept-after": difference.kept_after,
        "more": by_reason(&difference.more),
        "less": by_reason(&difference.less),
        "sessions-opened": by_reason(&difference.opened),
        "sessions-refused": by_reason(&difference.refused),
    })
}
