//! A training programme: who, for what, in which applications, when, and how much.

use gardefou_policy::rules::{Application, Own};

use super::{Section, Sentence, Teller, set};
use crate::document::{Node, date, day_after, duration, share};
use crate::language::{Language, say};

/// Without a last day of review, trainers have so many days after the last day of recording.
const REVIEW_DAYS: i64 = 30;

impl Teller<'_> {
    pub(super) fn programmes(self) -> Vec<Section> {
        self.sections_named("programme[]")
            .into_iter()
            .map(|node| self.programme(node))
            .collect()
    }

    fn programme(self, node: &Node) -> Section {
        let id = node.text("id").unwrap_or_default();
        let name = self.quoted(id);
        let mut sentences = vec![self.purpose(node), self.need(node), self.who(node), self.where_(node)];
        sentences.extend([self.when(node), self.announced(node), self.review(node)]);
        if let Some(volume) = node.get("volume") {
            sentences.extend(self.volume(volume));
            sentences.push(self.sampling(id, volume));
        }
        sentences.extend(self.unknown_entries(id));
        Section {
            key: "programme",
            id: Some(id.to_owned()),
            title: say!(
                self.language,
                "Training programme {name}",
                "Programme de formation {name}"
            ),
            sentences,
        }
    }

    fn purpose(self, node: &Node) -> Sentence {
        let text = self.language.pick(
            "The screen is recorded beside a call for one purpose: the training of staff.",
            "L'écran est enregistré à côté d'un appel pour une seule finalité\u{a0}: la formation du personnel.",
        );
        set("S2", node.get("purpose"), text.to_owned())
    }

    fn need(self, node: &Node) -> Sentence {
        let need = self.quoted(node.text("need").unwrap_or_default());
        let text = say!(
            self.language,
            "The need for it, in the words of the document: {need}.",
            "Le besoin, selon les termes du document\u{a0}: {need}."
        );
        set("S6", node.get("need"), text)
    }

    fn who(self, node: &Node) -> Sentence {
        let employees = node.texts("employees");
        let text = if employees.is_empty() {
            self.language
                .pick(
                    "The document lists no employees: whoever the recorder states to be enrolled in the programme may be \
                     recorded, and nobody else.",
                    "Le document ne liste aucun salarié\u{a0}: peuvent être enregistrés ceux que l'enregistreur déclare \
                     inscrits au programme, et personne d'autre.",
                )
                .to_owned()
        } else {
            let list = self.listed(&employees);
            say!(
                self.language,
                "Only these employees may be recorded, by their tokens: {list}.",
                "Seuls ces salariés peuvent être enregistrés, désignés par leurs identifiants pseudonymes\u{a0}: {list}."
            )
        };
        set("S6", node.get("employees"), text)
    }

    fn where_(self, node: &Node) -> Sentence {
        let list = self.listed(&node.texts("applications"));
        let text = say!(
            self.language,
            "Only windows of these applications are recorded: {list} (see below). Everything else on the screen is \
             blank.",
            "Seules les fenêtres de ces applications sont enregistrées\u{a0}: {list} (voir plus bas). Tout le reste de \
             l'écran est masqué."
        );
        set("S4", node.get("applications"), text)
    }

    fn when(self, node: &Node) -> Sentence {
        let day = |name| date(node.text(name).unwrap_or_default(), self.language);
        let (from, until) = (day("from"), day("until"));
        let text = say!(
            self.language,
            "Recording is possible from {from} to {until}, both days included.",
            "L'enregistrement est possible du {from} au {until}, ces deux jours compris."
        );
        set("S10", node.get("from"), text)
    }

    fn announced(self, node: &Node) -> Sentence {
        let on = date(node.text("announced-on").unwrap_or_default(), self.language);
        let text = say!(
            self.language,
            "The document says that the programme was announced to the employees on {on}; it does not say which dates were announced then.",
            "Selon le document, le programme a été annoncé aux salariés le {on}\u{a0}; il ne dit pas quelles dates l'ont été alors."
        );
        set("+5", node.get("announced-on"), text)
    }

    fn review(self, node: &Node) -> Sentence {
        let written = node.text("review-until").map(|day| date(day, self.language));
        let until = written.or_else(|| day_after(node.text("until")?, REVIEW_DAYS, self.language));
        let until = until.unwrap_or_default();
        let text = say!(
            self.language,
            "Trainers may work with its recordings up to {until}, that day included.",
            "Les formateurs peuvent travailler sur ses enregistrements jusqu'au {until} compris."
        );
        set("S10", node.get("review-until").or(node.get("until")), text)
    }

    fn volume(self, volume: &Node) -> [Sentence; 3] {
        let language = self.language;
        let length = |name, part| {
            let written = volume.get(name).and_then(|cap| cap.text(part));
            duration(written.unwrap_or_default(), language)
        };
        let (limit, per) = (length("per-employee", "limit"), length("per-employee", "per"));
        let employee = say!(
            language,
            "Of one employee, no more than {limit} is recorded in any {per}.",
            "D'un même salarié, on n'enregistre pas plus de {limit} sur toute période de {per}."
        );
        let (limit, per) = (length("programme", "limit"), length("programme", "per"));
        let programme = say!(
            language,
            "Under the whole programme, no more than {limit} is recorded in any {per}.",
            "Pour tout le programme, on n'enregistre pas plus de {limit} sur toute période de {per}."
        );
        let waiting = duration(volume.text("unreviewed").unwrap_or_default(), language);
        let unreviewed = say!(
            language,
            "Nothing more is recorded once the recordings that wait for review reach {waiting}.",
            "Rien de plus n'est enregistré dès que les enregistrements à analyser atteignent {waiting}."
        );
        [
            set("S7", volume.get("per-employee"), employee),
            set("S7", volume.get("programme"), programme),
            set("S7", volume.get("unreviewed"), unreviewed),
        ]
    }

    fn sampling(self, id: &str, volume: &Node) -> Sentence {
        let node = volume.get("share-of-calls");
        let per = node.and_then(|node| node.text("per")).unwrap_or_default();
        let per = duration(per, self.language);
        let programme = self.said.rules.programmes.find(id);
        let most = share(
            programme.map_or(0, |programme| programme.share_millionths),
            self.language,
        );
        let text = say!(
            self.language,
            "Of the calls of one employee in any {per}, at most {most} are recorded, rounded up to a whole call.",
            "Des appels d'un même salarié sur toute période de {per}, {most} au plus sont enregistrés, arrondis à \
             l'appel supérieur."
        );
        set("+1", node, text)
    }

    /// Which unknown conditions pass, because of what is declared of every application.
    fn unknown_entries(self, id: &str) -> [Sentence; 2] {
        let rules = &self.said.rules;
        let positions = rules
            .programmes
            .find(id)
            .map_or(&[][..], |programme| &programme.applications);
        let application = |at: &u32| rules.applications.get(usize::try_from(*at).ok()?);
        let own = rules.own(id);
        let passes = |by_it: fn(&Own) -> bool, never: fn(&Application) -> bool| {
            own.is_some_and(by_it) || positions.iter().filter_map(application).all(never)
        };
        let card = Entry {
            name: "payment-card",
            english: [
                "card data are being spoken or typed",
                "card data are never entered in it",
            ],
            french: [
                "des données de carte sont communiquées oralement ou saisies",
                "aucune donnée de carte n'y est jamais saisie",
            ],
        };
        let password = Entry {
            name: "password",
            english: [
                "a password is being typed or the screen is locked",
                "a password is never entered in it",
            ],
            french: [
                "un mot de passe est saisi ou l'écran est verrouillé",
                "aucun mot de passe n'y est jamais saisi",
            ],
        };
        [
            self.unknown_entry(
                &card,
                passes(|own| own.never_payment_card, |one| one.never_payment_card),
            ),
            self.unknown_entry(&password, passes(|own| own.never_password, |one| one.never_password)),
        ]
    }

    fn unknown_entry(self, entry: &Entry, passes: bool) -> Sentence {
        let [what, declared] = match self.language {
            Language::English => entry.english,
            Language::French => entry.french,
        };
        let name = self.quoted(entry.name);
        let text = if passes {
            say!(
                self.language,
                "While the recorder does not know whether {what}, recording goes on: of the programme, or of every \
                 application of it, the controller declares that {declared} ({name} in `never-entered`).",
                "Tant que l'enregistreur ne sait pas si {what}, l'enregistrement continue\u{a0}: du programme, ou de chacune \
                 de ses applications, le responsable de traitement déclare qu'{declared} ({name} dans `never-entered`)."
            )
        } else {
            say!(
                self.language,
                "While the recorder does not know whether {what}, nothing is recorded.",
                "Tant que l'enregistreur ne sait pas si {what}, rien n'est enregistré."
            )
        };
        set("+9", None, text)
    }
}

/// What may be entered in an application: what it is called in a document, what a recorder may not know of
/// it, and what the controller declares.
struct Entry {
    name: &'static str,
    english: [&'static str; 2],
    french: [&'static str; 2],
}
