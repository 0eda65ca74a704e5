//! Access: the policies are asked, it is journalled, and only then something is handed out (legal.md, S9).

use std::fs::File;
use std::io;
use std::path::PathBuf;

use gardefou_policy::facts::Access;
use gardefou_policy::types::{Artefact, CaptureMode, Obligations, Operation, Purpose, Reason, Timestamp};

use super::chronicle::Past;
use super::disk::FileId;
use super::error::CustodyError;
use super::origin::Doubt;
use super::refusal::{RefusalCause, Refused};
use super::shelf::{Holding, Shelf};
use super::subject::{Sought as _, Subject, contradicts};
use super::{Custody, Kind, disk, names, work};
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
    /// The account of the second person who looks as well, where the rules ask for one.
    pub second_person: Option<String>,
}

impl Asker {
    /// Nobody is asked about, and journalled, without an account, a role and the employee behind it.
    pub(super) fn named(&self) -> Result<(), CustodyError> {
        let names = [&self.account, &self.role, &self.viewer];
        if names.iter().any(|name| name.trim().is_empty()) {
            return Err(CustodyError::Nobody);
        }
        match &self.second_person {
            Some(second) if second.trim().is_empty() => Err(CustodyError::Nobody),
            Some(second) if second.trim() == self.account.trim() => Err(CustodyError::SamePerson),
            _ => Ok(()),
        }
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
    /// Whose it is, as the request says. The journal must agree. Without it nobody is given what nothing else shows
    /// to be anybody's.
    pub subject: Option<&'a Subject>,
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
    /// Whether the journal shows whose it is; else the request alone says so, or the name of its files.
    pub proven: bool,
    /// Where the journal stands.
    pub head: Head,
    ids: Vec<FileId>,
}

impl Granted {
    /// Opens the files: those that were granted, and not what was put in their place meanwhile.
    ///
    /// # Errors
    /// When one is no longer there, or no longer a plain file.
    pub fn open(&self) -> io::Result<Vec<File>> {
        let files = self.files.iter().zip(&self.ids);
        files.map(|(path, id)| disk::open_this(path, id)).collect()
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
    /// Why nothing shows whose it is, where nothing does.
    pub(super) not_proven: Option<&'static str>,
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
        let (shelf, past) = match self.look() {
            Err(CustodyError::Store(error)) => {
                return Ok(AccessAnswer::Refused(Refused::of(RefusalCause::Store(error))));
            }
            looked => looked?,
        };
        past.plausible(request.at)?;
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
                files: given(holding, request.artefact)
                    .map(|file| names::path(&self.folder, &file.name))
                    .collect(),
                obligations,
                proven: facts.not_proven.is_none(),
                head,
                ids: given(holding, request.artefact).map(|file| file.id.clone()).collect(),
            }),
            (Err(refused), _) => AccessAnswer::Refused(refused),
            (Ok(_), Err(cause)) => AccessAnswer::Refused(Refused::of(cause.clone())),
        })
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
            Ok(Authorisation::Granted(obligations)) if obligations.second_person && asker.second_person.is_none() => {
                Err(RefusalCause::SecondPerson)
            }
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
        second_person: asker.second_person.clone(),
        not_proven: facts.not_proven.map(str::to_owned),
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

/// The files of a recording that an access gives. A video that no sidecar stands for is temporary, and given to whoever
/// may look at it all the same.
fn given(holding: &Holding, artefact: Artefact) -> impl Iterator<Item = &super::Held> {
    let unproven = artefact == Artefact::Recording && !holding.origin.is_proven();
    holding.files.iter().filter(move |file| {
        let video = unproven && file.kind == Kind::Temporary && names::is_whole_video(&file.name);
        kinds(artefact).contains(&file.kind) || video
    })
}

/// The recording that is meant: by its name, else by its session.
fn chosen<'s>(request: &AccessRequest<'_>, shelf: &'s Shelf) -> Result<&'s Holding, RefusalCause> {
    if !matches!(
        request.operation,
        Operation::View | Operation::Annotate | Operation::TrainOthers | Operation::Export
    ) {
        return Err(RefusalCause::Operation);
    }
    let named = shelf
        .holdings
        .iter()
        .find(|holding| holding.is_called(request.recording));
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
    if given(holding, request.artefact).any(|file| file.kind != Kind::Sidecar) {
        return Ok(holding);
    }
    match &holding.about {
        Err(error) if request.artefact == Artefact::Recording => Err(RefusalCause::Sidecar(error.clone())),
        _ => Err(RefusalCause::NotThere),
    }
}

