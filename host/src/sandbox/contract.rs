//! Contract 1.0: the generated bindings, and how they become the SDK's own types.

use gardefou_policy::facts::{Access, AppIdentity, HungUp, Moment, Segment, SessionFacts, Window};
use gardefou_policy::notes;
use gardefou_policy::types::{
    Answer, Artefact, CallPhase, Cap, CaptureMode, Disposition, Obligations, Operation, Purpose, Reason, Rect, Refusal,
    Span, Terms, Timestamp, WindowKind,
};

mod bindings {
    #[cfg(not(feature = "probe"))]
    wasmtime::component::bindgen!({ path: "../wit/1.0", world: "policy" });

    // Whoever listens hears the records themselves.
    #[cfg(feature = "probe")]
    wasmtime::component::bindgen!({
        path: "../wit/1.0",
        world: "policy",
        additional_derives: [serde::Serialize],
    });
}

pub(crate) use bindings::exports::gardefou::policy::{about, capture, custody, types};

pub(crate) fn session_facts(facts: &SessionFacts) -> capture::SessionFacts {
    capture::SessionFacts {
        session: facts.session.clone(),
        employee: facts.employee.clone(),
        programme: facts.programme.clone(),
        purpose: purpose(facts.purpose),
        mode: mode(facts.mode),
        frame_interval: facts.frame_interval,
        employee_notice: facts.employee_notice.as_ref().map(|n| capture::Notice {
            version: n.version.clone(),
            given_at: n.given_at.as_millis(),
        }),
        employee_objected: answer(facts.employee_objected),
        enrolled_at: facts.enrolled_at.map(Timestamp::as_millis),
        protected_line: answer(facts.protected_line),
        calls: facts.calls.map(|calls| capture::Calls {
            offered: calls.offered,
            recorded: calls.recorded,
        }),
        extra: facts.extra.clone(),
    }
}

pub(crate) fn app_identity(app: &AppIdentity) -> capture::AppIdentity {
    capture::AppIdentity {
        executable: app.executable.clone(),
        package: app.package.clone(),
        signer: app.signer.clone(),
        wm_class: app.wm_class.clone(),
        title: app.title.clone(),
        url: app.url.clone(),
    }
}

pub(crate) fn moment(moment: &Moment) -> capture::Moment {
    capture::Moment {
        at: moment.at.as_millis(),
        facts_from: moment.facts_from.as_millis(),
        facts_to: moment.facts_to.as_millis(),
        gap: moment.gap,
        phase: phase(moment.phase),
        known: moment.known.0,
        holds: moment.holds.0,
        usage: moment.usage.map(|usage| capture::Usage {
            employee_used: usage.employee_used,
            programme_used: usage.programme_used,
            unreviewed: usage.unreviewed,
        }),
    }
}

pub(crate) const fn window(window: &Window) -> capture::Window {
    capture::Window {
        kind: match window.kind {
            WindowKind::Training => capture::WindowKind::Training,
            WindowKind::Other => capture::WindowKind::Other,
        },
        inner: rect(window.inner),
        outer: rect(window.outer),
    }
}

const fn rect(rect: Rect) -> capture::Rect {
    capture::Rect {
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    }
}

pub(crate) const fn plain_rect(rect: &capture::Rect) -> Rect {
    Rect::new(rect.x, rect.y, rect.width, rect.height)
}

pub(crate) fn segment(segment: &Segment) -> capture::Segment {
    capture::Segment {
        started_at: segment.started_at.as_millis(),
        ended_at: segment.ended_at.as_millis(),
        answered_at: segment.answered_at.map(Timestamp::as_millis),
        hung_up: match segment.hung_up {
            HungUp::Unknown => capture::HungUp::Unknown,
            HungUp::GoesOn => capture::HungUp::GoesOn,
            HungUp::At(at) => capture::HungUp::At(at.as_millis()),
        },
        known: segment.known.0,
        holds: segment.holds.0,
        mode: mode(segment.mode),
    }
}

pub(crate) const fn disposition(disposition: &capture::Disposition) -> Disposition {
    match disposition {
        capture::Disposition::Keep => Disposition::Keep,
        capture::Disposition::Trim(span) => Disposition::Trim(Span {
            start: Timestamp::from_millis(span.start),
            end: Timestamp::from_millis(span.end),
        }),
        capture::Disposition::Discard(why) => Disposition::Discard(refusal(why)),
    }
}

pub(crate) const fn refusal(why: &capture::Refusal) -> Refusal {
    Refusal {
        reason: Reason(why.reason),
        detail: why.detail,
    }
}

pub(crate) const fn kind(kind: capture::WindowKind) -> WindowKind {
    match kind {
        capture::WindowKind::Training => WindowKind::Training,
        capture::WindowKind::Other => WindowKind::Other,
    }
}

