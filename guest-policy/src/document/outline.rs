//! The document as a whole: its sections, and how they refer to one another.

use alloc::{string::String, vec::Vec};

use core::cell::Cell;

use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue};

use super::cursor::{Item, Key, Table, Text};
use super::dates::{When, Zone};
use super::enrolment::{self, Listing, Roster};
use super::index::{self, Index};
use super::problem::{Problem, Problems};
use super::programme::Around;
use super::roll::{Companions, Rolls};
use super::words::{text, words};
use super::{APPLICATIONS, PROGRAMMES, application, attestation, programme, role, settings};
use crate::classify;
use crate::rules::{Application, More, Own, Programme, Programmes, Role, Roles, Rules};

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
/// `document` is its bytes.
pub(super) fn read(
    root: &DeTable<'_>,
    document: &[u8],
    when: When,
    rolls: &Rolls,
    problems: &mut Problems<'_>,
) -> Option<Rules> {
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
    // Steps that are taken before the rules are in force are in time.
    let whole = in_force.as_ref().map(|days| zone.span_of(days));
    let judged = whole.map_or(today, |whole| today.max(whole.start));
    let steps = table
        .required(&ATTESTATIONS)
        .map(|item| attestation::read(&item, &zone, judged, problems))
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
    let around = Around {
        zone: &zone,
        today,
        rolls,
        listed: Cell::new(0),
    };
    let programmes = sections(
        &mut table,
        &PROGRAMME,
        Some(PROGRAMMES),
        |item, problems| programme::read(item, &around, problems),
        problems,
    );
    let read_before = problems.count();
    let roles = sections(&mut table, &ROLE, None, role::read, problems);
    let roles_are_whole = problems.count() == read_before;
    table.finish(problems);

    // What roles lack may only seem so where a part of them could not be read.
    if roles_are_whole {
        role::check_rights(&roles, unreadable_until, problems);
    }

    for programme in &programmes {
        if let (Some(in_force), Some(whole)) = (&in_force, whole) {
            programme.check_within(in_force, whole, problems);
        }
        programme.check_announced(&steps.opinions, problems);
    }
    check_enrolments(&programmes, problems);
    let digest = digest(document, &programmes);
    let (applications, programmes, roles) = resolve(applications, programmes, roles, problems);
    let (programmes, own): (Vec<Programme>, Vec<Own>) = programmes.into_iter().unzip();
    let recording = recording?;
    let (notice, notice_versions) = notice?;
    Some(Rules {
        id: id?,
        version: version?,
        controller: controller?,
        digest,
        in_force: whole?,
        attestations: steps.attestations,
        notice,
        max_frame_interval: recording.max_frame_interval,
        max_facts_age: recording.max_facts_age,
        while_held: recording.while_held,
        unknown_entry_passes: false,
        retention: retention?,
        applications,
        programmes: Programmes::Listed(programmes),
        roles: Roles::Listed(roles),
        more: More {
            notice_versions,
            programmes: own.into_iter().filter(|own| !own.is_silent()).collect(),
        },
    })
}

/// Reads every file of employees that a programme names, each once.
pub(super) fn read_rolls(root: &DeTable<'_>, companions: &dyn Companions, problems: &mut Problems<'_>) -> Rolls {
    let mut rolls = Rolls::default();
    for path in named_files(root) {
        rolls.read(&path, companions, problems);
    }
    rolls
}

/// The files of employees that the programmes name.
pub(super) fn named_files<'t>(root: &'t DeTable<'_>) -> impl Iterator<Item = Text<'t>> {
    let programmes = root.get(PROGRAMME.name).map(toml::Spanned::get_ref);
    let list = match programmes {
        Some(DeValue::Array(list)) => Some(list),
        _ => None,
    };
    let list = list.into_iter().flat_map(|list| list.iter()).take(PROGRAMMES);
    list.filter_map(|programme| programme::employees_file(programme.get_ref()))
}

/// By which people name the rules: SHA-256 of the document; where employees stand in files of their own, also of
/// those, programme by programme, each token with its length before it.
fn digest(document: &[u8], programmes: &[programme::Draft<'_>]) -> [u8; 32] {
    let mut apart: Vec<_> = programmes.iter().filter(|programme| programme.is_apart).collect();
    if apart.is_empty() {
        return Sha256::digest(document).into();
    }
    apart.sort_by_key(|programme| programme.id.as_ref().map(|id| id.value));
    // A document has no NUL: no document alone has the digest of one with its lists.
    let mut hasher = Sha256::new_with_prefix(b"gardefou rules\0");
    let mut part = |bytes: &[u8]| {
        hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(bytes);
    };
    part(document);
    for programme in apart {
        part(programme.id.as_ref().map_or("", |id| id.value).as_bytes());
        let mut tokens: Vec<&str> = programme.employees.iter().flatten().map(|token| token.value).collect();
        tokens.sort_unstable();
        tokens.dedup();
        part(&u64::try_from(tokens.len()).unwrap_or(u64::MAX).to_be_bytes());
        for token in tokens {
            part(token.as_bytes());
        }
    }
    hasher.finalize().into()
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
            programme.days.clone().zip(programme.span),
            employees,
            &mut roster,
            problems,
        ));
    }
    enrolment::check_overlaps(&listings, problems);
}

/// Resolves every reference, and puts programmes and roles in the order of their ids.
fn resolve(
    applications: Vec<application::Draft<'_>>,
    programmes: Vec<programme::Draft<'_>>,
    roles: Vec<role::Draft<'_>>,
    problems: &mut Problems<'_>,
) -> (Vec<Application>, Vec<(Programme, Own)>, Vec<Role>) {
    let mut known_applications = Index::of(&index::APPLICATION, applications.iter().map(|a| a.id.clone()), problems);
    let mut known_programmes = Index::of(&index::PROGRAMME, programmes.iter().map(|p| p.id.clone()), problems);
    Index::of(&index::ROLE, roles.iter().map(|r| r.id.clone()), problems);

    let patterns: Vec<usize> = applications
        .iter()
        .map(|a| classify::patterns(&a.application))
        .collect();
    let all_were_named = programmes.iter().all(|p| p.applications.is_some());
    let mut programmes: Vec<(Programme, Own)> = programmes
        .into_iter()
        .filter_map(|p| p.resolve(&mut known_applications, &patterns, problems))
        .collect();
    programmes.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
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
