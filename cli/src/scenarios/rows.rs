//! The rows of the legal matrix, and which reasons show them.

use gardefou::Reason;
use gardefou::trace::{Coverage, Reach};

use crate::language::Language;

/// A row of docs/legal.md.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) english: &'static str,
    pub(super) french: &'static str,
    /// The reasons that refuse in its name. None: the row stands for all rows that begin with `+`.
    pub(super) reasons: &'static [Reason],
}

const fn row(id: &'static str, english: &'static str, french: &'static str, reasons: &'static [Reason]) -> Row {
    Row {
        id,
        english,
        french,
        reasons,
    }
}

/// Every row, in the order of docs/legal.md.
pub(super) const ROWS: [Row; 21] = [
    row(
        "S1",
        "No still image",
        "Pas d'image fixe (capture d'écran)",
        &[Reason::STILL_IMAGE],
    ),
    row(
        "S2",
        "For staff training only",
        "Finalité de formation",
        &[Reason::PURPOSE],
    ),
    row(
        "S3",
        "The employee is told beforehand",
        "Information préalable",
        &[Reason::EMPLOYEE_NOT_INFORMED],
    ),
    row(
        "S4",
        "Only the windows of the application",
        "Fenêtre de l'application métier",
        &[Reason::NO_TRAINING_WINDOW],
    ),
    row(
        "S5",
        "Only while a call is recorded",
        "Prise d'appel",
        &[Reason::NO_CALL],
    ),
    row(
        "S6",
        "Only who needs the training",
        "Besoin de formation",
        &[Reason::NO_TRAINING_NEED],
    ),
    row("S7", "A limited volume", "Volume, proportionnalité", &[Reason::VOLUME]),
    row(
        "S8",
        "Anonymised to train others",
        "Anonymisation",
        &[Reason::NOT_ANONYMISED],
    ),
    row(
        "S9",
        "Authorised access only",
        "Habilitation, journalisation",
        &[Reason::NOT_AUTHORISED],
    ),
    row(
        "S10",
        "No use outside the training",
        "Pas d'utilisation hors formation",
        &[Reason::PURPOSE, Reason::PROGRAMME],
    ),
    row(
        "S11",
        "The guarantees for call recordings",
        "Garanties spécifiques",
        &[],
    ),
    row("+1", "Occasional, never systematic", "Ponctuel", &[Reason::SYSTEMATIC]),
    row(
        "+2",
        "The other party is told and can object",
        "Information et opposition de l'interlocuteur",
        &[Reason::PARTY_NOT_INFORMED, Reason::PARTY_OBJECTED],
    ),
    row(
        "+3",
        "Private calls, and pauses",
        "Appels privés, pause",
        &[Reason::PRIVATE_CALL, Reason::PAUSED],
    ),
    row(
        "+4",
        "Lines of representatives",
        "Ligne réservée à un mandat",
        &[Reason::PROTECTED_LINE],
    ),
    row(
        "+5",
        "Periods that were announced",
        "Périodes annoncées",
        &[Reason::PROGRAMME],
    ),
    row("+6", "The prior steps", "CSE, AIPD, registre", &[Reason::ATTESTATION]),
    row(
        "+7",
        "How long things are kept",
        "Durée de conservation",
        &[Reason::RETENTION],
    ),
    row("+8", "Recipients", "Destinataires", &[Reason::NOT_AUTHORISED]),
    row(
        "+9",
        "Card data and passwords",
        "Données de paiement, mots de passe",
        &[Reason::PAYMENT, Reason::SECURE_INPUT],
    ),
    row(
        "+10",
        "The employee's objection, restriction",
        "Opposition du salarié, limitation",
        &[Reason::EMPLOYEE_OBJECTED, Reason::RESTRICTED],
    ),
];

impl Row {
    pub(super) const fn title(&self, language: Language) -> &'static str {
        language.pick(self.english, self.french)
    }

    /// How far the scenarios reach it: as far as the least of its reasons.
    pub(super) fn reach(&self, coverage: &Coverage) -> Reach {
        if self.reasons.is_empty() {
            let guarantees = ROWS
                .iter()
                .filter(|row| !row.reasons.is_empty() && row.id.starts_with('+'));
            return guarantees.map(|row| row.reach(coverage)).max().unwrap_or(Reach::Never);
        }
        let reasons = self.reasons.iter().map(|reason| coverage.anywhere(*reason));
        // Until when something may be kept is a question of its own.
        let retention = (self.id == "+7").then(|| coverage.of_retention());
        reasons.chain(retention).min().unwrap_or(Reach::Never)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasons between backticks, and the French term, of every row of docs/legal.md.
    #[test]
    fn the_rows_are_those_of_the_page() {
        let page = include_str!("../../../docs/legal.md");
        let lines = page
            .lines()
            .filter(|line| line.starts_with("| S") || line.starts_with("| +"));
        let rows: Vec<(String, Vec<String>)> = lines
            .map(|line| {
                let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
                let reasons = cells[5].split('`').skip(1).step_by(2).map(str::to_owned);
                (cells[0].to_owned(), reasons.collect())
            })
            .collect();
        let own: Vec<(String, Vec<String>)> = ROWS
            .iter()
            .map(|row| (row.id.to_owned(), row.reasons.iter().map(ToString::to_string).collect()))
            .collect();
        assert_eq!(own, rows);
    }
}
