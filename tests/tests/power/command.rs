//! The command as a whole, whenever the power is cut.

use std::path::{Path, PathBuf};
use std::process::Command;

use gardefou::journal::{Entry, Journal, JournalKey, JournalReader, VerifyOptions};

use crate::cut::everywhere;
use crate::recording::{HAND, Recording};

fn program() -> PathBuf {
    let program = Path::new(HAND).with_file_name("gardefou");
    let how = "build all programs first: cargo build --release --workspace --all-features --bins";
    assert!(program.exists(), "{how}");
    program
}

fn file(folder: &Path) -> PathBuf {
    folder.join("calls.journal")
}

/// The journal in this folder, opened as the command opens it, and verified.
fn entries(folder: &Path) -> Result<Vec<Entry>, String> {
    let key = JournalKey::at(&folder.join("calls.journal.key")).map_err(|error| format!("the key: {error}"))?;
    let journal = Journal::open(&file(folder), &key).map_err(|error| format!("opening: {error}"))?;
    let reader = JournalReader::open(&file(folder)).map_err(|error| error.to_string())?;
    let mut options = VerifyOptions::default();
    options.verifier = Some(key.verifier());
    let verified = reader.verify(&options, |_, _| ());
    verified.map_err(|wrong| format!("not verified: {wrong:?}"))?;
    journal.entries(0, 10_000).map_err(|error| error.to_string())
}

#[test]
fn a_trace_is_journalled_up_to_the_cut_and_wholly_once_the_command_has_ended() {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/traces");
    let mut recording = Recording::of(|_| ());
    let folder = recording.folder();
    for trace in ["ordinary-call.jsonl", "payment-and-password.jsonl"] {
        let mut run = Command::new(program());
        run.arg("run")
            .arg(traces.join(trace))
            .arg("--journal")
            .arg(file(&folder));
        recording.run(&mut run);
    }
    let all = entries(&folder).unwrap();
    let of_both = all.len();
    assert!(of_both > 2, "{all:?}");
    let tried = everywhere(&recording, |folder, said| {
        let ended = said.iter().filter(|line| **line == "done").count();
        if ended > 0 && !file(folder).exists() {
            return Err("the journal is gone".to_owned());
        }
        let there = entries(folder)?;
        if !all.starts_with(&there) {
            return Err(format!("it says {there:#?}"));
        }
        if ended == 2 && there.len() < of_both {
            return Err(format!("{} entries of {of_both}", there.len()));
        }
        Ok(())
    });
    let tried = tried.unwrap_or_else(|failed| panic!("{failed}"));
    println!("{tried:?}");
    assert!(tried.changes > 60 && tried.states > 100, "{tried:?}");
}
