//! What two rule documents say differently, key by key, whether or not it changes an answer.
//!
//! The documents are compared as trees, so that no key is forgotten, one that this file does not know
//! either: sections by their ids, lists without their order, everything else as it is written. The employees
//! of a programme are those that the rules list, wherever the list stands.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_compare::{Group, OfApplication, OfProgramme, OfRole, Part, Sides, causes};
use gardefou_policy::rules::{Enrolment, Programme, Rules};
use gardefou_policy::types::Artefact;
use serde_json::{Map, Value};

use crate::document::{Document, Node};

/// What a difference is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Scope {
    /// The document as a whole.
    Document,
    /// A section of a kind that is repeated: its kind (`programme`), and its id.
    Section(&'static str, String),
}

/// The sections that are repeated, each known by its id.
pub(crate) const REPEATED: [&str; 3] = ["application", "programme", "role"];

/// The tables of which one value says nothing without the other.
const WHOLE: [&str; 5] = [
    "in-force",
    "volume.per-employee",
    "volume.programme",
    "volume.share-of-calls",
    "works-council",
];

/// The first and the last day of a programme, which are one thing to say.
pub(crate) const DAYS: &str = "from, until";

/// One thing that the two documents say differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Difference {
    /// What it is about.
    pub(crate) scope: Scope,
    /// The key in that section, with the tables that it stands in: `volume.per-employee`. Empty for a whole section
    /// that one of the two lacks.
    pub(crate) key: String,
    /// How it differs.
    pub(crate) how: How,
}

/// How a key differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// It says something else.
    Value {
        /// What it said.
        old: Option<Value>,
        /// What it says.
        new: Option<Value>,
    },
    /// It lists something else.
    List {
        /// How many it listed, and lists.
        counts: [usize; 2],
        /// What it listed, and lists no more.
        gone: Vec<Value>,
        /// What it lists that it did not.
        come: Vec<Value>,
    },
}

/// Differences that are one sentence: of several sections of a kind in which the same changed to the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Said {
    /// The kind of the sections: `programme`; none for the document.
    pub(crate) kind: Option<&'static str>,
    /// Their ids.
    pub(crate) ids: Vec<String>,
    /// As in [`Difference`].
    pub(crate) key: String,
    /// As in [`Difference`].
    pub(crate) how: How,
}

impl Said {
    /// Whether it states something to people, and decides nothing.
    pub(crate) fn declares(&self) -> bool {
        declares(self.kind, &self.key)
    }
}

/// A programme that was announced, and changed without being announced again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Unannounced {
    /// Its id.
    pub(crate) programme: String,
    /// The day on which it was announced, as both documents write it.
    pub(crate) announced_on: String,
    /// What changed that concerns the employees.
    pub(crate) what: Vec<Moved>,
}

/// What of a programme changed that its employees were to be told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moved {
    /// It begins earlier.
    From,
    /// It ends later.
    Until,
    /// Its recordings are worked with for longer.
    Review,
    /// Employees were added.
    Employees,
}

impl Moved {
    /// Its name for programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::From => "from-earlier",
            Self::Until => "until-later",
            Self::Review => "review-until-later",
            Self::Employees => "employees-added",
        }
    }
}

/// What two documents say differently.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    /// In the order of the sections of the document.
    pub(crate) all: Vec<Difference>,
    /// What changed after its announcement.
    pub(crate) unannounced: Vec<Unannounced>,
}

