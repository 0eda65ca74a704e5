//! `gardefou journal verify FILE`.

use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use gardefou::journal::{JournalReader, NotVerified, Verified, VerifyOptions, Wrong, WrongPlace};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::files::{malformed, note};
use super::trusted::{WRONG, options, wrong_of};
use crate::failure::Failure;
use crate::language::{Language, say};
use crate::output;
use crate::text::{ALLOWED, REFUSED, paint};

/// From so many entries on, it takes long enough for a progress bar.
const LONG: u64 = 20_000;

/// Verifies a journal, and says what was checked or the first thing that is wrong.
pub(crate) fn verify(file: &Path, given: Option<&OsStr>, kept: &[PathBuf], json: bool) -> Result<(), Failure> {
    let mut options = options(file, given)?;
    for path in kept {
        let text = note(path)?;
        let verifier = options.verifier.as_ref();
        if let Some(verifier) = verifier {
            gardefou::journal::Checkpoint::verified(&text, verifier).map_err(|error| malformed(path, error))?;
        }
        options.checkpoints.push((path.display().to_string(), text));
    }
    let bar = progress();
    let verified = JournalReader::open(file)
        .map_err(NotVerified::Store)
        .and_then(|reader| {
            reader.verify(&options, |done, total| {
                if total >= LONG {
                    bar.set_length(total);
                    bar.set_position(done);
                }
            })
        });
    bar.finish_and_clear();
    match verified {
        Ok(verified) => told(file, &verified, &options, given.is_some(), json),
        Err(error) => wrong_in(file, &wrong_of(error)?, json),
    }
}

fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = Language::of_the_user().pick(
        "verifying {wide_bar} {pos} of {len}, {eta} left",
        "vérification {wide_bar} {pos} sur {len}, encore {eta}",
    );
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length().with_style(style)
}

fn told(file: &Path, verified: &Verified, options: &VerifyOptions, own_key: bool, json: bool) -> Result<(), Failure> {
    let root = crate::hex::of(&verified.root);
    if json {
        let said = json!({
            "verified": true, "entries": verified.entries, "root": root, "forgotten": verified.forgotten,
            "checkpoints": verified.checkpoints, "kept-elsewhere": verified.kept,
            "kept-entries": verified.kept_entries, "counts": verified.counts,
            "open-discards": verified.open_discards, "marker": verified.marker,
            "key-given": own_key, "key": options.verifier.as_ref().map(ToString::to_string),
        });
        return output::page(&format!("{said}\n"));
    }
    let language = Language::of_the_user();
    let path = file.display();
    let Verified {
        entries,
        forgotten,
        checkpoints,
        kept,
        kept_entries,
        counts,
        open_discards,
        ..
    } = verified;
    let word = paint(
        ALLOWED,
        language.pick("it is what was signed", "il est ce qui a été signé"),
    );
    let mut page = say!(language, "`{path}`: {word}\n", "`{path}`\u{a0}: {word}\n");
    let mut line = |text: String| {
        page.push_str("  ");
        page.push_str(&text);
        page.push('\n');
    };
    line(say!(
        language,
        "{entries} entries, each as it was signed; of {forgotten} the content was destroyed with the key, why is not shown",
        "{entries} entrées, chacune comme elle a été signée\u{a0}; de {forgotten} le contenu a été détruit avec la clé, sans que le motif soit montré"
    ));
    line(say!(language, "root {root}", "racine {root}"));
    line(say!(
        language,
        "{checkpoints} checkpoints of its own, {counts} running counts, {open_discards} open discards",
        "{checkpoints} points de contrôle, {counts} décomptes en cours, {open_discards} suppressions en attente"
    ));
    if *kept > 0 {
        line(say!(
            language,
            "{kept} checkpoints kept elsewhere: the first {kept_entries} entries are those of then",
            "{kept} points de contrôle gardés ailleurs\u{a0}: les {kept_entries} premières entrées sont celles d'alors"
        ));
    }
    for open in not_excluded(verified, own_key, language) {
        line(open);
    }
    output::page(&page)
}

