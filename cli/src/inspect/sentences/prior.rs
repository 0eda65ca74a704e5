//! When the rules are in force, and what must have happened before anything is recorded.

use gardefou::Timestamp;
use gardefou_policy::rules::Step;

use super::{Section, Sentence, Teller, set};
use crate::document::{Node, date, duration, instant};
use crate::language::say;
use crate::text::plain;

impl Teller<'_> {
    pub(super) fn in_force(self) -> Section {
        let language = self.language;
        let key = self.document().root().get("in-force");
        let day = |name| {
            key.and_then(|key| key.text(name))
                .map_or_else(String::new, |day| date(day, language))
        };
        let (from, until) = (day("from"), day("until"));
        let zone = plain(&self.document().time_zone());
        let text = say!(
            language,
            "Nothing is recorded before {from} or after {until}. Dates are whole days in the time zone {zone}.",
            "Rien n'est enregistré avant le {from} ni après le {until}. Les dates sont des jours entiers dans le \
             fuseau horaire {zone}."
        );
        self.section("in-force", "In force", "Validité", vec![set("P", key, text)])
    }

    pub(super) fn steps(self) -> Section {
        let councils = self.councils(self.document().root().get("attestations"));
        let steps = Step::ALL.into_iter().filter_map(|step| self.step(step));
        let mut sentences: Vec<Sentence> = councils.into_iter().chain(steps).collect();
        for programme in self
            .document()
            .root()
            .get("programme")
            .map_or(&[][..], |all| all.list())
        {
            sentences.extend(self.councils(Some(programme)));
        }
        self.section("prior-steps", "Prior steps", "Préalables", sentences)
    }

    /// The works councils that a list of the document or of a programme names.
    fn councils(self, of: Option<&Node>) -> Vec<Sentence> {
        let language = self.language;
        let Some(list) = of.and_then(|of| of.get(Step::WorksCouncil.name())) else {
            return Vec::new();
        };
        let programme = of.and_then(|of| of.text("id"));
        let one = |entry: &Node| {
            let (name, on) = (self.quoted(entry.text("name")?), date(entry.text("on")?, language));
            let good = match entry.text("valid-for") {
                Some(length) => {
                    let length = duration(length, language);
                    say!(language, "That is good for {length}.", "Cela vaut {length}.")
                }
                None => language
                    .pick("The document sets no term.", "Le document ne fixe pas de terme.")
                    .to_owned(),
            };
            let whose = programme.map_or_else(String::new, |id| {
                let id = self.quoted(id);
                say!(language, ", for the programme {id}", ", pour le programme {id}")
            });
            let text = say!(
                language,
                "The works council {name} was consulted on {on}{whose}, the document says. Nothing is recorded before \
                 that date. {good}",
                "Le CSE {name} a été consulté le {on}{whose}, selon le document. Rien n'est enregistré avant cette \
                 date. {good}"
            );
            Some(set("+6", Some(entry), text))
        };
        list.list().iter().filter_map(one).collect()
    }

    fn step(self, step: Step) -> Option<Sentence> {
        let language = self.language;
        let node = self.document().root().get("attestations")?.get(step.name())?;
        if let Some(reason) = node.text("not-applicable") {
            let reason = self.quoted(reason);
            let text = say!(
                language,
                "The controller states that consulting the works council does not apply, for this reason: {reason}.",
                "Le responsable de traitement déclare que la consultation du CSE est sans objet, pour ce motif\u{a0}: \
                 {reason}."
            );
            return Some(set("+6", Some(node), text));
        }
        let on = date(node.text("on")?, language);
        let what = match step {
            Step::WorksCouncil => say!(
                language,
                "The works council was consulted on {on}",
                "Le CSE a été consulté le {on}"
            ),
            Step::ImpactAssessment => say!(
                language,
                "The impact assessment was done on {on}",
                "L'analyse d'impact (AIPD) a été faite le {on}"
            ),
            Step::RegisterEntry => {
                let reference = self.quoted(node.text("reference").unwrap_or_default());
                say!(
                    language,
                    "The processing was entered in the register on {on}, reference {reference}",
                    "Le traitement a été inscrit au registre le {on}, référence {reference}"
                )
            }
        };
        let good = self.good_until(step, node.text("valid-for"));
        let text = say!(
            language,
            "{what}, the document says. Nothing is recorded before that date. {good}",
            "{what}, selon le document. Rien n'est enregistré avant cette date. {good}"
        );
        Some(set("+6", Some(node), text))
    }

    fn good_until(self, step: Step, valid_for: Option<&str>) -> String {
        let language = self.language;
        let attested = self.said.rules.attestations.iter().find(|one| one.step == step);
        let end = attested.map_or(Timestamp::MAX, |one| one.valid.end);
        let end = instant(end, &self.document().time_zone(), language);
        match (valid_for, end) {
            (Some(length), Some(end)) => {
                let length = duration(length, language);
                say!(
                    language,
                    "That is good for {length}: from {end} on, nothing is recorded.",
                    "Cela vaut {length}\u{a0}: à partir du {end}, rien n'est enregistré."
                )
            }
            (Some(length), None) => {
                let length = duration(length, language);
                say!(language, "That is good for {length}.", "Cela vaut {length}.")
            }
            (None, _) => language
                .pick("The document sets no term.", "Le document ne fixe pas de terme.")
                .to_owned(),
        }
    }

    pub(super) fn notice(self) -> Section {
        let language = self.language;
        let notice = self.document().root().get("employee-notice");
        let text = |name| notice.and_then(|notice| notice.text(name)).unwrap_or_default();
        let by = |name| notice.and_then(|notice| notice.get(name));
        let versions: Vec<String> = self.said.rules.notice_versions().map(|one| self.quoted(one)).collect();
        let version = versions.join(language.pick(" or ", " ou "));
        let length = duration(text("valid-for"), language);
        let covers = language.pick(
            "The notice tells of both, the screen and the call, the document says.",
            "L'information porte sur les deux, l'écran et l'appel, selon le document.",
        );
        let sentences = vec![
            set("S3", by("covers"), covers.to_owned()),
            set(
                "S3",
                by("version"),
                say!(
                    language,
                    "Only an employee who was given version {version} of the notice before the recording is recorded.",
                    "Seul un salarié qui a reçu la version {version} de l'information avant l'enregistrement est \
                     enregistré."
                ),
            ),
            set(
                "S3",
                by("valid-for"),
                say!(
                    language,
                    "A notice given {length} ago or earlier no longer counts.",
                    "Une information donnée il y a {length} ou davantage ne compte plus."
                ),
            ),
        ];
        self.section(
            "notice",
            "Notice to the employees",
            "Information des salariés",
            sentences,
        )
    }
}
