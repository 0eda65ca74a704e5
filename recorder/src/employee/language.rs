//! Which language the employee is spoken to in.

use clap::ValueEnum;

/// A language that the mark speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English, and whatever is not known.
    #[value(name = "en", help = "English")]
    English,
    /// French.
    #[value(name = "fr", help = "français")]
    French,
}

impl Language {
    /// The language of whoever runs this process, as the command `gardefou` takes it: `LC_ALL`, else
    /// `LC_MESSAGES`, else `LANG`.
    pub(crate) fn of_the_user() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        Self::of_locale(locale.as_deref().unwrap_or_default())
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
}

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
}
