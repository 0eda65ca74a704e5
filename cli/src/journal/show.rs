//! `gardefou journal show`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write;
use std::path::Path;

use gardefou::journal::{AccessEvent, Count, Entry, JournalReader, Record, day};
use serde_json::json;

use super::Chosen;
use super::files::AT_ONCE;
use super::line::{self, line};
use crate::failure::Failure;
use crate::html::{self, Sheet};
use crate::language::Language;
use crate::output;
use crate::text::{Look, plain};

/// Shows the chosen entries: the last so many, or all of them.
pub(crate) fn show(file: &Path, chosen: &Chosen<'_>, last: Option<usize>, json: bool) -> Result<(), Failure> {
    written(
        &mut anstream::stdout().lock(),
        Look::of_the_terminal(),
        file,
        (chosen, last),
        json,
    )
}

/// The same as one page to print.
pub(crate) fn show_sheet(file: &Path, chosen: &Chosen<'_>, last: Option<usize>) -> Result<(), Failure> {
    let (mut page, language) = (Vec::new(), Language::of_the_user());
    written(&mut page, html::look(), file, (chosen, last), false)?;
    let name = plain(&file.display().to_string());
    let sheet = Sheet {
        title: format!("Journal {name}"),
        facts: Vec::new(),
        body: &String::from_utf8_lossy(&page),
        language,
    };
    output::bytes(html::page(&sheet).as_bytes())
}

