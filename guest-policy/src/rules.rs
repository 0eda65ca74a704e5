//! The rules in force, as the checks read them, and their compact form.
//!
//! A rule document is read once, by the host ([`document`](crate::document)); what reaches the component
//! is this structure, with every date turned into instants and every reference resolved. It is checked
//! again when it is decoded: a compact form that is looser than the [`ceilings`] is refused.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::classify;
use crate::title::NeverTitle;
use crate::types::{Artefact, Cap, DAY, Millis, NO_LIMIT, Operation, Purpose, Span, Timestamp};

/// What no rule document can exceed (contract, "Composition, and the floor").
pub mod ceilings {
    use super::{DAY, Millis, Retention};

    /// The longest frame interval, in ms (legal.md, S1; product: a reading of ours).
    pub const FRAME_INTERVAL: Millis = 1_000;
    /// The oldest facts, in ms (product).
    pub const FACTS_AGE: Millis = 1_000;
    /// The largest share of calls, in millionths (legal.md, +1; product).
    pub const SHARE: u32 = 500_000;
    /// How long the employee's notice may be valid, in ms (legal.md, S3; product).
    pub const NOTICE: Millis = 365 * DAY;
    /// How long each artefact may be kept (legal.md, +7; `temporary` is product, the others are text).
    pub const RETENTION: Retention = Retention {
        recordings: 181 * DAY,
        analyses: 365 * DAY,
        decisions: 181 * DAY,
        accesses: 365 * DAY,
        temporary: DAY,
    };
}

/// A prior step that must have been taken (legal.md, +6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Step {
    /// The works council was consulted.
    WorksCouncil,
    /// The impact assessment was done.
    ImpactAssessment,
    /// The processing is entered in the register.
    RegisterEntry,
}

impl Step {
    /// All three; a rule document names each of them.
    pub const ALL: [Self; 3] = [Self::WorksCouncil, Self::ImpactAssessment, Self::RegisterEntry];

    /// Its key in the rule document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorksCouncil => "works-council",
            Self::ImpactAssessment => "impact-assessment",
            Self::RegisterEntry => "register-entry",
        }
    }
}

/// When a prior step was taken, and how long that is good for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attestation {
    /// Which step.
    pub step: Step,
    /// From its date until it expires; always, where the step does not apply.
    pub valid: Span,
}

/// What the employee must have been told (legal.md, S3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NoticeRule {
    /// The version that counts; `None` (the floor alone): any.
    pub version: Option<String>,
    /// How long after it was given it is good for, in ms.
    pub valid_for: Millis,
}

/// How long each artefact is kept, in ms after it was collected (legal.md, +7).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Retention {
    /// Coupled recordings.
    pub recordings: Millis,
    /// Analyses.
    pub analyses: Millis,
    /// Decision records.
    pub decisions: Millis,
    /// Access records.
    pub accesses: Millis,
    /// Buffers and temporary files.
    pub temporary: Millis,
}

impl Retention {
    /// How long this artefact is kept, in ms; [`NO_LIMIT`] for an anonymised copy, 0 for what is not known.
    #[must_use]
    pub const fn of(&self, artefact: Artefact) -> Millis {
        match artefact {
            Artefact::Recording => self.recordings,
            Artefact::AnonymisedCopy => NO_LIMIT,
            Artefact::Analysis => self.analyses,
            Artefact::DecisionRecord => self.decisions,
            Artefact::AccessRecord => self.accesses,
            Artefact::Temporary => self.temporary,
            Artefact::Other => 0,
        }
    }
}

/// One way to recognise a window: every field that is named must match.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// The program, with or without its path; compared whole, without regard to case.
    pub executable: Option<String>,
    /// The package id; compared whole, without regard to case.
    pub package: Option<String>,
    /// The signer; compared whole, without regard to case.
    pub signer: Option<String>,
    /// The window class: a glob that respects case.
    pub wm_class: Option<String>,
    /// The title: a glob that respects case.
    pub title: Option<String>,
    /// The address: a glob in which one `*` stops at `/`.
    pub url: Option<String>,
}

