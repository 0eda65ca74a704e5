//! What is answered to a question with a zero in it: what a caller passes that leaves a field out.

/// What a question gives whose one field is the zero of its type.
#[derive(Clone, Copy, Debug)]
pub enum Zero {
    /// Each place where the field stands in the sound questions refuses, for these reasons.
    Refuses(&'static [&'static str]),
    /// This is answered all the same, and why that opens nothing.
    Passes(&'static str, &'static str),
}
use Zero::{Passes, Refuses};

/// Of each field of a question, and of each parameter of a function.
pub const ASKED: &[(&str, Zero)] = &[
    ("configure.rules", Refuses(&["not taken"])),
    ("terms-of.programme", Refuses(&["none"])),
    // session.open
    ("open.at", Refuses(&["not-in-force"])),
    ("session-facts.session", Refuses(&["invalid-facts"])),
    ("session-facts.employee", Refuses(&["invalid-facts"])),
    ("session-facts.programme", Refuses(&["programme"])),
    ("session-facts.purpose", Refuses(&["purpose"])),
    ("session-facts.mode", Refuses(&["still-image"])),
    ("session-facts.frame-interval", Refuses(&["invalid-facts"])),
    ("session-facts.employee-notice", Refuses(&["employee-not-informed"])),
    ("session-facts.employee-objected", Refuses(&["employee-objected"])),
    ("session-facts.enrolled-at", Refuses(&["no-training-need"])),
    ("session-facts.protected-line", Refuses(&["protected-line"])),
    ("session-facts.calls", Refuses(&["invalid-facts"])),
    (
        "session-facts.extra",
        Passes(
            "open",
            "the contract reads none of it: a policy that does refuses what it misses",
        ),
    ),
    ("notice.version", Refuses(&["employee-not-informed"])),
    ("notice.given-at", Refuses(&["employee-not-informed"])),
    ("calls.offered", Refuses(&["invalid-facts"])),
    (
        "calls.recorded",
        Passes(
            "open",
            "0 is a count like any other, and nobody counted until both numbers are given",
        ),
    ),
    // session.classify
    ("app-identity.executable", Refuses(&["other"])),
    ("app-identity.package", Refuses(&["other"])),
    ("app-identity.signer", Refuses(&["other"])),
    ("app-identity.wm-class", Refuses(&["other"])),
    ("app-identity.title", Refuses(&["other"])),
    ("app-identity.url", Refuses(&["other"])),
    // session.decide
    ("decide.width", Refuses(&["invalid-facts"])),
    ("decide.height", Refuses(&["invalid-facts"])),
    ("decide.windows", Refuses(&["no-training-window"])),
    ("moment.at", Refuses(&["invalid-facts"])),
    ("moment.facts-from", Refuses(&["stale-facts"])),
    ("moment.facts-to", Refuses(&["stale-facts"])),
    ("moment.gap", Refuses(&["invalid-facts"])),
    ("moment.phase", Refuses(&["no-call"])),
    ("moment.known", Refuses(&["invalid-facts"])),
    ("moment.holds", Refuses(&["no-call"])),
    ("moment.usage", Refuses(&["invalid-facts"])),
    (
        "usage.employee-used",
        Passes(
            "keep",
            "0 is a count like any other, and nobody counted until all three are given",
        ),
    ),
    ("usage.programme-used", Passes("keep", "the same")),
    ("usage.unreviewed", Passes("keep", "the same")),
    ("window.kind", Refuses(&["no-training-window"])),
    ("window.inner", Refuses(&["no-training-window"])),
    ("window.outer", Refuses(&["invalid-facts"])),
    // Of `inner`, then of `outer`.
    ("rect.x", Refuses(&["invalid-facts", "invalid-facts"])),
    ("rect.y", Refuses(&["invalid-facts", "invalid-facts"])),
    ("rect.width", Refuses(&["no-training-window", "invalid-facts"])),
    ("rect.height", Refuses(&["no-training-window", "invalid-facts"])),
    // review
    (
        "segment.started-at",
        Passes(
            "trim",
            "what lies before the call is trimmed, whatever the segment says",
        ),
    ),
    ("segment.ended-at", Refuses(&["no-call"])),
    ("segment.answered-at", Refuses(&["no-call"])),
    ("segment.hung-up", Refuses(&["no-call"])),
    ("segment.known", Refuses(&["private-call"])),
    ("segment.holds", Refuses(&["party-not-informed"])),
    ("segment.mode", Refuses(&["still-image"])),
    // authorise
    ("access.at", Refuses(&["invalid-facts"])),
    ("access.operation", Refuses(&["invalid-facts"])),
    ("access.artefact", Refuses(&["invalid-facts"])),
    ("access.purpose", Refuses(&["purpose"])),
    ("access.account", Refuses(&["not-authorised"])),
    ("access.individual-account", Refuses(&["not-authorised"])),
    ("access.role", Refuses(&["not-authorised"])),
    ("access.authorised-until", Refuses(&["not-authorised"])),
    ("access.programme", Refuses(&["programme"])),
    ("access.subject", Refuses(&["invalid-facts"])),
    ("access.viewer", Refuses(&["not-authorised"])),
    ("access.restricted", Refuses(&["restricted"])),
    ("access.collected-at", Refuses(&["retention"])),
    ("access.mode", Refuses(&["still-image"])),
    // keep-until
    ("keep-until.artefact", Refuses(&["over"])),
    ("keep-until.collected-at", Refuses(&["over"])),
    (
        "keep-until.programme",
        Passes(
            "later",
            "of a programme that is not known only the time counts, within the same ceilings",
        ),
    ),
];
