//! The thin component around the rules: it maps the contract's types onto the plain ones, and nothing else.
//!
//! It is the template, to which a host gives its rules, or, with the feature `floor`, the floor.
#![expect(
    unsafe_code,
    reason = "the generated bindings of the contract cross the sandbox's memory"
)]

use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::RefCell;

use once_cell::race::OnceBox;

use crate::notes::Description;
use crate::regions::Painter;
use crate::rules::Rules;
use crate::types::{self as plain, Conditions, Reason, Timestamp};
use crate::{access, facts, frame, notes, opening, retention, review};

#[cfg(not(feature = "floor"))]
mod bindings {
    wit_bindgen::generate!({
        path: "../wit/1.0",
        world: "policy-template",
        default_bindings_module: "crate::component::bindings",
    });
}

#[cfg(feature = "floor")]
mod bindings {
    wit_bindgen::generate!({
        path: "../wit/1.0",
        world: "policy",
        default_bindings_module: "crate::component::bindings",
    });
}

use bindings::exports::gardefou::policy::about::{self, Guest as About};
use bindings::exports::gardefou::policy::capture::{self, Guest as Capture, GuestSession};
use bindings::exports::gardefou::policy::custody::{self, Guest as Custody};
use bindings::exports::gardefou::policy::types;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A panic ends the instance; the host opens a fresh one.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The rules in force: the floor's, or those that `configure` gave, once.
static RULES: OnceBox<Rules> = OnceBox::new();

/// The rules in force; `None` until a template was given some.
fn rules() -> Option<&'static Rules> {
    #[cfg(feature = "floor")]
    return Some(RULES.get_or_init(|| Box::new(crate::floor::rules())));
    #[cfg(not(feature = "floor"))]
    RULES.get()
}

struct Component;

bindings::export!(Component with_types_in bindings);

#[cfg(not(feature = "floor"))]
impl bindings::Guest for Component {
    fn configure(rules: Vec<u8>) -> Result<(), String> {
        let rules = Rules::decode(&rules).map_err(|e| alloc::format!("{e}"))?;
        RULES
            .set(Box::new(rules))
            .map_err(|_| String::from("the rules were given already"))
    }
}

impl Capture for Component {
    type Session = Session;

    fn terms_of(programme: String) -> Option<capture::Terms> {
        opening::terms(rules()?, &programme).map(|t| capture::Terms {
            max_frame_interval: t.max_frame_interval,
            max_facts_age: t.max_facts_age,
            employee_cap: cap(t.employee_cap),
            programme_cap: cap(t.programme_cap),
            max_unreviewed: t.max_unreviewed,
            sampling_period: t.sampling_period,
        })
    }

    fn review(segment: capture::Segment) -> capture::Disposition {
        let segment = facts::Segment {
            started_at: instant(segment.started_at),
            ended_at: instant(segment.ended_at),
            answered_at: segment.answered_at.map(instant),
            hung_up: match segment.hung_up {
                capture::HungUp::Unknown => facts::HungUp::Unknown,
                capture::HungUp::GoesOn => facts::HungUp::GoesOn,
                capture::HungUp::At(at) => facts::HungUp::At(instant(at)),
            },
            known: Conditions(segment.known),
            holds: Conditions(segment.holds),
            mode: mode(segment.mode),
        };
        let disposition = match rules() {
            Some(_) => review::review(&segment),
            None => review::unconfigured(),
        };
        match disposition {
            plain::Disposition::Keep => capture::Disposition::Keep,
            plain::Disposition::Trim(span) => capture::Disposition::Trim(capture::Span {
                start: span.start.as_millis(),
                end: span.end.as_millis(),
            }),
            plain::Disposition::Discard(why) => capture::Disposition::Discard(refusal(why)),
        }
    }
}

/// One call, and the working memory of its frames.
struct Session {
    rules: &'static Rules,
    session: opening::Session,
    work: RefCell<Work>,
}

#[derive(Default)]
struct Work {
    painter: Painter,
    windows: Vec<facts::Window>,
    keep: Vec<plain::Rect>,
}

