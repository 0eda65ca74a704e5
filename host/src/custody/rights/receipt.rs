//! What was done about a request.

use std::collections::BTreeSet;

use gardefou_policy::types::{Artefact, Timestamp};
use serde::{Serialize, Serializer};

use crate::custody::origin::Doubtful;
use crate::custody::refusal::Refused;
use crate::custody::subject::Subject;
use crate::journal::{AskedBy, Head, OpenDiscard};

/// What was done about a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Receipt {
    /// What was asked for: the name of a [`Right`](crate::custody::Right).
    pub request: &'static str,
    /// About whom, or about which call.
    pub subject: Subject,
    /// Who asked.
    pub asked_by: AskedBy,
    /// The account that answered it.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// Whether anybody knows somebody of this name: the journal, a sidecar, or the rules ([`Custody::with_employees`]).
    /// Of one whom nobody knows nothing was found.
    ///
    /// [`Custody::with_employees`]: crate::custody::Custody::with_employees
    pub known: bool,
    /// Whether the one recording that the request names is not there, or is somebody else's.
    pub missing: bool,
    /// Everything that was found, and what became of it.
    pub items: Vec<Item>,
    /// Recordings that concern the request, and whose sidecar shows nothing. Where the journal says whose they are,
    /// they are in `items` as well, under that person; where it does not, nothing was done with them.
    pub doubtful: Vec<Doubtful>,
    /// By whose wish what was found is restricted.
    pub restrictions: Vec<RestrictionShown>,
    /// Requests that are open about what was found.
    pub requests: Vec<OpenRequestShown>,
    /// Files of the folder that nobody can tell to be whose: they are not in `items`.
    pub unattributed: Vec<String>,
    /// Files that could not be deleted, and why.
    pub failed: Vec<(String, String)>,
    /// Sessions whose call recording could not be discarded, and why.
    pub unanswered: Vec<(String, String)>,
    /// Where the journal stands with this request in it: its number of entries and the root of its tree.
    #[serde(serialize_with = "head")]
    pub journal: Head,
    /// Discards that nobody said to be done.
    #[serde(serialize_with = "discards")]
    pub open: Vec<OpenDiscard>,
    /// Where nothing is known of the subject: the others of its kind that are known.
    #[serde(skip)]
    pub others: BTreeSet<String>,
}

/// By whose wish something is restricted, and until when nobody need look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct RestrictionShown {
    /// The session.
    pub session: String,
    /// Who asked for it; none where an earlier version did not write it down.
    pub asked_by: Option<AskedBy>,
    /// Under which reference.
    pub reference: Option<String>,
    /// When somebody must look whether it is still needed.
    pub review: Option<Timestamp>,
    /// Whether that day is past, or nobody named one.
    pub overdue: bool,
}

/// A request that is open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct OpenRequestShown {
    /// Its reference.
    pub reference: String,
    /// Who asked.
    pub asked_by: AskedBy,
    /// When it came in.
    pub since: Timestamp,
    /// Until when it keeps what it concerns.
    pub until: Timestamp,
    /// The sessions that it concerns.
    pub sessions: Vec<String>,
    /// Whether its time is over, and nobody said that it was answered. It keeps nothing any more.
    pub overdue: bool,
}

/// Something that was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Item {
    /// The session.
    pub session: String,
    /// What it is.
    pub artefact: Artefact,
    /// Its files.
    pub files: Vec<String>,
    /// How many entries of the journal.
    pub entries: u64,
    /// Whether its processing was restricted.
    pub restricted: bool,
    /// Whether the journal shows of its files whose they are: `origin` is `proven` or `not-proven`.
    #[serde(rename = "origin", serialize_with = "origin")]
    pub proven: bool,
    /// What became of it.
    pub outcome: ItemOutcome,
}

/// What became of something that was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ItemOutcome {
    /// It was found, and nothing else was asked for.
    Found,
    /// What was asked for was done.
    Done,
    /// It was to be released, and was not restricted.
    NotRestricted,
    /// The policies refused it.
    Refused(Refused),
    /// It could not be done.
    Failed(String),
}

impl Receipt {
    /// Whether something was to be released, and nothing was restricted.
    #[must_use]
    pub fn released_nothing(&self) -> bool {
        let idle = |item: &Item| item.outcome == ItemOutcome::NotRestricted;
        self.request == "release" && self.items.iter().all(idle)
    }

    /// Whether something of what was asked for was not done.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        let undone = |item: &Item| matches!(item.outcome, ItemOutcome::Refused(_) | ItemOutcome::Failed(_));
        self.items.iter().any(undone)
            || self.missing
            || self.released_nothing()
            || !self.doubtful.is_empty()
            || !self.failed.is_empty()
            || !self.unanswered.is_empty()
    }
}

fn head<S: Serializer>(head: &Head, serializer: S) -> Result<S::Ok, S::Error> {
    let root: String = head.root.iter().map(|byte| format!("{byte:02x}")).collect();
    serde_json::json!({ "size": head.size, "root": root }).serialize(serializer)
}

fn discards<S: Serializer>(open: &[OpenDiscard], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(open.iter().map(|discard| {
        serde_json::json!({
            "session": discard.session,
            "segment": discard.segment,
            "reason": discard.reason,
        })
    }))
}

fn origin<S: Serializer>(proven: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *proven { "proven" } else { "not-proven" })
}
