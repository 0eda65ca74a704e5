//! `gardefou journal prove`, and `gardefou journal verify --proof`.

use std::ffi::OsStr;
use std::path::Path;

use gardefou::journal::{Checkpoint, JournalReader, MAX_PROOF, Malformed, Proof, Proven, Unproven};
use serde_json::{Value, json};

use super::files::{key, malformed, note, read, write};
use super::show::each;
use super::trusted::{WRONG, lost};
use super::{Chosen, Trusted};
use crate::failure::{Failure, say as tell};
use crate::language::{Language, say};
use crate::output;
use crate::text::{ALLOWED, REFUSED, paint, plain};

/// Writes the proof of an entry.
pub(crate) fn prove(file: &Path, index: u64, output: Option<&Path>) -> Result<(), Failure> {
    let reader = JournalReader::open(file)?;
    let proof = reader.prove(index).map_err(lost)?;
    let proof = proof.ok_or_else(|| {
        let language = Language::of_the_user();
        Failure::input(
            say!(language, "there is no entry {index}", "il n'y a pas d'entrée {index}"),
            Some(language.pick(
                "`gardefou journal show` numbers them",
                "`gardefou journal show` les numérote",
            )),
        )
    })?;
    write(output, &held(&proof)?)
}

/// The bytes of a proof that holds: of what was not signed there is none.
fn held(proof: &Proof) -> Result<Vec<u8>, Failure> {
    if let Err(unproven) = proof.verify(None) {
        let language = Language::of_the_user();
        let why = match language {
            Language::English => unproven.to_string(),
            Language::French => unproven.french(),
        };
        tell(&say!(
            language,
            "the journal is not what was signed, and proves nothing here: {why}",
            "le journal n'est pas ce qui a été signé, et ne prouve rien ici\u{a0}: {why}"
        ));
        return Err(Failure::Answered(WRONG));
    }
    Ok(proof.to_bytes())
}

/// Writes the proofs of a session's entries, one behind the other.
pub(crate) fn prove_session(file: &Path, session: &str, output: Option<&Path>) -> Result<(), Failure> {
    let journal = Trusted::open(file, None)?;
    if let Some(first) = journal.first_line(false) {
        anstream::eprintln!("{first}");
        return journal.ended();
    }
    let chosen = Chosen {
        kind: None,
        session: Some(session),
        programme: None,
        from: None,
        until: None,
    };
    let mut proofs = Vec::new();
    each(&journal, &chosen, &mut |entry| {
        if let Some(proof) = journal.reader().prove(entry.index).map_err(lost)? {
            proofs.extend(held(&proof)?);
        }
        Ok(())
    })?;
    if proofs.is_empty() {
        let session = plain(session);
        let problem = say!(
            Language::of_the_user(),
            "there is no entry of the session `{session}`",
            "il n'y a pas d'entrée de la session `{session}`"
        );
        return Err(Failure::input(problem, None));
    }
    write(output, &proofs)
}

/// Writes the proof that the journal only grew.
pub(crate) fn prove_since(file: &Path, since: &Path, output: Option<&Path>) -> Result<(), Failure> {
    let reader = JournalReader::open(file)?;
    let old = note(since)?;
    Checkpoint::verified(&old, reader.verifier()).map_err(|error| malformed(since, error))?;
    let proof = reader.prove_since(&old).map_err(lost)?;
    write(output, &held(&proof)?)
}

/// Verifies the proofs in a file.
pub(crate) fn verify_proofs(file: &Path, given: Option<&OsStr>, json: bool) -> Result<(), Failure> {
    let verifier = given.map(key).transpose()?;
    let bytes = read(file, MAX_PROOF)?;
    let proofs = Proof::read_all(&bytes).map_err(|error| malformed(file, error))?;
    for proof in &proofs {
        match proof.verify(verifier.as_ref()) {
            Ok(proven) if json => output::page(&format!("{}\n", in_json(proof, &proven, verifier.is_some())))?,
            Ok(proven) => output::page(&told(&proven))?,
            // It is what a proof is, and was signed by nobody who must have signed it.
            Err(unproven @ Unproven::Malformed(Malformed::Unsigned(_) | Malformed::Forged(_))) => {
                return refused(&unproven, json);
            }
            Err(Unproven::Malformed(error)) => return Err(malformed(file, error)),
            Err(unproven) => return refused(&unproven, json),
        }
    }
    if verifier.is_none() && !json {
        let note = Language::of_the_user().pick(
            "  not excluded: whoever made the proof made the journal as well (give `--key`)\n",
            "  pas exclu\u{a0}: qui a fait la preuve a aussi fait le journal (donner `--key`)\n",
        );
        output::page(note)?;
    }
    Ok(())
}

fn in_json(proof: &Proof, proven: &Proven, given: bool) -> Value {
    let key = proof.key().ok().map(|key| key.to_string());
    match proven {
        Proven::Included {
            index,
            content,
            checkpoint: Checkpoint { origin, size, .. },
        } => json!({
            "proven": "inclusion", "index": index, "content": content, "origin": origin, "size": size,
            "key-given": given, "key": key,
        }),
        Proven::Extended {
            old,
            checkpoint: Checkpoint { origin, size, .. },
        } => json!({
            "proven": "consistency", "origin": origin, "old": old.size, "size": size, "key-given": given, "key": key,
        }),
        _ => Value::Null,
    }
}

fn told(proven: &Proven) -> String {
    let language = Language::of_the_user();
    let proved = paint(ALLOWED, language.pick("proved", "prouvé"));
    match proven {
        Proven::Included {
            index,
            content,
            checkpoint: Checkpoint { origin, size, .. },
        } => {
            // Whether it was forgotten, or only left out of the proof, is not shown.
            let said = content.as_deref().map_or_else(
                || language.pick("content not shown", "contenu non montré").to_owned(),
                |content| content.chars().map(|c| if c.is_control() { '?' } else { c }).collect(),
            );
            say!(
                language,
                "{proved}: entry {index} of `{origin}`, of {size} entries\n  {said}\n",
                "{proved}\u{a0}: entrée {index} de `{origin}`, de {size} entrées\n  {said}\n"
            )
        }
        Proven::Extended {
            old: Checkpoint { size: old, .. },
            checkpoint: Checkpoint { origin, size, .. },
        } => say!(
            language,
            "{proved}: `{origin}` only grew, from {old} to {size} entries\n",
            "{proved}\u{a0}: `{origin}` n'a fait que croître, de {old} à {size} entrées\n"
        ),
        _ => String::new(),
    }
}

fn refused(unproven: &Unproven, json: bool) -> Result<(), Failure> {
    let language = Language::of_the_user();
    if json {
        let what = unproven.to_string();
        output::page(&format!("{}\n", json!({"proven": false, "what": what})))?;
    } else {
        let word = paint(REFUSED, language.pick("not proved", "pas prouvé"));
        let what = match language {
            Language::English => unproven.to_string(),
            Language::French => unproven.french(),
        };
        output::page(&say!(language, "{word}: {what}\n", "{word}\u{a0}: {what}\n"))?;
    }
    Err(Failure::Answered(3))
}
