//! Requests that came in and are to be answered; and whether a request is well formed.

use gardefou_policy::types::{DAY, Millis, Timestamp};

use super::{CustodyError, Found, OpenRequestShown, RequestError, Right, RightRequest};
use crate::custody::chronicle::{MOST_OPEN, OpenRequest, Past};
use crate::journal::Asked;

/// How long a request is open where nobody says otherwise: a month, whichever that is (RGPD 12.3).
const A_MONTH: Millis = 28 * DAY;

/// What the journal keeps of the request, once it is known to be well formed.
pub(super) fn checked(request: &RightRequest<'_>, past: &Past) -> Result<Asked, CustodyError> {
    let asked = request.asked();
    let wrong = match request.right {
        Right::Find | Right::Disclose { .. } | Right::Erase => None,
        Right::Restrict { reference, review } => {
            unnamed(reference).or((*review <= request.at).then_some(RequestError::Past))
        }
        Right::Release { told_on } => (*told_on > request.at).then_some(RequestError::Future),
        Right::Open { reference, until } => {
            let until = opened(reference, *until, past, request.at).map_err(CustodyError::Request)?;
            return Ok(Asked {
                until: Some(until),
                ..asked
            });
        }
        Right::Close { reference } => {
            let is_open = past.requests.get(reference).is_some_and(|open| !open.closed);
            (!is_open).then_some(RequestError::NotOpen)
        }
    };
    wrong.map_or(Ok(asked), |error| Err(CustodyError::Request(error)))
}

fn unnamed(reference: &str) -> Option<RequestError> {
    reference.trim().is_empty().then_some(RequestError::Reference)
}

/// Until when the request is open.
fn opened(reference: &str, until: Option<Timestamp>, past: &Past, now: Timestamp) -> Result<Timestamp, RequestError> {
    if let Some(error) = unnamed(reference) {
        return Err(error);
    }
    let before = past.requests.get(reference);
    let since = before.map_or(now, |open| open.since);
    let latest = since.plus(MOST_OPEN);
    match before {
        Some(open) if open.extended > 0 => return Err(RequestError::Extended),
        _ => {}
    }
    let until = until.unwrap_or_else(|| now.plus(A_MONTH).min(latest));
    match until {
        until if until > latest => Err(RequestError::TooLong),
        until if until <= now => Err(RequestError::Past),
        until => Ok(until),
    }
}

impl OpenRequest {
    fn shown(&self, reference: &str, now: Timestamp) -> OpenRequestShown {
        OpenRequestShown {
            reference: reference.to_owned(),
            asked_by: self.by,
            since: self.since,
            until: self.until,
            sessions: self.sessions.iter().cloned().collect(),
            overdue: self.until <= now,
        }
    }
}

impl Past {
    /// The requests that nobody said to be answered: those about these, or all.
    pub(in crate::custody) fn open_requests(&self, about: Option<&[Found]>, now: Timestamp) -> Vec<OpenRequestShown> {
        let concerns = |open: &OpenRequest| {
            about.is_none_or(|found| found.iter().any(|found| open.sessions.contains(&found.session)))
        };
        let open = self.requests.iter().filter(|(_, open)| !open.closed && concerns(open));
        open.map(|(reference, open)| open.shown(reference, now)).collect()
    }
}