impl Differences {
    /// What these documents say differently; of each its text, and the rules that it gives.
    pub(crate) fn of(old: (&Document, &Rules), new: (&Document, &Rules)) -> Self {
        let mut all = Vec::new();
        let document = [old, new].map(|(document, _)| units(document.root(), Scope::Document));
        push(&Scope::Document, document, &mut all);
        for kind in REPEATED {
            let sides = [old, new].map(|(document, _)| sections(document, kind));
            let ids: BTreeSet<&String> = sides.iter().flat_map(BTreeMap::keys).collect();
            for id in ids {
                let scope = Scope::Section(kind, id.clone());
                let own = sides.each_ref().map(|side| side.get(id).copied());
                match own {
                    [Some(one), Some(other)] => {
                        let mut units = [one, other].map(|node| units(node, scope.clone()));
                        if kind == "programme" {
                            for (units, (_, rules)) in units.iter_mut().zip([old, new]) {
                                enrol(units, rules.programmes.find(id));
                            }
                        }
                        push(&scope, units, &mut all);
                    }
                    [one, other] => all.push(Difference {
                        scope,
                        key: String::new(),
                        how: How::Value {
                            old: one.map(Node::value),
                            new: other.map(Node::value),
                        },
                    }),
                }
            }
        }
        Self {
            all,
            unannounced: unannounced(old, new),
        }
    }

    /// Whether the documents say the same.
    pub(crate) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// As sentences: what changed to the same in several sections of a kind is said once, of all of them.
    pub(crate) fn said(&self) -> Vec<Said> {
        said(&self.all)
    }

    /// What a group's change comes from, as far as that can be shown.
    pub(crate) fn causes(&self, sides: &Sides<'_>, group: &Group) -> Vec<Said> {
        let parts = causes(sides, group, &|part| !self.of_part(part).is_empty());
        let mut found: Vec<&Difference> = parts.iter().flat_map(|part| self.of_part(part)).collect();
        found.sort_by(|one, other| (&one.scope, &one.key).cmp(&(&other.scope, &other.key)));
        found.dedup();
        said(found)
    }

    /// The differences that a part of the rules is made from.
    fn of_part(&self, part: &Part) -> Vec<&Difference> {
        let (scope, keys) = keys_of(part);
        let is_own = |key: &str| match &keys {
            Keys::Section => key.is_empty(),
            Keys::These(keys) => keys.iter().any(|own| key == *own || is_below(key, own)),
            Keys::Named(name) => key == name || is_below(key, name),
        };
        let named = |scope: &Scope, is_own: &dyn Fn(&str) -> bool| -> Vec<&Difference> {
            let all = self.all.iter();
            all.filter(|one| one.scope == *scope && is_own(&one.key)).collect()
        };
        let mut found = named(&scope, &is_own);
        if let Part::Programme(_, what @ (OfProgramme::Days | OfProgramme::ReviewUntil)) = part {
            // Without a day of its own, the last day of review follows the last day of recording.
            if found.is_empty() && *what == OfProgramme::ReviewUntil {
                found = named(&scope, &|key| key == DAYS);
            }
            // The days are days of the document's time zone, where the programme has none.
            found.extend(named(&Scope::Document, &|key| key == "time-zone"));
        }
        if matches!(part, Part::Attestation(_)) {
            found.extend(named(&Scope::Document, &|key| key == "time-zone"));
        }
        found
    }
}

/// As sentences: what changed to the same in several sections of a kind is said once, of all of them.
fn said<'a>(differences: impl IntoIterator<Item = &'a Difference>) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    for difference in differences {
        let (kind, id) = match &difference.scope {
            Scope::Document => (None, None),
            Scope::Section(kind, id) => (Some(*kind), Some(id.clone())),
        };
        let same = |one: &&mut Said| one.kind == kind && one.key == difference.key && one.how == difference.how;
        // A whole section is told by itself.
        let found = said.iter_mut().find(same).filter(|_| !difference.key.is_empty());
        match (found, id) {
            (Some(found), Some(id)) => found.ids.push(id),
            (_, id) => said.push(Said {
                kind,
                ids: id.into_iter().collect(),
                key: difference.key.clone(),
                how: difference.how.clone(),
            }),
        }
    }
    said
}

