//! Who may do what with recordings (legal.md, S9 and +8).

use alloc::{string::String, vec::Vec};
use core::ops::Range;

use super::cursor::{Item, Key, Text, choice, list, shortened};
use super::index::Index;
use super::problem::{Problem, Problems};
use super::words::{text, words};
use crate::rules::{Coverage, RIGHTS, Role};
use crate::types::{Operation, Purpose};

static ID: Key = Key::of_rule("id", "id = \"trainer\"", "S9");
static MAY: Key = Key::of_rule("may", "may = [\"view\", \"annotate\"]", "S9");
static PURPOSES: Key = Key::of_rule("purposes", "purposes = [\"training\"]", "S10");
static PROGRAMMES: Key = Key::of_rule("programmes", "programmes = [\"crm-onboarding\"]", "+8");
static OWN_ONLY: Key = Key::of_rule("own-only", "own-only = true", "+8");

/// All programmes, former ones too.
const ALL: &str = "*";

const OPERATIONS: [(&str, Operation); 8] = [
    ("view", Operation::View),
    ("annotate", Operation::Annotate),
    ("train-others", Operation::TrainOthers),
    ("export", Operation::Export),
    ("disclose", Operation::Disclose),
    ("restrict", Operation::Restrict),
    ("release", Operation::Release),
    ("delete", Operation::Delete),
];

/// The purposes that a recording may be used for at all.
const ACCESS: [(&str, Purpose); 3] = [
    ("training", Purpose::Training),
    ("subject-right", Purpose::SubjectRight),
    ("oversight", Purpose::Oversight),
];

/// The purposes that nobody may have (legal.md, S10).
const NEVER: [&str; 5] = ["evaluation", "quality", "evidence", "monitoring", "other"];

/// A role of the document; its name is missing where it could not be read.
pub(super) struct Draft<'t> {
    pub(super) id: Option<Text<'t>>,
    /// Where it begins.
    header: Range<usize>,
    programmes: Vec<Text<'t>>,
    role: Role,
}

/// Reads one role.
pub(super) fn read<'t>(item: &Item<'t>, problems: &mut Problems<'_>) -> Option<Draft<'t>> {
    let mut table = item.table(problems)?;
    let id = table.required(&ID).and_then(|item| item.text(problems));
    let may = table
        .required(&MAY)
        .and_then(|item| item.some_texts(problems))
        .unwrap_or_default();
    let may = may.iter().filter_map(|text| choice(text, &MAY, &OPERATIONS, problems));
    let may = distinct(may.collect());
    let purposes = match table.optional(&PURPOSES) {
        Some(item) => read_purposes(&item, problems),
        None => alloc::vec![Purpose::Training],
    };
    let programmes = table
        .optional(&PROGRAMMES)
        .and_then(|item| item.texts(problems))
        .unwrap_or_default();
    let own_only = table
        .optional(&OWN_ONLY)
        .and_then(|item| item.flag(problems))
        .unwrap_or_default();
    table.finish(problems);
    let id_text = id.as_ref().map(|id| String::from(id.value)).unwrap_or_default();
    let covers_all = programmes.iter().any(|id| id.value == ALL);
    let role = Role {
        id: id_text,
        may,
        purposes,
        // Which ones is known when all were read.
        programmes: if covers_all {
            Coverage::All
        } else {
            Coverage::Only(Vec::new())
        },
        own_only,
    };
    Some(Draft {
        id,
        header: item.span.clone(),
        programmes,
        role,
    })
}

fn read_purposes(item: &Item<'_>, problems: &mut Problems<'_>) -> Vec<Purpose> {
    let texts = item.texts(problems).unwrap_or_default();
    let mut purposes = Vec::new();
    for text in &texts {
        if NEVER.contains(&text.value) {
            let message = text!(
                "`{purpose}` is no purpose that a recording may be used for",
                "`{purpose}` n'est pas une finalité pour laquelle un enregistrement peut servir",
                purpose = text.value
            );
            let help = words(
                "write `training`, `subject-right` or `oversight`",
                "écrivez `training` (formation), `subject-right` (droits des personnes) ou `oversight` (contrôle)",
            );
            problems.add(Problem::error("purpose", &text.span, message).rule("S10").help(help));
        } else {
            purposes.extend(choice(text, &PURPOSES, &ACCESS, problems));
        }
    }
    distinct(purposes)
}

