//! The explanation for people.

use anstyle::Style;
use gardefou_policy::order::Question;

use super::subject::{Subject, filled};
use super::table::{Entry, places};
use crate::document::Line;
use crate::inspect::{in_ascii, worth};
use crate::language::{Language, say};
use crate::text::{FAINT, HEADING, Look, REFUSED, paint, plain, see, wrap};

/// More lines of a document than this nobody reads.
const MOST_LINES: usize = 40;

/// Everything that is known of a reason, with a line feed at its end.
pub(crate) fn page(subject: &Subject<'_>, look: Look) -> String {
    let language = look.language;
    let mut parts = vec![title(subject, look)];
    if let Some(entry) = subject.entry {
        parts.push(block(
            &filled(entry.says.of(language), subject.document(), language),
            look,
        ));
        parts.extend(checked(subject, entry, look));
        parts.push(decided_by(entry, look));
    } else {
        let own = language.pick(
            "This is a reason of the policy's own: what it says of it is all that is known here.",
            "C'est un motif propre à ces règles\u{a0}: ce qu'elles en disent est tout ce que l'on en sait ici.",
        );
        parts.push(block(own, look));
    }
    parts.extend(notes(subject, look));
    parts.extend(rule_document(subject, look));
    if let Some(entry) = subject.entry {
        parts.push(change(subject, entry, look));
    }
    let parts: Vec<String> = parts.iter().map(|part| part.join("\n")).collect();
    let page = format!("{}\n", parts.join("\n\n"));
    if look.unicode { page } else { in_ascii(&page) }
}

fn title(subject: &Subject<'_>, look: Look) -> Vec<String> {
    let language = look.language;
    let name = match subject.info {
        Some(info) => format!("{} ({})", subject.name(), info.number),
        None => subject.name(),
    };
    let mut lines = vec![format!(
        "{}{}{}",
        paint(HEADING, &name),
        look.dot(),
        subject.title(language)
    )];
    let (rule, reference) = subject.source();
    let from: Vec<String> = [rule.clone(), see(&reference, language)]
        .into_iter()
        .filter(|part| !part.is_empty() && part != "P")
        .collect();
    lines.extend(
        wrap(&from.join(look.dot()), look.width)
            .iter()
            .map(|line| paint(FAINT, line)),
    );
    lines
}

/// At which questions, and where in their order; none for what only hosts give.
fn checked(subject: &Subject<'_>, entry: &Entry, look: Look) -> Option<Vec<String>> {
    let language = look.language;
    let places = places(subject.named.reason);
    if places.is_empty() {
        return None;
    }
    let mut lines = vec![paint(
        HEADING,
        language.pick("When it is checked", "Quand c'est contrôlé"),
    )];
    for place in places {
        let question = question(place.question, language);
        let (at, all) = (place.place, place.of);
        let becomes = match place.question {
            Question::Frame => becomes(entry.at_frame, language),
            Question::Open | Question::Review | Question::Access => String::new(),
        };
        let text = say!(
            language,
            "{question}: check {at} of {all}{becomes}",
            "{question}\u{a0}: contrôle {at} sur {all}{becomes}"
        );
        lines.extend(item(&text, look));
    }
    Some(lines)
}

fn decided_by(entry: &Entry, look: Look) -> Vec<String> {
    let heading = look.language.pick("What decides it", "Ce qui en décide");
    let mut lines = vec![paint(HEADING, heading)];
    lines.extend(item(entry.facts.of(look.language), look));
    lines
}

const fn question(question: Question, language: Language) -> &'static str {
    match question {
        Question::Open => language.pick("when a session opens", "à l'ouverture d'une session"),
        Question::Frame => language.pick("at every frame", "à chaque image"),
        Question::Review => language.pick("when a segment is reviewed", "à la revue d'un segment"),
        Question::Access => language.pick("when somebody wants access", "à la demande d'accès"),
    }
}

