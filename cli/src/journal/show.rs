//! `gardefou journal show`.

use std::collections::VecDeque;
use std::io::Write;
use std::path::Path;

use gardefou::Digest;
use gardefou::journal::{AccessEvent, Count, Entry, Record, day};
use serde_json::json;

use super::files::AT_ONCE;
use super::gone::Gone;
use super::line::{self, line};
use super::names::Names;
use super::trusted::lost;
use super::{Chosen, Showing, Trusted};
use crate::failure::Failure;
use crate::html::{self, Sheet};
use crate::language::Language;
use crate::output;
use crate::text::{Look, plain};

/// Shows the chosen entries: the last so many, or all of them.
pub(crate) fn show(file: &Path, chosen: &Chosen<'_>, showing: &Showing<'_>) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let journal = written(&mut out, Look::of_the_terminal(), file, chosen, showing)?;
    out.flush()?;
    journal.ended()
}

/// The same as one page to print.
pub(crate) fn show_sheet(file: &Path, chosen: &Chosen<'_>, showing: &Showing<'_>) -> Result<(), Failure> {
    let (mut page, language) = (Vec::new(), Language::of_the_user());
    let journal = written(&mut page, html::look(), file, chosen, showing)?;
    let name = plain(&file.display().to_string());
    let sheet = Sheet {
        title: format!("Journal {name}"),
        facts: Vec::new(),
        body: &String::from_utf8_lossy(&page),
        language,
    };
    output::bytes(html::page(&sheet).as_bytes())?;
    journal.ended()
}

/// Writes the page, and gives the journal: what is to be said of it in the end.
fn written(
    out: &mut impl Write,
    look: Look,
    file: &Path,
    chosen: &Chosen<'_>,
    showing: &Showing<'_>,
) -> Result<Trusted, Failure> {
    let (last, json) = (showing.last, showing.json);
    let names = Names::of(showing.rules)?;
    let journal = Trusted::open(file, showing.key)?;
    if let Some(first) = journal.first_line(json) {
        writeln!(out, "{first}")?;
    }
    let gone = Gone::of(&journal)?;
    let mut shown = 0_u64;
    let mut see = |entry: &Entry| -> Result<(), Failure> {
        if !json && shown == 0 {
            writeln!(out, "{}", line::heading(look))?;
        }
        shown = shown.saturating_add(1);
        let line = if json {
            in_json(entry, &gone, &names)
        } else {
            line(entry, &gone, &names, look)
        };
        Ok(writeln!(out, "{line}")?)
    };
    match last {
        Some(last) => {
            let mut kept = VecDeque::new();
            each_of(&journal, chosen, &gone, &mut |entry| {
                kept.push_back(entry.clone());
                while kept.len() > last {
                    kept.pop_front();
                }
                Ok(())
            })?;
            kept.iter().try_for_each(&mut see)?;
        }
        None => each_of(&journal, chosen, &gone, &mut see)?,
    }
    if !json {
        let counts = journal.reader().counts().map_err(lost)?;
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
    Ok(journal)
}

/// Shows each chosen entry, in order.
pub(super) fn each(
    journal: &Trusted,
    chosen: &Chosen<'_>,
    see: &mut impl FnMut(&Entry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    each_of(journal, chosen, &Gone::default(), see)
}

fn each_of(
    journal: &Trusted,
    chosen: &Chosen<'_>,
    gone: &Gone,
    see: &mut impl FnMut(&Entry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut next = 0;
    loop {
        let entries = journal.entries(next, AT_ONCE)?;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        next = last.index.saturating_add(1);
        entries
            .iter()
            .filter(|entry| chosen.takes(entry) || chosen.takes_gone(entry, gone))
            .try_for_each(&mut *see)?;
    }
}

fn in_json(entry: &Entry, gone: &Gone, names: &Names) -> String {
    let mut line = json!({"index": entry.index, "kind": entry.kind, "record": entry.record});
    let why = gone.why(entry.index).filter(|_| entry.record.is_none());
    let Some(object) = line.as_object_mut() else {
        return line.to_string();
    };
    if let Some(why) = why {
        object.insert("forgotten".to_owned(), json!(why.name()));
    }
    let rules = entry.record.as_ref().map(digests).unwrap_or_default();
    if !names.is_empty() && !rules.is_empty() {
        let rules: Vec<String> = rules.iter().map(|digest| names.name(digest)).collect();
        object.insert("rules".to_owned(), json!(rules));
    }
    line.to_string()
}

/// The rules that a record names, by their digests: those in force from then on, or those that decided.
fn digests(record: &Record) -> Vec<Digest> {
    match record {
        Record::Decision(decision) => decision.policies.clone(),
        Record::Access(access) => match &access.event {
            AccessEvent::Policies { after, .. } => after.clone(),
            AccessEvent::Fault { policy, .. } => vec![*policy],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
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

    /// What was forgotten of a session still is the session's.
    fn takes_gone(&self, entry: &Entry, gone: &Gone) -> bool {
        let kind = self.kind.is_none_or(|kind| kind.name() == entry.kind);
        let unbounded = self.programme.is_none() && self.from.is_none() && self.until.is_none();
        kind && unbounded && self.session.is_some_and(|session| gone.is_of(session, entry))
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