/// Whether the recording may be asked about: it is the one that was decided; or the request says whose it is, and is
/// one that reaches what should not exist.
fn sound(request: &AccessRequest<'_>, holding: &Holding, past: &Past) -> Result<(), RefusalCause> {
    // What nobody can be singled out in may be there for longer than the decision.
    if request.artefact == Artefact::AnonymisedCopy {
        return match holding.origin.doubt() {
            Some(doubt) if doubt.contradicts() => Err(RefusalCause::Doubt(doubt)),
            _ => Ok(()),
        };
    }
    let reaches = request.purpose.is_right();
    if let Some(doubt) = holding.origin.doubt() {
        return match (&holding.about, request.subject) {
            (_, Some(subject)) if reaches => is_theirs(subject, holding, past),
            (_, None) if reaches => Err(RefusalCause::Unnamed),
            (Err(error), _) => Err(RefusalCause::Sidecar(error.clone())),
            (Ok(_), _) => Err(RefusalCause::Doubt(doubt)),
        };
    }
    // Who looks at it for the training must be told under which decision it may be there.
    let forgotten = holding.session().is_none_or(|session| past.of(session).is_empty());
    if forgotten && !reaches {
        return Err(RefusalCause::Forgotten);
    }
    // Whatever lies here was to go: a copy that came back, or what could not be deleted.
    let was_to_go = holding.session().is_some_and(|session| past.gone.contains(session));
    if was_to_go && request.artefact == Artefact::Recording && !reaches {
        return Err(RefusalCause::Discarded);
    }
    request
        .subject
        .map_or(Ok(()), |subject| is_theirs(subject, holding, past))
}

/// Whether it is of whom the request says: by the journal; where that knows nothing, no sidecar may say otherwise.
fn is_theirs(subject: &Subject, holding: &Holding, past: &Past) -> Result<(), RefusalCause> {
    let told = holding.session().map_or(&[][..], |session| past.of(session));
    let theirs = match &holding.about {
        _ if !told.is_empty() => subject.is_told(told, holding.proven()),
        Ok(about) => !contradicts(about, past, subject),
        // Of a call nobody knows whose screen it was.
        Err(_) => matches!(subject, Subject::Employee(_)),
    };
    theirs.then_some(()).ok_or(RefusalCause::SomebodyElse)
}

fn facts<'f>(request: &AccessRequest<'f>, holding: &'f Holding, past: &'f Past) -> Facts<'f> {
    let anonymised = request.artefact == Artefact::AnonymisedCopy;
    let session = holding.session().unwrap_or(&holding.name);
    let told = past.of(session);
    let files = given(holding, request.artefact);
    let first = files.map(|file| file.dated).min().unwrap_or(request.at).min(request.at);
    let abouts = holding.proven().map(|about| about.span.start);
    let of_recording = told.iter().map(|told| told.collected_at).chain(abouts).min();
    let asserted = request
        .subject
        .filter(|_| !holding.origin.is_proven())
        .map(|subject| match subject {
            Subject::Employee(token) => token.as_str(),
            Subject::Call(_) | Subject::Session(_) => "",
        });
    let mode = told.iter().find_map(|told| told.mode);
    let mode = mode.or(holding.proven().map(|about| about.mode));
    Facts {
        session,
        programme: told
            .last()
            .map(|told| told.programme.as_str())
            .or_else(|| Some(holding.proven()?.programme.as_str()))
            .unwrap_or(request.programme.unwrap_or_default()),
        subject: past
            .employee(session)
            .or_else(|| Some(holding.proven()?.employee.as_str()))
            .or(asserted)
            .filter(|_| !anonymised),
        collected_at: match request.artefact {
            // An analysis cannot be older than what it is of.
            Artefact::Analysis => first.max(of_recording.unwrap_or(Timestamp::MIN)),
            _ => of_recording.unwrap_or(first),
        },
        // What nothing tells of is an anonymised copy: a video, as its recorder made no other; else it may be
        // anything.
        mode: mode.unwrap_or(if anonymised {
            CaptureMode::ScreenVideo
        } else {
            CaptureMode::Screenshot
        }),
        restricted: !anonymised && (holding.restricted.is_some() || past.is_restricted(session)),
        not_proven: holding.origin.doubt().filter(|_| !anonymised).map(Doubt::name),
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
        not_proven: None,
    }
}