fn becomes(action: &str, language: Language) -> String {
    let words = match action {
        "stop" => language.pick("it ends the recording", "met fin à l'enregistrement"),
        "skip" => language.pick("the frame is not recorded", "l'image n'est pas enregistrée"),
        "stop or skip" => language.pick(
            "it ends the recording, or the frame is not recorded while it is unknown or passing",
            "met fin à l'enregistrement, ou l'image n'est pas enregistrée tant que c'est inconnu ou passager",
        ),
        _ => return String::new(),
    };
    say!(language, "; {words}", "\u{a0}; {words}")
}

/// What the policy can point at under this reason.
fn notes(subject: &Subject<'_>, look: Look) -> Option<Vec<String>> {
    let language = look.language;
    let details = subject.details();
    if details.is_empty() {
        return None;
    }
    let mut lines = vec![paint(HEADING, language.pick("Its notes", "Ses notes"))];
    let reason = subject
        .info
        .map_or_else(|| subject.named.reason.0.to_string(), |info| info.name.to_owned());
    for note in details {
        let text = plain(language.of(&note.title));
        lines.extend(item(&format!("{reason}/{}  {text}", note.detail), look));
    }
    Some(lines)
}

/// Which lines of the rule document set it.
fn rule_document(subject: &Subject<'_>, look: Look) -> Option<Vec<String>> {
    let language = look.language;
    let file = subject.file?;
    let name = format!("{} ({} {})", plain(&file.name), plain(&file.id), plain(&file.version));
    let heading = say!(language, "In {name}", "Dans {name}");
    let mut lines = vec![paint(HEADING, &heading)];
    let set = subject.lines();
    if subject.document().is_none() {
        // What stands below says why.
    } else if subject.keys().is_empty() {
        let none = language.pick(
            "No key of a rule document sets it.",
            "Aucune clé d'un document de règles ne le fixe.",
        );
        lines.extend(item(none, look));
    } else if set.is_empty() {
        let none = language.pick(
            "No line sets it: the keys that could are left out.",
            "Aucune ligne ne le fixe\u{a0}: les clés qui le pourraient sont absentes.",
        );
        lines.extend(item(none, look));
    }
    lines.extend(set.iter().take(MOST_LINES).map(|line| source_line(line, language)));
    if set.len() > MOST_LINES {
        let more = set.len() - MOST_LINES;
        let more = say!(
            language,
            "and {more} more; `--format json` lists every line",
            "et {more} de plus\u{a0}; `--format json` donne toutes les lignes"
        );
        lines.extend(item(&more, look));
    }
    if !file.standing.decides() {
        let worth = wrap(worth(file.standing, language), look.width);
        lines.extend(worth.iter().map(|line| paint(REFUSED, line)));
    }
    Some(lines)
}

fn source_line(line: &Line, language: Language) -> String {
    let (number, text) = (line.number, plain(&line.text));
    say!(language, "  line {number}: {text}", "  ligne {number}\u{a0}: {text}")
}

fn change(subject: &Subject<'_>, entry: &Entry, look: Look) -> Vec<String> {
    let language = look.language;
    let mut lines = vec![paint(
        HEADING,
        language.pick("What would change the answer", "Ce qui changerait la réponse"),
    )];
    let facts = filled(entry.change.of(language), subject.document(), language);
    let rules = if subject.named.detail.is_some() && subject.keys().is_empty() && !entry.keys.is_empty() {
        language
            .pick(
                "No key of a rule document sets this note.",
                "Aucune clé d'un document de règles ne fixe cette note.",
            )
            .to_owned()
    } else {
        filled(entry.rules.of(language), subject.document(), language)
    };
    lines.extend(item(&facts, look));
    lines.extend(item(&rules, look));
    lines
}

/// A paragraph.
fn block(text: &str, look: Look) -> Vec<String> {
    wrap(text, look.width)
        .iter()
        .map(|line| paint(Style::new(), line))
        .collect()
}

/// An entry of a list: its first line stands out by two columns.
fn item(text: &str, look: Look) -> Vec<String> {
    let lines = wrap(text, look.width - 4);
    let indented = lines.iter().enumerate().map(|(at, line)| {
        let indent = if at == 0 { "  " } else { "    " };
        format!("{indent}{line}")
    });
    indented.collect()
}
