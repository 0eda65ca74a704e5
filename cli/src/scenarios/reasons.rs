//! What reasons say, in the reader's language.

use gardefou::trace::{Answer, Decided, Fate};
use gardefou::{Description, Digest, Policy, Reason, Why, floor_description};

use crate::language::Language;
use crate::text::see;

/// The notes of the policies at hand.
#[derive(Debug)]
pub(super) struct Reasons {
    descriptions: Vec<(Digest, Description)>,
}

impl Reasons {
    pub(super) fn of(policies: &[Policy]) -> Self {
        let own = policies
            .iter()
            .map(|policy| (policy.digest(), policy.description().clone()));
        Self {
            descriptions: own.chain([(Digest::FLOOR, floor_description())]).collect(),
        }
    }

    /// The policies, without the floor.
    pub(super) fn policies(&self) -> impl Iterator<Item = &(Digest, Description)> {
        self.descriptions.iter().filter(|(digest, _)| *digest != Digest::FLOOR)
    }

    /// A reason's title: that of the register, or the first that a policy gives it.
    pub(super) fn title(&self, reason: Reason, language: Language) -> String {
        if let Some(info) = reason.info() {
            return language.pick(info.english, info.french).to_owned();
        }
        let mut notes = self.descriptions.iter().flat_map(|(_, own)| &own.notes);
        let own = notes.find(|note| note.reason == reason && note.detail == 0);
        own.map_or_else(|| reason.to_string(), |note| plain(language.of(&note.title)))
    }

    /// Why an answer is as it is: the reason's title, and which part of the rules objected.
    pub(super) fn why(&self, answer: &Answer, language: Language) -> String {
        let title = answer
            .refusal()
            .map_or_else(String::new, |refusal| self.title(refusal.reason, language));
        match self.note(answer).map(|note| plain(language.of(&note.title))) {
            Some(note) if note != title => format!("{title}{}{note}", language.pick(": ", "\u{a0}: ")),
            _ => title,
        }
    }

    /// The row of the legal matrix and where to look it up: `S5 · see CNIL, couplage`. Empty for what is
    /// permitted.
    pub(super) fn source(&self, answer: &Answer, language: Language, dot: &str) -> String {
        let Some(reason) = answer.refusal().map(|refusal| refusal.reason) else {
            return String::new();
        };
        if reason == Reason::PERMITTED {
            return String::new();
        }
        let note = self.note(answer);
        let info = reason.info();
        let rule = note.map_or_else(|| info.map_or("", |info| info.rule), |note| note.rule.as_str());
        let reference = note.map_or_else(
            || info.map_or("", |info| info.reference),
            |note| note.reference.as_str(),
        );
        let parts = [rule.to_owned(), see(reference, language)];
        let parts: Vec<String> = parts
            .iter()
            .filter(|part| !part.is_empty() && *part != "P")
            .map(|part| plain(part))
            .collect();
        parts.join(dot)
    }

    fn note(&self, answer: &Answer) -> Option<&gardefou::Note> {
        let why = why(answer)?;
        let (_, own) = self.descriptions.iter().find(|(digest, _)| *digest == why.policy)?;
        own.note(why.refusal())
    }
}

/// Which policy refused, and with which note. What is allowed is so by all of them.
const fn why(answer: &Answer) -> Option<&Why> {
    match &answer.decided {
        Decided::Session(Err(why))
        | Decided::Access(Err(why))
        | Decided::Frame { why, .. }
        | Decided::Segment {
            fate: Fate::Discard(why),
            ..
        } => Some(why),
        Decided::Session(Ok(())) | Decided::Access(Ok(_)) | Decided::Segment { .. } | Decided::Retention(_) => None,
    }
}

/// A text from outside, as it can be shown: no control characters, and not endless.
pub(super) fn plain(text: &str) -> String {
    const MOST: usize = 160;
    let clean = text.chars().map(|c| if c.is_control() { '?' } else { c });
    if text.chars().count() <= MOST {
        clean.collect()
    } else {
        clean.take(MOST).chain("...".chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_in_the_readers_language() {
        let reasons = Reasons::of(&[]);
        assert_eq!(
            reasons.title(Reason::NO_CALL, Language::English),
            "No recorded call in progress"
        );
        assert_eq!(
            reasons.title(Reason::NO_CALL, Language::French),
            "Hors appel enregistré"
        );
        assert_eq!(reasons.title(Reason(1234), Language::French), "reason 1234");
    }

    #[test]
    fn a_text_from_outside_cannot_drive_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a?[2Jb?");
        assert!(plain(&"x".repeat(10_000)).len() < 200);
    }
}
