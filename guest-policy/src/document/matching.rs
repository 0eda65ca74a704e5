//! The entries of a `match` list: which fields they can have, and which are too broad.

use alloc::string::String;
use core::ops::Range;

use super::cursor::{Item, Key, Table, Text, list, shortened};
use super::problem::{Problem, Problems};
use super::programs::{is_browser, is_remote_desktop};
use super::url::{as_reported, public_suffix, url_shape};
use super::words::{text, words};
use crate::notes::Text as Message;
use crate::rules::Entry;

static EXECUTABLE: Key = Key::of_rule("executable", "executable = \"crm.exe\"", "S4");
static PACKAGE: Key = Key::of_rule("package", "package = \"example.acme.crm\"", "S4");
static SIGNER: Key = Key::of_rule("signer", "signer = \"ACME SAS\"", "S4");
static WM_CLASS: Key = Key::of_rule("wm-class", "wm-class = \"Crm\"", "S4");
static TITLE: Key = Key::of_rule("title", "title = \"Customer desk*\"", "S4");
static URL: Key = Key::of_rule("url", "url = \"https://crm.acme.example/**\"", "S4");

/// Reads one entry of a `match` list.
pub(super) fn read_entry(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<Entry> {
    let mut table = item.table(problems)?;
    let executable = whole(&mut table, &EXECUTABLE, problems);
    let package = whole(&mut table, &PACKAGE, problems);
    let signer = whole(&mut table, &SIGNER, problems);
    let wm_class = glob(&mut table, &WM_CLASS, problems);
    let title = glob(&mut table, &TITLE, problems);
    let url = glob(&mut table, &URL, problems);
    let span = table.span.clone();
    let has_unread = table.has_unread_keys();
    table.finish(problems);

    let fields = [&executable, &package, &signer, &wm_class, &title, &url];
    let named = fields.iter().filter(|field| field.is_named).count();
    if named == 0 && !has_unread {
        let fields = [&EXECUTABLE, &PACKAGE, &SIGNER, &WM_CLASS, &TITLE, &URL].map(|key| key.name);
        let fields = list(&fields);
        let help = text!(
            "name at least one of {fields}",
            "nommez au moins une clé parmi {fields}"
        );
        let message = words(
            "this entry names nothing, and would match every window",
            "cette entrée ne nomme rien, et reconnaîtrait toutes les fenêtres",
        );
        problems.add(too_broad(&span, message).help(help));
    }
    if named == 1 && title.is_named {
        let message = words(
            "a title alone never makes a training window: any program can show it",
            "un titre seul ne suffit jamais à reconnaître une fenêtre\u{a0}: tout logiciel peut l'afficher",
        );
        let help = words(
            "add the `executable`, or the `url` of the page",
            "ajoutez l'`executable`, ou l'`url` de la page",
        );
        problems.add(too_broad(&title.span_or(&span), message).help(help));
    }
    if let Some(program) = &executable.text {
        check_program(program, url.is_named, problems);
    }
    if let Some(pattern) = &url.text {
        check_url(pattern, problems);
    }
    Some(Entry {
        executable: executable.into_string(),
        package: package.into_string(),
        signer: signer.into_string(),
        wm_class: wm_class.into_string(),
        title: title.into_string(),
        url: url.into_string(),
    })
}

/// A field of an entry: whether it is named, and what it says where that is sound.
struct Field<'t> {
    is_named: bool,
    text: Option<Text<'t>>,
}

impl Field<'_> {
    fn into_string(self) -> Option<String> {
        self.text.map(|text| String::from(text.value))
    }

    fn span_or(&self, other: &Range<usize>) -> Range<usize> {
        self.text
            .as_ref()
            .map_or_else(|| other.clone(), |text| text.span.clone())
    }
}

/// A field that is compared whole: a `*` in it would never match.
fn whole<'t>(table: &mut Table<'t>, key: &'static Key, problems: &mut Problems<'_>) -> Field<'t> {
    let field = named(table, key, problems);
    if let Some(text) = &field.text
        && text.value.contains('*')
    {
        let message = text!(
            "`{name}` is compared whole, and `*` means nothing in it",
            "`{name}` est comparé en entier, et `*` n'y a aucun sens",
            name = key.name
        );
        let help = text!(
            "write it out, like `{example}`, and add an entry for each other one",
            "écrivez la valeur entière, comme `{example}`, et ajoutez une entrée pour chaque autre",
            example = key.example
        );
        problems.add(
            Problem::error("star-in-whole-field", &text.span, message)
                .rule(key.rule)
                .help(help),
        );
    }
    field
}

fn glob<'t>(table: &mut Table<'t>, key: &'static Key, problems: &mut Problems<'_>) -> Field<'t> {
    let field = named(table, key, problems);
    if let Some(text) = &field.text {
        check_glob(text, key, problems);
    }
    field
}

