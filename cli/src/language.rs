//! Which language people are spoken to in. What programs read is the same in every language.

use std::env;
use std::sync::OnceLock;

use clap::ValueEnum;
use gardefou::Text;

/// A language that the command speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English, and whatever is not known.
    #[default]
    #[value(name = "en", help = "English")]
    English,
    /// French.
    #[value(name = "fr", help = "français")]
    French,
}

impl Language {
    /// The language of whoever runs this process: `LC_ALL`, else `LC_MESSAGES`, else `LANG`.
    pub(crate) fn of_the_user() -> Self {
        static OF_THE_USER: OnceLock<Language> = OnceLock::new();
        *OF_THE_USER.get_or_init(|| {
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
            Self::of_locale(locale.as_deref().unwrap_or_default())
        })
    }

    /// The language of a locale such as `fr_FR.UTF-8`.
    fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("fr") {
            Self::French
        } else {
            Self::English
        }
    }

    /// The one of two texts that is in this language.
    pub(crate) const fn pick<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }

    /// A text that came in both.
    pub(crate) fn of(self, text: &Text) -> &str {
        self.pick(&text.english, &text.french)
    }
}

/// A text in the language, both written side by side: `say!(language, "{n} frames", "{n} images")`.
macro_rules! say {
    ($language:expr, $english:literal, $french:literal $(,)?) => {
        match $language {
            $crate::language::Language::English => format!($english),
            $crate::language::Language::French => format!($french),
        }
    };
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language_first() {
        for french in ["fr", "fr_FR.UTF-8", "fr_CA", "FR_fr@euro", "fr-BE"] {
            assert_eq!(Language::of_locale(french), Language::French, "{french}");
        }
        for other in ["", "C", "POSIX", "en_GB.UTF-8", "fro_FR", "fra", "de_FR"] {
            assert_eq!(Language::of_locale(other), Language::English, "{other}");
        }
    }

    #[test]
    fn both_forms_are_checked_when_they_are_built() {
        let count = 3;
        assert_eq!(say!(Language::English, "{count} frames", "{count} images"), "3 frames");
        assert_eq!(say!(Language::French, "{count} frames", "{count} images"), "3 images");
    }
}
