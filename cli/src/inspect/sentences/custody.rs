//! How long things are kept, and who may do what with them.

use gardefou::{Operation, Purpose};

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
const OPERATIONS: [(&str, Operation, &str, &str); 8] = [
    ("view", Operation::View, "look at recordings", "consulter"),
    ("annotate", Operation::Annotate, "annotate recordings", "annoter"),
    (
        "train-others",
        Operation::TrainOthers,
        "train others with anonymised copies",
        "former d'autres salariés avec des copies anonymisées",
    ),
    (
        "export",
        Operation::Export,
        "export anonymised copies",
        "exporter des copies anonymisées",
    ),
    (
        "disclose",
        Operation::Disclose,
        "disclose recordings to the person concerned",
        "communiquer à la personne concernée",
    ),
    (
        "restrict",
        Operation::Restrict,
        "restrict the use of recordings",
        "limiter le traitement",
    ),
    (
        "release",
        Operation::Release,
        "lift such a restriction",
        "lever une limitation",
    ),
    ("delete", Operation::Delete, "delete", "effacer"),
];

/// What for, and how that is said.
const PURPOSES: [(&str, Purpose, &str, &str); 3] = [
    ("training", Purpose::Training, "training", "la formation"),
    (
        "subject-right",
        Purpose::SubjectRight,
        "answering people about their own data",
        "la réponse aux demandes des personnes sur leurs données",
    ),
    (
        "oversight",
        Purpose::Oversight,
        "oversight, with a second person present",
        "le contrôle, en présence d'une seconde personne",
    ),
];

/// How an operation is said of this purpose.
fn told(operation: Operation, purpose: Purpose, language: Language) -> &'static str {
    match (operation, purpose) {
        (Operation::View, Purpose::SubjectRight) => language.pick(
            "look at recordings (with a second person present)",
            "consulter (en présence d'une seconde personne)",
        ),
        (Operation::Annotate, Purpose::SubjectRight) => language.pick(
            "write the person's statement beside an analysis",
            "consigner la déclaration de la personne à côté d'une analyse",
        ),
        (Operation::Disclose, Purpose::Oversight) => {
            language.pick("disclose recordings to an authority", "communiquer à une autorité")
        }
        _ => alone(operation, language),
    }
}

/// How an operation is said of no purpose in particular.
fn alone(operation: Operation, language: Language) -> &'static str {
    let said = OPERATIONS.iter().find(|(_, known, ..)| *known == operation);
    said.map_or("", |(_, _, english, french)| language.pick(english, french))
}

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
                "While the use of a recording is restricted, nobody trains with it, and nobody deletes it but in a role \
                 for people's requests or for oversight; for these it can still be looked at and disclosed.",
                "Tant que le traitement d'un enregistrement est limité, nul ne s'en sert pour former, et nul ne \
                 l'efface que dans un rôle pour les demandes des personnes ou pour le contrôle\u{a0}; à ces fins, il peut encore être \
                 consulté et communiqué.",
            ),
        ));
        sentences.push(always(
            "+10",
            language.pick(
                "The rights of people, and oversight, do not end where a rule was broken: they reach still images too, \
                 and what is past its time and still exists.",
                "Les droits des personnes, et le contrôle, ne s'arrêtent pas là où une règle a été enfreinte\u{a0}: ils valent \
                 aussi pour les images fixes, et pour ce qui existe encore après son terme.",
            ),
        ));
        self.section("roles", "Who may do what", "Qui peut faire quoi", sentences)
    }

    fn role(self, node: &Node) -> Sentence {
        let language = self.language;
        let name = self.quoted(node.text("id").unwrap_or_default());
        let written = node.texts("may");
        let may: Vec<Operation> = OPERATIONS
            .iter()
            .filter(|(key, ..)| written.contains(key))
            .map(|(_, operation, ..)| *operation)
            .collect();
        let written = match node.get("purposes") {
            Some(_) => node.texts("purposes"),
            None => vec!["training"],
        };
        let purposes: Vec<Purpose> = PURPOSES
            .iter()
            .filter(|(key, ..)| written.contains(key))
            .map(|(_, purpose, ..)| *purpose)
            .collect();
        let coverage = self.coverage(&node.texts("programmes"));
        let own = match node.flag("own-only") {
            true => language.pick(
                " Only their own recordings, never those of somebody else.",
                " Seulement leurs propres enregistrements, jamais ceux d'autrui.",
            ),
            false => "",
        };
        let parts = self.parts(&may, &purposes);
        let never = self.never(&may, &purposes);
        let text = if purposes.is_empty() {
            say!(
                language,
                "The role {name} names no purpose, and may at most delete, nothing that is restricted.",
                "Le rôle {name} ne nomme aucune finalité, et ne peut au plus qu'effacer, rien de ce qui est limité."
            )
        } else if parts.is_empty() {
            say!(
                language,
                "The role {name} may do nothing.{never}",
                "Le rôle {name} ne peut rien faire.{never}"
            )
        } else {
            say!(
                language,
                "The role {name} may {parts}, {coverage}.{own}{never}",
                "Le rôle {name} peut {parts}, {coverage}.{own}{never}"
            )
        };
        set(if node.flag("own-only") { "+8" } else { "S9" }, node.get("id"), text)
    }

    /// For each purpose what the role may do for it, and whether it may delete.
    fn parts(self, may: &[Operation], purposes: &[Purpose]) -> String {
        let language = self.language;
        let mut parts: Vec<String> = Vec::new();
        for (_, purpose, english, french) in PURPOSES.iter().filter(|(_, purpose, ..)| purposes.contains(purpose)) {
            let words: Vec<String> = may
                .iter()
                .filter(|operation| **operation != Operation::Delete && purpose.allows(**operation))
                .map(|operation| told(*operation, *purpose, language).to_owned())
                .collect();
            if !words.is_empty() {
                let (words, what_for) = (self.joined(&words, "and", "et"), language.pick(english, french));
                parts.push(say!(language, "{words}, for {what_for}", "{words}, pour {what_for}"));
            }
        }
        if may.contains(&Operation::Delete) {
            parts.push(alone(Operation::Delete, language).to_owned());
        }
        let last = parts.pop();
        match (parts.is_empty(), last) {
            (true, last) => last.unwrap_or_default(),
            (false, last) => {
                let (first, last) = (parts.join(language.pick("; ", "\u{a0}; ")), last.unwrap_or_default());
                say!(language, "{first}; and {last}", "{first}\u{a0}; et {last}")
            }
        }
    }

    /// What the role names, and none of its purposes allows.
    fn never(self, may: &[Operation], purposes: &[Purpose]) -> String {
        let language = self.language;
        let is_never = |operation: &&Operation| !purposes.iter().any(|purpose| purpose.allows(**operation));
        let never: Vec<String> = may
            .iter()
            .filter(is_never)
            .map(|operation| alone(*operation, language).to_owned())
            .collect();
        if never.is_empty() {
            return String::new();
        }
        let never = self.joined(&never, "or", "ou");
        say!(
            language,
            " Its purposes do not let it {never}.",
            " Ses finalités ne lui permettent pas de {never}."
        )
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
