//! Recordings, the journal and the policies, as the commands of custody open them; and their pages.

mod json;
mod nearest;
mod page;
mod place;
mod who;

pub(crate) use json::{
    access as access_json, invalidated as invalidated_json, purge as purge_json, receipt as receipt_json,
};
pub(crate) use page::{granted, invalidated, purge, receipt, refused};
pub(crate) use place::{Format, Place, unusable};
pub(crate) use who::{Who, after, start};

/// The arguments of a command, with those that every command of custody has behind its own, in French.
macro_rules! arguments {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            ("folder", "Le dossier des enregistrements"),
            ("journal", "Le journal"),
            (
                "journal_key",
                "La clé qui signe le journal\u{a0}; sans elle, le fichier `JOURNAL.key` à côté de lui",
            ),
            (
                "checkpoint",
                "Un point de contrôle du journal gardé ailleurs\u{a0}: une copie plus ancienne remise à sa place se voit par lui\u{a0}; peut être donné plusieurs fois",
            ),
            ("rules", "Les règles qui décident"),
            (
                "policy",
                "Un fichier de règles publié qui décide\u{a0}; plusieurs se combinent, et le plus strict l'emporte",
            ),
            ("ledger", "Le registre où ces enregistrements sont comptés"),
            (
                "call_recorder",
                "Le programme à qui dire ce qui disparaît\u{a0}: `discard|trim SESSION APPEL DE À`\u{a0}; code 0\u{a0}: effacé, 3\u{a0}: il n'y avait rien",
            ),
            ("format", "La forme de la réponse\u{a0}: une page à lire, la même à imprimer, ou un objet JSON"),
        ]
    };
}
pub(crate) use arguments;

/// The same, with who asks before them.
macro_rules! asked_by {
    ($($own:expr),* $(,)?) => {
        $crate::custody::arguments![
            $($own,)*
            ("account", "Le compte qui demande"),
            ("role", "Le rôle dans lequel il agit"),
            ("viewer", "Le salarié derrière ce compte, par son identifiant pseudonyme"),
            ("individual", "Une seule personne se sert de ce compte"),
            ("authorised_until", "Le dernier jour de l'habilitation du compte (UTC)"),
            (
                "second_person",
                "Le compte de la deuxième personne présente, là où les règles en demandent une",
            ),
        ]
    };
}
pub(crate) use asked_by;
