//! The document as a whole: its sections, and how they refer to one another.

use alloc::{string::String, vec::Vec};

use toml::de::{DeTable, DeValue};

use super::cursor::{Item, Key, Table};
use super::dates::{When, Zone};
use super::enrolment::{self, Listing, Roster};
use super::index::{self, Index};
use super::problem::{Problem, Problems};
use super::words::{text, words};
use super::{APPLICATIONS, PROGRAMMES, application, attestation, programme, role, settings};
use crate::classify;
use crate::rules::{Application, Programme, Programmes, Role, Roles, Rules};

static FORMAT: Key = Key::new("format", "format = 1");
static ID: Key = Key::new("id", "id = \"acme-support\"");
static VERSION: Key = Key::new("version", "version = \"2026.11.0\"");
static CONTROLLER: Key = Key::new("controller", "controller = \"ACME SAS\"");
static TIME_ZONE: Key = Key::new("time-zone", "time-zone = \"Europe/Paris\"");
static IN_FORCE: Key = Key::new("in-force", "in-force = { from = 2026-11-01, until = 2027-04-30 }");
static ATTESTATIONS: Key = Key::of_rule("attestations", "[attestations]", "+6");
static NOTICE: Key = Key::of_rule("employee-notice", "[employee-notice]", "S3");
static RECORDING: Key = Key::of_rule("recording", "[recording]", "S1");
static RETENTION: Key = Key::of_rule("retention", "[retention]", "+7");
static APPLICATION: Key = Key::of_rule("application", "[[application]]", "S4");
static PROGRAMME: Key = Key::of_rule("programme", "[[programme]]", "S10");
static ROLE: Key = Key::of_rule("role", "[[role]]", "S9");

/// The longest `id` and `version`, in bytes: what a policy may be called in a message.
pub(super) const NAME_BYTES: usize = 256;

/// The one form of documents that there is.
const FORM: &str = "1";

/// Reads the whole document; `None` where something is missing, which was reported.
pub(super) fn read(root: &DeTable<'_>, digest: [u8; 32], when: When, problems: &mut Problems<'_>) -> Option<Rules> {
    let unreadable_until = problems.last_place();
    let mut table = Table::root(root);
    if let Some(format) = table.required(&FORMAT) {
        check_format(&format, problems);
    }
    let id = name(&mut table, &ID, problems);
    let version = name(&mut table, &VERSION, problems);
    let controller = text(&mut table, &CONTROLLER, problems);
    let zone = table.optional(&TIME_ZONE).and_then(|item| item.text(problems));
    let zone = zone.map_or_else(Zone::utc, |name| Zone::read(&name, problems));
    let today = zone.instant(when);
    let in_force = table
        .required(&IN_FORCE)
        .and_then(|item| settings::read_in_force(&item, &zone, today, problems));
    let attestations = table
        .required(&ATTESTATIONS)
        .map(|item| attestation::read(&item, &zone, today, problems))
        .unwrap_or_default();
    let notice = table
        .required(&NOTICE)
        .and_then(|item| settings::read_notice(&item, problems));
    let recording = table
        .required(&RECORDING)
        .and_then(|item| settings::read_recording(&item, problems));
    let retention = table
        .required(&RETENTION)
        .and_then(|item| settings::read_retention(&item, problems));
    let applications = sections(
        &mut table,
        &APPLICATION,
        Some(APPLICATIONS),
        application::read,
        problems,
    );
    let programmes = sections(&mut table, &PROGRAMME, Some(PROGRAMMES), programme::read, problems);
    let read_before = problems.count();
    let roles = sections(&mut table, &ROLE, None, role::read, problems);
    let roles_are_whole = problems.count() == read_before;
    table.finish(problems);

    // What roles lack may only seem so where a part of them could not be read.
    if roles_are_whole {
        role::check_rights(&roles, unreadable_until, problems);
    }

    if let Some(in_force) = &in_force {
        for programme in &programmes {
            programme.check_within(in_force, problems);
        }
    }
    check_enrolments(&programmes, problems);
    let (applications, programmes, roles) = resolve(&zone, applications, programmes, roles, problems);
    let recording = recording?;
    Some(Rules {
        id: id?,
        version: version?,
        controller: controller?,
        digest,
        in_force: zone.span_of(&in_force?),
        attestations,
        notice: notice?,
        max_frame_interval: recording.max_frame_interval,
        max_facts_age: recording.max_facts_age,
        while_held: recording.while_held,
        unknown_entry_passes: false,
        retention: retention?,
        applications,
        programmes: Programmes::Listed(programmes),
        roles: Roles::Listed(roles),
    })
}

fn text(table: &mut Table<'_>, key: &'static Key, problems: &mut Problems<'_>) -> Option<String> {
    let text = table.required(key)?.text(problems)?;
    Some(String::from(text.value))
}

