//! Access: the policies are asked, it is journalled, and only then something is handed out (legal.md, S9).

use std::fs::File;
use std::io;
use std::path::PathBuf;

use gardefou_policy::facts::Access;
use gardefou_policy::types::{Artefact, CaptureMode, Obligations, Operation, Purpose, Reason, Timestamp};

use super::chronicle::Past;
use super::error::CustodyError;
use super::refusal::{RefusalCause, Refused};
use super::shelf::{Holding, Shelf};
use super::{Custody, Kind, disk, work};
use crate::handle::Authorisation;
use crate::journal::{AccessEvent, Head};
use crate::trace::obligations_named;

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asker {
    /// The account.
    pub account: String,
    /// Whether one person alone uses it (legal.md, S9).
    pub individual: bool,
    /// The role that it acts in.
    pub role: String,
    /// Until when it is authorised; `None` when nobody says so.
    pub authorised_until: Option<Timestamp>,
    /// The employee behind the account, by token.
    pub viewer: String,
}

impl Asker {
    /// Nobody is asked about, and journalled, without an account, a role and the employee behind it.
    pub(super) fn named(&self) -> Result<(), CustodyError> {
        let names = [&self.account, &self.role, &self.viewer];
        if names.iter().any(|name| name.trim().is_empty()) {
            return Err(CustodyError::Nobody);
        }
        Ok(())
    }
}

/// What somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct AccessRequest<'a> {
    /// The recording: its name in the folder, or its session.
    pub recording: &'a str,
    /// What they want to do: view, annotate, train others or export. The rest is for
    /// [`Custody::right`](Custody::right).
    pub operation: Operation,
    /// With what: the recording, its analyses or its anonymised copies.
    pub artefact: Artefact,
    /// What for.
    pub purpose: Purpose,
    /// The programme, for an anonymised copy whose recording is gone.
    pub programme: Option<&'a str>,
    /// Who asks.
    pub asker: &'a Asker,
    /// Now. It is decided for no earlier instant than that of custody's latest entry in the journal.
    pub at: Timestamp,
}

/// What came of it.
#[must_use = "an access that was refused is not to be given"]
#[derive(Debug)]
pub enum AccessAnswer {
    /// It is granted, and journalled.
    Granted(Granted),
    /// It is not.
    Refused(Refused),
}

/// An access that was granted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Granted {
    /// The session.
    pub session: String,
    /// The files, those of the recording with its sidecar.
    pub files: Vec<PathBuf>,
    /// What it was granted under.
    pub obligations: Obligations,
    /// Where the journal stands.
    pub head: Head,
}

impl Granted {
    /// Opens the files: those that were granted, and not what was put in their place meanwhile.
    ///
    /// # Errors
    /// When one is no longer there, or no longer a plain file.
    pub fn open(&self) -> io::Result<Vec<File>> {
        self.files.iter().map(|path| disk::open(path)).collect()
    }
}

/// What is asked about: what the policies and the journal need of it.
pub(super) struct Facts<'f> {
    pub(super) session: &'f str,
    pub(super) programme: &'f str,
    pub(super) subject: Option<&'f str>,
    pub(super) collected_at: Timestamp,
    pub(super) mode: CaptureMode,
    pub(super) restricted: bool,
}

/// What an access is granted under, by name.
pub(super) fn obligations(of: Obligations) -> Vec<String> {
    obligations_named(of).into_iter().map(str::to_owned).collect()
}

/// What is wanted with it.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) operation: Operation,
    pub(super) artefact: Artefact,
    pub(super) purpose: Purpose,
    pub(super) at: Timestamp,
}

/// Kinds of files that an access to each artefact gives.
const RECORDING: &[Kind] = &[Kind::Video, Kind::Sidecar];

