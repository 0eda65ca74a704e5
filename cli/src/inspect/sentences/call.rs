//! The technical limits, and what ends or pauses a recording.

use super::{Section, Teller, always, set};
use crate::document::duration;
use crate::language::say;

impl Teller<'_> {
    pub(super) fn limits(self) -> Section {
        let language = self.language;
        let recording = self.document().root().get("recording");
        let by = |name| recording.and_then(|node| node.get(name));
        let length = |name| duration(by(name).and_then(|node| node.plain()).unwrap_or_default(), language);
        let (interval, age) = (length("max-frame-interval"), length("max-facts-age"));
        let still = say!(
            language,
            "Never screenshots, and never a video slower than one image every {interval}: after a longer hole the image \
             is not recorded.",
            "Jamais de captures d'écran, ni de vidéo plus lente qu'une image toutes les {interval}\u{a0}: après un trou \
             plus long, l'image n'est pas enregistrée."
        );
        let stale = say!(
            language,
            "What is known of the windows may be {age} old at most; what is older counts for nothing, and nothing is \
             recorded.",
            "Ce que l'on sait des fenêtres peut dater de {age} au plus\u{a0}; plus ancien, cela ne vaut rien, et rien \
             n'est enregistré."
        );
        let sentences = vec![
            set("S1", by("max-frame-interval"), still),
            set("P", by("max-facts-age"), stale),
        ];
        self.section("limits", "Technical limits", "Limites techniques", sentences)
    }

    pub(super) fn call(self) -> Section {
        let say = |english: &'static str, french: &'static str| self.language.pick(english, french);
        let recording = self.document().root().get("recording");
        let held = match recording.is_some_and(|node| node.flag("while-held")) {
            true => say(
                "Recording goes on while the other party is on hold.",
                "L'enregistrement continue pendant la mise en attente de l'interlocuteur.",
            ),
            false => say(
                "Nothing is recorded while the other party is on hold.",
                "Rien n'est enregistré pendant la mise en attente de l'interlocuteur.",
            ),
        };
        let by_held = recording.and_then(|node| node.get("while-held"));
        let sentences = vec![
            always(
                "S5",
                say(
                    "Nothing is recorded unless the call is picked up and is itself being recorded: not while it rings, \
                     and not while the employee consults a colleague.",
                    "Rien n'est enregistré si l'appel n'est pas décroché et lui-même enregistré\u{a0}: ni pendant la \
                     sonnerie, ni pendant la consultation d'un collègue.",
                ),
            ),
            set("S5", by_held, held.to_owned()),
            always(
                "S5",
                say(
                    "When the other party hangs up, the recording ends: the work after the call is not recorded.",
                    "Quand l'appel est raccroché, l'enregistrement prend fin\u{a0}: le travail après l'appel n'est pas \
                     enregistré.",
                ),
            ),
            always(
                "+3",
                say(
                    "A private call ends the recording, and what was recorded of it is discarded; while nobody knows \
                     whether it is private, nothing is recorded.",
                    "Un appel privé met fin à l'enregistrement, et ce qui en a été enregistré est détruit\u{a0}; tant que \
                     l'on ne sait pas s'il est privé, rien n'est enregistré.",
                ),
            ),
            always(
                "+2",
                say(
                    "The objection of another party ends the recording, and what was recorded of the call is discarded; \
                     while nobody knows whether one objected, nothing is recorded.",
                    "L'opposition d'un interlocuteur met fin à l'enregistrement, et ce qui a été enregistré de l'appel est \
                     détruit\u{a0}; tant que l'on ne sait pas si l'un s'est opposé, rien n'est enregistré.",
                ),
            ),
            always(
                "+2",
                say(
                    "Nothing is recorded while a party was not told of the recording, or nobody knows.",
                    "Rien n'est enregistré tant qu'un interlocuteur n'est pas informé de l'enregistrement, ou qu'on \
                     l'ignore.",
                ),
            ),
            always(
                "+9",
                say(
                    "Nothing is recorded while card data are spoken or typed, while a password is typed, or while the \
                     screen is locked.",
                    "Rien n'est enregistré pendant que des données de carte sont communiquées oralement ou saisies, qu'un mot de passe est \
                     saisi, ou que l'écran est verrouillé.",
                ),
            ),
            always(
                "+3",
                say(
                    "Nothing is recorded while the employee paused, or nobody knows.",
                    "Rien n'est enregistré pendant que le salarié a mis en pause, ou tant qu'on l'ignore.",
                ),
            ),
            always(
                "+10",
                say(
                    "An employee who objected is not recorded.",
                    "Un salarié qui s'est opposé n'est pas enregistré.",
                ),
            ),
            always(
                "+4",
                say(
                    "A line that is reserved for a representative's mandate is not recorded.",
                    "Une ligne réservée à un mandat de représentant du personnel n'est pas enregistrée.",
                ),
            ),
        ];
        self.section(
            "call",
            "What ends, pauses or prevents a recording",
            "Ce qui arrête, suspend ou empêche un enregistrement",
            sentences,
        )
    }
}