fn written(
    out: &mut impl Write,
    look: Look,
    file: &Path,
    (chosen, last): (&Chosen<'_>, Option<usize>),
    json: bool,
) -> Result<(), Failure> {
    let reader = JournalReader::open(file)?;
    let erased = Erased::of(&reader)?;
    let mut shown = 0_u64;
    let mut see = |entry: &Entry| -> Result<(), Failure> {
        if !json && shown == 0 {
            writeln!(out, "{}", line::heading(look))?;
        }
        shown = shown.saturating_add(1);
        let line = if json {
            in_json(entry, &erased)
        } else {
            line(entry, &erased.all, look)
        };
        Ok(writeln!(out, "{line}")?)
    };
    match last {
        Some(last) => {
            let mut kept = VecDeque::new();
            each_erased(&reader, chosen, &erased, &mut |entry| {
                kept.push_back(entry.clone());
                while kept.len() > last {
                    kept.pop_front();
                }
                Ok(())
            })?;
            kept.iter().try_for_each(&mut see)?;
        }
        None => each_erased(&reader, chosen, &erased, &mut see)?,
    }
    if !json {
        let counts = reader.counts()?;
        let running: Vec<String> = counts
            .iter()
            .filter(|count| chosen.takes_count(count))
            .map(|count| line::count(count, look))
            .collect();
        if !running.is_empty() {
            let title = Language::of_the_user().pick(
                "Counted, and no entry before the day is over:",
                "Décompté, et sans entrée avant la fin du jour\u{a0}:",
            );
            writeln!(out, "\n{title}")?;
            running.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
        if shown == 0 && running.is_empty() {
            let none = Language::of_the_user().pick("no such entry", "aucune entrée de ce genre");
            writeln!(out, "{none}")?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The entries that were forgotten because somebody asked for it.
#[derive(Default)]
struct Erased {
    all: BTreeSet<u64>,
    by_session: BTreeMap<String, BTreeSet<u64>>,
}

impl Erased {
    /// What the answers to requests say.
    fn of(reader: &JournalReader) -> Result<Self, Failure> {
        let mut erased = Self::default();
        let everything = Chosen::default();
        each(reader, &everything, &mut |entry| {
            if let Some(Record::Access(access)) = &entry.record
                && let AccessEvent::Right { erased: entries, .. } = &access.event
            {
                for (session, entries) in entries {
                    erased.all.extend(entries);
                    erased.by_session.entry(session.clone()).or_default().extend(entries);
                }
            }
            Ok(())
        })?;
        Ok(erased)
    }

    /// Whether this was an entry of the session.
    fn is_of(&self, session: &str, entry: &Entry) -> bool {
        let entries = self.by_session.get(session);
        entry.record.is_none() && entries.is_some_and(|entries| entries.contains(&entry.index))
    }
}

/// Shows each chosen entry, in order.
pub(super) fn each(
    reader: &JournalReader,
    chosen: &Chosen<'_>,
    see: &mut impl FnMut(&Entry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    each_erased(reader, chosen, &Erased::default(), see)
}

fn each_erased(
    reader: &JournalReader,
    chosen: &Chosen<'_>,
    erased: &Erased,
    see: &mut impl FnMut(&Entry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut next = 0;
    loop {
        let entries = reader.entries(next, AT_ONCE)?;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        next = last.index.saturating_add(1);
        entries
            .iter()
            .filter(|entry| chosen.takes(entry) || chosen.takes_erased(entry, erased))
            .try_for_each(&mut *see)?;
    }
}

fn in_json(entry: &Entry, erased: &Erased) -> String {
    let mut line = json!({"index": entry.index, "kind": entry.kind, "record": entry.record});
    if entry.record.is_none()
        && erased.all.contains(&entry.index)
        && let Some(line) = line.as_object_mut()
    {
        line.insert("forgotten".to_owned(), json!("erased-on-request"));
    }
    line.to_string()
}

impl Chosen<'_> {
    fn takes(&self, entry: &Entry) -> bool {
        if self.kind.is_some_and(|kind| kind.name() != entry.kind) {
            return false;
        }
        let Some(record) = &entry.record else {
            // What was forgotten has neither session nor programme nor day.
            return self.session.is_none() && self.programme.is_none() && self.from.is_none() && self.until.is_none();
        };
        self.takes_subject(record) && self.takes_day(&day_of(record))
    }

    /// What was erased of a session still is the session's.
    fn takes_erased(&self, entry: &Entry, erased: &Erased) -> bool {
        let kind = self.kind.is_none_or(|kind| kind.name() == entry.kind);
        let unbounded = self.programme.is_none() && self.from.is_none() && self.until.is_none();
        kind && unbounded && self.session.is_some_and(|session| erased.is_of(session, entry))
    }

    fn takes_count(&self, count: &Count) -> bool {
        let kind = self.kind.is_none_or(|kind| kind == super::Kind::Count);
        kind && self.takes_subject(&Record::Count(count.clone())) && self.takes_day(&count.day)
    }

    fn takes_subject(&self, record: &Record) -> bool {
        let (sessions, programme) = subject(record);
        let session = self.session.is_none_or(|session| sessions.contains(&session));
        session && self.programme.is_none_or(|wanted| programme == Some(wanted))
    }

    fn takes_day(&self, day: &str) -> bool {
        let from = self.from.as_deref().is_none_or(|from| from <= day);
        from && self.until.as_deref().is_none_or(|until| day <= until)
    }
}

fn day_of(record: &Record) -> String {
    match record {
        Record::Count(count) => count.day.clone(),
        other => other.at().map(day).unwrap_or_default(),
    }
}

/// The sessions and the programme that a record is about.
pub(super) fn subject(record: &Record) -> (Vec<&str>, Option<&str>) {
    let access = match record {
        Record::Access(access) => &access.event,
        Record::Decision(decision) => return (vec![&decision.session], Some(&decision.programme)),
        _ => return (Vec::new(), None),
    };
    match access {
        AccessEvent::Access {
            recording, programme, ..
        } => (vec![recording], Some(programme)),
        AccessEvent::Fault { session, .. } => (session.iter().map(String::as_str).collect(), None),
        AccessEvent::Purge { recording, .. } => (recording.iter().map(String::as_str).collect(), None),
        AccessEvent::Discard { session, .. }
        | AccessEvent::Discarded { session, .. }
        | AccessEvent::Trimmed { session, .. } => (vec![session], None),
        AccessEvent::Right { recordings, .. } | AccessEvent::Invalidation { recordings, .. } => {
            (recordings.iter().map(String::as_str).collect(), None)
        }
        _ => (Vec::new(), None),
    }
}