/// A text that names the rules in messages, and so is no longer than [`NAME_BYTES`].
fn name(table: &mut Table<'_>, key: &'static Key, problems: &mut Problems<'_>) -> Option<String> {
    let text = table.required(key)?.text(problems)?;
    if text.value.len() > NAME_BYTES {
        let message = text!(
            "this name is longer than {NAME_BYTES} bytes",
            "ce nom dépasse {NAME_BYTES} octets",
        );
        let help = text!(
            "write a short one, such as `{example}`",
            "écrivez un nom court, comme `{example}`",
            example = key.example
        );
        problems.add(Problem::error("name-too-long", &text.span, message).help(help));
        return None;
    }
    Some(String::from(text.value))
}

fn check_format(item: &Item<'_>, problems: &mut Problems<'_>) {
    match item.value {
        DeValue::Integer(number) if number.radix() == 10 && number.as_str() == FORM => {}
        DeValue::Integer(_) => {
            let message = words(
                "this form of rule documents is not known here",
                "cette forme de document de règles n'est pas connue ici",
            );
            let help = text!(
                "write `{example}`, or use a newer gardefou",
                "écrivez `{example}`, ou utilisez une version plus récente de gardefou",
                example = FORMAT.example
            );
            problems.add(Problem::error("unknown-format", &item.span, message).help(help));
        }
        _ => problems.add(item.wrong_type(words("the number 1", "le nombre 1"))),
    }
}

/// Reads every section of one kind, as many as there can be.
fn sections<'t, T>(
    table: &mut Table<'t>,
    key: &'static Key,
    limit: Option<usize>,
    read: impl Fn(&Item<'t>, &mut Problems<'_>) -> Option<T>,
    problems: &mut Problems<'_>,
) -> Vec<T> {
    let Some(item) = table.required(key) else {
        return Vec::new();
    };
    let list = match item.value {
        DeValue::Array(_) if item.is_not_empty(problems) => item.list(problems).unwrap_or_default(),
        DeValue::Array(_) => Vec::new(),
        _ => {
            problems.add(match item.value {
                DeValue::Table(_) => item.bad_header(words(
                    "a section that can be repeated has two brackets around its name",
                    "une section qui peut être répétée a deux crochets autour de son nom",
                )),
                _ => item.wrong_type(words(
                    "a section with two brackets, which can be repeated",
                    "une section à deux crochets, qui peut être répétée",
                )),
            });
            Vec::new()
        }
    };
    let limit = limit.unwrap_or(list.len());
    if let Some(first_above) = list.get(limit) {
        let message = text!(
            "the document has more than {limit} sections `{section}`",
            "le document a plus de {limit} sections `{section}`",
            section = key.example
        );
        let help = words(
            "split the document; what follows was not read",
            "divisez le document\u{a0}; la suite n'a pas été lue",
        );
        problems.add(Problem::error("too-many-sections", &first_above.span, message).help(help));
    }
    list.iter()
        .take(limit)
        .filter_map(|item| read(item, problems))
        .collect()
}

fn check_enrolments(programmes: &[programme::Draft<'_>], problems: &mut Problems<'_>) {
    let mut roster = Roster::default();
    let mut listings = Vec::new();
    for programme in programmes {
        let id = programme.id.as_ref().map(|id| id.value);
        let employees = programme.employees.as_deref().unwrap_or_default();
        listings.push(Listing::new(
            id,
            programme.days.clone(),
            employees,
            &mut roster,
            problems,
        ));
    }
    enrolment::check_overlaps(&listings, problems);
}

/// Resolves every reference, and puts programmes and roles in the order of their ids.
fn resolve(
    zone: &Zone,
    applications: Vec<application::Draft<'_>>,
    programmes: Vec<programme::Draft<'_>>,
    roles: Vec<role::Draft<'_>>,
    problems: &mut Problems<'_>,
) -> (Vec<Application>, Vec<Programme>, Vec<Role>) {
    let mut known_applications = Index::of(&index::APPLICATION, applications.iter().map(|a| a.id.clone()), problems);
    let mut known_programmes = Index::of(&index::PROGRAMME, programmes.iter().map(|p| p.id.clone()), problems);
    Index::of(&index::ROLE, roles.iter().map(|r| r.id.clone()), problems);

    let patterns: Vec<usize> = applications
        .iter()
        .map(|a| classify::patterns(&a.application))
        .collect();
    let all_were_named = programmes.iter().all(|p| p.applications.is_some());
    let mut programmes: Vec<Programme> = programmes
        .into_iter()
        .filter_map(|p| p.resolve(zone, &mut known_applications, &patterns, problems))
        .collect();
    programmes.sort_by(|a, b| a.id.cmp(&b.id));
    let mut roles: Vec<Role> = roles
        .into_iter()
        .map(|r| r.resolve(&mut known_programmes, problems))
        .collect();
    roles.sort_by(|a, b| a.id.cmp(&b.id));
    for id in known_applications.unused().filter(|_| all_were_named) {
        let message = words(
            "no programme uses this application",
            "aucun programme n'utilise cette application",
        );
        let help = words(
            "name it in the `applications` of a programme, or delete it",
            "nommez-la dans les `applications` d'un programme, ou supprimez-la",
        );
        problems.add(
            Problem::warning("unused-application", &id.span, message)
                .rule("S4")
                .help(help),
        );
    }
    let applications = applications.into_iter().map(|a| a.application).collect();
    (applications, programmes, roles)
}
