//! A value that is written as nothing that TOML knows: most often a text without its quotes.

use super::meant;
use super::words::{text, words};
use crate::notes::Text;

/// What is said of it: the code, what is wrong, and how to mend it.
pub(super) type Told = (&'static str, Text, Text);

/// Longer values are not repeated in a message, in characters.
const LONGEST: usize = 60;

/// What somebody meant who wrote this value without straight quotes.
pub(super) fn told(value: &str) -> Told {
    let value = value.trim();
    if is_date(value) || meant::date(value).is_some() {
        return not_a_date(value);
    }
    if is_answer(value) {
        return neither();
    }
    if let Some(number) = value.strip_suffix('%').and_then(|number| number.trim().parse().ok()) {
        return percent(number);
    }
    if let Some(inside) = value
        .strip_prefix(CURLED)
        .map(|rest| rest.trim_end_matches(CURLED).trim())
    {
        let message = words(
            "a text must be between straight quotes",
            "un texte doit être entre guillemets droits",
        );
        return ("unquoted-text", message.into(), quote(inside));
    }
    let message = words("a text must be between quotes", "un texte doit être entre guillemets");
    ("unquoted-text", message.into(), quote(value))
}

/// What typography puts in the place of straight quotes.
const CURLED: [char; 10] = ['«', '»', '“', '”', '„', '‟', '‘', '’', '‹', '›'];

/// How the value is written as a text, where it can be shown.
fn quote(value: &str) -> Text {
    let is_plain = |c: char| !c.is_control() && !"\"\\`".contains(c);
    if value.is_empty() || value.chars().count() > LONGEST || !value.chars().all(is_plain) {
        return words(
            "write texts like `\"acme-support\"`, dates like `2026-11-01`, and `true` or `false` in small letters",
            "écrivez un texte comme `\"acme-support\"`, une date comme `2026-11-01`, et `true` ou `false` \
             en minuscules",
        )
        .into();
    }
    text!("write `\"{value}\"`", "écrivez `\"{value}\"`")
}

fn not_a_date(value: &str) -> Told {
    let message = words("this is not written as a date", "ceci n'est pas écrit comme une date");
    let help = meant::date(value).map_or_else(
        || {
            words(
                "write the year, the month and the day, like `2026-11-01`",
                "écrivez l'année, le mois et le jour, comme `2026-11-01`",
            )
            .into()
        },
        |date| text!("write `{date}`, without quotes", "écrivez `{date}`, sans guillemets"),
    );
    ("bad-date", message.into(), help)
}

/// Whether it is a date as people write it: `01/11/2026`, `1.11.26`, `2026/11/01`.
fn is_date(value: &str) -> bool {
    let mut parts = value.split(['/', '.', '-']);
    let is_part = |part: Option<&str>| {
        part.is_some_and(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let three = [parts.next(), parts.next(), parts.next()].into_iter().all(is_part);
    three && parts.next().is_none()
}

fn neither() -> Told {
    let message = words("this is neither `true` nor `false`", "ceci n'est ni `true` ni `false`");
    let help = words(
        "write `true` for yes and `false` for no, in small letters",
        "écrivez `true` pour oui et `false` pour non, en minuscules",
    );
    ("syntax", message.into(), help.into())
}

/// Whether somebody answered yes or no.
fn is_answer(value: &str) -> bool {
    const ANSWERS: [&str; 8] = ["yes", "no", "on", "off", "oui", "non", "vrai", "faux"];
    ANSWERS.contains(&value.to_lowercase().as_str())
}

fn percent(number: f64) -> Told {
    let message = words(
        "a share is written as a number, without `%`",
        "une part s'écrit comme un nombre, sans `%`",
    );
    let share = number / 100.0;
    let help = text!("write `{share}`", "écrivez `{share}`");
    ("syntax", message.into(), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(value: &str) -> (&'static str, alloc::string::String) {
        let (code, _, help) = told(value);
        (code, help.english)
    }

    #[test]
    fn what_was_meant_is_shown() {
        assert_eq!(help("ACME SAS"), ("unquoted-text", "write `\"ACME SAS\"`".into()));
        for quoted in ["“ACME SAS”", "« ACME SAS »", "«\u{a0}ACME SAS\u{a0}»", "‘ACME SAS’"] {
            assert_eq!(help(quoted), ("unquoted-text", "write `\"ACME SAS\"`".into()));
        }
        assert_eq!(help("180d"), ("unquoted-text", "write `\"180d\"`".into()));
        assert_eq!(help("20%"), ("syntax", "write `0.2`".into()));
        for date in ["01/11/2026", "1.11.26", "2026/11/01", "1-11-2026"] {
            assert_eq!(help(date).0, "bad-date", "{date}");
        }
        for answer in ["oui", "No", "VRAI"] {
            assert!(help(answer).1.starts_with("write `true` for yes"), "{answer}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_shown_is_not() {
        let long = "x".repeat(LONGEST + 1);
        for value in ["", "a\"b", "C:\\x", "a`b", "a\u{7}b", long.as_str(), "“”"] {
            assert!(help(value).1.starts_with("write texts like"), "{value}");
        }
        // No date, whatever it looks like.
        for value in ["1.2", "1.2.3.4", "2026.11.x", "10.0.0.1:80"] {
            assert_eq!(help(value).0, "unquoted-text", "{value}");
        }
    }
}
