//! The applications that trainings are about.

use alloc::{format, string::String, vec::Vec};

use super::cursor::{Item, Key, Table, Text, choice, french};
use super::matching;
use super::problem::{Problem, Problems};
use super::words::text;
use crate::notes::Text as Message;
use crate::rules::Application;
use crate::title::{NeverTitle, is_wildcard};

static ID: Key = Key::new("id", "id = \"crm\"");
static TITLE: Key = Key::new("title", "title = \"Customer desk\"");
static MATCH: Key = Key::of_rule(
    "match",
    "match = [{ executable = \"crm.exe\", signer = \"ACME SAS\" }]",
    "S4",
);
static NEVER_TITLE: Key = Key::of_rule("never-title", "never-title = [\"*password*\"]", "S4");
static NEVER_ENTERED: Key = Key::of_rule("never-entered", "never-entered = [\"password\"]", "+9");

#[derive(Clone, Copy, PartialEq, Eq)]
enum Entered {
    PaymentCard,
    Password,
}

const ENTERED: [(&str, Entered); 2] = [("payment-card", Entered::PaymentCard), ("password", Entered::Password)];

/// An application of the document; its name is missing where it could not be read.
pub(super) struct Draft<'t> {
    pub(super) id: Option<Text<'t>>,
    pub(super) application: Application,
}

/// Reads one application.
pub(super) fn read<'t>(item: &Item<'t>, problems: &mut Problems<'_>) -> Option<Draft<'t>> {
    let mut table = item.table(problems)?;
    let id = table.required(&ID).and_then(|item| item.text(problems));
    if let Some(title) = table.required(&TITLE) {
        title.text(problems);
    }
    let mut entries = Vec::new();
    if let Some(item) = table.required(&MATCH)
        && item.is_not_empty(problems)
    {
        let list = item.list(problems).unwrap_or_default();
        entries = list
            .iter()
            .filter_map(|entry| matching::read_entry(entry, problems))
            .collect();
    }
    let never_title = table
        .optional(&NEVER_TITLE)
        .and_then(|item| item.texts(problems))
        .unwrap_or_default();
    for pattern in &never_title {
        check_never_title(pattern, problems);
    }
    let never = read_never_entered(&mut table, problems);
    table.finish(problems);
    let application = Application {
        id: id.as_ref().map(|id| String::from(id.value)).unwrap_or_default(),
        entries,
        never_title: never_title.iter().map(|text| NeverTitle::from(text.value)).collect(),
        never_payment_card: never.payment_card,
        never_password: never.password,
    };
    Some(Draft { id, application })
}

/// What the controller declares is never entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Never {
    pub(super) payment_card: bool,
    pub(super) password: bool,
}

/// Reads `never-entered`, of an application or of a programme.
pub(super) fn read_never_entered(table: &mut Table<'_>, problems: &mut Problems<'_>) -> Never {
    let entered = table
        .optional(&NEVER_ENTERED)
        .and_then(|item| item.texts(problems))
        .unwrap_or_default();
    let never: Vec<Entered> = entered
        .iter()
        .filter_map(|text| choice(text, &NEVER_ENTERED, &ENTERED, problems))
        .collect();
    Never {
        payment_card: never.contains(&Entered::PaymentCard),
        password: never.contains(&Entered::Password),
    }
}

/// Reports a pattern of titles in which nothing is left to compare.
fn check_never_title(pattern: &Text<'_>, problems: &mut Problems<'_>) {
    let name = NEVER_TITLE.name;
    if pattern.value.chars().all(is_wildcard) {
        matching::too_broad_glob(pattern, &NEVER_TITLE, problems);
    } else if NeverTitle::from(pattern.value).says_nothing() {
        let message = text!(
            "`{name}` has nothing but accents and invisible characters here, which are not compared",
            "`{name}` n'a ici que des accents et des caractères invisibles, qui ne sont pas comparés"
        );
        let help = Message {
            english: format!("write the words that must be there, like `{}`", NEVER_TITLE.example),
            french: format!(
                "écrivez les mots qui doivent s'y trouver, comme `{}`",
                french(NEVER_TITLE.example)
            ),
        };
        problems.add(
            Problem::error("pattern-says-nothing", &pattern.span, message)
                .rule(NEVER_TITLE.rule)
                .help(help),
        );
    }
}