impl GuestSession for Session {
    fn open(facts: capture::SessionFacts, at: u64) -> Result<capture::Session, capture::Refusal> {
        let rules = rules().ok_or_else(|| refusal(notes::UNCONFIGURED))?;
        let facts = facts::SessionFacts {
            session: facts.session,
            employee: facts.employee,
            programme: facts.programme,
            purpose: purpose(facts.purpose),
            mode: mode(facts.mode),
            frame_interval: facts.frame_interval,
            employee_notice: facts.employee_notice.map(|n| facts::Notice {
                version: n.version,
                given_at: instant(n.given_at),
            }),
            employee_objected: answer(facts.employee_objected),
            enrolled_at: facts.enrolled_at.map(instant),
            protected_line: answer(facts.protected_line),
            calls: facts.calls.map(|calls| facts::Calls {
                offered: calls.offered,
                recorded: calls.recorded,
            }),
            extra: facts.extra,
        };
        let session = opening::open(rules, &facts, instant(at)).map_err(refusal)?;
        Ok(capture::Session::new(Self {
            rules,
            session,
            work: RefCell::default(),
        }))
    }

    fn classify(&self, app: capture::AppIdentity) -> capture::WindowKind {
        let app = facts::AppIdentity {
            executable: app.executable,
            package: app.package,
            signer: app.signer,
            wm_class: app.wm_class,
            title: app.title,
            url: app.url,
        };
        match self.session.classify(self.rules, &app) {
            plain::WindowKind::Training => capture::WindowKind::Training,
            plain::WindowKind::Other => capture::WindowKind::Other,
        }
    }

    fn decide(
        &self,
        moment: capture::Moment,
        width: u32,
        height: u32,
        windows: Vec<capture::Window>,
    ) -> capture::Verdict {
        let mut work = self.work.borrow_mut();
        let Work {
            painter,
            windows: listed,
            keep,
        } = &mut *work;
        listed.clear();
        listed.extend(windows.iter().map(window));
        let ruling = frame::decide(
            &self.session,
            &instant_facts(&moment),
            width,
            height,
            listed,
            painter,
            keep,
        );
        capture::Verdict {
            action: match ruling.action {
                plain::Action::Keep => capture::Action::Keep(keep.iter().map(rect_out).collect()),
                plain::Action::Skip => capture::Action::Skip,
                plain::Action::Stop => capture::Action::Stop,
            },
            reason: ruling.reason.0,
            detail: ruling.detail,
            holds_for: capture::Lease {
                until: ruling.lease.until.as_millis(),
                budget: ruling.lease.budget,
            },
        }
    }
}

impl Custody for Component {
    fn authorise(access: custody::Access) -> Result<custody::Obligations, custody::Refusal> {
        let rules = rules().ok_or_else(|| refusal(notes::UNCONFIGURED))?;
        let access = facts::Access {
            at: instant(access.at),
            operation: operation(access.operation),
            artefact: artefact(access.artefact),
            purpose: purpose(access.purpose),
            account: access.account,
            individual_account: access.individual_account,
            role: access.role,
            authorised_until: access.authorised_until.map(instant),
            programme: access.programme,
            subject: access.subject,
            viewer: access.viewer,
            restricted: answer(access.restricted),
            collected_at: instant(access.collected_at),
            mode: mode(access.mode),
        };
        let granted = access::authorise(rules, &access).map_err(refusal)?;
        let flag = |wanted, flag| if wanted { flag } else { custody::Obligations::empty() };
        Ok(flag(granted.journal, custody::Obligations::JOURNAL)
            | flag(granted.watermark, custody::Obligations::WATERMARK)
            | flag(granted.second_person, custody::Obligations::SECOND_PERSON))
    }

    fn keep_until(kind: custody::Artefact, collected_at: u64, programme: String) -> u64 {
        rules().map_or(collected_at, |rules| {
            retention::keep_until(rules, artefact(kind), instant(collected_at), &programme).as_millis()
        })
    }
}

impl About for Component {
    fn describe() -> about::Description {
        let Description {
            id,
            version,
            in_force_from,
            in_force_until,
            rules_digest,
            programmes,
            notes,
        } = notes::describe(rules());
        about::Description {
            id,
            version,
            in_force_from: in_force_from.as_millis(),
            in_force_until: in_force_until.as_millis(),
            rules_digest,
            programmes,
            notes: notes.into_iter().map(note).collect(),
        }
    }
}

fn note(note: notes::Note) -> about::Note {
    about::Note {
        reason: note.reason.0,
        detail: note.detail,
        rule: note.rule,
        reference: note.reference,
        title: about::Text {
            french: note.title.french,
            english: note.title.english,
        },
    }
}