impl Draft<'_> {
    /// The role that the component takes.
    pub(super) fn resolve(mut self, programmes: &mut Index<'_>, problems: &mut Problems<'_>) -> Role {
        let mut ids = Vec::new();
        for id in self.programmes.iter().filter(|id| id.value != ALL) {
            if programmes.find(id, "+8", problems).is_some() {
                ids.push(String::from(id.value));
            }
        }
        if self.programmes.is_empty()
            && let Some(id) = &self.id
        {
            let message = text!(
                "the role `{id}` covers no programme, and may do nothing",
                "le rôle `{id}` ne couvre aucun programme, et ne permet rien",
                id = shortened(id.value)
            );
            let help = text!(
                "add `{example}`, or delete the role",
                "ajoutez `{example}`, ou supprimez le rôle",
                example = PROGRAMMES.example
            );
            problems.add(Problem::warning("unused-role", &id.span, message).rule("+8").help(help));
        }
        ids.sort_unstable();
        ids.dedup();
        if let Coverage::Only(known) = &mut self.role.programmes {
            *known = ids;
        }
        self.role
    }

    /// Its name, or where it begins.
    fn place(&self) -> &Range<usize> {
        self.id.as_ref().map_or(&self.header, |id| &id.span)
    }

    fn answers(&self, right: Operation) -> bool {
        self.role.reaches_all(right, Purpose::SubjectRight)
    }
}

/// Checks that somebody answers every person, under every programme, and warns when nobody oversees. Where the
/// text could not be read behind the first role, nobody can tell.
pub(super) fn check_rights(roles: &[Draft<'_>], unreadable_until: usize, problems: &mut Problems<'_>) {
    let Some(first) = roles.first().filter(|first| unreadable_until <= first.header.start) else {
        return;
    };
    let missing: Vec<Operation> = RIGHTS
        .into_iter()
        .filter(|right| !roles.iter().any(|role| role.answers(*right)))
        .collect();
    if !missing.is_empty() {
        let answering = roles
            .iter()
            .find(|role| RIGHTS.iter().any(|right| role.answers(*right)));
        problems.add(unanswered(&missing, answering, first));
    }
    let oversees = |role: &Draft<'_>| role.role.reaches_all(Operation::View, Purpose::Oversight);
    if !roles.iter().any(oversees) {
        let overseeing = roles
            .iter()
            .find(|role| role.role.purposes.contains(&Purpose::Oversight));
        let message = words(
            "no role may look at everybody's recordings, under all programmes, for oversight",
            "aucun rôle ne permet de consulter, pour un contrôle, les enregistrements de tous dans tous les programmes",
        );
        let help = words(
            "an authority can ask for them: add a role with `may = [\"view\", \"disclose\", \"restrict\"]`, `purposes = \
             [\"oversight\"]` and `programmes = [\"*\"]`, without `own-only`",
            "une autorité peut les demander\u{a0}: ajoutez un rôle avec `may = [\"view\", \"disclose\", \"restrict\"]`, \
             `purposes = [\"oversight\"]` et `programmes = [\"*\"]`, sans `own-only`",
        );
        let place = overseeing.unwrap_or(first).place();
        problems.add(Problem::warning("no-oversight", place, message).rule("+10").help(help));
    }
}

/// That persons who ask cannot be answered; where a role answers them in part, it is about that one.
fn unanswered(missing: &[Operation], answering: Option<&Draft<'_>>, first: &Draft<'_>) -> Problem {
    let names = OPERATIONS.iter().filter(|(_, operation)| missing.contains(operation));
    let names: Vec<&str> = names.map(|(name, _)| *name).collect();
    let message = text!(
        "no role may {missing} for everybody who asks, under all programmes",
        "aucun rôle ne permet {missing} pour toute personne qui le demande, dans tous les programmes",
        missing = list(&names)
    );
    let help = match answering.and_then(|role| role.id.as_ref()) {
        Some(id) => text!(
            "add what is missing to the `may` of the role `{id}`",
            "ajoutez ce qui manque au `may` du rôle `{id}`",
            id = shortened(id.value)
        ),
        None => text!(
            "add a role with `may = [{all}]`, `purposes = [\"subject-right\"]` and `programmes = [\"*\"]`, without \
             `own-only`",
            "ajoutez un rôle avec `may = [{all}]`, `purposes = [\"subject-right\"]` et `programmes = [\"*\"]`, sans \
             `own-only`",
            all = "\"disclose\", \"restrict\", \"release\", \"delete\""
        ),
    };
    let place = answering.unwrap_or(first).place();
    Problem::error("rights-unanswered", place, message)
        .rule("+10")
        .help(help)
}

fn distinct<T: Copy + PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