/// An application that a training is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Its name in the document.
    pub id: String,
    /// The alternatives that recognise its windows.
    pub entries: Vec<Entry>,
    /// Titles that exclude a window, whichever application it matched, however they are written.
    pub never_title: Vec<NeverTitle>,
    /// The controller declares that card data are never entered in it (legal.md, +9).
    pub never_payment_card: bool,
    /// The controller declares that passwords are never entered in it (legal.md, +9).
    pub never_password: bool,
}

/// Who needs the training (legal.md, S6).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Enrolment {
    /// These employees, as sorted tokens.
    Listed(Vec<String>),
    /// Whoever the recorder says is enrolled.
    Attested,
    /// Not asked: the floor alone.
    #[serde(skip)]
    NotAsked,
}

/// A training programme.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Programme {
    /// Its name.
    pub id: String,
    /// From its first day to its last, both included.
    pub dates: Span,
    /// The first instant at which trainers may no longer work with its recordings.
    pub review_until: Timestamp,
    /// Who needs it.
    pub enrolment: Enrolment,
    /// Which applications it is about, as positions in [`Rules::applications`].
    pub applications: Vec<u32>,
    /// What may be recorded of one employee (legal.md, S7).
    pub employee_cap: Cap,
    /// What may be recorded under it (legal.md, S7).
    pub programme_cap: Cap,
    /// What may wait for review, in ms (legal.md, S7).
    pub max_unreviewed: Millis,
    /// The largest share of calls that is recorded, in millionths (legal.md, +1).
    pub share_millionths: u32,
    /// The period that the share is counted over, in ms.
    pub sampling_period: Millis,
}

/// Which programmes there are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Programmes {
    /// These, sorted by id.
    Listed(Vec<Programme>),
    /// Any name will do, and every window is of the training: the floor alone.
    #[serde(skip)]
    Any(Programme),
}

impl Programmes {
    /// The programme of that name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Programme> {
        match self {
            Self::Listed(list) => {
                let at = list.binary_search_by(|p| p.id.as_str().cmp(id)).ok()?;
                list.get(at)
            }
            Self::Any(programme) => Some(programme),
        }
    }
}

/// Which programmes a role covers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Coverage {
    /// These, as sorted ids.
    Only(Vec<String>),
    /// All, former ones too.
    All,
}

/// Who may do what (legal.md, S9 and +8).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub id: String,
    /// What it may do.
    pub may: Vec<Operation>,
    /// For which purposes.
    pub purposes: Vec<Purpose>,
    /// With recordings of which programmes.
    pub programmes: Coverage,
    /// Only with recordings of the person behind the account.
    pub own_only: bool,
}

/// What a person can ask for: somebody must be able to do each of it under every programme (legal.md, +10).
pub const RIGHTS: [Operation; 4] = [
    Operation::Disclose,
    Operation::Restrict,
    Operation::Release,
    Operation::Delete,
];

impl Role {
    /// Whether it may do this for that purpose with everything that was recorded: of everybody, and under every
    /// programme, former ones too.
    #[must_use]
    pub fn reaches_all(&self, operation: Operation, purpose: Purpose) -> bool {
        self.may.contains(&operation)
            && self.purposes.contains(&purpose)
            && purpose.allows(operation)
            && self.programmes == Coverage::All
            && !self.own_only
    }
}

/// Which roles there are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Roles {
    /// These, sorted by id.
    Listed(Vec<Role>),
    /// Roles are not asked for: the floor alone.
    #[serde(skip)]
    NotAsked,
}

/// Everything that a controller decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rules {
    /// The document's name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Who answers for it.
    pub controller: String,
    /// SHA-256 of the document's text.
    pub digest: [u8; 32],
    /// From its first day to its last, both included.
    pub in_force: Span,
    /// The prior steps, each once, in the order of [`Step`]; none for the floor.
    pub attestations: Vec<Attestation>,
    /// What the employee must have been told.
    pub notice: NoticeRule,
    /// Slower than this is a series of stills, in ms (legal.md, S1).
    pub max_frame_interval: Millis,
    /// The oldest that facts may be, in ms.
    pub max_facts_age: Millis,
    /// Whether a held call is recorded (legal.md, S5).
    pub while_held: bool,
    /// Whether a payment or password state that nobody observes passes: the floor alone.
    #[serde(skip)]
    pub unknown_entry_passes: bool,
    /// How long things are kept.
    pub retention: Retention,
    /// The applications that programmes name.
    pub applications: Vec<Application>,
    /// The training programmes.
    pub programmes: Programmes,
    /// Who may do what.
    pub roles: Roles,
    /// What documents could not say at first; nothing, for most.
    #[serde(skip)]
    pub more: More,
}