impl Custody {
    /// Asks the floor and the policies, journals the answer, and only then hands the files out.
    ///
    /// # Errors
    /// When the folder or the journal cannot be read, or the asker is not named. That it is refused is no error.
    pub fn access(&self, request: &AccessRequest<'_>) -> Result<AccessAnswer, CustodyError> {
        request.asker.named()?;
        let (shelf, past) = match (self.shelf(), self.past()) {
            (shelf, Ok(past)) => (shelf?, past),
            (_, Err(CustodyError::Store(error))) => {
                return Ok(AccessAnswer::Refused(Refused::of(RefusalCause::Store(error))));
            }
            (_, Err(error)) => return Err(error),
        };
        // A clock that was set back grants nothing that was refused before.
        let request = &AccessRequest {
            at: request.at.max(past.newest),
            ..*request
        };
        let wanted = Wanted {
            operation: request.operation,
            artefact: request.artefact,
            purpose: request.purpose,
            at: request.at,
        };
        let chosen = chosen(request, &shelf);
        let facts = match &chosen {
            Ok(holding) => facts(request, holding, &past),
            Err(_) => nothing_known(request),
        };
        let decided = match &chosen {
            Ok(holding) => sound(request, holding, &past).and_then(|()| self.ask(wanted, request.asker, &facts)),
            Err(cause) => Err(cause.clone()),
        };
        let decided = decided.map_err(Refused::of);
        let event = journalled(wanted, request.asker, &facts, &decided);
        let head = match self.journal.append(&[work::access(request.at, event)]) {
            Ok(head) => head,
            Err(error) => return Ok(AccessAnswer::Refused(Refused::of(RefusalCause::Store(error)))),
        };
        Ok(match (decided, &chosen) {
            (Ok(obligations), Ok(holding)) => AccessAnswer::Granted(Granted {
                session: facts.session.to_owned(),
                files: self.paths(holding, request.artefact),
                obligations,
                head,
            }),
            (Err(refused), _) => AccessAnswer::Refused(refused),
            (Ok(_), Err(cause)) => AccessAnswer::Refused(Refused::of(cause.clone())),
        })
    }

    fn paths(&self, holding: &Holding, artefact: Artefact) -> Vec<PathBuf> {
        let files = holding.of(kinds(artefact));
        files.map(|file| self.folder.join(&file.name)).collect()
    }

    /// Puts the question to the policies.
    pub(super) fn ask(&self, wanted: Wanted, asker: &Asker, facts: &Facts<'_>) -> Result<Obligations, RefusalCause> {
        let access = Access {
            at: wanted.at,
            operation: wanted.operation,
            artefact: wanted.artefact,
            purpose: wanted.purpose,
            account: asker.account.clone(),
            individual_account: asker.individual,
            role: asker.role.clone(),
            authorised_until: asker.authorised_until,
            programme: facts.programme.to_owned(),
            subject: facts.subject.map(str::to_owned),
            viewer: asker.viewer.clone(),
            restricted: facts.restricted.into(),
            collected_at: facts.collected_at,
            mode: facts.mode,
        };
        match self.policies.authorise(&access) {
            Ok(Authorisation::Granted(obligations)) => Ok(obligations),
            Ok(Authorisation::Refused(why)) => Err(RefusalCause::Rule(why)),
            Err(fault) => Err(RefusalCause::Fault(fault)),
        }
    }
}

/// What the journal is told of it.
pub(super) fn journalled(
    wanted: Wanted,
    asker: &Asker,
    facts: &Facts<'_>,
    decided: &Result<Obligations, Refused>,
) -> AccessEvent {
    let (reason, detail) = match decided {
        Ok(_) => (Reason::PERMITTED, 0),
        Err(refused) => (refused.reason, refused.detail),
    };
    AccessEvent::Access {
        operation: wanted.operation,
        artefact: wanted.artefact,
        purpose: wanted.purpose,
        account: asker.account.clone(),
        role: asker.role.clone(),
        recording: facts.session.to_owned(),
        programme: facts.programme.to_owned(),
        granted: decided.is_ok(),
        reason: reason.to_string(),
        detail,
        obligations: decided.as_ref().map(|of| obligations(*of)).unwrap_or_default(),
    }
}

/// The kinds of files that are this artefact.
const fn kinds(artefact: Artefact) -> &'static [Kind] {
    match artefact {
        Artefact::Recording => RECORDING,
        Artefact::AnonymisedCopy => &[Kind::Anonymised],
        Artefact::Analysis => &[Kind::Analysis],
        Artefact::DecisionRecord | Artefact::AccessRecord | Artefact::Temporary | Artefact::Other => &[],
    }
}

