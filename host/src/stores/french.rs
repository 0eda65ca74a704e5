//! The French of what stores say of themselves. What only a system or a server can say stays as it is.

use std::borrow::Cow;

/// Every sentence that is not put together from something given.
const WORDS: &[(&str, &str)] = &[
    ("it has another identity", "son identité est une autre"),
    ("it is an older copy", "c'est une copie plus ancienne"),
    ("it has no identity", "il n'a pas d'identité"),
    ("it is empty", "il est vide"),
    ("the file is gone", "le fichier a disparu"),
    (
        "the file is gone, and only its marker is there",
        "le fichier a disparu, et seul son témoin est là",
    ),
    ("another file stands in its place", "un autre fichier est à sa place"),
    (
        "it has another identity than its marker",
        "son identité n'est pas celle de son témoin",
    ),
    (
        "there is none in the database any more",
        "il n'y en a plus dans la base",
    ),
    ("it is a folder", "c'est un dossier"),
    (
        "it is an SQLite database, and no ledger",
        "c'est une base SQLite, mais pas un registre",
    ),
    ("it is no SQLite database", "ce n'est pas une base SQLite"),
    ("it is damaged", "il est endommagé"),
    (
        "its marker, the `.identity` file beside it, is damaged",
        "son témoin, le fichier `.identity` à côté de lui, est endommagé",
    ),
    ("its identity is malformed", "son identité est mal formée"),
    (
        "it is not there, and the journal that it signs is",
        "il n'est pas là, et le journal qu'il signe y est",
    ),
    (
        "its schema `gardefou_ledger` is no ledger",
        "son schéma `gardefou_ledger` n'est pas un registre",
    ),
    (
        "its tables are not those of a ledger",
        "ses tables ne sont pas celles d'un registre",
    ),
    (
        "a session of that name was offered to it before",
        "une session de ce nom lui a déjà été proposée",
    ),
    (
        "a session kept something that was never offered to it",
        "une session a gardé quelque chose sans lui avoir été proposée",
    ),
    (
        "a session cannot have kept that many milliseconds",
        "une session ne peut pas avoir gardé autant de millisecondes",
    ),
    ("its address is malformed", "son adresse est mal formée"),
    ("not a plain file", "ce n'est pas un fichier ordinaire"),
    (
        "another file was put in its place",
        "un autre fichier a été mis à sa place",
    ),
    (
        "an empty file stands where there was one",
        "un fichier vide est là où il y en avait un",
    ),
    (
        "the key beside it, in its `.pub`, is not its own",
        "la clé à côté, dans son `.pub`, n'est pas la sienne",
    ),
    (
        "the marker beside it, its `.head`, is missing",
        "le point de contrôle à côté, son `.head`, manque",
    ),
    (
        "its counts are not what was sealed",
        "ses décomptes ne sont pas ce qui a été scellé",
    ),
    (
        "its open discards are not what was sealed",
        "ses suppressions en attente ne sont pas ce qui a été scellé",
    ),
    ("it does not say whose it is", "il ne dit pas à qui il est"),
    ("it does not say where it stands", "il ne dit pas où il en est"),
    (
        "what was kept of its tree is not what was sealed",
        "ce qui est gardé de son arbre n'est pas ce qui a été scellé",
    ),
    (
        "its latest checkpoint is not that of its seal",
        "son dernier point de contrôle n'est pas celui de son sceau",
    ),
    (
        "its tables are not a journal's",
        "ses tables ne sont pas celles d'un journal",
    ),
    ("the file is damaged", "le fichier est endommagé"),
    ("a row of it is damaged", "une de ses lignes est endommagée"),
    ("it is no journal", "ce n'est pas un journal"),
    ("it holds no journal's key", "il ne contient pas la clé d'un journal"),
    (
        "an older copy stands in its place",
        "une copie plus ancienne est à sa place",
    ),
    ("the file was cut", "le fichier a été coupé"),
    ("its write-ahead log was replaced", "son fichier `-wal` a été remplacé"),
    ("it is not at its place", "elle n'est pas à sa place"),
    ("it is of no kind", "elle n'est d'aucune sorte"),
    ("its content or its salt is missing", "son contenu ou son sel manque"),
    (
        "its content is not what was written",
        "son contenu n'est pas ce qui a été écrit",
    ),
    ("this version cannot read it", "cette version ne peut pas la lire"),
    ("it is no discard", "ce n'est pas une suppression"),
    ("it was never signed", "elle n'a jamais été signée"),
    ("it is missing", "elle manque"),
    ("this is not what was signed", "ce n'est pas ce qui a été signé"),
    (
        "it was forgotten, and is back",
        "elle était oubliée, et elle est de retour",
    ),
    (
        "its content is gone, and nobody with the key forgot it",
        "son contenu a disparu, sans que personne ne l'ait oublié avec la clé",
    ),
    (
        "the list of the entries that were forgotten is not what was sealed",
        "la liste des entrées oubliées n'est pas celle qui a été scellée",
    ),
    (
        "a checkpoint that was kept elsewhere is over other entries",
        "un point de contrôle gardé ailleurs porte sur d'autres entrées",
    ),
    (
        "it has fewer entries than a checkpoint that was kept elsewhere",
        "il a moins d'entrées qu'un point de contrôle gardé ailleurs",
    ),
    (
        "a checkpoint that was kept elsewhere is not its own",
        "un point de contrôle gardé ailleurs n'est pas le sien",
    ),
    (
        "its origin must be up to 200 bytes without spaces or plus signs",
        "son origine doit avoir au plus 200 octets, sans espace ni signe plus",
    ),
];

/// The French of these words; the words themselves where there is none.
pub(crate) fn french(words: &str) -> Cow<'_, str> {
    let known = |words: &str| WORDS.iter().find(|(english, _)| *english == words);
    if let Some((_, french)) = known(words) {
        return Cow::Borrowed(french);
    }
    // What is said of an entry, behind its number.
    let (place, said) = words.split_once(": ").unwrap_or_default();
    match (place.split_once(' '), known(said)) {
        (Some(("entry", number)), Some((_, french))) => Cow::Owned(format!("entrée {number}\u{a0}: {french}")),
        (Some(("entries", range)), Some((_, french))) => {
            let range = range.replace(" to ", " à ");
            Cow::Owned(format!("entrées {range}\u{a0}: {french}"))
        }
        _ => Cow::Borrowed(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_is_there_once() {
        for (index, (english, _)) in WORDS.iter().enumerate() {
            let first = WORDS.iter().position(|(other, _)| other == english);
            assert_eq!(first, Some(index), "{english}");
        }
        assert_eq!(french("it is empty"), "il est vide");
        assert_eq!(french("SQLSTATE 99"), "SQLSTATE 99");
        assert_eq!(french("entry 7: it is missing"), "entrée 7\u{a0}: elle manque");
        assert_eq!(
            french("entries 1 to 3: this is not what was signed"),
            "entrées 1 à 3\u{a0}: ce n'est pas ce qui a été signé"
        );
        assert_eq!(french("entry 7: SQLSTATE 99"), "entry 7: SQLSTATE 99");
    }
}
