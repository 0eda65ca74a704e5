//! What a session has recorded, and how much more the caps leave room for.

use gardefou_policy::types::{Millis, NO_LIMIT, Timestamp};

use super::Session;

impl Session {
    /// What was kept since the session opened, in ms: what an employee or a status line is shown. The last
    /// kept frame is in it once the next question was asked.
    #[must_use]
    pub const fn recorded(&self) -> Millis {
        self.tally.in_all()
    }

    /// How much more may be recorded at `at`, in ms, before the strictest cap of the policies is reached
    /// (legal.md, S7): of the employee, of the programme, or of what waits for a review. `None`: no policy
    /// has a cap, or none is open. It is what the counters say that the session was told, for people to see;
    /// what decides is the answer to the next question.
    #[must_use]
    pub fn budget_left(&self, at: Timestamp) -> Option<Millis> {
        let left = self.seats.iter().enumerate().filter_map(|(n, seat)| {
            let terms = seat.terms()?;
            let used = self.tally.counters(n, terms, at);
            let caps = [
                (terms.employee_cap.limit, used.employee_used),
                (terms.programme_cap.limit, used.programme_used),
                (terms.max_unreviewed, used.unreviewed),
            ];
            let limited = caps.into_iter().filter(|(limit, _)| *limit != NO_LIMIT);
            limited.map(|(limit, used)| limit.saturating_sub(used)).min()
        });
        left.min()
    }
}