/// The recording that is meant: by its name, else by its session.
fn chosen<'s>(request: &AccessRequest<'_>, shelf: &'s Shelf) -> Result<&'s Holding, RefusalCause> {
    if !matches!(
        request.operation,
        Operation::View | Operation::Annotate | Operation::TrainOthers | Operation::Export
    ) {
        return Err(RefusalCause::Operation);
    }
    let named = shelf.holdings.iter().find(|holding| holding.name == request.recording);
    let mut of_session = shelf
        .holdings
        .iter()
        .filter(|holding| holding.session() == Some(request.recording));
    let holding = match (named, of_session.next(), of_session.next()) {
        (Some(named), ..) => named,
        (None, Some(only), None) => only,
        (None, None, _) => return Err(RefusalCause::NotThere),
        (None, Some(_), Some(_)) => return Err(RefusalCause::Several),
    };
    if request.artefact == Artefact::Recording
        && let Err(error) = &holding.about
    {
        return Err(RefusalCause::Sidecar(error.clone()));
    }
    let kinds = kinds(request.artefact);
    let is_it = |file: &super::Held| file.kind != Kind::Sidecar && kinds.contains(&file.kind);
    if holding.files.iter().any(is_it) {
        Ok(holding)
    } else {
        Err(RefusalCause::NotThere)
    }
}

/// Whether the recording is the one that was decided.
fn sound(request: &AccessRequest<'_>, holding: &Holding, past: &Past) -> Result<(), RefusalCause> {
    match &holding.about {
        // Whatever lies here was to go: a copy that came back, or what could not be deleted.
        Ok(about) if past.gone.contains(&about.session) && request.artefact == Artefact::Recording => {
            Err(RefusalCause::Discarded)
        }
        Ok(about) => match past.sidecar(&about.session) {
            Some(decided) if decided == about.digest => Ok(()),
            Some(_) => Err(RefusalCause::Changed),
            // What nobody can be singled out in may be there for longer than the decision.
            None if request.artefact == Artefact::AnonymisedCopy => Ok(()),
            None => Err(RefusalCause::Undecided),
        },
        Err(_) if request.artefact == Artefact::AnonymisedCopy => Ok(()),
        Err(error) => Err(RefusalCause::Sidecar(error.clone())),
    }
}

fn facts<'f>(request: &AccessRequest<'f>, holding: &'f Holding, past: &Past) -> Facts<'f> {
    let about = holding.about.as_ref().ok();
    let anonymised = request.artefact == Artefact::AnonymisedCopy;
    let session = about.map_or(holding.name.as_str(), |about| about.session.as_str());
    let files = holding.of(kinds(request.artefact));
    let first = files.map(|file| file.dated).min().unwrap_or(request.at).min(request.at);
    let of_recording = about.map(|about| about.span.start);
    Facts {
        session,
        programme: about.map_or(request.programme.unwrap_or_default(), |about| about.programme.as_str()),
        subject: about.filter(|_| !anonymised).map(|about| about.employee.as_str()),
        collected_at: match request.artefact {
            // An analysis cannot be older than what it is of.
            Artefact::Analysis => first.max(of_recording.unwrap_or(Timestamp::MIN)),
            _ => of_recording.unwrap_or(first),
        },
        // What no sidecar tells of is an anonymised copy: a video, as its recorder made no other.
        mode: about.map_or(CaptureMode::ScreenVideo, |about| about.mode),
        restricted: !anonymised && (holding.restricted.is_some() || past.restricted.contains(session)),
    }
}

/// Of something that is not there the journal is told what was asked for, if it can be a name.
fn nothing_known<'f>(request: &AccessRequest<'f>) -> Facts<'f> {
    let asked = request.recording;
    let is_name = asked.len() <= 128 && !asked.chars().any(char::is_control);
    Facts {
        session: if is_name { asked } else { "" },
        programme: "",
        subject: None,
        collected_at: request.at,
        mode: CaptureMode::Screenshot,
        restricted: true,
    }
}
