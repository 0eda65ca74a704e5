//! Which language people are spoken to in. What programs read is the same in every language.

use std::env;
use std::ffi::OsString;
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

/// The language of whoever runs this process.
static OF_THE_USER: OnceLock<Language> = OnceLock::new();

impl Language {
    /// The language of whoever runs this process: what `--language` says, else `LC_ALL`, else `LC_MESSAGES`, else
    /// `LANG`, else that of the system where it keeps one.
    pub(crate) fn of_the_user() -> Self {
        *OF_THE_USER.get_or_init(|| Self::said_in(env::args_os().skip(1)).unwrap_or_else(Self::of_the_system))
    }

    fn of_the_system() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        Self::of_locale(locale.or_else(systems_own).as_deref().unwrap_or_default())
    }

    /// What `--language` says among these arguments: it is looked for before they are read, so that what is said of
    /// them is in that language too. The last one counts, as it does when they are read.
    fn said_in(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut said = None;
        let mut arguments = arguments.take_while(|argument| argument != "--");
        while let Some(argument) = arguments.next() {
            let value = match argument.to_str() {
                Some("--language") => arguments.next().and_then(|value| value.into_string().ok()),
                Some(argument) => argument.strip_prefix("--language=").map(str::to_owned),
                None => None,
            };
            said = value.and_then(|value| Self::from_str(&value, false).ok()).or(said);
        }
        said
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

/// The language that the system keeps for its user.
#[cfg(windows)]
fn systems_own() -> Option<String> {
    sys_locale::get_locale()
}

/// Elsewhere the environment says it.
#[cfg(not(windows))]
const fn systems_own() -> Option<String> {
    None
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
    fn the_option_is_found_before_the_arguments_are_read() {
        let said = |line: &str| Language::said_in(line.split(' ').map(OsString::from));
        for (line, language) in [
            ("check rules.toml", None),
            ("check rules.toml --language fr", Some(Language::French)),
            ("--language=en check", Some(Language::English)),
            ("--language=fr check --language en", Some(Language::English)),
            ("check --language de", None),
            ("check --language", None),
            ("check -- --language fr", None),
            ("check --languages fr", None),
        ] {
            assert_eq!(said(line), language, "{line}");
        }
    }

    #[test]
    fn both_forms_are_checked_when_they_are_built() {
        let count = 3;
        assert_eq!(say!(Language::English, "{count} frames", "{count} images"), "3 frames");
        assert_eq!(say!(Language::French, "{count} frames", "{count} images"), "3 images");
    }
}
