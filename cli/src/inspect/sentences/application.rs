//! An application, and how its windows are recognised.

use super::{Section, Sentence, Teller, set};
use crate::document::Node;
use crate::language::say;

/// The fields of an entry, and what each says in both languages.
const FIELDS: [(&str, &str, &str); 6] = [
    ("executable", "its program is", "son programme est"),
    ("package", "its package is", "son paquet est"),
    ("signer", "its program is signed by", "son programme est signé par"),
    ("wm-class", "its class matches", "sa classe correspond à"),
    ("title", "its title matches", "son titre correspond à"),
    ("url", "its address matches", "son adresse correspond à"),
];

impl Teller<'_> {
    pub(super) fn applications(self) -> Vec<Section> {
        self.sections_named("application[]")
            .into_iter()
            .map(|node| self.application(node))
            .collect()
    }

    fn application(self, node: &Node) -> Section {
        let id = node.text("id").unwrap_or_default();
        let name = self.quoted(id);
        let title = self.quoted(node.text("title").unwrap_or_default());
        let entries = node.get("match").map_or(&[][..], Node::list);
        let mut sentences: Vec<Sentence> = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| self.entry(at, entry))
            .collect();
        sentences.extend(self.never_titles(node));
        sentences.extend(self.declarations(node));
        Section {
            key: "application",
            id: Some(id.to_owned()),
            title: say!(
                self.language,
                "Application {name}: {title}",
                "Application {name}\u{a0}: {title}"
            ),
            sentences,
        }
    }

    fn entry(self, at: usize, entry: &Node) -> Sentence {
        let fields: Vec<String> = FIELDS
            .iter()
            .filter_map(|(name, english, french)| {
                let value = self.quoted(entry.text(name)?);
                let is = self.language.pick(english, french);
                Some(format!("{is} {value}"))
            })
            .collect();
        let fields = self.joined(&fields, "and", "et");
        let text = if at == 0 {
            say!(
                self.language,
                "A window belongs to it when {fields}.",
                "Une fenêtre en fait partie quand {fields}."
            )
        } else {
            say!(
                self.language,
                "A window also belongs to it when {fields}.",
                "Une fenêtre en fait aussi partie quand {fields}."
            )
        };
        set("S4", Some(entry), text)
    }

    fn never_titles(self, node: &Node) -> Option<Sentence> {
        let titles = node.texts("never-title");
        if titles.is_empty() {
            return None;
        }
        let list = self.listed(&titles);
        let text = say!(
            self.language,
            "A window whose title is unknown, or matches one of these, is never recorded: {list}.",
            "Une fenêtre dont le titre est inconnu, ou correspond à l'un de ceux-ci, n'est jamais enregistrée\u{a0}: \
             {list}."
        );
        Some(set("S4", node.get("never-title"), text))
    }

    fn declarations(self, node: &Node) -> Vec<Sentence> {
        let never = node.texts("never-entered");
        let declared = |name, english: &str, french: &str| {
            let text = self.language.pick(english, french);
            never
                .contains(&name)
                .then(|| set("+9", node.get("never-entered"), text.to_owned()))
        };
        [
            declared(
                "payment-card",
                "The controller declares that no card data are spoken or typed while it is in use.",
                "Le responsable de traitement déclare qu'aucune donnée de carte n'est dite ou saisie pendant son usage.",
            ),
            declared(
                "password",
                "The controller declares that no password is typed while it is in use.",
                "Le responsable de traitement déclare qu'aucun mot de passe n'est saisi pendant son usage.",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
