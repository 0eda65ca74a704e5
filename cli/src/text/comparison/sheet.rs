//! The same as pages to print.

use super::super::titles::plain;
use super::{diff, verify};
use crate::comparing::{Compared, Side, Verified};
use crate::html::{self, Sheet};
use crate::language::{Language, say};

/// The page of `gardefou diff`.
pub(crate) fn diff_sheet(compared: &Compared) -> String {
    let language = Language::of_the_user();
    let mut facts = of_side(&compared.old, language.pick("before", "avant"), language);
    facts.extend(of_side(&compared.new, language.pick("now", "désormais"), language));
    let [old, new] = [&compared.old, &compared.new].map(called);
    html::page(&Sheet {
        title: say!(language, "From {old} to {new}", "De {old} à {new}"),
        facts,
        body: &diff(compared, html::look()),
        language,
    })
}

/// The page of `gardefou verify`.
pub(crate) fn verify_sheet(verified: &Verified) -> String {
    let language = Language::of_the_user();
    let name = called(&verified.side);
    html::page(&Sheet {
        title: say!(language, "{name}, held against the floor", "{name}, au regard du socle"),
        facts: of_side(&verified.side, language.pick("rules", "règles"), language),
        body: &verify(verified, html::look()),
        language,
    })
}

fn called(side: &Side) -> String {
    let own = side.policy.description();
    format!("{} {}", plain(&own.id), plain(&own.version))
}

/// What one of the two is, each digest with what it is of.
fn of_side(side: &Side, which: &str, language: Language) -> Vec<(String, String)> {
    let label = |english, french| format!("{which}, {}", language.pick(english, french));
    let mut facts = vec![
        (which.to_owned(), called(side)),
        (label("file", "fichier"), plain(&side.name)),
        (label("SHA-256 of the file", "SHA-256 du fichier"), side.sha256.clone()),
    ];
    if let Some(digest) = &side.rules_sha256 {
        facts.push((label("SHA-256 of the rules", "SHA-256 des règles"), digest.clone()));
    }
    facts
}