/// What a document can say beyond the first compact form: rules without any of it have that form.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct More {
    /// The versions of the notice that count beside [`NoticeRule::version`] (legal.md, S3).
    pub notice_versions: Vec<String>,
    /// What single programmes say for themselves, sorted by programme.
    pub programmes: Vec<Own>,
}

/// What one programme says for itself, beside what holds for all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Own {
    /// The id of the programme.
    pub programme: String,
    /// The opinions of the works councils of its own site: when all of them hold (legal.md, +6).
    pub works_council: Option<Span>,
    /// The controller declares that card data are never entered while it runs (legal.md, +9).
    pub never_payment_card: bool,
    /// The controller declares that passwords are never entered while it runs (legal.md, +9).
    pub never_password: bool,
}

impl Own {
    /// Whether it says anything.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.works_council.is_none() && !self.never_payment_card && !self.never_password
    }
}

/// Why a compact form was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotRules(&'static str);

impl core::fmt::Display for NotRules {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for NotRules {}

/// The first byte of a compact form: which one it is.
const COMPACT_FORM: u8 = 1;

/// That of rules that say [`More`], which follows the rest.
const LONGER_FORM: u8 = 2;

impl Rules {
    /// The compact form that [`Rules::decode`] and the component's `configure` take.
    ///
    /// # Errors
    /// When these are not the rules of a document (the floor has no compact form).
    pub fn encode(&self) -> Result<Vec<u8>, NotRules> {
        self.check()?;
        let none = |_| NotRules("the rules have no compact form");
        if self.more == More::default() {
            return postcard::to_extend(self, alloc::vec![COMPACT_FORM]).map_err(none);
        }
        let first = postcard::to_extend(self, alloc::vec![LONGER_FORM]).map_err(none)?;
        postcard::to_extend(&self.more, first).map_err(none)
    }

    /// Reads a compact form, and checks it.
    ///
    /// # Errors
    /// When the bytes are not a compact form, or say something that no checked document says.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotRules> {
        let Some((form @ &(COMPACT_FORM | LONGER_FORM), body)) = bytes.split_first() else {
            return Err(NotRules(
                "not the compact form of a rule document that this component knows",
            ));
        };
        let damaged = |_| NotRules("the compact form of the rules is damaged");
        let (mut rules, mut rest) = postcard::take_from_bytes::<Self>(body).map_err(damaged)?;
        if *form == LONGER_FORM {
            (rules.more, rest) = postcard::take_from_bytes::<More>(rest).map_err(damaged)?;
            // The same rules have one form.
            if rules.more == More::default() {
                return Err(NotRules("the compact form of the rules is longer than it need be"));
            }
        }
        if !rest.is_empty() {
            return Err(NotRules("the compact form of the rules has bytes after its end"));
        }
        rules.check()?;
        Ok(rules)
    }