fn is_below(key: &str, above: &str) -> bool {
    key.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether a key states something to people, and decides nothing.
fn declares(kind: Option<&str>, key: &str) -> bool {
    match kind {
        None => {
            matches!(
                key,
                "format" | "id" | "version" | "controller" | "employee-notice.covers"
            ) || key.ends_with(".reference")
        }
        Some("programme") => matches!(key, "purpose" | "need" | "announced-on" | "employees-file" | "title"),
        Some(_) => key == "title",
    }
}

/// The sections of a kind, by id.
fn sections<'a>(document: &'a Document, kind: &str) -> BTreeMap<String, &'a Node> {
    let nodes = document.root().get(kind).map_or(&[][..], Node::list);
    let named = nodes
        .iter()
        .map(|node| (node.text("id").unwrap_or_default().to_owned(), node));
    named.collect()
}

/// Everything that a section says, by key.
fn units(section: &Node, scope: Scope) -> BTreeMap<String, Value> {
    let mut units = BTreeMap::new();
    for (key, node) in section.entries() {
        let is_repeated = scope == Scope::Document && REPEATED.contains(&key.as_str());
        let is_name = scope != Scope::Document && key == "id";
        if !is_repeated && !is_name {
            flatten(key.clone(), node, &mut units);
        }
    }
    if matches!(scope, Scope::Section("programme", _)) {
        let days = ["from", "until"].map(|key| (key, units.remove(key)));
        let days = days
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let days: Map<String, Value> = days.collect();
        units.insert(DAYS.to_owned(), Value::Object(days));
    }
    units
}

fn flatten(key: String, node: &Node, units: &mut BTreeMap<String, Value>) {
    if node.is_table() && !WHOLE.contains(&key.as_str()) {
        for (name, below) in node.entries() {
            flatten(format!("{key}.{name}"), below, units);
        }
    } else {
        units.insert(key, node.value());
    }
}

/// The employees as the rules list them, in the place of how the document does.
fn enrol(units: &mut BTreeMap<String, Value>, programme: Option<&Programme>) {
    units.remove("employees");
    if let Some(Enrolment::Listed(list)) = programme.map(|programme| &programme.enrolment) {
        let tokens = list.iter().cloned().map(Value::String).collect();
        units.insert("employees".into(), Value::Array(tokens));
    }
}

fn push(scope: &Scope, sides: [BTreeMap<String, Value>; 2], all: &mut Vec<Difference>) {
    let keys: BTreeSet<&String> = sides.iter().flat_map(BTreeMap::keys).collect();
    for key in keys {
        let how = match sides.each_ref().map(|side| side.get(key)) {
            [Some(Value::Array(old)), Some(Value::Array(new))] => {
                let (gone, come) = (without(old, new), without(new, old));
                let counts = [old.len(), new.len()];
                (!gone.is_empty() || !come.is_empty()).then_some(How::List { counts, gone, come })
            }
            [old, new] => (old != new).then(|| How::Value {
                old: old.cloned(),
                new: new.cloned(),
            }),
        };
        all.extend(how.map(|how| Difference {
            scope: scope.clone(),
            key: key.clone(),
            how,
        }));
    }
}

