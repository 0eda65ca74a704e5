//! What a policy is and where it comes from, as rows of a name and a value.

use gardefou::Timestamp;

use crate::document::{date, instant, plural};
use crate::language::{Language, say};
use crate::policy_file::{Anatomy, PolicyFile, Standing};
use crate::text::plain;

/// A name and what stands behind it.
pub(super) type Row = (&'static str, String);

/// Whose rules these are, and when they are in force.
pub(super) fn identity(file: &PolicyFile, language: Language) -> Vec<Row> {
    let name = |english, french| language.pick(english, french);
    let mut rows = vec![
        (name("name", "nom"), plain(&file.id)),
        (name("version", "version"), plain(&file.version)),
    ];
    if let Some(said) = &file.rules {
        rows.push((
            name("controller", "responsable de traitement"),
            plain(&said.rules.controller),
        ));
    }
    rows.push((name("in force", "en vigueur"), in_force(file, language)));
    rows
}

fn in_force(file: &PolicyFile, language: Language) -> String {
    let days = file.rules.as_ref().and_then(|said| {
        let days = said.document.root().get("in-force")?;
        let day = |name| Some(date(days.text(name)?, language));
        Some((day("from")?, day("until")?, plain(&said.document.time_zone())))
    });
    if let Some((from, until, zone)) = days.filter(|_| file.standing.decides()) {
        return say!(
            language,
            "from {from} to {until}, both days included ({zone})",
            "du {from} au {until}, ces deux jours compris ({zone})"
        );
    }
    // What the component itself says: instants, and no time zone.
    let at = |at: Timestamp| {
        instant(at, "UTC", language).unwrap_or_else(|| language.pick("no date", "aucune date").to_owned())
    };
    let (start, end) = (at(file.in_force.start), at(file.in_force.end));
    say!(
        language,
        "from {start} to before {end} (UTC, as the component says)",
        "du {start} au {end} exclu (UTC, selon le fichier)"
    )
}

/// The file itself.
pub(super) fn file(file: &PolicyFile, language: Language) -> Vec<Row> {
    let name = |english, french| language.pick(english, french);
    let mut rows = vec![
        (name("file", "fichier"), plain(&file.name)),
        (name("kind", "nature"), kind(file, language)),
        (name("size", "taille"), size(file, language)),
        (name("SHA-256 of the file", "SHA-256 du fichier"), file.sha256.clone()),
    ];
    if let (Some(digest), Some(_)) = (file.document_sha256(), &file.component) {
        rows.push((name("SHA-256 of the rules", "SHA-256 des règles"), digest));
    }
    if let Some(component) = &file.component {
        rows.extend(anatomy(component, language));
    }
    rows
}

fn kind(file: &PolicyFile, language: Language) -> String {
    let kind = match file.component {
        Some(_) => language.pick(
            "a policy component, which recorders load",
            "un fichier de règles publié, que les enregistreurs lisent",
        ),
        None => language.pick(
            "a rule document, not baked yet",
            "un document de règles, pas encore publié",
        ),
    };
    kind.to_owned()
}

fn size(file: &PolicyFile, language: Language) -> String {
    let bytes = |count| plural(count, ["byte", "bytes"], ["octet", "octets"], language);
    let all = bytes(u64::try_from(file.size).unwrap_or(u64::MAX));
    match &file.component {
        None => all,
        Some(component) => {
            let code = bytes(component.code);
            say!(language, "{all}, {code} of them code", "{all}, dont {code} de code")
        }
    }
}

fn anatomy(component: &Anatomy, language: Language) -> Vec<Row> {
    let name = |english, french| language.pick(english, french);
    let imports = match component.imports.is_empty() {
        true => name(
            "none: it can reach no clock, no file, no network",
            "aucune\u{a0}: ni horloge, ni fichier, ni réseau à sa portée",
        )
        .to_owned(),
        false => bounded(&component.imports),
    };
    let mut rows = vec![
        (name("imports", "importations"), imports),
        (name("exports", "exportations"), bounded(&component.exports)),
    ];
    if let Some(from) = &component.provenance {
        rows.push((name("contract", "contrat"), plain(&from.contract)));
        rows.push((
            name("template", "modèle"),
            format!("SHA-256 {}", plain(&from.template_sha256)),
        ));
        rows.push((name("time zones", "fuseaux horaires"), plain(&from.time_zones)));
    } else {
        let none = name("the file does not say", "le fichier ne le dit pas");
        rows.push((name("provenance", "provenance"), none.to_owned()));
    }
    rows
}

/// As many names as a person reads.
fn bounded(names: &[String]) -> String {
    const MOST: usize = 24;
    let mut shown: Vec<String> = names.iter().take(MOST).map(|name| plain(name)).collect();
    if names.len() > MOST {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}

/// What the words below are worth, in one or two sentences.
pub(crate) const fn worth(standing: Standing, language: Language) -> &'static str {
    match standing {
        Standing::Document => language.pick(
            "These are the rules of this document. Recorders decide by it, or by the component that `gardefou bake` \
             makes of it.",
            "Ce sont les règles de ce document. Les enregistreurs décident d'après lui, ou d'après le fichier que \
             `gardefou bake` en fait.",
        ),
        Standing::Baked => language.pick(
            "Baking the rule document inside gives this very file, byte for byte: its text, and nothing else, is what \
             this component decides by.",
            "Le document contenu donne, octet pour octet, ce même fichier\u{a0}: ce texte, et rien d'autre, est ce d'après \
             quoi il décide.",
        ),
        Standing::Elsewhere => language.pick(
            "NOT VERIFIED: the file says that it was made with another template or time-zone database than this program \
             has. Ask the version of gardefou that baked it. Until then the text inside proves nothing about what the \
             component decides.",
            "NON VÉRIFIÉ\u{a0}: le fichier dit avoir été fait avec un autre modèle ou une autre base de fuseaux horaires \
             que ceux de ce programme. Interroger la version de gardefou qui l'a fait. D'ici là, le texte qu'il contient \
             ne prouve rien de ce que le fichier décide.",
        ),
        Standing::Foreign => language.pick(
            "WARNING: baking the rule document inside gives another file. What this component decides need not be what \
             the text says. Do not rely on the words below; `gardefou diff` and `gardefou test` ask the component itself.",
            "ATTENTION\u{a0}: le document contenu donne un autre fichier que celui-ci. Ce que ce \
             fichier décide n'est pas forcément ce que dit le texte. Ne pas se fier aux phrases ci-dessous\u{a0}; \
             `gardefou diff` et `gardefou test` interrogent le fichier lui-même.",
        ),
        Standing::Unsound => language.pick(
            "WARNING: the rule document inside has errors, and cannot be what this component decides by. \
             `gardefou inspect --document` prints it, `gardefou check` tells the errors.",
            "ATTENTION\u{a0}: le document de règles qu'il contient a des erreurs, et ne peut être ce d'après quoi ce \
             fichier décide. `gardefou inspect --document` l'affiche, `gardefou check` dit les erreurs.",
        ),
        Standing::Absent => language.pick(
            "WARNING: there is no rule document inside. Nothing here can say in words what this component decides; only \
             the floor below is certain.",
            "ATTENTION\u{a0}: il n'y a pas de document de règles à l'intérieur. Rien ne peut dire ici en phrases ce que ce \
             fichier décide\u{a0}; seul le socle ci-dessous est certain.",
        ),
    }
}
