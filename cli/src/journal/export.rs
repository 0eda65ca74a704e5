//! `gardefou journal export`.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use gardefou::journal::{JournalReader, Record, Stored};
use gardefou::trace::Writer;
use serde_json::json;

use super::files::{AT_ONCE, write};
use super::trusted::lost;
use super::{Trusted, Which};
use crate::deciding;
use crate::failure::Failure;
use crate::files::{create_private, create_private_folders, unwritable};
use crate::language::Language;

/// Writes what is asked for, and each decision's trace.
pub(crate) fn export(
    file: &Path,
    key: Option<&OsStr>,
    what: Which,
    output: Option<&Path>,
    traces: Option<&Path>,
) -> Result<(), Failure> {
    let journal = Trusted::open(file, key)?;
    if let Some(folder) = traces {
        create_private_folders(folder)?;
    }
    let reader = journal.reader();
    if what != Which::Entries
        && let Some(first) = journal.first_line(false)
    {
        // A line in a note would make it none.
        anstream::eprintln!("{first}");
    }
    match what {
        Which::Entries => entries(&journal, output, traces)?,
        Which::Checkpoint => write(output, reader.checkpoint().map_err(lost)?.as_bytes())?,
        Which::Head => write(output, reader.seal().map_err(lost)?.as_bytes())?,
        Which::Checkpoints => {
            let notes = reader.checkpoints().map_err(lost)?;
            let lines: String = notes
                .iter()
                .map(|note| format!("{}\n", json!({ "note": note })))
                .collect();
            write(output, lines.as_bytes())?;
        }
    }
    journal.ended()
}

fn entries(journal: &Trusted, output: Option<&Path>, traces: Option<&Path>) -> Result<(), Failure> {
    let path = output.filter(|path| *path != Path::new("-"));
    let mut out: Box<dyn Write> = match path {
        Some(path) => Box::new(io::BufWriter::new(create(path)?)),
        None => Box::new(io::BufWriter::new(io::stdout().lock())),
    };
    if let Some(first) = journal.first_line(true) {
        writeln!(out, "{first}")?;
        if path.is_some() {
            // Whoever reads the file later sees it, and whoever writes it now.
            anstream::eprintln!("{}", journal.first_line(false).unwrap_or_default());
        }
    }
    let mut next = 0;
    loop {
        let stored = journal.stored(next, AT_ONCE)?;
        let Some(last) = stored.last() else { break };
        next = last.index.saturating_add(1);
        for entry in &stored {
            writeln!(out, "{}", line(entry))?;
            if let Some(folder) = traces {
                trace(journal.reader(), entry, folder)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn create(path: &Path) -> Result<fs::File, Failure> {
    let help = Language::of_the_user().pick("give another name", "donner un autre nom");
    create_private(path, help)
}

/// The content is a string, so that its bytes are those that were signed.
fn line(entry: &Stored) -> serde_json::Value {
    let hex = |bytes: &[u8; 32]| crate::hex::of(bytes);
    let (salt, content) = entry
        .opened
        .as_ref()
        .map(|(salt, content)| (hex(salt), content))
        .unzip();
    json!({
        "index": entry.index,
        "kind": entry.kind,
        "commitment": hex(&entry.commitment),
        "salt": salt,
        "content": content,
    })
}

/// Writes a decision's trace, whole: `gardefou run` decides it, and `gardefou test` holds it to what was decided.
fn trace(reader: &JournalReader, stored: &Stored, folder: &Path) -> Result<(), Failure> {
    let entry = reader.read(stored)?;
    let Some(Record::Decision(decision)) = entry.record else {
        return Ok(());
    };
    let path = folder.join(format!("{}.jsonl", stored.index));
    let mut trace = Writer::new(io::BufWriter::new(create(&path)?));
    let mut written = Ok(());
    let expanded = decision.expanded(|line| {
        if written.is_ok() {
            written = trace.write(&line);
        }
    });
    let file = reader.name();
    expanded.map_err(|malformed| Failure::Input(vec![deciding::malformed(file, &malformed)]))?;
    written
        .and_then(|()| trace.flush())
        .map_err(|error| unwritable(&path, error))
}