/// What is in the first list and not in the second; each as often as it is there more.
fn without(list: &[Value], other: &[Value]) -> Vec<Value> {
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    for value in other {
        *left.entry(value.to_string()).or_default() += 1;
    }
    let only = list.iter().filter(|value| match left.get_mut(&value.to_string()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    only.cloned().collect()
}

/// Programmes whose announcement stayed while what it was about grew.
fn unannounced(old: (&Document, &Rules), new: (&Document, &Rules)) -> Vec<Unannounced> {
    let before = sections(old.0, "programme");
    let mut found = Vec::new();
    for (id, node) in sections(new.0, "programme") {
        let Some(announced_on) = node.text("announced-on") else {
            continue;
        };
        let stayed = before.get(&id).and_then(|node| node.text("announced-on")) == Some(announced_on);
        let rules = [old.1, new.1].map(|rules| rules.programmes.find(&id));
        let ([Some(one), Some(other)], true) = (rules, stayed) else {
            continue;
        };
        let moved = [
            (Moved::From, other.dates.start < one.dates.start),
            (Moved::Until, other.dates.end > one.dates.end),
            (Moved::Review, other.review_until > one.review_until),
            (Moved::Employees, adds(&one.enrolment, &other.enrolment)),
        ];
        let what: Vec<Moved> = moved.into_iter().filter_map(|(what, is)| is.then_some(what)).collect();
        if !what.is_empty() {
            found.push(Unannounced {
                programme: id,
                announced_on: announced_on.to_owned(),
                what,
            });
        }
    }
    found
}

/// Whether somebody may be recorded now who could not be. Whom a recorder attests, nobody knows here: a list that
/// is left out may add anybody.
fn adds(old: &Enrolment, new: &Enrolment) -> bool {
    match (old, new) {
        (Enrolment::Listed(old), Enrolment::Listed(new)) => new.iter().any(|one| !old.contains(one)),
        (Enrolment::Listed(_), _) => true,
        _ => false,
    }
}

/// The keys of a section that a part of the rules is made from.
enum Keys {
    /// The section as such.
    Section,
    /// These, and what stands below them.
    These(&'static [&'static str]),
    /// This one, and what stands below it.
    Named(String),
}

fn keys_of(part: &Part) -> (Scope, Keys) {
    use Keys::{Named, Section, These};
    let document = |keys| (Scope::Document, keys);
    let section = |kind, id: &String, keys| (Scope::Section(kind, id.clone()), keys);
    match part {
        Part::InForce => document(These(&["in-force", "time-zone"])),
        Part::Attestation(step) => document(Named(format!("attestations.{}", step.name()))),
        Part::NoticeVersion => document(These(&["employee-notice.version"])),
        Part::NoticeValidity => document(These(&["employee-notice.valid-for"])),
        Part::FrameInterval => document(These(&["recording.max-frame-interval"])),
        Part::FactsAge => document(These(&["recording.max-facts-age"])),
        Part::WhileHeld => document(These(&["recording.while-held"])),
        Part::Kept(artefact) => document(These(match artefact {
            Artefact::Recording => &["retention.recordings"],
            Artefact::Analysis => &["retention.analyses"],
            Artefact::DecisionRecord => &["retention.decisions"],
            Artefact::AccessRecord => &["retention.accesses"],
            Artefact::Temporary => &["retention.temporary"],
            Artefact::AnonymisedCopy | Artefact::Other => &[],
        })),
        Part::Application(id, what) => section(
            "application",
            id,
            These(match what {
                OfApplication::Entries => &["match"],
                OfApplication::NeverTitle => &["never-title"],
                OfApplication::NeverEntered => &["never-entered"],
            }),
        ),
        Part::Programme(id, OfProgramme::Existence) => section("programme", id, Section),
        Part::Programme(id, what) => section(
            "programme",
            id,
            These(match what {
                OfProgramme::Existence => &[],
                OfProgramme::Days => &[DAYS, "time-zone"],
                OfProgramme::ReviewUntil => &["review-until", "time-zone"],
                OfProgramme::Employees => &["employees"],
                OfProgramme::Applications => &["applications"],
                OfProgramme::EmployeeCap => &["volume.per-employee"],
                OfProgramme::ProgrammeCap => &["volume.programme"],
                OfProgramme::Unreviewed => &["volume.unreviewed"],
                OfProgramme::Share => &["volume.share-of-calls"],
            }),
        ),
        Part::Role(id, OfRole::Existence) => section("role", id, Section),
        Part::Role(id, what) => section(
            "role",
            id,
            These(match what {
                OfRole::Existence => &[],
                OfRole::May => &["may"],
                OfRole::Purposes => &["purposes"],
                OfRole::Programmes => &["programmes"],
                OfRole::OwnOnly => &["own-only"],
            }),
        ),
    }
}