    /// Whether a checked document can say this: a second line behind the document's own checks, which
    /// say more.
    fn check(&self) -> Result<(), NotRules> {
        let fail = |what| Err(NotRules(what));
        let steps = self.attestations.iter().map(|a| a.step);
        if !steps.eq(Step::ALL) {
            return fail("not every prior step is attested (rule +6)");
        }
        if self.notice.version.is_none() || !within(self.notice.valid_for, ceilings::NOTICE) {
            return fail("the notice names no version, or is valid for longer than its ceiling (rule S3)");
        }
        if !within(self.max_frame_interval, ceilings::FRAME_INTERVAL) {
            return fail("the frame interval is above its ceiling (rule S1)");
        }
        if !within(self.max_facts_age, ceilings::FACTS_AGE) {
            return fail("the age of facts is above its ceiling");
        }
        let periods_kept = Artefact::ALL
            .iter()
            .filter(|a| **a != Artefact::AnonymisedCopy)
            .all(|a| within(self.retention.of(*a), ceilings::RETENTION.of(*a)));
        if !periods_kept {
            return fail("a retention period is above its ceiling (rule +7)");
        }
        let mut never_titles = self.applications.iter().flat_map(|a| &a.never_title);
        if never_titles.any(NeverTitle::says_nothing) {
            return fail("a never-title has nothing to compare (rule S4)");
        }
        let Programmes::Listed(programmes) = &self.programmes else {
            return fail("the programmes are not listed");
        };
        if !programmes.is_sorted_by(|a, b| a.id < b.id) {
            return fail("the programmes are not in order");
        }
        if !programmes.iter().all(|p| self.is_sound(p)) {
            return fail("a programme is not one that a document can name");
        }
        let sizes: Vec<usize> = self.applications.iter().map(classify::patterns).collect();
        let size = |at: &u32| sizes.get(usize::try_from(*at).ok()?).copied();
        let patterns = |p: &Programme| p.applications.iter().filter_map(size).fold(0, usize::saturating_add);
        if !programmes.iter().all(|p| patterns(p) <= classify::MAX_PATTERNS) {
            return fail("the applications of a programme have more patterns than a window can be compared with");
        }
        let own = &self.more.programmes;
        let is_known = |own: &Own| programmes.binary_search_by(|p| p.id.cmp(&own.programme)).is_ok();
        if !own.is_sorted_by(|a, b| a.programme < b.programme)
            || !own.iter().all(|own| is_known(own) && !own.is_silent())
        {
            return fail("what programmes say for themselves is not in order");
        }
        let Roles::Listed(roles) = &self.roles else {
            return fail("the roles are not listed");
        };
        if !roles.is_sorted_by(|a, b| a.id < b.id) {
            return fail("the roles are not in order");
        }
        let is_answered = |right| roles.iter().any(|role| role.reaches_all(right, Purpose::SubjectRight));
        if !RIGHTS.into_iter().all(is_answered) {
            return fail(
                "no role may disclose, restrict, release or delete for everybody who asks, under all programmes (rule +10)",
            );
        }
        Ok(())
    }

    /// What the programme says for itself.
    #[must_use]
    pub fn own(&self, programme: &str) -> Option<&Own> {
        let own = &self.more.programmes;
        let at = own.binary_search_by(|own| own.programme.as_str().cmp(programme)).ok()?;
        own.get(at)
    }

    /// When the works council of the programme's own site is heard, where it names one.
    #[must_use]
    pub fn own_works_council(&self, programme: &str) -> Option<Span> {
        self.own(programme)?.works_council
    }

    /// Whether an employee who was given this version of the notice was told what counts.
    #[must_use]
    pub fn takes_notice(&self, version: &str) -> bool {
        match &self.notice.version {
            None => true,
            Some(first) => first == version || self.more.notice_versions.iter().any(|other| other == version),
        }
    }

    /// The versions of the notice that count, in the order of the document; none where any does.
    pub fn notice_versions(&self) -> impl Iterator<Item = &str> {
        let first = self.notice.version.iter();
        first.chain(&self.more.notice_versions).map(String::as_str)
    }

    /// The applications of a programme.
    pub(crate) fn covered(&self, programme: &Programme) -> impl Iterator<Item = &Application> + Clone {
        self.at_positions(&programme.applications)
    }

    /// The applications at these positions.
    pub(crate) fn at_positions(&self, positions: &[u32]) -> impl Iterator<Item = &Application> + Clone {
        let at = |at: &u32| self.applications.get(usize::try_from(*at).ok()?);
        positions.iter().filter_map(at)
    }

    fn is_sound(&self, programme: &Programme) -> bool {
        let known = |at: &u32| usize::try_from(*at).is_ok_and(|at| at < self.applications.len());
        let enrolled = match &programme.enrolment {
            Enrolment::Listed(employees) => !employees.is_empty() && employees.is_sorted(),
            Enrolment::Attested => true,
            Enrolment::NotAsked => false,
        };
        enrolled
            && !programme.applications.is_empty()
            && programme.applications.iter().all(known)
            && programme.share_millionths > 0
            && programme.share_millionths <= ceilings::SHARE
    }
}

/// Whether a length of time is one that a document can give: above 0, and at most the ceiling.
const fn within(value: Millis, ceiling: Millis) -> bool {
    0 < value && value <= ceiling
}
