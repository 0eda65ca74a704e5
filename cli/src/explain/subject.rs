//! What is explained: a reason, with what a policy says of it.

use gardefou::{Description, Note, Reason, ReasonInfo};
use gardefou_policy::notes;
use gardefou_policy::rules::ceilings;

use super::name::Named;
use super::table::{Entry, entry};
use crate::document::{Document, Line, date, duration, millis, share};
use crate::language::Language;
use crate::policy_file::PolicyFile;
use crate::text::plain;

/// A reason to explain.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(super) named: Named,
    /// What the register says of it; none for a policy's own.
    pub(super) info: Option<&'static ReasonInfo>,
    pub(super) entry: Option<&'static Entry>,
    /// Its own title (0) and what stands under it, as the policy numbers them.
    pub(super) notes: Vec<Note>,
    pub(super) file: Option<&'a PolicyFile>,
}

impl<'a> Subject<'a> {
    /// What is known of this reason; none when neither the register nor the policy knows it, or when it has
    /// no such note.
    pub(crate) fn of(named: Named, file: Option<&'a PolicyFile>) -> Option<Self> {
        let notes: Vec<Note> = notes_of(file)
            .into_iter()
            .filter(|note| note.reason == named.reason)
            .collect();
        let info = named.reason.info();
        let knows_note = named
            .detail
            .is_none_or(|detail| notes.iter().any(|note| note.detail == detail));
        let is_known = (info.is_some() || !notes.is_empty()) && knows_note;
        is_known.then(|| Self {
            named,
            info,
            entry: entry(named.reason),
            notes,
            file,
        })
    }

    /// Its name, or its number where it has none.
    pub(super) fn name(&self) -> String {
        let name = self
            .info
            .map_or_else(|| self.named.reason.0.to_string(), |info| info.name.to_owned());
        match self.named.detail {
            Some(detail) => format!("{name}/{detail}"),
            None => name,
        }
    }

    /// The reason's own title.
    pub(super) fn title(&self, language: Language) -> String {
        let own = self.notes.iter().find(|note| note.detail == 0);
        let title = match self.info {
            Some(info) => language.pick(info.english, info.french),
            None => own.map_or("", |note| language.of(&note.title)),
        };
        plain(title)
    }

    /// The row of the legal matrix, and where to look it up.
    pub(super) fn source(&self) -> (String, String) {
        let own = self.notes.iter().find(|note| note.detail == 0);
        let (rule, reference) = match (self.info, own) {
            (Some(info), _) => (info.rule, info.reference),
            (None, Some(note)) => (note.rule.as_str(), note.reference.as_str()),
            (None, None) => ("", ""),
        };
        (plain(rule), plain(reference))
    }

    /// What stands under the reason: the note that was asked for, or all.
    pub(super) fn details(&self) -> Vec<&Note> {
        let asked = |note: &&Note| match self.named.detail {
            Some(detail) => note.detail == detail,
            None => note.detail != 0,
        };
        self.notes.iter().filter(asked).collect()
    }

    /// The keys of a rule document that set it.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        let keys = self.entry.map_or(&[][..], |entry| entry.keys);
        let of_detail =
            |details: &[u16]| details.is_empty() || self.named.detail.is_none_or(|detail| details.contains(&detail));
        keys.iter()
            .filter(|key| of_detail(key.details))
            .map(|key| key.path)
            .collect()
    }

    /// The lines of the policy's rule document that set it.
    pub(super) fn lines(&self) -> Vec<Line> {
        self.document()
            .map_or_else(Vec::new, |document| document.lines_of(&self.keys()))
    }

    pub(super) fn document(&self) -> Option<&'a Document> {
        Some(&self.file?.rules.as_ref()?.document)
    }
}

/// The notes of a policy; those of the rule functions where there is none.
pub(super) fn notes_of(file: Option<&PolicyFile>) -> Vec<Note> {
    let own: Option<&Description> = file.and_then(PolicyFile::description);
    own.map_or_else(notes::all, |own| own.notes.clone())
}

