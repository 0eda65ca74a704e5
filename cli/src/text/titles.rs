//! What reasons are called, by the registers and by what the policies say of themselves.

use gardefou::{Description, Digest, Policy, Reason, ReasonInfo, floor_description};

use super::Look;
use crate::language::{Language, say};
use crate::report::Cause;

/// The titles of reasons, from the registers, and the notes of the policies at hand.
#[derive(Debug)]
pub(crate) struct Titles {
    descriptions: Vec<(Digest, Description)>,
}

/// What is shown of a reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Title {
    /// What it says, and which part of the rules objects.
    pub(crate) text: String,
    /// Its name, the rule's id in the legal matrix, and where to look it up.
    pub(crate) rule: String,
}

impl Titles {
    /// With the notes of these policies.
    pub(crate) fn of(policies: &[Policy]) -> Self {
        let own = policies
            .iter()
            .map(|policy| (policy.digest(), policy.description().clone()));
        Self {
            descriptions: own.chain([(Digest::FLOOR, floor_description())]).collect(),
        }
    }

    /// The policies by their own names: `acme-support 2026.11.0`.
    pub(super) fn policies(&self) -> Vec<String> {
        self.descriptions
            .iter()
            .filter(|(digest, _)| *digest != Digest::FLOOR)
            .map(|(_, own)| format!("{} {}", plain(&own.id), plain(&own.version)))
            .collect()
    }

    /// What is shown of this cause.
    pub(crate) fn title(&self, cause: Cause, look: Look) -> Title {
        let Cause { refusal, policy } = cause;
        let info = refusal.reason.info();
        let language = look.language;
        let own = self.note(policy, refusal.reason, 0, language);
        let note = (refusal.detail != 0)
            .then(|| self.note(policy, refusal.reason, refusal.detail, language))
            .flatten();
        let text = info
            .map(|info| language.pick(info.english, info.french).to_owned())
            .or_else(|| own.map(|(title, ..)| title.to_owned()))
            .unwrap_or_else(|| refusal.reason.to_string());
        let text = match note {
            Some((title, ..)) if title != text => say!(language, "{text}: {title}", "{text}\u{a0}: {title}"),
            _ => text,
        };
        let (_, rule, reference) = note.or(own).unwrap_or_default();
        let rule = pick(rule, info, |info| info.rule);
        let reference = pick(reference, info, |info| info.reference);
        let parts = [
            rule.to_owned(),
            refusal.reason.to_string(),
            super::words::see(reference, language),
            self.by(policy, language),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|part| !part.is_empty() && part != "P")
            .map(|part| plain(&part))
            .collect();
        Title {
            text: plain(&text),
            rule: parts.join(look.dot()),
        }
    }

    /// Whose reason it is, where several policies decide together.
    fn by(&self, policy: Digest, language: Language) -> String {
        let names = self.policies();
        let place = self.descriptions.iter().position(|(digest, _)| *digest == policy);
        match place {
            Some(place) if names.len() > 1 => super::words::by(names.get(place).map(String::as_str), language),
            _ => String::new(),
        }
    }

    /// What the legend says of a reason.
    pub(super) fn legend(&self, reason: Reason, language: Language) -> String {
        let own = self
            .descriptions
            .iter()
            .find_map(|(digest, _)| self.note(*digest, reason, 0, language));
        let register = reason.info().map(|info| language.pick(info.english, info.french));
        plain(register.or(own.map(|(title, ..)| title)).unwrap_or(&reason.to_string()))
    }

    /// A note's title, rule and reference, as that policy gives them.
    fn note(&self, policy: Digest, reason: Reason, detail: u16, language: Language) -> Option<(&str, &str, &str)> {
        let (_, description) = self.descriptions.iter().find(|(digest, _)| *digest == policy)?;
        let mut notes = description.notes.iter();
        notes
            .find(|note| note.reason == reason && note.detail == detail)
            .map(|note| (language.of(&note.title), note.rule.as_str(), note.reference.as_str()))
    }
}

fn pick<'a>(own: &'a str, info: Option<&'static ReasonInfo>, of: fn(&ReasonInfo) -> &'static str) -> &'a str {
    if own.is_empty() { info.map_or("", of) } else { own }
}

/// A text from outside, as it can be shown: no control characters, and not endless.
pub(crate) fn plain(text: &str) -> String {
    const MOST: usize = 160;
    let clean = text.chars().map(|c| if drives(c) { '?' } else { c });
    if text.chars().count() <= MOST {
        clean.collect()
    } else {
        clean.take(MOST).chain("...".chars()).collect()
    }
}

/// Whether a character drives a terminal, or turns the direction of what stands around it.
fn drives(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The letter of a reason in the timeline.
pub(super) const fn letter(reason: Reason) -> char {
    match reason {
        Reason::POLICY_FAULT => '!',
        Reason::STORE_UNAVAILABLE => '$',
        Reason::RULES_UNCONFIRMED => '~',
        Reason::RULES_STOPPED => '#',
        Reason::INVALID_FACTS => '?',
        Reason::NOT_IN_FORCE => 'D',
        Reason::STILL_IMAGE => 'I',
        Reason::PURPOSE => 'U',
        Reason::PROGRAMME => 'G',
        Reason::ATTESTATION => 'A',
        Reason::NO_TRAINING_NEED => 'N',
        Reason::EMPLOYEE_NOT_INFORMED => 'E',
        Reason::EMPLOYEE_OBJECTED => 'J',
        Reason::PROTECTED_LINE => 'L',
        Reason::SYSTEMATIC => 'Y',
        Reason::PRIVATE_CALL => 'V',
        Reason::PARTY_OBJECTED => 'O',
        Reason::NO_CALL => 'C',
        Reason::PARTY_NOT_INFORMED => 'T',
        Reason::PAYMENT => 'P',
        Reason::SECURE_INPUT => 'S',
        Reason::PAUSED => 'Z',
        Reason::STALE_FACTS => 'F',
        Reason::VOLUME => 'M',
        Reason::NO_TRAINING_WINDOW => 'W',
        _ => 'X',
    }
}

#[cfg(test)]
mod tests {
    use gardefou::Refusal;

    use super::*;

    #[test]
    fn every_reason_of_a_frame_has_a_letter_of_its_own() {
        let mut letters: Vec<char> = Reason::ALL
            .into_iter()
            .filter(|reason| *reason != Reason::PERMITTED && reason.0 < 50)
            .map(letter)
            .collect();
        let all = letters.len();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), all);
        assert!(!letters.contains(&'X'));
    }

    fn cause(reason: Reason) -> Cause {
        Cause {
            refusal: Refusal::of(reason),
            policy: Digest::FLOOR,
        }
    }

    #[test]
    fn a_title_says_rule_and_reference() {
        let title = Titles::of(&[]).title(cause(Reason::PAYMENT), Look::new(80, true));
        assert_eq!(title.text, "Payment card data");
        assert_eq!(title.rule, "+9 · payment · see CNIL 2018-303; RGPD 32");
        let title = Titles::of(&[]).title(cause(Reason(1234)), Look::new(80, true));
        assert_eq!(title.text, "reason 1234");
    }

    #[test]
    fn a_text_from_outside_cannot_drive_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a?[2Jb?");
        assert_eq!(plain("exe\u{202e}fdp"), "exe?fdp");
        assert!(plain(&"x".repeat(10_000)).len() < 200);
    }
}
