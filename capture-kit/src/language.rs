//! Which language people are spoken to in.

use std::env;

/// A language that the command speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// English, and whatever is not known.
    English,
    /// French.
    French,
}

impl Language {
    /// The language of whoever runs this process: `LC_ALL`, else `LC_MESSAGES`, else `LANG`.
    pub(crate) fn of_the_user() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        let locale = locale.unwrap_or_default();
        match locale.split(['_', '-', '.', '@']).next() {
            Some(language) if language.eq_ignore_ascii_case("fr") => Self::French,
            _ => Self::English,
        }
    }

    /// The one of two texts that is in this language.
    pub(crate) fn pick(self, english: String, french: String) -> String {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }
}
