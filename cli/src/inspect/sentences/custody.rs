//! How long things are kept, and who may do what with them.

use super::{Section, Sentence, Teller, always, set};
use crate::document::{Node, duration};
use crate::language::{Language, say};

/// What is kept, by its key, in both languages; and whether the programme's review ends it too.
const KEPT: [(&str, &str, &str, bool); 5] = [
    ("recordings", "Recordings", "Les enregistrements", true),
    ("analyses", "Analyses", "Les analyses", true),
    ("decisions", "Records of decisions", "Les traces de décision", true),
    ("accesses", "Records of accesses", "Les traces d'accès", false),
    ("temporary", "Temporary files", "Les fichiers temporaires", false),
];

/// What a role may do, and how that is said.
const OPERATIONS: [(&str, &str, &str); 8] = [
    ("view", "look at recordings", "consulter"),
    ("annotate", "annotate recordings", "annoter"),
    (
        "train-others",
        "train others with anonymised copies",
        "former d'autres salariés avec des copies anonymisées",
    ),
    ("export", "export anonymised copies", "exporter des copies anonymisées"),
    (
        "disclose",
        "disclose recordings to the person concerned",
        "communiquer à la personne concernée",
    ),
    ("restrict", "restrict the use of recordings", "limiter le traitement"),
    ("release", "lift such a restriction", "lever une limitation"),
    ("delete", "delete", "effacer"),
];

/// What for, and how that is said.
const PURPOSES: [(&str, &str, &str); 3] = [
    ("training", "training", "la formation"),
    (
        "subject-right",
        "answering people about their own data",
        "la réponse aux demandes des personnes sur leurs données",
    ),
    (
        "oversight",
        "oversight, with a second person present",
        "le contrôle, en présence d'une seconde personne",
    ),
];

impl Teller<'_> {
    pub(super) fn retention(self) -> Section {
        let language = self.language;
        let retention = self.document().root().get("retention");
        let mut sentences: Vec<Sentence> = KEPT
            .into_iter()
            .filter_map(|(key, english, french, with_programme)| {
                let node = retention?.get(key)?;
                let length = duration(node.plain()?, language);
                let what = language.pick(english, french);
                let end = match with_programme {
                    true => language.pick(
                        ", and never past the last day of review of their programme",
                        ", et jamais au-delà du dernier jour d'analyse de leur programme",
                    ),
                    false => "",
                };
                let text = say!(
                    language,
                    "{what} are kept for at most {length} after they were collected{end}.",
                    "{what} sont conservés au plus {length} après leur collecte{end}."
                );
                Some(set("+7", Some(node), agreed(text, language)))
            })
            .collect();
        let anonymised = language.pick(
            "An anonymised copy has no term: nobody can be recognised in it.",
            "Une copie anonymisée n'a pas de terme\u{a0}: personne ne peut y être reconnu.",
        );
        sentences.push(always("S8", anonymised));
        self.section(
            "retention",
            "How long things are kept",
            "Durées de conservation",
            sentences,
        )
    }

    pub(super) fn roles(self) -> Section {
        let language = self.language;
        let mut sentences: Vec<Sentence> = self
            .sections_named("role[]")
            .into_iter()
            .map(|node| self.role(node))
            .collect();
        sentences.push(always(
            "S9",
            language.pick(
                "Nobody else may do anything with a recording. Every access needs an account of one's own and an \
                 authorisation that is still good, and is written into the journal.",
                "Personne d'autre ne peut rien faire d'un enregistrement. Tout accès exige un compte individuel et une \
                 habilitation en cours, et est inscrit au journal.",
            ),
        ));
        sentences.push(always(
            "+10",
            language.pick(
                "While the use of a recording is restricted at a person's request, nobody trains with it; oversight may \
                 look.",
                "Tant que le traitement d'un enregistrement est limité à la demande d'une personne, nul ne s'en sert pour \
                 former\u{a0}; le contrôle peut le consulter.",
            ),
        ));
        self.section("roles", "Who may do what", "Qui peut faire quoi", sentences)
    }

    fn role(self, node: &Node) -> Sentence {
        let language = self.language;
        let name = self.quoted(node.text("id").unwrap_or_default());
        let words = |list: &[(&str, &str, &str)], written: &[&str]| {
            let known = list.iter().filter(|(key, ..)| written.contains(key));
            let words: Vec<String> = known
                .map(|(_, english, french)| language.pick(english, french).to_owned())
                .collect();
            self.joined(&words, "and", "et")
        };
        let may = words(&OPERATIONS, &node.texts("may"));
        let purposes = match node.get("purposes") {
            Some(_) => node.texts("purposes"),
            None => vec!["training"],
        };
        let purposes = words(&PURPOSES, &purposes);
        let coverage = self.coverage(&node.texts("programmes"));
        let own = match node.flag("own-only") {
            true => language.pick(
                " Only their own recordings, never those of somebody else.",
                " Seulement leurs propres enregistrements, jamais ceux d'autrui.",
            ),
            false => "",
        };
        let text = if purposes.is_empty() {
            say!(
                language,
                "The role {name} names no purpose, and may at most delete.",
                "Le rôle {name} ne nomme aucune finalité, et ne peut au plus qu'effacer."
            )
        } else {
            say!(
                language,
                "The role {name} may {may}, for {purposes}, {coverage}.{own}",
                "Le rôle {name} peut {may}, pour {purposes}, {coverage}.{own}"
            )
        };
        set(if node.flag("own-only") { "+8" } else { "S9" }, node.get("id"), text)
    }

    fn coverage(self, programmes: &[&str]) -> String {
        let language = self.language;
        if programmes.is_empty() {
            return language
                .pick("under no programme, so nothing", "dans aucun programme, donc rien")
                .to_owned();
        }
        if programmes.contains(&"*") {
            return language
                .pick(
                    "under every programme, former ones too",
                    "dans tous les programmes, passés compris",
                )
                .to_owned();
        }
        let list = self.listed(programmes);
        say!(language, "under {list}", "dans {list}")
    }
}

/// French agrees with what is kept.
fn agreed(text: String, language: Language) -> String {
    let feminine = ["Les analyses", "Les traces"].iter().any(|what| text.starts_with(what));
    if language == Language::French && feminine {
        text.replacen("conservés", "conservées", 1)
    } else {
        text
    }
}
