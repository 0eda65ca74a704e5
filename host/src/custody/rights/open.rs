//! Requests that came in and are to be answered; and whether a request is well formed.

use gardefou_policy::types::{DAY, Millis, Timestamp};

use sha2::{Digest as _, Sha256};

use super::{OpenRequestShown, Right, RightRequest};
use crate::custody::chronicle::{MOST_OPEN, OpenRequest, Past};
use crate::custody::subject::{Found, Subject};
use crate::custody::{Custody, CustodyError, RequestError};
use crate::journal::{Asked, AskedBy};

/// How long a request is open where nobody says otherwise: a month, whichever that is (RGPD 12.3).
const A_MONTH: Millis = 28 * DAY;

/// Whose a request is: that of whoever asks, about this person or this call. Another's of the same reference is
/// another one.
pub(super) struct Own<'f> {
    by: AskedBy,
    whose: String,
    found: &'f [Found],
}

impl Own<'_> {
    pub(super) fn has(&self, open: &OpenRequest) -> bool {
        let sessions = self.found.iter().map(|found| found.session.as_str());
        open.is_of(self.by, &self.whose, sessions)
    }
}

impl Custody {
    pub(super) fn own<'f>(&self, request: &RightRequest<'_>, found: &'f [Found]) -> Own<'f> {
        let whose = match request.right {
            Right::Open { reference, .. } | Right::Close { reference } => self.whose(request.subject, reference),
            _ => String::new(),
        };
        Own {
            by: request.asked_by,
            whose,
            found,
        }
    }

    /// Whose a request of this reference is, so that only whoever holds the journal's key can tell, or try names on it:
    /// the journal holds no token beside what was decided.
    pub(super) fn whose(&self, subject: &Subject, reference: &str) -> String {
        let (kind, name) = (subject.kind(), subject.name());
        let what = format!("request\n{kind} {}\n{name}\n{reference}", name.len());
        let digest = Sha256::digest(self.journal.vouch(what.as_bytes()));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the journal keeps of the request, once it is known to be well formed.
pub(super) fn checked(request: &RightRequest<'_>, past: &Past, own: &Own<'_>) -> Result<Asked, CustodyError> {
    let asked = request.asked();
    let whose = || Some(own.whose.clone());
    let wrong = match request.right {
        Right::Find | Right::Disclose { .. } | Right::Erase => None,
        Right::Restrict { reference, review } => {
            unnamed(reference).or((*review <= request.at).then_some(RequestError::Past))
        }
        Right::Release { told_on } => (*told_on > request.at).then_some(RequestError::Future),
        Right::Open { reference, until } => {
            let until = opened(reference, *until, past, own, request.at).map_err(CustodyError::Request)?;
            return Ok(Asked {
                until: Some(until),
                whose: whose(),
                ..asked
            });
        }
        Right::Close { reference } => {
            let named = past.requests_of(reference);
            let is_open = named.iter().any(|open| !open.closed && own.has(open));
            if is_open {
                return Ok(Asked {
                    whose: whose(),
                    ..asked
                });
            }
            let anothers = named.iter().any(|open| !open.closed);
            Some(if anothers {
                RequestError::SomebodyElses
            } else {
                RequestError::NotOpen
            })
        }
    };
    wrong.map_or(Ok(asked), |error| Err(CustodyError::Request(error)))
}

fn unnamed(reference: &str) -> Option<RequestError> {
    reference.trim().is_empty().then_some(RequestError::Reference)
}

/// Until when the request is open.
fn opened(
    reference: &str,
    until: Option<Timestamp>,
    past: &Past,
    own: &Own<'_>,
    now: Timestamp,
) -> Result<Timestamp, RequestError> {
    if let Some(error) = unnamed(reference) {
        return Err(error);
    }
    let named = past.requests_of(reference);
    let before = named.iter().find(|open| own.has(open));
    if before.is_none_or(|open| open.closed) && named.iter().any(|open| !open.closed) {
        return Err(RequestError::SomebodyElses);
    }
    let since = before.map_or(now, |open| open.since);
    let latest = since.plus(MOST_OPEN);
    if before.is_some_and(|open| open.extended > 0) {
        return Err(RequestError::Extended);
    }
    let open_until = before.filter(|open| !open.closed).map(|open| open.until);
    // Nobody spends the one extension on a few hours without meaning to.
    let least = if until.is_some() { 1 } else { DAY };
    match until.unwrap_or_else(|| now.plus(A_MONTH).min(latest)) {
        until if until > latest => Err(RequestError::TooLong),
        until if until <= now => Err(RequestError::Past),
        until if open_until.is_some_and(|before| until < before.plus(least)) => Err(RequestError::NotLonger),
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
    /// The requests of this reference: those of several persons may have the same one.
    pub(super) fn requests_of(&self, reference: &str) -> &[OpenRequest] {
        self.requests.get(reference).map_or(&[], Vec::as_slice)
    }

    /// The requests that nobody said to be answered, as far as they are looked for.
    pub(in crate::custody) fn open_requests(
        &self,
        is_sought: impl Fn(&str, &OpenRequest) -> bool,
        now: Timestamp,
    ) -> Vec<OpenRequestShown> {
        let all = self.requests.iter();
        let all = all.flat_map(|(reference, open)| open.iter().map(move |open| (reference, open)));
        all.filter(|(reference, open)| !open.closed && is_sought(reference, open))
            .map(|(reference, open)| open.shown(reference, now))
            .collect()
    }
}
