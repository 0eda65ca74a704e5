//! What the TOML parser says, in words for somebody who has never seen TOML.

use super::words::{Words, text, words};
use crate::notes::Text;

/// That a value that begins like a date or a time is none.
pub(super) fn not_a_date(expected: &str) -> Text {
    let french = match expected {
        "" => return words("this is not a date", "ceci n'est pas une date").into(),
        "a four-digit year (YYYY)" => "une année de quatre chiffres",
        "a two-digit month (MM)" | "month between 01 and 12" => "un mois de 01 à 12",
        "a two-digit day (DD)" => "un jour de deux chiffres",
        "day between 01 and 31" => "un jour de 01 à 31",
        "day between 01 and 30" => "un jour de 01 à 30",
        "day between 01 and 29" => "un jour de 01 à 29",
        "day between 01 and 28" => "un jour de 01 à 28",
        "`-` (MM-DD)" => "un `-` entre le mois et le jour",
        _ => "une date comme `2026-11-01`",
    };
    let expected = Text {
        english: expected.into(),
        french: french.into(),
    };
    text!(
        "this is not a date: expected {expected}",
        "ceci n'est pas une date\u{a0}: {expected} est attendu"; expected
    )
}

/// The commonest errors for somebody who has never seen TOML, and how to mend them.
pub(super) fn plain(what: &str) -> Option<(Words, Words)> {
    Some(match what {
        "key with no value" | "missing value for key" | "missing assignment between key-value pairs" => (
            words("there is no `=` after this name", "aucun `=` ne suit ce nom"),
            words(
                "write a name, `=` and a value, like `id = \"acme-support\"`",
                "écrivez un nom, `=` et une valeur, comme `id = \"acme-support\"`",
            ),
        ),
        "extra `=`" => (
            words("there is one `=` too many", "il y a un `=` de trop"),
            words(
                "write one `=` between a name and its value",
                "écrivez un seul `=` entre un nom et sa valeur",
            ),
        ),
        "unclosed table" | "unclosed array table" => (
            words(
                "the name of this section is not closed",
                "le nom de cette section n'est pas fermé",
            ),
            words(
                "write section names like `[recording]` or `[[programme]]`",
                "écrivez le nom d'une section comme `[recording]` ou `[[programme]]`",
            ),
        ),
        "unclosed array" => (
            words("a list is not closed", "une liste n'est pas fermée"),
            words("write `]` after its last entry", "écrivez `]` après sa dernière entrée"),
        ),
        "unclosed inline table" => (
            words("a group is not closed", "un groupe n'est pas fermé"),
            words("write `}` after its last value", "écrivez `}` après sa dernière valeur"),
        ),
        "unexpected `=` in array" => (
            words("there is a `=` in a list", "il y a un `=` dans une liste"),
            words(
                "close the list with `]` after its last entry",
                "fermez la liste par `]` après sa dernière entrée",
            ),
        ),
        "missing comma between array elements" => (
            words(
                "a comma is missing in this list",
                "il manque une virgule dans cette liste",
            ),
            words(
                "write a comma between entries, and `]` after the last one",
                "écrivez une virgule entre les entrées, et `]` après la dernière",
            ),
        ),
        "missing comma between key-value pairs" => (
            words(
                "a comma is missing in this group",
                "il manque une virgule dans ce groupe",
            ),
            words(
                "write a comma between values, and `}` after the last one",
                "écrivez une virgule entre les valeurs, et `}` après la dernière",
            ),
        ),
        "extra comma in array" | "extra comma in inline table" => (
            words("there is one comma too many", "il y a une virgule de trop"),
            words(
                "write one comma between two entries; decimals take a point, like `0.2`",
                "écrivez une seule virgule entre deux entrées\u{a0}; les décimales prennent un point, comme `0.2`",
            ),
        ),
        "unexpected key or value" => (
            words(
                "nothing more can stand on this line",
                "rien de plus ne peut figurer sur cette ligne",
            ),
            words(
                "write each value on a line of its own; decimals take a point, like `0.2`",
                "écrivez chaque valeur sur sa propre ligne\u{a0}; les décimales prennent un point, comme `0.2`",
            ),
        ),
        "invalid basic string"
        | "invalid literal string"
        | "invalid multi-line basic string"
        | "invalid multi-line literal string" => (
            words("a text has no closing quote", "un texte n'a pas de guillemet fermant"),
            words(
                "close the text with the quote that it began with",
                "fermez le texte par le guillemet qui l'ouvre",
            ),
        ),
        "missing escaped value" | "too few unicode value digits" => (
            words(
                "a `\\` between double quotes has a meaning of its own",
                "un `\\` entre guillemets doubles a un sens particulier",
            ),
            words(
                "write `\\\\` for each `\\`, or put the text between single quotes",
                "écrivez `\\\\` pour chaque `\\`, ou mettez le texte entre guillemets simples (`'`)",
            ),
        ),
        "invalid unquoted key"
        | "unquoted keys cannot be empty"
        | "keys cannot be multi-line basic strings"
        | "keys cannot be multi-line literal strings" => (
            words("this cannot be a name", "ceci ne peut pas être un nom"),
            words(
                "names have letters without accents, digits, `-` and `_` only",
                "un nom n'a que des lettres sans accent, des chiffres, `-` et `_`",
            ),
        ),
        "unexpected leading zero" => (
            words("a number cannot begin with 0", "un nombre ne peut pas commencer par 0"),
            words("leave the zeros out", "retirez les zéros"),
        ),
        "invalid boolean" => (
            words("this is neither `true` nor `false`", "ceci n'est ni `true` ni `false`"),
            words(
                "write `true` or `false` in small letters",
                "écrivez `true` ou `false` en minuscules",
            ),
        ),
        "invalid float"
        | "invalid mantissa"
        | "invalid fraction"
        | "invalid exponent"
        | "invalid integer number"
        | "unexpected sign"
        | "redundant numeric sign"
        | "`_` may only go between digits" => (
            words("this is not a number", "ceci n'est pas un nombre"),
            words(
                "write a number with digits on both sides of its point, like `0.2`",
                "écrivez un nombre avec des chiffres de chaque côté du point, comme `0.2`",
            ),
        ),
        "invalid comment character" => (
            words(
                "there is an invisible control character after this `#`",
                "un caractère de contrôle invisible suit ce `#`",
            ),
            words(
                "delete what stands after the `#` and type it again",
                "supprimez ce qui suit le `#` et retapez-le",
            ),
        ),
        "cannot recurse further; max recursion depth met" | "recursion limit" => (
            words(
                "too many lists or groups stand within one another",
                "trop de listes ou de groupes sont imbriqués",
            ),
            words(
                "no list or group of a rule document goes deeper than two",
                "aucune liste ni aucun groupe d'un document de règles ne dépasse deux niveaux",
            ),
        ),
        _ if what.starts_with("cannot extend value of type") => (
            words(
                "this name has a value already, and is no section",
                "ce nom a déjà une valeur, et n'est pas une section",
            ),
            words(
                "keep its value, or make it a section with a name in brackets",
                "gardez sa valeur, ou faites-en une section dont le nom est entre crochets",
            ),
        ),
        "carriage return must be followed by newline" => (
            words(
                "a line ends in an unusual way",
                "une ligne se termine de façon inhabituelle",
            ),
            words(
                "save the document with the line ends of Windows or Unix",
                "enregistrez le document avec les fins de ligne de Windows ou d'Unix",
            ),
        ),
        _ => return None,
    })
}

/// Whether it is about one value, and everything else could be read.
pub(super) fn is_bad_scalar(what: &str) -> bool {
    matches!(
        what,
        "missing escaped value"
            | "too few unicode value digits"
            | "unexpected leading zero"
            | "invalid boolean"
            | "invalid float"
            | "invalid mantissa"
            | "invalid fraction"
            | "invalid exponent"
            | "invalid comment character"
            | "`_` may only go between digits"
            | "radix must be lowercase"
            | "integers with a radix cannot be signed"
            | "redundant integer number prefix"
            | "redundant numeric sign"
    )
}
