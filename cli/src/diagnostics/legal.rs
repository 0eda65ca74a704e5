//! Where a row of the legal matrix is to be looked up.

use gardefou::Reason;

use crate::language::Language;
use crate::text::see;

/// The reference for this row, as "see …" in this language. None where the register of reasons has nothing for it.
pub(super) fn reference(rule: &str, language: Language) -> Option<String> {
    let reason = match rule {
        // These rows refuse with the reason of a neighbour (legal.md).
        "+5" => Some(Reason::PROGRAMME),
        "+8" => Some(Reason::NOT_AUTHORISED),
        _ => Reason::ALL
            .into_iter()
            .find(|r| r.info().is_some_and(|i| i.rule == rule)),
    };
    let reference = see(reason?.info()?.reference, language);
    (!reference.is_empty()).then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_that_the_reader_names_has_a_reference() {
        for rule in [
            "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S9", "S10", "+1", "+5", "+6", "+7", "+8", "+9",
        ] {
            for (language, see) in [(Language::English, "see "), (Language::French, "voir ")] {
                let reference = reference(rule, language).unwrap();
                assert!(reference.starts_with(see), "{rule}: {reference}");
            }
        }
        let s1 = reference("S1", Language::English);
        assert_eq!(s1.unwrap(), "see CNIL, couplage; RGPD 5.1.c");
        assert_eq!(reference("S99", Language::English), None);
    }
}