/// Reasons that only this policy knows, by number.
pub(super) fn own_reasons(file: Option<&PolicyFile>) -> Vec<Reason> {
    let notes = notes_of(file);
    let mut own: Vec<Reason> = notes
        .iter()
        .map(|note| note.reason)
        .filter(|reason| reason.info().is_none())
        .collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// The text with what its braces stand for: `{path|otherwise}`.
pub(super) fn filled(text: &str, document: Option<&Document>, language: Language) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
        let (path, otherwise) = inside.split_once('|').unwrap_or((inside, ""));
        filled.push_str(before);
        let value = ceiling(path, language).or_else(|| value_at(path, document, language));
        filled.push_str(value.as_deref().unwrap_or(otherwise));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// The value of a document in words.
fn value_at(path: &str, document: Option<&Document>, language: Language) -> Option<String> {
    let value = document?.at(path).first()?.plain()?;
    let in_words = duration(value, language);
    let in_words = if in_words == value {
        date(value, language)
    } else {
        in_words
    };
    Some(plain(&in_words))
}

/// What no document can exceed.
fn ceiling(name: &str, language: Language) -> Option<String> {
    let length = match name.strip_prefix("ceiling.")? {
        "share" => return Some(share(ceilings::SHARE, language)),
        "frame-interval" => ceilings::FRAME_INTERVAL,
        "facts-age" => ceilings::FACTS_AGE,
        "notice" => ceilings::NOTICE,
        "recordings" => ceilings::RETENTION.recordings,
        "analyses" => ceilings::RETENTION.analyses,
        "temporary" => ceilings::RETENTION.temporary,
        _ => return None,
    };
    Some(millis(length, language))
}

#[cfg(test)]
mod tests {
    use gardefou::{Description, Span, Text, Timestamp};

    use super::*;
    use crate::explain::{Unknown, json, list_page, page};
    use crate::policy_file::{Anatomy, Standing};
    use crate::text::Look;

    /// A component with a reason of its own, and without a rule document.
    fn foreign() -> PolicyFile {
        let note = |detail, english: &str| Note {
            reason: Reason(1000),
            detail,
            rule: "X1".into(),
            reference: "P".into(),
            title: Text {
                french: "Jour férié".into(),
                english: english.into(),
            },
        };
        let description = Description {
            id: "site".into(),
            version: "3".into(),
            in_force_from: Timestamp::MIN,
            in_force_until: Timestamp::MAX,
            rules_digest: Vec::new(),
            programmes: Vec::new(),
            notes: vec![note(0, "A public holiday"), note(1, "Easter Monday")],
        };
        PolicyFile {
            name: "site.wasm".into(),
            size: 1,
            sha256: String::new(),
            id: "site".into(),
            version: "3".into(),
            in_force: Span::ALWAYS,
            component: Some(Anatomy {
                description,
                imports: Vec::new(),
                exports: Vec::new(),
                code: 0,
                provenance: None,
            }),
            text: None,
            rules: None,
            standing: Standing::Absent,
        }
    }

    fn explained(name: &str, file: Option<&PolicyFile>) -> Option<String> {
        let named = Named::read(name).ok()?;
        let subject = Subject::of(named, file)?;
        assert!(json(&subject).is_ok());
        let page = page(&subject, Look::new(80, true));
        Some(anstream::adapter::strip_str(&page).to_string())
    }

    #[test]
    fn a_reason_of_the_policys_own_is_what_the_policy_says_of_it() {
        let file = foreign();
        let page = explained("1000", Some(&file)).unwrap();
        for words in [
            "1000 · A public holiday\nX1 · a reading of ours\n",
            "a reason of the policy's own",
            "1000/1 Easter Monday",
            "there is no rule document inside",
        ] {
            assert!(page.contains(words), "{words} in:\n{page}");
        }
        assert!(!page.contains("What would change"), "{page}");
        assert!(explained("1000/1", Some(&file)).unwrap().contains("1000/1"));
        assert_eq!(explained("1000/2", Some(&file)), None);
        assert_eq!(explained("1001", Some(&file)), None);
        assert_eq!(explained("1000", None), None);
        assert!(list_page(Some(&file), Look::new(80, true)).contains("1000"));
        assert!(!list_page(None, Look::new(80, true)).contains("1000"));
    }

    #[test]
    fn a_policy_numbers_its_notes_itself() {
        let file = foreign();
        assert!(
            explained("volume/1", None)
                .unwrap()
                .contains("The cap for one employee")
        );
        assert_eq!(explained("volume/1", Some(&file)), None, "it has no such note");
        assert!(explained("volume", Some(&file)).is_some());
        assert_eq!(Named::read("volume/x"), Err(Unknown::Detail));
    }
}
