//! The parts of a recording, as its sidecar explains them.

use gardefou_policy::types::{Reason, Span};

use super::super::chronicle::{Chronicle, Course};
use super::super::segment::{Outcome, Reviewed};
use super::told::is_hidden;
use crate::custody::{Part, Title};
use crate::policy::Policy;

/// Every part of the session, in order. Of a discarded segment there is one, which says no more than that.
pub(super) fn parts(chronicle: &Chronicle, reviewed: &[Reviewed], gone: &[Span], policies: &[Policy]) -> Vec<Part> {
    let part = |course: Course<'_>| {
        let reason = course.run.why.reason;
        let hidden = is_hidden(course);
        Part {
            from: course.first(),
            to: course.end(chronicle.interval()),
            kept: reason == Reason::PERMITTED,
            reason: if hidden { "withheld".into() } else { reason.to_string() },
            title: if hidden { withheld() } else { title(reason, policies) },
        }
    };
    let kept = left(reviewed);
    let gone = together(reviewed, gone);
    let told = chronicle.runs().map(part).flat_map(|part| without(part, &gone));
    let mut parts: Vec<Part> = told.flat_map(|part| cut(part, &kept)).collect();
    parts.extend(gone.iter().map(|gone| discarded(*gone)));
    parts.sort_by_key(|part| (part.from, part.to));
    parts
}

/// The discarded time, in order and apart.
fn together(reviewed: &[Reviewed], gone: &[Span]) -> Vec<Span> {
    let discarded = reviewed.iter().filter_map(|review| match review.outcome {
        Outcome::Discard(_) => Some(review.segment),
        Outcome::Keep | Outcome::Trim(_) => None,
    });
    let mut all: Vec<Span> = gone.iter().copied().chain(discarded).collect();
    all.sort_by_key(|span| span.start);
    let mut together: Vec<Span> = Vec::new();
    for span in all.into_iter().filter(|span| !span.is_empty()) {
        match together.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => together.push(span),
        }
    }
    together
}

/// What of a part lies outside of what was discarded.
fn without(part: Part, gone: &[Span]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = part.from;
    for gone in gone.iter().filter(|gone| gone.end > part.from && gone.start < part.to) {
        if from < gone.start {
            parts.push(Part {
                from,
                to: gone.start,
                ..part.clone()
            });
        }
        from = gone.end;
    }
    if from < part.to {
        parts.push(Part { from, ..part });
    }
    parts
}

fn discarded(gone: Span) -> Part {
    Part {
        from: gone.start,
        to: gone.end,
        kept: false,
        reason: "discarded".into(),
        title: Title {
            fr: "Supprimé, sans indication de motif".into(),
            en: "Discarded, without a reason given".into(),
        },
    }
}

fn withheld() -> Title {
    Title {
        fr: "Non enregistré, sans indication de motif".into(),
        en: "Not recorded, without a reason given".into(),
    }
}

/// What is left of the recording once it was reviewed, in order.
fn left(reviewed: &[Reviewed]) -> Vec<Span> {
    let left = reviewed.iter().filter_map(|review| match review.outcome {
        Outcome::Keep => Some(review.segment),
        Outcome::Trim(kept) => Some(kept),
        Outcome::Discard(_) => None,
    });
    let mut left: Vec<Span> = left.collect();
    left.sort_by_key(|span| span.start);
    left
}

/// A part that was kept at first, cut where the review took something away: that lay outside the call.
fn cut(part: Part, left: &[Span]) -> Vec<Part> {
    if !part.kept {
        return vec![part];
    }
    let mut parts = Vec::new();
    let mut from = part.from;
    let gone = |from, to| Part {
        from,
        to,
        kept: false,
        reason: Reason::NO_CALL.to_string(),
        title: title(Reason::NO_CALL, &[]),
    };
    for span in left {
        let (start, end) = (span.start.max(from), span.end.min(part.to));
        if start >= end {
            continue;
        }
        if from < start {
            parts.push(gone(from, start));
        }
        parts.push(Part {
            from: start,
            to: end,
            ..part.clone()
        });
        from = end;
    }
    if from < part.to {
        parts.push(gone(from, part.to));
    }
    parts
}

/// What to show for a reason: the register's title, or that of the policy that it is the own reason of.
fn title(reason: Reason, policies: &[Policy]) -> Title {
    if let Some(info) = reason.info() {
        return Title {
            fr: info.french.to_owned(),
            en: info.english.to_owned(),
        };
    }
    let mut notes = policies.iter().flat_map(|policy| &policy.description().notes);
    let note = notes.find(|note| note.reason == reason && note.detail == 0);
    let text =
        |pick: fn(&crate::Text) -> &String| note.map_or_else(|| reason.to_string(), |note| pick(&note.title).clone());
    Title {
        fr: text(|title| &title.french),
        en: text(|title| &title.english),
    }
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::Timestamp;

    use super::super::super::segment::span;
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_part_is_cut_where_the_review_took_something_away() {
        let part = |from, to, kept| Part {
            from: at(from),
            to: at(to),
            kept,
            reason: if kept { "permitted" } else { "no-call" }.into(),
            title: title(if kept { Reason::PERMITTED } else { Reason::NO_CALL }, &[]),
        };
        let left = [span(at(10), at(20)), span(at(20), at(30)), span(at(40), at(50))];
        assert_eq!(cut(part(0, 5, false), &left), [part(0, 5, false)]);
        assert_eq!(cut(part(10, 30, true), &left), [part(10, 20, true), part(20, 30, true)]);
        assert_eq!(
            cut(part(5, 60, true), &left),
            [
                part(5, 10, false),
                part(10, 20, true),
                part(20, 30, true),
                part(30, 40, false),
                part(40, 50, true),
                part(50, 60, false),
            ]
        );
        assert_eq!(cut(part(0, 5, true), &left), [part(0, 5, false)]);
    }

    #[test]
    fn a_discarded_segment_is_one_part_that_says_no_more() {
        let reviewed = [Reviewed {
            segment: span(at(0), at(100)),
            outcome: Outcome::Keep,
        }];
        let gone = [span(at(140), at(160)), span(at(100), at(150))];
        let gone = together(&reviewed, &gone);
        assert_eq!(gone, [span(at(100), at(160))]);
        let part = |from, to| Part {
            from: at(from),
            to: at(to),
            kept: false,
            reason: "payment".into(),
            title: title(Reason::PAYMENT, &[]),
        };
        assert_eq!(without(part(90, 200), &gone), [part(90, 100), part(160, 200)]);
        assert_eq!(without(part(110, 150), &gone), []);
        assert_eq!(without(part(10, 20), &gone), [part(10, 20)]);
        assert_eq!(discarded(gone[0]).reason, "discarded");
    }
}
