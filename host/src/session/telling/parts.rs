//! The parts of a recording, as its sidecar explains them.

use gardefou_policy::types::{Millis, Reason, Span, Timestamp};

use super::super::chronicle::Run;
use super::super::segment::{Outcome, Reviewed};
use super::told::is_hidden;
use crate::custody::{Part, Title};
use crate::policy::Policy;

/// Every part of the session, in order.
pub(super) fn parts(runs: &[Run], reviewed: &[Reviewed], interval: Millis, policies: &[Policy]) -> Vec<Part> {
    let part = |run: &Run| Part {
        from: run.first,
        to: run.last.plus(interval),
        kept: run.why.reason == Reason::PERMITTED,
        reason: told_as(run),
        title: if is_hidden(run) {
            withheld()
        } else {
            title(run.why.reason, policies)
        },
    };
    let mut parts: Vec<Part> = runs.iter().map(part).collect();
    let starts: Vec<Timestamp> = parts.iter().skip(1).map(|part| part.from).collect();
    for (part, next) in parts.iter_mut().zip(starts) {
        part.to = part.to.min(next);
    }
    let kept = left(reviewed);
    parts.into_iter().flat_map(|part| cut(part, &kept)).collect()
}

/// What a part of the recording is called: a pause, like a private call, is nobody's business.
fn told_as(run: &Run) -> String {
    if is_hidden(run) {
        "withheld".into()
    } else {
        run.why.reason.to_string()
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
}
