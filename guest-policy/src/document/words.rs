//! What people are told, in both languages side by side, so that neither is forgotten.
//!
//! In French, `:`, `;`, `!`, `?` and what stands between guillemets keep their no-break space (U+00A0).

/// Words of a message, in both languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Words {
    pub(super) english: &'static str,
    pub(super) french: &'static str,
}

/// The same words in both languages.
pub(super) const fn words(english: &'static str, french: &'static str) -> Words {
    Words { english, french }
}

impl From<Words> for crate::notes::Text {
    fn from(words: Words) -> Self {
        Self {
            english: words.english.into(),
            french: words.french.into(),
        }
    }
}

/// A text in both languages: `text!("{n} days", "{n} jours", n = …; what)`. Both say every value after the
/// comma. What stands after the semicolon is in both languages itself, and each takes its own.
macro_rules! text {
    ($english:literal, $french:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::notes::Text {
            english: alloc::format!($english $(, $name = $value)*),
            french: alloc::format!($french $(, $name = $value)*),
        }
    };
    ($english:literal, $french:literal $(, $name:ident = $value:expr)*; $($both:ident),+ $(,)?) => {
        $crate::notes::Text {
            english: {
                $(let $both = &$both.english;)+
                alloc::format!($english $(, $name = $value)*)
            },
            french: {
                $(let $both = &$both.french;)+
                alloc::format!($french $(, $name = $value)*)
            },
        }
    };
}
pub(super) use text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_takes_its_own() {
        let what = words("a date", "une date");
        let said = text!("`{key}` must be {what}", "`{key}` doit être {what}", key = "on"; what);
        assert_eq!(said.english, "`on` must be a date");
        assert_eq!(said.french, "`on` doit être une date");
    }
}