fn named<'t>(table: &mut Table<'t>, key: &'static Key, problems: &mut Problems<'_>) -> Field<'t> {
    let item = table.optional(key);
    Field {
        is_named: item.is_some(),
        text: item.and_then(|item| item.text(problems)),
    }
}

/// Reports a glob with no character but `*`.
fn check_glob(text: &Text<'_>, key: &Key, problems: &mut Problems<'_>) {
    if text.value.chars().all(|c| c == '*') {
        too_broad_glob(text, key, problems);
    }
}

/// Reports a glob that is nothing but wildcards.
pub(super) fn too_broad_glob(text: &Text<'_>, key: &Key, problems: &mut Problems<'_>) {
    let message = text!(
        "`{name}` is nothing but `*`, and would match everything",
        "`{name}` n'est fait que de `*`, et reconnaîtrait tout",
        name = key.name
    );
    let help = text!(
        "write what must be there, like `{example}`",
        "écrivez ce qui doit s'y trouver, comme `{example}`",
        example = key.example
    );
    problems.add(too_broad(&text.span, message).help(help));
}

fn too_broad(span: &Range<usize>, message: impl Into<Message>) -> Problem {
    Problem::error("too-broad", span, message).rule("S4")
}

fn check_program(program: &Text<'_>, has_url: bool, problems: &mut Problems<'_>) {
    if is_browser(program.value) && !has_url {
        let message = words(
            "a browser shows any page: without a `url` all of them would be recorded",
            "un navigateur affiche n'importe quelle page\u{a0}: sans `url`, toutes seraient enregistrées",
        );
        let help = text!(
            "add the pages of the application to this entry, like `{example}`",
            "ajoutez à cette entrée les pages de l'application, comme `{example}`",
            example = URL.example
        );
        problems.add(
            Problem::error("browser-without-url", &program.span, message)
                .rule("S4")
                .help(help),
        );
    }
    if is_remote_desktop(program.value) {
        let message = words(
            "a remote desktop shows another computer, whose windows cannot be told apart here",
            "un bureau à distance montre un autre ordinateur, dont les fenêtres ne peuvent pas être distinguées ici",
        );
        let help = words(
            "record on the other computer, or make sure that nothing but the application can be seen on it",
            "enregistrez sur l'autre ordinateur, ou veillez à ce que seule l'application puisse y être vue",
        );
        problems.add(
            Problem::warning("remote-desktop", &program.span, message)
                .rule("S4")
                .help(help),
        );
    }
}

/// Reports a pattern that matches nothing, and one that matches what is anybody's.
fn check_reach(pattern: &Text<'_>, problems: &mut Problems<'_>) {
    if let Some(suffix) = public_suffix(pattern.value) {
        let suffix = shortened(&suffix);
        let message = text!(
            "anybody can have a domain under `{suffix}`, and every one of them would be recorded",
            "n'importe qui peut avoir un domaine sous `{suffix}`, et tous seraient enregistrés"
        );
        let help = text!(
            "name your own domain, like `https://*.acme.{suffix}/**`",
            "nommez votre propre domaine, comme `https://*.acme.{suffix}/**`"
        );
        problems.add(
            Problem::error("public-suffix", &pattern.span, message)
                .rule("S4")
                .help(help),
        );
    }
    if let Some(reported) = as_reported(pattern.value) {
        let message = words(
            "no browser reports an address of this form, and nothing is recorded",
            "aucun navigateur ne donne d'adresse sous cette forme, et rien n'est enregistré",
        );
        let help = text!(
            "write `url = \"{reported}\"`",
            "écrivez `url = \"{reported}\"`",
            reported = in_full(&reported)
        );
        problems.add(
            Problem::warning("url-never-matches", &pattern.span, message)
                .rule("S4")
                .help(help),
        );
    }
}

/// A pattern as a message shows it: whole, where it is not longer than a line or two.
fn in_full(pattern: &str) -> String {
    let is_short = pattern.chars().count() <= 200 && !pattern.contains(['`', '\u{22}', '\\']);
    if is_short { pattern.into() } else { shortened(pattern) }
}

fn check_url(pattern: &Text<'_>, problems: &mut Problems<'_>) {
    if pattern.value.chars().all(|c| c == '*') {
        return; // said already
    }
    let Err(why) = url_shape(pattern.value.trim()) else {
        return check_reach(pattern, problems);
    };
    let help = text!(
        "write `{example}`, or `https://*.acme.example/app/**` for every host under a domain",
        "écrivez `{example}`, ou `https://*.acme.example/app/**` pour tous les hôtes d'un domaine",
        example = URL.example
    );
    problems.add(Problem::error("url-shape", &pattern.span, why).rule("S4").help(help));
}