/// What this verification cannot exclude.
fn not_excluded(verified: &Verified, own_key: bool, language: Language) -> Vec<String> {
    let mut notes = Vec::new();
    if !own_key {
        notes.push(
            language
                .pick(
                    "not excluded: whoever could replace the file and the key beside it wrote both anew (give `--key`)",
                    "pas exclu\u{a0}: qui pouvait remplacer le fichier et la clé à côté a tout réécrit (donner `--key`)",
                )
                .to_owned(),
        );
    }
    notes.push(behind_the_kept(verified.kept_entries, language));
    if !verified.marker {
        notes.push(
            language
                .pick(
                    "not checked: the marker, which does not stand beside this file",
                    "pas vérifié\u{a0}: le point de contrôle, qui n'est pas à côté de ce fichier",
                )
                .to_owned(),
        );
    }
    notes
}

/// A checkpoint that was kept elsewhere says nothing of what came behind it.
fn behind_the_kept(entries: u64, language: Language) -> String {
    if entries == 0 {
        let none = language.pick(
            "not excluded: an older copy put back with its marker, or one written anew with the key (give `--checkpoint`)",
            "pas exclu\u{a0}: une copie plus ancienne remise avec son point de contrôle, ou une réécriture avec la clé (donner `--checkpoint`)",
        );
        return none.to_owned();
    }
    say!(
        language,
        "not excluded, behind the first {entries} entries: some cut off with an older marker put back, or written anew with the key (a later `--checkpoint` shows it)",
        "pas exclu, après les {entries} premières entrées\u{a0}: une coupe avec un ancien point de contrôle remis, ou une réécriture avec la clé (un `--checkpoint` plus récent le montre)"
    )
}

fn wrong_in(file: &Path, wrong: &Wrong, json: bool) -> Result<(), Failure> {
    let language = Language::of_the_user();
    let what = language.of(&wrong.what);
    if json {
        let (place, entry) = place_in_json(&wrong.place);
        let english = &wrong.what.english;
        output::page(&format!(
            "{}\n",
            json!({"verified": false, "place": place, "number": entry, "what": english})
        ))?;
    } else {
        let path = file.display();
        let word = paint(
            REFUSED,
            language.pick(
                "it is not what was written",
                "l'intégrité du journal n'est pas vérifiée",
            ),
        );
        let place = place(&wrong.place, language);
        output::page(&say!(
            language,
            "`{path}`: {word}\n  {place}: {what}\n",
            "`{path}`\u{a0}: {word}\n  {place}\u{a0}: {what}\n"
        ))?;
    }
    Err(Failure::Answered(WRONG))
}

/// Where it is, as programs read it: the kind of place, and the number of the entry or checkpoint.
pub(super) const fn place_in_json(place: &WrongPlace) -> (&'static str, Option<u64>) {
    match place {
        WrongPlace::Entry(entry) => ("entry", Some(*entry)),
        WrongPlace::Entries { first, .. } => ("entries", Some(*first)),
        WrongPlace::Checkpoint(size) => ("checkpoint", Some(*size)),
        WrongPlace::Kept(_) => ("kept-elsewhere", None),
        WrongPlace::Key => ("key", None),
        WrongPlace::Forgotten => ("forgotten", None),
        WrongPlace::Counts => ("counts", None),
        WrongPlace::Discards => ("open-discards", None),
        WrongPlace::Marker => ("marker", None),
        _ => ("head", None),
    }
}

/// Where it is, in words.
pub(super) fn place(place: &WrongPlace, language: Language) -> String {
    let named = |english: &str, french: &str| language.pick(english, french).to_owned();
    match place {
        WrongPlace::Entry(index) => say!(language, "entry {index}", "entrée {index}"),
        WrongPlace::Entries { first, last } => {
            say!(
                language,
                "one of the entries {first} to {last}",
                "une des entrées {first} à {last}"
            )
        }
        WrongPlace::Checkpoint(size) => {
            say!(
                language,
                "the checkpoint of {size} entries",
                "le point de contrôle de {size} entrées"
            )
        }
        WrongPlace::Kept(name) => say!(language, "the checkpoint `{name}`", "le point de contrôle `{name}`"),
        WrongPlace::Key => named("the key", "la clé"),
        WrongPlace::Forgotten => named("what was forgotten", "ce qui a été effacé"),
        WrongPlace::Counts => named("the counts", "les décomptes"),
        WrongPlace::Discards => named("the open discards", "les suppressions en attente"),
        WrongPlace::Marker => named("the marker beside it", "le point de contrôle à côté"),
        _ => named("where it says that it stands", "où il dit en être"),
    }
}
