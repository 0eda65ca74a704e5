//! How wide the page is, which characters it may use, and its colours.

use std::env;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};

use crate::language::Language;
use crate::report::Outcome;

/// Wider than this nobody reads a timeline.
pub(super) const WIDEST: usize = 200;
/// Narrower than this nothing fits.
const NARROWEST: usize = 40;
/// Wider than any line.
const FLOWING: usize = 1 << 20;
/// Where there is no terminal.
const USUAL: usize = 80;

/// How a page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// Whether characters outside ASCII can be shown.
    pub(crate) unicode: bool,
    /// The language of its words.
    pub(crate) language: Language,
}

impl Look {
    /// A page in English of this width, in columns, brought into what can be read.
    pub(crate) fn new(width: usize, unicode: bool) -> Self {
        Self {
            width: width.clamp(NARROWEST, WIDEST),
            unicode,
            language: Language::English,
        }
    }

    /// A page none of whose lines is broken, whatever shows it breaks them itself.
    pub(crate) const fn flowing(language: Language) -> Self {
        Self {
            width: FLOWING,
            unicode: true,
            language,
        }
    }

    /// The same, in this language.
    pub(crate) fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// What suits standard output.
    pub(crate) fn of_the_terminal() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let width = terminal_size::terminal_size_of(std::io::stdout())
            .filter(|_| terminal)
            .map_or(USUAL, |(width, _)| usize::from(width.0));
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        Self::new(width, speaks_unicode(locale.as_deref(), cfg!(windows))).in_language(Language::of_the_user())
    }

    /// One of two texts: with characters outside ASCII, and without.
    pub(crate) const fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }

    /// What stands between two things in a row.
    pub(crate) const fn dot(self) -> &'static str {
        self.pick(" · ", " - ")
    }
}

/// Whether a locale says UTF-8. One that says nothing is taken to: a missing locale is usual in containers.
fn speaks_unicode(locale: Option<&str>, windows: bool) -> bool {
    let Some(locale) = locale.filter(|_| !windows) else {
        return true;
    };
    let locale = locale.to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// For titles of sections.
pub(crate) const HEADING: Style = Style::new().bold();
/// For what is not the point.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// For what is allowed.
pub(crate) const ALLOWED: Style = AnsiColor::Green.on_default();
/// For what comes near its end.
pub(crate) const WARNED: Style = AnsiColor::Yellow.on_default();
/// For what is refused for good.
pub(crate) const REFUSED: Style = AnsiColor::Red.on_default();
/// For the telephone.
pub(super) const CALL: Style = AnsiColor::Blue.on_default();

/// The colour of an outcome.
pub(super) const fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Whole => ALLOWED,
        Outcome::Partly => AnsiColor::Cyan.on_default(),
        Outcome::Skipped => AnsiColor::Yellow.on_default(),
        Outcome::Stopped => REFUSED,
    }
}

/// The text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() || style == Style::new() {
        return text.to_owned();
    }
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_on_the_characters() {
        assert!(speaks_unicode(Some("fr_FR.UTF-8"), false));
        assert!(speaks_unicode(Some("C.utf8"), false));
        assert!(!speaks_unicode(Some("C"), false));
        assert!(!speaks_unicode(Some("fr_FR.ISO-8859-15"), false));
        assert!(speaks_unicode(None, false));
        assert!(speaks_unicode(Some("C"), true));
    }

    #[test]
    fn a_width_is_brought_into_bounds() {
        assert_eq!(Look::new(0, true).width, 40);
        assert_eq!(Look::new(100, true).width, 100);
        assert_eq!(Look::new(5_000, true).width, 200);
    }
}
