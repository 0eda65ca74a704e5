//! What the mark says.

use gardefou::Reason;

use super::language::Language;

/// A sentence in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    english: &'static str,
    french: &'static str,
}

impl Said {
    /// The sentence in that language.
    pub(crate) const fn in_(self, language: Language) -> &'static str {
        language.pick(self.english, self.french)
    }
}

/// The mark is not there any more.
pub(crate) const CLOSED: Said = Said {
    english: "the mark that tells the employee of the recording was closed",
    french: "la marque qui informe le salarié de l'enregistrement a été fermée",
};

/// Somebody took the mark off the screen.
pub(crate) const HIDDEN: Said = Said {
    english: "the mark that tells the employee of the recording was hidden",
    french: "la marque qui informe le salarié de l'enregistrement a été masquée",
};

/// The mark stays under another window.
pub(crate) const COVERED: Said = Said {
    english: "the mark that tells the employee of the recording stays covered by another window",
    french: "la marque qui informe le salarié de l'enregistrement reste couverte par une autre fenêtre",
};

/// The mark is not on the screen as it is to be.
pub(crate) const UNSEEN: Said = Said {
    english: "the mark that tells the employee of the recording cannot be seen: it is painted over, cut, or shines \
              through",
    french: "la marque qui informe le salarié de l'enregistrement ne se voit pas : elle est recouverte, découpée ou \
             transparente",
};

/// The mark is where nobody sees it.
pub(crate) const DARK: Said = Said {
    english: "the mark that tells the employee of the recording is on no monitor",
    french: "la marque qui informe le salarié de l'enregistrement n'est sur aucun moniteur",
};

/// What the employee is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// The call began, and nothing was decided yet.
    NotYet,
    /// What the screen shows is recorded, as far as the rules allow.
    Recording,
    /// Nothing is recorded, for this reason.
    Not(Reason),
    /// Nothing more of this call is recorded.
    Ended,
}

impl Words {
    /// Whether the screen is recorded.
    pub(crate) fn recording(self) -> bool {
        self == Self::Recording
    }

    /// The words in that language.
    pub(crate) fn text(self, language: Language) -> String {
        let not = language.pick("Not recording: ", "Pas d'enregistrement : ");
        match self {
            Self::NotYet => language
                .pick("Not recording yet", "Pas encore d'enregistrement")
                .to_owned(),
            Self::Recording => language
                .pick("Recording the screen", "Enregistrement de l'écran")
                .to_owned(),
            Self::Not(reason) => match reason.info() {
                Some(info) => format!("{not}{}", language.pick(info.english, info.french)),
                None => format!("{not}{reason}"),
            },
            Self::Ended => {
                let why = language.pick("it ended for this call", "terminé pour cet appel");
                format!("{not}{why}")
            }
        }
    }
}

/// The text in lines of at most that many characters, broken between words where that is possible.
pub(crate) fn lines(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let room = lines
            .last()
            .map_or(0, |line| columns.saturating_sub(line.chars().count()));
        match lines.last_mut() {
            // A French colon stands behind a space, and never begins a line.
            Some(line) if word.chars().count() < room || word == ":" => {
                line.push(' ');
                line.push_str(word);
            }
            _ => {
                let letters: Vec<char> = word.chars().collect();
                lines.extend(letters.chunks(columns).map(|part| part.iter().collect::<String>()));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_whether_and_why() {
        let text = |words: Words| (words.text(Language::English), words.text(Language::French));
        let (english, french) = text(Words::Recording);
        assert_eq!(
            (english.as_str(), french.as_str()),
            ("Recording the screen", "Enregistrement de l'écran")
        );
        let (english, french) = text(Words::Not(Reason::PAUSED));
        let info = Reason::PAUSED.info().unwrap();
        assert_eq!(english, format!("Not recording: {}", info.english));
        assert_eq!(french, format!("Pas d'enregistrement : {}", info.french));
        assert!(Words::Recording.recording() && !Words::Ended.recording());
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(lines("Not recording: paused", 13), ["Not", "recording:", "paused"]);
        assert_eq!(lines("Not recording: paused", 14), ["Not recording:", "paused"]);
        assert_eq!(lines("abcdef gh", 4), ["abcd", "ef", "gh"]);
        assert_eq!(
            lines("Pas d'enregistrement : pause", 20),
            ["Pas d'enregistrement :", "pause"]
        );
        assert!(lines("", 4).is_empty());
    }
}