const fn instant(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

const fn cap(cap: plain::Cap) -> capture::Cap {
    capture::Cap {
        limit: cap.limit,
        per: cap.per,
    }
}

const fn refusal(why: plain::Refusal) -> types::Refusal {
    let Reason(reason) = why.reason;
    types::Refusal {
        reason,
        detail: why.detail,
    }
}

fn instant_facts(moment: &capture::Moment) -> facts::Moment {
    facts::Moment {
        at: instant(moment.at),
        facts_from: instant(moment.facts_from),
        facts_to: instant(moment.facts_to),
        gap: moment.gap,
        phase: phase(moment.phase),
        known: Conditions(moment.known),
        holds: Conditions(moment.holds),
        usage: moment.usage.map(|usage| facts::Usage {
            employee_used: usage.employee_used,
            programme_used: usage.programme_used,
            unreviewed: usage.unreviewed,
        }),
    }
}

const fn window(window: &capture::Window) -> facts::Window {
    facts::Window {
        kind: match window.kind {
            capture::WindowKind::Training => plain::WindowKind::Training,
            capture::WindowKind::Other => plain::WindowKind::Other,
        },
        inner: rect(window.inner),
        outer: rect(window.outer),
    }
}

const fn rect(rect: capture::Rect) -> plain::Rect {
    plain::Rect::new(rect.x, rect.y, rect.width, rect.height)
}

const fn rect_out(rect: &plain::Rect) -> capture::Rect {
    capture::Rect {
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    }
}

const fn answer(answer: types::Answer) -> plain::Answer {
    match answer {
        types::Answer::Unknown => plain::Answer::Unknown,
        types::Answer::No => plain::Answer::No,
        types::Answer::Yes => plain::Answer::Yes,
    }
}

const fn phase(phase: capture::CallPhase) -> plain::CallPhase {
    match phase {
        capture::CallPhase::None => plain::CallPhase::None,
        capture::CallPhase::Ringing => plain::CallPhase::Ringing,
        capture::CallPhase::Connected => plain::CallPhase::Connected,
        capture::CallPhase::Held => plain::CallPhase::Held,
        capture::CallPhase::Consulting => plain::CallPhase::Consulting,
        capture::CallPhase::AfterCall => plain::CallPhase::AfterCall,
    }
}

const fn mode(mode: types::CaptureMode) -> plain::CaptureMode {
    match mode {
        types::CaptureMode::ScreenVideo => plain::CaptureMode::ScreenVideo,
        types::CaptureMode::WindowVideo => plain::CaptureMode::WindowVideo,
        types::CaptureMode::Screenshot => plain::CaptureMode::Screenshot,
    }
}

const fn purpose(purpose: types::Purpose) -> plain::Purpose {
    match purpose {
        types::Purpose::Training => plain::Purpose::Training,
        types::Purpose::Evaluation => plain::Purpose::Evaluation,
        types::Purpose::Quality => plain::Purpose::Quality,
        types::Purpose::Evidence => plain::Purpose::Evidence,
        types::Purpose::Monitoring => plain::Purpose::Monitoring,
        types::Purpose::SubjectRight => plain::Purpose::SubjectRight,
        types::Purpose::Oversight => plain::Purpose::Oversight,
        types::Purpose::Other => plain::Purpose::Other,
    }
}

const fn operation(operation: custody::Operation) -> plain::Operation {
    match operation {
        custody::Operation::View => plain::Operation::View,
        custody::Operation::Annotate => plain::Operation::Annotate,
        custody::Operation::TrainOthers => plain::Operation::TrainOthers,
        custody::Operation::Export => plain::Operation::Export,
        custody::Operation::Disclose => plain::Operation::Disclose,
        custody::Operation::Restrict => plain::Operation::Restrict,
        custody::Operation::Release => plain::Operation::Release,
        custody::Operation::Delete => plain::Operation::Delete,
        custody::Operation::Other => plain::Operation::Other,
    }
}

const fn artefact(artefact: custody::Artefact) -> plain::Artefact {
    match artefact {
        custody::Artefact::Recording => plain::Artefact::Recording,
        custody::Artefact::AnonymisedCopy => plain::Artefact::AnonymisedCopy,
        custody::Artefact::Analysis => plain::Artefact::Analysis,
        custody::Artefact::DecisionRecord => plain::Artefact::DecisionRecord,
        custody::Artefact::AccessRecord => plain::Artefact::AccessRecord,
        custody::Artefact::Temporary => plain::Artefact::Temporary,
        custody::Artefact::Other => plain::Artefact::Other,
    }
}