pub(crate) const fn terms(terms: &capture::Terms) -> Terms {
    Terms {
        max_frame_interval: terms.max_frame_interval,
        max_facts_age: terms.max_facts_age,
        employee_cap: cap(&terms.employee_cap),
        programme_cap: cap(&terms.programme_cap),
        max_unreviewed: terms.max_unreviewed,
        sampling_period: terms.sampling_period,
    }
}

const fn cap(cap: &capture::Cap) -> Cap {
    Cap {
        limit: cap.limit,
        per: cap.per,
    }
}

pub(crate) fn access(access: &Access) -> custody::Access {
    custody::Access {
        at: access.at.as_millis(),
        operation: operation(access.operation),
        artefact: artefact(access.artefact),
        purpose: purpose(access.purpose),
        account: access.account.clone(),
        individual_account: access.individual_account,
        role: access.role.clone(),
        authorised_until: access.authorised_until.map(Timestamp::as_millis),
        programme: access.programme.clone(),
        subject: access.subject.clone(),
        viewer: access.viewer.clone(),
        restricted: answer(access.restricted),
        collected_at: access.collected_at.as_millis(),
        mode: mode(access.mode),
    }
}

pub(crate) fn obligations(flags: custody::Obligations) -> Obligations {
    Obligations {
        journal: flags.contains(custody::Obligations::JOURNAL),
        watermark: flags.contains(custody::Obligations::WATERMARK),
        second_person: flags.contains(custody::Obligations::SECOND_PERSON),
    }
}

pub(crate) fn description(told: about::Description) -> notes::Description {
    notes::Description {
        id: told.id,
        version: told.version,
        in_force_from: Timestamp::from_millis(told.in_force_from),
        in_force_until: Timestamp::from_millis(told.in_force_until),
        rules_digest: told.rules_digest,
        programmes: told.programmes,
        notes: told.notes.into_iter().map(note).collect(),
    }
}

fn note(note: about::Note) -> notes::Note {
    notes::Note {
        reason: Reason(note.reason),
        detail: note.detail,
        rule: note.rule,
        reference: note.reference,
        title: notes::Text {
            french: note.title.french,
            english: note.title.english,
        },
    }
}

const fn answer(answer: Answer) -> types::Answer {
    match answer {
        Answer::Unknown => types::Answer::Unknown,
        Answer::No => types::Answer::No,
        Answer::Yes => types::Answer::Yes,
    }
}

const fn phase(phase: CallPhase) -> capture::CallPhase {
    match phase {
        CallPhase::None => capture::CallPhase::None,
        CallPhase::Ringing => capture::CallPhase::Ringing,
        CallPhase::Connected => capture::CallPhase::Connected,
        CallPhase::Held => capture::CallPhase::Held,
        CallPhase::Consulting => capture::CallPhase::Consulting,
        CallPhase::AfterCall => capture::CallPhase::AfterCall,
    }
}

const fn mode(mode: CaptureMode) -> capture::CaptureMode {
    match mode {
        CaptureMode::ScreenVideo => capture::CaptureMode::ScreenVideo,
        CaptureMode::WindowVideo => capture::CaptureMode::WindowVideo,
        CaptureMode::Screenshot => capture::CaptureMode::Screenshot,
    }
}

const fn purpose(purpose: Purpose) -> capture::Purpose {
    match purpose {
        Purpose::Training => capture::Purpose::Training,
        Purpose::Evaluation => capture::Purpose::Evaluation,
        Purpose::Quality => capture::Purpose::Quality,
        Purpose::Evidence => capture::Purpose::Evidence,
        Purpose::Monitoring => capture::Purpose::Monitoring,
        Purpose::SubjectRight => capture::Purpose::SubjectRight,
        Purpose::Oversight => capture::Purpose::Oversight,
        Purpose::Other => capture::Purpose::Other,
    }
}

const fn operation(operation: Operation) -> custody::Operation {
    match operation {
        Operation::View => custody::Operation::View,
        Operation::Annotate => custody::Operation::Annotate,
        Operation::TrainOthers => custody::Operation::TrainOthers,
        Operation::Export => custody::Operation::Export,
        Operation::Disclose => custody::Operation::Disclose,
        Operation::Restrict => custody::Operation::Restrict,
        Operation::Release => custody::Operation::Release,
        Operation::Delete => custody::Operation::Delete,
        Operation::Other => custody::Operation::Other,
    }
}

pub(crate) const fn artefact(artefact: Artefact) -> custody::Artefact {
    match artefact {
        Artefact::Recording => custody::Artefact::Recording,
        Artefact::AnonymisedCopy => custody::Artefact::AnonymisedCopy,
        Artefact::Analysis => custody::Artefact::Analysis,
        Artefact::DecisionRecord => custody::Artefact::DecisionRecord,
        Artefact::AccessRecord => custody::Artefact::AccessRecord,
        Artefact::Temporary => custody::Artefact::Temporary,
        Artefact::Other => custody::Artefact::Other,
    }
}
